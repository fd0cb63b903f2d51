//! Who is in which arm and in which analysis set.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::sheet::Sheet;
use crate::data::vector::Vector;
use crate::derive::Notes;
use crate::derive::records::SubjectIndex;
use crate::error::{Finding, Place};
use crate::plan::{BoundArm, Plan, RuleId};
use crate::spec::design::ArmBasis;

/// The arm of each subject by one of the two rules of the arms. Being in two arms is an error.
pub(crate) fn arms(
    plan: &Plan,
    sheet: &Sheet,
    index: &SubjectIndex,
    rule: impl Fn(&BoundArm) -> RuleId,
    notes: &mut Notes<'_>,
) -> Vec<Option<usize>> {
    let mut arms: Vec<Option<usize>> = vec![None; index.len()];
    let mut twice = Vec::new();
    for (position, arm) in plan.arms.iter().enumerate() {
        let mask = notes.truths(rule(arm), sheet, &plan.options, &|row| index.id(row));
        for (subject, holds) in mask.iter().enumerate() {
            if holds.holds() && arms[subject].replace(position).is_some() {
                twice.push(index.id(subject));
            }
        }
    }
    if !twice.is_empty() {
        let place = plan.arms.first().map_or_else(Place::default, |arm| plan.rule(rule(arm)).place.clone());
        notes.findings.push(Finding::error(place.subjects(twice), "the rules of the arms put a subject into two arms"));
    }
    arms
}

/// Membership of the analysis sets. Each member must have an arm, and each arm of a set as randomised should have a member:
/// of data that were cut, which may be those of the first weeks of a trial, that is told; at the end it is a fault.
pub(crate) fn sets(
    plan: &Plan,
    rules: &BTreeMap<RuleId, Arc<Vector>>,
    planned: &[Option<usize>],
    actual: &[Option<usize>],
    index: &SubjectIndex,
    is_cut: bool,
    notes: &mut Notes<'_>,
) -> Vec<Vec<bool>> {
    let empty_is = |place, message: String| {
        if is_cut { Finding::warning(place, message) } else { Finding::error(place, message) }
    };
    let mut sets = Vec::with_capacity(plan.sets.len());
    for set in &plan.sets {
        let members: Vec<bool> = match rules.get(&set.rule).map(|vector| &**vector) {
            Some(Vector::Truth(truths)) => truths.iter().map(|truth| truth.holds()).collect(),
            _ => vec![false; index.len()],
        };
        let (arms, basis) = match set.basis {
            ArmBasis::Planned => (planned, "randomised to"),
            ArmBasis::Actual => (actual, "treated in"),
        };
        let place = plan.rule(set.rule).place.clone();
        let without: Vec<String> = (0..index.len())
            .filter(|subject| members[*subject] && arms[*subject].is_none())
            .map(|subject| index.id(subject))
            .collect();
        if !without.is_empty() {
            let message =
                format!("subjects of analysis set {} are {basis} none of the arms of the specification", set.id);
            notes.findings.push(Finding::error(place.clone().subjects(without), message));
        }
        if !members.contains(&true) {
            notes.findings.push(empty_is(place, format!("nobody is in analysis set {}", set.id)));
        } else if set.basis == ArmBasis::Planned {
            for (position, arm) in plan.arms.iter().enumerate() {
                let empty = !(0..index.len()).any(|subject| members[subject] && arms[subject] == Some(position));
                if empty {
                    let message = format!("nobody of analysis set {} is in arm {}", set.id, arm.id);
                    notes.findings.push(empty_is(plan.rule(arm.planned).place.clone(), message));
                }
            }
        }
        sets.push(members);
    }
    sets
}
