//! The rule language: SQL expressions over one row, parsed by `sqlparser` and lowered to [`Node`] by an allow-list.
//!
//! Whatever is not listed here is refused with its place: aggregates, windows, subqueries, aliases, wildcards. Depth
//! and length are bounded. What a node means is in `evaluate`; which types fit together is in `typing`.

use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, Tokenizer};

use crate::data::lower::Lowering;

/// The longest rule text, in bytes.
const LONGEST: usize = 20_000;
/// The deepest nesting.
pub(super) const DEEPEST: usize = 60;

/// A position in the text of a rule, lines and columns from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Line of the rule text.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// What is wrong with the text of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where in the text.
    pub position: Position,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Mistake {
    pub(crate) fn new(position: Position, message: impl Into<String>) -> Self {
        Self { position, message: message.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A rule, parsed: what it says, not yet what it says it of.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The text as written.
    pub text: String,
    /// Its tree.
    pub root: Node,
}

/// A node of a rule with its position.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub position: Position,
    /// What it is.
    pub kind: NodeKind,
}

/// The allow-list.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// A variable of the row.
    Column(String),
    /// An option of the specification, written `:name`.
    Option(String),
    /// A number.
    Number(f64),
    /// A text, written `'…'`.
    Text(String),
    /// `TRUE` or `FALSE`.
    Truth(bool),
    /// A date, written `DATE 'YYYY-MM-DD'`; days since 1970.
    Date(i32),
    /// `NULL`.
    Null,
    /// `NOT a`.
    Not(Box<Node>),
    /// `a AND b`.
    And(Box<Node>, Box<Node>),
    /// `a OR b`.
    Or(Box<Node>, Box<Node>),
    /// `a = b` and its kin.
    Compare(Comparison, Box<Node>, Box<Node>),
    /// `a + b` and its kin.
    Arithmetic(Operation, Box<Node>, Box<Node>),
    /// `-a`.
    Negate(Box<Node>),
    /// `a IS NULL`; with `true`, `a IS NOT NULL`.
    IsNull(Box<Node>, bool),
    /// `a IN (b, c)`.
    In(Box<Node>, Vec<Node>),
    /// `a LIKE 'pattern'`.
    Like(Box<Node>, String),
    /// `CASE WHEN a THEN b … ELSE c END`; a simple `CASE` arrives here as comparisons.
    Case(Vec<(Node, Node)>, Option<Box<Node>>),
    /// `NAME(a, …)`.
    Call(Function, Vec<Node>),
}

/// A comparison. Measured values are compared with a tolerance (see `evaluate`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// An arithmetic operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

macro_rules! functions {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal $least:literal ..= $most:literal,)+) => {
        /// A function of the rule language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Function { $($(#[doc = $doc])+ $variant,)+ }

        impl Function {
            /// All of them, as the reference lists them: name and meaning.
            pub const ALL: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$variant, $name, concat!($($doc, " ",)+)),)+];

            /// The least and greatest number of arguments.
            #[must_use]
            pub const fn arity(self) -> (usize, usize) {
                match self { $(Self::$variant => ($least, $most),)+ }
            }
        }
    };
}

functions! {
    /// The first value that is not null.
    Coalesce = "COALESCE" 1..=20,
    /// Null where the two are equal, else the first.
    NullIf = "NULLIF" 2..=2,
    /// The smallest of the values; null if one is.
    Least = "LEAST" 1..=20,
    /// The largest of the values; null if one is.
    Greatest = "GREATEST" 1..=20,
    /// The absolute value.
    Abs = "ABS" 1..=1,
    /// Rounded half away from zero to whole numbers, or to the decimals named second.
    Round = "ROUND" 1..=2,
    /// The largest whole number not above.
    Floor = "FLOOR" 1..=1,
    /// The smallest whole number not below.
    Ceil = "CEIL" 1..=1,
    /// In capital letters.
    Upper = "UPPER" 1..=1,
    /// In small letters.
    Lower = "LOWER" 1..=1,
    /// Without blanks at both ends.
    Trim = "TRIM" 1..=1,
    /// OR over what was measured: an argument with a missing column is left out; null if all are.
    AnyAvailable = "ANY_AVAILABLE" 1..=20,
    /// AND over what was measured: an argument with a missing column is left out; null if all are.
    AllAvailable = "ALL_AVAILABLE" 1..=20,
    /// The first value to the power of the second; the first must not be below zero.
    Power = "POWER" 2..=2,
    /// (first − second) / first: the relative fall from a first to a second value, sharp where one is known only as a bound.
    RelativeFall = "RELATIVE_FALL" 2..=2,
}

