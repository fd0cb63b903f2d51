//! Proportional hazards when events are only known to fall between common visits.

use super::super::symmetric::Matrix;
use super::super::{Undefined, real, size};
use super::maximum::{Evaluation, Likelihood};
use super::regression::{Model, ProportionalHazards, by_subject, compare, standardise};

/// Hazards of an interval above this leave nobody without event, to the last digit of a double.
const CERTAIN: f64 = 700.0;

/// Grouped-time proportional hazards: complementary log-log regression with one intercept for each interval.
///
/// # Method
/// Prentice and Gloeckler 1978, Biometrics 34:57, maximum likelihood. The hazard ratio is that of the proportional
/// hazards model in continuous time, whatever the hazard does within intervals. Standard errors from the expected
/// information, as in all generalised linear models. The likelihood rises without end as the intercept of an interval in
/// which nobody has the event goes to minus infinity, or of one in which everybody has it to infinity; in the limit such
/// an interval contributes nothing, so its records are left out, and all other numbers are those of the limit.
///
/// # Input
/// A record for each subject and interval at whose start the subject was at risk: the number of the interval, whether
/// the event fell into it, and for each covariate a finite value; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` without records; `NoEvents` without events; `NotEstimable` when everybody has the event in each interval
/// with events, or a covariate is constant or follows the others within the other intervals; `OutOfRange` when lengths
/// differ, there is no covariate, a value is not finite or the level is not a probability; `NotConverged` after too many
/// steps. When the likelihood has no maximum (only one arm has events) the effects and the Wald test are `Separated`;
/// score and likelihood-ratio tests and profile limits remain.
///
/// # Agrees with
/// R `glm(event ~ interval + covariates, family = binomial(link = "cloglog"))` without the intervals left out; cases in
/// `fixtures/reference/grouped-proportional-hazards`.
pub fn grouped_proportional_hazards(
    interval: &[usize],
    event: &[bool],
    covariates: &[Vec<f64>],
    level: f64,
) -> Result<ProportionalHazards, Undefined> {
    if interval.len() != event.len() {
        return Err(Undefined::OutOfRange);
    }
    let covariates = by_subject(covariates, event.len())?;
    if event.is_empty() {
        return Err(Undefined::NoData);
    }
    if event.iter().all(|event| !event) {
        return Err(Undefined::NoEvents);
    }
    let facts = interval.iter().zip(event).zip(covariates);
    let mut records: Vec<Record> = facts
        .map(|((interval, event), covariates)| Record { interval: *interval, event: *event, covariates })
        .collect();
    records.sort_by(|one, two| {
        let facts = (one.interval, one.event).cmp(&(two.interval, two.event));
        facts.then_with(|| compare(&one.covariates, &two.covariates))
    });
    let mut intervals: Vec<Vec<Record>> =
        records.chunk_by(|one, two| one.interval == two.interval).map(<[Record]>::to_vec).collect();
    intervals.retain(|records| records.iter().any(|one| one.event) && records.iter().any(|one| !one.event));
    if intervals.is_empty() {
        return Err(Undefined::NotEstimable);
    }
    let mut rows: Vec<&mut Vec<f64>> = intervals.iter_mut().flatten().map(|record| &mut record.covariates).collect();
    let scales = standardise(&mut rows)?;
    ProportionalHazards::fit(Model::Grouped(GroupedLikelihood { intervals }), scales, level)
}

/// The likelihood of grouped times: parameters are the intercepts, then the coefficients.
#[derive(Clone, Debug)]
pub(super) struct GroupedLikelihood {
    /// Records by interval, each interval with and without events.
    intervals: Vec<Vec<Record>>,
}

#[derive(Clone, Debug)]
struct Record {
    interval: usize,
    event: bool,
    covariates: Vec<f64>,
}

/// What a record contributes: log-likelihood, its derivative by the predictor, the second one with the sign changed,
/// and the expectation of that.
struct Contribution {
    value: f64,
    slope: f64,
    curvature: f64,
    expected: f64,
}

impl Record {
    fn contribution(&self, predictor: f64) -> Contribution {
        // The hazard accumulated over the interval, and that over the odds of an event.
        let hazard = libm::exp(predictor);
        let ratio = if hazard > CERTAIN { 0.0 } else { hazard / libm::expm1(hazard) };
        let expected = if hazard > CERTAIN { 0.0 } else { hazard * ratio };
        if self.event {
            Contribution {
                value: if hazard > CERTAIN { 0.0 } else { libm::log(-libm::expm1(-hazard)) },
                slope: ratio,
                curvature: if hazard > CERTAIN { 0.0 } else { ratio * (hazard + ratio - 1.0) },
                expected,
            }
        } else {
            Contribution { value: -hazard, slope: -hazard, curvature: hazard, expected }
        }
    }
}

