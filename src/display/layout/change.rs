//! A table of a continuous endpoint on one page: a line a visit for the value and for its change, statistics beside each
//! other under each arm, and the comparisons of the change below.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain, without_empty_columns};
use crate::display::layout::response::level_text;
use crate::display::layout::{Laid, contrasts, shown, shown_from_baseline};
use crate::display::number::{Style, needs_no_more};
use crate::display::report::{Align, Body, Cell, Column, Footnote, Spanner, Table, TableRow};
use crate::results::{Family, Key, Method, Statistic, Value};
use crate::spec::design::Arm;
use crate::spec::endpoint::Endpoint;
use crate::spec::figure::ChangeLayout;
use crate::spec::outcome::Continuous;
use crate::spec::output::RowFormat;

/// What a comparison has under an arm: the number, the estimate, its limits, the p-value.
const OF_COMPARISON: usize = 4;

pub(super) fn table(layout: &ChangeLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoint = study.endpoint(&layout.of)?;
    let continuous = endpoint.continuous.as_ref()?;
    let style = Style { p_decimals: layout.p_decimals, ..Style::recorded(continuous.decimals) };
    let compares = !continuous.compare_at.is_empty() && !continuous.methods.is_empty();
    let described = if layout.describe { layout.number_rows.as_slice() } else { &[] };
    let each = if compares { described.len().max(OF_COMPARISON) } else { described.len() };
    let of = Change { endpoint, continuous, style, each };
    let mut columns = Vec::new();
    let mut spanners = Vec::new();
    for arm in &study.arm {
        let text = assembly.head(&arm.label, &Key::new(&*endpoint.id, Statistic::N).arm(&arm.id)).head.join(" ");
        spanners.push(Spanner { text, first: columns.len(), columns: each });
        let heads = described.iter().map(|format| vec![format.label.clone()]);
        let heads = heads.chain(std::iter::repeat(Vec::new())).take(each);
        columns.extend(heads.map(|head| Column { head, align: Align::Decimal }));
    }
    let mut rows = Vec::new();
    if layout.describe {
        let formats = of.formats(layout, assembly);
        rows.push(heading(0, "Value"));
        for visit in shown_from_baseline(study, &continuous.at) {
            rows.push(data_row(1, visit.label, of.described(&formats, "value", visit.id, assembly)));
        }
        rows.push(heading(0, "Change from baseline"));
        for visit in shown(study, &continuous.at) {
            rows.push(data_row(1, visit.label, of.described(&formats, "change", visit.id, assembly)));
        }
    }
    if compares {
        for visit in shown(study, &continuous.compare_at) {
            rows.push(heading(0, format!("Comparison of the change, {}", visit.label)));
            of.comparison(visit.id, assembly, &mut rows);
        }
    }
    let table = Table { stub_head: String::new(), columns, spanners, rows };
    // Under the described values every arm has the same columns; alone, the comparisons need fewer.
    let table = if layout.describe { table } else { without_empty_columns(table) };
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
        let models: Vec<Method> = self.of(Shown::Model).collect();
        let under_arms = !models.is_empty() || self.of(Shown::Within).next().is_some();
        let has_errors = !models.is_empty() || self.of(Shown::Difference).next().is_some();
        let heads = |arm: &Arm, assembly: &Assembly<'_>| {
            let compared = contrasts(assembly.study).iter().any(|(first, _)| first.id == arm.id);
            let words = |shown: bool, words: &str| plain(if shown { words } else { "" });
            [
                words(!models.is_empty(), "n"),
                words(under_arms || compared, if has_errors { "Estimate (SE)" } else { "Estimate" }),
                words(under_arms || compared, &format!("{level} % CI")),
                words(under_arms && self.of(Shown::Within).next().is_some() || compared, "p-value"),
            ]
        };
        let cells = self.of_arms(assembly, &|arm, assembly| heads(arm, assembly));
        rows.push(data_row(1, "Analysis", cells));
        for method in &models {
            let name =
                |what: &str| if models.len() > 1 { format!("{what}, {}", short(*method)) } else { what.to_owned() };
            let formats = ["{n}", "{ls-mean} ({ls-mean-se})", "{ls-mean-lower}, {ls-mean-upper}", ""];
            let cells = self.of_arms(assembly, &|arm, assembly| {
                let key = |s| self.key(visit, s, *method).arm(&arm.id);
                formats.map(|format| assembly.cell(format, self.style, &key))
            });
            rows.push(data_row(1, name("LS mean"), cells));
            rows.push(data_row(1, name("Difference"), self.of_contrasts(visit, DIFFERENCE, *method, assembly)));
        }
        for method in self.of(Shown::Within) {
            let mean = if method == Method::PairedT { ["{mean}", "{mean-lower}, {mean-upper}"] } else { ["", ""] };
            let formats = ["", mean[0], mean[1], "{p-value}"];
            let cells = self.of_arms(assembly, &|arm, assembly| {
                let key = |s| self.key(visit, s, method).arm(&arm.id);
                formats.map(|format| assembly.cell(format, self.style, &key))
            });
            rows.push(data_row(1, short(method), cells));
        }
        for method in self.of(Shown::Difference) {
            let formats = if method == Method::Dunnett { [DIFFERENCE[0], "", DIFFERENCE[2]] } else { DIFFERENCE };
            for amount in self.amounts(method) {
                let label = amount
                    .as_ref()
                    .map_or_else(|| short(method).to_owned(), |amount| format!("{} by {amount}", short(method)));
                let cells = self.of_levels(visit, formats, method, amount.as_deref(), assembly);
                rows.push(data_row(1, label, cells));
            }
        }
        if self.has(Method::HodgesLehmann) {
            let whole = self.exact(assembly, &|key| key.method == Some(Method::HodgesLehmann));
            let places = self.continuous.decimals + u8::from(!whole);
            let estimate = format!("{{difference:{places}}}");
            let limits = format!("{{difference-lower:{places}}}, {{difference-upper:{places}}}");
            let formats = [estimate.as_str(), limits.as_str(), ""];
            rows.push(data_row(
                1,
                "Hodges–Lehmann",
                self.of_contrasts(visit, formats, Method::HodgesLehmann, assembly),
            ));
        }
        for method in self.of(Shown::All) {
            // Of all arms: it stands once, under the first.
            let cells = self.of_arms(assembly, &|arm, assembly| {
                let here = assembly.study.arm.first().is_some_and(|first| first.id == arm.id);
                let p = if here {
                    assembly.cell("{p-value}", self.style, &|s| self.key(visit, s, method))
                } else {
                    Cell::default()
                };
                [Cell::default(), Cell::default(), Cell::default(), p]
            });
            rows.push(data_row(1, format!("{}, all arms", short(method)), cells));
        }
        for method in self.of(Shown::Test) {
            rows.push(data_row(1, short(method), self.of_contrasts(visit, ["", "", "{p-value}"], method, assembly)));
        }
    }

    /// The methods of the endpoint that are shown in a way, in its order.
    fn of(&self, shown: Shown) -> impl Iterator<Item = Method> {
        self.continuous.methods.iter().copied().filter(move |method| how(*method) == Some(shown))
    }

    /// The amounts by which a method has results: of a delta adjustment several, of others one without name.
    fn amounts(&self, method: Method) -> Vec<Option<String>> {
        if method == Method::DeltaAdjusted {
            return self.continuous.deltas.iter().map(|delta| Some(delta.to_string())).collect();
        }
        vec![None]
    }

    fn key(&self, visit: &str, statistic: Statistic, method: Method) -> Key {
        let key = Key::new(&*self.endpoint.id, statistic).variable("change").at(visit).method(method);
        key.limited(self.continuous.conf_level)
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

    /// A row of comparisons, under the arm compared: estimate, limits and p-value. The reference's own cells stay empty.
    fn of_contrasts(&self, visit: &str, formats: [&str; 3], method: Method, assembly: &mut Assembly<'_>) -> Vec<Cell> {
        self.of_levels(visit, formats, method, None, assembly)
    }

    fn of_levels(
        &self,
        visit: &str,
        formats: [&str; 3],
        method: Method,
        level: Option<&str>,
        assembly: &mut Assembly<'_>,
    ) -> Vec<Cell> {
        let compared = contrasts(assembly.study);
        self.of_arms(assembly, &|arm, assembly| {
            let contrast = compared.iter().find(|(first, _)| first.id == arm.id);
            let mut cell = |format: &str| {
                contrast.map_or_else(Cell::default, |(first, second)| {
                    let key = |s| {
                        let key = self.key(visit, s, method).contrast(&first.id, &second.id);
                        level.map_or_else(|| key.clone(), |level| key.clone().level(level))
                    };
                    assembly.cell(format, self.style, &key)
                })
            };
            let [estimate, limits, p_value] = formats.map(&mut cell);
            [Cell::default(), estimate, limits, p_value]
        })
    }

    fn footnotes(&self, layout: &ChangeLayout, assembly: &Assembly<'_>) -> Vec<Footnote> {
        let shows =
            |field: &str| layout.describe && layout.number_rows.iter().any(|format| format.show.contains(field));
        let compares = !self.continuous.compare_at.is_empty() && !self.continuous.methods.is_empty();
        let models = compares && self.of(Shown::Model).next().is_some();
        let errors = models || compares && self.of(Shown::Difference).next().is_some();
        let terms = [
            (shows("{sd"), "SD: standard deviation"),
            (shows("{q1") || shows("{q3"), "Q1, Q3: quartiles"),
            (models, "LS: least-squares"),
            (self.has(Method::Mmrm), "MMRM: model for repeated measurements"),
            (errors, "SE: standard error"),
            (errors || compares && self.has(Method::HodgesLehmann), "CI: confidence interval"),
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

    /// Which covariance the model for repeated measurements has, and which were tried before it.
    fn covariance_in_words(&self, assembly: &Assembly<'_>) -> Option<String> {
        let is_meant = |key: &&Key| {
            key.analysis == *self.endpoint.id
                && key.method == Some(Method::Mmrm)
                && key.statistic == Statistic::Structure
        };
        let rows: Vec<_> = assembly.rows.keys().filter(is_meant).filter_map(|key| assembly.rows.get(key)).collect();
        let chosen = rows.iter().find_map(|row| match &row.value {
            Value::Text(words) => Some(words.clone()),
            _ => None,
        });
        let failed: Vec<&str> = rows
            .iter()
            .filter(|row| matches!(row.value, Value::NotEstimable(_)))
            .filter_map(|row| row.key.levels.first().map(String::as_str))
            .collect();
        let tried =
            if failed.is_empty() { String::new() } else { format!("; without result before: {}", failed.join("; ")) };
        let chosen = chosen.map(|words| format!("MMRM: covariance {words}{tried}."));
        chosen.or_else(|| (!failed.is_empty()).then(|| format!("MMRM: no covariance gave a result{tried}.")))
    }

    /// What the rows of the comparisons are.
    fn comparisons_in_words(&self, assembly: &Assembly<'_>) -> String {
        let study = assembly.study;
        let reference = &study.arm[study.reference_arm()].label;
        let mut sentences: Vec<String> =
            study.compares().then(|| format!("Differences are from {reference}.")).into_iter().collect();
        if self.has(Method::Ancova) {
            sentences.push(
                "LS means and their difference: analysis of covariance of the change with arm as factor and baseline as \
                 covariate."
                    .to_owned(),
            );
        }
        sentences.extend(self.covariance_in_words(assembly));
        let mut rows = Vec::new();
        rows.extend(self.of(Shown::Within).map(|method| method.label().to_owned()));
        rows.extend(self.of(Shown::Difference).map(|method| method.label().to_owned()));
        if self.has(Method::HodgesLehmann) {
            rows.push("difference and limits of Hodges and Lehmann".to_owned());
        }
        rows.extend(self.of(Shown::All).map(|method| method.label().to_owned()));
        rows.extend(self.of(Shown::Test).map(|method| method.label().to_owned()));
        if !rows.is_empty() {
            sentences.push(format!("Rows below: {}.", rows.join("; ")));
        }
        if self.has(Method::WilcoxonWorstRank) {
            sentences.push(
                "Worst rank: participants with the intercurrent events of the estimand rank behind all others, tied."
                    .to_owned(),
            );
        }
        let except = if self.has(Method::Dunnett) { ", Dunnett’s apart," } else { "" };
        let what = if study.compares() { "comparisons" } else { "tests" };
        sentences.push(format!("p-values are two-sided and{except} not adjusted for the number of {what}."));
        sentences.join(" ")
    }
}

/// The difference of an analysis with its limits and p-value.
const DIFFERENCE: [&str; 3] = ["{difference} ({difference-se})", "{difference-lower}, {difference-upper}", "{p-value}"];

/// How the table shows what a method gives.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    /// Least-squares means and their difference.
    Model,
    /// A p-value under each arm.
    Within,
    /// A difference with its standard error, limits and p-value.
    Difference,
    /// A p-value under the arm compared.
    Test,
    /// A p-value of all arms.
    All,
}

/// How a method is shown; Hodges and Lehmann's difference in its own way.
const fn how(method: Method) -> Option<Shown> {
    match method.family() {
        Family::Repeated => Some(Shown::Model),
        Family::Within => Some(Shown::Within),
        Family::ChangeOfAll => Some(Shown::All),
        Family::Imputed => Some(Shown::Difference),
        Family::Change => match method {
            Method::Ancova => Some(Shown::Model),
            Method::TTest | Method::Welch | Method::Dunnett | Method::AncovaHc3 => Some(Shown::Difference),
            Method::HodgesLehmann => None,
            _ => Some(Shown::Test),
        },
        _ => None,
    }
}

/// The stub of a method: shorter than its label where the place is narrow.
const fn short(method: Method) -> &'static str {
    match method {
        Method::Ancova => "ANCOVA",
        Method::AncovaHc3 => "ANCOVA, HC3",
        Method::Wilcoxon => "Wilcoxon",
        Method::WilcoxonWorstRank => "Worst rank",
        Method::RankAncova => "Rank ANCOVA",
        Method::VanElteren => "van Elteren",
        Method::Permutation => "Permutation",
        Method::Dunnett => "Dunnett",
        Method::MultipleImputation => "MI, MAR",
        Method::JumpToReference => "MI, J2R",
        Method::CopyReference => "MI, CR",
        Method::CopyIncrements => "MI, CIR",
        Method::DeltaAdjusted => "MI, worse",
        _ => method.label(),
    }
}
