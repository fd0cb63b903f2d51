//! The search itself: what is handed in, as text or as bytes, is searched in every form in which a word may stand there,
//! and what was found, what could not be read and what was searched is written down.

use std::collections::{BTreeMap, BTreeSet};

use super::encoded::{self, Decoded, ESCAPES, lossy, marked_utf16};
use super::words::{Match, Words};
use super::{Counts, Hit, Searched, Unread, container};

/// Bytes of a file are folded in pieces of this size, which overlap.
const PIECE: usize = 1 << 20;
/// By how much the pieces overlap.
const OVERLAP: usize = 1 << 12;
/// A word of fewer bytes occurs in random bytes by chance: it counts only where the bytes around are those of a text.
const CHANCE: usize = 6;
/// How far around a short word the bytes are looked at.
const AROUND: usize = 64;
/// Escapes within escapes are undone so often.
const ESCAPED: usize = 3;
/// Streams within streams are opened so deep.
const DEPTH: usize = 16;
/// All streams of a file may hold so many bytes, together with it.
const MOST: usize = 1 << 30;

/// A search of one file that is going on.
#[derive(Debug)]
pub(super) struct Hunt<'a> {
    words: &'a Words,
    /// In the order in which they were found.
    hits: Vec<Hit>,
    /// Which hit a channel and a word have.
    numbers: BTreeMap<(String, usize), usize>,
    /// The words that were found, in the order in which they were.
    log: Vec<usize>,
    unread: BTreeSet<(String, String)>,
    pub(super) counts: Counts,
    /// The containers that are open, from the outermost inwards.
    inside: Vec<String>,
    /// Bytes that may still be unpacked.
    left: usize,
}

impl<'a> Hunt<'a> {
    pub(super) fn new(words: &'a Words) -> Self {
        Self {
            words,
            hits: Vec::new(),
            numbers: BTreeMap::new(),
            log: Vec::new(),
            unread: BTreeSet::new(),
            counts: Counts::default(),
            inside: Vec::new(),
            left: MOST,
        }
    }

    /// What came of it.
    pub(super) fn done(self) -> Searched {
        Searched {
            hits: self.hits,
            unread: self.unread.into_iter().map(|(channel, why)| Unread { channel, why }).collect(),
            counts: self.counts,
        }
    }

    /// A channel with the containers around it.
    fn within(&self, channel: &str) -> String {
        let outwards = std::iter::once(channel).chain(self.inside.iter().rev().map(String::as_str));
        outwards.collect::<Vec<_>>().join(", in ")
    }

    /// Writes down something that could not be read.
    pub(super) fn unread(&mut self, channel: &str, why: impl Into<String>) {
        self.unread.insert((self.within(channel), why.into()));
    }

    /// Writes down a word that was found.
    pub(super) fn found(&mut self, channel: &str, place: &str, one: &Match) {
        let channel = self.within(channel);
        let channel = match one.form {
            "" => channel,
            digest if digest.starts_with("SHA") || digest.starts_with("BLAKE") || digest == "MD5" => {
                format!("{digest} of the word in {channel}")
            }
            form => format!("{channel}, as {form}"),
        };
        let next = self.hits.len();
        let number = *self.numbers.entry((channel.clone(), one.word)).or_insert(next);
        if number == next {
            self.hits.push(Hit { word: one.word, channel, place: place.to_owned(), times: 0 });
        }
        self.hits[number].times += 1;
        self.log.push(one.word);
    }

    /// Searches a text: a value that a format gives as text. Gives the words that were found.
    pub(super) fn text(&mut self, channel: &str, place: &str, text: &str) -> BTreeSet<usize> {
        self.texts(channel, place, &[text.to_owned()])
    }

    /// Searches a text that can be read in several ways; a word is told of the first in which it stands.
    pub(super) fn texts(&mut self, channel: &str, place: &str, ways: &[String]) -> BTreeSet<usize> {
        let mut known = BTreeSet::new();
        for text in ways {
            let of_text = self.words.in_text(text);
            // A text may itself be an encoding, or a digest.
            let others = self.words.in_bytes(text.as_bytes());
            for found in [of_text, others, self.disguised(text.as_bytes(), &known)] {
                self.unless_known(channel, place, found, &mut known);
            }
        }
        known
    }

