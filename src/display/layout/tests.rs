//! Layouts of single participants and of curves, over small results made by hand.

mod attendance;
mod order;
mod running;

use super::{Laid, lay_out};
use crate::display::assemble::Assembly;
use crate::display::report::{Body, Plot, ReferenceLine, Series, SeriesStyle, Table};
use crate::results::{Extract, Key, Lookup, Method, Reason, Results, Row, Statistic, Value};
use crate::spec::Study;

const STUDY: &str = r#"
[study]
id = "T"
title = "Test"
kind = "Test"
status = "Test"
[data]
subjects = "DM"
datasets = { DM = { file = "dm.csv" }, LB = { file = "lb.csv" } }
[[arm]]
id = "a"
label = "Active"
planned = "ARM = 'A'"
actual = "ARM = 'A'"
[[arm]]
id = "c"
label = "Control"
planned = "ARM = 'C'"
actual = "ARM = 'C'"
reference = true
[[analysis-set]]
id = "all"
label = "Everybody"
rule = "TRUE"
[records.finding]
label = "Findings"
dataset = "LB"
[records.finding.findings]
parameter = "CODE"
value = "VALUE"
date = "DATE"
parameters = [{ code = "P", label = "Pressure", unit = "kPa", decimals = 1 }]
[[endpoint]]
id = "first"
label = "Time to the first"
role = "secondary"
analysis-set = "all"
[endpoint.survival]
days = "DAYS"
event = "EVENT"
at = [10, 20]
methods = ["kaplan-meier", "cox"]
[[section]]
number = "1"
title = "One"
[[display]]
id = "shown"
number = "Figure 1"
section = "1"
title = "Shown"
"#;

fn extract(id: &str, lines: &[&str]) -> Extract {
    let line = |line: &&str| line.split(',').map(str::to_owned).collect();
    Extract { id: id.to_owned(), columns: Vec::new(), lines: lines.iter().map(line).collect() }
}

/// Lays out the display, or tells why not.
fn laid(layout: &str, results: &Results) -> Result<Laid, String> {
    laid_of(STUDY, layout, results)
}

fn laid_of(study: &str, layout: &str, results: &Results) -> Result<Laid, String> {
    let study = Study::parse(&format!("{study}{layout}"), "study.toml").map_err(|error| error.to_string())?;
    let lookup = Lookup::new(results);
    let mut assembly = Assembly::new(&study, &lookup, "shown");
    let laid = lay_out(&study.display[0], results, &mut assembly).ok_or("nothing to show")?;
    assembly.finish().map_err(|error| error.to_string())?;
    Ok(laid)
}

fn of_extracts(layout: &str, extracts: Vec<Extract>) -> Laid {
    let results = Results { extracts, ..Results::default() };
    laid(layout, &results).unwrap_or_else(|error| panic!("{error}"))
}

fn plot(laid: &Laid) -> &Plot {
    let Body::Plot(plot) = &laid.body else { panic!("no plot") };
    plot
}

fn notes(laid: &Laid) -> Vec<&str> {
    laid.footnotes.iter().map(|note| note.text.as_str()).collect()
}

fn places(series: &Series) -> Vec<(f64, f64)> {
    series.marks.iter().filter_map(|mark| Some((mark.x, mark.y?))).collect()
}

const SCATTER: &str = r#"
[display.scatter]
analysis-set = "all"
panels = [{ x = "X", y = "Y" }]
x-title = "Across"
y-title = "Up"
log = true
x-lines = [3]
y-lines = [2]
"#;

