//! The methods section, generated from what was really used: analysis sets, visits, options, definitions, statistics.

use crate::display::dialects;
use crate::display::report::{Fact, MethodsParagraph};
use crate::display::{methods_masking, methods_running, methods_safety};
use crate::results::{Family, Method, Provenance, Results, Statistic};
use crate::spec::Study;
use crate::spec::derivation::{Across, Choice, Derivation, Dose, Score};
use crate::spec::design::{ArmBasis, Tie};
use crate::spec::endpoint::Endpoint;
use crate::spec::instrument;
use crate::spec::occurrence::Survival;
use crate::spec::outcome::{Continuous, Time};

/// The paragraphs of the methods section.
pub(super) fn paragraphs(study: &Study, results: &Results, provenance: &Provenance) -> Vec<MethodsParagraph> {
    let mut all = vec![analysis_sets(study), statistics(study, results)];
    all.extend(visits(study));
    all.extend(instruments(study));
    all.extend(methods_safety::paragraphs(study));
    all.extend(methods_running::paragraphs(study));
    all.extend(definitions(study));
    all.extend(outcomes(study));
    all.extend(options(study));
    all.extend(methods_masking::paragraph(provenance));
    all.push(numbers(study, provenance));
    all
}

fn analysis_sets(study: &Study) -> MethodsParagraph {
    let rules = study
        .analysis_set
        .iter()
        .map(|set| {
            let basis = match set.arm {
                _ if !study.compares() => "in one arm",
                ArmBasis::Planned => "in the arm randomised to",
                ArmBasis::Actual => "in the arm of the treatment received",
            };
            let words = if set.description.is_empty() { basis.to_owned() } else { set.description.clone() };
            Fact { label: format!("{} — {words}", set.label), text: one_line(&set.rule.sql) }
        })
        .collect();
    MethodsParagraph { heading: "Analysis sets".to_owned(), paragraphs: Vec::new(), rules }
}

fn statistics(study: &Study, results: &Results) -> MethodsParagraph {
    let used = |method: &Method| results.rows.iter().any(|row| row.key.method == Some(*method));
    let mut paragraphs: Vec<String> =
        Method::ALL.iter().filter(|method| used(method)).map(|method| sentence(*method, study).to_owned()).collect();
    paragraphs.push(dialects::description(study));
    paragraphs.extend(dialects::of_times(study, results));
    if used(&Method::Wilcoxon) || used(&Method::WilcoxonWorstRank) {
        paragraphs.push(
            "Rank-sum tests are exact wherever the permutation distribution can be computed, whatever the ties."
                .to_owned(),
        );
    }
    paragraphs.extend(draws(study, results));
    if used(&Method::Cox) {
        paragraphs.push("The p-value of a hazard ratio of Cox’s model is that of Wald’s test.".to_owned());
    }
    if study.compares() {
        let reference = &study.arm[study.reference_arm()].label;
        paragraphs.push(format!("Differences are the arm named minus {reference} unless said otherwise."));
    }
    MethodsParagraph { heading: "Statistics".to_owned(), paragraphs, rules: Vec::new() }
}

const fn sentence(method: Method, study: &Study) -> &'static str {
    if study.compares() { method.sentence() } else { method.sentence_of_one_arm() }
}

/// The seed and the numbers of what is drawn, if something is.
fn draws(study: &Study, results: &Results) -> Option<String> {
    let random = study.random;
    let sampled = results.rows.iter().any(|row| row.key.statistic == Statistic::Sampled);
    let imputed = results.rows.iter().any(|row| row.key.method.is_some_and(|own| own.family() == Family::Imputed));
    let mut sentences = Vec::new();
    if sampled {
        sentences.push(format!(
            "Where the allocations of a permutation test are too many to be counted, {} of them are sampled.",
            random.allocations
        ));
    }
    if imputed {
        sentences.push(format!(
            "Multiple imputation draws {} completed sets: changes at all visits together on arm and baseline, each visit with \
             its own coefficients and one covariance for all arms, under Jeffreys’ prior; sets are 20 cycles of data \
             augmentation apart, after 200 to begin with. Gaps before the last value are taken as missing at random under all \
             rules; a change of which only a bound is known, and one after death, is imputed like a missing one.",
            random.imputations
        ));
    }
    (!sentences.is_empty()).then(|| format!("{} The seed of all draws is {}.", sentences.join(" "), random.seed))
}

