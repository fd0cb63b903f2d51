//! The report as files for Typst: one JSON file a part, one SVG file a figure.
//!
//! Values reach the pages only through these files, as data; no text of a study ever stands in Typst source. The
//! names of the files are positions, never identifiers of the study, because Typst keeps every name for good.

use serde_json::{Value, json};

use super::fonts::{Face, Fonts};
use super::sheet::{self, Turn};
use super::targets::Targets;
use super::{dots, flow, forest, grid, lanes, pen, plot, prose, snapshot, table, targets, text};
use crate::display::{Body, Display, Fact, Front, Report, Section};
use crate::error::{Error, Finding, Place, Stage};

/// Columns of the list of datasets, in points: name, file, records, variables, hash.
const DATASETS: [f64; 5] = [72.0, 159.0, 50.0, 50.0, 139.0];
/// Characters of a hash on a line: half of SHA-256.
const HASH_LINE: usize = 32;

/// The files, and what the template of the report may know.
pub struct Document {
    /// Path below the root, and text.
    pub files: Vec<(String, String)>,
    /// Identifier of the display and its drawing; later parts of one display have their number in the identifier.
    pub figures: Vec<(String, String)>,
    /// What each section has.
    pub outline: Vec<Part>,
}

/// What a section has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Whether it begins with texts.
    pub texts: bool,
    /// How many displays it has.
    pub displays: usize,
}

/// Arranges the report as files.
///
/// # Errors
/// Every figure that cannot be drawn, or not in type that can be read.
pub fn arrange(report: &Report) -> Result<Document, Error> {
    let mut document = Document { files: Vec::new(), figures: Vec::new(), outline: Vec::new() };
    document.add("data/sheet.json", &sheet::as_json());
    document.add("data/front.json", &front(report));
    let sections: Vec<Value> =
        report.sections.iter().enumerate().map(|(at, section)| prose::section(section, at)).collect();
    document.add("data/sections.json", &json!(sections));
    let targets = Targets::of(report);
    let mut index = 0;
    let mut findings = Vec::new();
    for (at, section) in report.sections.iter().enumerate() {
        let texts = !section.texts.is_empty();
        document.outline.push(Part { texts, displays: section.displays.len() });
        if texts {
            document.add(&format!("data/texts-{at}.json"), &prose::texts(section, at));
        }
        for (position, display) in section.displays.iter().enumerate() {
            index += 1;
            // Texts have pages of their own, and the title of the section stands there.
            let opened = (position == 0 && !texts).then_some((section, at));
            if let Err(error) = document.display(index, display, opened, &targets) {
                findings.extend(error.findings);
            }
        }
    }
    Error::unless_clean(Stage::Typesetting, findings)?;
    document.add("data/methods.json", &prose::methods(report));
    document.add("data/provenance.json", &provenance(report));
    Ok(document)
}

impl Document {
    fn add(&mut self, path: &str, value: &Value) {
        self.files.push((path.to_owned(), format!("{value}\n")));
    }

    fn display(
        &mut self,
        index: usize,
        display: &Display,
        opened: Option<(&Section, usize)>,
        targets: &Targets,
    ) -> Result<(), Error> {
        let title = opened.map(|(section, _)| section.title.as_str());
        let (kind, turn, body) = if let Body::Table(table) = &display.body {
            let (turn, body) = table::pages(display, table, title, targets);
            ("table", turn, body)
        } else if let Body::Profiles(profiles) = &display.body {
            let body = self.profiles(index, display, profiles, (title, targets))?;
            ("profiles", Turn::Portrait, body)
        } else {
            let (turn, parts) = self.figure(index, display, title)?;
            ("figure", turn, json!({ "parts": parts }))
        };
        let notes = display
            .footnotes
            .iter()
            .map(|note| json!({ "mark": note.mark, "text": long(Face::Sans, 7.4, &note.text, turn.width() - 12.0) }));
        let value = json!({
            "label": targets::display(index),
            "landscape": turn == Turn::Landscape,
            "section": opened.map(|(section, at)| prose::section(section, at)),
            "number": text::line(&display.number),
            "title": long(Face::SerifBold, 14.0, &display.title, turn.width()),
            "running": sheet::running_title(display, turn),
            "subtitle": long(Face::SerifItalic, 10.5, &display.subtitle, turn.width()),
            "estimand": estimand(&display.estimand, sheet::estimand_width(turn)),
            "kind": kind,
            "body": body,
            "notes": notes.collect::<Vec<_>>(),
            "source": long(Face::Sans, 7.4, &display.source, turn.width() - 50.0),
        });
        self.add(&format!("data/display-{index}.json"), &value);
        Ok(())
    }

