//! Arrangement: rows become tables, figures and text as values. Nothing is computed here but rounding, and nothing is
//! drawn.

mod assemble;
mod estimand;
mod layout;
mod methods;
pub mod number;
pub mod report;

pub use report::*;

use crate::error::{Error, Finding, Severity, Stage};
use crate::results::{self, Lookup, Results};
use crate::spec::Study;
use crate::spec::endpoint::Endpoint;
use crate::spec::output::DisplaySpec;
use assemble::{Assembly, note};

/// Arranges a report.
///
/// # Errors
/// A display asks for a result that does not exist: the results are not those of this specification.
pub fn arrange(study: &Study, results: &Results, provenance: &results::Provenance) -> Result<Report, Error> {
    let lookup = Lookup::new(results);
    let mut findings = Vec::new();
    let mut sections = Vec::new();
    for section in &study.section {
        let mut displays = Vec::new();
        for spec in study.display.iter().filter(|display| display.section == section.number) {
            match display(study, spec, results, &lookup, provenance) {
                Ok(display) => displays.push(display),
                Err(error) => findings.extend(error.findings),
            }
        }
        if !displays.is_empty() {
            sections.push(Section {
                texts: Vec::new(),
                number: section.number.to_string(),
                title: section.title.clone(),
                displays,
            });
        }
    }
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(Error { stage: Stage::Specification, findings });
    }
    Ok(Report {
        front: front(study, provenance),
        sections,
        methods: methods::paragraphs(study, results, provenance),
        provenance: provenance_page(provenance),
    })
}

fn display(
    study: &Study,
    spec: &DisplaySpec,
    results: &Results,
    lookup: &Lookup<'_>,
    provenance: &results::Provenance,
) -> Result<Display, Error> {
    let mut assembly = Assembly::new(study, lookup, &spec.id);
    let laid = layout::lay_out(spec, results, &mut assembly).ok_or_else(|| {
        let place = study.origin.place(spec.id.span.start);
        Error::one(Stage::Specification, Finding::error(place, format!("display {} has nothing to show", spec.id)))
    })?;
    assembly.finish()?;
    let mut footnotes: Vec<_> = spec.footnotes.iter().map(note).collect();
    footnotes.extend(laid.footnotes);
    footnotes.extend(assembly.reason_footnotes());
    let endpoints: Vec<&Endpoint> = spec.estimand.iter().filter_map(|name| study.endpoint(name)).collect();
    Ok(Display {
        id: spec.id.to_string(),
        number: spec.number.clone(),
        title: spec.title.clone(),
        subtitle: subtitle(study, &laid.analyses),
        estimand: estimand::facts(&endpoints),
        body: laid.body,
        footnotes,
        source: source_line(&laid.analyses, provenance),
    })
}

/// The analysis sets of the analyses shown.
fn subtitle(study: &Study, analyses: &[String]) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for analysis in analyses {
        let set = study
            .endpoint(analysis)
            .map(|endpoint| &endpoint.analysis_set)
            .or_else(|| study.summary.iter().find(|s| *s.id == **analysis).map(|s| &s.analysis_set))
            .or_else(|| {
                let listing = study.display.iter().find(|display| *display.id == **analysis);
                listing.and_then(|display| display.listing.as_ref()).map(|listing| &listing.analysis_set)
            });
        if let Some(label) = set.and_then(|set| study.set(set)).map(|set| set.label.as_str())
            && !labels.contains(&label)
        {
            labels.push(label);
        }
    }
    labels.join(", ")
}

fn source_line(analyses: &[String], provenance: &results::Provenance) -> String {
    let mut datasets: Vec<&str> = provenance
        .analyses
        .iter()
        .filter(|source| analyses.contains(&source.analysis))
        .flat_map(|source| source.datasets.iter().map(String::as_str))
        .collect();
    datasets.sort_unstable();
    datasets.dedup();
    let word = if analyses.len() == 1 { "analysis" } else { "analyses" };
    format!("{}; {word} {}.", datasets.join(", "), analyses.join(", "))
}

fn front(study: &Study, provenance: &results::Provenance) -> Front {
    let mut facts: Vec<Fact> =
        study.study.facts.iter().map(|fact| Fact { label: fact.label.clone(), text: fact.text.clone() }).collect();
    facts.push(Fact { label: "Data locked".to_owned(), text: provenance.lock_date.clone() });
    facts.push(Fact { label: "Fingerprint".to_owned(), text: provenance.fingerprint.clone() });
    Front {
        title: study.study.title.clone(),
        kind: study.study.kind.clone(),
        study: study.study.id.clone(),
        status: study.study.status.clone(),
        facts,
        lock_date: provenance.lock_date.clone(),
        fingerprint: provenance.fingerprint.clone(),
        simulated: study.study.simulated,
        language: study.study.language.clone(),
    }
}

fn provenance_page(provenance: &results::Provenance) -> Provenance {
    let fact = |label: &str, text: &str| Fact { label: label.to_owned(), text: text.to_owned() };
    let fonts = provenance.fonts.iter().map(|font| fact("Font given (SHA-256)", font));
    Provenance {
        facts: [
            fact("Program", &provenance.program),
            fact("Specification (SHA-256)", &provenance.specification),
            fact("Instruments (SHA-256)", &provenance.instruments),
            fact("Content of all data (SHA-256)", &provenance.content),
            fact("Data locked", &provenance.lock_date),
        ]
        .into_iter()
        .chain(fonts)
        .collect(),
        datasets: provenance
            .data
            .iter()
            .map(|data| LockedDataset {
                name: data.name.clone(),
                file: data.file.clone(),
                records: data.records.to_string(),
                variables: data.variables.to_string(),
                sha256: data.content.clone(),
            })
            .collect(),
        warnings: provenance.warnings.clone(),
    }
}
