//! Cox's partial likelihood, with strata and with subjects who come under observation late.

use std::ops::Range;

use super::super::symmetric::Matrix;
use super::super::{Undefined, describe, finite, size};
use super::cox::Ties;
use super::maximum::{Evaluation, Likelihood};
use super::moments::{Moments, mirror};

/// What is known of rows: when each came under observation and left it, and whether with the event.
#[derive(Clone, Copy)]
pub(super) struct Histories<'a> {
    /// Nothing when all were under observation from the start.
    pub(super) start: Option<&'a [f64]>,
    pub(super) stop: &'a [f64],
    pub(super) event: &'a [bool],
    pub(super) covariates: &'a [Vec<f64>],
    /// Nothing when all have the same baseline hazard.
    pub(super) strata: Option<&'a [usize]>,
}

impl Histories<'_> {
    fn check(&self) -> Result<(), Undefined> {
        let rows = self.stop.len();
        let sound = |times: &[f64]| times.len() == rows && times.iter().all(|time| time.is_finite() && *time >= 0.0);
        let rising = |start: &[f64]| sound(start) && start.iter().zip(self.stop).all(|(start, stop)| start < stop);
        let complete = |column: &Vec<f64>| column.len() == rows && column.iter().all(|value| value.is_finite());
        let met = sound(self.stop)
            && self.event.len() == rows
            && self.start.is_none_or(rising)
            && self.strata.is_none_or(|strata| strata.len() == rows)
            && !self.covariates.is_empty()
            && self.covariates.iter().all(complete);
        if !met {
            Err(Undefined::OutOfRange)
        } else if rows == 0 {
            Err(Undefined::NoData)
        } else if self.event.iter().all(|event| !event) {
            Err(Undefined::NoEvents)
        } else {
            Ok(())
        }
    }
}

/// Cox's partial likelihood of covariates that are centred and scaled.
#[derive(Clone, Debug)]
pub(super) struct PartialLikelihood {
    /// Strata after each other; in each the last time first, at the same time the censored first.
    pub(super) subjects: Vec<Subject>,
    /// Those of a subject after each other, in the same order.
    covariates: Vec<f64>,
    width: usize,
    pub(super) ties: Ties,
    /// Whether anybody came under observation late.
    pub(super) late: bool,
}

/// A row, or the whole time of a subject.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    pub(super) stratum: usize,
    pub(super) start: f64,
    pub(super) time: f64,
    pub(super) event: bool,
    /// The place in the input.
    pub(super) place: usize,
}

/// A subject that has the event, among those at risk.
pub(super) struct Happening<'a> {
    /// Its place among the subjects.
    pub(super) subject: usize,
    /// All who have the event at this time in this stratum.
    pub(super) failing: Range<usize>,
    /// How many these are.
    pub(super) events: f64,
    /// The weight that each of them still has.
    pub(super) left: f64,
    /// Those at risk, weighted by their hazards.
    pub(super) all: &'a Moments,
}

