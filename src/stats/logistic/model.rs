//! The likelihood of a logistic regression, as it is or penalised, and its maximum.

use super::super::describe::compensated;
use super::super::symmetric::{Factors, Matrix};
use super::super::{Interval, Undefined, finite};

/// Newton steps before the fit is given up; fewer than ten are usual.
const STEPS: usize = 200;

/// Steps after which a direction in which the likelihood rises for ever is looked for.
const PATIENCE: usize = 8;

/// A pivot below this share of its diagonal is what rounding leaves of 0.
const SINGULAR: f64 = 1e-11;

/// The fit has converged when a step changes no linear predictor by more.
const CONVERGED: f64 = 1e-12;

/// A step that changes no linear predictor by more may be rounding: it is when it gains nothing, or is hardly shorter
/// than the one before.
const NEARLY: f64 = 1e-7;
const STALLED: f64 = 0.9;

/// A step that changes a linear predictor by more is shortened at first: it could leap to where no information is left.
/// The length doubles with each step that keeps half of what the second derivatives promise.
const LONGEST: f64 = 5.0;

/// A step is not halved further than to this share.
const SHORTEST: f64 = 1e-10;

/// Disagreements of a direction with an outcome below this share of its largest agreement are rounding.
const ROUNDING: f64 = 1e-7;

/// Steps towards a limit; Newton's method doubles the digits each time.
const LIMIT_STEPS: usize = 100;

/// What is added to the log-likelihood.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Penalty {
    None,
    /// Half the logarithm of the determinant of the information: the logarithm of the prior of Jeffreys.
    Jeffreys,
}

/// Columns and outcomes that belong together.
pub(super) struct Model<'a> {
    columns: &'a [Vec<f64>],
    outcomes: &'a [bool],
    penalty: Penalty,
}

/// A maximum, of all parameters or with one held.
pub(super) struct Fit {
    pub(super) estimates: Vec<f64>,
    /// The log-likelihood with its penalty.
    pub(super) value: f64,
    /// The derivative of `value` by each parameter: 0 but for one that is held.
    slopes: Vec<f64>,
    /// The inverse of the information, without a penalty, of the parameters that are not held.
    pub(super) covariance: Matrix,
}

/// The log-likelihood at a point.
struct Point {
    value: f64,
    gradient: Vec<f64>,
    information: Matrix,
    /// Second derivatives with the sign changed, of the penalty too.
    curvature: Matrix,
    /// The same for the outcomes that the penalty amounts to, if they did not depend on the estimates: never negative.
    convex: Matrix,
}

impl Point {
    /// The gain of a whole step by the second derivatives, twice.
    fn promised(&self, direction: &[f64]) -> f64 {
        self.gradient.iter().zip(direction).map(|(slope, step)| slope * step).sum()
    }
}

impl<'a> Model<'a> {
    pub(super) fn new(columns: &'a [Vec<f64>], outcomes: &'a [bool], penalty: Penalty) -> Result<Self, Undefined> {
        if columns.is_empty() || outcomes.is_empty() {
            return Err(Undefined::NoData);
        }
        if columns.iter().any(|own| own.len() != outcomes.len() || own.iter().any(|value| !value.is_finite())) {
            return Err(Undefined::OutOfRange);
        }
        Ok(Self { columns, outcomes, penalty })
    }

    /// The maximum over all parameters.
    pub(super) fn maximum(&self) -> Result<Fit, Undefined> {
        let start = vec![0.0; self.columns.len()];
        let information = information(self.columns, &self.weights(&start));
        Factors::new(&information, &bounds(&information)).ok_or(Undefined::NotEstimable)?;
        self.search(start, None)
    }

