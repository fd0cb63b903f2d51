//! A specification that names every method of the catalogue: each has its rows in the results and its sentence in the
//! methods section of the report.

#![expect(clippy::disallowed_methods, reason = "the study is files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use trialpress::results::Method;
use trialpress::stats::mixed::{Degrees, Likelihood, MixedModel, Observations, Structure};

use crate::support::{
    Record, argument, field, fixture_study, read, records, repository, results_csv, scratch, succeed, trialpress, write,
};

/// The second study with the endpoints of `tests/methods/endpoints.toml`, changed in one place.
pub(super) fn study(folder: &Path, (from, to): (&str, &str)) -> PathBuf {
    let study = folder.join("study");
    let own = fixture_study("sle-three-arm");
    copy(&own, &study);
    // The ledger is that of the study as it was.
    fs::remove_file(study.join("monitoring.ledger")).expect("the study has a ledger");
    let more = read(&repository().join("tests/methods/endpoints.toml"));
    assert!(more.contains(from), "the endpoints do not say {from}");
    let text = format!("{}\n{}", read(&own.join("study.toml")), more.replacen(from, to, 1));
    write(&study.join("study.toml"), &text);
    study
}

/// The same as it is, run.
fn package() -> TempDir {
    let folder = scratch();
    let study = study(folder.path(), ("", ""));
    succeed(folder.path(), &["run", argument(&study), "--out", "package", "--quiet"]);
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder of a scratch");
    for entry in fs::read_dir(from).expect("the study is a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file is copied");
        }
    }
}

/// The texts of the pages, one after the other.
fn sources(folder: &Path) -> String {
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the pages").map(|entry| entry.expect("a page").path()).collect();
    paths.sort();
    paths.iter().map(|path| if path.is_dir() { sources(path) } else { read(path) }).collect()
}

