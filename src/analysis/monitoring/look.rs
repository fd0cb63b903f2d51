//! What the bounds say at a look: of the result now, and of results that the next look may have.

use super::seen::Seen;
use super::{Design, DesignLook, Told};
use crate::analysis::{Trace, Work, reason, value};
use crate::derive::Frames;
use crate::plan::{Job, JobKind, Plan};
use crate::results::{Key, Method, Reason, Row, Statistic, Value};
use crate::spec::monitoring::{Monitoring, TestSides};
use crate::stats::Undefined;
use crate::stats::distribution::normal_sf;
use crate::stats::sequential::{drift_limits, repeated_interval, stagewise_p, t_bound};

/// What the bounds of a look say of a Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The bound for efficacy is crossed.
    Efficacy,
    /// That of the other side is.
    Opposite,
    /// The bound for harm is crossed.
    Harm,
    /// Z is below the bound for futility.
    Futility,
    /// None is crossed.
    None,
}

impl Verdict {
    /// Which bound a Z crosses, in the order of what matters most.
    pub(super) fn of(plan: &Monitoring, look: &DesignLook, last: bool, z: f64) -> Self {
        let two = plan.sides == TestSides::Two;
        if look.upper.is_some_and(|bound| z >= bound) {
            Self::Efficacy
        } else if two && look.upper.is_some_and(|bound| z <= -bound) {
            Self::Opposite
        } else if look.harm.is_some_and(|bound| z <= bound) {
            Self::Harm
        } else if !last && look.futility.is_some_and(|bound| z < bound) {
            Self::Futility
        } else {
            Self::None
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Efficacy => "efficacy",
            Self::Opposite => "opposite",
            Self::Harm => "harm",
            Self::Futility => "futility",
            Self::None => "none",
        }
    }
}

