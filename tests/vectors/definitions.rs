//! Renal response as other groups define it, worked out by hand: `kdigo-2024` and `aurora-complete`, with their limits.

use super::made::date;
use super::small::{Subject, check};

const STUDY: &str = r#"
[measure.upcr]
label = "UPCR"
dataset = "RECORDS"
where = "PARAMCD = 'UPCR'"
value = "AVAL"
text = "AVALC"
date = "ADT"

[measure.egfr]
label = "eGFR"
dataset = "RECORDS"
where = "PARAMCD = 'EGFR'"
value = "AVAL"
text = "AVALC"
date = "ADT"

[dose.pred]
label = "Mean of 56 days"
instrument = "glucocorticoid"
dataset = "COURSES"
where = "DRUG IS NOT NULL"
drug = "DRUG"
amount = "AMOUNT"
unit = "UNIT"
frequency = "FREQUENCY"
route = "ROUTE"
start = { date = "ASTDT" }
end = { date = "AENDT" }
days = 56
baseline-days = [-7, -1]

[event.rescue]
label = "Rescue"
dataset = "ADSL"
date = "RESCUE"

[frame.vectors]
label = "Function"
measures = ["upcr", "egfr"]
doses = ["pred"]
events = ["rescue"]

[[derivation]]
id = "kdigo"
label = "KDIGO"
frame = "vectors"
instrument = "kdigo-2024"
with = { upcr = "upcr", upcr_base = "upcr_base", egfr = "egfr", egfr_base = "egfr_base" }

[[derivation]]
id = "strict"
label = "KDIGO, 10 %"
frame = "vectors"
instrument = "kdigo-2024"
with = { upcr = "upcr", upcr_base = "upcr_base", egfr = "egfr", egfr_base = "egfr_base", loss = "0.10" }

[[derivation]]
id = "aurora"
label = "AURORA"
frame = "vectors"
instrument = "aurora-complete"
with = { upcr = "upcr", egfr = "egfr", egfr_base = "egfr_base", rescue = "rescue_before", dose = "pred" }
"#;

/// Baseline and week 24: UPCR, then eGFR; nothing where it was not measured.
fn measured(id: &str, why: &str, upcr: [&str; 2], egfr: [&str; 2]) -> Subject {
    let values = [("UPCR", upcr), ("EGFR", egfr)];
    values.iter().fold(Subject::new(id, why), |subject, (code, values)| {
        let days = [1, 169].into_iter().zip(values).filter(|(_, value)| !value.is_empty());
        days.fold(subject, |subject, (day, value)| subject.record(code, day, value))
    })
}

#[test]
fn response_in_the_manner_of_kdigo_worked_out_by_hand() {
    let case = |id: &str, why: &str, upcr: [&str; 2], egfr: [&str; 2], category: &str| {
        measured(id, why, upcr, egfr).shows("W24", "kdigo", category)
    };
    let subjects = [
        case("complete", "UPCR below 0.5, eGFR fell by exactly 15 %", ["2.4", "0.49"], ["100", "85"], "CR")
            .shows("W24", "strict", "NR"),
        case("eGFR fell by 16 %", "more than 15 %", ["2.4", "0.49"], ["100", "84"], "NR"),
        case("eGFR rose", "better than baseline is stable", ["2.4", "0.49"], ["60", "95"], "CR")
            .shows("W24", "strict", "CR"),
        case("UPCR 0.5", "not below 0.5; a fall of 79 %", ["2.4", "0.5"], ["100", "100"], "PR"),
        case("half", "exactly 50 % to below 3", ["5.8", "2.9"], ["100", "100"], "PR"),
        case("less than half", "49.1 %", ["5.7", "2.9"], ["100", "100"], "NR"),
        case("half to 3", "3 is not below 3", ["6", "3"], ["100", "100"], "NR"),
        case("no eGFR", "UPCR is met, function is unknown", ["2.4", "0.3"], ["100", ""], "MISSING"),
        case("no eGFR and no fall", "whatever eGFR is, UPCR fails", ["4", "3.5"], ["100", ""], "NR"),
        case("no baseline UPCR", "complete response needs none", ["", "0.3"], ["100", "100"], "CR"),
        case("no baseline UPCR and 0.8", "the fall is unknown", ["", "0.8"], ["100", "100"], "MISSING"),
        case("UPCR below 0.5", "known only as a limit, wholly below", ["2.4", "<0.5"], ["100", "100"], "CR"),
        case("UPCR below 0.6", "complete is open, partial is certain", ["2.4", "<0.6"], ["100", "100"], "PR"),
        case("eGFR above 90", "the fall is at most 10 % of 100", ["2.4", "0.3"], ["100", ">90"], "CR"),
        case("nothing", "not seen", ["2.4", ""], ["100", ""], "MISSING"),
    ];
    check(STUDY, &subjects).passes();
}

#[test]
fn response_in_the_manner_of_aurora_worked_out_by_hand() {
    let case = |id: &str, why: &str, upcr: &str, egfr: [&str; 2], response: &str| {
        measured(id, why, ["2.4", upcr], egfr).shows("W24", "aurora", response)
    };
    let oral = |amount: &'static str| ["PREDNISONE", amount, "QD", "ORAL"];
    let subjects = [
        case("complete", "UPCR exactly 0.5, eGFR exactly 60 from 100", "0.5", ["100", "60"], "true"),
        case("UPCR 0.51", "above 0.5", "0.51", ["100", "100"], "false"),
        case("eGFR 48 from 60", "below 60, and fell by exactly 20 %", "0.3", ["60", "48"], "true"),
        case("eGFR 47 from 60", "below 60, and fell by more than 20 %", "0.3", ["60", "47"], "false"),
        case("eGFR 61 without baseline", "at least 60 needs no baseline", "0.3", ["", "61"], "true"),
        case("eGFR 59 without baseline", "below 60, the fall is unknown", "0.3", ["", "59"], ""),
        case("no UPCR", "unknown", "", ["100", "100"], ""),
        case("10 mg", "at most 10 mg over eight weeks", "0.3", ["100", "100"], "true").takes(oral("10"), -30, None),
        case("10.1 mg", "more than 10 mg", "0.3", ["100", "100"], "false").takes(oral("10.1"), -30, None),
        case(
            "20 mg for four weeks of eight",
            "20 mg to day 141 and none since: mean 10",
            "0.3",
            ["100", "100"],
            "true",
        )
        .takes(oral("20"), -30, Some(141)),
        case("20 mg for a day more", "20 mg to day 142: 29 of 56 days, 10.36 mg", "0.3", ["100", "100"], "false")
            .takes(oral("20"), -30, Some(142)),
        case("rescued", "rescue by the visit", "0.3", ["100", "100"], "false").is("RESCUE", &date(100)),
        case("rescued afterwards", "rescue after the visit", "0.3", ["100", "100"], "true").is("RESCUE", &date(170)),
        case("rescued and nothing measured", "rescue decides whatever is missing", "", ["100", ""], "false")
            .is("RESCUE", &date(100)),
    ];
    check(STUDY, &subjects).passes();
}
