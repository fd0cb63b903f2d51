//! The arms under other names, in the data and in the specification.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::masking::rewrite::{Arm, Study, shuffle};
use crate::support::Stream;

/// Names of the arms, in the order in which the specification has the arms.
pub(super) struct Naming {
    /// What is special about them.
    pub(super) what: &'static str,
    /// How an arm is called: its identifier, its label, its value in the data.
    pub(super) arms: Vec<Arm>,
}

/// How arms are called in these ways: the fixed ones, then as many made at random as are asked for.
pub(super) fn namings(arms: &[Arm], random: usize) -> Vec<Naming> {
    let named = |what, name: &dyn Fn(usize) -> [String; 3]| Naming {
        what,
        arms: (0..arms.len()).map(name).map(|[id, label, value]| Arm { id, label, value }).collect(),
    };
    let letter = |position: usize| char::from(b'z' - u8::try_from(position).unwrap_or(0));
    let mut all = vec![
        Naming { what: "exchanged", arms: (0..arms.len()).map(|arm| arms[(arm + 1) % arms.len()].clone()).collect() },
        named("sorted the other way", &|arm| {
            let letter = letter(arm);
            [format!("{letter}{letter}"), letter.to_uppercase().collect(), format!("{letter}9")]
        }),
        named("of 500 characters", &|arm| {
            [
                format!("long{arm}"),
                format!("Treatment {arm} ").repeat(45)[..500].trim().to_owned(),
                "v".repeat(500 - arm),
            ]
        }),
        named("from right to left", &|arm| {
            let word = ["الذراع الأولى", "זרוע שנייה", "الثالثة"][arm % 3];
            [format!("rtl{arm}"), format!("\u{202e}{word}"), word.to_owned()]
        }),
        named("that look empty", &|arm| [format!("e{arm}"), "\u{2800}".repeat(arm + 1), "\u{2800}".repeat(arm + 1)]),
        named("with quotes, markup and pictures", &|arm| {
            let odd = format!("O’B'r\"i{arm} <b>&amp; #x {{{{ 1 }}}} $y$ \\ 🧬🧪");
            [format!("odd{arm}"), odd.clone(), odd]
        }),
    ];
    let mut stream = Stream(20_261_123);
    for _ in 0..random {
        let mut letters: Vec<char> = "abcdefghijklmnopqrstuvwxyzäßéžжщ統計".chars().collect();
        let mut word = |longest: usize| -> String {
            shuffle(&mut letters, &mut stream);
            letters[..longest].iter().collect()
        };
        let arms = (0..arms.len()).map(|arm| {
            let id = format!("r{arm}{}", word(6).chars().filter(char::is_ascii).collect::<String>());
            Arm { id, label: word(20), value: word(9) }
        });
        all.push(Naming { what: "made at random", arms: arms.collect() });
    }
    all
}

impl Study {
    /// The study with these names of its arms.
    pub(super) fn renamed(&self, naming: &Naming) -> Self {
        let mut study = self.clone();
        let (_, arms) = self.arms();
        let pairs: Vec<(&Arm, &Arm)> = arms.iter().zip(&naming.arms).collect();
        let value = |old: &str| pairs.iter().find(|(one, _)| one.value == old).map(|(_, new)| new.value.clone());
        let label = |old: &str| pairs.iter().find(|(one, _)| one.label == old).map(|(_, new)| new.label.clone());
        let variables = self.masked_variables();
        let datasets = self.masked_datasets();
        for (name, frame) in &mut study.frames {
            for at in 0..frame.header.len() {
                let is_masked = variables.contains(&frame.header[at]) || datasets.contains(name);
                for row in frame.rows.iter_mut().filter(|_| is_masked) {
                    if let Some(new) = value(&row[at]).or_else(|| label(&row[at])) {
                        row[at] = new;
                        frame.changed = true;
                    }
                }
            }
        }
        // Simultaneously, as names may be exchanged.
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let mut texts: Vec<(String, String)> = Vec::new();
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for (old, new) in &pairs {
            texts.push((quoted(&old.value), quoted(&new.value)));
            names.insert(old.id.clone(), new.id.clone());
            names.insert(format!("intervention-{}", old.id), format!("intervention-{}", new.id));
            for (reference, newer) in &pairs {
                names.insert(format!("{}-{}", old.id, reference.id), format!("{}-{}", new.id, newer.id));
            }
        }
        texts.extend(names.iter().map(|(old, new)| (format!("\"{old}\""), format!("\"{new}\""))));
        study.specification = renamed_table(&self.specification, &names, &texts);
        // Words that are looked for stay, though one may be an identifier of an arm.
        study.specification.insert("masking".to_owned(), self.specification["masking"].clone());
        let list = study.specification.get_mut("arm").and_then(Value::as_array_mut).expect("arms");
        for (arm, name) in list.iter_mut().zip(&naming.arms) {
            arm.as_table_mut().expect("an arm is a table").insert("label".to_owned(), name.label.clone().into());
        }
        study.specified = true;
        study
    }
}

fn renamed_table(table: &Table, names: &BTreeMap<String, String>, texts: &[(String, String)]) -> Table {
    table
        .iter()
        .map(|(key, value)| (names.get(key).unwrap_or(key).clone(), renamed_value(value, names, texts)))
        .collect()
}

fn renamed_value(value: &Value, names: &BTreeMap<String, String>, texts: &[(String, String)]) -> Value {
    match value {
        Value::String(text) => names.get(text).cloned().unwrap_or_else(|| replaced(text, texts)).into(),
        Value::Array(values) => Value::Array(values.iter().map(|value| renamed_value(value, names, texts)).collect()),
        Value::Table(table) => Value::Table(renamed_table(table, names, texts)),
        other => other.clone(),
    }
}

/// A text with some parts replaced, each where it stands first.
fn replaced(text: &str, parts: &[(String, String)]) -> String {
    let (mut rest, mut made) = (text, String::new());
    while let Some(next) = rest.chars().next() {
        if let Some((old, new)) = parts.iter().find(|(old, _)| rest.starts_with(old.as_str())) {
            made += new;
            rest = &rest[old.len()..];
        } else {
            made.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    made
}

impl Study {
    /// The study with its arms the other way round in the specification.
    pub(super) fn reverse_arms(&mut self) {
        self.specification.get_mut("arm").and_then(Value::as_array_mut).expect("arms").reverse();
        self.specified = true;
    }
}
