//! A page of large numbers: what a board sees first.

use crate::display::assemble::Assembly;
use crate::display::layout::{Laid, looks, safety_rules};
use crate::display::number::Style;
use crate::display::report::{Body, Card, CardGroup, Snapshot};
use crate::display::shell;
use crate::results::{Key, Method, Statistic, Value};
use crate::spec::Study;
use crate::spec::board::{SnapshotCell, SnapshotLayout};
use crate::spec::endpoint::Item;

pub(super) fn page(layout: &SnapshotLayout, assembly: &mut Assembly<'_>) -> Laid {
    let study = assembly.study;
    let (mut groups, mut words, mut analyses) = (Vec::new(), Vec::new(), Vec::new());
    let mut any_by_arm = false;
    for group in &layout.groups {
        let mut cards = Vec::new();
        for cell in &group.cells {
            let own = card(cell, assembly);
            let arms = own.arms.iter().map(|(arm, text)| format!("{} {text}", study.arm[*arm].label));
            let arms: Vec<String> = arms.collect();
            any_by_arm |= !arms.is_empty();
            let of_arms = if arms.is_empty() { String::new() } else { format!(" ({})", arms.join(", ")) };
            words.push(format!("{}: {} {}{of_arms}", cell.label, own.number, own.below));
            let endpoint =
                study.monitoring.iter().find(|plan| plan.id == cell.of).and_then(|plan| plan.monitored.as_ref());
            for name in [Some(&cell.of), endpoint.map(|own| &own.endpoint)].into_iter().flatten() {
                if !analyses.contains(&name.to_string()) {
                    analyses.push(name.to_string());
                }
            }
            cards.push(own);
        }
        groups.push(CardGroup { title: group.title.clone(), cards });
    }
    let arms = if any_by_arm { study.arm.iter().map(|arm| arm.label.clone()).collect() } else { Vec::new() };
    let alt = format!("Numbers at a glance. {}.", words.join("; "));
    Laid { body: Body::Snapshot(Snapshot { arms, groups, alt }), footnotes: Vec::new(), analyses }
}

/// What sort of analysis a number is of.
enum Kind<'a> {
    Status { by_arm: bool },
    Accrual,
    Summary(Option<&'a Item>),
    Occurrence,
}

impl<'a> Kind<'a> {
    fn of(cell: &SnapshotCell, study: &'a Study) -> Self {
        if let Some(status) = study.status.iter().find(|status| status.id == cell.of) {
            // A box is told by arm if it is in one that is.
            let own = cell.item.as_deref().and_then(|id| status.of(id));
            let mut around = std::iter::successors(own, |own| status.of(own.r#in.as_deref()?));
            return Self::Status { by_arm: around.any(|own| own.by_arm) };
        }
        if study.accrual.iter().any(|accrual| accrual.id == cell.of) {
            return Self::Accrual;
        }
        match study.summary.iter().find(|summary| summary.id == cell.of) {
            Some(summary) => Self::Summary(summary.items.iter().find(|item| Some(&item.id) == cell.item.as_ref())),
            None => Self::Occurrence,
        }
    }

    const fn by_arm(&self) -> bool {
        match self {
            Self::Status { by_arm } => *by_arm,
            Self::Accrual => false,
            Self::Summary(_) | Self::Occurrence => true,
        }
    }

    /// Whether a count has a share of a whole.
    fn has_share(&self) -> bool {
        match self {
            Self::Status { .. } | Self::Accrual => false,
            Self::Summary(item) => item.is_some_and(|item| item.number.is_none()),
            Self::Occurrence => true,
        }
    }
}

fn card(cell: &SnapshotCell, assembly: &mut Assembly<'_>) -> Card {
    let study = assembly.study;
    if let Some(rule) = study.safety_rule.iter().find(|rule| rule.id == cell.of) {
        return safety_rules::card(rule, &cell.label, assembly);
    }
    if study.monitoring.iter().any(|plan| plan.id == cell.of) {
        return looks::card(&cell.of, &cell.label, assembly);
    }
    let kind = Kind::of(cell, study);
    let accrual = study.accrual.iter().find(|accrual| accrual.id == cell.of);
    let key = |statistic: Statistic, arm: Option<&str>| {
        let mut key = Key::new(&*cell.of, statistic);
        key = arm.map_or_else(|| key.clone(), |arm| key.clone().arm(arm));
        key = cell.item.iter().fold(key, |key, item| key.variable(item));
        key = cell.level.iter().fold(key, |key, level| key.level(level));
        let dated = matches!(statistic, Statistic::Date | Statistic::DateLower | Statistic::DateUpper);
        match accrual {
            // A day to come is one of the projection.
            Some(accrual) if dated && cell.item.as_deref().is_some_and(|item| ["all", "late"].contains(&item)) => {
                key.method(Method::Projection).limited(accrual.conf_level)
            }
            _ => key,
        }
    };
    let with_share = kind.has_share() && cell.show.contains("{count}");
    let mut keys = Vec::new();
    let mut shown = |arm: Option<&str>, assembly: &mut Assembly<'_>| {
        let number = assembly.cell(&cell.show, Style::recorded(0), &|statistic| key(statistic, arm));
        keys.extend(number.keys);
        let share = with_share.then(|| {
            let share = key(Statistic::Share, arm);
            let text = assembly.text(&share, Style::recorded(0));
            let whole = match assembly.rows.get(&share).map(|row| &row.value) {
                Some(Value::Share { whole, .. }) => Some(whole.to_string()),
                _ if assembly.is_shell() => Some(shell::COUNT.to_owned()),
                _ => None,
            };
            keys.push(share);
            (whole, text)
        });
        (number.text, share)
    };
    let (number, share) = shown(None, assembly);
    let below = match (cell.planned, share) {
        (Some(planned), _) => format!("of {planned} planned"),
        (None, Some((Some(whole), share))) => format!("of {whole} ({share} %)"),
        // Nobody could be counted.
        (None, Some((None, _))) => "of 0".to_owned(),
        (None, None) => String::new(),
    };
    let mut arms = Vec::new();
    if kind.by_arm() && study.arm.len() > 1 {
        for (position, arm) in study.arm.iter().enumerate() {
            let (number, share) = shown(Some(&arm.id), assembly);
            let text = match share {
                Some((Some(whole), share)) => format!("{number}/{whole} ({share} %)"),
                Some((None, _)) => format!("{number}/0"),
                None => number,
            };
            arms.push((position, text));
        }
    }
    Card { label: cell.label.clone(), number, below, arms, keys }
}
