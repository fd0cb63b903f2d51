//! Shells: the report before there are any data. What a layout asks for is a placeholder of the right shape; levels,
//! parameters and records that only data know are an example or two.

use crate::display::number::Style;
use crate::results::{Decimals, Extract, Key, Method, Provenance, Results, Row, Statistic, Value};
use crate::spec::Study;
use crate::spec::design::{FlowReason, Loss};
use crate::spec::output::DisplaySpec;
use crate::spec::text::Name;

/// What stands for a number of subjects or records.
pub(super) const COUNT: &str = "xx";
/// What stands for words, dates and codes of the data.
pub(super) const WORDS: &str = "xxx";

/// What stands for a statistic, with the decimals it will have.
pub(super) fn placeholder(statistic: Statistic, style: Style) -> String {
    let places = |default: u8| style.explicit.unwrap_or(default);
    let (whole, decimals) = match statistic.decimals() {
        Decimals::Whole => (COUNT, places(0)),
        Decimals::Percent(default) => (COUNT, places(default)),
        Decimals::Recorded(_) if style.points => (COUNT, places(1)),
        Decimals::Recorded(more) => (COUNT, places(style.recorded + more)),
        Decimals::Probability(_) => ("x", places(style.p_decimals)),
        Decimals::Fixed(fixed) => ("x", places(fixed)),
    };
    with_decimals(whole, decimals)
}

fn with_decimals(whole: &str, decimals: u8) -> String {
    if decimals == 0 { whole.to_owned() } else { format!("{whole}.{}", "x".repeat(usize::from(decimals))) }
}

/// What stands for the results: example levels where the specification lists none, the methods that are asked for, and
/// example records of listings. All else is made up where it is asked for.
pub(super) fn results(study: &Study) -> Results {
    let mut examples = Examples { study, rows: Vec::new() };
    examples.levels();
    examples.occurrences();
    examples.parameters();
    examples.flow();
    examples.running();
    examples.methods();
    let extracts = study.display.iter().flat_map(|display| extracts(study, display)).collect();
    Results { rows: examples.rows, extracts, ..Results::default() }
}

/// The provenance of shells: the specification and nothing else. The date of the lock is empty.
pub(super) fn provenance(specification: &Provenance) -> Provenance {
    Provenance {
        lock_date: String::new(),
        content: String::new(),
        data: Vec::new(),
        conformance: Vec::new(),
        ..specification.clone()
    }
}

struct Examples<'a> {
    study: &'a Study,
    rows: Vec<Row>,
}

impl Examples<'_> {
    /// An example of a key, for all arms together and for each.
    fn add(&mut self, key: &Key) {
        let of_arms = self.study.arm.iter().map(|arm| key.clone().arm(&arm.id));
        let keys: Vec<Key> = std::iter::once(key.clone()).chain(of_arms).collect();
        for key in keys {
            self.push(key);
        }
    }

    fn push(&mut self, key: Key) {
        if !self.rows.iter().any(|row| row.key == key) {
            self.rows.push(Row { key, value: Value::Text(COUNT.to_owned()), unit: None, subjects: None });
        }
    }

    /// Two levels of each category whose levels are not listed.
    fn levels(&mut self) {
        for summary in &self.study.summary {
            let open = summary.items.iter().filter(|item| item.category.is_some() && item.levels.is_empty());
            for item in open {
                for level in ["Level 1", "Level 2"] {
                    self.add(&Key::new(&*summary.id, Statistic::Count).variable(&item.id).level(level));
                }
            }
        }
    }

    /// A path of each hierarchy, with two leaves.
    fn occurrences(&mut self) {
        for occurrence in &self.study.occurrence {
            let key = Key::new(&*occurrence.id, Statistic::Count);
            let mut above = key.clone();
            for depth in 1..=occurrence.levels.len() {
                let leaves = if depth == occurrence.levels.len() { 2 } else { 1 };
                for leaf in 1..=leaves {
                    self.add(&above.clone().level(&format!("Level {depth}, example {leaf}")));
                }
                above = above.level(&format!("Level {depth}, example 1"));
            }
        }
    }

    /// A parameter where none is listed.
    fn parameters(&mut self) {
        const PARAMETER: &str = "Parameter 1";
        for summary in self.study.parameter_summary.iter().filter(|summary| summary.parameters.is_empty()) {
            for visit in &summary.at {
                let key = Key::new(&*summary.id, Statistic::N).variable(PARAMETER).at(visit);
                self.add(&key.clone().level("value"));
                self.add(&key.level("change"));
            }
        }
        for shift in self.study.grade_shift.iter().filter(|shift| shift.parameters.is_empty()) {
            for from in &shift.levels {
                for to in &shift.levels {
                    let key = Key::new(&*shift.id, Statistic::Count).variable(PARAMETER);
                    self.add(&key.level(&from.value).level(&to.value));
                }
            }
        }
    }

    /// The reasons of the flow diagram: as listed, else an example.
    fn flow(&mut self) {
        let study = self.study;
        let Some(flow) = &study.flow else { return };
        let of_loss = |loss: &Loss| if loss.by.is_some() { vec!["Reason 1".to_owned()] } else { labels(&loss.reasons) };
        let key = Key::new(&*flow.id, Statistic::Count);
        for label in of_loss(&flow.excluded) {
            self.push(key.clone().variable("excluded").level(&label));
        }
        for arm in &study.arm {
            for (node, reasons) in [
                ("not-received", labels(&flow.not_received)),
                ("discontinued", of_loss(&flow.discontinued)),
                ("lost", of_loss(&flow.lost)),
                ("not-analysed", labels(&flow.not_analysed)),
            ] {
                for label in reasons {
                    self.push(key.clone().arm(&arm.id).variable(node).level(&label));
                }
            }
        }
    }

    /// The reasons of boxes of status, and two sites of accrual.
    fn running(&mut self) {
        let study = self.study;
        for status in &study.status {
            for own in &status.boxes {
                let by = own.by.as_ref().map(|_| "Reason 1".to_owned());
                for label in by.into_iter().chain(labels(&own.reasons)) {
                    self.add(&Key::new(&*status.id, Statistic::Count).variable(&own.id).level(&label));
                }
            }
        }
        for accrual in study.accrual.iter().filter(|accrual| accrual.site.is_some()) {
            for site in ["Site 1", "Site 2"] {
                self.push(Key::new(&*accrual.id, Statistic::Count).variable("site").level(site));
            }
        }
    }

    /// A row of no analysis for each method, so that the methods section explains it.
    fn methods(&mut self) {
        let study = self.study;
        let mut methods: Vec<Method> = Vec::new();
        for endpoint in &study.endpoint {
            methods.extend(endpoint.binary.iter().flat_map(|binary| &binary.methods));
            methods.extend(endpoint.continuous.iter().flat_map(|continuous| &continuous.methods));
            methods.extend(endpoint.time.iter().flat_map(|time| &time.methods));
            methods.extend(endpoint.survival.iter().flat_map(|survival| &survival.methods));
            methods.extend(endpoint.time.iter().map(|_| Method::AalenJohansen));
            methods.extend(endpoint.ancova.iter().map(|_| Method::Ancova));
            methods.extend(endpoint.ancova.iter().filter(|ancova| ancova.trend).map(|_| Method::AncovaTrend));
        }
        methods.extend(study.multiplicity.iter().map(|family| family.method));
        methods.extend(study.monitoring.iter().map(|_| Method::GroupSequential));
        let told = study.monitoring.iter().filter(|plan| plan.monitored.is_some() || plan.information.is_some());
        methods.extend(told.flat_map(|_| [Method::ConditionalPower, Method::PredictivePower]));
        methods.extend(study.safety_rule.iter().map(|rule| rule.stop.method()));
        methods.extend(study.accrual.iter().map(|_| Method::Projection));
        methods.extend(study.occurrence.iter().flat_map(|occurrence| &occurrence.methods));
        methods.extend(study.summary.iter().flat_map(|summary| &summary.items).filter_map(|item| item.test));
        for method in methods {
            self.push(Key::new("", Statistic::N).method(method));
        }
    }
}

