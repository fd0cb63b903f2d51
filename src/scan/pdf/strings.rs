//! In which channel a string or name of an object stands: by the keys on the way to it and by what its dictionary is.

use std::collections::{BTreeMap, BTreeSet};

use super::file::File;
use super::object::Value;

/// What an object or a part of it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Realm {
    /// Nothing that has a name here.
    #[default]
    Other,
    /// The document information.
    Info,
    /// The tree or dictionary of named destinations.
    Destinations,
    /// The tree of attachments, whose keys are names.
    Attachments,
    /// The tree of scripts.
    Scripts,
    /// Labels of pages.
    PageLabels,
    /// The tree of ids of structure elements.
    Ids,
    /// The outline.
    Outline,
    /// An annotation.
    Annotation,
    /// A field of a form.
    Field,
    /// A layer.
    Layer,
    /// A file specification.
    FileName,
    /// A structure element.
    Structure,
    /// An action.
    Action,
    /// A font or what describes one.
    Font,
}

/// The realms of objects that only the way to them tells: the document information and the trees of names.
pub(super) fn realms(file: &File<'_>) -> BTreeMap<u32, Realm> {
    let mut realms = BTreeMap::new();
    for trailer in &file.trailers {
        realms.extend(trailer.get("Info").and_then(Value::reference).map(|number| (number, Realm::Info)));
    }
    let mut open: Vec<(&Value, Realm)> = Vec::new();
    for object in file.objects.iter().map(|object| &object.value) {
        if object.is("Type", "Catalog") {
            let names = file.lookup(object, "Names");
            let of = |key| names.and_then(|names| names.get(key));
            let trees = [
                (object.get("Dests"), Realm::Destinations),
                (of("Dests"), Realm::Destinations),
                (of("EmbeddedFiles"), Realm::Attachments),
                (of("JavaScript"), Realm::Scripts),
                (object.get("PageLabels"), Realm::PageLabels),
                (object.get("Outlines"), Realm::Outline),
            ];
            open.extend(trees.into_iter().filter_map(|(tree, realm)| Some((tree?, realm))));
        }
        if object.is("Type", "StructTreeRoot") {
            open.extend(object.get("IDTree").map(|tree| (tree, Realm::Ids)));
        }
    }
    let mut seen = BTreeSet::new();
    while let Some((node, realm)) = open.pop() {
        if let Some(number) = node.reference() {
            if !seen.insert((number, realm)) {
                continue;
            }
            realms.entry(number).or_insert(realm);
            // All versions: what an update has replaced was in the same tree.
            let versions = file.versions(number).iter().map(|index| &file.objects[*index].value);
            open.extend(versions.map(|value| (value, realm)));
            continue;
        }
        for key in ["Kids", "First", "Next"] {
            let kids =
                node.get(key).map(|kids| file.resolve(kids).values().iter().chain(kids.reference().map(|_| kids)));
            open.extend(kids.into_iter().flatten().filter(|kid| **kid != Value::Word).map(|kid| (kid, realm)));
        }
    }
    realms
}

/// What a dictionary says that it is; else what it stands in.
fn realm_of(dictionary: &Value, around: Realm) -> Realm {
    let has = |key: &str| dictionary.get(key).is_some();
    let name = |key: &str| dictionary.get(key).and_then(Value::name).unwrap_or_default();
    match (name("Type"), name("Subtype")) {
        (b"Filespec" | b"F", _) => Realm::FileName,
        (b"OCG" | b"OCMD", _) => Realm::Layer,
        (b"Font" | b"FontDescriptor" | b"Encoding", _) => Realm::Font,
        (b"StructElem", _) => Realm::Structure,
        _ if has("EF") && (has("F") || has("UF")) => Realm::FileName,
        _ if has("FT") || has("T") && (has("Kids") || has("V")) => Realm::Field,
        (b"Annot", _) => Realm::Annotation,
        (_, subtype) if !subtype.is_empty() && has("Rect") => Realm::Annotation,
        _ if has("S") && (has("URI") || has("JS") || has("D") || has("F") || has("N")) && !has("P") => Realm::Action,
        _ if has("S") && has("P") && (has("K") || has("Pg") || has("Alt")) => Realm::Structure,
        _ if has("Title") && has("Parent") => Realm::Outline,
        _ => around,
    }
}

/// The channel of what stands under a key.
fn channel(realm: Realm, key: &[u8], own: &'static str) -> &'static str {
    match (realm, key) {
        (_, b"Alt") => "alternative text",
        (_, b"ActualText") => "replacement text (ActualText)",
        (Realm::Info, b"Title") => "document information: title",
        (Realm::Info, b"Author") => "document information: author",
        (Realm::Info, b"Subject") => "document information: subject",
        (Realm::Info, b"Keywords") => "document information: keywords",
        (Realm::Info, b"Creator" | b"Producer") => "document information: creator",
        (Realm::Info, _) => "document information",
        (Realm::Destinations, _) => "named destination",
        (Realm::Attachments, b"Names" | b"Limits") => "name of an attachment",
        (Realm::FileName, b"Desc") => "description of an attachment",
        (Realm::FileName, _) => "file name of an attachment or link",
        (Realm::PageLabels, _) => "page label",
        (_, b"JS") | (Realm::Scripts, _) => "script",
        (_, b"URI") | (Realm::Action, b"F" | b"UF") => "link target",
        (_, b"Dest") | (Realm::Action, b"D") => "link to a named destination",
        (Realm::Outline, _) => "bookmark",
        (Realm::Field, _) => "form field",
        (Realm::Annotation, _) => "annotation",
        (Realm::Layer, _) => "layer name",
        (Realm::Ids, _) | (Realm::Structure, b"ID") => "id of a structure element",
        (Realm::Structure, b"T") => "title of a structure element",
        (Realm::Structure, _) => "structure element",
        (_, b"BaseFont" | b"FontName" | b"FontFamily") => "font name",
        (Realm::Font, _) => "names of a font",
        _ => own,
    }
}

/// What stands in an object: the channel, the bytes, and whether they are a name.
pub(super) type Part<'v> = (&'static str, &'v [u8], bool);

/// All strings and names of a value, keys included.
pub(super) fn parts(value: &Value, realm: Realm) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    walk(value, realm, b"", &mut parts);
    parts
}

fn walk<'v>(value: &'v Value, realm: Realm, key: &'v [u8], parts: &mut Vec<Part<'v>>) {
    match value {
        Value::String(string) => parts.push((channel(realm, key, "string of an object"), string, false)),
        Value::Name(name) => parts.push((channel(realm, key, "name in an object"), name, true)),
        Value::Array(values) => values.iter().for_each(|value| walk(value, realm, key, parts)),
        Value::Dictionary(entries) => {
            let realm = realm_of(value, realm);
            for (key, value) in entries {
                parts.push((channel(realm, b"", "key in an object"), key, true));
                let realm = match key.as_slice() {
                    b"Dests" => Realm::Destinations,
                    b"EmbeddedFiles" => Realm::Attachments,
                    b"JavaScript" => Realm::Scripts,
                    b"PageLabels" => Realm::PageLabels,
                    b"IDTree" => Realm::Ids,
                    _ => realm,
                };
                walk(value, realm, key, parts);
            }
        }
        Value::Word | Value::Number(_) | Value::Reference(_) => {}
    }
}
