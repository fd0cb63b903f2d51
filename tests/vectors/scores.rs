//! Which assessment of a score counts, worked out by hand: windows, ties, baseline, preference among records of a day,
//! totals recorded beside items, values that are none, and flares against the previous assessment.

use super::small::{Checked, Subject, check};

const STUDY: &str = r#"
[score.sledai]
label = "SLEDAI-2K"
instrument = "sledai-2k"
dataset = "RECORDS"
item = "PARAMCD"
value = "AVAL"
date = "ADT"
recorded = { total = "SLEDAI", renal = "SLRENAL" }

[score.bilag]
label = "BILAG-2004"
instrument = "bilag-2004"
dataset = "RECORDS"
where = "PARAMCD LIKE 'BI%'"
item = "PARAMCD"
value = "AVALC"
date = "ADT"
prefer = ["HIGH"]

[frame.vectors]
label = "Activity"
scores = ["sledai", "bilag"]
"#;

/// The items of the instruments by their own codes.
const SYSTEMS: [&str; 8] = ["BICONS", "BIMUCO", "BINEUR", "BIMUSC", "BICARD", "BIGAST", "BIOPHT", "BIHAEM"];
const ITEMS: [&str; 24] = [
    "SLSEIZ", "SLPSYC", "SLOBS", "SLVISU", "SLCRAN", "SLHEAD", "SLCVA", "SLVASC", "SLARTH", "SLMYOS", "SLCAST",
    "SLHEMA", "SLPROT", "SLPYUR", "SLRASH", "SLALOP", "SLULC", "SLPLEU", "SLPERI", "SLLOWC", "SLDNA", "SLFEVR",
    "SLTHRO", "SLLEUK",
];

/// All systems assessed on a day, the renal one with this grade and the others inactive: the total is that of the grade.
fn graded(subject: Subject, day: i32, renal: &str) -> Subject {
    SYSTEMS.iter().fold(subject, |subject, code| subject.record(code, day, "D")).record("BIRENA", day, renal)
}

/// All items assessed on a day, these present.
fn present(subject: Subject, day: i32, items: &[&str]) -> Subject {
    let value = |code: &&str| if items.contains(code) { "1" } else { "0" };
    ITEMS.iter().fold(subject, |subject, code| subject.record(code, day, value(code)))
}

fn windows() -> Vec<Subject> {
    let with = |id: &str, why: &str, days: &[(i32, &str)]| {
        days.iter().fold(Subject::new(id, why), |subject, (day, renal)| graded(subject, *day, renal))
    };
    vec![
        with("nearest", "day 171 is 2 days from day 169, day 165 is 4", &[(165, "B"), (171, "C")])
            .shows("W24", "bilag", 1)
            .shows("W24", "visit_day", 171),
        with("tie", "both 3 days from day 169: the later", &[(166, "B"), (172, "C")]).shows("W24", "bilag", 1).shows(
            "W24",
            "visit_day",
            172,
        ),
        with("edge", "day 176 lies within 7 days, day 158 only within 14", &[(158, "B"), (176, "A")])
            .shows("W24", "bilag", 12)
            .shows("W24", "visit_day", 176),
        with("wide", "nothing within 7 days: day 158", &[(158, "B")]).shows("W24", "bilag", 8),
        with("beyond", "day 154 is 15 days before", &[(154, "B")]).shows("W24", "bilag", "").shows("W20", "bilag", ""),
        with("week 12", "day 85 belongs to no visit", &[(85, "B")]).shows("W8", "bilag", "").shows("W16", "bilag", ""),
        with("baseline", "the last on or before day 1; day 2 is no visit", &[(-10, "A"), (1, "B"), (2, "C")])
            .shows("W24", "bilag_base", 8)
            .shows("W4", "bilag", ""),
        with("baseline from screening", "none on day 1: the last before", &[(-20, "A"), (-14, "B")]).shows(
            "W24",
            "bilag_base",
            8,
        ),
        SYSTEMS
            .iter()
            .fold(
                with("days do not mix", "all items are of the nearest day, where the kidney is missing", &[(168, "B")]),
                |s, code| s.record(code, 169, "D"),
            )
            .shows("W24", "bilag", "")
            .shows("W24", "bilag_missing", 1)
            .shows("W24", "bilag_n_b", 0)
            .shows("W24", "bilag_renal", ""),
        SYSTEMS
            .iter()
            .fold(with("not done at all", "a day on which nothing was assessed is none", &[(168, "B")]), |s, code| {
                s.record(code, 169, "NOT DONE")
            })
            .shows("W24", "bilag", 8)
            .shows("W24", "visit_day", 168),
        with("preferred", "two grades of one day: the one of the higher number counts", &[(169, "C")])
            .record_within("BIRENA", 169, "B", ["", "7"])
            .record_within("BIRENA", 169, "A", ["", "12"])
            .shows("W24", "bilag", 12)
            .shows("W24", "bilag_renal", "A"),
        present(
            with("dated by the later", "two scores of different days date the visit by the later", &[(165, "B")]),
            170,
            &[],
        )
        .shows("W24", "bilag", 8)
        .shows("W24", "sledai", 0)
        .shows("W24", "visit_day", 170),
    ]
}

