//! Data files and their lock: whatever is not byte for byte what was locked is refused with exit 4.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::{Desk, Original, all_refused, flagship, report, small};

/// The data files of the flagship study with the name of their dataset.
const FILES: [(&str, &str); 8] = [
    ("adsl.xpt", "ADSL"),
    ("adlb.parquet", "ADLB"),
    ("advs.parquet", "ADVS"),
    ("adqs.csv", "ADQS"),
    ("adcm.xpt", "ADCM"),
    ("adae.xpt", "ADAE"),
    ("adex.csv", "ADEX"),
    ("addv.csv", "ADDV"),
];

/// Spoils a file of the flagship study by hand and holds the refusal; gives what is wrong with it.
fn spoiled(name: &str, exit: i32, says: &[&str], spoil: impl FnOnce(&Desk)) -> (String, Vec<String>) {
    let desk = Desk::with(Original::Flagship);
    spoil(&desk);
    let mut faults = desk.refusal(&["run", "study", "--out", "out"], exit);
    if let Some(outcome) = faults.outcome.take() {
        for word in says.iter().filter(|word| !outcome.stderr.contains(**word)) {
            faults.add(format!("does not say “{word}”"));
        }
        if !faults.list.is_empty() {
            faults.add(format!("it said: {}", super::shortened(&outcome.stderr)));
        }
    }
    (name.to_owned(), faults.list)
}

fn rewrite(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    change(&mut bytes);
    fs::write(path, bytes).expect("the scratch folder takes files");
}

#[test]
fn one_changed_bit_is_seen_wherever_it_is() {
    let cases = FILES.iter().flat_map(|(file, dataset)| {
        [1, 2, 3].map(|quarter| {
            let name = format!("bit 0 of the byte at {quarter}/4 of {file} is changed");
            spoiled(&name, 4, &[file, dataset], |desk| {
                rewrite(&desk.study(&format!("data/{file}")), |bytes| {
                    let at = bytes.len() * quarter / 4;
                    bytes[at] ^= 1;
                });
            })
        })
    });
    report(cases);
}

/// How many bytes of a file are left.
type Cut = fn(usize) -> usize;

#[test]
fn a_cut_off_file_is_seen_wherever_it_is_cut() {
    let cases = FILES.iter().flat_map(|(file, dataset)| {
        let cuts: [(&str, Cut); 6] = [
            ("nothing is left", |_| 0),
            ("the first byte is left", |_| 1),
            ("80 bytes are left", |length| 80.min(length - 1)),
            ("half is left", |length| length / 2),
            ("a whole number of 80-byte cards is left", |length| (length - 1) / 80 * 80),
            ("the last byte is gone", |length| length - 1),
        ];
        cuts.map(|(what, cut)| {
            spoiled(&format!("{file} is cut off: {what}"), 4, &[file, dataset], |desk| {
                rewrite(&desk.study(&format!("data/{file}")), |bytes| bytes.truncate(cut(bytes.len())));
            })
        })
    });
    report(cases);
}

#[test]
fn a_csv_file_cut_at_a_line_end_is_seen() {
    let cases = ["adqs.csv", "adex.csv", "addv.csv"].map(|file| {
        spoiled(&format!("the last record of {file} is gone"), 4, &[file, "SHA-256", "records instead of"], |desk| {
            rewrite(&desk.study(&format!("data/{file}")), |bytes| {
                bytes.pop();
                let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                bytes.truncate(end);
            });
        })
    });
    report(cases);
}

#[test]
fn a_longer_file_is_seen() {
    let cases = FILES.map(|(file, dataset)| {
        spoiled(&format!("{file} has a byte more"), 4, &[file, dataset], |desk| {
            rewrite(&desk.study(&format!("data/{file}")), |bytes| bytes.push(b' '));
        })
    });
    report(cases);
}

#[test]
fn missing_files_are_named_all_at_once() {
    let mut cases: Vec<(String, Vec<String>)> = FILES
        .iter()
        .map(|(file, dataset)| {
            let missing = format!("the data file {file} is missing");
            spoiled(&missing, 4, &[&missing, dataset, "study/study.toml:", "1 finding;"], |desk| {
                fs::remove_file(desk.study(&format!("data/{file}"))).expect("the file is there");
            })
        })
        .collect();
    let all: Vec<String> = FILES.iter().map(|(file, _)| format!("the data file {file} is missing")).collect();
    let words: Vec<&str> = all.iter().map(String::as_str).chain(["9 findings;"]).collect();
    cases.push(spoiled("the folder of the data is gone", 4, &words, |desk| {
        fs::remove_dir_all(desk.study("data")).expect("the folder is there");
    }));
    cases.push(spoiled(
        "three files are damaged in three ways",
        4,
        &["adsl.xpt", "adlb.parquet", "addv.csv", "missing"],
        |desk| {
            rewrite(&desk.study("data/adsl.xpt"), |bytes| bytes[2000] ^= 4);
            rewrite(&desk.study("data/adlb.parquet"), |bytes| bytes.truncate(100));
            fs::remove_file(desk.study("data/addv.csv")).expect("the file is there");
        },
    ));
    report(cases);
}