    /// The maximum with one parameter held at a value, sought from a point `near`.
    ///
    /// The other parameters begin where the covariance of the fit expects them, so that linear predictors stay of
    /// ordinary size: with a covariate far from 0 the intercept alone would take all of them away from the data.
    pub(super) fn held(&self, fit: &Fit, near: &[f64], place: usize, value: f64) -> Result<Fit, Undefined> {
        let distance = (value - near[place]) / fit.covariance[place][place];
        let mut start: Vec<f64> =
            near.iter().zip(&fit.covariance[place]).map(|(own, covariance)| own + covariance * distance).collect();
        start[place] = value;
        self.search(start, Some(place))
    }

    /// Newton's method, a step halved while the likelihood falls.
    fn search(&self, mut estimates: Vec<f64>, held: Option<usize>) -> Result<Fit, Undefined> {
        let free: Vec<usize> = (0..estimates.len()).filter(|place| Some(*place) != held).collect();
        let part = |matrix: &Matrix| -> Matrix {
            free.iter().map(|row| free.iter().map(|column| matrix[*row][*column]).collect()).collect()
        };
        let lost = if self.penalty == Penalty::None { Undefined::Separated } else { Undefined::NotConverged };
        let mut here = self.at(&estimates).ok_or(lost)?;
        let mut before = f64::INFINITY;
        // Without a penalty the likelihood is concave, and halving is enough.
        let mut reach = if self.penalty == Penalty::None { f64::INFINITY } else { LONGEST };
        for step in 0..STEPS {
            let [curvature, convex] = [&here.curvature, &here.convex].map(part);
            let factors = Factors::new(&curvature, &bounds(&curvature));
            let factors = factors.or_else(|| Factors::new(&convex, &bounds(&convex))).ok_or(lost)?;
            let solution = factors.solve(&free.iter().map(|place| here.gradient[*place]).collect::<Vec<f64>>());
            let mut direction = vec![0.0; estimates.len()];
            for (place, own) in free.iter().zip(&solution) {
                direction[*place] = *own;
            }
            let changes = self.predictors(&direction);
            let longest = changes.iter().fold(0.0_f64, |most, own| most.max(libm::fabs(*own)));
            if step >= PATIENCE && self.penalty == Penalty::None && agrees(&changes, self.outcomes) {
                return Err(Undefined::Separated);
            }
            let mut share = (reach / longest).min(1.0);
            let promised = share * (1.0 - share / 2.0) * here.promised(&direction);
            let mut next = None;
            while share > SHORTEST && next.is_none() {
                let moved: Vec<f64> = estimates.iter().zip(&direction).map(|(own, step)| own + share * step).collect();
                // At the maximum rounding may take a little from the likelihood.
                let least = here.value - 1e-12 * libm::fabs(here.value);
                next = self.at(&moved).filter(|there| there.value >= least).map(|there| (moved, there));
                share /= 2.0;
            }
            // Far from the data steps end in rounding before they are that small.
            let stalled = longest <= NEARLY && (next.is_none() || longest > STALLED * before);
            let ended = longest <= CONVERGED || stalled;
            before = longest;
            if let Some((moved, there)) = next {
                if there.value - here.value >= 0.5 * promised {
                    reach *= 2.0;
                }
                (estimates, here) = (moved, there);
            } else if !ended {
                return Err(Undefined::NotConverged);
            }
            if ended {
                let information = part(&here.information);
                let factors = Factors::new(&information, &bounds(&information)).ok_or(lost)?;
                let covariance = factors.inverse();
                return Ok(Fit { estimates, value: here.value, slopes: here.gradient, covariance });
            }
        }
        Err(Undefined::NotConverged)
    }

    /// The values of a parameter where the maximum over the others has fallen by `fall`.
    pub(super) fn limits(&self, fit: &Fit, place: usize, fall: f64) -> Result<Interval, Undefined> {
        let stride = (2.0 * fall).sqrt() * fit.covariance[place][place].sqrt();
        Ok(Interval {
            lower: self.limit(fit, place, -stride, fit.value - fall)?,
            upper: self.limit(fit, place, stride, fit.value - fall)?,
        })
    }

