//! What a masked report has not: refused where something shown needs it, and taken out where nothing does.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::CODED_ARM;
use super::mentions::{self, Element, Mentions, Words};
use crate::error::{Error, Finding, Place, Stage};
use crate::spec::design::{Arm, Masking};
use crate::spec::output::DisplaySpec;
use crate::spec::report::{Audience, Edition};
use crate::spec::text::{Name, RuleText};
use crate::spec::{Study, alone};

/// The identifier and the label of all arms together.
const POOLED: (&str, &str) = ("all", "All participants");

impl Study {
    /// Whatever is shown although it needs what is masked, with the way from the display to it.
    pub(super) fn refuse_masked(
        &self,
        edition: Edition,
        kept: &BTreeSet<Element>,
        mentions: &Mentions,
    ) -> Result<(), Error> {
        let none = Masking::default();
        let masking = self.masking.as_ref().unwrap_or(&none);
        if self.masking.is_none() {
            let place = Place::file(self.origin.file.clone());
            let message =
                format!("the report {} needs the section [masking]: what reveals a participant’s arm", edition.name());
            return Err(Error::one(Stage::Specification, Finding::error(place, message)));
        }
        let names: BTreeSet<&str> = masking
            .variables
            .iter()
            .chain(&masking.datasets)
            .chain(&masking.analysis_sets)
            .map(|name| &**name)
            .collect();
        let withheld = |element: &Element| element.section == "display" && self.is_withheld(edition, &element.name);
        let mut findings = Vec::new();
        let title = self.report.get(edition.name()).and_then(|report| report.title.as_ref());
        let tells = |title: &str| masking.words.iter().find(|word| title.to_lowercase().contains(&word.to_lowercase()));
        if let (None, Some(_)) = (title, tells(&self.study.title)) {
            let message = format!(
                "the title of the study holds a word that [masking] takes away from the report {}",
                edition.name()
            );
            let hint = format!("write another title in [report.{}]", edition.name());
            findings.push(Finding::error(Place::file(self.origin.file.clone()), message).hint(hint));
        }
        let mut told: BTreeSet<(String, String)> = BTreeSet::new();
        let shown = kept.iter().filter(|element| matches!(element.section.as_str(), "display" | "text"));
        for root in shown.filter(|element| !withheld(element)) {
            let needed = mentions.needed(std::slice::from_ref(root), &BTreeSet::new());
            for element in needed.keys() {
                let mut words = mentions.words.get(element).into_iter().flat_map(Words::written);
                let Some(word) = words.find(|word| names.contains(word.as_str())) else {
                    continue;
                };
                if !told.insert((root.name.clone(), word.clone())) {
                    continue;
                }
                let mut way: Vec<String> = (*word != element.name).then(|| word.clone()).into_iter().collect();
                let mut at = Some(element.clone());
                while let Some(step) = at {
                    way.push(format!("{} {}", step.section, step.name));
                    at = needed.get(&step).cloned().flatten();
                }
                way.reverse();
                let message = format!(
                    "the report {} may not show what [masking] takes away: {}",
                    edition.name(),
                    way.join(" → ")
                );
                let hint = match edition.audience() {
                    Audience::Coded => {
                        "leave it to the unmasked report (`reports`), or say why it is withheld (`identifies-arm`)"
                    }
                    _ => "leave it to closed reports (`reports`), or show something that does not need it",
                };
                findings.push(Finding::error(self.place_of(root), message).hint(hint));
            }
        }
        Error::unless_clean(Stage::Specification, findings).map(|_| ())
    }

    /// Displays that are nothing but a comparison have nothing to show of all arms together.
    pub(super) fn refuse_comparisons(&self, edition: Edition, narrowed: &Self) -> Result<(), Error> {
        let alone = !narrowed.compares();
        let comparing = narrowed.display.iter().filter(|display| alone && alone::only_compares(narrowed, display));
        let finding = |display: &DisplaySpec| {
            let message = format!("{} compares arms, and the report {} knows none", display.id, edition.name());
            let hint = "leave it to closed reports: reports = [\"dsmb-closed\"]";
            Finding::error(self.origin.place(display.id.span.start), message).hint(hint)
        };
        Error::unless_clean(Stage::Specification, comparing.map(finding).collect()).map(|_| ())
    }

    fn place_of(&self, element: &Element) -> Place {
        let display =
            self.display.iter().find(|display| *display.id == *element.name).map(|display| display.id.span.start);
        let text = self.text.iter().find(|text| *text.id == *element.name).map(|text| text.id.span.start);
        let at = if element.section == "display" { display } else { text };
        self.origin.place(at.unwrap_or(0))
    }

