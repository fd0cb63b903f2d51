//! Renal response of random participants: with baseline as it is, a worse value at week 24 never gives a better response;
//! and the units in which values are reported do not matter.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::Stream;
use crate::support::{Record, field};
use crate::vectors::made::{Case, Ran, datasets, outcome, study_at};

/// Participants of a study before they are made worse, and how often each is made worse.
const PARTICIPANTS: usize = 60;
const STEPS: usize = 4;

/// Options of the definition that differ from their default: a study for each line.
const OPTIONS: [&[(&str, &str)]; 12] = [
    &[],
    &[("cr_protein", "all")],
    &[("cr_protein", "upcr first"), ("pr_protein", "any")],
    &[("cr_protein", "24 h first"), ("pr_protein", "24 h first")],
    &[("cr_protein", "any, missing unknown"), ("pr_protein", "all")],
    &[("pr_protein", "any"), ("except_steroid", "true")],
    &[("pr_protein", "all"), ("except_steroid", "true"), ("deterioration", "first branch")],
    &[("cr_protein", "all"), ("pr_protein", "24 h first"), ("except_steroid", "true")],
    &[("except_steroid", "true"), ("no_increase", "true")],
    &[("no_increase", "true"), ("deterioration", "first branch"), ("pr_protein", "any")],
    &[("steroid_window", "14 days"), ("protein_limit", "0.15")],
    &[("steroid_window", "28 days"), ("cr_protein", "24 h first"), ("except_steroid", "true")],
];

/// A protein result in hundredths; a limit is a result below it.
#[derive(Clone, Copy, Debug)]
struct Protein {
    below: bool,
    hundredths: usize,
}

/// What decides the response, in hundredths of the units of the definition, doses in tenths of a milligram.
#[derive(Clone, Debug)]
struct Inputs {
    creatinine_before: Option<usize>,
    protein_before: [Option<usize>; 2],
    dose_before: usize,
    creatinine: Option<usize>,
    protein: [Option<Protein>; 2],
    dose: usize,
    worse: Option<bool>,
}

/// Which units a participant is reported in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Units {
    Definition,
    Other,
}

impl Inputs {
    /// Values about the limits of the definition, not those of a population.
    fn random(stream: &mut Stream) -> Self {
        let creatinine_before =
            (!stream.chance(5)).then(|| stream.pick(&[50, 64, 80, 88, 96, 110, 119, 120, 121, 150, 185, 200, 300]));
        let mut protein_before =
            [0, 0].map(|_| (!stream.chance(20)).then(|| stream.pick(&[20, 49, 50, 110, 200, 240, 300, 602])));
        if stream.chance(60) {
            protein_before[0] = Some(110 + stream.below(500));
        }
        let of = |stream: &mut Stream, before: Option<usize>, percents: &[usize]| {
            let percent = stream.pick(percents);
            before.map_or(100, |before| before * percent / 100)
        };
        let creatinine = (!stream.chance(5)).then(|| {
            let relative = of(stream, creatinine_before, &[50, 69, 70, 71, 95, 100, 100, 124, 125, 126]);
            stream.pick(&[relative, relative, 120, 121])
        });
        let protein = protein_before.map(|before| {
            (!stream.chance(25)).then(|| {
                let relative = of(stream, before, &[10, 20, 30, 45, 49, 50, 51, 65, 69, 70, 71, 90, 120]).max(1);
                let hundredths = stream.pick(&[relative, relative, 30, 49, 50, 51]);
                Protein { below: stream.chance(12), hundredths }
            })
        });
        Self {
            creatinine_before,
            protein_before,
            dose_before: stream.pick(&[100, 150, 200, 400]),
            creatinine,
            protein,
            dose: stream.pick(&[0, 50, 75, 99, 100, 100, 100, 101, 150, 160]),
            worse: if stream.chance(12) { Some(true) } else { stream.pick(&[None, Some(false), Some(false)]) },
        }
    }

    /// The same with one value of week 24 worse; which is said.
    fn worsened(&self, stream: &mut Stream) -> (Self, &'static str) {
        let mut worse = self.clone();
        let rise = stream.pick(&[1, 2, 5, 20, 60, 200]);
        loop {
            match stream.below(5) {
                0 => {
                    let Some(creatinine) = worse.creatinine.as_mut() else { continue };
                    *creatinine += rise;
                    return (worse, "creatinine");
                }
                measure @ (1 | 2) => {
                    let Some(protein) = worse.protein[measure - 1].as_mut() else { continue };
                    // A result is no better than any below it; a limit is worse than a smaller one.
                    protein.hundredths += rise;
                    protein.below = protein.below && stream.chance(50);
                    return (worse, ["UPCR", "24-hour protein"][measure - 1]);
                }
                3 => {
                    worse.dose += rise * 10;
                    return (worse, "prednisone");
                }
                _ => {
                    if worse.worse == Some(true) {
                        continue;
                    }
                    worse.worse = Some(true);
                    return (worse, "deterioration");
                }
            }
        }
    }

