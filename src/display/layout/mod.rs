//! Layouts: each turns the rows of analyses into one kind of display.

mod ancova;
mod flow;
mod listing;
mod response;
mod response_by_visit;
mod summary;

use crate::display::assemble::Assembly;
use crate::display::report::{Body, Footnote};
use crate::results::Results;
use crate::spec::output::DisplaySpec;

/// The body of a display, with the footnotes its layout adds and the analyses it draws on.
pub(super) struct Laid {
    pub(super) body: Body,
    pub(super) footnotes: Vec<Footnote>,
    pub(super) analyses: Vec<String>,
}

/// Lays out a display by whichever layout its specification has.
pub(super) fn lay_out(spec: &DisplaySpec, results: &Results, assembly: &mut Assembly<'_>) -> Option<Laid> {
    if let Some(layout) = &spec.summary {
        return summary::table(layout, assembly);
    }
    if let Some(layout) = &spec.response {
        return Some(response::table(layout, assembly));
    }
    if let Some(layout) = &spec.response_by_visit {
        return response_by_visit::plot(layout, assembly);
    }
    if let Some(layout) = &spec.ancova {
        return ancova::table(layout, assembly);
    }
    if let Some(layout) = &spec.listing {
        return listing::table(&spec.id, layout, results, assembly);
    }
    spec.flow.as_ref().and_then(|_| flow::diagram(results, assembly))
}
