//! The methods section on records: what a record is, how measurements are graded, and what is counted over them; in the
//! words and rules of the specification and of the instruments.

use std::collections::BTreeSet;

use crate::display::methods::one_line;
use crate::display::report::{Fact, MethodsParagraph};
use crate::spec::Study;
use crate::spec::instrument;
use crate::spec::occurrence::{GradeShift, Occurrence, ParameterSummary};
use crate::spec::records::{Findings, Records};
use crate::spec::text::RuleText;

/// The paragraphs on records, gradings and what is counted; none for a study without records.
pub(super) fn paragraphs(study: &Study) -> Vec<MethodsParagraph> {
    [records(study), gradings(study), occurrences(study), parameters(study), attendance(study)]
        .into_iter()
        .flatten()
        .collect()
}

/// Parts of a definition, each with its name; rules on one line.
fn parts(named: &[(&str, Option<&RuleText>)]) -> Vec<String> {
    let told = named.iter().filter_map(|(name, rule)| Some(format!("{name}: {}", one_line(&rule.as_ref()?.sql))));
    told.collect()
}

fn records(study: &Study) -> Option<MethodsParagraph> {
    if study.records.is_empty() {
        return None;
    }
    let mut paragraphs = Vec::new();
    if study.records.values().any(|records| records.start.is_some() || records.end.is_some()) {
        paragraphs.push(
            "A first day that is not fully known is taken as the first it may be, or study day 1 if that is later and \
             still possible; a last day as the last it may be. Rules can ask for the earliest and the latest day that a \
             date may be."
                .to_owned(),
        );
    }
    let findings: Vec<(&Records, &Findings)> =
        study.records.values().filter_map(|records| Some((records, records.findings.as_ref()?))).collect();
    if !findings.is_empty() {
        paragraphs.push(
            "Baseline of a measurement is the last record of its parameter on or before study day 1 that may be one. Each \
             visit is represented by the record nearest to its nominal day within its window, or by that which the data \
             assign to it; of several on one day, the preferred one. The worst value after baseline is sought among all \
             later records, unscheduled ones included. Values outside their plausible range count as missing."
                .to_owned(),
        );
    }
    for (records, findings) in &findings {
        let converted = findings.parameters.iter().filter(|parameter| parameter.conversion.is_some());
        let converted = converted.filter_map(|own| Some(format!("{} to {}", own.label, own.unit.as_ref()?)));
        let converted: Vec<String> = converted.collect();
        if !converted.is_empty() {
            paragraphs.push(format!("{}: units are converted where they differ, {}.", records.label, list(&converted)));
        }
    }
    let rules = study
        .records
        .iter()
        .map(|(name, records)| Fact { label: format!("{name} — {}", records.label), text: record_rules(records) });
    Some(MethodsParagraph { heading: "Records".to_owned(), paragraphs, rules: rules.collect() })
}

