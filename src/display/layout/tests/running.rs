//! What a board reads: a snapshot, accrual by site, the status of participants, mean numbers of records, benefits and
//! harms.

use super::{Laid, STUDY, laid_of, notes, plot};
use crate::display::report::{Body, Card, Flow, Forest, Snapshot, Table};
use crate::results::{Key, Method, Reason, Results, Row, Statistic, Value};

const RUNNING: &str = r#"
[records.event]
label = "Events"
dataset = "LB"
[[occurrence]]
id = "events"
label = "Events"
records = "event"
analysis-set = "all"
at-risk = { from = "FROM", to = "TO", date = "DATE" }
at = [10, 20]
methods = ["miettinen-nurminen", "mean-cumulative"]
items = [{ id = "serious", label = "Serious events" }]
[[status]]
id = "status"
boxes = [
  { id = "seen", label = "Seen", rule = "TRUE", band = "Enrolment" },
  { id = "failed", label = "Failed", in = "seen", rule = "F", by = "WHY" },
  { id = "in", label = "Randomised", in = "seen", rule = "R", by-arm = true, band = "Trial" },
  { id = "on", label = "On treatment", in = "in", rule = "O" },
  { id = "off", label = "Off treatment", in = "in", rule = "N", band = "After" },
  { id = "gone", label = "Gone", in = "off", rule = "G" },
]
[[accrual]]
id = "accrual"
label = "Randomised"
analysis-set = "all"
date = "DATE"
planned = 20
site = "SITE"
since = { label = "Days from consent", date = "SIGNED" }
[[endpoint]]
id = "better"
label = "Better"
role = "primary"
analysis-set = "all"
binary = { frame = "f", at = ["V1"], response = "B", methods = ["miettinen-nurminen"] }
[visits]
reference = "DATE"
baseline = { id = "V0", label = "Baseline" }
schedule = [{ id = "V1", label = "Week 4", day = 29, within = 3 }]
[frame.f]
label = "F"
[[section]]
number = "2"
title = "Two"
"#;

struct Rows(Vec<Row>);

impl Rows {
    fn push(&mut self, key: Key, value: Value) {
        self.0.push(Row { key, value, unit: None, subjects: None });
    }

    fn counts(&mut self, analysis: &str, counts: &[(&str, &[&str], &str, u64)]) {
        for (item, levels, arm, number) in counts {
            let mut key = Key::new(analysis, Statistic::Count).variable(item);
            key = if arm.is_empty() { key } else { key.arm(arm) };
            key = levels.iter().fold(key, |key, level| key.level(level));
            self.push(key, Value::Count(*number));
        }
    }

    fn laid(self, layout: &str) -> Laid {
        let (before, display) = STUDY.split_once("[[section]]").expect("the study has a section");
        let study = format!("{before}{RUNNING}[[section]]{display}");
        let results = Results { rows: self.0, ..Results::default() };
        laid_of(&study, layout, &results).unwrap_or_else(|error| panic!("{error}"))
    }
}

fn status() -> Rows {
    let mut rows = Rows(Vec::new());
    rows.counts(
        "status",
        &[
            ("seen", &[], "", 9),
            ("failed", &[], "", 2),
            ("failed", &["TOO YOUNG"], "", 2),
            ("in", &[], "", 7),
            ("in", &[], "a", 4),
            ("in", &[], "c", 3),
            ("on", &[], "", 6),
            ("on", &[], "a", 3),
            ("on", &[], "c", 3),
            ("off", &[], "", 1),
            ("off", &[], "a", 1),
            ("off", &[], "c", 0),
            ("gone", &[], "", 1),
            ("gone", &[], "a", 1),
            ("gone", &[], "c", 0),
        ],
    );
    rows
}

/// A diagram as text: a line a box, its lines with their depth.
fn boxes(flow: &Flow) -> Vec<String> {
    let text = |(place, own): (String, &crate::display::report::FlowBox)| {
        let lines = own.lines.iter().map(|line| format!("{}{}", "- ".repeat(usize::from(line.indent)), line.text));
        format!("{place}: {}", lines.collect::<Vec<_>>().join(" | "))
    };
    flow.boxes().map(text).collect()
}

