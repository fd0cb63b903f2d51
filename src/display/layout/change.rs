//! A table of a continuous endpoint: a block a visit with the value and its change beside each other under each arm,
//! and the comparison of the change where it is made.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::response::{level_text, method_name};
use crate::display::layout::{Laid, contrasts, shown_from_baseline};
use crate::display::number::Style;
use crate::display::report::{Align, Body, Cell, Column, Footnote, Spanner, Table, TableRow};
use crate::results::{Key, Method, Statistic};
use crate::spec::endpoint::Endpoint;
use crate::spec::figure::ChangeLayout;
use crate::spec::outcome::Continuous;
use crate::spec::output::RowFormat;

/// The tests of ranks.
const RANKS: [Method; 3] = [Method::Wilcoxon, Method::WilcoxonWorstRank, Method::RankAncova];

pub(super) fn table(layout: &ChangeLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoint = study.endpoint(&layout.of)?;
    let continuous = endpoint.continuous.as_ref()?;
    let style = Style { p_decimals: layout.p_decimals, ..Style::recorded(continuous.decimals) };
    let of = Change { endpoint, continuous, style };
    let head = |text: &str| Column { head: vec![text.to_owned()], align: Align::Decimal };
    let mut columns = Vec::new();
    let mut spanners = Vec::new();
    for arm in &study.arm {
        let text = assembly.head(&arm.label, &Key::new(&*endpoint.id, Statistic::N).arm(&arm.id)).head.join(" ");
        spanners.push(Spanner { text, first: columns.len(), columns: 2 });
        columns.extend([head("Value"), head("Change")]);
    }
    let mut rows = Vec::new();
    for (position, visit) in shown_from_baseline(study, &continuous.at).iter().enumerate() {
        rows.push(heading(0, visit.label));
        for format in &layout.number_rows {
            rows.push(data_row(1, &format.label, of.described(format, visit.id, position > 0, assembly)));
        }
        if continuous.compare_at.iter().any(|name| **name == *visit.id) {
            of.comparison(visit.id, assembly, &mut rows);
        }
    }
    let table = Table { stub_head: String::new(), columns, spanners, rows };
    let footnotes = of.footnotes(layout);
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: vec![endpoint.id.to_string()] })
}

struct Change<'a> {
    endpoint: &'a Endpoint,
    continuous: &'a Continuous,
    style: Style,
}

