//! A table of the rules that the data were held against: where each applies, what it found, what was accepted and why.

use crate::display::assemble::{aligned, data_row, note, plain};
use crate::display::layout::Laid;
use crate::display::report::{Align, Body, Column, Footnote, Table};
use crate::display::shell;
use crate::results::{ConformanceRow, Provenance};
use crate::spec::narrative::ConformanceLayout;

/// The heads of the columns; the first two are words.
const HEADS: [&[&str]; 5] =
    [&["What is asked"], &["Severity"], &["Datasets", "it applies to"], &["Findings"], &["Accepted", "findings"]];

pub(super) fn table(layout: &ConformanceLayout, provenance: &Provenance) -> Laid {
    let column = |(at, lines): (usize, &&[&str])| Column {
        head: lines.iter().map(|line| (*line).to_owned()).collect(),
        align: if at < 2 { Align::Left } else { Align::Decimal },
    };
    let shown = |row: &&ConformanceRow| !layout.found || row.findings + row.accepted > 0;
    let listed: Vec<&ConformanceRow> = provenance.conformance.iter().filter(shown).collect();
    let mut rows: Vec<_> = listed
        .iter()
        .map(|row| {
            let counts = [row.datasets.len(), row.findings, row.accepted].map(|count| plain(count.to_string()));
            let words = [plain(row.title.as_str()), plain(row.severity.as_str())];
            data_row(0, row.rule.as_str(), words.into_iter().chain(counts).collect())
        })
        .collect();
    if rows.is_empty() {
        // Before there are data, the form of a line; with data, that there is none.
        let before = provenance.lock_date.is_empty();
        let [words, count] = if before { [shell::WORDS, shell::COUNT] } else { ["None", "0"] };
        let cells = [words, words, count, count, count].map(plain);
        rows.push(data_row(0, words, cells.into_iter().collect()));
    }
    let table = Table {
        stub_head: "Identifier".to_owned(),
        columns: HEADS.iter().enumerate().map(column).collect(),
        spanners: Vec::new(),
        rows,
    };
    Laid { body: Body::Table(aligned(table)), footnotes: footnotes(provenance, &listed), analyses: Vec::new() }
}

fn footnotes(provenance: &Provenance, listed: &[&ConformanceRow]) -> Vec<Footnote> {
    let all = &provenance.conformance;
    let mut notes = Vec::new();
    if !all.is_empty() {
        let applicable = all.iter().filter(|row| !row.datasets.is_empty()).count();
        let left_out = all.len() - listed.len();
        let others =
            if left_out > 0 { format!(" Rules that found nothing are left out: {left_out}.") } else { String::new() };
        notes.push(note(format!(
            "{applicable} of {} rules apply to the data; the others need variables that no dataset has.{others} A rule of \
             severity error lets no number be computed while a finding stands; notes are only counted.",
            all.len()
        )));
    }
    for row in listed {
        let accepted = row.acceptances.iter().map(|own| {
            let (rule, findings, by, reason) = (&row.rule, own.findings, &own.by, &own.reason);
            note(format!("{rule}: {findings} accepted by {by}: {reason}"))
        });
        notes.extend(accepted);
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::{Body, ConformanceLayout, ConformanceRow, Provenance, table};
    use crate::results::ConformanceAcceptance;

    fn row(rule: &str, findings: usize, accepted: usize) -> ConformanceRow {
        let acceptance = ConformanceAcceptance { findings: accepted, reason: "as on paper".into(), by: "AB".into() };
        ConformanceRow {
            rule: rule.to_owned(),
            title: "What is asked".to_owned(),
            severity: "warning".to_owned(),
            datasets: vec!["ADSL".to_owned()],
            records: 3,
            findings,
            accepted,
            acceptances: if accepted > 0 { vec![acceptance] } else { Vec::new() },
        }
    }

    #[test]
    fn rules_are_listed_with_the_reasons_of_what_was_accepted() {
        let conformance = vec![row("A-1", 0, 0), row("A-2", 1, 2)];
        let provenance = Provenance { conformance, lock_date: "2025-01-01".to_owned(), ..Provenance::default() };
        let stubs = |found: bool| {
            let laid = table(&ConformanceLayout { found }, &provenance);
            let notes = format!("{:?}", laid.footnotes);
            let Body::Table(table) = laid.body else { panic!("a table is asked for") };
            (table.rows.len(), notes)
        };
        assert_eq!(stubs(false).0, 2);
        let (rows, notes) = stubs(true);
        assert_eq!(rows, 1);
        assert!(notes.contains("A-2: 2 accepted by AB: as on paper") && notes.contains("left out: 1."));
        // Before there are data there is the form of a line.
        let shell = table(&ConformanceLayout { found: false }, &Provenance::default());
        assert!(matches!(shell.body, Body::Table(table) if table.rows.len() == 1));
    }
}
