//! The report that is asked for: the specification narrowed to it, and the data as its readers may know them. Here the seal
//! of the data is opened for a report.

use std::path::PathBuf;

use crate::data::LockedData;
use crate::data::mask::{MaskOrder, Sealed};
use crate::error::{Error, Finding, Place, Stage};
use crate::pipeline::key::CodeKey;
use crate::pipeline::{StudyFile, define, locking};
use crate::plan::{self, Shown};
use crate::results::EditionShown;
use crate::spec::Study;
use crate::spec::narrow::{CODED_ARM, Narrowed};
use crate::spec::report::{Audience, Edition};

/// Which report is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The report.
    pub edition: Edition,
    /// The file of the key, for a report with codes.
    pub key: Option<PathBuf>,
    /// The package of the report before, for an open report: what the two together would tell is told.
    pub previous: Option<PathBuf>,
    /// The ledger of looks, if not the one beside the study file.
    pub ledger: Option<PathBuf>,
    /// Why a look is taken that was not planned.
    pub unplanned: Option<String>,
}

/// A study as its report needs it, and its data as its readers may know them.
pub(super) struct Admitted {
    pub(super) narrowed: Narrowed,
    /// The same without what only a look of the monitoring plan shows, if there is such.
    pub(super) without_look: Option<Narrowed>,
    pub(super) data: LockedData,
    /// Findings of define.xml, but for those about what is masked.
    pub(super) described: Vec<Finding>,
    /// The text of the lock; none where it would tell of what is masked.
    pub(super) lock_text: Option<String>,
    /// The text of the lock in any case: the ledger knows the data of a look by its digest.
    pub(super) lock: String,
    pub(super) shown: Option<EditionShown>,
    /// Words that would tell of treatment; none where everything may be told.
    pub(super) words: Vec<String>,
}

/// Narrows the specification and opens the data.
///
/// # Errors
/// The report cannot be made of this specification, its key is missing or wrong, or the data are not as locked.
pub(super) fn admit(whole: &Study, file: &StudyFile) -> Result<Admitted, Error> {
    let asked = &file.asked;
    let audience = asked.edition.audience();
    let key = key(whole, asked)?;
    let letters = key.as_ref().map(|key| key.letters(whole)).unwrap_or_default();
    let may_look = whole.may_look(asked.edition);
    let mut narrowed = whole.narrowed(asked.edition, may_look, &letters)?;
    // An interim report is a look or nothing.
    let less = may_look && asked.edition != Edition::Interim;
    let without_look = less.then(|| whole.narrowed(asked.edition, false, &letters)).transpose()?;
    // What one display needs of the final report can be told without masking.
    let only: Vec<&str> = file.only.iter().map(String::as_str).collect();
    if let Some(study) = whole.only(&only).filter(|_| asked.edition == Edition::Final) {
        narrowed.study = study;
    }
    let (sealed, define, lock_text) = locking::opened(whole, file)?;
    let shown = shown(asked, key.as_ref());
    if audience == Audience::Unmasked {
        let mut data = sealed.opened();
        let described = define::hold(define.as_ref(), &mut data, &whole.data.subject)?;
        return Ok(Admitted {
            narrowed,
            without_look,
            data,
            described,
            lock_text: Some(lock_text.clone()),
            lock: lock_text,
            shown,
            words: Vec::new(),
        });
    }
    let order = order(whole, &sealed, key.as_ref(), &letters)?;
    let mut data = sealed.masked(&order);
    // It describes neither what is gone nor the codes.
    let define = define.map(|own| own.without(&order.datasets, &order.variables));
    let mut described = define::hold(define.as_ref(), &mut data, &whole.data.subject)?;
    described.retain(|finding| !finding.place.variable.as_ref().is_some_and(|name| CODED_ARM.contains(&name.as_str())));
    let words = whole.masking.iter().flat_map(|masking| masking.words.clone()).collect();
    Ok(Admitted { narrowed, without_look, data, described, lock_text: None, lock: lock_text, shown, words })
}

/// What the pages of a report say of it; nothing of the final one.
pub(super) fn shown(asked: &Asked, key: Option<&CodeKey>) -> Option<EditionShown> {
    (asked.edition != Edition::Final).then(|| EditionShown {
        report: asked.edition.name().to_owned(),
        session: asked.edition.session().unwrap_or_default().to_owned(),
        key: key.map(|key| key.digest().to_owned()),
        dummy: key.is_some_and(CodeKey::is_dummy),
    })
}

fn order(whole: &Study, sealed: &Sealed, key: Option<&CodeKey>, letters: &[String]) -> Result<MaskOrder, Error> {
    let shown = match key {
        None => Shown::Pooled,
        Some(key) if key.is_dummy() => Shown::Drawn { letters, salt: key.salt() },
        Some(_) => Shown::Coded { letters },
    };
    let order = sealed.shape(|data| plan::mask(whole, data, shown))?;
    let clashes = sealed.shape(|data| order.clashes(data, letters));
    let finding = |letter: String| {
        let message = format!("the code {letter} means something in the data already");
        Finding::error(Place::default(), message)
            .hint("make a key with other letters: trialpress key new STUDY --letters PQ")
    };
    Error::unless_clean(Stage::Usage, clashes.into_iter().map(finding).collect()).map(|_| order)
}

/// The key of a report with codes; a report without has none.
fn key(whole: &Study, asked: &Asked) -> Result<Option<CodeKey>, Error> {
    let refuse = |message: String, hint: &str| {
        Error::one(Stage::Usage, Finding::error(Place::default(), message).hint(hint.to_owned()))
    };
    match (&asked.key, asked.edition.audience()) {
        (Some(path), Audience::Coded) => CodeKey::read(path, whole).map(Some),
        (None, Audience::Coded) => {
            let message = format!("the report {} shows codes and needs a key: --key FILE", asked.edition.name());
            Err(refuse(message, "make one for the series of reports: trialpress key new STUDY --out FILE"))
        }
        // One key may be given for several reports; that of a dry run is for no report that knows the arms.
        (Some(path), audience) if asked.edition != Edition::Final => {
            let is_dummy = CodeKey::read(path, whole)?.is_dummy();
            if is_dummy && audience == Audience::Unmasked {
                let message = format!(
                    "{} has dummy codes, and the report {} shows the arms",
                    path.display(),
                    asked.edition.name()
                );
                return Err(refuse(message, "leave it out of a dry run, or give the key of the series"));
            }
            Ok(None)
        }
        (Some(_), _) => Err(refuse("the final report has no codes and needs no key".to_owned(), "leave out --key")),
        (None, _) => Ok(None),
    }
}
