//! PDF files: the strings and names of all objects of all revisions, the streams without their filters, and the text of
//! pages.
//!
//! No library reads them for us: those there are follow the tables of cross-references, which lead past the objects that
//! an update has replaced, and pass over what they cannot read, which is what must be told here.

mod cmap;
mod content;
mod file;
mod filter;
mod font;
mod layout;
mod object;
mod pages;
mod strings;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use file::{File, Object};
use object::Value;
use strings::Realm;

use super::hunt::Hunt;

/// What was found where: the words, by the index of the object.
type Found = BTreeMap<usize, BTreeSet<usize>>;

/// Streams without their filters, by the index of their object.
type Contents = BTreeMap<usize, Content>;

/// Strings in which no word is: most of them stand in a file many times.
type Quiet = BTreeSet<Vec<u8>>;

/// Searches a file.
pub(super) fn search(hunt: &mut Hunt<'_>, bytes: &[u8]) {
    let file = File::of(bytes, hunt.left());
    hunt.counts.objects += file.objects.len();
    if file.is_encrypted() {
        hunt.unread("the PDF", "it is encrypted");
        hunt.bytes("the bytes of the PDF", bytes);
        return;
    }
    for (number, fault) in &file.faults {
        hunt.unread("the PDF", format!("object {number}: {fault}"));
    }
    let (mut found, mut quiet) = (Found::new(), Quiet::new());
    let realms = strings::realms(&file);
    for (index, object) in file.objects.iter().enumerate() {
        let realm = realms.get(&object.number).copied().unwrap_or_default();
        let place = format!("object {}", object.number);
        found.insert(index, values(hunt, &object.value, realm, object.superseded, &place, &mut quiet));
    }
    let mut of_trailers = BTreeSet::new();
    for trailer in &file.trailers {
        of_trailers.extend(values(hunt, trailer, Realm::Other, false, "trailer", &mut quiet));
    }
    let contents = contents(hunt, &file);
    let shown = pages(hunt, &file, &contents, &mut quiet);
    streams(hunt, &file, &contents, &shown, &found);
    rest(hunt, &file, &contents, &found, &of_trailers);
}

/// Searches the strings and names of a value; the words that were found.
fn values(
    hunt: &mut Hunt<'_>,
    value: &Value,
    realm: Realm,
    superseded: bool,
    place: &str,
    quiet: &mut Quiet,
) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for (channel, part, is_name) in strings::parts(value, realm) {
        if part.is_empty() || quiet.contains(part) {
            continue;
        }
        let channel = if superseded { format!("{channel}, superseded by an update") } else { channel.to_owned() };
        let here = string(hunt, &channel, place, part, is_name);
        if here.is_empty() {
            quiet.insert(part.to_vec());
        }
        found.extend(here);
    }
    found
}

/// Searches a string or name in every encoding that it may have.
fn string(hunt: &mut Hunt<'_>, channel: &str, place: &str, bytes: &[u8], is_name: bool) -> BTreeSet<usize> {
    let text = if is_name { String::from_utf8_lossy(bytes).into_owned() } else { text::of_string(bytes) };
    let mut known = hunt.text(channel, place, &text);
    if bytes.iter().any(|byte| !(1..0x80).contains(byte)) {
        let others = hunt.find(bytes);
        hunt.unless_known(channel, place, others, &mut known);
    }
    known
}

/// What a stream is, in words.
fn kind(object: &Object, attached: &BTreeSet<u32>) -> &'static str {
    let value = &object.value;
    let name = |key: &str| value.get(key).and_then(Value::name).unwrap_or_default();
    match (name("Type"), name("Subtype")) {
        (b"Metadata", _) | (_, b"XML") => "XMP metadata",
        (b"EmbeddedFile", _) => "attachment",
        (b"ObjStm", _) => "object stream",
        (b"XRef", _) => "table of cross-references",
        (_, b"Image") => "picture",
        (_, b"Form") => "form",
        (_, b"Type1C" | b"CIDFontType0C" | b"OpenType") => "font program",
        _ if value.get("Length1").is_some() => "font program",
        _ if attached.contains(&object.number) => "attachment",
        _ => "stream",
    }
}

/// The objects to which file specifications refer: an attachment need not say what it is.
fn attached(file: &File<'_>) -> BTreeSet<u32> {
    let embedded = file.objects.iter().filter_map(|object| object.value.get("EF"));
    embedded.flat_map(|files| file.resolve(files).entries()).filter_map(|(_, one)| one.reference()).collect()
}

