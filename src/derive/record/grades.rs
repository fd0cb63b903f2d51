//! Grades of findings, each parameter by the rules of its gradings.

use std::collections::BTreeMap;

use crate::data::sheet::Sheet;
use crate::data::vector::{Measure, Type, Vector};
use crate::derive::Notes;
use crate::derive::frame::Sources;
use crate::derive::record::findings::{Chosen, Place};
use crate::plan::BoundFindings;

/// What is graded: values with their limits, baselines and changes, one a record.
#[derive(Clone, Copy)]
pub(super) struct Graded<'a> {
    pub(super) value: &'a Vector,
    pub(super) low: &'a Vector,
    pub(super) high: &'a Vector,
    pub(super) bases: &'a Vector,
    pub(super) change: &'a Vector,
    pub(super) chosen: &'a Chosen,
    /// The position of each record's parameter.
    pub(super) parameter: &'a [Option<usize>],
    /// The subject of each record.
    pub(super) subjects: &'a [Option<usize>],
}

/// Grades of all records, and those of their baseline records. A record that does not come after baseline has none to
/// be compared with: it is graded by its reference range alone.
pub(super) fn insert(
    into: &mut Sheet,
    findings: &BoundFindings,
    place: &Place<'_>,
    graded: &Graded<'_>,
    sources: &Sources<'_>,
    notes: &mut Notes<'_>,
) {
    let Graded { value, low, high, bases, change, chosen, parameter, subjects } = *graded;
    if findings.gradings.is_empty() {
        return;
    }
    let rows = subjects.len();
    let of_subject = |name: &Option<String>, kind| {
        let column = name.as_deref().and_then(|name| sources.subject_sheet.column(name));
        column.map_or_else(|| Vector::missing(kind, rows), |column| column.gather(subjects))
    };
    let age = of_subject(&findings.age, Type::Number);
    let sex = of_subject(&findings.sex, Type::Text);
    let mut graded: BTreeMap<String, Vec<Measure>> = BTreeMap::new();
    for name in &findings.gradings {
        for side in ["low", "high"] {
            graded.insert(format!("{name}_{side}"), vec![Measure::MISSING; rows]);
        }
    }
    for (position, own) in findings.parameters.iter().enumerate().filter(|(_, own)| !own.grades.is_empty()) {
        let here: Vec<usize> = (0..rows).filter(|row| parameter[*row] == Some(position)).collect();
        let gathered: Vec<Option<usize>> = here.iter().map(|row| Some(*row)).collect();
        let compared: Vec<Option<usize>> = here.iter().map(|row| chosen.after[*row].holds().then_some(*row)).collect();
        let who = |row: usize| {
            here.get(row).and_then(|row| subjects[*row]).map_or_else(String::new, |own| sources.index.id(own))
        };
        for grade in &own.grades {
            let scaled = |vector: Vector| match vector {
                Vector::Number(numbers) => {
                    let scale =
                        |number: Measure| if number.is_missing() { number } else { number.scaled(grade.factor) };
                    Vector::Number(numbers.into_iter().map(scale).collect())
                }
                other => other,
            };
            let mut sheet = Sheet::new(format!("records {}", place.name), here.len());
            sheet.insert("value", scaled(value.gather(&gathered)));
            sheet.insert("lln", scaled(low.gather(&gathered)));
            sheet.insert("uln", scaled(high.gather(&gathered)));
            sheet.insert("base", scaled(bases.gather(&compared)));
            sheet.insert("change", scaled(change.gather(&compared)));
            sheet.insert("age", age.gather(&gathered));
            sheet.insert("sex", sex.gather(&gathered));
            if let (Vector::Number(numbers), Some(column)) =
                (notes.evaluate(grade.rule, &sheet, &place.plan.options, &who), graded.get_mut(&grade.column))
            {
                for (row, number) in here.iter().zip(numbers) {
                    // A value that is missing has no grade, whatever a rule makes of it.
                    if !matches!(value, Vector::Number(values) if values[*row].is_missing()) {
                        column[*row] = number;
                    }
                }
            }
        }
    }
    for (column, numbers) in graded {
        let vector = Vector::Number(numbers);
        into.insert(format!("{column}_base"), vector.gather(&chosen.baseline_of));
        into.insert(column, vector);
    }
}
