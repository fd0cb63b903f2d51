//! Whether a look is due: what a plan, the ledger and the information now say together.

use crate::ledger::{Decision, Ledger, Look, plan_digest};
use crate::spec::monitoring::Monitoring;

/// A planned look is due from this share of its planned information on: visits and events do not come to order, and the
/// bounds are those of the actual information anyway.
const EARLY: f64 = 0.9;

/// The data that a run has.
#[derive(Clone, Copy, Debug)]
pub struct Cut<'a> {
    /// The digest of their content.
    pub content: &'a str,
    /// The day of the cut, as an ISO date.
    pub day: &'a str,
    /// Whether they are the data of the end of the trial: the last look is due with whatever information there is.
    pub complete: bool,
    /// Why to look although no look is due.
    pub unplanned: Option<&'a str>,
}

/// Which look a run is.
#[derive(Clone, Debug, PartialEq)]
pub enum Due {
    /// A planned one, counted from 1: the highest whose information is there.
    Planned(usize),
    /// One that was not planned, for a reason given.
    Unplanned,
    /// None: the next one needs more information.
    NotYet {
        /// Its number.
        number: usize,
        /// The information it is planned at.
        needed: f64,
        /// The information there is.
        available: f64,
    },
    /// One that is recorded: with the same data it is a repeat, and nothing is spent again.
    Already(Box<Look>),
    /// None, for this reason: it would spend what is spent, or what the plan does not have.
    Respend(String),
}

/// Whether a look of a plan is due, with so much information in the unit of the plan.
#[must_use]
pub fn due(plan: &Monitoring, ledger: &Ledger, information: f64, cut: &Cut<'_>) -> Due {
    let looks: Vec<&Look> = ledger.looks_of(&plan.id).collect();
    let specification = plan_digest(plan);
    if let Some(changed) = looks.iter().find(|own| own.specification != specification) {
        return Due::Respend(format!("the monitoring plan is not the one of the look of {}", changed.date));
    }
    if let Some(same) = looks.iter().find(|own| own.data == cut.content) {
        return Due::Already(Box::new((*same).clone()));
    }
    if let Some(last) = looks.last() {
        if ledger.decision(&plan.id, looks.len()).is_some_and(|own| own.decision == Decision::Stop) {
            return Due::Respend(format!("the trial was stopped after the look of {}", last.date));
        }
        if information <= last.information {
            return Due::Respend(format!(
                "there is no more information than at the look of {} ({information} against {})",
                last.date, last.information
            ));
        }
        // Data that were not cut reach as far as there are any.
        if !cut.day.is_empty() && *cut.day < *last.cutoff {
            return Due::Respend(format!("the cut of {} is before that of the look of {}", cut.day, last.date));
        }
    }
    let shares = plan.shares();
    let full = plan.planned.unwrap_or(1.0);
    let done = looks.iter().filter_map(|own| own.number).max().unwrap_or(0);
    if done >= shares.len() {
        return Due::Respend("all planned looks were taken, and nothing is left to spend".to_owned());
    }
    let reached = (done..shares.len()).rev().find(|place| information >= EARLY * shares[*place] * full);
    // The end is the end of the trial, not the day on which its information is nearly there.
    let reached = match reached {
        _ if cut.complete => Some(shares.len() - 1),
        Some(place) if place + 1 == shares.len() && information < full => {
            place.checked_sub(1).filter(|own| *own >= done)
        }
        other => other,
    };
    match (reached, cut.unplanned) {
        (Some(place), _) => Due::Planned(place + 1),
        (None, Some(_)) if !plan.bounds.spends() || plan.spending_time.is_some() => Due::Respend(
            "its bounds do not follow from the information: a look that was not planned has none".to_owned(),
        ),
        (None, Some(_)) => Due::Unplanned,
        (None, None) => Due::NotYet { number: done + 1, needed: shares[done] * full, available: information },
    }
}
