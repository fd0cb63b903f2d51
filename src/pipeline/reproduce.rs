//! A package made again from the study and compared with the one that was written: to the byte, and where they differ, in
//! the order in which a person looks for the cause: specification and lock, the first cell of a display, the first byte.

use std::collections::BTreeMap;
use std::path::Path;

use super::report::{Earlier, earlier};
use super::{Asked, Progress, Run, StudyFile, build, differences, fonts, package, source_date};
use crate::data::date;
use crate::display::{self, Display, Report};
use crate::error::{Error, Finding, Place};
use crate::results::{Built, CutGiven, Provenance, store};
use crate::spec::report::Edition;

/// What came of making a package again.
#[derive(Clone, Debug)]
pub struct Reproduction {
    /// What the build that wrote the package and this one differ in, as warnings: two builds may give the same bytes.
    pub of_build: Vec<Finding>,
    /// Where the packages differ; nothing if they are identical.
    pub differences: Vec<Finding>,
    /// Number of files compared.
    pub files: usize,
    /// The fingerprint of the package.
    pub fingerprint: String,
}

/// Files compared by what they say, not by their bytes: the sums follow from the other files, and the provenance names the
/// build.
const BY_CONTENT: [&str; 2] = ["SHA256SUMS", PROVENANCE];
const PROVENANCE: &str = "provenance.json";

/// Makes a package again in memory, with its template and its date, and compares.
///
/// # Errors
/// The package is not as it was written, or the study does not run.
pub fn reproduce(folder: &Path, file: &StudyFile, progress: Progress<'_>) -> Result<Reproduction, Error> {
    progress("package");
    let written = package::verify(folder)?;
    let earlier = earlier(folder)?;
    let template = if earlier.provenance.template.is_empty() { "final" } else { &earlier.provenance.template };
    let date = source_date::given().or(earlier.provenance.source_date);
    // A day that the command line gave stands in no file of the study.
    let cut = earlier.provenance.cut.as_ref().filter(|cut| cut.given == CutGiven::CommandLine);
    let file = file.clone().as_of(cut.and_then(|cut| date::parse(&cut.date)).or(file.cutoff));
    let edition = earlier.provenance.edition.as_ref().and_then(|own| Edition::named(&own.report)).unwrap_or_default();
    let file = file.clone().asked(Asked { edition, ..file.asked });
    let run = super::run_dated(&file, template, false, date, progress)?;
    let made: BTreeMap<String, Vec<u8>> = run.package.files.iter().cloned().collect();
    let of_build = of_build(&earlier.provenance, build::this());
    let mut found = of_inputs(&earlier, &written, &made);
    found.extend(of_displays(&earlier, &run));
    found.extend(of_bytes(&written, &made, &earlier.provenance, &run.provenance));
    Ok(Reproduction { of_build, differences: found, files: written.len(), fingerprint: earlier.provenance.fingerprint })
}

/// What the builds differ in.
fn of_build(provenance: &Provenance, this: &Built) -> Vec<Finding> {
    let Some(built) = provenance.set_by.as_ref().or(provenance.built.as_ref()) else {
        return vec![Finding::warning(Place::file(PROVENANCE), "the package does not name the build that wrote it")];
    };
    let told = build::differences(built, this).into_iter();
    told.map(|told| Finding::warning(Place::default(), format!("the package was written by another build: {told}")))
        .collect()
}

/// Differences of what the report is made from: the first line of specification and lock, and the fonts.
fn of_inputs(earlier: &Earlier, written: &BTreeMap<String, Vec<u8>>, made: &BTreeMap<String, Vec<u8>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, what) in [("study.toml", "the specification"), ("data.lock", "the lock")] {
        let text = |files: &BTreeMap<String, Vec<u8>>| {
            files.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
        };
        if let Some((line, before, now)) = first_line(&text(written), &text(made)) {
            let message = format!("{what} of the study is another one: “{before}” in the package, “{now}” now");
            findings.push(
                Finding::error(Place::at(name, line, 1), message).hint("reproduce needs the study as it was then"),
            );
        }
    }
    if earlier.provenance.fonts != fonts::given() {
        let of = |fonts: &[String]| if fonts.is_empty() { "none".to_owned() } else { fonts.join(", ") };
        let (before, now) = (of(&earlier.provenance.fonts), of(fonts::given()));
        let message = format!("the fonts given by path differ: {before} in the package, {now} now (SHA-256)");
        findings.push(Finding::error(Place::default(), message).hint("give the fonts of the package with --font"));
    }
    findings
}

/// The first line in which two texts differ, counted from 1, with the line of each; "nothing" where one has ended.
fn first_line(before: &str, now: &str) -> Option<(usize, String, String)> {
    if before == now {
        return None;
    }
    let (mut one, mut other) = (before.lines(), now.lines());
    for line in 1.. {
        match (one.next(), other.next()) {
            (None, None) => return Some((line, "these line ends".to_owned(), "others".to_owned())),
            (a, b) if a != b => {
                let text = |line: Option<&str>| line.unwrap_or("nothing").trim().to_owned();
                return Some((line, text(a), text(b)));
            }
            _ => {}
        }
    }
    None
}

