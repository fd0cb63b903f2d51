//! The text of a lock, and what is refused in one.

use super::*;

#[test]
fn a_lock_reads_back_with_all_it_says() {
    let mut lock = Study::new().lock();
    lock.head.cutoff = Some("2026-01-15".into());
    lock.head.by = Some("A. \"Person\"".into());
    lock.head.reason = Some("first\nsecond".into());
    lock.head.previous = Some("0".repeat(64));
    lock.head.dictionaries =
        [("MedDRA".to_owned(), "27.0".to_owned()), ("WHO Drug".to_owned(), "B3".to_owned())].into();
    lock.dataset[0].variables[0].format = Some("$20.".into());
    lock.dataset[0].variables[0].length = Some(20);
    let text = lock.text();
    assert_eq!(Lock::parse(&text, "data.lock"), Ok(lock.clone()), "{text}");
    for line in [
        "version = 2",
        "subject = \"USUBJID\"",
        "dictionaries = { \"MedDRA\" = \"27.0\", \"WHO Drug\" = \"B3\" }",
        "keys = [\"USUBJID\", \"VISIT\"]",
        "encoding = \"utf-8\"",
        "subjects = 3",
        "[[file]]",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(text.contains("kind = \"text\", format = \"$20.\", length = 20, missing = 0, content = \""), "{text}");
}

#[test]
fn everything_that_is_no_lock_is_refused_with_its_line() {
    let text = Study::new().lock().text();
    let line = |start: &str| {
        let at = text.lines().position(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}\n{text}"));
        at + 1
    };
    let digest =
        text.lines().find_map(|line| line.strip_prefix("content = \"")).expect("a digest").trim_end_matches('"');
    for (old, new, at, expected) in [
        ("version = 2", "version = 1", 2, "this is version 1 of the lock file"),
        ("version = 2", "version = 1", 2, "hint: lock the data again"),
        ("version = 2", "version = 2\nlocker = 1", 3, "unknown key locker\n    hint: did you mean locked?"),
        ("version = 2", "version = 2\nversion = 2", 3, "duplicate key"),
        ("subjects = 3", "subjects = 3\nrows = 3", line("subjects") + 1, "unknown field `rows`"),
        ("subjects = 3", "subjects = 3\nsubjects = 4", line("subjects") + 1, "duplicate key"),
        ("subjects = 3\n", "", line("[[dataset]]"), "missing field `subjects`"),
        (digest, "abc", line("content"), "content is not 64 hexadecimal digits in lower case"),
        (digest, &digest.to_uppercase(), line("content"), "content is not 64 hexadecimal digits in lower case"),
        ("digests = \"", "digests = \"0", line("digests"), "digests is not 64 hexadecimal digits"),
        ("program = ", "previous = \"\"\nprogram = ", line("program"), "previous is not 64 hexadecimal digits"),
        ("program = ", "cutoff = \"2026-02-30\"\nprogram = ", line("program"), "not a day of the calendar"),
        ("locked = \"2026-01-31\"", "locked = \"31 Jan\"", line("locked"), "not a day of the calendar"),
        ("file = \"adsl.csv\"", "file = \"../adsl.csv\"", line("file"), "does not lie in the data folder"),
        ("file = \"adsl.csv\"", "file = \"/adsl.csv\"", line("file"), "does not lie in the data folder"),
        ("file = \"adsl.csv\"", "file = \"a\\u0000b\"", line("file"), "does not lie in the data folder"),
        ("name = \"ADXX\"", "name = \"adsl\"", 0, "dataset adsl stands twice in the lock: ADSL differs in letter case"),
        ("file = \"bds/adxx.csv\"", "file = \"ADSL.csv\"", 0, "path ADSL.csv stands twice in the lock"),
        ("name = \"AGE\"", "name = \"Sex\"", 0, "ADSL: variable SEX stands twice in the lock: Sex differs"),
        ("keys = [\"USUBJID\"]", "keys = [\"SUBJID\"]", 0, "ADSL: the key SUBJID is not a variable"),
        ("[[file]]", "[file]", 0, "error: "),
        ("study = \"ABC-1\"\n", "", 0, "the key study is missing"),
        ("study = \"ABC-1\"", "study = 3", 3, "invalid type: integer `3`"),
    ] {
        let broken = text.replacen(old, new, 1);
        assert_ne!(broken, text, "{old} does not stand in the lock");
        let told = refused(Lock::parse(&broken, "data.lock"));
        assert!(told.contains(expected), "{new}: {expected}\n{told}");
        assert!(at == 0 || told.contains(&format!("data.lock:{at}:")), "{new}: line {at}\n{told}");
    }
}

#[test]
fn several_faults_are_told_together_and_no_part_of_a_lock_makes_it_panic() {
    let text = Study::new().lock().text();
    let broken = text.replace("kind = \"final\"", "kind = 1").replace("bytes = ", "bytes = -").replace("mg", "");
    let told = refused(Lock::parse(&broken, "data.lock"));
    assert!(told.lines().count() >= 4, "the head, two datasets and a file: {told}");
    for length in (0..text.len()).filter(|length| text.is_char_boundary(*length)) {
        _ = Lock::parse(&text[..length], "data.lock");
    }
    let told = refused(Lock::parse("version = 1\nnote = 'x'\n", "data.lock"));
    assert_eq!(told.lines().count(), 2, "of another version nothing else is said: {told}");
}

#[test]
fn days_that_are_none_are_refused_before_anything_is_read() {
    for (locked, cutoff) in [("31.01.2026", None), ("2026-01-31", Some("2026-02-30"))] {
        let head = LockHead { locked: locked.into(), cutoff: cutoff.map(str::to_owned), ..head() };
        let told = refused(lock(&Delivery { root: "/nowhere".into(), ..Delivery::default() }, head));
        assert!(told.contains("is not a day of the calendar"), "{told}");
    }
}
