//! Each machine check passes once and fails once, on a small study and results made for it.

use super::{Ground, Verdict};
use crate::display::texts;
use crate::results::{Key, Lookup, Method, Provenance, Results, Row, Statistic, Value};
use crate::spec::Study;
use crate::spec::instrument;

/// The small study; the parts in capital letters are spoilt by tests.
const STUDY: &str = r#"
[study]
id = "S"
title = "A randomised trial"
kind = "K"
status = "S"
[data]
subjects = "ADSL"
[data.datasets]
ADSL = { file = "a.csv" }
[[arm]]
id = "a"
label = "Arm A"
planned = "TRUE"
actual = "TRUE"
[[arm]]
id = "b"
label = "Arm B"
planned = "TRUE"
actual = "TRUE"
reference = true
[[analysis-set]]
id = "all"
label = "All"
description = "everybody"
rule = "TRUE"
[visits]
reference = "D"
baseline = { id = "BL", label = "Baseline" }
schedule = [{ id = "W4", label = "Week 4", day = 29, within = 7 }]
[measure.size]
label = "Size"
dataset = "ADSL"
where = "TRUE"
value = "V"
date = "D"
[frame.state]
label = "State"
measures = ["size"]
[records.ae]
label = "Events"
dataset = "ADSL"
[[occurrence]]
id = "harms"
label = "Events"
records = "ae"
analysis-set = "all"
items = [{ id = "any", label = "Any" }]
[[subgroup]]
id = "sex"
label = "Sex"
category = "SEX"
levels = [{ value = "F", label = "Female" }]
[[endpoint]]
id = "resp"
label = "Response"
role = "primary"
analysis-set = "all"
[endpoint.binary]
frame = "state"
at = ["W4"]
response = "size < 1"
methods = ["newcombe", "risk-ratio"]
[endpoint.estimand]
treatment = "A versus B"
population = "All"
variable = "Response"
missing = "No response"
summary = "Difference"
[[summary]]
id = "base"
analysis-set = "all"
items = [{ id = "age", label = "Age", number = "AGE" }]
[flow]
id = "flow"
assessed = "TRUE"
excluded = { rule = "FALSE" }
randomised = "TRUE"
received = "TRUE"
not-received = []
discontinued = { rule = "FALSE" }
lost = { rule = "FALSE" }
analysed = "TRUE"
not-analysed = []
[[section]]
number = "1"
title = "One"
[[display]]
id = "t-1"
number = "Table 1"
section = "1"
title = "Baseline"
[display.summary]
of = "base"
[[text]]
id = "synopsis"
section = "1"
text = 'Response: {{ value(analysis = "resp", arm = "a", at = "W4", statistic = "n") }} participants.'
[checklist]
instrument = "consort-2025"
[checklist.facts]
registry-number = "NCT01234567"
registered = "2023-01-01"
first-randomised = "2023-02-01"
last-randomised = "2023-06-01"
last-follow-up = "2023-12-01"
recruitment-from = "2023-01-15"
plan-date = "2023-11-01"
code-repository = "https://example.org/code"
code-version = "one"
funders = "A fund"
allocation-ratio = "1:1"
sites = "2"
sites-item = "base/site"
intervention-a = "A"
intervention-b = "B"
coding-dictionary = "D 1"
planned-size = "4"
size-analysis = "size"
interim-analyses = "0"
sequence-generation = "by computer"
strata = "sex"
concealment = "envelopes"
access-enrolling = "no"
access-allocating = "no"
blinded-participants = "no"
blinded-carers = "no"
blinded-assessors = "no"
blinded-analysts = "no"
post-hoc = "none"
"#;

/// Answers that are needed to pass; all others are of the author.
const ANSWERS: [(&str, &str); 4] =
    [("1b", "at = [\"synopsis\"]"), ("25", "at = [\"t-1\"]"), ("24b", "at = [\"t-1\"]"), ("8", "text = \"None.\"")];

