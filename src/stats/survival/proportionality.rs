//! Whether hazards are proportional: Schoenfeld residuals and the test that they do not follow time.

use super::super::contingency::ChiSquare;
use super::super::distribution::chi_square_sf;
use super::super::symmetric::{Factors, Matrix};
use super::super::{Undefined, finite, real, size};
use super::moments::mirror;
use super::number;
use super::partial::{Happening, PartialLikelihood};
use super::regression::ProportionalHazards;

/// The scale of time on which an effect may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Time itself.
    Identity,
    /// Its logarithm.
    Logarithm,
    /// The rank of the time among those of all rows, the censored too; the mean rank where they are tied.
    Rank,
    /// The share of all subjects, whatever their stratum, that had the event before: 1 − S, by Kaplan and Meier.
    Share,
}

/// What a subject with the event differs from what was expected.
#[derive(Clone, Debug, PartialEq)]
pub struct SchoenfeldResidual {
    /// The place of the row in the input.
    pub place: usize,
    /// The time of its event.
    pub time: f64,
    /// For each covariate its own value less the mean at risk, weighted by hazards.
    pub residual: Vec<f64>,
}

impl ProportionalHazards {
    /// Schoenfeld residuals of Cox regression: for each event, the earliest first.
    ///
    /// # Method
    /// Schoenfeld 1982, Biometrika 69:239. With Efron's ties the mean at risk is that over the events of the time.
    ///
    /// # Not estimable
    /// `Separated` when the likelihood has no maximum; `OutOfRange` when the model is not one of `cox`, `stratified_cox`
    /// or `counting_process_cox`.
    ///
    /// # Agrees with
    /// R `residuals(coxph, type = "schoenfeld")` by its definition; cases in `fixtures/reference/cox-residuals`.
    pub fn schoenfeld_residuals(&self) -> Result<Vec<SchoenfeldResidual>, Undefined> {
        let (likelihood, coefficients, _) = self.estimated()?;
        let mut means: Vec<(std::ops::Range<usize>, Vec<f64>)> = Vec::new();
        likelihood.visit(coefficients, &mut |happening| {
            if means.last().is_none_or(|(failing, _)| *failing != happening.failing) {
                means.push((happening.failing.clone(), vec![0.0; coefficients.len()]));
            }
            let Some((_, mean)) = means.last_mut() else { return };
            for (sum, own) in mean.iter_mut().zip(&happening.all.mean) {
                *sum += own / happening.events;
            }
        });
        let mut residuals: Vec<SchoenfeldResidual> = Vec::new();
        for (failing, mean) in means {
            for place in failing {
                let subject = &likelihood.subjects[place];
                let apart = likelihood.covariates(place).iter().zip(&mean).map(|(own, mean)| own - mean);
                let residual = apart.zip(&self.scales).map(|(apart, scale)| apart * scale).collect();
                residuals.push(SchoenfeldResidual { place: subject.place, time: subject.time, residual });
            }
        }
        residuals.sort_by(|one, two| one.time.total_cmp(&two.time).then(one.place.cmp(&two.place)));
        Ok(residuals)
    }