impl Change<'_> {
    fn has(&self, method: Method) -> bool {
        self.continuous.methods.contains(&method)
    }

    /// A row that describes value and change of each arm; at baseline there is no change.
    fn described(&self, format: &RowFormat, visit: &str, has_change: bool, assembly: &mut Assembly<'_>) -> Vec<Cell> {
        let study = assembly.study;
        let mut cells = Vec::new();
        for arm in &study.arm {
            let key = |variable: &str, s| Key::new(&*self.endpoint.id, s).variable(variable).at(visit).arm(&arm.id);
            cells.push(assembly.cell(&format.show, self.style, &|s| key("value", s)));
            cells.push(if has_change {
                assembly.cell(&format.show, self.style, &|s| key("change", s))
            } else {
                plain("")
            });
        }
        cells
    }

    fn comparison(&self, visit: &str, assembly: &mut Assembly<'_>, rows: &mut Vec<TableRow>) {
        let study = assembly.study;
        let level = level_text(self.continuous.conf_level);
        let reference = &study.arm[study.reference_arm()].label;
        if self.has(Method::Ancova) {
            for (label, format) in [
                ("n in the model".to_owned(), "{n}"),
                ("LS mean (SE)".to_owned(), "{ls-mean} ({ls-mean-se})"),
                (format!("{level} % CI"), "{ls-mean-lower}, {ls-mean-upper}"),
            ] {
                rows.push(data_row(1, label, self.of_arms(format, visit, assembly)));
            }
            for (label, format) in [
                (format!("LS mean difference from {reference} (SE)"), "{difference} ({difference-se})"),
                (format!("{level} % CI"), "{difference-lower}, {difference-upper}"),
                (format!("p-value ({})", method_name(Method::Ancova)), "{p-value}"),
            ] {
                rows.push(data_row(1, label, self.of_contrasts(format, visit, Method::Ancova, assembly)));
            }
        }
        if self.has(Method::HodgesLehmann) {
            for (label, format) in [
                (format!("{} difference from {reference}", method_name(Method::HodgesLehmann)), "{difference}"),
                (format!("{level} % CI"), "{difference-lower}, {difference-upper}"),
            ] {
                rows.push(data_row(1, label, self.of_contrasts(format, visit, Method::HodgesLehmann, assembly)));
            }
        }
        for method in RANKS.into_iter().filter(|method| self.has(*method)) {
            let label = format!("p-value ({})", method_name(method));
            rows.push(data_row(1, label, self.of_contrasts("{p-value}", visit, method, assembly)));
        }
    }

    fn key(&self, visit: &str, statistic: Statistic, method: Method) -> Key {
        let key = Key::new(&*self.endpoint.id, statistic).variable("change").at(visit).method(method);
        match statistic {
            Statistic::LsMeanLower
            | Statistic::LsMeanUpper
            | Statistic::DifferenceLower
            | Statistic::DifferenceUpper => key.conf_level(self.continuous.conf_level),
            _ => key,
        }
    }

    /// A row of the model, under the change of each arm.
    fn of_arms(&self, format: &str, visit: &str, assembly: &mut Assembly<'_>) -> Vec<Cell> {
        let study = assembly.study;
        let mut cells = Vec::new();
        for arm in &study.arm {
            let key = |s| self.key(visit, s, Method::Ancova).arm(&arm.id);
            cells.extend([plain(""), assembly.cell(format, self.style, &key)]);
        }
        cells
    }

    /// A row of comparisons, under the change of the arm compared; the reference's own cell stays empty.
    fn of_contrasts(&self, format: &str, visit: &str, method: Method, assembly: &mut Assembly<'_>) -> Vec<Cell> {
        let study = assembly.study;
        let compared = contrasts(study);
        let mut cells = Vec::new();
        for arm in &study.arm {
            let contrast = compared.iter().find(|(first, _)| first.id == arm.id);
            let cell = contrast.map_or_else(Cell::default, |(first, second)| {
                let key = |s| self.key(visit, s, method).contrast(&first.id, &second.id);
                assembly.cell(format, self.style, &key)
            });
            cells.extend([plain(""), cell]);
        }
        cells
    }

    fn footnotes(&self, layout: &ChangeLayout) -> Vec<Footnote> {
        let shows = |field: &str| layout.number_rows.iter().any(|format| format.show.contains(field));
        let compares = !self.continuous.compare_at.is_empty() && !self.continuous.methods.is_empty();
        let ancova = compares && self.has(Method::Ancova);
        let terms = [
            (shows("{sd"), "SD: standard deviation"),
            (shows("{q1") || shows("{q3"), "Q1, Q3: quartiles"),
            (ancova, "LS: least-squares"),
            (ancova, "SE: standard error"),
            (ancova || compares && self.has(Method::HodgesLehmann), "CI: confidence interval"),
        ];
        let terms: Vec<&str> = terms.into_iter().filter(|(used, _)| *used).map(|(_, term)| term).collect();
        let unit = self.continuous.unit.as_ref().map(|unit| format!("Values in {unit}. ")).unwrap_or_default();
        let mut notes = vec![note(format!(
            "{unit}Change: value at the visit minus baseline, in those who have both.{}{}",
            if terms.is_empty() { "" } else { " " },
            if terms.is_empty() { String::new() } else { format!("{}.", terms.join("; ")) },
        ))];
        if ancova {
            notes.push(note("Analysis of covariance: change with arm as factor and the baseline value as covariate."));
        }
        if compares && self.has(Method::WilcoxonWorstRank) {
            let worst = method_name(Method::WilcoxonWorstRank);
            notes.push(note(format!(
                "{worst}: participants with the intercurrent events of the estimand rank behind all others, tied."
            )));
        }
        if compares {
            notes.push(note("p-values are two-sided and not adjusted for the number of comparisons."));
        }
        notes
    }
}