#[test]
fn every_method_is_named_computed_and_explained() {
    let folder = package();
    let package = folder.path().join("package");
    let rows = results_csv(&package);
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        let method = field(row, "method");
        let value = field(row, "value");
        if !method.is_empty() && !value.is_empty() {
            *numbers.entry(method.to_owned()).or_default() += 1;
        }
    }
    let report = sources(&package.join("typst"));
    let mut faults = Vec::new();
    // What only a look has is in `looks`.
    let at_a_look = [Method::RepeatedInterval, Method::StagewiseOrdering];
    for method in Method::ALL.iter().filter(|method| !at_a_look.contains(method)) {
        if !numbers.contains_key(method.name()) {
            faults.push(format!("{}: no number in the results", method.name()));
        }
        if !report.contains(method.sentence()) {
            faults.push(format!("{}: its sentence is not in the report", method.name()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let known: BTreeSet<&str> = Method::ALL.iter().map(|method| method.name()).collect();
    assert!(numbers.keys().all(|name| known.contains(name.as_str())));
}

/// The rows of a result file that a comparison at a visit has, at a level if there are several: by statistic.
fn compared(
    rows: &[Record],
    (analysis, method): (&str, &str),
    visit: &str,
    arms: [&str; 2],
    level: &str,
) -> BTreeMap<String, f64> {
    let is_meant = |row: &&Record| {
        let arms = arms.join(" - ");
        [("analysis", analysis), ("method", method), ("at", visit), ("contrast", &arms), ("levels", level)]
            .iter()
            .all(|(column, wanted)| field(row, column) == *wanted)
    };
    let number = |row: &Record| Some((field(row, "statistic").to_owned(), field(row, "value").parse().ok()?));
    rows.iter().filter(is_meant).filter_map(number).collect()
}

/// The model of the changes is that of other software: the same numbers from the exported data with the usual coding
/// (intercept, arm, visit, arm by visit, baseline, baseline by visit; the reference arm and the first visit at zero).
#[test]
fn the_model_of_all_visits_is_that_of_the_exported_data() {
    let folder = package();
    let package = folder.path().join("package");
    let results = results_csv(&package);
    let visits = ["W2", "W6", "W12", "W18"];
    let arms = ["placebo", "low", "high"];
    let mut names: Vec<String> = Vec::new();
    let (mut subjects, mut at, mut response) = (Vec::new(), Vec::new(), Vec::new());
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); 16];
    for record in records(&package.join("datasets/ADLUPUS.csv")) {
        if field(&record, "PARAMCD") != "SLEDTOT" {
            continue;
        }
        let Some(visit) = visits.iter().position(|visit| *visit == field(&record, "AVISIT")) else { continue };
        let (Ok(change), Ok(base)) = (field(&record, "CHG").parse::<f64>(), field(&record, "BASE").parse::<f64>())
        else {
            continue;
        };
        let arm = arms.iter().position(|arm| *arm == field(&record, "ARMCD")).expect("one of the arms");
        let name = field(&record, "SUBJID");
        let subject = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        subjects.push(subject);
        at.push(visit);
        response.push(change);
        let is = |yes: bool| if yes { 1.0 } else { 0.0 };
        let mut row = vec![1.0, is(arm == 1), is(arm == 2)];
        row.extend((1..4).map(|own| is(visit == own)));
        row.extend((1..3).flat_map(|of| (1..4).map(move |own| is(arm == of && visit == own))));
        row.push(base);
        row.extend((1..4).map(|own| base * is(visit == own)));
        columns.iter_mut().zip(row).for_each(|(column, entry)| column.push(entry));
    }
    let data = Observations {
        subjects: &subjects,
        visits: &at,
        groups: None,
        response: &response,
        columns: &columns,
        weights: None,
    };
    let model = MixedModel::fit(&data, Structure::Unstructured, Likelihood::Restricted).expect("it converges");
    for (visit, own) in [("W12", 2), ("W18", 3)] {
        for (arm, of) in [("low", 1), ("high", 2)] {
            let mut weights = vec![0.0; 16];
            weights[of] = 1.0;
            weights[6 + (of - 1) * 3 + own - 1] = 1.0;
            let expected = model.fixed_effect(&weights, Degrees::KenwardRoger, 0.95).expect("it is estimable");
            let found = compared(&results, ("m_change", "mmrm"), visit, [arm, "placebo"], "");
            for (statistic, expected) in [
                ("difference", expected.estimate),
                ("difference-se", expected.standard_error),
                ("difference-lower", expected.interval.lower),
                ("difference-upper", expected.interval.upper),
                ("df", expected.df),
                ("p-value", expected.p),
            ] {
                let found = found.get(statistic).unwrap_or_else(|| panic!("{arm} at {visit} has no {statistic}"));
                let apart = (found - expected).abs() / expected.abs().max(1e-3);
                assert!(apart < 1e-7, "{arm} at {visit}, {statistic}: {found} is not {expected}");
            }
        }
    }
}

/// A shift by nothing changes nothing, and the draws are the same.
#[test]
fn imputed_values_that_are_shifted_by_nothing_are_those_missing_at_random() {
    let folder = package();
    let results = results_csv(&folder.path().join("package"));
    for (visit, arm) in [("W12", "low"), ("W12", "high"), ("W18", "low"), ("W18", "high")] {
        let random = compared(&results, ("m_imputed", "multiple-imputation"), visit, [arm, "placebo"], "");
        let shifted = compared(&results, ("m_imputed", "delta-adjusted"), visit, [arm, "placebo"], "0");
        assert_eq!(random, shifted, "{arm} at {visit}");
        assert!(random.contains_key("difference"), "{arm} at {visit} has no difference: {random:?}");
    }
}

#[test]
fn ratios_are_above_zero_and_curves_agree_where_they_must() {
    let folder = package();
    let results = results_csv(&folder.path().join("package"));
    let number = |row: &Record| field(row, "value").parse::<f64>().ok();
    let mut ratios = 0;
    for row in results.iter().filter(|row| field(row, "statistic").starts_with("ratio")) {
        if let Some(ratio) = number(row) {
            ratios += 1;
            assert!(ratio >= 0.0, "{row:?}");
        }
    }
    assert!(ratios > 100, "only {ratios} ratios");
    // Nobody of this arm has a competing event or misses a visit: what is known between visits is known by their ends.
    let read = |method: &str| -> Vec<f64> {
        let is_meant = |row: &&Record| {
            [("analysis", "m_time"), ("arm", "placebo"), ("method", method), ("statistic", "incidence"), ("levels", "")]
                .iter()
                .all(|(column, wanted)| field(row, column) == *wanted)
        };
        results.iter().filter(is_meant).filter(|row| !field(row, "at").is_empty()).filter_map(number).collect()
    };
    let (one, other) = (read("turnbull"), read("aalen-johansen"));
    assert_eq!(one.len(), 4);
    for (one, other) in one.iter().zip(&other) {
        assert!((one - other).abs() < 1e-6, "{one} by Turnbull, {other} by Aalen and Johansen");
    }
}

#[test]
fn methods_that_cannot_be_are_refused() {
    let mut faults = Vec::new();
    for (from, to, says) in [
        ("margin = -0.1\n", "", "farrington-manning and `margin` go together"),
        ("margin = -0.1", "margin = 1.5", "between −1 and 1"),
        ("strata = [\"SEX\"]\ncovariates", "covariates", "needs `strata`"),
        ("deltas = [0, 2, 4]", "deltas = [4, 2]", "deltas rise"),
        ("deltas = [0, 2, 4]\n", "", "delta-adjusted and `deltas` go together"),
        ("allocations = 2000", "allocations = 0", "allocations is a number from 100"),
        ("imputations = 20", "imputations = 1", "imputations is a number from 2"),
        ("\"number-needed\",", "\"number-needed\", \"kaplan-meier\",", "is not one of a binary endpoint"),
        ("id = \"f_holm\"", "id = \"f_bonferroni\"", "defined twice"),
        ("id = \"f_holm\"", "id = \"m_binary\"", "defined twice"),
        ("\"geometric-cv\"]", "\"geometric-cv\", \"se\"]", "se"),
        (
            "{ id = \"response\", endpoint = \"m_binary\", method = \"fisher\", at = \"W18\", arm = \"high\" }",
            "{ id = \"response\", endpoint = \"m_binary\", method = \"fisher\", arm = \"high\" }",
            "does not say at which visit",
        ),
        (
            "method = \"fisher\", at = \"W18\", arm = \"high\" }",
            "method = \"fisher\", at = \"W18\", arm = \"placebo\" }",
            "arm compared placebo",
        ),
        (
            "method = \"fisher\", at = \"W18\", arm = \"high\" }",
            "method = \"risk-ratio\", at = \"W18\", arm = \"high\" }",
            "gives no p-value",
        ),
        ("landmark = 7", "landmark = 0", "a landmark is a day from 1"),
        ("looks = [0.5, 1.0]", "looks = [0.5, 0.4, 1.0]", "rise to 1"),
        ("looks = [12, 20, 40]", "looks = [12, 20, 30]", "amounts that rise to `planned`"),
        ("method = \"chi-square\"\neffect", "method = \"newcombe\"\neffect", "gives no p-value"),
        ("effect = \"miettinen-nurminen\"", "effect = \"fisher\"", "gives no difference or ratio"),
        (
            "futility = { predictive-power",
            "futility = { binding = true, predictive-power",
            "that spend an error can be binding",
        ),
        ("deviation = 2.0", "deviation = 0.0", "a deviation above 0"),
        ("sides = \"one\"\nalpha = 0.025\nbounds = \"spending", "alpha = 0.025\nbounds = \"spending", "needs one side"),
        ("records = \"cm\"\nwhere", "records = \"cm\"\nsubjects = \"TRUE\"\nwhere", "either a rule over `subjects` or"),
        ("stop = { pocock = { rate = 0.2", "stop = { pocock = { rate = 1.2", "are between 0 and 1"),
        ("boundary = { of = \"d_look\" }", "boundary = { of = \"d_two\" }", "monitoring plan that says"),
        ("change = true, model", "model", "change = true"),
    ] {
        let folder = scratch();
        let study = study(folder.path(), (from, to));
        let outcome = trialpress(folder.path(), &["check", argument(&study)]);
        if outcome.exit != 3 || !outcome.stderr.contains(says) {
            faults.push(format!("{to}: exit {}, {}", outcome.exit, outcome.stderr));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_readme_names_every_method() {
    let readme = read(&repository().join("README.md"));
    let missing: Vec<&str> =
        Method::ALL.iter().map(|method| method.name()).filter(|name| !readme.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "the README does not name {}", missing.join(", "));
}
