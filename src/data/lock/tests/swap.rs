//! Files that are exchanged while they are read.

use std::sync::atomic::{AtomicBool, Ordering};

use super::super::folder::Folder;
use super::super::gate;
use super::*;

/// The rounds in which a file is read while another thread exchanges it.
const ROUNDS: usize = 2_000;

/// How often each of two texts was read, how often a mixture of them, and how often reading was refused.
#[derive(Debug, Default)]
struct Counts {
    texts: [usize; 2],
    mixed: usize,
    refused: usize,
}

/// Reads a file while `exchange` puts one text or the other in its place; every dataset must be of the text whose digest
/// it reports.
fn rounds(exchange: impl Fn(&Path, &str) + Sync) -> Counts {
    // Of one length, so that nothing but the bytes tells them apart; long enough to be written in several pieces.
    let texts = ["1", "2"].map(|value| format!("USUBJID,AVAL\n{}", format!("S-01,{value}\n").repeat(4_000)));
    let digests = texts.each_ref().map(|text| super::super::records::sha256(text));
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let path = scratch.path().join("adxx.csv");
    std::fs::write(&path, &texts[0]).expect("a scratch file");
    let delivery = Delivery {
        root: scratch.path().to_owned(),
        subject: "USUBJID".into(),
        datasets: vec![dataset(scratch.path(), "ADXX", "adxx.csv", &[])],
        ..Delivery::default()
    };
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            for text in texts.iter().cycle() {
                exchange(&path, text);
                if done.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        let mut counts = Counts::default();
        for _ in 0..ROUNDS {
            let folder = Folder::open(&delivery.root);
            let Ok(Ok(dataset)) = gate::dataset(&folder, &delivery.datasets[0], &delivery, None).0 else {
                counts.refused += 1;
                continue;
            };
            let Some(at) = digests.iter().position(|digest| *digest == dataset.sha256) else {
                counts.mixed += 1;
                continue;
            };
            let values = dataset.frame.column("AVAL").expect("the variable").f64().expect("numbers").clone();
            let all = values.iter().all(|value| value == Some([1.0, 2.0][at]));
            if !all || values.len() != 4_000 {
                done.store(true, Ordering::Relaxed);
                panic!("the digest is of another text than the values");
            }
            counts.texts[at] += 1;
        }
        done.store(true, Ordering::Relaxed);
        counts
    })
}

#[test]
fn a_file_that_is_exchanged_by_renaming_is_the_one_that_was_hashed() {
    let counts = rounds(|path, text| {
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, text).expect("a scratch file");
        std::fs::rename(&fresh, path).expect("a scratch file");
    });
    assert_eq!((counts.refused, counts.mixed), (0, 0), "a file that is replaced as a whole can always be read");
    assert!(counts.texts.iter().all(|count| *count > 0), "the file was never exchanged: {counts:?}");
}

/// A mixture can be read where the clock of the file system is too coarse to tell two writes apart; its digest is that of
/// no file, so the lock refuses it.
#[test]
fn a_file_that_is_written_over_is_refused_or_the_one_that_was_hashed() {
    let counts = rounds(|path, text| {
        std::fs::write(path, text).expect("a scratch file");
        // Time to read a file that nobody writes to.
        std::thread::sleep(std::time::Duration::from_micros(400));
    });
    assert!(counts.refused > 0, "no round met a file that was being written: {counts:?}");
}
