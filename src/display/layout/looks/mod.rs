//! Displays of group-sequential designs at a look: the table of the looks, conditional power, what may come, and the
//! figure of the bounds.

mod boundary;
mod what_if;

pub(super) use boundary::figure as boundary;
pub(super) use what_if::table as what_if;

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::Laid;
use crate::display::number::Style;
use crate::display::report::{Align, Body, Card, Cell, Column, Footnote, Table, TableRow};
use crate::results::{Key, Method, Reason, Statistic, Value};
use crate::spec::looks::{ConditionalPowerLayout, LooksLayout};
use crate::spec::monitoring::{Assumed, Monitoring, TestSides};
use crate::spec::text::Name;

/// A plan as its displays see it.
struct Shown<'a> {
    plan: &'a Monitoring,
    /// How many looks it has: those taken, the one that is now, and those planned.
    looks: usize,
    /// The number of its last one.
    end: usize,
    /// The look that is now, counted from 1.
    now: Option<usize>,
    style: Style,
}

impl<'a> Shown<'a> {
    fn of(name: &Name, assembly: &Assembly<'a>) -> Option<Self> {
        let study = assembly.study;
        let plan = study.monitoring.iter().find(|plan| plan.id == *name)?;
        let told = Key::new(&*plan.id, Statistic::Information).method(Method::GroupSequential);
        let is_look = |key: &&Key| key.levels.len() == 1 && Key { levels: Vec::new(), ..(*key).clone() } == told;
        let looks = if assembly.is_shell() { plan.looks.len() } else { assembly.rows.keys().filter(is_look).count() };
        let now = (1..=looks).find(|look| word(assembly, &key(plan, Statistic::Status, *look)) == Some("now"));
        let endpoint = plan.monitored.as_ref().and_then(|own| study.endpoint(&own.endpoint));
        let points = endpoint.is_some_and(|endpoint| endpoint.binary.is_some());
        let continuous = endpoint.and_then(|endpoint| endpoint.continuous.as_ref()).map(|own| own.decimals);
        let decimals = continuous.or_else(|| endpoint.and_then(|own| own.ancova.as_ref()).map(|own| own.decimals));
        let style = Style { p_decimals: 4, points, ..Style::recorded(decimals.unwrap_or(1)) };
        Some(Self { plan, looks, end: looks, now, style })
    }

    /// Those that were taken, and nothing of the result.
    fn taken(self, assembly: &Assembly<'_>) -> Self {
        let is_taken = |look: &usize| word(assembly, &key(self.plan, Statistic::Status, *look)) == Some("taken");
        let before_the_end = self.plan.looks.len().saturating_sub(1);
        let looks = if assembly.is_shell() { before_the_end } else { (1..=self.looks).filter(is_taken).count() };
        Self { looks, now: None, ..self }
    }

    /// The heads of the looks: their number, and whether they were taken.
    fn columns(&self, assembly: &Assembly<'_>) -> Vec<Column> {
        let head = |look: usize| {
            let at = key(self.plan, Statistic::Status, look);
            let date = word(assembly, &at.clone().variable("date")).unwrap_or_default();
            let unplanned = word(assembly, &at.clone().variable("unplanned")).is_some();
            let state = match word(assembly, &at) {
                Some("taken") if date.is_empty() => "taken".to_owned(),
                Some("taken") => format!("taken {date}"),
                Some("now") => "this look".to_owned(),
                _ => "planned".to_owned(),
            };
            let name = if look == self.end { format!("Look {look} (end)") } else { format!("Look {look}") };
            let mut head = vec![name, state];
            head.extend(unplanned.then(|| "not planned".to_owned()));
            Column { head, align: Align::Decimal }
        };
        (1..=self.looks).map(head).collect()
    }
}

/// The key of a statistic of a look, counted from 1.
fn key(plan: &Monitoring, statistic: Statistic, look: usize) -> Key {
    Key::new(&*plan.id, statistic).method(Method::GroupSequential).level(&look.to_string())
}

