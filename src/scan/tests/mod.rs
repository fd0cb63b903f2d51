//! Every channel of the catalogue with a word planted in it alone, and its clean twin.

mod alarms;
mod files;
mod matching;
mod paper;
mod pdf;
mod unread;

use std::sync::LazyLock;

use super::{Searched, Word, Words, bytes};

/// The word that is planted, and the one that its clean twin has in the same place.
const WORD: &str = "Quorvane";
const OTHER: &str = "Silentia";

/// Prepares these words.
fn words(texts: &[&str]) -> Words {
    let word = |(at, text): (usize, &&str)| Word { text: (*text).to_owned(), origin: format!("line {}", at + 1) };
    Words::new(texts.iter().enumerate().map(word).collect(), false).expect("the words can be searched for")
}

/// Searches for the planted word, and for others that are there to be no false alarm.
fn search(file: &[u8]) -> Searched {
    static WORDS: LazyLock<Words> = LazyLock::new(|| words(&[WORD, "QXV", "KIT-0417", "Arm Q7"]));
    bytes(file, &WORDS)
}

/// A leak: what it is, the channel that is told, and the file with a word in that place.
type Plant = (&'static str, &'static str, fn(&str) -> Vec<u8>);

/// Each leak is found, named by its channel, and in its twin nothing is found; in both everything is read.
fn each_is_found(plants: &[Plant]) {
    let mut faults = Vec::new();
    for (what, channel, make) in plants {
        let leak = search(&make(WORD));
        let told: Vec<String> = leak.hits.iter().map(|hit| format!("{} ({})", hit.channel, hit.place)).collect();
        if !leak.hits.iter().all(|hit| hit.word == 0 && hit.channel.contains(channel)) || leak.hits.is_empty() {
            faults.push(format!("{what}: told {told:?}, not {channel}"));
        }
        let twin = search(&make(OTHER));
        if !twin.hits.is_empty() {
            faults.push(format!("{what}: the clean twin is not clean: {:?}", twin.hits));
        }
        for unread in leak.unread.iter().chain(&twin.unread) {
            faults.push(format!("{what}: not read: {}: {}", unread.channel, unread.why));
        }
    }
    assert!(faults.is_empty(), "{} of {} leaks:\n{}", faults.len(), plants.len(), faults.join("\n"));
}