#[test]
fn symbols_stand_where_their_numbers_say_and_the_rest_is_counted() {
    let lines = ["a,2,0,40,2,true", "a,1,0,3,0.5,", "a,3,0,,7,", "c,4,0,0,1,", "c,5,0,2.9,1.9,true", "x,6,0,1,1,"];
    let laid = of_extracts(SCATTER, vec![extract("shown", &lines)]);
    let plot = plot(&laid);
    assert_eq!(places(&plot.series[0]), [(3.0, 0.5), (40.0, 2.0)]);
    assert_eq!(places(&plot.series[1]), [(2.9, 1.9)]);
    assert!(plot.series.iter().all(|series| series.style == SeriesStyle::Scatter));
    assert_eq!(plot.series[0].marks[1].label.as_deref(), Some("2"));
    assert_eq!(plot.lines, [ReferenceLine::Vertical(3.0), ReferenceLine::Horizontal(2.0)]);
    assert!(plot.x.log && plot.x.from <= 2.9 && plot.x.to >= 40.0 && plot.y.from <= 0.5 && plot.y.to >= 2.0);
    assert_eq!(
        notes(&laid),
        [
            "Participants without one of the two values, who are not shown: Active 1 of 3, Control 0 of 2.",
            "Participants with a value of 0 or below, which has no place on a logarithmic axis, who are not shown: Active \
             0 of 3, Control 1 of 2.",
        ]
    );
    assert!(plot.alt.contains("Active: 2, of these 0 horizontally below 3 and vertically below 2"), "{}", plot.alt);
    assert!(plot.alt.contains("1 horizontally at 3 or above and vertically at 2 or above. Control: 1"), "{}", plot.alt);
}

#[test]
fn panels_share_axes_and_a_diagonal_makes_both_alike() {
    let layout = r#"
[display.scatter]
analysis-set = "all"
panels = [{ title = "One", x = "X", y = "Y" }, { title = "Two", x = "Y", y = "X" }]
x-title = "Across"
y-title = "Up"
diagonal = true
"#;
    let lines = ["a,1,0,1,9,", "c,2,0,2,3,", "a,1,1,30,4,", "c,2,1,,,"];
    let laid = of_extracts(layout, vec![extract("shown", &lines)]);
    let Body::Panels(panels) = &laid.body else { panic!("no panels") };
    assert_eq!(panels.iter().map(|panel| panel.title.as_str()).collect::<Vec<_>>(), ["One", "Two"]);
    for panel in panels {
        assert_eq!((panel.plot.x.from, panel.plot.x.to), (panel.plot.y.from, panel.plot.y.to));
        assert!(panel.plot.x.from <= 1.0 && panel.plot.x.to >= 30.0);
        assert_eq!(panel.plot.lines, [ReferenceLine::Diagonal]);
    }
    assert!(notes(&laid)[1].contains("(Two)") && notes(&laid)[1].contains("Control 1 of 1"), "{:?}", notes(&laid));
}

#[test]
fn a_logarithmic_axis_has_no_line_at_zero() {
    let told = laid(&SCATTER.replace("x-lines = [3]", "x-lines = [0]"), &Results::default());
    assert!(told.is_err_and(|told| told.contains("no place on a logarithmic axis")));
}

const WATERFALL: &str = r#"
[display.waterfall]
analysis-set = "all"
value = "CHANGE"
y-title = "Change (%)"
y-lines = [-50]
"#;

#[test]
fn bars_fall_from_left_to_right_over_all_arms() {
    let lines = ["a,1,-10", "a,2,", "a,3,25.5", "c,4,-60", "c,5,0", "c,6,-10"];
    let laid = of_extracts(WATERFALL, vec![extract("shown", &lines)]);
    let plot = plot(&laid);
    assert_eq!(places(&plot.series[0]), [(1.0, 25.5), (3.0, -10.0)]);
    assert_eq!(places(&plot.series[1]), [(2.0, 0.0), (4.0, -10.0), (5.0, -60.0)]);
    assert!(plot.x.ticks.iter().map(|(_, id)| id.as_str()).eq(["3", "5", "1", "6", "4"]));
    assert_eq!(plot.lines, [ReferenceLine::Horizontal(-50.0)]);
    assert!(plot.y.from <= -60.0 && plot.y.to >= 25.5);
    assert_eq!(notes(&laid), ["Participants without a value, who are not shown: Active 1 of 3, Control 0 of 3."]);
    assert!(plot.alt.contains("5 in all, from 25.5 to −60."), "{}", plot.alt);
    assert!(
        plot.alt.contains("Control: 3, of these 1 at 0 or above; 1 from −50 to below 0; 1 below −50."),
        "{}",
        plot.alt
    );
}

