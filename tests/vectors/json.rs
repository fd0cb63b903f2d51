//! The vector files of the specification, and what a listing shows for their values.

use serde_json::Value as Json;

use crate::support::{read, shared};

/// The cases of a vector file; none if the file is not there.
pub fn cases(file: &str) -> Option<Vec<Json>> {
    let document = document(file)?;
    let cases = document["cases"].as_array().unwrap_or_else(|| panic!("{file} holds no cases"));
    Some(cases.clone())
}

/// A whole vector file; none if it is not there.
pub fn document(file: &str) -> Option<Json> {
    let path = shared(&format!("vectors/{file}"))?;
    Some(serde_json::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// A text of a vector.
pub fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a text"))
}

/// A number of a vector.
pub fn number(value: &Json) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

/// What a listing shows for a value of a vector: T, F and U are truths, nothing is nothing.
pub fn shown(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(word) => match word.as_str() {
            "T" => "true".to_owned(),
            "F" => "false".to_owned(),
            "U" => String::new(),
            other => other.to_owned(),
        },
        other => other.to_string(),
    }
}
