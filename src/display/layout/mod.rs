//! Layouts: each turns the rows of analyses into one kind of display.

mod accrual;
mod accrual_table;
mod alone;
mod ancova;
mod attendance;
mod axis;
mod benefit_risk;
mod bounds;
mod boxes;
mod by_visit;
mod change;
mod checklist;
mod conformance;
mod currency;
mod data_quality;
mod dots;
mod flow;
mod forest;
mod grade_shift;
mod heat_map;
mod hypotheses;
mod incidence;
mod individual;
mod kaplan_meier;
mod listing;
mod looks;
mod mean_cumulative;
mod means;
mod narratives;
mod occurrence;
mod parameters;
mod profile;
mod response;
mod response_by_visit;
mod safety_rules;
mod scatter;
mod shift;
mod snapshot;
mod statements;
mod status;
mod summary;
mod swimmer;
mod tally;
mod time;
mod timed;
mod tipping_point;
mod waterfall;

#[cfg(test)]
mod tests;

pub(super) use alone::without_arms;
pub(super) use checklist::table as checklist;

use crate::display::assemble::{Assembly, heading, plain};
use crate::display::report::{Body, Cell, Column, Footnote, Table};
use crate::results::{Key, Provenance, Results, Statistic, Value};
use crate::spec::Study;
use crate::spec::design::Arm;
use crate::spec::endpoint::{Binary, Endpoint};
use crate::spec::output::DisplaySpec;
use crate::spec::text::Name;

/// The body of a display, with the footnotes its layout adds and the analyses it draws on.
pub(super) struct Laid {
    pub(super) body: Body,
    pub(super) footnotes: Vec<Footnote>,
    pub(super) analyses: Vec<String>,
}

/// Lays out a display that is about the record and not about results.
pub(super) fn record(spec: &DisplaySpec, study: &Study, provenance: &Provenance) -> Option<Laid> {
    if let Some(layout) = &spec.statements {
        return Some(statements::table(layout, study));
    }
    if spec.data_quality.is_some() {
        return Some(data_quality::table(study, provenance));
    }
    if let Some(layout) = &spec.conformance {
        return Some(conformance::table(layout, provenance));
    }
    // Filled when all other displays are arranged.
    let empty = Table { stub_head: String::new(), columns: Vec::new(), spanners: Vec::new(), rows: Vec::new() };
    spec.rounding.as_ref().map(|_| Laid { body: Body::Table(empty), footnotes: Vec::new(), analyses: Vec::new() })
}

/// What stands in place of a display that would tell which arm is which.
pub(super) fn withheld(spec: &DisplaySpec) -> Option<Laid> {
    let reason = spec.identifies_arm.as_ref()?;
    let words = format!("Withheld: it would tell which arm is which ({reason}). The unmasked closed report has it.");
    let row = heading(0, words);
    let table = Table { stub_head: String::new(), columns: Vec::new(), spanners: Vec::new(), rows: vec![row] };
    Some(Laid { body: Body::Table(table), footnotes: Vec::new(), analyses: Vec::new() })
}

/// Lays out a display by whichever layout its specification has.
pub(super) fn lay_out(spec: &DisplaySpec, results: &Results, assembly: &mut Assembly<'_>) -> Option<Laid> {
    outcomes(spec, results, assembly)
        .or_else(|| looks(spec, assembly))
        .or_else(|| records(spec, results, assembly))
        .or_else(|| conduct(spec, results, assembly))
}

