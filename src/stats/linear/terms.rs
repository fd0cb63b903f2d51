//! Tests of the terms of a linear model with factors.

use super::super::distribution::f_sf;
use super::super::{Undefined, finite};
use super::LeastSquares;

/// What a term consists of.
#[derive(Clone, Debug, PartialEq)]
pub enum Predictor {
    /// The number of the level of each observation.
    Factor(Vec<usize>),
    /// A number of each observation.
    Covariate(Vec<f64>),
}

/// Beside which other terms a term is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SumOfSquares {
    /// Type I: those before it.
    Sequential,
    /// Type II: all that do not contain it.
    Hierarchical,
    /// Type III: all, with factors coded to add up to 0.
    Partial,
}

/// The F test of a term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TermTest {
    /// What the term takes from the sum of squared residuals.
    pub sum_of_squares: f64,
    /// Its degrees of freedom.
    pub df1: f64,
    /// Those of the residuals of the whole model.
    pub df2: f64,
    /// Mean square of the term over residual variance.
    pub f: f64,
    /// Probability of a ratio at least as large.
    pub p: f64,
}

/// F test of a term of a linear model with an intercept.
///
/// # Method
/// The residual squares of two models, over the residual variance of the whole one; Searle 1971, Linear Models,
/// chapters 5 and 8. Covariates keep their origin, on which type III depends when they interact.
///
/// # Input
/// Predictors as long as the response, without missing values; terms as lists of places of predictors, a main effect
/// with one, an interaction with more; `tested`, the place of a term. Levels need not all occur.
///
/// # Not estimable
/// `NoData` without observations; `NotEstimable` when a term adds nothing to the others, or for type III when cells
/// without observations make its hypothesis depend on their coding; `TooFew` without residual degrees of freedom;
/// `ZeroVariance` when the fit is perfect; `OutOfRange` when lengths differ, a place does not exist or a value is not
/// finite.
///
/// # Agrees with
/// R `anova(model)`, `car::Anova(model, type = 2)` and, with `contr.sum`, `type = 3`; SAS `PROC GLM` with `SS1`, `SS2`
/// and `SS3` when all cells are filled; cases in `fixtures/reference/terms`.
pub fn term_test(
    response: &[f64],
    predictors: &[Predictor],
    terms: &[Vec<usize>],
    tested: usize,
    kind: SumOfSquares,
) -> Result<TermTest, Undefined> {
    let known = |place: &usize| *place < predictors.len();
    if tested >= terms.len() || !terms.iter().flatten().all(known) {
        return Err(Undefined::OutOfRange);
    }
    let coded = predictors.iter().map(|own| coded(own, response.len())).collect::<Result<Vec<_>, Undefined>>()?;
    let whole = fit(response, &coded, terms, |_| true)?;
    let df2 = whole.residual_df();
    let residual = whole.residual_variance()?;
    whole.residual_squares()?;
    if kind == SumOfSquares::Partial && whole.coefficients().iter().any(Option::is_none) {
        return Err(Undefined::NotEstimable);
    }
    let contains = |other: usize| terms[tested].iter().all(|place| terms[other].contains(place));
    let beside = |other: usize| match kind {
        SumOfSquares::Sequential => other < tested,
        SumOfSquares::Hierarchical => !contains(other),
        SumOfSquares::Partial => other != tested,
    };
    let without = fit(response, &coded, terms, |term| term != tested && beside(term))?;
    let with = fit(response, &coded, terms, |term| term == tested || beside(term))?;
    let df1 = without.residual_df() - with.residual_df();
    if df1 < 1.0 {
        return Err(Undefined::NotEstimable);
    }
    let squares = |fit: &LeastSquares| fit.residual_squares().unwrap_or(0.0);
    let sum_of_squares = finite((squares(&without) - squares(&with)).max(0.0))?;
    let f = finite(sum_of_squares / df1 / residual)?;
    Ok(TermTest { sum_of_squares, df1, df2, f, p: f_sf(f, df1, df2)? })
}

/// The model of the intercept and the chosen terms.
fn fit(
    response: &[f64],
    coded: &[Vec<Vec<f64>>],
    terms: &[Vec<usize>],
    chosen: impl Fn(usize) -> bool,
) -> Result<LeastSquares, Undefined> {
    let mut columns = vec![vec![1.0; response.len()]];
    for (_, term) in terms.iter().enumerate().filter(|(place, _)| chosen(*place)) {
        let mut products = vec![vec![1.0; response.len()]];
        for predictor in term {
            let all = products.iter().flat_map(|left| coded[*predictor].iter().map(move |right| (left, right)));
            products = all.map(|(left, right)| left.iter().zip(right).map(|(one, two)| one * two).collect()).collect();
        }
        columns.extend(products);
    }
    LeastSquares::fit(&columns, response)
}

