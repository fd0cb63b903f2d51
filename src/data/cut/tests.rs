//! Small datasets, cut by hand.

use polars::prelude::{Float64Chunked, Int32Chunked, Int64Chunked, NewChunkedArray, StringChunked};

use super::*;
use crate::data::{Kind, Variable};

const DAY: &str = "2025-06-30";

/// A dataset of these records, a line each, the values parted by blanks; `-` is missing, `.A` missing for a reason, `_` in
/// a text a blank.
pub(in crate::data) fn dataset(name: &str, variables: &[(&str, Kind)], records: &str) -> Dataset {
    let rows: Vec<Vec<&str>> = records.trim().lines().map(|line| line.split_whitespace().collect()).collect();
    let values = |at: usize, (name, kind): &(&str, Kind)| {
        let cells: Vec<Option<&str>> = rows.iter().map(|row| Some(row[at]).filter(|cell| *cell != "-")).collect();
        let day = |cell: Option<&str>| cell.map(|cell| date::parse(cell).expect("a day of the calendar"));
        match kind {
            Kind::Number => {
                let number = |cell: Option<&str>| cell.and_then(|cell| cell.parse().ok());
                Values::Number(Float64Chunked::from_iter_options((*name).into(), cells.iter().copied().map(number)))
            }
            Kind::Text => {
                let text = |cell: Option<&str>| cell.map(|cell| cell.replace('_', " "));
                Values::Text(StringChunked::from_iter_options((*name).into(), cells.iter().copied().map(text)))
            }
            Kind::Date => Values::Date(Int32Chunked::from_iter_options((*name).into(), cells.iter().copied().map(day))),
            Kind::DateTime => {
                let noon = |cell: Option<&str>| day(cell).map(|day| i64::from(day) * 86_400_000 + 43_200_000);
                Values::DateTime(Int64Chunked::from_iter_options((*name).into(), cells.iter().copied().map(noon)))
            }
        }
    };
    let table = Table {
        records: rows.len(),
        values: variables.iter().enumerate().map(|(at, variable)| values(at, variable)).collect(),
        variables: variables.iter().map(|(name, kind)| Variable::new(*name, *kind)).collect(),
        special_missing: rows
            .iter()
            .enumerate()
            .flat_map(|(row, cells)| cells.iter().enumerate().map(move |(at, cell)| (row, at, *cell)))
            .filter(|(_, at, cell)| variables[*at].1 == Kind::Number && cell.starts_with('.'))
            .fold(SpecialMissing::new(), |mut marks, (row, at, cell)| {
                let letter = cell.chars().nth(1).expect("a letter");
                marks.entry(variables[at].0.to_owned()).or_default().push((u32::try_from(row).unwrap_or(0), letter));
                marks
            }),
        ..Table::default()
    };
    let variables = table.variables.clone();
    let Canonical { frame, special_missing, content } = canonical(table, "USUBJID", None);
    let (name, sha256) = (name.to_owned(), String::new());
    let keys = Vec::new();
    Dataset { name, label: String::new(), frame, variables, special_missing, keys, sha256, bytes: 0, content }
}

fn data(datasets: impl IntoIterator<Item = Dataset>) -> LockedData {
    LockedData::unlocked(datasets, "2026-01-31")
}

fn rule(text: &str) -> Rule {
    Rule::parse(text).expect("a rule")
}