/// Layouts of endpoints and of summaries of subjects.
fn outcomes(spec: &DisplaySpec, results: &Results, assembly: &mut Assembly<'_>) -> Option<Laid> {
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
    if let Some(layout) = &spec.forest {
        return forest::figure(layout, assembly);
    }
    if let Some(layout) = &spec.tipping_point {
        return tipping_point::grid(layout, assembly);
    }
    if let Some(layout) = &spec.hypotheses {
        return Some(hypotheses::table(layout, assembly));
    }
    if let Some(layout) = &spec.change {
        return change::table(layout, assembly);
    }
    if let Some(layout) = &spec.means {
        return means::plot(layout, assembly);
    }
    if let Some(layout) = &spec.individual {
        return individual::panels(&spec.id, layout, results, assembly);
    }
    if let Some(layout) = &spec.time {
        return time::table(layout, assembly);
    }
    if let Some(layout) = &spec.incidence {
        return incidence::plot(layout, assembly);
    }
    if let Some(layout) = &spec.by_visit {
        return by_visit::table(layout, assembly);
    }
    if let Some(layout) = &spec.heat_map {
        return heat_map::grid(layout, assembly);
    }
    if let Some(layout) = &spec.shift {
        return shift::table(layout, assembly);
    }
    None
}

/// Layouts of looks of a monitoring plan.
fn looks(spec: &DisplaySpec, assembly: &mut Assembly<'_>) -> Option<Laid> {
    if let Some(layout) = &spec.bounds {
        return Some(bounds::table(layout, assembly));
    }
    if let Some(layout) = &spec.looks {
        return looks::table(layout, assembly);
    }
    if let Some(layout) = &spec.boundary {
        return looks::boundary(layout, assembly);
    }
    if let Some(layout) = &spec.conditional_power {
        return looks::conditional_power(layout, assembly);
    }
    if let Some(layout) = &spec.what_if {
        return looks::what_if(layout, assembly);
    }
    if let Some(layout) = &spec.safety_rules {
        return Some(safety_rules::table(layout, assembly));
    }
    if let Some(layout) = &spec.safety_boundary {
        return safety_rules::figure(layout, assembly);
    }
    None
}

/// Layouts of records and of single subjects.
fn records(spec: &DisplaySpec, results: &Results, assembly: &mut Assembly<'_>) -> Option<Laid> {
    if let Some(layout) = &spec.occurrence {
        return occurrence::table(layout, assembly);
    }
    if let Some(layout) = &spec.dots {
        return dots::figure(layout, assembly);
    }
    if let Some(layout) = &spec.parameters {
        return parameters::table(layout, assembly);
    }
    if let Some(layout) = &spec.boxes {
        return boxes::figure(&spec.id, layout, results, assembly);
    }
    if let Some(layout) = &spec.grade_shift {
        return grade_shift::table(layout, assembly);
    }
    if let Some(layout) = &spec.listing {
        return listing::table(&spec.id, layout, results, assembly);
    }
    if let Some(layout) = &spec.kaplan_meier {
        return kaplan_meier::plot(layout, assembly);
    }
    if let Some(layout) = &spec.mean_cumulative {
        return mean_cumulative::plot(layout, assembly);
    }
    if let Some(layout) = &spec.scatter {
        return scatter::figure(&spec.id, layout, results, assembly);
    }
    if let Some(layout) = &spec.waterfall {
        return waterfall::plot(&spec.id, layout, results, assembly);
    }
    if let Some(layout) = &spec.swimmer {
        return swimmer::lanes(&spec.id, layout, results, assembly);
    }
    if let Some(layout) = &spec.profile {
        return profile::pages(&spec.id, layout, results, assembly);
    }
    if let Some(layout) = &spec.narratives {
        return narratives::pages(&spec.id, layout, results, assembly);
    }
    None
}

/// Layouts of how the trial is run.
fn conduct(spec: &DisplaySpec, results: &Results, assembly: &mut Assembly<'_>) -> Option<Laid> {
    if let Some(layout) = &spec.snapshot {
        return Some(snapshot::page(layout, assembly));
    }
    if let Some(layout) = &spec.benefit_risk {
        return Some(benefit_risk::figure(layout, spec.id.span.start, assembly));
    }
    if let Some(layout) = &spec.status {
        return status::diagram(layout, results, assembly);
    }
    if let Some(layout) = &spec.accrual {
        return accrual::figure(layout, assembly);
    }
    if let Some(layout) = &spec.accrual_table {
        return accrual_table::table(layout, assembly);
    }
    if let Some(layout) = &spec.attendance {
        return attendance::table(layout, assembly);
    }
    if let Some(layout) = &spec.attendance_map {
        return attendance::map(layout, assembly);
    }
    if let Some(layout) = &spec.currency {
        return currency::table(layout, assembly);
    }
    if let Some(layout) = &spec.sources {
        return currency::sources(layout, assembly);
    }
    spec.flow.as_ref().and_then(|_| flow::diagram(results, assembly))
}

