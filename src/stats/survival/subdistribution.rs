//! The likelihood of Fine and Gray's regression, and what each subject contributes to its slope.

use std::ops::Range;

use super::super::symmetric::{Factors, Matrix};
use super::super::{Undefined, size};
use super::fine_gray::CensoringTies;
use super::maximum::{Evaluation, Likelihood};
use super::moments::{Moments, mirror};
use super::regression::{by_subject, compare, standardise};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Interest,
    Other,
    Censored,
}

struct Subject {
    time: f64,
    end: End,
    covariates: Vec<f64>,
}

/// All whose time ended together.
struct Moment {
    /// Those with the event of interest come first, then those with another, then the censored.
    members: Range<usize>,
    interest: usize,
    censored: usize,
    /// The probability of not having been censored before.
    free: f64,
    /// How many could have been censored.
    exposed: f64,
}

/// The weighted partial likelihood.
pub(super) struct Subdistribution {
    /// The first time first.
    subjects: Vec<Subject>,
    moments: Vec<Moment>,
    ties: CensoringTies,
}

impl Subdistribution {
    pub(super) fn new(
        time: &[f64],
        cause: &[usize],
        interest: usize,
        covariates: &[Vec<f64>],
        ties: CensoringTies,
    ) -> Result<(Self, Vec<f64>), Undefined> {
        let sound = time.iter().all(|time| time.is_finite() && *time >= 0.0);
        if cause.len() != time.len() || !sound || interest == 0 {
            return Err(Undefined::OutOfRange);
        }
        let covariates = by_subject(covariates, time.len())?;
        if time.is_empty() {
            return Err(Undefined::NoData);
        }
        if !cause.contains(&interest) {
            return Err(Undefined::NoEvents);
        }
        let end = |cause: usize| match cause {
            0 => End::Censored,
            own if own == interest => End::Interest,
            _ => End::Other,
        };
        let facts = time.iter().zip(cause).zip(covariates);
        let mut subjects: Vec<Subject> = facts
            .map(|((time, cause), covariates)| Subject { time: time + 0.0, end: end(*cause), covariates })
            .collect();
        subjects.sort_by(|one, two| {
            let facts = one.time.total_cmp(&two.time).then(one.end.cmp(&two.end));
            facts.then_with(|| compare(&one.covariates, &two.covariates))
        });
        let mut rows: Vec<&mut Vec<f64>> = subjects.iter_mut().map(|subject| &mut subject.covariates).collect();
        let scales = standardise(&mut rows)?;
        let mut moments = Vec::new();
        let (mut first, mut free) = (0, 1.0);
        for members in subjects.chunk_by(|one, two| one.time.total_cmp(&two.time).is_eq()) {
            let interest = members.partition_point(|subject| subject.end == End::Interest);
            let censored = members.len() - members.partition_point(|subject| subject.end != End::Censored);
            let events = match ties {
                CensoringTies::Together => 0,
                CensoringTies::AfterEvents => members.len() - censored,
            };
            let exposed = size(&subjects[first + events..]);
            moments.push(Moment { members: first..first + members.len(), interest, censored, free, exposed });
            // Nobody can be censored when nobody is left.
            let staying = size(&subjects[first + events + censored..]);
            free *= if censored > 0 { staying / exposed } else { 1.0 };
            first += members.len();
        }
        Ok((Self { subjects, moments, ties }, scales))
    }

    fn risks(&self, coefficients: &[f64]) -> Vec<f64> {
        let risk = |subject: &Subject| subject.covariates.iter().zip(coefficients).map(|(own, b)| own * b).sum();
        self.subjects.iter().map(risk).collect()
    }

    /// Visits the moments with events of interest, the last first, with those at risk weighted by their hazards.
    fn visit(&self, risks: &[f64], width: usize, mut visit: impl FnMut(usize, &Moment, &Moments)) {
        // Who had another cause before, in units of the probability of not having been censored until then.
        let mut gone = Moments::none(width);
        let mut before = Vec::new();
        for moment in &self.moments {
            if moment.interest > 0 {
                before.push(gone.clone());
            }
            for place in moment.members.clone().filter(|place| self.subjects[*place].end == End::Other) {
                gone.add(risks[place] - libm::log(moment.free), &self.subjects[place].covariates);
            }
        }
        let mut at_risk = Moments::none(width);
        let mut all = Moments::none(width);
        for (number, moment) in self.moments.iter().enumerate().rev() {
            for place in moment.members.clone() {
                at_risk.add(risks[place], &self.subjects[place].covariates);
            }
            if moment.interest == 0 {
                continue;
            }
            all.copy(&at_risk);
            if let Some(gone) = before.pop() {
                all.join(&gone, moment.free);
            }
            visit(number, moment, &all);
        }
    }

    /// The robust covariance of the estimates.
    pub(super) fn covariance(&self, coefficients: &[f64], information: &Factors) -> Matrix {
        let width = coefficients.len();
        let mut sums: Matrix = vec![vec![0.0; width]; width];
        for residual in self.residuals(coefficients) {
            let influence = information.solve(&residual);
            for (row, one) in sums.iter_mut().zip(&influence) {
                for (entry, two) in row.iter_mut().zip(&influence) {
                    *entry += one * two;
                }
            }
        }
        sums
    }

