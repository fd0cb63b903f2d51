//! Designs by name against published values, and designs at looks that came otherwise than planned.

use super::*;
use crate::plan::{LookNumber, PastLook};
use crate::stats::sequential::{conditional_power_through, crossing};

fn plan(text: &str) -> Monitoring {
    toml::from_str(&format!("id = \"plan\"\nlabel = \"Plan\"\n{text}")).expect("a plan")
}

fn past(number: LookNumber, information: f64) -> PastLook {
    let [date, cutoff] = ["2027-01-01", "2026-12-20"].map(str::to_owned);
    PastLook { number, information, date, cutoff, decision: None }
}

fn looks(taken: &[(usize, f64)], now: Option<usize>) -> Looks {
    let past = taken.iter().map(|(number, own)| past(LookNumber::Planned(*number), *own)).collect();
    Looks { past, now: now.map(LookNumber::Planned), coded: false }
}

#[track_caller]
fn bounds(text: &str, looks: &Looks, now: Option<f64>, expected: &[f64]) {
    let design = Design::new(&plan(text), looks, now).expect("a design");
    let found: Vec<f64> = design.looks.iter().map(|look| look.upper.unwrap_or(f64::NAN)).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 6e-5, "{found} is not {expected}");
    }
}

#[test]
fn a_bound_by_a_power_stays_that_of_its_look() {
    let text = "looks = [20, 40]\nplanned = 40\nsides = \"one\"\nalpha = 0.025\nbounds = \"none\"\n\
                futility = { predictive-power = { below = 0.1 } }\n";
    let of = |looks: &Looks, now: f64| {
        let design = Design::new(&plan(text), looks, Some(now)).expect("a design");
        design.looks[0].futility.expect("a bound")
    };
    let then = of(&looks(&[], Some(1)), 20.0);
    // The end came with less information than was planned when the look was taken.
    let afterwards = of(&looks(&[(1, 20.0)], Some(2)), 33.0);
    assert_eq!(then.to_bits(), afterwards.to_bits());
    assert!((of(&looks(&[], Some(1)), 30.0) - then).abs() > 0.1, "it follows the information");
}

const LAN_DEMETS: &str = "sides = \"one\"\nalpha = 0.025\nbounds = \"spending-obrien-fleming\"\n";

#[test]
fn off_plan_timing_has_the_bounds_of_its_information() {
    // Design, section 5.3, “off-plan timing”: planned at 20 of 40.
    let planned = format!("looks = [20, 40]\nplanned = 40\n{LAN_DEMETS}");
    bounds(&planned, &looks(&[(1, 18.0)], None), None, &[3.1438, 1.9648]);
    bounds(&planned, &looks(&[], Some(1)), Some(20.0), &[2.9626, 1.9686]);
    bounds(&planned, &looks(&[(1, 22.0)], None), None, &[2.8059, 1.9740]);
    // The end takes all that is left, with less information than planned or with more.
    bounds(&planned, &looks(&[(1, 20.0)], Some(2)), Some(38.0), &[2.9626, 1.9677]);
    bounds(&planned, &looks(&[(1, 20.0)], Some(2)), Some(44.0), &[2.9626, 1.9702]);
    let three = format!("looks = [0.33, 0.67, 1.0]\n{LAN_DEMETS}");
    bounds(&three, &looks(&[(1, 0.30), (2, 0.65)], None), None, &[3.9286, 2.5479, 1.9897]);
    bounds(&three, &looks(&[(1, 0.40), (2, 0.70)], None), None, &[3.3569, 2.4445, 2.0005]);
    // A look between those planned.
    let between =
        Looks { past: vec![past(LookNumber::Planned(1), 20.0), past(LookNumber::Unplanned, 32.0)], ..looks(&[], None) };
    bounds(&planned, &between, None, &[2.9626, 2.2662, 2.0278]);
    // Information that has reached the end leaves nothing for later; planned looks that were passed are gone.
    let over = Design::new(&plan(&planned), &looks(&[], Some(1)), Some(40.0)).expect("a design");
    assert_eq!(over.looks.len(), 1);
    assert!((over.spent(0) - 0.025).abs() < 1e-12);
}

