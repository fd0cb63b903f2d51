//! Whether displays hold together: one layout each, formats of statistics that exist, references that lead somewhere.

use super::{Check, fields};
use crate::error::nearest;
use crate::results::{Method, Statistic};
use crate::spec::alone::only_compares;
use crate::spec::endpoint::{Endpoint, Item, NUMBER_STATISTICS, Summary};
use crate::spec::output::{DisplaySpec, RowFormat};

impl<'a> Check<'a> {
    pub(super) fn displays(&mut self) {
        let sections: Vec<&str> = self.study.section.iter().map(|section| &*section.number).collect();
        for display in &self.study.display {
            self.refers(&display.section, "section", &sections);
            self.display(display);
        }
    }

    fn display(&mut self, display: &DisplaySpec) {
        let study = self.study;
        let at = display.id.span.start;
        // What is withheld has no layout where its specification was narrowed.
        let layouts = layouts(display);
        if layouts != 1 && (layouts > 0 || display.identifies_arm.is_none()) {
            let message = format!("display {} needs exactly one layout", display.id);
            self.error(at, message).hint =
                Some("write [display.summary], [display.response] … under it; `trialpress spec` lists them".to_owned());
        }
        let binary = self.endpoints_of(|endpoint| endpoint.binary.is_some());
        let ancova = self.endpoints_of(|endpoint| endpoint.ancova.is_some());
        let any = self.endpoints_of(|_| true);
        display.estimand.iter().for_each(|name| self.refers(name, "endpoint", &any));
        if display.flow.is_some() && study.flow.is_none() {
            self.error(at, "a flow diagram needs the section [flow]");
        }
        if let Some(layout) = &display.summary {
            let summaries: Vec<&str> = study.summary.iter().map(|summary| &*summary.id).collect();
            self.refers(&layout.of, "summary", &summaries);
            if let Some(summary) = study.summary.iter().find(|summary| summary.id == layout.of) {
                let items: Vec<&str> = summary.items.iter().map(|item| &*item.id).collect();
                layout.items.iter().for_each(|name| self.refers(name, "item", &items));
            }
            self.decimals(at, layout.p_decimals);
            let more = study.summary.iter().find(|summary| summary.id == layout.of).map_or(&[][..], |own| &own.more);
            let allowed: Vec<Statistic> = NUMBER_STATISTICS.iter().chain(more).copied().collect();
            layout.number_rows.iter().for_each(|row| self.format(at, &row.show, &allowed));
            self.format(at, &layout.count, &[Statistic::Count, Statistic::Share]);
        }
        if let Some(layout) = &display.response {
            self.decimals(at, layout.p_decimals);
            layout.of.iter().for_each(|name| self.refers(name, "binary endpoint", &binary));
            let variants: Vec<&str> = study.variant.iter().map(|variant| &*variant.id).collect();
            layout.variants.iter().for_each(|name| self.refers(name, "variant", &variants));
        }
        if let Some(layout) = &display.response_by_visit {
            self.refers(&layout.of, "binary endpoint", &binary);
        }
        if let Some(layout) = &display.ancova {
            self.decimals(at, layout.p_decimals);
            self.refers(&layout.of, "endpoint of analysis of covariance", &ancova);
            self.formats(at, &layout.number_rows);
        }
        if let Some(layout) = &display.listing {
            match (&layout.frame, &layout.records) {
                (Some(frame), None) => {
                    self.refers_frame(frame);
                    if layout.at.is_empty() {
                        self.error(at, "a listing of a frame needs its visits").hint =
                            Some("write at = [\"…\"]".to_owned());
                    }
                }
                (None, Some(records)) => self.refers_records(records),
                _ => {
                    self.error(at, "a listing has either a frame or records");
                }
            }
            layout.at.iter().for_each(|visit| self.refers_row(visit));
            self.once(at, "visit", layout.at.iter().map(|visit| &**visit));
            self.refers_set(&layout.analysis_set);
            layout.columns.iter().filter_map(|column| column.decimals).for_each(|decimals| self.decimals(at, decimals));
        }
        self.outcomes(display);
        self.looks(display);
        self.visits(display);
        self.of_records(display);
        self.of_attendance(display);
        self.of_running(display);
    }

