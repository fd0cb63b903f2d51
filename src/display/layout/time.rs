//! A table of times to events: who had it, how probable it was by each visit, when, and how the arms compare.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note};
use crate::display::layout::response::level_text;
use crate::display::layout::{Laid, arm_columns, each_arm, each_compared};
use crate::display::number::{Style, needs_no_more};
use crate::display::report::{Body, Cell, Footnote, Table, TableRow};
use crate::results::{Key, Method, Statistic, Value};
use crate::spec::Study;
use crate::spec::design::Visit;
use crate::spec::endpoint::Endpoint;
use crate::spec::figure::TimeLayout;
use crate::spec::outcome::Time;

/// What becomes of competing events where hazards are compared: the item of the results, and in words.
const CENSORED: (&str, &str) = ("competing-censored", "competing events censored");
const AT_RISK: (&str, &str) = ("competing-at-risk", "competing events kept at risk to the last day");

pub(super) fn table(layout: &TimeLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoints: Vec<(&Endpoint, &Time)> = layout
        .of
        .iter()
        .filter_map(|name| study.endpoint(name))
        .filter_map(|endpoint| endpoint.time.as_ref().map(|time| (endpoint, time)))
        .collect();
    let columns = arm_columns(&endpoints.first()?.0.id, assembly);
    let style = Style { p_decimals: layout.p_decimals, ..Style::recorded(0) };
    let mut rows = Vec::new();
    for (endpoint, time) in &endpoints {
        let mut block = Block { endpoint, time, style, rows: &mut rows };
        block.rows.push(heading(0, endpoint.label.clone()));
        block.events(assembly);
        block.incidence(assembly);
        block.quantiles(assembly);
        if time.competing.is_empty() {
            block.comparison(CENSORED.0, "Comparison of hazards", assembly);
        } else {
            for (item, words) in [CENSORED, AT_RISK] {
                block.comparison(item, &format!("Comparison of hazards, {words}"), assembly);
            }
        }
    }
    let table = Table { stub_head: String::new(), columns, spanners: Vec::new(), rows };
    let analyses = endpoints.iter().map(|(endpoint, _)| endpoint.id.to_string()).collect();
    Some(Laid { body: Body::Table(aligned(table)), footnotes: footnotes(study, &endpoints), analyses })
}

/// The visits observed, with the last day of the window of each: by then whoever had the event at it is known.
pub(super) fn observed<'a>(study: &'a Study, time: &Time) -> Vec<(&'a Visit, i32)> {
    let Some(visits) = &study.visits else { return Vec::new() };
    let days = visits.closing_days(time.last_day);
    days.into_iter().filter_map(|(position, day)| Some((visits.schedule.get(position)?, day))).collect()
}

/// The labels of the competing events, as one text.
pub(super) fn competing(study: &Study, time: &Time) -> String {
    let labels = time.competing.iter().map(|name| study.event.get(&**name).map_or(&**name, |event| &*event.label));
    labels.collect::<Vec<_>>().join(", ")
}

/// The rows of one endpoint.
struct Block<'a, 'r> {
    endpoint: &'a Endpoint,
    time: &'a Time,
    style: Style,
    rows: &'r mut Vec<TableRow>,
}

impl Block<'_, '_> {
    fn has(&self, method: Method) -> bool {
        self.time.methods.contains(&method)
    }

    /// A row of a cell an arm.
    fn arms(&mut self, indent: u8, label: String, format: &str, key: &dyn Fn(Key) -> Key, assembly: &mut Assembly<'_>) {
        let (id, style) = (&*self.endpoint.id, self.style);
        let cells =
            each_arm(assembly, &|arm, assembly| assembly.cell(format, style, &|s| key(Key::new(id, s).arm(arm))));
        self.rows.push(data_row(indent, label, cells));
    }