impl GroupedLikelihood {
    /// Calls with each record, the place of its interval and its contribution.
    fn each(&self, parameters: &[f64], mut call: impl FnMut(&Record, usize, Contribution)) {
        let (intercepts, coefficients) = parameters.split_at(self.intervals.len());
        for (place, (records, intercept)) in self.intervals.iter().zip(intercepts).enumerate() {
            for record in records {
                let effect: f64 = record.covariates.iter().zip(coefficients).map(|(x, b)| x * b).sum();
                call(record, place, record.contribution(intercept + effect));
            }
        }
    }

    /// Adds a weighted square of a record's row of the design.
    fn add(&self, information: &mut Matrix, record: &Record, place: usize, weight: f64) {
        let first = self.intervals.len();
        information[place][place] += weight;
        for (one, value) in record.covariates.iter().enumerate() {
            information[first + one][place] += weight * value;
            information[place][first + one] += weight * value;
            for (two, other) in record.covariates.iter().enumerate() {
                information[first + one][first + two] += weight * value * other;
            }
        }
    }
}

impl Likelihood for GroupedLikelihood {
    fn null(&self) -> Vec<f64> {
        let intercepts = self.intervals.iter().map(|records| {
            let events = real(records.iter().map(|record| u64::from(record.event)).sum());
            libm::log(-libm::log1p(-events / size(records)))
        });
        let covariates = self.intervals.iter().flatten().next().map_or(0, |record| record.covariates.len());
        intercepts.chain(std::iter::repeat_n(0.0, covariates)).collect()
    }

    fn at(&self, parameters: &[f64]) -> Evaluation {
        let mut sums = Evaluation::zero(parameters.len());
        self.each(parameters, |record, place, contribution| {
            sums.value += contribution.value;
            sums.gradient[place] += contribution.slope;
            for (slope, value) in sums.gradient[self.intervals.len()..].iter_mut().zip(&record.covariates) {
                *slope += contribution.slope * value;
            }
            self.add(&mut sums.information, record, place, contribution.curvature);
        });
        sums
    }

    fn expected_information(&self, parameters: &[f64], _: &Evaluation) -> Matrix {
        let mut information = vec![vec![0.0; parameters.len()]; parameters.len()];
        self.each(parameters, |record, place, contribution| {
            self.add(&mut information, record, place, contribution.expected);
        });
        information
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        let error = libm::fabs(value - expected);
        assert!(error < 1e-11 * (1.0 + libm::fabs(expected)), "{value:e} is not {expected:e}");
    }

    /// Records of one interval: so many events and others in arms 0 and 1.
    fn records(arms: [(usize, usize); 2]) -> (Vec<bool>, Vec<f64>) {
        let arms = [0.0, 1.0].into_iter().zip(arms);
        let each = arms.flat_map(|(arm, (events, others))| {
            std::iter::repeat_n((true, arm), events).chain(std::iter::repeat_n((false, arm), others))
        });
        each.unzip()
    }

    #[test]
    fn one_interval_on_paper() {
        // 3 of 12 and 5 of 10: the ratio of the logarithms of what is left.
        let (event, arm) = records([(3, 9), (5, 5)]);
        let fit = grouped_proportional_hazards(&[4; 22], &event, &[arm], 0.95).unwrap();
        let effect = fit.effects[0].unwrap();
        assert_close(effect.hazard_ratio, libm::log(0.5) / libm::log(0.75));
        // Variance of log(−log q) is p / (n q log² q).
        let variance =
            1.0 / (10.0 * libm::log(2.0) * libm::log(2.0)) + 1.0 / (36.0 * libm::log(0.75) * libm::log(0.75));
        assert_close(effect.standard_error, libm::sqrt(variance));
        let half = |events: f64, others: f64| {
            let all = events + others;
            events * libm::log(events / all) + others * libm::log(others / all)
        };
        assert_close(fit.log_likelihood, half(3.0, 9.0) + half(5.0, 5.0));
        assert_close(fit.log_likelihood_null, half(8.0, 14.0));
        assert_close(fit.wald.unwrap().statistic, effect.z * effect.z);
    }

    /// Three intervals of 24 subjects.
    fn trial() -> (Vec<usize>, Vec<bool>, Vec<f64>) {
        let parts = [records([(2, 10), (5, 7)]), records([(3, 7), (4, 3)]), records([(4, 3), (1, 2)])];
        let interval = parts.iter().zip(0..).flat_map(|((event, _), place)| vec![place; event.len()]).collect();
        let event = parts.iter().flat_map(|(event, _)| event.clone()).collect();
        (interval, event, parts.iter().flat_map(|(_, arm)| arm.clone()).collect())
    }

