//! A specification as one report needs it: its displays, and what they need. What other reports show is not there, so that
//! nothing of it is read, computed or written; of a masked report, what is masked is not there either, nor the arms.

mod mentions;

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::de::{DeArray, DeTable, DeValue};
use toml::{Spanned, Table, Value};

use crate::error::{Error, Finding, Place, Stage};
use crate::spec::design::{Arm, FactText, Masking};
use crate::spec::output::DisplaySpec;
use crate::spec::report::{Audience, Edition};
use crate::spec::text::{Name, RuleText};
use crate::spec::{Reading, Study, alone};
use mentions::{Element, Mentions, Words, collect, naming_key};

/// The identifier and the label of all arms together.
const POOLED: (&str, &str) = ("all", "All participants");

/// The variables that say in masked data who is together in an arm: as randomised, as treated.
pub const CODED_ARM: [&str; 2] = ["TPARMP", "TPARMA"];

/// A specification as one report needs it.
#[derive(Clone, Debug)]
pub struct Narrowed {
    /// The specification.
    pub study: Study,
    /// The same as text. That of a masked report names no arm and nothing that is masked.
    pub text: String,
}

impl Study {
    /// The specification as a report needs it. `look` says whether the run is a look of the monitoring plan; `codes` are the
    /// codes of the arms, in the order of `[[arm]]`, where the report shows codes.
    ///
    /// # Errors
    /// Something that the report shows needs what `[masking]` takes away; the report has nothing to show (stage
    /// specification).
    pub fn narrowed(&self, edition: Edition, look: bool, codes: &[String]) -> Result<Narrowed, Error> {
        let (document, _) = DeTable::parse_recoverable(self.origin.text());
        let document = document.into_inner();
        let table = as_table(&document);
        let mentions = Mentions::of(&table);
        let kept = self.kept(edition, look, &table, &mentions)?;
        let masked = edition.audience() != Audience::Unmasked;
        if masked {
            self.refuse_masked(edition, &kept, &mentions)?;
        }
        let withheld = |id: &str| self.is_withheld(edition, id);
        let filter = Filter { kept: &kept, sections: self.sections_of(edition), withheld: &withheld };
        let document = filter.document(document);
        let mut text = as_table(&document);
        let mut reading = Reading { origin: self.origin.clone(), findings: Vec::new() };
        let Some(mut study) = reading.study(document).filter(|_| reading.findings.is_empty()) else {
            return Err(Error { stage: Stage::Specification, findings: reading.findings });
        };
        self.entitle(edition, &mut study, &mut text);
        if masked {
            study.arm = self.shown_arms(edition, codes);
            text.insert("arm".to_owned(), Value::Array(study.arm.iter().map(arm_as_text).collect()));
            for (section, key) in
                [("masking", ""), ("data", "cut-off"), ("conformance", "accept"), ("conformance", "rule")]
            {
                match text.get_mut(section).and_then(Value::as_table_mut) {
                    Some(table) if !key.is_empty() => _ = table.remove(key),
                    _ => _ = text.remove(section),
                }
            }
            self.without_masked(&mut study, &mut text);
            self.without_monitored_arm(edition, &mut study, &mut text)?;
            self.refuse_comparisons(edition, &study)?;
            alone::without_comparisons(&mut study);
        }
        // The text of a report of everything is that of the person who wrote it.
        let text = if edition == Edition::Final { self.origin.text().to_owned() } else { text.to_string() };
        Ok(Narrowed { study, text })
    }

    /// Whether a report shows something only at a look of the monitoring plan.
    #[must_use]
    pub fn may_look(&self, edition: Edition) -> bool {
        let sections = self.sections_of(edition);
        let shows = |display: &&DisplaySpec| {
            sections.contains(&*display.section) && (display.reports.is_empty() || edition.shows(&display.reports))
        };
        edition.is_before_the_end() && self.display.iter().filter(shows).any(|display| display.at_look)
    }

