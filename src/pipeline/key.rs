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
const LETTERS: [&str; 2] = ["ABCDEFGH", "XZWVUTSR"];

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

/// Codes before there is a key: of pages without data they tell nothing.
pub(super) fn example(study: &Study) -> Vec<String> {
    LETTERS[0].chars().take(study.arm.len()).map(String::from).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    const STUDY: &str = "[study]\nid = \"S\"\ntitle = \"T\"\nkind = \"Final\"\nstatus = \"\"\n[data]\nsubjects = \"ADSL\"\n\
                         [data.datasets]\nADSL = { file = \"a.csv\" }\n\
                         [[arm]]\nid = \"cells\"\nlabel = \"Cells\"\nplanned = \"T = 'C'\"\nactual = \"T = 'C'\"\n\
                         [[arm]]\nid = \"peptide\"\nlabel = \"Peptide\"\nplanned = \"T = 'P'\"\nactual = \"T = 'P'\"\n";

    fn scratch(text: &str) -> (tempfile::TempDir, StudyFile) {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("study.toml");
        publish::write_file(&path, text.as_bytes()).expect("the study is written");
        (folder, StudyFile::at(&path, None))
    }

    fn drawn(file: &StudyFile, name: &str, order: &KeyOrder) -> Result<CodeKey, Error> {
        let path = file.beside(name);
        new_key(file, order, &path)?;
        CodeKey::read(&path, &read_study(file)?.0)
    }

    #[test]
    fn a_key_gives_each_arm_a_code_of_its_own_and_prints_as_its_digest() {
        let (_folder, file) = scratch(STUDY);
        let key = drawn(&file, "k", &KeyOrder::default()).expect("a key");
        let study = read_study(&file).expect("the study").0;
        let letters: BTreeSet<String> = key.letters(&study).into_iter().collect();
        assert_eq!(letters, ["A", "B"].map(str::to_owned).into());
        assert_eq!(format!("{key:?}"), format!("key {}", key.digest()));
        // Drawn, not derived: of many keys both orders are seen.
        let orders: BTreeSet<Vec<String>> = (0..40)
            .map(|n| drawn(&file, &format!("k{n}"), &KeyOrder::default()).expect("a key").letters(&study))
            .collect();
        assert_eq!(orders.len(), 2);
        let dummy = drawn(&file, "d", &KeyOrder { dummy: true, letters: None }).expect("a key");
        assert!(dummy.is_dummy() && dummy.letters(&study).iter().all(|letter| *letter != "A" && *letter != "B"));
    }

    #[test]
    fn a_key_is_never_replaced_nor_changed_nor_used_for_another_study() {
        let (_folder, file) = scratch(STUDY);
        let study = read_study(&file).expect("the study").0;
        let path = file.beside("k");
        new_key(&file, &KeyOrder::default(), &path).expect("a key");
        let told = |result: Result<CodeKey, Error>| result.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(
            new_key(&file, &KeyOrder::default(), &path).expect_err("it exists").to_string().contains("exists already")
        );
        let text = package::read_text(&path).expect("the key");
        let swapped = text.replace("\"A\"", "\"?\"").replace("\"B\"", "\"A\"").replace("\"?\"", "\"B\"");
        let other = file.beside("swapped");
        publish::write_file(&other, swapped.as_bytes()).expect("it is written");
        assert!(told(CodeKey::read(&other, &study)).contains("was changed since it was drawn"));
        publish::write_file(&other, b"nonsense with cells = \"A\"").expect("it is written");
        let nonsense = told(CodeKey::read(&other, &study));
        assert!(nonsense.contains("no key of trialpress") && !nonsense.contains("cells"), "{nonsense}");
        let renamed = Study::parse(&STUDY.replace("id = \"S\"", "id = \"R\""), "s").expect("a study");
        assert!(told(CodeKey::read(&path, &renamed)).contains("of another study"));
        let renamed = Study::parse(&STUDY.replace("\"cells\"", "\"stem\""), "s").expect("a study");
        assert!(told(CodeKey::read(&path, &renamed)).contains("not one code for each arm"));
    }

    #[test]
    fn letters_that_mean_something_are_refused() {
        let (_folder, file) = scratch(&STUDY.replace("label = \"Cells\"", "label = \"Group A\""));
        let refused = drawn(&file, "k", &KeyOrder::default()).expect_err("A is taken").to_string();
        assert!(refused.contains("the code A is a name of the study already"), "{refused}");
        let chosen = KeyOrder { dummy: false, letters: Some("PQ".to_owned()) };
        assert!(drawn(&file, "k", &chosen).is_ok());
        for letters in ["P", "PP", "pq", "P1"] {
            let order = KeyOrder { dummy: false, letters: Some(letters.to_owned()) };
            let refused = drawn(&file, letters, &order).expect_err("too few, or no letters").to_string();
            assert!(refused.contains("2 arms"), "{refused}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, file) = scratch(STUDY);
        let path = file.beside("k");
        new_key(&file, &KeyOrder::default(), &path).expect("a key");
        assert_eq!(path.metadata().expect("the file").permissions().mode() & 0o777, 0o600);
    }
}
