//! The values of a variable held against the item that describes them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::cells::Cells;
use super::elements::short;
use super::rules::{CODE, INTEGER, ISO, KIND, LENGTH, MANDATORY, Rule};
use super::{CodeList, DataType, Define, Item};
use crate::data::Kind;
use crate::data::date::PartialDate;

/// Different values that a finding names.
const NAMED: usize = 5;

/// A rule that some records break.
pub(super) struct Breach {
    pub(super) rule: &'static Rule,
    pub(super) message: String,
    /// The records, in their order.
    pub(super) rows: Vec<usize>,
}

/// What the codes of a list are held against: numbers as numbers, so that 1 is 1.0.
enum Codes<'a> {
    Text(BTreeSet<&'a str>),
    /// By the bits of the number.
    Number(BTreeSet<u64>),
}

impl<'a> Codes<'a> {
    fn of(list: &'a CodeList, cells: Cells) -> Option<Self> {
        match cells {
            _ if list.external.is_some() => None,
            Cells::Text(_) => Some(Self::Text(list.values.keys().map(String::as_str).collect())),
            Cells::Number(_) => {
                let numbers = list.values.keys().filter_map(|code| code.parse::<f64>().ok());
                Some(Self::Number(numbers.map(bits).collect()))
            }
            Cells::Date(_) | Cells::DateTime(_) => None,
        }
    }

    fn lack(&self, cells: Cells, row: usize) -> bool {
        match (self, cells) {
            (Self::Text(codes), Cells::Text(values)) => values.get(row).is_some_and(|value| !codes.contains(value)),
            (Self::Number(codes), Cells::Number(values)) => {
                values.get(row).is_some_and(|value| !codes.contains(&bits(value)))
            }
            _ => false,
        }
    }
}

/// The bits of a number, with one zero.
fn bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}

/// Whether values of that kind can be what the item says. Text in ISO 8601 may have become dates in a format that has
/// them.
pub(super) fn fits(item: &Item, kind: Kind) -> bool {
    kind == item.kind() || item.data_type == DataType::Iso8601 && matches!(kind, Kind::Date | Kind::DateTime)
}

/// Every rule about values that these records break, with their number and some of the values.
pub(super) fn breaches(define: &Define, item: &Item, mandatory: bool, cells: Cells, rows: &[usize]) -> Vec<Breach> {
    let list = item.code_list.as_ref().and_then(|oid| define.code_lists.get(oid));
    let codes = list.and_then(|list| Codes::of(list, cells));
    let longest = item.length.filter(|_| item.data_type == DataType::Text).map(|length| length as usize);
    let numeric = matches!(item.data_type, DataType::Integer | DataType::Float);
    let whole = item.data_type == DataType::Integer;
    let mut breaches = Vec::new();
    let mut among = |rule: &'static Rule, what: &str, broken: &dyn Fn(usize) -> bool| {
        let rows: Vec<usize> = rows.iter().copied().filter(|row| broken(*row)).collect();
        if !rows.is_empty() {
            breaches.push(Breach { rule, message: message(what, cells, &rows), rows });
        }
    };
    match cells {
        Cells::Text(values) => {
            if let Some(longest) = longest {
                let long = |row| {
                    // As many bytes are enough characters for sure.
                    let value: Option<&str> = values.get(row);
                    value.is_some_and(|value| value.len() > longest && value.chars().count() > longest)
                };
                among(&LENGTH, &format!("longer than {longest} characters"), &long);
            }
            if item.data_type == DataType::Iso8601 {
                let odd = |row| values.get(row).is_some_and(|value| !is_iso_8601(value));
                among(&ISO, "not ISO 8601", &odd);
            }
            // Of a value list: numbers may stand in a variable of text.
            if numeric {
                let odd = |row| {
                    let number = |value: &str| value.trim().parse::<f64>().ok();
                    values.get(row).is_some_and(|value| number(value).is_none_or(|n| whole && n.fract() != 0.0))
                };
                among(&KIND, if whole { "not a whole number" } else { "not a number" }, &odd);
            }
        }
        Cells::Number(values) if whole => {
            among(&INTEGER, "not a whole number", &|row| values.get(row).is_some_and(|value| value.fract() != 0.0));
        }
        _ => {}
    }
    if let (Some(codes), Some(list)) = (codes, list) {
        among(&CODE, &format!("not in the code list {}", short(&list.name)), &|row| codes.lack(cells, row));
    }
    if mandatory {
        among(&MANDATORY, "missing, and mandatory", &|row| cells.is_missing(row));
    }
    breaches
}

/// Dates whole or in part, times, durations (`P…`) and intervals, by their first characters.
fn is_iso_8601(value: &str) -> bool {
    let time = |value: &str| value.starts_with('T') || value.as_bytes().get(2) == Some(&b':');
    value.starts_with(['P', '-'])
        || time(value)
        || value.split('/').all(|part| part.starts_with('P') || PartialDate::parse(part).is_some())
}

/// The number of records and some of the values.
fn message(what: &str, cells: Cells, rows: &[usize]) -> String {
    let mut values: BTreeMap<Cow<str>, usize> = BTreeMap::new();
    let mut more = false;
    for value in rows.iter().filter_map(|row| cells.shown(*row)) {
        if values.len() < NAMED || values.contains_key(&value) {
            *values.entry(value).or_default() += 1;
        } else {
            more = true;
        }
    }
    let named: Vec<String> = values.keys().map(|value| short(value)).collect();
    let records = if rows.len() == 1 { "1 record".to_owned() } else { format!("{} records", rows.len()) };
    match (named.is_empty(), more) {
        (true, _) => format!("{what} in {records}"),
        (false, false) => format!("{what} in {records}: {}", named.join(", ")),
        (false, true) => format!("{what} in {records}: {}, …", named.join(", ")),
    }
}
