//! What a specification says in one word and means as many: the items of a score in summaries and exports.

use crate::spec::Study;
use crate::spec::endpoint::{Item, LevelSpec};
use crate::spec::export::Parameter;
use crate::spec::instrument::{self, ScoreInstrument};
use crate::spec::text::{Name, RuleText};

/// Writes out the items of every score named in a summary or an export.
pub(super) fn score_items(study: &mut Study) {
    let instrument_of = |name: &Name| study.score.get(&**name).and_then(|score| instrument::score(&score.instrument));
    for summary in &mut study.summary {
        let Some(name) = &summary.score else { continue };
        let Some(instrument) = instrument_of(name) else { continue };
        let mut items: Vec<Item> = items(name, &instrument);
        items.append(&mut summary.items);
        summary.items = items;
    }
    for export in &mut study.export {
        let parameters = std::mem::take(&mut export.parameters);
        for parameter in parameters {
            match parameter.score.as_ref().and_then(|name| Some((name.clone(), instrument_of(name)?))) {
                Some((name, instrument)) => export.parameters.extend(self::parameters(&name, &instrument, &parameter)),
                None => export.parameters.push(parameter),
            }
        }
    }
}

fn items(score: &Name, instrument: &ScoreInstrument) -> Vec<Item> {
    let rule =
        |sql: String| Some(RuleText { sql, span: score.span.clone(), instrument: Some(instrument.label.clone()) });
    let levels = |instrument: &ScoreInstrument| {
        instrument.values.keys().map(|value| LevelSpec { value: value.clone(), label: value.clone() }).collect()
    };
    let item = |own: &instrument::ScoreItem| {
        let column = format!("{score}_{}", own.id);
        let base = Item {
            id: Name::new(own.id.clone(), score.span.clone()),
            label: own.label.clone(),
            number: None,
            category: None,
            from: None,
            count: None,
            heading: false,
            unit: None,
            decimals: 0,
            levels: Vec::new(),
            among: rule(format!("{column} IS NOT NULL")),
            set: None,
            test: None,
        };
        if instrument.words {
            Item {
                category: rule(column.clone()),
                from: rule(format!("{column}_base")),
                levels: levels(instrument),
                among: None,
                ..base
            }
        } else {
            Item { count: rule(format!("{column} > 0")), ..base }
        }
    };
    instrument.item.iter().map(item).collect()
}

fn parameters(score: &Name, instrument: &ScoreInstrument, asked: &Parameter) -> Vec<Parameter> {
    let one = |code: &str, label: &str, column: String, has_base: bool| Parameter {
        code: Some(Name::new(code, score.span.clone())),
        label: label.to_owned(),
        frame: asked.frame.clone(),
        at: asked.at.clone(),
        value: Some(RuleText {
            sql: column.clone(),
            span: score.span.clone(),
            instrument: Some(instrument.label.clone()),
        }),
        base: has_base.then(|| RuleText {
            sql: format!("{column}_base"),
            span: score.span.clone(),
            instrument: Some(instrument.label.clone()),
        }),
        reason: None,
        score: None,
        endpoint: None,
    };
    let totals = instrument.total.iter().enumerate().map(|(position, total)| {
        let column = ScoreInstrument::total_column(score, position, total);
        one(&total.code, &total.label, column, true)
    });
    let counts =
        instrument.count.iter().map(|count| one(&count.code, &count.label, format!("{score}_{}", count.id), true));
    let items = instrument
        .item
        .iter()
        .map(|item| one(&item.code, &item.label, format!("{score}_{}", item.id), !instrument.words));
    totals.chain(counts).chain(items).collect()
}