fn labels(reasons: &[FlowReason]) -> Vec<String> {
    reasons.iter().map(|reason| reason.label.clone()).collect()
}

/// Example records of a display: a line of a listing for each arm; figures of single subjects have none.
fn extracts(study: &Study, display: &DisplaySpec) -> Vec<Extract> {
    let of = |id: String, columns: usize, lines: Vec<Vec<String>>| Extract {
        id,
        columns: std::iter::repeat_n(String::new(), columns).collect(),
        lines,
    };
    let words = |columns: usize, visit: Option<&Name>| -> Vec<Vec<String>> {
        let line = |arm: &str| {
            let mut line = vec![arm.to_owned(), WORDS.to_owned()];
            line.extend(visit.map(ToString::to_string));
            line.resize(columns, WORDS.to_owned());
            line
        };
        study.arm.iter().map(|arm| line(&arm.id)).collect()
    };
    let id = display.id.to_string();
    if let Some(layout) = &display.listing {
        let visit = layout.at.first().filter(|_| layout.at.len() > 1);
        let columns = 2 + usize::from(visit.is_some()) + layout.columns.len();
        return vec![of(id, columns, words(columns, visit))];
    }
    if let Some(layout) = &display.narratives {
        let columns = 2 + layout.facts.len();
        return vec![of(id, columns, words(columns, None).into_iter().take(1).collect())];
    }
    if let Some(layout) = &display.profile {
        let facts = 2 + layout.facts.len();
        let one = |columns: usize| words(columns, None).into_iter().take(1).collect();
        let mut all = vec![
            of(id.clone(), facts, one(facts)),
            of(format!("{id}.lanes"), 6, Vec::new()),
            of(format!("{id}.findings"), 8, Vec::new()),
        ];
        all.extend(layout.listings.iter().enumerate().map(|(position, listing)| {
            let columns = 2 + listing.columns.len();
            of(format!("{id}.listing-{position}"), columns, one(columns))
        }));
        return all;
    }
    let columns = [
        (display.individual.is_some(), 4),
        (display.boxes.is_some(), 5),
        (display.scatter.is_some(), 6),
        (display.waterfall.is_some(), 3),
        (display.swimmer.is_some(), 6),
    ];
    columns.iter().filter(|(is, _)| *is).map(|(_, columns)| of(id.clone(), *columns, Vec::new())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_have_the_decimals_of_what_they_stand_for() {
        let style = Style::recorded(1);
        for (statistic, style, text) in [
            (Statistic::Count, style, "xx"),
            (Statistic::Share, style, "xx.x"),
            (Statistic::Share, Style { explicit: Some(0), ..style }, "xx"),
            (Statistic::Mean, style, "xx.xx"),
            (Statistic::Sd, style, "xx.xxx"),
            (Statistic::Min, Style::recorded(0), "xx"),
            (Statistic::Difference, Style { points: true, ..style }, "xx.x"),
            (Statistic::PValue, Style { p_decimals: 3, ..style }, "x.xxx"),
            (Statistic::Ratio, style, "x.xx"),
        ] {
            assert_eq!(placeholder(statistic, style), text, "{statistic:?}");
        }
    }
}
