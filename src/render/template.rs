//! Templates of reports: tera fills in which parts a report has, and nothing else.
//!
//! Delimiters are `<% %>`, `<< >>` and `<# #>`, which Typst does not use. Whatever is printed by a template is escaped
//! so that no character of it can act in Typst, and `safe`, which would undo that, is refused.

use std::io::{self, Write};

use tera::{Context, Delimiters, ErrorKind, Kwargs, State, Tera, Value};

use super::document::Part;
use crate::error::{Error, Finding, Place, Stage};

/// Folder of the templates, as findings name it.
pub const FOLDER: &str = "report-templates";

/// The Typst files that all reports share, by their path below the root.
const LIBRARY: &[(&str, &str)] = &[
    ("lib/theme.typ", include_str!("../../report-templates/lib/theme.typ")),
    ("lib/front.typ", include_str!("../../report-templates/lib/front.typ")),
    ("lib/displays.typ", include_str!("../../report-templates/lib/displays.typ")),
    ("lib/tables.typ", include_str!("../../report-templates/lib/tables.typ")),
    ("lib/closing.typ", include_str!("../../report-templates/lib/closing.typ")),
    ("lib/forms.typ", include_str!("../../report-templates/lib/forms.typ")),
];

/// The templates of one kind of report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Templates {
    name: String,
    report: String,
    library: Vec<(String, String)>,
}

impl Templates {
    /// The ones that come with the program; none of that name otherwise. There are `final`, `interim`, `dsmb-open`, `dsmb-closed`, and the papers `dsmb-form` and
    /// `dsmb-key`.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        let report = match name {
            "final" => include_str!("../../report-templates/final/report.typ"),
            "interim" => include_str!("../../report-templates/interim/report.typ"),
            "dsmb-open" => include_str!("../../report-templates/dsmb-open/report.typ"),
            "dsmb-closed" => include_str!("../../report-templates/dsmb-closed/report.typ"),
            "dsmb-form" => include_str!("../../report-templates/dsmb-form/report.typ"),
            "dsmb-key" => include_str!("../../report-templates/dsmb-key/report.typ"),
            _ => return None,
        };
        let library = LIBRARY.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Some(Self { name: name.to_owned(), report: report.to_owned(), library })
    }

    /// Path of the template of the report, as findings name it.
    pub(super) fn report_path(&self) -> String {
        format!("{FOLDER}/{}/report.typ", self.name)
    }

    /// The shared files: path below the root, and text.
    pub(super) fn library(&self) -> &[(String, String)] {
        &self.library
    }

    /// The Typst source of a report whose sections have these parts.
    ///
    /// # Errors
    /// What tera refuses, with line and column of the template.
    pub(super) fn fill(&self, outline: &[Part]) -> Result<String, Error> {
        let path = self.report_path();
        let refuse = |error: &tera::Error| Error::one(Stage::Typesetting, finding(&path, error));
        let mut tera = Tera::new();
        tera.set_delimiters(Delimiters {
            block_start: "<%".into(),
            block_end: "%>".into(),
            variable_start: "<<".into(),
            variable_end: ">>".into(),
            comment_start: "<#".into(),
            comment_end: "#>".into(),
        })
        .map_err(|error| refuse(&error))?;
        tera.set_escape_fn(escape);
        tera.autoescape_on([".typ"]);
        tera.register_filter("safe", |_: Value, _: Kwargs, _: &State| -> tera::TeraResult<Value> {
            Err(tera::Error::message("`safe` is refused: everything a template prints is escaped"))
        });
        tera.add_raw_template(&path, &self.report).map_err(|error| refuse(&error))?;
        let context = context(outline);
        let known = ["sections"];
        let used = tera.get_template_variables(&path).map_err(|error| refuse(&error))?;
        // tera takes a name it does not know for false in a condition; a misspelt one must not drop a part.
        let mut unknown: Vec<&str> = used.into_iter().filter(|name| !known.contains(name)).collect();
        unknown.sort_unstable();
        if let Some(name) = unknown.first() {
            let message = format!("the template uses {name}, which is not known");
            let hint = format!("a template knows {}", known.join(", "));
            return Err(Error::one(Stage::Typesetting, Finding::error(Place::file(path), message).hint(hint)));
        }
        tera.render(&path, &context).map_err(|error| refuse(&error))
    }
}

fn context(outline: &[Part]) -> Context {
    let mut next = 0;
    let sections: Vec<serde_json::Value> = outline
        .iter()
        .enumerate()
        .map(|(index, part)| {
            let first = next + 1;
            next += part.displays;
            serde_json::json!({ "index": index, "texts": part.texts, "displays": (first..=next).collect::<Vec<_>>() })
        })
        .collect();
    let mut context = Context::new();
    context.insert("sections", &sections);
    context
}

/// Writes text so that it is the same characters in Typst markup and in a Typst string, and acts in neither.
fn escape(text: &str, out: &mut dyn Write) -> io::Result<()> {
    for c in text.chars() {
        if c.is_alphanumeric() {
            write!(out, "{c}")?;
        } else {
            write!(out, "\\u{{{:x}}}", c as u32)?;
        }
    }
    Ok(())
}

fn finding(path: &str, error: &tera::Error) -> Finding {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = report.span();
            Finding::error(Place::at(path, span.start_line, span.start_col + 1), report.message())
        }
        other => Finding::error(Place::file(path), other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates(report: &str) -> Templates {
        Templates { name: "test".to_owned(), report: report.to_owned(), library: Vec::new() }
    }

    fn parts(displays: &[usize]) -> Vec<Part> {
        displays.iter().map(|displays| Part { texts: *displays == 0, displays: *displays }).collect()
    }

    fn refusal(report: &str) -> String {
        templates(report).fill(&parts(&[1])).map_or_else(|error| error.to_string(), |_| "not refused".to_owned())
    }

    #[test]
    fn the_parts_of_a_report_are_listed_in_order() {
        let filled = templates(
            "<% for s in sections %>[<< s.index >><% if s.texts %> text<% endif %>:<% for d in s.displays %> << d >><% endfor %>]<% endfor %>",
        )
        .fill(&parts(&[2, 0, 1]));
        assert_eq!(filled.as_deref(), Ok("[0: 1 2][1 text:][2: 3]"));
    }

    #[test]
    fn what_a_template_prints_cannot_act() {
        let filled = templates("<< \"#import \\\"x\\\" $y$ \u{2028}\" >>").fill(&[]);
        assert_eq!(filled.as_deref(), Ok("\\u{23}import\\u{20}\\u{22}x\\u{22}\\u{20}\\u{24}y\\u{24}\\u{20}\\u{2028}"));
        assert!(refusal("<< \"a\" | safe >>").contains("`safe` is refused"), "{}", refusal("<< \"a\" | safe >>"));
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        assert!(
            refusal("\n  << sections.missing >>").contains("report-templates/test/report.typ:2:"),
            "{}",
            refusal("\n  << sections.missing >>")
        );
        assert!(refusal("<% if sectoins %>x<% endif %>").contains("sectoins"));
        assert!(refusal("<% for %>").contains("report.typ:1:"));
    }
}
