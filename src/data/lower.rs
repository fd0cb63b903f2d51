//! Lowering: the tree of `sqlparser` becomes [`Node`]s by an allow-list. What is not listed here is refused with its place.

use sqlparser::ast::{
    self, BinaryOperator, CaseWhen, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Spanned, UnaryOperator,
};

use crate::data::date;
use crate::data::rule::{Comparison, DEEPEST, Function, Mistake, Node, NodeKind, Operation, position};
use crate::error::nearest;

/// Lowers a tree and collects its mistakes.
#[derive(Default)]
pub(super) struct Lowering {
    /// Everything that is not part of the rule language.
    pub(super) mistakes: Vec<Mistake>,
}

impl Lowering {
    fn refuse(&mut self, node: &Expr, what: &str) -> NodeKind {
        self.mistakes
            .push(Mistake::new(position(node.span().start), format!("{what} is not part of the rule language")));
        NodeKind::Null
    }

    fn boxed(&mut self, node: &Expr, depth: usize) -> Box<Node> {
        Box::new(self.lower(node, depth))
    }

    /// The node of an expression; a placeholder where it is refused.
    pub(super) fn lower(&mut self, node: &Expr, depth: usize) -> Node {
        let at = position(node.span().start);
        if depth > DEEPEST * 2 {
            self.mistakes.push(Mistake::new(at, format!("the rule is nested deeper than {DEEPEST}")));
            return Node { position: at, kind: NodeKind::Null };
        }
        let kind = self.kind(node, depth + 1);
        Node { position: at, kind }
    }

