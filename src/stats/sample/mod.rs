//! Statements about the means of one or two samples.

mod dunnett;
mod geometric;
mod permutation;
mod t_test;

pub use dunnett::{DunnettComparison, dunnett, dunnett_p};
pub use geometric::{coefficient_of_variation, geometric_cv, geometric_deviation, geometric_interval, geometric_mean};
pub use permutation::{permutation_exact, permutation_monte_carlo};
pub use t_test::{TTest, standard_error, t_test_paired, t_test_pooled, t_test_single, t_test_welch};