    /// The endpoints of a kind.
    fn endpoints_of(&self, wanted: impl Fn(&Endpoint) -> bool) -> Vec<&'a str> {
        self.study.endpoint.iter().filter(|endpoint| wanted(endpoint)).map(|endpoint| &*endpoint.id).collect()
    }

    /// Layouts of outcomes over visits and of their comparisons.
    fn outcomes(&mut self, display: &DisplaySpec) {
        let study = self.study;
        let at = display.id.span.start;
        if !study.compares() && only_compares(study, display) {
            let message = format!("display {} compares arms, and the study has one", display.id);
            self.error(at, message).hint = Some("a display of the arm alone is a table of responses".to_owned());
            return;
        }
        let binary = self.endpoints_of(|endpoint| endpoint.binary.is_some());
        let continuous = self.endpoints_of(|endpoint| endpoint.continuous.is_some());
        let time = self.endpoints_of(|endpoint| endpoint.time.is_some());
        if let Some(layout) = &display.forest {
            layout.of.iter().for_each(|name| self.refers(name, "binary endpoint", &binary));
            let variants: Vec<&str> = study.variant.iter().map(|variant| &*variant.id).collect();
            layout.variants.iter().for_each(|name| self.refers(name, "variant", &variants));
            for endpoint in layout.of.iter().filter_map(|name| study.endpoint(name)) {
                let subgroups = endpoint.binary.iter().flat_map(|binary| &binary.subgroups);
                let known: Vec<&str> = subgroups.map(|name| &**name).collect();
                let what = format!("subgroup of endpoint {}", endpoint.id);
                layout.subgroups.iter().for_each(|name| self.refers(name, &what, &known));
            }
        }
        if let Some(layout) = &display.tipping_point {
            let known =
                self.endpoints_of(|endpoint| endpoint.binary.as_ref().is_some_and(|binary| binary.tipping_point));
            self.refers(&layout.of, "endpoint with `tipping-point`", &known);
        }
        if let Some(layout) = &display.bounds {
            let plans: Vec<&str> = study.monitoring.iter().map(|plan| &*plan.id).collect();
            layout.of.iter().for_each(|name| self.refers(name, "monitoring plan", &plans));
        }
        if let Some(layout) = &display.hypotheses {
            let families: Vec<&str> = study.multiplicity.iter().map(|family| &*family.id).collect();
            layout.of.iter().for_each(|name| self.refers(name, "family of hypotheses", &families));
            self.decimals(at, layout.p_decimals);
        }
        if let Some(layout) = &display.change {
            self.refers(&layout.of, "continuous endpoint", &continuous);
            self.decimals(at, layout.p_decimals);
            self.formats(at, &layout.number_rows);
        }
        if let Some(layout) = &display.means {
            self.refers(&layout.of, "continuous endpoint", &continuous);
            let named = study.endpoint(&layout.of).map(Endpoint::methods).unwrap_or_default();
            let has_means = |model: &Method| matches!(model, Method::Ancova | Method::Mmrm) && named.contains(model);
            if layout.model.is_some() && !layout.change {
                self.error(
                    at,
                    format!("display {} shows a model, which is one of the change: `change = true`", display.id),
                );
            }
            if layout.model.is_some_and(|model| !has_means(&model)) {
                self.error(at, format!("endpoint {} has no least-squares means of that model", layout.of));
            }
        }
        display.individual.iter().for_each(|layout| self.refers(&layout.of, "continuous endpoint", &continuous));
        if let Some(layout) = &display.time {
            let times = self.endpoints_of(|endpoint| endpoint.time.is_some() || endpoint.survival.is_some());
            layout.of.iter().for_each(|name| self.refers(name, "time endpoint", &times));
            self.decimals(at, layout.p_decimals);
        }
        display.incidence.iter().for_each(|layout| self.refers(&layout.of, "time endpoint", &time));
    }

    /// Layouts of summaries over a frame.
    fn visits(&mut self, display: &DisplaySpec) {
        let study = self.study;
        let at = display.id.span.start;
        let summaries = study.summary.iter().filter(|summary| summary.frame.is_some());
        let known: Vec<&str> = summaries.map(|summary| &*summary.id).collect();
        let find = |name: &str| study.summary.iter().find(|summary| &*summary.id == name);
        let items = |summary: Option<&'a Summary>, wanted: fn(&Item) -> bool| -> Vec<&'a str> {
            let items = summary.into_iter().flat_map(|summary| &summary.items);
            items.filter(|item| wanted(item)).map(|item| &*item.id).collect()
        };
        if let Some(layout) = &display.by_visit {
            self.refers(&layout.of, "summary over a frame", &known);
            let items = items(find(&layout.of), |_| true);
            layout.items.iter().for_each(|name| self.refers(name, "item", &items));
            self.format(at, &layout.count, &[Statistic::N, Statistic::Count, Statistic::Share]);
            self.format(at, &layout.number, NUMBER_STATISTICS);
        }
        if let Some(layout) = &display.heat_map {
            self.refers(&layout.of, "summary over a frame", &known);
            if find(&layout.of).is_some_and(|summary| summary.items.iter().all(|item| item.count.is_none())) {
                self.error(at, format!("summary {} has no conditions for a heat map", layout.of));
            }
        }
        if let Some(layout) = &display.shift {
            self.refers(&layout.of, "summary over a frame", &known);
            let summary = find(&layout.of);
            let items = items(summary, |item| item.from.is_some());
            layout.items.iter().for_each(|name| self.refers(name, "item with `from`", &items));
            let visits: Vec<&str> = summary.iter().flat_map(|summary| &summary.at).map(|visit| &**visit).collect();
            layout.at.iter().for_each(|visit| self.refers(visit, "visit of the summary", &visits));
            if items.is_empty() && summary.is_some() {
                self.error(at, format!("summary {} has no categories with `from`", layout.of));
            }
        }
    }

    pub(super) fn formats(&mut self, at: usize, rows: &[RowFormat]) {
        for row in rows {
            self.format(at, &row.show, NUMBER_STATISTICS);
        }
    }

    pub(super) fn format(&mut self, at: usize, show: &str, allowed: &[Statistic]) {
        match fields(show) {
            Ok(fields) => {
                for (name, decimals) in fields {
                    self.decimals(at, decimals.unwrap_or(0));
                    if !Statistic::named(name).is_some_and(|statistic| allowed.contains(&statistic)) {
                        let known: Vec<&str> = allowed.iter().map(|statistic| statistic.name()).collect();
                        let hint = nearest(name, known.iter().copied()).map_or_else(
                            || Some(format!("it can show {}", known.join(", "))),
                            |near| Some(format!("did you mean {{{near}}}?")),
                        );
                        let what = if Statistic::named(name).is_some() { "cannot show" } else { "names no statistic:" };
                        self.error(at, format!("the format “{show}” {what} {name}")).hint = hint;
                    }
                }
            }
            Err(reason) => {
                self.error(at, format!("the format “{show}” {reason}"));
            }
        }
    }
}

