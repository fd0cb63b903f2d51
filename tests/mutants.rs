//! Damaged data files: with the lock none is accepted, whatever was done to it. How many a reader alone would take for
//! sound, with other values in them, is counted and told.
//!
//! 1,000 mutants from fixed seeds; `TRIALPRESS_MUTANTS=20000` makes more, and `TRIALPRESS_MUTANTS_DIR` writes them to a
//! folder, where `tests/peers/mutants.py` shows them to other readers.

#![expect(clippy::disallowed_methods, reason = "the mutants are files")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use trialpress::data::{
    DatasetFile, Delivery, Encoding, Format, LockHead, Locked, Reading, Target, convert, lock, open,
};
use trialpress::error::Place;

use crate::support::{Stream, fixture_study, scratch};

/// Formats, XPT in both versions.
const EDITIONS: [(&str, bool); 7] = [
    ("xpt", false),
    ("xpt", true),
    ("parquet", false),
    ("csv", false),
    ("json", false),
    ("ndjson", false),
    ("dsjc", false),
];

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Harm {
    Flip,
    Cut,
    Insert,
    Swap,
}

/// What became of a mutant without a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Refused,
    /// It reads as the same data: what was changed says nothing, such as the date of a header.
    Same,
    /// Other data, without a word.
    Other,
}

fn harmed(sound: &[u8], harm: Harm, stream: &mut Stream) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    let at = stream.below(bytes.len());
    match harm {
        Harm::Flip => bytes[at] ^= 1 << stream.below(8),
        Harm::Cut => bytes.truncate(at),
        Harm::Insert => {
            let piece: Vec<u8> = (0..=stream.below(12)).map(|_| u8::try_from(stream.below(256)).unwrap_or(0)).collect();
            bytes.splice(at..at, piece);
        }
        Harm::Swap => {
            let size = 1 + stream.below(80.min(bytes.len() / 4));
            let (one, two) = (stream.below(bytes.len() - size), stream.below(bytes.len() - size));
            let (low, high) = (one.min(two), one.max(two));
            let step = size.min(high - low);
            for place in 0..step {
                bytes.swap(low + place, high + place);
            }
        }
    }
    bytes
}

fn file(folder: &Path, format: Format) -> DatasetFile {
    let name = format!("adsl.{}", format.word());
    let reading = Reading { encoding: Encoding::Utf8, ..Reading::default() };
    DatasetFile {
        name: "ADSL".to_owned(),
        path: folder.join(&name),
        shown: name,
        format,
        reading,
        place: Place::file("study.toml"),
    }
}

fn delivery(folder: &Path, format: Format) -> Delivery {
    Delivery {
        root: folder.to_path_buf(),
        subject: "USUBJID".to_owned(),
        datasets: vec![file(folder, format)],
        ..Delivery::default()
    }
}

fn head() -> LockHead {
    LockHead { locked: "2026-01-31".to_owned(), ..LockHead::default() }
}

/// The subjects of the flagship study in a format.
fn sound((word, version_8): (&str, bool)) -> (Format, Vec<u8>) {
    let source = file(&fixture_study("ln-msc-il2").join("data"), Format::Xpt);
    let format = Format::of(Path::new(&format!("adsl.{word}"))).expect("a known format");
    let target =
        Target { format, name: "ADSL".to_owned(), version_8, encoding: Encoding::Utf8, drop_special_missing: true };
    (format, convert(&source, &target).unwrap_or_else(|error| panic!("{word}: {error}")).bytes)
}

#[test]
fn no_mutant_passes_the_lock() {
    let count: usize = std::env::var("TRIALPRESS_MUTANTS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000);
    let shown = std::env::var_os("TRIALPRESS_MUTANTS_DIR").map(PathBuf::from);
    let each = count.div_ceil(EDITIONS.len());
    let fates: Vec<Vec<((usize, Harm), Fate)>> = EDITIONS
        .par_iter()
        .enumerate()
        .map(|(edition, own)| {
            let (format, sound) = sound(*own);
            let folder = scratch();
            let path = folder.path().join(format!("adsl.{}", format.word()));
            let delivery = delivery(folder.path(), format);
            std::fs::write(&path, &sound).expect("the scratch folder takes files");
            let Locked { lock: locked, .. } = lock(&delivery, head()).unwrap_or_else(|error| panic!("{error}"));
            open(&delivery, &locked).unwrap_or_else(|error| panic!("the sound file does not open: {error}"));
            if let Some(folder) = &shown {
                std::fs::create_dir_all(folder).expect("the folder can be made");
                std::fs::write(folder.join(format!("{edition}-sound.{}", format.word())), &sound)
                    .expect("it takes files");
            }
            let mut fates = Vec::with_capacity(each);
            let mut number = 0_u64;
            while fates.len() < each {
                number += 1;
                let mut stream = Stream(number.wrapping_mul(1_000_003).wrapping_add(edition as u64));
                let harm = [Harm::Flip, Harm::Cut, Harm::Insert, Harm::Swap][stream.below(4)];
                let mutant = harmed(&sound, harm, &mut stream);
                if mutant == sound {
                    continue;
                }
                std::fs::write(&path, &mutant).expect("the scratch folder takes files");
                if let Some(folder) = &shown {
                    let name = format!("{edition}-{}-{harm:?}.{}", fates.len(), format.word());
                    std::fs::write(folder.join(name), &mutant).expect("it takes files");
                }
                let accepted = open(&delivery, &locked).is_ok();
                assert!(!accepted, "{own:?}: mutant {number} ({harm:?}) passed the lock");
                let fate = match lock(&delivery, head()) {
                    Err(_) => Fate::Refused,
                    Ok(again) if again.lock.dataset[0].content == locked.dataset[0].content => Fate::Same,
                    Ok(_) => Fate::Other,
                };
                fates.push(((edition, harm), fate));
            }
            fates
        })
        .collect();
    let mut counts: BTreeMap<(usize, Harm), [usize; 3]> = BTreeMap::new();
    for (case, fate) in fates.iter().flatten() {
        counts.entry(*case).or_default()[*fate as usize] += 1;
    }
    eprintln!("{} mutants, all refused with the lock; without it:", fates.iter().map(Vec::len).sum::<usize>());
    eprintln!("{:<14}{:<8}{:>9}{:>7}{:>7}", "format", "harm", "refused", "same", "other");
    for ((edition, harm), [refused, same, other]) in &counts {
        let (word, version_8) = EDITIONS[*edition];
        let name = format!("{word}{}", if version_8 { " 8" } else { "" });
        eprintln!("{name:<14}{:<8}{refused:>9}{same:>7}{other:>7}", format!("{harm:?}"));
    }
    // What each format can tell by itself: compressed files hold a checksum, ours of Parquet one of the whole.
    for ((edition, _), [_, _, other]) in &counts {
        if ["parquet", "dsjc"].contains(&EDITIONS[*edition].0) {
            assert_eq!(*other, 0, "{} shows its own damage", EDITIONS[*edition].0);
        }
    }
}
