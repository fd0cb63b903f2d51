//! Cells and tables from rows: formats filled with statistics, reasons collected as footnotes, columns aligned.

use std::collections::BTreeSet;

use crate::display::number::{self, Style, align, show};
use crate::display::report::{Align, Cell, Column, Footnote, Table, TableRow};
use crate::display::shell;
use crate::error::{Error, Finding, Place, Stage};
use crate::results::{Key, Lookup, Reason, Row, Statistic, Value};
use crate::spec::Study;
use crate::spec::check::fields;

/// What a layout works with, and what it collects on its way.
pub(super) struct Assembly<'a> {
    pub(super) study: &'a Study,
    pub(super) rows: &'a Lookup<'a>,
    display: String,
    reasons: BTreeSet<Reason>,
    missing: Vec<Key>,
    refused: Vec<Finding>,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(study: &'a Study, rows: &'a Lookup<'a>, display: &str) -> Self {
        Self {
            study,
            rows,
            display: display.to_owned(),
            reasons: BTreeSet::new(),
            missing: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// A result that must exist.
    pub(super) fn row(&mut self, key: &Key) -> Option<&'a Row> {
        let found = self.rows.get(key);
        match found {
            None if self.is_shell() => {}
            None => self.missing.push(key.clone()),
            Some(Row { value: Value::NotEstimable(reason), .. }) => {
                self.reasons.insert(*reason);
            }
            Some(_) => {}
        }
        found
    }

    /// Whether there are no data, and every number is a placeholder.
    pub(super) fn is_shell(&self) -> bool {
        self.rows.is_of_examples()
    }

    /// A count that must exist; zero if it does not, and then the display is refused at its end. One in a shell, so that
    /// nothing is left out for want of subjects: what is printed comes from [`Self::counted`].
    pub(super) fn count(&mut self, key: &Key) -> u64 {
        if self.is_shell() {
            return 1;
        }
        match self.row(key).map(|row| &row.value) {
            Some(Value::Count(count)) => *count,
            _ => 0,
        }
    }

    /// The text of such a count.
    pub(super) fn counted(&mut self, key: &Key) -> String {
        let count = self.count(key);
        if self.is_shell() { shell::COUNT.to_owned() } else { count.to_string() }
    }

    /// The text of one statistic.
    pub(super) fn text(&mut self, key: &Key, style: Style) -> String {
        if self.is_shell() {
            return shell::placeholder(key.statistic, style);
        }
        self.row(key).map_or_else(String::new, |row| self.shown(key.statistic, &row.value, style))
    }

    /// The text of a value, by the rounding rule of the study.
    pub(super) fn shown(&self, statistic: Statistic, value: &Value, style: Style) -> String {
        show(statistic, value, style, self.study.study.rounding)
    }

    /// `part` of `whole` in percent, likewise.
    pub(super) fn percent(&self, part: u64, whole: u64, places: u8) -> String {
        number::percent(part, whole, places, self.study.study.rounding)
    }

    /// A proportion in percent, likewise.
    pub(super) fn percent_of_number(&self, value: f64, places: u8) -> String {
        number::percent_of_number(value, places, self.study.study.rounding)
    }

    /// A number in digits, likewise.
    pub(super) fn rounded(&self, digits: &str, places: u8) -> String {
        number::rounded(digits, places, self.study.study.rounding)
    }

    /// A cell of a format such as "{mean} ({sd})"; `key` gives the key of a statistic. Where nothing in it can be
    /// estimated, the reason's abbreviation stands alone.
    pub(super) fn cell(&mut self, format: &str, style: Style, key: &dyn Fn(Statistic) -> Key) -> Cell {
        let mut text = format.to_owned();
        let mut keys = Vec::new();
        let mut abbreviations = BTreeSet::new();
        let mut estimable = false;
        for (name, explicit) in fields(format).unwrap_or_default() {
            let Some(statistic) = Statistic::named(name) else { continue };
            let key = key(statistic);
            let shown = self.text(&key, Style { explicit, ..style });
            match self.rows.get(&key).map(|row| &row.value) {
                Some(Value::NotEstimable(reason)) => {
                    abbreviations.insert(reason.abbreviation());
                }
                _ => estimable = true,
            }
            let field = explicit.map_or_else(|| format!("{{{name}}}"), |places| format!("{{{name}:{places}}}"));
            text = text.replacen(&field, &shown, 1);
            keys.push(key);
        }
        if let (false, Some(abbreviation)) = (estimable, abbreviations.into_iter().next()) {
            abbreviation.clone_into(&mut text);
        }
        Cell { pages_of: Vec::new(), text, marks: Vec::new(), keys }
    }

    /// The head of an arm's column, with the number in it: `key` is that of the number.
    pub(super) fn head(&mut self, label: &str, key: &Key) -> Column {
        let number = self.counted(key);
        Column { head: vec![label.to_owned(), format!("(N = {number})")], align: Align::Decimal }
    }

    /// The footnotes of the reasons met, each once.
    pub(super) fn reason_footnotes(&self) -> Vec<Footnote> {
        explained(self.reasons.iter().map(|reason| reason.footnote()))
    }

    /// Notes what the specification asks of the display and cannot be had.
    pub(super) fn refuse(&mut self, finding: Finding) {
        if !self.refused.contains(&finding) {
            self.refused.push(finding);
        }
    }

    /// Refuses a display that asked for results that do not exist, or for what cannot be had.
    pub(super) fn finish(&self) -> Result<(), Error> {
        if self.missing.is_empty() && self.refused.is_empty() {
            return Ok(());
        }
        let place = Place::file(format!("display {}", self.display));
        let findings = self
            .missing
            .iter()
            .take(5)
            .map(|key| {
                let key = serde_json::to_string(key).unwrap_or_default();
                Finding::error(place.clone(), format!("the results have no row {key}"))
            })
            .chain(self.refused.iter().cloned())
            .collect();
        Err(Error { stage: Stage::Specification, findings })
    }
}

