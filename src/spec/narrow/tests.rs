use super::*;
use crate::spec::report::Edition;

/// A study of two arms with a report to a board: an endpoint for the final report alone, counts that both use, and doses,
/// which tell the arm.
const STUDY: &str = r#"
[study]
id = "S"
title = "Cells or peptide"
kind = "Final report"
status = "Final"
facts = [{ label = "Intervention", text = "Cells" }]
[data]
subjects = "ADSL"
datasets = { ADSL = { file = "a.csv" }, ADEX = { file = "e.csv" } }
[data.cut-off.datasets]
ADSL = { date = ["RANDDT"], restate = [
  { after = "TRTSDT", blank = ["TRT01A", "TRTSDT"] }, { after = "TRTEDT", blank = ["TRTEDT"] } ] }
ADEX = { date = ["ASTDT"] }
[masking]
variables = ["TRT01P", "TRT01A", "TRTEDT"]
datasets = ["ADEX"]
analysis-sets = ["pp"]
words = ["cells", "peptide"]
[[arm]]
id = "cells"
label = "Cells"
planned = "TRT01P = 'C'"
actual = "TRT01A = 'C'"
[[arm]]
id = "peptide"
label = "Peptide"
planned = "TRT01P = 'P'"
actual = "TRT01A = 'P'"
reference = true
[[analysis-set]]
id = "itt"
label = "All"
rule = "RANDFL = 'Y'"
[[analysis-set]]
id = "pp"
label = "Per protocol"
rule = "PPROTFL = 'Y'"
[records.doses]
label = "Doses"
dataset = "ADEX"
[[summary]]
id = "who"
analysis-set = "itt"
items = [{ id = "age", label = "Age, doses", number = "AGE" }]
[[summary]]
id = "loyal"
analysis-set = "pp"
items = [{ id = "age", label = "Age", number = "AGE" }]
[[occurrence]]
id = "given"
label = "Given"
analysis-set = "itt"
records = "doses"
items = [{ id = "any", label = "Any" }]
[report.dsmb-open]
title = "A trial"
kind = "Report to the board"
[report.dsmb-closed]
title = "A trial"
kind = "Report to the board"
[[section]]
number = "1"
title = "Who"
reports = ["final", "dsmb-open", "dsmb-closed"]
[[section]]
number = "2"
title = "More"
[[section]]
number = "3"
title = "Closed"
reports = ["dsmb-closed"]
[[display]]
id = "t-1"
number = "Table 1"
section = "1"
title = "Who"
summary = { of = "who" }
[[display]]
id = "t-2"
number = "Table 2"
section = "2"
title = "Loyal"
summary = { of = "loyal" }
[[display]]
id = "t-3"
number = "Table 3"
section = "3"
title = "Doses given"
identifies-arm = "number of doses"
occurrence = { of = "given" }
"#;

fn study(text: &str) -> Study {
    Study::parse(text, "study.toml").unwrap_or_else(|error| panic!("{error}"))
}

fn codes() -> Vec<String> {
    vec!["B".to_owned(), "A".to_owned()]
}

#[test]
fn the_open_report_knows_no_arm_and_nothing_that_is_masked() {
    let Narrowed { study, text } = study(STUDY).narrowed(Edition::DsmbOpen, false, &[]).expect("it can be made");
    let ids: Vec<&str> = study.display.iter().map(|display| &*display.id).collect();
    assert_eq!(ids, ["t-1"]);
    assert_eq!((study.arm.len(), study.arm[0].label.as_str()), (1, "All participants"));
    assert!(study.records.is_empty() && study.occurrence.is_empty() && study.summary.len() == 1);
    assert!(!study.data.datasets.contains_key("ADEX") && study.masking.is_none());
    assert_eq!((study.study.title.as_str(), study.study.facts.len()), ("A trial", 0));
    let restate = &study.data.cut_off.expect("the data are cut").datasets["ADSL"].restate;
    assert_eq!((restate.len(), restate[0].blank.len()), (1, 1), "{restate:?}");
    for word in ["ells", "eptide", "TRT01", "TRTEDT", "ADEX", "PPROTFL", "oses"] {
        // A label may say what it likes, as may whoever writes it.
        assert!(!text.replace("Age, doses", "").contains(word), "{word} stands in {text}");
    }
    let again = Study::parse(&text, "study.toml").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again.display.len(), 1);
}