impl Told<'_> {
    /// The rows of the look that is now, and of the next one.
    pub(super) fn at_look(
        &mut self,
        plan: &Plan,
        frames: &Frames,
        design: &Design,
        seen: Option<&Result<Seen, Reason>>,
    ) {
        if !self.tells_more() {
            return;
        }
        self.push(self.key(Statistic::CriticalValue), value(design.critical().ok_or(Undefined::NotEstimable)));
        if self.looks.coded {
            self.push(self.key(Statistic::Status).variable("coded"), Value::Text("coded".to_owned()));
        }
        self.next_look(plan, frames, design);
        let (Some(now), Some(seen)) = (design.now(), seen) else { return };
        match seen {
            Ok(seen) => self.result(plan, frames, design, (now, seen)),
            // What cannot be had is told as such.
            Err(reason) => {
                for statistic in [Statistic::Z, Statistic::PValue, Statistic::Status] {
                    self.push(self.key(statistic), Value::NotEstimable(*reason));
                }
            }
        }
    }

    fn result(&mut self, plan: &Plan, frames: &Frames, design: &Design, (now, seen): (usize, &Seen)) {
        let (own, last) = (&design.looks[now], now + 1 == design.looks.len());
        let verdict = Verdict::of(self.plan, own, last, seen.z);
        self.push(self.key(Statistic::Z), Value::number(seen.z));
        self.push(self.key(Statistic::PValue), Value::number(seen.p));
        self.push(self.key(Statistic::OneSidedP), Value::number(seen.one_sided()));
        self.push(self.key(Statistic::BValue), Value::number(seen.z * own.share.sqrt()));
        self.push(self.key(Statistic::Status), Value::Text(verdict.name().to_owned()));
        // Codes do not tell which arm is hoped to be better: what is said is said of both readings.
        if self.looks.coded {
            let other = Verdict::of(self.plan, own, last, -seen.z);
            let reversed = |statistic| self.key(statistic).variable("reversed");
            let rows = [
                (reversed(Statistic::Status), Value::Text(other.name().to_owned())),
                (reversed(Statistic::Z), Value::number(-seen.z)),
                (reversed(Statistic::OneSidedP), Value::number(1.0 - seen.one_sided())),
            ];
            for (key, value) in rows {
                self.push(key, value);
            }
        }
        let [estimate, ..] = seen.statistics();
        let of = |statistic| seen.as_of(&self.plan.id, statistic).method(Method::GroupSequential);
        let mut rows = vec![(of(estimate), Value::number(seen.estimate))];
        if self.plan.t {
            let df = seen.df.ok_or(Undefined::NotEstimable);
            let bound = own.upper.ok_or(Undefined::NotEstimable);
            rows.push((self.key(Statistic::Df), value(df)));
            let carried = bound.and_then(|bound| t_bound(bound, df?));
            rows.push((self.key(Statistic::TBound), value(carried)));
        }
        for (key, value) in rows {
            self.push(key, value);
        }
        if !last {
            self.powers(design, now, seen.z, &|key| key);
            if self.looks.coded {
                self.powers(design, now, -seen.z, &|key| key.level("reversed"));
            }
        }
        self.repeated(plan, frames, own, seen);
        // A one-sided stop is one for the arm that is tested, which codes do not tell.
        let tells = !self.looks.coded || self.plan.sides == TestSides::Two;
        if tells && (last || verdict != Verdict::None) {
            self.stopped(design, now, seen);
        }
    }

    /// The interval that holds at all looks: that of the method at the nominal level of the bound, and beside it the
    /// estimate with the bound times the standard error.
    fn repeated(&mut self, plan: &Plan, frames: &Frames, own: &DesignLook, seen: &Seen) {
        let level = 1.0 - self.plan.tail() * 2.0;
        let id = &*self.plan.id;
        let [_, lower, upper] = seen.statistics();
        let key = |limit: Statistic, way: &str| {
            let key = seen.as_of(id, limit).method(Method::RepeatedInterval).variable(way);
            key.conf_level(level)
        };
        let bound = own.upper.ok_or(Undefined::NotEstimable);
        let centre = seen.scale.as_linear(seen.estimate);
        let wald = bound.and_then(|bound| repeated_interval(centre, seen.se.ok_or(Undefined::NotEstimable)?, bound));
        let nominal = bound.and_then(normal_sf).map(|tail| 1.0 - 2.0 * tail);
        let of_method = nominal.map(|nominal| again(plan, frames, seen, nominal));
        let limit = |statistic: Statistic| match &of_method {
            Ok(rows) => {
                let wanted = |row: &&Row| {
                    let found = &row.key;
                    let same = Key { statistic, conf_level: found.conf_level, ..seen.key.clone() };
                    *found == same
                };
                rows.iter().find(wanted).map_or(Value::NotEstimable(Reason::NotIdentified), |row| row.value.clone())
            }
            Err(undefined) => Value::NotEstimable(reason(*undefined)),
        };
        let rows = [
            (key(lower, "method"), limit(lower)),
            (key(upper, "method"), limit(upper)),
            (key(lower, "wald"), value(wald.map(|own| seen.scale.as_effect(own.lower)))),
            (key(upper, "wald"), value(wald.map(|own| seen.scale.as_effect(own.upper)))),
        ];
        for (key, value) in rows {
            self.push(key, value);
        }
    }

    /// Inference after a stop, or at the end.
    fn stopped(&mut self, design: &Design, now: usize, seen: &Seen) {
        let shares = &design.shares()[..=now];
        let before = &design.upper()[..now];
        let two = self.plan.sides == TestSides::Two;
        // Of a two-sided test the side of the effect seen is the one that orders.
        let sign = if two && seen.z < 0.0 { -1.0 } else { 1.0 };
        let tail = stagewise_p(shares, before, sign * seen.z, 0.0);
        let p = tail.map(|tail| if two { (2.0 * tail).min(1.0) } else { tail });
        let level = 1.0 - self.plan.tail() * 2.0;
        let limits = drift_limits(shares, before, sign * seen.z, level);
        // A drift is the expectation of Z at the full information: times the standard error there it is an effect.
        let full = seen.se.map(|se| se * shares[now].sqrt()).ok_or(Undefined::NotEstimable);
        let effect = |drift: Result<f64, Undefined>| value(drift.and_then(|own| Ok(seen.effect(sign * own * full?))));
        let [estimate, lower, upper] = seen.statistics();
        let key = |statistic| seen.as_of(&self.plan.id, statistic).method(Method::StagewiseOrdering);
        let ends = [limits.map(|(_, own)| own.lower), limits.map(|(_, own)| own.upper)].map(effect);
        // The limits of a benefit are those of the effect in their order, or in the other one.
        let rising = matches!((&ends[0], &ends[1]), (Value::Number(low), Value::Number(high)) if low <= high);
        let [low, high] = ends;
        let (low, high) = if rising { (low, high) } else { (high, low) };
        let rows = [
            (Key::new(&*self.plan.id, Statistic::PValue).method(Method::StagewiseOrdering), value(p)),
            (key(estimate), effect(limits.map(|(median, _)| median))),
            (key(lower).conf_level(level), low),
            (key(upper).conf_level(level), high),
        ];
        for (key, value) in rows {
            self.push(key, value);
        }
    }
}

/// The rows of the endpoint with intervals at another level.
fn again(plan: &Plan, frames: &Frames, seen: &Seen, level: f64) -> Vec<Row> {
    let found = plan.jobs.iter().find(|job| job.analysis == seen.key.analysis);
    let (Some(job), Some(method)) = (found, seen.key.method) else { return Vec::new() };
    let kind = at_level(&job.kind, method, level);
    let job = Job { kind, ..job.clone() };
    let mut work = Work { plan, frames, job: &job, trace: Trace::Off, rows: Vec::new() };
    work.run();
    work.rows
}

/// An analysis of an endpoint with one method, and intervals at a level.
fn at_level(kind: &JobKind, method: Method, level: f64) -> JobKind {
    let mut kind = kind.clone();
    match &mut kind {
        JobKind::Binary(own) => {
            (own.methods, own.conf_level) = (vec![method], level);
            (own.variants, own.subgroups, own.tipping_point) = (Vec::new(), Vec::new(), false);
        }
        JobKind::Continuous(own) => (own.methods, own.conf_level) = (vec![method], level),
        JobKind::Time(own) => (own.methods, own.conf_level) = (vec![method], level),
        JobKind::Survival(own) => (own.methods, own.conf_level) = (vec![method], level),
        JobKind::Ancova(own) => own.conf_level = level,
        _ => {}
    }
    kind
}