/// The explanations of abbreviations, those of one abbreviation in one footnote.
fn explained<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<Footnote> {
    const NOT_ESTIMABLE: &str = "not estimable, ";
    let mut parts: Vec<(&str, Vec<&str>)> = Vec::new();
    for (abbreviation, words) in texts.filter_map(|text| text.split_once(": ")) {
        let words = words.trim_end_matches('.');
        match parts.iter_mut().find(|(known, _)| *known == abbreviation) {
            Some((_, all)) if all.contains(&words) => {}
            Some((_, all)) => {
                let said = all.iter().any(|one| one.starts_with(NOT_ESTIMABLE));
                all.push(if said { words.strip_prefix(NOT_ESTIMABLE).unwrap_or(words) } else { words });
            }
            None => parts.push((abbreviation, vec![words])),
        }
    }
    parts.into_iter().map(|(abbreviation, words)| note(format!("{abbreviation}: {}.", words.join("; or ")))).collect()
}

/// A footnote of the whole display.
pub(super) fn note(text: impl Into<String>) -> Footnote {
    Footnote { mark: None, text: text.into() }
}

/// A row with cells.
pub(super) fn data_row(indent: u8, stub: impl Into<String>, cells: Vec<Cell>) -> TableRow {
    TableRow { indent, stub: stub.into(), heading: false, opens_group: false, cells }
}

/// A row that heads those after it.
pub(super) fn heading(indent: u8, stub: impl Into<String>) -> TableRow {
    TableRow { indent, stub: stub.into(), heading: true, opens_group: true, cells: Vec::new() }
}

/// A cell of plain text that shows no result.
pub(super) fn plain(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), ..Cell::default() }
}

/// Aligns the decimal columns of a table.
pub(super) fn aligned(mut table: Table) -> Table {
    for (position, column) in table.columns.iter().enumerate() {
        if column.align == Align::Decimal {
            let mut cells: Vec<&mut String> = table
                .rows
                .iter_mut()
                .filter_map(|row| row.cells.get_mut(position))
                .map(|cell| &mut cell.text)
                .collect();
            align(&mut cells);
        }
    }
    table
}

/// A table without the columns that say nothing: no head, and no cell with a text or a result.
pub(super) fn without_empty_columns(mut table: Table) -> Table {
    let says_something = |column: usize| {
        let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
        let head = table.columns[column].head.iter().any(|line| !line.is_empty());
        head || cells.into_iter().any(|cell| !cell.text.is_empty() || !cell.keys.is_empty())
    };
    let kept: Vec<bool> = (0..table.columns.len()).map(says_something).collect();
    let before = |column: usize| kept[..column].iter().filter(|kept| **kept).count();
    for spanner in &mut table.spanners {
        let (first, end) = (before(spanner.first), before(spanner.first + spanner.columns));
        (spanner.first, spanner.columns) = (first, end - first);
    }
    table.spanners.retain(|spanner| spanner.columns > 0);
    let mut places = kept.iter();
    table.columns.retain(|_| places.next().is_none_or(|kept| *kept));
    for row in &mut table.rows {
        let mut places = kept.iter();
        row.cells.retain(|_| places.next().is_none_or(|kept| *kept));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::explained;
    use crate::results::Reason;

    #[test]
    fn an_abbreviation_is_explained_once() {
        let reasons = [Reason::NoData, Reason::TooFew, Reason::NoVariance, Reason::NotReached];
        let texts: Vec<String> =
            explained(reasons.iter().map(|reason| reason.footnote())).into_iter().map(|note| note.text).collect();
        assert_eq!(
            texts,
            [
                "–: no participant with data.",
                "NE: not estimable, too few participants with data; or all values are equal; or not reached.",
            ]
        );
    }
}
