//! A score at baseline and at each visit: the assessment of one day, its items, totals with bounds, counts and moves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::data::sheet::{Sheet, dates, texts};
use crate::data::vector::{Measure, Texts, Truth, Vector};
use crate::derive::Notes;
use crate::derive::frame::Sources;
use crate::derive::records::selected;
use crate::derive::window::Choice;
use crate::error::{Finding, Place};
use crate::plan::{BoundScore, Plan};
use crate::spec::instrument::{Against, Move, ScoreInstrument};

/// The columns of a score over the rows of a frame, and the date of each assessment.
pub(crate) struct Scored {
    pub(crate) columns: Vec<(String, Vector)>,
    pub(crate) date: Vec<Option<i32>>,
}

/// What a code of the data means.
#[derive(Clone, Copy)]
enum Coded {
    Item(usize),
    Total(usize),
}

/// One assessment: the value of each item, as its position among the values of the instrument, and recorded totals.
#[derive(Clone, Default)]
struct Assessment {
    items: Vec<Option<usize>>,
    recorded: Vec<Option<f64>>,
}

/// Places the assessments at the visits and at baseline, and derives what the instrument says; of its columns, those
/// that somebody names.
pub(crate) fn place(
    plan: &Plan,
    score: &BoundScore,
    named: &BTreeSet<String>,
    sources: &Sources<'_>,
    notes: &mut Notes<'_>,
) -> Scored {
    let records = Records::read(plan, score, sources, notes);
    let empty = Assessment {
        items: vec![None; score.instrument.item.len()],
        recorded: vec![None; score.instrument.total.len()],
    };
    let rows = sources.index.len() * (plan.visits.len() + 1);
    let mut placed: Vec<Assessment> = Vec::with_capacity(rows);
    let mut date: Vec<Option<i32>> = Vec::with_capacity(rows);
    for (subject, by_day) in records.assessments(score, sources.index.len()).iter().enumerate() {
        let days: Vec<Option<i32>> = by_day.keys().copied().map(Some).collect();
        let all: Vec<usize> = (0..days.len()).collect();
        let choice = Choice { dates: &days, prefer: &[], tie: plan.tie };
        let day_one = sources.day_one[subject];
        let visits = plan.visits.iter().map(|visit| day_one.and_then(|day_one| choice.at(&all, day_one, visit)));
        let baseline = day_one.and_then(|day_one| choice.baseline(&all, day_one));
        for chosen in visits.chain([baseline]) {
            let day = chosen.and_then(|position| days[position]);
            date.push(day);
            placed.push(day.and_then(|day| by_day.get(&day)).unwrap_or(&empty).clone());
        }
    }
    let sheet =
        Derived { instrument: &score.instrument, name: &score.name, visits: plan.visits.len() + 1, placed, date };
    sheet.contradictions(score, sources, notes);
    let columns = sheet.columns(named);
    Scored { columns, date: sheet.date }
}

/// The records of a score, read.
struct Records {
    subject: Vec<Option<usize>>,
    coded: Vec<Option<Coded>>,
    /// The position of an item's value, or a recorded total as a number.
    value: Vec<(Option<usize>, Option<f64>)>,
    dates: Vec<Option<i32>>,
    prefer: Vec<Arc<Vector>>,
}

impl Records {
    fn read(plan: &Plan, score: &BoundScore, sources: &Sources<'_>, notes: &mut Notes<'_>) -> Self {
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
    fn assessments(&self, score: &BoundScore, subjects: usize) -> Vec<BTreeMap<i32, Assessment>> {
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

/// The assessments in the rows of a frame, and what follows from them.
struct Derived<'a> {
    instrument: &'a ScoreInstrument,
    name: &'a str,
    /// Rows of a subject: the visits, and then baseline.
    visits: usize,
    placed: Vec<Assessment>,
    date: Vec<Option<i32>>,
}

impl Derived<'_> {
    fn points(&self) -> Vec<f64> {
        self.instrument.values.values().copied().collect()
    }

    /// A total with its bounds: missing if an item is, the bounds as if each missing item had its least or most.
    fn total(&self, row: usize, position: usize) -> (Measure, f64, f64) {
        let (total, points) = (&self.instrument.total[position], self.points());
        let least = points.iter().copied().fold(f64::INFINITY, f64::min);
        let most = points.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut low, mut high, mut missing, mut any) = (0.0, 0.0, 0.0, false, false);
        for (item, value) in self.instrument.item.iter().zip(&self.placed[row].items) {
            if !total.has(item) {
                continue;
            }
            if let Some(value) = value {
                let own = points[*value] * item.weight;
                sum += own;
                low += own;
                high += own;
                any = true;
            } else {
                low += least * item.weight;
                high += most * item.weight;
                missing = true;
            }
        }
        match self.placed[row].recorded[position] {
            Some(recorded) if !any => (Measure::exact(recorded), recorded, recorded),
            _ if missing => (Measure::MISSING, low, high),
            _ => (Measure::exact(sum), low, high),
        }
    }

