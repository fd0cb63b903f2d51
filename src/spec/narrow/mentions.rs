//! Which elements of a specification say the names of which others.
//!
//! An element is what has a name: an endpoint, a frame, a derivation, a display. It needs another one if one of its texts
//! says that name as a word: `creat` in the rule `creat_base <= 1.2`, `safety` in `analysis-set = "safety"`. A name may be
//! said by chance; then something is kept that nobody needs, which costs time and nothing else. Words for readers (labels,
//! titles, footnotes) say nothing, and what lies deeper never needs what stands on it: a frame needs measures, and no
//! endpoint ([`Depth`]).

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::spec::instrument;

/// Keys whose texts are for readers, or name what no study file holds, or what stands within an element: the items of a
/// summary may have names of endpoints.
const PROSE: &[&str] = &[
    "instrument",
    "label",
    "title",
    "description",
    "footnotes",
    "heading",
    "what",
    "handling",
    "y-title",
    "x-title",
    "id",
];

/// Keys whose texts name what an analysis is made of, never an analysis: records may have the name of one.
const SOURCES: &[&str] = &["records", "frame", "variable", "analysis-set"];

/// An element: the section of the file it stands in, and its name there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Element {
    pub(super) section: String,
    pub(super) name: String,
}

/// The key that names the elements of a section written `[[section]]`.
pub(super) fn naming_key(section: &str) -> &'static str {
    match section {
        "export" => "dataset",
        "section" => "number",
        _ => "id",
    }
}

/// How deep an element lies; it needs only what lies deeper.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    /// It reads data and nothing else.
    Source,
    /// It puts sources side by side.
    Frame,
    /// It derives, or says who: from each other, too.
    Derived,
    /// It analyses.
    Analysis,
    /// It puts analyses together.
    Combined,
    /// It shows.
    Shown,
}

impl Element {
    fn depth(&self) -> Depth {
        match self.section.as_str() {
            "measure" | "score" | "dose" | "event" | "option" => Depth::Source,
            "frame" => Depth::Frame,
            "derivation" | "subject-variable" | "records" | "analysis-set" | "subgroup" => Depth::Derived,
            "multiplicity" | "monitoring" | "safety-rule" => Depth::Combined,
            "display" | "text" | "statement" | "checklist" => Depth::Shown,
            _ => Depth::Analysis,
        }
    }

    fn may_need(&self, other: &Self) -> bool {
        match self.depth() {
            Depth::Source => false,
            Depth::Frame => other.depth() == Depth::Source,
            Depth::Derived => other.depth() <= Depth::Derived,
            own => other.depth() < own,
        }
    }
}

/// The words that an element says.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// In what is written.
    pub(super) values: BTreeSet<String>,
    /// In what is written where only a source can stand ([`SOURCES`]).
    sources: BTreeSet<String>,
    /// As keys: they name what lies deeper, such as options, and no analysis.
    keys: BTreeSet<String>,
}

impl Words {
    /// Every word that is written.
    pub(super) fn written(&self) -> impl Iterator<Item = &String> {
        self.values.union(&self.sources)
    }
}

/// The elements of a specification with the words they say.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    pub(super) words: BTreeMap<Element, Words>,
    /// Elements by name; several sections may use the same one.
    by_name: BTreeMap<String, Vec<Element>>,
}

/// Sections that are no collections of elements.
const WHOLE: &[&str] =
    &["study", "data", "conformance", "masking", "report", "arm", "section", "visits", "random", "flow", "checklist"];

impl Mentions {
    /// Those of a document.
    pub(super) fn of(document: &Table) -> Self {
        let mut all = Self::default();
        for (section, value) in document.iter().filter(|(section, _)| !WHOLE.contains(&section.as_str())) {
            match value {
                Value::Array(elements) => {
                    for element in elements {
                        let name = element.get(naming_key(section)).and_then(Value::as_str);
                        if let Some(name) = name {
                            all.add(section, name, element);
                        }
                    }
                }
                Value::Table(elements) => elements.iter().for_each(|(name, element)| all.add(section, name, element)),
                _ => {}
            }
        }
        for section in ["flow", "checklist"] {
            if let Some(value) = document.get(section) {
                all.add(section, section, value);
            }
        }
        all
    }

