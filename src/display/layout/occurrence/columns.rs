//! The columns of a table of occurrences: counts, grades and rates under each arm, and comparisons behind them.

use crate::display::assemble::Assembly;
use crate::display::layout::contrasts;
use crate::display::layout::occurrence::nodes::Node;
use crate::display::layout::response::level_text;
use crate::display::number::Style;
use crate::display::report::{Align, Cell, Column, Spanner};
use crate::results::{Family, Key, MISSING_LEVEL, Method, Statistic, Value};
use crate::spec::check::fields;
use crate::spec::occurrence::Occurrence;
use crate::spec::outcome::Subgroup;
use crate::spec::safety_figure::{GradesAs, OccurrenceColumn, OccurrenceLayout};

/// The name of the group of a grade in keys.
pub(in crate::display::layout) const GRADE: &str = "grade";

/// A column: of whom, and what of them.
#[derive(Clone, Debug)]
pub(super) struct Place {
    groups: Vec<(String, String)>,
    contrast: Option<(String, String)>,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Count,
    Grade(String),
    Rate(Method),
    Difference(Method),
    RateContrast(Method),
    Test(Method),
}

/// The columns with their headings.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    pub(super) heads: Vec<Column>,
    pub(super) spanners: Vec<Spanner>,
    pub(super) places: Vec<Place>,
}

/// A table of occurrences: what its cells are made of.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) layout: &'a OccurrenceLayout,
    pub(super) occurrence: &'a Occurrence,
}

/// The method of an interval for the difference, and that of a test.
pub(in crate::display::layout) fn difference_method(occurrence: &Occurrence) -> Option<Method> {
    first_of(occurrence, Family::ShareDifference)
}

pub(super) fn test_method(occurrence: &Occurrence) -> Option<Method> {
    first_of(occurrence, Family::ShareTest)
}

fn first_of(occurrence: &Occurrence, family: Family) -> Option<Method> {
    occurrence.methods.iter().copied().find(|method| method.family() == family)
}

/// Whether rates are compared by their difference, and not by their ratio.
const fn is_rate_difference(method: Method) -> bool {
    matches!(method, Method::RateDifference | Method::StratifiedRateDifference)
}

/// The key of a statistic of a comparison: limits have their confidence level.
pub(in crate::display::layout) fn compared(key: Key, method: Method, conf_level: f64) -> Key {
    key.method(method).limited(conf_level)
}

