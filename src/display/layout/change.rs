//! A table of a continuous endpoint on one page: a line a visit for the value and for its change, statistics beside each
//! other under each arm, and the comparisons of the change below.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::response::{level_text, method_name};
use crate::display::layout::{Laid, contrasts, shown, shown_from_baseline};
use crate::display::number::{Style, needs_no_more};
use crate::display::report::{Align, Body, Cell, Column, Footnote, Spanner, Table, TableRow};
use crate::results::{Key, Method, Statistic, Value};
use crate::spec::design::Arm;
use crate::spec::endpoint::Endpoint;
use crate::spec::figure::ChangeLayout;
use crate::spec::outcome::Continuous;
use crate::spec::output::RowFormat;

/// The tests of ranks, with their stubs.
const RANKS: [(Method, &str); 3] =
    [(Method::Wilcoxon, "Wilcoxon"), (Method::WilcoxonWorstRank, "Worst rank"), (Method::RankAncova, "Rank ANCOVA")];
/// What a comparison has under an arm: the number, the estimate, its limits, the p-value.
const OF_COMPARISON: usize = 4;

pub(super) fn table(layout: &ChangeLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoint = study.endpoint(&layout.of)?;
    let continuous = endpoint.continuous.as_ref()?;
    let style = Style { p_decimals: layout.p_decimals, ..Style::recorded(continuous.decimals) };
    let compares = !continuous.compare_at.is_empty() && !continuous.methods.is_empty();
    let each = if compares { layout.number_rows.len().max(OF_COMPARISON) } else { layout.number_rows.len() };
    let of = Change { endpoint, continuous, style, each };
    let mut columns = Vec::new();
    let mut spanners = Vec::new();
    for arm in &study.arm {
        let text = assembly.head(&arm.label, &Key::new(&*endpoint.id, Statistic::N).arm(&arm.id)).head.join(" ");
        spanners.push(Spanner { text, first: columns.len(), columns: each });
        let heads = layout.number_rows.iter().map(|format| vec![format.label.clone()]);
        let heads = heads.chain(std::iter::repeat(Vec::new())).take(each);
        columns.extend(heads.map(|head| Column { head, align: Align::Decimal }));
    }
    let formats = of.formats(layout, assembly);
    let mut rows = vec![heading(0, "Value")];
    for visit in shown_from_baseline(study, &continuous.at) {
        rows.push(data_row(1, visit.label, of.described(&formats, "value", visit.id, assembly)));
    }
    rows.push(heading(0, "Change from baseline"));
    for visit in shown(study, &continuous.at) {
        rows.push(data_row(1, visit.label, of.described(&formats, "change", visit.id, assembly)));
    }
    if compares {
        for visit in shown(study, &continuous.compare_at) {
            rows.push(heading(0, format!("Comparison of the change, {}", visit.label)));
            of.comparison(visit.id, assembly, &mut rows);
        }
    }
    let table = Table { stub_head: String::new(), columns, spanners, rows };
    let footnotes = of.footnotes(layout, assembly);
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: vec![endpoint.id.to_string()] })
}

struct Change<'a> {
    endpoint: &'a Endpoint,
    continuous: &'a Continuous,
    style: Style,
    /// Columns of an arm.
    each: usize,
}