#[test]
fn arms_of_the_coded_report_are_codes_in_their_own_order() {
    let Narrowed { study, text } = study(STUDY).narrowed(Edition::DsmbClosed, false, &codes()).expect("it can be made");
    let arms: Vec<(&str, &str, bool)> =
        study.arm.iter().map(|arm| (&*arm.id, arm.planned.sql.as_str(), arm.reference)).collect();
    assert_eq!(arms, [("A", "TPARMP = 'A'", false), ("B", "TPARMP = 'B'", true)]);
    // What tells the arm is announced, and neither computed nor bound.
    let withheld = study.display.iter().find(|display| &*display.id == "t-3").expect("it is announced");
    assert!(withheld.occurrence.is_none() && study.occurrence.is_empty());
    // Who was not treated yet has no code as treated.
    let restate = &study.data.cut_off.expect("the data are cut").datasets["ADSL"].restate;
    let blank: Vec<&str> = restate[0].blank.iter().map(|name| &**name).collect();
    assert_eq!(blank, ["TRTSDT", CODED_ARM[1]]);
    assert!(!text.contains("ells") && !text.contains("eptide"), "{text}");
    // The order of the arms, and which of them is the reference, are those of the codes.
    let mut other = codes();
    other.reverse();
    let other = self::study(STUDY).narrowed(Edition::DsmbClosed, false, &other).expect("it can be made");
    assert_eq!(other.text, text);
}

#[test]
fn what_needs_something_masked_is_refused_with_the_way_to_it() {
    let open = STUDY.replace("title = \"More\"", "title = \"More\"\nreports = [\"dsmb-open\"]");
    let error = study(&open).narrowed(Edition::DsmbOpen, false, &[]).expect_err("the set depends on treatment");
    let told: Vec<String> = error.findings.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("display t-2 → summary loyal → pp"), "{}", told[0]);
    let error = study(&STUDY.replace("identifies-arm = \"number of doses\"", ""))
        .narrowed(Edition::DsmbClosed, false, &codes())
        .expect_err("the doses tell the arm");
    assert!(error.to_string().contains("display t-3 → occurrence given → records doses → ADEX"), "{error}");
    let error = study(&STUDY.replace("title = \"A trial\"", ""))
        .narrowed(Edition::DsmbClosed, false, &codes())
        .expect_err("the title names the treatments");
    assert!(error.to_string().contains("[report.dsmb-closed]") && !error.to_string().contains("ells"), "{error}");
}

#[test]
fn a_cut_off_by_what_is_masked_is_refused() {
    let cut = STUDY.replace("blank = [\"TRTEDT\"]", "blank = [\"TRTEDT\"], set = { EOSSTT = \"'ONGOING'\" }");
    let error = study(&cut).narrowed(Edition::DsmbOpen, false, &[]).expect_err("its date is masked").to_string();
    assert!(error.contains("restates by TRTEDT, which [masking] takes away"), "{error}");
}

#[test]
fn the_final_report_keeps_what_no_other_report_needs_alone() {
    let whole = study(STUDY);
    let Narrowed { study, text } = whole.narrowed(Edition::Final, false, &[]).expect("it can be made");
    assert_eq!(text, STUDY);
    assert_eq!((study.display.len(), study.summary.len(), study.occurrence.len()), (2, 2, 0));
    assert_eq!((study.arm.len(), study.study.title.as_str()), (2, "Cells or peptide"));
    let unmasked = whole.narrowed(Edition::DsmbClosedUnmasked, false, &[]).expect("it can be made").study;
    assert_eq!((unmasked.display.len(), unmasked.occurrence.len(), unmasked.arm.len()), (2, 1, 2));
}

#[test]
fn only_what_is_asked_for_stays() {
    let whole = study(STUDY);
    let only = whole.only(&["t-2"]).expect("there is such a display");
    assert_eq!((only.display.len(), only.summary.len(), only.records.len()), (1, 1, 0));
    assert_eq!(whole.only(&["given"]).expect("there is such an analysis").records.len(), 1);
    assert!(whole.only(&["nothing"]).is_none() && whole.only(&[]).is_none());
}

