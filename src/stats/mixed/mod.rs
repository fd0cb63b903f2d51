//! Models of repeated measurements: normal observations of subjects at visits, correlated within the subject.
//!
//! Fixed effects have any design; the covariance between visits has a [`Structure`], the same for all subjects or one for
//! each group. The likelihood and all its derivatives depend on the subjects only through sums over those seen at the same
//! visits, so that an evaluation costs the same for forty subjects and for ten thousand.

mod degrees;
mod fit;
mod jet;
mod likelihood;
mod observations;
mod sandwich;
pub(super) mod square;
mod structure;

pub use degrees::{Degrees, FTest};
pub use fit::{Likelihood, MixedModel};
pub use observations::Observations;
pub use sandwich::Sandwich;
pub use structure::Structure;