    fn events(&mut self, assembly: &mut Assembly<'_>) {
        for (item, label) in [("event", "Event"), ("competing", "Competing event first"), ("censored", "Censored")] {
            if item != "competing" || !self.time.competing.is_empty() {
                let key = |key: Key| key.variable(item);
                self.arms(1, format!("{label}, n (%)"), "{count} ({share})", &key, assembly);
            }
        }
    }

    fn incidence(&mut self, assembly: &mut Assembly<'_>) {
        if !self.has(Method::AalenJohansen) {
            return;
        }
        let level = self.time.conf_level;
        self.rows.push(heading(1, format!("Cumulative incidence, % ({} % CI)", level_text(level))));
        for (visit, day) in observed(assembly.study, self.time) {
            let label = format!("{} (by day {day})", visit.label);
            let cells = each_arm(assembly, &|arm, assembly| {
                incidence_cell(self.endpoint, self.time, (arm, &visit.id), self.style, assembly)
            });
            self.rows.push(data_row(2, label, cells));
        }
    }

    fn quantiles(&mut self, assembly: &mut Assembly<'_>) {
        if !self.has(Method::KaplanMeier) {
            return;
        }
        let level = self.time.conf_level;
        let key = |key: Key| limit(key.method(Method::KaplanMeier), level);
        self.rows.push(heading(1, "Time to event, days"));
        let label = format!("Median ({} % CI)", level_text(level));
        // Times are whole days, but a quantile may lie between two of them.
        let format = |names: [&str; 3], [before, between, after]: [&str; 3], assembly: &Assembly<'_>| {
            let places = u8::from(!self.whole_days(assembly));
            let fields = names.map(|name| if name.is_empty() { String::new() } else { format!("{{{name}:{places}}}") });
            let [first, second, third] = fields;
            format!("{first}{before}{second}{between}{third}{after}")
        };
        let median = format(["median", "median-lower", "median-upper"], [" (", ", ", ")"], assembly);
        let quartiles = format(["q1", "q3", ""], [", ", "", ""], assembly);
        self.arms(2, label, &median, &key, assembly);
        self.arms(2, "Q1, Q3".to_owned(), &quartiles, &key, assembly);
    }

    /// Whether all medians and quartiles are whole days.
    fn whole_days(&self, assembly: &Assembly<'_>) -> bool {
        let of_times =
            [Statistic::Median, Statistic::MedianLower, Statistic::MedianUpper, Statistic::Q1, Statistic::Q3];
        let mut keys = assembly.rows.keys().filter(|key| {
            key.analysis == *self.endpoint.id
                && key.method == Some(Method::KaplanMeier)
                && of_times.contains(&key.statistic)
        });
        keys.all(|key| match assembly.rows.get(key).map(|row| &row.value) {
            Some(Value::Number(days)) => needs_no_more(*days, 0),
            _ => true,
        })
    }

    /// The comparison with the reference, with one treatment of competing events.
    fn comparison(&mut self, item: &str, title: &str, assembly: &mut Assembly<'_>) {
        let hazards = [Method::LogRank, Method::Cox, Method::CoxProfile, Method::GroupedHazards];
        if !hazards.into_iter().any(|method| self.has(method)) {
            return;
        }
        let study = assembly.study;
        let reference = &study.arm[study.reference_arm()].label;
        let level = level_text(self.time.conf_level);
        self.rows.push(heading(1, title));
        if self.has(Method::LogRank) {
            self.compared(item, "p-value (log-rank test)".to_owned(), "{p-value}", Method::LogRank, assembly);
        }
        let with_p = "{ratio} ({ratio-lower}, {ratio-upper}); {p-value}";
        if self.has(Method::Cox) {
            let label = format!("Hazard ratio to {reference} ({level} % CI); p-value");
            self.compared(item, label, with_p, Method::Cox, assembly);
        }
        if self.has(Method::CoxProfile) {
            let label = format!("{level} % CI, profile likelihood");
            self.compared(item, label, "{ratio-lower}, {ratio-upper}", Method::CoxProfile, assembly);
        }
        if self.has(Method::GroupedHazards) {
            let label = format!("Hazard ratio in grouped time ({level} % CI); p-value");
            self.compared(item, label, with_p, Method::GroupedHazards, assembly);
        }
    }

    fn compared(&mut self, item: &str, label: String, format: &str, method: Method, assembly: &mut Assembly<'_>) {
        let (id, level, style) = (&*self.endpoint.id, self.time.conf_level, self.style);
        let cells = each_compared(assembly, &|arm, reference, assembly| {
            let key = |s| limit(Key::new(id, s).variable(item).contrast(arm, reference).method(method), level);
            assembly.cell(format, style, &key)
        });
        self.rows.push(data_row(2, label, cells));
    }
}