    fn add(&mut self, section: &str, name: &str, value: &Value) {
        let element = Element { section: section.to_owned(), name: name.to_owned() };
        let mut words = Words::default();
        collect(value, &mut words);
        // What rules of an instrument ask of their frame is written in the instrument.
        let instrument = value.get("instrument").and_then(Value::as_str);
        if let Some(instrument) = instrument.filter(|_| section == "derivation") {
            for (_, text) in instrument::shipped().iter().filter(|(path, _)| path.ends_with(&format!("/{instrument}")))
            {
                said(text, &mut words.values);
            }
        }
        self.by_name.entry(name.to_owned()).or_default().push(element.clone());
        // A section of one element goes by its own name, and by that of its analysis.
        if let Some(id) = value.get("id").and_then(Value::as_str).filter(|id| *id != name) {
            self.by_name.entry(id.to_owned()).or_default().push(element.clone());
        }
        self.words.insert(element, words);
    }

    /// The elements of this very name.
    pub(super) fn called(&self, name: &str) -> &[Element] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The elements that a word names: by their name, or by it with an ending of its own (`creat_base`).
    fn named<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a Element> {
        let ends = word.match_indices('_').map(|(at, _)| at).chain([word.len()]);
        ends.filter_map(|end| self.by_name.get(&word[..end])).flatten()
    }

    /// Everything that some elements need, themselves included; each with the element that was found to need it first.
    pub(super) fn needed(&self, roots: &[Element], said: &BTreeSet<String>) -> BTreeMap<Element, Option<Element>> {
        let mut found: BTreeMap<Element, Option<Element>> = BTreeMap::new();
        let mut open: Vec<(Element, Option<Element>)> = roots.iter().map(|root| (root.clone(), None)).collect();
        // Displays and texts are shown because a report has them, never because something names them.
        let is_shown =
            |element: &Element| matches!(element.section.as_str(), "display" | "text" | "export" | "variant");
        let of_words = said.iter().flat_map(|word| self.named(word)).filter(|element| !is_shown(element));
        open.extend(of_words.map(|element| (element.clone(), None)));
        while let Some((element, by)) = open.pop() {
            if found.contains_key(&element) {
                continue;
            }
            found.insert(element.clone(), by);
            let Some(words) = self.words.get(&element) else { continue };
            let values = words.values.iter().map(|word| (word, Depth::Shown));
            let shallow = words.keys.iter().chain(&words.sources).map(|word| (word, Depth::Derived));
            for (word, most) in values.chain(shallow) {
                for next in self.named(word).filter(|next| next.depth() <= most && element.may_need(next)) {
                    // A variant is of endpoints that do not name it; a display names the variants it shows.
                    let pulled = next.section == "variant" && element.section == "display";
                    if (pulled || !is_shown(next)) && !found.contains_key(next) {
                        open.push((next.clone(), Some(element.clone())));
                    }
                }
            }
        }
        found
    }
}

/// The words that a part of the document says.
pub(super) fn collect(value: &Value, words: &mut Words) {
    match value {
        Value::String(text) => said(text, &mut words.values),
        Value::Array(values) => values.iter().for_each(|value| collect(value, words)),
        Value::Table(table) => {
            for (key, value) in table.iter().filter(|(key, _)| !PROSE.contains(&key.as_str())) {
                words.keys.insert(key.clone());
                match value {
                    Value::Array(names) if key == "items" && names.iter().all(Value::is_str) => {}
                    Value::String(_) if key == "item" => {}
                    Value::String(text) if SOURCES.contains(&key.as_str()) => said(text, &mut words.sources),
                    _ => collect(value, words),
                }
            }
        }
        _ => {}
    }
}

/// The words of a text. Of a template only what is computed counts, of a rule not the values in quotes.
pub(super) fn said(text: &str, words: &mut BTreeSet<String>) {
    let is_template = text.contains("{{") || text.contains("{%");
    if is_template {
        for part in text.split("{{").skip(1).filter_map(|part| part.split("}}").next()) {
            add(part, words);
        }
        for part in text.split("{%").skip(1).filter_map(|part| part.split("%}").next()) {
            add(part, words);
        }
    } else {
        said_in_rule(text, words);
    }
}

/// The words of a rule: not the values in quotes, whatever stands in them.
pub(super) fn said_in_rule(text: &str, words: &mut BTreeSet<String>) {
    text.split('\'').step_by(2).for_each(|part| add(part, words));
}

fn add(part: &str, words: &mut BTreeSet<String>) {
    let of = part.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
    words.extend(of.filter(|word| !word.is_empty()).map(str::to_owned));
    // In a rule a minus takes apart, in a name it joins.
    words.extend(part.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty()).map(str::to_owned));
}
