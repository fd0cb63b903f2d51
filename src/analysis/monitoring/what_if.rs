//! Results that the next look may have, and what its bounds would say of them: on the scale of Z, and for proportions as
//! responders of the two arms.

use super::look::Verdict;
use super::{Design, Told, When};
use crate::analysis::comparison::Pair;
use crate::derive::Frames;
use crate::plan::{JobKind, Plan};
use crate::results::{Family, Key, Reason, Statistic, Value};
use crate::spec::monitoring::{Favours, Monitored};
use crate::stats::distribution::{normal_quantile, normal_sf};

/// Results that a table supposes, on the scale of Z.
const SUPPOSED: [f64; 9] = [-2.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0];
/// Shares of responders in the reference arm that a table supposes, in quarters.
const QUARTERS: [u64; 4] = [0, 1, 2, 3];

impl Told<'_> {
    /// The rows of the next planned look.
    pub(super) fn next_look(&mut self, plan: &Plan, frames: &Frames, design: &Design) {
        let Some(next) = design.looks.iter().position(|look| look.when == When::Planned) else { return };
        let last = next + 1 == design.looks.len();
        let look = (next + 1).to_string();
        for z in SUPPOSED {
            let verdict = Verdict::of(self.plan, &design.looks[next], last, z);
            let at = |key: Key| key.variable("what-if").level(&look).level(&z.to_string());
            self.push(at(self.key(Statistic::Status)), Value::Text(verdict.name().to_owned()));
            self.push(at(self.key(Statistic::OneSidedP)), crate::analysis::value(normal_sf(z)));
            if !last {
                self.powers(design, next, z, &|key| key.level(&look).level(&z.to_string()));
            }
        }
        if let Some(of) = self.plan.monitored.clone() {
            self.responders(plan, frames, design, next, &of);
        }
    }

    /// For each number of responders in the reference arm: with how many in the other one a bound would be crossed. Arms
    /// share the information of the look as they share those randomised: whom they have decided so far is not how many they
    /// will have. With codes nothing is told: which arm is tested would have to be known.
    fn responders(&mut self, plan: &Plan, frames: &Frames, design: &Design, next: usize, of: &Monitored) {
        let Some(job) = plan.jobs.iter().find(|job| job.analysis == *of.endpoint) else { return };
        let counts = matches!(job.kind, JobKind::Binary(_)) && of.method.family() == Family::ShareTest;
        let Some(planned) = self.plan.planned.filter(|_| counts && plan.arms.len() > 1) else { return };
        let reference = plan.reference_arm;
        let named = of.arm.as_ref().and_then(|name| plan.arms.iter().position(|arm| arm.id == **name));
        let arm = named.or_else(|| (0..plan.arms.len()).find(|arm| *arm != reference)).unwrap_or(reference);
        let randomised = |arm: Option<usize>| {
            frames.planned.iter().flatten().filter(|own| arm.is_none_or(|arm| **own == arm)).count()
        };
        let whole = randomised(None);
        if whole == 0 || self.looks.coded {
            return;
        }
        let amount = design.looks[next].share * planned;
        let sizes = [arm, reference].map(|arm| share_of(amount, randomised(Some(arm)), whole));
        let [n, others] = sizes;
        if n == 0 || others == 0 {
            return;
        }
        let last = next + 1 == design.looks.len();
        let level = (next + 1).to_string();
        for (arm, size) in [arm, reference].into_iter().zip(sizes) {
            let key = self.key(Statistic::N).variable("what-if").arm(&plan.arms[arm].id).level(&level);
            self.push(key, Value::Count(size));
        }
        for quarter in QUARTERS {
            let responders = others * quarter / 4;
            let verdict = |x: u64| {
                let pair = Pair { first: (x, n), second: (responders, others) };
                let size = pair.p(of.method).and_then(|p| normal_quantile(p / 2.0)).ok()?;
                let higher = x * others >= responders * n;
                let benefit = higher == (of.favours == Favours::Higher);
                let z = if benefit { -size } else { size };
                Some(Verdict::of(self.plan, &design.looks[next], last, z))
            };
            let all: Vec<Option<Verdict>> = (0..=n).map(verdict).collect();
            let mut rows = Vec::new();
            for wanted in [Verdict::Efficacy, Verdict::Futility, Verdict::Harm] {
                // The number nearest to those of no bound: from it on, away from them, the bound is crossed.
                let of_bound = (0_u64..).zip(&all).filter(|(_, found)| **found == Some(wanted)).map(|(x, _)| x);
                let rising = (wanted == Verdict::Efficacy) == (of.favours == Favours::Higher);
                let edge = if rising { of_bound.min() } else { of_bound.max() };
                let value = edge.map_or(Value::NotEstimable(Reason::NotReached), Value::Count);
                let key = self.key(Statistic::Boundary).variable("what-if");
                rows.push((key.level(&level).level(&responders.to_string()).level(wanted.name()), value));
            }
            for (key, value) in rows {
                if !self.rows.iter().any(|row| row.key == key) {
                    self.push(key, value);
                }
            }
        }
    }
}

/// An arm's part of the information, in whole participants.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "participants"
)]
fn share_of(amount: f64, members: usize, whole: usize) -> u64 {
    (amount * members as f64 / whole as f64).round() as u64
}
