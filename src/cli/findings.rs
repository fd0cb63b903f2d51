//! Findings for other programs: one JSON document, or SARIF 2.1.0 (OASIS Static Analysis Results Interchange Format).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::data::define::{RULES, Rule};
use crate::error::{Finding, Place, Severity};
use crate::spec::conformance::{ConformanceRule, Level};
use crate::spec::instrument;

/// How `check` gives its findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For people, on standard error.
    Text,
    /// One JSON document on standard output as well.
    Json,
    /// SARIF 2.1.0 on standard output as well, for code hosts and editors.
    Sarif,
}

/// A rule that findings name, in words.
#[derive(Clone, Debug)]
pub(super) struct RuleText<'a> {
    pub(super) id: &'a str,
    pub(super) severity: Severity,
    pub(super) summary: &'a str,
    pub(super) help: &'a str,
}

/// The rules of all catalogues.
pub(super) fn rules() -> Vec<RuleText<'static>> {
    static SHIPPED: LazyLock<Vec<ConformanceRule>> = LazyLock::new(|| {
        let sets = instrument::names(instrument::CONFORMANCE).into_iter();
        sets.filter_map(|name| instrument::conformance(&name)).flat_map(|set| set.rule).collect()
    });
    let text = |rule: &Rule| RuleText { id: rule.id, severity: rule.severity, summary: rule.summary, help: rule.help };
    let shipped = |rule: &'static ConformanceRule| RuleText {
        id: &rule.id,
        severity: if rule.severity == Level::Error { Severity::Error } else { Severity::Warning },
        summary: &rule.title,
        help: &rule.action,
    };
    RULES.iter().map(text).chain(SHIPPED.iter().map(shipped)).collect()
}

/// The document of these findings; none where people are told alone. `exit` is the exit number of the process.
pub(super) fn document(form: Form, findings: &[Finding], rules: &[RuleText], exit: u8) -> Option<String> {
    let value = match form {
        Form::Text => return None,
        Form::Json => plain(findings, exit),
        Form::Sarif => sarif(findings, rules, exit),
    };
    Some(visible(&format!("{value:#}\n")))
}

fn plain(findings: &[Finding], exit: u8) -> Value {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    json!({
        "program": "trialpress",
        "version": env!("CARGO_PKG_VERSION"),
        "exit": exit,
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "findings": findings,
    })
}

fn sarif(findings: &[Finding], rules: &[RuleText], exit: u8) -> Value {
    let mut described: Vec<Value> = rules.iter().map(rule).collect();
    let mut index: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(at, rule)| (rule.id, at)).collect();
    for id in findings.iter().filter_map(|finding| finding.rule.as_deref()) {
        index.entry(id).or_insert_with(|| {
            described.push(json!({ "id": id }));
            described.len() - 1
        });
    }
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &index)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "trialpress",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": described,
            } },
            "invocations": [{ "executionSuccessful": exit == 0, "exitCode": exit }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(rule: &RuleText) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary },
        "help": { "text": rule.help },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn result(finding: &Finding, index: &BTreeMap<&str, usize>) -> Value {
    let mut result = Map::new();
    if let Some(rule) = &finding.rule {
        result.insert("ruleId".into(), json!(rule));
        result.insert("ruleIndex".into(), json!(index.get(rule.as_str())));
    }
    result.insert("level".into(), json!(level(finding.severity)));
    result.insert("message".into(), json!({ "text": finding.message }));
    if let Some(location) = location(&finding.place) {
        result.insert("locations".into(), json!([location]));
    }
    let mut properties = Map::new();
    if !finding.place.subjects.is_empty() {
        properties.insert("subjects".into(), json!(finding.place.subjects));
    }
    if let Some(hint) = &finding.hint {
        properties.insert("hint".into(), json!(hint));
    }
    if !properties.is_empty() {
        result.insert("properties".into(), Value::Object(properties));
    }
    Value::Object(result)
}

