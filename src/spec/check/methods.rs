//! Whether methods fit what they are named for, and have what they need.

use super::{Check, listed};
use crate::results::{Family, Method};
use crate::spec::method::{Attempt, Hypothesis, Multiplicity};
use crate::spec::text::Name;

/// What methods are named for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Use {
    Binary,
    Continuous,
    /// A time to a visit.
    Time,
    /// A time known in days.
    Survival,
    /// Occurrences, with time at risk or without.
    Occurrence {
        at_risk: bool,
    },
    /// What is missing of what is due.
    Attendance,
    Multiplicity,
}

impl Use {
    const fn words(self) -> &'static str {
        match self {
            Self::Binary => "a binary endpoint",
            Self::Continuous => "a continuous endpoint",
            Self::Time => "a time to an event",
            Self::Survival => "a time known in days",
            Self::Occurrence { at_risk: true } => "occurrences",
            Self::Occurrence { at_risk: false } => "occurrences without time at risk",
            Self::Attendance => "attendance",
            Self::Multiplicity => "a family of hypotheses",
        }
    }

    fn fits(self, method: Method) -> bool {
        let family = method.family();
        match self {
            Self::Binary => matches!(
                family,
                Family::Share
                    | Family::ShareDifference
                    | Family::ShareNumberNeeded
                    | Family::ShareRatio
                    | Family::ShareTest
                    | Family::ShareMargin
                    | Family::ShareStrata
                    | Family::ShareModel
                    | Family::ShareRepeated
                    | Family::ShareTrend
            ),
            Self::Continuous => matches!(
                family,
                Family::Within | Family::Change | Family::ChangeOfAll | Family::Repeated | Family::Imputed
            ),
            Self::Time => matches!(
                family,
                Family::Curve
                    | Family::MeanTime
                    | Family::CurveContrast
                    | Family::TimeTest
                    | Family::TimeTrend
                    | Family::Hazard
            ),
            // Days are known: there are no visits between which an event lies.
            Self::Survival => Self::Time.fits(method) && !matches!(method, Method::GroupedHazards | Method::Turnbull),
            Self::Occurrence { at_risk } => {
                matches!(family, Family::ShareDifference | Family::ShareTest)
                    || at_risk && matches!(family, Family::Rate | Family::Recurrence | Family::RateContrast)
            }
            Self::Attendance => matches!(family, Family::ShareDifference | Family::ShareTest),
            Self::Multiplicity => family == Family::Adjustment,
        }
    }
}

/// Whether a method works over strata.
pub(super) const fn reads_strata(method: Method) -> bool {
    matches!(method.family(), Family::ShareStrata)
        || matches!(
            method,
            Method::VanElteren
                | Method::StratifiedLogRank
                | Method::CoxStratified
                | Method::StratifiedRateRatio
                | Method::StratifiedRateDifference
        )
}

/// Whether a method needs the doses of the arms.
const fn by_dose(method: Method) -> bool {
    matches!(method, Method::CochranArmitage | Method::Jonckheere | Method::LogRankTrend)
}