/// The streams without their filters; what cannot be had is told.
fn contents(hunt: &mut Hunt<'_>, file: &File<'_>) -> Contents {
    let attached = attached(file);
    let mut contents = Contents::new();
    for (index, object) in file.objects.iter().enumerate() {
        let Some(content) = file.content(object, hunt.left()) else { continue };
        let kind = kind(object, &attached);
        let superseded = if object.superseded { "superseded " } else { "" };
        let channel = format!("{superseded}{kind} (object {})", object.number);
        hunt.unpacked(content.bytes.len());
        // A picture in a format of its own is counted when it is opened as a file.
        hunt.counts.pictures += usize::from(kind == "picture" && !content.picture);
        if let Some(fault) = &content.fault {
            hunt.unread(&channel, fault);
        }
        if object.value.get("F").is_some_and(|value| matches!(value, Value::String(_) | Value::Dictionary(_))) {
            hunt.unread(&channel, "its bytes are in another file");
        }
        contents.insert(index, Content { channel, kind, bytes: content.bytes, whole: content.fault.is_none() });
    }
    contents
}

/// A stream without its filters.
struct Content {
    channel: String,
    kind: &'static str,
    bytes: Vec<u8>,
    whole: bool,
}

impl Content {
    /// Whether the stream shows text, though no page may name it.
    fn shows_text(&self) -> bool {
        let has = |operator: &[u8]| file::find(&self.bytes, operator, 0).is_some();
        let shows = || [&b"Tj"[..], b"TJ", b"'", b"\""].iter().any(|operator| has(operator));
        matches!(self.kind, "form" | "stream") && has(b"BT") && shows()
    }
}

/// Searches what pages and forms show, in the order in which it is shown and as it stands on the page; the words that were
/// found in a stream.
fn pages(hunt: &mut Hunt<'_>, file: &File<'_>, contents: &Contents, quiet: &mut Quiet) -> Found {
    let mut found = Found::new();
    let mut known = pages::Known::new();
    for source in pages::sources(file, |index| contents.get(&index).is_some_and(Content::shows_text)) {
        let of = |index: &usize| contents.get(index).map(|content| content.bytes.as_slice());
        let streams: Vec<&[u8]> = source.streams.iter().filter_map(of).collect();
        let fonts = pages::fonts(file, &source.resources, &mut known);
        let shown = content::show(&streams.join(&b'\n'), &fonts);
        let named = source.streams.iter().map(|index| format!("object {}", file.objects[*index].number));
        let place = named.collect::<Vec<_>>().join(", ");
        let mut here = BTreeSet::new();
        for value in &shown.values {
            here.extend(values(hunt, value, Realm::Other, false, &format!("content of {place}"), quiet));
        }
        let texts = [
            layout::in_order(&shown.pieces, |piece| &piece.text),
            layout::in_order(&layout::by_place(&shown.pieces), |piece| &piece.text),
            layout::in_order(&shown.pieces, |piece| &piece.encoded),
        ];
        here.extend(hunt.texts(&source.channel, &place, &texts));
        if shown.unknown > 0 {
            let why = format!("{} characters are in fonts that do not say what text they are", shown.unknown);
            hunt.unread(&source.channel, why);
        }
        for index in source.streams {
            found.entry(index).or_default().extend(here.iter().copied());
        }
    }
    found
}

/// Searches the streams as bytes, attachments as files of their own.
fn streams(hunt: &mut Hunt<'_>, file: &File<'_>, contents: &Contents, shown: &Found, found: &Found) {
    for (index, Content { channel, kind, bytes, .. }) in contents {
        let mut known = match (shown.get(index), *kind) {
            (Some(words), _) => words.clone(),
            // Its members are objects of their own, which follow it.
            (None, "object stream") => {
                let members = file.objects[index + 1..].iter().take_while(|object| object.place.is_none()).count();
                (index + 1..=index + members).filter_map(|member| found.get(&member)).flatten().copied().collect()
            }
            (None, "table of cross-references") => BTreeSet::new(),
            (None, _) => {
                hunt.blob(channel, bytes);
                continue;
            }
        };
        for one in hunt.find(bytes) {
            let place = format!("at byte {}", one.at);
            hunt.unless_known(channel, &place, vec![one], &mut known);
        }
    }
}

/// Searches the bytes of the file that are not in streams which were searched without their filters: comments, what stands
/// between objects, and what could not be unpacked.
fn rest(hunt: &mut Hunt<'_>, file: &File<'_>, contents: &Contents, found: &Found, of_trailers: &BTreeSet<usize>) {
    let mut bytes = file.bytes.to_vec();
    for (index, object) in file.objects.iter().enumerate() {
        if let Some(stream) = object.stream.clone().filter(|_| contents.get(&index).is_some_and(|one| one.whole)) {
            bytes[stream].fill(0);
        }
    }
    if hunt.find(&bytes).is_empty() {
        return;
    }
    // What a string of an object says was told with its channel.
    for (index, object) in file.objects.iter().enumerate() {
        if let Some(place) = object.place.clone() {
            let none = BTreeSet::new();
            let known = found.get(&index).unwrap_or(&none);
            let named = format!("the bytes of object {}", object.number);
            hunt.bytes_but(&named, &bytes[place.clone()], known);
            bytes[place].fill(0);
        }
    }
    hunt.bytes_but("the bytes between objects", &bytes, of_trailers);
}