fn rows() -> Vec<Row> {
    let row = |key: Key, value| Row { key, value, unit: None, subjects: None };
    let count = |key: Key, count| row(key, Value::Count(count));
    let flow = |arm: &str, node: &str| Key::new("flow", Statistic::Count).arm(arm).variable(node);
    let effect = |statistic, method| Key::new("resp", statistic).contrast("a", "b").at("W4").method(method);
    let mut rows = vec![
        count(Key::new("flow", Statistic::Count).variable("randomised"), 4),
        count(Key::new("size", Statistic::N), 4),
    ];
    for (arm, level) in [("a", "one"), ("b", "two")] {
        for node in ["allocated", "received", "analysed"] {
            rows.push(count(flow(arm, node), 2));
        }
        rows.push(count(flow(arm, "not-received"), 0));
        rows.push(count(flow(arm, "lost"), 1));
        rows.push(count(flow(arm, "lost").level("left"), 1));
        rows.push(count(Key::new("resp", Statistic::N).arm(arm).at("W4"), 2));
        rows.push(count(Key::new("resp", Statistic::Missing).arm(arm).at("W4"), 0));
        rows.push(count(Key::new("harms", Statistic::Count).arm(arm).variable("any"), 0));
        rows.push(count(Key::new("base", Statistic::Count).arm(arm).variable("site").level(level), 2));
    }
    for statistic in [Statistic::Difference, Statistic::DifferenceLower, Statistic::DifferenceUpper] {
        rows.push(row(effect(statistic, Method::Newcombe), Value::Number(0.5)));
    }
    for statistic in [Statistic::Ratio, Statistic::RatioLower, Statistic::RatioUpper] {
        rows.push(row(effect(statistic, Method::RiskRatio), Value::Number(2.0)));
    }
    rows
}

/// The verdict on an item of the study with these replacements, and of the rows after a change.
fn verdict(id: &str, changes: &[(&str, &str)], spoil: impl Fn(&mut Vec<Row>)) -> Verdict {
    let mut text = STUDY.to_owned();
    let instrument = instrument::checklist("consort-2025").expect("it is shipped");
    for item in &instrument.item {
        let own = ANSWERS.iter().find(|(own, _)| *own == item.id).map_or("author = \"to say\"", |(_, answer)| *answer);
        text.push_str(&format!("[checklist.item.{}]\n{own}\n", item.id));
    }
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let study = Study::parse(&text, "study.toml").unwrap_or_else(|error| panic!("{error}"));
    let mut results = Results { rows: rows(), ..Results::default() };
    spoil(&mut results.rows);
    let provenance = Provenance { lock_date: "2024-01-01".to_owned(), ..Provenance::default() };
    let narrative = texts::write(&study, &results, &provenance).unwrap_or_else(|error| panic!("{error}"));
    let ground = Ground {
        study: &study,
        answers: study.checklist.as_ref().expect("the study has a checklist"),
        results: &results,
        lookup: &Lookup::new(&results),
        provenance: &provenance,
        narrative: &narrative,
    };
    let item = instrument.item.iter().find(|item| item.id == id).expect("there is such an item");
    ground.verdict(item).expect("the item applies")
}

fn passes(id: &str) {
    let verdict = verdict(id, &[], |_| {});
    assert!(matches!(verdict, Verdict::Pass(_)), "{id}: {verdict:?}");
}

fn fails(id: &str, changes: &[(&str, &str)], spoil: impl Fn(&mut Vec<Row>), with: &str) {
    passes(id);
    let verdict = verdict(id, changes, spoil);
    assert!(matches!(&verdict, Verdict::Fail(what) if what.contains(with)), "{id}: {verdict:?}, not {with}");
}

fn is_not_checkable(id: &str, changes: &[(&str, &str)], with: &str) {
    let verdict = verdict(id, changes, |_| {});
    assert!(matches!(&verdict, Verdict::NotCheckable(what) if what.contains(with)), "{id}: {verdict:?}");
}

#[test]
fn identity_is_checked() {
    fails("1a", &[("A randomised trial", "A trial")], |_| {}, "none of: randomised");
    fails("1b", &[("participants.", "of 40 participants.")], |_| {}, "typed by hand in text synopsis: 40");
    fails("2", &[("NCT01234567", "NCT0123")], |_| {}, "no known registry");
    fails("2", &[("registered = \"2023-01-01\"", "registered = \"2023-02-02\"")], |_| {}, "after the first");
    fails("3", &[("plan-date = \"2023-11-01\"", "plan-date = \"2024-01-01\"")], |_| {}, "not before the lock");
    fails("13", &[("intervention-b = \"B\"\n", "")], |_| {}, "no intervention of Arm B");
    passes("8");
    is_not_checkable("5b", &[], "to be written by the author");
    let given = [
        ("4", "code-version"),
        ("5a", "funders"),
        ("17a", "sequence-generation"),
        ("18", "concealment"),
        ("19", "access-enrolling"),
        ("20a", "blinded-analysts"),
    ];
    for (id, fact) in given {
        passes(id);
        is_not_checkable(id, &[(&format!("\n{fact} ="), "\n#")], &fact.replace('-', " "));
    }
}

