//! What a rule means: its value for every row of a sheet.
//!
//! Truth is three-valued (Kleene). A measure known only as a bound is an interval, and a comparison is decided only if
//! it holds, or fails, over the whole interval. Measured values are compared with a relative tolerance of 1e-9, so that
//! 1.12 × 1.25 and 1.4 are equal as written. Rules have passed `typing` before they come here.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::interval;
use crate::data::rule::{Comparison, Function, Node, NodeKind, Operation, Position, Rule};
use crate::data::sheet::Sheet;
use crate::data::vector::{Measure, Texts, TextsBuilder, Truth, Vector};

/// The value an option has in this evaluation.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// A switch.
    Truth(bool),
    /// A number.
    Number(f64),
    /// One of the listed words.
    Text(String),
    /// A day, in days since 1970-01-01: the data cut-off.
    Date(i32),
}

/// Options by name.
pub type Options = BTreeMap<String, OptionValue>;

/// Arithmetic that has no finite result in a row that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The row.
    pub row: usize,
    /// Where in the rule.
    pub position: Position,
}

/// The value of a rule for each row of a sheet.
///
/// A division by zero gives a missing value and a [`Trouble`], unless the row does not depend on it (another branch of
/// a `CASE`, the far side of a decided `AND`).
///
/// # Panics
/// If the rule has not passed `typing` for this sheet.
pub fn evaluate(rule: &Rule, sheet: &Sheet, options: &Options, troubles: &mut Vec<Trouble>) -> Vector {
    evaluate_where(rule, sheet, options, &vec![true; sheet.rows()], troubles)
}

/// The same, where only the active rows matter: the others cause no trouble.
///
/// # Panics
/// If the rule has not passed `typing` for this sheet, or `active` is not as long as the sheet.
pub fn evaluate_where(
    rule: &Rule,
    sheet: &Sheet,
    options: &Options,
    active: &[bool],
    troubles: &mut Vec<Trouble>,
) -> Vector {
    let mut evaluation = Evaluation { sheet, options, troubles, rows: sheet.rows() };
    let value = evaluation.of(&rule.root, active);
    value.map_or_else(|| Vector::Truth(vec![Truth::Unknown; sheet.rows()]), |value| evaluation.full(&value))
}

/// The value of a rule that is true or false.
pub fn truths(rule: &Rule, sheet: &Sheet, options: &Options, troubles: &mut Vec<Trouble>) -> Vec<Truth> {
    match evaluate(rule, sheet, options, troubles) {
        Vector::Truth(values) => values,
        other => unreachable!("typing has made sure of a truth, not {:?}", other.kind()),
    }
}

struct Evaluation<'a> {
    sheet: &'a Sheet,
    options: &'a Options,
    troubles: &'a mut Vec<Trouble>,
    rows: usize,
}

/// A constant is a vector of one row; it stands for all rows.
type Constant = Arc<Vector>;