/// The word of a row, if there is one.
fn word<'a>(assembly: &Assembly<'a>, key: &Key) -> Option<&'a str> {
    match assembly.rows.get(key).map(|row| &row.value) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// A cell of a statistic that a look may not have: empty where there is no bound, and where there is no such row.
fn maybe(assembly: &mut Assembly<'_>, style: Style, key: Key) -> Cell {
    match assembly.rows.get(&key).map(|row| &row.value) {
        None if !assembly.is_shell() => plain(""),
        Some(Value::NotEstimable(Reason::NotIdentified)) => Cell { keys: vec![key], ..plain("") },
        _ => Cell { text: assembly.text(&key, style), keys: vec![key], ..Cell::default() },
    }
}

/// What a verdict of the analysis means.
fn verdict(word: &str) -> &'static str {
    match word {
        "efficacy" => "bound for efficacy crossed",
        "opposite" => "bound of the other side crossed",
        "harm" => "bound for harm crossed",
        "futility" => "below the bound for futility",
        _ => "no bound crossed",
    }
}

/// A cell with the words of a verdict.
fn verdict_cell(assembly: &mut Assembly<'_>, key: Key) -> Cell {
    let text = match assembly.row(&key).map(|row| &row.value) {
        Some(Value::Text(word)) => verdict(word).to_owned(),
        Some(Value::NotEstimable(reason)) => reason.abbreviation().to_owned(),
        _ => crate::display::shell::WORDS.to_owned(),
    };
    Cell { text, keys: vec![key], ..Cell::default() }
}

/// The table of the looks.
pub(super) fn table(layout: &LooksLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let shown = Shown::of(&layout.of, assembly)?;
    let shown = if layout.taken { shown.taken(assembly) } else { shown };
    let plan = shown.plan;
    let two = plan.sides == TestSides::Two;
    let unit = plan.information.as_ref().map_or("amount", |own| own.unit());
    let mut rows = Vec::new();
    let line = |rows: &mut Vec<TableRow>, assembly: &mut Assembly<'_>, indent, stub: &str, statistic: Statistic| {
        let whole = Style { explicit: Some(0), ..shown.style };
        let style = if statistic == Statistic::AvailableInformation && unit != "1/SE²" { whole } else { shown.style };
        let cells: Vec<Cell> =
            (1..=shown.looks).map(|look| maybe(assembly, style, key(plan, statistic, look))).collect();
        if assembly.is_shell() || cells.iter().any(|cell| !cell.text.is_empty()) {
            rows.push(data_row(indent, stub.to_owned(), cells));
        }
    };
    if shown.looks == 0 {
        let rows = vec![heading(0, "No look was taken.".to_owned())];
        let table = Table { stub_head: String::new(), columns: Vec::new(), spanners: Vec::new(), rows };
        return Some(Laid { body: Body::Table(table), footnotes: notes(&shown, assembly), analyses: analyses(plan) });
    }
    rows.extend(recorded(&shown, assembly));
    rows.push(heading(0, "Information".to_owned()));
    line(&mut rows, assembly, 1, unit, Statistic::AvailableInformation);
    line(&mut rows, assembly, 1, "% of the planned", Statistic::Information);
    rows.push(heading(0, format!("Error of the first kind, {}", if two { "two-sided" } else { "one-sided" })));
    line(&mut rows, assembly, 1, "spent at the look", Statistic::SpentIncrement);
    line(&mut rows, assembly, 1, "spent by then", Statistic::Spent);
    rows.push(heading(0, "Bound for efficacy".to_owned()));
    line(&mut rows, assembly, 1, "Z", Statistic::Bound);
    line(&mut rows, assembly, 1, "B-value", Statistic::BValue);
    line(&mut rows, assembly, 1, "one-sided p", Statistic::OneSidedP);
    if two {
        line(&mut rows, assembly, 1, "two-sided p", Statistic::PValue);
    }
    line(&mut rows, assembly, 1, "effect", Statistic::EffectBound);
    // A plan without a stop for efficacy has none at the looks before its end.
    if rows.last().is_some_and(|row| row.heading) {
        rows.pop();
    }
    if plan.futility.is_some() {
        line(&mut rows, assembly, 0, "Bound for futility, Z", Statistic::FutilityBound);
    }
    if plan.harm.is_some() {
        line(&mut rows, assembly, 0, "Bound for harm, Z", Statistic::HarmBound);
    }
    if plan.drift.is_some() {
        line(&mut rows, assembly, 0, "Stopped for efficacy by then, %", Statistic::PowerBy);
    }
    if let Some(now) = shown.now {
        rows.extend(result_rows(&shown, now, assembly));
    }
    let table =
        Table { stub_head: "Quantity".to_owned(), columns: shown.columns(assembly), spanners: Vec::new(), rows };
    let footnotes = notes(&shown, assembly);
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: analyses(plan) })
}