#[test]
fn participants_stand_in_their_boxes() {
    let laid = status().laid("\n[display.status]\nof = \"status\"\n");
    let Body::Flow(flow) = &laid.body else { panic!("no diagram") };
    assert_eq!(
        boxes(flow),
        [
            "box 1 of all: Seen (n = 9)",
            "box 1 of all, at the side: Failed (n = 2) | - Too young (n = 2)",
            "box 2 of all: Randomised (n = 7)",
            "arm 1, box 1: Active (n = 4) | - On treatment (n = 3) | - Off treatment (n = 1)",
            "arm 1, box 2: Off treatment (n = 1) | - Gone (n = 1)",
            "arm 2, box 1: Control (n = 3) | - On treatment (n = 3) | - Off treatment (n = 0)",
            "arm 2, box 2: Off treatment (n = 0) | - Gone (n = 0)",
        ]
    );
    assert_eq!(flow.bands, ["Enrolment", "Trial", "After"]);
}

/// With one arm there is no line of all, and the box has its own name.
#[test]
fn one_arm_is_one_column() {
    let laid = laid_of(
        &{
            let (before, after) = STUDY.split_once("[[arm]]\nid = \"c\"").expect("a second arm");
            let rest = after.split_once("[[analysis-set]]").expect("a set").1;
            let (head, display) = rest.split_once("[[section]]").expect("a section");
            format!("{before}[[analysis-set]]{head}{RUNNING}[[section]]{display}")
        },
        "\n[display.status]\nof = \"status\"\n",
        &Results { rows: status().0, ..Results::default() },
    );
    let laid = laid.unwrap_or_else(|error| panic!("{error}"));
    let Body::Flow(flow) = &laid.body else { panic!("no diagram") };
    assert_eq!(
        boxes(flow),
        [
            "box 1 of all: Seen (n = 9)",
            "box 1 of all, at the side: Failed (n = 2) | - Too young (n = 2)",
            "arm 1, box 1: Randomised (n = 4) | - On treatment (n = 3) | - Off treatment (n = 1)",
            "arm 1, box 2: Off treatment (n = 1) | - Gone (n = 1)",
        ]
    );
}

fn lines(table: &Table) -> Vec<String> {
    let row = |row: &crate::display::report::TableRow| {
        let cells: Vec<String> = row.cells.iter().map(|cell| cell.text.replace('\u{2007}', " ")).collect();
        format!("{} | {}", row.stub, cells.join(" | "))
    };
    table.rows.iter().map(row).collect()
}

#[test]
fn sites_stand_by_their_number_of_participants() {
    let mut rows = Rows(Vec::new());
    for (site, number, months, median) in [("A", 2, 2.0, Some(9.0)), ("B", 11, 4.0, Some(20.5)), ("C", 0, 0.0, None)] {
        let key = |statistic| Key::new("accrual", statistic).variable("site").level(site);
        let known = |value: Option<f64>| value.map_or(Value::NotEstimable(Reason::NoData), Value::Number);
        rows.push(key(Statistic::Count), Value::Count(number));
        rows.push(key(Statistic::Months), Value::Number(months));
        rows.push(key(Statistic::MonthlyRate), known(median.map(|_| 1.375)));
        rows.push(key(Statistic::Median), known(median));
        rows.push(key(Statistic::Min), known(median.map(|_| 3.0)));
        rows.push(key(Statistic::Max), known(median.map(|_| 30.0)));
    }
    for (statistic, value) in [
        (Statistic::Count, Value::Count(13)),
        (Statistic::Months, Value::Number(6.0)),
        (Statistic::MonthlyRate, Value::Number(13.0 / 6.0)),
        (Statistic::Median, Value::Number(20.0)),
        (Statistic::Min, Value::Number(3.0)),
        (Statistic::Max, Value::Number(30.0)),
    ] {
        rows.push(Key::new("accrual", statistic).variable("site"), value);
    }
    let laid = rows.laid("\n[display.accrual-table]\nof = \"accrual\"\n");
    let Body::Table(table) = &laid.body else { panic!("no table") };
    assert_eq!(
        lines(table),
        [
            "B | 11 | 4.0 | 1.38 | 20.5 (3, 30)",
            "A |  2 | 2.0 | 1.38 |  9.0 (3, 30)",
            "C |  0 | 0.0 | – |  –",
            "All sites | 13 | 6.0 | 2.17 | 20.0 (3, 30)",
        ]
    );
}

