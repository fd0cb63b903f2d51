//! Proof that words occur nowhere in a file: bytes in, findings out.
//!
//! A report that may not name an arm can name it where nobody looks: in a bookmark, in the name of a link target, in text
//! that is white, covered or beside the page, in an earlier revision that the file still holds, in base64, as a digest.
//! Here a file is searched in all channels that we know of, without regard to what can be seen, and what cannot be read is
//! told: silence means that everything was read. The catalogue of channels is that of issue 7.
//!
//! - [`Words`]: the words, and the machines that find them; `fold` is the one form in which words and texts are compared,
//!   `encoded` their disguises, `digest` their digests.
//! - `hunt`: a search that is going on, and what it wrote down.
//! - `container`, `zip`, `png`, `parquet`: what is packed.
//! - `pdf`: objects of all revisions, their strings and names, and the text of pages.
//!
//! Channels are named without a word of the file, so that a finding can be printed where the words may not stand.
//! What remains to people: pixels and outlines that look like letters, words in other languages, and meaning.

mod container;
mod digest;
mod encoded;
mod fold;
mod hunt;
mod parquet;
mod pdf;
mod png;
#[cfg(test)]
mod tests;
mod words;
mod zip;

use hunt::Hunt;
pub use words::{Word, Words, of_list};

/// A word that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The number of the word in the list, from 0.
    pub word: usize,
    /// Where in the file, in words: “named destination”, “text of page 3”.
    pub channel: String,
    /// Where in the channel, if there is more to say: “object 12”, “at byte 77”.
    pub place: String,
    /// How often it stands there.
    pub times: usize,
}

/// Something that could not be read, in which a word may stand unseen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Where in the file.
    pub channel: String,
    /// Why.
    pub why: String,
}

/// How much was searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects of PDF files, those of earlier revisions included.
    pub objects: usize,
    /// Streams that were unpacked.
    pub streams: usize,
    /// Pictures, whose pixels are not read.
    pub pictures: usize,
}

/// What came of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// The words that were found, by channel.
    pub hits: Vec<Hit>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// How much was searched.
    pub counts: Counts,
}

/// Searches the bytes of a file.
#[must_use]
pub fn bytes(bytes: &[u8], words: &Words) -> Searched {
    let mut hunt = Hunt::new(words);
    hunt.blob("the file", bytes);
    hunt.done()
}

/// Searches a text that belongs to a file and is not in it, such as its name; the channel says what it is.
#[must_use]
pub fn text(channel: &str, text: &str, words: &Words) -> Searched {
    let mut hunt = Hunt::new(words);
    hunt.text(channel, "", text);
    hunt.done()
}
