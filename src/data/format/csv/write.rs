//! A table as comma-separated values: RFC 4180, UTF-8, lines that end with LF.
//!
//! Numbers have the fewest digits that read back as the same number, dates are those of ISO 8601, special missing values
//! stand as `.A`. Kinds, labels and the like go into the columns file.

use std::fmt::Write as _;

use crate::data::table::{Table, Values};
use crate::data::{Kind, MAX_FINDINGS, date};
use crate::error::{Finding, Place};

/// Writes a table.
///
/// # Errors
/// A text holds a NUL, which no reader of CSV takes.
pub(in crate::data) fn write(table: &Table) -> Result<Vec<u8>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut text = String::new();
    for (at, variable) in table.variables.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        quote_into(&mut text, &variable.name);
        if let Values::Text(values) = &table.values[at]
            && values.iter().flatten().any(|value| value.contains('\0'))
        {
            findings.push(Finding::error(Place::default().variable(&variable.name), "the text holds a NUL character"));
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    text.push('\n');
    let mut specials: Vec<_> = table
        .variables
        .iter()
        .map(|variable| table.special_missing.get(&variable.name).into_iter().flatten().peekable())
        .collect();
    for row in 0..table.records {
        for (at, (values, specials)) in table.values.iter().zip(&mut specials).enumerate() {
            if at > 0 {
                text.push(',');
            }
            if let Some((_, letter)) = specials.next_if(|(marked, _)| *marked as usize == row) {
                text.push('.');
                text.push(*letter);
            } else {
                value_into(&mut text, values, row);
            }
        }
        if text.ends_with('\n') {
            // A missing value alone on its line would be an empty line.
            text.push_str("\"\"");
        }
        text.push('\n');
    }
    Ok(text.into_bytes())
}

fn value_into(text: &mut String, values: &Values, row: usize) {
    match values {
        Values::Text(values) => values.get(row).into_iter().for_each(|value| quote_into(text, value)),
        Values::Number(values) => values.get(row).into_iter().for_each(|value| number_into(text, value)),
        Values::Date(values) => values.get(row).into_iter().for_each(|day| text.push_str(&date::text(day))),
        Values::DateTime(values) => values.get(row).into_iter().for_each(|time| moment_into(text, time)),
    }
}

/// A field, in quotes where it must be.
fn quote_into(text: &mut String, field: &str) {
    if field.contains([',', '"', '\n', '\r']) {
        text.push('"');
        text.push_str(&field.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(field);
    }
}

/// The fewest digits that read back as the same number, beyond 2^53 with an exponent: so many plain digits are an
/// identifier.
fn number_into(text: &mut String, value: f64) {
    const LARGE: f64 = 9_007_199_254_740_992.0;
    let written = if value == 0.0 || (1e-4..=LARGE).contains(&value.abs()) {
        write!(text, "{value}")
    } else {
        let scientific = format!("{value:e}");
        let signed = if scientific.contains("e-") { scientific } else { scientific.replace('e', "e+") };
        text.write_str(&signed)
    };
    written.expect("a text takes any text");
}

/// `YYYY-MM-DDThh:mm:ss`, with milliseconds where there are any.
fn moment_into(text: &mut String, time: i64) {
    let (day, rest) = (time.div_euclid(86_400_000), time.rem_euclid(86_400_000));
    text.push_str(&date::text(i32::try_from(day).expect("readers refuse times outside the calendar")));
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    write!(text, "T{hour:02}:{minute:02}:{second:02}").expect("a text takes any text");
    if rest % 1000 > 0 {
        write!(text, ".{:03}", rest % 1000).expect("a text takes any text");
    }
}

/// Warnings about texts that a spreadsheet would take for formulas. The file keeps them as they are, because it must read
/// back as the same data; a person should know before opening it. `shown` names the file.
pub(in crate::data) fn formulas(table: &Table, shown: &str) -> Vec<Finding> {
    let texts = table.variables.iter().zip(&table.values).filter(|(variable, _)| variable.kind == Kind::Text);
    let warnings = texts.filter_map(|(variable, values)| {
        let Values::Text(values) = values else { return None };
        let is_formula =
            |value: &str| value.starts_with(['=', '+', '-', '@', '\t', '\r']) && value.parse::<f64>().is_err();
        let records = values.iter().flatten().filter(|value| is_formula(value)).count();
        let message = format!("a spreadsheet would take texts of this variable for formulas ({records} records)");
        (records > 0).then(|| {
            let finding = Finding::warning(Place::file(shown).variable(&variable.name), message);
            finding.hint("import the file as text instead of opening it")
        })
    });
    warnings.take(MAX_FINDINGS).collect()
}
