//! Checks of the numbers: baseline, effects, harms.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ground, Verdict, unless};
use crate::results::{Key, Statistic};
use crate::spec::check::fields;
use crate::spec::endpoint::Role;
use crate::spec::narrative::Answer;

impl Ground<'_> {
    /// The baseline tables test nothing, and show how many have a value.
    pub(super) fn baseline(&self, answer: &Answer) -> Result<Verdict, Verdict> {
        let mut findings = Vec::new();
        let mut tables = 0;
        for display in self.displays(answer) {
            let Some(layout) = &display.summary else { continue };
            tables += 1;
            if layout.p_values {
                findings.push(format!("{} has p-values", display.number));
            }
            let shows_n = layout.number_rows.iter().any(|row| {
                fields(&row.show).is_ok_and(|fields| fields.iter().any(|(name, _)| *name == Statistic::N.name()))
            });
            let summary = self.study.summary.iter().find(|summary| summary.id == layout.of);
            let of_numbers = summary.is_some_and(|summary| summary.items.iter().any(|item| item.number.is_some()));
            if of_numbers && !shows_n {
                findings.push(format!("{} does not show how many have a value", display.number));
            }
        }
        if tables == 0 {
            return Err(Verdict::NotCheckable("no table of a summary answers it".to_owned()));
        }
        Ok(unless(&findings, "no p-values; the number with a value is shown"))
    }

    /// Binary primary outcomes: a difference and a ratio for each comparison, the number analysed and that with data.
    pub(super) fn effects(&self) -> Result<Verdict, Verdict> {
        let primary = self.study.endpoint.iter().filter(|own| own.role == Role::Primary && own.binary.is_some());
        let mut findings = Vec::new();
        let mut seen = 0;
        for endpoint in primary {
            seen += 1;
            let main = |key: &&Key| key.analysis == *endpoint.id && key.variant.is_none();
            let keys: Vec<&Key> = self.results.rows.iter().map(|row| &row.key).filter(main).collect();
            let reference = &self.study.arm[self.study.reference_arm()];
            for arm in self.study.arm.iter().filter(|arm| arm.id != reference.id) {
                let compared = |key: &&&Key| {
                    key.contrast.as_ref().is_some_and(|(first, second)| *first == *arm.id && *second == *reference.id)
                };
                let has: BTreeSet<Statistic> = keys.iter().filter(compared).map(|key| key.statistic).collect();
                let wanted = [
                    (
                        "absolute effect",
                        [Statistic::Difference, Statistic::DifferenceLower, Statistic::DifferenceUpper],
                    ),
                    ("relative effect", [Statistic::Ratio, Statistic::RatioLower, Statistic::RatioUpper]),
                ];
                let lacking = wanted.iter().filter(|(_, parts)| !parts.iter().all(|part| has.contains(part)));
                findings.extend(lacking.map(|(name, _)| format!("{}: no {name} of {}", endpoint.id, arm.label)));
            }
            for arm in &self.study.arm {
                let here = |key: &&&Key| matches!(key.groups.as_slice(), [(_, level)] if *level == *arm.id);
                let has: BTreeSet<Statistic> = keys.iter().filter(here).map(|key| key.statistic).collect();
                if !has.contains(&Statistic::N) || !has.contains(&Statistic::Missing) {
                    findings.push(format!("{}: not both numbers of {}", endpoint.id, arm.label));
                }
            }
        }
        if seen == 0 {
            return Err(Verdict::NotCheckable("no primary outcome is binary".to_owned()));
        }
        Ok(unless(
            &findings,
            "absolute and relative effects with intervals, and both numbers, for each primary outcome",
        ))
    }

    /// What one arm has, every arm has a line for, be it of nobody.
    pub(super) fn harms_zero(&self) -> Result<Verdict, Verdict> {
        let study = self.study;
        let mut findings = Vec::new();
        let (mut lines, mut zeros) = (0, 0);
        for occurrence in &study.occurrence {
            let mut arms_of: BTreeMap<(Option<&str>, &[String]), BTreeSet<&str>> = BTreeMap::new();
            for item in &occurrence.items {
                arms_of.insert((Some(&item.id), &[]), BTreeSet::new());
            }
            for row in self.results.rows.iter().filter(|row| row.key.analysis == *occurrence.id) {
                let key = &row.key;
                let [(name, arm)] = key.groups.as_slice() else { continue };
                if name != "arm" || key.statistic != Statistic::Count {
                    continue;
                }
                arms_of.entry((key.variable.as_deref(), &key.levels)).or_default().insert(arm);
                zeros += usize::from(self.count(key) == Some(0));
            }
            lines += arms_of.len();
            for ((item, levels), arms) in arms_of {
                let what = item.map_or_else(|| levels.join(", "), str::to_owned);
                let absent = study.arm.iter().filter(|arm| !arms.contains(&*arm.id));
                findings.extend(absent.map(|arm| format!("{}: no count of {what} in {}", occurrence.id, arm.label)));
            }
        }
        if lines == 0 {
            return Err(Verdict::Fail("no analysis counts harms".to_owned()));
        }
        Ok(unless(
            &findings,
            format!(
                "{lines} lines of events are counted in every arm; where there are none, 0 is printed ({zeros} times)"
            ),
        ))
    }
}
