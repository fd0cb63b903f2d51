//! Every display of every study in the fixtures is filled: no blank cell but where the layout leaves one, no figure without
//! marks, nothing that a program would print instead of a number or a reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::support::{
    argument, displays, fixture_study, listing, read, repository, scratch, shared, specification_of, succeed,
};

/// Layouts of tables.
const TABLES: [&str; 24] = [
    "accrual-table",
    "response",
    "time",
    "change",
    "summary",
    "ancova",
    "by-visit",
    "shift",
    "listing",
    "occurrence",
    "parameters",
    "grade-shift",
    "attendance",
    "currency",
    "sources",
    "looks",
    "conditional-power",
    "what-if",
    "safety-rules",
    "statements",
    "checklist",
    "data-quality",
    "conformance",
    "rounding",
];

/// Tables of words: what they must say is another test's matter.
const OF_WORDS: [&str; 9] = [
    "statements",
    "checklist",
    "data-quality",
    "conformance",
    "rounding",
    "looks",
    "conditional-power",
    "what-if",
    "safety-rules",
];

/// Which columns a layout may leave blank in a row, by its kind, the number of its columns, and the arms of the study with
/// the position of the reference arm among them.
fn blank_by_layout(kind: &str, columns: usize, (arms, reference): (usize, usize)) -> Vec<Vec<usize>> {
    match kind {
        // The reference arm has no difference from itself.
        "response" | "time" if columns == arms => vec![vec![reference]],
        // Number, estimate, limits and p-value of a comparison under each arm: the reference has no difference from itself.
        "change" if columns == 4 * arms => {
            let of = |arm: usize, own: &[usize]| own.iter().map(move |own| 4 * arm + own).collect::<Vec<usize>>();
            let row = |others: &[usize], reference_own: &[usize]| -> Vec<usize> {
                (0..arms).flat_map(|arm| of(arm, if arm == reference { reference_own } else { others })).collect()
            };
            let all = &[0, 1, 2, 3];
            vec![row(&[], &[3]), row(&[3], &[3]), row(&[0], all), row(&[0, 3], all), row(&[0, 1, 2], all)]
        }
        // The same comparisons alone: the reference has no p-value, or no column at all.
        "change" if columns == 4 * arms - 1 => {
            let own = |arm: usize| if arm == reference { 0..3 } else { 0..4 };
            let places: Vec<(usize, usize)> = (0..arms).flat_map(|arm| own(arm).map(move |own| (arm, own))).collect();
            let blank = |is_blank: &dyn Fn(usize, usize) -> bool| -> Vec<usize> {
                (0..columns).filter(|column| is_blank(places[*column].0, places[*column].1)).collect()
            };
            vec![blank(&|arm, own| arm != reference && own == 3), blank(&|arm, own| arm == reference || own == 0)]
        }
        "change" if columns == 3 * (arms - 1) => {
            vec![(0..columns).filter(|column| column % 3 < 2).collect()]
        }
        // A p-value stands in the first row of what it compares.
        "summary" if columns > arms => vec![vec![columns - 1]],
        // The number assessed stands behind the first row of a block.
        "grade-shift" if columns.is_multiple_of(arms) => {
            vec![(1..=arms).map(|arm| arm * (columns / arms) - 1).collect()]
        }
        // The reference arm has no difference from itself.
        "attendance" if arms > 1 => vec![vec![columns - 1]],
        // Where nothing is overdue there are no days; all visits together are not compared.
        "currency" => {
            let compared: Vec<usize> = (4 + arms..columns).collect();
            vec![vec![3], compared.clone(), [vec![3], compared].concat()]
        }
        // Not every source knows when a record was entered.
        "sources" => vec![vec![columns - 1]],
        // At baseline there is no change.
        "parameters" => vec![(columns.div_ceil(2)..columns).collect()],
        // Each arm is compared with those before it.
        "ancova" if columns == arms => (1..arms).map(|first| (0..first).collect()).collect(),
        _ => Vec::new(),
    }
}

