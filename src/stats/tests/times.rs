//! Times to an event: order of rows, unit of time, names of groups, follow-up after the last event.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::survival::{
    CumulativeIncidence, KaplanMeier, ProportionalHazards, Share, Ties, Weight, aalen_johansen, cox, discrete_cox,
    firth_cox, gray_test, grouped_proportional_hazards, kaplan_meier, log_rank, restricted_mean, weighted_log_rank,
};
use super::super::{Undefined, real};
use super::{Named, Numbers, agree, close, config, order, sorted};

const LEVEL: f64 = 0.95;

/// A time in quarters, what happened (0 censored, or a cause), an arm and a covariate.
type Subject = (f64, usize, usize, f64);
type Subjects = Vec<Subject>;

fn subjects() -> impl Strategy<Value = Subjects> {
    let time = (0..24).prop_map(|time| 0.25 * f64::from(time));
    let covariate = (-4..=4).prop_map(f64::from);
    vec((time, 0..3_usize, 0..2_usize, covariate), 4..24)
}

fn times(subjects: &[Subject]) -> Vec<f64> {
    subjects.iter().map(|own| own.0).collect()
}

fn events(subjects: &[Subject]) -> Vec<bool> {
    subjects.iter().map(|own| own.1 > 0).collect()
}

fn share(own: &Share) -> Vec<f64> {
    let mut numbers = vec![own.estimate, own.standard_error];
    if let Ok(interval) = own.interval {
        numbers.extend([interval.lower, interval.upper]);
    }
    numbers
}

fn curve(own: &KaplanMeier) -> Numbers {
    let mut numbers = Numbers::default();
    for step in &own.steps {
        numbers.wide.push(step.time);
        numbers.fixed.extend([real(step.at_risk), real(step.events)]);
        numbers.fixed.extend(share(&step.survival));
    }
    let median = own.time_quantile(0.5).unwrap();
    numbers.wide.extend([median.estimate, median.lower, median.upper].into_iter().flatten());
    numbers
}

fn incidence(own: &CumulativeIncidence) -> Numbers {
    let mut numbers = Numbers::default();
    for step in &own.steps {
        numbers.wide.push(step.time);
        numbers.fixed.extend(share(&step.event_free));
        numbers.fixed.extend(step.incidence.iter().flat_map(share));
    }
    numbers
}

/// The numbers of the last covariate turn with the arms, those of the first do not.
fn hazards(model: &ProportionalHazards) -> Result<Numbers, Undefined> {
    let mut numbers = Numbers::default();
    let tests = [&model.likelihood_ratio, &model.score];
    numbers.fixed.extend(tests.iter().flat_map(|test| [test.statistic, test.p]));
    let last = model.effects.len() - 1;
    for (place, effect) in model.effects.iter().enumerate() {
        let effect = (*effect)?;
        numbers.fixed.extend([effect.standard_error, effect.p]);
        let signed = [effect.coefficient, effect.z];
        if place == last { numbers.turned.extend(signed) } else { numbers.fixed.extend(signed) }
    }
    Ok(numbers)
}

/// Everything, with the numbers of the arms as they are or exchanged.
fn all(subjects: &[Subject], exchanged: bool) -> Named {
    let (time, event) = (times(subjects), events(subjects));
    let arm: Vec<usize> = subjects.iter().map(|own| if exchanged { 1 - own.2 } else { own.2 }).collect();
    let cause: Vec<usize> = subjects.iter().map(|own| own.1).collect();
    let treated = arm.iter().map(|arm| if *arm == 1 { 1.0 } else { 0.0 }).collect();
    let covariates: Vec<Vec<f64>> = vec![subjects.iter().map(|own| own.3).collect(), treated];
    let interval: Vec<usize> = subjects.iter().map(|own| whole(own.0)).collect();
    let weighted = |weight| {
        weighted_log_rank(&time, &event, &arm, 2, &vec![0; time.len()], weight).map(|test| Numbers {
            fixed: vec![test.statistic, test.df, test.p],
            turned: vec![test.deviations[0]],
            ..Numbers::default()
        })
    };
    vec![
        ("kaplan-meier", kaplan_meier(&time, &event, LEVEL).map(|own| curve(&own))),
        ("aalen-johansen", aalen_johansen(&time, &cause, 2, LEVEL).map(|own| incidence(&own))),
        (
            "log-rank",
            log_rank(&time, &event, &arm, 2).map(|test| Numbers {
                fixed: vec![test.statistic, test.df, test.p],
                turned: vec![real(test.observed[0]) - test.expected[0]],
                ..Numbers::default()
            }),
        ),
        ("gehan", weighted(Weight::Gehan)),
        ("fleming-harrington", weighted(Weight::FlemingHarrington { rho: 1.0, gamma: 0.5 })),
        (
            "gray",
            gray_test(&time, &cause, 1, &arm, 2, &vec![0; time.len()]).map(|test| Numbers {
                fixed: vec![test.statistic, test.df, test.p],
                turned: vec![test.deviations[0]],
                ..Numbers::default()
            }),
        ),
        (
            "discrete",
            discrete_cox(&time, &event, &covariates, &vec![0; time.len()], LEVEL).and_then(|own| hazards(&own)),
        ),
        ("firth", firth_cox(&time, &event, &covariates, Ties::Efron, LEVEL).and_then(|own| hazards(&own))),
        ("efron", cox(&time, &event, &covariates, Ties::Efron, LEVEL).and_then(|own| hazards(&own))),
        ("breslow", cox(&time, &event, &covariates, Ties::Breslow, LEVEL).and_then(|own| hazards(&own))),
        ("grouped", grouped_proportional_hazards(&interval, &event, &covariates, LEVEL).and_then(|own| hazards(&own))),
    ]
}

