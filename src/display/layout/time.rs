//! A table of times to events: who had it, how probable it was by each visit, when, and how the arms compare.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note};
use crate::display::layout::response::level_text;
use crate::display::layout::timed::{Competes, Timed};
use crate::display::layout::{Laid, arm_columns, each_arm, each_compared};
use crate::display::number::Style;
use crate::display::report::{Body, Cell, Footnote, Table, TableRow};
use crate::results::{Family, Key, Method, Statistic, Value};
use crate::spec::Study;
use crate::spec::design::Visit;
use crate::spec::figure::TimeLayout;
use crate::spec::outcome::Time;

/// What becomes of competing events where hazards are compared: the item of the results, and in words.
pub(super) const CENSORED: (&str, &str) = ("competing-censored", "competing events censored");
/// The item of comparisons of cumulative incidence.
const OF_INCIDENCE: &str = "cumulative-incidence";
const AT_RISK: (&str, &str) = ("competing-at-risk", "competing events kept at risk to the last day");

pub(super) fn table(layout: &TimeLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoints = layout.of.iter().filter_map(|name| study.endpoint(name));
    let endpoints: Vec<Timed<'_>> = endpoints.filter_map(|endpoint| Timed::new(study, endpoint)).collect();
    let columns = arm_columns(&endpoints.first()?.endpoint.id, assembly);
    let style = Style { p_decimals: layout.p_decimals, ..Style::recorded(0) };
    let mut rows = Vec::new();
    for time in &endpoints {
        let mut block = Block { time, style, rows: &mut rows };
        block.rows.push(heading(0, time.endpoint.label.clone()));
        block.events(assembly);
        block.readings(assembly);
        block.quantiles(assembly);
        block.more(assembly);
        block.contrasts(assembly);
        block.comparison(OF_INCIDENCE, "Comparison of cumulative incidence", assembly);
        if time.competes == Competes::Nothing {
            block.comparison(CENSORED.0, "Comparison of hazards", assembly);
        } else {
            for (item, words) in [CENSORED, AT_RISK] {
                block.comparison(item, &format!("Comparison of hazards, {words}"), assembly);
            }
        }
    }
    let table = Table { stub_head: String::new(), columns, spanners: Vec::new(), rows };
    let analyses = endpoints.iter().map(|time| time.endpoint.id.to_string()).collect();
    Some(Laid { body: Body::Table(aligned(table)), footnotes: footnotes(&endpoints, study), analyses })
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
    time: &'a Timed<'a>,
    style: Style,
    rows: &'r mut Vec<TableRow>,
}

impl Block<'_, '_> {
    /// A row of a cell an arm.
    fn arms(&mut self, indent: u8, label: String, format: &str, key: &dyn Fn(Key) -> Key, assembly: &mut Assembly<'_>) {
        let (id, style) = (&*self.time.endpoint.id, self.style);
        let cells =
            each_arm(assembly, &|arm, assembly| assembly.cell(format, style, &|s| key(Key::new(id, s).arm(arm))));
        self.rows.push(data_row(indent, label, cells));
    }

    fn events(&mut self, assembly: &mut Assembly<'_>) {
        for (item, label) in [("event", "Event"), ("competing", "Competing event first"), ("censored", "Censored")] {
            if item != "competing" || self.time.competes != Competes::Nothing {
                let key = |key: Key| key.variable(item);
                self.arms(1, format!("{label}, n (%)"), "{count} ({share})", &key, assembly);
            }
        }
    }

    /// The curve where it is read: the incidence, or of a time known in days without it, the probability of being
    /// without event.
    fn readings(&mut self, assembly: &mut Assembly<'_>) {
        let (time, style) = (self.time, self.style);
        let (what, method, statistics) = if time.has(Method::AalenJohansen) {
            ("Cumulative incidence", Method::AalenJohansen, INCIDENCE)
        } else if time.has(Method::KaplanMeier) && time.last_day.is_none() {
            ("Without event", Method::KaplanMeier, SURVIVAL)
        } else {
            return;
        };
        self.rows.push(heading(1, format!("{what}, % ({} % CI)", level_text(time.conf_level))));
        for reading in &time.readings {
            let cells = each_arm(assembly, &|arm, assembly| {
                let key = |s| time.key(arm, method, s).at(&reading.at);
                read_cell(statistics, style, &key, assembly)
            });
            self.rows.push(data_row(2, reading.label.clone(), cells));
        }
    }

    fn quantiles(&mut self, assembly: &mut Assembly<'_>) {
        if !self.time.has(Method::KaplanMeier) {
            return;
        }
        let level = self.time.conf_level;
        let key = |key: Key| key.method(Method::KaplanMeier).limited(level);
        self.rows.push(heading(1, "Time to event, days"));
        let label = format!("Median ({} % CI)", level_text(level));
        let places = self.time.decimals(assembly);
        let median = format!("{{median:{places}}} ({{median-lower:{places}}}, {{median-upper:{places}}})");
        self.arms(2, label, &median, &key, assembly);
        self.arms(2, "Q1, Q3".to_owned(), &format!("{{q1:{places}}}, {{q3:{places}}}"), &key, assembly);
    }

