//! The binding of outcomes over the visits of a frame, and of what is listed and exported.

use crate::data::vector::Type;
use crate::plan::bind::Binding;
use crate::plan::{
    BoundContinuous, BoundExport, BoundIndividual, BoundListing, BoundParameter, BoundSubgroup, BoundTime,
    ParameterSource, RuleId, Scope,
};
use crate::spec::endpoint::Endpoint;
use crate::spec::export::{Export, Parameter};
use crate::spec::method::ATTEMPTS;
use crate::spec::outcome::{Continuous, Time};
use crate::spec::output::ListingLayout;
use crate::spec::text::{Name, RuleText};

impl Binding<'_> {
    pub(super) fn subgroups(&mut self, names: &[Name]) -> Vec<BoundSubgroup> {
        let study = self.study;
        let found = names.iter().filter_map(|name| study.subgroup.iter().find(|subgroup| subgroup.id == *name));
        found
            .map(|subgroup| BoundSubgroup {
                id: subgroup.id.to_string(),
                category: self.value(&subgroup.category, Scope::Subjects, Type::Text, &subgroup.label),
                levels: subgroup.levels.iter().map(|level| level.value.clone()).collect(),
            })
            .collect()
    }

    /// What divides subjects into strata.
    pub(super) fn strata(&mut self, rules: &[RuleText], label: &str) -> Vec<RuleId> {
        let what = format!("{label}: stratum");
        rules.iter().map(|rule| self.value(rule, Scope::Subjects, Type::Text, &what)).collect()
    }

    /// A number of a frame that enters a model.
    pub(super) fn covariate(&mut self, rule: &RuleText, frame: &Name, label: &str) -> RuleId {
        self.value(rule, Scope::Frame(frame.to_string()), Type::Number, &format!("{label}: covariate"))
    }

    pub(super) fn continuous(&mut self, endpoint: &Endpoint, continuous: &Continuous) -> BoundContinuous {
        let scope = Scope::Frame(continuous.frame.to_string());
        let label = &endpoint.label;
        BoundContinuous {
            frame: continuous.frame.to_string(),
            value: self.value(&continuous.value, scope.clone(), Type::Number, label),
            base: self.value(&continuous.base, scope.clone(), Type::Number, &format!("{label}, at baseline")),
            visits: self.visits(&continuous.at),
            compare_at: self.visits(&continuous.compare_at),
            methods: continuous.methods.clone(),
            attempts: if continuous.mmrm.is_empty() { ATTEMPTS.to_vec() } else { continuous.mmrm.clone() },
            deltas: continuous.deltas.clone(),
            strata: self.strata(&continuous.strata, label),
            worst: continuous
                .worst
                .as_ref()
                .map(|rule| self.truth(rule, scope, &format!("{label}: worst outcome of all"))),
            higher_is_worse: continuous.higher_is_worse,
            unit: continuous.unit.clone(),
            conf_level: continuous.conf_level,
        }
    }

    pub(super) fn time(&mut self, endpoint: &Endpoint, time: &Time) -> BoundTime {
        let scope = Scope::Frame(time.frame.to_string());
        let label = &endpoint.label;
        BoundTime {
            frame: time.frame.to_string(),
            start: self.value(&time.start, Scope::Subjects, Type::Date, &format!("{label}: start")),
            event: self.truth(&time.event, scope.clone(), &format!("{label}: event")),
            assessed: self.truth(&time.assessed, scope, &format!("{label}: assessed")),
            competing: time.competing.iter().map(ToString::to_string).collect(),
            last_day: time.last_day,
            closing_days: self.study.visits.iter().flat_map(|visits| visits.closing_days(time.last_day)).collect(),
            strata: self.strata(&time.strata, label),
            limits: time.limits,
            methods: time.methods.clone(),
            conf_level: time.conf_level,
        }
    }

    pub(super) fn listing(&mut self, listing: &ListingLayout) -> BoundListing {
        let frame = listing.frame.as_ref();
        for column in &listing.columns {
            if let Some(frame) = frame {
                self.frame_column(frame, &column.variable);
            }
        }
        let frame = frame.map_or_else(String::new, ToString::to_string);
        let scope = Scope::Frame(frame.clone());
        BoundListing {
            frame,
            visits: self.visits(&listing.at),
            select: listing.r#where.as_ref().map(|rule| self.truth(rule, scope, "lines of the listing")),
            order_by: listing.order_by,
            columns: listing.columns.iter().map(|column| column.variable.to_string()).collect(),
        }
    }

    pub(super) fn individual(&mut self, endpoint: &Endpoint, continuous: &Continuous) -> BoundIndividual {
        let bound = self.continuous(endpoint, continuous);
        let mut visits = vec![self.study.visits.as_ref().map_or(0, |visits| visits.schedule.len())];
        visits.extend(bound.visits);
        BoundIndividual { frame: bound.frame, visits, value: bound.value }
    }

    pub(super) fn export(&mut self, export: &Export) -> BoundExport {
        let parameters = export.parameters.iter().filter_map(|parameter| self.parameter(parameter)).collect();
        BoundExport { parameters }
    }

    fn parameter(&mut self, parameter: &Parameter) -> Option<BoundParameter> {
        let code = parameter.code.as_ref()?;
        let endpoint = parameter.endpoint.as_ref().and_then(|name| self.study.endpoint(name));
        let source = if let Some((endpoint, time)) = endpoint.and_then(|own| Some((own, own.time.as_ref()?))) {
            ParameterSource::Time(self.time(endpoint, time))
        } else {
            let (frame, value) = (parameter.frame.as_ref()?, parameter.value.as_ref()?);
            let scope = Scope::Frame(frame.to_string());
            let what = format!("parameter {code}");
            let value = self.compile(value, scope.clone(), None, &what)?;
            ParameterSource::Frame {
                frame: frame.to_string(),
                visits: self.visits(&parameter.at),
                value,
                base: parameter
                    .base
                    .as_ref()
                    .map(|rule| self.value(rule, scope.clone(), Type::Number, &format!("{what}, at baseline"))),
                reason: parameter
                    .reason
                    .as_ref()
                    .map(|rule| self.value(rule, scope, Type::Text, &format!("{what}, reason"))),
            }
        };
        Some(BoundParameter { code: code.to_string(), label: parameter.label.clone(), source })
    }
}