impl Change<'_> {
    fn has(&self, method: Method) -> bool {
        self.continuous.methods.contains(&method)
    }

    /// The formats of the columns. Medians and quartiles of values without decimals are mostly values themselves: they
    /// have one more decimal only where one of them needs it.
    fn formats(&self, layout: &ChangeLayout, assembly: &Assembly<'_>) -> Vec<String> {
        let quantiles = [Statistic::Median, Statistic::Q1, Statistic::Q3];
        let exact = self.exact(assembly, &|key| quantiles.contains(&key.statistic));
        let format = |format: &RowFormat| {
            quantiles.iter().filter(|_| exact).fold(format.show.clone(), |show, statistic| {
                let name = statistic.name();
                show.replace(&format!("{{{name}}}"), &format!("{{{name}:{}}}", self.continuous.decimals))
            })
        };
        layout.number_rows.iter().map(format).collect()
    }

    /// Whether these results of the endpoint need no more decimals than its values have.
    fn exact(&self, assembly: &Assembly<'_>, is_meant: &dyn Fn(&Key) -> bool) -> bool {
        let keys = assembly.rows.keys().filter(|key| key.analysis == *self.endpoint.id && is_meant(key));
        let mut values = keys.filter_map(|key| assembly.rows.get(key)).map(|row| &row.value);
        values.all(|value| match value {
            Value::Number(number) => needs_no_more(*number, self.continuous.decimals),
            _ => true,
        })
    }

    /// The cells of a visit: what each arm has of the value or of its change.
    fn described(&self, formats: &[String], variable: &str, visit: &str, assembly: &mut Assembly<'_>) -> Vec<Cell> {
        let study = assembly.study;
        let mut cells = Vec::new();
        for arm in &study.arm {
            let key = |s| Key::new(&*self.endpoint.id, s).variable(variable).at(visit).arm(&arm.id);
            let own = formats.iter().map(|format| assembly.cell(format, self.style, &key));
            cells.extend(own.chain(std::iter::repeat_with(Cell::default)).take(self.each));
        }
        cells
    }

    /// The rows of the comparisons: least-squares means under their arms, differences under the arm compared.
    fn comparison(&self, visit: &str, assembly: &mut Assembly<'_>, rows: &mut Vec<TableRow>) {
        let level = level_text(self.continuous.conf_level);
        let has_means = self.has(Method::Ancova);
        let heads = |arm: &Arm, assembly: &Assembly<'_>| {
            let compared = contrasts(assembly.study).iter().any(|(first, _)| first.id == arm.id);
            let words = |shown: bool, words: &str| plain(if shown { words } else { "" });
            [
                words(has_means, "n"),
                words(has_means || compared, if has_means { "Estimate (SE)" } else { "Estimate" }),
                words(has_means || compared, &format!("{level} % CI")),
                words(compared, "p-value"),
            ]
        };
        let cells = self.of_arms(assembly, &|arm, assembly| heads(arm, assembly));
        rows.push(data_row(1, "Analysis", cells));
        if has_means {
            let formats = ["{n}", "{ls-mean} ({ls-mean-se})", "{ls-mean-lower}, {ls-mean-upper}", ""];
            let cells = self.of_arms(assembly, &|arm, assembly| {
                let key = |s| self.key(visit, s, Method::Ancova).arm(&arm.id);
                formats.map(|format| assembly.cell(format, self.style, &key))
            });
            rows.push(data_row(1, "LS mean", cells));
            let formats = [("{difference} ({difference-se})", Method::Ancova), LIMITS, ("{p-value}", Method::Ancova)];
            rows.push(data_row(1, "Difference", self.of_contrasts(visit, formats, assembly)));
        }
        if self.has(Method::HodgesLehmann) {
            let whole = self.exact(assembly, &|key| key.method == Some(Method::HodgesLehmann));
            let places = self.continuous.decimals + u8::from(!whole);
            let estimate = format!("{{difference:{places}}}");
            let limits = format!("{{difference-lower:{places}}}, {{difference-upper:{places}}}");
            let formats = [estimate.as_str(), limits.as_str(), ""].map(|format| (format, Method::HodgesLehmann));
            rows.push(data_row(1, "Hodges–Lehmann", self.of_contrasts(visit, formats, assembly)));
        }
        for (method, label) in RANKS.into_iter().filter(|(method, _)| self.has(*method)) {
            let formats = ["", "", "{p-value}"].map(|format| (format, method));
            rows.push(data_row(1, label, self.of_contrasts(visit, formats, assembly)));
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

    /// The cells of a row of comparisons: four under each arm.
    fn of_arms(
        &self,
        assembly: &mut Assembly<'_>,
        make: &dyn Fn(&Arm, &mut Assembly<'_>) -> [Cell; OF_COMPARISON],
    ) -> Vec<Cell> {
        let study = assembly.study;
        let mut cells = Vec::new();
        for arm in &study.arm {
            let own = make(arm, assembly);
            cells.extend(own.into_iter().chain(std::iter::repeat_with(Cell::default)).take(self.each));
        }
        cells
    }

    /// A row of comparisons, under the arm compared: estimate, limits and p-value, each of a method. The reference's own
    /// cells stay empty.
    fn of_contrasts(&self, visit: &str, formats: [(&str, Method); 3], assembly: &mut Assembly<'_>) -> Vec<Cell> {
        let compared = contrasts(assembly.study);
        self.of_arms(assembly, &|arm, assembly| {
            let contrast = compared.iter().find(|(first, _)| first.id == arm.id);
            let mut cell = |(format, method): (&str, Method)| {
                contrast.map_or_else(Cell::default, |(first, second)| {
                    let key = |s| self.key(visit, s, method).contrast(&first.id, &second.id);
                    assembly.cell(format, self.style, &key)
                })
            };
            let [estimate, limits, p_value] = formats.map(&mut cell);
            [Cell::default(), estimate, limits, p_value]
        })
    }

    fn footnotes(&self, layout: &ChangeLayout, assembly: &Assembly<'_>) -> Vec<Footnote> {
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
        if compares {
            notes.push(note(self.comparisons_in_words(assembly)));
        }
        notes
    }

    /// What the rows of the comparisons are.
    fn comparisons_in_words(&self, assembly: &Assembly<'_>) -> String {
        let reference = &assembly.study.arm[assembly.study.reference_arm()].label;
        let mut sentences = vec![format!("Differences are from {reference}.")];
        if self.has(Method::Ancova) {
            sentences.push(
                "LS means and their difference: analysis of covariance of the change with arm as factor and baseline as \
                 covariate."
                    .to_owned(),
            );
        }
        let mut rows = Vec::new();
        if self.has(Method::HodgesLehmann) {
            rows.push("difference and limits of Hodges and Lehmann".to_owned());
        }
        let tests = RANKS.into_iter().filter(|(method, _)| self.has(*method));
        rows.extend(tests.map(|(method, _)| method_name(method).to_owned()));
        if !rows.is_empty() {
            sentences.push(format!("Rows below: {}.", rows.join("; ")));
        }
        if self.has(Method::WilcoxonWorstRank) {
            sentences.push(
                "Worst rank: participants with the intercurrent events of the estimand rank behind all others, tied."
                    .to_owned(),
            );
        }
        sentences.push("p-values are two-sided and not adjusted for the number of comparisons.".to_owned());
        sentences.join(" ")
    }
}

/// The limits of the difference of least-squares means.
const LIMITS: (&str, Method) = ("{difference-lower}, {difference-upper}", Method::Ancova);