impl Table<'_> {
    /// The rates asked for.
    pub(super) fn rates(self) -> impl Iterator<Item = Method> {
        let asked = if self.layout.subgroup.is_none() { self.layout.show.as_slice() } else { &[] };
        asked.iter().filter_map(|column| match column {
            OccurrenceColumn::SubjectRate => Some(Method::SubjectRate),
            OccurrenceColumn::RecordRate => Some(Method::RecordRate),
            OccurrenceColumn::Difference | OccurrenceColumn::PValue | OccurrenceColumn::RateContrasts => None,
        })
    }

    /// The comparisons asked for: the method of the difference, and that of the test.
    pub(super) fn comparisons(self) -> (Option<Method>, Option<Method>) {
        let asked = |column| self.layout.subgroup.is_none() && self.layout.show.contains(&column);
        (
            difference_method(self.occurrence).filter(|_| asked(OccurrenceColumn::Difference)),
            test_method(self.occurrence).filter(|_| asked(OccurrenceColumn::PValue)),
        )
    }

    /// The comparisons of rates asked for.
    pub(super) fn rate_contrasts(self) -> impl Iterator<Item = Method> {
        let asked = self.layout.subgroup.is_none() && self.layout.show.contains(&OccurrenceColumn::RateContrasts);
        let methods = self.occurrence.methods.iter().copied();
        methods.filter(move |method| asked && method.family() == Family::RateContrast)
    }

    /// What the cells of counts hold, in letters: "n (%)".
    pub(super) fn count_head(self) -> String {
        fields(&self.layout.count).unwrap_or_default().into_iter().fold(
            self.layout.count.clone(),
            |text, (name, explicit)| {
                let field = explicit.map_or_else(|| format!("{{{name}}}"), |places| format!("{{{name}:{places}}}"));
                let letter = match Statistic::named(name) {
                    Some(Statistic::Share) => "%",
                    Some(Statistic::Events) => "E",
                    Some(Statistic::N) => "N",
                    _ => "n",
                };
                text.replacen(&field, letter, 1)
            },
        )
    }

    /// The columns for these rows.
    pub(super) fn columns(self, nodes: &[Node], assembly: &mut Assembly<'_>) -> Columns {
        let study = assembly.study;
        let mut columns = Columns::default();
        let arms = study.arm.iter().map(|arm| (arm.label.as_str(), Some(&*arm.id)));
        let all = self.layout.total.then_some(("All", None));
        let arms: Vec<(&str, Option<&str>)> = arms.chain(all).collect();
        let subgroup = self.layout.subgroup.as_ref();
        let subgroup = subgroup.and_then(|name| study.subgroup.iter().find(|subgroup| subgroup.id == *name));
        let unknown = nodes.iter().any(|node| self.has_unknown_grade(node, assembly));
        for (label, arm) in arms {
            let groups: Vec<(String, String)> = arm.map(|arm| ("arm".to_owned(), arm.to_owned())).into_iter().collect();
            match (subgroup, self.layout.grades) {
                (Some(subgroup), _) => self.by_level(&mut columns, label, &groups, (subgroup, nodes), assembly),
                (None, Some(GradesAs::Columns)) => self.by_grade(&mut columns, label, &groups, unknown, assembly),
                (None, _) => self.of_arm(&mut columns, label, &groups, assembly),
            }
        }
        self.behind(&mut columns, assembly);
        columns
    }

    fn number(self, label: &str, groups: &[(String, String)], assembly: &mut Assembly<'_>) -> Vec<String> {
        let key = Key { groups: groups.to_vec(), ..Key::new(&*self.occurrence.id, Statistic::N) };
        assembly.head(label, &key).head
    }

    /// Counts and rates of an arm.
    fn of_arm(self, columns: &mut Columns, label: &str, groups: &[(String, String)], assembly: &mut Assembly<'_>) {
        let mut head = self.number(label, groups, assembly);
        let rates: Vec<Method> = self.rates().collect();
        if rates.is_empty() {
            head.push(self.count_head());
            columns.push(head, groups, What::Count);
            return;
        }
        let first = columns.heads.len();
        columns.push(vec![self.count_head()], groups, What::Count);
        let interval = format!("({} % CI)", level_text(self.occurrence.conf_level));
        for method in rates {
            let who = if method == Method::SubjectRate { "Participants" } else { "Events" };
            let lines = vec![who.to_owned(), "per 100 PY".to_owned(), interval.clone()];
            columns.push(lines, groups, What::Rate(method));
        }
        columns.span(head.join(" "), first);
    }

    /// The grades of an arm.
    fn by_grade(
        self,
        columns: &mut Columns,
        label: &str,
        groups: &[(String, String)],
        unknown: bool,
        assembly: &mut Assembly<'_>,
    ) {
        let head = self.number(label, groups, assembly);
        let first = columns.heads.len();
        for grade in &self.occurrence.grades {
            columns.push(vec![grade.label.clone()], groups, What::Grade(grade.value.clone()));
        }
        if unknown {
            columns.push(vec!["Missing".to_owned()], groups, What::Grade(MISSING_LEVEL.to_owned()));
        }
        columns.push(vec!["All".to_owned()], groups, What::Count);
        columns.span(head.join(" "), first);
    }

    /// The levels of a subgroup in an arm.
    fn by_level(
        self,
        columns: &mut Columns,
        label: &str,
        groups: &[(String, String)],
        (subgroup, nodes): (&Subgroup, &[Node]),
        assembly: &mut Assembly<'_>,
    ) {
        let head = self.number(label, groups, assembly);
        // Conditions have no row over all, but the number is the same in every row.
        let key = nodes.first().unwrap_or(&Node::default()).key(self.occurrence, Statistic::N);
        let first = columns.heads.len();
        for level in &subgroup.levels {
            let own = (subgroup.id.to_string(), level.value.clone());
            let groups: Vec<(String, String)> = groups.iter().cloned().chain([own]).collect();
            let mut head = assembly.head(&level.label, &Key { groups: groups.clone(), ..key.clone() }).head;
            head.push(self.count_head());
            columns.push(head, &groups, What::Count);
        }
        columns.span(head.join(" "), first);
    }

    /// The comparisons behind the arms.
    fn behind(self, columns: &mut Columns, assembly: &Assembly<'_>) {
        let (difference, test) = self.comparisons();
        let contrasts = contrasts(assembly.study);
        for (arm, reference) in &contrasts {
            let first = columns.heads.len();
            if let Some(method) = difference {
                let interval = format!("({} % CI)", level_text(self.occurrence.conf_level));
                let head = ["Difference", "% points", &interval].map(str::to_owned).to_vec();
                columns.push(head, &[], What::Difference(method));
            }
            if let Some(method) = test {
                columns.push(vec!["p-value".to_owned()], &[], What::Test(method));
            }
            for method in self.rate_contrasts() {
                let p = if is_rate_difference(method) { "" } else { "; p-value" };
                let interval = format!("({} % CI){p}", level_text(self.occurrence.conf_level));
                let name = if is_rate_difference(method) { "Rate difference" } else { "Rate ratio" };
                let head = [name.to_owned(), method.label().to_owned(), interval].to_vec();
                columns.push(head, &[], What::RateContrast(method));
            }
            for place in &mut columns.places[first..] {
                place.contrast = Some((arm.id.to_string(), reference.id.to_string()));
            }
            if contrasts.len() > 1 && columns.heads.len() > first {
                columns.span(format!("{} against {}", arm.label, reference.label), first);
            }
        }
    }

    /// Whether somebody has a record in this row, and no known grade.
    pub(super) fn has_unknown_grade(self, node: &Node, assembly: &Assembly<'_>) -> bool {
        self.has_grade(node, MISSING_LEVEL, assembly)
    }

    /// Whether somebody has this grade in this row.
    pub(super) fn has_grade(self, node: &Node, grade: &str, assembly: &Assembly<'_>) -> bool {
        if self.layout.grades.is_none() || self.occurrence.grade.is_none() || node.of_subjects {
            return false;
        }
        assembly.study.arm.iter().any(|arm| {
            let mut key = node.key(self.occurrence, Statistic::Count).arm(&arm.id);
            key.groups.push((GRADE.to_owned(), grade.to_owned()));
            matches!(assembly.rows.get(&key).map(|row| &row.value), Some(Value::Count(count)) if *count > 0)
        })
    }

    /// The cell of a row in a column; in the row of a grade, if one is given.
    pub(super) fn cell(self, node: &Node, grade: Option<&str>, place: &Place, assembly: &mut Assembly<'_>) -> Cell {
        let style = Style { p_decimals: self.layout.p_decimals, points: true, ..Style::recorded(0) };
        let key = |statistic| Key {
            groups: place.groups.clone(),
            contrast: place.contrast.clone(),
            ..node.key(self.occurrence, statistic)
        };
        let level = self.occurrence.conf_level;
        match (&place.what, grade) {
            (What::Count, grade) => self.count(node, grade, place, assembly),
            (What::Grade(_) | What::Rate(_) | What::RateContrast(_), _) if node.of_subjects => Cell::default(),
            (What::Grade(grade), _) => self.count(node, Some(grade), place, assembly),
            (What::Rate(method), None) => {
                let format = "{rate} ({rate-lower}–{rate-upper})";
                assembly.cell(format, style, &|s| compared(key(s), *method, level))
            }
            (What::Difference(method), None) => {
                let format = "{difference} ({difference-lower}, {difference-upper})";
                assembly.cell(format, style, &|s| compared(key(s), *method, level))
            }
            (What::RateContrast(method), None) => {
                let format = if is_rate_difference(*method) {
                    "{difference} ({difference-lower}, {difference-upper})"
                } else {
                    "{ratio} ({ratio-lower}, {ratio-upper}); {p-value}"
                };
                assembly.cell(format, Style::recorded(0), &|s| compared(key(s), *method, level))
            }
            (What::Test(method), None) => assembly.cell("{p-value}", style, &|s| compared(key(s), *method, level)),
            (What::Rate(_) | What::Difference(_) | What::RateContrast(_) | What::Test(_), Some(_)) => Cell::default(),
        }
    }

    /// The subjects of a row in a column: all of them, or those of a grade.
    fn count(self, node: &Node, grade: Option<&str>, place: &Place, assembly: &mut Assembly<'_>) -> Cell {
        let whole = Node::default();
        let key = |statistic| {
            // The number is that of all in the column, unless only those assessed count.
            let of_column = self.occurrence.assessed.is_none() && self.layout.subgroup.is_none();
            let at = if statistic == Statistic::N && of_column { &whole } else { node };
            let mut key = Key { groups: place.groups.clone(), ..at.key(self.occurrence, statistic) };
            if statistic != Statistic::N {
                key.groups.extend(grade.map(|grade| (GRADE.to_owned(), grade.to_owned())));
            }
            key
        };
        let has_events = grade.is_none() && !node.of_subjects;
        let mut format = if has_events { self.layout.count.clone() } else { without_events(&self.layout.count) };
        // Over all levels the results have the number of the analysis set; those assessed are what the share is of.
        if !assembly.is_shell() && self.occurrence.assessed.is_some() && *node == Node::whole(&node.label) {
            let share = assembly.rows.get(&key(Statistic::Share)).map(|row| &row.value);
            let whole = if let Some(Value::Share { whole, .. }) = share { *whole } else { 0 };
            format = format.replace("{n}", &whole.to_string());
        }
        assembly.cell(&format, Style::recorded(0), &key)
    }
}

