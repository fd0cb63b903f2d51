//! A score at baseline and at each visit: the assessment of one day, its items, totals with bounds, counts and moves.

mod derived;
mod records;

use std::collections::BTreeSet;

use crate::data::vector::Vector;
use crate::derive::Notes;
use crate::derive::frame::Sources;
use crate::derive::window::Choice;
use crate::plan::{BoundScore, Plan};
use derived::Derived;
use records::Records;

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
    let sheet = Derived::new(&score.instrument, &score.name, plan.visits.len() + 1, placed, date);
    sheet.contradictions(score, sources, notes);
    let columns = sheet.columns(named);
    Scored { columns, date: sheet.date }
}
