//! Data that contradict the specification: exit 5, with the subjects concerned.

use super::{Desk, Original, all_refused, findings, flagship, report, small};
use crate::support::{Outcome, read, repository};

#[test]
fn subjects() {
    all_refused(&[
        small("a subject twice among the subjects")
            .data("adsl.csv", "S-09,", "S-08,")
            .exit(5)
            .says(["ADSL.USUBJID, subject S-08", "a subject has more than one record"])
            .findings(1),
        small("a subject without name among the subjects")
            .data("adsl.csv", "S-09,", ",")
            .exit(5)
            .says(["ADSL.USUBJID", "has no subject identifier"])
            .findings(1),
        small("a stranger in the laboratory")
            .data("adlb.csv", "S-02,SIZE,2", "S-77,SIZE,2")
            .exit(5)
            .says(["ADLB.USUBJID, subject S-77", "records of subjects that are not in ADSL"])
            .findings(1),
        small("strangers in three datasets")
            .data("adsl.csv", "S-01,NEW", "S-10,NEW")
            .exit(5)
            .says(["ADLB.USUBJID, subject S-01", "ADCM.USUBJID, subject S-01", "ADQS.USUBJID, subject S-01"])
            .findings(3),
        small("a record of nobody")
            .data("adqs.csv", "S-02,SCORE", ",SCORE")
            .exit(5)
            .says(["ADQS.USUBJID", "no subject identifier"])
            .findings(1),
        small("a name with a blank before it")
            .data("adlb.csv", "S-02,SIZE,2", " S-02,SIZE,2")
            .exit(5)
            .says(["ADLB.USUBJID, subject  S-02"]),
        small("a name in small letters")
            .data("adlb.csv", "S-02,SIZE,2", "s-02,SIZE,2")
            .exit(5)
            .says(["ADLB.USUBJID, subject s-02"]),
    ]);
}

/// Exchanges a subject of the flagship study for another; the bytes of a transport file are of fixed width.
fn renamed(from: &str, to: &str, says: &[&str]) -> (String, Vec<String>) {
    let desk = Desk::with(Original::Flagship);
    let path = desk.study("data/adsl.xpt");
    let mut bytes = std::fs::read(&path).expect("the fixture has its data");
    let at =
        bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect("the subject is in the fixture");
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    std::fs::write(&path, bytes).expect("the scratch folder takes files");
    desk.lock();
    let mut faults = desk.refusal(&["run", "study", "--out", "out"], 5);
    if let Some(outcome) = faults.outcome.take() {
        for word in says.iter().filter(|word| !outcome.stderr.contains(**word)) {
            faults.add(format!("does not say “{word}”: {}", super::shortened(&outcome.stderr)));
        }
    }
    (format!("{from} of the flagship study is called {to} among the subjects"), faults.list)
}

#[test]
fn subjects_of_the_flagship_study() {
    report([
        renamed(
            "LN01-002",
            "LN01-999",
            &["ADLB.USUBJID", "ADVS.USUBJID", "ADQS.USUBJID", "subject LN01-002", "not in ADSL"],
        ),
        renamed(
            "LN01-002",
            "LN01-004",
            &["ADSL.USUBJID, subject LN01-004", "more than one record", "ADLB.USUBJID, subject LN01-002"],
        ),
    ]);
}

