//! Tables of binary endpoints: in full, arms side by side with their comparison; or a line for each variant.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::{Laid, binaries};
use crate::display::number::Style;
use crate::display::report::{Align, Body, Cell, Column, Footnote, Table, TableRow};
use crate::results::{Family, Key, Method, Statistic};
use crate::spec::Study;
use crate::spec::endpoint::{Binary, Endpoint};
use crate::spec::output::ResponseLayout;

pub(super) fn table(layout: &ResponseLayout, assembly: &mut Assembly<'_>) -> Laid {
    let study = assembly.study;
    let endpoints = binaries(study, &layout.of);
    let table = if layout.variants.is_empty() {
        full(layout, &endpoints, assembly)
    } else {
        by_variant(layout, &endpoints, assembly)
    };
    Laid {
        body: Body::Table(aligned(table)),
        footnotes: method_notes(&endpoints, !layout.variants.is_empty(), study),
        analyses: endpoints.iter().map(|(endpoint, _)| endpoint.id.to_string()).collect(),
    }
}

/// One form of an endpoint at one visit.
pub(super) struct Form<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) binary: &'a Binary,
    pub(super) visit: &'a str,
    pub(super) variant: Option<&'a str>,
    /// A subgroup and its level.
    pub(super) subgroup: Option<(&'a str, &'a str)>,
}

impl Form<'_> {
    fn key(&self, statistic: Statistic) -> Key {
        Key::new(&*self.endpoint.id, statistic).variant(self.variant).at(self.visit)
    }

    /// The subgroup stands behind the arm, if there is one.
    fn in_subgroup(&self, mut key: Key) -> Key {
        key.groups.extend(self.subgroup.map(|(subgroup, level)| (subgroup.to_owned(), level.to_owned())));
        key
    }

    /// The key of a statistic of an arm; its limits are those of the first method.
    pub(super) fn of_arm(&self, arm: &str, statistic: Statistic) -> Key {
        match interval_method(self.binary) {
            Some(method) => self.of_arm_by(arm, statistic, method),
            None => self.in_subgroup(self.key(statistic).arm(arm)),
        }
    }

    fn of_arm_by(&self, arm: &str, statistic: Statistic, method: Method) -> Key {
        let key = self.in_subgroup(self.key(statistic).arm(arm));
        if statistic.is_limit() { key.method(method).conf_level(self.binary.conf_level) } else { key }
    }

    pub(super) fn of_contrast(&self, arm: &str, reference: &str, statistic: Statistic, method: Method) -> Key {
        let key = self.in_subgroup(self.key(statistic).contrast(arm, reference).method(method));
        key.limited(self.binary.conf_level)
    }
}

fn interval_method(binary: &Binary) -> Option<Method> {
    of_family(binary, Family::Share).next()
}

/// The methods of a family that an endpoint asks for, in its order.
fn of_family(binary: &Binary, family: Family) -> impl Iterator<Item = Method> {
    binary.methods.iter().copied().filter(move |method| method.family() == family)
}

pub(super) fn difference_methods(binary: &Binary) -> impl Iterator<Item = Method> {
    of_family(binary, Family::ShareDifference)
}

/// A number with the sign of print.
fn signed(number: f64) -> String {
    // Without the dust of binary arithmetic.
    let text = ((number * 1e6).round() / 1e6).to_string();
    text.strip_prefix('-').map_or_else(|| text.clone(), |rest| format!("−{rest}"))
}

const fn is_of_risks(method: Method) -> bool {
    matches!(method, Method::RiskRatio | Method::RiskRatioWald)
}

/// The interval of a ratio, without what it is of.
const fn interval_of(method: Method) -> &'static str {
    match method {
        Method::RiskRatioWald | Method::OddsRatioWald => "Wald",
        Method::OddsRatio => "exact conditional",
        _ => "score",
    }
}

/// Whether a method over strata is a test, and not a difference.
const fn is_test(method: Method) -> bool {
    matches!(method, Method::CochranMantelHaenszel | Method::BreslowDay)
}

