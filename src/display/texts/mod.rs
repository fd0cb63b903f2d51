//! Texts of the report: templates filled with results, so that a sentence changes when its number does.

mod book;
mod calls;
pub(super) mod looks;
mod numerals;
mod query;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tera::{Context, ErrorKind, Kwargs, State, Tera};

use crate::display::report::SectionText;
use crate::error::{Error, Finding, Place, Stage};
use crate::results::{Key, Provenance, Results};
use crate::spec::Study;
use crate::spec::text::Prose;
use book::Book;
use query::{Arg, Args, Mistake, Query};

/// What stands for a result where only the words of a template are looked at.
const MASK: &str = "¤";
/// What stands for the end of a paragraph while a template is filled.
const PARAGRAPH: char = '\u{e000}';
/// The functions of templates.
const FUNCTIONS: [&str; 8] = ["value", "number", "estimable", "label", "study", "estimand", "confidence", "looks"];

/// All that the templates of a study say.
#[derive(Debug, Default)]
pub(super) struct Narrative {
    /// Texts of sections, by identifier.
    pub(super) texts: BTreeMap<String, SectionText>,
    /// Numbers in them that were typed by hand.
    pub(super) typed: BTreeMap<String, Vec<String>>,
    /// Results they show or compare.
    pub(super) keys: BTreeMap<String, Vec<Key>>,
    /// Answers to items of the checklist.
    pub(super) answers: BTreeMap<String, String>,
    /// Facts for the checks of the checklist.
    pub(super) facts: BTreeMap<String, String>,
}

/// A template of the specification.
struct Template<'a> {
    kind: Kind<'a>,
    name: String,
    prose: &'a Prose,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    Text(&'a str),
    Answer(&'a str),
    Fact(&'a str),
}

fn templates(study: &Study) -> Vec<Template<'_>> {
    let mut all: Vec<Template<'_>> = study
        .text
        .iter()
        .map(|own| Template { kind: Kind::Text(&own.id), name: format!("text {}", own.id), prose: &own.text })
        .collect();
    if let Some(checklist) = &study.checklist {
        for (id, answer) in &checklist.item {
            let prose = answer.text.as_ref();
            all.extend(prose.map(|prose| Template { kind: Kind::Answer(id), name: format!("item {id}"), prose }));
        }
        let facts = checklist.facts.iter();
        all.extend(facts.map(|(name, prose)| Template { kind: Kind::Fact(name), name: format!("fact {name}"), prose }));
    }
    all
}

/// Whether the templates of a study can be read: their grammar, without any result.
///
/// # Errors
/// All mistakes of grammar, each with its place (stage specification).
pub fn check(study: &Study) -> Result<(), Error> {
    let templates = templates(study);
    let shared = Arc::new(Shared::default());
    let findings = templates.iter().filter_map(|own| reader(own, &shared, false).err().map(|e| told(study, own, &e)));
    Error::unless_clean(Stage::Specification, findings.collect()).map(|_| ())
}

/// Fills the templates of a study.
///
/// # Errors
/// All mistakes of all templates: results and labels that do not exist, with the closest that do; grammar (stage
/// specification).
pub(super) fn write(study: &Study, results: &Results, provenance: &Provenance) -> Result<Narrative, Error> {
    let templates = templates(study);
    let words: Vec<&str> = templates.iter().map(|template| template.prose.text.as_str()).collect();
    let book = Book::new(study, results, provenance, &words);
    let shared = Arc::new(Shared { book, log: Mutex::default() });
    let mut narrative = Narrative::default();
    let mut findings = Vec::new();
    for template in &templates {
        let (filled, log) = fill(study, template, &shared, &mut findings);
        match template.kind {
            Kind::Text(id) => {
                let masked =
                    reader(template, &shared, true).and_then(|tera| tera.render(&template.name, &Context::new()));
                let typed = masked.map(|text| numerals::numerals(&text)).unwrap_or_default();
                std::mem::take(&mut *shared.log.lock().unwrap_or_else(PoisonError::into_inner));
                narrative.typed.insert(id.to_owned(), typed);
                narrative.keys.insert(id.to_owned(), log.keys);
                let heading = study.text.iter().find(|own| *own.id == *id).map(|own| own.heading.clone());
                let text = SectionText {
                    id: id.to_owned(),
                    heading: heading.unwrap_or_default(),
                    paragraphs: paragraphs(&filled),
                };
                narrative.texts.insert(id.to_owned(), text);
            }
            Kind::Answer(id) => _ = narrative.answers.insert(id.to_owned(), paragraphs(&filled).join(" ")),
            Kind::Fact(name) => _ = narrative.facts.insert(name.to_owned(), paragraphs(&filled).join(" ")),
        }
    }
    Error::unless_clean(Stage::Specification, findings).map(|_| narrative)
}

