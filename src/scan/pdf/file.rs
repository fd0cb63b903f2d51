//! All objects of a file, of all its revisions. The tables of cross-references are not asked: they lead past what an update
//! has replaced or freed, and a damaged or malicious one past anything. Every `obj` in the bytes is an object, and so is
//! every member of an object stream.

use std::collections::BTreeMap;
use std::ops::Range;

use super::filter::{self, Content, Filter};
use super::object::{Lexer, Value};

/// An object of some revision.
#[derive(Debug)]
pub(super) struct Object {
    /// Its number.
    pub(super) number: u32,
    /// Its value, of a stream the dictionary.
    pub(super) value: Value,
    /// The bytes of its stream.
    pub(super) stream: Option<Range<usize>>,
    /// Where it stands in the file, if it stands there itself.
    pub(super) place: Option<Range<usize>>,
    /// Whether a later revision replaces it.
    pub(super) superseded: bool,
}

/// A file as its objects.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) bytes: &'a [u8],
    /// In the order of the file; members of an object stream follow it.
    pub(super) objects: Vec<Object>,
    /// The objects of each number, the latest last.
    versions: BTreeMap<u32, Vec<usize>>,
    /// The dictionaries of trailers.
    pub(super) trailers: Vec<Value>,
    /// What could not be read, by object.
    pub(super) faults: Vec<(u32, String)>,
}

impl<'a> File<'a> {
    /// Reads all objects; object streams are unpacked to at most so many bytes each.
    pub(super) fn of(bytes: &'a [u8], limit: usize) -> Self {
        let mut file =
            Self { bytes, objects: Vec::new(), versions: BTreeMap::new(), trailers: Vec::new(), faults: Vec::new() };
        let mut lengths = BTreeMap::new();
        // Lengths of streams may be objects that stand later: what the first passage finds, the second knows.
        for _ in 0..2 {
            (file.objects, file.faults) = objects(bytes, &lengths);
            let whole = |object: &Object| Some((object.number, object.value.count()?));
            lengths = file.objects.iter().filter_map(whole).collect();
        }
        file.trailers = trailers(bytes);
        file.trailers
            .extend(file.objects.iter().filter(|one| one.value.is("Type", "XRef")).map(|one| one.value.clone()));
        file.index();
        if !file.is_encrypted() {
            file.unpack_objects(limit);
            file.index();
        }
        file
    }

    fn index(&mut self) {
        self.versions.clear();
        for (index, object) in self.objects.iter_mut().enumerate() {
            object.superseded = false;
            self.versions.entry(object.number).or_default().push(index);
        }
        for indices in self.versions.values() {
            for index in &indices[..indices.len() - 1] {
                self.objects[*index].superseded = true;
            }
        }
    }

    /// Whether strings and streams are encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.trailers.iter().any(|trailer| trailer.get("Encrypt").is_some_and(|value| *value != Value::Word))
    }

    /// The objects of a number, the latest last.
    pub(super) fn versions(&self, number: u32) -> &[usize] {
        self.versions.get(&number).map_or(&[], Vec::as_slice)
    }

    /// The latest object of a number.
    pub(super) fn latest(&self, number: u32) -> Option<&Object> {
        self.versions(number).last().map(|index| &self.objects[*index])
    }

    /// What a value stands for: the object that it refers to, or itself.
    pub(super) fn resolve<'v>(&'v self, value: &'v Value) -> &'v Value {
        let mut value = value;
        for _ in 0..16 {
            match value.reference().map(|number| self.latest(number)) {
                Some(Some(object)) => value = &object.value,
                Some(None) => return &Value::Word,
                None => break,
            }
        }
        value
    }

    /// What the value of a key stands for.
    pub(super) fn lookup<'v>(&'v self, dictionary: &'v Value, key: &str) -> Option<&'v Value> {
        dictionary.get(key).map(|value| self.resolve(value))
    }

    /// The filters of a stream.
    fn filters(&self, dictionary: &Value) -> Vec<Filter> {
        let of = |long: &str, short: &str| self.lookup(dictionary, long).or_else(|| self.lookup(dictionary, short));
        let names = of("Filter", "F").map(Value::values).unwrap_or_default();
        let parameters = of("DecodeParms", "DP").map(Value::values).unwrap_or_default();
        let names = names.iter().filter_map(|name| self.resolve(name).name());
        names
            .enumerate()
            .map(|(at, name)| (name.to_vec(), parameters.get(at).map_or(Value::Word, |one| self.resolve(one).clone())))
            .collect()
    }

    /// The stream of an object without its filters, to at most so many bytes.
    pub(super) fn content(&self, object: &Object, limit: usize) -> Option<Content> {
        let packed = &self.bytes[object.stream.clone()?];
        Some(filter::undo(packed, &self.filters(&object.value), limit))
    }

    /// Puts the members of object streams behind them.
    fn unpack_objects(&mut self, limit: usize) {
        let mut members: Vec<(usize, Vec<Object>)> = Vec::new();
        for (index, object) in self.objects.iter().enumerate().filter(|(_, one)| one.value.is("Type", "ObjStm")) {
            let Some(content) = self.content(object, limit) else { continue };
            members.push((index, of_stream(&object.value, &content.bytes)));
        }
        for (index, members) in members.into_iter().rev() {
            self.objects.splice(index + 1..=index, members);
        }
    }
}