#[test]
fn three_things_are_called_obrien_fleming() {
    // Design, section 5.6, trap 1: five looks, an error of 0.05 of two sides.
    let fifths = "looks = [0.2, 0.4, 0.6, 0.8, 1.0]\nalpha = 0.05\n";
    let nobody = Looks::default();
    let with = |name: &str| format!("{fifths}bounds = \"{name}\"\n");
    bounds(&with("obrien-fleming"), &nobody, None, &[4.5617, 3.2256, 2.6337, 2.2809, 2.0401]);
    bounds(&with("spending-obrien-fleming"), &nobody, None, &[4.8769, 3.3570, 2.6803, 2.2898, 2.0310]);
    bounds(&with("spending-obrien-fleming-halved"), &nobody, None, &[4.3826, 3.0997, 2.5534, 2.2538, 2.0635]);
    let meanings: Vec<String> = ["obrien-fleming", "spending-obrien-fleming", "spending-obrien-fleming-halved"]
        .map(|name| plan(&with(name)).bounds.meaning())
        .to_vec();
    assert!(meanings[0] != meanings[1] && meanings[1] != meanings[2] && meanings[0] != meanings[2]);
}

#[test]
fn time_of_spending_and_information_are_two_scales() {
    // Design, section 5.6, trap 2: spending by the calendar, correlation by events; and both on one scale.
    let times = "0.2292, 0.3333, 0.4375, 0.5833, 0.7083, 0.8333";
    let rule = "sides = \"one\"\nalpha = 0.025\nbounds = { power = 1.0 }\n";
    let one = format!("looks = [{times}, 1.0]\n{rule}");
    let design = Design::new(&plan(&one), &Looks::default(), None).expect("a design");
    let found: Vec<f64> = design.upper().into_iter().flatten().take(6).collect();
    for (found, expected) in found.iter().zip([2.5284, 2.6098, 2.5690, 2.4679, 2.4298, 2.3841]) {
        assert!((found - expected).abs() < 6e-5, "{found} is not {expected}");
    }
    let two =
        format!("looks = [56, 77, 126, 177, 247, 318, 400]\nplanned = 400\nspending-time = [{times}, 1.0]\n{rule}");
    let design = Design::new(&plan(&two), &Looks::default(), None).expect("a design");
    let found: Vec<f64> = design.upper().into_iter().flatten().take(6).collect();
    for (found, expected) in found.iter().zip([2.5284, 2.5905, 2.6328, 2.5037, 2.5074, 2.4656]) {
        assert!((found - expected).abs() < 6e-5, "{found} is not {expected}");
    }
}

#[test]
fn a_skipped_look_spends_nothing_and_none_spends_only_at_the_end() {
    let thirds = "looks = [0.25, 0.5, 1.0]\nsides = \"one\"\nalpha = 0.025\n";
    let skipping = plan(&format!("{thirds}skip = [1]\nbounds = \"spending-obrien-fleming\"\n"));
    let design = Design::new(&skipping, &Looks::default(), None).expect("a design");
    assert_eq!(design.looks[0].upper, None);
    // As if it were not there (design, section 5.3).
    assert!((design.looks[1].upper.unwrap_or(0.0) - 2.9626).abs() < 6e-5);
    assert!((design.looks[2].upper.unwrap_or(0.0) - 1.9686).abs() < 6e-5);
    let none = plan(&format!("{thirds}bounds = \"none\"\n"));
    let design = Design::new(&none, &Looks::default(), None).expect("a design");
    assert_eq!(design.upper()[..2], [None, None]);
    assert!((design.critical().unwrap_or(0.0) - 1.959_963_984_540_054).abs() < 1e-9);
    assert!(design.spent(1).abs() < 1e-300);
}

#[test]
fn bounds_of_a_shape_keep_the_error_at_other_information() {
    let text = "looks = [0.5, 1.0]\nalpha = 0.05\nbounds = \"pocock\"\n";
    let design = Design::new(&plan(text), &looks(&[(1, 0.4)], Some(2)), Some(1.1)).expect("a design");
    assert!((design.looks[0].upper.unwrap_or(0.0) - 2.1783).abs() < 6e-5, "the bound of a look is as planned");
    let stops = design.stops(0.0).expect("probabilities");
    let error: f64 = stops.upper.iter().chain(&stops.lower).sum();
    assert!((error - 0.05).abs() < 1e-10, "{error}");
    let unplanned = Looks { past: vec![past(LookNumber::Unplanned, 0.3)], ..Looks::default() };
    assert!(Design::new(&plan(text), &unplanned, None).is_err(), "a look that was not planned has no bound of a shape");
    // Haybittle and Peto (design, section 5.3): 3 and 3.29 (p < 0.001) before the end.
    bounds(
        "looks = [0.5, 1.0]\nalpha = 0.05\nbounds = { haybittle-peto = 3.0 }\n",
        &Looks::default(),
        None,
        &[3.0, 1.9673],
    );
    let thirds = "looks = [0.3333333333, 0.6666666667, 1.0]\nalpha = 0.05\nbounds = { haybittle-peto = 3.0 }\n";
    bounds(thirds, &Looks::default(), None, &[3.0, 3.0, 1.9751]);
}

