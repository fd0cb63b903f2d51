//! Counts that must add up: categories of response, shift tables, subgroups, and completions of the missing.

use std::collections::{BTreeMap, BTreeSet};

use super::{ARMS, Package, packages};
use crate::support::field;

const VISITS: [&str; 5] = ["W4", "W8", "W16", "W20", "W24"];
/// Binary endpoints in which everybody randomised is counted.
const EVERYBODY: [&str; 10] = [
    "cr_w24",
    "pr_w24",
    "rr_w24",
    "kdigo_cr",
    "kdigo_rr",
    "aurora_cr",
    "sri4_w24",
    "bicla_w24",
    "pred_le_10",
    "pred_le_5",
];
/// Variants of the primary endpoints that leave somebody out.
const SMALLER: [&str; 2] = ["observed-cases", "per-protocol"];

/// How many of an arm are in each category at a visit, by the exported responses.
fn categories(package: &Package, arm: &str, visit: &str, parameter: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for record in &package.responses {
        let is = |column: &str, value: &str| field(record, column) == value;
        if is("ARMCD", arm) && is("AVISIT", visit) && is("PARAMCD", parameter) {
            *counts.entry(field(record, "AVALC").to_owned()).or_default() += 1;
        }
    }
    counts
}

#[test]
fn complete_partial_and_no_response_are_everybody() {
    let mut checked = 0;
    for (study, package) in packages() {
        let mut all = 0;
        for arm in ARMS {
            let randomised =
                package.count(&[("analysis", "flow"), ("arm", arm), ("variable", "allocated"), ("statistic", "count")]);
            all += randomised;
            for visit in VISITS {
                let what = format!("{study}, {arm} at {visit}");
                let of = |analysis: &str, statistic: &str| {
                    package.count(&[("analysis", analysis), ("arm", arm), ("at", visit), ("statistic", statistic)])
                };
                let counts = categories(package, arm, visit, "RENCAT");
                let get = |category: &str| counts.get(category).copied().unwrap_or(0);
                let (complete, partial, none) = (get("CR"), get("PR"), get("NR"));
                assert_eq!(complete + partial + none, randomised, "{what}: {counts:?}");
                assert_eq!(of("cr_by_visit", "n"), randomised, "{what}: denominator");
                assert_eq!(of("rr_by_visit", "n"), randomised, "{what}: denominator");
                assert_eq!(of("cr_by_visit", "count"), complete, "{what}: complete response");
                assert_eq!(of("rr_by_visit", "count"), complete + partial, "{what}: overall response");
                let raw = categories(package, arm, visit, "RENRAW");
                assert_eq!(raw.values().sum::<u64>(), randomised, "{what}: {raw:?}");
                assert_eq!(of("rr_by_visit", "missing"), raw.get("MISSING").copied().unwrap_or(0), "{what}: missing");
                for (item, expected) in [("cr", complete), ("pr", partial), ("rr", complete + partial)] {
                    let words = [("arm", arm), ("variable", item), ("at", visit), ("statistic", "count")];
                    let words = [&[("analysis", "renal_by_visit")], &words[..]].concat();
                    assert_eq!(package.count(&words), expected, "{what}: {item} of the summary");
                }
                checked += 8;
            }
            let at_end = |endpoint: &str, statistic: &str| {
                package.count(&[("analysis", endpoint), ("arm", arm), ("at", "W24"), ("statistic", statistic)])
            };
            for endpoint in EVERYBODY {
                assert_eq!(at_end(endpoint, "n"), randomised, "{study}: denominator of {endpoint} in {arm}");
                checked += 1;
            }
            let sum = at_end("cr_w24", "count") + at_end("pr_w24", "count");
            assert_eq!(sum, at_end("rr_w24", "count"), "{study}: overall response in {arm}");
            for (variable, levels) in [("response", 3), ("reason", 10)] {
                let words = [("analysis", "reasons"), ("arm", arm), ("variable", variable), ("statistic", "count")];
                let counts: Vec<u64> =
                    package.having(&words).filter_map(|(_, value)| value["count"].as_u64()).collect();
                assert!(counts.len() >= levels, "{study}: levels of {variable}");
                assert_eq!(counts.iter().sum::<u64>(), randomised, "{study}: {variable} in {arm}");
            }
        }
        let randomised = [("analysis", "flow"), ("variable", "randomised"), ("statistic", "count")];
        assert_eq!(package.count(&randomised), all, "{study}: randomised");
        checked += variants(study, package);
    }
    eprintln!("{checked} sums of responses checked");
}

