//! Arrangement: rows become tables, figures and text as values. Nothing is computed here but rounding, and nothing is
//! drawn.

mod assemble;
mod checklist;
mod diagrams;
mod dialects;
mod estimand;
mod lanes;
mod layout;
mod methods;
mod methods_masking;
mod methods_running;
mod methods_safety;
pub mod number;
pub mod report;
mod rounding;
mod shell;
mod texts;

pub use report::*;
pub use texts::{check as check_texts, keys_of_text};

use crate::error::{Error, Finding, Severity, Stage};
use crate::results::{self, Lookup, Results};
use crate::spec::Study;
use crate::spec::endpoint::Endpoint;
use crate::spec::output::DisplaySpec;
use crate::spec::text::Name;
use assemble::{Assembly, note};
use texts::Narrative;

/// Arranges a report.
///
/// # Errors
/// A display asks for a result that does not exist: the results are not those of this specification.
pub fn arrange(study: &Study, results: &Results, provenance: &results::Provenance) -> Result<Report, Error> {
    let lookup = Lookup::new(results);
    let mut report = arranged(study, results, &lookup, provenance)?;
    if study.display.iter().any(|display| display.rounding.is_some()) {
        let mut other = study.clone();
        other.study.rounding = study.study.rounding.other();
        rounding::fill(study, results, &mut report, &arranged(&other, results, &lookup, provenance)?);
    }
    Ok(report)
}

/// Arranges a report before there are data: each number is a placeholder of its shape. `specification` is the provenance
/// as far as it is known then.
///
/// # Errors
/// A display has nothing to show.
pub fn shells(study: &Study, specification: &results::Provenance) -> Result<Report, Error> {
    let results = shell::results(study);
    let mut report = arranged(study, &results, &Lookup::examples(&results), &shell::provenance(specification))?;
    rounding::example(study, &mut report);
    // There is nothing yet that could be simulated.
    report.front.simulated = false;
    "Shells: the displays of the report before there are data".clone_into(&mut report.front.status);
    report.front.facts.retain(|fact| !fact.text.is_empty());
    report.provenance.facts.retain(|fact| !fact.text.is_empty());
    Ok(report)
}