impl Check<'_> {
    /// Methods named for something: each once, of those that fit, with strata and doses where they need them.
    pub(super) fn methods(&mut self, at: usize, methods: &[Method], used: Use, strata: usize) {
        self.once(at, "method", methods.iter().map(|method| method.name()));
        for method in methods.iter().filter(|method| !used.fits(**method)) {
            let known: Vec<&str> = Method::ALL.iter().filter(|own| used.fits(**own)).map(|own| own.name()).collect();
            self.error(at, format!("method {} is not one of {}", method.name(), used.words())).hint =
                Some(format!("it can have {}", listed(&known)));
        }
        if strata == 0 {
            for method in methods.iter().filter(|method| reads_strata(**method)) {
                self.error(at, format!("method {} needs `strata`", method.name()));
            }
        }
        let undosed = self.study.arm.iter().find(|arm| arm.dose.is_none());
        if let Some(arm) = undosed {
            for method in methods.iter().filter(|method| by_dose(**method)) {
                self.error(at, format!("method {} needs the dose of arm {}", method.name(), arm.id));
            }
        }
        let mut doses: Vec<f64> = self.study.arm.iter().filter_map(|arm| arm.dose).collect();
        doses.sort_by(f64::total_cmp);
        let equal = doses.windows(2).any(|pair| pair[0].total_cmp(&pair[1]).is_eq());
        let all_equal = doses.len() > 1 && doses.first() == doses.last();
        for method in methods.iter().filter(|method| by_dose(**method)) {
            // Its order of the arms would be that of the specification.
            if all_equal || equal && *method == Method::Jonckheere {
                self.error(at, format!("method {} needs arms of different doses", method.name()));
            }
        }
        let difference = methods.iter().any(|method| method.family() == Family::ShareDifference);
        if methods.contains(&Method::NumberNeeded) && !difference {
            self.error(at, "number-needed needs a method for the difference of proportions");
        }
    }

    /// The difference that a test of a margin tests.
    pub(super) fn margin(&mut self, at: usize, methods: &[Method], margin: Option<f64>) {
        if methods.contains(&Method::FarringtonManning) != margin.is_some() {
            self.error(at, "method farrington-manning and `margin` go together");
        }
        if margin.is_some_and(|margin| !(margin > -1.0 && margin < 1.0)) {
            self.error(at, "a margin is a difference of proportions between −1 and 1");
        }
    }

    /// The sequence of a model for repeated measurements.
    pub(super) fn attempts(&mut self, at: usize, methods: &[Method], attempts: &[Attempt]) {
        if !attempts.is_empty() && !methods.contains(&Method::Mmrm) {
            self.error(at, "`mmrm` declares what method mmrm tries, and the method is not named");
        }
        for (place, attempt) in attempts.iter().enumerate() {
            if attempts[..place].contains(attempt) {
                self.error(at, format!("mmrm tries {} twice", attempt.structure.label()));
            }
        }
    }

    /// The amounts of a delta adjustment.
    pub(super) fn deltas(&mut self, at: usize, methods: &[Method], deltas: &[f64]) {
        if methods.contains(&Method::DeltaAdjusted) == deltas.is_empty() {
            self.error(at, "method delta-adjusted and `deltas` go together");
        }
        if deltas.iter().any(|delta| !(delta.is_finite() && *delta >= 0.0)) {
            self.error(at, "a delta is an amount from 0: it says by how much a value becomes worse");
        }
        if deltas.windows(2).any(|pair| pair[0] >= pair[1]) {
            self.error(at, "deltas rise");
        }
    }

    pub(super) fn multiplicities(&mut self) {
        for family in &self.study.multiplicity {
            self.multiplicity(family);
        }
    }

    fn multiplicity(&mut self, family: &Multiplicity) {
        let at = family.id.span.start;
        self.methods(at, &[family.method], Use::Multiplicity, 0);
        self.unique("hypothesis", family.hypotheses.iter().map(|own| &own.id));
        if family.hypotheses.is_empty() {
            self.error(at, format!("family {} has no hypotheses", family.id));
        }
        let weighted = matches!(family.method, Method::FallBack | Method::Graphical);
        let names: Vec<&str> = family.hypotheses.iter().map(|own| &*own.id).collect();
        for own in &family.hypotheses {
            self.hypothesis(own);
            let at = own.id.span.start;
            if own.weight.is_some() != weighted {
                let need = if weighted { "needs a" } else { "has no" };
                self.error(at, format!("a hypothesis of {} {need} `weight`", family.method.name()));
            }
            if !own.passes.is_empty() && family.method != Method::Graphical {
                self.error(at, format!("a hypothesis of {} passes nothing", family.method.name()));
            }
            for pass in &own.passes {
                self.refers(&pass.to, "hypothesis", &names);
                if pass.to == own.id || !(0.0..=1.0).contains(&pass.part) {
                    self.error(pass.to.span.start, "a part between 0 and 1 passes to another hypothesis");
                }
            }
            if own.passes.iter().map(|pass| pass.part).sum::<f64>() > 1.0 + 1e-12 {
                self.error(at, format!("hypothesis {} passes more than it has", own.id));
            }
        }
        let weights: Vec<f64> = family.hypotheses.iter().filter_map(|own| own.weight).collect();
        if weights.iter().any(|own| !(0.0..=1.0).contains(own)) || weights.iter().sum::<f64>() > 1.0 + 1e-12 {
            self.error(at, format!("the weights of family {} are not shares of 1", family.id));
        }
    }

    /// A hypothesis names one p-value: of a method that gives one, at a visit where there are several, of an arm where
    /// there are several.
    fn hypothesis(&mut self, own: &Hypothesis) {
        let what = format!("hypothesis {}", own.id);
        self.one_p_value(own.id.span.start, &what, &own.endpoint, own.method, own.at.as_ref(), own.arm.as_ref());
    }

    /// The same of whatever names one p-value.
    pub(super) fn one_p_value(
        &mut self,
        at: usize,
        what: &str,
        endpoint: &Name,
        method: Method,
        visit: Option<&Name>,
        arm: Option<&Name>,
    ) {
        let study = self.study;
        let known: Vec<&str> = study.endpoint.iter().map(|endpoint| &*endpoint.id).collect();
        self.refers(endpoint, "endpoint", &known);
        let Some(named) = study.endpoint(endpoint) else { return };
        let methods = named.methods();
        if !methods.contains(&method) {
            let message = format!("endpoint {endpoint} is not analysed by {}", method.name());
            let known: Vec<&str> = methods.iter().map(|method| method.name()).collect();
            self.error(endpoint.span.start, message).hint = Some(format!("it has {}", listed(&known)));
        }
        if !gives_p(method) {
            self.error(at, format!("method {} gives no p-value of two arms or of all", method.name()));
        }
        let visits: Vec<&str> = match (&named.binary, &named.continuous) {
            (Some(binary), _) => binary.at.iter().map(|visit| &**visit).collect(),
            (_, Some(continuous)) => continuous.compare_at.iter().map(|visit| &**visit).collect(),
            _ => Vec::new(),
        };
        match visit {
            Some(visit) if visits.is_empty() => {
                self.error(visit.span.start, format!("endpoint {endpoint} is not analysed by visit"));
            }
            Some(visit) => self.refers(visit, "visit of the comparison", &visits),
            None if visits.len() > 1 => {
                self.error(at, format!("{what} does not say at which visit"));
            }
            None => {}
        }
        let reference = study.reference_arm();
        let others = study.arm.iter().enumerate().filter(|(place, _)| *place != reference);
        let arms: Vec<&str> = others.map(|(_, arm)| &*arm.id).collect();
        match arm {
            Some(arm) if of_all_arms(method) => {
                self.error(arm.span.start, format!("method {} compares all arms", method.name()));
            }
            Some(arm) => self.refers(arm, "arm compared", &arms),
            None if arms.len() > 1 && !of_all_arms(method) => {
                self.error(at, format!("{what} does not say of which arm"));
            }
            None => {}
        }
    }

    /// Seeds and numbers of draws.
    pub(super) fn random(&mut self) {
        let random = self.study.random;
        if !(100..=10_000_000).contains(&random.allocations) {
            self.error(0, "[random] allocations is a number from 100 to 10 000 000");
        }
        if !(2..=10_000).contains(&random.imputations) {
            self.error(0, "[random] imputations is a number from 2 to 10 000");
        }
    }

    /// What is named for methods that are not.
    pub(super) fn read_by(&mut self, at: usize, key: &str, named: bool, methods: &[Method], reads: fn(Method) -> bool) {
        if named && !methods.iter().any(|method| reads(*method)) {
            self.error(at, format!("no method reads `{key}`"));
        }
    }
}