    /// Draws a figure: how the paper lies, and for each of its parts, a page each, where it is and how wide.
    fn figure(&mut self, index: usize, display: &Display, title: Option<&str>) -> Result<(Turn, Vec<Value>), Error> {
        let room = |turn: Turn| sheet::figure_room(display, title, turn);
        let next = |turn: Turn| sheet::following_room(display, turn);
        let mut part = |number: usize, canvas: pen::At, share: f64, alt: &str, strokes: &dyn Fn(&mut pen::Pen)| {
            let path = self.part((index, number), display, canvas, alt, strokes)?;
            Ok(json!({ "path": path, "width": canvas.0 * share, "alt": text::line(alt) }))
        };
        Ok(match &display.body {
            Body::Table(_) | Body::Profiles(_) => (Turn::Portrait, Vec::new()),
            Body::Plot(plot) => {
                let mut turn = Turn::Portrait;
                let mut laid = plot::Sheet::lay_out(plot, room(turn));
                if laid.is_crowded() {
                    turn = Turn::Landscape;
                    laid = plot::Sheet::lay_out(plot, room(turn));
                }
                // Many rows below a plot may leave less than the least field asks for.
                let share = (room(turn).1 / laid.canvas.1).min(1.0);
                (turn, vec![part(0, laid.canvas, share, &plot.alt, &|pen| laid.draw(pen))?])
            }
            Body::Flow(flow) => {
                let (laid, turn, share) = flow::choose(flow, room);
                (turn, vec![part(0, laid.canvas, share, &flow.alt, &|pen| flow::draw(&laid, pen))?])
            }
            Body::Panels(panels) => {
                let alt: Vec<String> =
                    panels.iter().map(|panel| format!("{}: {}", panel.title, panel.plot.alt)).collect();
                let alt = alt.join(" ");
                if plot::are_alike(panels) {
                    let Some((laid, turn, share)) = plot::choose_panels(panels, room) else {
                        return Err(too_large(display));
                    };
                    (turn, vec![part(0, laid.canvas, share, &alt, &|pen| laid.draw(pen))?])
                } else {
                    let Some((laid, turn)) = plot::choose_tiles(panels, room, next) else {
                        return Err(too_large(display));
                    };
                    let parts = laid.pages.iter().enumerate().map(|(number, page)| {
                        let alt = alt_of_part(&alt, number, laid.pages.len());
                        part(number, page.canvas, 1.0, &alt, &|pen| laid.draw(page, pen))
                    });
                    (turn, parts.collect::<Result<_, _>>()?)
                }
            }
            Body::Stack(panels) => {
                let alt: Vec<String> =
                    panels.iter().map(|panel| format!("{}: {}", panel.title, panel.plot.alt)).collect();
                let turn = Turn::Portrait;
                let laid = plot::stack::Sheet::lay_out(panels, room(turn));
                let share = (room(turn).1 / laid.canvas.1).min(1.0);
                (turn, vec![part(0, laid.canvas, share, &alt.join(" "), &|pen| laid.draw(pen))?])
            }
            Body::Forest(forest) => {
                let Some(laid) = forest::choose(forest, room, next) else { return Err(too_large(display)) };
                let parts = laid.pages.iter().enumerate().map(|(number, page)| {
                    let alt = alt_of_part(&forest.alt, number, laid.pages.len());
                    part(number, page.canvas, 1.0, &alt, &|pen| laid.draw(page, pen))
                });
                (laid.turn, parts.collect::<Result<_, _>>()?)
            }
            Body::Snapshot(snapshot) => {
                let (laid, turn, share) = snapshot::choose(snapshot, room);
                (turn, vec![part(0, laid.canvas, share, &snapshot.alt, &|pen| snapshot::draw(&laid, pen))?])
            }
            Body::Dots(dots) => {
                let Some((laid, turn)) = dots::choose(dots, room, next) else { return Err(too_large(display)) };
                let parts = laid.pages.iter().enumerate().map(|(number, page)| {
                    let alt = alt_of_part(&dots.alt, number, laid.pages.len());
                    part(number, page.canvas, 1.0, &alt, &|pen| laid.draw(page, pen))
                });
                (turn, parts.collect::<Result<_, _>>()?)
            }
            Body::Lanes(lanes) => {
                let Some((laid, turn)) = lanes::choose(lanes, room, next) else { return Err(too_large(display)) };
                let parts = laid.pages.iter().enumerate().map(|(number, page)| {
                    let alt = alt_of_part(&lanes.alt, number, laid.pages.len());
                    part(number, page.canvas, 1.0, &alt, &|pen| laid.draw(page, pen))
                });
                (turn, parts.collect::<Result<_, _>>()?)
            }
            Body::Grid(grid) => {
                let Some(laid) = grid::choose(grid, room, next) else { return Err(too_large(display)) };
                let parts = laid.pages.iter().enumerate().map(|(number, page)| {
                    let alt = alt_of_part(&grid.alt, number, laid.pages.len());
                    part(number, page.canvas, 1.0, &alt, &|pen| laid.draw(page, pen))
                });
                (laid.turn, parts.collect::<Result<_, _>>()?)
            }
        })
    }

