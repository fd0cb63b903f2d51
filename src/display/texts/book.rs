//! The results and the words of the specification as templates see them: owned, because functions of a template must be.

use std::collections::{BTreeMap, BTreeSet};

use crate::display::number::{Style, show};
use crate::display::texts::looks::sentence;
use crate::display::texts::query::{Args, Mistake, Query, did_you_mean, lacking, text, written};
use crate::results::{Key, Provenance, Results, Value};
use crate::spec::Study;
use crate::spec::design::Rounding;
use crate::spec::endpoint::Endpoint;

/// What templates can ask for.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// The rows of the analyses that templates mention.
    rows: BTreeMap<String, BTreeMap<Key, Value>>,
    /// All analyses that have rows.
    analyses: BTreeSet<String>,
    /// Decimals that a variable of an analysis is recorded with; without name, those of all its variables.
    recorded: BTreeMap<(String, String), u8>,
    /// Analyses of proportions: their differences are in percentage points.
    points: BTreeSet<String>,
    /// Decimals of p-values, where a display of the analysis says so.
    p_decimals: BTreeMap<String, u8>,
    /// Labels by kind and identifier.
    labels: BTreeMap<&'static str, BTreeMap<String, String>>,
    /// Facts of the study by name.
    study: BTreeMap<String, String>,
    /// Parts of estimands, by endpoint and name.
    estimands: BTreeMap<String, BTreeMap<&'static str, String>>,
    /// Confidence levels in percent.
    confidence: BTreeMap<String, String>,
    /// What was looked at before the end, by monitoring plan.
    looks: BTreeMap<String, String>,
    /// The rounding rule of the study.
    rounding: Rounding,
}

impl Book {
    /// The book of a study; `texts` are the templates, for what they mention.
    pub(super) fn new(study: &Study, results: &Results, provenance: &Provenance, texts: &[&str]) -> Self {
        let mut book = Self { labels: labels(study), rounding: study.study.rounding, ..Self::default() };
        let mut mentioned: BTreeMap<&str, bool> = BTreeMap::new();
        for row in &results.rows {
            let name = row.key.analysis.as_str();
            if *mentioned.entry(name).or_insert_with(|| texts.iter().any(|text| text.contains(name))) {
                book.rows.entry(name.to_owned()).or_default().insert(row.key.clone(), row.value.clone());
            }
        }
        book.analyses = mentioned.into_keys().map(str::to_owned).collect();
        book.endpoints(study);
        book.descriptions(study);
        book.displays(study);
        let looks = study.monitoring.iter().map(|plan| (plan.id.to_string(), sentence(plan, results)));
        book.looks = looks.collect();
        let head = &study.study;
        for fact in &head.facts {
            book.study.insert(fact.label.clone(), fact.text.clone());
        }
        let own = [
            ("id", head.id.clone()),
            ("title", head.title.clone()),
            ("kind", head.kind.clone()),
            ("status", head.status.clone()),
            ("lock-date", provenance.lock_date.clone()),
            ("program", provenance.program.clone()),
            ("fingerprint", provenance.fingerprint.clone()),
            ("arms", study.arm.len().to_string()),
        ];
        book.study.extend(own.map(|(name, text)| (name.to_owned(), text)));
        book
    }

    fn endpoints(&mut self, study: &Study) {
        for endpoint in &study.endpoint {
            let id = endpoint.id.to_string();
            let mut recorded = |decimals: u8| _ = self.recorded.insert((id.clone(), String::new()), decimals);
            let level = match endpoint {
                Endpoint { binary: Some(binary), .. } => {
                    self.points.insert(id.clone());
                    binary.conf_level
                }
                Endpoint { continuous: Some(continuous), .. } => {
                    recorded(continuous.decimals);
                    continuous.conf_level
                }
                Endpoint { ancova: Some(ancova), .. } => {
                    recorded(ancova.decimals);
                    ancova.conf_level
                }
                Endpoint { time: Some(time), .. } => time.conf_level,
                Endpoint { survival: Some(survival), .. } => survival.conf_level,
                _ => continue,
            };
            self.confidence.insert(id.clone(), percent(level));
            if let Some(estimand) = &endpoint.estimand {
                let parts = [
                    ("treatment", estimand.treatment.clone()),
                    ("population", estimand.population.clone()),
                    ("variable", estimand.variable.clone()),
                    ("missing", estimand.missing.clone().unwrap_or_default()),
                    ("summary", estimand.summary.clone()),
                ];
                self.estimands.insert(id, parts.into_iter().collect());
            }
        }
        for occurrence in &study.occurrence {
            self.points.insert(occurrence.id.to_string());
            self.confidence.insert(occurrence.id.to_string(), percent(occurrence.conf_level));
        }
    }

