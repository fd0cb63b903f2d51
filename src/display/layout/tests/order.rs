//! Single subjects in order: arm by arm, or by their identifiers, and without a word of the arm where there is one.

use super::{PROFILE, STUDY, extract, laid_of, profile_extracts};
use crate::display::layout::Laid;
use crate::display::report::Body;
use crate::results::{Extract, Results};

const LISTING: &str = r#"
[display.listing]
records = "finding"
analysis-set = "all"
columns = [{ variable = "CODE", label = "Code" }]
"#;

/// The study with its second arm left out, which makes it a study of one.
fn one_arm() -> String {
    let (before, rest) = STUDY.split_once("[[arm]]\nid = \"c\"").expect("the study has a second arm");
    let (_, after) = rest.split_once("reference = true\n").expect("it is the reference");
    format!("{before}{after}").replace("label = \"Active\"", "label = \"All participants\"")
}

fn laid(study: &str, layout: &str, extracts: Vec<Extract>) -> Laid {
    let results = Results { extracts, ..Results::default() };
    laid_of(study, layout, &results).unwrap_or_else(|error| panic!("{error}"))
}

/// The head of a listing, and its rows as text: ".stub | cell".
fn lines(laid: &Laid) -> (String, Vec<String>) {
    let Body::Table(table) = &laid.body else { panic!("no table") };
    let heads: Vec<String> = table.columns.iter().map(|column| column.head.join(" ")).collect();
    let row = |row: &crate::display::report::TableRow| {
        let cells = row.cells.iter().map(|cell| cell.text.trim());
        let indent = ".".repeat(usize::from(row.indent));
        std::iter::once(row.stub.as_str()).chain(cells).fold(indent, |line, text| {
            if line.trim_matches('.').is_empty() { line + text } else { line + " | " + text }
        })
    };
    (heads.join(", "), table.rows.iter().map(row).collect())
}

/// As the analysis gives them: arm by arm, or by subject.
const BY_ARM: [&str; 4] = ["a,1,P", "a,3,Q", "a,3,R", "c,2,S"];
const BY_SUBJECT: [&str; 4] = ["a,1,P", "c,2,S", "a,3,Q", "a,3,R"];

#[test]
fn a_listing_stands_under_its_arms_unless_it_is_ordered_by_subject() {
    let under = laid(STUDY, LISTING, vec![extract("shown", &BY_ARM)]);
    let (head, rows) = lines(&under);
    assert_eq!(head, "Code");
    assert_eq!(rows, ["Active", ".1 | P", ".3 | Q", ".3 | R", "Control", ".2 | S"]);
    let by_subject = format!("{LISTING}order-by = \"subject\"\n");
    let (head, rows) = lines(&laid(STUDY, &by_subject, vec![extract("shown", &BY_SUBJECT)]));
    assert_eq!(head, "Arm, Code");
    assert_eq!(rows, ["1 | Active | P", "2 | Control | S", "3 | Active | Q", "3 | Active | R"]);
}

#[test]
fn a_listing_of_one_arm_does_not_name_it() {
    for layout in [LISTING.to_owned(), format!("{LISTING}order-by = \"subject\"\n")] {
        let (head, rows) = lines(&laid(&one_arm(), &layout, vec![extract("shown", &["a,1,P", "a,2,S"])]));
        assert_eq!(head, "Code");
        assert_eq!(rows, ["1 | P", "2 | S"]);
        assert_eq!(lines(&laid(&one_arm(), &layout, vec![extract("shown", &[])])).1, ["None | "]);
    }
}

#[test]
fn profiles_follow_the_order_asked_for_and_name_no_single_arm() {
    let titles = |laid: &Laid| -> Vec<String> {
        let Body::Profiles(profiles) = &laid.body else { panic!("no profiles") };
        profiles.iter().map(|profile| profile.title.clone()).collect()
    };
    // The extracts have participant 2 of the second arm first.
    assert_eq!(titles(&laid(STUDY, PROFILE, profile_extracts())), ["Participant 1: Active", "Participant 2: Control"]);
    let by_subject = PROFILE.replacen("where = \"TRUE\"", "where = \"TRUE\"\norder-by = \"subject\"", 1);
    let as_given = titles(&laid(STUDY, &by_subject, profile_extracts()));
    assert_eq!(as_given, ["Participant 2: Control", "Participant 1: Active"]);
    let mut extracts = profile_extracts();
    extracts[0].lines.iter_mut().for_each(|line| "a".clone_into(&mut line[0]));
    assert_eq!(titles(&laid(&one_arm(), PROFILE, extracts)), ["Participant 2", "Participant 1"]);
}

const NARRATIVES: &str = r#"
[display.narratives]
records = "finding"
analysis-set = "all"
title = "{{ code }}"
facts = [{ id = "code", label = "Code", variable = "CODE" }, { id = "day", label = "Day", variable = "day", unit = "of study" }]
narrative = ["{{ code }} on day {{ day }}.", "{% if day %}Known.{% endif %}"]
"#;

#[test]
fn a_narrative_stands_for_each_record_with_its_facts_and_gaps() {
    let told = |study: &str, layout: &str, lines: &[&str]| -> Vec<(String, String, Vec<String>)> {
        let Body::Profiles(profiles) = laid(study, layout, vec![extract("shown", lines)]).body else {
            panic!("no pages")
        };
        let facts = |own: &crate::display::report::Profile| {
            own.facts.iter().map(|fact| format!("{} {}", fact.label, fact.text)).collect::<Vec<_>>().join(", ")
        };
        profiles.iter().map(|own| (own.title.clone(), facts(own), own.paragraphs.clone())).collect()
    };
    let lines = ["c,2,P,12", "a,1,Q,"];
    let expected = [
        ("Participant 2: P", "Code P, Day 12 of study, Arm Control", vec!["P on day 12.", "Known."]),
        ("Participant 1: Q", "Code Q, Day –, Arm Active", vec!["Q on day [to be completed]."]),
    ];
    let compare = |found: Vec<(String, String, Vec<String>)>, expected: &[(&str, &str, Vec<&str>)]| {
        let found: Vec<(&str, &str, Vec<&str>)> = found
            .iter()
            .map(|(title, facts, words)| (title.as_str(), facts.as_str(), words.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(found, expected);
    };
    compare(told(STUDY, NARRATIVES, &lines), &expected);
    let by_arm = format!("{NARRATIVES}order-by = \"arm\"\n");
    let turned: Vec<_> = expected.iter().rev().cloned().collect();
    compare(told(STUDY, &by_arm, &lines), &turned);
    let alone = [("Participant 1: Q", "Code Q, Day –", vec!["Q on day [to be completed]."])];
    compare(told(&one_arm(), NARRATIVES, &["a,1,Q,"]), &alone);
    assert!(told(STUDY, NARRATIVES, &[]).is_empty());
}