#[test]
fn errors_listed_for_looks_lie_on_lines_between_them() {
    let text = "looks = [0.4, 1.0]\nsides = \"one\"\nalpha = 0.025\nbounds = { custom = [0.004, 0.025] }\n";
    let spent = |share: f64| {
        let design = Design::new(&plan(text), &looks(&[], Some(1)), Some(share)).expect("a design");
        design.spent(0)
    };
    assert!((spent(0.4) - 0.004).abs() < 1e-15);
    assert!((spent(0.2) - 0.002).abs() < 1e-15);
    assert!((spent(0.7) - 0.0145).abs() < 1e-15);
}

#[test]
fn futility_by_a_power_is_the_z_that_has_it() {
    let text = "looks = [0.5, 1.0]\nsides = \"one\"\nalpha = 0.025\nbounds = \"none\"\ndrift = 3.2415\n";
    for rule in [
        "predictive-power = { below = 0.1 }",
        "predictive-power = { below = 0.2, prior = { normal = { mean = 1.5, deviation = 2.0 } } }",
        "conditional-power = { under = \"design\", below = 0.3 }",
        "conditional-power = { under = \"trend\", below = 0.1 }",
        "conditional-power = { under = \"null\", below = 0.01 }",
    ] {
        let plan = plan(&format!("{text}futility = {{ {rule} }}\n"));
        let design = Design::new(&plan, &Looks::default(), None).expect("a design");
        let (z, critical) = (design.looks[0].futility.expect("a bound"), design.critical().expect("a critical value"));
        let futility = plan.futility.as_ref().expect("a rule");
        let (found, wanted) = match (futility.predictive_power, futility.conditional_power) {
            (Some(own), _) => (predictive_power(z, 0.5, critical, design::prior(own.prior, 1.0)), own.below),
            (_, Some(own)) => {
                let drift = match own.under {
                    Assumed::Design => 3.2415,
                    Assumed::Trend => z / 0.5_f64.sqrt(),
                    Assumed::Null => 0.0,
                };
                (conditional_power(z, 0.5, critical, drift), own.below)
            }
            _ => panic!("no rule"),
        };
        let found = found.expect("a power");
        assert!((found - wanted).abs() < 1e-12, "{rule}: {found}");
        // It does not bind: the error is that of the end alone.
        assert!((design.stops(0.0).expect("probabilities").upper.iter().sum::<f64>() - 0.025).abs() < 1e-12);
    }
}

#[test]
fn harm_has_an_error_of_its_own() {
    let text = format!(
        "looks = [0.25, 0.5, 0.75, 1.0]\n{LAN_DEMETS}harm = {{ alpha = 0.025, bounds = \"spending-obrien-fleming\" }}\n"
    );
    let design = Design::new(&plan(&text), &Looks::default(), None).expect("a design");
    for look in &design.looks {
        let (upper, harm) = (look.upper.expect("a bound"), look.harm.expect("a bound"));
        assert!((upper + harm).abs() < 1e-9, "the same function mirrored: {upper} and {harm}");
    }
}

