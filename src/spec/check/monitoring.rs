//! Whether the plans of looks hold together, and the rules for safety.

use super::Check;
use crate::results::Family;
use crate::spec::monitoring::{
    Assumed, BoundRule, FutilityRule, InformationRule, Monitoring, PriorRule, SafetyRule, StopRule, TestSides,
};
use crate::spec::output::DisplaySpec;

impl Check<'_> {
    pub(super) fn monitorings(&mut self) {
        for plan in &self.study.monitoring {
            self.monitoring(plan);
        }
    }

    fn monitoring(&mut self, plan: &Monitoring) {
        let at = plan.id.span.start;
        self.planned_looks(plan);
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
        self.shape(at, &plan.bounds, plan.tail(), &format!("the bounds of {}", plan.id));
        if plan.bounds == BoundRule::SpendingObrienFlemingHalved && plan.sides == TestSides::One {
            self.error(at, "spending-obrien-fleming-halved halves the error of two sides, and this test has one");
        }
        if plan.drift.is_some_and(|drift| !(drift.is_finite() && drift > 0.0)) {
            self.error(at, "a drift is the expectation of Z at the full information, above 0");
        }
        if let Some(harm) = &plan.harm {
            if plan.sides == TestSides::Two || !harm.bounds.spends() || harm.bounds == BoundRule::None {
                self.error(at, format!("the bound for harm of {} needs one side and a spending function", plan.id));
            }
            if !(harm.alpha > 0.0 && harm.alpha < 0.5) {
                self.error(at, format!("the error of the bound for harm of {} is not between 0 and 0.5", plan.id));
            }
        }
        if let Some(futility) = &plan.futility {
            self.futility(plan, futility);
        }
        self.monitored(plan);
    }

    /// Numbers for which bounds are bounds; `error` is what they spend on one side in all.
    fn shape(&mut self, at: usize, bounds: &BoundRule, error: f64, whose: &str) {
        let wrong = match bounds {
            BoundRule::Custom(spent) => {
                let rises =
                    spent.windows(2).all(|pair| pair[0] <= pair[1]) && spent.first().is_none_or(|own| *own >= 0.0);
                let ends = spent.last().is_none_or(|last| (last - error).abs() <= 1e-9);
                (!rises || !ends).then(|| format!("the error they spend on one side does not rise to {error}"))
            }
            BoundRule::HwangShihDeCani(own) => {
                (own.is_nan() || own.abs() > 40.0).then(|| "a parameter from −40 to 40".to_owned())
            }
            BoundRule::Power(own) => {
                (!(*own > 0.0 && *own <= 40.0)).then(|| "a power above 0, of at most 40".to_owned())
            }
            BoundRule::WangTsiatis(own) => {
                (own.is_nan() || own.abs() > 1.0).then(|| "a parameter from −1 to 1".to_owned())
            }
            BoundRule::HaybittlePeto(own) => {
                (!(*own > 1.0 && *own <= 8.0)).then(|| "a bound on Z above 1, of at most 8".to_owned())
            }
            _ => None,
        };
        if let Some(wrong) = wrong {
            let says = if matches!(bounds, BoundRule::Custom(_)) { wrong } else { format!("they need {wrong}") };
            self.error(at, format!("{whose} cannot be had: {says}"));
        }
    }

    fn planned_looks(&mut self, plan: &Monitoring) {
        let at = plan.id.span.start;
        let rises = plan.looks.windows(2).all(|pair| pair[0] < pair[1]);
        let last = plan.looks.last().copied().unwrap_or_default();
        let ends = plan.in_shares() || plan.planned.is_some_and(|planned| (last - planned).abs() <= 1e-9 * planned);
        if !rises || !ends || plan.looks.first().is_none_or(|first| *first <= 0.0) {
            self.error(at, format!("the looks of {} are shares of the information that rise to 1", plan.id)).hint =
                Some("or amounts that rise to `planned`".to_owned());
        }
        if plan.planned.is_some_and(|planned| !(planned.is_finite() && planned > 0.0)) {
            self.error(at, "`planned` is the information at the end, above 0");
        }
        let spends = plan.bounds.spends();
        for look in &plan.skip {
            if *look == 0 || *look >= plan.looks.len() {
                self.error(at, format!("{} skips look {look}, which is not one before the last", plan.id));
            }
        }
        if !plan.skip.is_empty() && !spends {
            self.error(at, "a bound can be skipped where an error is spent; these bounds are fixed by their shape");
        }
        if let Some(times) = &plan.spending_time {
            let rises = times.windows(2).all(|pair| pair[0] < pair[1]);
            let ends = times.last().is_some_and(|last| (last - 1.0).abs() < 1e-12);
            if !spends || times.len() != plan.looks.len() || !rises || !ends || times.first().is_none_or(|t| *t < 0.0) {
                let message = "`spending-time` has a share for each look, rising to 1, of bounds that spend an error";
                self.error(at, message);
            }
        }
    }

    fn futility(&mut self, plan: &Monitoring, futility: &FutilityRule) {
        let at = plan.id.span.start;
        let spent = futility.beta.is_some() || futility.bounds.is_some();
        let kinds = [spent, futility.predictive_power.is_some(), futility.conditional_power.is_some()];
        if kinds.into_iter().filter(|kind| *kind).count() != 1 || futility.beta.is_some() != futility.bounds.is_some() {
            let message = "futility is by `beta` and `bounds`, by `predictive-power`, or by `conditional-power`";
            self.error(at, message);
        }
        if let Some(bounds) = &futility.bounds {
            let spends = |rule: &BoundRule| rule.spends() && *rule != BoundRule::None;
            if plan.sides == TestSides::Two || plan.drift.is_none() || !plan.bounds.spends() || !spends(bounds) {
                let message =
                    format!("bounds for futility of {} need one side, a drift, and spending functions", plan.id);
                self.error(at, message);
            }
            self.shape(at, bounds, futility.beta.unwrap_or(0.0), &format!("the bounds for futility of {}", plan.id));
            if let BoundRule::Custom(spent) = bounds
                && spent.len() != plan.looks.len()
            {
                self.error(at, "the error of the second kind is given for each look");
            }
        } else if futility.binding {
            self.error(at, "only bounds for futility that spend an error can be binding");
        }
        if futility.beta.is_some_and(|beta| !(beta > 0.0 && beta < 0.5)) {
            self.error(at, "the error of the second kind is not between 0 and 0.5");
        }
        let below =
            futility.predictive_power.map(|rule| rule.below).or(futility.conditional_power.map(|own| own.below));
        if below.is_some_and(|below| !(below > 0.0 && below < 1.0)) {
            self.error(at, "a power below which to stop is between 0 and 1");
        }
        if futility.conditional_power.is_some_and(|rule| rule.under == Assumed::Design) && plan.drift.is_none() {
            self.error(at, "conditional power under the design needs a drift");
        }
        if let Some(PriorRule::Normal { mean, deviation }) = futility.predictive_power.map(|rule| rule.prior)
            && !(mean.is_finite() && deviation.is_finite() && deviation > 0.0)
        {
            self.error(at, "a prior has a finite mean and a deviation above 0");
        }
    }

    fn monitored(&mut self, plan: &Monitoring) {
        let study = self.study;
        let at = plan.id.span.start;
        if plan.information.is_some() && plan.planned.is_none() {
            self.error(at, format!("{} counts information and does not say how much is `planned`", plan.id));
        }
        if !study.compares() {
            return;
        }
        let Some(own) = &plan.monitored else {
            if matches!(plan.information, Some(InformationRule::Events | InformationRule::Statistical)) || plan.t {
                self.error(at, format!("{} says nothing of what is `monitored`", plan.id));
            }
            return;
        };
        let what = format!("monitoring plan {}", plan.id);
        self.one_p_value(at, &what, &own.endpoint, own.method, own.at.as_ref(), own.arm.as_ref());
        let Some(endpoint) = study.endpoint(&own.endpoint) else { return };
        if !endpoint.methods().contains(&own.effect()) {
            let message = format!("endpoint {} is not analysed by {}", own.endpoint, own.effect().name());
            self.error(own.endpoint.span.start, message);
        } else if !gives_effect(own.effect().family()) {
            let message = format!("method {} gives no difference or ratio of two arms", own.effect().name());
            self.error(at, message).hint = Some("`effect` names the method that does".to_owned());
        }
        let timed = endpoint.time.is_some() || endpoint.survival.is_some();
        if matches!(plan.information, Some(InformationRule::Events)) && !timed {
            self.error(at, format!("endpoint {} has no time to an event whose events could be counted", own.endpoint));
        }
    }

    /// Layouts of looks and of rules for safety.
    pub(super) fn looks(&mut self, display: &DisplaySpec) {
        let study = self.study;
        let told = study.monitoring.iter().filter(|plan| plan.monitored.is_some() || plan.information.is_some());
        let told: Vec<&str> = told.map(|plan| &*plan.id).collect();
        let of = [
            display.looks.as_ref().map(|layout| &layout.of),
            display.boundary.as_ref().map(|layout| &layout.of),
            display.conditional_power.as_ref().map(|layout| &layout.of),
            display.what_if.as_ref().map(|layout| &layout.of),
        ];
        let what = "monitoring plan that says what is `monitored` or how `information` is counted";
        of.into_iter().flatten().for_each(|name| self.refers(name, what, &told));
        let rules: Vec<&str> = study.safety_rule.iter().map(|rule| &*rule.id).collect();
        let table = display.safety_rules.iter().flat_map(|layout| &layout.of);
        let figure = display.safety_boundary.iter().map(|layout| &layout.of);
        table.chain(figure).for_each(|name| self.refers(name, "safety rule", &rules));
    }

    pub(super) fn safety_rules(&mut self) {
        for rule in &self.study.safety_rule {
            self.safety_rule(rule);
        }
    }

    fn safety_rule(&mut self, rule: &SafetyRule) {
        let at = rule.id.span.start;
        self.refers_set(&rule.analysis_set);
        if rule.subjects.is_some() == rule.records.is_some() {
            self.error(at, format!("the event of {} is either a rule over `subjects` or `records`", rule.id));
        }
        if rule.r#where.is_some() && rule.records.is_none() {
            self.error(at, "`where` selects records, and none are named");
        }
        if let Some(records) = &rule.records {
            self.refers_records(records);
        }
        if !(1..=500).contains(&rule.planned) {
            self.error(at, "`planned` is the number of participants of an arm at the end, from 1 to 500");
        }
        let open = |share: f64| share > 0.0 && share < 1.0;
        let sensible = match rule.stop {
            StopRule::ExactBinomial { rate, error } | StopRule::Pocock { rate, error } => open(rate) && open(error),
            StopRule::Posterior { rate, above, prior } => {
                open(rate) && open(above) && prior.iter().all(|own| own.is_finite() && *own > 0.0)
            }
        };
        if !sensible {
            self.error(at, format!("rates and probabilities of {} are between 0 and 1, parameters above 0", rule.id));
        }
    }
}

/// Whether a method of this family gives a difference or a ratio of two arms.
const fn gives_effect(family: Family) -> bool {
    matches!(
        family,
        Family::ShareDifference
            | Family::ShareRatio
            | Family::ShareStrata
            | Family::ShareModel
            | Family::ShareRepeated
            | Family::Change
            | Family::Repeated
            | Family::Imputed
            | Family::MeanTime
            | Family::CurveContrast
            | Family::Hazard
            | Family::RateContrast
    )
}