fn test_methods(binary: &Binary) -> impl Iterator<Item = Method> {
    of_family(binary, Family::ShareTest)
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
            let form = Form { endpoint, binary, visit, variant: None, subgroup: None };
            if columns.is_empty() {
                columns = arm_columns(endpoint, &form, assembly);
            }
            rows.push(heading(0, title(endpoint, binary, visit, study)));
            proportions(&form, assembly, &mut rows);
            comparisons(&form, layout.p_decimals, assembly, &mut rows);
        }
    }
    Table { stub_head: String::new(), columns, spanners: Vec::new(), rows }
}

/// The label of an endpoint, with the visit where it has several.
pub(super) fn title(endpoint: &Endpoint, binary: &Binary, visit: &str, study: &Study) -> String {
    if binary.at.len() > 1 {
        format!("{}: {}", endpoint.label, study.visit_label(visit).unwrap_or(visit))
    } else {
        endpoint.label.clone()
    }
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
    let several = of_family(form.binary, Family::Share).nth(1).is_some();
    for method in of_family(form.binary, Family::Share) {
        let cells = each_arm(study, |arm| {
            assembly.cell("{share-lower}, {share-upper}", style, &|s| form.of_arm_by(arm, s, method))
        });
        let name = if several { format!(", {}", method.label()) } else { String::new() };
        rows.push(data_row(2, format!("{level} % CI, %{name}"), cells));
    }
    let counts = match (form.binary.observed.is_some(), form.binary.imputed.is_some()) {
        (true, true) => Some(("Not assessable; response imputed, n", "{missing}; {imputed}")),
        (true, false) => Some(("Not assessable, n", "{missing}")),
        (false, true) => Some(("Response imputed, n", "{imputed}")),
        (false, false) => None,
    };
    if let Some((label, format)) = counts {
        let cells = each_arm(study, |arm| assembly.cell(format, style, &|s| form.of_arm(arm, s)));
        rows.push(data_row(1, label, cells));
    }
}