#[test]
fn arms_and_sets() {
    all_refused(&[
        small("two arms claim a subject")
            .study("planned = \"TRT01P = 'OLD'\"", "planned = \"TRT01P = 'OLD' OR AGE = 41\"")
            .exit(5)
            .says(["subject S-02", "put a subject into two arms"])
            .findings(1),
        small("an arm of the data is not in the specification")
            .data("adsl.csv", "S-02,NEW,NEW", "S-02,OTHER,OTHER")
            .exit(5)
            .says(["analysis set all are randomised to none of the arms", "analysis set treated are treated in none", "subject S-02"]),
        small("an arm in another letter case")
            .data("adsl.csv", "S-02,NEW,NEW", "S-02,New,New")
            .exit(5)
            .says(["analysis set all are randomised to none of the arms", "subject S-02"]),
        small("an arm nobody is in")
            .study("planned = \"TRT01P = 'NEW'\"", "planned = \"¦TRT01P = 'NEWER'\"")
            .exit(5)
            .says(["nobody of analysis set all is in arm new", "S-01, S-02, S-03, S-04"]),
        small("a third arm nobody is in")
            .study("[[analysis-set]]", "[[arm]]\nid = \"third\"\nlabel = \"Third\"\nplanned = \"¦TRT01P = 'THIRD'\"\nactual = \"FALSE\"\n\n[[analysis-set]]")
            .exit(5)
            .says(["nobody of analysis set all is in arm third"])
            .findings(1),
        small("an analysis set nobody is in")
            .study("rule = \"SAFFL = 'Y'\"", "rule = \"¦SAFFL = 'X'\"")
            .exit(5)
            .says(["nobody is in analysis set treated"])
            .findings(1),
        small("an analysis set that cannot be decided for anybody")
            .study("rule = \"SAFFL = 'Y'\"", "rule = \"¦SAFFL = NULL\"")
            .exit(5)
            .says(["makes the result unknown for every row", "write IS NULL"]),
        small("a set over a variable that is empty")
            .data("adsl.csv", "USUBJID,TRT01P", "USUBJID,EMPTYFL,TRT01P")
            .data("adsl.csv", "S-01,", "S-01,,")
            .data("adsl.csv", "S-02,", "S-02,,")
            .data("adsl.csv", "S-03,", "S-03,,")
            .data("adsl.csv", "S-04,", "S-04,,")
            .data("adsl.csv", "S-05,", "S-05,,")
            .data("adsl.csv", "S-06,", "S-06,,")
            .data("adsl.csv", "S-07,", "S-07,,")
            .data("adsl.csv", "S-08,", "S-08,,")
            .data("adsl.csv", "S-09,", "S-09,,")
            .study("rule = \"SAFFL = 'Y'\"", "rule = \"¦EMPTYFL = 'Y'\"")
            .exit(5)
            .says(["cannot be decided for any row of ADSL", "is a variable empty"]),
    ]);
}

#[test]
fn arithmetic_without_result() {
    all_refused(&[
        small("a division by zero")
            .study("number = \"AGE\"", "number = \"¦AGE / (AGE - 41)\"")
            .exit(5)
            .says(["subject S-02:", "“Age” divides by zero", "hint: guard it"])
            .findings(1),
        small("a division by zero for two")
            .study("number = \"AGE\"", "number = \"1 / ((AGE - 41) * (AGE - 29))\"")
            .exit(5)
            .says(["subject S-02, S-03:"])
            .findings(1),
        small("a number beyond numbers")
            .study("number = \"AGE\"", "number = \"AGE * 1e308 * 10\"")
            .exit(5)
            .says(["leaves the range of numbers"])
            .findings(1),
        small("a division by zero in a derivation")
            .study("rule = \"size <= :limit\"", "rule = \"1 / (size - 1.4) <= :limit\"")
            .exit(5)
            .says(["subject S-02", "“Good size” divides by zero"]),
        small("a division by zero in an arm")
            .study("planned = \"TRT01P = 'NEW'\"", "planned = \"TRT01P = 'NEW' AND 1 / (AGE - 41) < 9\"")
            .exit(5)
            .says(["subject S-02", "divides by zero"]),
        small("a division by zero in a condition on records")
            .study("where = \"PARAMCD = 'SIZE'\"", "where = \"1 / (LBSEQ - 3) < 9\"")
            .exit(5)
            .says(["subject S-01, S-02, S-05", "divides by zero"]),
        small("a division by zero in the flow")
            .study("analysed = \"RANDFL = 'Y'\"", "analysed = \"RANDFL = 'Y' AND 1 / (AGE - 41) < 9\"")
            .exit(5)
            .says(["subject S-02", "divides by zero"]),
        small("a division by zero in a text that a case gives")
            .study(
                "{ then = \"NO\", reason = \"BAD\" }",
                "{ then-rule = \"CASE WHEN 1 / (size - size) > 0 THEN 'A' ELSE 'B' END\", reason = \"BAD\" }",
            )
            .exit(5)
            .says(["divides by zero", "subject"]),
        small("a relative fall from zero")
            .study("rule = \"size <= :limit\"", "rule = \"RELATIVE_FALL(AGE - 41, size) > 0\"")
            .exit(5)
            .says(["subject S-02", "divides by zero"]),
        small("a constant division by zero")
            .study("number = \"AGE\"", "number = \"1 / 0\"")
            .exit(5)
            .says(["divides by zero"])
            .findings(1),
    ]);
}

