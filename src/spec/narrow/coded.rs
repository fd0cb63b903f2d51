//! What a report with codes cannot show as the specification has it: arms that are named, and methods for which it matters
//! which arm is the reference or in which order arms are drawn for. Codes are drawn: what depends on which arm has which would
//! be another number, or another analysis, with another key.

use toml::{Table, Value};

use crate::error::{Error, Finding, Stage};
use crate::results::Method;
use crate::spec::Study;
use crate::spec::endpoint::Endpoint;
use crate::spec::report::{Audience, Edition};

impl Study {
    /// A plan that names the arm it compares does so by its real name. Of two arms only one can be meant; of more, a report
    /// with codes cannot show what is compared: it counts looks and no more.
    pub(super) fn without_monitored_arm(
        &self,
        edition: Edition,
        study: &mut Self,
        text: &mut Table,
    ) -> Result<(), Error> {
        let several = edition.audience() == Audience::Coded && study.arm.len() > 2;
        let mut findings = Vec::new();
        for plan in &mut study.monitoring {
            let named = plan.monitored.as_mut().is_some_and(|monitored| monitored.arm.take().is_some());
            if !(named && several) {
                continue;
            }
            plan.monitored = None;
            for display in study.display.iter().filter(|display| display.tells_of(&plan.id)) {
                let message = "the comparison that is monitored would tell which arm is which".to_owned();
                let hint = match &display.snapshot {
                    Some(_) => "leave the number to the unmasked report: reports = [\"dsmb-closed-unmasked\"]",
                    None => "withhold the display: identifies-arm = \"…\"",
                };
                findings.push(Finding::error(self.origin.place(display.id.span.start), message).hint(hint));
            }
        }
        for plan in text.get_mut("monitoring").and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(plan) = plan.as_table_mut() else { continue };
            let named = |own: &Value| own.as_table().is_some_and(|own| own.contains_key("arm"));
            if several && plan.get("monitored").is_some_and(named) {
                plan.remove("monitored");
            } else if let Some(monitored) = plan.get_mut("monitored").and_then(Value::as_table_mut) {
                monitored.remove("arm");
            }
        }
        Error::unless_clean(Stage::Specification, findings).map(|_| ())
    }

    /// Hypotheses that name the arm they compare, likewise.
    pub(super) fn without_arms_of_hypotheses(
        &self,
        edition: Edition,
        study: &mut Self,
        text: &mut Table,
    ) -> Result<(), Error> {
        let several = edition.audience() == Audience::Coded && study.arm.len() > 2;
        let mut findings = Vec::new();
        for family in &mut study.multiplicity {
            let taken: Vec<_> = family.hypotheses.iter_mut().filter_map(|own| own.arm.take()).collect();
            if !several || taken.is_empty() {
                continue;
            }
            let shows = |of: &[crate::spec::text::Name]| of.contains(&family.id);
            for display in study.display.iter().filter(|own| own.hypotheses.as_ref().is_some_and(|own| shows(&own.of)))
            {
                let message =
                    "its hypotheses name the arms they compare, which would tell which arm is which".to_owned();
                let hint = "withhold the display: identifies-arm = \"…\"";
                findings.push(Finding::error(self.origin.place(display.id.span.start), message).hint(hint));
            }
        }
        for family in text.get_mut("multiplicity").and_then(Value::as_array_mut).into_iter().flatten() {
            let hypotheses = family.get_mut("hypotheses").and_then(Value::as_array_mut);
            for own in hypotheses.into_iter().flatten().filter_map(Value::as_table_mut) {
                own.remove("arm");
            }
        }
        Error::unless_clean(Stage::Specification, findings).map(|_| ())
    }

    /// Endpoints of which a number depends on which arm has which code.
    pub(super) fn refuse_drawn(&self, edition: Edition, narrowed: &Self) -> Result<(), Error> {
        if edition.audience() != Audience::Coded {
            return Ok(());
        }
        let finding = |endpoint: &Endpoint, why: &str| {
            let message =
                format!("{} {why}, and the report {} knows codes that are drawn", endpoint.id, edition.name());
            let hint = "leave its displays to the unmasked report (`reports`), withhold them (`identifies-arm`), or show an \
                        endpoint without that there";
            Finding::error(self.origin.place(endpoint.id.span.start), message).hint(hint)
        };
        let mut findings = Vec::new();
        for endpoint in &narrowed.endpoint {
            let reasons = endpoint.methods().into_iter().filter_map(depends);
            findings.extend(reasons.map(|why| finding(endpoint, &why)));
            let completed = |variant: &&crate::spec::derivation::Variant| {
                variant.impute.is_some() && variant.of.contains(&endpoint.id)
            };
            if let Some(variant) = narrowed.variant.iter().find(completed) {
                let why = format!("is completed in favour of one arm ({})", variant.id);
                findings.push(finding(endpoint, &why));
            }
        }
        Error::unless_clean(Stage::Specification, findings).map(|_| ())
    }
}

/// Why a method gives another number, or is another analysis, if arms change places.
fn depends(method: Method) -> Option<String> {
    let why = match method {
        Method::MultipleImputation => "draws at random, arm by arm",
        Method::JumpToReference | Method::CopyReference | Method::CopyIncrements => "imputes as in the reference arm",
        Method::DeltaAdjusted => "makes all arms but the reference worse",
        Method::FarringtonManning => "tests a margin on one side",
        Method::CochranArmitage | Method::Jonckheere | Method::LogRankTrend | Method::AncovaTrend => {
            "goes by the doses of the arms"
        }
        _ => return None,
    };
    Some(format!("{why} ({})", method.label()))
}
