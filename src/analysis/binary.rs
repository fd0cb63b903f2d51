//! A yes-or-no outcome: proportions by arm and their comparison, at each visit; with its variants, subgroups, and all
//! completions of what is imputed.

use crate::analysis::comparison::{Pair, share_limits};
use crate::analysis::strata::Responders;
use crate::analysis::{Work, count, value};
use crate::data::vector::Vector;
use crate::plan::{BoundBinary, BoundSubgroup, RuleId};
use crate::results::{Family, Key, Method, Statistic, Value, completions};
use crate::spec::derivation::Imputation;

/// One form of the endpoint: the main analysis, or a variant.
struct Form {
    variant: Option<String>,
    /// Which derived values it reads.
    derivation_set: Option<usize>,
    exclude: Option<RuleId>,
    set: usize,
    impute: Option<Imputation>,
}

/// Who is counted, and who of them responds or has an imputed response.
struct Counted {
    members: Vec<usize>,
    with: Vec<usize>,
    imputed: Vec<usize>,
}

impl Counted {
    fn proportion(&self) -> (u64, u64) {
        (count(&self.with), count(&self.members))
    }

    fn responders(&self) -> Responders<'_> {
        Responders { members: &self.members, with: &self.with }
    }
}

impl Work<'_> {
    pub(super) fn binary(&mut self, binary: &BoundBinary) {
        let main = Form { variant: None, derivation_set: None, exclude: None, set: self.job.set, impute: None };
        self.form(binary, &main);
        for own in &binary.variants {
            let form = Form {
                variant: Some(self.plan.variants[own.variant].id.clone()),
                derivation_set: self.plan.derivation_set(Some(own.variant)),
                exclude: own.exclude,
                set: own.set.unwrap_or(self.job.set),
                impute: own.impute,
            };
            self.form(binary, &form);
        }
        let Some(last) = binary.visits.last() else { return };
        for subgroup in &binary.subgroups {
            for level in &subgroup.levels {
                self.subgroup(binary, &main, *last, subgroup, level);
            }
        }
        if binary.tipping_point {
            self.tipping_point(binary, &main, *last);
        }
    }

    fn form(&mut self, binary: &BoundBinary, form: &Form) {
        for visit in &binary.visits {
            let mut arms = Vec::new();
            for group in self.groups() {
                let counted = self.counted(binary, form, *visit, group);
                let key = |statistic| self.in_group(self.at_visit(statistic, form, *visit), group);
                self.proportion(binary, form, *visit, &counted, &key(Statistic::N));
                if group.is_some() {
                    arms.push(counted);
                }
            }
            for (arm, reference) in self.contrasts() {
                let [first, second] = self.arm_ids((arm, reference));
                let at = self.at_visit(Statistic::N, form, *visit).contrast(&first, &second);
                let key = |statistic| Key { statistic, ..at.clone() };
                let pair = Pair { first: arms[arm].proportion(), second: arms[reference].proportion() };
                self.compare_proportions(pair, &binary.methods, binary.conf_level, &key);
                if let Some(frame) = self.frames.frames.get(&binary.frame) {
                    let responders = [arm, reference].map(|arm| arms[arm].responders());
                    self.compare_adjusted(binary, (frame, form.derivation_set, *visit), &responders, &key);
                }
            }
            let at = self.at_visit(Statistic::N, form, *visit);
            let proportions: Vec<(u64, u64)> = arms.iter().map(Counted::proportion).collect();
            self.proportion_trend(&binary.methods, &proportions, &|statistic| Key { statistic, ..at.clone() });
        }
    }

    fn at_visit(&self, statistic: Statistic, form: &Form, visit: usize) -> Key {
        self.key(statistic).variant(form.variant.as_deref()).at(self.visit_id(visit))
    }

    /// Who of a group is counted, responds, and has an imputed response.
    fn counted(&self, binary: &BoundBinary, form: &Form, visit: usize, group: Option<usize>) -> Counted {
        let Some(frame) = self.frames.frames.get(&binary.frame) else {
            return Counted { members: Vec::new(), with: Vec::new(), imputed: Vec::new() };
        };
        let holds = |rule: RuleId, subject: usize| frame.truth(rule, form.derivation_set, subject, visit).holds();
        let mut members = self.members(form.set, group);
        members.retain(|subject| form.exclude.is_none_or(|rule| !holds(rule, *subject)));
        let is_imputed = |subject: usize| binary.imputed.is_some_and(|rule| holds(rule, subject));
        let responds = |subject: &usize| {
            let completed = form.impute.filter(|_| is_imputed(*subject));
            completed.map_or_else(
                || holds(binary.response, *subject),
                |impute| {
                    let in_reference = self.arm_of(form.set, *subject) == Some(self.plan.reference_arm);
                    in_reference == (impute == Imputation::WorstBest)
                },
            )
        };
        Counted {
            with: members.iter().copied().filter(responds).collect(),
            imputed: members.iter().copied().filter(|subject| is_imputed(*subject)).collect(),
            members,
        }
    }

    /// The rows of a group: responders with their share and its interval, and those not observed or imputed. `at` is the
    /// key of its number.
    fn proportion(&mut self, binary: &BoundBinary, form: &Form, visit: usize, counted: &Counted, at: &Key) {
        let key = |statistic| Key { statistic, ..at.clone() };
        let (part, whole) = counted.proportion();
        self.push_count(key(Statistic::N), Value::Count(whole), &counted.members);
        if let (Some(rule), Some(frame)) = (binary.observed, self.frames.frames.get(&binary.frame)) {
            let unobserved = |subject: &usize| !frame.truth(rule, form.derivation_set, *subject, visit).holds();
            let unobserved: Vec<usize> = counted.members.iter().copied().filter(unobserved).collect();
            self.push_count(key(Statistic::Missing), Value::Count(count(&unobserved)), &unobserved);
        }
        if binary.imputed.is_some() {
            self.push_count(key(Statistic::Imputed), Value::Count(count(&counted.imputed)), &counted.imputed);
        }
        self.push_count(key(Statistic::Count), Value::Count(part), &counted.with);
        self.push_count(key(Statistic::Share), Value::share(part, whole), &counted.with);
        for method in &binary.methods {
            let Some(interval) = share_limits(*method, part, whole, binary.conf_level) else { continue };
            let limit = |statistic| key(statistic).method(*method).conf_level(binary.conf_level);
            let (lower, upper) = (limit(Statistic::ShareLower), limit(Statistic::ShareUpper));
            self.push(lower, value(interval.map(|i| i.lower)), None);
            self.push(upper, value(interval.map(|i| i.upper)), None);
        }
    }

    /// Proportions and differences among the subjects of one level; described, not tested.
    fn subgroup(&mut self, binary: &BoundBinary, form: &Form, visit: usize, subgroup: &BoundSubgroup, level: &str) {
        let category = self.frames.rules.get(&subgroup.category).map(|vector| &**vector);
        let Some(Vector::Text(texts)) = category else { return };
        let texts = texts.clone();
        let within = |subjects: &mut Vec<usize>| subjects.retain(|subject| texts.get(*subject) == Some(level));
        let group_of = (subgroup.id.clone(), level.to_owned());
        let mut arms = Vec::new();
        for arm in 0..self.plan.arms.len() {
            let mut counted = self.counted(binary, form, visit, Some(arm));
            within(&mut counted.members);
            within(&mut counted.with);
            let at = |statistic| {
                let mut key = self.in_group(self.at_visit(statistic, form, visit), Some(arm));
                key.groups.push(group_of.clone());
                key
            };
            let [n, counts, share] = [Statistic::N, Statistic::Count, Statistic::Share].map(at);
            let (part, whole) = counted.proportion();
            self.push_count(n, Value::Count(whole), &counted.members);
            self.push_count(counts, Value::Count(part), &counted.with);
            self.push_count(share, Value::share(part, whole), &counted.with);
            arms.push((part, whole));
        }
        let differences: Vec<Method> = differences(binary).collect();
        for (arm, reference) in self.contrasts() {
            let [first, second] = self.arm_ids((arm, reference));
            let mut at = self.at_visit(Statistic::N, form, visit).contrast(&first, &second);
            at.groups.push(group_of.clone());
            let key = |statistic| Key { statistic, ..at.clone() };
            let pair = Pair { first: arms[arm], second: arms[reference] };
            self.compare_proportions(pair, &differences, binary.conf_level, &key);
        }
    }

    /// The completions of the imputed responses: so many responders among them in either arm.
    fn tipping_point(&mut self, binary: &BoundBinary, form: &Form, visit: usize) {
        let test = binary.methods.iter().copied().find(|method| method.family() == Family::ShareTest);
        let methods: Vec<Method> = differences(binary).take(1).chain(test).collect();
        let counted: Vec<Counted> =
            (0..self.plan.arms.len()).map(|arm| self.counted(binary, form, visit, Some(arm))).collect();
        // Imputed responses count as non-response in the main analysis: whoever is counted as responder is known to be.
        let known = |arm: usize| {
            let imputed = &counted[arm].imputed;
            let with = counted[arm].with.iter().filter(|subject| !imputed.contains(subject)).count() as u64;
            (with, count(&counted[arm].members), count(imputed))
        };
        for (arm, reference) in self.contrasts() {
            let [first, second] = self.arm_ids((arm, reference));
            let ((x1, n1, m1), (x2, n2, m2)) = (known(arm), known(reference));
            for i in completions(m1) {
                for j in completions(m2) {
                    let at = self
                        .at_visit(Statistic::N, form, visit)
                        .variable("tipping-point")
                        .contrast(&first, &second)
                        .level(&i.to_string())
                        .level(&j.to_string());
                    let key = |statistic| Key { statistic, ..at.clone() };
                    let pair = Pair { first: (x1 + i, n1), second: (x2 + j, n2) };
                    self.compare_proportions(pair, &methods, binary.conf_level, &key);
                }
            }
        }
    }
}

fn differences(binary: &BoundBinary) -> impl Iterator<Item = Method> {
    binary.methods.iter().copied().filter(|method| method.family() == Family::ShareDifference)
}