fn totals() -> Vec<Subject> {
    let subject = |id: &str, why: &str| Subject::new(id, why);
    let active = ["SLARTH", "SLPROT", "SLRASH"];
    vec![
        present(subject("recorded alike", "items and the recorded total agree"), 169, &active)
            .record("SLEDAI", 169, "10")
            .shows("W24", "sledai", 10)
            .shows("W24", "sledai_renal", 4),
        present(subject("recorded otherwise", "the items win over the recorded 14"), 169, &active)
            .record("SLEDAI", 169, "14")
            .shows("W24", "sledai", 10),
        subject("recorded alone", "no items: the recorded totals are taken, sub-scores are missing")
            .record("SLEDAI", 169, "14")
            .record("SLRENAL", 169, "8")
            .shows("W24", "sledai", 14)
            .shows("W24", "sledai_low", 14)
            .shows("W24", "sledai_high", 14)
            .shows("W24", "sledai_renal", 8)
            .shows("W24", "sledai_clinical", ""),
        subject("recorded beside one item", "with one item there are items: the total is missing, and bounded")
            .record("SLEDAI", 169, "14")
            .record("SLARTH", 169, "1")
            .shows("W24", "sledai", "")
            .shows("W24", "sledai_low", 4)
            .shows("W24", "sledai_high", 105),
        present(subject("points instead of items", "an item is 1 or 0: 4 is no value of it"), 169, &active)
            .record("SLMYOS", 168, "4")
            .shows("W24", "sledai", 10),
        graded(subject("no grade", "F is no grade: the system is missing"), 169, "F").shows("W24", "bilag", "").shows(
            "W24",
            "bilag_missing",
            1,
        ),
        graded(subject("small letter", "a is not A: no grade is guessed"), 169, "a").shows("W24", "bilag", ""),
    ]
}

fn flares() -> Vec<Subject> {
    let course = |id: &str, why: &str, grades: &[(i32, &str)]| {
        grades.iter().fold(Subject::new(id, why), |subject, (day, renal)| graded(subject, *day, renal))
    };
    let (severe, moderate) = ("bilag_flare_severe", "bilag_flare_moderate");
    vec![
        course("flare", "A, B, A: better, then a severe flare", &[(113, "A"), (141, "B"), (169, "A")])
            .shows("W20", severe, 0)
            .shows("W20", moderate, 0)
            .shows("W24", severe, 1)
            .shows("W24", moderate, 0),
        course("flare over a gap", "no assessment at week 20: against that of week 16", &[(113, "C"), (169, "B")])
            .shows("W24", moderate, 1)
            .shows("W24", severe, 0),
        course("flare since baseline", "no visit before: against baseline", &[(1, "D"), (29, "A")])
            .shows("W4", severe, 1),
        course("no flare", "A as before is no flare", &[(1, "A"), (169, "A")]).shows("W24", severe, 0),
        course("nothing before", "without an earlier grade it cannot be told", &[(169, "A")])
            .shows("W24", severe, 0)
            .shows("W24", "bilag_flare_severe_open", 1),
        course("E again", "affected at week 16, never affected at week 24", &[(113, "D"), (169, "E")]).shows(
            "W24",
            "bilag_back_to_e",
            1,
        ),
    ]
}

#[test]
fn assessments_worked_out_by_hand() {
    let subjects = [windows(), totals(), flares()].concat();
    let checked: Checked = check(STUDY, &subjects);
    eprintln!("{} assessments of scores executed", subjects.len());
    checked.passes();
    for (words, named, spared) in [
        ("differs from its items", "recorded otherwise", "recorded alike"),
        ("“F” is no value", "no grade", "small letter"),
        ("“a” is no value", "small letter", "no grade"),
        ("“4” is no value", "points instead of items", "recorded alike"),
        ("E after A, B, C or D", "E again", "no flare"),
    ] {
        let warnings = checked.warnings(words);
        assert_eq!(warnings.len(), 1, "one warning of “{words}”:\n{}", checked.said);
        assert!(warnings[0].contains(named), "{named} is not named: {}", warnings[0]);
        assert!(!warnings[0].contains(spared), "{spared} is named without reason: {}", warnings[0]);
    }
}
