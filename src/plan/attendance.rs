//! The attendance of visits, bound.

use crate::data::vector::Type;
use crate::plan::bind::Binding;
use crate::plan::{RuleId, Scope};
use crate::results::Method;
use crate::spec::attendance::{Attendance, Form};
use crate::spec::text::RuleText;

/// The attendance of visits.
#[derive(Clone, Debug)]
pub struct BoundAttendance {
    /// The frame whose date of the visit says that it took place.
    pub frame: String,
    /// Rows of the visits.
    pub visits: Vec<usize>,
    /// The last day of a participant in the study.
    pub until: Option<RuleId>,
    /// What is expected at each visit.
    pub forms: Vec<BoundForm>,
    /// Where records come from.
    pub sources: Vec<BoundRecordSource>,
    /// Methods of the comparison of what is missing.
    pub methods: Vec<Method>,
    /// Confidence level.
    pub conf_level: f64,
}

/// What is expected at a visit.
#[derive(Clone, Debug)]
pub struct BoundForm {
    /// Identifier.
    pub id: String,
    /// The frame.
    pub frame: String,
    /// Whether it has been received.
    pub received: RuleId,
}

/// A source of records.
#[derive(Clone, Debug)]
pub struct BoundRecordSource {
    /// Identifier.
    pub id: String,
    /// The records.
    pub records: String,
    /// The date of a record.
    pub date: RuleId,
    /// The date of its entry.
    pub entered: Option<RuleId>,
}

impl BoundAttendance {
    /// The frames and records it reads.
    #[must_use]
    pub fn frames(&self) -> Vec<&str> {
        let forms = self.forms.iter().map(|form| form.frame.as_str());
        let sources = self.sources.iter().map(|source| source.records.as_str());
        std::iter::once(self.frame.as_str()).chain(forms).chain(sources).collect()
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleId> {
        let forms = self.forms.iter().map(|form| form.received);
        let sources = self.sources.iter().flat_map(|source| std::iter::once(source.date).chain(source.entered));
        self.until.into_iter().chain(forms).chain(sources).collect()
    }
}

impl Binding<'_> {
    pub(super) fn attendance(&mut self, own: &Attendance) -> BoundAttendance {
        let until = own.until.as_ref().map(|rule| {
            self.value(rule, Scope::Subjects, Type::Date, &format!("{}: last day in the study", own.label))
        });
        let forms = own.forms.iter().map(|form| self.form(own, form)).collect();
        let sources = own.sources.iter().map(|source| {
            let scope = || Scope::Records(source.records.to_string());
            let date = self.value(&source.date, scope(), Type::Date, &format!("{}: date", source.label));
            let entered = format!("{}: date of entry", source.label);
            let entered = source.entered.as_ref().map(|rule| self.value(rule, scope(), Type::Date, &entered));
            BoundRecordSource { id: source.id.to_string(), records: source.records.to_string(), date, entered }
        });
        let sources = sources.collect();
        BoundAttendance {
            frame: own.frame.to_string(),
            visits: self.visits(&own.at),
            until,
            forms,
            sources,
            methods: own.methods.clone(),
            conf_level: own.conf_level,
        }
    }

    fn form(&mut self, attendance: &Attendance, form: &Form) -> BoundForm {
        let frame = form.frame.as_ref().unwrap_or(&attendance.frame).to_string();
        // A measure and a score have a date where they have a value.
        let by_date = form.of.as_ref().map(|name| RuleText {
            sql: format!("{name}_date IS NOT NULL"),
            span: name.span.clone(),
            instrument: None,
        });
        let defines = format!("{}: received", form.label);
        let rule = form.received.as_ref().or(by_date.as_ref());
        let received = rule.map(|rule| self.truth(rule, Scope::Frame(frame.clone()), &defines));
        BoundForm { id: form.id.to_string(), frame, received: received.unwrap_or(RuleId(0)) }
    }
}