    /// Where, in the direction of a first stride, the maximum over the other parameters falls to a value.
    ///
    /// Newton's method; where it would leave the interval that is known to hold the limit, that interval is halved.
    fn limit(&self, fit: &Fit, place: usize, mut stride: f64, least: f64) -> Result<f64, Undefined> {
        let mut inside = fit.estimates[place];
        let unit = libm::fabs(stride);
        let mut here = self.held(fit, &fit.estimates, place, finite(inside + stride)?)?;
        while here.value >= least {
            inside = here.estimates[place];
            stride *= 2.0;
            here = self.held(fit, &here.estimates, place, finite(inside + stride)?)?;
        }
        let mut outside = here.estimates[place];
        for _ in 0..LIMIT_STEPS {
            let own = here.estimates[place];
            let aim = own + (least - here.value) / here.slopes[place];
            let within = inside.min(outside) < aim && aim < inside.max(outside);
            let next = if within { aim } else { f64::midpoint(inside, outside) };
            if libm::fabs(next - own) <= 1e-13 * unit.max(libm::fabs(next)) {
                return Ok(next);
            }
            here = self.held(fit, &here.estimates, place, next)?;
            if here.value >= least {
                inside = next;
            } else {
                outside = next;
            }
        }
        Err(Undefined::NotConverged)
    }

    /// The logarithm of each subject's odds.
    pub(super) fn predictors(&self, parameters: &[f64]) -> Vec<f64> {
        predictors(self.columns, parameters, self.outcomes.len())
    }

    fn weights(&self, parameters: &[f64]) -> Vec<f64> {
        self.predictors(parameters).iter().map(|eta| probability(*eta) * probability(-eta)).collect()
    }

    /// The log-likelihood and its derivatives; none where there is no information for a penalty.
    fn at(&self, parameters: &[f64]) -> Option<Point> {
        let linear = self.predictors(parameters);
        let weights = self.weights(parameters);
        let information = information(self.columns, &weights);
        let mut value = log_likelihood(&linear, self.outcomes);
        let mut residuals: Vec<f64> = linear.iter().zip(self.outcomes).map(|(eta, y)| residual(*eta, *y)).collect();
        let mut curvature = information.clone();
        let mut convex = information.clone();
        if self.penalty == Penalty::Jeffreys {
            let (root, units) = orthogonal(self.columns, &weights)?;
            value += root;
            let leverages: Vec<f64> =
                (0..weights.len()).map(|subject| units.iter().map(|own| own[subject] * own[subject]).sum()).collect();
            // The score with the penalty is that of data in which each subject has a second share of its leverage, half
            // of it with each outcome.
            for ((own, leverage), eta) in residuals.iter_mut().zip(&leverages).zip(&linear) {
                *own += leverage * f64::midpoint(residual(*eta, true), residual(*eta, false));
            }
            let slants: Vec<f64> = linear.iter().map(|eta| residual(*eta, true) + residual(*eta, false)).collect();
            let shares = || weights.iter().zip(&leverages);
            convex = self::information(
                self.columns,
                &shares().map(|(weight, leverage)| weight * (1.0 + leverage)).collect::<Vec<f64>>(),
            );
            let bent = shares()
                .zip(&slants)
                .map(|((weight, leverage), slant)| weight * (1.0 + leverage) - 0.5 * leverage * slant * slant);
            curvature = self::information(self.columns, &bent.collect::<Vec<f64>>());
            add_products(&mut curvature, self.columns, &units, &slants);
        }
        let slope = |own: &Vec<f64>| compensated(own.iter().zip(&residuals).map(|(x, r)| x * r));
        value.is_finite().then(|| Point {
            value,
            gradient: self.columns.iter().map(slope).collect(),
            information,
            curvature,
            convex,
        })
    }
}

/// The logarithm of the odds of subjects whose columns these are.
pub(super) fn predictors(columns: &[Vec<f64>], parameters: &[f64], subjects: usize) -> Vec<f64> {
    let row = |subject: usize| columns.iter().zip(parameters).map(|(own, b)| own[subject] * b).sum();
    (0..subjects).map(row).collect()
}

