//! Sums of the activity scores: ranges, parts that make the whole, and bounds that hold every completion of what is missing.

use std::collections::BTreeMap;

use super::Stream;
use crate::support::{Record, field, listing};
use crate::vectors::small::{Subject, check};

const STUDY: &str = r#"
[score.sledai]
label = "SLEDAI-2K"
instrument = "sledai-2k"
dataset = "RECORDS"
where = "PARAMCD LIKE 'SL%'"
item = "PARAMCD"
value = "AVAL"
date = "ADT"

[score.bilag]
label = "BILAG-2004"
instrument = "bilag-2004"
dataset = "RECORDS"
where = "PARAMCD LIKE 'BI%'"
item = "PARAMCD"
value = "AVALC"
date = "ADT"

[frame.vectors]
label = "Activity"
scores = ["sledai", "bilag"]

[[derivation]]
id = "nonrenal"
label = "Non-renal score"
frame = "vectors"
instrument = "sledai-nonrenal"
with = { sledai = "sledai" }
"#;

/// The items with their weights, typed from the published form: 8 of 8 points, 6 of 4, 7 of 2 and 3 of 1.
const ITEMS: [(&str, usize); 24] = [
    ("SLSEIZ", 8),
    ("SLPSYC", 8),
    ("SLOBS", 8),
    ("SLVISU", 8),
    ("SLCRAN", 8),
    ("SLHEAD", 8),
    ("SLCVA", 8),
    ("SLVASC", 8),
    ("SLARTH", 4),
    ("SLMYOS", 4),
    ("SLCAST", 4),
    ("SLHEMA", 4),
    ("SLPROT", 4),
    ("SLPYUR", 4),
    ("SLRASH", 2),
    ("SLALOP", 2),
    ("SLULC", 2),
    ("SLPLEU", 2),
    ("SLPERI", 2),
    ("SLLOWC", 2),
    ("SLDNA", 2),
    ("SLFEVR", 1),
    ("SLTHRO", 1),
    ("SLLEUK", 1),
];
const SYSTEMS: [&str; 9] = ["BICONS", "BIMUCO", "BINEUR", "BIMUSC", "BICARD", "BIGAST", "BIOPHT", "BIRENA", "BIHAEM"];
/// The groups whose sum is the total.
const GROUPS: [&str; 9] = [
    "cns",
    "vascular",
    "musculoskeletal",
    "renal",
    "mucocutaneous",
    "serosal",
    "immunologic",
    "constitutional",
    "hematologic",
];

/// Present, absent or not assessed.
type Items = [Option<bool>; 24];

fn with_items(mut subject: Subject, items: &Items) -> Subject {
    for ((code, _), present) in ITEMS.iter().zip(items) {
        subject = subject.record(code, 169, present.map_or("", |present| if present { "1" } else { "0" }));
    }
    subject
}

/// The total, if every item was assessed.
fn total(items: &Items) -> Option<usize> {
    let weight =
        |((_, weight), present): (&(&str, usize), &Option<bool>)| present.map(|is| if is { *weight } else { 0 });
    ITEMS.iter().zip(items).map(weight).sum()
}

/// Every way in which what was not assessed may have been.
fn completions(items: &Items) -> Vec<Items> {
    let Some(missing) = items.iter().position(Option::is_none) else { return vec![*items] };
    let with = |present: bool| {
        let mut items = *items;
        items[missing] = Some(present);
        completions(&items)
    };
    [with(false), with(true)].concat()
}

fn random_items(stream: &mut Stream) -> Items {
    let (present, missing) = (stream.pick(&[2, 10, 30, 50, 90]), stream.pick(&[0, 0, 4, 10]));
    let mut items: Items = [Some(false); 24];
    let mut unknown = 0;
    for item in &mut items {
        *item = if unknown < 3 && stream.chance(missing) {
            unknown += 1;
            None
        } else {
            Some(stream.chance(present))
        };
    }
    items
}

/// A subject of random items and grades, with its totals as they must be listed; what is compared otherwise is named with
/// any value the subject has, so that it is listed.
fn subject(id: &str, items: &Items, grades: &[&str]) -> Subject {
    let mut subject = with_items(Subject::new(id, "random"), items);
    for (code, grade) in SYSTEMS.iter().zip(grades) {
        subject = subject.record(code, 169, grade);
    }
    let shown = |value: Option<usize>| value.map_or_else(String::new, |value| value.to_string());
    let points = |grade: &&str| match *grade {
        "A" => Some(12),
        "B" => Some(8),
        "C" => Some(1),
        "NOT DONE" => None,
        _ => Some(0_usize),
    };
    let missing = items.iter().filter(|item| item.is_none()).count();
    let grades: Option<usize> = grades.iter().map(points).sum();
    subject.shows("W24", "sledai", shown(total(items)).as_str()).shows("W24", "sledai_missing", missing).shows(
        "W24",
        "bilag",
        shown(grades).as_str(),
    )
}