/// Where a rising function of a number passes a value.
fn solved(value: f64, of: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.5, 10.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if of(middle) < value {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Design, section 5.3, “size inflation and expected size, % of the fixed design” (Jennison and Turnbull): one decimal.
#[test]
fn sizes_are_those_of_jennison_and_turnbull() {
    for (bounds, looks, z_power, power, expected) in [
        ("obrien-fleming", 5, 0.841_621_233_572_914, 0.8, [102.8, 102.1, 97.9, 81.8, 61.9]),
        ("obrien-fleming", 20, 1.281_551_565_544_6, 0.9, [104.5, 103.4, 95.5, 70.3, 48.9]),
        ("pocock", 4, 0.841_621_233_572_914, 0.8, [120.2, 117.5, 108.8, 80.5, 52.2]),
        ("pocock", 15, 1.281_551_565_544_6, 0.9, [130.5, 126.4, 111.2, 66.4, 35.4]),
    ] {
        let shares: Vec<String> = (1..=looks).map(|look| (f64::from(look) / f64::from(looks)).to_string()).collect();
        let text = format!("looks = [{}]\nalpha = 0.05\nbounds = \"{bounds}\"\n", shares.join(", "));
        let design = Design::new(&plan(&text), &Looks::default(), None).expect("a design");
        let stops = |drift: f64| design.stops(drift).expect("probabilities");
        let drift = solved(power, |drift| stops(drift).upper.iter().sum());
        let fixed = 1.959_963_984_540_054 + z_power;
        let most = drift * drift / (fixed * fixed) * 100.0;
        let expects = |part: f64| most * stops(part * drift).expected_information(&design.shares());
        let found = [most, expects(0.0), expects(0.5), expects(1.0), expects(1.5)];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 0.0501, "{bounds} {looks}: {found} is not {expected}");
        }
    }
}

/// Design, section 5.3, the last row: SAS SEQDESIGN documents a maximum of 77.6984 for Pocock's design with four looks, an
/// error of the second kind of 0.1 and an effect of 0.4. Power is that of the upper side, or of both: its value lies
/// between neither, and what is ours is held to the digits of the two definitions.
#[test]
fn the_power_of_one_side_and_of_both_are_two_definitions() {
    let text = "looks = [0.25, 0.5, 0.75, 1.0]\nalpha = 0.05\nbounds = \"pocock\"\n";
    let design = Design::new(&plan(text), &Looks::default(), None).expect("a design");
    let upper = |drift: f64| design.stops(drift).expect("probabilities").upper.iter().sum::<f64>();
    let lower = |drift: f64| design.stops(drift).expect("probabilities").lower.iter().sum::<f64>();
    let size = |drift: f64| drift * drift / 0.16;
    let one = size(solved(0.9, upper));
    let both = size(solved(0.9, |drift| upper(drift) + lower(drift)));
    assert!((one - 77.6986).abs() < 6e-5, "{one}");
    assert!((both - 77.6937).abs() < 6e-5, "{both}");
    assert!((one - 77.6984).abs() < 3e-4, "SEQDESIGN counts the upper side, on a coarser grid: {one}");
}

/// Design, section 5.4: East by the test of `gsDesign`, a symmetric design with three looks (γ = −4), 800 participants with one
/// look; the chance to cross later given Z = 0.943317 at the first of them, with half the effect of the design.
#[test]
fn conditional_power_through_the_later_looks_is_that_of_east() {
    let text =
        "looks = [0.3333333333333333, 0.6666666666666666, 1.0]\nalpha = 0.05\nbounds = { hwang-shih-de-cani = -4.0 }\n";
    let design = Design::new(&plan(text), &Looks::default(), None).expect("a design");
    let drift = solved(0.9, |drift| design.stops(drift).expect("probabilities").upper.iter().sum());
    let fixed = 1.959_963_984_540_054 + 1.281_551_565_544_6;
    let most = 800.0 * drift * drift / (fixed * fixed);
    let information: Vec<f64> = design.shares().iter().map(|share| share * most).collect();
    let found = conditional_power_through(&information, &design.upper(), 0, 0.943_317, 0.057_332_14).expect("a power");
    let total: f64 = found.upper.iter().sum();
    assert!((total - 0.330_685_9).abs() < 1e-6, "{total}, {found:?}");
    assert!((found.upper[0] - 0.0432).abs() < 6e-5 && (found.upper[1] - 0.2875).abs() < 6e-5, "{found:?}");
}

/// Design, section 5.4, `gsBinomialExact`: the expected numbers of subjects.
#[test]
fn exact_binomial_stops_have_the_expected_numbers_published() {
    use crate::stats::sequential::{BinomialLook, binomial_crossing};
    let looks = [(50, 20, 3), (100, 30, 7)].map(|(subjects, upper, lower)| BinomialLook {
        subjects,
        upper: Some(upper),
        lower: Some(lower),
    });
    for (p, expected) in [(0.1, 87.485), (0.2, 99.671)] {
        let found = binomial_crossing(&looks, p).expect("probabilities");
        let first = found[0].0 + found[0].1;
        let number = 100.0 - 50.0 * first;
        assert!((number - expected).abs() < 6e-4, "{number}");
    }
}