/// Colours of grid, axes and bands: what is drawn in them is no mark.
const FURNITURE: [&str; 3] = ["#E1E5E9", "#C6CCD2", "#F1F4F7"];

/// What a display of each kind must have at least of marks, for each of its parts.
const LEAST_MARKS: [(&str, usize); 23] = [
    ("snapshot", 12),
    ("status", 10),
    ("accrual", 8),
    ("mean-cumulative", 3),
    ("benefit-risk", 5),
    ("flow", 20),
    ("response-by-visit", 2 * 5 + 2 * 5),
    ("means", 2 * 6 + 2 * 6),
    ("individual", 40),
    ("heat-map", 100),
    ("attendance-map", 8),
    ("narratives", 0),
    ("boundary", 3),
    ("safety-boundary", 2),
    ("tipping-point", 9),
    ("forest", 8),
    ("dots", 20),
    ("boxes", 10),
    ("kaplan-meier", 2),
    ("scatter", 10),
    ("waterfall", 20),
    ("swimmer", 20),
    ("profile", 5),
];

/// How much was looked at.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) tables: usize,
    pub(crate) figures: usize,
    pub(crate) listings: usize,
    rows: usize,
    cells: usize,
    /// Cells left blank by the layout.
    blank: usize,
    /// Cells that hold the sign of a reason.
    reasons: usize,
    marks: usize,
}

/// The kind of a display in the specification: the name of its layout.
fn kind(display: &Value) -> &str {
    let known: Vec<&str> = TABLES.into_iter().chain(LEAST_MARKS.map(|(kind, _)| kind)).collect();
    let table = display.as_table().expect("a display is a table");
    let mut kinds = table.keys().map(String::as_str).filter(|key| known.contains(key) || *key == "incidence");
    kinds.next().unwrap_or_else(|| panic!("{} is of an unknown kind", display["id"]))
}

/// A cell as it stands on the page, without the blanks that align it.
fn shown(cell: &Json) -> &str {
    cell.as_str().unwrap_or_else(|| panic!("{cell} is no text")).trim_matches([' ', '\u{2007}', '\u{2008}', '\u{a0}'])
}

/// Whether a text holds what a program prints where it has no number, or the place of one that was not filled in.
fn unfilled(text: &str) -> bool {
    let word = |word: &str| {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        ["NaN", "nan", "inf", "Inf", "null", "undefined", "None", "Some"].contains(&word)
    };
    // "None" by itself is the word of a listing for an arm without records, and of data.
    text != "None"
        && (text.contains(['{', '}']) || text.contains("– %") || text.split([' ', ',', '\u{2007}']).any(word))
}

/// All texts of a JSON value.
fn texts<'a>(value: &'a Json, into: &mut Vec<&'a str>) {
    match value {
        Json::String(text) => into.push(text),
        Json::Array(list) => list.iter().for_each(|value| texts(value, into)),
        Json::Object(object) => object.values().for_each(|value| texts(value, into)),
        _ => {}
    }
}

/// Looks at a study: what is not filled, and how much there is.
fn look(study: &str) -> (Vec<String>, Seen) {
    let folder = scratch();
    succeed(folder.path(), &["run", argument(&fixture_study(study)), "--out", "package", "--quiet"]);
    let package = folder.path().join("package");
    let specified = specification_of(study, "final");
    let asked = specified["display"].as_array().expect("the study has displays");
    let arms = specified["arm"].as_array().expect("the study has arms");
    let is_reference = |arm: &Value| arm.get("reference").and_then(Value::as_bool) == Some(true);
    let arms = (arms.len(), arms.iter().position(is_reference).expect("one arm is the reference"));
    look_at(study, &package, asked, arms)
}