#[test]
fn many_bars_have_no_names() {
    let lines: Vec<String> = (0..61).map(|subject| format!("a,{subject},{subject}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let named = |lines: &[&str]| plot(&of_extracts(WATERFALL, vec![extract("shown", lines)])).x.ticks.len();
    assert_eq!((named(&lines), named(&lines[1..])), (0, 60));
}

#[test]
fn lanes_are_sorted_by_length_within_their_arm() {
    let layout = r#"
[display.swimmer]
analysis-set = "all"
from = "1"
to = "LAST"
segments = [{ label = "Treated", from = "1", to = "END" }]
marks = [{ label = "Left", from = "OUT" }]
"#;
    let lines = [
        "a,1,lane,,1,50",
        "a,1,segment,0,1,",
        "a,2,lane,,1,90",
        "a,2,segment,0,3,20",
        "a,2,mark,0,90,",
        "a,3,lane,,1,",
        "c,4,lane,,1,7",
        "c,4,mark,0,,",
    ];
    let laid = of_extracts(layout, vec![extract("shown", &lines)]);
    let Body::Lanes(drawn) = &laid.body else { panic!("no lanes") };
    let titles: Vec<&str> = drawn.groups.iter().map(|group| group.title.as_str()).collect();
    assert_eq!(titles, ["Active (N = 3)", "Control (N = 1)"]);
    let order: Vec<&str> = drawn.groups[0].lanes.iter().map(|lane| lane.label.as_str()).collect();
    assert_eq!(order, ["2", "1"]);
    let open = &drawn.groups[0].lanes[1].segments[1];
    assert_eq!((open.from, open.to, open.kind, open.open_start, open.open_end), (1.0, 50.0, 2, false, true));
    assert_eq!(drawn.groups[0].lanes[0].marks, [(90.0, 0)]);
    let kinds: Vec<(&str, Option<usize>)> = drawn.segments.iter().map(|(label, arm)| (label.as_str(), *arm)).collect();
    assert_eq!(kinds, [("Active", Some(0)), ("Control", Some(1)), ("Treated", None)]);
    assert!(drawn.x.from <= 1.0 && drawn.x.to >= 90.0);
    assert!(notes(&laid)[0].contains("without a first or last day, who are not shown: Active 1 of 3, Control 0 of 1"));
    assert!(drawn.alt.contains("Active: 2 lanes, the last to day 90, Treated in 2, Left in 1."), "{}", drawn.alt);
}

const PROFILE: &str = r#"
[display.profile]
analysis-set = "all"
where = "TRUE"
days = [-10, 100]
facts = [{ id = "age", label = "Age", value = "AGE", unit = "years" }, { id = "last-day", label = "Last", value = "L" }]
lanes = [{ label = "Events", from = "A", to = "B", text = "T" }, { label = "Doses", from = "A", text = "T" }]
findings = [{ records = "finding", parameters = ["P"] }]
listings = [{ title = "Listed", records = "finding", columns = [
  { variable = "CODE", label = "Code" }, { variable = "VALUE", label = "Value (kPa)", decimals = 1 } ] }]
narrative = ["Aged {{ age }}, last on {{ last_day }}.", "{% if last_day %}Left.{% endif %}"]
"#;

fn profile_extracts() -> Vec<Extract> {
    let findings =
        ["a,1,finding,P,1,5.25,4,6", "a,1,finding,P,-5,7,4,6", "a,1,finding,P,8,,4,6", "a,1,finding,P,300,9,4,6"];
    let lanes = ["a,1,0,3,,Rash", "a,1,0,120,130,Rash", "a,1,0,,-20,Cough", "a,1,1,5,,Drug", "a,1,1,200,,Drug"];
    vec![
        extract("shown", &["c,2,41,2024-01-05", "a,1,34,"]),
        extract("shown.lanes", &lanes),
        extract("shown.findings", &findings),
        extract("shown.listing-0", &["a,1,P,5.25", "a,1,P,"]),
    ]
}

#[test]
fn a_profile_shows_what_is_known_of_its_participant() {
    let laid = of_extracts(PROFILE, profile_extracts());
    let Body::Profiles(profiles) = &laid.body else { panic!("no profiles") };
    let titles: Vec<&str> = profiles.iter().map(|profile| profile.title.as_str()).collect();
    assert_eq!(titles, ["Participant 1: Active", "Participant 2: Control"]);
    let facts = |at: usize| profiles[at].facts.iter().map(|fact| fact.text.as_str()).collect::<Vec<_>>();
    assert_eq!((facts(0), facts(1)), (vec!["34 years", "–"], vec!["41 years", "2024-01-05"]));
    assert_eq!(profiles[0].paragraphs, ["Aged 34, last on [to be completed]."]);
    assert_eq!(profiles[1].paragraphs, ["Aged 41, last on 2024-01-05.", "Left."]);
    let texts = |table: &Table| -> Vec<String> {
        table.rows.iter().map(|row| format!("{}|{}", row.stub, row.cells[0].text.trim())).collect()
    };
    assert_eq!(profiles[0].tables[0].0, "Listed");
    assert_eq!(texts(&profiles[0].tables[0].1), ["P|5.3", "P|–"]);
    assert_eq!(texts(&profiles[1].tables[0].1), ["None|"]);
    assert!(notes(&laid).contains(&"–: no value."));
}

#[test]
fn the_course_of_a_participant_stays_on_its_axis() {
    let laid = of_extracts(PROFILE, profile_extracts());
    let Body::Profiles(profiles) = &laid.body else { panic!("no profiles") };
    let lanes = profiles[0].lanes.as_ref().expect("lanes");
    assert_eq!((lanes.x.from, lanes.x.to), (-10.0, 100.0));
    assert_eq!(lanes.groups.iter().map(|group| group.lanes.len()).collect::<Vec<_>>(), [2, 1]);
    let rash: Vec<(f64, f64, bool, bool)> =
        lanes.groups[0].lanes[0].segments.iter().map(|own| (own.from, own.to, own.open_start, own.open_end)).collect();
    assert_eq!(rash, [(3.0, 100.0, false, true), (100.0, 100.0, false, true)]);
    let cough = &lanes.groups[0].lanes[1].segments[0];
    assert_eq!((cough.from, cough.to, cough.open_start, cough.open_end), (-10.0, -10.0, true, false));
    let doses = &lanes.groups[1].lanes[0];
    assert_eq!(doses.marks, [(5.0, 0)]);
    assert!(doses.segments.len() == 1 && doses.segments[0].open_end);
    assert!(lanes.alt.contains("Doses: Drug, day 5; Drug, day 200."), "{}", lanes.alt);
    let [panel] = profiles[0].plots.as_slice() else { panic!("one plot") };
    assert_eq!(panel.title, "Pressure (kPa)");
    assert_eq!(places(&panel.plot.series[0]), [(-5.0, 7.0), (1.0, 5.25)]);
    assert_eq!(panel.plot.lines, [ReferenceLine::Horizontal(4.0), ReferenceLine::Horizontal(6.0)]);
    assert!(profiles[1].plots.is_empty());
    let other = profiles[1].lanes.as_ref().expect("lanes");
    assert!(other.alt.contains("Events: none."), "{}", other.alt);
    assert_eq!((other.groups[0].lanes.len(), other.groups[0].lanes[0].label.as_str()), (1, "None"));
}

#[test]
fn a_narrative_knows_only_the_facts() {
    let told = laid(&PROFILE.replace("{{ age }}", "{{ weight }}"), &Results::default());
    assert!(told.is_err_and(|told| told.contains("study.toml:") && told.contains("uses weight, which is not a fact")));
}

/// Rows of the survival endpoint: two steps and two readings an arm, and the comparison.
fn survival() -> Results {
    let mut rows = Vec::new();
    let mut push = |key: Key, value: Value| rows.push(Row { key, value, unit: None, subjects: None });
    let of = |arm: &str, statistic| Key::new("first", statistic).arm(arm);
    for arm in ["a", "c"] {
        let key = |statistic| of(arm, statistic).method(Method::KaplanMeier);
        push(of(arm, Statistic::N), Value::Count(4));
        for end in ["event", "competing", "censored"] {
            push(of(arm, Statistic::Count).variable(end), Value::Count(1));
            push(of(arm, Statistic::Share).variable(end), Value::share(1, 4));
        }
        for (day, censored, survival) in [("12", 1, 0.75), ("5", 0, 1.0)] {
            push(key(Statistic::Censored).level(day), Value::Count(censored));
            push(key(Statistic::Survival).level(day), Value::Number(survival));
            push(key(Statistic::SurvivalLower).level(day).conf_level(0.95), Value::Number(0.25));
            push(key(Statistic::SurvivalUpper).level(day).conf_level(0.95), Value::Number(0.875));
        }
        for (day, ended) in [("10", 0), ("20", 1)] {
            push(key(Statistic::AtRisk).at(day), Value::Count(4 - ended));
            push(key(Statistic::Censored).at(day), Value::Count(ended));
            push(key(Statistic::Count).at(day), Value::Count(ended));
            push(key(Statistic::Survival).at(day), Value::Number(if ended == 0 { 1.0 } else { 0.75 }));
            push(key(Statistic::SurvivalLower).at(day).conf_level(0.95), Value::Number(0.25));
            push(key(Statistic::SurvivalUpper).at(day).conf_level(0.95), Value::Number(0.875));
        }
        for statistic in [Statistic::Q1, Statistic::Median, Statistic::Q3] {
            push(key(statistic), Value::Number(15.0));
        }
        push(key(Statistic::MedianLower).conf_level(0.95), Value::Number(9.5));
        push(key(Statistic::MedianUpper).conf_level(0.95), Value::NotEstimable(Reason::NotReached));
    }
    let compared =
        |statistic| Key::new("first", statistic).variable("competing-censored").contrast("a", "c").method(Method::Cox);
    push(compared(Statistic::Ratio), Value::Number(0.5));
    push(compared(Statistic::RatioLower).conf_level(0.95), Value::Number(0.25));
    push(compared(Statistic::RatioUpper).conf_level(0.95), Value::Number(1.0));
    push(compared(Statistic::PValue), Value::Number(0.05));
    Results { rows, ..Results::default() }
}

const CURVE: &str = "\n[display.kaplan-meier]\nof = \"first\"\ny-title = \"Without (%)\"\n";

#[test]
fn a_curve_falls_from_all_and_says_who_is_left() {
    let laid = laid(CURVE, &survival()).unwrap_or_else(|error| panic!("{error}"));
    let plot = plot(&laid);
    assert_eq!(places(&plot.series[0]), [(0.0, 100.0), (5.0, 100.0), (12.0, 75.0)]);
    let bands: Vec<_> = plot.series[0].marks.iter().map(|mark| mark.interval).collect();
    assert_eq!(bands, [None, None, Some((25.0, 87.5))]);
    assert_eq!(plot.series[0].censored, [(12.0, 75.0)]);
    assert_eq!((plot.x.from, plot.x.to), (0.0, 20.0));
    assert!(plot.x.ticks.iter().map(|(_, label)| label.as_str()).eq(["0", "10", "20"]));
    let below: Vec<String> = plot
        .under
        .iter()
        .map(|row| format!("{}: {}", row.label, row.cells.iter().map(|cell| cell.text.as_str()).collect::<String>()))
        .collect();
    assert_eq!(below[..3], ["Active: at risk: 443", "censored: 001", "with event: 001"]);
    assert!(
        notes(&laid)
            .contains(&"Median time, days (95 % confidence interval): Active 15.0 (9.5, NE); Control 15.0 (9.5, NE).")
    );
    assert!(
        notes(&laid).iter().any(|note| note.ends_with("Cox model): Active 0.50 (0.25, 1.00).")),
        "{:?}",
        notes(&laid)
    );
    assert!(plot.alt.contains("Active: Day 10 100.0 %, Day 20 75.0 %."), "{}", plot.alt);
}

#[test]
fn a_reading_on_the_first_day_stands_for_the_start() {
    let study = STUDY.replace("at = [10, 20]", "at = [1, 90]");
    let mut results = survival();
    for row in &mut results.rows {
        row.key.at = row.key.at.take().map(|at| if at == "10" { "1".to_owned() } else { "90".to_owned() });
    }
    let laid = laid_of(&study, CURVE, &results).unwrap_or_else(|error| panic!("{error}"));
    let plot = plot(&laid);
    assert!(plot.x.ticks.iter().map(|(_, label)| label.as_str()).eq(["1", "90"]));
    assert!(plot.under.iter().all(|row| row.cells.len() == 2));
}

#[test]
fn a_rising_curve_is_the_same_upside_down() {
    let laid = laid(&format!("{CURVE}rising = true\n"), &survival()).unwrap_or_else(|error| panic!("{error}"));
    let plot = plot(&laid);
    assert_eq!(places(&plot.series[1]), [(0.0, 0.0), (5.0, 0.0), (12.0, 25.0)]);
    assert_eq!(plot.series[1].marks[2].interval, Some((12.5, 75.0)));
    assert!(notes(&laid)[0].starts_with("Steps: 1 − probability of being without event (Kaplan–Meier)"));
}

#[test]
fn a_missing_result_is_told() {
    let mut results = survival();
    results.rows.retain(|row| row.key.statistic != Statistic::Median);
    assert!(laid(CURVE, &results).is_err_and(|told| told.contains("the results have no row")));
}

#[test]
fn times_known_in_days_have_a_table() {
    let laid = laid("\n[display.time]\nof = [\"first\"]\n", &survival()).unwrap_or_else(|error| panic!("{error}"));
    let Body::Table(table) = &laid.body else { panic!("no table") };
    let rows: Vec<String> = table
        .rows
        .iter()
        .map(|row| format!("{}|{}", row.stub, row.cells.first().map_or("", |cell| cell.text.trim())))
        .collect();
    let expected = [
        "Time to the first|",
        "Event, n (%)|1 (25.0)",
        "Censored, n (%)|1 (25.0)",
        "Without event, % (95 % CI)|",
        "Day 10|100.0 (no event)",
        "Day 20|\u{2007}75.0 (25.0, 87.5)",
        "Time to event, days|",
        "Median (95 % CI)|15.0 (9.5, NE)",
        "Q1, Q3|15.0, 15.0",
        "Comparison of hazards|",
        "Hazard ratio to Control (95 % CI); p-value|0.50 (0.25, 1.00); 0.0500",
    ];
    let trimmed: Vec<String> = expected.iter().map(|row| row.replace('\u{2007}', "")).collect();
    assert_eq!(rows.iter().map(|row| row.replace('\u{2007}', "")).collect::<Vec<_>>(), trimmed);
    assert!(!notes(&laid).iter().any(|note| note.contains("visit")), "{:?}", notes(&laid));
}
