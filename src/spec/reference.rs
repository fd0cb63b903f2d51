//! The reference of `study.toml`, generated from the types: JSON Schema for editors, Markdown for people.

use schemars::schema_for;
use serde_json::Value;

use crate::spec::Study;

/// The JSON Schema of `study.toml`.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schema_for!(Study).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), Value::from("study.toml"));
        // Only two sections must be there; lists and tables of names may be absent.
        object.insert("required".to_owned(), Value::from(vec!["study", "data", "arm"]));
        object.insert("additionalProperties".to_owned(), Value::from(false));
    }
    schema
}

/// Every key of `study.toml` with its meaning, as Markdown. `functions` are those of the rule language, by name and
/// meaning; they are handed in because a specification knows rules only as text.
#[must_use]
pub fn markdown(functions: &[(&str, &str)]) -> String {
    let schema = schema();
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    let mut text = String::from(
        "# The keys of study.toml\n\nA key marked * must be there. Generated from the types by `trialpress spec`.\n",
    );
    let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, property) in &properties {
        let (heading, element) = match kind(property) {
            Kind::List(element) => (format!("[[{key}]]"), element),
            Kind::Named(element) => (format!("[{key}.NAME]"), element),
            Kind::One(element) => (format!("[{key}]"), element),
        };
        text.push_str(&format!("\n## {heading}\n\n{}\n", description(property, &definitions)));
        if let Some(object) = element.and_then(|name| definitions.get(&name).cloned()) {
            write_keys(&mut text, &object, &definitions, &heading, 0);
        }
    }
    text.push_str(
        "\n## Rules\n\nRules are SQL expressions over one row: columns, literals, `DATE 'YYYY-MM-DD'`, options (`:name`), \
         comparisons, arithmetic, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL, CASE, and these functions:\n\n",
    );
    for (name, meaning) in functions {
        text.push_str(&format!("- `{name}`: {}\n", meaning.trim()));
    }
    text
}

enum Kind {
    List(Option<String>),
    Named(Option<String>),
    One(Option<String>),
}

fn reference(property: &Value) -> Option<String> {
    let direct = property.get("$ref").and_then(Value::as_str);
    let nested = || {
        property
            .get("anyOf")
            .or_else(|| property.get("allOf"))
            .and_then(Value::as_array)
            .and_then(|options| options.iter().find_map(|option| option.get("$ref").and_then(Value::as_str)))
    };
    direct.or_else(nested).and_then(|path| path.rsplit('/').next()).map(str::to_owned)
}

fn kind(property: &Value) -> Kind {
    if let Some(items) = property.get("items") {
        Kind::List(reference(items))
    } else if let Some(values) = property.get("additionalProperties").filter(|values| values.is_object()) {
        Kind::Named(reference(values))
    } else {
        Kind::One(reference(property))
    }
}

fn description(property: &Value, definitions: &Value) -> String {
    let own = property.get("description").and_then(Value::as_str);
    let of_type = || {
        reference(property)
            .and_then(|name| definitions.get(&name))
            .and_then(|definition| definition.get("description"))
            .and_then(Value::as_str)
    };
    own.or_else(of_type).unwrap_or("").replace('\n', " ")
}

fn type_name(property: &Value, definitions: &Value) -> String {
    let simple = |value: &Value| match value.get("type") {
        Some(Value::String(name)) => Some(name.clone()),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null").map(str::to_owned)
        }
        _ => None,
    };
    let choices = reference(property).and_then(|name| definitions.get(&name).cloned()).and_then(|definition| {
        let constants: Vec<String> = definition
            .get("oneOf")
            .and_then(Value::as_array)?
            .iter()
            .filter_map(|option| option.get("const").and_then(Value::as_str))
            .map(|name| format!("\"{name}\""))
            .collect();
        let tables = with_values(&definition).into_iter().map(|(key, _)| format!("{{ {key} = … }}"));
        let choices: Vec<String> = constants.into_iter().chain(tables).collect();
        (!choices.is_empty()).then(|| choices.join(" or "))
    });
    match (choices, kind(property)) {
        (Some(choices), _) => choices,
        (None, Kind::List(element)) => element.map_or_else(|| "list".to_owned(), |name| format!("list of {name}")),
        (None, Kind::Named(_)) => "table".to_owned(),
        (None, Kind::One(Some(name))) => name,
        (None, Kind::One(None)) => simple(property).unwrap_or_else(|| "value".to_owned()),
    }
}

/// The choices of a type that carry a value: `{ name = value }`.
fn with_values(definition: &Value) -> Vec<(String, Value)> {
    let options = definition.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let properties = options.filter_map(|option| Some((option, option.get("properties")?.as_object()?)));
    let named = properties.flat_map(|(option, all)| all.iter().map(move |(key, value)| (option, key, value)));
    named
        .map(|(option, key, value)| {
            let mut value = value.clone();
            // The meaning of a choice stands beside it, not in it.
            if let (Some(object), Some(meaning)) = (value.as_object_mut(), option.get("description")) {
                object.insert("description".to_owned(), meaning.clone());
            }
            (key.clone(), value)
        })
        .collect()
}

fn write_keys(text: &mut String, object: &Value, definitions: &Value, under: &str, depth: usize) {
    let required: Vec<&str> = object
        .get("required")
        .and_then(Value::as_array)
        .map(|keys| keys.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let Some(properties) = object.get("properties").and_then(Value::as_object) else { return };
    let mut nested = Vec::new();
    for (key, property) in properties {
        let star = if required.contains(&key.as_str()) { "*" } else { "" };
        let default = property
            .get("default")
            .filter(|value| !value.is_null() && **value != Value::from(Vec::<Value>::new()))
            .map(|value| format!(" Default: `{value}`."))
            .unwrap_or_default();
        text.push_str(&format!(
            "- `{key}`{star} ({}): {}{default}\n",
            type_name(property, definitions),
            description(property, definitions)
        ));
        let element = match kind(property) {
            Kind::List(element) | Kind::Named(element) | Kind::One(element) => element,
        };
        // A table that only this key has is written where it stands.
        let inline = || property.get("properties").is_some().then(|| property.clone());
        if let Some(mut definition) = element.and_then(|name| definitions.get(&name).cloned()).or_else(inline) {
            let choices = with_values(&definition);
            if !choices.is_empty()
                && let Some(object) = definition.as_object_mut()
            {
                object.insert("properties".to_owned(), Value::Object(choices.into_iter().collect()));
            }
            if definition.get("properties").is_some() {
                nested.push((key.clone(), definition));
            }
        }
    }
    // Deeper tables follow their parent, so that each list of keys stays whole.
    if depth < 3 {
        for (key, definition) in nested {
            let path = format!("{} · {key}", under.trim_matches(['[', ']']));
            text.push_str(&format!(
                "\n### {path}\n\n{}\n\n",
                definition.get("description").and_then(Value::as_str).unwrap_or("").replace('\n', " ")
            ));
            write_keys(text, &definition, definitions, &path, depth + 1);
        }
    }
}