    fn kind(&mut self, node: &Expr, depth: usize) -> NodeKind {
        match node {
            Expr::Identifier(name) => NodeKind::Column(name.value.clone()),
            Expr::Nested(inner) => self.lower(inner, depth).kind,
            Expr::Value(literal) => self.literal(node, &literal.value),
            Expr::TypedString(typed) if matches!(typed.data_type, ast::DataType::Date) => {
                let text = typed.value.value.to_string();
                date::parse(text.trim_matches('\'')).map_or_else(
                    || {
                        let message = format!("{text} is not a date of the form 'YYYY-MM-DD'");
                        self.mistakes.push(Mistake::new(position(node.span().start), message));
                        NodeKind::Null
                    },
                    NodeKind::Date,
                )
            }
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => NodeKind::Not(self.boxed(expr, depth)),
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => NodeKind::Negate(self.boxed(expr, depth)),
            Expr::UnaryOp { op: UnaryOperator::Plus, expr } => self.lower(expr, depth).kind,
            Expr::BinaryOp { left, op, right } => self.binary(node, left, op, right, depth),
            Expr::IsNull(inner) => NodeKind::IsNull(self.boxed(inner, depth), false),
            Expr::IsNotNull(inner) => NodeKind::IsNull(self.boxed(inner, depth), true),
            Expr::InList { expr, list, negated } => {
                let kind =
                    NodeKind::In(self.boxed(expr, depth), list.iter().map(|item| self.lower(item, depth)).collect());
                negate_if(*negated, kind, node)
            }
            Expr::Between { expr, negated, low, high } => {
                let at = position(node.span().start);
                let above =
                    NodeKind::Compare(Comparison::GreaterOrEqual, self.boxed(expr, depth), self.boxed(low, depth));
                let below =
                    NodeKind::Compare(Comparison::LessOrEqual, self.boxed(expr, depth), self.boxed(high, depth));
                let both = NodeKind::And(
                    Box::new(Node { position: at, kind: above }),
                    Box::new(Node { position: at, kind: below }),
                );
                negate_if(*negated, both, node)
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => match self
                .lower(pattern, depth)
                .kind
            {
                NodeKind::Text(pattern) => negate_if(*negated, NodeKind::Like(self.boxed(expr, depth), pattern), node),
                _ => self.refuse(node, "LIKE with anything but a text"),
            },
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), depth)
            }
            Expr::Floor { expr, .. } => NodeKind::Call(Function::Floor, vec![self.lower(expr, depth)]),
            Expr::Ceil { expr, .. } => NodeKind::Call(Function::Ceil, vec![self.lower(expr, depth)]),
            Expr::Trim { expr, trim_where: None, trim_what: None, trim_characters: None } => {
                NodeKind::Call(Function::Trim, vec![self.lower(expr, depth)])
            }
            Expr::Function(call) => self.call(node, call, depth),
            Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => self.refuse(node, "a subquery"),
            Expr::CompoundIdentifier(_) => self.refuse(node, "a name with a dot"),
            Expr::Wildcard(_) | Expr::QualifiedWildcard(..) => self.refuse(node, "*"),
            Expr::Cast { .. } => self.refuse(node, "CAST (values keep the type they were locked with)"),
            _ => self.refuse(node, &format!("“{}”", shortened(&node.to_string()))),
        }
    }

    fn literal(&mut self, node: &Expr, value: &ast::Value) -> NodeKind {
        match value {
            ast::Value::Number(text, false) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => NodeKind::Number(number),
                _ => self.refuse(node, &format!("the number {text}")),
            },
            ast::Value::SingleQuotedString(text) => NodeKind::Text(text.clone()),
            ast::Value::Boolean(truth) => NodeKind::Truth(*truth),
            ast::Value::Null => NodeKind::Null,
            ast::Value::Placeholder(name) if name.starts_with(':') && name.len() > 1 => {
                NodeKind::Option(name.trim_start_matches(':').to_owned())
            }
            other => self.refuse(node, &format!("the literal {}", shortened(&other.to_string()))),
        }
    }

    fn binary(&mut self, node: &Expr, left: &Expr, op: &BinaryOperator, right: &Expr, depth: usize) -> NodeKind {
        let compare = |this: &mut Self, comparison| {
            NodeKind::Compare(comparison, this.boxed(left, depth), this.boxed(right, depth))
        };
        let compute = |this: &mut Self, operation| {
            NodeKind::Arithmetic(operation, this.boxed(left, depth), this.boxed(right, depth))
        };
        match op {
            BinaryOperator::And => NodeKind::And(self.boxed(left, depth), self.boxed(right, depth)),
            BinaryOperator::Or => NodeKind::Or(self.boxed(left, depth), self.boxed(right, depth)),
            BinaryOperator::Eq => compare(self, Comparison::Equal),
            BinaryOperator::NotEq => compare(self, Comparison::Unequal),
            BinaryOperator::Lt => compare(self, Comparison::Less),
            BinaryOperator::LtEq => compare(self, Comparison::LessOrEqual),
            BinaryOperator::Gt => compare(self, Comparison::Greater),
            BinaryOperator::GtEq => compare(self, Comparison::GreaterOrEqual),
            BinaryOperator::Plus => compute(self, Operation::Add),
            BinaryOperator::Minus => compute(self, Operation::Subtract),
            BinaryOperator::Multiply => compute(self, Operation::Multiply),
            BinaryOperator::Divide => compute(self, Operation::Divide),
            other => self.refuse(node, &format!("the operator {other}")),
        }
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&Expr>,
        depth: usize,
    ) -> NodeKind {
        let mut arms = Vec::with_capacity(conditions.len());
        for arm in conditions {
            let when = self.lower(&arm.condition, depth);
            let when = match operand {
                None => when,
                Some(operand) => Node {
                    position: when.position,
                    kind: NodeKind::Compare(Comparison::Equal, self.boxed(operand, depth), Box::new(when)),
                },
            };
            arms.push((when, self.lower(&arm.result, depth)));
        }
        NodeKind::Case(arms, otherwise.map(|node| self.boxed(node, depth)))
    }

    fn call(&mut self, node: &Expr, call: &ast::Function, depth: usize) -> NodeKind {
        let name = call.name.to_string();
        let Some(function) = Function::named(&name) else {
            let known: Vec<&str> = Function::ALL.iter().map(|(_, name, _)| *name).collect();
            let mut mistake =
                Mistake::new(position(node.span().start), format!("{name} is not a function of the rule language"));
            mistake.hint = Some(nearest(&name, known.iter().copied()).map_or_else(
                || format!("the functions are {}", known.join(", ")),
                |nearest| format!("did you mean {nearest}?"),
            ));
            self.mistakes.push(mistake);
            return NodeKind::Null;
        };
        let plain = call.over.is_none() && call.filter.is_none() && call.within_group.is_empty();
        let FunctionArguments::List(list) = &call.args else {
            return self.refuse(node, &format!("{name} without a list of arguments"));
        };
        if !plain || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
            return self.refuse(node, &format!("{name} with a window, filter or DISTINCT"));
        }
        let mut arguments = Vec::with_capacity(list.args.len());
        for argument in &list.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(inner)) => arguments.push(self.lower(inner, depth)),
                _ => return self.refuse(node, &format!("{name} with a named argument or *")),
            }
        }
        let (least, most) = function.arity();
        if arguments.len() < least || arguments.len() > most {
            let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
            let message = format!("{} takes {wanted} arguments, not {}", function.name(), arguments.len());
            self.mistakes.push(Mistake::new(position(node.span().start), message));
        }
        NodeKind::Call(function, arguments)
    }
}

fn negate_if(negated: bool, kind: NodeKind, node: &Expr) -> NodeKind {
    if negated { NodeKind::Not(Box::new(Node { position: position(node.span().start), kind })) } else { kind }
}

fn shortened(text: &str) -> String {
    if text.chars().count() > 40 {
        format!("{}…", text.chars().take(40).collect::<String>())
    } else {
        text.to_owned()
    }
}