/// What is guarded is no contradiction.
#[test]
fn guarded_arithmetic_is_accepted() {
    let mut refused = Vec::new();
    for (name, from, to) in [
        ("CASE", "number = \"AGE\"", "number = \"CASE WHEN AGE <> 41 THEN AGE / (AGE - 41) END\""),
        ("ELSE", "number = \"AGE\"", "number = \"CASE WHEN AGE = 41 THEN 0 ELSE AGE / (AGE - 41) END\""),
        ("AND", "count = \"SAFFL = 'Y'\"", "count = \"AGE <> 41 AND 1 / (AGE - 41) > 0\""),
        ("OR", "count = \"SAFFL = 'Y'\"", "count = \"AGE = 41 OR 1 / (AGE - 41) > 0\""),
        ("COALESCE", "number = \"AGE\"", "number = \"COALESCE(AGE, 1 / 0)\""),
        ("NULLIF", "number = \"AGE\"", "number = \"AGE / NULLIF(AGE - 41, 0)\""),
        (
            "an earlier case of a derivation",
            "{ when = \"good IS NULL\", then",
            "{ when = \"size > 1.6 AND size < 1.5\", then = \"NO\", reason = \"X\" },\n  { when = \"size IS NOT NULL AND 1 / (size - 1.5) > 1000\", then = \"NO\", reason = \"Y\" },\n  { when = \"good IS NULL\", then",
        ),
    ] {
        let desk = Desk::with(Original::Small);
        let text = read(&desk.study("study.toml"));
        assert!(text.contains(from), "{name} replaces what is not there: {from}");
        let mut spoiled = text.replacen(from, to, 1);
        if name.starts_with("an earlier") {
            // S-05 has size 1.5 at week 8: the first case takes it, so that the division is never reached.
            spoiled = spoiled.replace("size > 1.6 AND size < 1.5", "size = 1.5");
        }
        std::fs::write(desk.study("study.toml"), spoiled).expect("the scratch folder takes files");
        let outcome = desk.call(&["check", "study"]);
        if outcome.exit != 0 {
            refused.push(format!("{name}: {}", outcome.stderr));
        }
    }
    assert!(refused.is_empty(), "guarded divisions are refused:\n{}", refused.join("\n"));
}

