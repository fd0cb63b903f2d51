//! Cases of the renal response that neither the vectors nor `by_hand` have: limits in the branch with abnormal creatinine,
//! results that count as missing, and the edges of the visits before week 24.

use toml::Value;

use super::made::{Case, assert_no_complaints, run};

/// Creatinine and UPCR abnormal before treatment, prednisone 5 mg a day.
fn both(id: &str, why: &str, creatinine: &str, upcr: &str) -> Case {
    Case::new(id, why).takes("PREDNISONE 5 QD ORAL", "-30", "").lab("CREAT", 1, creatinine).lab("UPCR", 1, upcr)
}

/// Limits where creatinine decides the branch or the response in it.
fn limits() -> Vec<Case> {
    vec![
        both(
            "creatinine below 1.0 from 2.0",
            "every fall is above 50 %, that of UPCR above 58 %: PR; B open",
            "2.0",
            "2.4",
        )
        .lab("CREAT", 169, "<1.0")
        .lab("UPCR", 169, "<1.0")
        .gives("TUTUT BOTH PR PR PR_BOTH"),
        both(
            "creatinine below 1.5 from 2.0",
            "the fall is at least 25 %: open at 30 %; A holds by 125 %",
            "2.0",
            "2.4",
        )
        .lab("CREAT", 169, "<1.5")
        .lab("UPCR", 169, "0.9")
        .gives("TFTFU BOTH MISSING NR NRI_MISSING"),
        both(
            "creatinine above 1.0 from 1.5",
            "it may be 1.1 or 9: A and the fall open, deterioration not shown",
            "1.5",
            "2.4",
        )
        .lab("CREAT", 169, ">1.0")
        .lab("UPCR", 169, "0.3")
        .gives("UTTUU BOTH MISSING NR NRI_MISSING"),
        both("creatinine above 2.0 from 1.5", "every value is above 125 % of 1.5 (1.875): shown", "1.5", "2.4")
            .lab("CREAT", 169, ">2.0")
            .lab("UPCR", 169, "0.3")
            .gives("FTTFF BOTH NR NR NR_SCR"),
        both("baseline creatinine below 1.3", "abnormal or not is open, and the branches do not agree", "<1.3", "2.4")
            .lab("CREAT", 169, "0.8")
            .lab("UPCR", 169, "0.9")
            .gives("TFTFU UNKNOWN MISSING NR NRI_MISSING"),
        both("baseline creatinine below 1.2", "wholly normal: the fall of UPCR decides", "<1.2", "2.4")
            .lab("CREAT", 169, "0.8")
            .lab("UPCR", 169, "0.9")
            .gives("TFTFT PROTEIN_ONLY PR PR PR_SINGLE"),
        both(
            "baseline creatinine above 5",
            "wholly abnormal; from above 5 to 3.4 is a fall of more than 32 %",
            ">5.0",
            "2.4",
        )
        .lab("CREAT", 169, "3.4")
        .lab("UPCR", 169, "0.9")
        .gives("TFTFT BOTH PR PR PR_BOTH"),
        Case::kidney("both 24 h values above", "from above 8 to above 4: any fall or none")
            .lab("UPROT24", 1, ">8")
            .lab("UPROT24", 169, ">4")
            .gives("TFTFU PROTEIN_ONLY MISSING NR NRI_MISSING"),
    ]
}

