//! The data as of a day, if the command line or the specification names one; the command line comes first.

use crate::data::{self, LockedData, date};
use crate::error::{Error, Finding, Stage};
use crate::pipeline::{Checked, StudyFile};
use crate::plan;
use crate::results::{CutGiven, CutSource, DataCut};
use crate::spec::Study;

/// Data, whole or cut.
pub(super) struct AsOf {
    pub(super) data: LockedData,
    /// Who gave the day; none if the data are whole.
    pub(super) given: Option<CutGiven>,
    /// Of the cut.
    pub(super) warnings: Vec<Finding>,
}

/// Cuts locked data, if a day is given.
///
/// # Errors
/// The day is none, or the specification does not say how the data are cut, or says it of variables they do not have.
pub(super) fn as_of(study: &Study, data: LockedData, file: &StudyFile) -> Result<AsOf, Error> {
    let written = study.data.cut_off.as_ref().and_then(|cut| cut.date.as_ref());
    let (day, given) = match (file.cutoff, written) {
        (Some(day), _) => (day, CutGiven::CommandLine),
        (None, Some(text)) => {
            let refuse = || {
                let place = study.origin.place(text.span.start);
                let finding = Finding::error(place, format!("{text} is not a day of the calendar, YYYY-MM-DD"));
                Error::one(Stage::Specification, finding)
            };
            (date::parse(text).ok_or_else(refuse)?, CutGiven::Specification)
        }
        (None, None) => return Ok(AsOf { data, given: None, warnings: Vec::new() }),
    };
    let order = plan::cut(study, &data, day)?;
    let (data, warnings) = data::cut::cut(&data, &order);
    Ok(AsOf { data, given: Some(given), warnings })
}

/// The cut-off for the provenance.
pub(super) fn provenance(checked: &Checked) -> Option<DataCut> {
    let cut = checked.data.cut.as_ref()?;
    let given = checked.cut_given.unwrap_or(CutGiven::Specification);
    Some(DataCut { date: date::text(cut.day), given, subjects: cut.subjects })
}

/// What it took of a dataset, for the provenance.
pub(super) fn source(data: &LockedData, dataset: &str) -> Option<CutSource> {
    let data::CutCounts { before, excluded, with_subject, undated, blanked, restated } =
        data.cut.as_ref()?.datasets.get(dataset)?.clone();
    Some(CutSource { before, excluded, with_subject, undated, blanked, restated })
}