/// In every variant of the primary endpoints that leaves nobody out, everybody randomised is counted, and overall response
/// is at least as frequent as complete response.
fn variants(study: &str, package: &Package) -> usize {
    let names: BTreeSet<&String> =
        package.having(&[("analysis", "rr_w24")]).filter_map(|(key, _)| key.get("variant")).collect();
    assert!(names.len() >= 15, "{study}: only {} variants", names.len());
    for variant in &names {
        for arm in ARMS {
            let of = |endpoint: &str, statistic: &str| {
                let words = [
                    ("analysis", endpoint),
                    ("variant", variant.as_str()),
                    ("arm", arm),
                    ("at", "W24"),
                    ("statistic", statistic),
                ];
                package.rows.get(&super::key(&words)).map(|value| value["count"].as_u64().expect("a count"))
            };
            let main = package.count(&[("analysis", "rr_w24"), ("arm", arm), ("at", "W24"), ("statistic", "n")]);
            let whole = of("rr_w24", "n").expect("the variant has a denominator");
            let smaller = SMALLER.contains(&variant.as_str());
            assert!(if smaller { whole <= main } else { whole == main }, "{study}: {whole} of {variant} in {arm}");
            if let Some(complete) = of("cr_w24", "count") {
                let overall = of("rr_w24", "count").expect("the variant is counted");
                assert!(complete <= overall, "{study}: {complete} and {overall} in {variant} in {arm}");
            }
        }
    }
    names.len() * 4
}

#[test]
fn rows_and_columns_of_shift_tables_are_the_grades_at_baseline_and_at_the_visit() {
    const GRADES: [&str; 6] = ["A", "B", "C", "D", "E", "MISSING"];
    let mut checked = 0;
    for (study, package) in packages() {
        let systems: BTreeSet<&String> =
            package.having(&[("analysis", "bilag_grades")]).filter_map(|(key, _)| key.get("variable")).collect();
        assert_eq!(systems.len(), 9, "{study}: systems");
        for (system, arm) in systems.iter().flat_map(|system| ["msc", "il2", ""].map(|arm| (*system, arm))) {
            let own = |visit: &str, more: &[(&str, &str)]| {
                let mut words = vec![("analysis", "bilag_grades"), ("variable", system.as_str()), ("at", visit)];
                words.extend((!arm.is_empty()).then_some(("arm", arm)));
                words.extend(more);
                package.count(&words)
            };
            let grade = |visit: &str, grade: &str| {
                if grade == "MISSING" {
                    own(visit, &[("statistic", "missing")])
                } else {
                    own(visit, &[("level", grade), ("statistic", "count")])
                }
            };
            for visit in ["BL", "W4", "W8", "W16", "W20", "W24"] {
                let cell =
                    |from: &str, to: &str| own(visit, &[("level", &format!("{from}/{to}")), ("statistic", "count")]);
                for one in GRADES {
                    let what = format!("{study}: {system} in {arm} at {visit}, grade {one}");
                    let row: u64 = GRADES.iter().map(|to| cell(one, to)).sum();
                    assert_eq!(row, grade("BL", one), "{what}: row");
                    let column: u64 = GRADES.iter().map(|from| cell(from, one)).sum();
                    assert_eq!(column, grade(visit, one), "{what}: column");
                    if visit == "BL" {
                        assert_eq!(cell(one, one), row, "{what}: nobody shifts from baseline to baseline");
                    }
                    checked += 2;
                }
                let everybody: u64 = GRADES.iter().map(|one| grade(visit, one)).sum();
                let whole = GRADES.iter().flat_map(|from| GRADES.iter().map(|to| cell(from, to))).sum::<u64>();
                assert_eq!(whole, everybody, "{study}: {system} in {arm} at {visit}");
            }
        }
    }
    eprintln!("{checked} rows and columns of shift tables checked");
}

#[test]
fn subgroups_add_up_to_the_whole() {
    const SUBGROUPS: [&str; 7] = ["sex", "age", "class", "protein", "creatinine", "mmf", "steroid"];
    let mut checked = 0;
    for (study, package) in packages() {
        for (endpoint, arm, statistic) in ["cr_w24", "rr_w24"]
            .into_iter()
            .flat_map(|id| ARMS.map(|arm| (id, arm)))
            .flat_map(|(id, arm)| ["n", "count"].map(|own| (id, arm, own)))
        {
            let words = [("analysis", endpoint), ("arm", arm), ("at", "W24"), ("statistic", statistic)];
            let whole = package.count(&words);
            for subgroup in SUBGROUPS {
                let parts: Vec<u64> = package
                    .having(&words)
                    .filter(|(key, _)| key.get("subgroup").is_some_and(|own| own.starts_with(&format!("{subgroup}="))))
                    .filter_map(|(_, value)| value["count"].as_u64())
                    .collect();
                assert!(parts.len() >= 2, "{study}: {subgroup} has levels");
                assert_eq!(
                    parts.iter().sum::<u64>(),
                    whole,
                    "{study}: {statistic} of {endpoint} in {arm} by {subgroup}"
                );
                checked += 1;
            }
        }
    }
    eprintln!("{checked} sums over subgroups checked");
}