    /// Draws a part of a figure, and hands back its path.
    pub fn part(
        &mut self,
        (index, number): (usize, usize),
        display: &Display,
        canvas: pen::At,
        alt: &str,
        strokes: &dyn Fn(&mut pen::Pen),
    ) -> Result<String, Error> {
        let title = text::line(&format!("{} {}", display.number, display.title)).into_owned();
        let svg = pen::draw(canvas, &title, &text::line(alt), strokes).map_err(|reason| {
            let message = format!("display {}: the figure could not be drawn: {reason}", display.id);
            Error::one(Stage::Typesetting, Finding::error(Place::default(), message))
        })?;
        let (path, id) = match number {
            0 => (format!("figures/figure-{index}.svg"), display.id.clone()),
            _ => (format!("figures/figure-{index}-{}.svg", number + 1), format!("{}-part-{}", display.id, number + 1)),
        };
        self.files.push((path.clone(), svg.clone()));
        self.figures.push((id, svg));
        Ok(format!("/{path}"))
    }
}

/// What a screen reader is told of one part of a figure: all of it with the first, so that nothing is told twice.
pub fn alt_of_part(alt: &str, number: usize, parts: usize) -> String {
    match number {
        0 => alt.to_owned(),
        _ => format!("Continued, part {} of {parts}: described with the first part.", number + 1),
    }
}

/// The finding on a figure for which there is no room.
pub fn too_large(display: &Display) -> Error {
    let message = format!("display {}: the figure does not fit on a page in type that can be read", display.id);
    let hint = "show it in parts, with fewer columns or panels each, or with shorter labels";
    Error::one(Stage::Typesetting, Finding::error(Place::default(), message).hint(hint))
}

/// One line of text that breaks anywhere where a word is too wide.
pub fn long(face: Face, size: f64, words: &str, width: f64) -> String {
    text::breakable(face, size, &text::line(words), width).into_owned()
}