impl PartialLikelihood {
    /// The likelihood of centred and scaled covariates, with their scales.
    pub(super) fn new(histories: Histories, ties: Ties) -> Result<(Self, Vec<f64>), Undefined> {
        histories.check()?;
        // Adding zero makes a negative zero positive, so that equal values sort as equal.
        let mut subjects: Vec<Subject> = (0..histories.stop.len())
            .map(|place| Subject {
                stratum: histories.strata.map_or(0, |strata| strata[place]),
                start: histories.start.map_or(0.0, |start| start[place] + 0.0),
                time: histories.stop[place] + 0.0,
                event: histories.event[place],
                place,
            })
            .collect();
        let value = |subject: &Subject, column: &Vec<f64>| column[subject.place] + 0.0;
        // An order in which that of the input leaves no trace.
        subjects.sort_unstable_by(|one, two| {
            let facts = one.stratum.cmp(&two.stratum).then(two.time.total_cmp(&one.time));
            facts.then(one.event.cmp(&two.event)).then(one.start.total_cmp(&two.start)).then_with(|| {
                let mut pairs = histories.covariates.iter().map(|own| value(one, own).total_cmp(&value(two, own)));
                pairs.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
            })
        });
        let width = histories.covariates.len();
        let mut covariates = vec![0.0; width * subjects.len()];
        let mut scales = Vec::with_capacity(width);
        for (place, column) in histories.covariates.iter().enumerate() {
            let sorted: Vec<f64> = subjects.iter().map(|subject| value(subject, column)).collect();
            let mean = describe::mean(&sorted)?;
            let scale = sorted.iter().fold(0.0_f64, |most, value| most.max(libm::fabs(value - mean)));
            if scale <= 0.0 {
                return Err(Undefined::NotEstimable);
            }
            finite(scale)?;
            for (own, value) in covariates[place..].iter_mut().step_by(width).zip(sorted) {
                *own = (value - mean) / scale;
            }
            scales.push(scale);
        }
        // Who starts at 0 is at risk at all times, also at 0, unless rows have a start.
        Ok((Self { subjects, covariates, width, ties, late: histories.start.is_some() }, scales))
    }

    pub(super) fn covariates(&self, subject: usize) -> &[f64] {
        &self.covariates[subject * self.width..][..self.width]
    }

    /// For each subject the logarithm of its hazard in units of the baseline.
    pub(super) fn risks(&self, coefficients: &[f64]) -> Vec<f64> {
        let rows = self.covariates.chunks_exact(self.width);
        rows.map(|row| row.iter().zip(coefficients).map(|(value, coefficient)| value * coefficient).sum()).collect()
    }

    /// Where each stratum begins and ends.
    pub(super) fn strata(&self) -> Vec<Range<usize>> {
        let mut end = 0;
        let strata = self.subjects.chunk_by(|one, two| one.stratum == two.stratum);
        strata
            .map(|stratum| {
                end += stratum.len();
                end - stratum.len()..end
            })
            .collect()
    }

    /// Those who have the event together, in a stratum, the last first.
    pub(super) fn occasions(&self, stratum: Range<usize>) -> Vec<Range<usize>> {
        let mut end = stratum.start;
        let mut found = Vec::new();
        for occasion in self.subjects[stratum].chunk_by(simultaneous) {
            end += occasion.len();
            let failing = end - occasion.len() + occasion.partition_point(|subject| !subject.event);
            if failing < end {
                found.push(failing..end);
            }
        }
        found
    }

    /// The events, by their numbers in `occasions`, at which a subject is at risk without having one.
    pub(super) fn span(&self, subject: &Subject, occasions: &[Range<usize>]) -> Range<usize> {
        let time = |occasion: &Range<usize>| self.subjects[occasion.start].time;
        let first = occasions.partition_point(|occasion| {
            let time = time(occasion);
            time > subject.time || (subject.event && time >= subject.time)
        });
        let end = if self.late { occasions.partition_point(|own| time(own) > subject.start) } else { occasions.len() };
        first..end.max(first)
    }

    /// Visits each event, in each stratum the last first.
    pub(super) fn visit(&self, coefficients: &[f64], visit: &mut impl FnMut(&Happening)) {
        let mut visitor = Visitor {
            likelihood: self,
            risks: self.risks(coefficients),
            leaving: Moments::none(self.width),
            all: Moments::none(self.width),
            visit,
        };
        for stratum in self.strata() {
            if self.late {
                let occasions = self.occasions(stratum.clone());
                let spans = stratum.map(|place| (place, self.span(&self.subjects[place], &occasions))).collect();
                visitor.divide(&occasions, 0..occasions.len(), &Moments::none(self.width), spans);
            } else {
                visitor.pass(stratum);
            }
        }
    }
}

fn simultaneous(one: &Subject, two: &Subject) -> bool {
    one.time.total_cmp(&two.time).is_eq()
}

