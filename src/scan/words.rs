//! The words that may occur nowhere, and the machines that find all of them in one pass.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Anchored, Input, MatchKind, StartKind};

use super::digest::digests;
use super::encoded;
use super::fold::{Folded, is_right_to_left, lines_joined};
use crate::error::{Finding, Place};

/// A word of fewer characters is found everywhere by chance.
const SHORTEST: usize = 3;
/// From this length on a word is recognised across an unmarked line end within it.
const SURE: usize = 5;
/// So many hexadecimal digits of a digest are the digest: abbreviated ones are common, and chance does not make twelve.
const DIGITS: usize = 12;

/// A word or phrase that may not occur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As the user wrote it.
    pub text: String,
    /// Where the user wrote it: “line 3 of LIST”.
    pub origin: String,
}

/// The words of a list: one a line, blank lines and lines that begin with `#` left out.
#[must_use]
pub fn of_list(text: &str, name: &str) -> Vec<Word> {
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    lines
        .map(|(number, line)| (number + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| Word { text: line.to_owned(), origin: format!("line {number} of {name}") })
        .collect()
}

/// One place at which a word was found in a text or in bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    /// The number of the word.
    pub(super) word: usize,
    /// Where, in bytes of what was searched.
    pub(super) at: usize,
    /// How the word stood there, if not as text.
    pub(super) form: &'static str,
}

