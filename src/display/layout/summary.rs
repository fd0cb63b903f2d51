//! A table of a descriptive summary, arms side by side.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::Laid;
use crate::display::number::Style;
use crate::display::report::{Align, Body, Cell, Column, Table, TableRow};
use crate::results::{Key, Method, Statistic, Value};
use crate::spec::endpoint::{Item, Summary};
use crate::spec::output::SummaryLayout;

pub(super) fn table(layout: &SummaryLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let summary = study.summary.iter().find(|summary| summary.id == layout.of)?;
    let mut groups: Vec<Option<&str>> = study.arm.iter().map(|arm| Some(&*arm.id)).collect();
    if layout.total {
        groups.push(None);
    }
    let mut builder = Builder { layout, summary, groups, tests: Vec::new(), under_heading: false };
    let mut columns = builder.columns(assembly);
    let mut rows = Vec::new();
    for item in &summary.items {
        if layout.items.is_empty() || layout.items.contains(&item.id) {
            builder.item(item, assembly, &mut rows);
        }
    }
    if layout.p_values {
        columns.push(Column { head: vec!["p-value".to_owned()], align: Align::Decimal });
    }
    let mut footnotes = Vec::new();
    let has_counts = summary.items.iter().any(|item| item.count.is_some() || item.category.is_some());
    if has_counts {
        let of = if summary.items.iter().any(|item| item.among.is_some()) {
            "n (%): number and percentage; reasons are in percent of those concerned."
        } else {
            "n (%): number and percentage of the participants of the column."
        };
        footnotes.push(note(of));
    }
    for method in builder.tests {
        footnotes.push(note(format!("p-value: {}.", test_name(method))));
    }
    let table = Table { stub_head: String::new(), columns, spanners: Vec::new(), rows };
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: vec![summary.id.to_string()] })
}

/// The name of a test of arms in a footnote.
fn test_name(method: Method) -> &'static str {
    match method {
        Method::Anova => "one-way analysis of variance (numbers)",
        Method::ChiSquare => "Pearson’s chi-square test (categories)",
        Method::Fisher => "Fisher’s exact test (counts)",
        _ => "see the methods",
    }
}

struct Builder<'a> {
    layout: &'a SummaryLayout,
    summary: &'a Summary,
    groups: Vec<Option<&'a str>>,
    tests: Vec<Method>,
    /// Whether conditions stand under an item written as a heading.
    under_heading: bool,
}

