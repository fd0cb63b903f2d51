//! Checks of the methods: design, outcomes, sizes, analysis sets, what was planned.

use std::collections::BTreeSet;

use super::{Ground, Verdict, unless};
use crate::display::texts::looks::past;
use crate::results::{Key, Statistic};
use crate::spec::endpoint::{Endpoint, Role};
use crate::spec::instrument;

impl Ground<'_> {
    pub(super) fn harms_counted(&self) -> Verdict {
        let counted = self.study.occurrence.iter().filter(|own| self.has_rows(&own.id)).count();
        if counted == 0 {
            return Verdict::Fail("no analysis counts harms".to_owned());
        }
        Verdict::Pass(format!("{counted} analyses count harms"))
    }

    pub(super) fn has_rows(&self, analysis: &str) -> bool {
        self.results.rows.iter().any(|row| row.key.analysis == analysis)
    }

    /// The arms against the planned ratio, in whole numbers: the count of an arm times all parts of the ratio is its part
    /// times all participants, within what is allowed.
    pub(super) fn allocation_ratio(&self) -> Result<Verdict, Verdict> {
        let ratio = self.fact("allocation-ratio")?;
        let parts: Option<Vec<u64>> = ratio.split(':').map(|part| part.trim().parse().ok()).collect();
        let parts = parts.filter(|parts| parts.len() == self.study.arm.len() && parts.iter().all(|part| *part > 0));
        let parts =
            parts.ok_or_else(|| Verdict::Fail(format!("{ratio} is no ratio of {} arms", self.study.arm.len())))?;
        let allowed =
            self.narrative.facts.get("allocation-imbalance").map_or(Ok(0), |_| self.whole("allocation-imbalance"))?;
        let counts = self.allocated()?;
        let (all, whole): (u64, u64) = (counts.iter().sum(), parts.iter().sum());
        let mut findings = Vec::new();
        for ((arm, count), part) in self.study.arm.iter().zip(&counts).zip(&parts) {
            if (count * whole).abs_diff(all * part) > allowed * whole {
                findings.push(format!("{} has {count} of {all}, planned {part} of {whole}", arm.label));
            }
        }
        let counts: Vec<String> = counts.iter().map(u64::to_string).collect();
        Ok(unless(&findings, format!("planned {ratio}, randomised {}", counts.join(":"))))
    }

    /// How many each arm was allocated, by the flow.
    fn allocated(&self) -> Result<Vec<u64>, Verdict> {
        let flow = self.study.flow.as_ref();
        let flow = flow.ok_or_else(|| Verdict::NotCheckable("the study has no flow".to_owned()))?;
        let key = |arm: &str| Key::new(&*flow.id, Statistic::Count).arm(arm).variable("allocated");
        let counts: Option<Vec<u64>> = self.study.arm.iter().map(|arm| self.count(&key(&arm.id))).collect();
        counts.ok_or_else(|| Verdict::Fail("the flow does not count the arms".to_owned()))
    }

    /// Sites stated against those of the data, where a summary has them as levels.
    pub(super) fn sites(&self) -> Result<Verdict, Verdict> {
        let (stated, item) = (self.whole("sites")?, self.fact("sites-item")?);
        let (analysis, variable) = item.split_once('/').unwrap_or((item, ""));
        let of_item = self.results.rows.iter().map(|row| &row.key).filter(|key| {
            key.analysis == analysis && key.variable.as_deref() == Some(variable) && key.statistic == Statistic::Count
        });
        let nobody = |key: &&Key| self.count(key).is_some_and(|count| count > 0);
        let levels: BTreeSet<&String> = of_item.filter(nobody).flat_map(|key| &key.levels).collect();
        let found = levels.len() as u64;
        if found == stated {
            Ok(Verdict::Pass(format!("{found} in the data, as stated")))
        } else {
            Ok(Verdict::Fail(format!("{found} in the data, {stated} stated")))
        }
    }

    /// Endpoints that count: all but the exploratory ones.
    fn confirmed(&self) -> impl Iterator<Item = &Endpoint> {
        self.study.endpoint.iter().filter(|endpoint| endpoint.role != Role::Exploratory)
    }

    pub(super) fn outcomes(&self) -> Verdict {
        let mut findings = Vec::new();
        let mut seen = 0;
        for endpoint in self.confirmed() {
            seen += 1;
            let Some(estimand) = &endpoint.estimand else {
                findings.push(format!("“{}” has no estimand", endpoint.label));
                continue;
            };
            let attributes = [
                ("treatment", estimand.treatment.as_str()),
                ("population", estimand.population.as_str()),
                ("variable", estimand.variable.as_str()),
                ("summary", estimand.summary.as_str()),
            ];
            let blank = attributes.into_iter().filter(|(_, text)| text.trim().is_empty());
            findings.extend(blank.map(|(name, _)| format!("{} has no {name}", endpoint.id)));
            if !has_time_point(endpoint) {
                findings.push(format!("{} has no time point", endpoint.id));
            }
            if !self.has_rows(&endpoint.id) {
                findings.push(format!("{} has no results", endpoint.id));
            }
        }
        if seen == 0 {
            findings.push("there is no primary or secondary outcome".to_owned());
        }
        unless(&findings, format!("{seen} outcomes with all attributes, a time point and results"))
    }

    /// The gradings that findings use must be stated.
    pub(super) fn gradings(&self, names: &[String]) -> Result<Verdict, Verdict> {
        self.facts_given(names)?;
        let findings = self.study.records.values().filter_map(|records| records.findings.as_ref());
        let used: BTreeSet<String> = findings
            .flat_map(|findings| findings.grades.values())
            .filter_map(|name| instrument::grades(name))
            .map(|grades| grades.label)
            .collect();
        if used.is_empty() {
            return Ok(Verdict::Pass("given; no grading of measurements is used".to_owned()));
        }
        let stated = self.fact("gradings")?.to_lowercase();
        let findings: Vec<String> = used
            .iter()
            .filter(|label| !stated.contains(&label.to_lowercase()))
            .map(|label| format!("used and not stated: {label}"))
            .collect();
        Ok(unless(&findings, "the gradings used are those stated"))
    }

    pub(super) fn sample_size(&self) -> Result<Verdict, Verdict> {
        let (planned, analysis) = (self.whole("planned-size")?, self.fact("size-analysis")?);
        let computed = self.count(&Key::new(analysis, Statistic::N));
        let computed = computed.ok_or_else(|| Verdict::Fail(format!("analysis {analysis} gives no number")))?;
        if computed == planned {
            Ok(Verdict::Pass(format!("{computed}, as recomputed")))
        } else {
            Ok(Verdict::Fail(format!("{planned} planned, {computed} recomputed")))
        }
    }

    pub(super) fn interim(&self) -> Result<Verdict, Verdict> {
        let plans = self.study.monitoring.iter();
        let taken: u64 = plans.map(|plan| past(plan, self.results).len() as u64).sum();
        match (self.whole("interim-analyses")?, taken) {
            (0, 0) => Ok(Verdict::Pass("none, as stated".to_owned())),
            (looks, 0) => Err(Verdict::NotCheckable(format!("{looks} stated; this report has no record of them"))),
            (looks, taken) if looks == taken => Ok(Verdict::Pass(format!("{looks} stated and recorded in the ledger"))),
            (looks, taken) => Ok(Verdict::Fail(format!("{looks} stated, {taken} recorded in the ledger"))),
        }
    }

    pub(super) fn strata(&self) -> Result<Verdict, Verdict> {
        let strata = self.list("strata")?;
        let items = self.study.summary.iter().flat_map(|summary| &summary.items).map(|item| &*item.id);
        let known: BTreeSet<&str> = self.study.subgroup.iter().map(|own| &*own.id).chain(items).collect();
        let unknown = strata.iter().filter(|stratum| !known.contains(**stratum));
        let findings: Vec<String> = unknown.map(|stratum| format!("{stratum} is no subgroup and no item")).collect();
        let passed = if strata.is_empty() {
            "none, as stated".to_owned()
        } else {
            format!("in the data: {}", strata.join(", "))
        };
        Ok(unless(&findings, passed))
    }

    pub(super) fn methods(&self) -> Verdict {
        let with: BTreeSet<&str> = self
            .results
            .rows
            .iter()
            .filter(|row| row.key.method.is_some())
            .map(|row| row.key.analysis.as_str())
            .collect();
        let without = self.study.endpoint.iter().filter(|endpoint| !with.contains(&*endpoint.id));
        let findings: Vec<String> = without.map(|endpoint| format!("{} has no method", endpoint.id)).collect();
        unless(&findings, format!("{} endpoints, each with a method", self.study.endpoint.len()))
    }

    pub(super) fn sets(&self) -> Verdict {
        let blank = self.study.analysis_set.iter().filter(|set| set.description.trim().is_empty());
        let findings: Vec<String> = blank.map(|set| format!("{} is not described", set.label)).collect();
        unless(&findings, format!("{} sets, each with its rule and the arm counted in", self.study.analysis_set.len()))
    }

    pub(super) fn missing_data(&self) -> Verdict {
        let silent = |endpoint: &&Endpoint| {
            let missing = endpoint.estimand.as_ref().and_then(|estimand| estimand.missing.as_ref());
            missing.is_none_or(|missing| missing.trim().is_empty())
        };
        let findings: Vec<String> = self
            .confirmed()
            .filter(silent)
            .map(|endpoint| format!("{} does not say how missing values are handled", endpoint.id))
            .collect();
        unless(&findings, "said for each outcome")
    }

    /// Analyses that were not planned must be named, if only as none.
    pub(super) fn post_hoc(&self) -> Result<Verdict, Verdict> {
        let named = self.list("post-hoc")?;
        let study = self.study;
        let known: BTreeSet<&str> = study
            .endpoint
            .iter()
            .map(|own| &*own.id)
            .chain(study.variant.iter().map(|own| &*own.id))
            .chain(study.summary.iter().map(|own| &*own.id))
            .chain(study.occurrence.iter().map(|own| &*own.id))
            .collect();
        let unknown = named.iter().filter(|id| !known.contains(**id));
        let findings: Vec<String> = unknown.map(|id| format!("{id} is no analysis")).collect();
        let passed =
            if named.is_empty() { "none, as stated".to_owned() } else { format!("named: {}", named.join(", ")) };
        Ok(unless(&findings, passed))
    }
}

/// Whether an endpoint says when: visits, a last day, days of reading, or the records of its dataset.
fn has_time_point(endpoint: &Endpoint) -> bool {
    endpoint.binary.as_ref().is_some_and(|own| !own.at.is_empty())
        || endpoint.continuous.as_ref().is_some_and(|own| !own.at.is_empty())
        || endpoint.survival.as_ref().is_some_and(|own| !own.at.is_empty())
        || endpoint.time.is_some()
        || endpoint.ancova.is_some()
}