/// What the ledger has of the looks that were taken: the day of their data, and what the board decided.
fn recorded(shown: &Shown<'_>, assembly: &mut Assembly<'_>) -> Vec<TableRow> {
    let told = [("Data as of", "cutoff"), ("Decision of the board", "decision")].map(|(stub, of)| {
        let cell = |look: usize| {
            let key = key(shown.plan, Statistic::Status, look).variable(of);
            let text = word(assembly, &key).map(str::to_owned);
            text.map_or_else(|| plain(""), |text| Cell { text, keys: vec![key], ..Cell::default() })
        };
        data_row(0, stub.to_owned(), (1..=shown.looks).map(cell).collect())
    });
    told.into_iter().filter(|row| row.cells.iter().any(|cell| !cell.text.is_empty())).collect()
}

/// The result of the look that is now, in its column.
fn result_rows(shown: &Shown<'_>, now: usize, assembly: &mut Assembly<'_>) -> Vec<TableRow> {
    let plan = shown.plan;
    let mut rows = vec![heading(0, "Result at this look".to_owned())];
    let mut push = |stub: &str, cell: Cell| {
        if !cell.text.is_empty() {
            let mut cells = vec![plain(""); shown.looks];
            cells[now - 1] = cell;
            rows.push(data_row(1, stub.to_owned(), cells));
        }
    };
    let at = |statistic| Key::new(&*plan.id, statistic).method(Method::GroupSequential);
    let readings = readings(plan, assembly);
    let with = |stub: &str, reading: &Option<String>| match reading {
        Some(words) => format!("{stub}, {words}"),
        None => stub.to_owned(),
    };
    let first = readings.as_ref().map(|(first, _)| first.clone());
    for (stub, key) in [
        (with("Z", &first), at(Statistic::Z)),
        (with("B-value", &first), at(Statistic::BValue)),
        (with("one-sided p", &first), at(Statistic::OneSidedP)),
    ] {
        push(&stub, maybe(assembly, shown.style, key));
    }
    if let Some((_, second)) = &readings {
        let key = at(Statistic::OneSidedP).variable("reversed");
        push(&format!("one-sided p, {second}"), maybe(assembly, shown.style, key));
    }
    for (stub, statistic) in [
        ("two-sided p", Statistic::PValue),
        ("degrees of freedom", Statistic::Df),
        ("bound for efficacy on t", Statistic::TBound),
    ] {
        push(stub, maybe(assembly, shown.style, at(statistic)));
    }
    // The estimate has the contrast and the visit of the comparison: it is found by its statistic.
    for (stub, method, way, statistics) in [
        ("estimate", Method::GroupSequential, None, ESTIMATES),
        ("repeated interval, of the method", Method::RepeatedInterval, Some("method"), LIMITS),
        ("repeated interval, estimate ∓ bound × standard error", Method::RepeatedInterval, Some("wald"), LIMITS),
        ("median-unbiased estimate", Method::StagewiseOrdering, None, ESTIMATES),
        ("its interval", Method::StagewiseOrdering, None, LIMITS),
    ] {
        let keys = found(plan, method, way, statistics, assembly);
        // Without a bound at this look there is no interval that goes with it, which the table says of the bound.
        let is_bounded = assembly
            .rows
            .get(&key(plan, Statistic::Bound, now))
            .is_some_and(|row| !matches!(row.value, Value::NotEstimable(_)));
        if method == Method::RepeatedInterval && !is_bounded {
            continue;
        }
        let texts: Vec<String> = keys.iter().map(|key| assembly.text(key, shown.style)).collect();
        let text = if texts.len() == 2 { format!("({})", texts.join(", ")) } else { texts.join("") };
        push(stub, Cell { text, keys, ..Cell::default() });
    }
    let ordered = Key::new(&*plan.id, Statistic::PValue).method(Method::StagewiseOrdering);
    push("stage-wise ordered p", maybe(assembly, shown.style, ordered));
    let status = verdict_cell(assembly, at(Statistic::Status));
    push(&with("what the bounds say", &first), status);
    if let Some((_, second)) = &readings {
        let cell = verdict_cell(assembly, at(Statistic::Status).variable("reversed"));
        push(&format!("what the bounds say, {second}"), cell);
    }
    rows
}

