//! The binding of what is told of a running trial.

use crate::data::date;
use crate::data::vector::Type;
use crate::error::Finding;
use crate::plan::bind::Binding;
use crate::plan::{BoundAccrual, BoundLoss, BoundStatus, BoundStatusBox, Job, JobKind, Scope};
use crate::spec::accrual::Accrual;
use crate::spec::design::ArmBasis;
use crate::spec::status::Status;
use crate::spec::text::Name;

impl Binding<'_> {
    /// The analyses of a running trial, in the order of the results.
    pub(super) fn running_jobs(&mut self, jobs: &mut Vec<Job>) {
        let study = self.study;
        for status in &study.status {
            let kind = JobKind::Status(self.status(status));
            // Its own rules say who belongs where, by the arm randomised to.
            let set = study.analysis_set.iter().position(|set| set.arm == ArmBasis::Planned);
            jobs.push(self.job(&status.id, set.unwrap_or(0), kind));
        }
        for accrual in &study.accrual {
            let kind = JobKind::Accrual(self.accrual(accrual));
            jobs.push(self.job(&accrual.id, self.set(&accrual.analysis_set), kind));
        }
    }

    fn accrual(&mut self, accrual: &Accrual) -> BoundAccrual {
        let label = &accrual.label;
        let mut target: Vec<(i32, u64)> = Vec::new();
        for own in &accrual.target {
            let Some(day) = self.day(&own.date) else { continue };
            if target.last().is_some_and(|(before, _)| *before >= day) {
                let place = self.study.origin.place(own.date.span.start);
                self.findings.push(Finding::error(place, format!("{} is not after the day before it", own.date)));
            }
            target.push((day, own.participants));
        }
        if self.as_of.is_none() {
            let place = self.study.origin.place(accrual.id.span.start);
            let message = format!("accrual {} needs the day of the data, and the lock has none", accrual.id);
            self.findings.push(Finding::error(place, message));
        }
        BoundAccrual {
            date: self.value(&accrual.date, Scope::Subjects, Type::Date, label),
            planned: accrual.planned,
            opened: accrual.opened.as_ref().and_then(|day| self.day(day)),
            target,
            site: accrual
                .site
                .as_ref()
                .map(|rule| self.value(rule, Scope::Subjects, Type::Text, &format!("{label}: site"))),
            since: accrual
                .since
                .as_ref()
                .map(|since| self.value(&since.date, Scope::Subjects, Type::Date, &since.label)),
            as_of: self.as_of.unwrap_or_default(),
            conf_level: accrual.conf_level,
        }
    }

    /// A day written in the specification.
    fn day(&mut self, text: &Name) -> Option<i32> {
        let day = date::parse(text);
        if day.is_none() {
            let place = self.study.origin.place(text.span.start);
            let message = format!("{text} is not a day of the calendar, YYYY-MM-DD");
            self.findings.push(Finding::error(place, message));
        }
        day
    }

    fn status(&mut self, status: &Status) -> BoundStatus {
        let mut boxes: Vec<BoundStatusBox> = Vec::new();
        for own in &status.boxes {
            let outer = own.r#in.as_ref().and_then(|outer| boxes.iter().position(|one| *one.id == **outer));
            let held = BoundLoss {
                rule: self.truth(&own.rule, Scope::Subjects, &own.label),
                reasons: self.reasons(&own.reasons),
                by: own
                    .by
                    .as_ref()
                    .map(|rule| self.value(rule, Scope::Subjects, Type::Text, &format!("reason: {}", own.label))),
            };
            boxes.push(BoundStatusBox {
                id: own.id.to_string(),
                label: own.label.clone(),
                by_arm: own.by_arm || outer.is_some_and(|outer| boxes[outer].by_arm),
                outer,
                held,
                complete: own.complete,
            });
        }
        BoundStatus { boxes }
    }
}
