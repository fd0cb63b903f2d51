//! From the bytes of a define.xml to what it says.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node, ParsingOptions};
use sha2::{Digest, Sha256};

use super::elements::{
    DEF, Elements, Lines, MOST_FINDINGS, ODM, child, children, description, metadata, short, text, translated,
};
use super::rules::{LOOSE, REFERENCE, REQUIRED, UNIQUE, VERSION, WORD, XML};
use super::{
    CodeList, Comparator, DataType, Define, DefinedDataset, DefinedValue, DefinedVariable, Dictionary, Item,
    RangeCheck, Standard, WhereClause, bounds,
};
use crate::data::MAX_FINDINGS;
use crate::data::lock::hexadecimal;
use crate::error::{Finding, Place, Severity};

/// Bytes of a define.xml: a hundred times those of a large one.
const MAX_BYTES: usize = 64 << 20;
/// Elements, texts and comments of it; each takes about a hundred bytes of memory.
const MAX_NODES: u32 = 4 << 20;
/// Bytes of what references yield. Many references to one long text or list would otherwise grow beyond all memory.
const MAX_HELD: usize = 256 << 20;
/// What an item or a check takes beside its texts.
const EACH: usize = 512;

/// Reads a define.xml; `shown` is the name that messages give it.
///
/// # Errors
/// Everything that is wrong with it, with lines: what is not XML, not Define-XML 2.0 or 2.1, incomplete, unknown,
/// twice there, or refers to nothing. What is only odd becomes [`Define::warnings`].
pub fn read(bytes: &[u8], shown: &str) -> Result<Define, Vec<Finding>> {
    let sha256 = hexadecimal(&Sha256::digest(bytes));
    let unfit = |line: Option<usize>, message: String| vec![XML.finding(Place { line, ..Place::file(shown) }, message)];
    if bytes.len() > MAX_BYTES {
        return Err(unfit(None, format!("the file is too large: {} bytes", bytes.len())));
    }
    let characters = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + before.split(|byte| *byte == b'\n').skip(1).count();
        unfit(Some(line), "the line is not UTF-8".into())
    })?;
    let characters = characters.strip_prefix('\u{feff}').unwrap_or(characters);
    let lines = Lines::of(characters);
    if let Some((at, message)) = bounds::refused(characters) {
        return Err(unfit(Some(lines.line(at)), message));
    }
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(characters, options).map_err(|error| {
        let line = usize::try_from(error.pos().row).ok();
        unfit(line, format!("the file is not well-formed XML: {error}"))
    })?;
    let Some((study, version)) = metadata(&document) else {
        let place = Place::file(shown);
        return Err(vec![VERSION.finding(place, "the file has no Study with a MetaDataVersion of ODM 1.3")]);
    };
    let Some(def) = DEF.into_iter().find(|def| version.attribute((*def, "DefineVersion")).is_some()) else {
        let place = Place { line: Some(lines.line(version.range().start)), ..Place::file(shown) };
        return Err(vec![VERSION.finding(place, "the MetaDataVersion has no DefineVersion of Define-XML 2.0 or 2.1")]);
    };
    let elements = Elements { file: shown, lines: &lines, def, findings: Vec::new() };
    let mut define = Contents::new(elements, version).define(study, version);
    let findings = limited(std::mem::take(&mut define.warnings), shown);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(findings);
    }
    Ok(Define { sha256, bytes: bytes.len() as u64, warnings: findings, ..define })
}

/// At most [`MAX_FINDINGS`] of each rule, with the number of the others.
fn limited(findings: Vec<Finding>, shown: &str) -> Vec<Finding> {
    let many = findings.len() == MOST_FINDINGS;
    let mut counts: BTreeMap<(Severity, Option<String>), usize> = BTreeMap::new();
    let mut kept = Vec::new();
    if many {
        kept.push(XML.finding(Place::file(shown), "the file has more faults than can be held"));
    }
    for finding in findings {
        let count = counts.entry((finding.severity, finding.rule.clone())).or_default();
        *count += 1;
        if *count <= MAX_FINDINGS {
            kept.push(finding);
        }
    }
    for ((severity, rule), count) in counts {
        if count > MAX_FINDINGS {
            let message = format!("… and {} more findings of this rule", count - MAX_FINDINGS);
            kept.push(Finding { severity, rule, ..Finding::error(Place::file(shown), message) });
        }
    }
    kept
}

