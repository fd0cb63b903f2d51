//! Group-sequential designs: at each look what is spent, the bounds on all scales, and the probability to have stopped by
//! then; and at a look what they say of the result.

mod design;
mod information;
mod look;
mod seen;
mod what_if;

pub use design::{Design, DesignLook, When};
pub use information::information;

use crate::analysis::{reason, value};
use crate::derive::Frames;
use crate::plan::{LookNumber, Looks, Plan};
use crate::results::{Key, Method, Results, Row, Statistic, Value};
use crate::spec::monitoring::{Assumed, Monitoring, TestSides};
use crate::stats::Undefined;
use crate::stats::distribution::normal_sf;
use crate::stats::sequential::{Crossing, conditional_power, predictive_power};
use seen::Seen;

/// The rows of all plans, from the results of the analyses.
pub(super) fn rows(plan: &Plan, frames: &Frames, results: &Results) -> Vec<Row> {
    let of_design = |own: &Monitoring| {
        let nobody = Looks::default();
        let looks = plan.looks.get(&*own.id).unwrap_or(&nobody);
        let now = looks.now.map(|_| information::of_design(plan, frames, own));
        let amount = match &now {
            Some(Value::Number(amount)) => Some(*amount),
            _ => None,
        };
        let design = Design::new(own, looks, amount);
        let seen = own.monitored.as_ref().filter(|_| looks.now.is_some()).map(|of| Seen::new(of, results));
        let mut told = Told { plan: own, looks, rows: Vec::new() };
        told.design(&design, seen.as_ref());
        if let Ok(design) = &design {
            told.at_look(plan, frames, design, seen.as_ref());
        }
        told.rows
    };
    plan.monitoring.iter().flat_map(of_design).collect()
}

/// The rows of a design.
struct Told<'a> {
    plan: &'a Monitoring,
    looks: &'a Looks,
    rows: Vec<Row>,
}

