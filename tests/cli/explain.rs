//! `explain`: from a number to its rules, datasets and subjects.

use std::collections::BTreeSet;
use std::fs;

use super::{no_panic, with_study};
use crate::support::{read, succeed, trialpress};

#[test]
fn explain_names_rules_datasets_and_subjects() {
    let folder = with_study();
    let text =
        succeed(folder.path(), &["explain", "study", "rr_w24", "arm=msc", "statistic=count", "variant=main"]).stdout;
    let study = read(&folder.path().join("study/study.toml"));
    let lines: Vec<&str> = study.lines().collect();
    assert!(text.contains("\nanalysis rr_w24 (study/study.toml:"), "the analysis and its place:\n{text}");
    assert!(text.contains("  datasets: ADCM, ADLB, ADQS, ADSL\n"), "the datasets:\n{text}");
    let rules: Vec<&str> = text.lines().filter(|line| line.starts_with("    study/study.toml:")).collect();
    assert!(rules.len() > 20, "only {} rules are named:\n{text}", rules.len());
    for rule in &rules {
        let (place, rest) = rule.trim_start().split_once("  ").unwrap_or((rule, ""));
        // The rules of an instrument stand where it is used, with its name.
        if rest.contains("(instrument ") {
            continue;
        }
        let numbers: Vec<usize> = place.split(':').skip(1).filter_map(|number| number.parse().ok()).collect();
        let [line, column] = numbers[..] else { panic!("a rule without line and column: {rule}") };
        let here: String = lines[line - 1].chars().skip(column - 1).collect();
        let first = here.split_whitespace().next().unwrap_or_default().trim_end_matches(['"', ',', ']', '}']);
        assert!(
            rest.contains(&format!(": {first}")),
            "the rule of {place} does not begin there with “{first}”: {rule}"
        );
    }
    for wanted in [
        "RANDFL = 'Y'",
        "renal_response IN ('CR', 'PR')",
        "TRT01P = 'MSC'",
        "cr_kidney AND cr_protein_met AND cr_steroid",
    ] {
        assert!(
            rules.iter().any(|rule| rule.contains(&format!(": {wanted}"))),
            "the rule “{wanted}” is not named:\n{text}"
        );
    }
    counted(&text, 1);
}

/// As many subjects are named as a row counts; gives how many rows were looked at.
fn counted(text: &str, least: usize) {
    let lines: Vec<&str> = text.lines().collect();
    let mut rows = 0;
    for (at, line) in lines.iter().enumerate() {
        let Some(count) = line.split_once("statistic=count = ").and_then(|(_, count)| count.parse::<usize>().ok())
        else {
            continue;
        };
        // Below a row stand those it counts, for a response under their reason, and then those it does not count.
        let below = lines[at + 1..].iter().map(|next| next.trim_start());
        let within = below.take_while(|next| next.starts_with("subjects") || next.starts_with("counted"));
        let names = within.filter_map(|next| next.split_once(": "));
        let subjects: Vec<&str> = names.flat_map(|(_, names)| names.split(' ')).collect();
        let distinct: BTreeSet<&&str> = subjects.iter().collect();
        assert!(subjects.len() == count && distinct.len() == count, "{} subjects are named: {line}", subjects.len());
        assert!(subjects.iter().all(|name| name.starts_with("LN01-")), "a subject has an odd name: {subjects:?}");
        rows += 1;
    }
    assert!(rows >= least, "{rows} rows of counts were explained, and {least} are there:\n{text}");
}

#[test]
fn every_count_of_every_analysis_names_its_subjects() {
    let folder = with_study();
    let text = read(&folder.path().join("study/study.toml"));
    let study: toml::Table = toml::from_str(&text).expect("the study is TOML");
    let ids = |key: &str| {
        let all = study[key].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str());
        // What only reports to a board show is explained as they show it.
        all.filter(|id| !id.starts_with("board_") && !id.starts_with("dsmb-")).collect::<Vec<_>>()
    };
    let of_board = study["display"].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str());
    let first = of_board.into_iter().find(|id| id.starts_with("dsmb-")).expect("the flagship has reports to a board");
    let open = ["explain", "study", first, "--report", "dsmb-open", "--cutoff", "2024-12-28"];
    let text = succeed(folder.path(), &open).stdout;
    assert!(
        text.starts_with(&format!("display {first} ")) && !text.contains("TRT01"),
        "it names what is masked:\n{text}"
    );
    let continuous = |id: &&str| {
        let endpoints = study["endpoint"].as_array().into_iter().flatten();
        endpoints.filter(|one| one.get("continuous").is_some()).any(|one| one["id"].as_str() == Some(*id))
    };
    // A number by visit has numbers of participants, and no counts.
    let counting = ids("endpoint").into_iter().filter(|id| !continuous(id));
    for id in counting.chain(ids("summary")).chain(["flow"]) {
        counted(&succeed(folder.path(), &["explain", "study", id, "statistic=count"]).stdout, 2);
    }
    for id in ids("display") {
        let text = succeed(folder.path(), &["explain", "study", id]).stdout;
        assert!(text.starts_with(&format!("display {id} ")), "explain {id} begins with the display:\n{text}");
        // What is about the record has none, and says so.
        let said = ["\nanalysis ", "\nplan ", "\nno analysis: "].iter().any(|begin| text.contains(begin));
        assert!(said, "explain {id} names no analysis:\n{text}");
        counted(&text, 0);
    }
}

#[test]
fn explain_of_looks_names_the_plan_its_endpoint_and_the_ledger() {
    let folder = with_study();
    let looks = |of: &str| succeed(folder.path(), &["explain", "study", of]).stdout;
    let own = folder.path().join("study/monitoring.ledger");
    let text = looks("t-9-6");
    let ledger = read(&own);
    let bound = ledger.split("\"futility\":").nth(1).and_then(|rest| rest.split(',').next()).expect("a bound");
    for wanted in [
        "\nplan look_plan (study/study.toml:",
        "\n  monitors: monitored_w24\n",
        "\n  looks: study/monitoring.ledger, the last line with the digest ",
        &format!(" statistic=futility-bound = {bound}\n"),
    ] {
        assert!(text.contains(wanted), "“{wanted}” is not said:\n{text}");
    }
    fs::remove_file(&own).expect("it is there");
    assert!(looks("t-9-6").contains("\nno analysis: "), "without a ledger no look is quoted:\n{}", looks("t-9-6"));
}

#[test]
fn explain_of_what_is_not_there_suggests() {
    let folder = with_study();
    let mut faults = Vec::new();
    for (arguments, says) in [
        (["t-14-2-1x"].as_slice(), "did you mean t-14-2-1?"),
        (&["rr_w23"], "did you mean rr_w24?"),
        (&["completely-different"], "known: t-9-1"),
        (&["rr_w24", "arms=msc"], "one of arm, variant"),
        (&["t-14-2-1", "arm=mcs"], "arm"),
        (&["rr_w24", "arm=mcs"], "arm"),
        (&["rr_w24", "statistic=cuont"], "count"),
    ] {
        let all: Vec<&str> = ["explain", "study"].into_iter().chain(arguments.iter().copied()).collect();
        let outcome = trialpress(folder.path(), &all);
        no_panic(&outcome, &all.join(" "));
        let lies = arguments[0] == "t-14-2-1" && outcome.stderr.contains("no display or analysis t-14-2-1");
        if outcome.exit != 2 || !outcome.stderr.contains(says) || lies || !outcome.stdout.is_empty() {
            faults.push(format!(
                "explain {}: exit {}, and it must suggest “{says}”: {}",
                arguments.join(" "),
                outcome.exit,
                outcome.stderr
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
