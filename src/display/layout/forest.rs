//! A forest of differences of proportions from the reference: main analyses, variants and subgroups, a line each.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::response::{Form, difference_methods, level_text, title};
use crate::display::layout::{Laid, axis, binaries, contrasts, each_arm, interval, number};
use crate::display::number::{Style, align};
use crate::display::report::{Align, Body, Cell, Column, Footnote, Forest, ForestRow};
use crate::results::{Key, Method, Statistic};
use crate::spec::Study;
use crate::spec::design::Arm;
use crate::spec::endpoint::{Binary, Endpoint};
use crate::spec::figure::ForestLayout;
use crate::spec::text::Name;

pub(super) fn figure(layout: &ForestLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoints = binaries(study, &layout.of);
    let compared = contrasts(study);
    let mut rows = Rows { lines: Vec::new(), words: Vec::new(), base: 0 };
    for (arm, reference) in &compared {
        if compared.len() > 1 {
            rows.base = 0;
            rows.heading(0, format!("{} − {}", arm.label, reference.label));
            rows.base = 1;
        }
        for (endpoint, binary) in &endpoints {
            rows.endpoint(layout, (endpoint, binary), (arm, reference), assembly);
        }
    }
    let Rows { lines: mut rows, words, .. } = rows;
    let mut values: Vec<f64> =
        rows.iter().filter_map(|row| row.mark).flat_map(|(at, (lower, upper))| [at, lower, upper]).collect();
    // The line of no difference is always shown.
    values.push(0.0);
    let columns = columns(study, endpoints.first()?.1);
    for position in 0..columns.len() {
        let cells = rows.iter_mut().filter_map(|row| row.cells.get_mut(position)).map(|cell| &mut cell.text);
        align(&mut cells.collect::<Vec<_>>());
    }
    let reference = &study.arm[study.reference_arm()].label;
    let other = match compared.as_slice() {
        [(arm, _)] => arm.label.clone(),
        _ => "the other arm".to_owned(),
    };
    let forest = Forest {
        stub_head: "Analysis".to_owned(),
        columns,
        rows,
        axis: axis::holding("Difference, percentage points", &values),
        reference: 0.0,
        sides: Some((format!("favours {reference}"), format!("favours {other}"))),
        alt: format!(
            "Forest of differences from {reference} with intervals, in percentage points. {}.",
            words.join("; ")
        ),
    };
    let footnotes = footnotes(layout, &endpoints);
    let analyses = endpoints.iter().map(|(endpoint, _)| endpoint.id.to_string()).collect();
    Some(Laid { body: Body::Forest(forest), footnotes, analyses })
}

fn columns(study: &Study, first: &Binary) -> Vec<Column> {
    let mut columns: Vec<Column> = study
        .arm
        .iter()
        .map(|arm| Column { head: vec![arm.label.clone(), "n/N (%)".to_owned()], align: Align::Decimal })
        .collect();
    let interval = format!("% points ({} % CI)", level_text(first.conf_level));
    columns.push(Column { head: vec!["Difference".to_owned(), interval], align: Align::Decimal });
    columns
}

/// The lines so far, and the figure in words.
struct Rows {
    lines: Vec<ForestRow>,
    words: Vec<String>,
    /// Depth at which the headings of endpoints stand.
    base: u8,
}

impl Rows {
    fn heading(&mut self, indent: u8, stub: String) {
        self.lines.push(ForestRow {
            indent: self.base + indent,
            stub,
            heading: true,
            main: false,
            cells: Vec::new(),
            mark: None,
            keys: Vec::new(),
        });
    }

