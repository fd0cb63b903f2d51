//! What the footnotes of a table of occurrences say: what is counted, and how rates and comparisons are had.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::contrasts;
use crate::display::layout::occurrence::columns::Table;
use crate::display::layout::occurrence::nodes::Node;
use crate::display::layout::response::level_text;
use crate::display::number::Style;
use crate::display::report::Footnote;
use crate::results::{Key, MISSING_LEVEL, Method, Statistic, Value};
use crate::spec::safety_figure::{GradesAs, Sort};

/// The only row where there is nothing to show: nobody has a record, or no level reaches the limit.
pub(super) fn none(table: Table<'_>, assembly: &Assembly<'_>) -> String {
    let key = Key::new(&*table.occurrence.id, Statistic::Count);
    let any = !table.occurrence.items.is_empty()
        || matches!(assembly.rows.get(&key).map(|row| &row.value), Some(Value::Count(count)) if *count > 0);
    match table.layout.at_least {
        Some(limit) if any => format!("None in {limit} % or more"),
        _ => "None".to_owned(),
    }
}

impl Table<'_> {
    /// The footnotes, in the order of the columns.
    pub(super) fn notes(self, nodes: &[Node], left_out: bool, assembly: &mut Assembly<'_>) -> Vec<Footnote> {
        let mut all = vec![note(self.counted(nodes, left_out))];
        all.extend(self.shown(assembly).map(note));
        all.extend(self.compared(assembly).map(note));
        if self.rates().next().is_some() {
            all.push(note(self.rated(assembly)));
        }
        all
    }

    /// What a cell counts.
    fn counted(self, nodes: &[Node], left_out: bool) -> String {
        let of = if self.occurrence.assessed.is_some() {
            "the participants assessed for it"
        } else {
            "the participants of the column (N)"
        };
        let conditions = nodes.iter().all(|node| node.of_subjects);
        let who = if conditions { "participants with it" } else { "participants with at least one record" };
        let mut parts = vec![format!("n (%): {who}, and their percentage of {of}; each counts once in a row")];
        let shows = |field: &str| self.layout.count.contains(field);
        if !shows("{share") {
            parts = vec![format!("n: {who}; each counts once in a row")];
        }
        if shows("{events") && !conditions {
            parts.push("E: records, of which a participant may have several".to_owned());
        }
        let mut text = format!("{}.", parts.join(". "));
        if self.layout.grades.is_some() && self.occurrence.grade.is_some() {
            text.push_str(" Under a grade: those whose highest grade in the row it is");
            text.push_str(if nodes.is_empty() { "." } else { "; a missing grade is below all others." });
            if left_out {
                text.push_str(" Grades that nobody has in a row are left out.");
            }
            if self.layout.grades == Some(GradesAs::Columns) {
                text.push_str(&format!(" Cells: {}.", self.count_head()));
            }
        }
        if nodes.iter().any(|node| node.levels.last().is_some_and(|level| level == MISSING_LEVEL)) {
            text.push_str(" Not coded: the records have no text here.");
        }
        text
    }

    /// Which levels are shown, and in which order.
    fn shown(self, assembly: &Assembly<'_>) -> Option<String> {
        let compares = assembly.study.compares();
        let mut sentences = Vec::new();
        if let Some(limit) = self.layout.at_least {
            let (what, outer) = match (self.occurrence.levels.is_empty(), self.depth() > 1) {
                (true, _) => ("Rows", ""),
                (false, true) => ("Levels", ", and the levels above them"),
                (false, false) => ("Levels", ""),
            };
            let of = if compares { " of some arm" } else { "" };
            sentences.push(format!("{what} that {limit} % or more of the participants{of} have{outer}."));
        }
        if !self.occurrence.levels.is_empty() && self.layout.sort == Sort::Frequency {
            let of = if compares { " in all arms together" } else { "" };
            sentences.push(format!("Levels by falling number of participants{of}, then by name."));
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    fn depth(self) -> usize {
        let all = self.occurrence.levels.len();
        self.layout.depth.map_or(all, |depth| depth.clamp(1, all.max(1)))
    }

    /// How the arms are compared.
    fn compared(self, assembly: &Assembly<'_>) -> Option<String> {
        let (difference, test) = self.comparisons();
        let study = assembly.study;
        let reference = &study.arm[study.reference_arm()].label;
        let mut sentences = Vec::new();
        if let Some(method) = difference {
            let of = match contrasts(study).as_slice() {
                [(arm, _)] => format!("{} minus {reference}", arm.label),
                _ => format!("arm named minus {reference}"),
            };
            let level = level_text(self.occurrence.conf_level);
            let name = method.label();
            sentences.push(format!("Difference: {of}, with its {level} % confidence interval (CI; {name})."));
        }
        if let Some(method) = test {
            let name = method.label();
            sentences.push(format!(
                "p-value: {name} against {reference}, two-sided, not adjusted for the number of comparisons."
            ));
        }
        if self.rate_contrasts().next().is_some() {
            sentences.push(format!("Rates are compared with {reference}; differences are per 100 person-years."));
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    /// What the rates are, and the years they are of.
    fn rated(self, assembly: &mut Assembly<'_>) -> String {
        let study = assembly.study;
        let level = level_text(self.occurrence.conf_level);
        let rates: Vec<Method> = self.rates().collect();
        let mut sentences = Vec::new();
        if rates.contains(&Method::SubjectRate) {
            sentences.push(
                "Participants per 100 PY: those with at least one record, per 100 person-years at risk up to the first."
                    .to_owned(),
            );
        }
        if rates.contains(&Method::RecordRate) {
            sentences.push("Events per 100 PY: all records, per 100 person-years at risk.".to_owned());
        }
        let years = study.arm.iter().map(|arm| {
            let key = Key::new(&*self.occurrence.id, Statistic::PersonYears).arm(&arm.id);
            let years = assembly.text(&key, Style::recorded(0));
            if study.compares() { format!("{} {years}", arm.label) } else { years }
        });
        let years: Vec<String> = years.collect();
        sentences.push(format!(
            "CI: exact {level} % confidence interval of a Poisson rate. Person-years at risk (PY) in all: {}.",
            years.join(", ")
        ));
        sentences.join(" ")
    }
}