/// Results that count as missing.
fn missing() -> Vec<Case> {
    vec![
        Case::new("creatinine 40", "beyond what is plausible: missing, so A open; a definite PR is reported")
            .takes("PREDNISONE 5 QD ORAL", "-30", "")
            .lab("CREAT", 1, "0.8")
            .lab("UPCR", 1, "2.4")
            .lab("CREAT", 169, "40")
            .lab("UPCR", 169, "0.3")
            .shows("W24", "creat", "")
            .gives("UTTUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::typical("UPCR -0.1", "below zero is not plausible, and no result is nearer")
            .lab("UPCR", 169, "-0.1")
            .shows("W24", "upcr", "")
            .gives("TUTUU PROTEIN_ONLY MISSING NR NRI_MISSING"),
        Case::typical("UPCR -0.1 and another", "what is not plausible does not stand in the way of another day")
            .lab("UPCR", 168, "0.3")
            .lab("UPCR", 169, "-0.1")
            .shows("W24", "upcr", "0.3")
            .gives("TTTTT PROTEIN_ONLY CR CR CR"),
        Case::typical("an answer that is none", "MAYBE is neither yes nor no: nothing is shown")
            .lab("UPCR", 169, "0.9")
            .flag(169, "MAYBE")
            .gives("TFTFT PROTEIN_ONLY PR PR PR_SINGLE"),
    ]
}

/// Alone in its window a record counts up to the edge and not beyond; no other visit than week 24 has a wide window.
fn edges() -> Vec<Case> {
    let edges = [
        ("W4", 21, false),
        ("W4", 22, true),
        ("W4", 36, true),
        ("W4", 37, false),
        ("W16", 105, false),
        ("W16", 106, true),
        ("W16", 120, true),
        ("W16", 121, false),
        ("W20", 133, false),
        ("W20", 134, true),
        ("W20", 148, true),
        ("W20", 149, false),
    ];
    let case = |(visit, day, counts): (&'static str, i32, bool)| {
        let why = if counts { "within the window" } else { "outside the window" };
        let case = Case::typical(&format!("day {day} at {visit}"), why).lab("UPCR", day, "0.4");
        case.shows(visit, "upcr", if counts { "0.4" } else { "" })
    };
    edges.into_iter().map(case).collect()
}

/// Between the windows of weeks 8 and 16 no day belongs to a visit.
fn between() -> Vec<Case> {
    let case = |day: i32| {
        let case = Case::typical(&format!("day {day} between"), "no visit has it").lab("UPCR", day, "0.4");
        ["W8", "W16", "W24"].into_iter().fold(case, |case, visit| case.shows(visit, "upcr", ""))
    };
    [65, 78, 84, 92, 105].map(case).to_vec()
}

/// Options of the endpoint that no vector has.
fn options() -> Vec<Case> {
    let chosen = |mut case: Case, name: &str, value: Value| {
        case.options.insert(name.to_owned(), value);
        case
    };
    let unknown = |case: Case| case.option("cr_protein", "any, missing unknown");
    let window = |case: Case, days: &str| case.option("steroid_window", days);
    let taper = |id: &str, why: &str| {
        let courses = [("PREDNISONE 12.5 QD ORAL", "-30", "155"), ("PREDNISONE 10 QD ORAL", "156", "")];
        Case::dosed(id, why, &courses)
    };
    let complete = "TTTTT PROTEIN_ONLY CR CR CR";
    let by_dose = "TTFFT PROTEIN_ONLY PR PR PR_SINGLE";
    vec![
        unknown(Case::typical("UPCR fails without 24 h", "24-hour protein may have passed: B open"))
            .lab("UPCR", 169, "0.7")
            .gives("TUTUT PROTEIN_ONLY PR PR PR_SINGLE"),
        unknown(Case::typical("UPCR passes without 24 h", "one that passes is enough"))
            .lab("UPCR", 169, "0.3")
            .gives(complete),
        unknown(Case::typical("UPCR and 24 h fail", "both were measured and fail"))
            .lab("UPCR", 169, "0.7")
            .lab("UPROT24", 169, "0.7")
            .gives("TFTFT PROTEIN_ONLY PR PR PR_SINGLE"),
        taper("taper over 7 days", "the last 7 days are of 10 mg").gives(complete),
        window(taper("taper over 14 days", "days 156 to 169 are of 10 mg"), "14 days").gives(complete),
        window(taper("taper over 28 days", "14 days of 12.5 mg and 14 of 10 mg: 11.25 mg"), "28 days").gives(by_dose),
        chosen(
            Case::kidney("baseline 0.3 at 0.15", "abnormal from 0.15 on; a fall of 67 %"),
            "protein_limit",
            0.15.into(),
        )
        .lab("UPCR", 1, "0.3")
        .lab("UPCR", 169, "0.1")
        .gives(complete),
        chosen(Case::kidney("baseline 0.14 at 0.15", "normal even so"), "protein_limit", 0.15.into())
            .lab("UPCR", 1, "0.14")
            .lab("UPCR", 169, "0.1")
            .gives("TTTTF UNDEFINED CR CR CR"),
        chosen(
            Case::dosed(
                "more than before",
                "15 mg now, 12 mg before: no partial response",
                &[("PREDNISONE 12 QD ORAL", "-30", "-1"), ("PREDNISONE 15 QD ORAL", "1", "")],
            ),
            "no_increase",
            true.into(),
        )
        .gives("TTFFF PROTEIN_ONLY NR NR NR_STEROID_INCREASE"),
        chosen(
            Case::dosed("as much as before", "15 mg now and before", &[("PREDNISONE 15 QD ORAL", "-30", "")]),
            "no_increase",
            true.into(),
        )
        .gives(by_dose),
    ]
}

#[test]
fn more_cases_worked_out_by_hand() {
    let cases = [limits(), missing(), edges(), between(), options()].concat();
    let (complaints, said) = run(&cases);
    eprintln!("{} more cases of our own executed", cases.len());
    for (words, id) in [("creat", "creatinine 40"), ("upcr", "UPCR -0.1"), ("MAYBE", "an answer that is none")] {
        let named = said.lines().any(|line| line.contains("warning") && line.contains(words) && line.contains(id));
        assert!(named, "no warning about {words} names {id}:\n{said}");
    }
    assert_no_complaints(&complaints, cases.len());
}
