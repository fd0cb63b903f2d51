//! A yes-or-no outcome: proportions by arm and their differences, at each visit, with its variants.

use crate::analysis::{Work, count, value};
use crate::plan::{BoundBinary, RuleId};
use crate::results::{Key, Method, Statistic, Value};
use crate::stats::contingency::{fisher_exact, pearson_chi_square};
use crate::stats::proportion::{clopper_pearson, miettinen_nurminen_difference, newcombe_difference, wilson};

/// One form of the endpoint: the main analysis, or a variant.
struct Form {
    variant: Option<String>,
    /// Which derived values it reads.
    derivation_set: Option<usize>,
    exclude: Option<RuleId>,
    set: usize,
}

impl Work<'_> {
    pub(super) fn binary(&mut self, binary: &BoundBinary) {
        let main = Form { variant: None, derivation_set: None, exclude: None, set: self.job.set };
        self.form(binary, &main);
        for (position, exclude, set) in &binary.variants {
            let form = Form {
                variant: Some(self.plan.variants[*position].id.clone()),
                derivation_set: self.plan.derivation_set(Some(*position)),
                exclude: *exclude,
                set: set.unwrap_or(self.job.set),
            };
            self.form(binary, &form);
        }
    }

    fn form(&mut self, binary: &BoundBinary, form: &Form) {
        for visit in &binary.visits {
            let mut arms = Vec::new();
            for group in self.groups() {
                let (with, of) = self.proportion(binary, form, *visit, group);
                if group.is_some() {
                    arms.push((with, of));
                }
            }
            let reference = self.plan.reference_arm;
            for arm in (0..arms.len()).filter(|arm| *arm != reference) {
                self.comparison(binary, form, *visit, (arm, arms[arm]), (reference, arms[reference]));
            }
        }
    }

    fn at_visit(&self, statistic: Statistic, form: &Form, visit: usize) -> Key {
        self.key(statistic).variant(form.variant.as_deref()).at(&self.plan.visits[visit].id)
    }

    /// Counts responders of a group and gives their share with its interval.
    fn proportion(&mut self, binary: &BoundBinary, form: &Form, visit: usize, group: Option<usize>) -> (u64, u64) {
        let Some(frame) = self.frames.frames.get(&binary.frame) else { return (0, 0) };
        let holds = |rule: RuleId, subject: usize| frame.truth(rule, form.derivation_set, subject, visit).holds();
        let mut members = self.members(form.set, group);
        if let Some(exclude) = form.exclude {
            members.retain(|subject| !holds(exclude, *subject));
        }
        let with: Vec<usize> = members.iter().copied().filter(|subject| holds(binary.response, *subject)).collect();
        let unobserved: Option<Vec<usize>> =
            binary.observed.map(|rule| members.iter().copied().filter(|subject| !holds(rule, *subject)).collect());
        let (part, whole) = (count(&with), count(&members));
        let key = |statistic| self.in_group(self.at_visit(statistic, form, visit), group);
        let keys = [Statistic::N, Statistic::Missing, Statistic::Count, Statistic::Share].map(key);
        let [n, missing, counted, share] = keys;
        self.push_count(n, Value::Count(whole), &members);
        if let Some(unobserved) = unobserved {
            self.push_count(missing, Value::Count(count(&unobserved)), &unobserved);
        }
        self.push_count(counted, Value::Count(part), &with);
        self.push_count(share, Value::share(part, whole), &with);
        for method in &binary.methods {
            let interval = match method {
                Method::ClopperPearson => clopper_pearson(part, whole, binary.conf_level),
                Method::Wilson => wilson(part, whole, binary.conf_level),
                _ => continue,
            };
            let key = |statistic| {
                self.in_group(self.at_visit(statistic, form, visit), group)
                    .method(*method)
                    .conf_level(binary.conf_level)
            };
            let (lower, upper) = (key(Statistic::ShareLower), key(Statistic::ShareUpper));
            self.push(lower, value(interval.map(|i| i.lower)), None);
            self.push(upper, value(interval.map(|i| i.upper)), None);
        }
        (part, whole)
    }

    fn comparison(
        &mut self,
        binary: &BoundBinary,
        form: &Form,
        visit: usize,
        (first, (x1, n1)): (usize, (u64, u64)),
        (second, (x2, n2)): (usize, (u64, u64)),
    ) {
        let arms = [&self.plan.arms[first].id, &self.plan.arms[second].id].map(Clone::clone);
        let key = |this: &Self, statistic, method: Method| {
            this.at_visit(statistic, form, visit).contrast(&arms[0], &arms[1]).method(method)
        };
        for method in &binary.methods {
            let difference = match method {
                Method::MiettinenNurminen => miettinen_nurminen_difference(x1, n1, x2, n2, binary.conf_level),
                Method::Newcombe => newcombe_difference(x1, n1, x2, n2, binary.conf_level),
                Method::Fisher | Method::ChiSquare => {
                    let table = [vec![x1, n1.saturating_sub(x1)], vec![x2, n2.saturating_sub(x2)]];
                    let p = if *method == Method::Fisher {
                        fisher_exact(&table)
                    } else {
                        pearson_chi_square(&table).map(|test| test.p)
                    };
                    self.push(key(self, Statistic::PValue, *method), value(p), None);
                    continue;
                }
                _ => continue,
            };
            let limit = |statistic| key(self, statistic, *method).conf_level(binary.conf_level);
            let (lower, upper) = (limit(Statistic::DifferenceLower), limit(Statistic::DifferenceUpper));
            let estimate = key(self, Statistic::Difference, *method);
            self.push(estimate, value(difference.map(|d| d.estimate)), None);
            self.push(lower, value(difference.map(|d| d.interval.lower)), None);
            self.push(upper, value(difference.map(|d| d.interval.upper)), None);
        }
    }
}