#[test]
fn accrual_says_how_far_it_is_and_where_it_goes() {
    let mut rows = Rows(Vec::new());
    let of = |statistic| Key::new("accrual", statistic);
    rows.push(of(Statistic::N), Value::Count(3));
    rows.push(of(Statistic::Missing), Value::Count(1));
    rows.counts("accrual", &[("remaining", &[], "", 17), ("course", &["5"], "", 2), ("course", &["40"], "", 3)]);
    rows.counts("accrual", &[("month", &["2025-01"], "", 2), ("month", &["2025-02"], "", 1)]);
    for (what, day, date) in [("opened", 1.0, "2025-01-01"), ("as-of", 45.0, "2025-02-14")] {
        rows.push(of(Statistic::Day).variable(what), Value::Number(day));
        rows.push(of(Statistic::Date).variable(what), Value::Text(date.to_owned()));
    }
    for (month, begins, ends) in [("2025-01", 0.0, 31.0), ("2025-02", 31.0, 59.0)] {
        rows.push(of(Statistic::Day).variable("begins").level(month), Value::Number(begins));
        rows.push(of(Statistic::Day).variable("ends").level(month), Value::Number(ends));
    }
    for what in ["all", "late"] {
        rows.push(of(Statistic::MonthlyRate).variable(what), Value::Number(2.03));
        let key = |statistic| of(statistic).variable(what).method(Method::Projection).limited(0.95);
        for (statistic, date) in [
            (Statistic::Date, "2025-10-27"),
            (Statistic::DateLower, "2025-05-01"),
            (Statistic::DateUpper, "2027-01-01"),
        ] {
            rows.push(key(statistic), Value::Text(date.to_owned()));
        }
    }
    for (level, number, lower, upper) in [("45", 3.0, 3.0, 3.0), ("59", 4.0, 3.0, 6.0)] {
        let key =
            |statistic| of(statistic).variable("projection").level(level).method(Method::Projection).limited(0.95);
        rows.push(key(Statistic::Expected), Value::Number(number));
        rows.push(key(Statistic::ExpectedLower), Value::Number(lower));
        rows.push(key(Statistic::ExpectedUpper), Value::Number(upper));
    }
    let laid = rows.laid("\n[display.accrual]\nof = \"accrual\"\n");
    let Body::Stack(panels) = &laid.body else { panic!("no stack of plots") };
    let marks = |position: usize| -> Vec<(f64, Option<f64>)> {
        panels[0].plot.series[position].marks.iter().map(|mark| (mark.x, mark.y)).collect()
    };
    // Nothing was planned: what there is up to the day of the data, and the projection.
    assert_eq!(marks(0), [(0.0, Some(0.0)), (5.0, Some(2.0)), (40.0, Some(3.0)), (45.0, None)]);
    assert_eq!(marks(1), [(45.0, Some(3.0)), (59.0, Some(4.0))]);
    let bars: Vec<(f64, Option<f64>)> = panels[1].plot.series[0].marks.iter().map(|mark| (mark.x, mark.y)).collect();
    assert_eq!(bars, [(15.5, Some(2.0)), (45.0, Some(1.0))]);
    assert!(panels.iter().all(|panel| panel.plot.x.ticks.iter().map(|(_, name)| &**name).eq(["Jan 2025", "Feb 2025"])));
    assert_eq!(
        notes(&laid)[..4],
        [
            "As of 2025-02-14: 3 of 20 planned.",
            "Participants a month: 2.03 since 2025-01-01, 2.03 in the last 91 days.",
            "Day of the last of 20 (95 % prediction limits): at the rate so far 2025-10-27 (2025-05-01 to 2027-01-01); at the \
             rate of the last 91 days 2025-10-27 (2025-05-01 to 2027-01-01).",
            "Not counted for want of a date: 1.",
        ]
    );
}

/// A mark: where it is, how high, and its interval.
type Step = (f64, Option<f64>, Option<(f64, f64)>);

