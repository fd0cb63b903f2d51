//! The records of a score: which item each is of, what its value means, and the assessment of each day.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Assessment, Coded};
use crate::data::sheet::{Sheet, dates, texts};
use crate::data::vector::{Measure, Texts, Truth, Vector};
use crate::derive::Notes;
use crate::derive::frame::Sources;
use crate::derive::records::selected;
use crate::derive::window::Choice;
use crate::error::{Finding, Place};
use crate::plan::{BoundScore, Plan};
use crate::spec::instrument::ScoreInstrument;

/// The records of a score, read.
pub(super) struct Records {
    subject: Vec<Option<usize>>,
    coded: Vec<Option<Coded>>,
    /// The position of an item's value, or a recorded total as a number.
    value: Vec<(Option<usize>, Option<f64>)>,
    dates: Vec<Option<i32>>,
    prefer: Vec<Arc<Vector>>,
}

impl Records {
    pub(super) fn read(plan: &Plan, score: &BoundScore, sources: &Sources<'_>, notes: &mut Notes<'_>) -> Self {
        let sheet = &sources.sheets[&score.dataset];
        let frame = (sources.frame_of)(&score.dataset).expect("the plan names datasets that exist");
        let of_all = texts(sheet, &score.item).unwrap_or_default();
        let meaning = |code: &str| {
            let item = score.codes.iter().position(|known| known == code).map(Coded::Item);
            item.or_else(|| score.recorded.iter().find(|(_, known)| known == code).map(|(at, _)| Coded::Total(*at)))
        };
        let known: Vec<bool> = of_all.words.iter().map(|word| meaning(word).is_some()).collect();
        let of_row = sources.index.of_rows(sheet);
        let who = |row: usize| sources.index.id_of_row(&of_row, row);
        let mask: Vec<Truth> = if let Some(rule) = score.select {
            notes.selection(rule, sheet, &plan.options, &who)
        } else {
            let is_known = |code: &u32| known.get(*code as usize).copied().unwrap_or(false);
            of_all.codes.iter().map(|code| Truth::of(is_known(code))).collect()
        };
        let mut columns: Vec<&str> = vec![&plan.subject, &score.item, &score.value, &score.date];
        let rules: Vec<_> = score.prefer.iter().map(|rule| plan.rule(*rule)).collect();
        columns.extend(rules.iter().flat_map(|rule| rule.rule.columns().into_iter().map(|(name, _)| name)));
        let records = selected(&score.dataset, frame, &mask, &columns);
        let subject = sources.index.of_rows(&records);
        let who = |row: usize| sources.index.id_of_row(&subject, row);
        let names = texts(&records, &score.item).unwrap_or_default();
        let of_word: Vec<Option<Coded>> = names.words.iter().map(|word| meaning(word)).collect();
        let coded: Vec<Option<Coded>> =
            names.codes.iter().map(|code| of_word.get(*code as usize).copied().flatten()).collect();
        let prefer = score.prefer.iter().map(|rule| notes.evaluate(*rule, &records, &plan.options, &who));
        let prefer: Vec<Arc<Vector>> = prefer.map(Arc::new).collect();
        let mut doubts = Doubts::default();
        let value = Values::new(score, &records).read(&coded, &names, &who, &mut doubts);
        if coded.is_empty() || !coded.iter().any(Option::is_some) {
            let place = Place::dataset(score.dataset.clone()).variable(score.item.clone());
            notes.findings.push(Finding::warning(place, format!("no record is an item of {}", score.name)));
        }
        doubts.tell(score, value.iter().filter(|(position, _)| position.is_some()).count(), notes);
        Self { subject, coded, value, dates: dates(&records, &score.date), prefer }
    }

    /// The assessments of each subject by day; a day on which nothing was assessed is none.
    pub(super) fn assessments(&self, score: &BoundScore, subjects: usize) -> Vec<BTreeMap<i32, Assessment>> {
        let choice = Choice { dates: &self.dates, prefer: &self.prefer, tie: crate::spec::design::Tie::Later };
        let items = score.instrument.item.len();
        // Records with a value, by subject, day and item or total; of several the preferred one last.
        let mut rows: Vec<(usize, i32, usize, usize)> = Vec::with_capacity(self.coded.len());
        for row in 0..self.coded.len() {
            let (Some(subject), Some(coded), Some(day)) = (self.subject[row], self.coded[row], self.dates[row]) else {
                continue;
            };
            let column = match coded {
                Coded::Item(item) => item,
                Coded::Total(total) => items + total,
            };
            if matches!(self.value[row], (Some(_), _) | (_, Some(_))) {
                rows.push((subject, day, column, row));
            }
        }
        rows.sort_unstable_by(|one, two| {
            let place = |own: &(usize, i32, usize, usize)| (own.0, own.1, own.2);
            place(one).cmp(&place(two)).then_with(|| choice.preferred(one.3, two.3))
        });
        let mut of_subject: Vec<BTreeMap<i32, Assessment>> = vec![BTreeMap::new(); subjects];
        for day in rows.chunk_by(|one, two| (one.0, one.1) == (two.0, two.1)) {
            let mut assessment =
                Assessment { items: vec![None; items], recorded: vec![None; score.instrument.total.len()] };
            for (_, _, column, row) in day {
                if *column < items {
                    assessment.items[*column] = self.value[*row].0;
                } else {
                    assessment.recorded[*column - items] = self.value[*row].1;
                }
            }
            of_subject[day[0].0].insert(day[0].1, assessment);
        }
        of_subject
    }
}