/// The displays of a report, in order.
fn displays(report: &Report) -> Vec<&Display> {
    report.sections.iter().flat_map(|section| &section.displays).collect()
}

/// The first cell of a display that differs; where no display does, the first result.
fn of_displays(earlier: &Earlier, run: &Run) -> Option<Finding> {
    let before = display::arrange(&earlier.study, &earlier.results, &earlier.provenance);
    let now = display::arrange(&run.study, &run.results, &run.provenance);
    if let (Ok(before), Ok(now)) = (before, now)
        && let Some(told) =
            differences::first_of_displays(&displays(&before), &displays(&now), &earlier.results, &run.results)
    {
        return Some(Finding::error(Place::default(), told));
    }
    let told = differences::first_of_rows(&earlier.results, &run.results)?;
    Some(Finding::error(Place::file("results.json"), format!("{told}; no display shows it")))
}

/// The first file and byte that differ, and how many files do.
fn of_bytes(
    written: &BTreeMap<String, Vec<u8>>,
    made: &BTreeMap<String, Vec<u8>>,
    before: &Provenance,
    now: &Provenance,
) -> Option<Finding> {
    let names = written.keys().chain(made.keys().filter(|name| !written.contains_key(*name)));
    let mut different: Vec<(&str, String)> = Vec::new();
    for name in names.filter(|name| !BY_CONTENT.contains(&name.as_str())) {
        let told = match (written.get(name), made.get(name)) {
            (Some(one), Some(other)) => first_byte(one, other),
            (Some(_), None) => Some("the file is in the package, and is not made now".to_owned()),
            (None, Some(_)) => Some("the file is made now, and is not in the package".to_owned()),
            (None, None) => None,
        };
        different.extend(told.map(|told| (name.as_str(), told)));
    }
    let without_build = |provenance: &Provenance| {
        store::provenance_to_json(&Provenance { built: None, set_by: None, ..provenance.clone() })
    };
    if let Some((line, one, other)) = first_line(&without_build(before), &without_build(now)) {
        different
            .push((PROVENANCE, format!("line {line} differs but for the build: {one} in the package, {other} now")));
    }
    let others = different.len().saturating_sub(1);
    let (name, told) = different.into_iter().next()?;
    let told = match others {
        0 => told,
        1 => format!("{told}; another file differs, too"),
        _ => format!("{told}; {others} other files differ, too"),
    };
    Some(Finding::error(Place::file(name), told))
}

/// The first byte in which two files differ, counted from 0 as tools do that compare bytes.
fn first_byte(before: &[u8], now: &[u8]) -> Option<String> {
    match before.iter().zip(now).position(|(a, b)| a != b) {
        Some(at) => Some(format!("byte {at} differs: {:#04x} in the package, {:#04x} now", before[at], now[at])),
        None if before.len() == now.len() => None,
        None => Some(format!(
            "it has {} bytes in the package, and {} now; the shorter begins the longer",
            before.len(),
            now.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(of: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        of.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn the_first_line_and_the_first_byte_are_named() {
        assert_eq!(first_line("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_line("a\nb\n", "a\n c\n"), Some((2, "b".to_owned(), "c".to_owned())));
        assert_eq!(first_line("a\n", "a\nb\n"), Some((2, "nothing".to_owned(), "b".to_owned())));
        assert_eq!(first_line("a", "a\n").map(|(line, ..)| line), Some(2));
        assert_eq!(first_byte(b"abc", b"abc"), None);
        assert_eq!(first_byte(b"abc", b"abd").unwrap(), "byte 2 differs: 0x63 in the package, 0x64 now");
        assert!(first_byte(b"ab", b"abc").unwrap().contains("2 bytes in the package, and 3 now"));
    }

    #[test]
    fn another_build_alone_is_no_difference_of_bytes() {
        let built = |commit: &str| Provenance {
            built: Some(Built { commit: commit.to_owned(), ..build::this().clone() }),
            ..Provenance::default()
        };
        let (one, other) = (built("abc"), built("def"));
        let package = files(&[("SHA256SUMS", "1"), (PROVENANCE, "1"), ("results.csv", "1")]);
        let again = files(&[("SHA256SUMS", "2"), (PROVENANCE, "2"), ("results.csv", "1")]);
        assert_eq!(of_bytes(&package, &again, &one, &other), None);
        assert_eq!(of_build(&one, other.built.as_ref().unwrap()).len(), 1);
        let locked = Provenance { lock_date: "2026-01-01".to_owned(), ..one.clone() };
        let told = of_bytes(&package, &again, &locked, &other).unwrap();
        assert!(told.message.contains("2026-01-01"), "{told}");
        let changed = files(&[("figures/a.svg", "1"), ("results.csv", "3")]);
        let told = of_bytes(&package, &changed, &one, &one).unwrap().to_string();
        assert_eq!(
            told,
            "results.csv: error: byte 0 differs: 0x31 in the package, 0x33 now; another file differs, too"
        );
    }
}
