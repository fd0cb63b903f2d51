//! The calls of a template as it is written, so that a mistake in a branch that these data do not take is found too,
//! and with its place.

use crate::display::texts::query::{Arg, Args};

/// A call whose arguments are all written out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) function: String,
    pub(super) args: Args,
    /// Line and column in the template, from 1.
    pub(super) line: usize,
    pub(super) column: usize,
}

/// The calls of these functions whose arguments are all written out. Those with variables, filters or arithmetic among
/// their arguments are left out: they are known only when the template is filled.
pub(super) fn calls(template: &str, functions: &[&str]) -> Vec<Call> {
    let text: Vec<char> = template.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line, mut column) = (0, 1, 1);
    while at < text.len() {
        let begins_word = is_word(text[at]) && !at.checked_sub(1).is_some_and(|before| is_word(text[before]));
        if begins_word {
            let length = text[at..].iter().take_while(|c| is_word(**c)).count();
            let name: String = text[at..at + length].iter().collect();
            if functions.contains(&name.as_str())
                && let Some(args) = (Reader { text: &text, at: at + length }).arguments()
            {
                found.push(Call { function: name, args, line, column });
            }
        }
        if text[at] == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
        at += 1;
    }
    found
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

struct Reader<'t> {
    text: &'t [char],
    at: usize,
}

impl Reader<'_> {
    fn blank(&mut self) {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    /// The next mark, if it is this one.
    fn takes(&mut self, mark: char) -> bool {
        self.blank();
        let is = self.text.get(self.at) == Some(&mark);
        self.at += usize::from(is);
        is
    }

    fn arguments(&mut self) -> Option<Args> {
        let mut args = Args::new();
        if !self.takes('(') {
            return None;
        }
        while !self.takes(')') {
            let name = self.word();
            if name.is_empty() || !self.takes('=') {
                return None;
            }
            let value = self.literal()?;
            args.insert(name, value);
            if !self.takes(',') {
                return self.takes(')').then_some(args);
            }
        }
        Some(args)
    }

    fn word(&mut self) -> String {
        self.blank();
        let word: String = self.text[self.at..].iter().take_while(|c| is_word(**c)).collect();
        self.at += word.chars().count();
        word
    }

    fn literal(&mut self) -> Option<Arg> {
        self.blank();
        match self.text.get(self.at)? {
            '"' | '\'' | '`' => self.quoted().map(Arg::Text),
            '[' => {
                self.at += 1;
                let mut all = Vec::new();
                while !self.takes(']') {
                    all.push(self.quoted()?);
                    if !self.takes(',') {
                        return self.takes(']').then_some(Arg::List(all));
                    }
                }
                Some(Arg::List(all))
            }
            c if c.is_ascii_digit() => {
                let part = |c: &&char| c.is_ascii_digit() || **c == '.';
                let digits: String = self.text[self.at..].iter().take_while(part).collect();
                self.at += digits.chars().count();
                digits.parse().ok().map(Arg::Number)
            }
            _ => match self.word().as_str() {
                "true" => Some(Arg::Truth(true)),
                "false" => Some(Arg::Truth(false)),
                _ => None,
            },
        }
    }

    fn quoted(&mut self) -> Option<String> {
        self.blank();
        let quote = *self.text.get(self.at).filter(|c| matches!(c, '"' | '\'' | '`'))?;
        let rest = &self.text[self.at + 1..];
        let length = rest.iter().position(|c| *c == quote)?;
        self.at += length + 2;
        let text: String = rest[..length].iter().collect();
        (!text.contains('\\')).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_seen_with_their_place_and_only_where_they_are_written_out() {
        let template = "{% if value(a = \"x\", b = 1.5) %}\n  {{ value(c=['p', \"q\"], d=true,) | lower }}{% endif %} \
                        {{ value(a = name) }} evalue(a = \"no\") value (a = \"x\" ~ y)";
        let found = calls(template, &["value"]);
        let places: Vec<(usize, usize, usize)> =
            found.iter().map(|call| (call.line, call.column, call.args.len())).collect();
        assert_eq!(places, [(1, 7, 2), (2, 6, 2)]);
        assert_eq!(found[0].args["b"], Arg::Number(1.5));
        assert_eq!(found[1].args["c"], Arg::List(vec!["p".to_owned(), "q".to_owned()]));
    }
}
