//! The binding of records: their columns, findings with gradings, derivations, and what subjects take from them.

use std::collections::BTreeSet;

use crate::data::typing::Names;
use crate::data::vector::Type;
use crate::error::Finding;
use crate::plan::bind::Binding;
use crate::plan::schema::Schema;
use crate::plan::{
    BoundDerivation, BoundFinding, BoundFindings, BoundGrade, BoundRecords, BoundSubjectVariable, Scope, VariableSource,
};
use crate::spec::derivation::{PartialDateVariable, SubjectVariable};
use crate::spec::instrument;
use crate::spec::records::{FindingParameter, Findings, Records, Take};
use crate::spec::text::{Name, RuleText};

/// What gradings see.
pub(super) const GRADED: [(&str, Type); 7] = [
    ("value", Type::Number),
    ("lln", Type::Number),
    ("uln", Type::Number),
    ("base", Type::Number),
    ("change", Type::Number),
    ("age", Type::Number),
    ("sex", Type::Text),
];

impl Binding<'_> {
    pub(super) fn records(&mut self, name: &str, records: &Records) -> BoundRecords {
        let study = self.study;
        let mut schema = Schema::new(format!("records {name}"), Vec::new()).with_options(&self.options);
        let dates = |this: &mut Self, partial: &Option<PartialDateVariable>, what: &str, schema: &mut Schema| {
            partial.as_ref().map(|partial| {
                this.variable(&records.dataset, &partial.date, &[Type::Date]);
                if let Some(text) = &partial.text {
                    this.variable(&records.dataset, text, &[Type::Text]);
                }
                for part in ["", "_first", "_last"] {
                    schema.add(format!("{what}{part}"), Type::Date);
                }
                schema.add(format!("{what}_day"), Type::Number);
                (partial.date.to_string(), partial.text.as_ref().map(ToString::to_string))
            })
        };
        let start = dates(self, &records.start, "start", &mut schema);
        let end = dates(self, &records.end, "end", &mut schema);
        let findings = records.findings.as_ref().map(|findings| self.findings(&records.dataset, findings, &mut schema));
        let mut subject_columns = Vec::new();
        for dataset in [&records.dataset, &study.data.subjects] {
            let Some(other) = self.datasets.get(&**dataset) else { continue };
            for column in other.columns() {
                if let (false, Some(kind)) = (schema.has(&column), other.column(&column)) {
                    if other.is_untyped(&column) {
                        schema.add_untyped(column.clone());
                    } else {
                        schema.add(column.clone(), kind);
                    }
                    if *dataset == study.data.subjects && records.dataset != study.data.subjects {
                        subject_columns.push(column);
                    }
                }
            }
        }
        if records.dataset == study.data.subjects {
            for column in self.subjects.columns().into_iter().filter(|column| !schema.has(column)).collect::<Vec<_>>() {
                match self.subjects.column(&column) {
                    Some(kind) => schema.add(column.clone(), kind),
                    None => schema.add_untyped(column.clone()),
                }
                subject_columns.push(column);
            }
        }
        self.frames.insert(name.to_owned(), schema);
        let mut derivations = Vec::new();
        for derivation in study.derivation.iter().filter(|derivation| &*derivation.frame == name) {
            let form = self.derivation(&Scope::Records(name.to_owned()), derivation);
            let (across, within) = (derivation.across, derivation.within);
            derivations.push(BoundDerivation { id: derivation.id.to_string(), form, across, within });
        }
        let scope = Scope::Dataset(records.dataset.to_string());
        let select = records.r#where.as_ref().map(|rule| self.truth(rule, scope, &records.label));
        let dataset = records.dataset.to_string();
        BoundRecords { dataset, select, start, end, findings, subject_columns, named: BTreeSet::new(), derivations }
    }

    fn findings(&mut self, dataset: &Name, findings: &Findings, schema: &mut Schema) -> BoundFindings {
        let scope = Scope::Dataset(dataset.to_string());
        self.variable(dataset, &findings.parameter, &[Type::Text]);
        self.variable(dataset, &findings.date, &[Type::Date]);
        for number in [Some(&findings.value), findings.low.as_ref(), findings.high.as_ref()].into_iter().flatten() {
            self.variable(dataset, number, &[Type::Number]);
        }
        for text in [&findings.text, &findings.unit].into_iter().flatten() {
            self.variable(dataset, text, &[Type::Text]);
        }
        let subjects = Name::new(&*self.study.data.subjects, dataset.span.clone());
        if let Some(age) = &findings.age {
            self.variable(&subjects, age, &[Type::Number]);
        }
        if let Some(sex) = &findings.sex {
            self.variable(&subjects, sex, &[Type::Text]);
        }
        for number in ["value", "low", "high", "day", "base", "base_low", "base_high", "change"] {
            schema.add(number, Type::Number);
        }
        for text in ["parameter", "range", "base_range", "visit"] {
            schema.add(text, Type::Text);
        }
        for truth in ["baseline", "after"] {
            schema.add(truth, Type::Truth);
        }
        for grade in findings.grades.keys() {
            for column in ["low", "high", "low_base", "high_base"] {
                schema.add(format!("{grade}_{column}"), Type::Number);
            }
        }
        let text = |name: &Option<Name>| name.as_ref().map(ToString::to_string);
        let mut truth = |rule: &Option<RuleText>, what: &str| {
            rule.as_ref().map(|rule| self.truth(rule, scope.clone(), &format!("{what} of {dataset}")))
        };
        let baseline = truth(&findings.baseline, "records that may be the baseline");
        let visits = truth(&findings.visits, "records that may stand for a visit");
        let at = findings.at.as_ref();
        let at = at.map(|rule| self.value(rule, scope.clone(), Type::Text, &format!("visit of a record of {dataset}")));
        let what = format!("preference among records of {dataset}");
        let prefer = findings.prefer.iter().filter_map(|rule| self.compile(rule, scope.clone(), None, &what)).collect();
        let parameters = findings.parameters.iter().map(|parameter| self.finding(findings, parameter)).collect();
        BoundFindings {
            parameter: findings.parameter.to_string(),
            value: findings.value.to_string(),
            text: text(&findings.text),
            unit: text(&findings.unit),
            date: findings.date.to_string(),
            low: text(&findings.low),
            high: text(&findings.high),
            age: text(&findings.age),
            sex: text(&findings.sex),
            baseline,
            visits,
            at,
            prefer,
            parameters,
            gradings: findings.grades.keys().cloned().collect(),
        }
    }

    fn finding(&mut self, findings: &Findings, parameter: &FindingParameter) -> BoundFinding {
        let mut units = instrument::units().conversion;
        let mut grades = Vec::new();
        for (grade, name) in &findings.grades {
            let (Some(own), Some(grading)) = (&parameter.analyte, instrument::grades(name)) else { continue };
            let Some(analyte) = grading.analyte.into_iter().find(|analyte| analyte.id == **own) else { continue };
            let factor = match (&parameter.unit, &analyte.unit) {
                (_, None) => Some(1.0),
                (Some(from), Some(to)) if from == to => Some(1.0),
                (Some(from), Some(to)) => {
                    let conversion = analyte.conversion.as_ref().and_then(|name| units.get(name));
                    conversion.and_then(|conversion| conversion.factor(from, to))
                }
                (None, Some(_)) => None,
            };
            let Some(factor) = factor else {
                let unit = parameter.unit.as_deref().unwrap_or("none");
                let message =
                    format!("the unit {unit} of parameter {} cannot be converted to that of {name}", parameter.code);
                let finding = Finding::error(self.study.origin.place(parameter.code.span.start), message);
                self.findings.push(finding.hint(format!("{name} grades it in {}", analyte.unit.unwrap_or_default())));
                continue;
            };
            for (direction, side) in [(&analyte.low, "low"), (&analyte.high, "high")] {
                let Some(direction) = direction else { continue };
                let text = RuleText {
                    sql: direction.rule(),
                    span: parameter.code.span.clone(),
                    instrument: Some(name.to_string()),
                };
                let what = format!("{}: {}", parameter.label, direction.term);
                if let Some(rule) = self.compile(&text, Scope::Grading, Some(Type::Number), &what) {
                    grades.push(BoundGrade { column: format!("{grade}_{side}"), rule, factor });
                }
            }
        }
        BoundFinding {
            code: parameter.code.to_string(),
            unit: parameter.unit.clone(),
            conversion: parameter.conversion.as_ref().and_then(|name| units.remove(&**name)),
            plausible: parameter.plausible,
            grades,
        }
    }

    /// A variable that subjects take from records.
    pub(super) fn taken(&mut self, name: &str, taken: &SubjectVariable, take: Take) -> Option<BoundSubjectVariable> {
        let scope = Scope::Records(taken.frame.to_string());
        let select = taken.r#where.as_ref().map(|rule| self.truth(rule, scope, &format!("records for {name}")));
        let kind = match (take, &taken.variable) {
            (Take::Any, _) => Type::Truth,
            (Take::Count, _) => Type::Number,
            (_, Some(variable)) => {
                let kind = self.frame_column(&taken.frame, variable)?;
                let fits = match take {
                    Take::Min | Take::Max => matches!(kind, Type::Number | Type::Date),
                    Take::Sum => kind == Type::Number,
                    _ => true,
                };
                if !fits {
                    let place = self.study.origin.place(variable.span.start);
                    let message = format!("{variable} is {}, of which that cannot be taken", kind.name());
                    self.findings.push(Finding::error(place, message));
                }
                kind
            }
            (_, None) => return None,
        };
        self.add_subject_variable(name, kind, taken.frame.span.start);
        let variable = taken.variable.as_ref().map(ToString::to_string);
        let source = VariableSource::Records { records: taken.frame.to_string(), take, variable, select };
        Some(BoundSubjectVariable { name: name.to_owned(), source })
    }
}
