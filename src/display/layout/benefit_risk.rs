//! Benefits and harms on one axis: differences of proportions from the reference, signed so that right is always better for
//! the arm that is compared.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::occurrence::{compared, difference_method};
use crate::display::layout::response::{Form, difference_methods, level_text};
use crate::display::layout::{Laid, axis, contrasts, interval, number};
use crate::display::number::{Style, align};
use crate::display::report::{Align, Body, Cell, Column, Footnote, Forest, ForestRow};
use crate::error::Finding;
use crate::results::{Key, Method, Statistic};
use crate::spec::Study;
use crate::spec::board::{BenefitRiskLayout, EffectOf};
use crate::spec::design::Arm;

pub(super) fn figure(layout: &BenefitRiskLayout, at: usize, assembly: &mut Assembly<'_>) -> Laid {
    let study = assembly.study;
    let pairs = contrasts(study);
    if pairs.is_empty() {
        let message = "a page of benefits and harms compares arms, and this report has one";
        assembly.refuse(Finding::error(study.origin.place(at), message));
    }
    let mut lines = Lines { rows: Vec::new(), words: Vec::new(), absent: Vec::new(), several: pairs.len() > 1 };
    for (title, effects, sign) in [("Benefits", &layout.benefits, 1.0), ("Harms", &layout.harms, -1.0)] {
        if effects.is_empty() {
            continue;
        }
        lines.heading(0, title);
        for effect in effects {
            let Some(effect) = Effect::of(effect, study) else { continue };
            if effect.is_unknown(&pairs, assembly) {
                lines.absent.push(effect.label);
                continue;
            }
            if lines.several {
                lines.heading(1, &effect.label);
            }
            for pair in &pairs {
                lines.row(&effect, *pair, sign, assembly);
            }
        }
    }
    let Lines { mut rows, words, absent, .. } = lines;
    let marks = rows.iter().filter_map(|row| row.mark).flat_map(|(at, (lower, upper))| [at, lower, upper]);
    let values: Vec<f64> = marks.chain([0.0]).collect();
    let effects = || layout.benefits.iter().chain(&layout.harms).filter_map(|own| Effect::of(own, study));
    let reference = &study.arm[study.reference_arm()].label;
    let first = match pairs.as_slice() {
        [(arm, _)] => arm.label.clone(),
        _ => "Arm compared".to_owned(),
    };
    let level = effects().next().map_or_else(String::new, |effect| level_text(effect.conf_level));
    let column =
        |head: &str, below: &str| Column { head: vec![head.to_owned(), below.to_owned()], align: Align::Decimal };
    let columns = vec![
        column(&first, "n/N (%)"),
        column(reference, "n/N (%)"),
        column("Advantage", &format!("% points ({level} % CI)")),
    ];
    for position in 0..columns.len() {
        let cells = rows.iter_mut().filter_map(|row| row.cells.get_mut(position)).map(|cell| &mut cell.text);
        align(&mut cells.collect::<Vec<_>>());
    }
    let favoured = if pairs.len() == 1 { first } else { "the arm compared".to_owned() };
    let mut footnotes = footnotes(&favoured, reference, effects());
    if !absent.is_empty() {
        footnotes.push(note(format!("Not shown, because nobody had it: {}.", absent.join(", "))));
    }
    let mut analyses: Vec<String> = Vec::new();
    for own in layout.benefits.iter().chain(&layout.harms) {
        if !analyses.contains(&own.of.to_string()) {
            analyses.push(own.of.to_string());
        }
    }
    let forest = Forest {
        stub_head: "Outcome".to_owned(),
        columns,
        rows,
        axis: axis::holding("Advantage, percentage points", &values),
        reference: 0.0,
        sides: Some((format!("favours {reference}"), format!("favours {favoured}"))),
        alt: format!("Advantages over {reference} with intervals, in percentage points. {}.", words.join("; ")),
    };
    Laid { body: Body::Forest(forest), footnotes, analyses }
}

fn footnotes<'a>(favoured: &str, reference: &str, effects: impl Iterator<Item = Effect<'a>>) -> Vec<Footnote> {
    let mut methods: Vec<Method> = effects.map(|effect| effect.method).collect();
    methods.sort_unstable();
    methods.dedup();
    let names: Vec<&str> = methods.into_iter().map(Method::label).collect();
    vec![note(format!(
        "Advantage: for benefits the difference {favoured} − {reference} of the proportions, for harms {reference} − \
         {favoured}. CI: confidence interval ({}), not adjusted for the number of lines.",
        names.join(", ")
    ))]
}

/// A difference as the results have it.
struct Effect<'a> {
    label: String,
    source: Source<'a>,
    method: Method,
    conf_level: f64,
}

enum Source<'a> {
    Endpoint(Form<'a>),
    /// A key of occurrences, with its item or levels; and whether only those assessed count.
    Occurrence(Key, bool),
}