#[test]
fn measures_and_doses() {
    all_refused(&[
        small("a unit without conversion")
            .data("adlb.csv", "0.9,0.9,mg/dL", "0.9,0.9,mg/dl")
            .exit(5)
            .says([
                "ADLB.AVALU, subject S-01",
                "the unit mg/dl of size cannot be converted to mg/dL",
                "units known: mg/dL",
            ])
            .findings(1),
        small("a value without unit")
            .data("adlb.csv", "0.9,0.9,mg/dL", "0.9,0.9,")
            .exit(5)
            .says(["ADLB.AVALU, subject S-01", "(none)"])
            .findings(1),
        small("two units without conversion")
            .data("adlb.csv", "0.9,0.9,mg/dL", "0.9,0.9,g/L")
            .data("adlb.csv", "1.6,1.6,mg/dL", "1.6,1.6,stone")
            .exit(5)
            .says(["subject S-01", "the unit g/L", "subject S-05", "the unit stone"])
            .findings(2),
        small("an unknown drug")
            .data("adcm.csv", "PREDNISOLONE", "PREDNISOLON")
            .exit(5)
            .says([
                "ADCM.CMTRT, subject S-05",
                "“PREDNISOLON” is not known to the instrument of drug",
                "never taken as zero",
            ])
            .findings(1),
        small("an unknown frequency")
            .data("adcm.csv", "S-05,STUDIED,PREDNISOLONE,10,mg,QD", "S-05,STUDIED,PREDNISOLONE,10,mg,NOW")
            .exit(5)
            .says(["ADCM.CMDOSFRQ, subject S-05", "“NOW”"])
            .findings(1),
        small("an unknown route")
            .data("adcm.csv", "S-05,STUDIED,PREDNISOLONE,10,mg,QD,ORAL", "S-05,STUDIED,PREDNISOLONE,10,mg,QD,BY EAR")
            .exit(5)
            .says(["ADCM.CMROUTE, subject S-05", "“BY EAR”"])
            .findings(1),
        small("an unknown unit of a dose")
            .data("adcm.csv", "PREDNISOLONE,10,mg", "PREDNISOLONE,10,pill")
            .exit(5)
            .says(["ADCM.CMDOSU, subject S-05", "“PILL”"]),
        small("a dose of which nothing is known")
            .data("adcm.csv", "S-05,STUDIED,PREDNISOLONE,10,mg,QD,ORAL", "S-05,STUDIED,,10,,,")
            .exit(5)
            .says(["ADCM.CMTRT", "ADCM.CMDOSU", "ADCM.CMDOSFRQ", "ADCM.CMROUTE", "(none)", "subject S-05"])
            .findings(4),
        flagship("a conversion that is that of another quantity")
            .study(
                "unit = { variable = \"AVALU\", to = \"mg/dL\", conversion = \"creatinine\" }",
                "unit = { variable = \"AVALU\", to = \"g/24h\", conversion = \"24-hour protein\" }",
            )
            .exit(5)
            .says([
                "ADLB.AVALU, subject LN01-",
                "the unit mg/dL of creat cannot be converted to g/24h",
                "the unit umol/L of creat",
                "more",
            ]),
    ]);
}

