//! Texts of data and specification: whatever they hold is printed as these very characters, or refused with its place.

use std::fmt::Write as _;
use std::fs;

use super::{Case, Desk, Original, all_refused, flagship, report, shortened, small, tree};
use crate::support::{read, repository, whole, write};

/// A place of the small study where a text of somebody is printed: what it is called in findings, a piece of a file,
/// and the same with `{}` where the text goes.
struct Spot {
    finding: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const fn spot(finding: &'static str, from: &'static str, to: &'static str) -> Spot {
    Spot { finding, file: "study.toml", from, to }
}

const SPOTS: [Spot; 23] = [
    spot("title page, title", "title = \"A small study for tests\"", "title = {}"),
    spot("title page, kind", "kind = \"Test report\"", "kind = {}"),
    spot("title page, status", "status = \"Invented data\"", "status = {}"),
    spot("title page, facts", "simulated = true", "simulated = true\nfacts = [{ label = {}, text = {} }]"),
    spot("display t-who, head of column 1", "label = \"New\"", "label = {}"),
    spot("display t-who, subtitle", "label = \"All randomised\"", "label = {}"),
    spot("methods “Visits”", "label = \"Week 8\"", "label = {}"),
    spot("methods “Choices in force”", "label = \"Limit of a good size\"", "label = {}"),
    spot("methods “Definitions”", "label = \"Good size\"", "label = {}"),
    spot("display t-resp, row", "label = \"Wider limit\"", "label = {}"),
    spot("display t-who, row", "label = \"Age\"", "label = {}"),
    spot("display t-who, row", "label = \"Female\"", "label = {}"),
    spot("display t-who, row", "unit = \"years\"", "unit = {}"),
    spot("display f-flow", "label = \"Never treated\"", "label = {}"),
    spot("section 1, title", "title = \"Everything\"", "title = {}"),
    spot("display f-flow, number", "number = \"Figure 1\"", "number = {}"),
    spot("display t-who, title", "title = \"Who they were\"", "title = {}"),
    spot("display t-who, footnote 1", "footnotes = [\"A footnote.\"]", "footnotes = [{}]"),
    spot("display f-resp, vertical axis", "y-title = \"Response (%)\"", "y-title = {}"),
    spot("display l-state, head of column 2", "label = \"Reason\" }", "label = {} }"),
    spot("display l-state, row", "reason = \"GOOD\"", "reason = {}"),
    Spot { finding: "display t-who, row", file: "data/adsl.csv", from: "WITHDREW", to: "{}" },
    Spot { finding: "display l-state, row", file: "data/adsl.csv", from: "S-03,", to: "{}," },
];

/// A text as TOML or CSV writes it.
fn written(file: &str, text: &str) -> String {
    if std::path::Path::new(file).extension().is_none_or(|extension| extension != "toml") {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    let mut toml = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => toml.push_str("\\\""),
            '\\' => toml.push_str("\\\\"),
            c if c.is_control() => _ = write!(toml, "\\u{:04X}", c as u32),
            c => toml.push(c),
        }
    }
    toml.push('"');
    toml
}

/// Puts a text into a spot of a study; a subject is renamed in all datasets.
fn put(desk: &Desk, spot: &Spot, text: &str) {
    let path = desk.study(spot.file);
    let content = read(&path);
    assert!(content.contains(spot.from), "{} is put where {} has nothing", spot.finding, spot.file);
    write(&path, &content.replacen(spot.from, &spot.to.replace("{}", &written(spot.file, text)), 1));
    if spot.from == "S-03," {
        for file in ["data/adlb.csv", "data/adqs.csv"] {
            let content = read(&desk.study(file));
            write(&desk.study(file), &content.replace(spot.from, &spot.to.replace("{}", &written(file, text))));
        }
    }
}

/// Every text in the data of the pages, one a line, without the places where a word may break.
fn printed(desk: &Desk) -> String {
    fn texts(value: &serde_json::Value, all: &mut String) {
        match value {
            serde_json::Value::String(text) => _ = writeln!(all, "{text}"),
            serde_json::Value::Array(list) => list.iter().for_each(|value| texts(value, all)),
            serde_json::Value::Object(map) => map.values().for_each(|value| texts(value, all)),
            _ => {}
        }
    }
    let mut all = String::new();
    for (path, bytes) in tree(&desk.path().join("out/typst/data")) {
        let value: serde_json::Value =
            serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{path} is no JSON: {error}"));
        texts(&value, &mut all);
        // A cell is broken within a word that is too long, and over pages.
        let rows = whole(value)["body"]["rows"].as_array().cloned().unwrap_or_default();
        for row in &rows {
            let cells = row["cells"].as_array().into_iter().flatten();
            for text in std::iter::once(&row["stub"]).chain(cells).filter_map(serde_json::Value::as_str) {
                all.extend(text.split_whitespace());
                all.push('\n');
            }
        }
    }
    for (path, bytes) in tree(&desk.path().join("out/figures")) {
        let lines = drawn(&String::from_utf8_lossy(&bytes));
        assert!(!lines.is_empty(), "there is no text in the figure {path}");
        // A text of a figure is broken at blanks, or within a word that is too long.
        all = all + &lines.join(" ") + "\n" + &lines.concat() + "\n";
    }
    all.replace('\u{200B}', "").replace('\u{A0}', " ")
}