/// A line of a file is a physical location, a variable of a dataset a logical one.
fn location(place: &Place) -> Option<Value> {
    let mut location = Map::new();
    if let Some(file) = &place.file {
        let mut physical = Map::new();
        physical.insert("artifactLocation".into(), json!({ "uri": uri(file) }));
        if let Some(line) = place.line {
            let mut region = Map::new();
            region.insert("startLine".into(), json!(line));
            if let Some(column) = place.column {
                region.insert("startColumn".into(), json!(column));
            }
            physical.insert("region".into(), Value::Object(region));
        }
        location.insert("physicalLocation".into(), Value::Object(physical));
    }
    let logical = match (&place.dataset, &place.variable) {
        (Some(dataset), Some(variable)) => Some((variable, format!("{dataset}.{variable}"), "member")),
        (Some(dataset), None) => Some((dataset, dataset.clone(), "type")),
        (None, Some(variable)) => Some((variable, variable.clone(), "member")),
        (None, None) => None,
    };
    if let Some((name, whole, kind)) = logical {
        location
            .insert("logicalLocations".into(), json!([{ "name": name, "fullyQualifiedName": whole, "kind": kind }]));
    }
    (!location.is_empty()).then_some(Value::Object(location))
}

/// A path as a reference of RFC 3986: every byte encoded that may not stand in one.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// A JSON document of which nothing acts on a terminal: beside the characters that JSON must escape, those of control and
/// of direction are. They stand in strings only, where an escape means the same.
fn visible(document: &str) -> String {
    let acts = |c: char| {
        c != '\n' && c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut shown = String::with_capacity(document.len());
    for c in document.chars() {
        if acts(c) { shown.push_str(&format!("\\u{:04x}", u32::from(c))) } else { shown.push(c) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: [RuleText; 1] =
        [RuleText { id: "DEF-001", severity: Severity::Error, summary: "it is so", help: "make it so" }];

    fn sample() -> Vec<Finding> {
        vec![
            Finding::error(Place::at("a b/étude.toml", 3, 7), "no \u{1b}[31m\u{202e}\u{85} such thing")
                .rule("DEF-001")
                .hint("fix it"),
            Finding::warning(Place::dataset("ADSL").variable("AGE").subjects(["S-1", "S-2"]), "odd").rule("X-9"),
            Finding::warning(Place::dataset("ADSL"), "odd too"),
            Finding::error(Place::default(), "nowhere"),
        ]
    }

    fn parsed(form: Form) -> Value {
        let document = document(form, &sample(), &SOME, 4).expect("a document");
        assert!(!document.contains(['\u{1b}', '\u{202e}', '\u{85}']), "{document}");
        serde_json::from_str(&document).expect("JSON")
    }

    #[test]
    fn text_is_for_people_alone() {
        assert_eq!(document(Form::Text, &sample(), &SOME, 4), None);
    }

    #[test]
    fn the_document_counts_and_holds_every_finding() {
        let value = parsed(Form::Json);
        assert_eq!((&value["exit"], &value["errors"], &value["warnings"]), (&json!(4), &json!(2), &json!(2)));
        assert_eq!(value["findings"][0]["rule"], "DEF-001");
        assert_eq!(value["findings"][0]["message"], sample()[0].message);
        assert_eq!(value["findings"][1]["place"]["subjects"], json!(["S-1", "S-2"]));
    }

    #[test]
    fn sarif_places_findings_in_files_and_in_datasets() {
        let value = parsed(Form::Sarif);
        let run = &value["runs"][0];
        assert_eq!(run["invocations"][0], json!({ "executionSuccessful": false, "exitCode": 4 }));
        let rules = &run["tool"]["driver"]["rules"];
        assert_eq!(rules[0]["help"]["text"], "make it so");
        assert_eq!(rules[1], json!({ "id": "X-9" }));
        let results = &run["results"];
        assert_eq!((&results[0]["level"], &results[0]["ruleIndex"]), (&json!("error"), &json!(0)));
        let physical = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "a%20b/%C3%A9tude.toml");
        assert_eq!(physical["region"], json!({ "startLine": 3, "startColumn": 7 }));
        assert_eq!(results[0]["properties"]["hint"], "fix it");
        assert_eq!(results[1]["ruleIndex"], 1);
        let logical = &results[1]["locations"][0]["logicalLocations"][0];
        assert_eq!(*logical, json!({ "name": "AGE", "fullyQualifiedName": "ADSL.AGE", "kind": "member" }));
        assert_eq!(results[1]["properties"]["subjects"], json!(["S-1", "S-2"]));
        assert!(results[2].get("ruleId").is_none());
        assert!(results[3].get("locations").is_none());
    }
}