/// A number of a listing, if there is one.
fn number(line: &Record, column: &str) -> Option<i64> {
    let text = field(line, column);
    (!text.is_empty()).then(|| text.parse().unwrap_or_else(|_| panic!("{column} is {text:?}, no whole number")))
}

#[test]
fn sums_of_the_scores_are_those_of_their_parts() {
    let mut stream = Stream::new(7);
    let all = [("all", Some(true), "A"), ("none", Some(false), "E")];
    let mut subjects: Vec<Subject> =
        all.iter().map(|(id, item, grade)| subject(id, &[*item; 24], &[*grade; 9])).collect();
    let mut incomplete: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..150 {
        let items = random_items(&mut stream);
        let done = !stream.chance(15);
        let grades = [0; 9].map(|_| stream.pick(&["A", "B", "C", "D", "E", if done { "E" } else { "NOT DONE" }]));
        let id = format!("S{number}");
        let ways = completions(&items);
        if ways.len() > 1 {
            incomplete.insert(id.clone(), ways.len());
            for (way, items) in ways.iter().enumerate() {
                subjects.push(subject(&format!("{id}-{way}"), items, &grades));
            }
        }
        subjects.push(subject(&id, &items, &grades));
    }
    // Everything else that is compared is listed because somebody says something about it: the one with nothing present.
    for variable in [
        "sledai_clinical",
        "nonrenal",
        "sledai_low",
        "sledai_high",
        "bilag_n_a",
        "bilag_n_b",
        "bilag_n_c",
        "bilag_missing",
    ] {
        subjects[1] = subjects[1].clone().shows("W24", variable, 0);
    }
    for group in GROUPS {
        subjects[1] = subjects[1].clone().shows("W24", &format!("sledai_{group}"), 0);
    }
    let checked = check(STUDY, &subjects);
    let mut lines: BTreeMap<String, Record> = BTreeMap::new();
    for part in 0..3 {
        for line in listing(&checked.package(), &format!("W24-{part}")) {
            lines.entry(field(&line, "USUBJID").to_owned()).or_default().extend(line);
        }
    }
    assert_eq!(lines.len(), subjects.len(), "everybody is listed");
    checked.passes();
    let (mut whole, mut graded) = (0, 0);
    for (id, line) in &lines {
        let of = |column: &str| number(line, column);
        let (low, high) = (of("sledai_low").expect("a bound"), of("sledai_high").expect("a bound"));
        assert!(0 <= low && low <= high && high <= 105, "{id}: bounds {low} and {high}");
        match of("sledai") {
            Some(total) => {
                assert_eq!((low, high), (total, total), "{id}: nothing is missing, so the bounds are the total");
                let ([clinical, immunologic], [renal, nonrenal]) =
                    ([of("sledai_clinical"), of("sledai_immunologic")], [of("sledai_renal"), of("nonrenal")]);
                assert_eq!(clinical.zip(immunologic).map(|(one, other)| one + other), Some(total), "{id}");
                assert_eq!(renal.zip(nonrenal).map(|(one, other)| one + other), Some(total), "{id}");
                let groups: Option<i64> = GROUPS.iter().map(|group| of(&format!("sledai_{group}"))).sum();
                assert_eq!(groups, Some(total), "{id}: groups");
                // Only items of one point make a total odd.
                let odd =
                    of("sledai_constitutional").zip(of("sledai_hematologic")).map(|(one, other)| (one + other) % 2);
                assert_eq!(odd, Some(total % 2), "{id}: parity");
                whole += 1;
            }
            None => assert!(of("sledai_missing") > Some(0), "{id} has no total, and nothing is missing"),
        }
        let counts = ["bilag_n_a", "bilag_n_b", "bilag_n_c"].map(|count| of(count).expect("a count"));
        let sum = 12 * counts[0] + 8 * counts[1] + counts[2];
        match of("bilag") {
            Some(total) => {
                assert_eq!(total, sum, "{id}: sum of 12, 8 and 1");
                assert!((0..=108).contains(&total), "{id}: {total}");
                assert_eq!(of("bilag_missing"), Some(0), "{id}");
                graded += 1;
            }
            None => assert!(of("bilag_missing") > Some(0), "{id} has no BILAG total, and nothing is missing"),
        }
    }
    for (id, ways) in &incomplete {
        let totals: Vec<i64> = (0..*ways)
            .map(|way| number(&lines[&format!("{id}-{way}")], "sledai").expect("a completion has a total"))
            .collect();
        let bounds = (number(&lines[id], "sledai_low"), number(&lines[id], "sledai_high"));
        assert_eq!(bounds, (totals.iter().min().copied(), totals.iter().max().copied()), "{id}: bounds of {totals:?}");
    }
    eprintln!(
        "{whole} totals of SLEDAI-2K and {graded} of BILAG-2004; bounds of {} with {} completions",
        incomplete.len(),
        incomplete.values().sum::<usize>()
    );
    assert_eq!((number(&lines["all"], "sledai"), number(&lines["all"], "bilag")), (Some(105), Some(108)));
    assert!(incomplete.len() > 20, "hardly anything is missing");
}