/// The elements that others refer to, by their `OID`.
struct Contents<'a, 'd, 'i> {
    elements: Elements<'a>,
    items: BTreeMap<String, Node<'d, 'i>>,
    value_lists: BTreeMap<String, Node<'d, 'i>>,
    clauses: BTreeMap<String, Node<'d, 'i>>,
    methods: BTreeMap<String, Node<'d, 'i>>,
    comments: BTreeMap<String, Node<'d, 'i>>,
    code_lists: BTreeMap<String, CodeList>,
    /// Bytes of what references yielded so far.
    held: usize,
}

impl<'a, 'd, 'i> Contents<'a, 'd, 'i> {
    fn new(mut elements: Elements<'a>, version: Node<'d, 'i>) -> Self {
        let def = elements.def;
        let items = elements.identified(version, ODM, "ItemDef");
        let value_lists = elements.identified(version, def, "ValueListDef");
        let clauses = elements.identified(version, def, "WhereClauseDef");
        let methods = elements.identified(version, ODM, "MethodDef");
        let comments = elements.identified(version, def, "CommentDef");
        let lists = elements.identified(version, ODM, "CodeList");
        let code_lists = BTreeMap::new();
        let mut contents = Self { elements, items, value_lists, clauses, methods, comments, code_lists, held: 0 };
        for (oid, node) in lists {
            if let Some(list) = contents.code_list(node) {
                contents.code_lists.insert(oid, list);
            }
        }
        contents
    }

    fn define(mut self, study: Node<'d, 'i>, version: Node<'d, 'i>) -> Define {
        let global = child(study, ODM, "GlobalVariables");
        let named = |name: &str| global.and_then(|global| child(global, ODM, name)).map(text).unwrap_or_default();
        let mut datasets: BTreeMap<String, DefinedDataset> = BTreeMap::new();
        let groups: Vec<Node> = children(version, ODM, "ItemGroupDef").collect();
        if groups.is_empty() {
            self.elements.broken(&REQUIRED, version, "no dataset is described");
        }
        for group in groups {
            let Some(dataset) = self.dataset(group) else { continue };
            if datasets.keys().any(|name| name.eq_ignore_ascii_case(&dataset.name)) {
                let message = format!("the dataset {} is described twice", short(&dataset.name));
                self.elements.broken(&UNIQUE, group, message);
            }
            datasets.insert(dataset.name.clone(), dataset);
        }
        Define {
            file: self.elements.file.to_owned(),
            sha256: String::new(),
            bytes: 0,
            version: self.elements.def_attribute(version, "DefineVersion").unwrap_or_default(),
            study: named("StudyName"),
            protocol: named("ProtocolName"),
            metadata: Elements::attribute(version, "Name").unwrap_or_default(),
            standards: self.standards(version),
            datasets,
            code_lists: self.code_lists,
            warnings: self.elements.findings,
        }
    }

    fn standards(&self, version: Node) -> Vec<Standard> {
        let word = |value: Option<String>| value.unwrap_or_default();
        if let Some(name) = self.elements.def_attribute(version, "StandardName") {
            let of = word(self.elements.def_attribute(version, "StandardVersion"));
            return vec![Standard { name, version: of, sort: String::new() }];
        }
        let all = child(version, self.elements.def, "Standards");
        let each = all.into_iter().flat_map(|all| children(all, self.elements.def, "Standard"));
        let standard = |node: Node| Standard {
            name: word(Elements::attribute(node, "Name")),
            version: word(Elements::attribute(node, "Version")),
            sort: word(Elements::attribute(node, "Type")),
        };
        each.map(standard).collect()
    }