impl<'a> Effect<'a> {
    fn of(own: &'a EffectOf, study: &'a Study) -> Option<Self> {
        if let Some(endpoint) = study.endpoint(&own.of) {
            let binary = endpoint.binary.as_ref()?;
            let visit: &str = own.at.as_ref().or_else(|| binary.at.last())?;
            return Some(Self {
                label: own.label.clone().unwrap_or_else(|| endpoint.label.clone()),
                source: Source::Endpoint(Form { endpoint, binary, visit, variant: None, subgroup: None }),
                method: difference_methods(binary).next()?,
                conf_level: binary.conf_level,
            });
        }
        let occurrence = study.occurrence.iter().find(|occurrence| occurrence.id == own.of)?;
        let mut key = Key::new(&*occurrence.id, Statistic::Count);
        key.variable = own.item.as_ref().map(ToString::to_string);
        key.levels.clone_from(&own.levels);
        let item = occurrence.items.iter().find(|item| Some(&item.id) == own.item.as_ref());
        let named = item.map(|item| &item.label).or_else(|| own.levels.last()).unwrap_or(&occurrence.label);
        Some(Self {
            label: own.label.clone().unwrap_or_else(|| named.clone()),
            source: Source::Occurrence(key, occurrence.assessed.is_some()),
            method: difference_method(occurrence)?,
            conf_level: occurrence.conf_level,
        })
    }

    /// Whether it is a level that no record has: there is no result of it.
    fn is_unknown(&self, pairs: &[(&Arm, &Arm)], assembly: &Assembly<'_>) -> bool {
        let of_level = matches!(&self.source, Source::Occurrence(key, _) if !key.levels.is_empty());
        let arms = pairs.iter().flat_map(|(arm, reference)| [arm, reference]);
        let mut told = arms.map(|arm| assembly.rows.get(&self.of_arm(arm, Statistic::Count)).is_some());
        of_level && !assembly.is_shell() && !told.any(|told| told)
    }

    fn of_arm(&self, arm: &Arm, statistic: Statistic) -> Key {
        match &self.source {
            Source::Endpoint(form) => form.of_arm(&arm.id, statistic),
            // The number is that of all in the arm, unless only those assessed count.
            Source::Occurrence(key, false) if statistic == Statistic::N => {
                Key::new(&*key.analysis, statistic).arm(&arm.id)
            }
            Source::Occurrence(key, _) => Key { statistic, ..key.clone() }.arm(&arm.id),
        }
    }

    fn of_pair(&self, (arm, reference): (&Arm, &Arm), statistic: Statistic) -> Key {
        match &self.source {
            Source::Endpoint(form) => form.of_contrast(&arm.id, &reference.id, statistic, self.method),
            Source::Occurrence(key, _) => {
                let key = Key { statistic, ..key.clone() }.contrast(&arm.id, &reference.id);
                compared(key, self.method, self.conf_level)
            }
        }
    }
}

/// The lines so far, and the figure in words.
struct Lines {
    rows: Vec<ForestRow>,
    words: Vec<String>,
    /// What nobody had.
    absent: Vec<String>,
    /// Whether several arms are compared with the reference, a line each.
    several: bool,
}

impl Lines {
    fn heading(&mut self, indent: u8, stub: &str) {
        self.rows.push(ForestRow {
            indent,
            stub: stub.to_owned(),
            heading: true,
            main: false,
            cells: Vec::new(),
            mark: None,
            keys: Vec::new(),
        });
    }

    fn row(&mut self, effect: &Effect<'_>, pair: (&Arm, &Arm), sign: f64, assembly: &mut Assembly<'_>) {
        let style = Style { points: true, ..Style::recorded(0) };
        let of_arm = |arm: &Arm, assembly: &mut Assembly<'_>| {
            assembly.cell("{count}/{n} ({share})", style, &|statistic| effect.of_arm(arm, statistic))
        };
        let mut cells = vec![of_arm(pair.0, assembly), of_arm(pair.1, assembly)];
        let key = |statistic| effect.of_pair(pair, statistic);
        let mut cell = assembly.cell("{difference} ({difference-lower}, {difference-upper})", style, &key);
        let keys = [Statistic::Difference, Statistic::DifferenceLower, Statistic::DifferenceUpper].map(key).to_vec();
        let found = number(assembly, &keys[0]).zip(interval(assembly, &keys[1], &keys[2]));
        // The other way round the limits change places, and nothing is a negative zero.
        let turned = found.map(
            |(at, (lower, upper))| {
                if sign > 0.0 { (at, (lower, upper)) } else { (0.0 - at, (0.0 - upper, 0.0 - lower)) }
            },
        );
        if let Some((at, (lower, upper))) = turned {
            let text = |value| assembly.percent_of_number(value, 1);
            cell = Cell { text: format!("{} ({}, {})", text(at), text(lower), text(upper)), ..cell };
        }
        let stub = if self.several { pair.0.label.clone() } else { effect.label.clone() };
        self.words.push(format!("{}, {}: {}", effect.label, pair.0.label, cell.text));
        cells.push(cell);
        let mark = turned.map(|(at, (lower, upper))| (at * 100.0, (lower * 100.0, upper * 100.0)));
        let indent = if self.several { 2 } else { 1 };
        self.rows.push(ForestRow { indent, stub, heading: false, main: true, cells, mark, keys });
    }
}
