//! Whether the plans of looks hold together.

use super::Check;
use crate::spec::monitoring::{BoundRule, Monitoring, TestSides};

impl Check<'_> {
    pub(super) fn monitorings(&mut self) {
        for plan in &self.study.monitoring {
            self.monitoring(plan);
        }
    }

    fn monitoring(&mut self, plan: &Monitoring) {
        let at = plan.id.span.start;
        let rises = plan.looks.windows(2).all(|pair| pair[0] < pair[1]);
        let ends = plan.looks.last().is_some_and(|last| (last - 1.0).abs() < 1e-12);
        if !rises || !ends || plan.looks.first().is_none_or(|first| *first <= 0.0) {
            self.error(at, format!("the looks of {} are shares of the information that rise to 1", plan.id));
        }
        if !(plan.alpha > 0.0 && plan.alpha < 0.5) {
            self.error(at, format!("the error of {} is not between 0 and 0.5", plan.id));
        }
        if let BoundRule::Custom(spent) = &plan.bounds
            && spent.len() != plan.looks.len()
        {
            self.error(
                at,
                format!("{} says the error spent at {} looks of {}", plan.id, spent.len(), plan.looks.len()),
            );
        }
        if plan.drift.is_some_and(|drift| !(drift.is_finite() && drift > 0.0)) {
            self.error(at, "a drift is the expectation of Z at the full information, above 0");
        }
        let Some(futility) = &plan.futility else { return };
        let spends = |rule: &BoundRule| {
            !matches!(
                rule,
                BoundRule::ObrienFleming | BoundRule::Pocock | BoundRule::WangTsiatis(_) | BoundRule::HaybittlePeto(_)
            )
        };
        if plan.sides == TestSides::Two || plan.drift.is_none() || !spends(&plan.bounds) || !spends(&futility.bounds) {
            let message = format!("bounds for futility of {} need one side, a drift, and spending functions", plan.id);
            self.error(at, message);
        }
        if !(futility.beta > 0.0 && futility.beta < 0.5) {
            self.error(at, "the error of the second kind is not between 0 and 0.5");
        }
    }
}
