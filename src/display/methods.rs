//! The methods section, generated from what was really used: analysis sets, visits, options, definitions, statistics.

use crate::display::report::{Fact, MethodsParagraph};
use crate::results::{Method, Provenance, Results};
use crate::spec::Study;
use crate::spec::derivation::Derivation;
use crate::spec::design::{ArmBasis, Tie};

/// The paragraphs of the methods section.
pub(super) fn paragraphs(study: &Study, results: &Results, provenance: &Provenance) -> Vec<MethodsParagraph> {
    let mut all = vec![analysis_sets(study), statistics(study, results)];
    all.extend(visits(study));
    all.extend(definitions(study));
    all.extend(options(study));
    all.push(numbers(provenance));
    all
}

fn analysis_sets(study: &Study) -> MethodsParagraph {
    let rules = study
        .analysis_set
        .iter()
        .map(|set| {
            let basis = match set.arm {
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
        Method::ALL.iter().filter(|method| used(method)).map(|method| method.sentence().to_owned()).collect();
    paragraphs.push(
        "Numbers are described by mean, standard deviation (divisor n − 1), median and quartiles (averaged where they \
         fall between two values, SAS definition 5), smallest and largest value."
            .to_owned(),
    );
    if study.arm.len() > 1 {
        let reference = &study.arm[study.reference_arm()].label;
        paragraphs.push(format!("Differences are the arm named minus {reference} unless said otherwise."));
    }
    MethodsParagraph { heading: "Statistical methods".to_owned(), paragraphs, rules: Vec::new() }
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

fn definitions(study: &Study) -> Option<MethodsParagraph> {
    if study.derivation.is_empty() {
        return None;
    }
    let rules = study
        .derivation
        .iter()
        .map(|derivation| Fact { label: label(derivation), text: definition(derivation) })
        .collect();
    Some(MethodsParagraph {
        heading: "Definitions".to_owned(),
        paragraphs: vec![
            "Rules are SQL expressions of three-valued logic: what cannot be decided from the data is unknown, not false. \
             Measured values are compared with a relative tolerance of 10⁻⁹. A result below detection is the interval \
             below its limit, and decides a comparison only if the whole interval does."
                .to_owned(),
        ],
        rules,
    })
}

fn label(derivation: &Derivation) -> String {
    format!("{} — {}", derivation.id, derivation.label)
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

fn options(study: &Study) -> Option<MethodsParagraph> {
    if study.option.is_empty() {
        return None;
    }
    let rules = study
        .option
        .iter()
        .map(|(name, option)| {
            let values: Vec<String> = option.values.iter().map(ToString::to_string).collect();
            Fact {
                label: format!("{name} — {}", option.label),
                text: format!("{} (of: {})", option.default, values.join(", ")),
            }
        })
        .collect();
    Some(MethodsParagraph {
        heading: "Choices in force".to_owned(),
        paragraphs: vec!["Free choices of the definitions, with the value of the main analysis.".to_owned()],
        rules,
    })
}

fn numbers(provenance: &Provenance) -> MethodsParagraph {
    MethodsParagraph {
        heading: "Numbers and software".to_owned(),
        paragraphs: vec![format!(
            "Numbers are rounded half away from zero on their decimal digits; percentages are rounded from the two \
             counts. All results were computed by {}; each number of this report is a row of the results delivered with \
             it, and can be traced to its rule and its data.",
            provenance.program
        )],
        rules: Vec::new(),
    }
}

/// A rule on one line.
fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