#[test]
fn numbers_of_a_snapshot_stand_where_they_may() {
    let page = "[[display]]\nid = \"page\"\nnumber = \"Figure 1\"\nsection = \"1\"\ntitle = \"Numbers\"\n[display.snapshot]\n\
        groups = [{ title = \"All\", cells = [{ label = \"Age\", of = \"who\", item = \"age\", show = \"{n}\" }] },\n\
        { title = \"Given\", cells = [\n\
        { label = \"Doses\", of = \"given\", item = \"any\", reports = [\"dsmb-closed-unmasked\"] },\n\
        { label = \"Age\", of = \"loyal\", item = \"age\", show = \"{n}\", reports = [\"final\"] },\n\
        { label = \"Age\", of = \"who\", item = \"age\", show = \"{n}\", reports = [\"dsmb-closed\"], at-look = true }] }]\n";
    let whole = study(&format!("{STUDY}{page}"));
    let shown = |edition, look| {
        let own = whole.narrowed(edition, look, &codes()).unwrap_or_else(|error| panic!("{error}")).study;
        let page = own.display.iter().find_map(|display| display.snapshot.clone()).expect("it is shown");
        let groups = page.groups.iter().map(|group| group.cells.iter().map(|cell| cell.of.to_string()).collect());
        let groups: Vec<Vec<String>> = groups.collect();
        (groups, own.occurrence.len(), own.summary.len())
    };
    let groups = |all: &[&[&str]]| -> Vec<Vec<String>> {
        all.iter().map(|own| own.iter().map(|of| (*of).to_owned()).collect()).collect()
    };
    assert_eq!(shown(Edition::DsmbOpen, true), (groups(&[&["who"]]), 0, 1));
    assert_eq!(shown(Edition::DsmbClosed, false), (groups(&[&["who"]]), 0, 1));
    assert_eq!(shown(Edition::DsmbClosed, true), (groups(&[&["who"], &["who"]]), 0, 1));
    assert_eq!(shown(Edition::DsmbClosedUnmasked, true), (groups(&[&["who"], &["given", "who"]]), 1, 1));
    // The final report does not compute what stands in others alone.
    assert_eq!(shown(Edition::Final, false), (groups(&[&["who"], &["loyal"]]), 0, 2));
    assert!(whole.may_look(Edition::DsmbClosed) && !whole.may_look(Edition::DsmbOpen));
    let none = page.replace(
        "of = \"who\", item = \"age\", show = \"{n}\" }] }",
        "of = \"who\", item = \"age\", show = \"{n}\", at-look = true }] }",
    );
    let said =
        Study::parse(&format!("{STUDY}{none}"), "study.toml").map(|_| ()).expect_err("it may be empty").to_string();
    assert!(said.contains("needs a number that every report shows"), "{said}");
}

#[test]
fn codes_do_not_tell_which_of_three_arms_is_monitored() {
    const THREE: &str = include_str!("../../../fixtures/studies/sle-three-arm/study.toml");
    let codes: Vec<String> = ["B", "C", "A"].map(str::to_owned).to_vec();
    let made = |text: &str| study(text).narrowed(Edition::DsmbClosed, true, &codes);
    let own = made(THREE).expect("what tells the arm is withheld").study;
    assert!(own.monitoring.iter().all(|plan| plan.monitored.is_none()), "the plan names an arm");
    let told = THREE.replace("reports = [\"dsmb-closed-unmasked\"], at-look", "reports = [\"dsmb-closed\"], at-look");
    assert_ne!(told, THREE);
    let said = made(&told).expect_err("the number tells which arm it is").to_string();
    assert!(said.contains("would tell which arm is which") && said.contains("dsmb-closed-unmasked"), "{said}");
}

#[test]
fn displays_of_a_look_stand_only_in_a_look() {
    let at_look = STUDY.replace("title = \"Who\"\nsummary", "title = \"Who\"\nat-look = true\nsummary");
    let whole = study(&at_look);
    let displays = |edition, look| whole.narrowed(edition, look, &codes()).map(|own| own.study.display.len()).ok();
    assert_eq!(displays(Edition::DsmbClosed, false), Some(1));
    assert_eq!(displays(Edition::DsmbClosed, true), Some(2));
    assert_eq!(displays(Edition::Final, false), Some(2));
    assert_eq!(displays(Edition::DsmbOpen, false), None, "nothing is left to show");
}
