//! Checks of what the trial is and where things can be read: title, summary, registration, plan, facts.

use super::{Ground, Verdict, fits, unless};
use crate::spec::narrative::Answer;

impl Ground<'_> {
    pub(super) fn title_words(&self, words: &[String]) -> Verdict {
        let title = self.study.study.title.to_lowercase();
        match words.iter().find(|word| title.contains(&word.to_lowercase())) {
            Some(word) => Verdict::Pass(format!("the title says “{word}”")),
            None => Verdict::Fail(format!("the title says none of: {}", words.join(", "))),
        }
    }

    /// Each number of the texts must come from a result or the specification.
    pub(super) fn numerals(&self, answer: &Answer) -> Result<Verdict, Verdict> {
        let texts: Vec<_> = answer.at.iter().filter_map(|at| self.narrative.typed.get_key_value(&**at)).collect();
        if texts.is_empty() {
            return Err(Verdict::NotCheckable("no text of the specification answers it".to_owned()));
        }
        let typed = texts.iter().filter(|(_, typed)| !typed.is_empty());
        let findings: Vec<String> =
            typed.map(|(id, typed)| format!("typed by hand in text {id}: {}", typed.join(", "))).collect();
        Ok(unless(&findings, "each number is one of the results or of the specification"))
    }

    pub(super) fn registration(&self, patterns: &[String]) -> Result<Verdict, Verdict> {
        let number = self.fact("registry-number")?;
        let mut findings = Vec::new();
        if !patterns.iter().any(|pattern| fits(number, pattern)) {
            findings.push(format!("{number} has the form of no known registry"));
        }
        // The form can be told without the dates.
        if !findings.is_empty() {
            return Ok(unless(&findings, ""));
        }
        let (registered, first) = (self.date("registered")?, self.date("first-randomised")?);
        if registered > first {
            findings.push(format!("registered on {registered}, after the first randomisation on {first}"));
        }
        Ok(unless(&findings, format!("{number}, registered on or before the first randomisation")))
    }

    pub(super) fn plan_date(&self) -> Result<Verdict, Verdict> {
        let (plan, lock) = (self.date("plan-date")?, self.provenance.lock_date.as_str());
        if plan < lock {
            Ok(Verdict::Pass(format!("plan of {plan}, before the lock on {lock}")))
        } else {
            Ok(Verdict::Fail(format!("plan of {plan}, not before the lock on {lock}")))
        }
    }

    pub(super) fn facts_given(&self, names: &[String]) -> Result<Verdict, Verdict> {
        let missing: Vec<&str> =
            names.iter().map(String::as_str).filter(|name| !self.narrative.facts.contains_key(*name)).collect();
        if missing.is_empty() {
            return Ok(Verdict::Pass(format!("given: {}", names.join(", "))));
        }
        Err(Verdict::NotCheckable(format!("not told in the specification: {}", missing.join(", ").replace('-', " "))))
    }

    pub(super) fn arm_facts(&self, names: &[String]) -> Verdict {
        let mut findings = Vec::new();
        for arm in &self.study.arm {
            let missing = names.iter().filter(|name| !self.narrative.facts.contains_key(&format!("{name}-{}", arm.id)));
            findings.extend(missing.map(|name| format!("no {name} of {}", arm.label)));
        }
        unless(&findings, "given for each arm")
    }
}
