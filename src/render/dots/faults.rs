//! What makes shares and differences impossible to draw, or would leave something of them unseen.

use crate::display::Dots;
use crate::render::plot;

/// What makes the figure impossible to draw; empty when it can be.
pub fn faults(dots: &Dots) -> Vec<String> {
    let mut out = plot::axis_faults("left", &dots.shares);
    let (shares, differences) = (&dots.shares, &dots.differences);
    if let Some(differences) = differences {
        out.extend(plot::axis_faults("right", differences));
        if !(differences.from <= 0.0 && differences.to >= 0.0) || differences.log {
            out.push("no difference is off the right axis".to_owned());
        }
    }
    for (index, row) in dots.rows.iter().enumerate() {
        let place = format!("row {}", index + 1);
        let expected = if row.heading { 0 } else { dots.arms.len() };
        if row.shares.len() != expected {
            out.push(format!("{place} has {} shares for {expected} arms", row.shares.len()));
        }
        if row.heading && !row.differences.is_empty() {
            out.push(format!("{place} is a heading and has differences"));
        }
        let divided = if dots.grades.is_empty() { 0 } else { expected };
        if row.grades.len() != divided || row.grades.iter().any(|own| own.len() != dots.grades.len()) {
            out.push(format!("the bars of {place} are not divided by {} grades of {divided} arms", dots.grades.len()));
        }
        for (share, grades) in row.shares.iter().zip(&row.grades) {
            if (share.unwrap_or(0.0) - grades.iter().sum::<f64>()).abs() > 1e-6 {
                out.push(format!("somebody in {place} has a grade that is not listed"));
            }
        }
        for share in row.shares.iter().flatten() {
            if !(*share >= shares.from && *share <= shares.to) {
                out.push(format!("a share of {place}, {share}, is off the axis"));
            }
        }
        for (arm, estimate, (lower, upper)) in &row.differences {
            if *arm >= dots.arms.len() {
                out.push(format!("a difference of {place} is that of arm {} of {}", arm + 1, dots.arms.len()));
            }
            if !differences.as_ref().is_some_and(|axis| *estimate >= axis.from && *estimate <= axis.to) {
                out.push(format!("a difference of {place}, {estimate}, is off the axis"));
            }
            // An end may lie beyond the axis, even without end: an arrow says so.
            if lower.is_nan() || upper.is_nan() || lower > upper {
                out.push(format!("an interval of {place} runs from {lower} to {upper}"));
            }
        }
    }
    if dots.rows.is_empty() {
        out.push("there are no rows".to_owned());
    }
    out
}