#[test]
fn what_is_no_file_is_not_read() {
    let mut cases = vec![
        spoiled("a folder stands where a data file should", 4, &["adsl.xpt is not a file", "ADSL"], |desk| {
            fs::remove_file(desk.study("data/adsl.xpt")).expect("the file is there");
            fs::create_dir(desk.study("data/adsl.xpt")).expect("the scratch folder takes folders");
        }),
        spoiled("two files have changed places", 4, &["ADAE", "ADCM", "SHA-256"], |desk| {
            fs::rename(desk.study("data/adae.xpt"), desk.study("data/x")).expect("the file is there");
            fs::rename(desk.study("data/adcm.xpt"), desk.study("data/adae.xpt")).expect("the file is there");
            fs::rename(desk.study("data/x"), desk.study("data/adcm.xpt")).expect("the file is there");
        }),
        spoiled("a Parquet file has the name of an XPT file", 4, &["adsl.xpt"], |desk| {
            fs::copy(desk.study("data/adlb.parquet"), desk.study("data/adsl.xpt")).expect("the file is there");
        }),
        spoiled("a data file is a link to nowhere", 4, &["adsl.xpt", "ADSL"], |desk| {
            fs::remove_file(desk.study("data/adsl.xpt")).expect("the file is there");
            symlink("nowhere", desk.study("data/adsl.xpt")).expect("the scratch folder takes links");
        }),
        spoiled("a data file is a link to a device without end", 4, &["adsl.xpt is a link"], |desk| {
            fs::remove_file(desk.study("data/adsl.xpt")).expect("the file is there");
            symlink("/dev/zero", desk.study("data/adsl.xpt")).expect("the scratch folder takes links");
        }),
    ];
    let pipes = Command::new("mkfifo").arg("--version").output().is_ok_and(|output| output.status.success());
    if pipes {
        cases.push(spoiled("a data file is a pipe nobody writes to", 4, &["adsl.xpt is not a file"], |desk| {
            fs::remove_file(desk.study("data/adsl.xpt")).expect("the file is there");
            let made = Command::new("mkfifo").arg(desk.study("data/adsl.xpt")).status();
            assert!(made.is_ok_and(|status| status.success()), "the pipe could not be made");
        }));
    }
    report(cases);
}

/// One more dataset of a lock.
const MORE: &str = "[[dataset]]
name = \"ADZZ\"
file = \"adzz.csv\"
format = \"csv\"
encoding = \"utf-8\"
sha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"
content = \"0000000000000000000000000000000000000000000000000000000000000000\"
bytes = 1
records = 0
subjects = 0
keys = []
variables = []

";

#[test]
fn the_lock_and_the_specification_name_the_same_datasets() {
    all_refused(&[
        flagship("a dataset is locked and no longer in the specification")
            .file("data.lock", "[[dataset]]\nname = \"ADDV\"", &format!("{MORE}[[dataset]]\nname = \"ADDV\""))
            .exit(4)
            .says(["ADZZ", "the lock has this dataset (adzz.csv), the specification has not"])
            .findings(1),
        flagship("a dataset has another name than when it was locked")
            .file("data.lock", "name = \"ADDV\"", "name = \"ADDEVIATIONS\"")
            .exit(4)
            .says(["ADDEVIATIONS", "ADDV", "not in the lock", "the specification has not"]),
        flagship("a dataset lies in another file than when it was locked")
            .study("ADDV = { file = \"addv.csv\" }", "ADDV = { file = \"adex.csv\" }")
            .exit(4)
            .says(["ADDV", "the lock is of addv.csv", "names adex.csv"]),
        flagship("a dataset is said to be of another format")
            .study("ADSL = { file = \"adsl.xpt\" }", "ADSL = { file = \"adsl.xpt\", format = \"csv\" }")
            .exit(4)
            .says(["ADSL", "adsl.xpt"]),
        small("a value has changed and the data were not locked again")
            .data("adsl.csv", "S-02,NEW,NEW,Y,Y,41", "S-02,NEW,NEW,Y,Y,14")
            .unlocked()
            .exit(4)
            .says(["adsl.csv", "ADSL", "SHA-256", "variable AGE has other values"])
            .findings(2),
        small("a variable was renamed and the data were not locked again")
            .data("adsl.csv", ",AGE,", ",AGEX,")
            .unlocked()
            .exit(4)
            .says(["variable AGE is missing", "variable AGEX is new", "adsl.csv"]),
    ]);
}

