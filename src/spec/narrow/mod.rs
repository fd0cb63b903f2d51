//! A specification as one report needs it: its displays, and what they need. What other reports show is not there, so that
//! nothing of it is read, computed or written; of a masked report, what is masked is not there either, nor the arms.

mod coded;
mod filter;
mod masked;
mod mentions;

use std::collections::BTreeSet;

use toml::de::DeTable;
use toml::{Table, Value};

use crate::error::{Error, Finding, Place, Stage};
use crate::spec::board::SnapshotCell;
use crate::spec::design::FactText;
use crate::spec::output::DisplaySpec;
use crate::spec::report::{Audience, Edition};
use crate::spec::text::Name;
use crate::spec::{Reading, Study, alone};
use filter::{Filter, as_table, keep_cells};
use masked::arm_as_text;
use mentions::{Element, Mentions, Words, collect};

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
        let mut document = document.into_inner();
        let whole = Mentions::of(&as_table(&document));
        keep_cells(&mut document, &|cell| is_shown(cell, edition, look));
        let table = as_table(&document);
        let mentions = Mentions::of(&table);
        let kept = self.kept(edition, look, &table, [&mentions, &whole])?;
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
        if edition != Edition::Final {
            // What is masked is taken away, or may be known: either way it is nobody's care any more.
            study.masking = None;
            text.remove("masking");
        }
        if masked {
            study.arm = self.shown_arms(edition, codes);
            text.insert("arm".to_owned(), Value::Array(study.arm.iter().map(arm_as_text).collect()));
            for (section, key) in [("data", "cut-off"), ("conformance", "accept"), ("conformance", "rule")] {
                if let Some(table) = text.get_mut(section).and_then(Value::as_table_mut) {
                    table.remove(key);
                }
            }
            self.without_masked(&mut study, &mut text)?;
            self.without_monitored_arm(edition, &mut study, &mut text)?;
            self.without_arms_of_hypotheses(edition, &mut study, &mut text)?;
            self.refuse_drawn(edition, &study)?;
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
        let of_cell = |cell: &SnapshotCell| cell.at_look && (cell.reports.is_empty() || edition.shows(&cell.reports));
        let needs = |display: &DisplaySpec| {
            let groups = display.snapshot.iter().flat_map(|layout| &layout.groups);
            display.at_look || groups.flat_map(|group| &group.cells).any(of_cell)
        };
        edition.is_before_the_end() && self.display.iter().filter(shows).any(needs)
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
        let mut roots: Vec<Element> = mentions.words.keys().filter(asked).cloned().collect();
        roots.extend(self.beside(self.display.iter().filter(|display| names.contains(&&*display.id))));
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
        roots.extend(self.beside(displays));
        roots
    }

    /// What displays show without naming it.
    fn beside<'a>(&self, displays: impl Iterator<Item = &'a DisplaySpec> + Clone) -> Vec<Element> {
        let element = |section: &str, name: &Name| Element { section: section.to_owned(), name: name.to_string() };
        let whole = |section: &str| Element { section: section.to_owned(), name: section.to_owned() };
        let mut roots: Vec<Element> = Vec::new();
        roots.extend(displays.clone().any(|display| display.flow.is_some()).then(|| whole("flow")));
        roots.extend(displays.clone().any(|display| display.checklist.is_some()).then(|| whole("checklist")));
        // Lists of statements are named by displays, their members are not.
        let lists: BTreeSet<&str> =
            displays.filter_map(|display| display.statements.as_ref()).map(|layout| &*layout.of).collect();
        let statements = self.statement.iter().filter(|statement| lists.contains(&*statement.list));
        roots.extend(statements.map(|statement| element("statement", &statement.id)));
        roots
    }

    /// The elements of a report, by what stands in it and, for what only other reports show, by all that stands in the
    /// specification. The final report keeps what no report shows: its results are the complete ones.
    fn kept(
        &self,
        edition: Edition,
        look: bool,
        table: &Table,
        [mentions, whole]: [&Mentions; 2],
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
        let of_others = whole.needed(&of_others, &BTreeSet::new());
        Ok(mentions
            .words
            .keys()
            .filter(|element| own.contains(element) || !of_others.contains_key(element))
            .cloned()
            .collect())
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
}

/// Whether a number of a snapshot stands in a report.
fn is_shown(cell: &DeTable<'_>, edition: Edition, look: bool) -> bool {
    let named = |name: &str| Edition::ALL.into_iter().find(|own| own.name() == name);
    let reports = cell.get("reports").and_then(|own| own.get_ref().as_array());
    let reports = reports.into_iter().flat_map(|names| names.iter());
    let reports: Vec<Edition> = reports.filter_map(|name| named(name.get_ref().as_str()?)).collect();
    let at_look = cell.get("at-look").and_then(|own| own.get_ref().as_bool()) == Some(true);
    (reports.is_empty() || edition.shows(&reports)) && (look || !at_look || edition == Edition::Final)
}

/// The words of what every report has.
fn always(document: &Table) -> BTreeSet<String> {
    let mut words = Words::default();
    if let Some(value) = document.get("visits") {
        collect(value, &mut words);
    }
    words.values
}

#[cfg(test)]
mod tests;
