//! The bounds of group-sequential designs: at each look what is spent, the bound, its nominal level, and the probability to
//! have stopped by then.

use crate::analysis::value;
use crate::plan::Plan;
use crate::results::{Key, Method, Row, Statistic, Value};
use crate::spec::monitoring::{BoundRule, Monitoring, TestSides};
use crate::stats::Undefined;
use crate::stats::distribution::normal_sf;
use crate::stats::sequential::{
    Bounds, Crossing, Futility, Shape, Sides, Spending, crossing, futility_bounds, last_bound, shaped_bounds,
    spending_bounds,
};

/// The rows of all plans.
pub(super) fn rows(plan: &Plan) -> Vec<Row> {
    plan.monitoring.iter().flat_map(of_plan).collect()
}

fn of_plan(plan: &Monitoring) -> Vec<Row> {
    let found = bounds(plan);
    let mut rows = Vec::new();
    let null = found.as_ref().map_err(|own| *own).and_then(|own| stops(plan, own, 0.0));
    let assumed = plan.drift.map(|drift| found.as_ref().map_err(|own| *own).and_then(|own| stops(plan, own, drift)));
    for (look, share) in plan.looks.iter().enumerate() {
        let mut push = |statistic, value| {
            let key = Key::new(&*plan.id, statistic).method(Method::GroupSequential).level(&(look + 1).to_string());
            rows.push(Row { key, value, unit: None, subjects: None });
        };
        let upper = found.as_ref().map_err(|own| *own).and_then(|(upper, _)| bound_at(upper, look));
        let sides = if plan.sides == TestSides::Two { 2.0 } else { 1.0 };
        push(Statistic::Information, Value::number(*share));
        push(Statistic::Bound, value(upper));
        push(Statistic::PValue, value(upper.and_then(normal_sf).map(|tail| sides * tail)));
        if plan.futility.is_some() {
            let lower = found.as_ref().map_err(|own| *own).and_then(|(_, lower)| bound_at(lower, look));
            // At the last look whoever is not above the upper bound is below it.
            let lower = if look + 1 == plan.looks.len() { upper } else { lower };
            push(Statistic::FutilityBound, value(lower));
        }
        let efficacy = |found: &Crossing| found.upper[..=look].iter().sum::<f64>();
        let either = |found: &Crossing| if plan.sides == TestSides::Two { below(found, look) } else { 0.0 };
        push(Statistic::Spent, value(null.as_ref().map_err(|own| *own).map(|own| efficacy(own) + either(own))));
        if let Some(assumed) = &assumed {
            let assumed = assumed.as_ref().map_err(|own| *own);
            push(Statistic::PowerBy, value(assumed.map(|own| efficacy(own) + either(own))));
        }
    }
    if let Some(Ok(assumed)) = assumed {
        let key = Key::new(&*plan.id, Statistic::ExpectedInformation).method(Method::GroupSequential);
        let expected = Value::number(assumed.expected_information(&plan.looks));
        rows.push(Row { key, value: expected, unit: None, subjects: None });
    }
    rows
}

fn below(found: &Crossing, look: usize) -> f64 {
    found.lower[..=look].iter().sum()
}

fn bound_at(bounds: &[Option<f64>], look: usize) -> Result<f64, Undefined> {
    bounds.get(look).copied().flatten().ok_or(Undefined::NotEstimable)
}

/// The bounds for efficacy and those below.
fn bounds(plan: &Monitoring) -> Result<Bounds, Undefined> {
    let (sides, tail) = match plan.sides {
        TestSides::One => (Sides::One, plan.alpha),
        TestSides::Two => (Sides::Two, plan.alpha / 2.0),
    };
    let shaped = |shape| {
        let found = shaped_bounds(&plan.looks, tail, shape, sides)?;
        Ok(found.into_iter().map(Some).collect::<Vec<Option<f64>>>())
    };
    let upper = match &plan.bounds {
        BoundRule::ObrienFleming => shaped(Shape::ObrienFleming)?,
        BoundRule::Pocock => shaped(Shape::Pocock)?,
        BoundRule::WangTsiatis(delta) => shaped(Shape::WangTsiatis(*delta))?,
        BoundRule::HaybittlePeto(bound) => {
            let before = vec![Some(*bound); plan.looks.len() - 1];
            let last = last_bound(&plan.looks, &before, tail, sides)?;
            before.into_iter().chain([Some(last)]).collect()
        }
        spending => {
            let spent = spent(spending, tail, &plan.looks)?;
            if let (Some(futility), Some(drift)) = (&plan.futility, plan.drift) {
                let lost = self::spent(&futility.bounds, futility.beta, &plan.looks)?;
                let kind = if futility.binding { Futility::Binding } else { Futility::NonBinding };
                return futility_bounds(&plan.looks, (&spent, &lost), drift, kind);
            }
            spending_bounds(&plan.looks, &spent, sides)?
        }
    };
    let lower = if plan.sides == TestSides::Two {
        upper.iter().map(|bound| bound.map(|bound| -bound)).collect()
    } else {
        vec![None; upper.len()]
    };
    Ok((upper, lower))
}

/// The error spent up to each look.
fn spent(rule: &BoundRule, error: f64, looks: &[f64]) -> Result<Vec<f64>, Undefined> {
    let by = |function: Spending| looks.iter().map(|share| function.spent(error, *share)).collect();
    match rule {
        BoundRule::SpendingObrienFleming => by(Spending::ObrienFleming),
        BoundRule::SpendingPocock => by(Spending::Pocock),
        BoundRule::HwangShihDeCani(gamma) => by(Spending::HwangShihDeCani(*gamma)),
        BoundRule::Power(power) => by(Spending::Power(*power)),
        BoundRule::Custom(spent) => Ok(spent.clone()),
        // Their bounds are not made by spending.
        _ => Err(Undefined::OutOfRange),
    }
}

/// The probabilities to stop at each look; a stop for futility that does not bind is not obeyed when the error is counted.
fn stops(plan: &Monitoring, (upper, lower): &Bounds, drift: f64) -> Result<Crossing, Undefined> {
    let obeyed = plan.futility.as_ref().is_none_or(|futility| futility.binding || drift > 0.0);
    let none = vec![None; lower.len()];
    crossing(&plan.looks, if obeyed { lower } else { &none }, upper, drift)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Monitoring {
        toml::from_str(&format!("id = \"plan\"\nlabel = \"Plan\"\n{text}")).expect("a plan")
    }

    fn numbers(plan: &Monitoring, statistic: Statistic) -> Vec<f64> {
        let number = |row: Row| if let Value::Number(number) = row.value { number } else { f64::NAN };
        of_plan(plan).into_iter().filter(|row| row.key.statistic == statistic).map(number).collect()
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
        let text = "looks = [0.5, 1.0]\nalpha = 0.025\nsides = \"one\"\nbounds = \"spending-obrien-fleming\"\ndrift = 3.2415\n";
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
        assert!(
            numbers(&stopping, Statistic::ExpectedInformation)[0] < numbers(&plain, Statistic::ExpectedInformation)[0]
        );
    }
}