    /// The specification with what the named displays or analyses need, and no more.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Option<Self> {
        let (document, _) = DeTable::parse_recoverable(self.origin.text());
        let document = document.into_inner();
        let table = as_table(&document);
        let mentions = Mentions::of(&table);
        let asked = |element: &&Element| {
            let own = names.iter().flat_map(|name| mentions.called(name));
            let of_it = |words: &Words| names.iter().any(|name| words.values.contains(*name));
            own.into_iter().any(|own| own == *element)
                || element.section == "variant" && mentions.words.get(*element).is_some_and(of_it)
        };
        let roots: Vec<Element> = mentions.words.keys().filter(asked).cloned().collect();
        if !roots.iter().any(|root| root.section != "variant") {
            return None;
        }
        let kept = mentions.needed(&roots, &always(&table)).into_keys().collect();
        let sections = self.section.iter().map(|section| section.number.to_string()).collect();
        let filter = Filter { kept: &kept, sections, withheld: &|_| false };
        Reading { origin: self.origin.clone(), findings: Vec::new() }.study(filter.document(document))
    }

    /// Whether a display is withheld from a report, because it would tell which arm is which.
    fn is_withheld(&self, edition: Edition, id: &str) -> bool {
        let own = self.display.iter().find(|display| &*display.id == id);
        edition.audience() == Audience::Coded && own.is_some_and(|display| display.identifies_arm.is_some())
    }

    /// The numbers of the sections of a report.
    fn sections_of(&self, edition: Edition) -> BTreeSet<String> {
        let own = self.section.iter().filter(|section| edition.shows(&section.reports));
        own.map(|section| section.number.to_string()).collect()
    }

    /// What a report shows, of itself.
    fn roots(&self, edition: Edition, look: bool) -> Vec<Element> {
        let sections = self.sections_of(edition);
        let element = |section: &str, name: &Name| Element { section: section.to_owned(), name: name.to_string() };
        let displays = self.display.iter().filter(|display| {
            sections.contains(&*display.section)
                && (display.reports.is_empty() || edition.shows(&display.reports))
                && (look || !display.at_look || edition == Edition::Final)
        });
        let texts = self.text.iter().filter(|text| sections.contains(&*text.section));
        let mut roots: Vec<Element> = displays.clone().map(|display| element("display", &display.id)).collect();
        roots.extend(texts.map(|text| element("text", &text.id)));
        let whole = |section: &str| Element { section: section.to_owned(), name: section.to_owned() };
        roots.extend(displays.clone().any(|display| display.flow.is_some()).then(|| whole("flow")));
        roots.extend(displays.clone().any(|display| display.checklist.is_some()).then(|| whole("checklist")));
        // Lists of statements are named by displays, their members are not.
        let lists: BTreeSet<&str> =
            displays.filter_map(|display| display.statements.as_ref()).map(|layout| &*layout.of).collect();
        let statements = self.statement.iter().filter(|statement| lists.contains(&*statement.list));
        roots.extend(statements.map(|statement| element("statement", &statement.id)));
        roots
    }

    /// The elements of a report. The final report keeps what no report shows: its results are the complete ones.
    fn kept(
        &self,
        edition: Edition,
        look: bool,
        table: &Table,
        mentions: &Mentions,
    ) -> Result<BTreeSet<Element>, Error> {
        let always = always(table);
        let roots = self.roots(edition, look);
        if edition != Edition::Final && !roots.iter().any(|root| root.section == "display") {
            let place = Place::file(self.origin.file.clone());
            let message = format!("the specification has no display for the report {}", edition.name());
            let hint = format!("write reports = [\"{}\"] in the sections that belong to it", edition.name());
            return Err(Error::one(Stage::Specification, Finding::error(place, message).hint(hint)));
        }
        // What is withheld needs nothing.
        let is_withheld = |root: &Element| root.section == "display" && self.is_withheld(edition, &root.name);
        let (withheld, shown): (Vec<Element>, Vec<Element>) = roots.into_iter().partition(is_withheld);
        let mut own: BTreeSet<Element> = mentions.needed(&shown, &always).into_keys().collect();
        own.extend(withheld);
        if edition != Edition::Final {
            return Ok(own);
        }
        let others = Edition::ALL.into_iter().filter(|other| *other != edition);
        let of_others: Vec<Element> = others.flat_map(|other| self.roots(other, true)).collect();
        let of_others = mentions.needed(&of_others, &BTreeSet::new());
        Ok(mentions
            .words
            .keys()
            .filter(|element| own.contains(element) || !of_others.contains_key(element))
            .cloned()
            .collect())
    }

    /// Whatever is shown although it needs what is masked, with the way from the display to it.
    fn refuse_masked(&self, edition: Edition, kept: &BTreeSet<Element>, mentions: &Mentions) -> Result<(), Error> {
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

    /// A plan that names the arm it compares does so by its real name. Of two arms only one can be meant; of more, a report
    /// with codes cannot show it.
    fn without_monitored_arm(&self, edition: Edition, study: &mut Self, text: &mut Table) -> Result<(), Error> {
        let several = edition.audience() == Audience::Coded && study.arm.len() > 2;
        let mut findings = Vec::new();
        for monitored in study.monitoring.iter_mut().filter_map(|plan| plan.monitored.as_mut()) {
            if let Some(arm) = monitored.arm.take().filter(|_| several) {
                let message = "the comparison that is monitored would tell which arm is which".to_owned();
                let hint = "say so in the displays of the look: identifies-arm = \"…\"";
                findings.push(Finding::error(self.origin.place(arm.span.start), message).hint(hint));
            }
        }
        for plan in text.get_mut("monitoring").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(monitored) = plan.get_mut("monitored").and_then(Value::as_table_mut) {
                monitored.remove("arm");
            }
        }
        Error::unless_clean(Stage::Specification, findings).map(|_| ())
    }

    /// Displays that are nothing but a comparison have nothing to show of all arms together.
    fn refuse_comparisons(&self, edition: Edition, narrowed: &Self) -> Result<(), Error> {
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

    /// Writes the title page of the report over that of the study.
    fn entitle(&self, edition: Edition, study: &mut Study, text: &mut Table) {
        study.report.clear();
        text.remove("report");
        if edition == Edition::Final {
            return;
        }
        let own = self.report.get(edition.name()).cloned().unwrap_or_default();
        let head = &mut study.study;
        head.title = own.title.unwrap_or_else(|| head.title.clone());
        head.kind = if own.kind.is_empty() { edition.name().to_owned() } else { own.kind };
        head.status = own.status;
        head.facts = own.facts;
        head.draft = own.draft;
        if let Some(table) = text.get_mut("study").and_then(Value::as_table_mut) {
            let fact = |fact: &FactText| {
                Value::Table(
                    [("label", &fact.label), ("text", &fact.text)]
                        .map(|(k, v)| (k.to_owned(), Value::from(v.clone())))
                        .into_iter()
                        .collect(),
                )
            };
            table.insert("title".to_owned(), head.title.clone().into());
            table.insert("kind".to_owned(), head.kind.clone().into());
            table.insert("status".to_owned(), head.status.clone().into());
            table.insert("draft".to_owned(), head.draft.into());
            table.insert("facts".to_owned(), Value::Array(head.facts.iter().map(fact).collect()));
        }
    }

    /// The arms of a masked report: all together, or by their codes, in the order of the codes. The last code is the one the
    /// others are compared with, whichever arm it is.
    fn shown_arms(&self, edition: Edition, codes: &[String]) -> Vec<Arm> {
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
    fn without_masked(&self, study: &mut Study, text: &mut Table) {
        let Some(masking) = self.masking.as_ref() else { return };
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
    }
}

/// The words of rules.
fn said_by<'a>(rules: impl Iterator<Item = &'a RuleText>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    rules.for_each(|rule| mentions::said(&rule.sql, &mut words));
    words
}

