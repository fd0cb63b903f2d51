//! Whether what is told of a running trial holds together: accrual and status.

use super::Check;
use crate::results::{Family, Method, Statistic};
use crate::spec::board::SnapshotCell;
use crate::spec::endpoint::Endpoint;
use crate::spec::output::DisplaySpec;
use crate::spec::status::Status;

impl Check<'_> {
    pub(super) fn running(&mut self) {
        let study = self.study;
        for accrual in &study.accrual {
            let at = accrual.id.span.start;
            self.refers_set(&accrual.analysis_set);
            self.level(at, accrual.conf_level);
            self.filled(at, "the label of accrual", &accrual.label);
            if accrual.planned == 0 {
                self.error(at, format!("accrual {} plans nobody", accrual.id));
            }
            for pair in accrual.target.windows(2).filter(|pair| pair[0].participants > pair[1].participants) {
                let message = format!("the plan of accrual {} falls after {}", accrual.id, pair[0].date);
                self.error(pair[1].date.span.start, message);
            }
        }
        for status in &study.status {
            self.status(status);
        }
    }

    fn status(&mut self, status: &Status) {
        let at = status.id.span.start;
        self.unique("box", status.boxes.iter().map(|own| &own.id));
        if status.boxes.is_empty() {
            self.error(at, format!("status {} has no boxes", status.id));
        }
        for (position, own) in status.boxes.iter().enumerate() {
            let at = own.id.span.start;
            self.filled(at, "the label of a box", &own.label);
            self.once(at, "reason", own.reasons.iter().map(|reason| reason.label.as_str()));
            if own.by.is_some() && !own.reasons.is_empty() {
                self.error(at, format!("box {} has `by` or `reasons`, not both", own.id));
            }
            match &own.r#in {
                Some(outer) => {
                    let before: Vec<&str> = status.boxes[..position].iter().map(|own| &*own.id).collect();
                    self.refers(outer, "box before it,", &before);
                }
                None if position > 0 => {
                    self.error(at, format!("box {} is in no other", own.id)).hint =
                        Some("write in = \"…\"; only the first box holds all others".to_owned());
                }
                None => {}
            }
            if own.complete && status.inside(&own.id).next().is_none() {
                self.error(at, format!("box {} is complete and has no boxes in it", own.id));
            }
        }
        for second in status.boxes.iter().filter(|own| own.by_arm).skip(1) {
            self.error(second.id.span.start, format!("a second box of status {} is told by arm", status.id)).hint =
                Some("what is in a box by arm is by arm anyway".to_owned());
        }
    }

    /// Layouts of a running trial.
    pub(super) fn of_running(&mut self, display: &DisplaySpec) {
        let study = self.study;
        let accruals: Vec<&str> = study.accrual.iter().map(|accrual| &*accrual.id).collect();
        let of_accrual = display.accrual.iter().map(|layout| &layout.of);
        for name in of_accrual.chain(display.accrual_table.iter().map(|layout| &layout.of)) {
            self.refers(name, "accrual", &accruals);
        }
        self.snapshot(display);
        self.benefit_risk(display);
        let known: Vec<&str> = study.status.iter().map(|status| &*status.id).collect();
        display.status.iter().for_each(|layout| self.refers(&layout.of, "status", &known));
    }

    fn snapshot(&mut self, display: &DisplaySpec) {
        const MOST: usize = 30;
        let study = self.study;
        let Some(layout) = &display.snapshot else { return };
        let at = display.id.span.start;
        let cells = || layout.groups.iter().flat_map(|group| &group.cells);
        if cells().all(|cell| cell.at_look || !cell.reports.is_empty()) {
            self.error(at, "a snapshot needs a number that every report shows, at a look or not");
        }
        if !(1..=MOST).contains(&cells().count()) {
            self.error(at, format!("a snapshot has 1 to {MOST} numbers: they are read at one glance"));
        }
        let rules = study.safety_rule.iter().map(|own| &*own.id);
        let boundaries: Vec<&str> = rules.chain(study.monitoring.iter().map(|own| &*own.id)).collect();
        let summaries = study.summary.iter().filter(|summary| summary.frame.is_none());
        let known: Vec<&str> = study
            .status
            .iter()
            .map(|own| &*own.id)
            .chain(study.accrual.iter().map(|own| &*own.id))
            .chain(summaries.map(|own| &*own.id))
            .chain(study.occurrence.iter().map(|own| &*own.id))
            .chain(boundaries.iter().copied())
            .collect();
        for cell in cells() {
            let at = cell.of.span.start;
            self.filled(at, "the label of a number", &cell.label);
            self.refers(&cell.of, "analysis of a snapshot,", &known);
            self.format(at, &cell.show, Statistic::ALL);
            if boundaries.contains(&&*cell.of) {
                let plain = cell.item.is_none() && cell.level.is_none() && cell.planned.is_none();
                if !plain || cell.show != SnapshotCell::COUNT {
                    self.error(at, format!("{} tells of its boundary, and nothing else of it can be chosen", cell.of));
                }
                continue;
            }
            let status = study.status.iter().find(|own| own.id == cell.of).map(|own| {
                let boxes = own.boxes.iter().map(|own| &*own.id);
                boxes.collect::<Vec<_>>()
            });
            let summary = || study.summary.iter().find(|own| own.id == cell.of);
            let of_summary = || summary().map(|own| own.items.iter().map(|item| &*item.id).collect::<Vec<_>>());
            let occurrence = || study.occurrence.iter().find(|own| own.id == cell.of);
            let of_occurrence = || occurrence().map(|own| own.items.iter().map(|item| &*item.id).collect::<Vec<_>>());
            let accrual = || study.accrual.iter().any(|own| own.id == cell.of).then(|| vec!["all", "late"]);
            let items = status.or_else(of_summary).or_else(accrual);
            match (&cell.item, items, of_occurrence()) {
                (Some(item), Some(items), _) | (Some(item), None, Some(items)) => self.refers(item, "item", &items),
                (None, Some(items), _) if items != ["all", "late"] => {
                    self.error(at, format!("a number of {} needs an item", cell.of)).hint =
                        Some(format!("one of {}", items.join(", ")));
                }
                _ => {}
            }
        }
    }

    fn benefit_risk(&mut self, display: &DisplaySpec) {
        let study = self.study;
        // That a study of one arm has nothing to compare is told of the display already.
        let Some(layout) = display.benefit_risk.as_ref().filter(|_| study.compares()) else { return };
        let at = display.id.span.start;
        if layout.benefits.is_empty() && layout.harms.is_empty() {
            self.error(at, format!("display {} has neither benefits nor harms", display.id));
        }
        let differs = |methods: &[Method]| methods.iter().any(|method| method.family() == Family::ShareDifference);
        let binary = |endpoint: &&Endpoint| endpoint.binary.as_ref().is_some_and(|own| differs(&own.methods));
        let endpoints = study.endpoint.iter().filter(binary).map(|endpoint| &*endpoint.id);
        let occurrences = study.occurrence.iter().filter(|own| differs(&own.methods)).map(|own| &*own.id);
        let known: Vec<&str> = endpoints.chain(occurrences).collect();
        for own in layout.benefits.iter().chain(&layout.harms) {
            self.refers(&own.of, "binary endpoint, or occurrences, with a difference,", &known);
            let visits = study.endpoint(&own.of).and_then(|endpoint| endpoint.binary.as_ref());
            let visits: Vec<&str> = visits.iter().flat_map(|binary| &binary.at).map(|visit| &**visit).collect();
            own.at.iter().for_each(|visit| self.refers(visit, "visit of the endpoint,", &visits));
            let items = study.occurrence.iter().find(|occurrence| occurrence.id == own.of);
            let items: Vec<&str> = items.iter().flat_map(|own| &own.items).map(|item| &*item.id).collect();
            match &own.item {
                Some(item) => self.refers(item, "item", &items),
                None if !items.is_empty() => {
                    self.error(own.of.span.start, format!("{} needs one of its items", own.of)).hint =
                        Some(format!("one of {}", items.join(", ")));
                }
                None => {}
            }
        }
    }
}