    /// Writes down the words that are not known yet, and makes them known.
    pub(super) fn unless_known(&mut self, channel: &str, place: &str, found: Vec<Match>, known: &mut BTreeSet<usize>) {
        let new: Vec<Match> = found.into_iter().filter(|one| !known.contains(&one.word)).collect();
        for one in new {
            self.found(channel, place, &one);
            known.insert(one.word);
        }
    }

    /// Searches bytes of which nothing is known.
    pub(super) fn bytes(&mut self, channel: &str, bytes: &[u8]) {
        self.bytes_but(channel, bytes, &BTreeSet::new());
    }

    /// The same, without words of which it was told already in which part of the bytes they stand.
    pub(super) fn bytes_but(&mut self, channel: &str, bytes: &[u8], known: &BTreeSet<usize>) {
        for one in self.find(bytes).iter().filter(|one| !known.contains(&one.word)) {
            self.found(channel, &format!("at byte {}", one.at), one);
        }
    }

    /// The words in bytes of which nothing is known: as text, as UTF-16, as digests, and in disguise. Of several forms of
    /// a word the plainest is told.
    pub(super) fn find(&self, bytes: &[u8]) -> Vec<Match> {
        let mut found = self.as_text(bytes, 0.7);
        if let Some(text) = marked_utf16(bytes) {
            found.extend(self.words.in_text(&text).into_iter().map(|one| Match { form: "UTF-16", ..one }));
        }
        let known: BTreeSet<usize> = found.iter().map(|one| one.word).collect();
        found.extend(self.words.in_bytes(bytes).into_iter().filter(|one| !known.contains(&one.word)));
        let known: BTreeSet<usize> = found.iter().map(|one| one.word).collect();
        found.extend(self.disguised(bytes, &known));
        found
    }

    /// Words in bytes taken as text; short ones where so large a share of the bytes around is text.
    fn as_text(&self, bytes: &[u8], share: f64) -> Vec<Match> {
        let mut found = self.taken_as_text(bytes);
        found.retain(|one| self.is_meant(bytes, one.at, one.word, share, 0));
        found
    }

    /// Words in bytes taken as text, by chance or not.
    fn taken_as_text(&self, bytes: &[u8]) -> Vec<Match> {
        let mut found = Vec::new();
        let mut start = 0;
        loop {
            let end = bytes.len().min(start + PIECE + OVERLAP);
            let (text, source) = lossy(&bytes[start..end]);
            let here = self.words.in_text(&text).into_iter();
            found.extend(here.map(|one| Match { at: start + source.get(one.at).copied().unwrap_or_default(), ..one }));
            if end == bytes.len() {
                break;
            }
            start += PIECE;
        }
        found.sort();
        found.dedup();
        found
    }

    /// Whether a word stands there by more than chance: it is long, or there are so many other bytes around it, and this
    /// share of them is text.
    fn is_meant(&self, bytes: &[u8], at: usize, word: usize, share: f64, others: usize) -> bool {
        let length = self.words.length(word);
        if length >= CHANCE {
            return true;
        }
        let before = &bytes[at.saturating_sub(AROUND)..at];
        let after = bytes.get(at + length..).unwrap_or_default();
        let after = &after[..after.len().min(AROUND)];
        let count = u32::try_from(before.len() + after.len()).unwrap_or(u32::MAX);
        let text = u32::try_from(textual(before) + textual(after)).unwrap_or(u32::MAX);
        before.len() + after.len() >= others && f64::from(text) >= share * f64::from(count)
    }

    /// Words in base64, in hexadecimal digits and behind escapes, but for those that are known already.
    fn disguised(&self, bytes: &[u8], known: &BTreeSet<usize>) -> Vec<Match> {
        let mut found = Vec::new();
        let shortest = self.words.shortest();
        found.extend(self.in_runs(&encoded::base64(bytes, shortest), "base64"));
        found.extend(self.in_runs(&encoded::hexadecimal(bytes, shortest), "hexadecimal"));
        found.extend(self.behind_escapes(bytes));
        found.retain(|one| !known.contains(&one.word));
        let mut told = BTreeSet::new();
        found.retain(|one| told.insert(one.word));
        found
    }