fn order(datasets: impl IntoIterator<Item = (&'static str, DatasetOrder)>) -> Order {
    Order {
        day: date::parse(DAY).expect("a day"),
        subjects: "ADSL".into(),
        subject: "USUBJID".into(),
        datasets: datasets.into_iter().map(|(name, own)| (name.to_owned(), own)).collect(),
    }
}

fn by(dates: &[&str]) -> DatasetOrder {
    DatasetOrder { dates: dates.iter().map(|name| (*name).to_owned()).collect(), ..DatasetOrder::default() }
}

fn after(date: &str, blank: &[&str], set: &[(&str, &str)]) -> Restatement {
    Restatement {
        after: Some(date.to_owned()),
        condition: None,
        blank: blank.iter().map(|name| (*name).to_owned()).collect(),
        set: set.iter().map(|(name, text)| ((*name).to_owned(), rule(text))).collect(),
    }
}

/// The values of a variable, in the order of the dataset.
fn column(data: &LockedData, dataset: &str, variable: &str) -> Vec<String> {
    let own = &data.datasets[dataset];
    let values = Values::of(own.frame.column(variable).expect("a variable")).expect("a kind");
    (0..own.frame.height()).map(|row| values.shown(row).unwrap_or_else(|| "-".into())).collect()
}

const ADSL: &[(&str, Kind)] = &[
    ("USUBJID", Kind::Text),
    ("RFICDT", Kind::Date),
    ("TRTSDT", Kind::Date),
    ("EOSDT", Kind::Date),
    ("EOSSTT", Kind::Text),
];
const ADAE: &[(&str, Kind)] = &[
    ("USUBJID", Kind::Text),
    ("AETERM", Kind::Text),
    ("ASTDT", Kind::Date),
    ("ASTDTC", Kind::Text),
    ("AENDT", Kind::Date),
    ("AEOUT", Kind::Text),
];
const ADTTE: &[(&str, Kind)] = &[
    ("USUBJID", Kind::Text),
    ("STARTDT", Kind::Date),
    ("ADT", Kind::Date),
    ("AVAL", Kind::Number),
    ("CNSR", Kind::Number),
    ("EVNTDESC", Kind::Text),
];

/// How the data of the two locks below are cut.
fn of_the_locks() -> Order {
    let adsl =
        DatasetOrder { restate: vec![after("EOSDT", &["EOSDT"], &[("EOSSTT", "'ONGOING'")])], ..by(&["RFICDT"]) };
    let adae = DatasetOrder {
        restate: vec![after("AENDT", &["AENDT"], &[("AEOUT", "'NOT RECOVERED'")])],
        ..by(&["ASTDT", "ASTDTC"])
    };
    let censored =
        [("ADT", ":cutoff"), ("AVAL", ":cutoff - STARTDT + 1"), ("CNSR", "1"), ("EVNTDESC", "'DATA CUT-OFF'")];
    let adtte = DatasetOrder { restate: vec![after("ADT", &[], &censored)], ..by(&["STARTDT"]) };
    order([("ADSL", adsl), ("ADAE", adae), ("ADTTE", adtte)])
}

/// The data locked on the day itself: what went on then has no end.
fn first_lock() -> LockedData {
    data([
        dataset("ADSL", ADSL, "S-1 2025-01-02 2025-01-10 2025-06-20 COMPLETED\nS-2 2025-05-02 2025-05-10 - ONGOING"),
        dataset(
            "ADAE",
            ADAE,
            "S-1 COUGH 2025-02-01 2025-02-01 2025-02-04 RECOVERED\n\
             S-2 RASH 2025-06-20 2025-06-20 - NOT_RECOVERED\n\
             S-2 PAIN - 2025-06 - NOT_RECOVERED\n\
             S-2 FEVER 2025-06-30 2025-06-30 2025-06-30 RECOVERED",
        ),
        dataset("ADTTE", ADTTE, "S-1 2025-01-10 2025-03-01 51 0 RELAPSE\nS-2 2025-05-10 2025-06-30 52 1 DATA_CUT-OFF"),
    ])
}

/// The same study locked half a year later: S-2 went on, S-3 came, and the cough of S-1 had been entered a day late.
fn second_lock(cough: &str) -> LockedData {
    let adae = format!(
        "S-1 COUGH {cough} {cough} 2025-02-04 RECOVERED\n\
         S-2 RASH 2025-06-20 2025-06-20 2025-07-09 RECOVERED\n\
         S-2 PAIN - 2025-06 2025-07-30 RECOVERED\n\
         S-2 FEVER 2025-06-30 2025-06-30 2025-06-30 RECOVERED\n\
         S-2 FALL 2025-07-01 2025-07-01 2025-07-01 RECOVERED\n\
         S-3 COUGH 2025-08-01 2025-08-01 - NOT_RECOVERED"
    );
    data([
        dataset(
            "ADSL",
            ADSL,
            "S-1 2025-01-02 2025-01-10 2025-06-20 COMPLETED\n\
             S-2 2025-05-02 2025-05-10 2025-10-20 COMPLETED\n\
             S-3 2025-07-01 2025-07-05 2025-12-20 COMPLETED",
        ),
        dataset("ADAE", ADAE, &adae),
        dataset(
            "ADTTE",
            ADTTE,
            "S-1 2025-01-10 2025-03-01 51 0 RELAPSE\n\
             S-2 2025-05-10 2025-08-01 84 0 RELAPSE\n\
             S-3 2025-07-05 2025-12-20 169 1 COMPLETED",
        ),
    ])
}

#[test]
fn a_later_lock_cut_at_the_day_of_an_earlier_one_is_the_earlier_one() {
    let old = first_lock();
    let (new, findings) = cut(&second_lock("2025-02-01"), &of_the_locks());
    assert_eq!(findings, []);
    for (name, was) in &old.datasets {
        let is = &new.datasets[name];
        assert!(was.frame.equals_missing(&is.frame), "{name}: {:?}\n{:?}", was.frame, is.frame);
        assert_eq!((&was.content, &was.variables), (&is.content, &is.variables), "{name}");
    }
    assert_eq!(corrections(&old, &new, "USUBJID"), []);
}

#[test]
fn a_record_corrected_between_two_locks_is_named_and_nothing_else() {
    let (new, _) = cut(&second_lock("2025-01-31"), &of_the_locks());
    let old = first_lock();
    let same: Vec<&str> = old
        .datasets
        .iter()
        .filter(|(name, own)| own.content == new.datasets[*name].content)
        .map(|own| &**own.0)
        .collect();
    assert_eq!(same, ["ADSL", "ADTTE"]);
    let named = corrections(&old, &new, "USUBJID");
    let value = |variable: &str| Correction {
        dataset: "ADAE".into(),
        subject: "S-1".into(),
        what: Difference::Value {
            variable: variable.into(),
            was: Some("2025-02-01".into()),
            is: Some("2025-01-31".into()),
        },
    };
    assert_eq!(named, ["ASTDT", "ASTDTC"].map(value));
}

#[test]
fn what_a_cut_takes_is_counted() {
    let (new, _) = cut(&second_lock("2025-02-01"), &of_the_locks());
    let cut = new.cut.expect("the data are cut");
    assert_eq!((cut.subjects, date::text(cut.day).as_str()), (1, DAY));
    let adae = CutCounts {
        before: 6,
        excluded: vec![("ASTDT".into(), 2), ("ASTDTC".into(), 0)],
        blanked: 2,
        restated: 2,
        ..CutCounts::default()
    };
    assert_eq!(cut.datasets["ADAE"], adae);
    assert_eq!(cut.datasets["ADSL"].excluded, [("RFICDT".to_owned(), 1)]);
    assert_eq!((cut.datasets["ADTTE"].restated, cut.datasets["ADTTE"].blanked), (4, 0));
}

#[test]
fn a_partial_date_is_later_only_if_its_first_day_is() {
    let variables = [("USUBJID", Kind::Text), ("DTC", Kind::Text), ("DTM", Kind::DateTime)];
    let records = "a 2025-06-30T23:59 -\na 2025-07-01 -\na 2025-06 -\na 2025-07 -\na 2025 -\na 2026 -\na - -\na UNK -\n\
                   a - 2025-06-30\na - 2025-07-01";
    let whole = data([dataset("ADXX", &variables, records)]);
    let (left, findings) = cut(&whole, &order([("ADXX", by(&["DTC", "DTM"]))]));
    let mut kept = column(&left, "ADXX", "DTC");
    kept.sort();
    // A year alone is a date only where all texts are dates, which UNK is not.
    assert_eq!(kept, ["-", "-", "2025", "2025-06", "2025-06-30T23:59", "2026", "UNK"]);
    let counts = &left.cut.as_ref().expect("the data are cut").datasets["ADXX"];
    assert_eq!(counts.excluded, [("DTC".to_owned(), 2), ("DTM".to_owned(), 1)]);
    // The two years, the unknown one and the one without anything.
    assert_eq!(counts.undated, 4);
    assert_eq!(findings, []);
}

#[test]
fn records_of_excluded_subjects_go_whatever_their_dates() {
    let vital = [("USUBJID", Kind::Text), ("ADT", Kind::Date)];
    let whole = data([
        dataset("ADSL", ADSL, "S-1 2025-01-02 - - -\nS-2 2025-07-02 - - -\nS-3 - - - -"),
        dataset("ADVS", &vital, "S-1 2025-01-02\nS-2 2025-06-01\nS-2 2025-07-02\nS-3 2025-01-01\nS-9 2025-01-01"),
        dataset("ADMH", &vital, "S-1 -\nS-2 -"),
    ]);
    let (left, _) = cut(&whole, &order([("ADSL", by(&["RFICDT"])), ("ADVS", by(&["ADT"]))]));
    assert_eq!(column(&left, "ADSL", "USUBJID"), ["S-1", "S-3"]);
    assert_eq!(column(&left, "ADVS", "USUBJID"), ["S-1", "S-3", "S-9"]);
    assert_eq!(column(&left, "ADMH", "USUBJID"), ["S-1"]);
    let counts = left.cut.expect("the data are cut").datasets;
    assert_eq!((counts["ADSL"].undated, counts["ADVS"].with_subject, counts["ADMH"].with_subject), (1, 1, 1));
    assert_eq!(counts["ADMH"].undated, 0, "nothing was asked of it");
}

#[test]
fn rules_see_the_variables_of_the_subject() {
    let doses = [("USUBJID", Kind::Text), ("PLANDY", Kind::Number), ("ASTDT", Kind::Date)];
    let whole = data([
        dataset("ADSL", ADSL, "S-1 2025-01-02 2025-06-01 - -\nS-2 2025-01-02 - - -"),
        dataset("ADEX", &doses, "S-1 1 2025-06-01\nS-1 30 -\nS-1 31 -\nS-2 5 -"),
    ]);
    let missed = rule("ASTDT IS NULL AND TRTSDT + PLANDY - 1 > :cutoff");
    let (left, _) = cut(&whole, &order([("ADEX", DatasetOrder { exclude: Some(missed.clone()), ..by(&["ASTDT"]) })]));
    let mut kept = column(&left, "ADEX", "PLANDY");
    kept.sort();
    assert_eq!(kept, ["1", "30", "5"]);
    let counts = &left.cut.as_ref().expect("the data are cut").datasets["ADEX"];
    assert_eq!(counts.excluded, [("ASTDT".to_owned(), 0), (missed.text, 1)]);
    assert_eq!(counts.undated, 1, "S-2 has no first day to count from");
}

#[test]
fn what_is_taken_away_leaves_no_reason_for_its_absence() {
    let variables = [("USUBJID", Kind::Text), ("AENDT", Kind::Date), ("DUR", Kind::Number), ("SEQ", Kind::Number)];
    let whole = data([dataset(
        "ADAE",
        &variables,
        "a 2025-07-05 .A 1\na 2025-06-01 .B 2\na 2025-07-06 12 3\na 2025-08-01 7 4",
    )]);
    assert_eq!(whole.datasets["ADAE"].special_missing["DUR"].len(), 2);
    let mut own = by(&[]);
    own.exclude = Some(rule("SEQ = 4"));
    own.restate = vec![after("AENDT", &["DUR", "AENDT"], &[])];
    let (left, _) = cut(&whole, &order([("ADAE", own)]));
    let row_of_two = column(&left, "ADAE", "SEQ").iter().position(|seq| seq == "2").expect("a record");
    let marks = [(u32::try_from(row_of_two).unwrap_or(9), 'B')];
    assert_eq!(left.datasets["ADAE"].special_missing["DUR"], marks);
    assert_eq!(left.cut.expect("the data are cut").datasets["ADAE"].blanked, 3);
    let expected = dataset("ADAE", &variables, "a - - 1\na 2025-06-01 .B 2\na - - 3");
    assert_eq!(left.datasets["ADAE"].content, expected.content);
}

#[test]
fn a_later_date_left_behind_is_a_warning_with_its_place() {
    let variables = [("USUBJID", Kind::Text), ("ASTDT", Kind::Date), ("AENDTC", Kind::Text), ("LOT", Kind::Text)];
    let records = "S-1 2025-01-01 2025-07 2030\nS-2 2025-01-01 2025-06 2031\nS-3 2025-01-01 2026-01-01 x";
    let whole = data([dataset("ADAE", &variables, records)]);
    let (_, findings) = cut(&whole, &order([("ADAE", by(&["ASTDT"]))]));
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["ADAE.AENDTC, subject S-1, S-3: warning: 2 records kept by the cut-off 2025-06-30 hold a later date\n    \
          hint: exclude them by it in [data.cut-off.datasets.ADAE], or restate it there"]
    );
}

