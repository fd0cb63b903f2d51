//! Minus twice the logarithm of the (restricted) likelihood, with its exact first and second derivatives.

use super::jet::Jet;
use super::observations::{Pattern, Prepared};
use super::square::{Square, dot};
use super::structure::Structure;

/// The likelihood at some parameters.
#[derive(Clone, Debug)]
pub(super) struct Evaluation {
    /// Minus twice its logarithm, without the constant of the normal density.
    pub(super) value: f64,
    pub(super) gradient: Vec<f64>,
    pub(super) hessian: Square,
    /// Coefficients in the orthonormal basis, of the scaled residuals.
    pub(super) coefficients: Vec<f64>,
    /// Their covariance.
    pub(super) covariance: Square,
    /// For each parameter the derivative of the inverse of that covariance.
    pub(super) slopes: Vec<Square>,
}

/// A pattern at some parameters.
pub(super) struct Local<'a> {
    pub(super) pattern: &'a Pattern,
    /// The inverse of the covariance of its visits.
    pub(super) weight: Square,
    determinant: f64,
    /// Its first parameter among all.
    pub(super) offset: usize,
    /// Derivatives of the covariance in each parameter of its group.
    pub(super) first: Vec<Square>,
    /// Second derivatives, row by row of the pairs of parameters whose second is not after the first.
    second: Vec<Square>,
}

impl Local<'_> {
    /// The second derivative of the covariance in two parameters of the group.
    pub(super) fn second(&self, one: usize, two: usize) -> &Square {
        let (later, earlier) = if one > two { (one, two) } else { (two, one) };
        &self.second[later * (later + 1) / 2 + earlier]
    }

    /// Σ of the entries of `matrix` times the products of rows: Xᵀ matrix X, summed over subjects.
    pub(super) fn rows(&self, matrix: &Square, rank: usize) -> Square {
        let mut sum = Square::zero(rank);
        for (entry, products) in matrix.entries.iter().zip(&self.pattern.rows_rows) {
            if *entry != 0.0 {
                sum.add(*entry, products);
            }
        }
        sum
    }

    fn rows_residual(&self, matrix: &Square, rank: usize) -> Vec<f64> {
        let mut sum = vec![0.0; rank];
        for (entry, products) in matrix.entries.iter().zip(&self.pattern.rows_residual) {
            for (total, product) in sum.iter_mut().zip(products) {
                *total += entry * product;
            }
        }
        sum
    }
}

/// The patterns at these parameters; none where a covariance is not positive definite.
pub(super) fn locals<'a>(data: &'a Prepared, structure: Structure, parameters: &[f64]) -> Option<Vec<Local<'a>>> {
    let each = structure.parameters(data.visits);
    let covariances: Vec<_> = parameters.chunks_exact(each).map(|own| structure.covariance(data.visits, own)).collect();
    data.patterns
        .iter()
        .map(|pattern| {
            let gathered = |of: &dyn Fn(&Jet) -> f64| {
                let mut square = Square::zero(pattern.visits.len());
                for (row, a) in square.entries.chunks_exact_mut(pattern.visits.len()).zip(&pattern.visits) {
                    let jets = &covariances[pattern.group][a * data.visits..(a + 1) * data.visits];
                    for (entry, b) in row.iter_mut().zip(&pattern.visits) {
                        *entry = of(&jets[*b]);
                    }
                }
                square
            };
            let pairs = (0..each).flat_map(|one| (0..=one).map(move |two| one * each + two));
            let (weight, determinant) = gathered(&|jet| jet.value).cholesky()?.inverse_of_product();
            Some(Local {
                pattern,
                weight,
                determinant,
                offset: pattern.group * each,
                first: (0..each).map(|k| gathered(&|jet| jet.first[k])).collect(),
                second: pairs.map(|at| gathered(&|jet| jet.second[at])).collect(),
            })
        })
        .collect()
}

