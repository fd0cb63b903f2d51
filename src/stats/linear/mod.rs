//! Linear models with independent errors, of equal variance but for the sandwich.

mod anova;
mod householder;
mod least_squares;
mod sandwich;
mod terms;

pub use anova::{OneWayAnova, one_way_anova};
pub(super) use householder::{Triangle, turn};
pub use least_squares::{Contrast, LeastSquares};
pub use sandwich::{Leverage, sandwich_contrast};
pub use terms::{Predictor, SumOfSquares, TermTest, term_test};
