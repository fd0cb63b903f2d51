//! A look of a group-sequential design, from a specification through locked data to rows: the study of `methods`, with
//! looks that a ledger would have recorded.

use std::collections::BTreeMap;

use trialpress::analysis::{self, Trace};
use trialpress::pipeline::{self, Checked, StudyFile};
use trialpress::plan::{LookNumber, Looks, PastLook};
use trialpress::results::{Key, Method, Results, Statistic, Value};
use trialpress::stats::distribution::{normal_cdf, normal_quantile};

use crate::methods;
use crate::support::scratch;

/// The study, and its rows with these looks.
fn at(looks: Looks, change: (&str, &str)) -> (Checked, Results) {
    let folder = scratch();
    let study = methods::study(folder.path(), change);
    let mut checked = pipeline::check(&StudyFile::at(&study, None), &|_| ()).expect("the study passes its checks");
    checked.plan.looks = BTreeMap::from([("d_look".to_owned(), looks)]);
    let results = analysis::run(&checked.plan, &checked.frames, Trace::Off);
    (checked, results)
}

fn taken(number: usize, information: f64) -> PastLook {
    let [date, cutoff, decision] = ["2025-05-01", "2025-04-20", "continue"].map(str::to_owned);
    PastLook { number: LookNumber::Planned(number), information, date, cutoff, decision: Some(decision) }
}

/// The information that there is for the plan.
fn available(told: &[(String, Value)]) -> f64 {
    match told.iter().find(|(plan, _)| plan == "d_look") {
        Some((_, Value::Number(available))) => *available,
        other => panic!("{other:?}"),
    }
}

fn key(statistic: Statistic) -> Key {
    Key::new("d_look", statistic).method(Method::GroupSequential)
}

#[track_caller]
fn number(results: &Results, key: &Key) -> f64 {
    match results.rows.iter().find(|row| row.key == *key).map(|row| &row.value) {
        Some(Value::Number(number)) => *number,
        other => panic!("{key:?} is {other:?}"),
    }
}

#[track_caller]
fn word<'r>(results: &'r Results, key: &Key) -> &'r str {
    match results.rows.iter().find(|row| row.key == *key).map(|row| &row.value) {
        Some(Value::Text(word)) => word,
        other => panic!("{key:?} is {other:?}"),
    }
}

/// The number of a statistic of the comparison, whose key has its contrast and visit.
#[track_caller]
fn compared(results: &Results, analysis: &str, method: Method, way: Option<&str>, statistic: Statistic) -> f64 {
    let is_meant = |key: &Key| {
        key.analysis == analysis
            && key.method == Some(method)
            && key.variable.as_deref() == way
            && key.statistic == statistic
            && key.at.as_deref() == Some("W18")
            && key.variant.is_none()
            && key.groups.is_empty()
            && key.levels.is_empty()
            && key.contrast.as_ref().is_some_and(|(first, _)| first == "high")
    };
    match results.rows.iter().find(|row| is_meant(&row.key)).map(|row| &row.value) {
        Some(Value::Number(number)) => *number,
        other => panic!("{analysis} {method:?} {statistic:?} is {other:?}"),
    }
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} is not {expected}");
}

#[test]
fn a_look_stands_at_its_actual_information() {
    let now = Looks { past: vec![taken(1, 11.0)], now: Some(LookNumber::Planned(2)), coded: true };
    let (checked, results) = at(now, ("", ""));
    let told = analysis::information(&checked.plan, &checked.frames);
    let available = available(&told);
    assert!(available > 20.0 && available < 40.0, "{available}");
    for (level, share, state) in [("1", 11.0 / 40.0, "taken"), ("2", available / 40.0, "now"), ("3", 1.0, "planned")] {
        close(number(&results, &key(Statistic::Information).level(level)), share);
        assert_eq!(word(&results, &key(Statistic::Status).level(level)), state);
        // Lan and DeMets' spending, written out.
        let spent = 2.0 - 2.0 * normal_cdf(normal_quantile(1.0 - 0.0125).unwrap() / share.sqrt()).unwrap();
        close(number(&results, &key(Statistic::Spent).level(level)), spent);
    }
    assert_eq!(word(&results, &key(Statistic::Status).variable("date").level("1")), "2025-05-01");
    // Z, its B-value, and what the bounds say.
    let p = compared(&results, "m_binary", Method::ChiSquare, None, Statistic::PValue);
    let estimate = compared(&results, "m_binary", Method::MiettinenNurminen, None, Statistic::Difference);
    let z = number(&results, &key(Statistic::Z));
    close(z, -normal_quantile(p / 2.0).unwrap() * estimate.signum());
    let share: f64 = available / 40.0;
    close(number(&results, &key(Statistic::BValue)), z * share.sqrt());
    let bound = number(&results, &key(Statistic::Bound).level("2"));
    let says = word(&results, &key(Statistic::Status));
    let reversed = word(&results, &key(Statistic::Status).variable("reversed"));
    assert_eq!(says == "efficacy", z >= bound, "{says}, Z {z}, bound {bound}");
    assert_eq!(reversed == "efficacy", -z >= bound, "{reversed}");
    // Conditional power in the form of Brownian motion.
    let critical = number(&results, &key(Statistic::CriticalValue));
    close(critical, number(&results, &key(Statistic::Bound).level("3")));
    let power =
        |drift: f64| normal_cdf((z * share.sqrt() + drift * (1.0 - share) - critical) / (1.0 - share).sqrt()).unwrap();
    let of = |name: &str| {
        let key = Key::new("d_look", Statistic::ConditionalPower).method(Method::ConditionalPower);
        number(&results, &key.variable(name))
    };
    close(of("null"), power(0.0));
    close(of("design"), power(3.24));
    close(of("trend"), power(z / share.sqrt()));
    // The interval of Wald's kind is the estimate with the bound times its standard error; that of the method is wider
    // than the ordinary one.
    let wald = |statistic| compared(&results, "d_look", Method::RepeatedInterval, Some("wald"), statistic);
    let (low, high) = (wald(Statistic::DifferenceLower), wald(Statistic::DifferenceUpper));
    close(f64::midpoint(low, high), estimate);
    let again = |statistic| compared(&results, "d_look", Method::RepeatedInterval, Some("method"), statistic);
    let plain = |statistic| compared(&results, "m_binary", Method::MiettinenNurminen, None, statistic);
    assert!(again(Statistic::DifferenceLower) < plain(Statistic::DifferenceLower));
    assert!(again(Statistic::DifferenceUpper) > plain(Statistic::DifferenceUpper));
    let effect = number(&results, &key(Statistic::EffectBound).level("2"));
    close(effect, (high - low) / 2.0);
}