    /// The row whose value is the earlier one of a move; none at baseline.
    fn earlier(&self, row: usize, item: usize, against: Against) -> Option<usize> {
        let visit = row % self.visits;
        let baseline = row - visit + self.visits - 1;
        if row == baseline {
            return None;
        }
        let has = |row: &usize| self.placed[*row].items[item].is_some();
        match against {
            Against::Baseline => Some(baseline),
            Against::Previous => (row - visit..row).rev().find(has).or(Some(baseline)),
        }
    }

    /// How many items made a move, and of how many it cannot be told.
    fn moved(&self, row: usize, own: &Move) -> (u32, u32) {
        let words: Vec<&String> = self.instrument.values.keys().collect();
        let (mut moved, mut open) = (0, 0);
        for (item, value) in self.placed[row].items.iter().enumerate() {
            let Some(earlier) = self.earlier(row, item, own.against) else { continue };
            let Some(now) = value.map(|value| words[value]) else {
                open += 1;
                continue;
            };
            let arrived = own.steps.iter().filter(|step| step.to.contains(now));
            let mut arrived = arrived.peekable();
            if arrived.peek().is_none() {
                continue;
            }
            match self.placed[earlier].items[item].map(|value| words[value]) {
                None => open += 1,
                Some(before) => moved += u32::from(arrived.any(|step| step.from.contains(before))),
            }
        }
        (moved, open)
    }

    fn assessed(&self, row: usize) -> bool {
        self.date[row].is_some()
    }

    fn columns(&self, named: &BTreeSet<String>) -> Vec<(String, Vector)> {
        let mut columns = Vec::new();
        let mut add = |column: String, has_base: bool, value: &dyn Fn(usize) -> Measure| {
            let base = format!("{column}_base");
            let wanted = named.contains(&column) || (has_base && named.contains(&base));
            if wanted {
                let values: Vec<Measure> = (0..self.placed.len()).map(value).collect();
                self.with_base(column, base, Vector::Number(values), has_base, named, &mut columns);
            }
        };
        let name = self.name;
        for (position, total) in self.instrument.total.iter().enumerate() {
            let column = ScoreInstrument::total_column(name, position, total);
            add(column, true, &|row| self.total(row, position).0);
        }
        let if_assessed =
            |row: usize, value: f64| if self.assessed(row) { Measure::exact(value) } else { Measure::MISSING };
        let missing = |row: usize| small(self.placed[row].items.iter().filter(|value| value.is_none()).count());
        add(format!("{name}_low"), true, &|row| if_assessed(row, self.total(row, 0).1));
        add(format!("{name}_high"), true, &|row| if_assessed(row, self.total(row, 0).2));
        add(format!("{name}_missing"), true, &|row| if_assessed(row, missing(row)));
        let words: Vec<&String> = self.instrument.values.keys().collect();
        for count in &self.instrument.count {
            let counted = |row: usize| {
                let items = self.placed[row].items.iter().flatten();
                small(items.filter(|value| count.values.contains(words[**value])).count())
            };
            add(format!("{name}_{}", count.id), true, &|row| if_assessed(row, counted(row)));
        }
        for own in &self.instrument.r#move {
            let at_baseline = |row: usize| row % self.visits == self.visits - 1;
            let value = |row: usize, value: u32| match (at_baseline(row), self.assessed(row)) {
                (true, _) => Measure::exact(0.0),
                (false, true) => Measure::exact(f64::from(value)),
                (false, false) => Measure::MISSING,
            };
            add(format!("{name}_{}", own.id), false, &|row| value(row, self.moved(row, own).0));
            add(format!("{name}_{}_open", own.id), false, &|row| value(row, self.moved(row, own).1));
        }
        if !self.instrument.words {
            let points = self.points();
            for (item, own) in self.instrument.item.iter().enumerate() {
                add(format!("{name}_{}", own.id), true, &|row| {
                    self.placed[row].items[item].map_or(Measure::MISSING, |value| Measure::exact(points[value]))
                });
            }
            return columns;
        }
        for (item, own) in self.instrument.item.iter().enumerate() {
            let column = format!("{name}_{}", own.id);
            let base = format!("{column}_base");
            if named.contains(&column) || named.contains(&base) {
                let values = self.placed.iter().map(|row| row.items[item].map(|value| words[value].as_str()));
                self.with_base(column, base, Vector::Text(Texts::encode(values)), true, named, &mut columns);
            }
        }
        columns
    }

    /// Keeps a column and its baseline, where they are named.
    fn with_base(
        &self,
        column: String,
        base: String,
        vector: Vector,
        has_base: bool,
        named: &BTreeSet<String>,
        columns: &mut Vec<(String, Vector)>,
    ) {
        if has_base && named.contains(&base) {
            let rows: Vec<Option<usize>> =
                (0..vector.len()).map(|row| Some(row - row % self.visits + self.visits - 1)).collect();
            columns.push((base, vector.gather(&rows)));
        }
        if named.contains(&column) {
            columns.push((column, vector));
        }
    }

    /// Moves that contradict the instrument, and recorded totals that differ from their items: warnings by subject.
    fn contradictions(&self, score: &BoundScore, sources: &Sources<'_>, notes: &mut Notes<'_>) {
        let who = |rows: &[usize]| {
            let mut subjects: Vec<String> = rows.iter().map(|row| sources.index.id(row / self.visits)).collect();
            subjects.dedup();
            subjects
        };
        let place = |variable: &str| Place::dataset(score.dataset.clone()).variable(variable);
        for own in self.instrument.r#move.iter().filter(|own| own.query) {
            let rows: Vec<usize> = (0..self.placed.len()).filter(|row| self.moved(*row, own).0 > 0).collect();
            if !rows.is_empty() {
                let message = format!("{}: {}", score.name, own.label);
                notes.findings.push(Finding::warning(place(&score.value).subjects(who(&rows)), message));
            }
        }
        for (position, total) in self.instrument.total.iter().enumerate() {
            let differs = |row: &usize| {
                let recorded = self.placed[*row].recorded[position];
                let derived = self.total(*row, position).0.value();
                recorded.zip(derived).is_some_and(|(recorded, derived)| (recorded - derived).abs() > 1e-9)
            };
            let rows: Vec<usize> = (0..self.placed.len()).filter(differs).collect();
            if !rows.is_empty() {
                let message =
                    format!("{}: the recorded {} differs from its items, which count", score.name, total.label);
                notes.findings.push(Finding::warning(place(&score.value).subjects(who(&rows)), message));
            }
        }
    }
}