/// The words of what every report has.
fn always(document: &Table) -> BTreeSet<String> {
    let mut words = Words::default();
    if let Some(value) = document.get("visits") {
        collect(value, &mut words);
    }
    words.values
}

/// What of a document stays.
struct Filter<'a> {
    kept: &'a BTreeSet<Element>,
    sections: BTreeSet<String>,
    withheld: &'a dyn Fn(&str) -> bool,
}

/// What stays of a display that is withheld.
const OF_WITHHELD: &[&str] = &["id", "number", "section", "title", "identifies-arm"];

impl Filter<'_> {
    fn document<'i>(&self, document: DeTable<'i>) -> DeTable<'i> {
        let keep = |section: &str, name: Option<&str>| {
            name.is_none_or(|name| {
                let element = Element { section: section.to_owned(), name: name.to_owned() };
                self.kept.contains(&element)
            })
        };
        let whole = |section: &str| keep(section, Some(section));
        let entries = document.into_iter().filter_map(|(key, value)| {
            let section = key.get_ref().to_string();
            let span = value.span();
            let value = match section.as_str() {
                "study" | "data" | "conformance" | "masking" | "report" | "arm" | "visits" | "random" => value,
                "flow" | "checklist" => return whole(&section).then_some((key, value)),
                "section" => Spanned::new(
                    span,
                    self.array(value.into_inner(), &|element| {
                        element
                            .get("number")
                            .is_none_or(|number| number.get_ref().as_str().is_none_or(|n| self.sections.contains(n)))
                    }),
                ),
                _ => {
                    let inner = match value.into_inner() {
                        DeValue::Table(table) => DeValue::Table(
                            table.into_iter().filter(|(name, _)| keep(&section, Some(name.get_ref()))).collect(),
                        ),
                        other => self.array(other, &|element| {
                            keep(&section, element.get(naming_key(&section)).and_then(|name| name.get_ref().as_str()))
                        }),
                    };
                    Spanned::new(span, inner)
                }
            };
            Some((key, value))
        });
        entries.collect()
    }

    fn array<'i>(&self, value: DeValue<'i>, keep: &dyn Fn(&DeTable<'i>) -> bool) -> DeValue<'i> {
        let DeValue::Array(array) = value else { return value };
        let of = array.into_iter().filter(|element| element.get_ref().as_table().is_none_or(keep));
        let array: DeArray<'i> = of.map(|element| self.element(element)).collect();
        DeValue::Array(array)
    }

    /// An element without what it says of others that are gone.
    fn element<'i>(&self, element: Spanned<DeValue<'i>>) -> Spanned<DeValue<'i>> {
        let span = element.span();
        let DeValue::Table(mut table) = element.into_inner() else {
            unreachable!("the elements of a section are tables")
        };
        let id = table.get("id").and_then(|id| id.get_ref().as_str()).unwrap_or_default().to_owned();
        if table.contains_key("section") && (self.withheld)(&id) {
            table = table.into_iter().filter(|(key, _)| OF_WITHHELD.contains(&&**key.get_ref())).collect();
        }
        // A variant is of endpoints of which some may not be needed.
        let is_variant = self.kept.contains(&Element { section: "variant".to_owned(), name: id });
        let table = table.into_iter().map(|(key, value)| {
            let span = value.span();
            let value = match (&**key.get_ref(), value.into_inner()) {
                ("of", DeValue::Array(names)) if is_variant => {
                    let here = |name: &str| {
                        self.kept.contains(&Element { section: "endpoint".to_owned(), name: name.to_owned() })
                    };
                    DeValue::Array(names.into_iter().filter(|name| name.get_ref().as_str().is_none_or(here)).collect())
                }
                (_, value) => value,
            };
            (key, Spanned::new(span, value))
        });
        Spanned::new(span, DeValue::Table(table.collect()))
    }
}

/// A document as plain values; of one that could be read, nothing is lost.
fn as_table(document: &DeTable<'_>) -> Table {
    let deserializer = toml::de::ValueDeserializer::from(Spanned::new(0..0, DeValue::Table(document.clone())));
    Table::deserialize(deserializer).unwrap_or_default()
}

/// An arm of a masked report as text.
fn arm_as_text(arm: &Arm) -> Value {
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

#[cfg(test)]
mod tests;
