//! A table of times to events: who had it, how probable it was by each visit, when, and how the arms compare.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note};
use crate::display::layout::response::level_text;
use crate::display::layout::{Laid, arm_columns, each_arm, each_compared};
use crate::display::number::Style;
use crate::display::report::{Body, Footnote, Table, TableRow};
use crate::results::{Key, Method, Statistic};
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

/// The visits of the schedule whose nominal day is observed.
pub(super) fn observed<'a>(study: &'a Study, time: &Time) -> Vec<&'a Visit> {
    let schedule = study.visits.iter().flat_map(|visits| &visits.schedule);
    schedule.filter(|visit| visit.day <= time.last_day).collect()
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
        for visit in observed(assembly.study, self.time) {
            let key = |key: Key| limit(key.at(&visit.id).method(Method::AalenJohansen), level);
            let format = "{incidence} ({incidence-lower}, {incidence-upper})";
            self.arms(2, visit.label.clone(), format, &key, assembly);
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
        self.arms(2, label, "{median} ({median-lower}, {median-upper})", &key, assembly);
        self.arms(2, "Q1, Q3".to_owned(), "{q1}, {q3}", &key, assembly);
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
        if self.has(Method::Cox) {
            let label = format!("Hazard ratio to {reference} ({level} % CI, Wald)");
            self.compared(item, label, "{ratio} ({ratio-lower}, {ratio-upper})", Method::Cox, assembly);
        }
        if self.has(Method::CoxProfile) {
            let label = format!("{level} % CI of the hazard ratio, profile likelihood");
            self.compared(item, label, "{ratio-lower}, {ratio-upper}", Method::CoxProfile, assembly);
        }
        if self.has(Method::Cox) {
            self.compared(item, "p-value (Cox model)".to_owned(), "{p-value}", Method::Cox, assembly);
        }
        if self.has(Method::GroupedHazards) {
            let label = format!("Hazard ratio in grouped time ({level} % CI)");
            let format = "{ratio} ({ratio-lower}, {ratio-upper})";
            self.compared(item, label, format, Method::GroupedHazards, assembly);
            let label = "p-value (grouped time)".to_owned();
            self.compared(item, label, "{p-value}", Method::GroupedHazards, assembly);
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
    notes.push(note(format!(
        "Time without event ends at the last visit assessed, at the latest on day {}.",
        days.join(" or ")
    )));
    notes
}
