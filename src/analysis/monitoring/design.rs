//! The design at a look: the information of the looks taken, that of the look that is now, and that still planned; and
//! the bounds that follow.

use crate::plan::{LookNumber, Looks};
use crate::spec::monitoring::{Assumed, BoundRule, FutilityRule, Monitoring, PriorRule, TestSides};
use crate::stats::Undefined;
use crate::stats::sequential::{
    Crossing, Futility, Prior, Shape, Sides, Spending, conditional_power_bound, crossing, futility_bounds, harm_bounds,
    last_bound, predictive_power_bound, shaped_bounds, spending_bounds,
};

/// Shares closer than this are the same.
const SAME: f64 = 1e-4;

/// Whether a look was taken, is taken, or will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Taken.
    Past,
    /// Now.
    Now,
    /// Planned.
    Planned,
}

impl When {
    /// The name in result files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Past => "taken",
            Self::Now => "now",
            Self::Planned => "planned",
        }
    }
}

/// A look with its bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignLook {
    /// Which one.
    pub number: LookNumber,
    /// The information, as a share of the planned one.
    pub share: f64,
    /// Whether it was taken.
    pub when: When,
    /// The error of one tail that may have been spent by it; of bounds of a shape, that they spend.
    pub spent: f64,
    /// The bound for efficacy on Z; none where there is no stop.
    pub upper: Option<f64>,
    /// The bound for futility.
    pub futility: Option<f64>,
    /// The bound for harm.
    pub harm: Option<f64>,
}

/// A design with the looks that were taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// Its looks, in the order of their information.
    pub looks: Vec<DesignLook>,
    sides: Sides,
    binding: bool,
    spent_futility: bool,
}

impl Design {
    /// The design at its looks, with the information of the one that is now in the unit of the plan.
    ///
    /// Looks that were taken, and the one that is now, stand at their actual information. Planned ones follow at the
    /// planned information, where it is more than that of now. The last planned look takes all the error that is left,
    /// at whatever information it comes (under-run and over-run). Bounds of a shape stay as planned but for the last,
    /// which keeps the error. With `spending-time`, what is spent follows the planned number of a look.
    ///
    /// # Errors
    /// `OutOfRange` for looks whose information does not grow, unplanned looks of designs that do not spend or spend by
    /// the calendar, and as the bounds themselves.
    pub fn new(plan: &Monitoring, looks: &Looks, now: Option<f64>) -> Result<Self, Undefined> {
        let slots = slots(plan, looks, now)?;
        let shares: Vec<f64> = slots.iter().map(|slot| slot.share).collect();
        let sides = match plan.sides {
            TestSides::One => Sides::One,
            TestSides::Two => Sides::Two,
        };
        let binding = plan.futility.as_ref().is_some_and(|own| own.binding);
        let (spent, upper, mut futility) = if plan.bounds.spends() {
            let spent = spending(plan, &plan.bounds, plan.tail(), &slots)?;
            let by_error = plan.futility.as_ref().and_then(|own| own.beta.zip(own.bounds.as_ref()));
            if let Some(((beta, rule), drift)) = by_error.zip(plan.drift) {
                let lost = spending(plan, rule, beta, &slots)?;
                let kind = if binding { Futility::Binding } else { Futility::NonBinding };
                let (upper, lower) = futility_bounds(&shares, (&spent, &lost), drift, kind)?;
                (spent, upper, lower)
            } else {
                let upper = spending_bounds(&shares, &spent, sides)?;
                (spent, upper, vec![None; shares.len()])
            }
        } else {
            let upper = shaped(plan, &slots, &shares, sides)?;
            let none = vec![None; shares.len()];
            let lower = if sides == Sides::Two { mirrored(&upper) } else { none.clone() };
            let mut sum = 0.0;
            let found = crossing(&shares, &lower, &upper, 0.0)?;
            let spent = found.upper.iter().map(|own| {
                sum += own;
                sum
            });
            (spent.collect(), upper, none)
        };
        let last = shares.len() - 1;
        if let (Some(rule), Some(critical)) = (&plan.futility, upper[last]) {
            for (look, bound) in futility.iter_mut().enumerate().take(last) {
                // A bound by a power counts with the end that was planned then.
                if slots[look].when == When::Past {
                    let past = looks.past[..look].to_vec();
                    let then = Looks { past, now: Some(slots[look].number), coded: looks.coded };
                    *bound = Self::new(plan, &then, Some(looks.past[look].information))?.looks[look].futility;
                } else if let Some(found) = by_power(plan, rule, shares[look] / shares[last], critical, shares[last])? {
                    *bound = Some(found);
                }
            }
            // At the last look whoever is not above the upper bound is below it.
            futility[last] = upper[last];
        }
        let harm = match &plan.harm {
            Some(rule) => harm_bounds(&shares, &spending(plan, &rule.bounds, rule.alpha, &slots)?)?,
            None => vec![None; shares.len()],
        };
        let looks = slots.iter().enumerate().map(|(look, slot)| DesignLook {
            number: slot.number,
            share: slot.share,
            when: slot.when,
            spent: spent[look],
            upper: upper[look],
            futility: futility[look],
            harm: harm[look],
        });
        let spent_futility = plan.futility.as_ref().is_some_and(|rule| rule.bounds.is_some());
        Ok(Self { looks: looks.collect(), sides, binding, spent_futility })
    }