/// A number of items as a number.
fn small(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two items of one group worth 3 and one of another worth 1; grades "0" and "1".
    fn instrument() -> ScoreInstrument {
        let text = r#"
            label = "two groups"
            source = "by hand"
            values = { "0" = 0, "1" = 1 }
            item = [
              { id = "a", code = "A", label = "a", group = "x", weight = 3 },
              { id = "b", code = "B", label = "b", group = "x", weight = 3 },
              { id = "c", code = "C", label = "c", group = "y" },
            ]
            total = [
              { id = "all", code = "ALL", label = "all" },
              { id = "x", code = "X", label = "x", groups = ["x"] },
              { id = "rest", code = "REST", label = "rest", without = ["x"] },
            ]
            count = [{ id = "present", code = "N", label = "present", values = ["1"] }]
            move = [{ id = "new", label = "new", against = "baseline", steps = [{ from = ["0"], to = ["1"] }] }]
        "#;
        toml::from_str(text).unwrap()
    }

    /// One subject: the items at its only visit, and at baseline.
    fn column(visit: [Option<usize>; 3], base: [Option<usize>; 3], name: &str) -> String {
        let instrument = instrument();
        let row = |items: [Option<usize>; 3]| Assessment { items: items.to_vec(), recorded: vec![None; 3] };
        let derived = Derived {
            instrument: &instrument,
            name: "s",
            visits: 2,
            placed: vec![row(visit), row(base)],
            date: vec![Some(10), Some(0)],
        };
        let columns = derived.columns(&BTreeSet::from([name.to_owned()]));
        assert_eq!(columns.len(), 1);
        columns[0].1.show(0)
    }

    const BASE: [Option<usize>; 3] = [Some(0), Some(1), Some(0)];

    #[test]
    fn totals_are_weighted_sums_and_missing_with_an_item() {
        let visit = [Some(1), None, Some(1)];
        let names = ["s", "s_x", "s_rest", "s_low", "s_high", "s_missing", "s_present", "s_a", "s_base"];
        let found = names.map(|name| column(visit, BASE, name));
        assert_eq!(found, ["", "", "1", "4", "7", "1", "2", "1", "3"]);
        assert_eq!(column([Some(1); 3], BASE, "s"), "7");
    }

    #[test]
    fn moves_are_counted_and_those_that_cannot_be_told_apart() {
        assert_eq!(column([Some(1), Some(1), None], BASE, "s_new"), "1");
        assert_eq!(column([Some(1), Some(1), None], BASE, "s_new_open"), "1");
        // Absent at the visit can be no move, whatever baseline was; present may be one.
        assert_eq!(column([Some(0), Some(1), Some(1)], [None, None, Some(1)], "s_new_open"), "1");
        assert_eq!(column([Some(0), Some(1), Some(1)], [None, None, Some(1)], "s_new"), "0");
    }
}