/// The templates of a study before there are results: headings, and what stands for the words below them.
pub(super) fn shells(study: &Study) -> Narrative {
    const LATER: &str = "Text over results: it is written when there are data.";
    let mut narrative = Narrative::default();
    for text in &study.text {
        let paragraphs = vec![LATER.to_owned()];
        let shell = SectionText { id: text.id.to_string(), heading: text.heading.clone(), paragraphs };
        narrative.texts.insert(shell.id.clone(), shell);
    }
    for template in templates(study) {
        match template.kind {
            Kind::Text(_) => {}
            Kind::Answer(id) => _ = narrative.answers.insert(id.to_owned(), LATER.to_owned()),
            Kind::Fact(name) => _ = narrative.facts.insert(name.to_owned(), LATER.to_owned()),
        }
    }
    narrative
}

/// What the functions of templates share.
#[derive(Debug, Default)]
struct Shared {
    book: Book,
    log: Mutex<Log>,
}

/// What happened while a template was filled.
#[derive(Debug, Default)]
struct Log {
    mistakes: Vec<Mistake>,
    keys: Vec<Key>,
}

impl Shared {
    /// The text or number of a call; a mistake is noted, so that those after it are found too.
    fn noted<T: Default>(&self, answer: Result<(Option<Key>, T), Mistake>) -> T {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Ok((key, value)) => {
                log.keys.extend(key);
                value
            }
            Err(mistake) => {
                log.mistakes.push(mistake);
                T::default()
            }
        }
    }

    fn text(&self, function: &str, args: &Args) -> Result<(Option<Key>, String), Mistake> {
        let plain = |text: Result<String, Mistake>| text.map(|text| (None, text));
        match function {
            "value" => Query::read(args).and_then(|query| self.book.shown(&query)).map(|(key, text)| (Some(key), text)),
            "label" => plain(self.book.label(args)),
            "study" => plain(self.book.study(args)),
            "estimand" => plain(self.book.estimand(args)),
            "confidence" => plain(self.book.confidence(args)),
            "looks" => plain(self.book.looks(args)),
            _ => self.number(args).map(|(key, _)| (key, String::new())),
        }
    }

    fn number(&self, args: &Args) -> Result<(Option<Key>, Option<f64>), Mistake> {
        Query::read(args).and_then(|query| self.book.number(&query)).map(|(key, number)| (Some(key), number))
    }
}

/// Fills one template; mistakes are told with the place of the call where that is known, else of the template.
fn fill(study: &Study, template: &Template<'_>, shared: &Arc<Shared>, findings: &mut Vec<Finding>) -> (String, Log) {
    let filled = reader(template, shared, false).and_then(|tera| tera.render(&template.name, &Context::new()));
    let log = std::mem::take(&mut *shared.log.lock().unwrap_or_else(PoisonError::into_inner));
    let mut known = Vec::new();
    for call in calls::calls(&template.prose.text, &FUNCTIONS) {
        if let Err(mistake) = shared.text(&call.function, &call.args) {
            let place = study.origin.place_in(&template.prose.span, call.line, call.column);
            findings.push(finding(template, place, &mistake));
            known.push(mistake);
        }
    }
    let place = study.origin.place(template.prose.span.start);
    let others = log.mistakes.iter().filter(|mistake| !known.contains(mistake));
    findings.extend(others.map(|mistake| finding(template, place.clone(), mistake)));
    match filled {
        Ok(text) => (text, log),
        Err(error) => {
            // A mistake that is told already may only have left a comparison without its number.
            if known.is_empty() && log.mistakes.is_empty() {
                findings.push(told(study, template, &error));
            }
            (String::new(), log)
        }
    }
}

