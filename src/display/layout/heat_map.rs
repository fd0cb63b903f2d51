//! A heat map of the conditions of a summary over a frame: a panel an arm, a row an item, a column a visit.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::Laid;
use crate::display::layout::by_visit::{denominator, visits};
use crate::display::number::Style;
use crate::display::report::{Body, Grid, GridCell, GridPanel, GridRow};
use crate::results::{Key, Reason, Statistic, Value};
use crate::spec::design::Arm;
use crate::spec::endpoint::{Item, Summary};
use crate::spec::figure::HeatMapLayout;

pub(super) fn grid(layout: &HeatMapLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let summary = study.summary.iter().find(|summary| summary.id == layout.of)?;
    let visits = visits(summary, assembly);
    let mut map = Map { summary, visits, items: Vec::new() };
    let mut absent: Vec<&str> = Vec::new();
    let mut opens_group = false;
    for item in &summary.items {
        if item.heading {
            opens_group = true;
        } else if item.count.is_some() {
            if map.occurs(item, assembly) {
                map.items.push((item, opens_group));
                opens_group = false;
            } else {
                absent.push(&item.label);
            }
        }
    }
    let mut panels = Vec::new();
    let mut alt = vec!["Heat map of percentages by item and visit.".to_owned()];
    for arm in &study.arm {
        panels.push(map.panel(arm, assembly));
        alt.push(map.words(arm, assembly));
    }
    let example = GridCell { text: "50".to_owned(), shade: 50, ..GridCell::default() };
    let legend = vec![(example, "percent; darker: more".to_owned())];
    let mut footnotes = vec![note(format!("Percent of {}, in whole numbers.", denominator(summary, study)))];
    if !absent.is_empty() {
        let word = if absent.len() == 1 { "item" } else { "items" };
        let (count, labels) = (absent.len(), absent.join("; "));
        footnotes.push(note(format!("Left out: {count} {word} that no participant had at these visits: {labels}.")));
    }
    let grid = Grid { panels, legend, alt: alt.join(" ") };
    Some(Laid { body: Body::Grid(grid), footnotes, analyses: vec![summary.id.to_string()] })
}

struct Map<'a> {
    summary: &'a Summary,
    /// Identifier and label.
    visits: Vec<(&'a str, &'a str)>,
    /// The items shown, and whether a group opens with them.
    items: Vec<(&'a Item, bool)>,
}

impl Map<'_> {
    fn key(&self, item: &Item, visit: &str, statistic: Statistic) -> Key {
        Key::new(&*self.summary.id, statistic).variable(&item.id).at(visit)
    }

    /// Whether anybody ever has an item.
    fn occurs(&self, item: &Item, assembly: &mut Assembly<'_>) -> bool {
        self.visits.iter().any(|(visit, _)| assembly.count(&self.key(item, visit, Statistic::Count)) > 0)
    }

    fn panel(&self, arm: &Arm, assembly: &mut Assembly<'_>) -> GridPanel {
        let mut rows = Vec::new();
        for (item, opens_group) in &self.items {
            let cells = self.visits.iter().map(|(visit, _)| self.cell(item, visit, arm, assembly)).collect();
            rows.push(GridRow { label: item.label.clone(), opens_group: *opens_group, cells });
        }
        rows.extend(self.denominators(arm, assembly));
        let number = assembly.counted(&Key::new(&*self.summary.id, Statistic::N).arm(&arm.id));
        GridPanel {
            title: format!("{} (N = {number})", arm.label),
            x_title: String::new(),
            y_title: String::new(),
            columns: self.visits.iter().map(|(_, label)| (*label).to_owned()).collect(),
            rows,
        }
    }

    fn cell(&self, item: &Item, visit: &str, arm: &Arm, assembly: &mut Assembly<'_>) -> GridCell {
        let key = self.key(item, visit, Statistic::Share).arm(&arm.id);
        let text = match assembly.row(&key).map(|row| &row.value) {
            Some(value @ Value::Share { .. }) => {
                assembly.shown(key.statistic, value, Style { explicit: Some(0), ..Style::recorded(0) })
            }
            Some(Value::NotEstimable(reason)) => reason.abbreviation().to_owned(),
            _ if assembly.is_shell() => assembly.text(&key, Style { explicit: Some(0), ..Style::recorded(0) }),
            _ => Reason::NoData.abbreviation().to_owned(),
        };
        // As dark as the number in it says.
        let shade = text.parse().unwrap_or(0);
        GridCell { text, shade, outlined: false, keys: vec![key] }
    }

    /// A last row with the numbers of whom the percentages are, where these are the same for all items.
    fn denominators(&self, arm: &Arm, assembly: &mut Assembly<'_>) -> Option<GridRow> {
        let (first, _) = self.items.first()?;
        let mut cells = Vec::new();
        for (visit, _) in &self.visits {
            let key = |item: &Item| self.key(item, visit, Statistic::N).arm(&arm.id);
            let number = assembly.counted(&key(first));
            for (item, _) in &self.items {
                if assembly.counted(&key(item)) != number {
                    return None;
                }
            }
            cells.push(GridCell { text: number, keys: vec![key(first)], ..GridCell::default() });
        }
        Some(GridRow { label: "n".to_owned(), opens_group: true, cells })
    }

    /// An arm in words: each item at the first and the last visit.
    fn words(&self, arm: &Arm, assembly: &mut Assembly<'_>) -> String {
        let ends: Vec<(&str, &str)> = match self.visits.as_slice() {
            [] => Vec::new(),
            [only] => vec![*only],
            [first, .., last] => vec![*first, *last],
        };
        let labels: Vec<&str> = ends.iter().map(|(_, label)| *label).collect();
        let mut items = Vec::new();
        for (item, _) in &self.items {
            let mut texts = Vec::new();
            for (visit, _) in &ends {
                let key = self.key(item, visit, Statistic::Share).arm(&arm.id);
                let text = assembly.text(&key, Style { explicit: Some(0), ..Style::recorded(0) });
                texts.push(text);
            }
            items.push(format!("{} {} %", item.label, texts.join(" and ")));
        }
        format!("{}, at {}: {}.", arm.label, labels.join(" and "), items.join("; "))
    }
}
