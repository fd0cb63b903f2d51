//! The recorded data of the flagship study as records of text, and the arithmetic of days.

use std::collections::BTreeMap;

use crate::simulation::simulate::{Kind, Settings, simulate};
use crate::support::{Record, field};

/// The recorded datasets by name.
pub struct Raw {
    datasets: BTreeMap<&'static str, Vec<Record>>,
}

impl Raw {
    pub fn new() -> Self {
        let study = simulate(&Settings::default());
        let datasets = study.datasets.iter().map(|table| {
            let cell = |row: usize| {
                let column = table.columns.iter().map(move |column| {
                    let text = match column.kind {
                        Kind::Text => column.text(row).to_owned(),
                        Kind::Date => {
                            if let Some(date) = column.date(row) {
                                date.iso()
                            } else {
                                String::new()
                            }
                        }
                        _ => column.number(row).map_or_else(String::new, |number| number.to_string()),
                    };
                    (column.name.to_owned(), text)
                });
                column.collect::<Record>()
            };
            (table.name, (0..table.rows).map(cell).collect())
        });
        Self { datasets: datasets.collect() }
    }

    pub fn dataset(&self, name: &str) -> &[Record] {
        &self.datasets[name]
    }

    /// The records of a subject.
    pub fn of<'a>(&'a self, name: &str, subject: &'a str) -> impl Iterator<Item = &'a Record> {
        self.datasets[name].iter().filter(move |record| field(record, "USUBJID") == subject)
    }

    pub fn subject(&self, id: &str) -> &Record {
        let found = self.dataset("ADSL").iter().find(|record| field(record, "USUBJID") == id);
        found.unwrap_or_else(|| panic!("{id} is no subject"))
    }

    pub fn randomised(&self) -> Vec<&Record> {
        self.dataset("ADSL").iter().filter(|subject| field(subject, "RANDFL") == "Y").collect()
    }
}

/// Study day 1 of a subject: of the first treatment, else of randomisation.
pub fn reference(subject: &Record) -> i64 {
    let [treated, randomised] = ["TRTSDT", "RANDDT"].map(|column| field(subject, column));
    day_number(if treated.is_empty() { randomised } else { treated })
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_lengths(year: i64) -> [i64; 12] {
    [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

/// Days of a date since the beginning of 2000, counted year by year and month by month.
pub fn day_number(text: &str) -> i64 {
    let parts: Vec<i64> =
        text.split('-').map(|part| part.parse().unwrap_or_else(|_| panic!("{text} is no date"))).collect();
    let [year, month, day] = parts[..] else { panic!("{text} is no date") };
    let years: i64 = if year >= 2000 {
        (2000..year).map(|year| if leap(year) { 366 } else { 365 }).sum()
    } else {
        -(year..2000).map(|year| if leap(year) { 366 } else { 365 }).sum::<i64>()
    };
    let months: i64 = (1..).zip(month_lengths(year)).filter(|(own, _)| *own < month).map(|(_, length)| length).sum();
    years + months + day - 1
}

/// The date of such a day, for days from 2000 on.
pub fn iso(day: i64) -> String {
    let (mut rest, mut year) = (day, 2000);
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if rest < length {
            break;
        }
        rest -= length;
        year += 1;
    }
    let mut month = 1;
    for length in month_lengths(year) {
        if rest < length {
            break;
        }
        rest -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", rest + 1)
}

/// The last day of the month of a date without day.
pub fn month_end(text: &str) -> i64 {
    let (year, month) = text.split_once('-').unwrap_or_else(|| panic!("{text} is no month"));
    let length = month_lengths(year.parse().expect("a year"))[month.parse::<usize>().expect("a month") - 1];
    day_number(&format!("{text}-01")) + length - 1
}

/// Days from a reference day on, without a day 0.
pub fn study_day(day: i64, reference: i64) -> i64 {
    day - reference + i64::from(day >= reference)
}

#[test]
fn days_are_counted_as_the_calendar_has_them() {
    for (text, day) in
        [("2000-01-01", 0), ("2000-03-01", 60), ("2001-01-01", 366), ("1999-12-31", -1), ("2024-02-29", 8825)]
    {
        assert_eq!(day_number(text), day, "{text}");
        assert!(day < 0 || iso(day) == text, "{text}");
    }
    assert_eq!(month_end("2024-02"), day_number("2024-02-29"));
}