#[test]
fn mean_numbers_rise_and_end_where_nobody_is_followed() {
    let mut rows = Rows(Vec::new());
    for (arm, last, steps) in [("a", 30.0, &[("5", 0.25), ("12", 0.5)][..]), ("c", 18.0, &[])] {
        let key = |statistic| {
            let key = Key::new("events", statistic).variable("serious").arm(arm).method(Method::MeanCumulative);
            key.limited(0.95)
        };
        rows.push(key(Statistic::Day), Value::Number(last));
        for (day, mean) in steps {
            rows.push(key(Statistic::Mean).level(day), Value::Number(*mean));
            rows.push(key(Statistic::MeanLower).level(day), Value::Number(mean / 2.0));
            rows.push(key(Statistic::MeanUpper).level(day), Value::Number(mean * 2.0));
        }
        for day in ["10", "20"] {
            rows.push(key(Statistic::AtRisk).at(day), Value::Count(4));
            rows.push(key(Statistic::Events).at(day), Value::Count(1));
            let known = if arm == "c" && day == "20" {
                Value::NotEstimable(Reason::NotIdentified)
            } else {
                Value::Number(0.25)
            };
            rows.push(key(Statistic::Mean).at(day), known);
        }
    }
    let laid = rows.laid("\n[display.mean-cumulative]\nof = \"events\"\nitem = \"serious\"\ny-title = \"Mean\"\n");
    let plot = plot(&laid);
    let marks = |position: usize| -> Vec<Step> {
        plot.series[position].marks.iter().map(|mark| (mark.x, mark.y, mark.interval)).collect()
    };
    assert_eq!(
        marks(0),
        [
            (0.0, Some(0.0), None),
            (5.0, Some(0.25), Some((0.125, 0.5))),
            (12.0, Some(0.5), Some((0.25, 1.0))),
            (30.0, None, None)
        ]
    );
    assert_eq!(marks(1), [(0.0, Some(0.0), None), (18.0, None, None)]);
    let below: Vec<String> = plot
        .under
        .iter()
        .map(|row| format!("{}: {}", row.label, row.cells.iter().map(|cell| cell.text.as_str()).collect::<String>()))
        .collect();
    assert_eq!(below, ["Active: followed: 44", "records: 11", "Control: followed: 44", "records: 11"]);
    assert!(plot.alt.ends_with("Active: day 10 0.25, day 20 0.25. Control: day 10 0.25, day 20 NE."), "{}", plot.alt);
}

#[test]
fn harms_are_turned_so_that_right_is_better() {
    let mut rows = Rows(Vec::new());
    for (analysis, item, at) in [("better", None, Some("V1")), ("events", Some("serious"), None)] {
        let key = |statistic| Key {
            variable: item.map(str::to_owned),
            at: at.map(str::to_owned),
            ..Key::new(analysis, statistic)
        };
        for (arm, part) in [("a", 3), ("c", 1)] {
            rows.push(key(Statistic::Count).arm(arm), Value::Count(part));
            rows.push(key(Statistic::Share).arm(arm), Value::share(part, 4));
            let n = if item.is_some() { Key::new(analysis, Statistic::N) } else { key(Statistic::N) };
            rows.push(n.arm(arm), Value::Count(4));
        }
        let compared = |statistic| key(statistic).contrast("a", "c").method(Method::MiettinenNurminen).limited(0.95);
        rows.push(compared(Statistic::Difference), Value::Number(0.5));
        rows.push(compared(Statistic::DifferenceLower), Value::Number(-0.125));
        rows.push(compared(Statistic::DifferenceUpper), Value::Number(0.875));
    }
    let layout = "\n[display.benefit-risk]\nbenefits = [{ of = \"better\" }]\nharms = [{ of = \"events\", item = \"serious\" }]\n";
    let laid = rows.laid(layout);
    let Body::Forest(Forest { rows, sides, .. }) = &laid.body else { panic!("no forest") };
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.trim_matches('\u{2007}')).collect();
            format!("{}{} | {}", "- ".repeat(usize::from(row.indent)), row.stub, cells.join(" | "))
        })
        .collect();
    assert_eq!(
        lines,
        [
            "Benefits | ",
            "- Better | 3/4 (75.0) | 1/4 (25.0) | 50.0 (−12.5, 87.5)",
            "Harms | ",
            "- Serious events | 3/4 (75.0) | 1/4 (25.0) | −50.0 (−87.5, 12.5)",
        ]
    );
    assert_eq!(rows[3].mark, Some((-50.0, (-87.5, 12.5))));
    assert_eq!(sides.as_ref().map(|(left, right)| (&**left, &**right)), Some(("favours Control", "favours Active")));
}

/// A rule for safety with one event of four in one arm, and a plan of which a look says this.
fn boundaries(status: &str, verdict: &str) -> Rows {
    let mut rows = Rows(Vec::new());
    for (arm, count, n, bound) in [("a", 1, 4, Some(2)), ("c", 0, 3, None)] {
        let key = |statistic| Key::new("rule", statistic).method(Method::PosteriorRule).arm(arm);
        rows.push(key(Statistic::Count), Value::Count(count));
        rows.push(key(Statistic::N), Value::Count(n));
        let bound = bound.map_or(Value::NotEstimable(Reason::NotReached), Value::Count);
        rows.push(key(Statistic::Boundary), bound);
        let status = if arm == "a" { status } else { "not-reached" };
        rows.push(key(Statistic::Status), Value::Text(status.to_owned()));
    }
    let plan = |statistic| Key::new("plan", statistic).method(Method::GroupSequential);
    for look in ["1", "2"] {
        rows.push(plan(Statistic::Information).level(look), Value::Number(0.5));
        let state = if look == "1" { "now" } else { "planned" };
        rows.push(plan(Statistic::Status).level(look), Value::Text(state.to_owned()));
        rows.push(plan(Statistic::Bound).level(look), Value::Number(2.9626));
    }
    rows.push(plan(Statistic::Z), Value::Number(1.25));
    rows.push(plan(Statistic::Status), Value::Text(verdict.to_owned()));
    rows
}