fn finding(template: &Template<'_>, place: Place, (message, hint): &Mistake) -> Finding {
    Finding { hint: hint.clone(), ..Finding::error(place, format!("{}: {message}", template.name)) }
}

/// A mistake that tera tells.
fn told(study: &Study, template: &Template<'_>, error: &tera::Error) -> Finding {
    let span = &template.prose.span;
    let (place, message) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let at = report.span();
            (study.origin.place_in(span, at.start_line, at.start_col + 1), report.message().to_owned())
        }
        other => (study.origin.place(span.start), other.to_string()),
    };
    Finding::error(place, format!("{}: {message}", template.name))
}

/// A template that is ready to be filled. With `masked`, all that is printed is [`MASK`], and conditions are as they are.
fn reader(template: &Template<'_>, shared: &Arc<Shared>, masked: bool) -> Result<Tera, tera::Error> {
    let mut tera = Tera::new();
    for function in ["value", "label", "study", "estimand", "confidence", "looks"] {
        let shared = Arc::clone(shared);
        tera.register_function(function, move |kwargs: Kwargs, _: &State| -> String {
            let text = shared.noted(arguments(&kwargs).and_then(|args| shared.text(function, &args)));
            if masked { MASK.to_owned() } else { text }
        });
    }
    let numbers = Arc::clone(shared);
    tera.register_function("number", move |kwargs: Kwargs, _: &State| -> Option<f64> {
        numbers.noted(arguments(&kwargs).and_then(|args| numbers.number(&args)))
    });
    let numbers = Arc::clone(shared);
    tera.register_function("estimable", move |kwargs: Kwargs, _: &State| -> bool {
        numbers.noted(arguments(&kwargs).and_then(|args| numbers.number(&args))).is_some()
    });
    tera.add_raw_template(&template.name, &marked(&template.prose.text))?;
    // tera takes a name it does not know for false in a condition; a misspelt one must not drop a sentence.
    let unknown = tera.get_template_variables(&template.name)?.into_iter().min().map(str::to_owned);
    match unknown {
        Some(name) => {
            Err(tera::Error::message(format!("{name} is not known here; functions are {}", FUNCTIONS.join(", "))))
        }
        None => Ok(tera),
    }
}

fn arguments(kwargs: &Kwargs) -> Result<Args, Mistake> {
    let mut args = Args::new();
    for (name, value) in kwargs.iter() {
        let name = name.as_str().unwrap_or_default().to_owned();
        let texts = || value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
        let arg = None
            .or_else(|| value.as_str().map(|text| Arg::Text(text.to_owned())))
            .or_else(|| value.as_bool().map(Arg::Truth))
            .or_else(|| value.as_f64().map(Arg::Number))
            .or_else(|| texts().map(Arg::List));
        let unfit = || (format!("the argument {name} is neither text nor number nor list of texts"), None);
        args.insert(name.clone(), arg.ok_or_else(unfit)?);
    }
    Ok(args)
}

/// The template with its empty lines marked: lines that only a condition leaves empty end no paragraph.
fn marked(template: &str) -> String {
    let mut text = String::with_capacity(template.len());
    // A line end inside of {{ … }} or {% … %} is none of the text.
    let mut inside = false;
    for (position, line) in template.split('\n').enumerate() {
        if position > 0 {
            text.push('\n');
        }
        if !inside && line.trim().is_empty() {
            text.push(PARAGRAPH);
        } else {
            text.push_str(line);
        }
        let opens = line.rfind("{{").max(line.rfind("{%")).max(line.rfind("{#"));
        let closes = line.rfind("}}").max(line.rfind("%}")).max(line.rfind("#}"));
        inside = match (opens, closes) {
            (Some(open), Some(close)) => open > close,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => inside,
        };
    }
    text
}

fn paragraphs(filled: &str) -> Vec<String> {
    let words = |part: &str| part.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    filled.split(PARAGRAPH).map(words).filter(|part| !part.is_empty()).collect()
}

/// The results that a text shows or compares; none if there is no such text.
///
/// # Errors
/// The templates of the study cannot be filled.
pub fn keys_of_text(
    study: &Study,
    results: &Results,
    provenance: &Provenance,
    id: &str,
) -> Result<Option<Vec<Key>>, Error> {
    write(study, results, provenance).map(|narrative| narrative.keys.get(id).cloned())
}