/// The comparison of each arm with the reference, in the column of the arm; the reference's own cell stays empty.
fn comparisons(form: &Form<'_>, p_decimals: u8, assembly: &mut Assembly<'_>, rows: &mut Vec<TableRow>) {
    let study = assembly.study;
    let reference = &study.arm[study.reference_arm()];
    let level = level_text(form.binary.conf_level);
    let style = Style { p_decimals, points: true, ..Style::recorded(0) };
    let mut line = |indent: u8, label: String, parts: &[(&str, Method)], assembly: &mut Assembly<'_>| {
        let cells = each_arm(study, |arm| {
            if *arm == *reference.id {
                return plain("");
            }
            let mut whole = Cell::default();
            for (position, (format, method)) in parts.iter().enumerate() {
                let part = assembly.cell(format, style, &|s| form.of_contrast(arm, &reference.id, s, *method));
                whole.text.push_str(if position > 0 { "; " } else { "" });
                whole.text.push_str(&part.text);
                whole.keys.extend(part.keys);
            }
            whole
        });
        rows.push(data_row(indent, label, cells));
    };
    for (position, method) in difference_methods(form.binary).enumerate() {
        let name = method.label();
        if position == 0 {
            let label = format!("Difference, % points ({level} % CI, {name})");
            line(1, label, &[("{difference} ({difference-lower}, {difference-upper})", method)], assembly);
        } else {
            let label = format!("{level} % CI, {name}");
            line(2, label, &[("{difference-lower}, {difference-upper}", method)], assembly);
        }
    }
    for method in of_family(form.binary, Family::ShareRatio) {
        let name = if is_of_risks(method) { "Risk ratio" } else { "Odds ratio" };
        let alike = of_family(form.binary, Family::ShareRatio).filter(|own| is_of_risks(*own) == is_of_risks(method));
        // Where there are several, each says whose it is.
        let name = if alike.count() > 1 { format!("{name}, {}", interval_of(method)) } else { name.to_owned() };
        line(1, format!("{name} ({level} % CI)"), &[("{ratio} ({ratio-lower}, {ratio-upper})", method)], assembly);
    }
    if form.binary.methods.contains(&Method::NumberNeeded) {
        let label = format!("Number needed to treat ({level} % CI)");
        let format = "{number-needed} ({number-needed-lower}, {number-needed-upper})";
        line(1, label, &[(format, Method::NumberNeeded)], assembly);
    }
    let strata = of_family(form.binary, Family::ShareStrata).filter(|method| !is_test(*method));
    let models = of_family(form.binary, Family::ShareModel).chain(of_family(form.binary, Family::ShareRepeated));
    for method in strata.chain(models) {
        let name = method.label();
        let (label, format) = match method {
            Method::MantelHaenszelOddsRatio | Method::MantelHaenszelRiskRatio => {
                (format!("{name} ({level} % CI)"), "{ratio} ({ratio-lower}, {ratio-upper})")
            }
            _ if method.family() == Family::ShareStrata || method == Method::StandardisedDifference => (
                format!("Difference, % points ({level} % CI, {name})"),
                "{difference} ({difference-lower}, {difference-upper})",
            ),
            _ => (
                format!("Odds ratio, {name} ({level} % CI); p-value"),
                "{ratio} ({ratio-lower}, {ratio-upper}); {p-value}",
            ),
        };
        line(1, label, &[(format, method)], assembly);
    }
    for method in of_family(form.binary, Family::ShareStrata).filter(|method| is_test(*method)) {
        line(1, format!("p-value ({})", method.label()), &[("{p-value}", method)], assembly);
    }
    // The p-values of one hypothesis stand on one line.
    let tests: Vec<Method> = test_methods(form.binary).collect();
    if !tests.is_empty() {
        let names: Vec<&str> = tests.iter().map(|method| method.label()).collect();
        let parts: Vec<(&str, Method)> = tests.iter().map(|method| ("{p-value}", *method)).collect();
        line(1, format!("p-value ({})", names.join("; ")), &parts, assembly);
    }
    if let Some(margin) = form.binary.margin {
        let label = format!("Difference of {} % points: z; p-value (Farrington–Manning)", signed(100.0 * margin));
        line(1, label, &[("{test-statistic}; {p-value}", Method::FarringtonManning)], assembly);
    }
    for method in of_family(form.binary, Family::ShareTrend) {
        // Of all arms: it stands once, under the first.
        let mut cells = vec![Cell::default(); study.arm.len()];
        cells[0] = assembly.cell("{p-value}", style, &|s| form.key(s).method(method));
        rows.push(data_row(1, format!("p-value ({}, all arms)", method.label()), cells));
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
            rows.push(heading(0, title(endpoint, binary, visit, study)));
            let variants =
                layout.variants.iter().filter_map(|name| study.variant.iter().find(|variant| variant.id == *name));
            let forms = std::iter::once((None, "Main analysis")).chain(
                variants
                    .filter(|variant| variant.of.contains(&endpoint.id))
                    .map(|variant| (Some(&*variant.id), variant.label.as_str())),
            );
            for (variant, label) in forms {
                let form = Form { endpoint, binary, visit, variant, subgroup: None };
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

/// What the abbreviations mean and which methods were used; a line for each variant shows only the first of a kind.
fn method_notes(endpoints: &[(&Endpoint, &Binary)], by_variant: bool, study: &Study) -> Vec<Footnote> {
    let mut parts = vec!["CI: confidence interval".to_owned()];
    if !by_variant && study.arm.len() > 1 {
        parts.push(format!("differences and ratios: compared with {}", study.arm[study.reference_arm()].label));
    }
    let all = [
        ("proportions", Family::Share),
        ("differences", Family::ShareDifference),
        ("ratios", Family::ShareRatio),
        ("p-values", Family::ShareTest),
    ];
    let of_variants = |family| matches!(family, Family::ShareDifference | Family::ShareTest);
    for (what, family) in all.into_iter().filter(|(_, family)| !by_variant || of_variants(*family)) {
        let shown = if by_variant { 1 } else { usize::MAX };
        let mut methods: Vec<Method> =
            endpoints.iter().flat_map(|(_, binary)| of_family(binary, family).take(shown)).collect();
        methods.sort_unstable();
        methods.dedup();
        let names: Vec<&str> = methods.into_iter().map(Method::label).collect();
        if !names.is_empty() {
            let sides = if what == "p-values" { ", two-sided" } else { "" };
            parts.push(format!("{what}: {}{sides}", names.join(", ")));
        }
    }
    let mut notes = vec![note(format!("{}.", parts.join("; ")))];
    if endpoints.iter().any(|(_, binary)| binary.methods.contains(&Method::NumberNeeded)) && !by_variant {
        notes.push(note(
            "Number needed to treat: participants to treat for one more responder; negative for one fewer. Limits of different \
             signs enclose infinity, not zero.",
        ));
    }
    notes
}
