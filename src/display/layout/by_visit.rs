//! A table of a summary over a frame: each item heads its visits, arms side by side.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note};
use crate::display::layout::summary::sentence_case;
use crate::display::layout::{Laid, arm_columns, each_arm, of_the_arm};
use crate::display::number::Style;
use crate::display::report::{Body, Cell, Table, TableRow};
use crate::results::{Key, Statistic};
use crate::spec::Study;
use crate::spec::check::fields;
use crate::spec::endpoint::{Item, Summary};
use crate::spec::figure::ByVisitLayout;
use crate::spec::text::Name;

pub(super) fn table(layout: &ByVisitLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let summary = study.summary.iter().find(|summary| summary.id == layout.of)?;
    let columns = arm_columns(&summary.id, assembly);
    let items = chosen(summary, &layout.items);
    // A single visit stands in the head, and its cells beside the items.
    let visits = visits(summary, assembly);
    let only = match visits.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let indent = u8::from(only.is_some() && items.iter().any(|item| item.heading));
    let mut rows = Vec::new();
    for item in &items {
        let of = OfItem { summary, item };
        if item.heading {
            rows.push(heading(0, item.label.clone()));
        } else if item.category.is_some() {
            of.category(layout, (&visits, indent), assembly, &mut rows);
        } else if let Some((visit, _)) = only {
            let format = if item.number.is_some() { &layout.number } else { &layout.count };
            rows.push(data_row(indent, of.title(format), of.cells(format, None, visit, assembly)));
        } else {
            let format = if item.number.is_some() { &layout.number } else { &layout.count };
            rows.push(heading(0, of.title(format)));
            for (visit, label) in &visits {
                let cells = of.cells(format, None, visit, assembly);
                rows.push(data_row(1, *label, cells));
            }
        }
    }
    let counted = items.iter().any(|item| item.count.is_some() || item.category.is_some());
    let mut parts = Vec::new();
    if counted {
        parts.push(format!("n: number of participants for whom it holds; N: {}", denominator(summary, study)));
    }
    if items.iter().any(|item| item.number.is_some()) && layout.number.contains("{sd") {
        parts.push("SD: standard deviation".to_owned());
    }
    let footnotes = if parts.is_empty() { Vec::new() } else { vec![note(format!("{}.", parts.join("; ")))] };
    let stub_head = only.map_or_else(String::new, |(_, label)| label.to_owned());
    let table = Table { stub_head, columns, spanners: Vec::new(), rows };
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: vec![summary.id.to_string()] })
}

/// The items asked for, in the order asked for; all if none is named.
pub(super) fn chosen<'a>(summary: &'a Summary, names: &[Name]) -> Vec<&'a Item> {
    if names.is_empty() {
        return summary.items.iter().collect();
    }
    names.iter().filter_map(|name| summary.items.iter().find(|item| item.id == *name)).collect()
}

/// Of whom a count at a visit is, in words.
pub(super) fn denominator(summary: &Summary, study: &Study) -> String {
    let own = of_the_arm(study);
    let counted = || summary.items.iter().filter(|item| item.count.is_some());
    if summary.score.is_some() && counted().next().is_some() && counted().all(|item| item.among.is_some()) {
        format!("{own} assessed for it at the visit")
    } else if counted().any(|item| item.among.is_some()) {
        format!("{own} whom it concerns at the visit")
    } else {
        own.to_owned()
    }
}

/// The visits of a summary with their labels.
pub(super) fn visits<'a>(summary: &'a Summary, assembly: &Assembly<'a>) -> Vec<(&'a str, &'a str)> {
    let study = assembly.study;
    summary.at.iter().map(|visit| (&**visit, study.visit_label(visit).unwrap_or(visit))).collect()
}