#[test]
fn levels_flow_and_models() {
    all_refused(&[
        small("a level that is not listed")
            .data("adsl.csv", "41,M", "41,U")
            .exit(5)
            .says(["subject S-02", "the level “U” of “Sex” is not listed", "hint: add it to `levels`"])
            .findings(1),
        small("levels that are not listed, by three")
            .study("{ value = \"F\", label = \"Female\" }, ", "")
            .exit(5)
            .says(["the level “F” of “Sex” is not listed"])
            .findings(1),
        small("a level with a blank before it")
            .data("adsl.csv", "41,M", "41, M")
            .exit(5)
            .says(["the level “ M”", "subject S-02"])
            .findings(1),
        flagship("a level that is not listed in the flagship study")
            .study("{ value = \"IV\", label = \"IV\" },", "")
            .exit(5)
            .says(["subject LN01-", "the level “IV” of"])
            .findings(1),
        small("somebody neither excluded nor randomised")
            .data("adsl.csv", "S-09,,,N", "S-09,,,")
            .exit(5)
            .says(["subject S-09", "everybody assessed is either excluded or randomised"])
            .findings(1),
        small("somebody excluded and randomised")
            .study("excluded = { rule = \"RANDFL = 'N'\"", "excluded = { rule = \"RANDFL = 'N' OR AGE = 41\"")
            .exit(5)
            .says(["subject S-02", "everybody assessed is either excluded or randomised"]),
        small("somebody randomised who was never assessed")
            .study("assessed = \"TRUE\"", "assessed = \"AGE <> 41\"")
            .exit(5)
            .says(["subject S-02", "without having been assessed"])
            .findings(1),
        small("somebody who received and did not")
            .study("received = \"SAFFL = 'Y'\"", "received = \"¦TRUE\"")
            .exit(5)
            .says(["subject S-08", "exactly one reason of `not-received`"]),
        small("somebody without a reason not to receive")
            .study("rule = \"SAFFL = 'N'\"", "rule = \"FALSE\"")
            .exit(5)
            .says(["subject S-08", "exactly one reason of `not-received`"])
            .findings(1),
        small("somebody neither analysed nor with a reason")
            .study("analysed = \"RANDFL = 'Y'\"", "analysed = \"SAFFL = 'Y'\"")
            .exit(5)
            .says(["subject S-08", "exactly one reason of `not-analysed`"])
            .findings(1),
        small("somebody excluded for two reasons")
            .study("reasons = [{ label", "reasons = [{ label = \"Too old\", rule = \"AGE > 40\" }, { label")
            .exit(5)
            .says(["subject S-09", "exactly one of the reasons listed"])
            .findings(1),
        small("somebody who stopped without a reason")
            .data("adsl.csv", "Y,WITHDREW", "Y,")
            .exit(5)
            .says(["subject S-04", "everybody discontinued has a reason"])
            .findings(1),
        small("three things wrong with the flow")
            .study("rule = \"SAFFL = 'N'\"", "rule = \"FALSE\"")
            .data("adsl.csv", "Y,WITHDREW", "Y,")
            .data("adsl.csv", "S-09,,,N", "S-09,,,")
            .exit(5)
            .says(["subject S-04", "subject S-08", "subject S-09"])
            .findings(3),
        small("two records where one is required")
            .data("adqs.csv", "S-02,SCORE", "S-01,SCORE")
            .exit(5)
            .says(["subject S-01", "selects more than one record of a subject"]),
        small("all records where one is required")
            .study("where = \"PARAMCD = 'SCORE' AND AVISIT = 'W8'\"\nresponse", "where = \"TRUE\"\nresponse")
            .data("adqs.csv", "S-08,SCORE,W8", "S-07,SCORE,W4")
            .exit(5)
            .says(["subject S-07", "selects more than one record"]),
    ]);
}

/// What is possible and hardly meant must at least be warned of: a misspelt value selects nothing, and a report of
/// nothing looks like a report.
#[test]
fn doubtful_data_are_warned_of() {
    let cases = [
        (small("a measure of no record").study("where = \"PARAMCD = 'SIZE'\"", "where = \"¦PARAMCD = 'SIZES'\""), ""),
        (small("a dose of no record").study("where = \"CMCAT = 'STUDIED'\"", "where = \"¦CMCAT = 'STUDY'\""), ""),
        (
            small("a model of no record").study(
                "where = \"PARAMCD = 'SCORE' AND AVISIT = 'W8'\"\nresponse",
                "where = \"¦PARAMCD = 'SCORES'\"\nresponse",
            ),
            "",
        ),
        (
            small("a dose below zero").data("adcm.csv", "PREDNISOLONE,10,mg", "PREDNISOLONE,-10,mg"),
            "ADCM.CMDOSE, subject S-05",
        ),
        (
            small("a course that ends before it begins").data(
                "adcm.csv",
                "2024-01-01,2024-02-20",
                "2024-02-20,2024-01-01",
            ),
            "subject S-05",
        ),
        (
            small("a course without a first day").data("adcm.csv", "ORAL,2024-01-01,2024-02-20", "ORAL,,2024-02-20"),
            "ADCM.ASTDT, subject S-05",
        ),
        (small("a result that is no number").data("adlb.csv", ",<0.5,", ",some,"), "ADLB.AVALC, subject S-02"),
    ];
    report(cases.into_iter().map(|(case, who)| {
        let desk = Desk::with(Original::Small);
        let places = case.spoil(&desk);
        let outcome = desk.call(&["check", "study", "--strict"]);
        let found = findings(&outcome.stderr);
        let mut faults = Vec::new();
        if outcome.exit != 5 {
            faults.push(format!("`check --strict` ends with {} instead of 5", outcome.exit));
        }
        if !places.iter().map(String::as_str).chain([who]).all(|word| found.iter().any(|line| line.contains(word))) {
            faults.push(format!("no finding names {} {who}: {}", places.join(" "), found.join("; ")));
        }
        (case.breaks, faults)
    }));
}