fn record_rules(records: &Records) -> String {
    let mut all = vec![format!("dataset {}", records.dataset)];
    all.extend(parts(&[("where", records.r#where.as_ref())]));
    if let Some(findings) = &records.findings {
        all.extend(parts(&[
            ("may be baseline", findings.baseline.as_ref()),
            ("may stand for a visit", findings.visits.as_ref()),
            ("visit", findings.at.as_ref()),
        ]));
        let order: Vec<String> = findings.prefer.iter().map(|rule| one_line(&rule.sql)).collect();
        if !order.is_empty() {
            all.push(format!("of one day, by: {}", order.join(", ")));
        }
    }
    all.join("; ")
}

fn gradings(study: &Study) -> Option<MethodsParagraph> {
    let mut paragraphs = Vec::new();
    let mut told = BTreeSet::new();
    for records in study.records.values() {
        let graded = records.findings.iter().flat_map(|findings| findings.grades.values());
        for name in graded {
            let Some(instrument) = instrument::grades(name).filter(|_| told.insert(name.to_string())) else { continue };
            let mut text = format!("{}: {}; source: {}.", records.label, instrument.label, instrument.source);
            for convention in &instrument.conventions {
                text.push(' ');
                text.push_str(convention);
                text.push_str(if convention.ends_with('.') { "" } else { "." });
            }
            paragraphs.push(text);
        }
    }
    if paragraphs.is_empty() {
        return None;
    }
    paragraphs.insert(
        0,
        "Low and high values are graded apart. The grade of a value is the worst one whose condition certainly holds; it \
         is 0 where certainly none holds, and unknown otherwise, for example without the limit of a reference range that \
         the condition needs."
            .to_owned(),
    );
    Some(MethodsParagraph { heading: "Gradings".to_owned(), paragraphs, rules: Vec::new() })
}

fn occurrences(study: &Study) -> Option<MethodsParagraph> {
    if study.occurrence.is_empty() {
        return None;
    }
    let any = |has: fn(&Occurrence) -> bool| study.occurrence.iter().any(has);
    let mut paragraphs = vec![format!(
        "A participant counts once in each row, however many records there are; percentages are of all participants{} \
             in the analysis set.",
        if study.compares() { " of the arm" } else { "" }
    )];
    if any(|own| own.assessed.is_some()) {
        paragraphs.push(
            "Where a rule says who was assessed, percentages are of those assessed for the row, and all others are not \
             taken as being without it."
                .to_owned(),
        );
    }
    if any(|own| own.grade.is_some()) {
        paragraphs.push(
            "A participant with records of several grades counts under the highest one in the row; a missing grade is \
             below all others, and told apart."
                .to_owned(),
        );
    }
    if any(|own| own.at_risk.is_some()) {
        paragraphs.push(
            "Years at risk are days from the first to the last date at risk, both included, divided by 365.25. For rates \
             of participants the time ends with the first record; a record without date, or from before the first date, \
             ends it on the first day."
                .to_owned(),
        );
    }
    let rules = study.occurrence.iter().map(|own| Fact { label: own.label.clone(), text: occurrence_rules(own) });
    Some(MethodsParagraph { heading: "Occurrences".to_owned(), paragraphs, rules: rules.collect() })
}

fn occurrence_rules(occurrence: &Occurrence) -> String {
    let mut all = vec![format!("records {}", occurrence.records)];
    all.extend(parts(&[("where", occurrence.r#where.as_ref())]));
    let levels: Vec<String> = occurrence.levels.iter().map(|rule| one_line(&rule.sql)).collect();
    if !levels.is_empty() {
        all.push(format!("levels: {}", levels.join(", ")));
    }
    for item in &occurrence.items {
        let rule = item.r#where.as_ref().or(item.subjects.as_ref());
        all.extend(rule.map(|rule| format!("{}: {}", item.label, one_line(&rule.sql))));
    }
    all.extend(parts(&[("grade", occurrence.grade.as_ref()), ("assessed", occurrence.assessed.as_ref())]));
    if let Some(at_risk) = &occurrence.at_risk {
        all.extend(parts(&[
            ("at risk from", Some(&at_risk.from)),
            ("to", Some(&at_risk.to)),
            ("date of a record", Some(&at_risk.date)),
        ]));
    }
    all.join("; ")
}

fn parameters(study: &Study) -> Option<MethodsParagraph> {
    let described = study.parameter_summary.iter().map(summary_rules);
    let shifted = study.grade_shift.iter().map(shift_rules);
    let rules: Vec<Fact> = described.chain(shifted).collect();
    if rules.is_empty() {
        return None;
    }
    let mut paragraphs = Vec::new();
    if !study.parameter_summary.is_empty() {
        paragraphs.push(
            "Values are described at each visit in those who have one; changes are the value minus that at baseline, in \
             those who have both. Values known only as a limit count as values, and statistics that need more are not \
             estimated from them."
                .to_owned(),
        );
    }
    if !study.grade_shift.is_empty() {
        paragraphs.push(
            "A shift compares the number at baseline with the largest one among the records that count after it. Who has \
             no known number after baseline is not assessed; who has none at baseline is shown as missing there."
                .to_owned(),
        );
    }
    Some(MethodsParagraph { heading: "Parameters and shifts".to_owned(), paragraphs, rules })
}

fn attendance(study: &Study) -> Option<MethodsParagraph> {
    if study.attendance.is_empty() {
        return None;
    }
    let mut paragraphs = vec![
        "A visit of a participant is done if something was recorded in its window, or in the wider one that is looked at \
         where the window is empty. Without a record it is missed from the last day of its window on, and not yet due before; \
         it is not expected of who had left before its window opened. What belongs to a visit is expected where the visit was \
         done or missed, and overdue while it is not there. The day of the data is that at which they were cut, else the last \
         day of which the lock says that they tell, else the day of the lock."
            .to_owned(),
    ];
    if study.attendance.iter().any(|own| !own.sources.is_empty()) {
        paragraphs.push("The last date recorded by a source stands for the date of its last transfer.".to_owned());
    }
    let rules = study.attendance.iter().map(|own| {
        let mut all = vec![format!("frame {}", own.frame)];
        all.extend(parts(&[("last day in the study", own.until.as_ref())]));
        for form in &own.forms {
            all.extend(form.of.as_ref().map(|of| format!("{}: {of} has a value", form.label)));
            all.extend(form.received.as_ref().map(|rule| format!("{}: {}", form.label, one_line(&rule.sql))));
        }
        for source in &own.sources {
            all.extend(parts(&[(source.label.as_str(), Some(&source.date)), ("entered", source.entered.as_ref())]));
        }
        Fact { label: own.label.clone(), text: all.join("; ") }
    });
    Some(MethodsParagraph { heading: "Attendance".to_owned(), paragraphs, rules: rules.collect() })
}

fn summary_rules(summary: &ParameterSummary) -> Fact {
    let mut all = vec![format!("records {}", summary.records)];
    all.extend(parts(&[("where", summary.r#where.as_ref())]));
    Fact { label: summary.label.clone(), text: all.join("; ") }
}

fn shift_rules(shift: &GradeShift) -> Fact {
    let mut all = vec![format!("records {}", shift.records)];
    all.extend(parts(&[
        ("at baseline", Some(&shift.from)),
        ("after it, the largest", Some(&shift.to)),
        ("where", Some(&shift.r#where)),
    ]));
    Fact { label: shift.label.clone(), text: all.join("; ") }
}

/// "a, b and c".
fn list(words: &[String]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::{list, occurrence_rules};
    use crate::spec::occurrence::Occurrence;

    #[test]
    fn words_are_listed() {
        let words = |text: &str| list(&text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!([words("a"), words("a b"), words("a b c")], ["a", "a and b", "a, b and c"]);
    }

    #[test]
    fn an_occurrence_tells_all_its_rules_on_one_line() {
        let text = r#"
            id = "o"
            label = "Events"
            records = "e"
            analysis-set = "all"
            where = """
            a >
              1"""
            levels = ["b", "c"]
            at-risk = { from = "d", to = "f", date = "g" }
        "#;
        let occurrence: Occurrence = toml::from_str(text).unwrap();
        let told = "records e; where: a > 1; levels: b, c; at risk from: d; to: f; date of a record: g";
        assert_eq!(occurrence_rules(&occurrence), told);
    }
}