/// How many layouts a display has.
fn layouts(display: &DisplaySpec) -> usize {
    let kinds = [
        display.flow.is_some(),
        display.snapshot.is_some(),
        display.benefit_risk.is_some(),
        display.status.is_some(),
        display.accrual.is_some(),
        display.accrual_table.is_some(),
        display.summary.is_some(),
        display.response.is_some(),
        display.response_by_visit.is_some(),
        display.ancova.is_some(),
        display.forest.is_some(),
        display.tipping_point.is_some(),
        display.hypotheses.is_some(),
        display.bounds.is_some(),
        display.looks.is_some(),
        display.boundary.is_some(),
        display.conditional_power.is_some(),
        display.what_if.is_some(),
        display.safety_rules.is_some(),
        display.safety_boundary.is_some(),
        display.change.is_some(),
        display.means.is_some(),
        display.individual.is_some(),
        display.time.is_some(),
        display.incidence.is_some(),
        display.by_visit.is_some(),
        display.heat_map.is_some(),
        display.shift.is_some(),
        display.listing.is_some(),
        display.occurrence.is_some(),
        display.dots.is_some(),
        display.parameters.is_some(),
        display.boxes.is_some(),
        display.grade_shift.is_some(),
        display.kaplan_meier.is_some(),
        display.mean_cumulative.is_some(),
        display.scatter.is_some(),
        display.waterfall.is_some(),
        display.swimmer.is_some(),
        display.profile.is_some(),
        display.statements.is_some(),
        display.checklist.is_some(),
        display.data_quality.is_some(),
        display.conformance.is_some(),
        display.rounding.is_some(),
        display.narratives.is_some(),
        display.attendance.is_some(),
        display.attendance_map.is_some(),
        display.currency.is_some(),
        display.sources.is_some(),
    ];
    kinds.iter().filter(|kind| **kind).count()
}
