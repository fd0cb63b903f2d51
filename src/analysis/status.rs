//! Where the subjects of a running trial are. That boxes do not overlap has been checked when they were derived.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::analysis::{Work, count};
use crate::data::vector::Vector;
use crate::plan::{BoundLoss, BoundStatus};
use crate::results::{Statistic, Value};

impl Work<'_> {
    pub(super) fn status(&mut self, status: &BoundStatus) {
        let everybody: Vec<usize> = (0..self.frames.subjects.len()).collect();
        let mut held: Vec<Vec<usize>> = Vec::new();
        for own in &status.boxes {
            let from = own.outer.map_or(&everybody, |outer| &held[outer]);
            let subjects = self.filtered(from, own.held.rule);
            let reasons = self.reasons_of(&own.held, &subjects);
            // All arms together are told of every box.
            let arms = if own.by_arm { self.groups() } else { vec![None] };
            for arm in arms {
                let here = |subjects: &[usize]| -> Vec<usize> {
                    let of_arm = |subject: &&usize| arm.is_none_or(|arm| self.frames.planned[**subject] == Some(arm));
                    subjects.iter().filter(of_arm).copied().collect()
                };
                let told: Vec<(Vec<&str>, Vec<usize>)> = std::iter::once((Vec::new(), here(&subjects)))
                    .chain(reasons.iter().map(|(reason, with)| (vec![reason.as_str()], here(with))))
                    .collect();
                for (levels, with) in told {
                    let mut key = self.in_group(self.key(Statistic::Count), arm).variable(&own.id);
                    key.levels = levels.into_iter().map(str::to_owned).collect();
                    self.push_count(key, Value::Count(count(&with)), &with);
                }
            }
            held.push(subjects);
        }
    }

    /// Why subjects are in a box: by the rules as listed; or by the words of a text, those of most subjects first and equally
    /// frequent ones in alphabetical order, the same for all arms.
    fn reasons_of(&self, held: &BoundLoss, subjects: &[usize]) -> Vec<(String, Vec<usize>)> {
        let Some(by) = held.by else {
            let of = |(label, rule): &(String, _)| (label.clone(), self.filtered(subjects, *rule));
            return held.reasons.iter().map(of).collect();
        };
        let Some(Vector::Text(texts)) = self.frames.rules.get(&by).map(|vector| &**vector) else { return Vec::new() };
        let mut of_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for subject in subjects {
            of_word.entry(texts.get(*subject).unwrap_or("")).or_default().push(*subject);
        }
        let mut reasons: Vec<(String, Vec<usize>)> =
            of_word.into_iter().map(|(word, with)| (word.to_owned(), with)).collect();
        reasons.sort_by_key(|(_, with)| Reverse(with.len()));
        reasons
    }
}
