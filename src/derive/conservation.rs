//! The conservation rules of a participant flow and of the status of participants: everybody is accounted for, once. A
//! broken rule names the subjects.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::vector::Vector;
use crate::derive::Notes;
use crate::derive::records::SubjectIndex;
use crate::error::Finding;
use crate::plan::{BoundFlow, BoundStatus, JobKind, Plan, RuleId};

/// Checks every flow and status of the plan.
pub(crate) fn check(
    plan: &Plan,
    rules: &BTreeMap<RuleId, Arc<Vector>>,
    planned: &[Option<usize>],
    index: &SubjectIndex,
    notes: &mut Notes<'_>,
) {
    for job in &plan.jobs {
        let conservation = Conservation { plan, rules, planned, index };
        match &job.kind {
            JobKind::Flow(flow) => conservation.flow(flow, notes),
            JobKind::Status(status) => conservation.status(&job.analysis, status, notes),
            _ => {}
        }
    }
}

struct Conservation<'a> {
    plan: &'a Plan,
    rules: &'a BTreeMap<RuleId, Arc<Vector>>,
    planned: &'a [Option<usize>],
    index: &'a SubjectIndex,
}

impl Conservation<'_> {
    fn holds(&self, rule: RuleId, subject: usize) -> bool {
        match self.rules.get(&rule).map(|vector| &**vector) {
            Some(Vector::Truth(truths)) => truths[subject].holds(),
            _ => false,
        }
    }

    fn require(&self, rule: RuleId, broken: impl Fn(usize) -> bool, message: &str, notes: &mut Notes<'_>) {
        self.demand(rule, broken, &format!("participant flow: {message}"), notes);
    }

    fn demand(&self, rule: RuleId, broken: impl Fn(usize) -> bool, message: &str, notes: &mut Notes<'_>) {
        let who: Vec<String> =
            (0..self.index.len()).filter(|subject| broken(*subject)).map(|subject| self.index.id(subject)).collect();
        if !who.is_empty() {
            let place = self.plan.rule(rule).place.clone().subjects(who);
            notes.findings.push(Finding::error(place, message));
        }
    }

    /// How many of the reasons apply to a subject.
    fn reasons(&self, reasons: &[(String, RuleId)], subject: usize) -> usize {
        reasons.iter().filter(|(_, rule)| self.holds(*rule, subject)).count()
    }

    fn flow(&self, flow: &BoundFlow, notes: &mut Notes<'_>) {
        let assessed = |subject| self.holds(flow.assessed, subject);
        let excluded = |subject| self.holds(flow.excluded.rule, subject);
        let randomised = |subject| self.holds(flow.randomised, subject);
        let received = |subject| self.holds(flow.received, subject);
        let analysed = |subject| self.holds(flow.analysed, subject);
        self.require(
            flow.assessed,
            |subject| assessed(subject) && excluded(subject) == randomised(subject),
            "everybody assessed is either excluded or randomised",
            notes,
        );
        self.require(
            flow.assessed,
            |subject| !assessed(subject) && (excluded(subject) || randomised(subject)),
            "nobody is excluded or randomised without having been assessed",
            notes,
        );
        self.require(
            flow.randomised,
            |subject| randomised(subject) && self.planned[subject].is_none(),
            "everybody randomised has an arm",
            notes,
        );
        self.require(
            flow.received,
            |subject| {
                randomised(subject) && usize::from(received(subject)) + self.reasons(&flow.not_received, subject) != 1
            },
            "everybody randomised either received the intervention or meets exactly one reason of `not-received`",
            notes,
        );
        self.require(
            flow.analysed,
            |subject| {
                randomised(subject) && usize::from(analysed(subject)) + self.reasons(&flow.not_analysed, subject) != 1
            },
            "everybody randomised is either analysed or meets exactly one reason of `not-analysed`",
            notes,
        );
        for (loss, what) in [(&flow.excluded, "excluded"), (&flow.discontinued, "discontinued"), (&flow.lost, "lost")] {
            let of_band = |subject| if what == "excluded" { assessed(subject) } else { randomised(subject) };
            if let Some(by) = loss.by {
                let null = |subject: usize| self.rules.get(&by).is_none_or(|vector| vector.is_null(subject));
                let message = format!("everybody {what} has a reason");
                self.require(by, |s| of_band(s) && self.holds(loss.rule, s) && null(s), &message, notes);
            } else if !loss.reasons.is_empty() {
                let message = format!("everybody {what} meets exactly one of the reasons listed");
                let broken = |s| of_band(s) && self.holds(loss.rule, s) && self.reasons(&loss.reasons, s) != 1;
                self.require(loss.rule, broken, &message, notes);
            }
        }
    }

    /// Nobody is in two boxes of the same box; in some everybody is in one; and each has exactly one reason to be there.
    fn status(&self, id: &str, status: &BoundStatus, notes: &mut Notes<'_>) {
        let mut held: Vec<Vec<bool>> = Vec::new();
        for own in &status.boxes {
            let inside =
                |subject| own.outer.is_none_or(|outer| held[outer][subject]) && self.holds(own.held.rule, subject);
            let here: Vec<bool> = (0..self.index.len()).map(inside).collect();
            held.push(here);
        }
        for (position, own) in status.boxes.iter().enumerate() {
            let here = |subject: usize| held[position][subject];
            let inside: Vec<usize> = status.inside(position).collect();
            let boxes = |subject: usize| inside.iter().filter(|inner| held[**inner][subject]).count();
            let (rule, label) = (own.held.rule, &own.label);
            let two = format!("status {id}: nobody in “{label}” is in two of the boxes in it");
            self.demand(rule, |subject| boxes(subject) > 1, &two, notes);
            let some = format!("status {id}: everybody in “{label}” is in one of the boxes in it");
            self.demand(rule, |subject| own.complete && here(subject) && boxes(subject) == 0, &some, notes);
            let arm = format!("status {id}: everybody in “{label}” has an arm");
            self.demand(rule, |s| own.by_arm && here(s) && self.planned[s].is_none(), &arm, notes);
            if let Some(by) = own.held.by {
                let null = |subject: usize| self.rules.get(&by).is_none_or(|vector| vector.is_null(subject));
                self.demand(
                    by,
                    |s| here(s) && null(s),
                    &format!("status {id}: everybody in “{label}” has a reason"),
                    notes,
                );
            } else if !own.held.reasons.is_empty() {
                let one = format!("status {id}: everybody in “{label}” meets exactly one of the reasons listed");
                self.demand(rule, |s| here(s) && self.reasons(&own.held.reasons, s) != 1, &one, notes);
            }
        }
    }
}