impl Evaluation<'_> {
    /// None is a null of no type.
    fn of(&mut self, node: &Node, active: &[bool]) -> Option<Constant> {
        Some(Arc::new(match &node.kind {
            NodeKind::Column(name) => {
                let column = self.sheet.column(name).expect("typing has seen the column");
                // A text column without any text may stand for any type: a CSV file cannot say that nobody has a date.
                return (!matches!(&*column, Vector::Text(texts) if texts.words.is_empty())).then_some(column);
            }
            NodeKind::Option(name) => match self.options.get(name).expect("typing has seen the option") {
                OptionValue::Truth(value) => Vector::Truth(vec![Truth::of(*value)]),
                OptionValue::Number(value) => Vector::Number(vec![Measure::exact(*value)]),
                OptionValue::Text(value) => Vector::Text(Texts::constant(value, 1)),
                OptionValue::Date(day) => Vector::Date(vec![Some(*day)]),
            },
            NodeKind::Number(value) => Vector::Number(vec![Measure::exact(*value)]),
            NodeKind::Text(text) => Vector::Text(Texts::constant(text, 1)),
            NodeKind::Truth(value) => Vector::Truth(vec![Truth::of(*value)]),
            NodeKind::Date(day) => Vector::Date(vec![Some(*day)]),
            NodeKind::Null => return None,
            NodeKind::Not(inner) => Vector::Truth(self.truth(inner, active).into_iter().map(Truth::negated).collect()),
            NodeKind::And(a, b) => {
                let left = self.truth(a, active);
                let undecided = narrowed(active, &left, Truth::False);
                let right = self.truth(b, &undecided);
                Vector::Truth(pairs(&left, &right, self.rows, Truth::and))
            }
            NodeKind::Or(a, b) => {
                let left = self.truth(a, active);
                let undecided = narrowed(active, &left, Truth::True);
                let right = self.truth(b, &undecided);
                Vector::Truth(pairs(&left, &right, self.rows, Truth::or))
            }
            NodeKind::Compare(comparison, a, b) => {
                let (a, b) = (self.of(a, active), self.of(b, active));
                self.compare(*comparison, a.as_deref(), b.as_deref())
            }
            NodeKind::Arithmetic(operation, a, b) => {
                let (left, right) = (self.of(a, active)?, self.of(b, active)?);
                self.arithmetic(*operation, &left, &right, node.position, active)
            }
            NodeKind::Negate(inner) => {
                Vector::Number(numbers(&*self.of(inner, active)?).iter().map(|m| interval::negated(*m)).collect())
            }
            NodeKind::IsNull(inner, negated) => match self.of(inner, active) {
                None => Vector::Truth(vec![Truth::of(!negated)]),
                Some(value) => {
                    Vector::Truth((0..value.len()).map(|row| Truth::of(value.is_null(row) != *negated)).collect())
                }
            },
            NodeKind::In(inner, list) => {
                let value = self.of(inner, active);
                let mut found = vec![Truth::False];
                for item in list {
                    let item = self.of(item, active);
                    let Vector::Truth(equal) = self.compare(Comparison::Equal, value.as_deref(), item.as_deref())
                    else {
                        unreachable!("a comparison is a truth")
                    };
                    found = pairs(&found, &equal, self.rows, Truth::or);
                }
                Vector::Truth(found)
            }
            NodeKind::Like(inner, pattern) => {
                let value = self.of(inner, active)?;
                let Vector::Text(texts) = &*value else { unreachable!("typing has made sure of a text") };
                let pattern: Vec<char> = pattern.chars().collect();
                let matches: Vec<Truth> = texts
                    .words
                    .iter()
                    .map(|word| Truth::of(like(&word.chars().collect::<Vec<_>>(), &pattern)))
                    .collect();
                Vector::Truth(
                    texts.codes.iter().map(|code| matches.get(*code as usize).copied().unwrap_or_default()).collect(),
                )
            }
            NodeKind::Case(arms, otherwise) => return self.case(arms, otherwise.as_deref(), active),
            NodeKind::Call(function, arguments) => return self.call(*function, arguments, node.position, active),
        }))
    }

    fn truth(&mut self, node: &Node, active: &[bool]) -> Vec<Truth> {
        match self.of(node, active).as_deref() {
            None => vec![Truth::Unknown],
            Some(Vector::Truth(values)) => values.clone(),
            Some(other) => unreachable!("typing has made sure of a truth, not {:?}", other.kind()),
        }
    }

    fn full(&self, value: &Vector) -> Vector {
        if value.len() == 1 && self.rows != 1 { value.gather(&vec![Some(0); self.rows]) } else { value.clone() }
    }

    fn compare(&self, comparison: Comparison, a: Option<&Vector>, b: Option<&Vector>) -> Vector {
        let (Some(a), Some(b)) = (a, b) else { return Vector::Truth(vec![Truth::Unknown]) };
        Vector::Truth(match (a, b) {
            (Vector::Number(a), Vector::Number(b)) => {
                pairs(a, b, self.rows, |a, b| interval::compare(comparison, a, b))
            }
            (Vector::Date(a), Vector::Date(b)) => pairs(a, b, self.rows, |a, b| match (a, b) {
                (Some(a), Some(b)) => Truth::of(match comparison {
                    Comparison::Equal => a == b,
                    Comparison::Unequal => a != b,
                    Comparison::Less => a < b,
                    Comparison::LessOrEqual => a <= b,
                    Comparison::Greater => a > b,
                    Comparison::GreaterOrEqual => a >= b,
                }),
                _ => Truth::Unknown,
            }),
            (Vector::Truth(a), Vector::Truth(b)) => pairs(a, b, self.rows, |a, b| match (a, b) {
                (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
                _ => Truth::of((a == b) == (comparison == Comparison::Equal)),
            }),
            (Vector::Text(a), Vector::Text(b)) => {
                let of_b: Vec<u32> = b.words.iter().map(|word| code_in(a, word)).collect();
                pairs(&a.codes, &b.codes, self.rows, |x, y| {
                    if x == Texts::MISSING || y == Texts::MISSING {
                        Truth::Unknown
                    } else {
                        Truth::of((of_b[y as usize] == x) == (comparison == Comparison::Equal))
                    }
                })
            }
            _ => unreachable!("typing has made sure of one type"),
        })
    }

    fn arithmetic(&mut self, operation: Operation, a: &Vector, b: &Vector, at: Position, active: &[bool]) -> Vector {
        match (a, b) {
            (Vector::Date(a), Vector::Date(b)) => Vector::Number(pairs(a, b, self.rows, |a, b| match (a, b) {
                (Some(a), Some(b)) => Measure::exact(f64::from(a) - f64::from(b)),
                _ => Measure::MISSING,
            })),
            (Vector::Date(a), Vector::Number(b)) => {
                let result = pairs(a, b, self.rows, |a, b| {
                    let days = b.value()?.round();
                    let shift = if operation == Operation::Add { days } else { -days };
                    let day = f64::from(a?) + shift;
                    #[expect(clippy::cast_possible_truncation, reason = "a whole number, and out of range saturates")]
                    (day.abs() < 4.0e6).then_some(day as i32)
                });
                for (row, day) in result.iter().enumerate() {
                    if day.is_none() && pick(a, row).is_some() && !pick(b, row).is_missing() {
                        self.note(row, result.len(), at, active);
                    }
                }
                Vector::Date(result)
            }
            (Vector::Number(a), Vector::Number(b)) => {
                let result = pairs(a, b, self.rows, |a, b| interval::compute(operation, a, b));
                for (row, value) in result.iter().enumerate() {
                    let (left, right) = (pick(a, row), pick(b, row));
                    if value.is_missing() && !left.is_missing() && !right.is_missing() {
                        self.note(row, result.len(), at, active);
                    }
                }
                Vector::Number(result)
            }
            _ => unreachable!("typing has made sure of numbers"),
        }
    }

    /// Remembers a row whose arithmetic has no finite result; a constant troubles every row that depends on it.
    fn note(&mut self, row: usize, of: usize, position: Position, active: &[bool]) {
        if of == 1 && self.rows != 1 {
            if let Some(row) = active.iter().position(|active| *active) {
                self.troubles.push(Trouble { row, position });
            }
        } else if active.get(row).copied().unwrap_or(false) {
            self.troubles.push(Trouble { row, position });
        }
    }

    fn case(&mut self, arms: &[(Node, Node)], otherwise: Option<&Node>, active: &[bool]) -> Option<Constant> {
        let mut open = active.to_vec();
        let mut chosen: Vec<Option<usize>> = vec![None; self.rows];
        let mut results = Vec::with_capacity(arms.len() + 1);
        for (index, (when, then)) in arms.iter().enumerate() {
            let holds = self.truth(when, &open);
            let mut here = vec![false; self.rows];
            for row in 0..self.rows {
                if chosen[row].is_none() && pick(&holds, row).holds() {
                    chosen[row] = Some(index);
                    here[row] = open[row];
                    open[row] = false;
                }
            }
            results.push(self.of(then, &here));
        }
        results.push(otherwise.and_then(|node| self.of(node, &open)));
        for choice in &mut chosen {
            *choice = choice.or(Some(arms.len()));
        }
        choose(&results, &chosen).map(Arc::new)
    }

    fn call(&mut self, function: Function, arguments: &[Node], at: Position, active: &[bool]) -> Option<Constant> {
        match function {
            Function::Coalesce => {
                let mut open = active.to_vec();
                let mut chosen: Vec<Option<usize>> = vec![None; self.rows];
                let mut results = Vec::with_capacity(arguments.len());
                for (index, argument) in arguments.iter().enumerate() {
                    let value = self.of(argument, &open);
                    for row in 0..self.rows {
                        let row_of_value = value.as_deref().map(|v| if v.len() == 1 { 0 } else { row });
                        let null = value.as_deref().zip(row_of_value).is_none_or(|(v, row)| v.is_null(row));
                        if chosen[row].is_none() && !null {
                            chosen[row] = Some(index);
                            open[row] = false;
                        }
                    }
                    results.push(value);
                }
                choose(&results, &chosen).map(Arc::new)
            }
            Function::NullIf => {
                let (a, b) = (self.of(&arguments[0], active)?, self.of(&arguments[1], active));
                let Vector::Truth(equal) = self.compare(Comparison::Equal, Some(&a), b.as_deref()) else {
                    return Some(a);
                };
                let rows: Vec<Option<usize>> = (0..self.rows)
                    .map(|row| (!pick(&equal, row).holds()).then_some(if a.len() == 1 { 0 } else { row }))
                    .collect();
                Some(Arc::new(a.gather(&rows)))
            }
            Function::Least | Function::Greatest => {
                let mut best = self.of(&arguments[0], active)?;
                for argument in &arguments[1..] {
                    let next = self.of(argument, active)?;
                    best = Arc::new(self.extreme(function == Function::Least, &best, &next));
                }
                Some(best)
            }
            Function::AnyAvailable | Function::AllAvailable => {
                let any = function == Function::AnyAvailable;
                let mut combined: Vec<Option<Truth>> = vec![None; self.rows];
                for argument in arguments {
                    let value = self.truth(argument, active);
                    let inputs: Vec<Arc<Vector>> =
                        argument.columns().into_iter().filter_map(|name| self.sheet.column(name)).collect();
                    for (row, so_far) in combined.iter_mut().enumerate() {
                        // Only what was not measured is left out. What was measured and stays undecided, because it is
                        // known only as a limit, is undecided here too.
                        if inputs.iter().any(|input| input.is_null(row)) {
                            continue;
                        }
                        let next = pick(&value, row);
                        *so_far = Some(match *so_far {
                            None => next,
                            Some(known) if any => known.or(next),
                            Some(known) => known.and(next),
                        });
                    }
                }
                Some(Arc::new(Vector::Truth(combined.into_iter().map(Option::unwrap_or_default).collect())))
            }
            Function::RelativeFall | Function::Power => {
                let (first, second) = (self.of(&arguments[0], active)?, self.of(&arguments[1], active)?);
                let (a, b) = (numbers(&first), numbers(&second));
                let compute = if function == Function::Power { interval::power } else { interval::relative_fall };
                let result = pairs(a, b, self.rows, compute);
                for (row, value) in result.iter().enumerate() {
                    if value.is_missing() && !pick(a, row).is_missing() && !pick(b, row).is_missing() {
                        self.note(row, result.len(), at, active);
                    }
                }
                Some(Arc::new(Vector::Number(result)))
            }
            Function::Abs | Function::Floor | Function::Ceil | Function::Round => {
                let value = self.of(&arguments[0], active)?;
                let decimals = match arguments.get(1).map(|node| &node.kind) {
                    Some(NodeKind::Number(decimals)) => *decimals,
                    _ => 0.0,
                };
                let change = |value: f64| match function {
                    Function::Abs => value.abs(),
                    Function::Floor => value.floor(),
                    Function::Ceil => value.ceil(),
                    _ => interval::round_half_away(value, decimals),
                };
                Some(Arc::new(Vector::Number(numbers(&value).iter().map(|m| interval::mapped(*m, change)).collect())))
            }
            Function::Upper | Function::Lower | Function::Trim => {
                let value = self.of(&arguments[0], active)?;
                let Vector::Text(texts) = &*value else { unreachable!("typing has made sure of a text") };
                let words: Vec<String> = texts
                    .words
                    .iter()
                    .map(|word| match function {
                        Function::Upper => word.to_uppercase(),
                        Function::Lower => word.to_lowercase(),
                        _ => word.trim().to_owned(),
                    })
                    .collect();
                let changed = texts.codes.iter().map(|code| words.get(*code as usize).map(String::as_str));
                Some(Arc::new(Vector::Text(Texts::encode(changed))))
            }
        }
    }

    fn extreme(&self, least: bool, a: &Vector, b: &Vector) -> Vector {
        match (a, b) {
            (Vector::Number(a), Vector::Number(b)) => {
                Vector::Number(pairs(a, b, self.rows, |a, b| interval::extreme(least, a, b)))
            }
            (Vector::Date(a), Vector::Date(b)) => Vector::Date(pairs(a, b, self.rows, |a, b| {
                let (a, b) = (a?, b?);
                Some(if least { a.min(b) } else { a.max(b) })
            })),
            _ => unreachable!("typing has made sure of numbers or dates"),
        }
    }
}

