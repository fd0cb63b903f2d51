//! One rule at one dataset: what it finds there. Kinds of checks stand in files of their own.

use std::sync::Arc;

use crate::conformance::view::View;
use crate::conformance::{dates, declared, design, groups, pattern, records, texts, within};
use crate::data::date;
use crate::data::evaluate::{Options, truths};
use crate::data::rule::Rule;
use crate::data::typing;
use crate::data::vector::{Truth, Type, Vector};
use crate::spec::conformance::ConformanceRule;
use crate::spec::instrument::Units;

/// A record that does not hold a rule; no record if the dataset as a whole does not.
pub(super) struct Hit {
    pub(super) row: Option<usize>,
    /// What is to be said beyond the values.
    pub(super) detail: String,
}

impl Hit {
    pub(super) const fn record(row: usize) -> Self {
        Self { row: Some(row), detail: String::new() }
    }

    pub(super) fn told(row: usize, detail: impl Into<String>) -> Self {
        Self { row: Some(row), detail: detail.into() }
    }

    pub(super) fn whole(detail: impl Into<String>) -> Self {
        Self { row: None, detail: detail.into() }
    }
}

/// What a rule finds about one variable.
pub(super) struct Hits {
    /// The variable that is named; none for the dataset as a whole.
    pub(super) variable: Option<String>,
    /// The variables whose values are told.
    pub(super) shown: Vec<String>,
    /// One for each record.
    pub(super) list: Vec<Hit>,
}

impl Hits {
    pub(super) fn of(variable: impl Into<String>, shown: Vec<String>, hits: Vec<Hit>) -> Self {
        Self { variable: Some(variable.into()), shown, list: hits }
    }

    /// About a variable whose own value is told.
    pub(super) fn own(variable: &str, hits: Vec<Hit>) -> Self {
        Self::of(variable, vec![variable.to_owned()], hits)
    }
}

/// A condition decided for every record, and the variables it names.
pub(super) type Decided = (Vec<Truth>, Vec<String>);

/// A rule at a dataset, with the placeholders of its texts filled in.
pub(super) struct Look<'a> {
    pub(super) rule: &'a ConformanceRule,
    pub(super) view: &'a View<'a>,
    pub(super) units: &'a Units,
    /// The last day the data may know of.
    cut_off: Option<i32>,
    /// What `{each}` is.
    each: Option<String>,
}

/// What a rule finds in a dataset; none if it does not apply to it.
pub(super) fn look(rule: &ConformanceRule, view: &View<'_>, units: &Units, cut_off: Option<i32>) -> Option<Vec<Hits>> {
    if !meant(rule, view) {
        return None;
    }
    let look = || Look::new(rule, view, units, cut_off);
    if rule.each.is_empty() {
        return look().hits();
    }
    let variables: Vec<&str> = view.variables().filter(|name| !excepted(rule, name)).collect();
    let found: Vec<Vec<Hits>> = pattern::matching(&rule.each, &variables)
        .into_iter()
        .filter_map(|variable| Look { each: Some(variable.to_owned()), ..look() }.hits())
        .collect();
    (!found.is_empty()).then(|| found.into_iter().flatten().collect())
}

/// Whether the rule is about this dataset.
fn meant(rule: &ConformanceRule, view: &View<'_>) -> bool {
    let name = view.dataset.name.as_str();
    let named = rule.datasets.iter().any(|datasets| match datasets.as_str() {
        "all" => true,
        "subjects" => view.is_subjects,
        "records" => !view.is_subjects,
        pattern => pattern::stem(pattern, name).is_some(),
    });
    named && !rule.absent.iter().any(|variable| view.has_own(variable))
}

fn excepted(rule: &ConformanceRule, name: &str) -> bool {
    rule.except.iter().any(|pattern| pattern::stem(pattern, name).is_some())
}

impl<'a> Look<'a> {
    /// A rule at a dataset, without any `{each}`.
    pub(super) const fn new(
        rule: &'a ConformanceRule,
        view: &'a View<'a>,
        units: &'a Units,
        cut_off: Option<i32>,
    ) -> Self {
        Self { rule, view, units, cut_off, each: None }
    }

    fn hits(&self) -> Option<Vec<Hits>> {
        let rule = self.rule;
        if let Some(by) = &rule.unique {
            return within::unique(self, by);
        }
        if rule.known_subject {
            return records::known_subject(self);
        }
        if let Some(variables) = &rule.required {
            return Some(declared::required(self, variables));
        }
        if let Some(variables) = &rule.filled {
            return records::filled(self, variables);
        }
        if let Some(variables) = &rule.copied {
            return records::copied(self, variables);
        }
        if let Some(pair) = &rule.pairs {
            return within::pairs(self, pair);
        }
        if let Some(values) = &rule.values {
            return records::values(self, values);
        }
        if let Some(holds) = &rule.holds {
            return records::holds(self, holds);
        }
        if let Some(constant) = &rule.constant {
            return within::constant(self, constant);
        }
        if rule.at_most_one {
            return within::at_most_one(self);
        }
        if let Some(equals) = &rule.equals {
            return within::equals(self, equals);
        }
        if let Some(text) = &rule.date_text {
            return dates::date_text(self, text);
        }
        if rule.repeated {
            return Some(records::repeated(self));
        }
        if let Some(check) = rule.declared {
            return declared::declared(self, check);
        }
        if let Some(check) = rule.text {
            return texts::text(self, check);
        }
        if let Some(check) = &rule.plausible {
            return records::plausible(self, check);
        }
        if let Some(variables) = &rule.visits {
            return design::visits(self, variables);
        }
        rule.arm.as_ref().and_then(|check| design::arm(self, check))
    }