    /// Test that the effects of some covariates do not change with time, of one, of the columns of a factor or of all.
    ///
    /// # Method
    /// The score test for adding the products of these covariates with the clock, as covariates that change with time;
    /// Grambsch and Therneau 1994, Biometrika 81:515, without their approximation that the variance of covariates at risk
    /// is the same at all events: what R's `cox.zph` reports from version 3.0 of `survival` on; before, it reported the
    /// approximation.
    ///
    /// # Input
    /// The places of the covariates, each once; all of them for the global test.
    ///
    /// # Not estimable
    /// `Separated` when the likelihood has no maximum; `ZeroVariance` when all events are at the same time; `NotEstimable`
    /// when the products follow the covariates; `OutOfRange` without covariates, when there is no such covariate or one is
    /// named twice, for the logarithm of an event at time 0, or when the model is not one of `cox`, `stratified_cox` or
    /// `counting_process_cox`.
    ///
    /// # Agrees with
    /// R survival 3.5.3 `cox.zph(fit, transform = "identity")`, `"log"`, `"rank"` and `"km"`; cases in
    /// `fixtures/reference/cox-proportionality`.
    pub fn proportionality_test(&self, covariates: &[usize], clock: Clock) -> Result<ChiSquare, Undefined> {
        let (likelihood, coefficients, _) = self.estimated()?;
        let width = coefficients.len();
        let twice = |place: usize| covariates[..place].contains(&covariates[place]);
        if covariates.is_empty() || covariates.iter().any(|own| *own >= width) || (0..covariates.len()).any(twice) {
            return Err(Undefined::OutOfRange);
        }
        let reading = Readings::new(likelihood, clock)?;
        let zero = || vec![vec![0.0; width]; width];
        let (mut plain, mut once, mut square): (Matrix, Matrix, Matrix) = (zero(), zero(), zero());
        let mut slopes = vec![0.0; width];
        likelihood.visit(coefficients, &mut |happening: &Happening| {
            let shown = reading.at(likelihood.subjects[happening.subject].time);
            let own = likelihood.covariates(happening.subject);
            for ((slope, own), mean) in slopes.iter_mut().zip(own).zip(&happening.all.mean) {
                *slope += shown * (own - mean);
            }
            happening.all.add_covariance(1.0, &mut plain);
            happening.all.add_covariance(shown, &mut once);
            happening.all.add_covariance(shown * shown, &mut square);
        });
        for matrix in [&mut plain, &mut once, &mut square] {
            mirror(matrix);
        }
        // The covariates themselves, whose slopes are 0 at the maximum, then the products.
        let mut information: Matrix = plain;
        for own in covariates {
            for (row, added) in information.iter_mut().zip(&once) {
                row.push(added[*own]);
            }
        }
        for own in covariates {
            let products = covariates.iter().map(|other| square[*own][*other]);
            information.push(once[*own].iter().copied().chain(products).collect());
        }
        let bounds: Vec<f64> = information.iter().enumerate().map(|(place, row)| row[place] * 1e-10).collect();
        let factors = Factors::new(&information, &bounds).ok_or(Undefined::NotEstimable)?;
        let mut score = vec![0.0; width];
        score.extend(covariates.iter().map(|own| slopes[*own]));
        let statistic = finite(factors.quadratic(&score))?.max(0.0);
        let df = size(covariates);
        Ok(ChiSquare { statistic, df, p: chi_square_sf(statistic, df)? })
    }
}

/// What a clock shows at the times of events, less its mean over all events.
struct Readings(Vec<(f64, f64)>);

impl Readings {
    fn new(likelihood: &PartialLikelihood, clock: Clock) -> Result<Self, Undefined> {
        let mut times: Vec<f64> =
            likelihood.subjects.iter().filter(|subject| subject.event).map(|subject| subject.time).collect();
        times.sort_unstable_by(f64::total_cmp);
        let mut ends: Vec<f64> = likelihood.subjects.iter().map(|subject| subject.time).collect();
        ends.sort_unstable_by(f64::total_cmp);
        let until = |time: f64| real(number(&ends[..ends.partition_point(|end| *end <= time)]));
        let before = |time: f64| real(number(&ends[..ends.partition_point(|end| *end < time)]));
        let shares = shares(likelihood, &ends, &times);
        let mut readings = Vec::new();
        for (moment, share) in times.chunk_by(|one, two| one.total_cmp(two).is_eq()).zip(shares) {
            let (time, events) = (moment[0], size(moment));
            let shown = match clock {
                Clock::Identity => time,
                Clock::Logarithm => libm::log(time),
                Clock::Rank => (before(time) + until(time) + 1.0) / 2.0,
                Clock::Share => share,
            };
            readings.push((time, finite(shown)?, events));
        }
        if readings.len() < 2 {
            return Err(Undefined::ZeroVariance);
        }
        let mean = readings.iter().map(|(_, shown, events)| shown * events).sum::<f64>() / size(&times);
        Ok(Self(readings.iter().map(|(time, shown, _)| (*time, shown - mean)).collect()))
    }

    fn at(&self, time: f64) -> f64 {
        let place = self.0.partition_point(|(own, _)| *own < time);
        self.0.get(place).map_or(0.0, |(_, shown)| *shown)
    }
}