#[test]
fn a_snapshot_tells_how_near_the_boundaries_are() {
    let layout = r#"
[display.snapshot]
groups = [{ title = "Boundaries", cells = [{ label = "Safety", of = "rule" }, { label = "Looks", of = "plan" }] }]
[[safety-rule]]
id = "rule"
label = "Toxic"
analysis-set = "all"
subjects = "F"
planned = 10
stop = { posterior = { rate = 0.2, above = 0.9, prior = [1.0, 1.0] } }
[[monitoring]]
id = "plan"
label = "Better"
looks = [0.5, 1.0]
alpha = 0.05
bounds = "spending-obrien-fleming"
"#;
    let cards = |rows: Rows| -> Vec<String> {
        let laid = rows.laid(layout);
        let Body::Snapshot(Snapshot { groups, .. }) = &laid.body else { panic!("no snapshot") };
        assert_eq!(laid.analyses, ["rule", "plan"]);
        let text = |card: &Card| {
            assert!(!card.keys.is_empty() || card.number == "no look", "{} is of no result", card.label);
            let of_arms: Vec<&str> = card.arms.iter().map(|(_, text)| text.as_str()).collect();
            format!("{} | {} | {} | {}", card.label, card.number, card.below, of_arms.join(", "))
        };
        groups.iter().flat_map(|group| &group.cards).map(text).collect()
    };
    let arms = "1/4, boundary 2, 0/3, boundary none yet";
    let below = "look 1 of 2; Z 1.2500; efficacy from 2.9626";
    assert_eq!(
        cards(boundaries("not-reached", "continue")),
        [format!("Safety | not reached |  | {arms}"), format!("Looks | no bound crossed | {below} | ")]
    );
    assert_eq!(
        cards(boundaries("reached", "efficacy")),
        [format!("Safety | REACHED |  | {arms}"), format!("Looks | bound for efficacy crossed | {below} | ")]
    );
    let mut rows = boundaries("not-reached", "continue");
    rows.0.retain(|row| row.value != Value::Text("now".to_owned()));
    assert_eq!(cards(rows)[1], "Looks | no look |  | ");
}

#[test]
fn a_snapshot_says_each_number_of_what() {
    let mut rows = status();
    for (arm, part, whole) in [("", 3, 7), ("a", 3, 4), ("c", 0, 3)] {
        let key = |statistic| {
            let key = Key::new("events", statistic).variable("serious");
            if arm.is_empty() { key } else { key.arm(arm) }
        };
        rows.push(key(Statistic::Count), Value::Count(part));
        rows.push(key(Statistic::Events), Value::Count(part * 2));
        rows.push(key(Statistic::Share), Value::share(part, whole));
    }
    rows.push(Key::new("accrual", Statistic::N), Value::Count(7));
    let laid = rows.laid(
        r#"
[display.snapshot]
groups = [
  { title = "Who", cells = [
    { label = "Randomised", of = "accrual", show = "{n}", planned = 20 },
    { label = "On treatment", of = "status", item = "on" },
    { label = "Failed", of = "status", item = "failed" },
  ] },
  { title = "Safety", cells = [
    { label = "With a serious event", of = "events", item = "serious" },
    { label = "Serious events", of = "events", item = "serious", show = "{events}" },
  ] },
]
"#,
    );
    let Body::Snapshot(Snapshot { groups, arms, .. }) = &laid.body else { panic!("no snapshot") };
    let cards: Vec<String> = groups
        .iter()
        .flat_map(|group| &group.cards)
        .map(|card| {
            let of_arms: Vec<&str> = card.arms.iter().map(|(_, text)| text.as_str()).collect();
            format!("{} | {} | {} | {}", card.label, card.number, card.below, of_arms.join(", "))
        })
        .collect();
    assert_eq!(
        cards,
        [
            "Randomised | 7 | of 20 planned | ",
            "On treatment | 6 |  | 3, 3",
            "Failed | 2 |  | ",
            "With a serious event | 3 | of 7 (42.9 %) | 3/4 (75.0 %), 0/3 (0.0 %)",
            "Serious events | 6 |  | 6, 0",
        ]
    );
    assert_eq!(arms, &["Active", "Control"]);
}
