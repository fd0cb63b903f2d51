//! Linear models with independent errors of equal variance.

mod anova;
mod householder;
mod least_squares;

pub use anova::{OneWayAnova, one_way_anova};
pub(super) use householder::{Triangle, turn};
pub use least_squares::{Contrast, LeastSquares};
