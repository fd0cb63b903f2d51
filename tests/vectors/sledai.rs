//! `sledai.json`: totals, bounds and sub-scores of SLEDAI-2K from recorded items, through `sledai-2k` and
//! `sledai-nonrenal`; and what the laboratory says of its items, through `sledai-laboratory`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::json::{cases, document, shown, text};
use super::small::{Subject, check};
use crate::support::{field, records};

/// Codes in these data are the names of the items.
fn study() -> String {
    let weights = document("sledai.json").expect("the caller has read it");
    let items = weights["weights"].as_object().expect("the file has weights").keys();
    let codes: Vec<String> = items.map(|item| format!("{item} = \"{item}\"")).collect();
    let measures: String = LABORATORY.iter().map(|(name, code, beside)| measure(name, code, beside)).collect();
    let names: Vec<String> = LABORATORY.iter().map(|(name, _, _)| format!("\"{name}\"")).collect();
    let words: String = CAUSES.iter().map(|name| word(name)).collect();
    let causes: Vec<String> = CAUSES.iter().map(|name| format!("\"{name}\"")).collect();
    let study = STUDY.replace("CODES", &codes.join(", "));
    format!("{measures}{words}{}", study.replace("MEASURES", &format!("{}, {}", names.join(", "), causes.join(", "))))
}

/// Measures: name, code in the vectors, and what stands beside them.
const LABORATORY: [(&str, &str, &str); 10] = [
    ("p24", "p24_g", ""),
    ("upcr", "upcr_gg", ""),
    ("rbc", "rbc_hpf", ""),
    ("wbc_urine", "wbc_hpf", ""),
    ("c3", "c3", "beside = { c3_low = \"LOW\" }"),
    ("c4", "c4", "beside = { c4_low = \"LOW\" }"),
    ("dsdna", "dsdna", "beside = { dsdna_high = \"HIGH\" }"),
    ("plt", "plt", ""),
    ("wbc", "wbc", ""),
    ("temp", "temp_c", ""),
];

/// Other causes, as the investigator would tick them.
const CAUSES: [&str; 5] = ["rbc_other_cause", "urine_infection", "plt_drug_cause", "wbc_drug_cause", "infection"];

fn measure(name: &str, code: &str, beside: &str) -> String {
    format!(
        "\n[measure.{name}]\nlabel = \"{name}\"\ndataset = \"RECORDS\"\nwhere = \"PARAMCD = '{code}'\"\nvalue = \"AVAL\"\n\
         text = \"AVALC\"\ndate = \"ADT\"\n{beside}\n"
    )
}

fn word(name: &str) -> String {
    format!(
        "\n[measure.{name}]\nlabel = \"{name}\"\ndataset = \"RECORDS\"\nwhere = \"PARAMCD = '{name}'\"\nvalue = \"AVALC\"\n\
         words = [\"Y\", \"N\"]\ndate = \"ADT\"\n"
    )
}

const STUDY: &str = r#"
[score.sledai]
label = "SLEDAI-2K"
instrument = "sledai-2k"
dataset = "RECORDS"
item = "PARAMCD"
value = "AVAL"
date = "ADT"
codes = { CODES }

[frame.vectors]
label = "Activity"
measures = [MEASURES]
scores = ["sledai"]

[[derivation]]
id = "nonrenal"
label = "Non-renal score"
frame = "vectors"
instrument = "sledai-nonrenal"
with = { sledai = "sledai" }

[[derivation]]
id = "lab"
label = "Items that differ from the laboratory"
frame = "vectors"
instrument = "sledai-laboratory"
[derivation.with]
sledai = "sledai"
protein_24h = "p24"
upcr = "upcr"
erythrocytes = "rbc"
erythrocytes_other = "COALESCE(rbc_other_cause = 'Y', FALSE)"
urine_leukocytes = "wbc_urine"
urine_infection = "COALESCE(urine_infection = 'Y', FALSE)"
c3 = "c3"
c3_low = "c3_low"
c4 = "c4"
c4_low = "c4_low"
dsdna = "dsdna"
dsdna_high = "dsdna_high"
temperature = "temp"
infection = "COALESCE(infection = 'Y', FALSE)"
platelets = "plt"
platelets_drug = "COALESCE(plt_drug_cause = 'Y', FALSE)"
leukocytes = "wbc"
leukocytes_drug = "COALESCE(wbc_drug_cause = 'Y', FALSE)"

