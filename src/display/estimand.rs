//! The estimand above a display: attribute by attribute, once where several endpoints share it.

use crate::display::report::Fact;
use crate::spec::endpoint::{Endpoint, Estimand};

/// The attributes of the estimands of these endpoints. A text has a line for each intercurrent event; what differs
/// between the endpoints has a line for each of them, numbered as the endpoints are.
pub(super) fn facts(endpoints: &[&Endpoint]) -> Vec<Fact> {
    let names: Vec<String> =
        endpoints.iter().map(|endpoint| format!("{}: {}", endpoint.role.label(), endpoint.label)).collect();
    let label = if names.len() > 1 { "Endpoints" } else { "Endpoint" };
    let estimands: Vec<Option<&Estimand>> = endpoints.iter().map(|endpoint| endpoint.estimand.as_ref()).collect();
    let of = |read: fn(&Estimand) -> String| -> Vec<String> {
        estimands.iter().map(|estimand| estimand.map(read).unwrap_or_default()).collect()
    };
    let attributes = [
        ("Treatment", of(|estimand| estimand.treatment.clone())),
        ("Population", of(|estimand| estimand.population.clone())),
        ("Variable", of(|estimand| estimand.variable.clone())),
        ("Intercurrent events", of(events)),
        ("Missing data", of(|estimand| estimand.missing.clone().unwrap_or_default())),
        ("Summary", of(|estimand| estimand.summary.clone())),
    ];
    let mut facts: Vec<Fact> = numbered(label, &names).into_iter().collect();
    facts.extend(attributes.iter().filter_map(|(label, texts)| shared(label, texts)));
    facts
}

/// The intercurrent events, a line each.
fn events(estimand: &Estimand) -> String {
    let lines = estimand.intercurrent.iter().map(|event| format!("{}: {}", event.event, event.strategy));
    lines.collect::<Vec<_>>().join("\n")
}

/// A text that all endpoints share stands once.
fn shared(label: &str, texts: &[String]) -> Option<Fact> {
    match texts {
        [first, rest @ ..] if rest.iter().all(|text| text == first) => numbered(label, std::slice::from_ref(first)),
        _ => numbered(label, texts),
    }
}

/// Texts with the numbers of their endpoints; a single one has none, and an empty one says nothing.
fn numbered(label: &str, texts: &[String]) -> Option<Fact> {
    let lines: Vec<String> = match texts {
        [only] => vec![only.clone()],
        _ => (1..)
            .zip(texts)
            .flat_map(|(number, text)| text.lines().map(move |line| format!("({number}) {line}")))
            .collect(),
    };
    let text = lines.join("\n");
    (!text.is_empty()).then(|| Fact { label: label.to_owned(), text })
}

#[cfg(test)]
mod tests {
    use super::shared;

    #[test]
    fn what_endpoints_share_stands_once() {
        let said = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            shared("Variable", &texts).map(|fact| fact.text)
        };
        assert_eq!(said(&["a"]).as_deref(), Some("a"));
        assert_eq!(said(&["a: b\nc: d", "a: b\nc: d"]).as_deref(), Some("a: b\nc: d"));
        assert_eq!(said(&["a: b\nc: d", "e"]).as_deref(), Some("(1) a: b\n(1) c: d\n(2) e"));
        assert_eq!(said(&["", "e"]).as_deref(), Some("(2) e"));
        assert_eq!(said(&["", ""]), None);
    }
}