    /// A name with its placeholders filled in.
    pub(super) fn name(&self, name: &str) -> String {
        let name = name.replace("{subject}", &self.view.study.data.subject);
        self.each.as_ref().map_or(name.clone(), |each| name.replace("{each}", each))
    }

    /// What `{each}` is.
    pub(super) fn each(&self) -> Option<&str> {
        self.each.as_deref()
    }

    /// The variables of the dataset that the patterns name.
    pub(super) fn matching(&self, patterns: &[String]) -> Vec<&str> {
        let patterns: Vec<String> = patterns.iter().map(|pattern| self.name(pattern)).collect();
        pattern::matching(&patterns, &self.candidates())
    }

    /// The variables that a `*` may stand for.
    pub(super) fn candidates(&self) -> Vec<&str> {
        self.view.variables().filter(|name| !excepted(self.rule, name)).collect()
    }

    /// A rule with its placeholders filled in; none if one of its variables is not there, or all are of the subject only.
    fn bound(&self, text: &str) -> Option<Rule> {
        let mut text = self.name(text);
        if text.contains("{cut-off}") {
            text = text.replace("{cut-off}", &format!("DATE '{}'", date::text(self.cut_off?)));
        }
        let rule = Rule::parse(&text).ok()?;
        let there = rule.columns().iter().all(|(name, _)| self.view.column(name).is_some());
        there.then_some(rule)
    }

    /// A rule for every record, with the variables it names; none if it does not apply.
    pub(super) fn truths(&self, text: &str) -> Option<Result<Decided, String>> {
        let rule = self.bound(text)?;
        let names: Vec<String> = rule.columns().iter().map(|(name, _)| (*name).to_owned()).collect();
        match typing::check(&rule, self.view) {
            Err(mistakes) => return Some(Err(mistakes.into_iter().map(|m| m.message).collect::<Vec<_>>().join("; "))),
            Ok(Some(Type::Truth) | None) => {}
            Ok(Some(other)) => return Some(Err(format!("the rule is {}, not true or false", other.name()))),
        }
        let sheet = self.view.sheet_of(names.iter().map(String::as_str));
        // A division by zero decides nothing: the record passes as one whose value is missing.
        Some(Ok((truths(&rule, &sheet, &Options::new(), &mut Vec::new()), names)))
    }

    /// The variables of the condition on records.
    pub(super) fn condition_variables(&self) -> Vec<String> {
        let condition = self.rule.r#where.as_ref().and_then(|condition| self.bound(&condition.sql));
        condition.iter().flat_map(Rule::columns).map(|(name, _)| name.to_owned()).collect()
    }

    /// The records that are looked at; none if the condition does not apply to the dataset.
    pub(super) fn active(&self) -> Option<Result<Vec<bool>, String>> {
        let Some(condition) = &self.rule.r#where else { return Some(Ok(vec![true; self.view.rows()])) };
        self.truths(&condition.sql)
            .map(|decided| decided.map(|(truths, _)| truths.into_iter().map(Truth::holds).collect()))
    }

    /// The names of a list with the optional ones that are there, and their variables; none if one is missing.
    pub(super) fn columns(&self, names: &[String]) -> Option<(Vec<String>, Vec<Arc<Vector>>)> {
        let mut found = (Vec::new(), Vec::new());
        for name in names {
            let name = self.name(name);
            let (name, optional) = name.strip_suffix('?').map_or((name.as_str(), false), |name| (name, true));
            match self.view.own(name) {
                Some(column) => {
                    found.0.push(name.to_owned());
                    found.1.push(column);
                }
                None if optional => {}
                None => return None,
            }
        }
        Some(found)
    }

    /// The group of each record by the variables that make groups; a missing value is one like others.
    pub(super) fn groups(&self) -> Option<(Vec<String>, Vec<Option<u32>>)> {
        let (names, columns) = self.columns(&self.rule.within)?;
        let groups = groups::of(&columns, self.view.rows(), true);
        Some((names, groups))
    }
}

/// A rule that cannot be decided, because its variables are of other types than it needs.
pub(super) fn undecidable(variable: Option<String>, why: &str) -> Vec<Hits> {
    vec![Hits { variable, shown: Vec::new(), list: vec![Hit::whole(format!("this cannot be decided: {why}"))] }]
}