[[export]]
dataset = "ADSLEDAI"
label = "SLEDAI-2K"
analysis-set = "all"
parameters = [{ frame = "vectors", at = ["W24"], score = "sledai" }]
"#;

/// A subject of a vector of items, at week 24: what is present is 1, what is missing has no value, the rest is 0.
fn items(case: &Json, names: &[&String]) -> Subject {
    let listed = |key: &str, name: &str| case[key].as_array().is_some_and(|all| all.iter().any(|item| item == name));
    let mut subject = Subject::of(case);
    for name in names {
        let value = if listed("missing", name) {
            ""
        } else if listed("present", name) {
            "1"
        } else {
            "0"
        };
        subject = subject.record(name, 169, value);
    }
    let expected = &case["expected"];
    for (variable, key) in [
        ("sledai", "total"),
        ("sledai_clinical", "clinical"),
        ("sledai_renal", "renal"),
        ("nonrenal", "non_renal"),
        ("sledai_low", "lower_bound"),
        ("sledai_high", "upper_bound"),
    ] {
        subject = subject.shows("W24", variable, &shown(&expected[key]));
    }
    for (group, value) in expected["by_group"].as_object().expect("a vector of items has groups") {
        subject = subject.shows("W24", &format!("sledai_{group}"), &shown(value));
    }
    let missing = case["missing"].as_array().map_or(0, Vec::len);
    subject.shows("W24", "sledai_missing", missing)
}

/// The results of a vector of the laboratory, as records of week 24.
fn results(mut subject: Subject, labs: &Json) -> Subject {
    for (name, value) in labs.as_object().expect("the vector has results") {
        if name.ends_with("_lln") || name.ends_with("_uln") {
            continue;
        }
        let limit = |end: &str| shown(&labs[format!("{name}{end}").as_str()]);
        subject = if let Some(cause) = value.as_bool() {
            assert!(CAUSES.contains(&name.as_str()), "no place for {name}");
            subject.record(name, 169, if cause { "Y" } else { "N" })
        } else {
            assert!(LABORATORY.iter().any(|(_, code, _)| code == name), "no place for {name}");
            subject.record_within(name, 169, &value.to_string(), [&limit("_lln"), &limit("_uln")])
        };
    }
    subject
}

/// The subjects of a vector of the laboratory: one without recorded items, and one whose every decided item is recorded
/// the other way.
fn laboratory(case: &Json) -> [Subject; 2] {
    let expected = case["expected"].as_object().expect("the vector expects items");
    let mut plain = results(Subject::of(case), &case["labs"]);
    let mut contrary = results(
        Subject::new(
            &format!("{} recorded otherwise", text(&case["id"])),
            "every decided item is recorded the other way",
        ),
        &case["labs"],
    );
    let mut decided = 0;
    for (item, value) in expected {
        plain = plain.shows("W24", &format!("lab_{item}"), &shown(value));
        if let Some(value) = value.as_i64() {
            decided += 1;
            contrary = contrary.record(item, 169, &(1 - value).to_string());
        } else {
            contrary = contrary.record(item, 169, "1");
        }
    }
    // Casts are not measured in these data.
    [plain.shows("W24", "lab_urinary_casts", "").shows("W24", "lab", 0), contrary.shows("W24", "lab", decided)]
}

