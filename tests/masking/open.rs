//! The open report is the same whatever is masked.

use std::path::Path;

use crate::masking::made::{Made, OUT, make};
use crate::masking::rewrite::{Reassignment, Study};
use crate::masking::{STUDIES, cuts, no_differences};
use crate::support::{displays, json, scratch};

const REPORT: &str = "dsmb-open";

/// The open report of a study, as of the day of the cut.
fn open(study: &Study, cut: &str, what: &str) -> Made {
    let folder = scratch();
    study.write(folder.path());
    make(folder.path(), REPORT, &["--cutoff", cut]).succeeded(what)
}

/// The ways in which what is masked of a study can be given to others.
fn ways(study: &Study) -> Vec<Reassignment> {
    let records = !study.masked_records().is_empty() || !study.masked_datasets().is_empty();
    Reassignment::ALL.into_iter().filter(|way| records || *way != Reassignment::Records).collect()
}

/// Makes the open report under so many re-assignments of each kind.
fn prove(name: &str, cut: &str, times: u64) {
    let study = Study::of(name);
    let first = open(&study, cut, name);
    let mut faults = Vec::new();
    for way in ways(&study) {
        for seed in 0..times {
            let what = format!("{name}, {way:?}, seed {seed}");
            let other = study.reassigned(way, 1 + seed);
            assert!(
                other.frames.iter().any(|(name, frame)| frame.rows != study.frames[name].rows),
                "{what}: nothing changed"
            );
            let differences = first.differences(&open(&other, cut, &what));
            if !differences.is_empty() {
                faults.push(format!("{what}:{differences}"));
            }
        }
    }
    no_differences(&faults);
}

#[test]
fn the_open_report_does_not_depend_on_what_is_masked() {
    for (name, cut) in STUDIES.into_iter().zip(cuts()) {
        prove(name, &cut, 1);
    }
}

/// The full number of the proof: 24 of the flagship, 20 of the study of three arms. About two minutes.
#[test]
#[ignore = "the sample above runs in continuous integration"]
fn the_open_report_does_not_depend_on_what_is_masked_in_24_re_assignments() {
    for (name, cut) in STUDIES.into_iter().zip(cuts()) {
        prove(name, &cut, 4);
    }
}

/// What is not masked is seen: a report that shows one of the masked variables, datasets or records when `[masking]` no
/// longer names it differs between two re-assignments. So does any that shows it in spite of `[masking]`.
#[test]
fn a_leak_is_noticed() {
    let study = Study::of(STUDIES[0]);
    let leaks = [
        ("PPROTFL", Reassignment::Blocks, "number = \"CASE WHEN PPROTFL = 'Y' THEN AGE END\""),
        ("TRT01PN", Reassignment::Exchanged, "number = \"CASE WHEN TRT01PN = 1 THEN AGE END\""),
    ];
    for (variable, way, shown) in leaks {
        let made = [study.clone(), study.reassigned(way, 7)].map(|mut study| {
            study.unmask("variables", variable);
            study.show(REPORT, &format!("{{ id = \"leak\", label = \"Leak\", {shown} }}"));
            open(&study, &cuts()[0], shown)
        });
        noticed(&made, shown);
    }
}

/// Measurements right after a dose are data again: the reports differ where they are dropped, if only in the digest of their
/// data, which stands on each page.
#[test]
fn a_leak_by_records_is_noticed() {
    let study = Study::of(STUDIES[0]);
    let mut fewer = study.clone();
    fewer.drop_records("ADVS");
    let cut = &cuts()[0];
    assert_eq!(open(&study, cut, "whole").differences(&open(&fewer, cut, "fewer")), "", "masked, they are seen");
    let made = [study, fewer].map(|mut study| {
        study.unmask("records", "ADVS");
        open(&study, cut, "ADVS")
    });
    let differences = made[0].differences(&made[1]);
    assert!(differences.contains(".pdf has other bytes"), "nobody notices that they are there: {differences:?}");
}

fn noticed([one, other]: &[Made; 2], what: &str) {
    let differences = one.differences(other);
    for wanted in [".pdf has other bytes", " results.json has other bytes"] {
        assert!(differences.contains(wanted), "nobody notices that {what} is shown: {differences:?}");
    }
}

/// Events that follow a dose are not masked, as no board may miss one, but which of them it was tells the treatment: with the
/// two most telling ones exchanged the open report says the same.
#[test]
fn which_reaction_to_a_dose_it_was_is_not_shown() {
    let study = Study::of(STUDIES[0]);
    let mut other = study.clone();
    let frame = other.frames.get_mut("ADAE").expect("adverse events");
    let at = ["AEPTCD", "AEDECOD", "AEBODSYS"].map(|variable| frame.at(variable).expect("how an event is coded"));
    let coded = |code: &str| {
        let row =
            frame.rows.iter().find(|row| row[at[0]] == code).unwrap_or_else(|| panic!("no event is coded {code}"));
        at.map(|at| row[at].clone())
    };
    let (fever, redness) = (coded("D01"), coded("D03"));
    for row in &mut frame.rows {
        let to = [("D01", &redness), ("D03", &fever)].into_iter().find(|(code, _)| row[at[0]] == *code);
        for (at, value) in at.iter().zip(to.into_iter().flat_map(|(_, values)| values)) {
            row[*at].clone_from(value);
        }
    }
    frame.changed = true;
    let [one, other] = [&study, &other].map(|study| {
        let folder = scratch();
        study.write(folder.path());
        make(folder.path(), REPORT, &["--cutoff", &cuts()[0]]).succeeded("reactions");
        let package = folder.path().join(OUT);
        // The digest of what is not masked, and what is made from it, says that the data are other ones.
        let fingerprint = json(&package, "provenance.json")["fingerprint"].as_str().unwrap_or_default().to_owned();
        assert!(!fingerprint.is_empty(), "there is no fingerprint");
        let shown = displays(&package).into_iter().map(|display| display.to_string().replace(&fingerprint, "…"));
        (json(&package, "results.json"), shown.collect::<Vec<String>>())
    });
    for (one, other) in one.1.iter().zip(&other.1) {
        assert_eq!(one, other, "a display tells which reaction it was");
    }
    assert!(one == other, "results tell which reaction it was");
}

/// What is masked cannot be shown by mistake: the report is refused, and says what needs it.
#[test]
fn a_display_that_needs_what_is_masked_is_refused() {
    let mut study = Study::of(STUDIES[0]);
    study.show(REPORT, r#"{ id = "leak", label = "Leak", count = "EOTSTT = 'DISCONTINUED'" }"#);
    let folder = scratch();
    study.write(folder.path());
    let refused = make(folder.path(), REPORT, &["--cutoff", &cuts()[0]]);
    assert_eq!(refused.outcome.exit, 3, "{}", refused.outcome.stderr);
    assert!(refused.outcome.stderr.contains("EOTSTT"), "{}", refused.outcome.stderr);
    let has_page = |file: &String| Path::new(file).extension().is_some_and(|own| own == "pdf");
    assert!(!refused.files.keys().any(has_page), "a refused report is there");
}
