//! Sentences with gaps: tera templates over named facts. They know these facts and nothing else: no other value, no
//! clock, no file; and no gap is ever filled with nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};
use toml::Spanned;

use crate::error::{Finding, nearest};
use crate::spec::text::Origin;

/// What stands for a fact that is missing: a person has still to write it.
pub const TO_BE_COMPLETED: &str = "[to be completed]";

/// The name of a template within tera, which fills its gaps by [`complete`].
const NAME: &str = "narrative.txt";

/// A template and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    /// Where it stands in the file, in bytes, quotes included.
    pub span: Range<usize>,
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Self { text: spanned.into_inner(), span })
    }
}

impl JsonSchema for Template {
    fn schema_name() -> Cow<'static, str> {
        "Template".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "A tera template." })
    }

    fn inline_schema() -> bool {
        true
    }
}

/// What templates call a fact: a name of tera has no `-`.
#[must_use]
pub fn name_of(id: &str) -> String {
    id.replace('-', "_")
}

impl Template {
    /// What is wrong with the template where these facts are known, by their names in templates.
    pub(super) fn findings(&self, known: &[String], origin: &Origin) -> Vec<Finding> {
        let tera = match self.parsed() {
            Ok(tera) => tera,
            Err(error) => return vec![self.finding(&error, origin)],
        };
        // tera takes a name it does not know for false in a condition; a misspelt one must not drop a sentence.
        let used = tera.get_template_variables(NAME).unwrap_or_default();
        let mut unknown: Vec<&str> = used.into_iter().filter(|name| !known.iter().any(|own| own == name)).collect();
        unknown.sort_unstable();
        if unknown.is_empty() {
            let blank = known.iter().map(|name| (name.clone(), String::new())).collect();
            return self.fill(&blank, origin).err().into_iter().collect();
        }
        let finding = |name: &str| {
            let (line, column) = self.first(name);
            let place = origin.place_in(&self.span, line, column);
            let hint = match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean {near}?"),
                None if known.is_empty() => "there are no facts".to_owned(),
                None => format!("it knows the facts {}", known.join(", ")),
            };
            Finding::error(place, format!("the template uses {name}, which is not a fact")).hint(hint)
        };
        unknown.into_iter().map(finding).collect()
    }

    /// The text with its gaps filled: with the facts by their names in templates, an empty one as
    /// [`TO_BE_COMPLETED`]. What is blank around and in it is as wide as one space.
    ///
    /// # Errors
    /// What tera refuses, with its place.
    pub fn fill(&self, facts: &BTreeMap<String, String>, origin: &Origin) -> Result<String, Finding> {
        let mut context = Context::new();
        for (name, text) in facts {
            context.insert(name.clone(), text);
        }
        let filled = self.parsed().and_then(|tera| tera.render(NAME, &context));
        let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        filled.map(words).map_err(|error| self.finding(&error, origin))
    }

    fn parsed(&self) -> tera::TeraResult<Tera> {
        let mut tera = Tera::new();
        tera.set_escape_fn(complete);
        tera.autoescape_on([".txt"]);
        for name in ["safe", "escape"] {
            tera.register_filter(name, |_: Value, _: Kwargs, _: &State| -> tera::TeraResult<Value> {
                Err(tera::Error::message("this filter is refused: a missing fact would print as nothing"))
            });
        }
        tera.add_raw_template(NAME, &self.text)?;
        Ok(tera)
    }

    fn finding(&self, error: &tera::Error, origin: &Origin) -> Finding {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let span = report.span();
                let place = origin.place_in(&self.span, span.start_line, span.start_col + 1);
                Finding::error(place, format!("the template cannot be filled: {}", report.message()))
            }
            other => Finding::error(origin.place(self.span.start), format!("the template cannot be filled: {other}")),
        }
    }

    /// Line and column, from 1, of the first time that a name stands in the text as a whole word.
    fn first(&self, name: &str) -> (usize, usize) {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let whole = |at: &usize| {
            let before = self.text[..*at].chars().next_back();
            let after = self.text[*at + name.len()..].chars().next();
            !before.is_some_and(part) && !after.is_some_and(part)
        };
        let at = self.text.match_indices(name).map(|(at, _)| at).find(whole).unwrap_or(0);
        let before = &self.text[..at];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
    }
}

/// Prints a text as it is, and something for nothing.
fn complete(text: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(if text.is_empty() { TO_BE_COMPLETED } else { text }.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> (Template, Origin) {
        let file = format!("narrative = \"{text}\"");
        (Template { text: text.to_owned(), span: 12..file.len() }, Origin::new("study.toml", file))
    }

    fn filled(text: &str, facts: &[(&str, &str)]) -> String {
        let (template, origin) = template(text);
        let facts = facts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        template.fill(&facts, &origin).unwrap_or_else(|finding| finding.to_string())
    }

    fn refusals(text: &str) -> Vec<String> {
        let (template, origin) = template(text);
        let known = ["age".to_owned(), "last_day".to_owned()];
        template.findings(&known, &origin).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn gaps_are_filled_with_facts_as_they_are() {
        assert_eq!(filled("Aged  {{ age }}: {{ arm }}.", &[("age", "34"), ("arm", "A & <b>")]), "Aged 34: A & <b>.");
    }

    #[test]
    fn a_missing_fact_is_asked_for_and_never_blank() {
        let facts = [("age", ""), ("arm", "A")];
        assert_eq!(filled("Aged {{ age }}.", &facts), "Aged [to be completed].");
        assert_eq!(filled("{{ age | upper }}", &facts), "[to be completed]");
        assert_eq!(filled("{% if age %}Aged {{ age }}.{% else %}Age unknown.{% endif %}", &facts), "Age unknown.");
        assert!(filled("{{ age | safe }}", &facts).contains("would print as nothing"));
    }

    #[test]
    fn unknown_names_and_mistakes_are_told_with_their_place() {
        assert!(refusals("On day {{ last_day }}{% if age %}, aged {{ age }}{% endif %}.").is_empty());
        let told = refusals("{% if agee %}x{% endif %}{{ dose }}");
        assert_eq!(told.len(), 2);
        assert!(told[0].starts_with("study.toml:1:20: error: the template uses agee"), "{}", told[0]);
        assert!(told[0].contains("did you mean age?"));
        assert!(told[1].contains("it knows the facts age, last_day"), "{}", told[1]);
        assert!(refusals("{{ age")[0].starts_with("study.toml:1:"), "{}", refusals("{{ age")[0]);
        assert!(refusals("{{ age - 1 }}")[0].contains("cannot be filled"), "{:?}", refusals("{{ age - 1 }}"));
        assert_eq!(name_of("last-day"), "last_day");
    }
}