/// The probability with this logarithm of the odds.
pub(super) fn probability(eta: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-eta))
}

/// Outcome less its probability.
fn residual(eta: f64, outcome: bool) -> f64 {
    if outcome { probability(-eta) } else { -probability(eta) }
}

fn log_likelihood(linear: &[f64], outcomes: &[bool]) -> f64 {
    compensated(linear.iter().zip(outcomes).map(|(eta, outcome)| {
        let against = if *outcome { -eta } else { *eta };
        -(against.max(0.0) + libm::log1p(libm::exp(-libm::fabs(against))))
    }))
}

fn information(columns: &[Vec<f64>], weights: &[f64]) -> Matrix {
    let entry = |one: &[f64], two: &[f64]| {
        compensated(one.iter().zip(two).zip(weights).map(|((one, two), weight)| one * two * weight))
    };
    columns.iter().map(|one| columns.iter().map(|two| entry(one, two)).collect()).collect()
}

/// Half the logarithm of the determinant of the information, and the weighted columns made orthogonal with length 1;
/// none where the columns with these weights depend on each other.
///
/// By Gram and Schmidt, modified: the information itself would leave half the digits where some weights are far below
/// others. The sum of the squares of a subject is its leverage.
fn orthogonal(columns: &[Vec<f64>], weights: &[f64]) -> Option<(f64, Vec<Vec<f64>>)> {
    let mut units: Vec<Vec<f64>> =
        columns.iter().map(|own| own.iter().zip(weights).map(|(x, weight)| x * weight.sqrt()).collect()).collect();
    let product = |one: &[f64], two: &[f64]| compensated(one.iter().zip(two).map(|(one, two)| one * two));
    let mut half = 0.0;
    for place in 0..units.len() {
        let length = product(&units[place], &units[place]).sqrt();
        half += libm::log(length);
        let unit: Vec<f64> = units[place].iter().map(|own| own / length).collect();
        for later in &mut units[place + 1..] {
            let share = product(&unit, later);
            for (own, one) in later.iter_mut().zip(&unit) {
                *own -= share * one;
            }
        }
        units[place] = unit;
    }
    (half.is_finite() && units.iter().flatten().all(|own| own.is_finite())).then_some((half, units))
}

/// Adds what the change of the leverages contributes to the second derivatives of the penalty: half the sum, over pairs
/// of subjects, of their columns times the squared product of their orthogonal rows and both slants, 1 − 2p. Written with
/// pairs of orthogonal columns instead, it takes time in proportion to the subjects.
fn add_products(curvature: &mut Matrix, columns: &[Vec<f64>], units: &[Vec<f64>], slants: &[f64]) {
    for one in 0..units.len() {
        for two in 0..=one {
            let times = if one == two { 0.5 } else { 1.0 };
            let entry = |own: &Vec<f64>| {
                let terms = own.iter().zip(slants).zip(units[one].iter().zip(&units[two]));
                compensated(terms.map(|((x, slant), (first, second))| x * slant * first * second))
            };
            let entries: Vec<f64> = columns.iter().map(entry).collect();
            for (row, first) in curvature.iter_mut().zip(&entries) {
                for (own, second) in row.iter_mut().zip(&entries) {
                    *own += times * first * second;
                }
            }
        }
    }
}

/// Pivots that rounding leaves of 0.
fn bounds(matrix: &Matrix) -> Vec<f64> {
    matrix.iter().enumerate().map(|(place, row)| row[place] * SINGULAR).collect()
}

/// Whether a direction raises the probability of no outcome's opposite.
fn agrees(changes: &[f64], outcomes: &[bool]) -> bool {
    let signed = || changes.iter().zip(outcomes).map(|(change, outcome)| if *outcome { *change } else { -change });
    let most = signed().fold(0.0, f64::max);
    most > 0.0 && signed().all(|own| own >= -ROUNDING * most)
}
