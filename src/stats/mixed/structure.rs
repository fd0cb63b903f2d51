//! How the observations of a subject vary together, and the parameters that say so.

use super::super::real;
use super::jet::Jet;

/// The structure of the covariance between the visits of a subject.
///
/// Standard deviations are exponentials of their parameters and correlations are x / √(1 + x²) of theirs, so that every
/// parameter may be any number; a correlation common to all pairs is a logistic function of its own, stretched to what so
/// many visits can have. The unstructured covariance is L Lᵀ with L = D T, where D is diagonal and T has ones on
/// its diagonal. These are the parameters of the R package mmrm (its vignette on covariance structures), on which the
/// second-order adjustment of Kenward and Roger depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Structure {
    /// Each visit has its variance and each pair its covariance.
    Unstructured,
    /// A variance for each visit, a correlation for each distance between visits.
    HeterogeneousToeplitz,
    /// One variance, a correlation for each distance between visits.
    Toeplitz,
    /// A variance for each visit; neighbours are correlated, and further visits through those between.
    HeterogeneousAntedependence,
    /// The same with one variance.
    Antedependence,
    /// A variance for each visit; one correlation, to the power of the distance between visits.
    HeterogeneousAutoregressive,
    /// The same with one variance.
    Autoregressive,
    /// A variance for each visit, one correlation.
    HeterogeneousCompoundSymmetry,
    /// One variance, one correlation.
    CompoundSymmetry,
}

/// How correlations depend on the visits.
enum Correlations {
    ByDistance,
    ByNeighbours,
    Powers,
    Constant,
}

impl Structure {
    /// All structures, the richest first.
    pub const ALL: [Self; 9] = [
        Self::Unstructured,
        Self::HeterogeneousToeplitz,
        Self::Toeplitz,
        Self::HeterogeneousAntedependence,
        Self::Antedependence,
        Self::HeterogeneousAutoregressive,
        Self::Autoregressive,
        Self::HeterogeneousCompoundSymmetry,
        Self::CompoundSymmetry,
    ];

    /// How many parameters a covariance of so many visits has.
    #[must_use]
    pub const fn parameters(self, visits: usize) -> usize {
        let pairs = visits.saturating_sub(1);
        match self {
            Self::Unstructured => visits * (visits + 1) / 2,
            Self::HeterogeneousToeplitz | Self::HeterogeneousAntedependence => visits + pairs,
            Self::Toeplitz | Self::Antedependence => 1 + pairs,
            Self::HeterogeneousAutoregressive | Self::HeterogeneousCompoundSymmetry => {
                visits + if pairs > 0 { 1 } else { 0 }
            }
            Self::Autoregressive | Self::CompoundSymmetry => 1 + if pairs > 0 { 1 } else { 0 },
        }
    }

    /// How many of them are logarithms of standard deviations; they come first.
    pub(super) const fn deviations(self, visits: usize) -> usize {
        match self {
            Self::Toeplitz | Self::Antedependence | Self::Autoregressive | Self::CompoundSymmetry => 1,
            _ => visits,
        }
    }

    /// The parameter of a correlation that is 0.
    pub(super) fn uncorrelated(self, visits: usize) -> f64 {
        match self.correlations() {
            Correlations::Constant => libm::log(-lowest(visits)),
            _ => 0.0,
        }
    }

    const fn correlations(self) -> Correlations {
        match self {
            Self::HeterogeneousToeplitz | Self::Toeplitz | Self::Unstructured => Correlations::ByDistance,
            Self::HeterogeneousAntedependence | Self::Antedependence => Correlations::ByNeighbours,
            Self::HeterogeneousAutoregressive | Self::Autoregressive => Correlations::Powers,
            Self::HeterogeneousCompoundSymmetry | Self::CompoundSymmetry => Correlations::Constant,
        }
    }