/// A visit that is shown, and the day at which it stands on an axis.
struct Shown<'a> {
    id: &'a str,
    label: &'a str,
    day: f64,
}

/// Visits by name, in that order.
fn shown<'a>(study: &'a Study, names: &[Name]) -> Vec<Shown<'a>> {
    let schedule = study.visits.iter().flat_map(|visits| &visits.schedule);
    let all: Vec<_> = schedule.collect();
    let found = names.iter().filter_map(|name| all.iter().find(|visit| visit.id == *name));
    found.map(|visit| Shown { id: &visit.id, label: &visit.label, day: f64::from(visit.day) }).collect()
}

/// Baseline, at day 1, and then visits by name.
fn shown_from_baseline<'a>(study: &'a Study, names: &[Name]) -> Vec<Shown<'a>> {
    let baseline = study.visits.iter().map(|visits| &visits.baseline);
    let baseline = baseline.map(|visit| Shown { id: &visit.id, label: &visit.label, day: 1.0 });
    baseline.chain(shown(study, names)).collect()
}

/// The binary endpoints of these names, in their order.
fn binaries<'a>(study: &'a Study, names: &[Name]) -> Vec<(&'a Endpoint, &'a Binary)> {
    let found = names.iter().filter_map(|name| study.endpoint(name));
    found.filter_map(|endpoint| endpoint.binary.as_ref().map(|binary| (endpoint, binary))).collect()
}

/// The arms compared, each with the reference.
fn contrasts(study: &Study) -> Vec<(&Arm, &Arm)> {
    let reference = study.reference_arm();
    let others = study.arm.iter().enumerate().filter(|(position, _)| *position != reference);
    others.map(|(_, arm)| (arm, &study.arm[reference])).collect()
}

/// The participants of an arm, in words; of all, where there is only one.
fn of_the_arm(study: &Study) -> &'static str {
    if study.compares() { "those of the arm" } else { "all participants" }
}

/// A cell for each arm.
fn each_arm(assembly: &mut Assembly<'_>, make: &dyn Fn(&str, &mut Assembly<'_>) -> Cell) -> Vec<Cell> {
    let study = assembly.study;
    study.arm.iter().map(|arm| make(&arm.id, assembly)).collect()
}

/// A cell for each arm compared with the reference, in its column; the reference's own stays empty.
fn each_compared(assembly: &mut Assembly<'_>, make: &dyn Fn(&str, &str, &mut Assembly<'_>) -> Cell) -> Vec<Cell> {
    let study = assembly.study;
    let reference = &study.arm[study.reference_arm()];
    let cell = |arm: &Arm| if arm.id == reference.id { plain("") } else { make(&arm.id, &reference.id, assembly) };
    study.arm.iter().map(cell).collect()
}

/// The columns of the arms, with the number in each: the analysis has it without visit or item.
fn arm_columns(analysis: &str, assembly: &mut Assembly<'_>) -> Vec<Column> {
    let study = assembly.study;
    study.arm.iter().map(|arm| assembly.head(&arm.label, &Key::new(analysis, Statistic::N).arm(&arm.id))).collect()
}

/// The number of a row, where it can be estimated.
fn number(assembly: &mut Assembly<'_>, key: &Key) -> Option<f64> {
    match assembly.row(key).map(|row| &row.value) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

/// Two numbers of rows, where both can be estimated: an interval.
fn interval(assembly: &mut Assembly<'_>, lower: &Key, upper: &Key) -> Option<(f64, f64)> {
    // Both are asked for in any case, so that a missing row is noticed.
    let (lower, upper) = (number(assembly, lower), number(assembly, upper));
    lower.zip(upper)
}