#[test]
fn all_36_vectors_of_sledai_come_out_as_written() {
    let Some(vectors) = cases("sledai.json") else { return };
    let file = document("sledai.json").expect("it was just read");
    let names: Vec<&String> = file["weights"].as_object().expect("the file has weights").keys().collect();
    let (mut of_items, mut of_laboratory) = (0, 0);
    let mut subjects = Vec::new();
    for case in &vectors {
        match text(&case["kind"]) {
            "items" => {
                of_items += 1;
                subjects.push(items(case, &names));
            }
            "lab_derivation" => {
                of_laboratory += 1;
                subjects.extend(laboratory(case));
            }
            other => panic!("no place for vectors of {other}"),
        }
    }
    let checked = check(&study(), &subjects);
    eprintln!("{of_items} vectors of items and {of_laboratory} of the laboratory executed");
    assert_eq!((of_items, of_laboratory), (15, 21), "vectors were lost or added");
    assert_eq!(names.len(), 24, "the instrument has 24 items");
    // Six totals and bounds, nine groups and the number missing; eight items, casts and the count, and the count again.
    // (The renal score is both a total and a group.)
    assert_eq!(checked.cells, 15 * 16 + 21 * 11, "cells were lost or added");
    checked.passes();

    // The export holds the items as recorded and the totals as derived.
    let exported = records(&checked.package().join("datasets/ADSLEDAI.csv"));
    let of = |subject: &str| -> BTreeMap<String, String> {
        let own = exported.iter().filter(|record| field(record, "USUBJID") == subject);
        own.map(|record| (field(record, "PARAMCD").to_owned(), field(record, "AVAL").to_owned())).collect()
    };
    let all = of("SLEDAI-002");
    assert_eq!(all.len(), 24 + 11, "all items and all totals are exported: {:?}", all.keys());
    for (code, value) in [("SLEDTOT", "105"), ("SLEDCLIN", "101"), ("SLEDREN", "16"), ("SLEDCNS", "56")] {
        assert_eq!(all[code], value, "{code} of all 24 items");
    }
    let ones = all.values().filter(|value| *value == "1").count();
    // Each item is 1, and so is the constitutional total of its one item.
    assert_eq!(ones, 24 + 1, "every item is exported as recorded");
    assert_eq!(of("SLEDAI-012")["SLEDTOT"], "", "a total with an item missing has no value");
}

/// Results known only as a limit decide an item only where every value they stand for does.
#[test]
fn laboratory_items_of_results_below_detection() {
    if document("sledai.json").is_none() {
        return;
    }
    let result = |id: &str, why: &str, code: &str, value: &str, limits: [&str; 2], item: &str, expected: &str| {
        let subject = Subject::new(id, why).record_within(code, 169, value, limits);
        subject.shows("W24", &format!("lab_{item}"), expected)
    };
    let none = ["", ""];
    let subjects = [
        result("protein below 0.15", "wholly at most 0.5", "p24_g", "<0.15", none, "proteinuria", "0"),
        result("protein below 0.6", "on both sides of 0.5", "p24_g", "<0.6", none, "proteinuria", ""),
        result("protein above 8", "wholly above 0.5", "p24_g", ">8", none, "proteinuria", "1"),
        result(
            "24 h protein open",
            "24-hour protein was measured: the ratio is not asked",
            "p24_g",
            "<0.6",
            none,
            "proteinuria",
            "",
        )
        .record("upcr_gg", 169, "0.8"),
        result("anti-dsDNA below 1", "wholly at most 10", "dsdna", "<1", ["", "10"], "increased_dna_binding", "0"),
        result("anti-dsDNA above 800", "wholly above 10", "dsdna", ">800", ["", "10"], "increased_dna_binding", "1"),
        result(
            "anti-dsDNA without limit",
            "a result without its limit says nothing",
            "dsdna",
            "30",
            none,
            "increased_dna_binding",
            "",
        ),
        result("C4 below 0.02", "wholly below 0.10", "c4", "<0.02", ["0.10", ""], "low_complement", "1"),
        result("C4 below 0.12", "on both sides of 0.10", "c4", "<0.12", ["0.10", ""], "low_complement", ""),
        result("C4 open and C3 low", "open OR true is true", "c4", "<0.12", ["0.10", ""], "low_complement", "1")
            .record_within("c3", 169, "0.5", ["0.9", ""]),
        result("C4 open and C3 normal", "open OR false is open", "c4", "<0.12", ["0.10", ""], "low_complement", "")
            .record_within("c3", 169, "1.1", ["0.9", ""]),
        result("leukocytes below 0.5", "wholly below 3", "wbc", "<0.5", none, "leukopenia", "1"),
        result("erythrocytes above 100", "wholly above 5", "rbc_hpf", ">100", none, "hematuria", "1"),
        result("erythrocytes above 3", "on both sides of 5", "rbc_hpf", ">3", none, "hematuria", ""),
    ];
    check(&study(), &subjects).passes();
}
