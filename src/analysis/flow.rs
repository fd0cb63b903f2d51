//! The counts of the participant flow. That they add up has been checked when they were derived.

use std::collections::BTreeMap;

use crate::analysis::{Work, count};
use crate::data::vector::Vector;
use crate::plan::{BoundFlow, BoundLoss, RuleId};
use crate::results::{Statistic, Value};

impl Work<'_> {
    pub(super) fn flow(&mut self, flow: &BoundFlow) {
        let everybody: Vec<usize> = (0..self.frames.subjects.len()).collect();
        let assessed = self.filtered(&everybody, flow.assessed);
        self.node("assessed", None, &[], &assessed);
        let excluded = self.filtered(&assessed, flow.excluded.rule);
        self.node("excluded", None, &[], &excluded);
        self.loss_reasons("excluded", None, &flow.excluded, &excluded);
        let randomised = self.filtered(&everybody, flow.randomised);
        self.node("randomised", None, &[], &randomised);
        for arm in 0..self.plan.arms.len() {
            let here: Vec<usize> =
                randomised.iter().copied().filter(|subject| self.frames.planned[*subject] == Some(arm)).collect();
            let arm = Some(arm);
            self.node("allocated", arm, &[], &here);
            let (received, not_received) = self.split(&here, flow.received);
            self.node("received", arm, &[], &received);
            self.node("not-received", arm, &[], &not_received);
            self.listed_reasons("not-received", arm, &flow.not_received, &not_received);
            for (node, loss) in [("discontinued", &flow.discontinued), ("lost", &flow.lost)] {
                let lost = self.filtered(&here, loss.rule);
                self.node(node, arm, &[], &lost);
                self.loss_reasons(node, arm, loss, &lost);
            }
            let (analysed, not_analysed) = self.split(&here, flow.analysed);
            self.node("analysed", arm, &[], &analysed);
            self.node("not-analysed", arm, &[], &not_analysed);
            self.listed_reasons("not-analysed", arm, &flow.not_analysed, &not_analysed);
        }
    }

    pub(super) fn filtered(&self, subjects: &[usize], rule: RuleId) -> Vec<usize> {
        self.split(subjects, rule).0
    }

    /// The subjects for whom a rule holds, and the others.
    fn split(&self, subjects: &[usize], rule: RuleId) -> (Vec<usize>, Vec<usize>) {
        match self.frames.rules.get(&rule).map(|vector| &**vector) {
            Some(Vector::Truth(truths)) => subjects.iter().partition(|subject| truths[**subject].holds()),
            _ => (Vec::new(), subjects.to_vec()),
        }
    }

    fn node(&mut self, node: &str, arm: Option<usize>, levels: &[&str], subjects: &[usize]) {
        let mut key = self.in_group(self.key(Statistic::Count), arm).variable(node);
        for level in levels {
            key = key.level(level);
        }
        self.push_count(key, Value::Count(count(subjects)), subjects);
    }

    fn listed_reasons(&mut self, node: &str, arm: Option<usize>, reasons: &[(String, RuleId)], subjects: &[usize]) {
        for (label, rule) in reasons {
            let of_reason = self.filtered(subjects, *rule);
            self.node(node, arm, &[label], &of_reason);
        }
    }

    fn loss_reasons(&mut self, node: &str, arm: Option<usize>, loss: &BoundLoss, subjects: &[usize]) {
        let Some(by) = loss.by else {
            self.listed_reasons(node, arm, &loss.reasons, subjects);
            return;
        };
        let Some(Vector::Text(texts)) = self.frames.rules.get(&by).map(|vector| (**vector).clone()) else { return };
        let mut of_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for subject in subjects {
            of_word.entry(texts.get(*subject).unwrap_or("")).or_default().push(*subject);
        }
        // The most frequent reason first; equally frequent ones in alphabetical order.
        let mut reasons: Vec<_> = of_word.into_iter().collect();
        reasons.sort_by_key(|(_, subjects)| std::cmp::Reverse(subjects.len()));
        for (word, subjects) in reasons {
            self.node(node, arm, &[word], &subjects);
        }
    }
}