/// The incidence by a visit with its limits; before the first event there are none, and that is no gap to be explained.
fn incidence_cell(
    endpoint: &Endpoint,
    time: &Time,
    (arm, visit): (&str, &str),
    style: Style,
    assembly: &mut Assembly<'_>,
) -> Cell {
    let key = |s| limit(Key::new(&*endpoint.id, s).arm(arm).at(visit).method(Method::AalenJohansen), time.conf_level);
    let no_event = match assembly.rows.get(&key(Statistic::Incidence)).map(|row| &row.value) {
        Some(Value::Number(incidence)) => *incidence <= 0.0,
        Some(Value::Share { part, .. }) => *part == 0,
        _ => false,
    };
    let format = if no_event { "{incidence}" } else { "{incidence} ({incidence-lower}, {incidence-upper})" };
    let mut cell = assembly.cell(format, style, &key);
    if no_event {
        cell.text.push_str(" (no event)");
    }
    cell
}

/// A key with its confidence level, if it is that of a limit.
pub(super) fn limit(key: Key, level: f64) -> Key {
    match key.statistic {
        Statistic::IncidenceLower
        | Statistic::IncidenceUpper
        | Statistic::MedianLower
        | Statistic::MedianUpper
        | Statistic::RatioLower
        | Statistic::RatioUpper => key.conf_level(level),
        _ => key,
    }
}

fn footnotes(study: &Study, endpoints: &[(&Endpoint, &Time)]) -> Vec<Footnote> {
    let has = |method: Method| endpoints.iter().any(|(_, time)| time.methods.contains(&method));
    let mut parts = vec!["CI: confidence interval"];
    let methods = [
        (Method::AalenJohansen, "cumulative incidence: Aalen–Johansen, log(−log) limits"),
        (Method::KaplanMeier, "median and quartiles (Q1, Q3) of time: Kaplan–Meier, competing events censored"),
        (Method::Cox, "hazard ratio: Cox model, Efron’s ties, limits and p-value by Wald"),
        (Method::GroupedHazards, "grouped time: complementary log-log model of the visits, limits and p-value by Wald"),
        (Method::LogRank, "p-values two-sided"),
    ];
    parts.extend(methods.into_iter().filter(|(method, _)| has(*method)).map(|(_, words)| words));
    let mut notes = vec![note(format!("{}.", parts.join("; ")))];
    let mut named: Vec<String> = Vec::new();
    for (_, time) in endpoints.iter().filter(|(_, time)| !time.competing.is_empty()) {
        let text = format!("Competing events: {}.", competing(study, time));
        if !named.contains(&text) {
            named.push(text);
        }
    }
    notes.extend(named.into_iter().map(note));
    let mut days: Vec<i32> = endpoints.iter().map(|(_, time)| time.last_day).collect();
    days.dedup();
    let days: Vec<String> = days.iter().map(ToString::to_string).collect();
    if has(Method::AalenJohansen) {
        notes.push(note(
            "Incidence is read on the last day of the window of each visit; at the last visit, on the last day observed.",
        ));
    }
    notes.push(note(format!(
        "Time without event ends at the last visit assessed, at the latest on day {}.",
        days.join(" or ")
    )));
    notes
}