impl Builder<'_> {
    fn key(&self, statistic: Statistic, group: Option<&str>) -> Key {
        let key = Key::new(&*self.summary.id, statistic);
        match group {
            Some(arm) => key.arm(arm),
            None => key,
        }
    }

    fn columns(&self, assembly: &mut Assembly<'_>) -> Vec<Column> {
        let study = assembly.study;
        self.groups
            .iter()
            .map(|group| {
                let label =
                    study.arm.iter().find(|arm| Some(&*arm.id) == *group).map_or("All", |arm| arm.label.as_str());
                assembly.head(label, &self.key(Statistic::N, *group))
            })
            .collect()
    }

    fn item(&mut self, item: &Item, assembly: &mut Assembly<'_>, rows: &mut Vec<TableRow>) {
        let label = match &item.unit {
            Some(unit) => format!("{} ({unit})", item.label),
            None => item.label.clone(),
        };
        if item.heading {
            self.under_heading = true;
            rows.push(heading(0, label));
        } else if item.number.is_some() {
            self.under_heading = false;
            rows.push(heading(0, label));
            let first = rows.len();
            for format in &self.layout.number_rows {
                let cells = self.cells(assembly, &|group, assembly| {
                    let key = |statistic| self.key(statistic, group).variable(&item.id);
                    assembly.cell(&format.show, Style::recorded(item.decimals), &key)
                });
                rows.push(self.padded(data_row(1, &format.label, cells)));
            }
            self.test(item, rows.get_mut(first), assembly);
            self.missing(item, assembly, rows);
        } else if item.category.is_some() {
            self.under_heading = false;
            rows.push(heading(0, format!("{label}, n (%)")));
            let first = rows.len();
            for (level, level_label) in self.levels(item, assembly) {
                let cells = self.cells(assembly, &|group, assembly| {
                    let key = |statistic| self.key(statistic, group).variable(&item.id).level(&level);
                    assembly.cell(&self.layout.count, Style::recorded(0), &key)
                });
                rows.push(self.padded(data_row(1, level_label, cells)));
            }
            self.test(item, rows.get_mut(first), assembly);
            self.missing(item, assembly, rows);
        } else {
            let indent = u8::from(self.under_heading);
            let cells = self.cells(assembly, &|group, assembly| {
                let key = |statistic| self.key(statistic, group).variable(&item.id);
                assembly.cell(&self.layout.count, Style::recorded(0), &key)
            });
            let mut row = self.padded(data_row(indent, format!("{label}, n (%)"), cells));
            self.test(item, Some(&mut row), assembly);
            rows.push(row);
        }
    }

    fn cells(&self, assembly: &mut Assembly<'_>, make: &dyn Fn(Option<&str>, &mut Assembly<'_>) -> Cell) -> Vec<Cell> {
        self.groups.iter().map(|group| make(*group, assembly)).collect()
    }

    /// With an empty cell for the column of p-values.
    fn padded(&self, mut row: TableRow) -> TableRow {
        if self.layout.p_values {
            row.cells.push(plain(""));
        }
        row
    }

    /// Puts the p-value of an item into its row, the first under its heading.
    fn test(&mut self, item: &Item, row: Option<&mut TableRow>, assembly: &mut Assembly<'_>) {
        let (true, Some(method), Some(row)) = (self.layout.p_values, item.test, row) else { return };
        if !self.tests.contains(&method) {
            self.tests.push(method);
        }
        let style = Style { p_decimals: self.layout.p_decimals, ..Style::recorded(0) };
        let key = Key::new(&*self.summary.id, Statistic::PValue).variable(&item.id).method(method);
        let text = assembly.text(&key, style);
        if let Some(cell) = row.cells.last_mut() {
            *cell = Cell { pages_of: Vec::new(), text, marks: Vec::new(), keys: vec![key] };
        }
    }

    /// Levels with their labels: as listed, else as found in the results.
    fn levels(&self, item: &Item, assembly: &Assembly<'_>) -> Vec<(String, String)> {
        if !item.levels.is_empty() {
            return item.levels.iter().map(|level| (level.value.clone(), level.label.clone())).collect();
        }
        let found = assembly.rows.keys().filter(|key| {
            key.analysis == *self.summary.id
                && key.variable.as_deref() == Some(&*item.id)
                && key.groups.is_empty()
                && key.statistic == Statistic::Count
        });
        found.filter_map(|key| key.levels.first()).map(|level| (level.clone(), sentence_case(level))).collect()
    }

    /// A row of missing values, if there are any.
    fn missing(&self, item: &Item, assembly: &mut Assembly<'_>, rows: &mut Vec<TableRow>) {
        let any = self.groups.iter().any(|group| {
            let key = self.key(Statistic::Missing, *group).variable(&item.id);
            matches!(assembly.row(&key).map(|row| &row.value), Some(Value::Count(count)) if *count > 0)
        });
        if any {
            let cells = self.cells(assembly, &|group, assembly| {
                let key = |statistic| self.key(statistic, group).variable(&item.id);
                assembly.cell("{missing}", Style::recorded(0), &key)
            });
            rows.push(self.padded(data_row(1, "Missing", cells)));
        }
    }
}

/// A level as recorded, often in capital letters, as a reader expects it. Codes, short words and Roman numbers stay.
pub(super) fn sentence_case(level: &str) -> String {
    let words = || level.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let shouted = !level.chars().any(char::is_lowercase) && words().any(|word| word.chars().count() >= 4);
    let roman = words().all(|word| word.chars().all(|c| "IVXLCDM".contains(c)));
    if !shouted || roman || level.contains('_') {
        return level.to_owned();
    }
    let lower = level.to_lowercase();
    let mut characters = lower.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::sentence_case;

    #[test]
    fn shouted_levels_are_calmed_and_codes_left_alone() {
        assert_eq!(sentence_case("ADVERSE EVENT"), "Adverse event");
        assert_eq!(sentence_case("III+V"), "III+V");
        assert_eq!(sentence_case("NOT_DONE"), "NOT_DONE");
        assert_eq!(sentence_case("Withdrew consent"), "Withdrew consent");
        assert_eq!(sentence_case("M"), "M");
    }
}