/// With codes, the two readings of a result: the one that its sign is of, and the other. Which is meant only the key tells.
fn readings(plan: &Monitoring, assembly: &Assembly<'_>) -> Option<(String, String)> {
    let reversed = Key::new(&*plan.id, Statistic::Status).method(Method::GroupSequential).variable("reversed");
    assembly.rows.get(&reversed)?;
    let contrast =
        found(plan, Method::GroupSequential, None, ESTIMATES, assembly).into_iter().find_map(|key| key.contrast);
    let (first, second) = contrast?;
    let label = |id: &str| {
        let arm = assembly.study.arm.iter().find(|arm| *arm.id == *id);
        arm.map_or_else(|| id.to_owned(), |arm| arm.label.clone())
    };
    Some((format!("if {} is tested", label(&first)), format!("if {} is tested", label(&second))))
}

/// What the bounds say at the look that is now, at a glance; or that there is none.
pub(super) fn card(of: &Name, label: &str, assembly: &mut Assembly<'_>) -> Card {
    let card =
        |number: String, below: String, keys| Card { label: label.to_owned(), number, below, arms: Vec::new(), keys };
    let Some(shown) = Shown::of(of, assembly) else { return card("no plan".to_owned(), String::new(), Vec::new()) };
    let Some(now) = shown.now.or_else(|| assembly.is_shell().then_some(1)) else {
        return card("no look".to_owned(), String::new(), Vec::new());
    };
    let plan = shown.plan;
    let at = |statistic| Key::new(&*plan.id, statistic).method(Method::GroupSequential);
    let readings = readings(plan, assembly);
    let verdict = verdict_cell(assembly, at(Statistic::Status));
    let mut keys = verdict.keys;
    let mut words = vec![format!("look {now} of {}", shown.looks)];
    let signed = if readings.is_some() { "|Z| " } else { "Z " };
    for (before, key) in [
        (signed, at(Statistic::Z)),
        ("efficacy from ", key(plan, Statistic::Bound, now)),
        ("futility below ", key(plan, Statistic::FutilityBound, now)),
        ("harm below ", key(plan, Statistic::HarmBound, now)),
    ] {
        let cell = maybe(assembly, shown.style, key);
        if !cell.text.is_empty() {
            let text = if before == "|Z| " { cell.text.trim_start_matches('−') } else { &cell.text };
            words.push(format!("{before}{text}"));
            keys.extend(cell.keys);
        }
    }
    let Some((first, second)) = readings else { return card(verdict.text, words.join("; "), keys) };
    let other = verdict_cell(assembly, at(Statistic::Status).variable("reversed"));
    keys.extend(other.keys);
    if other.text == verdict.text {
        return card(verdict.text, words.join("; "), keys);
    }
    // In the order of the codes, whichever of them the sign is of.
    let mut said = [format!("{first}: {}", verdict.text), format!("{second}: {}", other.text)];
    said.sort();
    words.extend(said);
    card("depends on the arm".to_owned(), words.join("; "), keys)
}

