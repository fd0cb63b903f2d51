//! `spec`, and what is linked in.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::FLAGSHIP;
use crate::support::{fixture_study, read, repository, scratch, succeed};

/// The keys of a TOML table that the schema knows, by walking both; whatever it does not know is a fault.
struct Walk<'a> {
    schema: &'a Value,
    keys: BTreeSet<String>,
    faults: Vec<String>,
}

impl<'a> Walk<'a> {
    /// The definition behind references.
    fn resolved(&self, mut node: &'a Value) -> &'a Value {
        loop {
            let choice = node
                .get("anyOf")
                .and_then(Value::as_array)
                .and_then(|all| all.iter().find(|one| one.get("$ref").is_some()));
            let target = node.get("$ref").or_else(|| choice.and_then(|one| one.get("$ref"))).and_then(Value::as_str);
            let Some(name) = target.and_then(|path| path.rsplit('/').next()) else { return node };
            node = &self.schema["$defs"][name];
        }
    }

    fn walk(&mut self, value: &toml::Value, node: &'a Value, path: &str) {
        let node = self.resolved(node);
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    let below = format!("{path}.{key}");
                    // Of a choice that carries a value, the one of this name.
                    let choices = node.get("oneOf").and_then(Value::as_array).into_iter().flatten();
                    let mut all = std::iter::once(node).chain(choices).filter_map(|one| one.get("properties"));
                    if let Some(property) = all.find_map(|all| all.get(key)) {
                        self.keys.insert(key.clone());
                        self.walk(value, property, &below);
                    } else if let Some(any) = node.get("additionalProperties").filter(|any| any.is_object()) {
                        self.walk(value, any, &below);
                    } else {
                        self.faults.push(format!("the schema does not know {below}"));
                    }
                }
            }
            toml::Value::Array(array) => {
                let items = node.get("items").or_else(|| node.get("prefixItems").and_then(|items| items.get(0)));
                match items {
                    Some(items) => array.iter().for_each(|value| self.walk(value, items, path)),
                    None => self.faults.push(format!("the schema does not know {path} as a list")),
                }
            }
            _ => {}
        }
    }
}

#[test]
fn spec_knows_every_key_of_every_fixture_study() {
    let folder = scratch();
    let text = succeed(folder.path(), &["spec", "--format", "schema"]).stdout;
    let schema: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("the schema is no JSON: {error}"));
    assert!(schema.get("$schema").is_some(), "the schema says of which kind it is");
    let reference = succeed(folder.path(), &["spec"]).stdout;
    assert_eq!(reference, succeed(folder.path(), &["spec", "--format", "markdown"]).stdout, "Markdown is the default");
    let mut walk = Walk { schema: &schema, keys: BTreeSet::new(), faults: Vec::new() };
    let mut tops = BTreeSet::new();
    let studies = [fixture_study(FLAGSHIP), fixture_study("cdisc-pilot01"), repository().join("tests/awkward/small")];
    for study in &studies {
        let table: toml::Table = toml::from_str(&read(&study.join("study.toml"))).expect("the study is TOML");
        tops.extend(table.keys().cloned());
        walk.walk(&toml::Value::Table(table), &schema, "study.toml");
    }
    let mut faults = walk.faults;
    for key in &tops {
        if schema["properties"].get(key).is_none() {
            faults.push(format!("the properties of the schema lack {key}"));
        }
        let headings = [format!("\n## [{key}]"), format!("\n## [[{key}]]"), format!("\n## [{key}.NAME]")];
        if !headings.iter().any(|heading| reference.contains(heading.as_str())) {
            faults.push(format!("the reference has no section for {key}"));
        }
    }
    for key in walk.keys.iter().filter(|key| !tops.contains(*key)) {
        if !reference.contains(&format!("\n- `{key}`")) {
            faults.push(format!("the reference does not list the key {key}"));
        }
    }
    assert!(walk.keys.len() > 80, "only {} keys were met in the fixture studies", walk.keys.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // What a rule may call is part of the reference, too.
    for function in ["COALESCE", "ANY_AVAILABLE", "RELATIVE_FALL"] {
        assert!(
            reference.contains(&format!("\n- `{function}`: ")),
            "the reference does not list the function {function}"
        );
    }
}

/// A key without a meaning is no reference.
#[test]
fn every_key_of_the_reference_has_a_meaning() {
    let folder = scratch();
    let reference = succeed(folder.path(), &["spec"]).stdout;
    let bare: Vec<&str> = reference
        .lines()
        .filter(|line| line.starts_with("- `"))
        .filter(|line| {
            line.rsplit_once("): ")
                .or_else(|| line.rsplit_once("`: "))
                .is_none_or(|(_, meaning)| meaning.trim().len() < 4)
        })
        .collect();
    assert!(bare.is_empty(), "these keys of the reference have no meaning:\n{}", bare.join("\n"));
}

/// The data stay where they are: nothing that speaks HTTP or TLS is linked into the program. (polars brings tokio, and
/// with it sockets that nobody opens.)
#[test]
fn no_http_client_is_linked_in() {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let output = Command::new(cargo)
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(repository())
        .output()
        .unwrap_or_else(|error| panic!("{cargo} does not start: {error}"));
    assert!(output.status.success(), "cargo tree fails: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: BTreeSet<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains("typst") && names.contains("polars"), "cargo tree lists the dependencies: {names:?}");
    let banned = [
        "reqwest",
        "hyper",
        "ureq",
        "isahc",
        "curl",
        "curl-sys",
        "attohttpc",
        "minreq",
        "surf",
        "object_store",
        "rustls",
        "native-tls",
        "openssl",
        "openssl-sys",
        "h2",
        "quinn",
        "tungstenite",
        "trust-dns-resolver",
        "hickory-resolver",
    ];
    let found: Vec<&str> = banned.into_iter().filter(|name| names.contains(name)).collect();
    assert!(found.is_empty(), "these are linked in, and speak HTTP or TLS: {found:?}");
}
