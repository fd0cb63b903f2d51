//! Mutated specifications: whatever becomes of a study file, the program ends with a documented exit number.

use std::time::Instant;

use super::{Desk, Original, TOO_LATE, call};
use crate::support::{Stream, program, read};

/// What a number of a specification may become.
const NUMBERS: [&str; 14] = [
    "0",
    "-1",
    "1",
    "2",
    "255",
    "256",
    "2147483647",
    "-2147483648",
    "4294967296",
    "9223372036854775807",
    "0.5",
    "1e308",
    "nan",
    "-inf",
];

/// What a text of a specification may become.
const TEXTS: [&str; 12] =
    ["", " ", "NULL", "TRUE", "1 / 0", "a = b", "ABS(NULL)", "\\u0000", "\\u202e", "../..", "(", "{n}"];

/// The text with bytes or lines deleted, doubled or exchanged.
fn roughly(text: &str, stream: &mut Stream) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=stream.below(2) {
        let at = stream.below(bytes.len());
        let other = stream.below(bytes.len());
        let end = (at + 1 + stream.below(12)).min(bytes.len());
        match stream.below(6) {
            0 => _ = bytes.drain(at..end),
            1 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            2 => bytes.swap(at, other),
            3 => bytes[at] = b"\"'[]{}=.,#\n\\:0aZ \xff\0"[stream.below(19)],
            _ => {
                let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
                let (at, other) = (stream.below(lines.len()), stream.below(lines.len()));
                match stream.below(3) {
                    0 => _ = lines.remove(at),
                    1 => lines.insert(other, lines[at]),
                    _ => lines.swap(at, other),
                }
                bytes = lines.concat();
            }
        }
    }
    bytes
}

/// The text with a value exchanged for one that is well formed and unlikely.
fn finely(text: &str, stream: &mut Stream) -> String {
    let mut text = text.to_owned();
    for _ in 0..=stream.below(2) {
        let quoted: Vec<(usize, usize)> = spans(&text);
        let digits: Vec<(usize, usize)> = numbers(&text, &quoted);
        if stream.below(3) == 0 && !digits.is_empty() {
            let (from, to) = digits[stream.below(digits.len())];
            text.replace_range(from..to, NUMBERS[stream.below(NUMBERS.len())]);
        } else if !quoted.is_empty() {
            let (from, to) = quoted[stream.below(quoted.len())];
            let (other_from, other_to) = quoted[stream.below(quoted.len())];
            let piece = if stream.below(2) == 0 {
                TEXTS[stream.below(TEXTS.len())].to_owned()
            } else {
                text[other_from..other_to].to_owned()
            };
            text.replace_range(from..to, &piece);
        }
    }
    text
}

/// The texts in quotes, each on one line, without the quotes.
fn spans(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.contains("\"\"\"") && !line.trim_start().starts_with('#') {
            let quotes: Vec<usize> = line.match_indices('"').map(|(at, _)| start + at).collect();
            found.extend(quotes.chunks_exact(2).map(|pair| (pair[0] + 1, pair[1])));
        }
        start += line.len();
    }
    found
}

/// The numbers outside of quotes.
fn numbers(text: &str, quoted: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let outside = |at: usize| !quoted.iter().any(|(from, to)| (*from..*to).contains(&at));
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begins = bytes[at].is_ascii_digit() && outside(at) && at > 0 && matches!(bytes[at - 1], b' ' | b'[' | b',');
        let end = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        if begins && end > at {
            found.push((at, end));
        }
        at = end.max(at + 1);
    }
    found
}

/// Calls the program on each mutant; tells those after which it did not end as documented.
fn survive(original: Original, seed: u64, count: u64, verb: &[&str], documented: &[i32]) -> Vec<String> {
    let desk = Desk::with(original);
    let text = read(&desk.study("study.toml"));
    let mut failures = Vec::new();
    let mut passed = 0;
    for number in 0..count {
        let mut stream = Stream(seed.wrapping_mul(1_000_003).wrapping_add(number));
        let mutant =
            if number % 2 == 0 { roughly(&text, &mut stream) } else { finely(&text, &mut stream).into_bytes() };
        std::fs::write(desk.study("study.toml"), &mutant).expect("the scratch folder takes files");
        let outcome = call(std::process::Command::new(program()).args(verb).current_dir(desk.path()));
        passed += u64::from(outcome.exit == 0);
        let panicked = outcome.stderr.lines().find(|line| line.contains("panicked"));
        if !documented.contains(&outcome.exit) || panicked.is_some() {
            let what =
                if outcome.exit == TOO_LATE { "did not end".to_owned() } else { format!("exit {}", outcome.exit) };
            let after = outcome
                .stderr
                .lines()
                .skip_while(|line| !line.contains("panicked"))
                .take(2)
                .collect::<Vec<_>>()
                .join(" ");
            let changed = changed_lines(&text, &String::from_utf8_lossy(&mutant));
            failures.push(format!("mutant {number} of seed {seed}: {what} {after}\n  {changed}"));
        }
    }
    assert!(passed < count, "no mutant of seed {seed} was refused: the mutations do nothing");
    failures
}

/// The lines of a mutant that the original does not have.
fn changed_lines(original: &str, mutant: &str) -> String {
    let known: std::collections::BTreeSet<&str> = original.lines().collect();
    mutant
        .lines()
        .filter(|line| !known.contains(line))
        .take(4)
        .map(|line| line.chars().take(160).collect::<String>())
        .collect::<Vec<_>>()
        .join("\n  ")
}

#[test]
fn three_hundred_mutants_are_checked_without_a_panic() {
    let started = Instant::now();
    let halves = std::thread::scope(|scope| {
        let flagship = scope.spawn(|| survive(Original::Flagship, 1, 150, &["check", "study"], &[0, 3, 4, 5, 7]));
        let small = survive(Original::Small, 2, 150, &["check", "study"], &[0, 3, 4, 5, 7]);
        [flagship.join().unwrap_or_else(|_| vec!["the test itself failed".to_owned()]), small]
    });
    let failures = halves.concat();
    assert!(failures.is_empty(), "{} mutants:\n{}", failures.len(), failures.join("\n"));
    let seconds = started.elapsed().as_secs_f64();
    // A guard against a hang, not a measure of speed: the machine may be busy with other tests.
    assert!(seconds < 90.0, "300 mutants took {seconds:.1} s");
}

#[test]
fn mutants_are_run_without_a_panic() {
    let failures = survive(Original::Small, 3, 60, &["run", "study", "--out", "out"], &[0, 3, 4, 5, 6, 7]);
    assert!(failures.is_empty(), "{} mutants:\n{}", failures.len(), failures.join("\n"));
}