#[test]
fn the_last_look_takes_all_that_is_left_and_ends_with_inference() {
    let now = Looks { past: vec![taken(1, 11.0)], now: Some(LookNumber::Planned(3)), coded: false };
    let (checked, results) = at(now, ("", ""));
    let told = analysis::information(&checked.plan, &checked.frames);
    assert!(available(&told) < 40.0, "the trial under-runs: {told:?}");
    close(number(&results, &key(Statistic::Spent).level("2")), 0.025);
    let missing = results.rows.iter().find(|row| row.key == key(Statistic::Bound).level("3"));
    assert!(missing.is_none(), "there is no look after the last");
    let p = number(&results, &Key::new("d_look", Statistic::PValue).method(Method::StagewiseOrdering));
    let z = number(&results, &key(Statistic::Z));
    // An early bound that is nearly never crossed under no effect changes the p-value of the end by less than it spent.
    let plain = 1.0 - normal_cdf(z).unwrap();
    assert!((p - plain).abs() < 1e-4, "{p} {plain}");
    let median = compared(&results, "d_look", Method::StagewiseOrdering, None, Statistic::Difference);
    let low = compared(&results, "d_look", Method::StagewiseOrdering, None, Statistic::DifferenceLower);
    let high = compared(&results, "d_look", Method::StagewiseOrdering, None, Statistic::DifferenceUpper);
    assert!(low < median && median < high, "{low} {median} {high}");
    let power = Key::new("d_look", Statistic::ConditionalPower).method(Method::ConditionalPower).variable("trend");
    assert!(!results.rows.iter().any(|row| row.key == power), "there is nothing left to be conditional on");
}

#[test]
fn without_a_look_no_result_is_told() {
    let (_, results) = at(Looks::default(), ("", ""));
    let result = [Statistic::Z, Statistic::Difference, Statistic::EffectBound];
    let told = results.rows.iter().find(|row| row.key.analysis == "d_look" && result.contains(&row.key.statistic));
    assert!(told.is_none(), "{told:?}");
    let methods = [Method::RepeatedInterval, Method::StagewiseOrdering];
    assert!(!results.rows.iter().any(|row| row.key.method.is_some_and(|own| methods.contains(&own))));
    // Planned looks have their bounds, and a look of an amount its share.
    close(number(&results, &key(Statistic::Information).level("2")), 0.5);
    close(number(&results, &key(Statistic::AvailableInformation).level("2")), 20.0);
}

/// Design, section 5.5: at 20 and 40 participants the nominal levels of Lan and `DeMets`' bounds carried to t with 18 and 38
/// degrees of freedom. Here with the degrees of freedom of the analysis.
#[test]
fn bounds_are_carried_to_the_t_distribution() {
    let change = (
        "endpoint = \"m_binary\"\nat = \"W18\"\narm = \"high\"\nmethod = \"chi-square\"\neffect = \"miettinen-nurminen\"\nfavours = \"higher\"",
        "endpoint = \"m_change\"\nat = \"W18\"\narm = \"high\"\nmethod = \"mmrm\"\nfavours = \"lower\"",
    );
    let (folder_change, t) = (change, ("harm = {", "t = true\nharm = {"));
    let folder = scratch();
    let study = methods::study(folder.path(), folder_change);
    let path = study.join("study.toml");
    let text = crate::support::read(&path);
    assert!(text.contains(t.0));
    crate::support::write(&path, &text.replacen(t.0, t.1, 1));
    let mut checked = pipeline::check(&StudyFile::at(&study, None), &|_| ()).expect("the study passes its checks");
    let now = Looks { past: Vec::new(), now: Some(LookNumber::Planned(2)), coded: false };
    checked.plan.looks = BTreeMap::from([("d_look".to_owned(), now)]);
    let results = analysis::run(&checked.plan, &checked.frames, Trace::Off);
    let df = number(&results, &key(Statistic::Df));
    let carried = number(&results, &key(Statistic::TBound));
    let bound = number(&results, &key(Statistic::Bound).level("1"));
    let level = trialpress::stats::distribution::t_sf(carried, df).unwrap();
    close(level, 1.0 - normal_cdf(bound).unwrap());
    assert!(carried > bound);
    // A lower value is the benefit: Z has the other sign than the difference.
    let difference = compared_change(&results);
    assert!(number(&results, &key(Statistic::Z)) * difference < 0.0);
}

#[track_caller]
fn compared_change(results: &Results) -> f64 {
    let row = results.rows.iter().find(|row| {
        row.key.analysis == "d_look"
            && row.key.statistic == Statistic::Difference
            && row.key.method == Some(Method::GroupSequential)
    });
    match row.map(|row| &row.value) {
        Some(Value::Number(number)) => *number,
        other => panic!("{other:?}"),
    }
}