#[test]
fn completions_of_the_missing_run_from_the_worst_case_to_the_best() {
    let mut checked = 0;
    for (study, package) in packages() {
        for endpoint in ["cr_w24", "rr_w24"] {
            let imputed = ARMS.map(|arm| {
                package.count(&[("analysis", endpoint), ("arm", arm), ("at", "W24"), ("statistic", "imputed")])
            });
            assert!(imputed.iter().all(|missing| *missing > 0), "{study}: nobody is missing");
            let own = |more: &[(&str, &str)], statistic: (&str, &str, &str)| {
                let (method, statistic, conf_level) = statistic;
                let mut words = vec![("analysis", endpoint), ("contrast", "msc-il2"), ("at", "W24")];
                words.extend([("method", method), ("statistic", statistic)]);
                words.extend((!conf_level.is_empty()).then_some(("conf_level", conf_level)));
                words.extend(more);
                package.number(&words).unwrap_or_else(|| panic!("{words:?} is no number"))
            };
            let statistics = [
                ("miettinen-nurminen", "difference", ""),
                ("miettinen-nurminen", "difference-lower", "950"),
                ("miettinen-nurminen", "difference-upper", "950"),
                ("fisher", "p-value", ""),
            ];
            let cell = |msc: u64, il2: u64, statistic| {
                own(&[("variable", "tipping-point"), ("level", &format!("{msc}/{il2}"))], statistic)
            };
            for statistic in statistics {
                let corner = |msc, il2, more: &[(&str, &str)], what: &str| {
                    let (found, expected) = (cell(msc, il2, statistic), own(more, statistic));
                    assert!((found - expected).abs() < 1e-15, "{study}: {endpoint}, {what}: {found} and {expected}");
                };
                corner(0, 0, &[], "the main analysis");
                corner(0, imputed[1], &[("variant", "worst-best")], "the worst case");
                corner(imputed[0], 0, &[("variant", "best-worst")], "the best case");
                checked += 3;
            }
            // All numbers of responders among the missing; of many missing, steps with both ends.
            let words = [("analysis", endpoint), ("variable", "tipping-point"), ("statistic", "difference")];
            let levels = package.having(&words).map(|(key, _)| key["level"].split_once('/').expect("two arms"));
            let number = |text: &str| text.parse::<u64>().expect("a number of responders");
            let cells: BTreeSet<(u64, u64)> = levels.map(|(msc, il2)| (number(msc), number(il2))).collect();
            let msc: Vec<u64> = cells.iter().map(|(msc, _)| *msc).collect::<BTreeSet<u64>>().into_iter().collect();
            let il2: Vec<u64> = cells.iter().map(|(_, il2)| *il2).collect::<BTreeSet<u64>>().into_iter().collect();
            assert_eq!(cells.len(), msc.len() * il2.len(), "{study}: {endpoint} has no full grid");
            for (steps, imputed) in [(&msc, imputed[0]), (&il2, imputed[1])] {
                assert_eq!((steps[0], steps[steps.len() - 1]), (0, imputed), "{study}: ends of {endpoint}");
                assert_eq!(
                    steps.len(),
                    usize::try_from(imputed).expect("few").min(12) + 1,
                    "{study}: steps of {endpoint}"
                );
            }
            let next = |steps: &[u64], own: u64| steps.iter().copied().find(|step| *step > own);
            for (one, other) in &cells {
                for statistic in &statistics[..3] {
                    let here = cell(*one, *other, *statistic);
                    let more = next(&msc, *one).map(|one| cell(one, *other, *statistic));
                    let less = next(&il2, *other).map(|other| cell(*one, other, *statistic));
                    assert!(
                        more.is_none_or(|more| more > here),
                        "{study}: {endpoint} at {one}, {other}: {statistic:?}"
                    );
                    assert!(
                        less.is_none_or(|less| less < here),
                        "{study}: {endpoint} at {one}, {other}: {statistic:?}"
                    );
                    checked += 1;
                }
            }
        }
    }
    eprintln!("{checked} completions of the missing checked");
}
