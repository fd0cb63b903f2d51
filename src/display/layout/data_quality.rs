//! A table of the locked data: how much there is of each dataset, what is missing in it, and what the run warned of.

use crate::display::assemble::{aligned, data_row, heading, note, plain};
use crate::display::layout::Laid;
use crate::display::report::{Align, Body, Cell, Column, Table};
use crate::display::shell;
use crate::results::{DataSource, Provenance};
use crate::spec::Study;

/// The heads of the columns, and what each counts of a dataset.
type Count = fn(&DataSource) -> Option<usize>;
const COLUMNS: [(&[&str], Count); 8] = [
    (&["Records"], |data| Some(data.records)),
    (&["Variables"], |data| Some(data.variables)),
    (&["Participants"], |data| Some(data.quality.as_ref()?.subjects)),
    (&["Empty", "values"], |data| Some(data.quality.as_ref()?.empty)),
    (&["Records", "without", "any date"], |data| data.quality.as_ref()?.undated),
    (&["Partial", "dates"], |data| Some(data.quality.as_ref()?.partial_dates)),
    (&["Values", "known as", "a limit"], |data| Some(data.quality.as_ref()?.limits)),
    (&["Repeated", "records"], |data| Some(data.quality.as_ref()?.repeated)),
];

pub(super) fn table(study: &Study, provenance: &Provenance) -> Laid {
    let head = |(lines, _): &(&[&str], Count)| Column {
        head: lines.iter().map(|line| (*line).to_owned()).collect(),
        align: Align::Decimal,
    };
    let mut rows = Vec::new();
    for data in &provenance.data {
        let cell =
            |(_, count): &(&[&str], Count)| plain(count(data).map_or_else(|| "–".to_owned(), |own| own.to_string()));
        rows.push(data_row(0, data.name.clone(), COLUMNS.iter().map(cell).collect()));
    }
    // Before there are data, the datasets that the specification names.
    let shell = provenance.lock_date.is_empty();
    if shell {
        let cells = || COLUMNS.iter().map(|_| plain(shell::COUNT)).collect();
        rows.extend(study.data.datasets.keys().map(|name| data_row(0, name.clone(), cells())));
    }
    let line = |words: String, count: String| {
        let mut cells: Vec<Cell> = COLUMNS.iter().map(|_| plain("")).collect();
        cells[0] = plain(count);
        data_row(1, words, cells)
    };
    if let Some(cut) = &provenance.cut {
        rows.push(heading(0, format!("Data cut-off {}", cut.date)));
        rows.extend(taken(provenance).into_iter().map(|(words, count)| line(words, count.to_string())));
    }
    rows.push(heading(0, "Warnings of the run"));
    let kinds = kinds(&provenance.warnings);
    if kinds.is_empty() {
        let [words, count] = if shell { [shell::WORDS, shell::COUNT] } else { ["None", "0"] };
        rows.push(line(words.to_owned(), count.to_owned()));
    }
    rows.extend(kinds.into_iter().map(|(kind, count)| line(kind, count.to_string())));
    let mut footnotes = vec![note(
        "Empty values: of all variables of all records, planned or not. Partial dates: dates without day or month, in \
         variables of dates as text. Values known as a limit: results such as <0.5. Repeated records: those that equal \
         another one in every variable. Warnings: their number by kind; in full with the provenance.",
    )];
    if rows.iter().flat_map(|row| &row.cells).any(|cell| cell.text.starts_with('–')) {
        footnotes.push(note("–: the dataset has no dates."));
    }
    let columns = COLUMNS.iter().map(head).collect();
    let table = Table { stub_head: "Dataset".to_owned(), columns, spanners: Vec::new(), rows };
    Laid { body: Body::Table(aligned(table)), footnotes, analyses: Vec::new() }
}

/// What a cut-off took, and what it could not decide; nothing is said of what it did not happen to.
fn taken(provenance: &Provenance) -> Vec<(String, usize)> {
    let subjects = provenance.cut.as_ref().map_or(0, |cut| cut.subjects);
    let mut lines = vec![("Participants excluded".to_owned(), subjects)];
    for DataSource { name, cut, .. } in &provenance.data {
        let Some(cut) = cut else { continue };
        let all = cut.excluded.iter().map(|(_, count)| count).sum::<usize>() + cut.with_subject;
        let mut line = |what: String, count: usize| {
            if count > 0 {
                lines.push((format!("{name}: {what}"), count));
            }
        };
        line(format!("records excluded, of {}", cut.before), all);
        for (by, count) in &cut.excluded {
            line(format!("of these, by {by}"), *count);
        }
        line("of these, with their participant alone".to_owned(), cut.with_subject);
        line("records kept without a date".to_owned(), cut.undated);
        line("values taken away".to_owned(), cut.blanked);
        line("values restated".to_owned(), cut.restated);
    }
    lines
}

/// Warnings by kind, in the order of the first of each: what they say, without place, numbers and hint.
fn kinds(warnings: &[String]) -> Vec<(String, usize)> {
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for warning in warnings {
        let kind = kind(warning);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    kinds
}

/// What a warning says; what one of a rule says of its record is left out.
fn kind(warning: &str) -> String {
    if let Some((_, of_rule)) = warning.split_once("warning [")
        && let Some((rule, message)) = of_rule.split_once("]: ")
    {
        return format!("{rule}: {}", message.split([':', '\n']).next().unwrap_or_default());
    }
    let message = warning.split_once("warning: ").map_or(warning, |(_, message)| message);
    without_numbers(message.lines().next().unwrap_or_default())
}

/// A message with "…" for each number in it.
fn without_numbers(message: &str) -> String {
    let number = |word: &str| {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        core.starts_with(|c: char| c.is_ascii_digit()) && core.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let words: Vec<&str> = message.split(' ').map(|word| if number(word) { "…" } else { word }).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::kinds;

    #[test]
    fn warnings_are_counted_by_what_they_say() {
        let warnings = [
            "ADLB.AVAL, subject 1: warning: 3 records lie outside 0.1 to 5\n    hint: look",
            "ADLB.AVAL, subject 2: warning: 1 records lie outside 2 to 9.5",
            "ADVS: warning: no date",
            "ADAE.AENDT, subject 1: warning [DTM-015]: the record ends after death: AENDT 2024-01-01\n    hint: mend",
            "ADAE.AENDT, subject 2: warning [DTM-015]: the record ends after death: AENDT 2024-01-07",
        ]
        .map(str::to_owned);
        let expected = [
            ("… records lie outside … to …".to_owned(), 2),
            ("no date".to_owned(), 1),
            ("DTM-015: the record ends after death".to_owned(), 2),
        ];
        assert_eq!(kinds(&warnings), expected);
    }
}