/// Arranges a report under the rounding rule of its study; tables of what depends on the rule stay empty.
fn arranged(
    study: &Study,
    results: &Results,
    lookup: &Lookup<'_>,
    provenance: &results::Provenance,
) -> Result<Report, Error> {
    let mut findings = Vec::new();
    let mut sections = Vec::new();
    let mut narrative = Narrative::default();
    let written =
        if lookup.is_of_examples() { Ok(texts::shells(study)) } else { texts::write(study, results, provenance) };
    match written {
        Ok(written) => narrative = written,
        Err(error) => findings.extend(error.findings),
    }
    for section in &study.section {
        let mut displays = Vec::new();
        for spec in study.display.iter().filter(|display| display.section == section.number) {
            match display(study, spec, results, lookup, provenance, &narrative) {
                Ok(display) => displays.push(display),
                Err(error) => findings.extend(error.findings),
            }
        }
        let own = study.text.iter().filter(|text| text.section == section.number);
        let texts: Vec<SectionText> = own.filter_map(|text| narrative.texts.get(&*text.id)).cloned().collect();
        if !displays.is_empty() || !texts.is_empty() {
            sections.push(Section {
                texts,
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
    narrative: &Narrative,
) -> Result<Display, Error> {
    let mut assembly = Assembly::new(study, lookup, &spec.id);
    let laid = match (&spec.checklist, &study.checklist) {
        (Some(layout), Some(answers)) => {
            let ground = checklist::Ground { study, answers, results, lookup, provenance, narrative };
            layout::checklist(layout, &ground)
        }
        _ => layout::record(spec, study, provenance)
            .or_else(|| layout::lay_out(spec, results, &mut assembly))
            .or_else(|| layout::withheld(spec)),
    };
    let mut laid = laid.ok_or_else(|| {
        let place = study.origin.place(spec.id.span.start);
        Error::one(Stage::Specification, Finding::error(place, format!("display {} has nothing to show", spec.id)))
    })?;
    assembly.finish()?;
    layout::without_arms(study, &mut laid.body);
    let mut footnotes: Vec<_> = spec.footnotes.iter().map(note).collect();
    // Who is left out of a figure is not known before there are data.
    let told = |note: &&Footnote| !assembly.is_shell() || !note.text.contains(", who are not shown: ");
    footnotes.extend(laid.footnotes.iter().filter(told).cloned());
    footnotes.extend(assembly.reason_footnotes());
    if assembly.is_shell() && !matches!(laid.body, Body::Table(_) | Body::Flow(_) | Body::Snapshot(_)) {
        footnotes.push(note("No data: the figure shows its axes and legend only."));
    }
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
            .or_else(|| study.occurrence.iter().find(|o| *o.id == **analysis).map(|o| &o.analysis_set))
            .or_else(|| study.parameter_summary.iter().find(|p| *p.id == **analysis).map(|p| &p.analysis_set))
            .or_else(|| study.attendance.iter().find(|own| *own.id == **analysis).map(|own| &own.analysis_set))
            .or_else(|| study.grade_shift.iter().find(|g| *g.id == **analysis).map(|g| &g.analysis_set))
            .or_else(|| study.accrual.iter().find(|a| *a.id == **analysis).map(|a| &a.analysis_set))
            .or_else(|| study.display.iter().find(|display| *display.id == **analysis).and_then(set_of));
        if let Some(label) = set.and_then(|set| study.set(set)).map(|set| set.label.as_str())
            && !labels.contains(&label)
        {
            labels.push(label);
        }
    }
    labels.join(", ")
}

/// The analysis set of a display that takes records or subjects from the data itself.
fn set_of(display: &DisplaySpec) -> Option<&Name> {
    let listing = display.listing.as_ref().map(|layout| &layout.analysis_set);
    let scatter = display.scatter.as_ref().map(|layout| &layout.analysis_set);
    let waterfall = display.waterfall.as_ref().map(|layout| &layout.analysis_set);
    let swimmer = display.swimmer.as_ref().map(|layout| &layout.analysis_set);
    let profile = display.profile.as_ref().map(|layout| &layout.analysis_set);
    let narratives = display.narratives.as_ref().map(|layout| &layout.analysis_set);
    listing.or(narratives).or(scatter).or(waterfall).or(swimmer).or(profile)
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
    // Each table and figure says as of when its data are, whatever page it is taken from.
    let cut = cut_fact(provenance).map_or_else(String::new, |fact| format!(" {} {}.", fact.label, fact.text));
    if analyses.is_empty() {
        return format!("the specification and the locked data.{cut}");
    }
    let word = if analyses.len() == 1 { "analysis" } else { "analyses" };
    let datasets = datasets.join(", ");
    // Which data an analysis draws on is known when its rules are bound to them.
    let separator = if datasets.is_empty() { "" } else { "; " };
    format!("{datasets}{separator}{word} {}.{cut}", analyses.join(", "))
}

/// The day at which the data were cut, if they were.
fn cut_fact(provenance: &results::Provenance) -> Option<Fact> {
    provenance.cut.as_ref().map(|cut| Fact { label: "Data cut-off".to_owned(), text: cut.date.clone() })
}

fn front(study: &Study, provenance: &results::Provenance) -> Front {
    let mut facts: Vec<Fact> =
        study.study.facts.iter().map(|fact| Fact { label: fact.label.clone(), text: fact.text.clone() }).collect();
    let edition = provenance.edition.as_ref();
    facts.extend(edition.map(|own| Fact { label: "Session".to_owned(), text: own.session.clone() }));
    facts.extend(
        edition
            .and_then(|own| own.key.as_ref())
            .map(|key| Fact { label: "Key of the codes (salted SHA-256)".to_owned(), text: key.clone() }),
    );
    facts.extend(cut_fact(provenance));
    let dummy = edition.is_some_and(|own| own.dummy);
    let signs = [(study.study.draft, "DRAFT"), (dummy, "DUMMY CODES")];
    let signs = signs.iter().filter(|(is, _)| *is).map(|(_, words)| (*words).to_owned()).collect();
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
        session: edition.map_or_else(String::new, |own| own.session.clone()),
        cut_off: edition.and(provenance.cut.as_ref()).map_or_else(String::new, |cut| cut.date.clone()),
        signs,
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
        .chain(cut_fact(provenance))
        .chain(provenance.ledger.iter().map(|head| fact("Last line of the ledger (SHA-256)", head)))
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
