//! What was looked at before the end, in a sentence: for item 16b of the checklist and for texts.

use crate::results::{Key, Method, Results, Statistic, Value};
use crate::spec::monitoring::Monitoring;

/// The looks of a plan that were taken: date, and what the board decided, in their order.
pub(in crate::display) fn past<'a>(plan: &Monitoring, results: &'a Results) -> Vec<(&'a str, Option<&'a str>)> {
    let word = |look: usize, of: &str| {
        let key = Key::new(&*plan.id, Statistic::Status).method(Method::GroupSequential).variable(of);
        let key = key.level(&look.to_string());
        results.rows.iter().find(|row| row.key == key).and_then(|row| match &row.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
    };
    (1..).map_while(|look| Some((word(look, "date")?, word(look, "decision")))).collect()
}

/// The sentence: looks planned before the end, taken, on which days, and whether the trial was stopped.
pub(super) fn sentence(plan: &Monitoring, results: &Results) -> String {
    let planned = plan.looks.len().saturating_sub(1);
    let taken = past(plan, results);
    let looks = |number: usize| match number {
        0 => "no look".to_owned(),
        1 => "1 look".to_owned(),
        more => format!("{more} looks"),
    };
    let mut begun = format!("{} before the end planned, {} taken", looks(planned), taken.len());
    let unplanned = (1..=taken.len()).filter(|look| is_unplanned(plan, results, *look)).count();
    if unplanned > 0 {
        begun = format!("{begun}, {unplanned} of them not planned");
    }
    if taken.is_empty() {
        return begun;
    }
    let days: Vec<&str> = taken.iter().map(|(day, _)| *day).collect();
    let end = match taken.last().and_then(|(_, decision)| *decision) {
        Some("stop") => "the trial was stopped",
        Some("suspend") => "the trial was suspended",
        Some(_) => "the trial was not stopped",
        None => "no decision is recorded",
    };
    format!("{begun}, on {}; {end}", days.join(", "))
}

fn is_unplanned(plan: &Monitoring, results: &Results, look: usize) -> bool {
    let key = Key::new(&*plan.id, Statistic::Status).method(Method::GroupSequential).variable("unplanned");
    let key = key.level(&look.to_string());
    results.rows.iter().any(|row| row.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Row;

    #[test]
    fn the_looks_are_told_with_their_days_and_the_decision() {
        let text = "id = \"p\"\nlabel = \"P\"\nlooks = [0.5, 1.0]\nalpha = 0.05\nbounds = \"none\"\n";
        let plan: Monitoring = toml::from_str(text).expect("a plan");
        let mut results = Results::default();
        assert_eq!(sentence(&plan, &results), "1 look before the end planned, 0 taken");
        let mut push = |of: &str, word: &str| {
            let key = Key::new("p", Statistic::Status).method(Method::GroupSequential).variable(of).level("1");
            results.rows.push(Row { key, value: Value::Text(word.to_owned()), unit: None, subjects: None });
        };
        push("date", "2027-03-01");
        push("decision", "continue");
        let told = "1 look before the end planned, 1 taken, on 2027-03-01; the trial was not stopped";
        assert_eq!(sentence(&plan, &results), told);
        let key = Key::new("p", Statistic::Status).method(Method::GroupSequential).variable("unplanned").level("1");
        let value = Value::Text("unplanned".to_owned());
        results.rows.push(Row { key, value, unit: None, subjects: None });
        assert_eq!(sentence(&plan, &results), told.replace("1 taken", "1 taken, 1 of them not planned"));
    }
}
