//! Looks that were taken, made again from what the ledger says of them.

use crate::analysis::Design;
use crate::error::{Error, Finding, Place, Stage};
use crate::ledger::{Cut, Ledger, Look, plan_digest};
use crate::plan::{LookNumber, Looks};
use crate::spec::monitoring::Monitoring;

/// Recomputed values may differ by so much from those stored: bounds are found to the last bits of a double, and another
/// build of the program may differ in some of them; a table shows four decimals.
const TOLERANCE: f64 = 1e-8;

/// The entry of a look that is taken now: the bounds and the error spent that follow from the looks before it.
///
/// # Errors
/// The bounds of this look cannot be computed (stage binding).
pub fn taken(
    plan: &Monitoring,
    ledger: &Ledger,
    number: LookNumber,
    information: f64,
    (date, cut): (&str, &Cut<'_>),
) -> Result<Look, Error> {
    let mut look = Look {
        plan: plan.id.to_string(),
        number: number.planned(),
        reason: cut.unplanned.filter(|_| number == LookNumber::Unplanned).map(str::to_owned),
        date: date.to_owned(),
        cutoff: cut.day.to_owned(),
        information,
        fraction: information / plan.planned.unwrap_or(1.0),
        spent: 0.0,
        efficacy: None,
        futility: None,
        harm: None,
        data: cut.content.to_owned(),
        specification: plan_digest(plan),
    };
    let looks = ledger.looks(&plan.id);
    let refused =
        |message: String| Error::one(Stage::Binding, Finding::error(Place::file("monitoring.ledger"), message));
    bounds(plan, looks, number, &mut look).map_err(|message| refused(format!("{}: {message}", plan.id)))?;
    Ok(look)
}

/// What the stored looks of a plan say otherwise than the plan: findings, each of one look.
#[must_use]
pub fn recheck(plan: &Monitoring, ledger: &Ledger) -> Vec<Finding> {
    let mut findings = Vec::new();
    let all = ledger.looks(&plan.id);
    let specification = plan_digest(plan);
    for (place, stored) in ledger.looks_of(&plan.id).enumerate() {
        let mut told = |message: String| {
            let message = format!("{}, look {} of {}: {message}", plan.id, place + 1, stored.date);
            findings.push(Finding::error(Place::file("monitoring.ledger"), message));
        };
        if stored.specification != specification {
            told("the monitoring plan was another one".to_owned());
            continue;
        }
        let before = Looks { past: all.past[..place].to_vec(), ..Looks::default() };
        let mut again = stored.clone();
        if let Err(message) = bounds(plan, before, all.past[place].number, &mut again) {
            told(message);
            continue;
        }
        let numbers = |look: &Look| [Some(look.fraction), Some(look.spent), look.efficacy, look.futility, look.harm];
        let names = [
            "the share of the information",
            "the error spent",
            "the bound for efficacy",
            "that for futility",
            "that for harm",
        ];
        for (name, (old, new)) in names.into_iter().zip(numbers(stored).into_iter().zip(numbers(&again))) {
            let same = match (old, new) {
                (Some(old), Some(new)) => (old - new).abs() <= TOLERANCE,
                (None, None) => true,
                _ => false,
            };
            if !same {
                let shown = |own: Option<f64>| own.map_or_else(|| "none".to_owned(), |own| own.to_string());
                told(format!("{name} is stored as {} and is {} when it is made again", shown(old), shown(new)));
            }
        }
    }
    findings
}

/// Fills in what follows from the information of a look and of those before it.
fn bounds(plan: &Monitoring, before: Looks, number: LookNumber, look: &mut Look) -> Result<(), String> {
    let looks = Looks { now: Some(number), ..before };
    let found = Design::new(plan, &looks, Some(look.information));
    let design = found.map_err(|_| "its bounds cannot be computed from the information recorded".to_owned())?;
    let now = design.now().ok_or("it is not among the looks of its design")?;
    let own = &design.looks[now];
    look.fraction = own.share;
    look.spent = design.spent(now);
    (look.efficacy, look.futility, look.harm) = (own.upper, own.futility, own.harm);
    Ok(())
}