/// The columns of a predictor: of a factor one less than its levels, each against the last level.
fn coded(predictor: &Predictor, length: usize) -> Result<Vec<Vec<f64>>, Undefined> {
    match predictor {
        Predictor::Covariate(values) if values.len() == length => Ok(vec![values.clone()]),
        Predictor::Factor(codes) if codes.len() == length => {
            let mut levels = codes.clone();
            levels.sort_unstable();
            levels.dedup();
            let Some((last, others)) = levels.split_last() else {
                return Ok(Vec::new());
            };
            let entry = |code: &usize, level: &usize| {
                if code == level {
                    1.0
                } else if code == last {
                    -1.0
                } else {
                    0.0
                }
            };
            Ok(others.iter().map(|level| codes.iter().map(|code| entry(code, level)).collect()).collect())
        }
        _ => Err(Undefined::OutOfRange),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two by two cells with 1, 2 and 3; 2; 5; 6 and 8.
    fn cells() -> (Vec<f64>, Vec<Predictor>, Vec<Vec<usize>>) {
        let a = Predictor::Factor(vec![0, 0, 0, 0, 1, 1, 1]);
        let b = Predictor::Factor(vec![0, 0, 0, 4, 0, 4, 4]);
        (vec![1.0, 2.0, 3.0, 2.0, 5.0, 6.0, 8.0], vec![a, b], vec![vec![0], vec![1], vec![0, 1]])
    }

    #[test]
    fn four_cells_on_paper() {
        // Cell means 2, 2; 5, 7, residual squares 2 + 2 with 3 degrees of freedom. Type III compares unweighted means:
        // (2 + 2 − 5 − 7)² / (1/3 + 1 + 1 + 1/2) for a, likewise (−2)² for b and (2)² for the interaction.
        let (y, predictors, terms) = cells();
        let scale = 1.0 / 3.0 + 1.0 + 1.0 + 0.5;
        for (tested, squares) in [(0, 64.0 / scale), (1, 4.0 / scale), (2, 4.0 / scale)] {
            let test = term_test(&y, &predictors, &terms, tested, SumOfSquares::Partial).unwrap();
            assert!(libm::fabs(test.sum_of_squares - squares) < 1e-13, "{test:?} {squares}");
            assert!(libm::fabs(test.f - squares * 3.0 / 4.0) < 1e-13);
            assert!(libm::fabs(test.df1 - 1.0) + libm::fabs(test.df2 - 3.0) < 1e-15);
        }
        // Type I of a: means 2 of 4 and 19/3 of 3.
        let first = term_test(&y, &predictors, &terms, 0, SumOfSquares::Sequential).unwrap();
        assert!(libm::fabs(first.sum_of_squares - 169.0 / 9.0 * 12.0 / 7.0) < 1e-13);
    }

    #[test]
    fn the_last_term_is_the_same_for_all_types() {
        let (y, predictors, terms) = cells();
        let of = |kind| term_test(&y, &predictors, &terms, 2, kind).unwrap().f;
        assert!(libm::fabs(of(SumOfSquares::Sequential) - of(SumOfSquares::Partial)) < 1e-13);
        assert!(libm::fabs(of(SumOfSquares::Hierarchical) - of(SumOfSquares::Partial)) < 1e-13);
    }

    #[test]
    fn what_cannot_be_tested() {
        let (y, predictors, terms) = cells();
        let kind = SumOfSquares::Partial;
        assert_eq!(term_test(&y, &predictors, &terms, 3, kind), Err(Undefined::OutOfRange));
        assert_eq!(term_test(&y[1..], &predictors, &terms, 0, kind), Err(Undefined::OutOfRange));
        assert_eq!(term_test(&y, &predictors[..1], &terms, 0, kind), Err(Undefined::OutOfRange));
        let empty = [Predictor::Factor(Vec::new())];
        assert_eq!(term_test(&[], &empty, &[vec![0]], 0, kind), Err(Undefined::NoData));
        let one = [Predictor::Factor(vec![3; 7])];
        assert_eq!(term_test(&y, &one, &[vec![0]], 0, kind), Err(Undefined::NotEstimable));
        let each = [Predictor::Factor((0..7).collect())];
        assert_eq!(term_test(&y, &each, &[vec![0]], 0, kind), Err(Undefined::TooFew));
        let level = [predictors[0].clone()];
        assert_eq!(
            term_test(&[1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0], &level, &[vec![0]], 0, kind),
            Err(Undefined::ZeroVariance)
        );
        // Without one of the four cells.
        let holes = [Predictor::Factor(vec![0, 0, 0, 1, 1, 1, 1]), Predictor::Factor(vec![0, 0, 0, 0, 0, 1, 1])];
        assert_eq!(term_test(&y, &holes, &terms, 0, kind), Err(Undefined::NotEstimable));
        assert!(term_test(&y, &holes, &terms, 0, SumOfSquares::Hierarchical).is_ok());
    }
}
