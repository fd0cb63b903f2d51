//! The machine checks of a reporting checklist: what can be held against specification, results, provenance and texts.
//!
//! Nothing is computed here: counts are compared, dates put in order, names looked up. What neither the specification nor
//! the data hold is a fact of `[checklist.facts]`; without it an item is not checkable, which is said and never passes.

mod conduct;
mod design;
mod estimates;
mod identity;
#[cfg(test)]
mod tests;

use crate::display::texts::Narrative;
use crate::results::{Key, Lookup, Provenance, Results, Value};
use crate::spec::Study;
use crate::spec::instrument::{CheckName, ChecklistItem, MachineCheck};
use crate::spec::narrative::{Answer, Checklist};
use crate::spec::output::DisplaySpec;

/// What a machine check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It holds; with what was looked at, which may be nothing worth telling.
    Pass(String),
    /// What is wrong.
    Fail(String),
    /// What is missing to check it.
    NotCheckable(String),
}

/// What the checks see.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) study: &'a Study,
    pub(super) answers: &'a Checklist,
    pub(super) results: &'a Results,
    pub(super) lookup: &'a Lookup<'a>,
    pub(super) provenance: &'a Provenance,
    pub(super) narrative: &'a Narrative,
}

impl<'a> Ground<'a> {
    /// The verdict on an item. One that does not apply is not checked.
    pub(super) fn verdict(&self, item: &ChecklistItem) -> Option<Verdict> {
        let answer = self.answers.item.get(&item.id)?;
        if answer.not_applicable.is_some() {
            return None;
        }
        let Some(check) = &item.check else {
            return Some(Verdict::NotCheckable(item.unchecked.clone().unwrap_or_default()));
        };
        if self.lookup.is_of_examples() {
            return Some(Verdict::NotCheckable("there are no data yet".to_owned()));
        }
        Some(self.run(check, answer).unwrap_or_else(|verdict| verdict))
    }

    fn run(&self, check: &MachineCheck, answer: &Answer) -> Result<Verdict, Verdict> {
        match check.name {
            CheckName::TitleWords => Ok(self.title_words(&check.words)),
            CheckName::Numerals => self.numerals(answer),
            CheckName::Registration => self.registration(&check.patterns),
            CheckName::PlanDate => self.plan_date(),
            CheckName::Facts => self.facts_given(&check.facts),
            CheckName::ArmFacts => Ok(self.arm_facts(&check.facts)),
            CheckName::Answered => Ok(answered(answer)),
            CheckName::HarmsCounted => Ok(self.harms_counted()),
            CheckName::AllocationRatio => self.allocation_ratio(),
            CheckName::Sites => self.sites(),
            CheckName::Outcomes => Ok(self.outcomes()),
            CheckName::Gradings => self.gradings(&check.facts),
            CheckName::SampleSize => self.sample_size(),
            CheckName::Interim => self.interim(),
            CheckName::Strata => self.strata(),
            CheckName::Methods => Ok(self.methods()),
            CheckName::Sets => Ok(self.sets()),
            CheckName::MissingData => Ok(self.missing_data()),
            CheckName::PostHoc => self.post_hoc(),
            CheckName::FlowAnalysed => self.flow_analysed(),
            CheckName::FlowReasons => self.flow_reasons(),
            CheckName::Dates => self.dates(),
            CheckName::EarlyEnd => self.early_end(answer),
            CheckName::Baseline => self.baseline(answer),
            CheckName::Effects => self.effects(),
            CheckName::HarmsZero => self.harms_zero(),
        }
    }

    /// A fact of `[checklist.facts]`; without it the item is not checkable.
    fn fact(&self, name: &str) -> Result<&'a str, Verdict> {
        let fact = self.narrative.facts.get(name).map(|fact| fact.trim());
        fact.ok_or_else(|| Verdict::NotCheckable(format!("not told in the specification: {}", name.replace('-', " "))))
    }

    /// A fact that is a date.
    fn date(&self, name: &str) -> Result<&'a str, Verdict> {
        let date = self.fact(name)?;
        if is_date(date) { Ok(date) } else { Err(Verdict::Fail(format!("{name} is no date YYYY-MM-DD: {date}"))) }
    }

    /// A fact that is a number.
    fn whole(&self, name: &str) -> Result<u64, Verdict> {
        let text = self.fact(name)?;
        text.parse().map_err(|_| Verdict::Fail(format!("{name} is no whole number: {text}")))
    }

    /// A fact that lists identifiers, or says that there are none.
    fn list(&self, name: &str) -> Result<Vec<&'a str>, Verdict> {
        let text = self.fact(name)?;
        let all = text.split(',').map(str::trim).filter(|one| !one.is_empty() && !one.eq_ignore_ascii_case("none"));
        Ok(all.collect())
    }

    /// The count of a row.
    fn count(&self, key: &Key) -> Option<u64> {
        match self.lookup.get(key)?.value {
            Value::Count(count) => Some(count),
            _ => None,
        }
    }

    /// The displays that answer an item: those named, and those of the sections named.
    fn displays(&self, answer: &'a Answer) -> Vec<&'a DisplaySpec> {
        let study = self.study;
        let named = |display: &&DisplaySpec| {
            let section = format!("section {}", display.section);
            answer.at.iter().any(|at| **at == *display.id || **at == section)
        };
        study.display.iter().filter(named).collect()
    }
}

/// Passes without findings, else fails with them.
fn unless(findings: &[String], passed: impl Into<String>) -> Verdict {
    const TOLD: usize = 4;
    if findings.is_empty() {
        return Verdict::Pass(passed.into());
    }
    let mut told = findings.iter().take(TOLD).cloned().collect::<Vec<_>>().join("; ");
    if findings.len() > TOLD {
        told.push_str(&format!("; and {} more", findings.len() - TOLD));
    }
    Verdict::Fail(told)
}

/// Whether somebody has said something.
fn answered(answer: &Answer) -> Verdict {
    if answer.author.is_some() {
        Verdict::NotCheckable("to be written by the author".to_owned())
    } else if answer.text.is_none() && answer.at.is_empty() {
        Verdict::Fail("not answered".to_owned())
    } else {
        Verdict::Pass("answered".to_owned())
    }
}

/// Whether a text has the form of a date, so that dates are in order where their texts are.
fn is_date(text: &str) -> bool {
    fits(text, "####-##-##")
}

/// Whether a text has this form: `#` is a digit, `@` a capital letter.
fn fits(text: &str, pattern: &str) -> bool {
    let fit = |(c, form): (char, char)| match form {
        '#' => c.is_ascii_digit(),
        '@' => c.is_ascii_uppercase(),
        other => c == other,
    };
    text.chars().count() == pattern.chars().count() && text.chars().zip(pattern.chars()).all(fit)
}
