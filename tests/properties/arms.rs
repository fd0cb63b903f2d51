//! With the other arm as reference, differences change their sign, ratios turn over, p-values and all else stay.

use std::collections::BTreeMap;

use super::{Key, Package, flagship, run_simulated, run_with_reference, simulated};
use crate::support::{fixture_study, scratch};

/// How close numbers must be: they are sums in another order, or found from the other side.
const CLOSE: f64 = 1e-12;

/// The key of the same row when the other arm is the reference, and with it the statistic where a limit becomes the other one.
fn turned(key: &Key) -> Key {
    let mut turned = key.clone();
    if let Some(contrast) = key.get("contrast") {
        let (one, other) = contrast.split_once('-').expect("a contrast is of two arms");
        turned.insert("contrast".to_owned(), format!("{other}-{one}"));
        let other_limit = |text: &str| match text.rsplit_once('-') {
            Some((of, "lower")) => format!("{of}-upper"),
            Some((of, "upper")) => format!("{of}-lower"),
            _ => text.to_owned(),
        };
        turned.insert("statistic".to_owned(), other_limit(&key["statistic"]));
    }
    if key.get("variable").is_some_and(|variable| variable == "tipping-point") {
        let (one, other) = key["level"].split_once('/').expect("a completion is of two arms");
        turned.insert("level".to_owned(), format!("{other}/{one}"));
    }
    // Worst for one arm is best for the other.
    let variant = match key.get("variant").map(String::as_str) {
        Some("worst-best") => "best-worst",
        Some("best-worst") => "worst-best",
        _ => return turned,
    };
    turned.insert("variant".to_owned(), variant.to_owned());
    turned
}

/// What a value of a contrast turns into.
fn turn(statistic: &str, value: f64) -> f64 {
    match statistic {
        "difference" | "difference-lower" | "difference-upper" => -value,
        "ratio" | "ratio-lower" | "ratio-upper" => 1.0 / value,
        "difference-se" | "p-value" | "test-statistic" | "df" | "imputed" | "sampled" => value,
        other => panic!("a contrast has the unknown statistic {other}"),
    }
}

/// What is not as it must be, and how many contrasts were compared, by method.
fn compare(study: &str, one: &Package, other: &Package) -> (Vec<String>, BTreeMap<String, usize>) {
    let (mut faults, mut compared) = (Vec::new(), BTreeMap::new());
    // The study as it lies in the fixtures has had a look.
    let is_comparable = |key: &&Key| !["look_plan", "monitored_w24"].contains(&key["analysis"].as_str());
    let [mine, theirs] = [one, other].map(|package| package.rows.keys().filter(is_comparable).count());
    if mine != theirs {
        faults.push(format!("{study}: {mine} rows and {theirs} rows"));
    }
    // What is imputed from the reference arm, or worse than in it, is another question when that is the other arm.
    let asks_anew = ["jump-to-reference", "copy-reference", "copy-increments", "delta-adjusted"];
    let is_same = |key: &Key| key.get("method").is_none_or(|method| !asks_anew.contains(&method.as_str()));
    for (key, value) in one.rows.iter().filter(|(key, _)| is_comparable(key) && is_same(key)) {
        let Some(found) = other.rows.get(&turned(key)) else {
            faults.push(format!("{study}: no row {:?}", turned(key)));
            continue;
        };
        let agrees = match (value["number"].as_f64(), found["number"].as_f64()) {
            (Some(value), Some(found)) if key.contains_key("contrast") => {
                let expected = turn(&key["statistic"], value);
                (found - expected).abs() <= CLOSE * expected.abs().max(1.0)
            }
            // The inverse of nothing is not estimable.
            (Some(ratio), None) | (None, Some(ratio)) => ratio == 0.0 && key["statistic"].starts_with("ratio"),
            _ => value == found,
        };
        if key.contains_key("contrast") {
            *compared.entry(key.get("method").cloned().unwrap_or_default()).or_default() += 1;
        }
        if !agrees {
            faults.push(format!("{study}: {key:?} is {value}, and with the other reference {found}"));
        }
    }
    (faults, compared)
}

#[test]
fn the_other_arm_as_reference_turns_every_contrast_round() {
    let folder = scratch();
    let data = fixture_study("ln-msc-il2").join("data");
    let (mut faults, compared) =
        compare("flagship", flagship(), &run_with_reference(folder.path(), &data, Some("msc")));
    let (more, larger) = compare("simulated", simulated(), &run_simulated(Some("msc")));
    faults.extend(more);
    eprintln!("contrasts turned round in the flagship study: {compared:?}\nand in the larger one: {larger:?}");
    assert!(compared.len() >= 15, "methods compared");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