fn numbers(vector: &Vector) -> &[Measure] {
    match vector {
        Vector::Number(values) => values,
        other => unreachable!("typing has made sure of numbers, not {:?}", other.kind()),
    }
}

fn pick<T: Copy>(values: &[T], row: usize) -> T {
    if values.len() == 1 { values[0] } else { values[row] }
}

/// Row by row over two columns, either of which may be a constant.
fn pairs<A: Copy, B: Copy, R>(a: &[A], b: &[B], rows: usize, combine: impl Fn(A, B) -> R) -> Vec<R> {
    if a.len() == 1 && b.len() == 1 {
        return vec![combine(a[0], b[0])];
    }
    (0..rows).map(|row| combine(pick(a, row), pick(b, row))).collect()
}

fn narrowed(active: &[bool], left: &[Truth], decided: Truth) -> Vec<bool> {
    active.iter().enumerate().map(|(row, active)| *active && pick(left, row) != decided).collect()
}

fn code_in(texts: &Texts, word: &str) -> u32 {
    texts
        .words
        .iter()
        .position(|candidate| &**candidate == word)
        .and_then(|code| u32::try_from(code).ok())
        .unwrap_or(Texts::MISSING)
}

/// Takes each row from the result chosen for it; results without type are null.
fn choose(results: &[Option<Constant>], chosen: &[Option<usize>]) -> Option<Vector> {
    let kind = results.iter().flatten().next()?.kind();
    let source = |row: usize| {
        let vector = results.get(chosen[row]?)?.as_deref()?;
        Some((vector, if vector.len() == 1 { 0 } else { row }))
    };
    let rows = 0..chosen.len();
    Some(match kind {
        crate::data::vector::Type::Truth => Vector::Truth(
            rows.map(|row| match source(row) {
                Some((Vector::Truth(values), row)) => values[row],
                _ => Truth::Unknown,
            })
            .collect(),
        ),
        crate::data::vector::Type::Number => Vector::Number(
            rows.map(|row| match source(row) {
                Some((Vector::Number(values), row)) => values[row],
                _ => Measure::MISSING,
            })
            .collect(),
        ),
        crate::data::vector::Type::Date => Vector::Date(
            rows.map(|row| match source(row) {
                Some((Vector::Date(values), row)) => values[row],
                _ => None,
            })
            .collect(),
        ),
        crate::data::vector::Type::Text => {
            let mut texts = TextsBuilder::default();
            for row in rows {
                texts.push(match source(row) {
                    Some((Vector::Text(values), row)) => values.get(row),
                    _ => None,
                });
            }
            Vector::Text(texts.finish())
        }
    })
}