    /// The arms of a masked report: all together, or by their codes, in the order of the codes. The last code is the one the
    /// others are compared with, whichever arm it is.
    pub(super) fn shown_arms(&self, edition: Edition, codes: &[String]) -> Vec<Arm> {
        let span = self.arm.first().map_or(0..0, |arm| arm.id.span.clone());
        let rule = |sql: String| RuleText { sql, span: span.clone(), instrument: Some("codes".to_owned()) };
        if edition.audience() == Audience::Open {
            let (id, label) = POOLED;
            let all = rule("TRUE".to_owned());
            let id = Name::new(id, span.clone());
            return vec![Arm {
                id,
                label: label.to_owned(),
                planned: all.clone(),
                actual: all,
                reference: true,
                dose: None,
            }];
        }
        let codes: BTreeSet<&String> = codes.iter().collect();
        let arm = |(position, code): (usize, &&String)| Arm {
            id: Name::new(code.as_str(), span.clone()),
            label: format!("Arm {code}"),
            planned: rule(format!("{} = '{code}'", CODED_ARM[0])),
            actual: rule(format!("{} = '{code}'", CODED_ARM[1])),
            reference: position + 1 == codes.len(),
            dose: None,
        };
        codes.iter().enumerate().map(arm).collect()
    }

    /// Takes the names of what is masked out of the parts that no display names.
    ///
    /// # Errors
    /// The cut-off restates something that is not masked by a date or a condition that is.
    pub(super) fn without_masked(&self, study: &mut Study, text: &mut Table) -> Result<(), Error> {
        let Some(masking) = self.masking.as_ref() else { return Ok(()) };
        let mut findings = Vec::new();
        study.masking = None;
        let variables: BTreeSet<&str> = masking.variables.iter().map(|name| &**name).collect();
        for dataset in &masking.datasets {
            study.data.datasets.remove(&**dataset);
        }
        if let Some(cut) = &mut study.data.cut_off {
            for dataset in &masking.datasets {
                cut.datasets.remove(&**dataset);
            }
            // Who was not treated yet has no arm as treated: the codes are blanked in place of what they stand for.
            let coded = study.arm.len() > 1;
            let of_arms =
                [said_by(self.arm.iter().map(|arm| &arm.planned)), said_by(self.arm.iter().map(|arm| &arm.actual))];
            for restate in cut.datasets.values_mut().flat_map(|own| &mut own.restate) {
                for (name, said) in CODED_ARM.into_iter().zip(&of_arms).filter(|_| coded) {
                    let blanked =
                        restate.blank.iter().find(|own| variables.contains(&***own) && said.contains(&***own));
                    let span = blanked.map(|own| own.span.clone());
                    restate.blank.extend(span.map(|span| Name::new(name, span)));
                }
                restate.blank.retain(|name| !variables.contains(&**name));
                restate.set.retain(|name, _| !variables.contains(name.as_str()));
            }
            // One about nothing but what is masked is gone, whatever date it asks for.
            for own in cut.datasets.values_mut() {
                own.restate.retain(|restate| !restate.blank.is_empty() || !restate.set.is_empty());
            }
            for restate in cut.datasets.values().flat_map(|own| &own.restate) {
                let said = said_by(restate.r#where.iter().chain(restate.set.values()));
                let after = restate.after.iter().map(ToString::to_string);
                let Some(name) = after.chain(said).find(|name| variables.contains(name.as_str())) else { continue };
                let dates = restate.after.iter().chain(&restate.blank).map(|name| name.span.start);
                let at = dates.chain(restate.set.values().map(|rule| rule.span.start)).next().unwrap_or(0);
                let message = format!("the cut-off restates by {name}, which [masking] takes away");
                let hint = "restate what is not masked by a variable that is not, or mask it too";
                findings.push(Finding::error(self.origin.place(at), message).hint(hint));
            }
        }
        if let Some(datasets) =
            text.get_mut("data").and_then(|data| data.get_mut("datasets")).and_then(Value::as_table_mut)
        {
            datasets.retain(|name, _| {
                !masking.datasets.iter().any(|own| {
                    let name: &str = name;
                    **own == *name
                })
            });
        }
        Error::unless_clean(Stage::Specification, findings).map(|_| ())
    }
}

/// The words of rules.
fn said_by<'a>(rules: impl Iterator<Item = &'a RuleText>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    rules.for_each(|rule| mentions::said_in_rule(&rule.sql, &mut words));
    words
}

/// An arm of a masked report as text.
pub(super) fn arm_as_text(arm: &Arm) -> Value {
    let mut table: Table = [
        ("id", &*arm.id),
        ("label", arm.label.as_str()),
        ("planned", arm.planned.sql.as_str()),
        ("actual", arm.actual.sql.as_str()),
    ]
    .map(|(key, text)| (key.to_owned(), Value::from(text)))
    .into_iter()
    .collect();
    if arm.reference {
        table.insert("reference".to_owned(), true.into());
    }
    Value::Table(table)
}