/// The likelihood at these parameters; none where it has no value.
pub(super) fn evaluate(
    data: &Prepared,
    structure: Structure,
    restricted: bool,
    parameters: &[f64],
) -> Option<Evaluation> {
    let rank = data.rank;
    let locals = locals(data, structure, parameters)?;
    let (mut information, mut score, mut squares, mut value) = (Square::zero(rank), vec![0.0; rank], 0.0, 0.0);
    for local in &locals {
        information.add(1.0, &local.rows(&local.weight, rank));
        for (sum, part) in score.iter_mut().zip(local.rows_residual(&local.weight, rank)) {
            *sum += part;
        }
        squares += local.weight.inner(&local.pattern.residuals);
        value += local.pattern.subjects * local.determinant;
    }
    let (covariance, determinant) = information.cholesky()?.inverse_of_product();
    let coefficients = covariance.applied(&score);
    value += squares - dot(&score, &coefficients) + if restricted { determinant } else { 0.0 };
    if !value.is_finite() {
        return None;
    }

    let places = parameters.len();
    let mut gradient = vec![0.0; places];
    let mut hessian = Square::zero(places);
    let mut slopes = vec![Square::zero(rank); places];
    let mut pulls = vec![vec![0.0; rank]; places];
    for local in &locals {
        second_order(local, &covariance, &coefficients, restricted, &mut gradient, &mut hessian);
        for (own, change) in local.first.iter().enumerate() {
            let at = local.offset + own;
            let mut turned = local.weight.times(change).times(&local.weight);
            turned.entries.iter_mut().for_each(|entry| *entry = -*entry);
            let slope = local.rows(&turned, rank);
            let products = local.rows_residual(&turned, rank);
            for ((pull, product), known) in pulls[at].iter_mut().zip(products).zip(slope.applied(&coefficients)) {
                *pull += product - known;
            }
            slopes[at].add(1.0, &slope);
        }
    }
    let spread: Vec<Square> = slopes.iter().map(|slope| covariance.times(slope)).collect();
    let moved: Vec<Vec<f64>> = pulls.iter().map(|pull| covariance.applied(pull)).collect();
    for one in 0..places {
        let across = spread[one].transposed();
        for two in 0..=one {
            let of_determinant = if restricted { across.inner(&spread[two]) } else { 0.0 };
            let change = -of_determinant - 2.0 * dot(&pulls[one], &moved[two]);
            hessian.entries[one * places + two] += change;
            if one != two {
                hessian.entries[two * places + one] += change;
            }
        }
    }
    Some(Evaluation { value, gradient, hessian, coefficients, covariance, slopes })
}

/// What a pattern adds to the derivatives, but for the parts through the coefficients and products of first derivatives.
fn second_order(
    local: &Local<'_>,
    covariance: &Square,
    coefficients: &[f64],
    restricted: bool,
    gradient: &mut [f64],
    hessian: &mut Square,
) {
    let pattern = local.pattern;
    let seen = pattern.visits.len();
    // For each pair of visits: products of the residuals from the fit, and what estimating the fit takes from them.
    let mut products = Square::zero(seen);
    for at in 0..seen * seen {
        let turned = at % seen * seen + at / seen;
        let rows = &pattern.rows_rows[at];
        let cross = dot(&pattern.rows_residual[at], coefficients) + dot(&pattern.rows_residual[turned], coefficients);
        let own = pattern.residuals.entries[at] - cross + dot(&rows.applied(coefficients), coefficients);
        let taken = if restricted { covariance.inner(rows) } else { 0.0 };
        products.entries[at] = own + taken;
    }
    let weight = &local.weight;
    let inner = weight.times(&products).times(weight);
    let by_weight: Vec<Square> = local.first.iter().map(|change| change.times(weight)).collect();
    let by_inner: Vec<Square> = local.first.iter().map(|change| change.times(&inner).transposed()).collect();
    let turned: Vec<Square> = by_weight.iter().map(Square::transposed).collect();
    let places = hessian.size;
    for (one, change) in local.first.iter().enumerate() {
        gradient[local.offset + one] += pattern.subjects * weight.inner(change) - inner.inner(change);
        for two in 0..=one {
            let second = local.second(one, two);
            let of_determinant = weight.inner(second) - by_weight[one].inner(&turned[two]);
            let of_products = 2.0 * by_weight[one].inner(&by_inner[two]) - inner.inner(second);
            let entry = pattern.subjects * of_determinant + of_products;
            hessian.entries[(local.offset + one) * places + local.offset + two] += entry;
            if one != two {
                hessian.entries[(local.offset + two) * places + local.offset + one] += entry;
            }
        }
    }
}
