//! A table of families of hypotheses: the p-value of each as it is, and adjusted for their number.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note};
use crate::display::layout::Laid;
use crate::display::number::Style;
use crate::display::report::{Align, Body, Column, Table};
use crate::results::{Key, Method, Statistic};
use crate::spec::figure::HypothesesLayout;
use crate::spec::method::{Hypothesis, Multiplicity};

pub(super) fn table(layout: &HypothesesLayout, assembly: &mut Assembly<'_>) -> Laid {
    let study = assembly.study;
    let families = layout.of.iter().filter_map(|name| study.multiplicity.iter().find(|family| family.id == *name));
    let families: Vec<&Multiplicity> = families.collect();
    let style = Style { p_decimals: layout.p_decimals, ..Style::recorded(0) };
    let mut rows = Vec::new();
    for family in &families {
        rows.push(heading(0, family.label.clone()));
        for own in &family.hypotheses {
            let key = |s| Key::new(&*family.id, s).variable(&own.id);
            let raw = assembly.cell("{p-value}", style, &key);
            let adjusted = |s: Statistic| key(s).method(family.method);
            let adjusted = assembly.cell("{adjusted-p-value}", style, &adjusted);
            rows.push(data_row(1, named(own, assembly), vec![raw, adjusted]));
        }
    }
    let head = |text: &str| Column { head: vec![text.to_owned()], align: Align::Decimal };
    let columns = vec![head("p-value"), head("Adjusted p-value")];
    let mut methods: Vec<Method> = families.iter().map(|family| family.method).collect();
    methods.sort_unstable();
    methods.dedup();
    let names: Vec<&str> = methods.into_iter().map(Method::label).collect();
    let footnotes = vec![note(format!(
        "p-values are two-sided; adjusted within each family by: {}. A hypothesis without p-value is not rejected.",
        names.join(", ")
    ))];
    let table = Table { stub_head: "Hypothesis".to_owned(), columns, spanners: Vec::new(), rows };
    let analyses = families.iter().map(|family| family.id.to_string()).collect();
    Laid { body: Body::Table(aligned(table)), footnotes, analyses }
}

/// The endpoint of a hypothesis, its method, visit and arm.
fn named(own: &Hypothesis, assembly: &Assembly<'_>) -> String {
    let study = assembly.study;
    let endpoint = study.endpoint(&own.endpoint).map_or(&*own.endpoint, |endpoint| &*endpoint.label);
    let mut words = vec![endpoint.to_owned(), own.method.label().to_owned()];
    words.extend(own.at.as_ref().and_then(|visit| study.visit_label(visit)).map(str::to_owned));
    let arm = own.arm.as_ref().and_then(|name| study.arm.iter().find(|arm| arm.id == *name));
    words.extend(arm.map(|arm| arm.label.clone()));
    words.join(", ")
}