    /// For each subject its part in the score: η and ψ of the paper.
    fn residuals(&self, coefficients: &[f64]) -> Vec<Vec<f64>> {
        let (risks, width) = (self.risks(coefficients), coefficients.len());
        let count = self.moments.len();
        // What the baseline hazard gains at each moment, and the mean at risk.
        let mut gains = vec![(0.0, vec![0.0; width]); count];
        self.visit(&risks, width, |number, moment, all| {
            let events = size(&self.subjects[moment.members.start..][..moment.interest]);
            gains[number] = (events * libm::exp(-all.log_weight()), all.mean.clone());
        });
        // Hazard until and including each moment, and after it in units of not being censored, with means at risk.
        let nothing = || (0.0, vec![0.0; width]);
        let add = |(hazard, moved): &(f64, Vec<f64>), factor: f64, (gain, mean): &(f64, Vec<f64>)| {
            let moved = moved.iter().zip(mean).map(|(sum, mean)| sum + factor * gain * mean).collect();
            (hazard + factor * gain, moved)
        };
        let mut until: Vec<(f64, Vec<f64>)> = Vec::with_capacity(count);
        for gain in &gains {
            let last = until.last().cloned().unwrap_or_else(nothing);
            until.push(add(&last, 1.0, gain));
        }
        let mut after = vec![nothing(); count + 1];
        for number in (0..count).rev() {
            after[number] = add(&after[number + 1], self.moments[number].free, &gains[number]);
        }
        let mut residuals = Vec::with_capacity(risks.len());
        // Those with another cause so far, and what censorings have taken from subjects so far.
        let mut gone = nothing();
        let mut taken = vec![0.0; width];
        for (number, moment) in self.moments.iter().enumerate() {
            let censoring = self.censoring(moment, &gone, &after[number]);
            let losses = size(&self.subjects[moment.members.end - moment.censored..moment.members.end]);
            for (sum, share) in taken.iter_mut().zip(&censoring) {
                *sum += share * losses / moment.exposed.max(1.0);
            }
            for place in moment.members.clone() {
                let subject = &self.subjects[place];
                let risk = libm::exp(risks[place]);
                let part = |column: usize| {
                    let own = subject.covariates[column];
                    let mut part = -risk * (own * until[number].0 - until[number].1[column]) - taken[column];
                    match subject.end {
                        End::Interest => part += own - gains[number].1[column],
                        End::Other => {
                            let (hazard, moved) = &after[number + 1];
                            part -= risk / moment.free * (own * hazard - moved[column]);
                        }
                        End::Censored => part += censoring[column],
                    }
                    part
                };
                residuals.push((0..width).map(part).collect());
            }
            for place in moment.members.clone().filter(|place| self.subjects[*place].end == End::Other) {
                let weight = libm::exp(risks[place]) / moment.free;
                gone = add(&gone, 1.0, &(weight, self.subjects[place].covariates.clone()));
            }
        }
        residuals
    }

    /// What a censoring takes from the score of those who had another cause before, for each who could be censored.
    fn censoring(&self, moment: &Moment, gone: &(f64, Vec<f64>), after: &(f64, Vec<f64>)) -> Vec<f64> {
        if self.ties == CensoringTies::AfterEvents || moment.censored == 0 {
            return vec![0.0; gone.1.len()];
        }
        let pairs = gone.1.iter().zip(&after.1);
        pairs.map(|(own, mean)| (own * after.0 - gone.0 * mean) / moment.exposed).collect()
    }
}

impl Likelihood for Subdistribution {
    fn null(&self) -> Vec<f64> {
        vec![0.0; self.subjects.first().map_or(0, |subject| subject.covariates.len())]
    }

    fn at(&self, coefficients: &[f64]) -> Evaluation {
        let risks = self.risks(coefficients);
        let mut sums = Evaluation::zero(coefficients.len());
        self.visit(&risks, coefficients.len(), |_, moment, all| {
            for place in moment.members.clone().take(moment.interest) {
                sums.value += all.log_share(risks[place]);
                let own = self.subjects[place].covariates.iter();
                for ((slope, own), mean) in sums.gradient.iter_mut().zip(own).zip(&all.mean) {
                    *slope += own - mean;
                }
                all.add_covariance(1.0, &mut sums.information);
            }
        });
        mirror(&mut sums.information);
        sums
    }

    fn expected_information(&self, _: &[f64], here: &Evaluation) -> Matrix {
        here.information.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residuals_add_up_to_the_score() {
        let time: Vec<f64> = (0..30).map(|i| f64::from(i * i % 11)).collect();
        let cause: Vec<usize> = (0..30).map(|i| i * i * 5 / 3 % 3).collect();
        let columns =
            [(0..30).map(|i| f64::from(i * 5 / 3 % 2)).collect(), (0..30).map(|i| f64::from(i * 7 % 19)).collect()];
        for ties in [CensoringTies::Together, CensoringTies::AfterEvents] {
            let (likelihood, _) = Subdistribution::new(&time, &cause, 1, &columns, ties).unwrap();
            let slopes = likelihood.at(&[0.4, -0.7]).gradient;
            let residuals = likelihood.residuals(&[0.4, -0.7]);
            for (place, slope) in slopes.iter().enumerate() {
                let sum: f64 = residuals.iter().map(|own| own[place]).sum();
                assert!(libm::fabs(sum - slope) < 1e-12);
            }
        }
    }
}
