//! Derived values as a dataset in the form of the basic data structure of `ADaM`, a record a subject, parameter and visit.

use crate::analysis::Work;
use crate::analysis::times::{End, TimeOf};
use crate::data::vector::{Measure, Truth, Vector};
use crate::plan::{BoundExport, BoundParameter, BoundTime, ParameterSource, RuleId};
use crate::results::Dataset;

/// The columns of every dataset, behind the identifier of the subject.
const COLUMNS: [&str; 12] =
    ["ARMCD", "PARAMCD", "PARAM", "AVISIT", "AVISITN", "ADT", "ADY", "AVAL", "AVALC", "BASE", "CHG", "AVALREAS"];
/// Further columns of a dataset with times.
const TIME_COLUMNS: [&str; 5] = ["STARTDT", "CNSR", "EVNTDESC", "LEFT", "RIGHT"];

/// A record by column; what has no value stays empty.
#[derive(Default)]
struct Record {
    fields: [String; 12],
    times: [String; 5],
}

impl Record {
    fn set(&mut self, column: &str, text: String) {
        if let Some(position) = COLUMNS.iter().position(|own| *own == column) {
            self.fields[position] = text;
        } else if let Some(position) = TIME_COLUMNS.iter().position(|own| *own == column) {
            self.times[position] = text;
        }
    }
}

impl Work<'_> {
    pub(super) fn export(&self, export: &BoundExport) -> Dataset {
        let has_times = export.parameters.iter().any(|own| matches!(own.source, ParameterSource::Time(_)));
        let further = if has_times { &TIME_COLUMNS[..] } else { &[] };
        let mut dataset = Dataset { name: self.job.analysis.clone(), csv: String::new() };
        let header = std::iter::once(self.plan.subject.as_str()).chain(COLUMNS);
        dataset.push(header.chain(further.iter().copied()));
        let subjects = self.members(self.job.set, None);
        for subject in subjects {
            for parameter in &export.parameters {
                for mut record in self.records(parameter, subject) {
                    let arm = self.arm_of(self.job.set, subject).map(|arm| self.plan.arms[arm].id.clone());
                    record.set("ARMCD", arm.unwrap_or_default());
                    record.set("PARAMCD", parameter.code.clone());
                    record.set("PARAM", parameter.label.clone());
                    let fields = std::iter::once(self.frames.subjects[subject].as_str())
                        .chain(record.fields.iter().map(String::as_str));
                    let times = record.times.iter().take(further.len()).map(String::as_str);
                    dataset.push(fields.chain(times));
                }
            }
        }
        dataset
    }

    fn records(&self, parameter: &BoundParameter, subject: usize) -> Vec<Record> {
        match &parameter.source {
            ParameterSource::Time(time) => {
                self.times(time, &[subject]).iter().map(|own| self.time_record(time, own)).collect()
            }
            ParameterSource::Frame { frame, visits, value, base, reason } => visits
                .iter()
                .filter_map(|visit| self.visit_record(frame, *visit, (*value, *base, *reason), subject))
                .collect(),
        }
    }

    /// The record of a visit; none where there is neither a value nor a date.
    fn visit_record(
        &self,
        frame: &str,
        visit: usize,
        (value, base, reason): (RuleId, Option<RuleId>, Option<RuleId>),
        subject: usize,
    ) -> Option<Record> {
        let frame = self.frames.frames.get(frame)?;
        let date = frame.date("visit_date", subject, visit);
        let (vector, row) = frame.value(value, subject, visit)?;
        if vector.is_null(row) && date.is_none() {
            return None;
        }
        let mut record = Record::default();
        record.set("AVISIT", self.visit_id(visit).to_owned());
        let nominal = self.plan.visits.get(visit).map_or(1, |visit| visit.day);
        record.set("AVISITN", nominal.to_string());
        record.set("ADT", Vector::Date(vec![date]).show(0));
        let day = frame.day(subject, visit);
        record.set("ADY", day.map_or_else(String::new, |day| day.to_string()));
        match vector {
            Vector::Number(values) => {
                let value = values[row];
                let number = |measure: Measure| Vector::Number(vec![measure]).show(0);
                record.set(if value.value().is_some() { "AVAL" } else { "AVALC" }, number(value));
                let base = base.and_then(|rule| frame.value(rule, subject, visit));
                if let Some((Vector::Number(bases), row)) = base {
                    let base = bases[row];
                    record.set("BASE", base.value().map_or_else(String::new, |_| number(base)));
                    let change = value.less(base);
                    let at_visit = visit < self.plan.visits.len();
                    let known = value.value().is_some() && base.value().is_some() && at_visit;
                    record.set("CHG", if known { number(change) } else { String::new() });
                }
            }
            Vector::Truth(truths) => {
                let (number, text) = match truths[row] {
                    Truth::True => ("1", "Y"),
                    Truth::False => ("0", "N"),
                    Truth::Unknown => ("", ""),
                };
                record.set("AVAL", number.to_owned());
                record.set("AVALC", text.to_owned());
            }
            other => record.set("AVALC", other.show(row)),
        }
        if let Some((vector, row)) = reason.and_then(|rule| frame.value(rule, subject, visit)) {
            record.set("AVALREAS", vector.show(row));
        }
        Some(record)
    }

    fn time_record(&self, time: &BoundTime, own: &TimeOf) -> Record {
        let mut record = Record::default();
        let date = |date: i32| Vector::Date(vec![Some(date)]).show(0);
        record.set("STARTDT", date(own.start));
        record.set("ADT", date(own.date));
        record.set("AVAL", own.days.to_string());
        let (code, words) = match own.end {
            End::Event(visit) => ("0", format!("EVENT AT {}", self.visit_id(visit))),
            End::Censored => ("1", "CENSORED".to_owned()),
            End::Competing(position) => ("2", format!("COMPETING: {}", time.competing[position])),
        };
        record.set("CNSR", code.to_owned());
        record.set("EVNTDESC", words);
        record.set("LEFT", own.last_without.map_or_else(String::new, |day| day.to_string()));
        let right = matches!(own.end, End::Event(_)).then(|| own.days.to_string());
        record.set("RIGHT", right.unwrap_or_default());
        record
    }
}
