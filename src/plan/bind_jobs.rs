//! The binding of the analyses: summaries, endpoints and flow.

use crate::data::vector::Type;
use crate::plan::bind::Binding;
use crate::plan::{
    BoundAncova, BoundBinary, BoundBinaryVariant, BoundFlow, BoundFrameSummary, BoundItem, BoundLoss, ItemKind, Job,
    JobKind, RuleId, Scope,
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
        self.running_jobs(&mut jobs);
        for summary in &study.summary {
            let kind = match &summary.frame {
                None => JobKind::Summary(self.summary(summary, &Scope::Subjects)),
                Some(frame) => JobKind::FrameSummary(BoundFrameSummary {
                    frame: frame.to_string(),
                    visits: self.visits(&summary.at),
                    items: self.summary(summary, &Scope::Frame(frame.to_string())),
                }),
            };
            jobs.push(self.job(&summary.id, self.set(&summary.analysis_set), kind));
        }
        for endpoint in &study.endpoint {
            let kind = if let Some(binary) = &endpoint.binary {
                JobKind::Binary(self.binary(endpoint, binary))
            } else if let Some(continuous) = &endpoint.continuous {
                JobKind::Continuous(self.continuous(endpoint, continuous))
            } else if let Some(time) = &endpoint.time {
                JobKind::Time(self.time(endpoint, time))
            } else if let Some(survival) = &endpoint.survival {
                JobKind::Survival(self.survival(endpoint, survival))
            } else if let Some(ancova) = &endpoint.ancova {
                JobKind::Ancova(self.ancova(endpoint, ancova))
            } else {
                continue;
            };
            jobs.push(self.job(&endpoint.id, self.set(&endpoint.analysis_set), kind));
        }
        self.record_jobs(&mut jobs);
        for display in &study.display {
            jobs.extend(self.display_job(display));
            if let Some(listing) = &display.listing {
                let kind = match &listing.records {
                    Some(records) => JobKind::RecordListing(self.record_listing(records, listing)),
                    None => JobKind::Listing(self.listing(listing)),
                };
                jobs.push(self.job(&display.id, self.set(&listing.analysis_set), kind));
            }
            let individual = display.individual.as_ref().and_then(|layout| study.endpoint(&layout.of));
            if let Some((endpoint, continuous)) = individual.and_then(|own| Some((own, own.continuous.as_ref()?))) {
                let kind = JobKind::Individual(self.individual(endpoint, continuous));
                jobs.push(self.job(&display.id, self.set(&endpoint.analysis_set), kind));
            }
        }
        for export in &study.export {
            let kind = JobKind::Export(self.export(export));
            jobs.push(self.job(&export.dataset, self.set(&export.analysis_set), kind));
        }
        jobs
    }

    pub(super) fn job(&self, name: &Name, set: usize, kind: JobKind) -> Job {
        Job { analysis: name.to_string(), place: self.study.origin.place(name.span.start), set, kind }
    }

    fn summary(&mut self, summary: &Summary, scope: &Scope) -> Vec<BoundItem> {
        let mut items = Vec::new();
        for item in &summary.items {
            let kind = if let Some(rule) = &item.number {
                ItemKind::Number(self.value(rule, scope.clone(), Type::Number, &item.label))
            } else if let Some(rule) = &item.category {
                let what = format!("{}, at baseline", item.label);
                let from = item.from.as_ref().map(|rule| self.value(rule, scope.clone(), Type::Text, &what));
                ItemKind::Category(self.value(rule, scope.clone(), Type::Text, &item.label), item.levels.clone(), from)
            } else if let Some(rule) = &item.count {
                ItemKind::Count(self.truth(rule, scope.clone(), &item.label))
            } else {
                ItemKind::Heading
            };
            items.push(BoundItem {
                id: item.id.to_string(),
                kind,
                more: summary.more.clone(),
                among: item
                    .among
                    .as_ref()
                    .map(|rule| self.truth(rule, scope.clone(), &format!("{}: among", item.label))),
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
                let set = variant.analysis_set.as_ref().map(|set| self.set(set));
                variants.push(BoundBinaryVariant { variant: position, exclude, set, impute: variant.impute });
            }
        }
        BoundBinary {
            frame: binary.frame.to_string(),
            visits: self.visits(&binary.at),
            reason: binary
                .reason
                .as_ref()
                .map(|rule| self.value(rule, scope.clone(), Type::Text, &format!("{}: reason", endpoint.label))),
            imputed: binary
                .imputed
                .as_ref()
                .map(|rule| self.truth(rule, scope.clone(), &format!("{}: imputed", endpoint.label))),
            tipping_point: binary.tipping_point,
            subgroups: self.subgroups(&binary.subgroups),
            response: self.truth(&binary.response, scope.clone(), &endpoint.label),
            observed: binary
                .observed
                .as_ref()
                .map(|rule| self.truth(rule, scope, &format!("{}: observed", endpoint.label))),
            strata: self.strata(&binary.strata, &endpoint.label),
            margin: binary.margin,
            covariates: binary
                .covariates
                .iter()
                .map(|rule| self.covariate(rule, &binary.frame, &endpoint.label))
                .collect(),
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
            margins: ancova.margins,
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

    pub(super) fn reasons(&mut self, reasons: &[FlowReason]) -> Vec<(String, RuleId)> {
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