    fn case(&self, id: &str, units: Units) -> Case {
        let other = units == Units::Other;
        // Protein to creatinine ratios of every other participant in mg/mmol.
        let second = id.len().is_multiple_of(2);
        let scale = |code: &str| match (code, other, second) {
            ("CREAT", false, _) => (1.0, "mg/dL"),
            ("CREAT", true, _) => (88.4, "umol/L"),
            ("UPCR", false, _) => (1.0, "g/g"),
            ("UPCR", true, false) => (1000.0, "mg/g"),
            ("UPCR", true, true) => (113.12, "mg/mmol"),
            (_, false, _) => (1.0, "g/24h"),
            (_, true, _) => (1000.0, "mg/24h"),
        };
        let mut case = Case::new(id, "a random participant");
        let mut lab = |code: &str, day: i32, value: Option<Protein>| {
            let Some(Protein { below, hundredths }) = value else { return };
            let (factor, unit) = scale(code);
            let value = f64::from(u32::try_from(hundredths).expect("a small number")) / 100.0 * factor;
            let sign = if below { "<" } else { "" };
            case = std::mem::take(&mut case).lab(code, day, &format!("{sign}{value} {unit}"));
        };
        let exact = |hundredths: Option<usize>| hundredths.map(|hundredths| Protein { below: false, hundredths });
        lab("CREAT", 1, exact(self.creatinine_before));
        lab("CREAT", 169, exact(self.creatinine));
        for (position, code) in ["UPCR", "UPROT24"].into_iter().enumerate() {
            lab(code, 1, exact(self.protein_before[position]));
            lab(code, 169, self.protein[position]);
        }
        // Methylprednisolone 4 mg is prednisone 5 mg.
        let takes = |case: Case, tenths: usize, first: &str, last: &str| {
            let milligrams = f64::from(u32::try_from(tenths).expect("a small number")) / 10.0;
            let what = if other {
                format!("METHYLPREDNISOLONE {} BID INTRAVENOUS", milligrams * 0.8 / 2.0)
            } else {
                format!("PREDNISONE {milligrams} QD ORAL")
            };
            case.takes(&what, first, last)
        };
        case = takes(case, self.dose_before, "-30", "120");
        case = takes(case, self.dose, "121", "");
        match self.worse {
            Some(worse) => case.flag(169, if worse { "Y" } else { "N" }),
            None => case,
        }
    }
}

/// The definition alone: no endpoint, no variant.
fn study(options: &[(&str, &str)]) -> Table {
    let value = |text: &str| match text {
        "true" => Value::Boolean(true),
        "0.15" => Value::Float(0.15),
        text => Value::from(text),
    };
    let options: BTreeMap<String, Value> =
        options.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect();
    let mut study = study_at(&options, &["W24"]);
    study.remove("endpoint");
    study.remove("variant");
    study
}

fn rank(line: &Record) -> usize {
    match field(line, "renal_response") {
        "CR" => 2,
        "PR" => 1,
        "NR" => 0,
        other => panic!("{other:?} is no renal response"),
    }
}

/// Conditions of complete response: false, unknown, true.
fn conditions(line: &Record) -> [usize; 4] {
    ["cr", "cr_kidney", "cr_protein_met", "cr_steroid"].map(|atom| match field(line, atom) {
        "true" => 2,
        "false" => 0,
        _ => 1,
    })
}

#[test]
fn worse_values_never_give_a_better_response_and_units_do_not_matter() {
    let (mut steps, mut fell, mut twins) = (0, BTreeMap::<&str, usize>::new(), 0);
    let mut seen = BTreeMap::<String, usize>::new();
    let mut faults = Vec::new();
    for (number, options) in OPTIONS.iter().enumerate() {
        let mut stream = Stream::new(u64::try_from(number).expect("a small number"));
        let (mut cases, mut pairs, mut inputs) = (Vec::new(), Vec::new(), BTreeMap::new());
        for participant in 0..PARTICIPANTS {
            let mut one = Inputs::random(&mut stream);
            let name = |step: usize| format!("P{participant}-{step}");
            cases.push(one.case(&name(0), Units::Definition));
            cases.push(one.case(&format!("{}-other", name(0)), Units::Other));
            inputs.insert(name(0), one.clone());
            for step in 1..=STEPS {
                let (worse, what) = one.worsened(&mut stream);
                cases.push(worse.case(&name(step), Units::Definition));
                pairs.push((name(step - 1), name(step), what));
                inputs.insert(name(step), worse.clone());
                one = worse;
            }
        }
        let ran = Ran::new(&study(options), &datasets(&cases));
        let listed = ran.everything();
        let lines = &listed["W24"];
        for (better, worse, what) in &pairs {
            let (before, after) = (&lines[better], &lines[worse]);
            let atoms = conditions(before).into_iter().zip(conditions(after)).all(|(before, after)| after <= before);
            if rank(after) > rank(before) || !atoms {
                faults.push(format!(
                    "{options:?}: with worse {what} {} became {}: {:?} and {:?}",
                    outcome(before),
                    outcome(after),
                    inputs[better],
                    inputs[worse]
                ));
            }
            steps += 1;
            *fell.entry(what).or_default() += usize::from(rank(after) < rank(before));
            *seen.entry(field(after, "renal_response_reason").to_owned()).or_default() += 1;
        }
        for participant in 0..PARTICIPANTS {
            let name = format!("P{participant}-0");
            let (one, other) = (&lines[&name], &lines[&format!("{name}-other")]);
            if outcome(one) != outcome(other) {
                faults.push(format!(
                    "{options:?}: {} in other units {}: {:?}",
                    outcome(one),
                    outcome(other),
                    inputs[&name]
                ));
            }
            twins += 1;
        }
    }
    eprintln!(
        "{steps} steps for the worse, of which lowered the response: {fell:?}; reasons {seen:?}; {twins} in other units"
    );
    assert!(fell.len() == 5 && fell.values().all(|fell| *fell >= 10), "the steps hardly touch the response: {fell:?}");
    assert!(seen.len() >= 8, "the participants are too much alike: {seen:?}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