    fn descriptions(&mut self, study: &Study) {
        for summary in &study.summary {
            for item in &summary.items {
                self.recorded.insert((summary.id.to_string(), item.id.to_string()), item.decimals);
            }
        }
        for summary in &study.parameter_summary {
            let findings = study.records.get(&*summary.records).and_then(|records| records.findings.as_ref());
            for parameter in findings.iter().flat_map(|findings| &findings.parameters) {
                self.recorded.insert((summary.id.to_string(), parameter.code.to_string()), parameter.decimals);
            }
        }
    }

    /// The decimals of p-values that displays print them with.
    fn displays(&mut self, study: &Study) {
        for display in &study.display {
            let one = |name: &str| vec![name.to_owned()];
            let many = |names: &[crate::spec::text::Name]| names.iter().map(ToString::to_string).collect();
            let shown: Option<(Vec<String>, u8)> = None
                .or(display.response.as_ref().map(|own| (many(&own.of), own.p_decimals)))
                .or(display.time.as_ref().map(|own| (many(&own.of), own.p_decimals)))
                .or(display.change.as_ref().map(|own| (one(&own.of), own.p_decimals)))
                .or(display.ancova.as_ref().map(|own| (one(&own.of), own.p_decimals)))
                .or(display.summary.as_ref().map(|own| (one(&own.of), own.p_decimals)))
                .or(display.occurrence.as_ref().map(|own| (one(&own.of), own.p_decimals)));
            if let Some((names, decimals)) = shown {
                for name in names {
                    self.p_decimals.entry(name).or_insert(decimals);
                }
            }
        }
    }

    /// The row asked for. What the query leaves open of visit, method and confidence level may be anything, as long as
    /// only one row fits.
    pub(super) fn find(&self, query: &Query) -> Result<(&Key, &Value), Mistake> {
        let wanted = &query.key;
        let Some(rows) = self.rows.get(&wanted.analysis) else {
            let known = self.analyses.iter().map(String::as_str);
            return Err((
                format!("the results have no analysis {}", wanted.analysis),
                did_you_mean(&wanted.analysis, known),
            ));
        };
        if let Some(found) = rows.get_key_value(wanted) {
            return Ok(found);
        }
        let open = |key: &Key| {
            let mut open = key.clone();
            open.at = wanted.at.clone().and(open.at);
            open.method = wanted.method.and(open.method);
            open.conf_level = wanted.conf_level.and(open.conf_level);
            open
        };
        let fitting: Vec<(&Key, &Value)> = rows.iter().filter(|(key, _)| open(key) == *wanted).collect();
        match fitting.as_slice() {
            [only] => Ok(*only),
            [] => Err((format!("the results have no row {}", written(wanted)), closest(wanted, rows.keys()))),
            several => {
                let first: Vec<String> = several.iter().take(4).map(|(key, _)| format!("({})", written(key))).collect();
                let message = format!("{} rows fit {}", several.len(), written(wanted));
                Err((message, Some(format!("say at, method or conf_level: {}", first.join(", ")))))
            }
        }
    }

    /// A result as tables print it; a reason in words.
    pub(super) fn shown(&self, query: &Query) -> Result<(Key, String), Mistake> {
        let (key, value) = self.find(query)?;
        if let Value::NotEstimable(reason) = value {
            let words = reason.footnote().split_once(": ").map_or(reason.footnote(), |(_, words)| words);
            return Ok((key.clone(), words.trim_end_matches('.').to_owned()));
        }
        let of = |variable: &str| self.recorded.get(&(key.analysis.clone(), variable.to_owned())).copied();
        let recorded = key.variable.as_deref().and_then(of).or_else(|| of("")).unwrap_or(0);
        let plain = Style::recorded(recorded);
        let style = Style {
            p_decimals: query.decimals.or(self.p_decimals.get(&key.analysis).copied()).unwrap_or(plain.p_decimals),
            explicit: query.decimals,
            points: self.points.contains(&key.analysis),
            ..plain
        };
        let text = show(key.statistic, value, style, self.rounding);
        if !query.relation {
            return Ok((key.clone(), text));
        }
        let text = match text.strip_prefix(['<', '>']) {
            Some(rest) => format!("{}\u{a0}{rest}", &text[..1]),
            None => format!("=\u{a0}{text}"),
        };
        Ok((key.clone(), text))
    }

    /// The number of a result, for conditions: a share as a fraction, none where there is no number.
    #[expect(clippy::cast_precision_loss, reason = "counts of subjects and records are far below 2^52")]
    pub(super) fn number(&self, query: &Query) -> Result<(Key, Option<f64>), Mistake> {
        let (key, value) = self.find(query)?;
        let number = match value {
            Value::Count(count) => Some(*count as f64),
            Value::Share { part, whole } => Some(*part as f64 / *whole as f64),
            Value::Number(number) => Some(*number),
            Value::Text(_) | Value::NotEstimable(_) => None,
        };
        Ok((key.clone(), number))
    }