/// Whether a method gives one p-value for two arms, or for all.
fn gives_p(method: Method) -> bool {
    match method.family() {
        Family::ShareTest
        | Family::ShareMargin
        | Family::ShareRepeated
        | Family::ShareTrend
        | Family::ChangeOfAll
        | Family::Repeated
        | Family::MeanTime
        | Family::TimeTest
        | Family::TimeTrend => true,
        Family::ShareStrata => matches!(method, Method::CochranMantelHaenszel | Method::BreslowDay),
        Family::ShareModel => method != Method::StandardisedDifference,
        Family::Change => method != Method::HodgesLehmann,
        Family::Imputed => method != Method::DeltaAdjusted,
        Family::Hazard => method != Method::CoxProfile,
        Family::Own => matches!(method, Method::AncovaTrend),
        _ => false,
    }
}

/// Whether a method compares all arms at once.
const fn of_all_arms(method: Method) -> bool {
    matches!(method.family(), Family::ShareTrend | Family::ChangeOfAll | Family::TimeTrend)
        || matches!(method, Method::AncovaTrend)
}

/// Whether a method has covariates of its own.
pub(super) const fn reads_covariates(method: Method) -> bool {
    matches!(method.family(), Family::ShareModel)
}

/// Whether a method gives those with an intercurrent event the worst outcome.
pub(super) const fn reads_worst(method: Method) -> bool {
    matches!(method, Method::WilcoxonWorstRank)
}