    /// The information of the looks, as shares.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        self.looks.iter().map(|look| look.share).collect()
    }

    /// The bounds for efficacy.
    #[must_use]
    pub fn upper(&self) -> Vec<Option<f64>> {
        self.looks.iter().map(|look| look.upper).collect()
    }

    /// The critical value at the end.
    #[must_use]
    pub fn critical(&self) -> Option<f64> {
        self.looks.last().and_then(|look| look.upper)
    }

    /// The error spent up to a look, of all sides together.
    #[must_use]
    pub fn spent(&self, look: usize) -> f64 {
        let sides = if self.sides == Sides::Two { 2.0 } else { 1.0 };
        sides * self.looks[look].spent
    }

    /// The position of the look that is now.
    #[must_use]
    pub fn now(&self) -> Option<usize> {
        self.looks.iter().position(|look| look.when == When::Now)
    }

    /// The probabilities to stop at each look. A stop for futility that does not bind is not obeyed when the error is
    /// counted; one by a power is never obeyed; the bound for harm is left out.
    ///
    /// # Errors
    /// As [`crossing`].
    pub fn stops(&self, drift: f64) -> Result<Crossing, Undefined> {
        let upper = self.upper();
        let none = vec![None; upper.len()];
        let lower = if self.sides == Sides::Two {
            mirrored(&upper)
        } else if self.spent_futility && (self.binding || drift > 0.0) {
            let last = upper.len() - 1;
            let futility = self.looks.iter().enumerate();
            futility.map(|(at, look)| look.futility.filter(|_| at < last)).collect()
        } else {
            none
        };
        crossing(&self.shares(), &lower, &upper, drift)
    }
}

fn mirrored(bounds: &[Option<f64>]) -> Vec<Option<f64>> {
    bounds.iter().map(|bound| bound.map(|bound| -bound)).collect()
}

/// A look before it has bounds.
#[derive(Clone, Copy)]
struct Slot {
    number: LookNumber,
    share: f64,
    when: When,
    /// Whether it takes all that is left.
    last: bool,
}

fn slots(plan: &Monitoring, looks: &Looks, now: Option<f64>) -> Result<Vec<Slot>, Undefined> {
    let full = plan.planned.unwrap_or(1.0);
    let planned = plan.shares();
    let all = planned.len();
    let slot = |number: LookNumber, share: f64, when| Slot { number, share, when, last: number.planned() == Some(all) };
    let mut slots: Vec<Slot> =
        looks.past.iter().map(|own| slot(own.number, own.information / full, When::Past)).collect();
    if let Some(number) = looks.now {
        slots.push(slot(number, now.ok_or(Undefined::NoData)? / full, When::Now));
    }
    let done = slots.iter().filter_map(|own| own.number.planned()).max().unwrap_or(0);
    let reached = slots.last().map_or(0.0, |own| own.share);
    for (place, share) in planned.iter().enumerate().skip(done) {
        if *share > reached + SAME {
            slots.push(slot(LookNumber::Planned(place + 1), *share, When::Planned));
        }
    }
    // Information that has reached the planned end leaves nothing for later.
    let end = slots.last_mut().ok_or(Undefined::NoData)?;
    end.last = true;
    Ok(slots)
}

/// The error spent up to each look.
fn spending(plan: &Monitoring, rule: &BoundRule, error: f64, slots: &[Slot]) -> Result<Vec<f64>, Undefined> {
    let mut before = 0.0;
    let mut spent = Vec::with_capacity(slots.len());
    for slot in slots {
        let skipped = slot.number.planned().is_some_and(|number| plan.skip.contains(&number));
        let time = match (&plan.spending_time, slot.number.planned()) {
            (Some(times), Some(number)) => *times.get(number - 1).ok_or(Undefined::OutOfRange)?,
            (Some(_), None) => return Err(Undefined::OutOfRange),
            (None, _) => slot.share,
        };
        let own = if slot.last && (time - 1.0).abs() > f64::EPSILON {
            all_of(rule, error)
        } else if skipped {
            before
        } else {
            of_rule(plan, rule, error, time)?
        };
        before = own.max(before);
        spent.push(before);
    }
    Ok(spent)
}

