//! The methods section on a running trial: who is where, and how accrual is followed; in the rules of the specification.

use crate::display::methods::one_line;
use crate::display::report::{Fact, MethodsParagraph};
use crate::spec::Study;
use crate::spec::accrual::Accrual;
use crate::spec::status::StatusBox;

/// The paragraphs on status and accrual; none for a study without either.
pub(super) fn paragraphs(study: &Study) -> Vec<MethodsParagraph> {
    [status(study), accrual(study)].into_iter().flatten().collect()
}

fn status(study: &Study) -> Option<MethodsParagraph> {
    let boxes: Vec<&StatusBox> = study.status.iter().flat_map(|status| &status.boxes).collect();
    if boxes.is_empty() {
        return None;
    }
    let paragraphs = vec![
        "A box holds those of the box it is in who meet its rule; no two boxes in one box hold the same participant."
            .to_owned(),
    ];
    let rules = boxes.into_iter().map(|own| {
        let within = own.r#in.as_ref().map(|outer| format!("in {outer}: "));
        let by = own.by.as_ref().map(|by| format!("; reason: {}", one_line(&by.sql)));
        let mut text = format!("{}{}{}", within.unwrap_or_default(), one_line(&own.rule.sql), by.unwrap_or_default());
        for reason in &own.reasons {
            text.push_str(&format!("; {}: {}", reason.label, one_line(&reason.rule.sql)));
        }
        Fact { label: own.label.clone(), text }
    });
    Some(MethodsParagraph { heading: "Status of participants".to_owned(), paragraphs, rules: rules.collect() })
}

fn accrual(study: &Study) -> Option<MethodsParagraph> {
    if study.accrual.is_empty() {
        return None;
    }
    let paragraphs = vec![
        "Participants count from the end of their day. Between the days of the plan accrual is expected to be even. Months are \
         of 365.25 / 12 days; rates run from the opening, those of late over the last 91 days."
            .to_owned(),
    ];
    let rules = study.accrual.iter().map(|own| Fact { label: own.label.clone(), text: accrual_rules(own) });
    Some(MethodsParagraph { heading: "Accrual".to_owned(), paragraphs, rules: rules.collect() })
}

fn accrual_rules(accrual: &Accrual) -> String {
    let mut all = vec![format!("date: {}", one_line(&accrual.date.sql)), format!("planned: {}", accrual.planned)];
    all.extend(accrual.opened.iter().map(|day| format!("opened {day}")));
    let target: Vec<String> =
        accrual.target.iter().map(|own| format!("{} by {}", own.participants, own.date)).collect();
    if !target.is_empty() {
        all.push(format!("plan: {}", target.join(", ")));
    }
    all.extend(accrual.site.iter().map(|rule| format!("site: {}", one_line(&rule.sql))));
    all.extend(accrual.since.iter().map(|since| format!("{}: from {}", since.label, one_line(&since.date.sql))));
    all.join("; ")
}

#[cfg(test)]
mod tests {
    use super::accrual_rules;
    use crate::spec::accrual::Accrual;

    #[test]
    fn accrual_tells_its_rules_on_one_line() {
        let text = r#"
            id = "a"
            label = "Randomised"
            analysis-set = "all"
            date = "DAY"
            planned = 20
            opened = "2025-01-01"
            target = [{ date = "2025-01-31", participants = 4 }, { date = "2025-05-01", participants = 20 }]
            site = "SITE"
            since = { label = "Days from consent", date = "SIGNED" }
        "#;
        let accrual: Accrual = toml::from_str(text).unwrap();
        let told = "date: DAY; planned: 20; opened 2025-01-01; plan: 4 by 2025-01-31, 20 by 2025-05-01; site: SITE; Days from \
                    consent: from SIGNED";
        assert_eq!(accrual_rules(&accrual), told);
    }
}