    #[test]
    fn intervals_that_decide_nothing_change_nothing() {
        let (mut interval, mut event, mut arm) = trial();
        let without = grouped_proportional_hazards(&interval, &event, std::slice::from_ref(&arm), 0.95).unwrap();
        for (place, happened) in [(7, true), (9, false)] {
            interval.extend([place; 3]);
            event.extend([happened; 3]);
            arm.extend([0.0, 1.0, 1.0]);
        }
        let with = grouped_proportional_hazards(&interval, &event, &[arm], 0.95).unwrap();
        assert_eq!(with.effects, without.effects);
        assert_eq!(with.likelihood_ratio, without.likelihood_ratio);
    }

    #[test]
    fn order_and_direction_do_not_matter() {
        let (interval, event, arm) = trial();
        let fit = grouped_proportional_hazards(&interval, &event, std::slice::from_ref(&arm), 0.95).unwrap();
        let back = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
        let intervals: Vec<usize> = interval.iter().rev().map(|place| 20 - place).rev().collect();
        let events: Vec<bool> = event.iter().rev().copied().collect();
        let reversed: Vec<usize> = intervals.iter().rev().copied().collect();
        let same = grouped_proportional_hazards(&reversed, &events, &[back(&arm)], 0.95).unwrap();
        assert_close(same.effects[0].unwrap().hazard_ratio, fit.effects[0].unwrap().hazard_ratio);
        let turned = arm.iter().map(|arm| 1.0 - arm).collect();
        let other = grouped_proportional_hazards(&interval, &event, &[turned], 0.95).unwrap();
        let (here, there) = (fit.effects[0].unwrap(), other.effects[0].unwrap());
        assert_close(there.hazard_ratio * here.hazard_ratio, 1.0);
        assert_close(there.interval.lower * here.interval.upper, 1.0);
        assert_close(other.score.statistic, fit.score.statistic);
    }

    #[test]
    fn an_arm_in_which_nobody_or_everybody_has_the_event_separates() {
        for arms in [[(0, 9), (5, 5)], [(5, 5), (0, 9)], [(9, 0), (5, 5)], [(5, 5), (9, 0)], [(0, 9), (5, 0)]] {
            let (event, arm) = records(arms);
            let fit = grouped_proportional_hazards(&vec![0; event.len()], &event, &[arm], 0.95).unwrap();
            assert_eq!(fit.effects, [Err(Undefined::Separated)]);
            assert_eq!(fit.wald, Err(Undefined::Separated));
            let sides = |(events, others): (usize, usize)| events > 0 && others > 0;
            let half = if arms.into_iter().any(sides) { -10.0 * libm::log(2.0) } else { 0.0 };
            assert_close(fit.log_likelihood, half);
            let limits = fit.profile_limits(0, 0.95).unwrap();
            let rises = arms[0].0 * arms[1].1 < arms[1].0 * arms[0].1;
            assert_eq!((limits.lower.is_some(), limits.upper.is_some()), (rises, !rises));
        }
    }

    #[test]
    fn nothing_to_compare_and_nonsense() {
        let (interval, event, arm) = trial();
        let reason = |interval: &[usize], event: &[bool], covariates: &[Vec<f64>]| {
            grouped_proportional_hazards(interval, event, covariates, 0.95).err()
        };
        assert_eq!(reason(&[], &[], &[vec![]]), Some(Undefined::NoData));
        assert_eq!(reason(&[0; 2], &[false; 2], &[vec![0.0, 1.0]]), Some(Undefined::NoEvents));
        assert_eq!(reason(&[0; 2], &[true; 2], &[vec![0.0, 1.0]]), Some(Undefined::NotEstimable));
        assert_eq!(reason(&interval, &event, &[vec![1.0; event.len()]]), Some(Undefined::NotEstimable));
        // A covariate that is another name of the interval.
        let place = interval.iter().map(|place| if *place == 1 { 1.0 } else { 0.0 }).collect();
        assert_eq!(reason(&interval, &event, &[place]), Some(Undefined::NotEstimable));
        assert_eq!(reason(&interval[1..], &event, std::slice::from_ref(&arm)), Some(Undefined::OutOfRange));
        assert_eq!(reason(&interval, &event, &[]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&interval, &event, &[arm[1..].to_vec()]), Some(Undefined::OutOfRange));
    }
}
