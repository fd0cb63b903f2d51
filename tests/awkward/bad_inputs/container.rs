//! 1 to 20: the container and the lock.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use super::make::{JSON_COLUMNS, JSON_ROWS, LINES, deflated, json, ndjson, sound_parquet, transport};
use super::{Bad, When, bad, edit, held_by, legal, put, unreadable};
use crate::awkward::{Desk, LOCK_DATE};

/// A sound file of each format, by its name.
fn sound() -> [(&'static str, Vec<u8>); 6] {
    let lines = ndjson("2", JSON_COLUMNS, &LINES).into_bytes();
    [
        ("adcm.xpt", transport()),
        ("adcm.parquet", sound_parquet()),
        ("adcm.csv2", b"USUBJID,CMDOSE\nS-01,5\nS-02,6.5\n".to_vec()),
        ("adcm.json", json("2", JSON_COLUMNS, JSON_ROWS).into_bytes()),
        ("adcm.ndjson", lines.clone()),
        ("adcm.dsjc", deflated(&lines)),
    ]
}

/// Puts a file in the place of `adcm.csv`; the one that is CSV keeps its name.
fn place(desk: &Desk, file: &str, bytes: &[u8]) {
    if file == "adcm.csv2" {
        fs::write(desk.study("data/adcm.csv"), bytes).expect("the scratch folder takes files");
    } else {
        put(desk, file, bytes);
    }
}

/// The name under which [`place`] puts it.
fn named(file: &'static str) -> &'static str {
    if file == "adcm.csv2" { "adcm.csv" } else { file }
}

/// Something done to a sound, locked file of each format.
fn after_locking(number: usize, what: &str, says: &[&str], harm: fn(&mut Vec<u8>)) -> Vec<Bad> {
    let of = |(file, bytes): (&'static str, Vec<u8>)| {
        let words: Vec<&str> = [named(file), "ADCM", "SHA-256"].iter().chain(says).copied().collect();
        // A file that can no longer be read is told as such; its digest is not needed then.
        let words = if says.is_empty() { &words[..2] } else { &words[..] };
        bad(number, &format!("{what}: {}", named(file)), When::Running, 4, words, move |desk| {
            place(desk, file, &bytes);
            let locked = desk.call(&["lock", "study", "--date", LOCK_DATE]);
            assert_eq!(locked.exit, 0, "{file} is sound: {}", locked.stderr);
            let mut bytes = bytes.clone();
            harm(&mut bytes);
            fs::write(desk.study("data").join(named(file)), bytes).expect("the scratch folder takes files");
        })
    };
    sound().into_iter().map(of).collect()
}

/// `adcm.csv` becomes something else than a file.
fn instead(number: usize, what: &str, says: &[&str], make: impl Fn(&std::path::Path) + Send + Sync + 'static) -> Bad {
    bad(number, what, When::Locking, 4, says, move |desk| {
        let path = desk.study("data/adcm.csv");
        fs::remove_file(&path).expect("the file is there");
        make(&path);
    })
}

pub(super) fn cases() -> Vec<Bad> {
    let mut all = Vec::new();
    let of_each = |number: usize, what: &str, bytes: fn(&[u8]) -> Vec<u8>| {
        let made = sound().into_iter().map(move |(file, sound)| {
            let bytes = bytes(&sound);
            bad(number, &format!("{what}: {}", named(file)), When::Locking, 4, &[named(file), "ADCM"], move |desk| {
                place(desk, file, &bytes);
            })
        });
        made.collect::<Vec<Bad>>()
    };
    all.extend(of_each(1, "empty file", |_| Vec::new()));
    all.extend(of_each(2, "file of NULs", |_| vec![0; 4_000]));
    let other = |(file, _): &(&'static str, Vec<u8>)| *file;
    for (at, (_, bytes)) in sound().into_iter().enumerate() {
        // The compressed edition differs from all others, and text formats must not be taken for each other.
        let wrong = other(&sound()[(at + 1) % 6]);
        all.push(bad(
            3,
            &format!("another format in {}", named(wrong)),
            When::Locking,
            4,
            &[named(wrong)],
            move |desk| {
                place(desk, wrong, &bytes);
            },
        ));
    }
    all.extend(of_each(4, "gzip of a sound file", |sound| [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], sound].concat()));
    all.extend(of_each(4, "zip of a sound file", |sound| [b"PK\x03\x04\x14\0\0\0\0\0", sound].concat()));
    all.push(instead(5, "folder", &["adcm.csv is not a file"], |path| {
        fs::create_dir(path).expect("the scratch folder takes folders");
    }));
    all.push(instead(5, "pipe nobody writes to", &["adcm.csv is not a file"], |path| {
        let made = Command::new("mkfifo").arg(path).status();
        assert!(made.is_ok_and(|status| status.success()), "the pipe could not be made");
    }));
    all.push(instead(5, "socket", &["adcm.csv is not a file"], |path| {
        drop(std::os::unix::net::UnixListener::bind(path).expect("the scratch folder takes sockets"));
    }));
    for device in ["/dev/zero", "/dev/stdin"] {
        all.push(instead(5, &format!("link to {device}"), &["adcm.csv"], move |path| {
            symlink(device, path).expect("the scratch folder takes links");
        }));
    }
    all.push(bad(6, "a link inside the folder of the data", When::Locking, 4, &["adcm.csv", "link"], |desk| {
        fs::rename(desk.study("data/adcm.csv"), desk.study("elsewhere.csv")).expect("the file is there");
        symlink("../elsewhere.csv", desk.study("data/adcm.csv")).expect("the scratch folder takes links");
    }));
    all.push(legal(6, "the folder of the data is reached by a link", |desk| {
        fs::rename(desk.study("data"), desk.study("elsewhere")).expect("the folder is there");
        symlink("elsewhere", desk.study("data")).expect("the scratch folder takes links");
    }));
    all.push(bad(7, "a hard link to a file outside", When::Doubting, 5, &["adcm.csv", "2 names"], |desk| {
        fs::hard_link(desk.study("data/adcm.csv"), desk.study("elsewhere.csv")).expect("the scratch folder links");
    }));
    all.extend(after());
    all.extend(of_the_lock());
    all
}

/// What happens to files after they were locked, and around them.
fn after() -> Vec<Bad> {
    let mut all = Vec::new();
    all.push(held_by(
        8,
        "replaced between hash and read",
        "src/data/lock/tests/swap.rs",
        "a_file_that_is_exchanged_by_renaming_is_the_one_that_was_hashed",
    ));
    all.push(held_by(
        9,
        "growing while read",
        "src/data/lock/tests/swap.rs",
        "a_file_that_is_written_over_is_refused_or_the_one_that_was_hashed",
    ));
    all.extend(after_locking(10, "one bit flipped", &[], |bytes| {
        let at = bytes.len() * 2 / 3;
        bytes[at] ^= 1;
    }));
    all.extend(after_locking(11, "cut off at an odd byte", &[], |bytes| bytes.truncate(bytes.len() * 3 / 4)));
    all.extend(after_locking(12, "cut off after a record", &[], |bytes| {
        let keep = if bytes.starts_with(b"HEADER") {
            bytes.len() - 80
        } else {
            let end = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap_or(bytes.len() / 2);
            end + 1
        };
        bytes.truncate(keep);
    }));
    all.extend(after_locking(13, "bytes appended", &[], |bytes| bytes.extend(b"S-09,1\n")));
    all.extend(after_locking(13, "a line of blanks appended", &[], |bytes| bytes.extend([b' '; 80])));
    all.push(bad(14, "a listed file is missing", When::Running, 4, &["adcm.csv is missing", "ADCM"], |desk| {
        fs::remove_file(desk.study("data/adcm.csv")).expect("the file is there");
    }));
    for extra in ["adxx.csv", "Thumbs.db", ".hidden", "adcm.csv~"] {
        all.push(bad(15, &format!("an unlisted file: {extra}"), When::Running, 4, &[extra], move |desk| {
            fs::write(desk.study("data").join(extra), b"USUBJID\n").expect("the scratch folder takes files");
        }));
    }
    all.push(bad(16, "one file is two datasets", When::Locking, 4, &["adcm.csv"], |desk| {
        edit(desk, "study.toml", "ADQS = {", "ADCM2 = { file = \"adcm.csv\" }\nADQS = {");
    }));
    all.push(bad(16, "two names that differ in case", When::Locking, 4, &["adcm", "ADCM"], |desk| {
        fs::copy(desk.study("data/adcm.csv"), desk.study("data/ADCM.csv")).expect("the file is there");
        edit(desk, "study.toml", "ADQS = {", "ADCM2 = { file = \"ADCM.csv\" }\nADQS = {");
    }));
    all.push(held_by(17, "signatures", "src/data/lock/tests/signing.rs", "we_verify_what_openssh_signs"));
    all
}

/// What is wrong with the lock itself.
fn of_the_lock() -> Vec<Bad> {
    let mut all = Vec::new();
    all.push(bad(18, "the lock is an older one", When::Running, 4, &["adcm.csv", "SHA-256"], |desk| {
        let older = fs::read(desk.study("data.lock")).expect("the lock is there");
        edit(desk, "data/adcm.csv", "S-01,STUDIED,PREDNISONE,5", "S-01,STUDIED,PREDNISONE,6");
        desk.lock();
        fs::write(desk.study("data.lock"), older).expect("the scratch folder takes files");
    }));
    for (what, from, to, says) in [
        ("a key twice", "locked = ", "locked = \"2024-06-29\"\nlocked = ", "duplicate"),
        ("a digest too short", "sha256 = \"", "sha256 = \"0", "64 hexadecimal digits"),
        ("an unknown key", "[[dataset]]\n", "[[dataset]]\nrows = 3\n", "rows"),
    ] {
        let number = if what == "a digest too short" { 20 } else { 19 };
        all.push(bad(number, what, When::Running, 4, &["data.lock:", says], move |desk| {
            edit(desk, "data.lock", from, to);
        }));
    }
    all.push(bad(20, "a digest in capitals", When::Running, 4, &["data.lock:", "64 hexadecimal digits"], |desk| {
        let text = crate::support::read(&desk.study("data.lock"));
        let at = text.find("sha256 = \"").expect("a digest") + 10;
        let capitals = text[..at].to_owned() + &text[at..at + 64].to_uppercase().replace('0', "A") + &text[at + 64..];
        crate::support::write(&desk.study("data.lock"), &capitals);
    }));
    all.push(unreadable(4, "a transport file of PROC CPORT", "adcm.xpt", &["CPORT"], "**COMPRESSED** **COMPRESSED**"));
    all
}