/// Intervals of one and a half, by comparison.
fn whole(time: f64) -> usize {
    [1.5, 3.0, 4.5].iter().filter(|end| time > **end).count()
}

/// Statistics of times alone; grouped times are not on their scale.
fn on_a_scale(all: Named) -> Named {
    all.into_iter().filter(|(name, _)| *name != "grouped").collect()
}

/// Without this the properties below could hold because nothing had a value.
#[test]
fn ordinary_data_have_values() {
    let event = [1, 0, 2, 0, 1, 0, 0, 1, 1, 1, 0, 0];
    let subject = |(place, cause): (u32, &usize)| {
        let arm = usize::from(place % 2 == 0);
        (0.5 + 0.25 * f64::from(place * 7 % 20), *cause, arm, f64::from(place * 5 % 7))
    };
    let subjects: Subjects = (0..).zip(&event).map(subject).collect();
    for exchanged in [false, true] {
        for (name, found) in all(&subjects, exchanged) {
            assert!(found.is_ok(), "{name}: {found:?}");
        }
    }
}

proptest! {
    #![proptest_config(config(80))]

    #[test]
    fn order_of_rows((subjects, turn) in subjects().prop_flat_map(|own| { let n = own.len(); (Just(own), order(n)) })) {
        agree(&all(&subjects, false), &all(&sorted(&subjects, &turn), false), Numbers::all, 1e-7)?;
    }

    #[test]
    fn unit_of_time(subjects in subjects(), power in -9..9) {
        let factor = libm::scalbn(1.0, power);
        let there: Subjects = subjects.iter().map(|own| (own.0 * factor, own.1, own.2, own.3)).collect();
        let (one, two) = (on_a_scale(all(&subjects, false)), on_a_scale(all(&there, false)));
        agree(&one, &two, |own| own.in_unit(factor), 1e-12)?;
    }

    #[test]
    fn a_restricted_mean_is_a_time(subjects in subjects(), power in -9..9, horizon in 1..9_u32) {
        let (factor, horizon) = (libm::scalbn(1.0, power), 0.5 * f64::from(horizon));
        let there: Vec<f64> = times(&subjects).iter().map(|time| time * factor).collect();
        let one = restricted_mean(&times(&subjects), &events(&subjects), horizon, LEVEL);
        let two = restricted_mean(&there, &events(&subjects), horizon * factor, LEVEL);
        match (one, two) {
            (Ok(one), Ok(two)) => {
                let expected = [one.estimate * factor, one.standard_error * factor];
                close("restricted mean", &[two.estimate, two.standard_error], &expected, 1e-12)?;
                prop_assert!(one.estimate <= horizon);
            }
            (one, two) => prop_assert_eq!(one.err(), two.err()),
        }
    }

    #[test]
    fn any_clock_that_keeps_the_order_gives_the_same_tests(subjects in subjects()) {
        let there: Subjects = subjects.iter().map(|own| (libm::expm1(own.0), own.1, own.2, own.3)).collect();
        let tests = |all: Named| all.into_iter().filter(|(name, _)| ["log-rank", "gehan", "gray", "efron"].contains(name)).collect();
        let (one, two): (Named, Named) = (tests(all(&subjects, false)), tests(all(&there, false)));
        agree(&one, &two, Numbers::all, 0.0)?;
    }

    #[test]
    fn names_of_arms(subjects in subjects()) {
        agree(&all(&subjects, false), &all(&subjects, true), Numbers::exchanged, 1e-7)?;
    }

    #[test]
    fn unit_and_origin_of_a_covariate(subjects in subjects(), power in -2..9, by in -9..9) {
        // In a larger unit its hazard ratio could leave the range of a double.
        let (factor, by) = (libm::scalbn(1.0, power), f64::from(by));
        let there: Subjects = subjects.iter().map(|own| (own.0, own.1, own.2, (own.3 + by) * factor)).collect();
        let column = |subjects: &[Subject]| vec![subjects.iter().map(|own| own.3).collect::<Vec<f64>>()];
        let fit = |own: &[Subject]| cox(&times(own), &events(own), &column(own), Ties::Efron, LEVEL);
        match (fit(&subjects), fit(&there)) {
            (Ok(one), Ok(two)) => match (&one.effects[0], &two.effects[0]) {
                (Ok(one), Ok(two)) => {
                    close("coefficient", &[two.coefficient * factor, two.z], &[one.coefficient, one.z], 1e-7)?;
                }
                (one, two) => prop_assert_eq!(one.as_ref().err(), two.as_ref().err()),
            },
            (one, two) => prop_assert_eq!(one.err(), two.err()),
        }
    }

    #[test]
    fn longer_follow_up_after_the_last_event_changes_nothing(subjects in subjects(), longer in 1..100_u32) {
        let last = subjects.iter().filter(|own| own.1 > 0).map(|own| own.0).fold(-1.0, f64::max);
        let extend = |own: &Subject| {
            let time = if own.1 == 0 && own.0 >= last { own.0 + f64::from(longer) } else { own.0 };
            (time, own.1, own.2, own.3)
        };
        let there: Subjects = subjects.iter().map(extend).collect();
        let tests = |all: Named| -> Named {
            all.into_iter().filter(|(name, _)| ["log-rank", "gehan", "efron", "breslow", "discrete", "firth"].contains(name)).collect()
        };
        agree(&tests(all(&subjects, false)), &tests(all(&there, false)), Numbers::all, 1e-9)?;
        let (one, two) = (kaplan_meier(&times(&subjects), &events(&subjects), LEVEL).unwrap(),
            kaplan_meier(&times(&there), &events(&there), LEVEL).unwrap());
        prop_assert_eq!(one.survival_at(last.max(0.0)), two.survival_at(last.max(0.0)));
        prop_assert_eq!(one.time_quantile(0.5), two.time_quantile(0.5));
    }

    #[test]
    fn a_subject_censored_after_the_last_event_raises_survival(subjects in subjects(), arm in 0..2_usize) {
        let last = subjects.iter().filter(|own| own.1 > 0).map(|own| own.0).fold(0.0, f64::max);
        let mut there = subjects.clone();
        there.push((last + 1.0, 0, arm, 0.0));
        let (one, two) = (kaplan_meier(&times(&subjects), &events(&subjects), LEVEL).unwrap(),
            kaplan_meier(&times(&there), &events(&there), LEVEL).unwrap());
        for (before, after) in one.steps.iter().filter(|step| step.events > 0)
            .zip(two.steps.iter().filter(|step| step.events > 0)) {
            prop_assert_eq!(before.time.to_bits(), after.time.to_bits());
            prop_assert_eq!((before.events, before.at_risk + 1), (after.events, after.at_risk));
            prop_assert!(after.survival.estimate > before.survival.estimate);
        }
        let median = |own: &KaplanMeier| own.time_quantile(0.5).unwrap().estimate.unwrap_or(f64::INFINITY);
        prop_assert!(median(&two) >= median(&one));
        // The events of the arms are the same; the one that gains a subject is expected to have more.
        let test = |own: &[Subject]| {
            let arms: Vec<usize> = own.iter().map(|own| own.2).collect();
            log_rank(&times(own), &events(own), &arms, 2)
        };
        if let (Ok(before), Ok(after)) = (test(&subjects), test(&there)) {
            prop_assert_eq!(&before.observed, &after.observed);
            prop_assert!(after.expected[arm] >= before.expected[arm] - 1e-12);
        }
    }

    #[test]
    fn a_subject_censored_before_the_first_event_changes_nothing(subjects in subjects(), arm in 0..2_usize) {
        let later: Subjects = subjects.iter().map(|own| (own.0 + 1.0, own.1, own.2, own.3)).collect();
        let mut there = later.clone();
        there.push((0.5, 0, arm, 3.0));
        let tests = |all: Named| -> Named {
            all.into_iter().filter(|(name, _)| ["efron", "breslow"].contains(name)).collect()
        };
        agree(&tests(all(&later, false)), &tests(all(&there, false)), Numbers::all, 1e-7)?;
        let (one, two) = (kaplan_meier(&times(&later), &events(&later), LEVEL).unwrap(),
            kaplan_meier(&times(&there), &events(&there), LEVEL).unwrap());
        prop_assert_eq!(&one.steps[..], &two.steps[1..]);
    }
}
