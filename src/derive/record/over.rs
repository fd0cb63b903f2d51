//! What of a condition is taken over the records of a subject.

use crate::data::sheet::{self, Sheet};
use crate::data::vector::{Truth, Vector};
use crate::plan::BoundRecords;
use crate::spec::derivation::Across;

/// The date of the first record at which a condition holds, or whether it holds at some record of the subject, or at one
/// dated `within` so many days of each record.
pub(super) fn over_records(
    vector: &Vector,
    sheet: &Sheet,
    bound: &BoundRecords,
    of_subject: &[Vec<usize>],
    across: Across,
    within: Option<[i32; 2]>,
) -> Vector {
    let Vector::Truth(truths) = vector else { return vector.clone() };
    let dates = sheet::dates(sheet, if bound.findings.is_some() { DATE } else { "start" });
    if across == Across::First {
        let mut first = vec![None; truths.len()];
        for rows in of_subject {
            let earliest = rows.iter().filter(|row| truths[**row].holds()).filter_map(|row| dates[*row]).min();
            for row in rows {
                first[*row] = earliest;
            }
        }
        Vector::Date(first)
    } else {
        let mut any = vec![Truth::False; truths.len()];
        for rows in of_subject {
            for row in rows {
                let near = |other: usize| match within {
                    None => true,
                    Some([from, to]) => match (dates[*row], dates[other]) {
                        (Some(here), Some(there)) => (from..=to).contains(&(there - here)),
                        _ => false,
                    },
                };
                let found = rows.iter().filter(|other| near(**other)).map(|other| truths[*other]);
                any[*row] = found.fold(Truth::False, Truth::or);
            }
        }
        Vector::Truth(any)
    }
}

/// The date of findings, under a name no rule can write.
pub(super) const DATE: &str = "(date)";

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn records_of_a_subject_see_each_other_within_days() {
        let bound = BoundRecords {
            dataset: "D".to_owned(),
            select: None,
            start: None,
            end: None,
            findings: None,
            subject_columns: Vec::new(),
            named: BTreeSet::new(),
            derivations: Vec::new(),
        };
        let mut sheet = Sheet::new("records", 4);
        sheet.insert("start", Vector::Date(vec![Some(0), Some(30), Some(31), Some(5)]));
        let truths = Vector::Truth(vec![Truth::True, Truth::False, Truth::Unknown, Truth::False]);
        let subjects = [vec![0, 1, 2], vec![3]];
        let near = over_records(&truths, &sheet, &bound, &subjects, Across::Any, Some([-30, 0]));
        assert_eq!(near, Vector::Truth(vec![Truth::True, Truth::True, Truth::Unknown, Truth::False]));
        let any = over_records(&truths, &sheet, &bound, &subjects, Across::Any, None);
        assert_eq!(any, Vector::Truth(vec![Truth::True, Truth::True, Truth::True, Truth::False]));
        let first = over_records(&truths, &sheet, &bound, &subjects, Across::First, None);
        assert_eq!(first, Vector::Date(vec![Some(0), Some(0), Some(0), None]));
    }
}