fn visits(study: &Study) -> Option<MethodsParagraph> {
    let visits = study.visits.as_ref()?;
    let windows: Vec<String> = visits
        .schedule
        .iter()
        .map(|visit| {
            let wide = visit.when_empty.map(|wide| format!(" (±{wide} if empty)")).unwrap_or_default();
            format!("{}: day {} ± {}{wide}", visit.label, visit.day, visit.within)
        })
        .collect();
    let tie = match visits.tie {
        Tie::Later => "later",
        Tie::Earlier => "earlier",
    };
    Some(MethodsParagraph {
        heading: "Visits".to_owned(),
        paragraphs: vec![format!(
            "Study day 1 is the date given by the rule below; the day before it is day −1. Baseline is the last value on \
             or before study day 1. Of the values in a window the one nearest to the nominal day counts, of two equally \
             near the {tie} one. Windows: {}.",
            windows.join("; ")
        )],
        rules: vec![Fact { label: "Study day 1".to_owned(), text: one_line(&visits.reference.sql) }],
    })
}

/// Scores and doses: the instrument each comes from, and how it is applied.
fn instruments(study: &Study) -> Option<MethodsParagraph> {
    let scores = study.score.values().map(score);
    let doses = study.dose.values().map(dose);
    let paragraphs: Vec<String> = scores.chain(doses).collect();
    let heading = "Scores and doses".to_owned();
    (!paragraphs.is_empty()).then_some(MethodsParagraph { heading, paragraphs, rules: Vec::new() })
}

fn score(score: &Score) -> String {
    let Some(instrument) = instrument::score(&score.instrument) else { return format!("{}.", score.label) };
    let of = named(&score.label, &instrument.label);
    let mut text = format!(
        "{of}; source: {}. All its items ({}) are taken from the day of assessment nearest to the nominal day. A total \
         with an item missing is missing.",
        instrument.source,
        instrument.item.len(),
    );
    if !score.recorded.is_empty() {
        text.push_str(
            " Totals are computed from the items; a recorded total is taken only where there are no items at all.",
        );
    }
    text
}

fn dose(dose: &Dose) -> String {
    let Some(instrument) = instrument::dose(&dose.instrument) else { return format!("{}.", dose.label) };
    let of = named(&dose.label, &instrument.label);
    let [first, last] = dose.baseline_days.map(day);
    let mut text = format!(
        "{of}, {}; source: {}. The dose is the daily mean over the {} days that end on the day of the visit, at \
         baseline over days {first} to {last}. An unknown first day of a record is taken as the first it may be, or study \
         day 1 if that is later and still possible; an unknown last day as the last it may be.",
        instrument.unit, instrument.source, dose.days,
    );
    if let Some(pulse) = &dose.pulse {
        let routes =
            if pulse.routes.is_empty() { String::new() } else { format!(", route {}", pulse.routes.join(" or ")) };
        text.push_str(&format!(" A pulse is {} {} or more in one record{routes}.", pulse.from, instrument.unit));
    }
    text
}

/// What the study calls it, and what it is.
fn named(label: &str, instrument: &str) -> String {
    if label == instrument { label.to_owned() } else { format!("{label}: {instrument}") }
}

/// A study day as printed.
fn day(day: i32) -> String {
    if day < 0 { format!("−{}", day.unsigned_abs()) } else { day.to_string() }
}

fn definitions(study: &Study) -> Option<MethodsParagraph> {
    if study.derivation.is_empty() {
        return None;
    }
    let rules: Vec<Fact> = study
        .derivation
        .iter()
        .map(|derivation| Fact { label: label(derivation), text: definition(derivation) })
        .collect();
    let mut sources: Vec<&String> = study.derivation.iter().filter_map(|own| own.source.as_ref()).collect();
    sources.sort_unstable();
    sources.dedup();
    let mut paragraphs = vec![
        "Rules are SQL expressions of three-valued logic: what cannot be decided from the data is unknown, not false. \
             Measured values are compared with a relative tolerance of 10⁻⁹. A result below detection is the interval \
             below its limit, and decides a comparison only if the whole interval does."
            .to_owned(),
    ];
    let shown = |words: &str| rules.iter().any(|rule: &Fact| rule.text.contains(words));
    if shown(NO_MEASURE) {
        paragraphs.push(format!("{NO_MEASURE} stands for a measure that the study does not have: it is never known."));
    }
    if shown(NO_CONDITION) {
        paragraphs
            .push(format!("{NO_CONDITION} stands for a condition that the study does not record: it never holds."));
    }
    if !sources.is_empty() {
        let sources: Vec<&str> = sources.into_iter().map(String::as_str).collect();
        paragraphs.push(format!("Rules of instruments come from: {}.", sources.join(". ")));
    }
    Some(MethodsParagraph { heading: "Definitions".to_owned(), paragraphs, rules })
}