impl Function {
    /// The function of this name, in any letter case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_uppercase();
        Self::ALL.iter().find(|(_, candidate, _)| *candidate == name).map(|(function, _, _)| *function)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(function, _, _)| *function == self).map_or("", |(_, name, _)| name)
    }
}

impl Rule {
    /// Parses one expression.
    ///
    /// # Errors
    /// All mistakes of the text: those of SQL's grammar (the first), or every construct that is not allowed.
    pub fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        let start = Position { line: 1, column: 1 };
        if text.trim().is_empty() {
            return Err(vec![Mistake::new(start, "the rule is empty")]);
        }
        if text.len() > LONGEST {
            return Err(vec![Mistake::new(start, format!("the rule is longer than {LONGEST} bytes"))]);
        }
        let dialect = GenericDialect {};
        let tokens = Tokenizer::new(&dialect, text)
            .tokenize_with_location()
            .map_err(|error| vec![Mistake::new(position(error.location), lower_first(&error.message))])?;
        if let Some(comment) = tokens.iter().find(|token| is_comment(&token.token)) {
            let mistake = Mistake::new(position(comment.span.start), "comments are not allowed in a rule")
                .hint("write the comment beside the rule in study.toml");
            return Err(vec![mistake]);
        }
        let mut parser = Parser::new(&dialect).with_recursion_limit(DEEPEST).with_tokens_with_locations(tokens);
        let tree = parser.parse_expr().map_err(|error| vec![mistake_of(&error)])?;
        let next = parser.peek_token();
        if next.token != Token::EOF {
            let message = format!("the expression ends before {}", next.token);
            return Err(vec![
                Mistake::new(position(next.span.start), message).hint("is an AND or OR missing or misspelt?"),
            ]);
        }
        let mut lowering = Lowering::default();
        let root = lowering.lower(&tree, 0);
        if lowering.mistakes.is_empty() { Ok(Self { text: text.to_owned(), root }) } else { Err(lowering.mistakes) }
    }

    /// The column whose value it is, if it is nothing else.
    #[must_use]
    pub fn as_column(&self) -> Option<&str> {
        match &self.root.kind {
            NodeKind::Column(name) => Some(name),
            _ => None,
        }
    }

    /// The variables it names, in order of first mention, each once.
    #[must_use]
    pub fn columns(&self) -> Vec<(&str, Position)> {
        let mut found: Vec<(&str, Position)> = Vec::new();
        self.root.visit(&mut |node| {
            if let NodeKind::Column(name) = &node.kind
                && !found.iter().any(|(seen, _)| seen == name)
            {
                found.push((name, node.position));
            }
        });
        found
    }

    /// The options it names, in order of first mention, each once.
    #[must_use]
    pub fn options(&self) -> Vec<(&str, Position)> {
        let mut found: Vec<(&str, Position)> = Vec::new();
        self.root.visit(&mut |node| {
            if let NodeKind::Option(name) = &node.kind
                && !found.iter().any(|(seen, _)| seen == name)
            {
                found.push((name, node.position));
            }
        });
        found
    }
}

impl Node {
    /// The columns it names.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.visit(&mut |node| {
            if let NodeKind::Column(name) = &node.kind {
                names.push(name.as_str());
            }
        });
        names
    }

    fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Self)) {
        see(self);
        match &self.kind {
            NodeKind::Column(_)
            | NodeKind::Option(_)
            | NodeKind::Number(_)
            | NodeKind::Text(_)
            | NodeKind::Truth(_)
            | NodeKind::Date(_)
            | NodeKind::Null => {}
            NodeKind::Not(a) | NodeKind::Negate(a) | NodeKind::IsNull(a, _) | NodeKind::Like(a, _) => a.visit(see),
            NodeKind::And(a, b) | NodeKind::Or(a, b) | NodeKind::Compare(_, a, b) | NodeKind::Arithmetic(_, a, b) => {
                a.visit(see);
                b.visit(see);
            }
            NodeKind::In(a, list) => {
                a.visit(see);
                for node in list {
                    node.visit(see);
                }
            }
            NodeKind::Case(arms, otherwise) => {
                for (when, then) in arms {
                    when.visit(see);
                    then.visit(see);
                }
                if let Some(node) = otherwise {
                    node.visit(see);
                }
            }
            NodeKind::Call(_, arguments) => arguments.iter().for_each(|node| node.visit(see)),
        }
    }
}

