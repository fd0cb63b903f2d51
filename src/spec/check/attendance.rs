//! Whether the attendance of visits holds together: frames, visits, what a form is, and the displays of it.

use super::Check;
use super::methods::Use;
use crate::spec::attendance::{Attendance, Form};
use crate::spec::output::DisplaySpec;
use crate::spec::text::Name;

/// What results of attendance are called beside its forms and sources.
const TAKEN: [&str; 2] = ["visit", "as-of"];

impl Check<'_> {
    pub(super) fn attendance(&mut self) {
        for own in &self.study.attendance {
            let at = own.id.span.start;
            self.refers_set(&own.analysis_set);
            self.refers_frame(&own.frame);
            own.at.iter().for_each(|visit| self.refers_row(visit));
            self.once(at, "visit", own.at.iter().map(|visit| &**visit));
            if own.at.is_empty() {
                self.error(at, format!("attendance {} is of no visit", own.id));
            }
            let ids = own.forms.iter().map(|form| &form.id).chain(own.sources.iter().map(|source| &source.id));
            self.unique("form or source", ids.clone());
            for id in ids.filter(|id| TAKEN.contains(&&***id)) {
                self.error(id.span.start, format!("no form can be called {id}: the results call something else so"));
            }
            own.forms.iter().for_each(|form| self.form(own, form));
            own.sources.iter().for_each(|source| self.refers_records(&source.records));
            self.methods(at, &own.methods, Use::Attendance, 0);
            self.level(at, own.conf_level);
        }
    }

    fn form(&mut self, attendance: &Attendance, form: &Form) {
        let study = self.study;
        let name = form.frame.as_ref().unwrap_or(&attendance.frame);
        self.refers_frame(name);
        let at = form.id.span.start;
        match (&form.of, &form.received) {
            (Some(of), None) => {
                let frame = study.frame.get(&**name);
                let known = frame.into_iter().flat_map(|frame| frame.measures.iter().chain(&frame.scores));
                let known: Vec<&str> = known.map(|name| &**name).collect();
                self.refers(of, "measure or score of the frame", &known);
            }
            (None, Some(_)) => {}
            _ => {
                self.error(at, format!("form {} needs either `of` or `received`", form.id)).hint =
                    Some("write of = \"…\", a measure or a score of the frame".to_owned());
            }
        }
    }

    /// Layouts of attendance.
    pub(super) fn of_attendance(&mut self, display: &DisplaySpec) {
        let study = self.study;
        let known: Vec<&str> = study.attendance.iter().map(|own| &*own.id).collect();
        let find = |name: &Name| study.attendance.iter().find(|own| own.id == *name);
        let at = display.id.span.start;
        display.attendance.iter().for_each(|layout| self.refers(&layout.of, "attendance", &known));
        display.attendance_map.iter().for_each(|layout| self.refers(&layout.of, "attendance", &known));
        if let Some(layout) = &display.currency {
            self.refers(&layout.of, "attendance", &known);
            if let Some(own) = find(&layout.of) {
                let forms: Vec<&str> = own.forms.iter().map(|form| &*form.id).collect();
                layout.forms.iter().for_each(|name| self.refers(name, "form", &forms));
                if forms.is_empty() {
                    self.error(at, format!("attendance {} has no forms to show", layout.of));
                }
            }
        }
        if let Some(layout) = &display.sources {
            self.refers(&layout.of, "attendance", &known);
            if find(&layout.of).is_some_and(|own| own.sources.is_empty()) {
                self.error(at, format!("attendance {} has no sources to show", layout.of));
            }
        }
    }
}
