//! What is masked, bound to data: its variables exist, its rules are parsed and typed.

use std::collections::BTreeMap;

use crate::data::LockedData;
use crate::data::mask::{Codes, MaskOrder};
use crate::data::rule::Rule;
use crate::data::vector::Type;
use crate::error::{Error, Finding, Stage};
use crate::plan::Scope;
use crate::plan::bind::Binding;
use crate::spec::Study;
use crate::spec::narrow::CODED_ARM;
use crate::spec::text::RuleText;

/// What a masked report shows of the arms.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// All together.
    Pooled,
    /// Their codes.
    Coded {
        /// The codes, in the order of `[[arm]]`.
        letters: &'a [String],
    },
    /// Codes that have nothing to do with the arms.
    Drawn {
        /// The codes.
        letters: &'a [String],
        /// The salt of the draw.
        salt: &'a str,
    },
}

/// Binds `[masking]` of a specification, whole as it was written, to locked data.
///
/// # Errors
/// A variable that is in no dataset, or is needed to tell the subjects apart; a rule that is none (stage binding).
pub fn mask(study: &Study, data: &LockedData, shown: Shown<'_>) -> Result<MaskOrder, Error> {
    let mut binding = Binding::new(study, data);
    binding.masked_variables();
    let Some(masking) = &study.masking else { return Ok(MaskOrder::default()) };
    for name in masking.variables.iter().filter(|name| ***name == *study.data.subject) {
        let message = format!("{name} tells the subjects apart and cannot be masked");
        binding.findings.push(Finding::error(study.origin.place(name.span.start), message));
    }
    for name in masking.datasets.iter().filter(|name| **name == study.data.subjects) {
        let message = format!("{name} says who the subjects are and cannot be masked");
        binding.findings.push(Finding::error(study.origin.place(name.span.start), message));
    }
    let mut rule = |text: &RuleText, scope: Scope, defines: &str| -> Option<Rule> {
        let id = binding.compile(text, scope, Some(Type::Truth), defines)?;
        binding.rules.get(id.0).map(|rule| rule.rule.clone())
    };
    let mut records = BTreeMap::new();
    for (dataset, text) in &masking.records {
        let bound = rule(text, Scope::Dataset(dataset.clone()), &format!("masked records of {dataset}"));
        records.extend(bound.map(|rule| (dataset.clone(), rule)));
    }
    let codes = match shown {
        Shown::Pooled => Codes::None,
        Shown::Drawn { letters, salt } => {
            Codes::Drawn(CODED_ARM.map(str::to_owned).to_vec(), letters.to_vec(), salt.to_owned())
        }
        Shown::Coded { letters } => {
            let [mut planned, mut actual] = [Vec::new(), Vec::new()];
            for (arm, code) in study.arm.iter().zip(letters) {
                // Neither a finding nor anything else that is printed may say which arm has which code.
                planned.extend(rule(&arm.planned, Scope::SubjectRecords, "an arm").map(|rule| (code.clone(), rule)));
                actual.extend(rule(&arm.actual, Scope::SubjectRecords, "an arm").map(|rule| (code.clone(), rule)));
            }
            Codes::Arms(CODED_ARM.map(str::to_owned).into_iter().zip([planned, actual]).collect())
        }
    };
    let order = MaskOrder {
        subjects: study.data.subjects.to_string(),
        subject: study.data.subject.clone(),
        variables: masking.variables.iter().map(ToString::to_string).collect(),
        datasets: masking.datasets.iter().map(ToString::to_string).collect(),
        records,
        codes,
    };
    Error::unless_clean(Stage::Binding, binding.findings).map(|_| order)
}