#[test]
fn a_lock_that_is_none_is_refused_with_its_place() {
    all_refused(&[
        flagship("the lock is not TOML")
            .file("data.lock", "version = 2\n", "version ¦one\n")
            .exit(4)
            .says(["study/data.lock:"]),
        flagship("the lock is of another version")
            .file("data.lock", "version = 2\n", "version = ¦7\n")
            .exit(4)
            .says(["version"]),
        flagship("the lock has no date").file("data.lock", "locked = \"2026-11-20\"\n", "").exit(4).says(["locked"]),
        flagship("the date of the lock is none")
            .file("data.lock", "locked = \"2026-11-20\"", "locked = ¦\"2026-02-30\"")
            .exit(4)
            .says(["not a day of the calendar"]),
        flagship("the lock has a key that is unknown")
            .file("data.lock", "[[dataset]]\n", "[[dataset]]\n¦rows = 3\n")
            .exit(4)
            .says(["rows"]),
        flagship("a digest of the lock is too short")
            .file("data.lock", "content = \"", "content = \"0")
            .exit(4)
            .says(["content is not 64 hexadecimal digits"]),
        flagship("two faults stand in the lock, in two datasets")
            .file("data.lock", "content = \"", "content = \"0")
            .file("data.lock", "file = \"adcm.xpt\"\nformat = \"xpt\"", "file = \"adcm.xpt\"\nformat = ¦\"sas\"")
            .exit(4)
            .says(["content is not 64 hexadecimal digits", "sas"]),
        flagship("the lock was altered")
            .file("data.lock", "bytes = ", "bytes = 1")
            .exit(4)
            .says(["the lock was altered"]),
        flagship("a label of the lock was altered")
            .file("data.lock", "label = \"Reported Term\"", "label = \"Term\"")
            .exit(4)
            .says(["AETERM", "ADAE"]),
        flagship("the lock is empty")
            .file("data.lock", "# The locked data", "\u{0}# The locked data")
            .exit(4)
            .says(["data.lock:1"]),
    ]);
    let desk = Desk::with(Original::Flagship);
    fs::remove_file(desk.study("data.lock")).expect("the file is there");
    let mut faults = desk.refusal(&["run", "study", "--out", "out"], 7);
    let outcome = faults.outcome.take().expect("the program ended");
    for word in ["study/data.lock", "hint: lock the data first: trialpress lock"] {
        assert!(outcome.stderr.contains(word), "without a lock it does not say “{word}”: {}", outcome.stderr);
    }
    assert!(faults.list.is_empty(), "without a lock: {:?}", faults.list);
}

/// What a file is, its name, its bytes, and what must be said.
type Unreadable<'a> = (&'a str, &'a str, &'a [u8], &'a [&'a str]);

/// Files that cannot be locked in the first place: `lock` says so and leaves the earlier lock alone.
#[test]
fn what_cannot_be_read_cannot_be_locked() {
    let cases: [Unreadable; 14] = [
        ("an empty file", "adqs.csv", b"", &["adqs.csv, ADQS", "empty"]),
        ("a file of zeros", "adqs.csv", &[0; 4000], &["adqs.csv:1, ADQS", "NUL"]),
        ("UTF-16", "adqs.csv", b"\xff\xfeU\0S\0", &["adqs.csv", "UTF-16", "hint: write it as UTF-8"]),
        ("a byte that is no UTF-8", "adqs.csv", b"USUBJID,A\nS-01,\xe9\n", &["adqs.csv:2, ADQS", "not UTF-8"]),
        (
            "semicolons",
            "adqs.csv",
            b"USUBJID;A\nS-01;1\n",
            &["adqs.csv", "separated by", "hint: write the file with commas"],
        ),
        ("a short record", "adqs.csv", b"USUBJID,A\nS-01,1\nS-02\n", &["adqs.csv:3", "1 field instead of 2"]),
        ("a long record", "adqs.csv", b"USUBJID,A\nS-01,1,2\n", &["adqs.csv:2", "3 fields instead of 2"]),
        ("an open quote", "adqs.csv", b"USUBJID,A\nS-01,\"1\nS-02,2\n", &["adqs.csv:2", "not closed"]),
        ("a quote within a field", "adqs.csv", b"USUBJID,A\nS-01,1\"2\n", &["adqs.csv:2", "quote"]),
        ("a name twice", "adqs.csv", b"USUBJID,A,A\nS-01,1,2\n", &["adqs.csv", "variable A stands twice"]),
        ("names that differ in case", "adqs.csv", b"USUBJID,A,a\nS-01,1,2\n", &["adqs.csv", "letter case"]),
        ("30 February", "adqs.csv", b"USUBJID,D\nS-01,2024-02-30\n", &["adqs.csv:2, ADQS.D", "2024-02-30"]),
        ("line ends of old", "adqs.csv", b"USUBJID,A\rS-01,1\r", &["adqs.csv", "carriage return"]),
        ("no XPT", "adcm.xpt", b"this is no transport file", &["adcm.xpt, ADCM"]),
    ];
    report(cases.into_iter().map(|(name, file, bytes, says)| {
        let desk = Desk::with(Original::Flagship);
        fs::write(desk.study(&format!("data/{file}")), bytes).expect("the scratch folder takes files");
        let mut faults = desk.refusal(&["lock", "study", "--date", "2026-11-20"], 4);
        if let Some(outcome) = faults.outcome.take() {
            for word in says.iter().filter(|word| !outcome.stderr.contains(**word)) {
                faults.add(format!("does not say “{word}”: {}", super::shortened(&outcome.stderr)));
            }
        }
        (format!("locking {name}"), faults.list)
    }));
}