    /// `label(arm = "…")` and its like.
    pub(super) fn label(&self, args: &Args) -> Result<String, Mistake> {
        let mut names = args.keys();
        let (Some(kind), None) = (names.next(), names.next()) else {
            return Err(("label has one argument, such as arm = \"…\"".to_owned(), None));
        };
        let Some(known) = self.labels.get(kind.as_str()) else {
            return Err((format!("there are no labels of {kind}"), did_you_mean(kind, self.labels.keys().copied())));
        };
        let id = text(args, kind)?.ok_or_else(|| lacking(kind))?;
        let unknown = || (format!("there is no {kind} {id}"), did_you_mean(&id, known.keys().map(String::as_str)));
        known.get(&id).cloned().ok_or_else(unknown)
    }

    /// `study(name = "…")`.
    pub(super) fn study(&self, args: &Args) -> Result<String, Mistake> {
        named(args, "name", &self.study, "fact of the study")
    }

    /// `estimand(of = "…", part = "…")`.
    pub(super) fn estimand(&self, args: &Args) -> Result<String, Mistake> {
        let of = text(args, "of")?.ok_or_else(|| lacking("of"))?;
        let part = text(args, "part")?.ok_or_else(|| lacking("part"))?;
        let known = self.estimands.keys().map(String::as_str);
        let unknown = || (format!("there is no endpoint {of} with an estimand"), did_you_mean(&of, known));
        let parts = self.estimands.get(&of).ok_or_else(unknown)?;
        let unknown = || (format!("an estimand has no part {part}"), did_you_mean(&part, parts.keys().copied()));
        parts.get(part.as_str()).cloned().ok_or_else(unknown)
    }

    /// `confidence(of = "…")`.
    pub(super) fn confidence(&self, args: &Args) -> Result<String, Mistake> {
        named(args, "of", &self.confidence, "analysis with a confidence level")
    }

    /// `looks(of = "…")`.
    pub(super) fn looks(&self, args: &Args) -> Result<String, Mistake> {
        named(args, "of", &self.looks, "monitoring plan")
    }
}

fn named(args: &Args, name: &str, known: &BTreeMap<String, String>, what: &str) -> Result<String, Mistake> {
    let wanted = text(args, name)?.ok_or_else(|| lacking(name))?;
    let unknown = || (format!("there is no {what} {wanted}"), did_you_mean(&wanted, known.keys().map(String::as_str)));
    known.get(&wanted).cloned().ok_or_else(unknown)
}

/// A confidence level in percent.
fn percent(level: f64) -> String {
    crate::display::number::percent_of_number(level, 1, Rounding::default())
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

fn labels(study: &Study) -> BTreeMap<&'static str, BTreeMap<String, String>> {
    let visits = study.visits.iter().flat_map(|visits| {
        let baseline = (visits.baseline.id.clone(), visits.baseline.label.clone());
        std::iter::once(baseline).chain(visits.schedule.iter().map(|own| (own.id.to_string(), own.label.clone())))
    });
    BTreeMap::from([
        ("arm", study.arm.iter().map(|own| (own.id.to_string(), own.label.clone())).collect()),
        ("set", study.analysis_set.iter().map(|own| (own.id.to_string(), own.label.clone())).collect()),
        ("visit", visits.collect()),
        ("endpoint", study.endpoint.iter().map(|own| (own.id.to_string(), own.label.clone())).collect()),
        ("variant", study.variant.iter().map(|own| (own.id.to_string(), own.label.clone())).collect()),
        ("subgroup", study.subgroup.iter().map(|own| (own.id.to_string(), own.label.clone())).collect()),
        ("occurrence", study.occurrence.iter().map(|own| (own.id.to_string(), own.label.clone())).collect()),
        ("statement", study.statement.iter().map(|own| (own.id.to_string(), own.what.clone())).collect()),
        ("display", study.display.iter().map(|own| (own.id.to_string(), own.number.clone())).collect()),
    ])
}

/// The existing row with the fewest parts that differ from the one wanted.
fn closest<'k>(wanted: &Key, keys: impl Iterator<Item = &'k Key>) -> Option<String> {
    let differing = |key: &Key| {
        [
            key.statistic != wanted.statistic,
            key.groups != wanted.groups,
            // All arms together are farther from an arm than another arm is.
            key.groups.len() != wanted.groups.len(),
            key.contrast != wanted.contrast,
            key.variable != wanted.variable,
            key.levels != wanted.levels,
            key.variant != wanted.variant,
            wanted.at.is_some() && key.at != wanted.at,
            wanted.method.is_some() && key.method != wanted.method,
            wanted.conf_level.is_some() && key.conf_level != wanted.conf_level,
        ]
        .into_iter()
        .filter(|differs| *differs)
        .count()
    };
    let near = keys.min_by_key(|key| differing(key))?;
    Some(format!("the closest is {}", written(near)))
}
