//! The binding of analyses over records, of times known in days, and of what monitoring counts.

use std::collections::BTreeMap;

use crate::data::vector::Type;
use crate::plan::bind::Binding;
use crate::plan::{
    BoundAtRisk, BoundGradeShift, BoundLaneItem, BoundLanes, BoundOccurrence, BoundOccurrenceItem, BoundParameters,
    BoundPoints, BoundProfile, BoundProfileListing, BoundRecordListing, BoundSafetyRule, BoundSurvival, BoundWaterfall,
    Job, JobKind, Node, RuleId, Scope,
};
use crate::spec::endpoint::Endpoint;
use crate::spec::event_narrative::NarrativesLayout;
use crate::spec::monitoring::{InformationRule, SafetyRule};
use crate::spec::occurrence::{GradeShift, Occurrence, ParameterSummary, Survival};
use crate::spec::output::{DisplaySpec, ListingLayout};
use crate::spec::safety_figure::{LaneItem, ProfileLayout, ScatterLayout, SwimmerLayout, WaterfallLayout};
use crate::spec::text::{Name, RuleText};

fn over(records: &Name) -> Scope {
    Scope::Records(records.to_string())
}

impl Binding<'_> {
    /// The analyses of records, in the order of the results.
    pub(super) fn record_jobs(&mut self, jobs: &mut Vec<Job>) {
        let study = self.study;
        for occurrence in &study.occurrence {
            let kind = JobKind::Occurrence(self.occurrence(occurrence));
            jobs.push(self.job(&occurrence.id, self.set(&occurrence.analysis_set), kind));
        }
        for summary in &study.parameter_summary {
            let kind = JobKind::Parameters(self.parameters(summary));
            jobs.push(self.job(&summary.id, self.set(&summary.analysis_set), kind));
        }
        for shift in &study.grade_shift {
            let kind = JobKind::GradeShift(self.grade_shift(shift));
            jobs.push(self.job(&shift.id, self.set(&shift.analysis_set), kind));
        }
        for rule in &study.safety_rule {
            let kind = JobKind::SafetyRule(self.safety_rule(rule));
            jobs.push(self.job(&rule.id, self.set(&rule.analysis_set), kind));
        }
        for own in &study.attendance {
            let kind = JobKind::Attendance(self.attendance(own));
            jobs.push(self.job(&own.id, self.set(&own.analysis_set), kind));
        }
    }

    fn safety_rule(&mut self, rule: &SafetyRule) -> BoundSafetyRule {
        let label = &rule.label;
        let event = match (&rule.subjects, &rule.records) {
            (Some(subjects), _) => Some(self.truth(subjects, Scope::Subjects, label)),
            (None, Some(records)) => self.maybe(rule.r#where.as_ref(), &over(records), label),
            (None, None) => None,
        };
        BoundSafetyRule {
            records: rule.records.as_ref().map(ToString::to_string),
            event,
            planned: rule.planned,
            stop: rule.stop,
        }
    }

    /// Who counts as information, by design.
    pub(super) fn information(&mut self) -> BTreeMap<String, RuleId> {
        let mut rules = BTreeMap::new();
        for plan in &self.study.monitoring {
            if let Some(InformationRule::Subjects(rule)) = &plan.information {
                let bound = self.truth(rule, Scope::Subjects, &format!("{}: information", plan.label));
                rules.insert(plan.id.to_string(), bound);
            }
        }
        rules
    }

    /// What a display takes from the data besides results.
    pub(super) fn display_job(&mut self, display: &DisplaySpec) -> Option<Job> {
        let (set, kind) = if let Some(layout) = &display.scatter {
            (&layout.analysis_set, JobKind::Points(self.points(layout)))
        } else if let Some(layout) = &display.waterfall {
            (&layout.analysis_set, JobKind::Waterfall(self.waterfall(layout)))
        } else if let Some(layout) = &display.swimmer {
            (&layout.analysis_set, JobKind::Lanes(self.lanes(layout)))
        } else if let Some(layout) = &display.narratives {
            (&layout.analysis_set, JobKind::RecordListing(self.narratives(layout)))
        } else if let Some(layout) = &display.profile {
            (&layout.analysis_set, JobKind::Profile(self.profile(layout)))
        } else {
            return None;
        };
        let set = self.set(set);
        Some(self.job(&display.id, set, kind))
    }

    fn occurrence(&mut self, occurrence: &Occurrence) -> BoundOccurrence {
        let scope = over(&occurrence.records);
        let label = &occurrence.label;
        let items = occurrence.items.iter().map(|item| {
            let node = match (&item.subjects, &item.r#where) {
                (Some(rule), _) => Node::Subjects(self.truth(rule, Scope::Subjects, &item.label)),
                (None, Some(rule)) => Node::Records(Some(self.truth(rule, scope.clone(), &item.label))),
                (None, None) => Node::Records(None),
            };
            BoundOccurrenceItem { id: item.id.to_string(), node }
        });
        let items = items.collect();
        let levels = occurrence.levels.iter().enumerate();
        let levels = levels
            .map(|(depth, rule)| self.value(rule, scope.clone(), Type::Text, &format!("{label}, level {}", depth + 1)))
            .collect();
        BoundOccurrence {
            records: occurrence.records.to_string(),
            select: self.maybe(occurrence.r#where.as_ref(), &scope, label),
            items,
            levels,
            grade: occurrence.grade.as_ref().map(|rule| {
                let grades = occurrence.grades.iter().map(|grade| grade.value.clone()).collect();
                (self.value(rule, scope.clone(), Type::Number, &format!("{label}: grade")), grades)
            }),
            assessed: self.maybe(occurrence.assessed.as_ref(), &scope, &format!("{label}: assessed")),
            at_risk: occurrence.at_risk.as_ref().map(|at_risk| BoundAtRisk {
                from: self.value(&at_risk.from, Scope::Subjects, Type::Date, &format!("{label}: at risk from")),
                to: self.value(&at_risk.to, Scope::Subjects, Type::Date, &format!("{label}: at risk to")),
                date: self.value(&at_risk.date, scope.clone(), Type::Date, &format!("{label}: date")),
            }),
            at: occurrence.at.clone(),
            strata: self.strata(&occurrence.strata, label),
            methods: occurrence.methods.clone(),
            subgroups: self.subgroups(&occurrence.subgroups),
            conf_level: occurrence.conf_level,
        }
    }

    /// A condition, if there is one.
    fn maybe(&mut self, rule: Option<&RuleText>, scope: &Scope, defines: &str) -> Option<RuleId> {
        rule.map(|rule| self.truth(rule, scope.clone(), defines))
    }

    /// A column as a rule.
    fn column(&mut self, records: &Name, column: &str, kind: Type) -> RuleId {
        let rule = RuleText { sql: column.to_owned(), span: records.span.clone(), instrument: None };
        self.value(&rule, over(records), kind, column)
    }

    fn codes(&self, records: &Name, named: &[Name]) -> Vec<String> {
        let findings = self.study.records.get(&**records).and_then(|own| own.findings.as_ref());
        let all = findings.into_iter().flat_map(|findings| &findings.parameters).map(|own| own.code.to_string());
        if named.is_empty() { all.collect() } else { named.iter().map(ToString::to_string).collect() }
    }

    fn parameters(&mut self, summary: &ParameterSummary) -> BoundParameters {
        let boxes = self.study.display.iter().filter_map(|display| Some((display, display.boxes.as_ref()?)));
        let outliers = boxes.filter(|(_, layout)| layout.of == summary.id).map(|(display, layout)| {
            let parameters = layout.parameters.iter().map(ToString::to_string).collect();
            (display.id.to_string(), parameters, layout.change)
        });
        let outliers = outliers.collect();
        let mut text = |column| self.column(&summary.records, column, Type::Text);
        let placed = (text("parameter"), text("visit"));
        BoundParameters {
            placed,
            records: summary.records.to_string(),
            visits: summary.at.iter().map(ToString::to_string).collect(),
            parameters: self.codes(&summary.records, &summary.parameters),
            select: self.maybe(summary.r#where.as_ref(), &over(&summary.records), &summary.label),
            value: self.column(&summary.records, "value", Type::Number),
            change: self.column(&summary.records, "change", Type::Number),
            outliers,
        }
    }

    fn grade_shift(&mut self, shift: &GradeShift) -> BoundGradeShift {
        let scope = over(&shift.records);
        let mut text = |column| self.column(&shift.records, column, Type::Text);
        let placed = (text("parameter"), text("visit"));
        BoundGradeShift {
            placed,
            records: shift.records.to_string(),
            from: self.value(&shift.from, scope.clone(), Type::Number, &format!("{}: from", shift.label)),
            to: self.value(&shift.to, scope.clone(), Type::Number, &format!("{}: to", shift.label)),
            select: self.truth(&shift.r#where, scope, &shift.label),
            visits: shift.at.iter().map(ToString::to_string).collect(),
            parameters: self.codes(&shift.records, &shift.parameters),
            levels: shift.levels.iter().map(|level| level.value.clone()).collect(),
        }
    }

    pub(super) fn survival(&mut self, endpoint: &Endpoint, survival: &Survival) -> BoundSurvival {
        let label = &endpoint.label;
        BoundSurvival {
            days: self.value(&survival.days, Scope::Subjects, Type::Number, &format!("{label}: days")),
            event: self.truth(&survival.event, Scope::Subjects, &format!("{label}: event")),
            competing: self.maybe(survival.competing.as_ref(), &Scope::Subjects, &format!("{label}: competing event")),
            at: survival.at.clone(),
            landmark: survival.landmark,
            limits: survival.limits,
            strata: self.strata(&survival.strata, label),
            methods: survival.methods.clone(),
            conf_level: survival.conf_level,
        }
    }

    pub(super) fn record_listing(&mut self, records: &Name, listing: &ListingLayout) -> BoundRecordListing {
        let columns = listing.columns.iter().map(|column| &column.variable);
        for variable in columns.chain(&listing.order) {
            self.frame_column(records, variable);
        }
        BoundRecordListing {
            records: records.to_string(),
            select: self.maybe(listing.r#where.as_ref(), &over(records), "lines of the listing"),
            order: listing.order.iter().map(ToString::to_string).collect(),
            order_by: listing.order_by,
            columns: listing.columns.iter().map(|column| column.variable.to_string()).collect(),
        }
    }

    /// A record is listed with its facts, as in a listing.
    fn narratives(&mut self, layout: &NarrativesLayout) -> BoundRecordListing {
        let facts = layout.facts.iter().map(|fact| &fact.variable);
        for variable in facts.chain(&layout.order) {
            self.frame_column(&layout.records, variable);
        }
        BoundRecordListing {
            records: layout.records.to_string(),
            select: self.maybe(layout.r#where.as_ref(), &over(&layout.records), "records with a narrative"),
            order: layout.order.iter().map(ToString::to_string).collect(),
            order_by: layout.order_by,
            columns: layout.facts.iter().map(|fact| fact.variable.to_string()).collect(),
        }
    }

    fn points(&mut self, layout: &ScatterLayout) -> BoundPoints {
        let panels = layout.panels.iter().map(|panel| {
            let mut number = |rule, what| self.value(rule, Scope::Subjects, Type::Number, what);
            (number(&panel.x, &layout.x_title), number(&panel.y, &layout.y_title))
        });
        let panels = panels.collect();
        BoundPoints { panels, name: self.maybe(layout.name.as_ref(), &Scope::Subjects, "subjects named in a figure") }
    }

    fn waterfall(&mut self, layout: &WaterfallLayout) -> BoundWaterfall {
        BoundWaterfall { value: self.value(&layout.value, Scope::Subjects, Type::Number, &layout.y_title) }
    }

    fn lanes(&mut self, layout: &SwimmerLayout) -> BoundLanes {
        BoundLanes {
            from: self.value(&layout.from, Scope::Subjects, Type::Number, "first day of a lane"),
            to: self.value(&layout.to, Scope::Subjects, Type::Number, "last day of a lane"),
            segments: layout.segments.iter().map(|item| self.lane_item(item)).collect(),
            marks: layout.marks.iter().map(|item| self.lane_item(item)).collect(),
        }
    }

    fn lane_item(&mut self, item: &LaneItem) -> BoundLaneItem {
        let scope = item.records.as_ref().map_or(Scope::Subjects, over);
        let label = &item.label;
        BoundLaneItem {
            records: item.records.as_ref().map(ToString::to_string),
            select: self.maybe(item.r#where.as_ref(), &scope, label),
            from: self.value(&item.from, scope.clone(), Type::Number, &format!("{label}: first day")),
            to: item
                .to
                .as_ref()
                .map(|rule| self.value(rule, scope.clone(), Type::Number, &format!("{label}: last day"))),
            text: item.text.as_ref().map(|rule| self.value(rule, scope, Type::Text, &format!("{label}: text"))),
        }
    }

    fn profile(&mut self, layout: &ProfileLayout) -> BoundProfile {
        let mut facts = Vec::new();
        for fact in &layout.facts {
            if let Some(rule) = self.compile(&fact.value, Scope::Subjects, None, &fact.label) {
                facts.push((fact.id.to_string(), rule));
            }
        }
        let lanes = layout.lanes.iter().map(|item| self.lane_item(item)).collect();
        let mut findings = Vec::new();
        for own in &layout.findings {
            for (column, kind) in [
                ("parameter", Type::Text),
                ("value", Type::Number),
                ("day", Type::Number),
                ("low", Type::Number),
                ("high", Type::Number),
            ] {
                self.column(&own.records, column, kind);
            }
            findings.push((own.records.to_string(), own.parameters.iter().map(ToString::to_string).collect()));
        }
        let listings = layout.listings.iter().map(|listing| {
            for column in &listing.columns {
                self.frame_column(&listing.records, &column.variable);
            }
            BoundProfileListing {
                records: listing.records.to_string(),
                select: self.maybe(listing.r#where.as_ref(), &over(&listing.records), &listing.title),
                columns: listing.columns.iter().map(|column| column.variable.to_string()).collect(),
            }
        });
        let listings = listings.collect();
        BoundProfile {
            select: self.truth(&layout.r#where, Scope::Subjects, "subjects with a page of their own"),
            order_by: layout.order_by,
            facts,
            lanes,
            findings,
            listings,
        }
    }
}