/// Errors that are spent are those of crossing, for any bounds that spend (sum over looks, both sides).
#[test]
fn what_is_spent_is_what_is_crossed() {
    let text = "looks = [0.2, 0.5, 0.8, 1.0]\nalpha = 0.05\nbounds = { hwang-shih-de-cani = -2.0 }\n";
    let design = Design::new(&plan(text), &looks(&[(1, 0.24), (2, 0.41)], None), None).expect("a design");
    let upper = design.upper();
    let lower: Vec<Option<f64>> = upper.iter().map(|bound| bound.map(|bound| -bound)).collect();
    let found = crossing(&design.shares(), &lower, &upper, 0.0).expect("probabilities");
    let mut sum = 0.0;
    for look in 0..upper.len() {
        sum += found.upper[look] + found.lower[look];
        assert!((sum - design.spent(look)).abs() < 1e-12, "{look}: {sum}");
    }
}

fn of_design(plan: &Monitoring) -> Vec<Row> {
    let looks = Looks::default();
    let mut told = Told { plan, looks: &looks, rows: Vec::new() };
    told.design(&Design::new(plan, &looks, None), None);
    told.rows
}

fn numbers(plan: &Monitoring, statistic: Statistic) -> Vec<f64> {
    let number = |row: Row| if let Value::Number(number) = row.value { number } else { f64::NAN };
    of_design(plan).into_iter().filter(|row| row.key.statistic == statistic).map(number).collect()
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < tolerance, "{found} is not {expected}");
    }
}

#[test]
fn published_bounds_by_name() {
    // Published: gsDesign, ldbounds and rpact, as quoted in the design of the interim analyses.
    let half = "looks = [0.5, 1.0]\n";
    for (bounds, sides, alpha, expected) in [
        ("\"spending-obrien-fleming\"", "one", 0.025, [2.9626, 1.9686]),
        ("\"spending-pocock\"", "one", 0.025, [2.1570, 2.2010]),
        ("{ hwang-shih-de-cani = -4.0 }", "one", 0.025, [2.7500, 1.9811]),
        ("\"pocock\"", "two", 0.05, [2.1783, 2.1783]),
        ("\"obrien-fleming\"", "two", 0.05, [2.7965, 1.9774]),
        ("{ haybittle-peto = 3.0 }", "two", 0.05, [3.0, 1.9673]),
    ] {
        let plan = plan(&format!("{half}alpha = {alpha}\nsides = \"{sides}\"\nbounds = {bounds}\n"));
        assert_close(&numbers(&plan, Statistic::Bound), &expected, 5.1e-5);
        let spent = numbers(&plan, Statistic::Spent);
        assert_close(&spent[1..], &[alpha], 1e-9);
    }
}

#[test]
fn power_and_futility_are_those_of_the_drift() {
    let text =
        "looks = [0.5, 1.0]\nalpha = 0.025\nsides = \"one\"\nbounds = \"spending-obrien-fleming\"\ndrift = 3.2415\n";
    let plain = plan(text);
    let power = numbers(&plain, Statistic::PowerBy);
    assert!(power[0] > 0.2 && power[1] > 0.89 && power[1] < 0.9, "{power:?}");
    let stopping = plan(&format!("{text}futility = {{ beta = 0.1, bounds = \"spending-pocock\" }}\n"));
    let lower = numbers(&stopping, Statistic::FutilityBound);
    let upper = numbers(&stopping, Statistic::Bound);
    assert!(lower[0] < upper[0] && (lower[1] - upper[1]).abs() < 1e-12, "{lower:?} {upper:?}");
    // Bounds that do not bind leave those for efficacy as they are, and the error too.
    assert_close(&upper, &numbers(&plain, Statistic::Bound), 1e-9);
    assert_close(&numbers(&stopping, Statistic::Spent), &numbers(&plain, Statistic::Spent), 1e-9);
    assert!(numbers(&stopping, Statistic::ExpectedInformation)[0] < numbers(&plain, Statistic::ExpectedInformation)[0]);
}
