//! Cases of our own, worked out by hand from the specification of the endpoint (lupus.md 1, 2 and 6), each with the reason
//! why its outcome is the right one.

use super::made::Case;

/// All of them.
pub fn all() -> Vec<Case> {
    [
        limits(),
        more_limits(),
        boundaries(),
        windows(),
        edges(),
        baselines(),
        dating(),
        amounts(),
        dates(),
        pulses(),
        events(),
    ]
    .concat()
}

/// Results known only as a limit.
fn limits() -> Vec<Case> {
    vec![
        Case::typical("UPCR below 0.5", "all of [0, 0.5) is below 0.5: B holds; the fall from 2.4 is above 79 %")
            .lab("UPCR", 169, "<0.5")
            .gives("TTTTT PROTEIN_ONLY CR CR CR")
            .shows("W24", "upcr", "<0.5"),
        Case::typical(
            "UPCR below 0.6",
            "[0, 0.6) lies on both sides of 0.5: B open; the fall from 2.4 is above 75 %: PR",
        )
        .lab("UPCR", 169, "<0.6")
        .gives("TUTUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::kidney("UPCR below 0.6 from 1.1", "the fall is between 45 % and 100 %: PR open as well, so missing")
            .lab("UPCR", 1, "1.1")
            .lab("UPCR", 169, "<0.6")
            .gives("TUTUU PROTEIN_ONLY MISSING NR NRI_MISSING"),
        Case::kidney(
            "UPCR below 0.6 from 1.2",
            "every value below 0.6 is a fall of more than 50 % from 1.2: PR certain",
        )
        .lab("UPCR", 1, "1.2")
        .lab("UPCR", 169, "<0.6")
        .gives("TUTUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::kidney("24 h protein below 0.10", "the only measure, and wholly below 0.5 g")
            .lab("UPROT24", 1, "2.2")
            .lab("UPROT24", 169, "<0.10")
            .gives("TTTTT PROTEIN_ONLY CR CR CR")
            .shows("W24", "uprot", "<0.1"),
        Case::kidney("baseline above 8 and 3.9", "from anything above 8 to 3.9 is a fall of more than 51 %: PR")
            .lab("UPCR", 1, ">8")
            .lab("UPCR", 169, "3.9")
            .gives("TFTFT PROTEIN_ONLY PR PR PR_SINGLE")
            .shows("W24", "upcr_base", ">8"),
        Case::kidney(
            "baseline above 8 and 4.0",
            "from anything above 8 to 4.0 is a fall of more than 50 %, if barely: PR",
        )
        .lab("UPCR", 1, ">8")
        .lab("UPCR", 169, "4.0")
        .gives("TFTFT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::kidney("baseline above 8 and 4.5", "44 % from 8, 55 % from 10: PR open; CR fails: missing")
            .lab("UPCR", 1, ">8")
            .lab("UPCR", 169, "4.5")
            .gives("TFTFU PROTEIN_ONLY MISSING NR NRI_MISSING"),
    ]
}

/// The same of creatinine, in other units, of both measures of protein, and unreadable.
fn more_limits() -> Vec<Case> {
    vec![
        Case::new("creatinine below 0.3", "wholly below 1.2: A holds")
            .takes("PREDNISONE 5 QD ORAL", "-30", "")
            .lab("CREAT", 1, "0.8")
            .lab("UPCR", 1, "2.4")
            .lab("CREAT", 169, "<0.3")
            .lab("UPCR", 169, "0.3")
            .gives("TTTTT PROTEIN_ONLY CR CR CR"),
        Case::new("creatinine above 5", "wholly above 1.2 and above 125 % of 0.8: A fails, deterioration shown")
            .takes("PREDNISONE 5 QD ORAL", "-30", "")
            .lab("CREAT", 1, "0.8")
            .lab("UPCR", 1, "2.4")
            .lab("CREAT", 169, ">5.0")
            .lab("UPCR", 169, "0.3")
            .gives("FTTFF PROTEIN_ONLY NR NR NR_DETERIORATION"),
        Case::new("creatinine baseline below 0.5", "1.3 is above 125 % of anything below 0.5, and above 1.2: A fails")
            .takes("PREDNISONE 5 QD ORAL", "-30", "")
            .lab("CREAT", 1, "<0.5")
            .lab("UPCR", 1, "2.4")
            .lab("CREAT", 169, "1.3")
            .lab("UPCR", 169, "0.3")
            .gives("FTTFF PROTEIN_ONLY NR NR NR_DETERIORATION"),
        Case::typical("UPCR below 50 mg-mmol", "the limit is converted too: 50 / 113.12 = 0.442 g/g")
            .lab("UPCR", 169, "<50 mg/mmol")
            .gives("TTTTT PROTEIN_ONLY CR CR CR"),
        Case::typical("UPCR below 60 mg-mmol", "60 / 113.12 = 0.530 g/g: B open, PR certain")
            .lab("UPCR", 169, "<60 mg/mmol")
            .gives("TUTUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::typical("UPCR unreadable", "no number and no limit: missing, the only measure, so B and PR are unknown")
            .lab("UPCR", 169, "HEMOLYZED")
            .gives("TUTUU PROTEIN_ONLY MISSING NR NRI_MISSING"),
        Case::typical("UPCR open and 24 h passes", "open OR true is true: B holds")
            .lab("UPCR", 169, "<0.6")
            .lab("UPROT24", 169, "0.4")
            .gives("TTTTT PROTEIN_ONLY CR CR CR"),
        Case::typical(
            "UPCR open and 24 h fails",
            "open OR false is open: UPCR was measured, it is not missing; flag bars PR",
        )
        .lab("UPCR", 169, "<0.6")
        .lab("UPROT24", 169, "0.7")
        .flag(169, "Y")
        .gives("TUTUF PROTEIN_ONLY MISSING NR NRI_MISSING"),
        Case::typical(
            "UPCR open and 24 h passes with all",
            "all must pass: open AND true is open, CR cannot be claimed",
        )
        .option("cr_protein", "all")
        .lab("UPCR", 169, "<0.6")
        .lab("UPROT24", 169, "0.4")
        .gives("TUTUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::new("baseline below 0.6", "abnormal or not is open (0.5 to 0.6 is), 24 h normal: branch and PR unknown")
            .takes("PREDNISONE 15 QD ORAL", "-30", "")
            .lab("CREAT", 1, "0.8")
            .lab("CREAT", 169, "0.8")
            .lab("UPCR", 1, "<0.6")
            .lab("UPROT24", 1, "0.3")
            .lab("UPCR", 169, "0.2")
            .gives("TTFFU UNKNOWN MISSING NR NRI_MISSING"),
    ]
}

/// Values on a limit that no other condition decides.
fn boundaries() -> Vec<Case> {
    let creatinine = |id: &str, why: &str, value: &str| {
        let case = Case::new(id, why).takes("PREDNISONE 5 QD ORAL", "-30", "").lab("CREAT", 1, "0.8");
        case.lab("UPCR", 1, "2.4").lab("CREAT", 169, value).lab("UPCR", 169, "0.3")
    };
    let normal = |id: &str, why: &str| {
        let case = Case::new(id, why).takes("PREDNISONE 15 QD ORAL", "-30", "");
        case.lab("CREAT", 1, "0.8").lab("CREAT", 169, "0.8")
    };
    vec![
        creatinine("creatinine 1.2 from 0.8", "1.2 is inclusive; 150 % of baseline bars PR, not CR", "1.2")
            .gives("TTTTF PROTEIN_ONLY CR CR CR"),
        creatinine("creatinine 106.08 from 0.8", "106.08 umol/L are 1.2 mg/dL", "106.08 umol/L")
            .gives("TTTTF PROTEIN_ONLY CR CR CR"),
        creatinine("creatinine 106.1 from 0.8", "106.1 umol/L are more than 1.2 mg/dL", "106.1 umol/L")
            .gives("FTTFF PROTEIN_ONLY NR NR NR_DETERIORATION"),
        normal("baseline UPCR 0.5", "0.5 is abnormal (the complement of below 0.5); to 0.2 is a fall of 60 %")
            .lab("UPCR", 1, "0.5")
            .lab("UPCR", 169, "0.2")
            .gives(PR_BY_DOSE),
        normal("baseline 24 h protein 0.5", "the same of 24-hour protein")
            .lab("UPROT24", 1, "0.5")
            .lab("UPROT24", 169, "0.2")
            .gives(PR_BY_DOSE),
        normal("baseline UPCR 0.49", "normal, with normal creatinine: PR is not defined")
            .lab("UPCR", 1, "0.49")
            .lab("UPCR", 169, "0.2")
            .gives("TTFFF UNDEFINED NR NR NR_PR_UNDEFINED_BASELINE"),
    ]
}

/// Which record counts.
fn windows() -> Vec<Case> {
    vec![
        Case::typical("nearest", "day 171 is 2 days from day 169, day 165 is 4")
            .lab("UPCR", 165, "0.42 unscheduled")
            .lab("UPCR", 171, "0.62")
            .shows("W24", "upcr", "0.62")
            .gives("TFTFT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::typical("tie", "both 3 days from day 169: the later")
            .lab("UPCR", 166, "0.71")
            .lab("UPCR", 172, "0.38")
            .shows("W24", "upcr", "0.38")
            .gives("TTTTT PROTEIN_ONLY CR CR CR"),
        Case::typical("scheduled first", "same day: scheduled before the clock is asked")
            .lab("UPCR", 169, "0.45 08:05")
            .lab("UPCR", 169, "0.80 unscheduled 15:40")
            .shows("W24", "upcr", "0.45"),
        Case::typical("scheduled before central", "same day: scheduled before the laboratory is asked")
            .lab("UPCR", 169, "0.45 local")
            .lab("UPCR", 169, "0.80 unscheduled 15:40")
            .shows("W24", "upcr", "0.45"),
        Case::typical("central first", "same day, both scheduled: central before the clock is asked")
            .lab("UPCR", 169, "0.55 08:20")
            .lab("UPCR", 169, "0.44 local 10:15")
            .shows("W24", "upcr", "0.55"),
        Case::typical("later time first", "same day, both scheduled and central: the later clock time")
            .lab("UPCR", 169, "0.41 14:30 #1")
            .lab("UPCR", 169, "0.62 09:10 #2")
            .shows("W24", "upcr", "0.41"),
        Case::typical("higher sequence first", "nothing else differs: 12 is higher than 7, as a number")
            .lab("UPCR", 169, "0.55 #7")
            .lab("UPCR", 169, "0.47 #12")
            .shows("W24", "upcr", "0.47"),
        Case::typical(
            "the day before preference",
            "an unscheduled local result of day 169 is nearer than a scheduled one",
        )
        .lab("UPCR", 168, "0.45")
        .lab("UPCR", 169, "0.80 unscheduled local")
        .shows("W24", "upcr", "0.8"),
        Case::typical("no result and no record", "a record without result cannot be the closest value")
            .lab("UPCR", 166, "0.4")
            .lab("UPCR", 169, "")
            .shows("W24", "upcr", "0.4"),
        Case::typical("edge before wide", "day 176 lies within 7 days, day 158 only within 14")
            .lab("UPCR", 158, "0.4")
            .lab("UPCR", 176, "0.7")
            .shows("W24", "upcr", "0.7"),
        Case::typical("week 12", "day 85 belongs to no visit: week 8 ends on day 64, week 16 begins on day 106")
            .lab("UPCR", 85, "0.44")
            .shows("W8", "upcr", "")
            .shows("W16", "upcr", "")
            .shows("W24", "upcr", "")
            .gives("TUTUU PROTEIN_ONLY MISSING NR NRI_MISSING"),
        Case::typical(
            "between weeks 20 and 24",
            "week 20 ends on day 148, the wide window of week 24 begins on day 155",
        )
        .lab("UPCR", 151, "0.44")
        .shows("W20", "upcr", "")
        .shows("W24", "upcr", ""),
        Case::typical(
            "different days",
            "UPCR and 24 h protein may come from different days; the later dates the visit",
        )
        .lab("UPCR", 165, "0.62")
        .lab("UPROT24", 172, "0.41")
        .shows("W24", "upcr", "0.62")
        .shows("W24", "uprot", "0.41")
        .shows("W24", "visit_day", "172")
        .gives("TTTTT PROTEIN_ONLY CR CR CR"),
    ]
}

/// Which record is the baseline.
fn baselines() -> Vec<Case> {
    vec![
        Case::kidney("baseline last before", "the last value on or before day 1, and day 2 is after it")
            .lab("UPCR", -10, "3.0")
            .lab("UPCR", 1, "2.4")
            .lab("UPCR", 2, "0.1")
            .shows("W24", "upcr_base", "2.4"),
        Case::kidney("baseline from screening", "no value on day 1: the last before it")
            .lab("UPCR", -20, "4.0")
            .lab("UPCR", -14, "3.0")
            .shows("W24", "upcr_base", "3"),
        Case::kidney("baseline without result", "the record of day 1 has no result: the last that has one")
            .lab("UPCR", -14, "3.0")
            .lab("UPCR", 1, "")
            .shows("W24", "upcr_base", "3"),
        Case::kidney("no baseline", "day 2 is not before treatment").lab("UPCR", 2, "3.0").shows(
            "W24",
            "upcr_base",
            "",
        ),
    ]
}

/// Alone in its window a record counts up to the edge and not beyond: 7 days, at week 24 14 if there is nothing nearer.
fn edges() -> Vec<Case> {
    let edges = [
        ("W8", 49, false),
        ("W8", 50, true),
        ("W8", 64, true),
        ("W8", 65, false),
        ("W24", 154, false),
        ("W24", 155, true),
        ("W24", 161, true),
        ("W24", 162, true),
        ("W24", 176, true),
        ("W24", 177, true),
        ("W24", 183, true),
        ("W24", 184, false),
    ];
    let case = |(visit, day, counts): (&'static str, i32, bool)| {
        let why = if counts { "within the window" } else { "outside the window" };
        let case = Case::typical(&format!("day {day} at {visit}"), why).lab("UPCR", day, "0.4");
        case.shows(visit, "upcr", if counts { "0.4" } else { "" })
    };
    edges.into_iter().map(case).collect()
}

/// A pulse as it is recorded.
const PULSE: &str = "METHYLPREDNISOLONE 500 ONCE INTRAVENOUS";
const CR: &str = "TTTTT PROTEIN_ONLY CR CR CR";
/// All but the glucocorticoid condition of complete response.
const PR_BY_DOSE: &str = "TTFFT PROTEIN_ONLY PR PR PR_SINGLE";

/// The day of a visit and the dose up to it.
fn dating() -> Vec<Case> {
    let taper = |id: &str, why: &str| {
        Case::new(id, why)
            .lab("CREAT", 1, "0.8")
            .lab("UPCR", 1, "2.4")
            .lab("CREAT", 165, "0.8")
            .takes("PREDNISONE 20 QD ORAL", "-30", "165")
            .takes("PREDNISONE 7.5 QD ORAL", "166", "")
    };
    vec![
        taper("dated by urine of 168", "days 162 to 168: four of 20 mg and three of 7.5 mg, 14.64 mg/day: C fails")
            .lab("UPCR", 168, "0.3")
            .shows("W24", "visit_day", "168")
            .shows("W24", "pred", "14.642857142857142")
            .gives(PR_BY_DOSE),
        taper("dated by urine of 172", "days 166 to 172 are all of 7.5 mg: C holds")
            .lab("UPCR", 172, "0.3")
            .shows("W24", "visit_day", "172")
            .shows("W24", "pred", "7.5")
            .gives(CR),
        taper(
            "not dated by the flag",
            "components are creatinine and urine (lupus.md 2), both of day 165: days of 20 mg",
        )
        .lab("UPCR", 165, "0.3")
        .flag(172, "N")
        .shows("W24", "visit_day", "165")
        .shows("W24", "pred", "20")
        .gives(PR_BY_DOSE),
    ]
}

/// Courses: what is taken a day.
fn amounts() -> Vec<Case> {
    vec![
        Case::dosed("twice a day", "2 times 5 mg", &[("PREDNISONE 5 BID ORAL", "-30", "")])
            .shows("W24", "pred", "10")
            .gives(CR),
        Case::dosed("twice a day and more", "2 times 5.5 mg", &[("PREDNISONE 5.5 BID ORAL", "-30", "")])
            .shows("W24", "pred", "11")
            .gives(PR_BY_DOSE),
        Case::dosed("every other day", "half of 20 mg, whatever the parity", &[("PREDNISONE 20 QOD ORAL", "-30", "")])
            .shows("W24", "pred", "10")
            .gives(CR),
        Case::dosed("every other day and more", "half of 22 mg", &[("PREDNISONE 22 QOD ORAL", "-30", "")])
            .shows("W24", "pred", "11")
            .gives(PR_BY_DOSE),
        Case::dosed(
            "methylprednisolone",
            "8 mg are 10 mg of prednisone",
            &[("METHYLPREDNISOLONE 8 QD ORAL", "-30", "")],
        )
        .shows("W24", "pred", "10")
        .gives(CR),
        Case::dosed("methylprednisolone and more", "8.4 mg are 10.5", &[("METHYLPREDNISOLONE 8.4 QD ORAL", "-30", "")])
            .shows("W24", "pred", "10.5")
            .gives(PR_BY_DOSE),
        Case::dosed("methylprednisolone twice", "2 times 4 mg are 10", &[("METHYLPREDNISOLONE 4 BID ORAL", "-30", "")])
            .shows("W24", "pred", "10")
            .gives(CR),
    ]
}

/// Courses: on which days, where dates are partial too.
fn dates() -> Vec<Case> {
    vec![
        Case::dosed(
            "baseline window",
            "days -7 to -1, no day 0: three of 30 mg, four of 25; 5 mg at week 24",
            &[
                ("PREDNISONE 30 QD ORAL", "-60", "-5"),
                ("PREDNISONE 25 QD ORAL", "-4", "1"),
                ("PREDNISONE 5 QD ORAL", "2", ""),
            ],
        )
        .shows("W24", "pred_base", "27.142857142857142")
        .shows("W24", "pred", "5")
        .gives(CR),
        Case::dosed(
            "last day included",
            "70 mg end on day 163, the first of the seven days: 10 mg/day",
            &[("PREDNISONE 70 QD ORAL", "150", "163")],
        )
        .shows("W24", "pred", "10")
        .gives(CR),
        Case::dosed(
            "ends in June",
            "the last of June is day 168, six of the seven days: 6 mg/day",
            &[("PREDNISONE 7 QD ORAL", "150", "2024-06")],
        )
        .shows("W24", "pred", "6")
        .gives(CR),
        Case::dosed(
            "starts in July",
            "the first of July is day 169, one of the seven days: 1 mg/day",
            &[("PREDNISONE 7 QD ORAL", "2024-07", "")],
        )
        .shows("W24", "pred", "1")
        .gives(CR),
        Case::dosed(
            "months meet",
            "20 mg to the last of June, 5 mg from the first of July: no gap, no overlap",
            &[("PREDNISONE 20 QD ORAL", "-30", "2024-06"), ("PREDNISONE 5 QD ORAL", "2024-07", "")],
        )
        .shows("W24", "pred", "17.857142857142858")
        .gives(PR_BY_DOSE),
        Case::dosed(
            "starts in the month of day 1",
            "day 1 is later than the first of January and possible",
            &[("PREDNISONE 7 QD ORAL", "2024-01", "")],
        )
        .shows("W24", "pred_base", "0")
        .shows("W24", "pred", "7"),
        Case::dosed(
            "starts in the month before",
            "day 1 is not in December: from the first of December",
            &[("PREDNISONE 7 QD ORAL", "2023-12", "")],
        )
        .shows("W24", "pred_base", "7")
        .shows("W24", "pred", "7"),
        Case::dosed(
            "starts in the year before",
            "day 1 is not in 2023: from the first of January 2023",
            &[("PREDNISONE 7 QD ORAL", "2023", "")],
        )
        .shows("W24", "pred_base", "7"),
        Case::dosed(
            "unknown dose of the window",
            "one of the seven days has no dose: C unknown",
            &[("PREDNISONE 5 QD ORAL", "-30", ""), ("PREDNISONE ? QD ORAL", "163", "163")],
        )
        .shows("W24", "pred", "")
        .gives("TTUUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::dosed(
            "unknown dose before the window",
            "the unknown dose ended the day before the seven days began",
            &[("PREDNISONE 5 QD ORAL", "-30", ""), ("PREDNISONE ? QD ORAL", "100", "162")],
        )
        .shows("W24", "pred", "5")
        .gives(CR),
    ]
}

/// Intravenous pulses, as rescue and otherwise.
fn pulses() -> Vec<Case> {
    vec![
        Case::typical("rescue of week 10", "the pulse is an event; it is not among the seven days of week 24")
            .lab("UPCR", 169, "0.3")
            .rescued(PULSE, "71")
            .shows("W24", "pred", "5")
            .gives("TTTTT PROTEIN_ONLY CR NR ICE_RESCUE"),
        Case::typical("rescue just before the visit", "an event, and among the seven days too: (7 x 5 + 625) / 7")
            .lab("UPCR", 169, "0.3")
            .rescued(PULSE, "166")
            .shows("W24", "pred", "94.28571428571429")
            .gives("TTFFT PROTEIN_ONLY PR NR ICE_RESCUE"),
        Case::typical("rescue after the assessment", "what follows the assessment of week 24 does not change it")
            .lab("UPCR", 169, "0.3")
            .rescued(PULSE, "172")
            .gives(CR),
        Case::dosed(
            "a pulse among the seven days",
            "doses include pulses: (7 x 10 + 625) / 7",
            &[("PREDNISONE 10 QD ORAL", "-30", ""), (PULSE, "166", "166")],
        )
        .shows("W24", "pred", "99.28571428571429")
        .gives(PR_BY_DOSE),
    ]
}

/// Events in order of their rank.
fn events() -> Vec<Case> {
    let unseen = |id: &str, why: &str| {
        Case::new(id, why).lab("CREAT", 1, "0.8").lab("UPCR", 1, "2.4").takes("PREDNISONE 5 QD ORAL", "-30", "")
    };
    let nothing = |reason: &str| format!("UUUUU PROTEIN_ONLY MISSING NR {reason}");
    let mut cases = vec![
        unseen("nothing at week 24", "no event: missing counts as non-response").gives(&nothing("NRI_MISSING")),
        unseen("rescue and withdrawal", "rescue ranks before withdrawal")
            .rescued(PULSE, "60")
            .gives(&nothing("ICE_RESCUE")),
        unseen("all three", "death ranks before rescue and withdrawal")
            .rescued(PULSE, "60")
            .gives(&nothing("ICE_DEATH")),
    ];
    cases[1].left = Some(70);
    cases[2].death = Some(70);
    // Death before the window (it begins on day 162) counts, whatever was measured earlier; death in it or after does not.
    for (measured, died, dead) in [(158, 161, true), (158, 162, false), (169, 175, false)] {
        let why = if dead { "died before the window began" } else { "did not die before the window: data used" };
        let case = Case::new(&format!("died on day {died} and measured on day {measured}"), why);
        let case = case.takes("PREDNISONE 5 QD ORAL", "-30", "").lab("CREAT", 1, "0.8").lab("UPCR", 1, "2.4");
        let mut case = case.lab("CREAT", measured, "0.8").lab("UPCR", measured, "0.3").gives(if dead {
            "TTTTT PROTEIN_ONLY CR NR ICE_DEATH"
        } else {
            CR
        });
        case.death = Some(died);
        cases.push(case);
    }
    cases
}
