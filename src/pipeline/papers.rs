//! Papers beside the reports of a board: the form for its recommendation, and the letter with the key of the codes.

use std::path::Path;

use super::key::CodeKey;
use super::{PROGRAM, StudyFile, publish, read_study, source_date, templates};
use crate::display::report::{Fact, Front, Provenance, Report};
use crate::error::Error;
use crate::render::{self, Stamp};
use crate::spec::Study;

/// The file of the form for the recommendation.
pub(super) const FORM: &str = "recommendation-form.pdf";

/// A paper of one page, with what stands on the title page of the report it belongs to.
fn paper(template: &str, front: Front, ident: String) -> Result<Vec<u8>, Error> {
    let provenance = Provenance { facts: Vec::new(), datasets: Vec::new(), warnings: Vec::new() };
    let report = Report { front, sections: Vec::new(), methods: Vec::new(), provenance };
    let stamp = Stamp { ident, creator: PROGRAM.to_owned(), moment: source_date::given().map(source_date::moment) };
    Ok(render::typeset(&report, &templates(template)?, &stamp)?.pdf)
}

/// The form for the recommendation of a board on a report: no data stand on it.
pub(super) fn form(report: &Report, ident: &str) -> Result<Vec<u8>, Error> {
    let front = Front { simulated: false, ..report.front.clone() };
    paper("dsmb-form", front, format!("{ident} form"))
}

/// Writes the letter with the key of the codes of a study.
///
/// # Errors
/// The specification is invalid, the key is not its own, a file of that name exists or cannot be written.
pub fn key_letter(file: &StudyFile, key: &Path, out: &Path) -> Result<(), Error> {
    let (study, _) = read_study(file)?;
    let key = CodeKey::read(key, &study)?;
    let bytes = paper("dsmb-key", letter(&study, &key), format!("{} letter", key.digest()))?;
    publish::write_new_secret(out, &bytes)
}

fn letter(study: &Study, key: &CodeKey) -> Front {
    let fact = |label: String, text: &str| Fact { label, text: text.to_owned() };
    let mut facts = vec![fact("Digest of the key (salted SHA-256)".to_owned(), key.digest())];
    let mut codes: Vec<(String, &str)> =
        key.letters(study).into_iter().zip(study.arm.iter().map(|arm| arm.label.as_str())).collect();
    codes.sort();
    facts.extend(codes.into_iter().map(|(code, label)| {
        let words = if key.is_dummy() { "no arm: codes of a dry run" } else { label };
        fact(format!("Arm {code}"), words)
    }));
    Front {
        title: study.study.title.clone(),
        kind: "Key of the codes".to_owned(),
        study: study.study.id.clone(),
        status: String::new(),
        facts,
        lock_date: String::new(),
        fingerprint: key.digest().chars().take(16).collect(),
        simulated: false,
        session: "Confidential – for those who may be unmasked".to_owned(),
        cut_off: String::new(),
        signs: Vec::new(),
        language: study.study.language.clone(),
    }
}