/// Looks at a package that shows these displays, by the number of its arms and the position of the reference.
pub(crate) fn look_at(study: &str, package: &Path, asked: &[Value], arms: (usize, usize)) -> (Vec<String>, Seen) {
    let displays = displays(package);
    assert_eq!(displays.len(), asked.len(), "{study}: displays on the pages and in the specification");
    let (mut faults, mut seen) = (Vec::new(), Seen::default());
    for asked in asked {
        let (id, kind) = (asked["id"].as_str().expect("an id"), kind(asked));
        let display = displays.iter().find(|display| display["number"].as_str() == asked["number"].as_str());
        let display = display.unwrap_or_else(|| panic!("{study}: {id} is missing"));
        let mut all = Vec::new();
        texts(display, &mut all);
        if asked.get("identifies-arm").is_some() && all.iter().any(|text| text.starts_with("Withheld:")) {
            continue;
        }
        let all = all.iter().filter(|_| !OF_WORDS.contains(&kind));
        faults.extend(all.filter(|text| unfilled(text)).map(|text| format!("{id} says {text:?}")));
        for part in ["title", "source"] {
            if shown(&display[part]).is_empty() {
                faults.push(format!("{id} has no {part}"));
            }
        }
        match display["kind"].as_str() {
            Some("figure") => {
                seen.figures += 1;
                figure(package, id, (kind, arms.0), display, &mut faults, &mut seen);
            }
            Some("table") if OF_WORDS.contains(&kind) => seen.tables += 1,
            Some("profiles") => seen.figures += 1,
            Some("table") => {
                if kind == "listing" {
                    seen.listings += 1;
                } else {
                    seen.tables += 1;
                }
                table(id, kind, arms, display, &mut faults, &mut seen);
                if kind == "listing" {
                    let lines = listing(package, id).len();
                    let shown = rows(display).filter(|row| row["cells"].is_array() && row["stub"] != "None").count();
                    if lines != shown {
                        faults.push(format!("{id} shows {shown} lines, and its file has {lines}"));
                    }
                }
            }
            other => panic!("{id} is {other:?}"),
        }
    }
    (faults.into_iter().map(|fault| format!("{study}: {fault}")).collect(), seen)
}

fn rows(display: &Json) -> impl Iterator<Item = &Json> {
    display["body"]["rows"].as_array().into_iter().flatten()
}

fn table(id: &str, kind: &str, arms: (usize, usize), display: &Json, faults: &mut Vec<String>, seen: &mut Seen) {
    let notes = display["notes"].as_array().into_iter().flatten().filter_map(|note| note["text"].as_str());
    let notes: Vec<&str> = notes.collect();
    let mut filled: BTreeMap<usize, usize> = BTreeMap::new();
    let mut width = 0;
    for row in rows(display) {
        seen.rows += 1;
        // Arms below each other have a column of their own, and their visit in the first of them.
        if kind != "parameters" && row["stub"].as_str().is_some_and(|stub| stub.trim().is_empty()) {
            faults.push(format!("{id}: a row has no name: {row}"));
        }
        let Some(cells) = row["cells"].as_array().filter(|_| row["stub"] != "None") else { continue };
        width = cells.len();
        let blank: Vec<usize> = (0..cells.len()).filter(|column| shown(&cells[*column]).is_empty()).collect();
        if !blank.is_empty() && !blank_by_layout(kind, cells.len(), arms).contains(&blank) {
            faults.push(format!("{id}: columns {blank:?} of {} are blank in {}", cells.len(), row["stub"]));
        }
        // The comparisons of changes have heads of their own.
        let is_head = kind == "change" && row["stub"] == "Analysis";
        seen.cells += cells.len();
        seen.blank += blank.len();
        for (column, cell) in cells.iter().enumerate() {
            let text = shown(cell);
            if !text.is_empty() {
                *filled.entry(column).or_default() += 1;
            }
            let reason =
                ["–", "NE"].into_iter().find(|reason| text.split([' ', ',', '(', ')']).any(|word| word == *reason));
            let Some(reason) = reason else {
                if kind != "listing"
                    && kind != "parameters"
                    && !is_head
                    && !text.is_empty()
                    && !text.contains(|letter: char| letter.is_ascii_digit())
                {
                    faults.push(format!("{id}: a cell of {} is {text:?}", row["stub"]));
                }
                continue;
            };
            // What stands for a number that there is not is explained below the table.
            seen.reasons += 1;
            if !notes.iter().any(|note| note.starts_with(&format!("{reason}:"))) {
                faults.push(format!("{id}: {reason} is not explained"));
            }
        }
    }
    if width == 0 || filled.len() != width {
        faults.push(format!("{id}: only the columns {filled:?} of {width} hold anything"));
    }
}

