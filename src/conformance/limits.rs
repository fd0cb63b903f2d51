//! Values beyond limits that no living subject has: mistakes of unit or of a decimal point.

use crate::conformance::check::{Hit, Hits, Look};
use crate::data::vector::Vector;
use crate::spec::conformance::{Limits, PlausibleCheck};

/// Values of listed parameters that lie beyond their limits. A value in a unit that the conversion does not know is left
/// to the rules about units.
pub(super) fn plausible(look: &Look<'_>, check: &PlausibleCheck) -> Option<Vec<Hits>> {
    let [parameter, value, unit] = [&check.parameter, &check.value, &check.unit].map(|name| look.name(name));
    let (codes, values, units) = (look.view.own(&parameter)?, look.view.own(&value)?, look.view.own(&unit)?);
    let Vector::Number(values) = &*values else { return None };
    let mut hits = Vec::new();
    for (row, measure) in values.iter().enumerate().filter(|(_, measure)| !measure.is_missing()) {
        let code = codes.show(row);
        let Some(limits) = check.limits.iter().find(|limits| limits.codes.contains(&code)) else { continue };
        let Some(factor) = factor(look, limits, &units.show(row)) else { continue };
        let below = limits.low.filter(|low| measure.high * factor < *low).map(|low| format!("below {low}"));
        let above = limits.high.filter(|high| measure.low * factor > *high).map(|high| format!("above {high}"));
        if let Some(beyond) = below.or(above) {
            hits.push(Hit::told(row, format!("{beyond} {}", limits.unit)));
        }
    }
    Some(vec![Hits::of(value.clone(), vec![parameter, value, unit], hits)])
}

fn factor(look: &Look<'_>, limits: &Limits, unit: &str) -> Option<f64> {
    if unit == limits.unit {
        return Some(1.0);
    }
    look.units.conversion.get(&limits.conversion)?.factor(unit, &limits.unit)
}