/// The members of an object stream.
fn of_stream(dictionary: &Value, bytes: &[u8]) -> Vec<Object> {
    let count = dictionary.get("N").and_then(Value::count).unwrap_or(0);
    let first = dictionary.get("First").and_then(Value::count).unwrap_or(0);
    let mut head = Lexer::new(bytes, 0);
    let mut members = Vec::new();
    for _ in 0..count {
        let (Some(number), Some(offset)) = (next_count(&mut head), next_count(&mut head)) else { break };
        let value = Lexer::new(bytes, first + offset).value();
        if let (Ok(number), Some(value)) = (u32::try_from(number), value) {
            members.push(Object { number, value, stream: None, place: None, superseded: false });
        }
    }
    members
}

fn next_count(lexer: &mut Lexer<'_>) -> Option<usize> {
    lexer.value()?.count()
}

/// Where a text stands next.
pub(super) fn find(bytes: &[u8], text: &[u8], from: usize) -> Option<usize> {
    let first = *text.first()?;
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(text) {
            return Some(at);
        }
        at += 1;
    }
}

/// All objects that stand in the file themselves, and those that cannot be read.
fn objects(bytes: &[u8], lengths: &BTreeMap<u32, usize>) -> (Vec<Object>, Vec<(u32, String)>) {
    let (mut objects, mut faults) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(found) = find(bytes, b"obj", at) {
        at = found + 3;
        let Some((number, start)) = header(bytes, found) else { continue };
        let mut lexer = Lexer::new(bytes, at);
        let Some(value) = lexer.value() else {
            if !bytes[at..].trim_ascii_start().starts_with(b"endobj") {
                faults.push((number, "the object is damaged".to_owned()));
            }
            continue;
        };
        lexer.skip_blank();
        let stream = lexer.rest().starts_with(b"stream").then(|| stream(bytes, lexer.at, &value, lengths));
        at = stream.as_ref().map_or(lexer.at, |stream| stream.end);
        objects.push(Object { number, value, stream, place: Some(start..at), superseded: false });
    }
    (objects, faults)
}

/// The number of the object whose keyword `obj` stands here, and where its head begins.
fn header(bytes: &[u8], keyword: usize) -> Option<(u32, usize)> {
    let before = bytes[..keyword].trim_ascii_end();
    let generation = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = before[..before.len() - generation].trim_ascii_end();
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).take(10).count();
    let start = before.len() - digits;
    (generation > 0).then_some(())?;
    let number = std::str::from_utf8(&before[start..]).ok()?.parse().ok()?;
    Some((number, start))
}

/// The bytes of the stream whose keyword stands here.
fn stream(bytes: &[u8], keyword: usize, dictionary: &Value, lengths: &BTreeMap<u32, usize>) -> Range<usize> {
    const END: &[u8] = b"endstream";
    let after = &bytes[keyword + 6..];
    let start = keyword
        + 6
        + if after.starts_with(b"\r\n") {
            2
        } else {
            usize::from(after.starts_with(b"\n") || after.starts_with(b"\r"))
        };
    let length = dictionary.get("Length").and_then(|length| match length.reference() {
        Some(number) => lengths.get(&number).copied(),
        None => length.count(),
    });
    if let Some(end) = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= bytes.len())
        && bytes[end..].trim_ascii_start().starts_with(END)
    {
        return start..end;
    }
    let end = find(bytes, END, start).unwrap_or(bytes.len());
    let line_end = [&b"\r\n"[..], b"\n", b"\r"].into_iter().find(|mark| bytes[start..end].ends_with(mark));
    start..end - line_end.map_or(0, <[u8]>::len)
}

/// The dictionaries after the keyword `trailer`.
fn trailers(bytes: &[u8]) -> Vec<Value> {
    let mut trailers = Vec::new();
    let mut at = 0;
    while let Some(found) = find(bytes, b"trailer", at) {
        at = found + 7;
        trailers.extend(Lexer::new(bytes, at).value().filter(|value| matches!(value, Value::Dictionary(_))));
    }
    trailers
}