/// What rules of instruments say in the place of what a study does not have.
const NO_MEASURE: &str = "NULLIF(1, 1)";
const NO_CONDITION: &str = "(FALSE)";

fn label(derivation: &Derivation) -> String {
    let across = match derivation.across {
        None => "",
        Some(Across::Previous) => " (the value at the last earlier visit that has one, baseline included)",
        Some(Across::Next) => " (the value at the next visit of the schedule)",
        Some(Across::Ever) => " (whether it held at this visit or an earlier one after baseline)",
        Some(Across::First) => " (the date of the first record at which it holds)",
        Some(Across::Any) => " (whether it holds for some record of the participant)",
    };
    format!("{} — {}{across}", derivation.id, derivation.label)
}

fn definition(derivation: &Derivation) -> String {
    if let Some(rule) = &derivation.rule {
        return one_line(&rule.sql);
    }
    let cases: Vec<String> = derivation
        .cases
        .iter()
        .map(|case| {
            let text = |text: &Option<String>, rule: &Option<crate::spec::text::RuleText>| {
                text.clone().or_else(|| rule.as_ref().map(|rule| one_line(&rule.sql)))
            };
            let then = text(&case.then, &case.then_rule).unwrap_or_default();
            let reason = text(&case.reason, &case.reason_rule).map(|reason| format!(" ({reason})")).unwrap_or_default();
            match &case.when {
                Some(when) => format!("if {}: {then}{reason}", one_line(&when.sql)),
                None => format!("otherwise: {then}{reason}"),
            }
        })
        .collect();
    cases.join("; ")
}

/// Outcomes over the visits: numbers with their change, and times to events.
fn outcomes(study: &Study) -> Option<MethodsParagraph> {
    let numbers = study.endpoint.iter().filter_map(|endpoint| Some(change(endpoint, endpoint.continuous.as_ref()?)));
    let times = study.endpoint.iter().filter_map(|endpoint| Some(duration(study, endpoint, endpoint.time.as_ref()?)));
    let known = study.endpoint.iter().filter_map(|endpoint| Some(days(endpoint, endpoint.survival.as_ref()?)));
    let adjusted = study.endpoint.iter().filter_map(adjustment);
    let rules: Vec<Fact> = numbers.chain(times).chain(known).chain(adjusted).collect();
    if rules.is_empty() {
        return None;
    }
    let mut paragraphs = Vec::new();
    if study.endpoint.iter().any(|endpoint| endpoint.continuous.is_some()) {
        let mut continuous = study.endpoint.iter().filter_map(|endpoint| endpoint.continuous.as_ref());
        let imputes = continuous.any(|own| own.methods.iter().any(|method| method.family() == Family::Imputed));
        let except = if imputes { " except where a method says so" } else { "" };
        let model = if study.compares() {
            " Analysis of covariance of a change has the arm as factor and the baseline as covariate."
        } else {
            ""
        };
        paragraphs.push(format!(
            "The change of a number is its value at the visit minus that at baseline, in those who have both; nothing \
             is imputed{except}.{model}"
        ));
    }
    if study.endpoint.iter().any(|endpoint| endpoint.time.is_some()) {
        paragraphs.push(
            "Times are in days, the first day counting as 1, to the date of the first visit at which the event is \
             established. Whoever has neither event nor competing event is censored at the last visit assessed, and on \
             day 1 if there is none; who was assessed at the last visit of the schedule counts as observed to the last \
             day, so that visits of one week on different days do not shorten each other’s time. These times are dates \
             of visits, so that a median can only be a visit’s."
                .to_owned(),
        );
    }
    if study.endpoint.iter().any(|endpoint| endpoint.survival.is_some()) {
        paragraphs.push(
            "Times that are known in days are analysed as they are. Whoever has none is not analysed; without event, \
             time is censored on its last day."
                .to_owned(),
        );
    }
    let mut times = study.endpoint.iter().filter_map(|endpoint| endpoint.time.as_ref());
    if study.compares() && times.any(|time| !time.competing.is_empty()) {
        paragraphs.push(
            "Where hazards are compared, a competing event is once censored on its day, and once kept at risk to the \
             last day observed."
                .to_owned(),
        );
    }
    Some(MethodsParagraph { heading: "Outcomes over the visits".to_owned(), paragraphs, rules })
}