/// At each time of events the share of all that had one before.
fn shares(likelihood: &PartialLikelihood, ends: &[f64], times: &[f64]) -> Vec<f64> {
    let mut starts: Vec<f64> = likelihood.subjects.iter().map(|subject| subject.start).collect();
    starts.sort_unstable_by(f64::total_cmp);
    let mut free = 1.0;
    let mut found = Vec::new();
    for moment in times.chunk_by(|one, two| one.total_cmp(two).is_eq()) {
        let time = moment[0];
        found.push(1.0 - free);
        let gone = number(&ends[..ends.partition_point(|end| *end < time)]);
        let come = starts.partition_point(|start| *start < time || (!likelihood.late && *start <= time));
        let at_risk = number(&starts[..come]) - gone;
        free *= real(at_risk - number(moment)) / real(at_risk);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::cox::{Ties, cox};
    use super::super::firth_cox;
    use super::*;

    const CLOCKS: [Clock; 4] = [Clock::Identity, Clock::Logarithm, Clock::Rank, Clock::Share];

    fn trial() -> (Vec<f64>, Vec<bool>, Vec<Vec<f64>>) {
        let time = (0..24).map(|i| f64::from(i * i % 11 + 1)).collect();
        let arm = (0..24).map(|i| f64::from(i * 5 / 3 % 2)).collect();
        let age = (0..24).map(|i| 40.0 + f64::from(i * 7 % 19)).collect();
        (time, (0..24).map(|i| i % 3 != 0).collect(), vec![arm, age])
    }

    #[test]
    fn residuals_add_up_to_nothing() {
        let (time, event, columns) = trial();
        for ties in [Ties::Efron, Ties::Breslow] {
            let residuals = cox(&time, &event, &columns, ties, 0.95).unwrap().schoenfeld_residuals().unwrap();
            assert_eq!(residuals.len(), 16);
            for place in 0..2 {
                let sum: f64 = residuals.iter().map(|own| own.residual[place]).sum();
                assert!(libm::fabs(sum) < 1e-11);
            }
        }
    }

    #[test]
    fn residuals_on_paper() {
        // Without effect the means at risk are shares of the arm: 1/2, 1/3, 1/2, 0, and two events of each arm balance.
        let arm = vec![vec![1.0, 0.0, 1.0, 0.0]];
        let fit = cox(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &arm, Ties::Efron, 0.95).unwrap();
        let h = fit.effects[0].unwrap().hazard_ratio;
        let expected = [1.0 - h / (1.0 + h), -h / (2.0 + h), 1.0 - h / (1.0 + h), 0.0];
        for (place, (found, expected)) in fit.schoenfeld_residuals().unwrap().iter().zip(expected).enumerate() {
            assert_eq!(found.place, place);
            assert!(libm::fabs(found.residual[0] - expected) < 1e-13);
        }
    }

    #[test]
    fn units_and_direction_do_not_matter() {
        let (time, event, columns) = trial();
        let turned: Vec<Vec<f64>> = vec![
            columns[0].iter().map(|arm| 1.0 - arm).collect(),
            columns[1].iter().map(|age| 365.25 * age - 1e4).collect(),
        ];
        let weeks: Vec<f64> = time.iter().map(|time| time / 7.0).collect();
        let one = cox(&time, &event, &columns, Ties::Efron, 0.95).unwrap();
        let two = cox(&weeks, &event, &turned, Ties::Efron, 0.95).unwrap();
        for clock in CLOCKS {
            for own in [&[0][..], &[1], &[0, 1], &[1, 0]] {
                let (one, two) = (one.proportionality_test(own, clock), two.proportionality_test(own, clock));
                assert!(libm::fabs(one.unwrap().statistic - two.unwrap().statistic) < 1e-10);
            }
        }
    }

    #[test]
    fn nothing_to_test() {
        let (time, event, columns) = trial();
        let fit = cox(&time, &event, &columns, Ties::Efron, 0.95).unwrap();
        for wrong in [&[][..], &[2], &[0, 0]] {
            assert_eq!(fit.proportionality_test(wrong, Clock::Share), Err(Undefined::OutOfRange));
        }
        let tied = cox(&[3.0; 24], &event, &columns, Ties::Efron, 0.95).unwrap();
        let early: Vec<f64> = time.iter().map(|time| time - 1.0).collect();
        let zero = cox(&early, &event, &columns, Ties::Efron, 0.95).unwrap();
        for clock in CLOCKS {
            assert_eq!(tied.proportionality_test(&[0], clock), Err(Undefined::ZeroVariance));
            let expected = if clock == Clock::Logarithm { Err(Undefined::OutOfRange) } else { Ok(1.0) };
            assert_eq!(zero.proportionality_test(&[0], clock).map(|test| test.df), expected);
        }
        // Two events, but both arms at risk at the first only.
        let last = cox(&[1.0, 2.0, 1.0], &[true, true, false], &[vec![0.0, 0.0, 1.0]], Ties::Efron, 0.95).unwrap();
        assert_eq!(last.proportionality_test(&[0], Clock::Identity), Err(Undefined::Separated));
        assert_eq!(last.schoenfeld_residuals(), Err(Undefined::Separated));
        let once = cox(&[1.0, 1.0, 2.0, 1.0], &[true; 4], &[vec![0.0, 1.0, 1.0, 0.0]], Ties::Breslow, 0.95).unwrap();
        assert_eq!(once.proportionality_test(&[0], Clock::Identity), Err(Undefined::NotEstimable));
        let firth = firth_cox(&time, &event, &columns, Ties::Efron, 0.95).unwrap();
        assert_eq!(firth.proportionality_test(&[0], Clock::Rank), Err(Undefined::OutOfRange));
        assert_eq!(firth.schoenfeld_residuals(), Err(Undefined::OutOfRange));
    }
}