fn figure(
    package: &Path,
    id: &str,
    (kind, arms): (&str, usize),
    display: &Json,
    faults: &mut Vec<String>,
    seen: &mut Seen,
) {
    let parts = display["body"]["parts"].as_array().expect("a figure has parts");
    for (number, part) in (1..).zip(parts) {
        let file = if number == 1 { format!("{id}.svg") } else { format!("{id}-part-{number}.svg") };
        let svg = read(&package.join("figures").join(&file));
        let alternative = part["alt"].as_str().unwrap_or_default();
        if !alternative.contains(|letter: char| letter.is_ascii_digit()) {
            faults.push(format!("{file} is described as {alternative:?}"));
        }
        let marks = svg.lines().filter(|line| is_mark(line)).count();
        let least = LEAST_MARKS.iter().find(|(own, _)| *own == kind).map_or(4, |(_, least)| *least);
        // The least is that of two arms.
        let least = if arms == 1 { least.div_ceil(2) } else { least };
        if marks < least {
            faults.push(format!("{file} has only {marks} marks"));
        }
        if svg.lines().filter(|line| !line.starts_with('<')).any(unfilled) {
            faults.push(format!("{file} shows what is no number"));
        }
        for coordinate in ["NaN", "\"inf", "-inf", "{"] {
            if svg.contains(coordinate) {
                faults.push(format!("{file} holds {coordinate}"));
            }
        }
        seen.marks += marks;
    }
    let prefix = format!("{id}-part-");
    let files =
        fs::read_dir(package.join("figures")).expect("the package has figures").filter_map(Result::ok).filter(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            name == format!("{id}.svg") || name.starts_with(&prefix)
        });
    if files.count() != parts.len() {
        faults.push(format!("{id} has other files than its {} parts", parts.len()));
    }
}

/// Whether a line of a drawing is a mark: a shape in a colour that is not of the furniture.
fn is_mark(line: &str) -> bool {
    let shape = ["<circle", "<rect", "<polygon", "<polyline"].iter().any(|shape| line.starts_with(shape));
    shape
        && !FURNITURE.iter().any(|colour| {
            line.contains(&format!("stroke=\"{colour}\"")) || line.contains(&format!("fill=\"{colour}\""))
        })
}

#[test]
fn every_display_of_every_study_is_filled() {
    let folder = repository().join("fixtures/studies");
    let mut studies: Vec<String> = fs::read_dir(&folder)
        .expect("there are studies")
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("study.toml").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    studies.sort();
    assert!(studies.len() >= 2, "only the studies {studies:?}");
    let mut all_faults = Vec::new();
    for study in &studies {
        // The data of the pilot study lie beside the repository.
        let folder = specification_of(study, "final")
            .get("data")
            .and_then(Value::as_table)
            .and_then(|data: &Table| data.get("folder").cloned());
        let outside = folder.is_some_and(|folder| folder.as_str().is_some_and(|folder| folder.contains("..")));
        if outside && shared("data").is_none() {
            continue;
        }
        let (faults, seen) = look(study);
        let Seen { tables, figures, listings, rows, cells, blank, reasons, marks } = seen;
        eprintln!(
            "{study}: {tables} tables, {figures} figures, {listings} listings; {rows} rows, {cells} cells, {blank} of them \
             left blank by their layout, {reasons} with a reason; {marks} marks"
        );
        let least = match study.as_str() {
            "ln-msc-il2" => (70, 29, 20),
            "cdisc-pilot01" => (14, 1, 0),
            _ => (0, 0, 0),
        };
        assert!(tables >= least.0 && figures >= least.1 && listings >= least.2, "{study}: displays were lost");
        assert!(cells > blank + reasons, "{study}: no numbers");
        all_faults.extend(faults);
    }
    assert!(all_faults.is_empty(), "{} faults:\n{}", all_faults.len(), all_faults.join("\n"));
}
