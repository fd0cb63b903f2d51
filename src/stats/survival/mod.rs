//! Times until an event, some of them only known to exceed the time of last sight (censored).
//!
//! At the same time events come before censorings: who is last seen on a day is at risk on that day.

mod aalen_johansen;
mod contrast;
mod cox;
mod curve;
mod discrete;
mod firth;
mod gray;
mod grouped;
mod kaplan_meier;
mod landmark;
mod log_rank;
mod maximum;
mod mean_cumulative;
mod moments;
mod nelson_aalen;
mod partial;
mod permutation;
mod proportionality;
mod recurrent;
mod regression;
mod restricted_mean;
mod sandwich;
mod turnbull;
mod weighted;

pub use aalen_johansen::{CumulativeIncidence, IncidenceStep, aalen_johansen};
pub use contrast::{SurvivalContrast, milestone_test, survival_difference};
pub use cox::{Ties, counting_process_cox, cox, stratified_cox};
pub use curve::{Scale, Share, TimeQuantile};
pub use discrete::discrete_cox;
pub use firth::firth_cox;
pub use gray::{GrayTest, gray_test};
pub use grouped::grouped_proportional_hazards;
pub use kaplan_meier::{KaplanMeier, Step, kaplan_meier};
pub use landmark::{Landmark, landmark};
pub use log_rank::{LogRank, log_rank};
pub use mean_cumulative::{MeanCumulativeStep, mean_cumulative_function};
pub use nelson_aalen::{CumulativeHazard, HazardStep, nelson_aalen};
pub use permutation::{PermutationTest, permutation_log_rank, sampled_permutation_log_rank};
pub use proportionality::{Clock, SchoenfeldResidual};
pub use recurrent::{RecurrentEvents, andersen_gill};
pub use regression::{HazardRatio, ProfileLimits, ProportionalHazards};
pub use restricted_mean::{RestrictedMean, restricted_mean, restricted_mean_difference, restricted_mean_ratio};
pub use sandwich::ClusteredEffects;
pub use turnbull::{Turnbull, TurnbullInterval, turnbull};
pub use weighted::{LogRankTrend, Weight, WeightedLogRank, log_rank_trend, weighted_log_rank};

use super::Undefined;

/// Times with what happened, by time; the order of the input leaves no trace.
fn by_time<T: Ord + Copy>(time: &[f64], happened: &[T]) -> Result<Vec<(f64, T)>, Undefined> {
    if time.len() != happened.len() || time.iter().any(|time| !(time.is_finite() && *time >= 0.0)) {
        return Err(Undefined::OutOfRange);
    }
    if time.is_empty() {
        return Err(Undefined::NoData);
    }
    // Adding zero makes a negative zero positive, so that equal times have equal bits.
    let mut pairs: Vec<(f64, T)> = time.iter().map(|time| time + 0.0).zip(happened.iter().copied()).collect();
    pairs.sort_unstable_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
    Ok(pairs)
}

/// Whether two subjects of `by_time` share their time.
fn simultaneous<T>(one: &(f64, T), two: &(f64, T)) -> bool {
    one.0.total_cmp(&two.0).is_eq()
}

/// How many there are, as a count.
fn number<T>(items: &[T]) -> u64 {
    items.iter().map(|_| 1).sum()
}
