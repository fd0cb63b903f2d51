//! Tables of binary endpoints: in full, arms side by side with their comparison; or a line for each variant.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::Laid;
use crate::display::number::Style;
use crate::display::report::{Align, Body, Cell, Column, Footnote, Table, TableRow};
use crate::results::{Key, Method, Statistic};
use crate::spec::Study;
use crate::spec::endpoint::{Binary, Endpoint};
use crate::spec::output::ResponseLayout;

pub(super) fn table(layout: &ResponseLayout, assembly: &mut Assembly<'_>) -> Laid {
    let study = assembly.study;
    let endpoints: Vec<(&Endpoint, &Binary)> = layout
        .of
        .iter()
        .filter_map(|name| study.endpoint(name))
        .filter_map(|endpoint| endpoint.binary.as_ref().map(|binary| (endpoint, binary)))
        .collect();
    let table = if layout.variants.is_empty() {
        full(layout, &endpoints, assembly)
    } else {
        by_variant(layout, &endpoints, assembly)
    };
    Laid {
        body: Body::Table(aligned(table)),
        footnotes: method_notes(&endpoints),
        analyses: endpoints.iter().map(|(endpoint, _)| endpoint.id.to_string()).collect(),
    }
}

/// One form of an endpoint at one visit.
struct Form<'a> {
    endpoint: &'a Endpoint,
    binary: &'a Binary,
    visit: &'a str,
    variant: Option<&'a str>,
}

impl Form<'_> {
    fn key(&self, statistic: Statistic) -> Key {
        Key::new(&*self.endpoint.id, statistic).variant(self.variant).at(self.visit)
    }

    fn of_arm(&self, arm: &str, statistic: Statistic) -> Key {
        let key = self.key(statistic).arm(arm);
        match (statistic, interval_method(self.binary)) {
            (Statistic::ShareLower | Statistic::ShareUpper, Some(method)) => {
                key.method(method).conf_level(self.binary.conf_level)
            }
            _ => key,
        }
    }

    fn of_contrast(&self, arm: &str, reference: &str, statistic: Statistic, method: Method) -> Key {
        let key = self.key(statistic).contrast(arm, reference).method(method);
        match statistic {
            Statistic::DifferenceLower | Statistic::DifferenceUpper => key.conf_level(self.binary.conf_level),
            _ => key,
        }
    }
}

fn interval_method(binary: &Binary) -> Option<Method> {
    binary.methods.iter().copied().find(|method| matches!(method, Method::ClopperPearson | Method::Wilson))
}

fn difference_methods(binary: &Binary) -> impl Iterator<Item = Method> {
    binary.methods.iter().copied().filter(|method| matches!(method, Method::MiettinenNurminen | Method::Newcombe))
}

fn test_methods(binary: &Binary) -> impl Iterator<Item = Method> {
    binary.methods.iter().copied().filter(|method| matches!(method, Method::Fisher | Method::ChiSquare))
}

/// The confidence level in percent: 95, or 97.5.
pub(super) fn level_text(level: f64) -> String {
    let tenths = crate::results::conf_level_key(level);
    if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

fn arm_columns(endpoint: &Endpoint, form: &Form<'_>, assembly: &mut Assembly<'_>) -> Vec<Column> {
    let study = assembly.study;
    let key = |arm: &str| Key::new(&*endpoint.id, Statistic::N).at(form.visit).arm(arm);
    study.arm.iter().map(|arm| assembly.head(&arm.label, &key(&arm.id))).collect()
}

fn full(layout: &ResponseLayout, endpoints: &[(&Endpoint, &Binary)], assembly: &mut Assembly<'_>) -> Table {
    let study = assembly.study;
    let mut columns = Vec::new();
    let mut rows = Vec::new();
    for (endpoint, binary) in endpoints {
        for visit in &binary.at {
            let form = Form { endpoint, binary, visit, variant: None };
            if columns.is_empty() {
                columns = arm_columns(endpoint, &form, assembly);
            }
            let label = if binary.at.len() > 1 {
                format!("{}: {}", endpoint.label, study.visit_label(visit).unwrap_or(visit))
            } else {
                endpoint.label.clone()
            };
            rows.push(heading(0, label));
            proportions(&form, assembly, &mut rows);
            comparisons(&form, layout.p_decimals, assembly, &mut rows);
        }
    }
    Table { stub_head: String::new(), columns, spanners: Vec::new(), rows }
}

fn each_arm(study: &Study, mut make: impl FnMut(&str) -> Cell) -> Vec<Cell> {
    study.arm.iter().map(|arm| make(&arm.id)).collect()
}

fn proportions(form: &Form<'_>, assembly: &mut Assembly<'_>, rows: &mut Vec<TableRow>) {
    let study = assembly.study;
    let level = level_text(form.binary.conf_level);
    let style = Style::recorded(0);
    let cells = each_arm(study, |arm| assembly.cell("{count} ({share})", style, &|s| form.of_arm(arm, s)));
    rows.push(data_row(1, "Responders, n (%)", cells));
    if interval_method(form.binary).is_some() {
        let cells =
            each_arm(study, |arm| assembly.cell("{share-lower}, {share-upper}", style, &|s| form.of_arm(arm, s)));
        rows.push(data_row(1, format!("{level} % CI, %"), cells));
    }
    if form.binary.observed.is_some() {
        let cells = each_arm(study, |arm| assembly.cell("{missing}", style, &|s| form.of_arm(arm, s)));
        rows.push(data_row(1, "Not assessable, n", cells));
    }
}

/// The comparison of each arm with the reference, in the column of the arm; the reference's own cell stays empty.
fn comparisons(form: &Form<'_>, p_decimals: u8, assembly: &mut Assembly<'_>, rows: &mut Vec<TableRow>) {
    let study = assembly.study;
    let reference = &study.arm[study.reference_arm()];
    let level = level_text(form.binary.conf_level);
    let style = Style { p_decimals, points: true, ..Style::recorded(0) };
    let mut line = |label: String, format: &str, method: Method, assembly: &mut Assembly<'_>| {
        let cells = each_arm(study, |arm| {
            if *arm == *reference.id {
                plain("")
            } else {
                assembly.cell(format, style, &|s| form.of_contrast(arm, &reference.id, s, method))
            }
        });
        rows.push(data_row(1, label, cells));
    };
    for (position, method) in difference_methods(form.binary).enumerate() {
        if position == 0 {
            line(format!("Difference from {}, percentage points", reference.label), "{difference}", method, assembly);
        }
        let name = method_name(method);
        line(format!("{level} % CI ({name})"), "{difference-lower}, {difference-upper}", method, assembly);
    }
    for method in test_methods(form.binary) {
        line(format!("p-value ({})", method_name(method)), "{p-value}", method, assembly);
    }
}