fn change(endpoint: &Endpoint, continuous: &Continuous) -> Fact {
    let unit = continuous.unit.as_ref().map(|unit| format!(", {unit}")).unwrap_or_default();
    let worse = if continuous.higher_is_worse { "higher" } else { "lower" };
    let mut text = format!("value: {}; baseline: {}", one_line(&continuous.value.sql), one_line(&continuous.base.sql));
    if let Some(worst) = &continuous.worst {
        text.push_str(&format!("; worst rank: {}", one_line(&worst.sql)));
    }
    Fact { label: format!("{}{unit} ({worse} is worse)", endpoint.label), text }
}

fn duration(study: &Study, endpoint: &Endpoint, time: &Time) -> Fact {
    let events = time.competing.iter().map(|name| study.event.get(&**name).map_or(&**name, |event| &*event.label));
    let events: Vec<&str> = events.collect();
    let competing = if events.is_empty() {
        "no competing events".to_owned()
    } else {
        format!("competing events: {}, before an event seen on the same day", events.join(", "))
    };
    Fact {
        label: format!("{} ({competing}; observed to day {})", endpoint.label, day(time.last_day)),
        text: format!(
            "start: {}; event: {}; assessed: {}",
            one_line(&time.start.sql),
            one_line(&time.event.sql),
            one_line(&time.assessed.sql)
        ),
    }
}

/// What comparisons of an endpoint are adjusted for.
fn adjustment(endpoint: &Endpoint) -> Option<Fact> {
    let binary = endpoint.binary.as_ref();
    let strata = binary.map(|own| &own.strata);
    let strata = strata.or(endpoint.continuous.as_ref().map(|own| &own.strata));
    let strata = strata.or(endpoint.time.as_ref().map(|own| &own.strata));
    let strata = strata.or(endpoint.survival.as_ref().map(|own| &own.strata));
    let listed = |rules: &[crate::spec::text::RuleText]| {
        rules.iter().map(|rule| one_line(&rule.sql)).collect::<Vec<String>>().join(", ")
    };
    let mut parts = Vec::new();
    if let Some(strata) = strata.filter(|strata| !strata.is_empty()) {
        parts.push(format!("strata: {} (participants without one form a stratum)", listed(strata)));
    }
    if let Some(binary) = binary.filter(|own| !own.covariates.is_empty()) {
        let covariates = listed(&binary.covariates);
        parts.push(format!("covariates of models: {covariates} (participants without one are left out of the models)"));
    }
    let label = format!("{} — adjusted comparisons", endpoint.label);
    (!parts.is_empty()).then(|| Fact { label, text: parts.join("; ") })
}

fn days(endpoint: &Endpoint, survival: &Survival) -> Fact {
    let mut text = format!("days: {}; event: {}", one_line(&survival.days.sql), one_line(&survival.event.sql));
    if let Some(competing) = &survival.competing {
        text.push_str(&format!("; competing event: {}", one_line(&competing.sql)));
    }
    if let Some(day) = survival.landmark {
        text.push_str(&format!("; landmark: day {day}, only those without event or end by then, time from it"));
    }
    Fact { label: format!("{} (known in days)", endpoint.label), text }
}

fn options(study: &Study) -> Option<MethodsParagraph> {
    if study.option.is_empty() {
        return None;
    }
    let rules = study
        .option
        .iter()
        .map(|(name, option)| {
            let values: Vec<String> = option.values.iter().map(quoted).collect();
            Fact {
                label: format!("{name} — {}", option.label),
                text: format!("{} (of: {})", quoted(&option.default), values.join(", ")),
            }
        })
        .collect();
    Some(MethodsParagraph {
        heading: "Choices in force".to_owned(),
        paragraphs: vec!["Free choices of the definitions, with the value of the main analysis.".to_owned()],
        rules,
    })
}

/// A value as rules write it: text in quotes.
fn quoted(choice: &Choice) -> String {
    match choice {
        Choice::Text(text) => format!("'{text}'"),
        other => other.to_string(),
    }
}

fn numbers(study: &Study, provenance: &Provenance) -> MethodsParagraph {
    MethodsParagraph {
        heading: "Numbers and software".to_owned(),
        paragraphs: vec![dialects::numbers(study, provenance)],
        rules: Vec::new(),
    }
}

/// A rule on one line.
pub(super) fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
