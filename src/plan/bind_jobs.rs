//! The binding of the analyses: summaries, endpoints, flow and listings.

use crate::data::vector::Type;
use crate::plan::bind::Binding;
use crate::plan::{
    BoundAncova, BoundBinary, BoundFlow, BoundItem, BoundListing, BoundLoss, ItemKind, Job, JobKind, RuleId, Scope,
};
use crate::spec::design::{ArmBasis, FlowReason, FlowSpec, Loss};
use crate::spec::endpoint::{AncovaSpec, Binary, Endpoint, Summary};
use crate::spec::text::Name;

impl Binding<'_> {
    /// Every analysis, in the order of the results.
    pub(super) fn jobs(&mut self) -> Vec<Job> {
        let study = self.study;
        let mut jobs = Vec::new();
        if let Some(flow) = &study.flow {
            let kind = JobKind::Flow(self.flow(flow));
            // The flow counts everybody: its own rules say who belongs where, by the arm randomised to.
            let set = study.analysis_set.iter().position(|set| set.arm == ArmBasis::Planned);
            jobs.push(self.job(&flow.id, set.unwrap_or(0), kind));
        }
        for summary in &study.summary {
            let kind = JobKind::Summary(self.summary(summary));
            jobs.push(self.job(&summary.id, self.set(&summary.analysis_set), kind));
        }
        for endpoint in &study.endpoint {
            let kind = match (&endpoint.binary, &endpoint.ancova) {
                (Some(binary), _) => JobKind::Binary(self.binary(endpoint, binary)),
                (None, Some(ancova)) => JobKind::Ancova(self.ancova(endpoint, ancova)),
                (None, None) => continue,
            };
            jobs.push(self.job(&endpoint.id, self.set(&endpoint.analysis_set), kind));
        }
        for display in &study.display {
            let Some(listing) = &display.listing else { continue };
            for column in &listing.columns {
                self.frame_column(&listing.frame, &column.variable);
            }
            let kind = JobKind::Listing(BoundListing {
                frame: listing.frame.to_string(),
                visit: self.visit(&listing.at),
                columns: listing.columns.iter().map(|column| column.variable.to_string()).collect(),
            });
            jobs.push(self.job(&display.id, self.set(&listing.analysis_set), kind));
        }
        jobs
    }

    fn job(&self, name: &Name, set: usize, kind: JobKind) -> Job {
        Job { analysis: name.to_string(), place: self.study.origin.place(name.span.start), set, kind }
    }

    fn summary(&mut self, summary: &Summary) -> Vec<BoundItem> {
        let mut items = Vec::new();
        for item in &summary.items {
            let kind = if let Some(rule) = &item.number {
                ItemKind::Number(self.value(rule, Scope::Subjects, Type::Number, &item.label))
            } else if let Some(rule) = &item.category {
                ItemKind::Category(self.value(rule, Scope::Subjects, Type::Text, &item.label), item.levels.clone())
            } else if let Some(rule) = &item.count {
                ItemKind::Count(self.truth(rule, Scope::Subjects, &item.label))
            } else {
                ItemKind::Heading
            };
            items.push(BoundItem {
                id: item.id.to_string(),
                kind,
                among: item.among.as_ref().map(|rule| self.truth(rule, Scope::Subjects, &item.label)),
                set: item.set.as_ref().map(|set| self.set(set)),
                unit: item.unit.clone(),
                test: item.test,
            });
        }
        items
    }

    fn binary(&mut self, endpoint: &Endpoint, binary: &Binary) -> BoundBinary {
        let scope = Scope::Frame(binary.frame.to_string());
        let mut variants = Vec::new();
        for (position, variant) in self.study.variant.iter().enumerate() {
            if variant.of.contains(&endpoint.id) {
                let exclude = variant.exclude.as_ref().map(|rule| self.truth(rule, scope.clone(), &variant.label));
                variants.push((position, exclude, variant.analysis_set.as_ref().map(|set| self.set(set))));
            }
        }
        BoundBinary {
            frame: binary.frame.to_string(),
            visits: binary.at.iter().map(|visit| self.visit(visit)).collect(),
            response: self.truth(&binary.response, scope.clone(), &endpoint.label),
            observed: binary
                .observed
                .as_ref()
                .map(|rule| self.truth(rule, scope, &format!("{}: observed", endpoint.label))),
            methods: binary.methods.clone(),
            conf_level: binary.conf_level,
            variants,
        }
    }

    fn ancova(&mut self, endpoint: &Endpoint, ancova: &AncovaSpec) -> BoundAncova {
        let scope = Scope::Dataset(ancova.dataset.to_string());
        for factor in &ancova.factors {
            self.variable(&ancova.dataset, factor, &[Type::Text, Type::Number]);
        }
        for covariate in &ancova.covariates {
            self.variable(&ancova.dataset, covariate, &[Type::Number]);
        }
        let mut describe = Vec::new();
        for described in &ancova.describe {
            let select = self.truth(&described.r#where, scope.clone(), &format!("records of {}", described.label));
            let value = self.value(&described.value, scope.clone(), Type::Number, &described.label);
            describe.push((described.id.to_string(), select, value));
        }
        BoundAncova {
            dataset: ancova.dataset.to_string(),
            select: self.truth(&ancova.r#where, scope.clone(), &format!("records of {}", endpoint.label)),
            response: self.value(&ancova.response, scope, Type::Number, &endpoint.label),
            unit: ancova.unit.clone(),
            factors: ancova.factors.iter().map(ToString::to_string).collect(),
            covariates: ancova.covariates.iter().map(ToString::to_string).collect(),
            trend: ancova.trend,
            describe,
            conf_level: ancova.conf_level,
        }
    }

    fn flow(&mut self, flow: &FlowSpec) -> BoundFlow {
        BoundFlow {
            assessed: self.truth(&flow.assessed, Scope::Subjects, "assessed for eligibility"),
            excluded: self.loss(&flow.excluded, "excluded"),
            randomised: self.truth(&flow.randomised, Scope::Subjects, "randomised"),
            received: self.truth(&flow.received, Scope::Subjects, "received the intervention"),
            not_received: self.reasons(&flow.not_received),
            discontinued: self.loss(&flow.discontinued, "discontinued the intervention"),
            lost: self.loss(&flow.lost, "lost for the primary outcome"),
            analysed: self.truth(&flow.analysed, Scope::Subjects, "analysed for the primary outcome"),
            not_analysed: self.reasons(&flow.not_analysed),
        }
    }

    fn reasons(&mut self, reasons: &[FlowReason]) -> Vec<(String, RuleId)> {
        reasons
            .iter()
            .map(|reason| (reason.label.clone(), self.truth(&reason.rule, Scope::Subjects, &reason.label)))
            .collect()
    }

    fn loss(&mut self, loss: &Loss, defines: &str) -> BoundLoss {
        BoundLoss {
            rule: self.truth(&loss.rule, Scope::Subjects, defines),
            reasons: self.reasons(&loss.reasons),
            by: loss
                .by
                .as_ref()
                .map(|rule| self.value(rule, Scope::Subjects, Type::Text, &format!("reason: {defines}"))),
        }
    }
}
