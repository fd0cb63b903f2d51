//! Which streams show text, where, and with which fonts.

use std::collections::{BTreeMap, BTreeSet};

use super::file::File;
use super::font::Font;
use super::object::Value;

/// A content stream, or the streams of a page one after the other.
#[derive(Debug)]
pub(super) struct Source {
    /// The channel: “text of page 3”.
    pub(super) channel: String,
    /// The objects whose streams it consists of.
    pub(super) streams: Vec<usize>,
    /// The resources that it names its fonts from.
    pub(super) resources: Value,
}

/// The numbers of pages by the numbers of their objects, in the order of the page trees.
fn numbers(file: &File<'_>) -> BTreeMap<u32, usize> {
    let mut numbers = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let catalogs = file.objects.iter().filter(|object| !object.superseded && object.value.is("Type", "Catalog"));
    let mut open: Vec<&Value> = catalogs.filter_map(|catalog| catalog.value.get("Pages")).collect();
    while let Some(node) = open.pop() {
        let Some(number) = node.reference().filter(|number| seen.insert(*number)) else { continue };
        let value = file.resolve(node);
        match file.lookup(value, "Kids") {
            Some(kids) => open.extend(kids.values().iter().rev()),
            None => _ = numbers.insert(number, numbers.len() + 1),
        }
    }
    numbers
}

/// A value of a page, or of what it inherits from.
fn inherited<'v>(file: &'v File<'_>, page: &'v Value, key: &str) -> Option<&'v Value> {
    let mut node = page;
    for _ in 0..64 {
        if let Some(value) = file.lookup(node, key) {
            return Some(value);
        }
        node = file.lookup(node, "Parent")?;
    }
    None
}

/// Everything that may show text: pages, also replaced ones, with the present and the replaced versions of their streams;
/// then every other stream that `is_content` takes for one.
pub(super) fn sources(file: &File<'_>, is_content: impl Fn(usize) -> bool) -> Vec<Source> {
    let numbers = numbers(file);
    let mut sources = Vec::new();
    let mut used = BTreeSet::new();
    let mut of_pages: Vec<Value> = Vec::new();
    for object in file.objects.iter().filter(|object| is_page(&object.value)) {
        let page = &object.value;
        let resources = inherited(file, page, "Resources").cloned().unwrap_or(Value::Word);
        let name = match numbers.get(&object.number) {
            Some(number) if object.superseded => format!("page {number} as it was before an update"),
            Some(number) => format!("page {number}"),
            None => "a page that is in no page tree".to_owned(),
        };
        let direct = page.get("Contents").map(|contents| file.resolve(contents).values()).unwrap_or_default();
        let own = page.get("Contents").into_iter().chain(direct).filter_map(Value::reference);
        let streams: Vec<u32> =
            own.filter(|number| file.latest(*number).is_some_and(|one| one.stream.is_some())).collect();
        let latest: Vec<usize> = streams.iter().filter_map(|number| file.versions(*number).last().copied()).collect();
        used.extend(latest.iter().copied());
        let channel = format!("text of {name}");
        sources.push(Source { channel, streams: latest, resources: resources.clone() });
        for index in
            streams.iter().flat_map(|number| file.versions(*number).split_last().map_or(&[][..], |(_, old)| old))
        {
            used.insert(*index);
            let channel = format!("superseded text of {name}");
            sources.push(Source { channel, streams: vec![*index], resources: resources.clone() });
        }
        if resources != Value::Word && !of_pages.contains(&resources) {
            of_pages.push(resources);
        }
    }
    for (index, object) in file.objects.iter().enumerate() {
        if used.contains(&index) || object.stream.is_none() || !is_content(index) {
            continue;
        }
        let channel = match (object.superseded, object.value.is("Subtype", "Form")) {
            (true, _) => "superseded text of a stream",
            (false, true) => "text of a form",
            (false, false) => "text of a stream",
        };
        // A stream without resources of its own takes the names of fonts from those of its page, which may be any.
        let own = file.lookup(&object.value, "Resources").filter(|own| file.lookup(own, "Font").is_some());
        let candidates = own.map_or_else(|| of_pages.iter().take(SEVERAL).collect(), |own| vec![own]);
        let candidates = if candidates.is_empty() { vec![&Value::Word] } else { candidates };
        sources.extend(candidates.into_iter().map(|resources| Source {
            channel: channel.to_owned(),
            streams: vec![index],
            resources: resources.clone(),
        }));
    }
    sources
}

/// A stream without resources is read with those of so many pages.
const SEVERAL: usize = 8;

fn is_page(value: &Value) -> bool {
    let like = value.get("Contents").is_some() && (value.get("MediaBox").is_some() || value.get("Resources").is_some());
    value.is("Type", "Page") || like && value.get("Subtype").is_none()
}

/// Fonts by the numbers of their objects, read once.
pub(super) type Known = BTreeMap<u32, Font>;

/// The fonts of resources, by their names there.
pub(super) fn fonts(file: &File<'_>, resources: &Value, known: &mut Known) -> BTreeMap<Vec<u8>, Font> {
    let named = file.lookup(resources, "Font").map(Value::entries).unwrap_or_default();
    let read = |font: &Value| Font::of(file, file.resolve(font));
    named
        .iter()
        .map(|(name, font)| {
            let font = match font.reference() {
                Some(number) => known.entry(number).or_insert_with(|| read(font)).clone(),
                None => read(font),
            };
            (name.clone(), font)
        })
        .collect()
}