impl Columns {
    fn push(&mut self, head: Vec<String>, groups: &[(String, String)], what: What) {
        let align = Align::Decimal;
        self.heads.push(Column { head, align });
        self.places.push(Place { groups: groups.to_vec(), contrast: None, what });
    }

    fn span(&mut self, text: String, first: usize) {
        self.spanners.push(Spanner { text, first, columns: self.heads.len() - first });
    }
}

/// A format without the number of events and the brackets around it.
fn without_events(format: &str) -> String {
    let Some((before, rest)) = format.split_once("{events") else { return format.to_owned() };
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    let (before, after) =
        (before.trim_end_matches([' ', '[', '(', '/', ',', ';']), after.trim_start_matches([']', ')']));
    if before.is_empty() {
        after.trim_start_matches([' ', '/', ',', ';']).to_owned()
    } else {
        format!("{before}{after}")
    }
}

#[cfg(test)]
mod tests {
    use super::without_events;

    #[test]
    fn a_format_loses_its_events() {
        assert_eq!(without_events("{count} ({share}) [{events}]"), "{count} ({share})");
        assert_eq!(without_events("{events} / {count}"), "{count}");
        assert_eq!(without_events("{count} ({share}); {events:0}"), "{count} ({share})");
        assert_eq!(without_events("{count}"), "{count}");
    }
}
