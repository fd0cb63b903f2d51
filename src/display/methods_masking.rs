//! What the methods section says of masking.

use crate::display::report::MethodsParagraph;
use crate::results::Provenance;
use crate::spec::report::{Audience, Edition};

/// What was done so that the report tells nothing of treatment, and what a person must look at.
pub(super) fn paragraph(provenance: &Provenance) -> Option<MethodsParagraph> {
    const JUDGED: &str = "No program can tell whether a verbatim term, a small number or what a reader knows of a participant \
                          gives a treatment away; a person has to look at the words that the page on provenance lists, and at \
                          rows that count one or two participants.";
    let edition = provenance.edition.as_ref()?;
    let paragraphs = match Edition::named(&edition.report)?.audience() {
        Audience::Unmasked => return None,
        Audience::Open => vec![
            "Everything that depends on treatment was removed from the data before anything else read them: variables, \
             datasets, records and analysis sets. All participants are analysed together.",
            JUDGED,
        ],
        Audience::Coded if edition.dummy => vec![
            "The codes are those of a dry run: they were drawn for each participant without regard to treatment. No number \
             in this report that is given by code tells anything of an arm.",
        ],
        Audience::Coded => vec![
            "Arms are shown by codes that were drawn at random; the key is kept apart from this report. The order of the \
             arms, their colours and the direction of differences follow the codes, and rows are sorted by all participants \
             together. Displays that would tell which arm is which are withheld.",
            "Where treatment is known to those who treat, each of them can tell the arm of a participant they recognise: \
             this report is for the board alone.",
            JUDGED,
        ],
    };
    let paragraphs = paragraphs.into_iter().map(str::to_owned).collect();
    Some(MethodsParagraph { heading: "Masking".to_owned(), paragraphs, rules: Vec::new() })
}
