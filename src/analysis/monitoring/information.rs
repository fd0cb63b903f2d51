//! How much information there is now, over all arms together.

use crate::analysis::times::End;
use crate::analysis::{Trace, Work};
use crate::data::vector::Vector;
use crate::derive::Frames;
use crate::plan::{JobKind, Plan};
use crate::results::{Reason, Results, Value};
use crate::spec::monitoring::{InformationRule, Monitoring};

use super::seen::Seen;

/// The information of each design now, by its identifier, in its own unit; of those that say how it is counted.
///
/// No effect of an arm is looked at: participants and events are counted over all arms together. The standard error of an
/// effect needs arms, and where there is only one it is not identified.
#[must_use]
pub fn information(plan: &Plan, frames: &Frames) -> Vec<(String, Value)> {
    let counted = plan.monitoring.iter().filter(|own| own.information.is_some());
    counted.map(|own| (own.id.to_string(), of_design(plan, frames, own))).collect()
}

/// The information of one design.
pub(super) fn of_design(plan: &Plan, frames: &Frames, own: &Monitoring) -> Value {
    let nothing = Value::NotEstimable(Reason::NoData);
    match &own.information {
        None => nothing,
        Some(InformationRule::Subjects(_)) => {
            let rule = plan.information.get(&*own.id).and_then(|rule| frames.rules.get(rule));
            match rule.map(|vector| &**vector) {
                Some(Vector::Truth(truths)) => count(truths.iter().filter(|truth| truth.holds()).count()),
                _ => nothing,
            }
        }
        Some(InformationRule::Events) => {
            let Some((work, kind)) = endpoint(plan, frames, own) else { return nothing };
            let members = work.members(work.job.set, None);
            let times = match kind {
                JobKind::Time(time) => work.times(time, &members),
                JobKind::Survival(survival) => work.known_times(survival, &members),
                _ => return nothing,
            };
            count(times.iter().filter(|time| matches!(time.end, End::Event(_))).count())
        }
        Some(InformationRule::Statistical) => {
            let (Some((mut work, _)), Some(of)) = (endpoint(plan, frames, own), &own.monitored) else { return nothing };
            if plan.arms.len() < 2 {
                return Value::NotEstimable(Reason::NotIdentified);
            }
            work.run();
            let results = Results { rows: work.rows, ..Results::default() };
            match Seen::new(of, &results) {
                Ok(Seen { se: Some(se), .. }) => Value::number(1.0 / (se * se)),
                Ok(_) => Value::NotEstimable(Reason::NotIdentified),
                Err(reason) => Value::NotEstimable(reason),
            }
        }
    }
}

/// The analysis of the endpoint that a design monitors.
fn endpoint<'a>(plan: &'a Plan, frames: &'a Frames, own: &Monitoring) -> Option<(Work<'a>, &'a JobKind)> {
    let name = own.monitored.as_ref()?.endpoint.to_string();
    let job = plan.jobs.iter().find(|job| job.analysis == name)?;
    Some((Work { plan, frames, job, trace: Trace::Off, rows: Vec::new() }, &job.kind))
}

#[expect(clippy::cast_precision_loss, reason = "a number of subjects")]
fn count(subjects: usize) -> Value {
    Value::Number(subjects as f64)
}