    fn dataset(&mut self, group: Node) -> Option<DefinedDataset> {
        let def = self.elements.def;
        let name = self.elements.required(group, "Name")?;
        let refs: Vec<Node> = children(group, ODM, "ItemRef").collect();
        if refs.is_empty() {
            self.elements.broken(&REQUIRED, group, format!("the dataset {} has no variables", short(&name)));
        }
        // The names of its variables by OID, for where clauses.
        let own: BTreeMap<String, String> = refs
            .iter()
            .filter_map(|node| {
                let oid = Elements::attribute(*node, "ItemOID")?;
                let name = self.items.get(&oid).and_then(|item| Elements::attribute(*item, "Name"))?;
                Some((oid, name))
            })
            .collect();
        let (mut variables, mut keys, mut names) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
        for (index, node) in refs.into_iter().enumerate() {
            let Some((item, place)) = self.item(node) else { continue };
            let order = self.elements.number(node, "OrderNumber");
            if let Some(at) = self.elements.number(node, "KeySequence")
                && let Some(other) = keys.insert(at, item.name.clone())
            {
                let message = format!("{other} and {} have the same KeySequence", item.name);
                self.elements.broken(&UNIQUE, node, message);
            }
            if !names.insert(item.name.to_lowercase()) {
                self.elements.broken(&UNIQUE, node, format!("the variable {} stands twice in {name}", item.name));
            }
            let mandatory = self.elements.yes(node, "Mandatory");
            let method = Elements::attribute(node, "MethodOID")
                .and_then(|oid| self.elements.described(&self.methods, node, "MethodDef", &oid))
                .filter(|method| self.holds(node, method.len()));
            let values = self.value_list(place, &own);
            variables.push((order, index, DefinedVariable { item, mandatory, method, values }));
        }
        // Without order numbers the order is that of the file.
        if variables.iter().all(|(order, ..)| order.is_some()) {
            variables.sort_by_key(|(order, index, _)| (*order, *index));
        }
        let class = child(group, def, "Class").and_then(|class| Elements::attribute(class, "Name"));
        let leaves: BTreeMap<String, Option<String>> = children(group, def, "leaf")
            .filter_map(|leaf| Some((Elements::attribute(leaf, "ID")?, Elements::link(leaf))))
            .collect();
        let archive = self.elements.def_attribute(group, "ArchiveLocationID").and_then(|id| {
            let leaf = leaves.get(&id).cloned();
            if leaf.is_none() {
                self.elements.broken(&LOOSE, group, format!("there is no leaf with the ID {}", short(&id)));
            }
            leaf.flatten()
        });
        Some(DefinedDataset {
            name,
            label: description(group),
            structure: self.elements.def_attribute(group, "Structure").unwrap_or_default(),
            class: class.or_else(|| self.elements.def_attribute(group, "Class")).unwrap_or_default(),
            archive,
            keys: keys.into_values().collect(),
            variables: variables.into_iter().map(|(.., variable)| variable).collect(),
            line: self.elements.line(group),
        })
    }

    /// The item that an `ItemRef` names, with its element.
    fn item(&mut self, reference: Node) -> Option<(Item, Node<'d, 'i>)> {
        if self.is_exhausted() {
            return None;
        }
        let oid = self.elements.required(reference, "ItemOID")?;
        let node = *self.elements.found(&self.items, reference, "ItemDef", &oid)?;
        let name = self.elements.required(node, "Name")?;
        let data_type = self.data_type(node)?;
        let length = self.elements.number(node, "Length");
        let significant_digits = self.elements.number(node, "SignificantDigits");
        let code_list = child(node, ODM, "CodeListRef").and_then(|list| {
            let oid = self.elements.required(list, "CodeListOID")?;
            self.elements.found(&self.code_lists, list, "CodeList", &oid).map(|_| oid)
        });
        let comment = self.elements.def_attribute(node, "CommentOID");
        let comment = comment.and_then(|oid| self.elements.described(&self.comments, node, "CommentDef", &oid));
        let origin = child(node, self.elements.def, "Origin").and_then(|origin| Elements::attribute(origin, "Type"));
        let item = Item {
            name,
            data_type,
            length,
            significant_digits,
            display_format: self.elements.def_attribute(node, "DisplayFormat"),
            label: description(node),
            code_list,
            origin,
            comment,
            line: self.elements.line(node),
        };
        let texts = item.label.len() + item.comment.as_ref().map_or(0, String::len);
        self.holds(reference, EACH + texts).then_some((item, node))
    }

    /// Whether no more references are followed: the file is refused already.
    fn is_exhausted(&self) -> bool {
        self.held > MAX_HELD || self.elements.findings.len() == MOST_FINDINGS
    }

    /// Counts what a reference yields; false if it is too much, which is said once.
    fn holds(&mut self, node: Node, bytes: usize) -> bool {
        let before = self.held;
        self.held = before.saturating_add(bytes);
        if before <= MAX_HELD && self.held > MAX_HELD {
            self.elements.broken(&XML, node, "references yield more than can be held");
        }
        self.held <= MAX_HELD
    }

    fn data_type(&mut self, node: Node) -> Option<DataType> {
        let word = self.elements.required(node, "DataType")?;
        let data_type = match word.as_str() {
            "text" | "string" => DataType::Text,
            "integer" => DataType::Integer,
            "float" => DataType::Float,
            "date" | "time" | "datetime" | "partialDate" | "partialTime" | "partialDatetime" | "incompleteDatetime"
            | "durationDatetime" | "intervalDatetime" => DataType::Iso8601,
            _ => {
                self.elements.broken(&WORD, node, format!("{} is no data type of the standard", short(&word)));
                return None;
            }
        };
        Some(data_type)
    }

