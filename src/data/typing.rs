//! Which types fit together in a rule, checked against the columns that exist, before any row is seen.

use crate::data::rule::{Comparison, Function, Mistake, Node, NodeKind, Operation, Position, Rule};
use crate::data::vector::Type;
use crate::error::nearest;

/// What a rule may name: columns and options with their types.
pub trait Names {
    /// Type of a column.
    fn column(&self, name: &str) -> Option<Type>;
    /// All columns, for "did you mean".
    fn columns(&self) -> Vec<String>;
    /// Type of an option.
    fn option(&self, name: &str) -> Option<Type>;
    /// All options.
    fn options(&self) -> Vec<String>;
    /// Whether a column exists and fits everywhere: its own definition is wrong, which has been told already, or it is a
    /// text column without any text.
    fn is_untyped(&self, name: &str) -> bool;
    /// What the columns belong to, as a person says it: a dataset, a frame.
    fn owner(&self) -> String;
}

/// The type of a rule's value; none for a bare `NULL`.
///
/// # Errors
/// All unknown names and clashes of type.
pub fn check(rule: &Rule, names: &dyn Names) -> Result<Option<Type>, Vec<Mistake>> {
    let mut typing = Typing { names, mistakes: Vec::new() };
    let found = typing.of(&rule.root);
    if typing.mistakes.is_empty() { Ok(found) } else { Err(typing.mistakes) }
}

struct Typing<'a> {
    names: &'a dyn Names,
    mistakes: Vec<Mistake>,
}