/// The whole error of a rule.
fn all_of(rule: &BoundRule, error: f64) -> f64 {
    match rule {
        BoundRule::Custom(listed) => listed.last().copied().unwrap_or(error),
        _ => error,
    }
}

/// The error that may be spent at a share of the information.
fn of_rule(plan: &Monitoring, rule: &BoundRule, error: f64, time: f64) -> Result<f64, Undefined> {
    if time <= 0.0 {
        return Ok(0.0);
    }
    match rule {
        BoundRule::SpendingObrienFleming => Spending::ObrienFleming.spent(error, time),
        BoundRule::SpendingObrienFlemingHalved => {
            Spending::ObrienFleming.spent(2.0 * error, time).map(|both| both / 2.0)
        }
        BoundRule::SpendingPocock => Spending::Pocock.spent(error, time),
        BoundRule::HwangShihDeCani(gamma) => Spending::HwangShihDeCani(*gamma).spent(error, time),
        BoundRule::Power(power) => Spending::Power(*power).spent(error, time),
        BoundRule::Custom(listed) => Ok(on_lines(&plan.shares(), listed, time)),
        BoundRule::None => Ok(if time < 1.0 { 0.0 } else { error }),
        // Their bounds are not made by spending.
        BoundRule::ObrienFleming | BoundRule::Pocock | BoundRule::WangTsiatis(_) | BoundRule::HaybittlePeto(_) => {
            Err(Undefined::OutOfRange)
        }
    }
}

/// What is spent at a share, on straight lines from nothing through the planned looks.
fn on_lines(planned: &[f64], spent: &[f64], time: f64) -> f64 {
    let (mut from, mut below) = (0.0, 0.0);
    for (share, own) in planned.iter().zip(spent) {
        // A listed look has what is listed for it, to the last bit.
        if (time - share).abs() < SAME {
            return *own;
        }
        if time < *share {
            return below + (own - below) * (time - from) / (share - from);
        }
        (from, below) = (*share, *own);
    }
    below
}

/// Bounds of a shape: as planned, the last one as the actual information needs it.
fn shaped(plan: &Monitoring, slots: &[Slot], shares: &[f64], sides: Sides) -> Result<Vec<Option<f64>>, Undefined> {
    let planned = plan.shares();
    let tail = plan.tail();
    let of_shape = |shape| shaped_bounds(&planned, tail, shape, sides);
    let as_planned: Vec<f64> = match &plan.bounds {
        BoundRule::ObrienFleming => of_shape(Shape::ObrienFleming)?,
        BoundRule::Pocock => of_shape(Shape::Pocock)?,
        BoundRule::WangTsiatis(delta) => of_shape(Shape::WangTsiatis(*delta))?,
        BoundRule::HaybittlePeto(bound) => vec![*bound; planned.len()],
        _ => return Err(Undefined::OutOfRange),
    };
    let fixed = !matches!(plan.bounds, BoundRule::HaybittlePeto(_));
    if fixed && slots.iter().all(|slot| slot.when == When::Planned) {
        return Ok(as_planned.into_iter().map(Some).collect());
    }
    let mut bounds = Vec::with_capacity(slots.len());
    for slot in slots {
        let number = slot.number.planned().ok_or(Undefined::OutOfRange)?;
        bounds.push(if slot.last {
            Some(last_bound(shares, &bounds, tail, sides)?)
        } else {
            Some(*as_planned.get(number - 1).ok_or(Undefined::OutOfRange)?)
        });
    }
    Ok(bounds)
}

/// The prior of a drift at a share of the planned information.
pub(super) fn prior(rule: PriorRule, end: f64) -> Prior {
    let scale = end.sqrt();
    match rule {
        PriorRule::Flat => Prior::Flat,
        PriorRule::Normal { mean, deviation } => Prior::Normal { mean: mean * scale, deviation: deviation * scale },
    }
}

/// The Z at which a power is what the rule for futility says; none for a rule that spends. `share` is of the information
/// at the end, and `end` that of the planned one.
fn by_power(
    plan: &Monitoring,
    rule: &FutilityRule,
    share: f64,
    critical: f64,
    end: f64,
) -> Result<Option<f64>, Undefined> {
    if let Some(own) = rule.predictive_power {
        return predictive_power_bound(own.below, share, critical, prior(own.prior, end)).map(Some);
    }
    let Some(own) = rule.conditional_power else { return Ok(None) };
    let drift = match own.under {
        Assumed::Design => Some(plan.drift.ok_or(Undefined::OutOfRange)? * end.sqrt()),
        Assumed::Trend => None,
        Assumed::Null => Some(0.0),
    };
    conditional_power_bound(own.below, share, critical, drift).map(Some)
}