/// The lines of text in a figure.
fn drawn(svg: &str) -> Vec<String> {
    let parts = svg.split("<text ").skip(1).filter_map(|part| part.split_once('>')?.1.split_once("</text>"));
    parts
        .map(|(words, _)| {
            let plain =
                [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
            plain.iter().fold(words.trim_matches('\n').to_owned(), |text, (from, to)| text.replace(from, to))
        })
        .collect()
}

/// The strokes of a figure that lie outside of its canvas.
fn off_canvas(svg: &str) -> Vec<String> {
    let attribute = |part: &str, name: &str| -> Option<String> {
        Some(part.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0.to_owned())
    };
    let numbers = |text: &str| -> Vec<f64> { text.split([' ', ',']).filter_map(|word| word.parse().ok()).collect() };
    let Some(canvas) = svg.split_once('>').and_then(|(head, _)| attribute(&format!("{head}>"), "viewBox")) else {
        return vec!["there is no canvas".to_owned()];
    };
    let canvas = numbers(&canvas);
    let inside = |x: f64, y: f64| x >= -1.0 && y >= -1.0 && x <= canvas[2] + 1.0 && y <= canvas[3] + 1.0;
    let mut outside = Vec::new();
    for element in svg.split('<').skip(2) {
        let points = attribute(element, "points").map(|points| numbers(&points)).unwrap_or_default();
        let corners: Vec<f64> = [("x", "y"), ("cx", "cy")]
            .iter()
            .filter_map(|(x, y)| {
                Some([attribute(element, x)?.parse::<f64>().ok()?, attribute(element, y)?.parse::<f64>().ok()?])
            })
            .flatten()
            .collect();
        if points.chunks_exact(2).chain(corners.chunks_exact(2)).any(|point| !inside(point[0], point[1])) {
            outside.push(element.chars().take(60).collect());
        }
    }
    outside
}

/// Texts that mean something to Typst, tera, SVG, TOML, CSV, SQL or a terminal.
const MARKUP: [&str; 32] = [
    "#import \"x\"",
    "#read(\"/etc/hostname\")",
    "#{ panic() }",
    "$x$ $",
    "*b* _i_",
    "<b>",
    "@ref",
    "back\\slash \\",
    "\"quoted\" 'quoted'",
    "// the rest",
    "/* the rest",
    "`raw` ```",
    "= Heading",
    "- item + item / term:",
    "[content] ]",
    "a ~ b -- c --- d ...",
    "#[x] #let",
    "{{ x }} {% x %}",
    "<< x >> <% x %> <# x #>",
    "&lt; &amp; &#65;",
    "</text><script>x</script>",
    "]]> <!-- -->",
    "{n} {mean} {",
    "%s %d $1 \\1",
    "=1+1",
    "@SUM(A1)",
    "-2+3",
    "'; DROP TABLE x; --",
    "https://example.org/?a=b&c=d",
    "\\u{41} \\n",
    "a\tb",
    "a\u{2028}b\u{2029}c",
];

/// What a text becomes on paper: line ends and tabs of all kinds are blanks.
fn on_paper(text: &str) -> String {
    text.replace(['\t', '\u{2028}', '\u{2029}'], " ")
}

#[test]
fn markup_is_printed_as_it_stands() {
    let mut cases = Vec::new();
    for text in MARKUP {
        let desk = Desk::with(Original::Small);
        let marked: Vec<String> = (0..SPOTS.len()).map(|number| format!("P{number:02} {text} e")).collect();
        for (spot, text) in SPOTS.iter().zip(&marked) {
            put(&desk, spot, text);
        }
        desk.lock();
        let outcome = desk.call(&["run", "study", "--out", "out"]);
        let mut faults = Vec::new();
        if outcome.exit == 0 {
            let all = printed(&desk);
            for (spot, text) in SPOTS.iter().zip(&marked) {
                // A column head breaks behind a comma and before a bracket.
                let wanted = on_paper(text);
                if !all.contains(&wanted) && !all.replace('\n', " ").contains(&wanted) {
                    faults.push(format!("{} is not printed as it stands", spot.finding));
                }
            }
        } else {
            faults.push(format!("exit {}: {}", outcome.exit, shortened(&outcome.stderr)));
        }
        cases.push((format!("the text {text:?}"), faults));
    }
    report(cases);
}

#[test]
fn a_word_of_five_thousand_letters_is_printed() {
    let mut cases = Vec::new();
    for spot in &SPOTS {
        let desk = Desk::with(Original::Small);
        let word = format!("W{}E", "x".repeat(5_000));
        put(&desk, spot, &word);
        // On an axis there is no room for it: what stands there is refused with its place.
        let on_an_axis = spot.from.starts_with("y-title") || spot.from.starts_with("label = \"Week");
        if on_an_axis {
            let refused = desk.call(&["check", "study"]);
            let placed = refused.stderr.contains("study/study.toml:") && refused.stderr.contains("is longer than");
            let faults = if refused.exit == 3 && placed { Vec::new() } else { vec![shortened(&refused.stderr)] };
            cases.push((format!("5,000 letters in: {} ({})", spot.finding, spot.from), faults));
            continue;
        }
        desk.lock();
        let outcome = desk.call(&["run", "study", "--out", "out"]);
        let mut faults = Vec::new();
        if outcome.exit != 0 {
            faults.push(format!("exit {}: {}", outcome.exit, shortened(&outcome.stderr)));
        } else if !printed(&desk).contains(&word) {
            faults.push("is not printed whole".to_owned());
        }
        for (path, bytes) in tree(&desk.path().join("out")).into_iter().filter(|(path, _)| path.starts_with("figures/"))
        {
            let outside = off_canvas(&String::from_utf8_lossy(&bytes));
            if !outside.is_empty() {
                faults.push(format!("{path} has {} strokes off its canvas, such as {}", outside.len(), outside[0]));
            }
        }
        cases.push((format!("5,000 letters in: {} ({})", spot.finding, spot.from), faults));
    }
    report(cases);
}

/// What no font of the report has, and what would act on the text around it.
#[test]
fn what_cannot_be_printed_is_refused_with_its_place() {
    let cases: Vec<Case> = [
        ("Arabic", "مرحبا", "U+0645"),
        ("Hebrew", "שלום", "U+05E9"),
        ("Chinese", "中文", "U+4E2D"),
        ("Japanese", "かな", "U+304B"),
        ("Korean", "한글", "U+D55C"),
        ("Thai", "ไทย", "U+0E44"),
        ("an emoji", "🙂", "U+1F642"),
        ("text turned round", "a\u{202E}b", "U+202E"),
        ("text set apart", "a\u{2067}b", "U+2067"),
        ("a mark of direction", "a\u{200F}b", "U+200F"),
        ("a zero", "a\u{0}b", "U+0000"),
        ("a bell", "a\u{7}b", "U+0007"),
        ("an escape", "a\u{1B}[31mb", "U+001B"),
        ("a delete", "a\u{7F}b", "U+007F"),
        ("a byte order mark", "a\u{FEFF}b", "U+FEFF"),
        ("a letter of nobody", "a\u{E000}b", "U+E000"),
        ("a replacement", "a\u{FFFD}b\u{FFFC}", "U+FFF"),
        ("a tag", "a\u{E0041}b", "U+E0041"),
    ]
    .into_iter()
    .map(|(name, text, code)| {
        small(&format!("{name} in a title"))
            .study("title = \"Who they were\"", &format!("title = {}", written("study.toml", text)))
            .exit(6)
            .says(["display t-who, title: the character", code])
            .findings(1)
    })
    .collect();
    all_refused(&cases);
}

#[test]
fn what_cannot_be_printed_is_refused_wherever_it_stands() {
    let mut cases = Vec::new();
    for spot in &SPOTS {
        for text in ["a 中 b", "a \u{1B}[31m b"] {
            if spot.file == "data/adsl.csv" && text.contains('\u{1B}') && spot.from == "S-03," {
                continue;
            }
            let desk = Desk::with(Original::Small);
            put(&desk, spot, text);
            desk.lock();
            let mut faults = desk.refusal(&["run", "study", "--out", "out"], 6);
            if let Some(outcome) = faults.outcome.take() {
                for word in [spot.finding, "cannot be printed"] {
                    if !outcome.stderr.contains(word) {
                        faults.add(format!("does not say “{word}”: {}", shortened(&outcome.stderr)));
                    }
                }
            }
            cases.push((format!("{text:?} in: {} ({})", spot.finding, spot.from), faults.list));
        }
    }
    report(cases);
}

#[test]
fn all_that_cannot_be_printed_is_told_at_once() {
    all_refused(&[
        small("five texts of five displays")
            .study("title = \"A small study for tests\"", "title = \"中\"")
            .study("label = \"New\"", "label = \"שלום\"")
            .study("title = \"Everything\"", "title = \"한\"")
            .study("footnotes = [\"A footnote.\"]", "footnotes = [\"🙂\"]")
            .data("adsl.csv", "WITHDREW", "مرحبا")
            .exit(6)
            .says([
                "title page, title",
                "head of column",
                "section 1, title",
                "footnote 1",
                "display f-flow",
                "display t-who, row",
            ]),
        flagship("a reason of the flagship study")
            .study("reason = \"ICE_DEATH\"", "reason = \"死亡\"")
            .study("value = \"ICE_DEATH\"", "value = \"死亡\"")
            .study("w24_reason = 'ICE_DEATH'", "w24_reason = '死亡'")
            .exit(6)
            .says(["display l-16-2-6, row", "U+6B7B"]),
        flagship("a rule of the flagship study")
            .study("ELSE pred <= 10 END\"", "ELSE pred <= 10 OR SEX = '中' END\"")
            .exit(6)
            .says(["methods “Definitions”", "U+4E2D"]),
    ]);
}

/// A finding quotes data; what it quotes must not act on the terminal it is read on.
#[test]
fn findings_do_not_pass_on_what_acts_on_a_terminal() {
    let escape = "\u{1B}]0;owned\u{7}\u{1B}[31m";
    all_refused(&[
        small("a level").data("adsl.csv", "41,M", &format!("41,{escape}")).exit(5).says(["of “Sex” is not listed"]),
        small("a subject").data("adlb.csv", "S-02,SIZE,2", &format!("S{escape},SIZE,2")).exit(5).says(["not in ADSL"]),
        small("a unit")
            .data("adlb.csv", "0.9,0.9,mg/dL", &format!("0.9,0.9,{escape}"))
            .exit(5)
            .says(["cannot be converted"]),
        small("a drug").data("adcm.csv", "PREDNISOLONE", escape).exit(5).says(["is not known to the instrument"]),
        small("text turned round").data("adsl.csv", "41,M", "41,\u{202E}M").exit(5).says(["of “Sex” is not listed"]),
        small("a key").study("[study]", "\"\\u001B[31m\" = 1\n[study]").exit(3).says(["unknown section"]),
        small("a reference").study("of = \"who\"", "of = \"\\u001B[31m\"").exit(3).says(["is not defined"]),
        small("a rule")
            .study("rule = \"size <= :limit\"", "rule = \"size <= :limit AND \\\"\\u001B[31m\\\" = 1\"")
            .exit(5)
            .says(["is not in frame state"]),
        small("a path").study("file = \"adlb.csv\"", "file = \"\\u001B[31m.csv\"").exit(4),
    ]);
}

/// The template takes no text of a study into its source.
#[test]
fn no_text_of_a_study_stands_in_typst_source() {
    let desk = Desk::with(Original::Small);
    for spot in &SPOTS {
        put(&desk, spot, "Zyxwvut");
    }
    desk.lock();
    let outcome = desk.call(&["run", "study", "--out", "out"]);
    assert_eq!(outcome.exit, 0, "{}", outcome.stderr);
    for (path, bytes) in tree(&desk.path().join("out/typst")) {
        if std::path::Path::new(&path).extension().is_some_and(|extension| extension == "typ") {
            assert!(
                !String::from_utf8_lossy(&bytes).contains("Zyxwvut"),
                "a text of the study stands in the source {path}"
            );
        }
    }
    let templates = repository().join("report-templates");
    for (path, bytes) in tree(&templates) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for word in ["eval(", "plugin(", "read("] {
            assert!(!text.contains(word), "the template {path} calls {word}…), which makes code or files of text");
        }
    }
    assert!(fs::metadata(desk.path().join("out/typst/main.typ")).is_ok(), "the source is part of the package");
}

/// What `explain` prints of the data is shown, and does not act on the terminal.
#[test]
fn explain_shows_what_would_act_on_a_terminal() {
    let desk = Desk::with(Original::Small);
    for file in ["data/adcm.csv", "data/adlb.csv", "data/adqs.csv", "data/adsl.csv"] {
        let content = read(&desk.study(file));
        write(&desk.study(file), &content.replace("\nS-", "\nS\u{1b}[31m\u{202e}-"));
    }
    desk.lock();
    let outcome = desk.call(&["explain", "study", "resp"]);
    assert_eq!(outcome.exit, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.contains("SU+001B[31mU+202E-0"), "no subject is shown: {:?}", outcome.stdout);
    let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!outcome.stdout.contains(acts), "{:?}", outcome.stdout);
}