    /// Words in what runs of an encoding stand for. There are many short ones: they are searched together.
    fn in_runs(&self, runs: &[Decoded], form: &'static str) -> Vec<Match> {
        let (mut joined, mut starts) = (Vec::new(), Vec::new());
        for run in runs {
            starts.push(joined.len());
            joined.extend_from_slice(&run.bytes);
            joined.extend_from_slice(b"\0\0");
        }
        let place = |at: usize| {
            let number = starts.partition_point(|start| *start <= at).saturating_sub(1);
            (&runs[number], at - starts[number])
        };
        // Identifiers and digests are such runs as well, and what they stand for is random: text is wanted around.
        let is_meant = |one: &Match| {
            let (run, at) = place(one.at);
            self.is_meant(&run.bytes, at, one.word, 0.95, if run.whole { 0 } else { 12 })
        };
        let utf16 = self.words.in_bytes(&joined).into_iter().filter(|one| one.form == "UTF-16");
        let text = self.taken_as_text(&joined).into_iter().filter(is_meant);
        text.chain(utf16).map(|one| Match { at: place(one.at).0.at, form, ..one }).collect()
    }

    /// Words behind the escapes of each family, and of all of them within each other.
    fn behind_escapes(&self, bytes: &[u8]) -> Vec<Match> {
        // Places behind escapes are not those before them.
        let search = |form: &'static str, meant: &[u8]| {
            let utf16 = self.words.in_bytes(meant).into_iter().filter(|one| one.form == "UTF-16");
            self.as_text(meant, 0.8)
                .into_iter()
                .chain(utf16)
                .map(|one| Match { form, at: 0, ..one })
                .collect::<Vec<_>>()
        };
        let mut found: Vec<Match> = Vec::new();
        let mut nested = None;
        for round in 0..ESCAPED {
            let mut changed = false;
            for (form, undo) in ESCAPES {
                let Some(meant) = undo(nested.as_deref().unwrap_or(bytes)) else { continue };
                if round == 0 && changed {
                    // This family alone, too: undoing another one may have spoilt what it stands for.
                    found.extend(undo(bytes).map(|alone| search(form, &alone)).unwrap_or_default());
                }
                found.extend(search(form, &meant));
                (nested, changed) = (Some(meant), true);
            }
            if !changed {
                break;
            }
        }
        found
    }

    /// Searches a file or a stream: opens it if it is a container, and searches its bytes.
    pub(super) fn blob(&mut self, channel: &str, bytes: &[u8]) {
        if self.inside.len() >= DEPTH {
            self.unread(channel, format!("more than {DEPTH} containers within each other"));
            return;
        }
        let before = self.log.len();
        let rest = container::open(self, channel, bytes);
        // What is stored without packing is seen in the bytes once more.
        let known = self.log[before..].iter().copied().collect();
        self.bytes_but(channel, rest, &known);
        if !container::is_known(bytes) {
            self.packed_in_base64(channel, bytes);
        }
    }

    /// Opens containers that a text holds in base64, as data URLs and mails do.
    fn packed_in_base64(&mut self, channel: &str, bytes: &[u8]) {
        for run in encoded::base64(bytes, 24) {
            if container::is_known(&run.bytes) {
                self.inside(&format!("base64 of {channel}"), |hunt| hunt.blob("the content", &run.bytes));
            }
        }
    }

    /// Searches what is within a container.
    pub(super) fn inside(&mut self, container: &str, search: impl FnOnce(&mut Self)) {
        if container.is_empty() {
            search(self);
        } else {
            self.inside.push(container.to_owned());
            search(self);
            self.inside.pop();
        }
    }

    /// How many bytes may still be unpacked.
    pub(super) const fn left(&self) -> usize {
        self.left
    }

    /// Counts a stream that was unpacked.
    pub(super) fn unpacked(&mut self, bytes: usize) {
        self.counts.streams += 1;
        self.left = self.left.saturating_sub(bytes);
    }
}

/// How many of these bytes are text, or the zeros between texts of a fixed length.
fn textual(bytes: &[u8]) -> usize {
    let is_text = |c: &char| *c == '\0' || !c.is_control() || c.is_whitespace();
    let of = |text: &str| text.chars().filter(is_text).map(char::len_utf8).sum::<usize>();
    bytes.utf8_chunks().map(|chunk| of(chunk.valid())).sum()
}