const ESTIMATES: &[Statistic] = &[Statistic::Difference, Statistic::Ratio];
const LIMITS: &[Statistic] =
    &[Statistic::DifferenceLower, Statistic::DifferenceUpper, Statistic::RatioLower, Statistic::RatioUpper];

/// The keys of a plan with one of these statistics, in their order.
fn found(
    plan: &Monitoring,
    method: Method,
    way: Option<&str>,
    statistics: &[Statistic],
    assembly: &Assembly<'_>,
) -> Vec<Key> {
    let all = assembly.rows.keys().filter(|key| {
        key.analysis == *plan.id
            && key.method == Some(method)
            && key.variable.as_deref() == way
            && key.contrast.is_some()
            && statistics.contains(&key.statistic)
    });
    let mut keys: Vec<Key> = all.cloned().collect();
    keys.sort_by_key(|key| statistics.iter().position(|own| *own == key.statistic));
    keys
}

/// Conditional and predictive power: at each bound of a look before the last, and at the result now.
pub(super) fn conditional_power(layout: &ConditionalPowerLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let shown = Shown::of(&layout.of, assembly)?;
    let plan = shown.plan;
    let assumed: Vec<Assumed> =
        Assumed::ALL.into_iter().filter(|own| *own != Assumed::Design || plan.drift.is_some()).collect();
    let mut rows = Vec::new();
    let powers = |assembly: &mut Assembly<'_>, at: &dyn Fn(Key) -> Key| {
        let of = |statistic, method| at(Key::new(&*plan.id, statistic).method(method));
        let conditional = of(Statistic::ConditionalPower, Method::ConditionalPower);
        let mut keys: Vec<Key> = assumed.iter().map(|own| conditional.clone().variable(own.name())).collect();
        keys.push(of(Statistic::PredictivePower, Method::PredictivePower));
        keys.into_iter().map(|key| maybe(assembly, shown.style, key)).collect::<Vec<Cell>>()
    };
    for look in 1..shown.looks {
        let level = look.to_string();
        let information = assembly.text(&key(plan, Statistic::Information, look), shown.style);
        let first = rows.len();
        for (name, words, statistic) in [
            ("efficacy", "at the bound for efficacy", Statistic::Bound),
            ("futility", "at the bound for futility", Statistic::FutilityBound),
        ] {
            let cells = powers(assembly, &|key| key.level(&level).level(name));
            if cells.iter().any(|cell| !cell.text.is_empty()) && (name == "efficacy" || plan.futility.is_some()) {
                let z = maybe(assembly, shown.style, key(plan, statistic, look));
                rows.push(data_row(1, words.to_owned(), [vec![z], cells].concat()));
            }
        }
        if shown.now == Some(look) {
            let z = Key::new(&*plan.id, Statistic::Z).method(Method::GroupSequential);
            let z = maybe(assembly, shown.style, z);
            let readings = readings(plan, assembly);
            let stub = "at the result of this look";
            let own = readings.as_ref().map_or_else(|| stub.to_owned(), |(first, _)| format!("{stub}, {first}"));
            rows.push(data_row(1, own, [vec![z], powers(assembly, &|key| key)].concat()));
            if let Some((_, second)) = readings {
                let z = Key::new(&*plan.id, Statistic::Z).method(Method::GroupSequential).variable("reversed");
                let z = maybe(assembly, shown.style, z);
                let cells = [vec![z], powers(assembly, &|key| key.level("reversed"))].concat();
                rows.push(data_row(1, format!("{stub}, {second}"), cells));
            }
        }
        // Of a look that was taken there is nothing left to tell.
        if rows.len() > first {
            rows.insert(first, heading(0, format!("Look {look}, {information} % of the information")));
        }
    }
    let heads = assumed.iter().map(|own| format!("CP, {}", own.label()));
    let heads = ["Z".to_owned()].into_iter().chain(heads).chain(["Predictive power".to_owned()]);
    let columns = heads.map(|head| {
        let unit = if head == "Z" { String::new() } else { "%".to_owned() };
        Column { head: vec![head, unit], align: Align::Decimal }
    });
    let columns = columns.collect();
    let critical = Key::new(&*plan.id, Statistic::CriticalValue).method(Method::GroupSequential);
    let critical = assembly.text(&critical, shown.style);
    let drift = plan
        .drift
        .map_or_else(String::new, |drift| format!("; of the design: an expectation of Z of {drift} at the end"));
    let footnotes = vec![
        note(format!(
            "CP: conditional power, the probability that Z at the end exceeds {critical}, with the effect named from the \
             look on{drift}. Predictive power: {}.",
            plan.prior().label()
        )),
        note("The share of the information is that of the planned end; with another one all of these are others."),
    ];
    let table = Table { stub_head: "Z at a look".to_owned(), columns, spanners: Vec::new(), rows };
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: analyses(plan) })
}