    /// The lines of an endpoint: its main analysis, its variants, its subgroups.
    fn endpoint(
        &mut self,
        layout: &ForestLayout,
        (endpoint, binary): (&Endpoint, &Binary),
        arms: (&Arm, &Arm),
        assembly: &mut Assembly<'_>,
    ) {
        let study = assembly.study;
        let Some(visit) = binary.at.last() else { return };
        let title = title(endpoint, binary, visit, study);
        let form = |variant, subgroup| Form { endpoint, binary, visit, variant, subgroup };
        let of_endpoint =
            |name: &Name| study.variant.iter().any(|variant| variant.id == *name && variant.of.contains(&endpoint.id));
        // A main analysis alone needs no heading: it has the name of the endpoint.
        if !layout.variants.iter().any(of_endpoint)
            && !layout.subgroups.iter().any(|name| binary.subgroups.contains(name))
        {
            self.line(0, ("", &title), &form(None, None), arms, assembly);
            return;
        }
        self.heading(0, title.clone());
        self.line(1, (&title, "Main analysis"), &form(None, None), arms, assembly);
        for name in &layout.variants {
            let variant = study.variant.iter().find(|variant| variant.id == *name);
            if let Some(variant) = variant.filter(|variant| variant.of.contains(&endpoint.id)) {
                self.line(1, (&title, &variant.label), &form(Some(&*variant.id), None), arms, assembly);
            }
        }
        for name in layout.subgroups.iter().filter(|name| binary.subgroups.contains(name)) {
            let Some(subgroup) = study.subgroup.iter().find(|subgroup| subgroup.id == *name) else { continue };
            self.heading(1, subgroup.label.clone());
            let title = format!("{title}, {}", subgroup.label);
            for level in &subgroup.levels {
                let form = form(None, Some((&*subgroup.id, level.value.as_str())));
                self.line(2, (&title, &level.label), &form, arms, assembly);
            }
        }
    }

    fn line(
        &mut self,
        indent: u8,
        (title, stub): (&str, &str),
        form: &Form<'_>,
        (arm, reference): (&Arm, &Arm),
        assembly: &mut Assembly<'_>,
    ) {
        let style = Style { points: true, ..Style::recorded(0) };
        let mut cells = each_arm(assembly, &|arm, assembly| {
            assembly.cell("{count}/{n} ({share})", style, &|s| form.of_arm(arm, s))
        });
        let Some(method) = difference_methods(form.binary).next() else {
            cells.push(Cell::default());
            self.push(indent, stub, form, cells, None, Vec::new());
            return;
        };
        let key = |statistic| form.of_contrast(&arm.id, &reference.id, statistic, method);
        let cell = assembly.cell("{difference} ({difference-lower}, {difference-upper})", style, &key);
        let of = if title.is_empty() { stub.to_owned() } else { format!("{title}, {stub}") };
        self.words.push(format!("{of}: {}", cell.text));
        let keys = [Statistic::Difference, Statistic::DifferenceLower, Statistic::DifferenceUpper].map(key).to_vec();
        let mark = number(assembly, &keys[0]).zip(interval(assembly, &keys[1], &keys[2]));
        let mark = mark.map(|(at, (lower, upper))| (at * 100.0, (lower * 100.0, upper * 100.0)));
        cells.push(cell);
        self.push(indent, stub, form, cells, mark, keys);
    }

    fn push(
        &mut self,
        indent: u8,
        stub: &str,
        form: &Form<'_>,
        cells: Vec<Cell>,
        mark: Option<(f64, (f64, f64))>,
        keys: Vec<Key>,
    ) {
        let main = form.variant.is_none() && form.subgroup.is_none();
        let indent = self.base + indent;
        self.lines.push(ForestRow { indent, stub: stub.to_owned(), heading: false, main, cells, mark, keys });
    }
}

fn footnotes(layout: &ForestLayout, endpoints: &[(&Endpoint, &Binary)]) -> Vec<Footnote> {
    let mut methods: Vec<Method> =
        endpoints.iter().filter_map(|(_, binary)| difference_methods(binary).next()).collect();
    methods.sort_unstable();
    methods.dedup();
    let names: Vec<&str> = methods.into_iter().map(Method::label).collect();
    let mut notes = vec![note(format!(
        "n/N: responders of all in the arm. CI: confidence interval ({}). Large marks: main analyses.",
        names.join(", ")
    ))];
    if !layout.subgroups.is_empty() {
        notes.push(note("Subgroups are described; they are not tested, and were not powered for."));
    }
    notes
}
