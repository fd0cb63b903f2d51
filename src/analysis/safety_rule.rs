//! Rules for the safety of single arms: how many have the event, and how far that is from the boundary.

use crate::analysis::{Work, count, value};
use crate::data::vector::Vector;
use crate::plan::BoundSafetyRule;
use crate::results::{Key, Reason, Statistic, Value};
use crate::spec::monitoring::StopRule;
use crate::stats::Undefined;
use crate::stats::sequential::{beta_exceedance, binomial_boundary, posterior_boundary, toxicity_boundary};

impl Work<'_> {
    /// The boundary for each number of subjects, which no data change; and each arm with its events.
    pub(super) fn safety_rule(&mut self, rule: &BoundSafetyRule) {
        let whole = usize::try_from(rule.planned).unwrap_or(usize::MAX);
        let continuous = match rule.stop {
            StopRule::Pocock { rate, error } => Some(toxicity_boundary(rule.planned, rate, error)),
            StopRule::ExactBinomial { .. } | StopRule::Posterior { .. } => None,
        };
        let boundaries: Vec<Result<Option<u64>, Undefined>> = (1..=whole)
            .map(|n| match &continuous {
                Some(found) => found.as_ref().map(|own| own.events[n - 1]).map_err(|own| *own),
                None => boundary(rule.stop, n as u64),
            })
            .collect();
        for (n, found) in (1_u64..).zip(&boundaries) {
            let key = self.rule_key(rule, Statistic::Boundary).level(&n.to_string());
            self.push(key, boundary_value(*found), None);
        }
        if let Some(found) = &continuous {
            let error = value(found.as_ref().map(|own| own.error).map_err(|own| *own));
            self.push(self.rule_key(rule, Statistic::TailProbability), error, None);
        }
        for arm in 0..self.plan.arms.len() {
            let members = self.members(self.job.set, Some(arm));
            let events: Vec<usize> = members.iter().copied().filter(|subject| self.has_event(rule, *subject)).collect();
            let id = self.plan.arms[arm].id.clone();
            let key = |this: &Self, statistic| this.rule_key(rule, statistic).arm(&id);
            let (n, x) = (count(&members), count(&events));
            self.push_count(key(self, Statistic::N), Value::Count(n), &members);
            self.push_count(key(self, Statistic::Count), Value::Count(x), &events);
            self.push_count(key(self, Statistic::Share), Value::share(x, n), &events);
            // More subjects than planned: the boundary of so many, which only continuous monitoring does not have.
            let found = match (members.len(), &continuous) {
                (0, _) => Err(Undefined::NoData),
                (own, _) if own <= whole => boundaries[own - 1],
                (_, Some(_)) => Err(Undefined::OutOfRange),
                (_, None) => boundary(rule.stop, n),
            };
            self.push(key(self, Statistic::Boundary), boundary_value(found), None);
            let distance = match found {
                Ok(Some(bound)) => Value::Count(bound.saturating_sub(x)),
                Ok(None) => Value::NotEstimable(Reason::NotReached),
                Err(undefined) => Value::NotEstimable(crate::analysis::reason(undefined)),
            };
            self.push(key(self, Statistic::Distance), distance, None);
            let reached = matches!(found, Ok(Some(bound)) if x >= bound);
            let status = if reached { "reached" } else { "not-reached" };
            self.push(key(self, Statistic::Status), Value::Text(status.to_owned()), None);
            if let StopRule::Posterior { rate, prior, .. } = rule.stop {
                let posterior = beta_exceedance(x, n, rate, (prior[0], prior[1]));
                self.push(key(self, Statistic::Posterior), value(posterior), None);
            }
        }
    }

    fn rule_key(&self, rule: &BoundSafetyRule, statistic: Statistic) -> Key {
        self.key(statistic).method(rule.stop.method())
    }

    fn has_event(&self, rule: &BoundSafetyRule, subject: usize) -> bool {
        match &rule.records {
            Some(name) => self
                .frames
                .records
                .get(name)
                .is_some_and(|values| values.of(subject).iter().any(|record| values.holds(rule.event, *record))),
            None => rule
                .event
                .and_then(|event| self.frames.rules.get(&event))
                .is_some_and(|vector| matches!(&**vector, Vector::Truth(truths) if truths[subject].holds())),
        }
    }
}

/// The boundary of so many subjects by themselves.
fn boundary(stop: StopRule, subjects: u64) -> Result<Option<u64>, Undefined> {
    match stop {
        StopRule::ExactBinomial { rate, error } => binomial_boundary(subjects, rate, error),
        StopRule::Posterior { rate, above, prior } => posterior_boundary(subjects, rate, above, (prior[0], prior[1])),
        // Theirs is that of all numbers together.
        StopRule::Pocock { .. } => Err(Undefined::OutOfRange),
    }
}

fn boundary_value(found: Result<Option<u64>, Undefined>) -> Value {
    match found {
        Ok(Some(events)) => Value::Count(events),
        Ok(None) => Value::NotEstimable(Reason::NotReached),
        Err(undefined) => Value::NotEstimable(crate::analysis::reason(undefined)),
    }
}
