//! What the rows of occurrences are: the whole, the items, or the levels of a hierarchy in their order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::display::assemble::Assembly;
use crate::display::layout::summary::sentence_case;
use crate::results::{Key, Lookup, MISSING_LEVEL, Statistic, Value};
use crate::spec::occurrence::Occurrence;
use crate::spec::safety_figure::Sort;

/// What is counted in a row: all records, those of an item, or those at a level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::display::layout) struct Node {
    item: Option<String>,
    pub(in crate::display::layout) levels: Vec<String>,
    pub(in crate::display::layout) label: String,
    pub(in crate::display::layout) indent: u8,
    /// A little room above: it has others below it, or it follows those of another.
    pub(in crate::display::layout) opens_group: bool,
    /// It is a condition on subjects, so that it has neither events nor rates nor grades.
    pub(in crate::display::layout) of_subjects: bool,
}

impl Node {
    /// All records.
    pub(in crate::display::layout) fn whole(label: &str) -> Self {
        Self { label: label.to_owned(), ..Self::default() }
    }

    /// The same without those above it.
    pub(in crate::display::layout) fn at_edge(self) -> Self {
        Self { indent: 0, opens_group: false, ..self }
    }

    /// The key of a statistic of all arms together.
    pub(in crate::display::layout) fn key(&self, occurrence: &Occurrence, statistic: Statistic) -> Key {
        let mut key = Key::new(&*occurrence.id, statistic);
        key.variable.clone_from(&self.item);
        key.levels.clone_from(&self.levels);
        key
    }

    /// Whether so many percent of the subjects of some arm have it.
    fn reaches(&self, limit: f64, occurrence: &Occurrence, assembly: &Assembly<'_>) -> bool {
        // Before there are data, whatever may be shown is.
        assembly.is_shell()
            || assembly.study.arm.iter().any(|arm| {
                let key = self.key(occurrence, Statistic::Share).arm(&arm.id);
                matches!(assembly.rows.get(&key).map(|row| &row.value), Some(Value::Share { part, whole })
                if real(*part) * 100.0 >= limit * real(*whole))
            })
    }
}

/// A count on a scale.
pub(in crate::display::layout) fn real(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// Which levels are shown, and how they follow each other.
#[derive(Clone, Copy, Debug)]
pub(in crate::display::layout) struct Choice {
    pub(in crate::display::layout) sort: Sort,
    /// Percent of some arm that an innermost level must reach.
    pub(in crate::display::layout) at_least: Option<f64>,
    /// So many levels; all if absent.
    pub(in crate::display::layout) depth: Option<usize>,
}

/// The rows of occurrences, without the one over all.
pub(in crate::display::layout) fn nodes(occurrence: &Occurrence, choice: Choice, assembly: &Assembly<'_>) -> Vec<Node> {
    if occurrence.levels.is_empty() {
        items(occurrence, choice, assembly)
    } else {
        levels(occurrence, choice, assembly)
    }
}

fn items(occurrence: &Occurrence, choice: Choice, assembly: &Assembly<'_>) -> Vec<Node> {
    let deep = occurrence.items.iter().any(|item| item.indent > 0);
    let node = occurrence.items.iter().map(|item| Node {
        item: Some(item.id.to_string()),
        levels: Vec::new(),
        label: item.label.clone(),
        indent: item.indent,
        opens_group: deep && item.indent == 0,
        of_subjects: item.subjects.is_some(),
    });
    node.filter(|node| choice.at_least.is_none_or(|limit| node.reaches(limit, occurrence, assembly))).collect()
}

/// The paths of a hierarchy, an outer level before those below it.
fn levels(occurrence: &Occurrence, choice: Choice, assembly: &Assembly<'_>) -> Vec<Node> {
    let depth = choice.depth.map_or(occurrence.levels.len(), |depth| depth.clamp(1, occurrence.levels.len()));
    let counts = counts(occurrence, depth, assembly.rows);
    let mut paths: Vec<&[String]> = counts.keys().copied().collect();
    let rank = |path: &[String]| {
        let name = path.last().map_or("", String::as_str);
        let count = if choice.sort == Sort::Frequency { counts.get(path).copied().unwrap_or(0) } else { 0 };
        (name == MISSING_LEVEL, Reverse(count), name.to_lowercase(), name.to_owned())
    };
    paths.sort_by(|one, other| {
        let same = one.iter().zip(other.iter()).take_while(|(a, b)| a == b).count();
        if same < one.len() && same < other.len() {
            rank(&one[..=same]).cmp(&rank(&other[..=same]))
        } else {
            one.len().cmp(&other.len())
        }
    });
    let node = |path: &&[String]| Node {
        levels: path.to_vec(),
        label: path.last().map_or_else(String::new, |level| level_label(level)),
        indent: u8::try_from(path.len() - 1).unwrap_or(u8::MAX),
        opens_group: depth > 1 && path.len() == 1,
        ..Node::default()
    };
    let mut all: Vec<Node> = paths.iter().map(node).collect();
    if let Some(limit) = choice.at_least {
        let innermost = all.iter().filter(|node| node.levels.len() == depth);
        let kept: BTreeSet<Vec<String>> = innermost
            .filter(|node| node.reaches(limit, occurrence, assembly))
            .flat_map(|node| (1..=depth).map(|to| node.levels[..to].to_vec()))
            .collect();
        all.retain(|node| kept.contains(&node.levels));
    }
    all
}

/// How many subjects of all arms together are at each level, down to a depth.
fn counts<'a>(occurrence: &Occurrence, depth: usize, rows: &'a Lookup<'a>) -> BTreeMap<&'a [String], u64> {
    let of_all = rows.keys().filter(|key| {
        key.analysis == *occurrence.id
            && key.statistic == Statistic::Count
            && key.groups.is_empty()
            && key.contrast.is_none()
            && key.variable.is_none()
            && (1..=depth).contains(&key.levels.len())
    });
    let count = |key: &Key| match rows.get(key).map(|row| &row.value) {
        Some(Value::Count(count)) => *count,
        _ => 0,
    };
    of_all.map(|key| (key.levels.as_slice(), count(key))).collect()
}

/// A level as a reader expects it.
fn level_label(level: &str) -> String {
    if level == MISSING_LEVEL { "Not coded".to_owned() } else { sentence_case(level) }
}
