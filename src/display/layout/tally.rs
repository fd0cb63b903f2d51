//! Counts of the marks of figures of single subjects, for their footnotes and their words: what an extract says of
//! whom, and how many of an arm lie where. Marks are counted here, and nothing else.

use crate::display::assemble::note;
use crate::display::layout::listing::decimals_of;
use crate::display::number::rounded;
use crate::display::report::Footnote;
use crate::results::Extract;
use crate::spec::Study;
use crate::spec::design::{Arm, Rounding};

/// The lines of an extract with the position of their arm, the subject, and the fields behind; lines of no arm are left
/// out.
pub(super) fn of_arms<'e>(study: &Study, extract: &'e Extract) -> Vec<(usize, &'e str, &'e [String])> {
    let line = |line: &'e Vec<String>| {
        let [arm, subject, fields @ ..] = line.as_slice() else { return None };
        Some((study.arm.iter().position(|own| *own.id == **arm)?, subject.as_str(), fields))
    };
    extract.lines.iter().filter_map(line).collect()
}

/// The number of a field; none where it is empty.
pub(super) fn number_in(fields: &[String], position: usize) -> Option<f64> {
    fields.get(position)?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// How many of an arm, and of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) part: u64,
    pub(super) whole: u64,
}

impl Part {
    pub(super) fn add(&mut self, counts: bool) {
        self.part += u64::from(counts);
        self.whole += 1;
    }
}

/// "Active 1 of 20, Control 0 of 20"; of one arm alone "1 of 40".
pub(super) fn by_arm(study: &Study, parts: &[Part]) -> String {
    let arm = |(arm, part): (&Arm, &Part)| {
        let counted = format!("{} of {}", part.part, part.whole);
        if study.compares() { format!("{} {counted}", arm.label) } else { counted }
    };
    study.arm.iter().zip(parts).map(arm).collect::<Vec<_>>().join(", ")
}

/// The footnote of those who are not shown.
pub(super) fn not_shown(study: &Study, why: &str, parts: &[Part]) -> Footnote {
    note(format!("Participants {why}, who are not shown: {}.", by_arm(study, parts)))
}

/// A number in words: its shortest digits, with a true minus sign.
pub(super) fn figure(number: f64) -> String {
    let digits = number.to_string();
    // With all its decimals: there is nothing to round.
    rounded(&digits, decimals_of(&digits), Rounding::default())
}

/// The stretches of a scale between lines, each with the line at its lower end.
pub(super) struct Bands {
    lines: Vec<f64>,
}

impl Bands {
    pub(super) fn between(lines: &[f64]) -> Self {
        let mut lines: Vec<f64> = lines.iter().copied().filter(|line| line.is_finite()).collect();
        lines.sort_by(f64::total_cmp);
        lines.dedup();
        Self { lines }
    }

    pub(super) fn count(&self) -> usize {
        self.lines.len() + 1
    }

    /// The band of a value.
    pub(super) fn of(&self, value: f64) -> usize {
        self.lines.iter().filter(|line| value >= **line).count()
    }

    /// "below 2", "from 2 to below 3", "at 3 or above"; nothing where there is no line.
    pub(super) fn words(&self, band: usize) -> String {
        let at = |position: usize| self.lines.get(position).map(|line| figure(*line));
        match (band.checked_sub(1).and_then(at), at(band)) {
            (None, None) => String::new(),
            (None, Some(upper)) => format!("below {upper}"),
            (Some(lower), None) => format!("at {lower} or above"),
            (Some(lower), Some(upper)) => format!("from {lower} to below {upper}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bands;

    #[test]
    fn a_value_on_a_line_lies_above_it() {
        let bands = Bands::between(&[3.0, -2.5, 3.0]);
        assert_eq!(bands.count(), 3);
        assert_eq!([-9.0, -2.5, 2.9, 3.0].map(|value| bands.of(value)), [0, 1, 1, 2]);
        assert_eq!([0, 1, 2].map(|band| bands.words(band)), ["below −2.5", "from −2.5 to below 3", "at 3 or above"]);
        assert_eq!((Bands::between(&[]).count(), Bands::between(&[]).words(0).as_str()), (1, ""));
    }
}
