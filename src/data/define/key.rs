//! The key of a dataset: the variables whose values together identify a record.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::cells::Cells;
use crate::data::Dataset;

/// The records that have the key of another one, in groups, each in the order of the records. Missing values are values
/// here, special missing values different ones; none if the dataset lacks a variable of the key.
pub(super) fn repeated(dataset: &Dataset, keys: &[String]) -> Option<Vec<Vec<u32>>> {
    let height = u32::try_from(dataset.frame.height()).ok()?;
    let columns: Vec<(Cells, BTreeMap<u32, char>)> = keys
        .iter()
        .map(|key| {
            let special = dataset.special_missing.get(key).into_iter().flatten().copied().collect();
            Cells::of(dataset, key).map(|cells| (cells, special))
        })
        .collect::<Option<_>>()?;
    if columns.is_empty() {
        return Some(Vec::new());
    }
    let compare = |a: u32, b: u32| {
        columns.iter().fold(Ordering::Equal, |so_far, (cells, special)| {
            let here = || {
                let values = cells.compare(a as usize, b as usize);
                if special.is_empty() { values } else { values.then_with(|| special.get(&a).cmp(&special.get(&b))) }
            };
            so_far.then_with(here)
        })
    };
    let mut rows: Vec<u32> = (0..height).collect();
    rows.par_sort_unstable_by(|a, b| compare(*a, *b).then(a.cmp(b)));
    let groups = rows.chunk_by(|a, b| compare(*a, *b).is_eq()).filter(|group| group.len() > 1);
    Some(groups.map(<[u32]>::to_vec).collect())
}