    /// Further descriptions of each arm: incidence between visits, cumulative hazard, restricted mean.
    fn more(&mut self, assembly: &mut Assembly<'_>) {
        let level = self.time.conf_level;
        let described = [
            (Method::Turnbull, "Cumulative incidence by Turnbull, %".to_owned(), "{incidence}"),
            (
                Method::NelsonAalen,
                format!("Cumulative hazard by Nelson–Aalen ({} % CI)", level_text(level)),
                "{hazard} ({hazard-lower}, {hazard-upper})",
            ),
        ];
        let (time, style) = (self.time, self.style);
        for (method, label, format) in described.into_iter().filter(|(method, _, _)| time.has(*method)) {
            self.rows.push(heading(1, label));
            for reading in &time.readings {
                let cells = each_arm(assembly, &|arm, assembly| {
                    assembly.cell(format, style, &|s| time.key(arm, method, s).at(&reading.at))
                });
                self.rows.push(data_row(2, reading.label.clone(), cells));
            }
        }
        if time.has(Method::RestrictedMean) {
            let key = |key: Key| key.method(Method::RestrictedMean).limited(level);
            let until = Key::new(&*time.endpoint.id, Statistic::Until).method(Method::RestrictedMean);
            let until = assembly.text(&until, style);
            let label = format!("Restricted mean to day {until}, days ({} % CI)", level_text(level));
            self.arms(1, label, "{mean} ({mean-lower}, {mean-upper})", &key, assembly);
        }
    }

    /// The comparison with the reference, with one treatment of competing events.
    fn comparison(&mut self, item: &str, title: &str, assembly: &mut Assembly<'_>) {
        let is_shown = |method: &Method| matches!(method.family(), Family::TimeTest | Family::Hazard);
        let of_incidence = |method: &Method| matches!(method, Method::Gray | Method::FineGray);
        let belongs = |method: &Method| is_shown(method) && of_incidence(method) == (item == OF_INCIDENCE);
        let methods = self.time.methods.iter().copied().filter(belongs);
        let mut methods: Vec<Method> = methods.collect();
        methods.sort_unstable();
        if methods.is_empty() {
            return;
        }
        let study = assembly.study;
        let reference = &study.arm[study.reference_arm()].label;
        let level = level_text(self.time.conf_level);
        self.rows.push(heading(1, title));
        let with_p = "{ratio} ({ratio-lower}, {ratio-upper}); {p-value}";
        for method in methods {
            let (label, format) = match method {
                Method::Cox => (format!("Hazard ratio to {reference} ({level} % CI); p-value"), with_p),
                Method::CoxProfile => (format!("{level} % CI, profile likelihood"), "{ratio-lower}, {ratio-upper}"),
                Method::GroupedHazards => (format!("Hazard ratio in grouped time ({level} % CI); p-value"), with_p),
                Method::FineGray => (format!("Ratio of subdistribution hazards ({level} % CI); p-value"), with_p),
                Method::CoxDiscrete => (format!("Odds ratio, {} ({level} % CI); p-value", method.label()), with_p),
                _ if method.family() == Family::Hazard => {
                    (format!("Hazard ratio, {} ({level} % CI); p-value", method.label()), with_p)
                }
                _ => (format!("p-value ({})", method.label()), "{p-value}"),
            };
            self.compared(item, label, format, method, assembly);
        }
    }

    /// The comparison of restricted means, and of curves where they are read.
    fn contrasts(&mut self, assembly: &mut Assembly<'_>) {
        if self.time.has(Method::LogRankTrend) {
            // Of all arms: it stands once, under the first.
            let method = Method::LogRankTrend;
            let key = |s| Key::new(&*self.time.endpoint.id, s).variable(CENSORED.0).method(method);
            let mut cells = vec![Cell::default(); assembly.study.arm.len()];
            cells[0] = assembly.cell("{p-value}", self.style, &key);
            self.rows.push(data_row(1, format!("p-value ({}, all arms)", method.label()), cells));
        }
        let (time, level) = (self.time, level_text(self.time.conf_level));
        if time.has(Method::RestrictedMean) && assembly.study.compares() {
            let label = format!("Difference of restricted means, days ({level} % CI); p-value");
            let format = "{difference:1} ({difference-lower:1}, {difference-upper:1}); {p-value}";
            self.compared(CENSORED.0, label, format, Method::RestrictedMean, assembly);
            let label = format!("Ratio of restricted means ({level} % CI)");
            let format = "{ratio} ({ratio-lower}, {ratio-upper})";
            self.compared(CENSORED.0, label, format, Method::RestrictedMean, assembly);
        }
        let described = [
            (
                Method::SurvivalDifference,
                format!("Difference without event, % points ({level} % CI)"),
                "{difference} ({difference-lower}, {difference-upper})",
            ),
            (Method::Milestone, "p-value (milestone test)".to_owned(), "{p-value}"),
        ];
        let points = Style { points: true, ..self.style };
        for (method, label, format) in described.into_iter().filter(|(method, _, _)| time.has(*method)) {
            self.rows.push(heading(1, label));
            for reading in &time.readings {
                let cells = each_compared(assembly, &|arm, reference, assembly| {
                    let key = |s| time.compared(CENSORED.0, (arm, reference), method, s).at(&reading.at);
                    assembly.cell(format, points, &key)
                });
                self.rows.push(data_row(2, reading.label.clone(), cells));
            }
        }
    }