#[test]
fn the_design_is_checked() {
    fails("7", &[], |rows| rows.retain(|row| row.key.analysis != "harms"), "no analysis counts harms");
    fails("9", &[("\"1:1\"", "\"3:1\"")], |_| {}, "Arm A has 2 of 4, planned 3 of 4");
    let verdict = verdict("9", &[("\"1:1\"", "\"3:1\"\nallocation-imbalance = \"1\"")], |_| {});
    assert!(matches!(verdict, Verdict::Pass(_)), "{verdict:?}");
    fails("11", &[("sites = \"2\"", "sites = \"3\"")], |_| {}, "2 in the data, 3 stated");
    fails("14", &[("variable = \"Response\"", "variable = \"\"")], |_| {}, "resp has no variable");
    fails("16a", &[("planned-size = \"4\"", "planned-size = \"5\"")], |_| {}, "5 planned, 4 recomputed");
    fails("16b", &[("interim-analyses = \"0\"", "interim-analyses = \"none\"")], |_| {}, "no whole number");
    is_not_checkable("16b", &[("interim-analyses = \"0\"", "interim-analyses = \"1\"")], "no record");
    fails("17b", &[("strata = \"sex\"", "strata = \"sex, region\"")], |_| {}, "region is no subgroup");
    fails("21a", &[], |rows| rows.iter_mut().for_each(|row| row.key.method = None), "resp has no method");
    fails("21b", &[("description = \"everybody\"", "")], |_| {}, "All is not described");
    fails("21c", &[("missing = \"No response\"", "")], |_| {}, "resp does not say");
    fails("21d", &[("post-hoc = \"none\"", "post-hoc = \"later\"")], |_| {}, "later is no analysis");
}

#[test]
fn gradings_that_are_used_must_be_stated() {
    let findings = "[records.lab]\nlabel = \"L\"\ndataset = \"ADSL\"\n[records.lab.findings]\nparameter = \"P\"\nvalue = \"V\"\n\
                    date = \"D\"\ngrades = { g = \"NAME\" }\nparameters = [{ code = \"X\", label = \"X\" }]\n[[subgroup]]";
    let name = instrument::names(instrument::GRADES).remove(0);
    let label = instrument::grades(&name).expect("it is shipped").label;
    let used = findings.replace("NAME", &name);
    passes("15");
    is_not_checkable("15", &[("[[subgroup]]", &used)], "gradings");
    let stated = |label: &str| format!("funders = \"A fund\"\ngradings = \"{label}\"\n");
    let with =
        |label: &str| verdict("15", &[("[[subgroup]]", &used), ("funders = \"A fund\"\n", &stated(label))], |_| {});
    assert!(matches!(with(&label), Verdict::Pass(_)), "{:?}", with(&label));
    assert!(matches!(with("another, version 1"), Verdict::Fail(_)), "{:?}", with("another"));
}

#[test]
fn the_conduct_is_checked() {
    let more = |variable: &'static str| {
        move |rows: &mut Vec<Row>| {
            let row = rows.iter_mut().find(|row| row.key.variable.as_deref() == Some(variable));
            row.expect("there is such a row").value = Value::Count(7);
        }
    };
    fails("22a", &[], more("analysed"), "Arm A: 7 in the flow, 2 in resp");
    fails("22a", &[], more("received"), "not all allocated");
    fails("22b", &[], more("lost"), "lost, a: reasons of 1, 7 in all");
    fails(
        "23a",
        &[("last-randomised = \"2023-06-01\"", "last-randomised = \"2023-01-31\"")],
        |_| {},
        "is after last-randomised",
    );
    fails("23a", &[("last-follow-up = \"2023-12-01\"", "last-follow-up = \"2024-02-01\"")], |_| {}, "is after lock");
    fails("23a", &[("recruitment-from = \"2023-01-15\"", "recruitment-from = \"2023-02-15\"")], |_| {}, "outside of");
    fails("23b", &[("planned-size = \"4\"", "planned-size = \"6\"")], |_| {}, "4 randomised of 6 planned");
}

#[test]
fn the_estimates_are_checked() {
    passes("24b");
    fails("25", &[("of = \"base\"", "of = \"base\"\np-values = true")], |_| {}, "Table 1 has p-values");
    let only_mean = "of = \"base\"\nnumber-rows = [{ label = \"Mean\", show = \"{mean}\" }]";
    fails("25", &[("of = \"base\"", only_mean)], |_| {}, "does not show how many have a value");
    fails(
        "26",
        &[],
        |rows| rows.retain(|row| row.key.statistic != Statistic::RatioUpper),
        "no relative effect of Arm A",
    );
    fails("26", &[], |rows| rows.retain(|row| row.key.statistic != Statistic::Missing), "not both numbers of Arm A");
    let without = |rows: &mut Vec<Row>| {
        rows.retain(|row| row.key.analysis != "harms" || row.key.groups[0].1 != "b");
    };
    fails("27", &[], without, "no count of any in Arm B");
}

#[test]
fn what_does_not_apply_is_not_checked() {
    let verdicts = ["10", "12a"].map(|id| verdict(id, &[], |_| {}));
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::NotCheckable(why) if !why.is_empty())));
}
