//! A listing: records of an extract under the arms, or by participant with the arm as a column; a line a participant, or a line a participant and visit; or records
//! of a dataset, of which a participant may have several.

use crate::display::assemble::{Assembly, data_row, heading, note, plain};
use crate::display::layout::Laid;
use crate::display::layout::summary::sentence_case;
use crate::display::report::{Align, Body, Column, Table};
use crate::results::{Extract, Results};
use crate::spec::design::Arm;
use crate::spec::output::{ListingLayout, OrderBy};

pub(super) fn table(id: &str, layout: &ListingLayout, results: &Results, assembly: &Assembly<'_>) -> Option<Laid> {
    let extract = results.extract(id)?;
    let study = assembly.study;
    // With several visits the extract has the visit behind the participant.
    let by_visit = layout.at.len() > 1;
    let first = if by_visit { 3 } else { 2 };
    let mut columns = Vec::new();
    // Under the labels of arms, or by participant; a single arm is told in neither way.
    let under_arms = study.compares() && layout.order_by == OrderBy::Arm;
    let beside_arms = study.compares() && !under_arms;
    if beside_arms {
        columns.push(Column { head: vec!["Arm".to_owned()], align: Align::Left });
    }
    if by_visit {
        columns.push(Column { head: vec!["Visit".to_owned()], align: Align::Left });
    }
    let mut shown = Vec::new();
    for (position, column) in layout.columns.iter().enumerate() {
        let texts = extract.lines.iter().filter_map(|line| line.get(first + position)).map(String::as_str);
        let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
        let kind = Kind::of(&texts, column.decimals);
        let align = if matches!(kind, Kind::Number(_)) { Align::Decimal } else { Align::Left };
        columns.push(Column { head: head_lines(&column.label), align });
        shown.push(kind);
    }
    let rounded = |digits: &str, places: u8| assembly.rounded(digits, places);
    // Where participants have several lines, there is a little room between them.
    let grouped = by_visit || has_several(extract);
    let mut rows = Vec::new();
    let groups: Vec<Option<&Arm>> = if under_arms { study.arm.iter().map(Some).collect() } else { vec![None] };
    for group in groups {
        rows.extend(group.map(|arm| heading(0, arm.label.clone())));
        let (heads, indent) = (rows.len(), u8::from(under_arms));
        let mut latest = "";
        let is_of = |line: &&Vec<String>, arm: &Arm| line.first().is_some_and(|id| **id == *arm.id);
        for line in extract.lines.iter().filter(|line| group.is_none_or(|arm| is_of(line, arm))) {
            let mut cells = Vec::new();
            if beside_arms {
                let of = study.arm.iter().find(|arm| is_of(&line, arm));
                cells.push(plain(of.map_or("", |arm| arm.label.as_str())));
            }
            if by_visit {
                let visit = line.get(2).map_or("", String::as_str);
                cells.push(plain(unbroken(study.visit_label(visit).unwrap_or(visit))));
            }
            cells
                .extend(shown.iter().zip(line.iter().skip(first)).map(|(kind, text)| plain(kind.show(text, &rounded))));
            let participant = line.get(1).map_or("", String::as_str);
            let mut row = data_row(indent, participant, cells);
            row.opens_group = grouped && !latest.is_empty() && latest != participant;
            latest = participant;
            rows.push(row);
        }
        if rows.len() == heads {
            rows.push(data_row(indent, "None", columns.iter().map(|_| plain("")).collect()));
        }
    }
    let mut footnotes = Vec::new();
    let mut cells = rows.iter().flat_map(|row| &row.cells);
    if cells.any(|cell| cell.text == NONE) {
        footnotes.push(note("–: no value."));
    }
    let mut texts = extract.lines.iter().flat_map(|line| line.iter().skip(first));
    if texts.any(|text| is_limit(text)) {
        footnotes.push(note("Values known only as a limit are shown with < or >."));
    }
    let table = Table { stub_head: sentence_case("Participant"), columns, spanners: Vec::new(), rows };
    Some(Laid { body: Body::Table(crate::display::assemble::aligned(table)), footnotes, analyses: vec![id.to_owned()] })
}

