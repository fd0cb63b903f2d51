//! A table of an analysis of covariance: what is described, the least-squares means, the differences.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::Laid;
use crate::display::layout::response::level_text;
use crate::display::number::Style;
use crate::display::report::{Body, Cell, Table, TableRow};
use crate::results::{Key, Method, Statistic};
use crate::spec::endpoint::{AncovaSpec, Endpoint};
use crate::spec::method::Margins;
use crate::spec::output::AncovaLayout;

pub(super) fn table(layout: &AncovaLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoint = study.endpoint(&layout.of)?;
    let ancova = endpoint.ancova.as_ref()?;
    let style = Style { p_decimals: layout.p_decimals, ..Style::recorded(ancova.decimals) };
    let columns = study
        .arm
        .iter()
        .map(|arm| assembly.head(&arm.label, &Key::new(&*endpoint.id, Statistic::N).arm(&arm.id)))
        .collect();
    let mut rows = Vec::new();
    for described in &ancova.describe {
        rows.push(heading(0, described.label.clone()));
        for format in &layout.number_rows {
            let cells = each_arm(assembly, |arm, assembly| {
                let key = |s| Key::new(&*endpoint.id, s).arm(arm).variable(&described.id);
                assembly.cell(&format.show, style, &key)
            });
            rows.push(data_row(1, &format.label, cells));
        }
    }
    let analyses = vec![endpoint.id.to_string()];
    if !study.compares() {
        // What is described beside the model is all there is without arms to compare.
        let table = Table { stub_head: String::new(), columns, spanners: Vec::new(), rows };
        return Some(Laid { body: Body::Table(aligned(table)), footnotes: Vec::new(), analyses });
    }
    model(endpoint, ancova, style, assembly, &mut rows);
    let mut terms: Vec<String> = vec!["arm".to_owned()];
    terms.extend(ancova.factors.iter().map(|factor| format!("{factor} (factor)")));
    terms.extend(ancova.covariates.iter().map(|covariate| format!("{covariate} (covariate)")));
    let mut footnotes = vec![note(format!(
        "LS: least-squares; SE: standard error; CI: confidence interval. Model: {}.",
        terms.join(", ")
    ))];
    if ancova.margins == Margins::Observed {
        footnotes.push(note("LS means weight the levels of factors as observed."));
    }
    if ancova.trend {
        footnotes.push(note("Dose response: the same model with the dose as a number in place of the arm."));
    }
    footnotes.push(note("p-values are two-sided and not adjusted for the number of comparisons."));
    let table = Table { stub_head: String::new(), columns, spanners: Vec::new(), rows };
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses })
}

fn each_arm(assembly: &mut Assembly<'_>, mut make: impl FnMut(&str, &mut Assembly<'_>) -> Cell) -> Vec<Cell> {
    let study = assembly.study;
    study.arm.iter().map(|arm| make(&arm.id, assembly)).collect()
}

fn model(
    endpoint: &Endpoint,
    ancova: &AncovaSpec,
    style: Style,
    assembly: &mut Assembly<'_>,
    rows: &mut Vec<TableRow>,
) {
    let study = assembly.study;
    rows.push(heading(0, "Analysis of covariance"));
    let base = |statistic| Key::new(&*endpoint.id, statistic).method(Method::Ancova);
    let cells = each_arm(assembly, |arm, assembly| assembly.cell("{n}", style, &|s| base(s).arm(arm)));
    rows.push(data_row(1, "n in the model", cells));
    let cells =
        each_arm(assembly, |arm, assembly| assembly.cell("{ls-mean} ({ls-mean-se})", style, &|s| base(s).arm(arm)));
    rows.push(data_row(1, "LS mean (SE)", cells));
    let level = level_text(ancova.conf_level);
    let limit = |arm: &str, statistic| base(statistic).arm(arm).conf_level(ancova.conf_level);
    let limits = "{ls-mean-lower}, {ls-mean-upper}";
    let cells = each_arm(assembly, |arm, assembly| assembly.cell(limits, style, &|s| limit(arm, s)));
    rows.push(data_row(1, format!("LS mean, {level} % CI"), cells));
    if ancova.trend {
        let key = Key::new(&*endpoint.id, Statistic::PValue).method(Method::AncovaTrend);
        let last = study.arm.len().saturating_sub(1);
        let text = assembly.text(&key, style);
        let cells = (0..study.arm.len())
            .map(|arm| {
                if arm == last {
                    Cell { pages_of: Vec::new(), text: text.clone(), marks: Vec::new(), keys: vec![key.clone()] }
                } else {
                    plain("")
                }
            })
            .collect();
        rows.push(data_row(1, "p-value, dose response", cells));
    }
    let reference = study.reference_arm();
    let others: Vec<usize> = (0..study.arm.len()).filter(|arm| *arm != reference).collect();
    let mut compared_with = vec![(reference, others.clone())];
    for (position, first) in others.iter().enumerate() {
        let later = others[position + 1..].to_vec();
        if !later.is_empty() {
            compared_with.push((*first, later));
        }
    }
    for (versus, arms) in compared_with {
        let other = &study.arm[versus];
        let mut line = |label: String, format: &str, assembly: &mut Assembly<'_>| {
            let cells = (0..study.arm.len())
                .map(|arm| {
                    if arms.contains(&arm) {
                        assembly.cell(format, style, &|statistic| {
                            let key = base(statistic).contrast(&study.arm[arm].id, &other.id);
                            match statistic {
                                Statistic::DifferenceLower | Statistic::DifferenceUpper => {
                                    key.conf_level(ancova.conf_level)
                                }
                                _ => key,
                            }
                        })
                    } else {
                        plain("")
                    }
                })
                .collect();
            rows.push(data_row(1, label, cells));
        };
        line(format!("Difference from {} (SE)", other.label), "{difference} ({difference-se})", assembly);
        line(format!("{level} % CI"), "{difference-lower}, {difference-upper}", assembly);
        line("p-value".to_owned(), "{p-value}", assembly);
    }
}
