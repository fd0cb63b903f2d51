//! What was not observed: filled in by rule, or drawn several times and the analyses pooled.
//!
//! Draws come from a generator of our own, counted from a seed: the same seed gives the same bits on every machine and in
//! any order of the threads, because every imputation has a stream of its own.

mod analysed;
mod augmentation;
mod chain;
mod delta;
mod design;
mod filled;
mod monotone;
mod pooled;
mod random;
mod reference;
mod table;
mod visits;

pub use analysed::{Compared, delta_shifted, imputed_ancova, pooled_ancova, tipping_ancova};
pub use chain::{ChainLength, impute_chain};
pub use delta::{delta_adjusted, tipping_point};
pub use filled::{baseline_carried, last_carried, non_responder, worst_best};
pub use monotone::impute_monotone;
pub use pooled::{Pooled, rubin};
pub use reference::{Conditional, Normal, ReferenceRule, conditional_draw, reference_conditional};
pub use visits::{Covariances, Imputation, Visits, impute_visits};