fn by_variant(layout: &ResponseLayout, endpoints: &[(&Endpoint, &Binary)], assembly: &mut Assembly<'_>) -> Table {
    let study = assembly.study;
    let reference = &study.arm[study.reference_arm()];
    let mut columns: Vec<Column> = study
        .arm
        .iter()
        .map(|arm| Column { head: vec![arm.label.clone(), "n/N (%)".to_owned()], align: Align::Decimal })
        .collect();
    let compared: Vec<_> = study.arm.iter().filter(|arm| arm.id != reference.id).collect();
    for arm in &compared {
        let versus =
            if compared.len() > 1 { format!("{} − {}", arm.label, reference.label) } else { "Difference".to_owned() };
        let level = endpoints.first().map_or_else(String::new, |(_, binary)| level_text(binary.conf_level));
        columns.push(Column { head: vec![versus, format!("({level} % CI), % points")], align: Align::Decimal });
        columns.push(Column { head: vec!["p-value".to_owned()], align: Align::Decimal });
    }
    let mut rows = Vec::new();
    for (endpoint, binary) in endpoints {
        for visit in &binary.at {
            rows.push(heading(0, endpoint.label.clone()));
            let variants =
                layout.variants.iter().filter_map(|name| study.variant.iter().find(|variant| variant.id == *name));
            let forms = std::iter::once((None, "Main analysis")).chain(
                variants
                    .filter(|variant| variant.of.contains(&endpoint.id))
                    .map(|variant| (Some(&*variant.id), variant.label.as_str())),
            );
            for (variant, label) in forms {
                let form = Form { endpoint, binary, visit, variant };
                let style = Style { p_decimals: layout.p_decimals, points: true, ..Style::recorded(0) };
                let mut cells =
                    each_arm(study, |arm| assembly.cell("{count}/{n} ({share})", style, &|s| form.of_arm(arm, s)));
                for arm in &compared {
                    let key = |s: Statistic, method| form.of_contrast(&arm.id, &reference.id, s, method);
                    cells.push(difference_methods(binary).next().map_or_else(Cell::default, |method| {
                        assembly
                            .cell("{difference} ({difference-lower}, {difference-upper})", style, &|s| key(s, method))
                    }));
                    cells.push(
                        test_methods(binary).next().map_or_else(Cell::default, |method| {
                            assembly.cell("{p-value}", style, &|s| key(s, method))
                        }),
                    );
                }
                rows.push(data_row(1, label, cells));
            }
        }
    }
    Table { stub_head: "Analysis".to_owned(), columns, spanners: Vec::new(), rows }
}

/// A method as named in a stub.
pub(super) fn method_name(method: Method) -> &'static str {
    match method {
        Method::ClopperPearson => "Clopper–Pearson",
        Method::Wilson => "Wilson",
        Method::MiettinenNurminen => "Miettinen–Nurminen",
        Method::Newcombe => "Newcombe",
        Method::Fisher => "Fisher’s exact test",
        Method::ChiSquare => "chi-square test",
        Method::Anova => "analysis of variance",
        Method::Ancova => "analysis of covariance",
        Method::AncovaTrend => "dose response",
    }
}

fn method_notes(endpoints: &[(&Endpoint, &Binary)]) -> Vec<Footnote> {
    let mut methods: Vec<Method> = endpoints.iter().flat_map(|(_, binary)| binary.methods.iter().copied()).collect();
    methods.sort_unstable();
    methods.dedup();
    let mut parts = vec!["CI: confidence interval".to_owned()];
    let names_of = |wanted: &[Method]| {
        methods.iter().filter(|m| wanted.contains(m)).map(|m| method_name(*m)).collect::<Vec<_>>().join(", ")
    };
    for (what, wanted) in [
        ("proportions", &[Method::ClopperPearson, Method::Wilson][..]),
        ("differences", &[Method::MiettinenNurminen, Method::Newcombe]),
        ("p-values", &[Method::Fisher, Method::ChiSquare]),
    ] {
        let names = names_of(wanted);
        if !names.is_empty() {
            parts.push(format!("{what}: {names}{}", if what == "p-values" { ", two-sided" } else { "" }));
        }
    }
    vec![note(format!("{}.", parts.join("; ")))]
}
