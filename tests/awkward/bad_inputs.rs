//! The 96 bad inputs of the design (`reliability.md`, section 5), by their numbers.
//!
//! A case puts one bad input into a copy of the small study and says when it must be refused, with which exit number, and
//! what must be said. What holds for every refusal is held by [`Desk::refusal`]: no panic, nothing printed that a terminal
//! would act on, nothing changed on the desk, an earlier package included. Inputs that are legal must be accepted. A number
//! whose harm only a test of another kind can do names that test, which must exist.

mod container;
mod csv;
mod environment;
mod json;
mod make;
mod parquet;
mod semantics;
mod xpt;

use std::collections::BTreeMap;
use std::fs;

use rayon::prelude::*;

use super::{Desk, LOCK_DATE, Original, report, shortened};
use crate::support::{read, repository, write};

/// When a bad input must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// The data cannot be locked.
    Locking,
    /// The data were locked before they were spoiled: `run` refuses.
    Running,
    /// The spoiled data are locked, and `run` refuses what they say.
    Saying,
    /// The spoiled data are locked, and `check --strict` refuses what they say.
    Doubting,
}

type Spoil = Box<dyn Fn(&Desk) + Send + Sync>;

/// One bad input.
struct Bad {
    number: usize,
    what: String,
    expected: Expected,
    spoil: Spoil,
}

/// What must come of an input.
enum Expected {
    Refused {
        when: When,
        exit: i32,
        says: Vec<String>,
    },
    /// It is legal.
    Accepted,
    /// The test that does this harm: its file and its name.
    HeldBy(&'static str, &'static str),
}

/// An input that is refused.
fn bad(
    number: usize,
    what: &str,
    when: When,
    exit: i32,
    says: &[&str],
    spoil: impl Fn(&Desk) + Send + Sync + 'static,
) -> Bad {
    let says = says.iter().map(|word| (*word).to_owned()).collect();
    Bad { number, what: what.to_owned(), expected: Expected::Refused { when, exit, says }, spoil: Box::new(spoil) }
}

/// An input that looks bad and is legal.
fn legal(number: usize, what: &str, spoil: impl Fn(&Desk) + Send + Sync + 'static) -> Bad {
    Bad { number, what: what.to_owned(), expected: Expected::Accepted, spoil: Box::new(spoil) }
}

/// An input that another test makes.
fn held_by(number: usize, what: &str, file: &'static str, test: &'static str) -> Bad {
    Bad { number, what: what.to_owned(), expected: Expected::HeldBy(file, test), spoil: Box::new(|_| ()) }
}

/// A data file in the place of `adcm.csv` that cannot be locked.
fn unreadable(number: usize, what: &str, file: &'static str, says: &[&str], bytes: impl Into<Vec<u8>>) -> Bad {
    let bytes = bytes.into();
    let words: Vec<&str> = [file, "ADCM"].iter().chain(says).copied().collect();
    bad(number, what, When::Locking, 4, &words, move |desk| put(desk, file, &bytes))
}

/// A data file in the place of `adcm.csv` that can be locked.
fn readable(number: usize, what: &str, file: &'static str, bytes: impl Into<Vec<u8>>) -> Bad {
    let bytes = bytes.into();
    legal(number, what, move |desk| put(desk, file, &bytes))
}

/// Puts a file into the place of `adcm.csv`.
fn put(desk: &Desk, file: &str, bytes: &[u8]) {
    fs::remove_file(desk.study("data/adcm.csv")).expect("the file is there");
    fs::write(desk.study("data").join(file), bytes).expect("the scratch folder takes files");
    edit(desk, "study.toml", "adcm.csv", file);
}

/// Replaces a piece of a file of the study.
fn edit(desk: &Desk, file: &str, from: &str, to: &str) {
    let text = read(&desk.study(file));
    assert!(text.contains(from), "{file} does not have {from}");
    write(&desk.study(file), &text.replacen(from, to, 1));
}

impl Bad {
    fn faults(&self) -> Vec<String> {
        let (when, exit, says) = match &self.expected {
            Expected::HeldBy(file, test) => {
                let source = read(&repository().join(file));
                let is_there = source.contains(&format!("fn {test}("));
                return if is_there { Vec::new() } else { vec![format!("{file} has no test {test}")] };
            }
            Expected::Accepted => {
                let desk = Desk::with(Original::Small);
                (self.spoil)(&desk);
                let outcome = desk.call(&["lock", "study", "--date", LOCK_DATE]);
                let fault = || format!("exit {} of lock: {}", outcome.exit, shortened(&outcome.stderr));
                return if outcome.exit == 0 { Vec::new() } else { vec![fault()] };
            }
            Expected::Refused { when, exit, says } => (*when, *exit, says),
        };
        let desk = Desk::with(Original::Small);
        (self.spoil)(&desk);
        if matches!(when, When::Saying | When::Doubting) {
            let outcome = desk.call(&["lock", "study", "--date", LOCK_DATE]);
            if outcome.exit != 0 {
                return vec![format!("cannot be locked: {}", shortened(&outcome.stderr))];
            }
        }
        let mut faults = match when {
            When::Locking => desk.refusal(&["lock", "study", "--date", LOCK_DATE], exit),
            When::Running | When::Saying => desk.refusal(&["run", "study", "--out", "out"], exit),
            When::Doubting => desk.refusal(&["check", "study", "--strict"], exit),
        };
        if let Some(outcome) = faults.outcome.take() {
            for word in says.iter().filter(|word| !outcome.stderr.contains(word.as_str())) {
                faults.add(format!("does not say “{word}”"));
            }
            if !faults.list.is_empty() {
                faults.add(format!("it said: {}", shortened(&outcome.stderr)));
            }
        }
        faults.list
    }
}

#[test]
fn each_of_the_ninety_six_bad_inputs_is_refused_in_each_format() {
    let all: Vec<Bad> = [
        container::cases(),
        xpt::cases(),
        csv::cases(),
        parquet::cases(),
        json::cases(),
        semantics::cases(),
        environment::cases(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut counts: BTreeMap<usize, usize> = (1..=96).map(|number| (number, 0)).collect();
    for one in &all {
        *counts.get_mut(&one.number).unwrap_or_else(|| panic!("there is no bad input {}", one.number)) += 1;
    }
    let absent: Vec<usize> = counts.iter().filter(|(_, count)| **count == 0).map(|(number, _)| *number).collect();
    assert!(absent.is_empty(), "bad inputs without a case: {absent:?}");
    assert!(all.len() >= 160, "{} cases are fewer than promised", all.len());
    eprintln!("{} cases of 96 bad inputs", all.len());
    let held: Vec<(String, Vec<String>)> =
        all.par_iter().map(|one| (format!("{} {}", one.number, one.what), one.faults())).collect();
    report(held);
}