/// A list of words, ready to be searched for.
#[derive(Debug)]
pub struct Words {
    /// The words.
    pub(super) list: Vec<Word>,
    /// Only as whole words.
    exact: bool,
    /// Number of bytes of each word in its one form.
    lengths: Vec<usize>,
    /// Folded words, and which word each pattern is.
    plain: (AhoCorasick, Vec<usize>),
    /// Letters and digits of the words alone.
    squashed: (AhoCorasick, Vec<usize>),
    /// Bytes in which the letter case of ASCII does not matter: UTF-16, UTF-32, hexadecimal digests.
    caseless: (AhoCorasick, Vec<(usize, &'static str)>),
    /// Bytes as they are: digests themselves and in base64.
    bytes: (AhoCorasick, Vec<(usize, &'static str)>),
}

impl Words {
    /// Prepares the search. With `exact`, a word is found only where no letter or digit adjoins it, and may be short.
    ///
    /// # Errors
    /// There is no word, or one of fewer than three characters without `exact`, or one without letter or digit.
    pub fn new(list: Vec<Word>, exact: bool) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        if list.is_empty() {
            findings.push(Finding::error(Place::default(), "there is no word to search for"));
        }
        for Word { text, origin } in &list {
            let folded = Folded::of(text.trim()).text;
            let place = Place::file(origin.as_str());
            if !folded.chars().any(char::is_alphanumeric) {
                findings.push(Finding::error(place, "the word has no letter and no digit"));
            } else if !exact && folded.chars().count() < SHORTEST {
                let message = format!("a word of fewer than {SHORTEST} characters occurs everywhere by chance");
                findings.push(Finding::error(place, message).hint("--exact finds it as a whole word only"));
            }
        }
        if findings.is_empty() { Self::prepared(list, exact).ok_or_else(too_many) } else { Err(findings) }
    }

    fn prepared(list: Vec<Word>, exact: bool) -> Option<Self> {
        let (mut plain, mut squashed, mut caseless, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (number, word) in list.iter().enumerate() {
            let text = word.text.trim();
            let folded = Folded::of(text);
            let letters = folded.squashed().0;
            if is_right_to_left(&folded.text) {
                plain.push((folded.text.chars().rev().collect(), number));
            }
            plain.push((folded.text, number));
            squashed.push((letters, number));
            for form in [text.to_owned(), text.to_lowercase(), text.to_uppercase()] {
                let units = || form.encode_utf16();
                caseless.push((units().flat_map(u16::to_le_bytes).collect(), (number, "UTF-16")));
                caseless.push((units().flat_map(u16::to_be_bytes).collect(), (number, "UTF-16")));
                let codes = || form.chars().map(u32::from);
                caseless.push((codes().flat_map(u32::to_le_bytes).collect(), (number, "UTF-32")));
                caseless.push((codes().flat_map(u32::to_be_bytes).collect(), (number, "UTF-32")));
            }
            for (name, digest) in digests(text) {
                let digits: String = encoded::to_hexadecimal(&digest[..DIGITS / 2]);
                caseless.push((digits.into_bytes(), (number, name)));
                bytes.push((digest[..8].to_vec(), (number, name)));
                let text = encoded::to_base64(&digest);
                bytes.push((text[..10].replace('+', "-").replace('/', "_").into_bytes(), (number, name)));
                bytes.push((text.into_bytes()[..10].to_vec(), (number, name)));
            }
        }
        Some(Self {
            exact,
            lengths: list.iter().map(|word| Folded::of(word.text.trim()).text.len()).collect(),
            plain: machine(plain, false)?,
            squashed: machine(squashed, false)?,
            caseless: machine(caseless, true)?,
            bytes: machine(bytes, false)?,
            list,
        })
    }

    /// Where words stand in a text: as they are, in letters set apart or joined otherwise, across line ends.
    pub(super) fn in_text(&self, text: &str) -> Vec<Match> {
        let folded = Folded::of(text);
        let mut found = self.plainly(&folded, |_| true);
        let (letters, source) = folded.squashed();
        for (pattern, start, end) in everywhere(&self.squashed.0, letters.as_bytes()) {
            let (first, last) = (source[start], source[end - 1] + 1);
            // Within other words every sequence of letters occurs: “map lace bowl”.
            if folded.stands_alone(first, last) {
                found.push(Match { word: self.squashed.1[pattern], at: folded.source[first], form: "" });
            }
        }
        if let Some((joined, source)) = lines_joined(text) {
            let across = self.plainly(&Folded::of(&joined), |length| length >= SURE);
            found.extend(across.into_iter().map(|one| Match { at: source[one.at], ..one }));
        }
        first_of_each(found)
    }

    fn plainly(&self, folded: &Folded, long_enough: impl Fn(usize) -> bool) -> Vec<Match> {
        let matches = everywhere(&self.plain.0, folded.text.as_bytes()).into_iter();
        matches
            .filter(|(_, start, end)| long_enough(end - start))
            .filter(|(_, start, end)| !self.exact || folded.stands_alone(*start, *end))
            .map(|(pattern, start, _)| Match { word: self.plain.1[pattern], at: folded.source[start], form: "" })
            .collect()
    }

    /// Where words stand in bytes that are not text: in UTF-16 and UTF-32, and as digests.
    pub(super) fn in_bytes(&self, bytes: &[u8]) -> Vec<Match> {
        let of = |(machine, known): &(AhoCorasick, Vec<(usize, &'static str)>)| {
            let matches = everywhere(machine, bytes).into_iter();
            let matches = matches.filter(|(pattern, ..)| !self.exact || known[*pattern].1 != "UTF-16");
            matches.map(|(pattern, at, _)| Match { word: known[pattern].0, at, form: known[pattern].1 }).collect()
        };
        let found: Vec<Match> = [of(&self.caseless), of(&self.bytes)].into_iter().flat_map(|one: Vec<_>| one).collect();
        first_of_each(found)
    }

    /// Number of bytes of the shortest word in its one form.
    pub(super) fn shortest(&self) -> usize {
        (0..self.list.len()).map(|word| self.length(word)).min().unwrap_or(SHORTEST)
    }

    /// Number of bytes of the word in its one form: how unlikely it is by chance.
    pub(super) fn length(&self, word: usize) -> usize {
        self.lengths[word]
    }
}

fn too_many() -> Vec<Finding> {
    vec![Finding::error(Place::default(), "these are more words than can be searched for at once")]
}

/// The machine of these patterns, with what each stands for.
fn machine<P: AsRef<[u8]> + Ord, W: Ord + Copy>(
    mut patterns: Vec<(P, W)>,
    caseless: bool,
) -> Option<(AhoCorasick, Vec<W>)> {
    patterns.retain(|(pattern, _)| !pattern.as_ref().is_empty());
    patterns.sort();
    patterns.dedup();
    let machine = AhoCorasickBuilder::new()
        .match_kind(MatchKind::Standard)
        .start_kind(StartKind::Unanchored)
        .ascii_case_insensitive(caseless)
        .build(patterns.iter().map(|(pattern, _)| pattern))
        .ok()?;
    Some((machine, patterns.into_iter().map(|(_, what)| what).collect()))
}

/// All matches, overlapping ones too: pattern, start, end.
fn everywhere(machine: &AhoCorasick, text: &[u8]) -> Vec<(usize, usize, usize)> {
    let input = Input::new(text).anchored(Anchored::No);
    let matches = machine.try_find_overlapping_iter(input).expect("the machine is built for overlapping matches");
    matches.map(|found| (found.pattern().as_usize(), found.start(), found.end())).collect()
}

/// Each word and form once a place.
fn first_of_each(mut found: Vec<Match>) -> Vec<Match> {
    found.sort();
    found.dedup();
    found
}