/// Levels of a category with their labels: as listed, else as found in the results.
pub(super) fn levels(summary: &Summary, item: &Item, assembly: &Assembly<'_>) -> Vec<(String, String)> {
    if !item.levels.is_empty() {
        return item.levels.iter().map(|level| (level.value.clone(), level.label.clone())).collect();
    }
    let mut all: Vec<(String, String)> = Vec::new();
    for key in assembly.rows.keys() {
        let of_item = key.analysis == *summary.id && key.variable.as_deref() == Some(&*item.id);
        if let (true, [level]) = (of_item, key.levels.as_slice())
            && !all.iter().any(|(known, _)| known == level)
        {
            all.push((level.clone(), sentence_case(level)));
        }
    }
    all
}

/// An item of a summary.
struct OfItem<'a> {
    summary: &'a Summary,
    item: &'a Item,
}

impl OfItem<'_> {
    /// The label with unit, and what the cells hold.
    fn title(&self, format: &str) -> String {
        let label = &self.item.label;
        let what = in_words(format);
        self.item.unit.as_ref().map_or_else(|| format!("{label}, {what}"), |unit| format!("{label} ({unit}), {what}"))
    }

    fn key(&self, arm: &str, visit: &str, level: Option<&str>, statistic: Statistic) -> Key {
        let key = Key::new(&*self.summary.id, statistic).arm(arm).variable(&self.item.id).at(visit);
        match (level, statistic) {
            // The denominator is that of the item.
            (Some(level), Statistic::Count | Statistic::Share) => key.level(level),
            _ => key,
        }
    }

    fn cells(&self, format: &str, level: Option<&str>, visit: &str, assembly: &mut Assembly<'_>) -> Vec<Cell> {
        let style = Style::recorded(self.item.decimals);
        each_arm(assembly, &|arm, assembly| assembly.cell(format, style, &|s| self.key(arm, visit, level, s)))
    }

    /// A category: under each visit its levels, and how many have none, if anybody.
    fn category(
        &self,
        layout: &ByVisitLayout,
        (visits, indent): (&[(&str, &str)], u8),
        assembly: &mut Assembly<'_>,
        rows: &mut Vec<TableRow>,
    ) {
        let study = assembly.study;
        rows.push(heading(indent, self.title(&layout.count)));
        let alone = visits.len() == 1;
        let below = if alone { indent + 1 } else { 2 };
        let levels = levels(self.summary, self.item, assembly);
        for (visit, label) in visits {
            if !alone {
                rows.push(heading(1, *label));
            }
            for (level, level_label) in &levels {
                rows.push(data_row(below, level_label, self.cells(&layout.count, Some(level), visit, assembly)));
            }
            let keys = study.arm.iter().map(|arm| self.key(&arm.id, visit, None, Statistic::Missing));
            if keys.map(|key| assembly.count(&key)).sum::<u64>() > 0 {
                rows.push(data_row(below, "Missing", self.cells("{missing}", None, visit, assembly)));
            }
        }
    }
}

/// What a format shows, in the words of a table head: "n/N (%)", "mean (SD)".
fn in_words(format: &str) -> String {
    let counts = format.contains("{count");
    let mut text = format.to_owned();
    for (name, explicit) in fields(format).unwrap_or_default() {
        let word = match Statistic::named(name) {
            Some(Statistic::Count) => "n",
            Some(Statistic::N) if counts => "N",
            Some(Statistic::Share) => "%",
            Some(Statistic::Sd) => "SD",
            Some(Statistic::Q1) => "Q1",
            Some(Statistic::Q3) => "Q3",
            _ => name,
        };
        let field = explicit.map_or_else(|| format!("{{{name}}}"), |places| format!("{{{name}:{places}}}"));
        text = text.replacen(&field, word, 1);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn heads_say_what_cells_hold() {
        assert_eq!(in_words("{count}/{n} ({share})"), "n/N (%)");
        assert_eq!(in_words("{mean} ({sd})"), "mean (SD)");
        assert_eq!(in_words("{n}: {median:1} ({q1}, {q3})"), "n: median (Q1, Q3)");
    }
}