/// What the bounds are, exactly.
fn notes(shown: &Shown<'_>, assembly: &mut Assembly<'_>) -> Vec<Footnote> {
    let plan = shown.plan;
    let mut notes = vec![note(format!(
        "{}: error {} {}. Bounds for efficacy: {}; t: share of the information{}.",
        plan.label,
        plan.alpha,
        if plan.sides == TestSides::Two { "two-sided" } else { "one-sided" },
        plan.bounds.meaning(),
        if plan.spending_time.is_some() {
            ", but for what is spent the time that the plan gives each look"
        } else {
            ""
        }
    ))];
    if let Some(rule) = &plan.futility {
        let by = match (&rule.bounds, rule.predictive_power, rule.conditional_power) {
            (Some(bounds), ..) => {
                format!("{}, error of the second kind {}", bounds.meaning(), rule.beta.unwrap_or(0.0))
            }
            (_, Some(own), _) => format!("predictive power below {}, {}", own.below, own.prior.label()),
            (_, _, Some(own)) => format!("conditional power below {}, {}", own.below, own.under.label()),
            _ => String::new(),
        };
        let binds = if rule.binding {
            "binding: the bounds for efficacy count on it"
        } else {
            "not binding: the error is kept whether it is obeyed or not, and is printed without it"
        };
        notes.push(note(format!("Bounds for futility: {by}; {binds}.")));
    }
    if let Some(rule) = &plan.harm {
        notes.push(note(format!(
            "Bound for harm: {}, with an error of {} of its own.",
            rule.bounds.meaning(),
            rule.alpha
        )));
    }
    let blank = "An empty cell: no bound, or nothing of it, at that look.";
    notes.push(note(blank));
    if shown.now.is_some() {
        notes.push(note(
            "Z is the normal quantile of the p-value, above 0 for a benefit. A bound on the effect is that on Z times the \
             standard error at this look, scaled by the root of the information; the standard error is that of the analysis, \
             or where it has none the width of its interval over twice the normal quantile.",
        ));
    }
    if readings(plan, assembly).is_some() {
        notes.push(note(
            "Codes do not tell which arm is tested against the other: both readings are given, and the unmasked report has \
             the one that is meant.",
        ));
    }
    if plan.drift.is_some() {
        let expected = Key::new(&*plan.id, Statistic::ExpectedInformation).method(Method::GroupSequential);
        let expected = assembly.text(&expected, shown.style);
        let drift = plan.drift.unwrap_or_default();
        notes.push(note(format!(
            "Stopped for efficacy: with an expectation of Z of {drift} at the full information; the expected information is \
             then {expected} %."
        )));
    }
    notes
}

/// The analyses that displays of a plan draw on.
fn analyses(plan: &Monitoring) -> Vec<String> {
    let endpoint = plan.monitored.as_ref().map(|own| own.endpoint.to_string());
    [plan.id.to_string()].into_iter().chain(endpoint).collect()
}