/// Values that are not those of the instrument, and codes that are no items, with their subjects.
#[derive(Default)]
struct Doubts {
    values: BTreeMap<String, Vec<String>>,
    codes: BTreeMap<String, Vec<String>>,
}

impl Doubts {
    /// Values that are not known are warnings; where they are more than those that are, the data mean something else.
    fn tell(self, score: &BoundScore, known: usize, notes: &mut Notes<'_>) {
        let unknown: usize = self.values.values().map(Vec::len).sum();
        let place = |variable: &str, mut subjects: Vec<String>| {
            subjects.sort();
            subjects.dedup();
            Place::dataset(score.dataset.clone()).variable(variable).subjects(subjects)
        };
        for (value, subjects) in self.values {
            let message = format!("“{value}” is no value of an item of {}, and counts as missing", score.name);
            let finding = if unknown > known { Finding::error } else { Finding::warning };
            let finding = finding(place(&score.value, subjects), message);
            notes.findings.push(finding.hint("`values` of the score says what the values of these data mean"));
        }
        for (code, subjects) in self.codes {
            let message = format!("“{code}” is no item of {}, and is left out", score.name);
            notes.findings.push(Finding::warning(place(&score.item, subjects), message));
        }
    }
}

/// The values of the records of a score.
struct Values<'a> {
    instrument: &'a ScoreInstrument,
    /// What values of the data mean, where they are not those of the instrument.
    meanings: &'a BTreeMap<String, String>,
    words: Option<Texts>,
    numbers: Vec<Measure>,
}

impl<'a> Values<'a> {
    fn new(score: &'a BoundScore, records: &Sheet) -> Self {
        let words = texts(records, &score.value);
        let numbers = crate::data::sheet::numbers(records, &score.value);
        Self { instrument: &score.instrument, meanings: &score.values, words, numbers }
    }

    fn read(
        &self,
        coded: &[Option<Coded>],
        names: &Texts,
        who: &dyn Fn(usize) -> String,
        doubts: &mut Doubts,
    ) -> Vec<(Option<usize>, Option<f64>)> {
        let mut values = Vec::with_capacity(coded.len());
        for (row, coded) in coded.iter().enumerate() {
            let text =
                self.words.as_ref().and_then(|words| words.get(row)).map(str::trim).filter(|word| !word.is_empty());
            let number = self.numbers[row].value().or_else(|| text?.parse().ok());
            values.push(match coded {
                None => {
                    doubts.codes.entry(names.get(row).unwrap_or("").to_owned()).or_default().push(who(row));
                    (None, None)
                }
                Some(Coded::Total(_)) => (None, number),
                Some(Coded::Item(_)) => {
                    let position = self.position(text, number);
                    let shown = text.map(str::to_owned).or_else(|| number.map(|number| number.to_string()));
                    let silent = shown.as_ref().is_none_or(|shown| self.instrument.missing.contains(shown));
                    if let (None, false, Some(shown)) = (position, silent, shown) {
                        doubts.values.entry(shown).or_default().push(who(row));
                    }
                    (position, None)
                }
            });
        }
        values
    }

    fn position(&self, text: Option<&str>, number: Option<f64>) -> Option<usize> {
        let equal = |own: f64, known: &str| known.parse::<f64>().is_ok_and(|known| (own - known).abs() < 1e-9);
        let meant = self
            .meanings
            .iter()
            .find(|(written, _)| text == Some(written.as_str()) || number.is_some_and(|number| equal(number, written)));
        if let Some((_, meaning)) = meant {
            return self.instrument.values.keys().position(|known| known == meaning);
        }
        let is = |known: &String| {
            if self.instrument.words { text == Some(known) } else { number.is_some_and(|number| equal(number, known)) }
        };
        self.instrument.values.keys().position(is)
    }
}