fn is_comment(token: &Token) -> bool {
    matches!(
        token,
        Token::Whitespace(
            sqlparser::tokenizer::Whitespace::SingleLineComment { .. }
                | sqlparser::tokenizer::Whitespace::MultiLineComment(_)
        )
    )
}

/// A place of the parser as a place of ours.
pub(super) fn position(location: Location) -> Position {
    let clamp = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
    Position { line: clamp(location.line), column: clamp(location.column) }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// The parser puts the place of its error into the text of its message.
fn mistake_of(error: &ParserError) -> Mistake {
    let start = Position { line: 1, column: 1 };
    match error {
        ParserError::RecursionLimitExceeded => Mistake::new(start, format!("the rule is nested deeper than {DEEPEST}")),
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => {
            let (text, place) = message.split_once(" at Line: ").unwrap_or((message, ""));
            let mut numbers = place.split(", Column: ").map(|part| part.trim().parse::<usize>().ok());
            let position = match (numbers.next().flatten(), numbers.next().flatten()) {
                (Some(line), Some(column)) => Position { line, column },
                _ => start,
            };
            Mistake::new(position, format!("this is not an SQL expression: {}", lower_first(text.trim())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        match Rule::parse(text) {
            Ok(rule) => panic!("{text} was accepted as {:?}", rule.root),
            Err(mistakes) => mistakes.iter().map(|m| m.message.clone()).collect::<Vec<_>>().join("; "),
        }
    }

    #[test]
    fn the_language_is_what_the_list_says() {
        for text in [
            "SAFFL = 'Y' AND AVAL BETWEEN 1 AND 2",
            "A IN ('x', 'y') OR NOT B",
            "CASE :rule WHEN 'any' THEN any_available(a < 0.5, b < 0.5) ELSE COALESCE(c, FALSE) END",
            "RFSTDT >= DATE '2024-02-29'",
            "ABS(-x) / 2 <= 1e-9",
            "name LIKE 'A%' AND y IS NOT NULL",
            "FLOOR(x) = CEIL(x)",
        ] {
            assert!(Rule::parse(text).is_ok(), "{text}: {:?}", Rule::parse(text));
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_place() {
        assert!(refused("SAFFL = 'Y' ADN").contains("ends before"));
        assert!(refused("(SELECT MAX(a) FROM read_csv('/etc/passwd'))").contains("subquery"));
        assert!(refused("SUM(a) > 1").contains("SUM is not a function"));
        assert!(refused("a.b = 1").contains("dot"));
        assert!(refused("x = 1 -- always").contains("comments"));
        assert!(refused("ABS(a, b)").contains("takes 1 arguments"));
        assert!(refused("DATE '2023-02-29' < x").contains("is not a date"));
        assert!(refused("").contains("empty"));
        assert!(refused("a ->> 'b'").contains("not part"));
        assert!(refused(&format!("{}1{}", "(".repeat(500), ")".repeat(500))).contains("nested"));
    }

    #[test]
    fn all_mistakes_of_a_rule_are_told_at_once() {
        let mistakes = Rule::parse("SUM(a) > 1 AND\n  b.c = 2").err().unwrap_or_default();
        assert_eq!(mistakes.len(), 2);
        assert_eq!(mistakes[1].position, Position { line: 2, column: 3 });
    }

    #[test]
    fn columns_and_options_are_listed_once() {
        let rule = Rule::parse("a > b AND a < :limit").unwrap_or_else(|m| panic!("{m:?}"));
        assert_eq!(rule.columns().iter().map(|c| c.0).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(rule.options().iter().map(|c| c.0).collect::<Vec<_>>(), ["limit"]);
    }
}