impl Told<'_> {
    fn key(&self, statistic: Statistic) -> Key {
        Key::new(&*self.plan.id, statistic).method(Method::GroupSequential)
    }

    fn push(&mut self, key: Key, value: Value) {
        self.rows.push(Row { key, value, unit: None, subjects: None });
    }

    /// The bounds of each look, those of past looks at their actual information.
    fn design(&mut self, design: &Result<Design, Undefined>, seen: Option<&Result<Seen, crate::results::Reason>>) {
        let plan = self.plan;
        let found = design.as_ref().map_err(|own| *own);
        let null = found.and_then(|own| own.stops(0.0));
        let assumed = plan.drift.map(|drift| found.and_then(|own| own.stops(drift)));
        let shares = found.map_or_else(|_| plan.shares(), Design::shares);
        let sides = if plan.sides == TestSides::Two { 2.0 } else { 1.0 };
        for (look, share) in shares.iter().enumerate() {
            let at = |statistic| self.key(statistic).level(&(look + 1).to_string());
            let bound = |of: fn(&DesignLook) -> Option<f64>| {
                found.and_then(|own| of(&own.looks[look]).ok_or(Undefined::NotEstimable))
            };
            let upper = bound(|own| own.upper);
            let mut rows = vec![
                (at(Statistic::Information), Value::number(*share)),
                (at(Statistic::Bound), value(upper)),
                (at(Statistic::PValue), value(upper.and_then(normal_sf).map(|tail| sides * tail))),
            ];
            if plan.futility.is_some() {
                rows.push((at(Statistic::FutilityBound), value(bound(|own| own.futility))));
            }
            let stopped = |found: &Crossing| {
                let lower = if plan.sides == TestSides::Two { found.lower[..=look].iter().sum() } else { 0.0 };
                found.upper[..=look].iter().sum::<f64>() + lower
            };
            rows.push((at(Statistic::Spent), value(null.as_ref().map_err(|own| *own).map(stopped))));
            if let Some(assumed) = &assumed {
                rows.push((at(Statistic::PowerBy), value(assumed.as_ref().map_err(|own| *own).map(stopped))));
            }
            for (key, value) in rows {
                self.push(key, value);
            }
            if self.tells_more() {
                self.scales(found, look, seen);
            }
        }
        if let Some(Ok(assumed)) = assumed {
            let expected = Value::number(assumed.expected_information(&shares));
            self.push(self.key(Statistic::ExpectedInformation), expected);
        }
    }

    /// Whether more is told than the bounds of a plan that only a design has.
    fn tells_more(&self) -> bool {
        self.plan.monitored.is_some() || self.plan.information.is_some() || *self.looks != Looks::default()
    }

    /// The bounds of a look on the other scales.
    fn scales(
        &mut self,
        found: Result<&Design, Undefined>,
        look: usize,
        seen: Option<&Result<Seen, crate::results::Reason>>,
    ) {
        let plan = self.plan;
        let Ok(design) = found else { return };
        let own = &design.looks[look];
        let level = (look + 1).to_string();
        let at = |statistic| self.key(statistic).level(&level);
        let upper = own.upper.ok_or(Undefined::NotEstimable);
        let before = if look == 0 { 0.0 } else { design.spent(look - 1) };
        let mut rows = vec![
            (at(Statistic::Status), Value::Text(own.when.name().to_owned())),
            (at(Statistic::SpentIncrement), Value::number(design.spent(look) - before)),
            (at(Statistic::OneSidedP), value(upper.and_then(normal_sf))),
            (at(Statistic::BValue), value(upper.map(|bound| bound * own.share.sqrt()))),
        ];
        if let Some(planned) = plan.planned {
            rows.push((at(Statistic::AvailableInformation), Value::number(own.share * planned)));
        }
        let taken = self.looks.past.get(look).map(|past| &past.number);
        let is_now = own.when == When::Now;
        let number = taken.or(self.looks.now.as_ref().filter(|_| is_now));
        if number == Some(&LookNumber::Unplanned) {
            rows.push((at(Statistic::Status).variable("unplanned"), Value::Text("unplanned".to_owned())));
        }
        // Looks that were taken come first, in their order.
        if let Some(past) = self.looks.past.get(look) {
            rows.push((at(Statistic::Status).variable("date"), Value::Text(past.date.clone())));
            rows.push((at(Statistic::Status).variable("cutoff"), Value::Text(past.cutoff.clone())));
            let decision = past.decision.clone().map(Value::Text);
            rows.extend(decision.map(|word| (at(Statistic::Status).variable("decision"), word)));
        }
        if plan.harm.is_some() {
            rows.push((at(Statistic::HarmBound), value(own.harm.ok_or(Undefined::NotEstimable))));
        }
        // The standard error of the look that is now, scaled by the root of the information to that of another look.
        if let (Some(Ok(seen)), Some(now)) = (seen, design.now()) {
            let scale = (design.looks[now].share / own.share).sqrt();
            let effect = match (upper, seen.se) {
                (Err(undefined), _) => Value::NotEstimable(reason(undefined)),
                (_, None) => Value::NotEstimable(crate::results::Reason::NotIdentified),
                (Ok(bound), Some(se)) => Value::number(seen.effect(bound * se * scale)),
            };
            rows.push((at(Statistic::EffectBound), effect));
        }
        for (key, value) in rows {
            self.push(key, value);
        }
        self.powers_at_bounds(design, look);
    }

    /// Conditional and predictive power where Z is just a bound, of a look before the last that was not taken yet.
    fn powers_at_bounds(&mut self, design: &Design, look: usize) {
        let own = &design.looks[look];
        if look + 1 == design.looks.len() || own.when == When::Past {
            return;
        }
        for (name, bound) in [("efficacy", own.upper), ("futility", own.futility)] {
            let Some(bound) = bound else { continue };
            let level = (look + 1).to_string();
            self.powers(design, look, bound, &|key| key.level(&level).level(name));
        }
    }

    /// Conditional power under each effect, and predictive power, for a Z at a look before the last.
    fn powers(&mut self, design: &Design, look: usize, z: f64, at: &dyn Fn(Key) -> Key) {
        let plan = self.plan;
        let (Some(critical), Some(end)) = (design.critical(), design.looks.last().map(|own| own.share)) else { return };
        let share = design.looks[look].share / end;
        let key = |statistic, method| at(Key::new(&*plan.id, statistic).method(method));
        for under in Assumed::ALL {
            let drift = match under {
                Assumed::Design => match plan.drift {
                    Some(drift) => drift * end.sqrt(),
                    None => continue,
                },
                Assumed::Trend => z / share.sqrt(),
                Assumed::Null => 0.0,
            };
            let power = conditional_power(z, share, critical, drift);
            let key = key(Statistic::ConditionalPower, Method::ConditionalPower).variable(under.name());
            self.push(key, value(power));
        }
        let power = predictive_power(z, share, critical, design::prior(plan.prior(), end));
        self.push(key(Statistic::PredictivePower, Method::PredictivePower), value(power));
    }
}

#[cfg(test)]
mod tests;