#[test]
fn differences_without_a_partner_are_added_or_removed() {
    let variables = [("USUBJID", Kind::Text), ("A", Kind::Number), ("B", Kind::Number), ("C", Kind::Number)];
    let old =
        data([dataset("X", &variables, "a 1 1 1\na 1 1 1\na 2 2 2\nb 1 1 1"), dataset("Y", &variables, "a 1 1 1")]);
    let mut wider = variables.to_vec();
    wider[3] = ("C", Kind::Text);
    let new = data([dataset("X", &variables, "a 1 1 1\na 2 9 2\nc 7 7 7"), dataset("Y", &wider, "a 1 1 1")]);
    let said = |own: &Correction| (own.dataset.clone(), own.subject.clone(), own.what.clone());
    let named: Vec<_> = corrections(&old, &new, "USUBJID").iter().map(said).collect();
    let value = Difference::Value { variable: "B".into(), was: Some("2".into()), is: Some("9".into()) };
    let expected = [
        ("X", "a", value),
        ("X", "a", Difference::Removed),
        ("X", "b", Difference::Removed),
        ("X", "c", Difference::Added),
        ("Y", "", Difference::Variable("C".into())),
    ];
    assert_eq!(named, expected.map(|(dataset, subject, what)| (dataset.to_owned(), subject.to_owned(), what)));
}
