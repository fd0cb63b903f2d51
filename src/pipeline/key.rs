//! The key of a series of coded reports: which arm has which code. It is drawn once, kept apart from the reports, and named
//! in them by a digest that tells nothing of it, because it is salted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Finding, Place, Stage};
use crate::pipeline::{StudyFile, hex, package, publish, read_study};
use crate::spec::Study;

/// Codes of real reports, and of dry runs, which must not be mistaken for them.
const LETTERS: [&str; 2] = ["ABCDEFGH", "XYZWVUTS"];

/// A key. It prints as nothing but its digest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CodeKey {
    study: String,
    /// A random name of the series of reports.
    series: String,
    /// Whether the codes are for a dry run: then they are drawn for each participant, and have nothing to do with the arms.
    dummy: bool,
    salt: String,
    digest: String,
    /// The code of each arm, by its identifier.
    codes: BTreeMap<String, String>,
}

impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {}", self.digest)
    }
}

/// What a person asks of a new key.
#[derive(Clone, Debug, Default)]
pub struct KeyOrder {
    /// Whether it is for a dry run.
    pub dummy: bool,
    /// The letters of the codes, where those of the program clash with others of the study.
    pub letters: Option<String>,
}

/// Draws a key for the arms of a study and writes it. A key that stands there is never replaced: reports may depend on it.
/// Gives its digest.
///
/// # Errors
/// The specification is invalid, a file of that name exists, letters clash with names of the study, the system gives no
/// random numbers, or the file cannot be written.
pub fn new_key(file: &StudyFile, order: &KeyOrder, out: &Path) -> Result<String, Error> {
    let (study, _) = read_study(file)?;
    let shown = out.display().to_string();
    let refuse = |stage: Stage, message: String, hint: &str| {
        Error::one(stage, Finding::error(Place::file(shown.clone()), message).hint(hint.to_owned()))
    };
    if out.exists() {
        let hint = "reports may depend on it; name another file, or move it away yourself";
        return Err(refuse(Stage::Files, "the file exists already".to_owned(), hint));
    }
    let letters = order.letters.clone().unwrap_or_else(|| LETTERS[usize::from(order.dummy)].to_owned());
    let letters: Vec<String> = letters.chars().map(String::from).collect();
    let distinct: BTreeSet<&String> = letters.iter().collect();
    let plain = letters.iter().all(|letter| letter.bytes().all(|byte| byte.is_ascii_uppercase()));
    if distinct.len() != letters.len() || letters.len() < study.arm.len() || !plain {
        let message = format!("the codes of {} arms are as many different letters from A to Z", study.arm.len());
        return Err(refuse(Stage::Usage, message, "for example --letters PQ"));
    }
    let letters = &letters[..study.arm.len()];
    no_clash(&study, letters)?;
    let random = || {
        let mut bytes = [0_u8; 32];
        let failed = |_| refuse(Stage::Files, "the system gives no random numbers".to_owned(), "try again");
        getrandom::fill(&mut bytes).map_err(failed).map(|()| bytes)
    };
    let (salt, series, draw) = (random()?, random()?, random()?);
    let mut key = CodeKey {
        study: study.study.id.clone(),
        series: hex(&series[..4]),
        dummy: order.dummy,
        salt: hex(&salt),
        digest: String::new(),
        codes: study.arm.iter().map(|arm| arm.id.to_string()).zip(shuffled(letters, &draw)).collect(),
    };
    key.digest = key.own_digest(&study);
    let head = if order.dummy {
        "# Codes for a dry run of trialpress: they are drawn for each participant and have nothing to do with the arms.\n\n"
    } else {
        "# A key of trialpress: which arm has which code. Keep it apart from the reports, and send it another way.\n\n"
    };
    let text = toml::to_string(&key).unwrap_or_default();
    publish::write_new_secret(out, format!("{head}{text}").as_bytes())?;
    Ok(key.digest)
}

/// A random order of the codes: that of digests of each with random bytes.
fn shuffled(letters: &[String], draw: &[u8]) -> Vec<String> {
    let mut order = letters.to_vec();
    order.sort_by_key(|letter| Sha256::new().chain_update(draw).chain_update(letter).finalize());
    order
}

/// Codes that already mean something in the study.
fn no_clash(study: &Study, letters: &[String]) -> Result<(), Error> {
    let names = study.arm.iter().flat_map(|arm| [arm.id.to_string(), arm.label.clone()]);
    let words = study.masking.iter().flat_map(|masking| masking.words.clone());
    let taken: Vec<String> = names.chain(words).collect();
    let clash = letters.iter().find(|letter| {
        let forms = [(*letter).clone(), format!("Arm {letter}"), format!("Group {letter}")];
        taken.iter().any(|name| forms.iter().any(|form| form.eq_ignore_ascii_case(name.trim())))
    });
    let Some(letter) = clash else { return Ok(()) };
    let place = study.arm.first().map_or_else(Place::default, |arm| study.origin.place(arm.id.span.start));
    let finding = Finding::error(place, format!("the code {letter} is a name of the study already"));
    Err(Error::one(Stage::Usage, finding.hint("choose other letters: --letters PQ")))
}

impl CodeKey {
    /// Reads the key of a study.
    ///
    /// # Errors
    /// The file cannot be read or was changed, is of another study, or has not one code for each arm.
    pub(super) fn read(path: &Path, study: &Study) -> Result<Self, Error> {
        let text = package::read_text(path)?;
        let refuse = |message: &str, hint: &str| {
            let finding = Finding::error(Place::file(path.display().to_string()), message);
            Error::one(Stage::Files, finding.hint(hint.to_owned()))
        };
        // What stands in it is not repeated, not even where it cannot be read.
        let key: Self = toml::from_str(&text)
            .map_err(|_| refuse("this is no key of trialpress", "make one: trialpress key new STUDY --out FILE"))?;
        if key.study != study.study.id {
            return Err(refuse("the key is of another study", "name the key of this one"));
        }
        let arms: BTreeSet<&str> = study.arm.iter().map(|arm| &*arm.id).collect();
        if !key.codes.keys().map(String::as_str).eq(arms) {
            return Err(refuse(
                "the key has not one code for each arm of the study",
                "the arms were renamed since: make a new key",
            ));
        }
        if key.digest != key.own_digest(study) {
            return Err(refuse("the key was changed since it was drawn", "use the file as it was drawn"));
        }
        no_clash(study, &key.letters(study))?;
        Ok(key)
    }

    /// The code of each arm, in the order of `[[arm]]`.
    pub(super) fn letters(&self, study: &Study) -> Vec<String> {
        study.arm.iter().filter_map(|arm| self.codes.get(&*arm.id).cloned()).collect()
    }

    /// The salted digest of the key: of the codes in the order of the arms, not of the names of the arms, so that it is the
    /// same whatever they are called.
    fn own_digest(&self, study: &Study) -> String {
        let mut hasher = Sha256::new();
        let codes = study.arm.iter().filter_map(|arm| self.codes.get(&*arm.id));
        for part in [&self.salt, &self.study, &self.series].into_iter().chain(codes) {
            hasher.update(part.len().to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.update([u8::from(self.dummy)]);
        hex(&hasher.finalize())
    }

    pub(super) fn digest(&self) -> &str {
        &self.digest
    }

    pub(super) fn salt(&self) -> &str {
        &self.salt
    }

    pub(super) const fn is_dummy(&self) -> bool {
        self.dummy
    }
}