/// Whether a participant has several lines.
fn has_several(extract: &Extract) -> bool {
    extract.lines.windows(2).any(|pair| pair[0].get(..2) == pair[1].get(..2))
}

/// What stands for no value.
pub(super) const NONE: &str = "–";
/// Labels of visits up to so many characters stay on one line.
const SHORT: usize = 14;

/// What a column holds, and so how it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Numbers, with so many decimals if it is said.
    Number(Option<u8>),
    /// Answers of a condition.
    Truth,
    /// Words, codes, dates.
    Words,
}

impl Kind {
    pub(super) fn of(texts: &[&str], decimals: Option<u8>) -> Self {
        let some = !texts.is_empty();
        if decimals.is_some() || some && texts.iter().all(|text| is_number(text) || is_limit(text)) {
            Self::Number(decimals)
        } else if some && texts.iter().all(|text| matches!(*text, "true" | "false")) {
            Self::Truth
        } else {
            Self::Words
        }
    }

    /// A field as shown; `rounded` rounds digits by the rule of the study.
    pub(super) fn show(self, text: &str, rounded: &dyn Fn(&str, u8) -> String) -> String {
        match (self, text) {
            (_, "") => NONE.to_owned(),
            (Self::Truth, "true") => "Yes".to_owned(),
            (Self::Truth, "false") => "No".to_owned(),
            (Self::Number(Some(places)), number) if is_number(number) => rounded(number, places),
            (Self::Number(None), number) if is_number(number) => rounded(number, decimals_of(number)),
            (_, other) => other.to_owned(),
        }
    }
}

/// Whether a text is a number in digits.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
}

fn is_limit(text: &str) -> bool {
    text.strip_prefix(['<', '>', '≤', '≥']).is_some_and(|rest| is_number(rest.trim_start_matches(['=', ' '])))
}

pub(super) fn decimals_of(number: &str) -> u8 {
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    u8::try_from(decimals).unwrap_or(u8::MAX)
}

/// A short label that does not wrap.
fn unbroken(label: &str) -> String {
    if label.chars().count() <= SHORT { label.replace(' ', "\u{a0}") } else { label.to_owned() }
}

/// A heading on several lines: broken behind a comma and before a unit.
pub(super) fn head_lines(label: &str) -> Vec<String> {
    let (words, unit) = label.split_once(" (").map_or((label, None), |(words, unit)| (words, Some(format!("({unit}"))));
    words.split(", ").map(str::to_owned).chain(unit).collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, is_limit, is_number};
    use crate::spec::design::Rounding;

    #[test]
    fn a_column_is_shown_by_what_it_holds() {
        let kind = Kind::of;
        assert_eq!(kind(&["1", "-12", "<3"], None), Kind::Number(None));
        assert_eq!(kind(&["true", "false"], None), Kind::Truth);
        assert_eq!(kind(&["2024-01-02", "7"], None), Kind::Words);
        assert_eq!(kind(&[], None), Kind::Words);
        assert_eq!(kind(&[], Some(1)), Kind::Number(Some(1)));
        let rounded = |digits: &str, places: u8| crate::display::number::rounded(digits, places, Rounding::HalfEven);
        let show = |kind: Kind, text: &str| kind.show(text, &rounded);
        assert_eq!(show(Kind::Number(Some(1)), "0.25"), "0.2");
        assert_eq!(show(Kind::Number(None), "-4"), "−4");
        assert_eq!(show(Kind::Number(Some(1)), "<0.05"), "<0.05");
        assert_eq!([Kind::Truth, Kind::Words].map(|kind| show(kind, "true")), ["Yes", "true"]);
        assert_eq!(show(Kind::Truth, ""), "–");
    }

    #[test]
    fn numbers_and_limits_are_told_from_words() {
        assert!(["0", "12.5", "-3"].into_iter().all(is_number));
        assert!(!["", "-", ".", "1.2.3", "2024-01-02", "A"].into_iter().any(is_number));
        assert!(["<0.1", "> 5", ">=2", "≤3"].into_iter().all(is_limit));
        assert!(!["<", "< LLN", "5"].into_iter().any(is_limit));
    }
}
