//! Results as files: `results.json` reads back as the same value; `results.csv` is for people and other programs.

use crate::error::{Error, Finding, Place, Stage};
use crate::results::{Provenance, Results, Row, Value};

/// The results as JSON, a row a line.
#[must_use]
pub fn to_json(results: &Results) -> String {
    lines_of("rows", &results.rows, "extracts", &results.extracts)
}

/// An object of two lists, an element a line: readable, and stable under comparison line by line.
fn lines_of<A: serde::Serialize, B: serde::Serialize>(first: &str, a: &[A], second: &str, b: &[B]) -> String {
    fn list<T: serde::Serialize>(items: &[T]) -> String {
        let lines: Vec<String> = items.iter().map(|item| serde_json::to_string(item).unwrap_or_default()).collect();
        lines.join(",\n")
    }
    format!("{{\"{first}\":[\n{}\n],\n\"{second}\":[\n{}\n]}}\n", list(a), list(b))
}

/// Reads results back.
///
/// # Errors
/// The text is not what [`to_json`] writes.
pub fn from_json(text: &str, file: &str) -> Result<Results, Error> {
    serde_json::from_str(text).map_err(|error| unreadable(file, &error))
}

/// Provenance as JSON.
#[must_use]
pub fn provenance_to_json(provenance: &Provenance) -> String {
    let mut text = serde_json::to_string_pretty(provenance).unwrap_or_default();
    text.push('\n');
    text
}

/// Reads provenance back.
///
/// # Errors
/// The text is not what [`provenance_to_json`] writes.
pub fn provenance_from_json(text: &str, file: &str) -> Result<Provenance, Error> {
    serde_json::from_str(text).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &str, error: &serde_json::Error) -> Error {
    let place = Place::at(file, error.line(), error.column());
    let finding = Finding::error(place, format!("these are not results of trialpress: {error}"));
    Error::one(Stage::Files, finding.hint("run the study again"))
}

/// The rows as CSV, in canonical order, numbers with their shortest digits that read back as the same number. For texts
/// that a spreadsheet would calculate see [`extract_to_csv`].
#[must_use]
pub fn to_csv(results: &Results) -> String {
    let header =
        "analysis,variant,arm,contrast,variable,levels,at,method,statistic,conf_level,value,of,not_estimable,unit";
    let mut text = String::from(header);
    text.push('\n');
    for row in &results.rows {
        let fields = csv_fields(row);
        let quoted: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        text.push_str(&quoted.join(","));
        text.push('\n');
    }
    text
}

fn csv_fields(row: &Row) -> [String; 14] {
    let key = &row.key;
    let groups: Vec<&str> = key.groups.iter().map(|(_, level)| level.as_str()).collect();
    let contrast = key.contrast.as_ref().map_or_else(String::new, |(first, second)| format!("{first} - {second}"));
    let (value, of, reason) = match &row.value {
        Value::Count(count) => (count.to_string(), String::new(), String::new()),
        Value::Share { part, whole } => (part.to_string(), whole.to_string(), String::new()),
        Value::Number(number) => (number.to_string(), String::new(), String::new()),
        Value::Text(text) => (text.clone(), String::new(), String::new()),
        Value::NotEstimable(reason) => (String::new(), String::new(), reason.name().to_owned()),
    };
    let level = key.conf_level.map_or_else(String::new, |tenths| format!("0.{tenths:03}"));
    [
        key.analysis.clone(),
        key.variant.clone().unwrap_or_default(),
        groups.join("; "),
        contrast,
        key.variable.clone().unwrap_or_default(),
        key.levels.join("; "),
        key.at.clone().unwrap_or_default(),
        key.method.map_or("", super::Method::name).to_owned(),
        key.statistic.name().to_owned(),
        level,
        value,
        of,
        reason,
        row.unit.clone().unwrap_or_default(),
    ]
}

/// An extract as CSV. It is made to be opened by people: a text that a spreadsheet would take for a formula gets an
/// apostrophe before it, which makes it text there; numbers stay numbers.
#[must_use]
pub fn extract_to_csv(extract: &super::Extract) -> String {
    let mut text = String::new();
    for line in std::iter::once(&extract.columns).chain(&extract.lines) {
        let fields: Vec<String> = line.iter().map(|field| quoted(field)).collect();
        text.push_str(&fields.join(","));
        text.push('\n');
    }
    text
}

fn quoted(field: &str) -> String {
    let mut text = String::new();
    quote_into(&mut text, field);
    text
}

/// Adds a field to a line of comma-separated values, quoted where it must be, and never as a formula.
pub(super) fn quote_into(text: &mut String, field: &str) {
    let harmless;
    let field = if is_formula(field) {
        harmless = format!("'{field}");
        &harmless
    } else {
        field
    };
    if field.contains([',', '"', '\n', '\r']) {
        text.push('"');
        text.push_str(&field.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(field);
    }
}

/// Whether a spreadsheet would calculate a field when it opens the file: it begins as a formula does and is neither a
/// number nor a dash alone.
fn is_formula(field: &str) -> bool {
    let number = || {
        let plain = field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
        plain && field.parse::<f64>().is_ok()
    };
    field.starts_with(['=', '+', '-', '@', '\t', '\r']) && field != "-" && !number()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Extract, Key, Method, Reason, Statistic};

    fn sample() -> Results {
        let row = |key: Key, value| Row { key, value, unit: Some("mg/dL".into()), subjects: None };
        Results {
            rows: vec![
                row(Key::new("a", Statistic::Mean).arm("x").variable("v"), Value::Number(0.1 + 0.2)),
                row(Key::new("a", Statistic::Share).level("one, two"), Value::Share { part: 1, whole: 3 }),
                row(
                    Key::new("a", Statistic::DifferenceLower)
                        .contrast("x", "y")
                        .method(Method::Newcombe)
                        .conf_level(0.95),
                    Value::NotEstimable(Reason::TooFew),
                ),
                row(Key::new("b", Statistic::N).at("W4").variant(Some("oc")), Value::Count(7)),
            ],
            extracts: vec![Extract { id: "l".into(), columns: vec!["a".into()], lines: vec![vec!["\"q\"".into()]] }],
            datasets: Vec::new(),
        }
    }

    #[test]
    fn results_read_back_as_the_same_value() {
        let results = sample();
        assert_eq!(from_json(&to_json(&results), "results.json").as_ref(), Ok(&results));
        assert!(results.repeated_keys().is_empty());
    }

    #[test]
    fn csv_quotes_what_must_be_quoted() {
        let csv = to_csv(&sample());
        assert!(csv.contains("0.30000000000000004"));
        assert!(csv.contains("\"one, two\""));
        assert!(csv.contains("too-few"));
        assert_eq!(extract_to_csv(&sample().extracts[0]), "a\n\"\"\"q\"\"\"\n");
    }

    #[test]
    fn no_text_opens_as_a_formula_and_numbers_stay_numbers() {
        let lines = ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "\rx", "=a,b", "-inf"].map(|text| vec![text.to_owned()]);
        let extract = Extract { id: "l".into(), columns: vec!["-1.5e-3".into()], lines: lines.into() };
        let csv = extract_to_csv(&extract);
        assert_eq!(csv, "-1.5e-3\n'=1+1\n'+A1\n'-A1\n'@SUM(A1)\n'\tx\n\"'\rx\"\n\"'=a,b\"\n'-inf\n");
        let kept = Extract { id: "l".into(), columns: vec!["-".into()], lines: vec![vec!["x=1".into()]] };
        assert_eq!(extract_to_csv(&kept), "-\nx=1\n");
    }
}