/// Contradictions of all kinds in one study: no kind hides another.
#[test]
fn contradictions_of_all_kinds_are_told_at_once() {
    all_refused(&[small("a stranger, a unit, a drug, a level, a zero and a flow")
        .data("adlb.csv", "S-07,SIZE,2", "S-77,SIZE,2")
        .data("adlb.csv", "0.9,0.9,mg/dL", "0.9,0.9,stone")
        .data("adcm.csv", "PREDNISOLONE", "SUGAR")
        .data("adsl.csv", "41,M", "41,U")
        .study("number = \"AGE\"", "number = \"1 / (AGE - 33)\"")
        .study("rule = \"SAFFL = 'N'\"", "rule = \"FALSE\"")
        .exit(5)
        .says(["S-77", "stone", "SUGAR", "“U”", "divides by zero", "`not-received`"])
        .findings(20)]);
}

/// Nothing is wrong with these studies; they are only as small as a study can be.
#[test]
fn small_studies_are_no_contradiction() {
    let run = |name: &str, change: &dyn Fn(String, String) -> (String, String)| -> (String, Outcome) {
        let desk = Desk::with(Original::Small);
        let folder = repository().join("tests/awkward/small");
        let (study, adsl) = change(read(&folder.join("study.toml")), read(&folder.join("data/adsl.csv")));
        std::fs::write(desk.study("study.toml"), study).expect("the scratch folder takes files");
        std::fs::write(desk.study("data/adsl.csv"), adsl).expect("the scratch folder takes files");
        desk.lock();
        (name.to_owned(), desk.call(&["run", "study", "--out", "out"]))
    };
    let outcomes = [
        run("nobody has died", &|study, adsl| (study, adsl.replace(",2024-03-01", ","))),
        run("nobody has stopped", &|study, adsl| {
            let adsl = adsl.replace("Y,ADVERSE EVENT", "N,").replace("Y,WITHDREW", "N,");
            (
                study.replace("  { id = \"reason\", label = \"Reason for stopping\", category = \"DCTREAS\" },\n", ""),
                adsl,
            )
        }),
        run("everybody is of one sex", &|study, adsl| (study, adsl.replace(",M,", ",F,"))),
        run("everybody is of one age", &|study, adsl| {
            let adsl = ["34", "41", "29", "52", "38", "47", "33", "60"]
                .iter()
                .fold(adsl, |text, age| text.replace(&format!(",{age},"), ",45,"));
            (study.replace("number = \"AGE\"", "number = \"AGE\", test = \"anova\""), adsl)
        }),
        run("there is one arm", &|study, adsl| {
            let second = study.find("[[arm]]\nid = \"old\"").expect("there is a second arm");
            let sets = study.find("[[analysis-set]]").expect("there are analysis sets");
            let study = format!("{}{}", &study[..second], &study[sets..]);
            (
                study
                    .replace("TRT01P = 'NEW'", "TRT01P IN ('NEW', 'OLD')")
                    .replace("TRT01A = 'NEW'", "TRT01A IN ('NEW', 'OLD')"),
                adsl,
            )
        }),
    ];
    let refused: Vec<String> = outcomes
        .iter()
        .filter(|(_, outcome)| outcome.exit != 0)
        .map(|(name, outcome)| format!("{name} (exit {}):\n{}", outcome.exit, outcome.stderr))
        .collect();
    assert!(refused.is_empty(), "studies without a contradiction are refused:\n{}", refused.join("\n"));
}