    /// The covariance of all visits at these parameters, row by row.
    pub(super) fn covariance(self, visits: usize, parameters: &[f64]) -> Vec<Jet> {
        if self == Self::Unstructured {
            return unstructured(visits, parameters);
        }
        let deviations: Vec<Jet> =
            (0..self.deviations(visits)).map(|at| Jet::parameter(at, parameters).exp()).collect();
        let correlation = |at: usize| match self.correlations() {
            Correlations::Constant => Jet::parameter(at, parameters).logistic_above(lowest(visits)),
            _ => Jet::parameter(at, parameters).correlation(),
        };
        let correlations: Vec<Jet> = (deviations.len()..parameters.len()).map(correlation).collect();
        let deviation = |visit: usize| deviations.get(visit).unwrap_or(&deviations[0]);
        let one = Jet::constant(1.0, parameters.len());
        let mut covariance = Vec::with_capacity(visits * visits);
        for a in 0..visits {
            for b in 0..visits {
                let (low, high) = (a.min(b), a.max(b));
                let correlation = match self.correlations() {
                    _ if low == high => one.clone(),
                    Correlations::ByDistance => correlations[high - low - 1].clone(),
                    Correlations::ByNeighbours => {
                        correlations[low..high].iter().fold(one.clone(), |all, own| &all * own)
                    }
                    Correlations::Powers => (low..high).fold(one.clone(), |all, _| &all * &correlations[0]),
                    Correlations::Constant => correlations[0].clone(),
                };
                covariance.push(&(deviation(a) * deviation(b)) * &correlation);
            }
        }
        covariance
    }
}

/// The lowest correlation that all pairs of so many visits can have.
fn lowest(visits: usize) -> f64 {
    -1.0 / (real(visits.max(2) as u64) - 1.0)
}

fn unstructured(visits: usize, parameters: &[f64]) -> Vec<Jet> {
    let places = parameters.len();
    let deviations: Vec<Jet> = (0..visits).map(|at| Jet::parameter(at, parameters).exp()).collect();
    // Row by row below the diagonal.
    let below = |row: usize, column: usize| Jet::parameter(visits + row * (row - 1) / 2 + column, parameters);
    let factor: Vec<Vec<Jet>> = (0..visits)
        .map(|row| {
            (0..=row)
                .map(
                    |column| {
                        if column == row { deviations[row].clone() } else { &deviations[row] * &below(row, column) }
                    },
                )
                .collect()
        })
        .collect();
    let mut covariance = Vec::with_capacity(visits * visits);
    for a in 0..visits {
        for b in 0..visits {
            let products = factor[a].iter().zip(&factor[b]).map(|(one, two)| one * two);
            covariance.push(products.fold(Jet::constant(0.0, places), |sum, product| sum + &product));
        }
    }
    covariance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_of_three_visits_on_paper() {
        let rho = |x: f64| x / libm::sqrt(1.0 + x * x);
        let at = |structure: Structure, parameters: &[f64], a: usize, b: usize| {
            assert_eq!(parameters.len(), structure.parameters(3));
            structure.covariance(3, parameters)[a * 3 + b].value
        };
        let common = 1.5 / (1.0 + libm::exp(-0.5)) - 0.5;
        let near = |one: f64, two: f64| assert!(libm::fabs(one - two) < 1e-14, "{one} {two}");
        let (s1, s2, s3) = (libm::exp(0.1), libm::exp(0.2), libm::exp(0.3));
        near(at(Structure::CompoundSymmetry, &[0.1, 0.5], 0, 2), s1 * s1 * common);
        near(at(Structure::HeterogeneousCompoundSymmetry, &[0.1, 0.2, 0.3, 0.5], 1, 2), s2 * s3 * common);
        near(at(Structure::Autoregressive, &[0.1, 0.5], 0, 2), s1 * s1 * rho(0.5) * rho(0.5));
        near(at(Structure::HeterogeneousAutoregressive, &[0.1, 0.2, 0.3, 0.5], 2, 0), s1 * s3 * rho(0.5) * rho(0.5));
        near(at(Structure::Toeplitz, &[0.1, 0.5, 0.4], 0, 2), s1 * s1 * rho(0.4));
        near(at(Structure::HeterogeneousToeplitz, &[0.1, 0.2, 0.3, 0.5, 0.4], 1, 2), s2 * s3 * rho(0.5));
        near(at(Structure::Antedependence, &[0.1, 0.5, 0.4], 0, 2), s1 * s1 * rho(0.5) * rho(0.4));
        near(at(Structure::HeterogeneousAntedependence, &[0.1, 0.2, 0.3, 0.5, 0.4], 0, 1), s1 * s2 * rho(0.5));
        // L = (s1; 2 s2, s2; 3 s3, 4 s3, s3).
        let unstructured = [0.1, 0.2, 0.3, 2.0, 3.0, 4.0];
        near(at(Structure::Unstructured, &unstructured, 1, 1), 5.0 * s2 * s2);
        near(at(Structure::Unstructured, &unstructured, 2, 1), (6.0 + 4.0) * s2 * s3);
        near(at(Structure::Unstructured, &unstructured, 2, 2), 26.0 * s3 * s3);
    }
}