/// Labels and what they say, in a width.
pub fn facts(facts: &[Fact], face: Face, size: f64, width: f64) -> Value {
    let one = |fact: &Fact| json!({ "label": text::line(&fact.label), "text": long(face, size, &fact.text, width) });
    facts.iter().map(one).collect()
}

/// The attributes of the estimand, each on as many lines as its text has.
fn estimand(facts: &[Fact], width: f64) -> Value {
    let one = |fact: &Fact| {
        let lines: Vec<String> = fact.text.lines().map(|line| long(Face::Sans, 7.6, line, width)).collect();
        json!({ "label": text::line(&fact.label), "lines": lines })
    };
    facts.iter().map(one).collect()
}

fn front(report: &Report) -> Value {
    let front = &report.front;
    let width = Turn::Portrait.width();
    json!({
        "title": long(Face::SerifBold, 25.0, &front.title, width),
        "plain-title": text::line(&front.title),
        "kind": long(Face::SansBold, 11.0, &front.kind, width),
        "study": text::line(&front.study),
        "running": running_head(front, width),
        "status": long(Face::SerifItalic, 12.0, &front.status, width),
        "facts": facts(&front.facts, Face::Serif, 10.5, width - 130.0),
        "lock-date": text::line(&front.lock_date),
        "fingerprint": text::line(&front.fingerprint),
        "simulated": front.simulated,
        "session": text::line(&front.session),
        "cut-off": text::line(&front.cut_off),
        "signs": front.signs.iter().map(|sign| text::line(sign)).collect::<Vec<_>>(),
        "shell": front.lock_date.is_empty(),
        "language": front.language,
    })
}

/// What stands at the left above every page: in the room that the signs of the report leave it.
fn running_head(front: &Front, width: f64) -> String {
    const MOST: f64 = 300.0;
    // Size and spacing of the letters of a sign, and what is around them.
    const SIZE: f64 = 6.8;
    const SPACE: f64 = 0.06;
    const AROUND: f64 = 13.0;
    let wide = |words: &str| Fonts::get().width(Face::SansBold, SIZE, &text::line(words));
    let main = if front.lock_date.is_empty() || front.simulated { "SHELL – NO DATA" } else { "" };
    let signs = front.signs.iter().map(String::as_str).chain([main]).filter(|words| !words.is_empty());
    let letters = |words: &str| words.chars().map(|_| SPACE * SIZE).sum::<f64>();
    let signs: f64 = signs.map(|words| wide(words) + letters(words) + AROUND).sum();
    let session = if front.session.is_empty() { 0.0 } else { wide(&front.session) + 18.0 };
    let room = (width - signs - session - 6.0).clamp(0.0, MOST);
    text::elide(Face::Sans, 7.5, &text::line(&format!("{} · {}", front.study, front.kind)), room).into_owned()
}

fn provenance(report: &Report) -> Value {
    let width = Turn::Portrait.width();
    let datasets = report.provenance.datasets.iter().map(|dataset| {
        let hash: Vec<char> = dataset.sha256.chars().collect();
        json!({
            "name": long(Face::SansBold, 7.8, &dataset.name, DATASETS[0] - 8.0),
            "file": long(Face::Sans, 7.8, &dataset.file, DATASETS[1] - 8.0),
            "records": text::line(&dataset.records),
            "variables": text::line(&dataset.variables),
            "sha256": hash.chunks(HASH_LINE).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>(),
        })
    });
    let warnings = report.provenance.warnings.iter().map(|words| long(Face::Serif, 10.5, words, width - 20.0));
    json!({
        "facts": facts(&report.provenance.facts, Face::Serif, 10.5, width - 130.0),
        "widths": DATASETS,
        "datasets": datasets.collect::<Vec<_>>(),
        "warnings": warnings.collect::<Vec<_>>(),
    })
}