    /// The value list that an item names.
    fn value_list(&mut self, item: Node<'d, 'i>, own: &BTreeMap<String, String>) -> Vec<DefinedValue> {
        let Some(reference) = child(item, self.elements.def, "ValueListRef") else { return Vec::new() };
        let Some(oid) = self.elements.required(reference, "ValueListOID") else { return Vec::new() };
        let Some(list) = self.elements.found(&self.value_lists, reference, "ValueListDef", &oid).copied() else {
            return Vec::new();
        };
        let mut values = Vec::new();
        for node in children(list, ODM, "ItemRef") {
            if self.is_exhausted() {
                break;
            }
            let Some((item, _)) = self.item(node) else { continue };
            let mandatory = self.elements.yes(node, "Mandatory");
            let references: Vec<Node> = children(node, self.elements.def, "WhereClauseRef").collect();
            if references.is_empty() {
                self.elements.broken(&REQUIRED, node, "the value has no where clause");
            }
            let clauses = references.into_iter().filter_map(|reference| self.clause(reference, own)).collect();
            values.push(DefinedValue { item, mandatory, clauses });
        }
        values
    }

    fn clause(&mut self, reference: Node, own: &BTreeMap<String, String>) -> Option<WhereClause> {
        if self.is_exhausted() {
            return None;
        }
        let oid = self.elements.required(reference, "WhereClauseOID")?;
        let node = *self.elements.found(&self.clauses, reference, "WhereClauseDef", &oid)?;
        let mut checks = Vec::new();
        for check in children(node, ODM, "RangeCheck") {
            let word = self.elements.required(check, "Comparator")?;
            let Some(comparator) = Comparator::of(&word) else {
                self.elements.broken(&WORD, check, format!("{} is no comparator of the standard", short(&word)));
                return None;
            };
            let Some(oid) = self.elements.def_attribute(check, "ItemOID") else {
                self.elements.broken(&REQUIRED, check, "RangeCheck has no ItemOID");
                return None;
            };
            if !own.contains_key(&oid) && !self.items.contains_key(&oid) {
                self.elements.broken(&REFERENCE, check, format!("there is no ItemDef with the OID {}", short(&oid)));
                return None;
            }
            let values: Vec<String> = children(check, ODM, "CheckValue").map(text).collect();
            let several = matches!(comparator, Comparator::In | Comparator::NotIn);
            if values.is_empty() || !several && values.len() > 1 {
                self.elements.broken(&REQUIRED, check, format!("{} values of {word}", values.len()));
                return None;
            }
            if !self.holds(check, EACH + values.iter().map(String::len).sum::<usize>()) {
                return None;
            }
            checks.push(RangeCheck { variable: own.get(&oid).cloned(), comparator, values });
        }
        if checks.is_empty() {
            self.elements.broken(&REQUIRED, node, "the where clause has no RangeCheck");
            return None;
        }
        Some(WhereClause { checks })
    }

    fn code_list(&mut self, node: Node) -> Option<CodeList> {
        let name = self.elements.required(node, "Name")?;
        let data_type = self.data_type(node)?;
        let external = child(node, ODM, "ExternalCodeList").and_then(|external| {
            let name = self.elements.required(external, "Dictionary")?;
            Some(Dictionary { name, version: Elements::attribute(external, "Version").unwrap_or_default() })
        });
        let mut values = BTreeMap::new();
        let items = children(node, ODM, "CodeListItem").chain(children(node, ODM, "EnumeratedItem"));
        for item in items {
            let Some(value) = self.elements.required(item, "CodedValue") else { continue };
            let decode = Some(translated(item, "Decode")).filter(|decode| !decode.is_empty());
            if data_type != DataType::Text && data_type != DataType::Iso8601 && value.parse::<f64>().is_err() {
                self.elements.broken(&WORD, item, format!("the coded value {} is no number", short(&value)));
            }
            if values.insert(value.clone(), decode).is_some() {
                self.elements.broken(&UNIQUE, item, format!("the coded value {} stands twice", short(&value)));
            }
        }
        if values.is_empty() && external.is_none() {
            self.elements.broken(&REQUIRED, node, format!("the code list {} is empty", short(&name)));
        }
        Some(CodeList { name, data_type, values, external })
    }
}