/// SQL's LIKE: `%` stands for any text, `_` for any one character.
fn like(text: &[char], pattern: &[char]) -> bool {
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        match symbol {
            '%' => {
                let mut any = false;
                for (index, slot) in next.iter_mut().enumerate() {
                    any |= reachable[index];
                    *slot = any;
                }
            }
            _ => {
                for index in 0..text.len() {
                    next[index + 1] = reachable[index] && (*symbol == '_' || *symbol == text[index]);
                }
            }
        }
        reachable = next;
    }
    reachable[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let mut sheet = Sheet::new("test", 4);
        sheet.insert(
            "x",
            Vector::Number(vec![Measure::exact(1.4), Measure::exact(0.0), Measure::MISSING, Measure::below(0.5)]),
        );
        sheet.insert("t", Vector::Text(Texts::encode([Some("a"), Some("b"), None, Some("ab")].into_iter())));
        sheet.insert("d", Vector::Date(vec![Some(10), Some(20), None, Some(30)]));
        sheet
    }

    fn run(text: &str) -> (Vec<String>, usize) {
        let rule = Rule::parse(text).unwrap_or_else(|m| panic!("{text}: {m:?}"));
        let mut troubles = Vec::new();
        let options = Options::from([("limit".to_owned(), OptionValue::Number(0.5))]);
        let value = evaluate(&rule, &sheet(), &options, &mut troubles);
        ((0..4).map(|row| value.show(row)).collect(), troubles.len())
    }

    #[test]
    fn comparisons_are_tolerant_and_interval_aware() {
        assert_eq!(run("x <= 1.12 * 1.25").0, ["true", "true", "", "true"]);
        assert_eq!(run("x < :limit").0, ["false", "true", "", "true"]);
        assert_eq!(run("x < 0.4").0, ["false", "true", "", ""]);
        assert_eq!(run("x >= 0.5").0, ["true", "false", "", "false"]);
        assert_eq!(run("NOT (x = 1.4)").0, ["false", "true", "", "true"]);
    }

    #[test]
    fn nulls_follow_sql() {
        assert_eq!(run("t IN ('a', 'c')").0, ["true", "false", "", "false"]);
        assert_eq!(run("t <> 'a'").0, ["false", "true", "", "true"]);
        assert_eq!(run("t IS NULL OR x IS NULL").0, ["false", "false", "true", "false"]);
        assert_eq!(run("COALESCE(t, 'none')").0, ["a", "b", "none", "ab"]);
        assert_eq!(run("ANY_AVAILABLE(x < 0.5, t = 'a')").0, ["true", "true", "", "true"]);
        // In the last row x is below 0.5: undecided against 0.4, but measured, so it is not left out.
        assert_eq!(run("ALL_AVAILABLE(x < 0.4, t = 'ab')").0, ["false", "false", "", ""]);
        assert_eq!(run("ANY_AVAILABLE(x < 0.4, t = 'b')").0, ["false", "true", "", ""]);
        assert_eq!(run("CASE WHEN t LIKE 'a%' THEN 1 WHEN x = 0 THEN NULL ELSE 3 END").0, ["1", "", "3", "1"]);
        assert_eq!(run("NULL").0, ["", "", "", ""]);
        assert_eq!(run("NULLIF(t, 'b')").0, ["a", "", "", "ab"]);
    }

    #[test]
    fn dates_are_compared_and_subtracted() {
        assert_eq!(run("d - DATE '1970-01-06'").0, ["5", "15", "", "25"]);
        assert_eq!(run("d + 1 > DATE '1970-01-21'").0, ["false", "true", "", "true"]);
    }

    #[test]
    fn a_division_by_zero_troubles_only_rows_that_depend_on_it() {
        assert_eq!(run("1 / x").1, 1);
        assert_eq!(run("CASE WHEN x <> 0 THEN 1 / x END").1, 0);
        assert_eq!(run("x <> 0 AND 1 / x > 0").1, 0);
        assert_eq!(run("RELATIVE_FALL(x, x)").1, 1);
    }
}