/// A walk through the events.
struct Visitor<'a, V> {
    likelihood: &'a PartialLikelihood,
    risks: Vec<f64>,
    leaving: Moments,
    all: Moments,
    visit: &'a mut V,
}

impl<V: FnMut(&Happening)> Visitor<'_, V> {
    /// A stratum in which nobody comes late: the earlier, the more at risk.
    fn pass(&mut self, stratum: Range<usize>) {
        let likelihood = self.likelihood;
        let mut at_risk = Moments::none(likelihood.width);
        let mut end = stratum.start;
        for occasion in likelihood.subjects[stratum].chunk_by(simultaneous) {
            let failing = end + occasion.partition_point(|subject| !subject.event);
            for place in end..failing {
                at_risk.add(self.risks[place], likelihood.covariates(place));
            }
            end += occasion.len();
            self.occasion(&mut at_risk, failing..end);
        }
    }

    /// A stratum with late entries, by halves of its events: who is at risk throughout a half is added once for all of
    /// it, the others where they are. Nobody is ever taken away again, so no digits are lost.
    fn divide(
        &mut self,
        occasions: &[Range<usize>],
        part: Range<usize>,
        before: &Moments,
        spans: Vec<(usize, Range<usize>)>,
    ) {
        let mut at_risk = before.clone();
        let mut rest = Vec::new();
        for (place, span) in spans {
            if span.start <= part.start && part.end <= span.end {
                at_risk.add(self.risks[place], self.likelihood.covariates(place));
            } else if span.start < part.end && part.start < span.end {
                rest.push((place, span));
            }
        }
        if part.len() > 1 {
            let middle = usize::midpoint(part.start, part.end);
            self.divide(occasions, part.start..middle, &at_risk, rest.clone());
            self.divide(occasions, middle..part.end, &at_risk, rest);
        } else if let Some(failing) = occasions.get(part.start) {
            self.occasion(&mut at_risk, failing.clone());
        }
    }

    /// The events of one time, which end up among those at risk before.
    fn occasion(&mut self, at_risk: &mut Moments, failing: Range<usize>) {
        let events = size(&self.risks[failing.clone()]);
        if self.likelihood.ties == Ties::Breslow || failing.len() == 1 {
            for place in failing.clone() {
                at_risk.add(self.risks[place], self.likelihood.covariates(place));
            }
            for subject in failing.clone() {
                (self.visit)(&Happening { subject, failing: failing.clone(), events, left: 1.0, all: at_risk });
            }
            return;
        }
        self.leaving.clear();
        for place in failing.clone() {
            self.leaving.add(self.risks[place], self.likelihood.covariates(place));
        }
        let mut remaining = events;
        for subject in failing.clone() {
            let left = remaining / events;
            self.all.copy(at_risk);
            self.all.join(&self.leaving, left);
            (self.visit)(&Happening { subject, failing: failing.clone(), events, left, all: &self.all });
            remaining -= 1.0;
        }
        at_risk.join(&self.leaving, 1.0);
    }
}

impl Likelihood for PartialLikelihood {
    fn null(&self) -> Vec<f64> {
        vec![0.0; self.width]
    }

    fn at(&self, coefficients: &[f64]) -> Evaluation {
        let risks = self.risks(coefficients);
        let mut sums = Evaluation::zero(self.width);
        self.visit(coefficients, &mut |happening| {
            sums.value += happening.all.log_share(risks[happening.subject]);
            let own = self.covariates(happening.subject);
            for ((slope, own), mean) in sums.gradient.iter_mut().zip(own).zip(&happening.all.mean) {
                *slope += own - mean;
            }
            happening.all.add_covariance(1.0, &mut sums.information);
        });
        mirror(&mut sums.information);
        sums
    }

    fn expected_information(&self, _: &[f64], here: &Evaluation) -> Matrix {
        here.information.clone()
    }
}
