//! Whether records, what is counted over them, and their displays hold together.

use super::Check;
use super::methods::Use;
use crate::results::{Method, Statistic};
use crate::spec::derivation::SubjectVariable;
use crate::spec::endpoint::Endpoint;
use crate::spec::instrument;
use crate::spec::output::DisplaySpec;
use crate::spec::records::{Findings, Take};
use crate::spec::safety_figure::{DotsLayout, LaneItem};
use crate::spec::template::name_of;
use crate::spec::text::Name;

/// So many panels a sheet of paper holds.
const MOST_PANELS: usize = 6;

impl Check<'_> {
    pub(super) fn refers_records(&mut self, name: &Name) {
        let known: Vec<&str> = self.study.records.keys().map(String::as_str).collect();
        self.refers(name, "records", &known);
    }

    fn refers_findings(&mut self, name: &Name) {
        let findings = self.study.records.iter().filter(|(_, records)| records.findings.is_some());
        let known: Vec<&str> = findings.map(|(name, _)| name.as_str()).collect();
        self.refers(name, "records with findings", &known);
    }

    pub(super) fn refers_frame_or_records(&mut self, name: &Name) {
        let study = self.study;
        let known: Vec<&str> = study.frame.keys().chain(study.records.keys()).map(String::as_str).collect();
        self.refers(name, "frame or records", &known);
    }

    pub(super) fn subject_variable(&mut self, variable: &SubjectVariable) {
        let at = variable.frame.span.start;
        self.refers_frame_or_records(&variable.frame);
        if self.study.records.contains_key(&*variable.frame) {
            if self.study.records.get(&*variable.frame).is_some_and(|own| own.dataset == self.study.data.subjects) {
                self.error(
                    at,
                    format!("{} are the subjects themselves: their variables are theirs already", variable.frame),
                );
            }
            let valued = !matches!(variable.take, Some(Take::Any | Take::Count));
            if variable.take.is_none() {
                self.error(at, "what is taken from the records must be said").hint = Some(
                    "write take = \"any\", \"count\", \"min\", \"max\", \"sum\", \"first\" or \"last\"".to_owned(),
                );
            } else if valued != variable.variable.is_some() {
                self.error(at, "`any` and `count` need no variable, and all others do");
            }
            if variable.at.is_some() {
                self.error(at, "records have no visits to take a variable at");
            }
        } else {
            match &variable.at {
                Some(visit) => self.refers_visit(visit),
                None => {
                    self.error(at, "a variable of a frame is taken at a visit").hint =
                        Some("write at = \"…\"".to_owned());
                }
            }
            if variable.take.is_some() || variable.r#where.is_some() || variable.variable.is_none() {
                self.error(at, "of a frame, a variable is taken at a visit: `take` and `where` are for records");
            }
        }
    }

    pub(super) fn records(&mut self) {
        let study = self.study;
        let datasets: Vec<&str> = study.data.datasets.keys().map(String::as_str).collect();
        for (name, records) in &study.records {
            self.refers(&records.dataset, "dataset", &datasets);
            if study.frame.contains_key(name) {
                let at = records.dataset.span.start;
                self.error(at, format!("{name} is the name of a frame and of records"));
            }
            if let Some(findings) = &records.findings {
                self.findings_of(findings);
            }
        }
        for occurrence in &study.occurrence {
            let at = occurrence.id.span.start;
            self.refers_records(&occurrence.records);
            self.refers_set(&occurrence.analysis_set);
            self.level(at, occurrence.conf_level);
            self.unique("item", occurrence.items.iter().map(|item| &item.id));
            if !occurrence.items.is_empty() && !occurrence.levels.is_empty() {
                self.error(at, "occurrences have items or levels, not both");
            }
            if occurrence.levels.len() > 4 {
                self.error(at, "a hierarchy has at most four levels");
            }
            if occurrence.grade.is_some() == occurrence.grades.is_empty() {
                self.error(at, "`grade` and `grades` go together");
            }
            for item in &occurrence.items {
                if item.r#where.is_some() && item.subjects.is_some() {
                    self.error(item.id.span.start, "an item has `where` or `subjects`, not both");
                }
            }
            let known: Vec<&str> = study.subgroup.iter().map(|subgroup| &*subgroup.id).collect();
            occurrence.subgroups.iter().for_each(|name| self.refers(name, "subgroup", &known));
            let used = Use::Occurrence { at_risk: occurrence.at_risk.is_some() };
            self.methods(at, &occurrence.methods, used, occurrence.strata.len());
            let means = occurrence.methods.contains(&Method::MeanCumulative);
            let days = &occurrence.at;
            if means == days.is_empty()
                || days.windows(2).any(|pair| pair[0] >= pair[1])
                || days.iter().any(|day| *day < 1)
            {
                self.error(at, "`at` gives the days of `mean-cumulative`: from 1, rising");
            }
        }
        for summary in &study.parameter_summary {
            self.refers_findings(&summary.records);
            self.refers_set(&summary.analysis_set);
            summary.at.iter().for_each(|visit| self.refers_row(visit));
            self.refers_parameters(&summary.records, &summary.parameters);
        }
        for shift in &study.grade_shift {
            self.refers_findings(&shift.records);
            self.refers_set(&shift.analysis_set);
            shift.at.iter().for_each(|visit| self.refers_visit(visit));
            self.refers_parameters(&shift.records, &shift.parameters);
            for level in shift.levels.iter().filter(|level| level.value.parse::<f64>().is_err()) {
                self.error(shift.id.span.start, format!("the level {} is no number", level.value));
            }
        }
    }

    fn refers_parameters(&mut self, records: &Name, names: &[Name]) {
        let Some(findings) = self.study.records.get(&**records).and_then(|own| own.findings.as_ref()) else { return };
        let known: Vec<&str> = findings.parameters.iter().map(|parameter| &*parameter.code).collect();
        for name in names {
            self.refers(name, "parameter", &known);
        }
    }

    fn findings_of(&mut self, findings: &Findings) {
        let units = instrument::units();
        let at = findings.parameter.span.start;
        let mut codes = std::collections::BTreeSet::new();
        for name in findings.grades.values() {
            self.refers_instrument(name, instrument::GRADES);
        }
        let graded: Vec<String> = findings
            .grades
            .values()
            .filter_map(|name| instrument::grades(name))
            .flat_map(|grades| grades.analyte.into_iter().map(|analyte| analyte.id))
            .collect();
        let known: Vec<&str> = graded.iter().map(String::as_str).collect();
        if findings.parameters.is_empty() {
            self.error(at, "findings need parameters");
        }
        for parameter in &findings.parameters {
            let at = parameter.code.span.start;
            if !codes.insert(parameter.code.to_string()) {
                self.error(at, format!("parameter {} is listed twice", parameter.code));
            }
            self.decimals(at, parameter.decimals);
            if let Some(conversion) = &parameter.conversion {
                let all: Vec<&str> = units.conversion.keys().map(String::as_str).collect();
                self.refers(conversion, "conversion", &all);
                let has =
                    |unit: &String| units.conversion.get(&**conversion).is_none_or(|own| own.units.contains_key(unit));
                if !parameter.unit.as_ref().is_some_and(has) {
                    self.error(at, format!("parameter {}: conversion {conversion} has no such unit", parameter.code));
                }
            }
            if let Some(analyte) = &parameter.analyte {
                self.refers(analyte, "analyte of its gradings", &known);
            }
        }
    }

    fn dots(&mut self, layout: &DotsLayout, occurrences: &[&str]) {
        self.refers(&layout.of, "occurrences", occurrences);
        let own = self.study.occurrence.iter().find(|own| own.id == layout.of);
        if layout.grades && own.is_some_and(|own| own.grade.is_none()) {
            self.error(layout.of.span.start, format!("{} has no grade to divide bars by", layout.of));
        }
    }

    /// Layouts over records.
    pub(super) fn of_records(&mut self, display: &DisplaySpec) {
        let study = self.study;
        let at = display.id.span.start;
        let occurrences: Vec<&str> = study.occurrence.iter().map(|occurrence| &*occurrence.id).collect();
        let summaries: Vec<&str> = study.parameter_summary.iter().map(|summary| &*summary.id).collect();
        if let Some(layout) = &display.occurrence {
            self.refers(&layout.of, "occurrences", &occurrences);
            self.decimals(at, layout.p_decimals);
            let shown = [Statistic::Count, Statistic::Share, Statistic::Events, Statistic::N];
            self.format(at, &layout.count, &shown);
            let subgroups: Vec<&str> = study.subgroup.iter().map(|subgroup| &*subgroup.id).collect();
            layout.subgroup.iter().for_each(|name| self.refers(name, "subgroup", &subgroups));
        }
        if let Some(layout) = &display.mean_cumulative {
            self.refers(&layout.of, "occurrences", &occurrences);
            if let Some(occurrence) = study.occurrence.iter().find(|own| own.id == layout.of) {
                if !occurrence.methods.contains(&Method::MeanCumulative) {
                    self.error(at, format!("occurrences {} have no method mean-cumulative", layout.of));
                }
                let counted = occurrence.items.iter().filter(|item| item.subjects.is_none());
                let items: Vec<&str> = counted.map(|item| &*item.id).collect();
                match &layout.item {
                    Some(item) => self.refers(item, "item of records", &items),
                    None if !occurrence.items.is_empty() => {
                        self.error(at, format!("display {} needs one of the items of {}", display.id, layout.of));
                    }
                    None => {}
                }
            }
        }
        display.dots.iter().for_each(|layout| self.dots(layout, &occurrences));
        if let Some(layout) = &display.parameters {
            self.refers(&layout.of, "parameter summary", &summaries);
            self.formats(at, &layout.number_rows);
        }
        display.boxes.iter().for_each(|layout| self.refers(&layout.of, "parameter summary", &summaries));
        let shifts: Vec<&str> = study.grade_shift.iter().map(|shift| &*shift.id).collect();
        display.grade_shift.iter().for_each(|layout| self.refers(&layout.of, "grade shift", &shifts));
        if let Some(layout) = &display.kaplan_meier {
            let drawn = |endpoint: &&Endpoint| {
                let survival = endpoint.survival.iter().flat_map(|survival| &survival.methods);
                let time = endpoint.time.iter().flat_map(|time| &time.methods);
                let mut methods = survival.chain(time);
                methods.any(|method| matches!(method, Method::KaplanMeier | Method::AalenJohansen))
            };
            let known: Vec<&str> = study.endpoint.iter().filter(drawn).map(|endpoint| &*endpoint.id).collect();
            self.refers(&layout.of, "time endpoint with a curve", &known);
        }
        if let Some(layout) = &display.scatter {
            self.refers_set(&layout.analysis_set);
            if !(1..=MOST_PANELS).contains(&layout.panels.len()) {
                let message =
                    format!("display {} has {} panels, not 1 to {MOST_PANELS}", display.id, layout.panels.len());
                self.error(at, message);
            }
            if layout.log && layout.x_lines.iter().chain(&layout.y_lines).any(|line| *line <= 0.0) {
                self.error(
                    at,
                    format!("display {}: a line at 0 or below has no place on a logarithmic axis", display.id),
                );
            }
        }
        display.waterfall.iter().for_each(|layout| self.refers_set(&layout.analysis_set));
        if let Some(layout) = &display.swimmer {
            self.refers_set(&layout.analysis_set);
            layout.segments.iter().chain(&layout.marks).for_each(|item| self.lane(item));
        }
        if let Some(layout) = &display.profile {
            self.refers_set(&layout.analysis_set);
            self.unique("fact", layout.facts.iter().map(|fact| &fact.id));
            layout.lanes.iter().for_each(|item| self.lane(item));
            for findings in &layout.findings {
                self.refers_findings(&findings.records);
                self.refers_parameters(&findings.records, &findings.parameters);
            }
            layout.listings.iter().for_each(|listing| self.refers_records(&listing.records));
            let [first, last] = layout.days;
            if first >= last {
                self.error(at, format!("display {}: the last day of the axis must be after the first", display.id));
            }
            let known: Vec<String> = layout.facts.iter().map(|fact| name_of(&fact.id)).collect();
            for template in &layout.narrative {
                self.findings.extend(template.findings(&known, &study.origin));
            }
        }
        if let Some(layout) = &display.narratives {
            self.refers_set(&layout.analysis_set);
            self.refers_records(&layout.records);
            self.unique("fact", layout.facts.iter().map(|fact| &fact.id));
            let known: Vec<String> = layout.facts.iter().map(|fact| name_of(&fact.id)).collect();
            for template in layout.narrative.iter().chain([&layout.title]) {
                self.findings.extend(template.findings(&known, &study.origin));
            }
        }
        if let Some(layout) = &display.statements {
            let lists: Vec<&str> = study.statement.iter().map(|statement| &*statement.list).collect();
            self.refers(&layout.of, "list of statements", &lists);
        }
        if display.checklist.is_some() && study.checklist.is_none() {
            self.error(at, "a checklist needs the section [checklist]");
        }
    }

    fn lane(&mut self, item: &LaneItem) {
        item.records.iter().for_each(|records| self.refers_records(records));
    }
}
