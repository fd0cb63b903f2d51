//! The tree of define.xml: elements by their names in the standard's namespaces, with the lines where they stand.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use super::rules::{LOOSE, REFERENCE, REQUIRED, Rule, UNIQUE, WORD};
use crate::error::{Finding, Place};

/// The namespace of ODM 1.3, in which most elements are.
pub(super) const ODM: &str = "http://www.cdisc.org/ns/odm/v1.3";
/// The namespaces of Define-XML 2.0 and 2.1.
pub(super) const DEF: [&str; 2] = ["http://www.cdisc.org/ns/def/v2.0", "http://www.cdisc.org/ns/def/v2.1"];
/// The namespace of links.
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Findings that are held; a file with more of them is refused, whatever they are.
pub(super) const MOST_FINDINGS: usize = 10_000;

/// The bytes at which lines begin; finding the line of a byte must not count from the start each time.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// The line of that byte, from 1.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
    }
}

/// Reads elements and notes what is wrong with them.
pub(super) struct Elements<'a> {
    pub(super) file: &'a str,
    pub(super) lines: &'a Lines,
    pub(super) def: &'static str,
    pub(super) findings: Vec<Finding>,
}

impl Elements<'_> {
    pub(super) fn line(&self, node: Node) -> usize {
        self.lines.line(node.range().start)
    }

    /// Notes that a rule is broken at that element.
    pub(super) fn broken(&mut self, rule: &Rule, node: Node, message: impl Into<String>) {
        if self.findings.len() == MOST_FINDINGS {
            return;
        }
        let place = Place { line: Some(self.line(node)), ..Place::file(self.file) };
        self.findings.push(rule.finding(place, message));
    }

    /// An attribute; none if it is absent or blank.
    pub(super) fn attribute(node: Node, name: &str) -> Option<String> {
        node.attribute(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// An attribute in the namespace of Define-XML.
    pub(super) fn def_attribute(&self, node: Node, name: &str) -> Option<String> {
        node.attribute((self.def, name)).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// An attribute without which the element says nothing.
    pub(super) fn required(&mut self, node: Node, name: &str) -> Option<String> {
        let value = Self::attribute(node, name);
        if value.is_none() {
            self.broken(&REQUIRED, node, format!("{} has no {name}", node.tag_name().name()));
        }
        value
    }

    /// An attribute that is a whole number.
    pub(super) fn number(&mut self, node: Node, name: &str) -> Option<u32> {
        let value = Self::attribute(node, name)?;
        let number = value.parse().ok();
        if number.is_none() {
            self.broken(&WORD, node, format!("{name} is no whole number: {}", short(&value)));
        }
        number
    }

    /// An attribute that is `Yes` or `No`.
    pub(super) fn yes(&mut self, node: Node, name: &str) -> bool {
        match self.required(node, name).as_deref() {
            Some("Yes") => true,
            Some("No") | None => false,
            Some(other) => {
                self.broken(&WORD, node, format!("{name} is neither Yes nor No: {}", short(other)));
                false
            }
        }
    }

    /// The elements of that name by their `OID`.
    pub(super) fn identified<'d, 'i>(
        &mut self,
        parent: Node<'d, 'i>,
        namespace: &str,
        name: &str,
    ) -> BTreeMap<String, Node<'d, 'i>> {
        let mut all = BTreeMap::new();
        for node in children(parent, namespace, name) {
            if let Some(oid) = self.required(node, "OID")
                && all.insert(oid.clone(), node).is_some()
            {
                self.broken(&UNIQUE, node, format!("there are two {name} with the OID {}", short(&oid)));
            }
        }
        all
    }

    /// What a reference leads to.
    pub(super) fn found<'m, T>(
        &mut self,
        all: &'m BTreeMap<String, T>,
        node: Node,
        to: &str,
        oid: &str,
    ) -> Option<&'m T> {
        let found = all.get(oid);
        if found.is_none() {
            self.broken(&REFERENCE, node, format!("there is no {to} with the OID {}", short(oid)));
        }
        found
    }

    /// The description of what a reference leads to, on which no value depends.
    pub(super) fn described(
        &mut self,
        all: &BTreeMap<String, Node>,
        node: Node,
        to: &str,
        oid: &str,
    ) -> Option<String> {
        let Some(found) = all.get(oid) else {
            self.broken(&LOOSE, node, format!("there is no {to} with the OID {}", short(oid)));
            return None;
        };
        Some(description(*found)).filter(|text| !text.is_empty())
    }

    /// The target of the link in an element `def:leaf`.
    pub(super) fn link(node: Node) -> Option<String> {
        node.attribute((XLINK, "href")).map(str::to_owned)
    }
}

/// The child elements of that name.
pub(super) fn children<'d, 'i: 'd>(
    parent: Node<'d, 'i>,
    namespace: &str,
    name: &str,
) -> impl Iterator<Item = Node<'d, 'i>> {
    parent.children().filter(move |node| {
        node.tag_name().name() == name && node.tag_name().namespace() == Some(namespace) && node.is_element()
    })
}

/// The first child element of that name.
pub(super) fn child<'d, 'i: 'd>(parent: Node<'d, 'i>, namespace: &str, name: &str) -> Option<Node<'d, 'i>> {
    children(parent, namespace, name).next()
}

/// The text in an element, without blanks around it, and with comments within it left out.
pub(super) fn text(node: Node) -> String {
    let texts = node.children().filter(Node::is_text).filter_map(|part| part.text());
    texts.collect::<String>().trim().to_owned()
}

/// The description of an element, in the first language it has; empty if it has none.
pub(super) fn description(node: Node) -> String {
    translated(node, "Description")
}

/// The translated text in a child element; empty if it has none.
pub(super) fn translated(node: Node, name: &str) -> String {
    child(node, ODM, name).and_then(|child_of| child(child_of, ODM, "TranslatedText")).map(text).unwrap_or_default()
}

/// The `MetaDataVersion` with the study around it.
pub(super) fn metadata<'d, 'i>(document: &'d Document<'i>) -> Option<(Node<'d, 'i>, Node<'d, 'i>)> {
    let study = child(document.root_element(), ODM, "Study")?;
    Some((study, child(study, ODM, "MetaDataVersion")?))
}

/// A word of a file as it is quoted: whole, if it is not too long.
pub(super) fn short(word: &str) -> String {
    const LONGEST: usize = 60;
    if word.chars().count() <= LONGEST {
        return format!("“{word}”");
    }
    let start: String = word.chars().take(LONGEST).collect();
    format!("“{start}…”")
}