    fn compared(&mut self, item: &str, label: String, format: &str, method: Method, assembly: &mut Assembly<'_>) {
        let (time, style) = (self.time, self.style);
        let cells = each_compared(assembly, &|arm, reference, assembly| {
            assembly.cell(format, style, &|s| time.compared(item, (arm, reference), method, s))
        });
        self.rows.push(data_row(2, label, cells));
    }
}

const INCIDENCE: [Statistic; 3] = [Statistic::Incidence, Statistic::IncidenceLower, Statistic::IncidenceUpper];
const SURVIVAL: [Statistic; 3] = [Statistic::Survival, Statistic::SurvivalLower, Statistic::SurvivalUpper];

/// A probability with its limits; before the first event there are none, and that is no gap to be explained.
fn read_cell(
    [estimate, lower, upper]: [Statistic; 3],
    style: Style,
    key: &dyn Fn(Statistic) -> Key,
    assembly: &mut Assembly<'_>,
) -> Cell {
    let no_event = match (assembly.rows.get(&key(estimate)).map(|row| &row.value), estimate) {
        (Some(Value::Number(probability)), Statistic::Survival) => *probability >= 1.0,
        (Some(Value::Number(probability)), _) => *probability <= 0.0,
        (Some(Value::Share { part, .. }), _) => *part == 0,
        _ => false,
    };
    let format = if no_event {
        format!("{{{}}}", estimate.name())
    } else {
        format!("{{{}}} ({{{}}}, {{{}}})", estimate.name(), lower.name(), upper.name())
    };
    let mut cell = assembly.cell(&format, style, key);
    if no_event {
        cell.text.push_str(" (no event)");
    }
    cell
}

fn footnotes(endpoints: &[Timed<'_>], study: &Study) -> Vec<Footnote> {
    let has = |method: Method| endpoints.iter().any(|time| time.has(method));
    let mut parts = vec!["CI: confidence interval"];
    let competing = endpoints.iter().any(|time| time.competes != Competes::Nothing);
    let of_curve = if competing || endpoints.iter().any(|time| time.last_day.is_some()) {
        "median and quartiles (Q1, Q3) of time: Kaplan–Meier, competing events censored"
    } else {
        "median and quartiles (Q1, Q3) of time: Kaplan–Meier"
    };
    let methods = [
        (Method::AalenJohansen, "cumulative incidence: Aalen–Johansen, log(−log) limits"),
        (Method::KaplanMeier, of_curve),
        (Method::Cox, "hazard ratio: Cox model, Efron’s ties, limits and p-value by Wald"),
        (Method::GroupedHazards, "grouped time: complementary log-log model of the visits, limits and p-value by Wald"),
        (Method::FirthCox, "Firth’s penalty: limits and p-value by the profile of the penalised likelihood"),
        (
            Method::Turnbull,
            "Turnbull: events known to lie between two visits of the schedule, each by the end of its window; competing \
             events censored",
        ),
        (Method::LogRank, "p-values two-sided"),
    ];
    let censoring = [
        Method::NelsonAalen,
        Method::RestrictedMean,
        Method::SurvivalDifference,
        Method::Milestone,
        Method::LogRankTrend,
    ];
    parts.extend(methods.into_iter().filter(|(method, _)| has(*method)).map(|(_, words)| words));
    if competing && censoring.into_iter().any(has) {
        parts.push(if study.compares() {
            "cumulative hazards, restricted means, differences without event, milestone and trend tests: competing events \
             censored"
        } else {
            "cumulative hazards and restricted means: competing events censored"
        });
    }
    let mut notes = vec![note(format!("{}.", parts.join("; ")))];
    let mut named: Vec<String> = Vec::new();
    for time in endpoints {
        let Competes::Named(events) = &time.competes else { continue };
        let text = format!("Competing events: {events}.");
        if !named.contains(&text) {
            named.push(text);
        }
    }
    notes.extend(named.into_iter().map(note));
    let mut days: Vec<i32> = endpoints.iter().filter_map(|time| time.last_day).collect();
    days.dedup();
    if days.is_empty() {
        return notes;
    }
    let days: Vec<String> = days.iter().map(ToString::to_string).collect();
    if endpoints.iter().any(|time| time.last_day.is_some() && time.has(Method::AalenJohansen)) {
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