impl Typing<'_> {
    fn unknown(&mut self, node: &Node, what: &str, name: &str, candidates: &[String]) {
        let mut mistake = Mistake::new(node.position, format!("{what} {name} is not in {}", self.names.owner()));
        mistake.hint = nearest(name, candidates.iter().map(String::as_str)).map(|near| format!("did you mean {near}?"));
        self.mistakes.push(mistake);
    }

    /// A null written out makes everything unknown that is computed from it or compared with it.
    fn refuse_null(&mut self, whole: Position, node: &Node) {
        if matches!(node.kind, NodeKind::Null) {
            let mistake = Mistake::new(whole, "NULL here makes the result unknown for every row");
            self.mistakes.push(mistake.hint("write IS NULL to ask whether a value is missing"));
        }
    }

    /// Asks for one type; a null fits everywhere.
    fn expect(&mut self, node: &Node, wanted: Type, whose: &str) {
        if let Some(found) = self.of(node)
            && found != wanted
        {
            let message = format!("{whose} must be {}, and this is {}", wanted.name(), found.name());
            self.mistakes.push(Mistake::new(node.position, message));
        }
    }

    fn expect_all(&mut self, nodes: &[Node], wanted: Type, whose: &str) {
        for node in nodes {
            self.expect(node, wanted, whose);
        }
    }

    /// The common type of several nodes.
    fn common<'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node>, whose: &str) -> Option<Type> {
        let mut seen: Option<Type> = None;
        for node in nodes {
            let Some(found) = self.of(node) else { continue };
            match seen {
                None => seen = Some(found),
                Some(first) if first != found => {
                    let message =
                        format!("{whose} must be of one type, and here {} meets {}", first.name(), found.name());
                    self.mistakes.push(Mistake::new(node.position, message));
                }
                Some(_) => {}
            }
        }
        seen
    }

    fn of(&mut self, node: &Node) -> Option<Type> {
        match &node.kind {
            NodeKind::Column(name) if self.names.is_untyped(name) => None,
            NodeKind::Column(name) => {
                let found = self.names.column(name);
                if found.is_none() {
                    let candidates = self.names.columns();
                    self.unknown(node, "column", name, &candidates);
                }
                found
            }
            NodeKind::Option(name) => {
                let found = self.names.option(name);
                if found.is_none() {
                    let candidates = self.names.options();
                    let mut mistake = Mistake::new(node.position, format!("option {name} is not defined"));
                    mistake.hint = nearest(name, candidates.iter().map(String::as_str)).map_or_else(
                        || Some("define it under [option]".to_owned()),
                        |near| Some(format!("did you mean {near}?")),
                    );
                    self.mistakes.push(mistake);
                }
                found
            }
            NodeKind::Number(_) => Some(Type::Number),
            NodeKind::Text(_) => Some(Type::Text),
            NodeKind::Truth(_) => Some(Type::Truth),
            NodeKind::Date(_) => Some(Type::Date),
            NodeKind::Null => None,
            NodeKind::Not(inner) => {
                self.expect(inner, Type::Truth, "what NOT negates");
                Some(Type::Truth)
            }
            NodeKind::And(a, b) | NodeKind::Or(a, b) => {
                self.expect(a, Type::Truth, "each side of AND and OR");
                self.expect(b, Type::Truth, "each side of AND and OR");
                Some(Type::Truth)
            }
            NodeKind::Compare(comparison, a, b) => {
                self.refuse_null(node.position, a);
                self.refuse_null(node.position, b);
                let common = self.common([&**a, &**b], "the two sides of a comparison");
                let ordered = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
                if ordered && matches!(common, Some(Type::Text | Type::Truth)) {
                    let message = format!("{} has no order", common.map_or("this", Type::name));
                    self.mistakes.push(Mistake::new(node.position, message).hint("compare numbers or dates"));
                }
                Some(Type::Truth)
            }
            NodeKind::Arithmetic(operation, a, b) => Some(self.arithmetic(*operation, a, b)),
            NodeKind::Negate(inner) => {
                self.refuse_null(node.position, inner);
                self.expect(inner, Type::Number, "what a minus stands before");
                Some(Type::Number)
            }
            NodeKind::IsNull(inner, _) => {
                self.of(inner);
                Some(Type::Truth)
            }
            NodeKind::In(inner, list) => {
                self.common(std::iter::once(&**inner).chain(list), "a value and the list it is looked up in");
                Some(Type::Truth)
            }
            NodeKind::Like(inner, _) => {
                self.expect(inner, Type::Text, "what LIKE looks at");
                Some(Type::Truth)
            }
            NodeKind::Case(arms, otherwise) => {
                for (when, _) in arms {
                    self.expect(when, Type::Truth, "each WHEN");
                }
                self.common(arms.iter().map(|(_, then)| then).chain(otherwise.as_deref()), "the results of a CASE")
            }
            NodeKind::Call(function, arguments) => self.call(*function, arguments),
        }
    }

    fn arithmetic(&mut self, operation: Operation, a: &Node, b: &Node) -> Type {
        self.refuse_null(a.position, a);
        self.refuse_null(a.position, b);
        let (left, right) = (self.of(a), self.of(b));
        match (operation, left, right) {
            (Operation::Subtract, Some(Type::Date), Some(Type::Date)) => Type::Number,
            (Operation::Add | Operation::Subtract, Some(Type::Date), Some(Type::Number) | None) => Type::Date,
            _ => {
                for (node, found) in [(a, left), (b, right)] {
                    if let Some(found) = found
                        && found != Type::Number
                    {
                        let message = format!("arithmetic needs numbers, and this is {}", found.name());
                        self.mistakes.push(Mistake::new(node.position, message));
                    }
                }
                Type::Number
            }
        }
    }

    fn call(&mut self, function: Function, arguments: &[Node]) -> Option<Type> {
        let whose = format!("an argument of {}", function.name());
        if !matches!(function, Function::Coalesce | Function::NullIf) {
            for argument in arguments {
                self.refuse_null(argument.position, argument);
            }
        }
        match function {
            Function::Coalesce | Function::NullIf => {
                self.common(arguments, &format!("the arguments of {}", function.name()))
            }
            Function::Least | Function::Greatest => {
                let common = self.common(arguments, &format!("the arguments of {}", function.name()));
                if let (Some(Type::Text | Type::Truth), Some(first)) = (common, arguments.first()) {
                    self.mistakes.push(Mistake::new(first.position, format!("{whose} must be a number or a date")));
                }
                common
            }
            Function::Abs
            | Function::Round
            | Function::Floor
            | Function::Ceil
            | Function::Power
            | Function::RelativeFall => {
                self.expect_all(arguments, Type::Number, &whose);
                if function == Function::Round
                    && let Some(decimals) = arguments.get(1)
                    && !matches!(decimals.kind, NodeKind::Number(_))
                {
                    self.mistakes
                        .push(Mistake::new(decimals.position, "the decimals of ROUND must be written as a number"));
                }
                Some(Type::Number)
            }
            Function::Upper | Function::Lower | Function::Trim => {
                self.expect_all(arguments, Type::Text, &whose);
                Some(Type::Text)
            }
            Function::AnyAvailable | Function::AllAvailable => {
                self.expect_all(arguments, Type::Truth, &whose);
                Some(Type::Truth)
            }
        }
    }
}
