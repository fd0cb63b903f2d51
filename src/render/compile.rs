//! Typst run over the files of a report: pages, their text, and the PDF in its archival and accessible form.
//!
//! A warning of Typst (a layout that does not settle, a font it does not know) is an error here: a report is either
//! as meant or not at all.

use typst::World as _;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Datetime, NativeElement as _, Smart};
use typst::introspection::Introspector as _;
use typst::model::{TableChild, TableElem};
use typst::syntax::{DiagSpan, VirtualRoot};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::template::{FOLDER, Templates};
use super::world::{MAIN, Shelf};
use super::{Stamp, page_text};
use crate::error::{Error, Finding, Place, Stage};

/// What comes out: the bytes of the PDF and the text of each page.
pub struct Output {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// The text of each page.
    pub text: Vec<String>,
}

/// Compiles and exports.
///
/// # Errors
/// Every error and warning of Typst, with its place in the template.
pub fn compile(world: &Shelf, date: Datetime, templates: &Templates, stamp: &Stamp) -> Result<Output, Error> {
    let tell = |diagnostics: &[SourceDiagnostic]| {
        let findings = diagnostics.iter().map(|one| finding(world, templates, one)).collect();
        Error { stage: Stage::Typesetting, findings }
    };
    let Warned { output, warnings } = typst::compile::<PagedDocument>(world);
    let document = output.map_err(|errors| tell(&errors))?;
    if !warnings.is_empty() {
        return Err(tell(&warnings));
    }
    let headless = without_header(world, templates, &document);
    if !headless.is_empty() {
        return Err(Error { stage: Stage::Typesetting, findings: headless });
    }
    let text = document.pages().iter().map(|page| page_text::of(&page.frame)).collect();
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).expect("the two standards go together");
    let options = PdfOptions {
        ident: Smart::Custom(stamp.ident.clone()),
        creator: Smart::Custom(Some(stamp.creator.clone())),
        timestamp: Some(Timestamp::new_utc(date)),
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| tell(&errors))?;
    Ok(Output { pdf, text })
}

/// Tables whose head is not marked as one: no standard checks it, and a screen reader is lost without.
fn without_header(world: &Shelf, templates: &Templates, document: &PagedDocument) -> Vec<Finding> {
    let tables = document.introspector().query(&TableElem::ELEM.select());
    let headless = tables.iter().filter(|table| {
        let head = |child: &TableChild| matches!(child, TableChild::Header(_));
        !table.to_packed::<TableElem>().is_some_and(|table| table.children.iter().any(head))
    });
    headless
        .map(|table| {
            let place = place(world, templates, table.span().into()).unwrap_or_default();
            Finding::error(place, "the table has no header").hint("put its head into table.header(…)")
        })
        .collect()
}

fn finding(world: &Shelf, templates: &Templates, diagnostic: &SourceDiagnostic) -> Finding {
    // An error inside a value is explained by the call that led there.
    let mut spans =
        std::iter::once(diagnostic.span).chain(diagnostic.trace.iter().map(|point| DiagSpan::from(point.span)));
    let place = spans.find_map(|span| place(world, templates, span)).unwrap_or_default();
    let mut finding = Finding::error(place, diagnostic.message.as_str());
    let hints: Vec<&str> = diagnostic.hints.iter().map(|hint| hint.v.as_str()).collect();
    if !hints.is_empty() {
        finding = finding.hint(hints.join("; "));
    }
    finding
}

fn place(world: &Shelf, templates: &Templates, span: DiagSpan) -> Option<Place> {
    use typst::WorldExt as _;

    let id = span.id()?;
    if let VirtualRoot::Package(_) = id.get().root() {
        return None;
    }
    let path = id.get().vpath().get_without_slash();
    let name = if path == MAIN { format!("{} (filled)", templates.report_path()) } else { format!("{FOLDER}/{path}") };
    let at = world.range(span).and_then(|range| {
        let source = world.source(id).ok()?;
        source.lines().byte_to_line_column(range.start)
    });
    Some(at.map_or_else(|| Place::file(name.clone()), |(line, column)| Place::at(name.clone(), line + 1, column + 1)))
}
