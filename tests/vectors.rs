//! The renal response of the flagship study, case by case: decision-table vectors and cases worked out by hand become
//! locked datasets, go through `trialpress run`, and are read from the listings of the package.
//!
//! The rules under test are the text of `fixtures/studies/ln-msc-il2/study.toml`. Only where the data lie, the default of
//! an option, and which displays there are is changed here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value as Json;
use tempfile::TempDir;
use toml::{Table, Value};

use crate::support::{
    Record, argument, field, listing, read, results_csv, scratch, shared, specification, succeed, trialpress, write,
    write_specification,
};

// ---- a made-up study ------------------------------------------------------------------------------------------------

/// What the listings show: the atoms, the branch, the categories with their reason, and the values they rest on.
const OUTCOME: [&str; 9] = [
    "cr_kidney",
    "cr_protein_met",
    "cr_steroid",
    "cr",
    "pr",
    "pr_branch",
    "renal_raw",
    "renal_response",
    "renal_response_reason",
];
const VALUES: [&str; 9] =
    ["creat", "creat_base", "upcr", "upcr_base", "uprot", "uprot_base", "pred", "pred_base", "visit_day"];

/// Day 1 of everybody: 2024-01-15, so that study day 169 is 2024-07-01 and the year is a leap year.
const DAY_ONE: (i32, i32, i32) = (2024, 1, 15);

/// The visits of the flagship study.
const VISITS: [&str; 5] = ["W4", "W8", "W16", "W20", "W24"];

/// A date of the calendar, by study day. There is no day 0.
fn date(day: i32) -> String {
    assert_ne!(day, 0, "there is no study day 0");
    let (mut year, mut month, first) = DAY_ONE;
    let mut date = first + if day > 0 { day - 1 } else { day };
    let length = |year: i32, month: i32| match month {
        2 if year % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    while date > length(year, month) {
        date -= length(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    while date < 1 {
        (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
        date += length(year, month);
    }
    format!("{year:04}-{month:02}-{date:02}")
}

#[test]
fn study_days_are_the_dates_the_cases_rely_on() {
    for (day, expected) in
        [(1, "2024-01-15"), (-1, "2024-01-14"), (-15, "2023-12-31"), (17, "2024-01-31"), (169, "2024-07-01")]
    {
        assert_eq!(date(day), expected, "study day {day}");
    }
}

/// A participant of a made-up study: records as they would stand in the datasets, and what must come of them.
#[derive(Clone, Debug, Default)]
struct Case {
    id: String,
    /// Why the expected outcome is the right one.
    why: String,
    /// Options that differ from their default.
    options: BTreeMap<String, Value>,
    labs: Vec<Lab>,
    flags: Vec<(i32, String)>,
    courses: Vec<Course>,
    death: Option<i32>,
    left: Option<i32>,
    stopped: Option<i32>,
    /// The outcome at week 24, if it is of interest: `TTTTT PROTEIN_ONLY CR CR CR`.
    outcome: Option<String>,
    /// Single cells: visit, variable, value.
    cells: Vec<(&'static str, &'static str, String)>,
}

#[derive(Clone, Debug)]
struct Lab {
    code: String,
    day: i32,
    value: String,
    unit: String,
    scheduled: bool,
    central: bool,
    time: String,
    sequence: usize,
    upper_limit: String,
}

#[derive(Clone, Debug)]
struct Course {
    category: &'static str,
    drug: String,
    dose: String,
    frequency: String,
    route: String,
    start: String,
    /// Empty while it goes on.
    end: String,
}

impl Case {
    fn new(id: &str, why: &str) -> Self {
        Self { id: id.to_owned(), why: why.to_owned(), ..Self::default() }
    }

    /// Creatinine 0.8 mg/dL on day 1 and at week 24, UPCR 2.4 g/g on day 1, prednisone 5 mg a day: with UPCR below 0.5 at
    /// week 24 a complete response.
    fn typical(id: &str, why: &str) -> Self {
        Self::kidney(id, why).lab("UPCR", 1, "2.4")
    }

    /// The same without any protein.
    fn kidney(id: &str, why: &str) -> Self {
        Self::new(id, why).lab("CREAT", 1, "0.8").lab("CREAT", 169, "0.8").takes("PREDNISONE 5 QD ORAL", "-30", "")
    }

    /// The same with UPCR 0.3 at week 24, and these courses instead of 5 mg.
    fn dosed(id: &str, why: &str, courses: &[(&str, &str, &str)]) -> Self {
        let mut case = Self::typical(id, why).lab("UPCR", 169, "0.3");
        case.courses.clear();
        courses.iter().fold(case, |case, (what, start, end)| case.takes(what, start, end))
    }

    /// A result: the value first, then in any order its unit, `unscheduled`, `local`, a time, `#` and the sequence number,
    /// `uln=` and the upper limit of normal.
    fn lab(mut self, code: &str, day: i32, text: &str) -> Self {
        let mut lab = Lab {
            code: code.to_owned(),
            day,
            value: String::new(),
            unit: match code {
                "CREAT" => "mg/dL",
                "UPCR" => "g/g",
                _ => "g/24h",
            }
            .to_owned(),
            scheduled: true,
            central: true,
            time: String::new(),
            sequence: self.labs.len() + 1,
            upper_limit: String::new(),
        };
        for (position, word) in text.split(' ').enumerate() {
            match word {
                value if position == 0 => value.clone_into(&mut lab.value),
                "unscheduled" => lab.scheduled = false,
                "local" => lab.central = false,
                time if time.contains(':') => time.clone_into(&mut lab.time),
                number if number.starts_with('#') => {
                    lab.sequence = number[1..].parse().unwrap_or_else(|_| panic!("{number} is not a sequence number"));
                }
                limit if limit.starts_with("uln=") => limit[4..].clone_into(&mut lab.upper_limit),
                unit => unit.clone_into(&mut lab.unit),
            }
        }
        self.labs.push(lab);
        self
    }

    /// The investigator's answer to “other indicators of deterioration”.
    fn flag(mut self, day: i32, answer: &str) -> Self {
        self.flags.push((day, answer.to_owned()));
        self
    }

    /// A course: drug, amount in mg (`?` if not recorded), frequency, route; first and last day as study days or as partial
    /// dates, no last day while it goes on.
    fn takes(self, what: &str, start: &str, end: &str) -> Self {
        self.course("GLUCOCORTICOID", what, start, end)
    }

    fn rescued(self, what: &str, day: &str) -> Self {
        self.course("RESCUE", what, day, day)
    }

    fn course(mut self, category: &'static str, what: &str, start: &str, end: &str) -> Self {
        let words: Vec<&str> = what.split(' ').collect();
        let [drug, dose, frequency, route] = words[..] else { panic!("{what} is not drug, dose, frequency and route") };
        self.courses.push(Course {
            category,
            drug: drug.to_owned(),
            dose: if dose == "?" { String::new() } else { dose.to_owned() },
            frequency: frequency.to_owned(),
            route: route.to_owned(),
            start: start.to_owned(),
            end: end.to_owned(),
        });
        self
    }

    fn option(mut self, name: &str, value: &str) -> Self {
        self.options.insert(name.to_owned(), Value::String(value.to_owned()));
        self
    }

    /// A, B, C, CR and PR as T, F or U; branch; category as observed; category; reason.
    fn gives(mut self, outcome: &str) -> Self {
        self.outcome = Some(outcome.to_owned());
        self
    }

    /// A cell of the listing of a visit; nothing where there must be no value.
    fn shows(mut self, visit: &'static str, variable: &'static str, value: &str) -> Self {
        self.cells.push((visit, variable, value.to_owned()));
        self
    }

    /// What is wrong with the listings, a line each.
    fn complaints(&self, listings: &BTreeMap<&str, BTreeMap<String, Record>>) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut complain = |what: &str, found: &str, expected: &str| {
            complaints.push(format!("{}: {what} is {found:?} and must be {expected:?} ({})", self.id, self.why));
        };
        let record = |visit: &str| {
            listings[visit].get(&self.id).unwrap_or_else(|| panic!("{} is not in the listing of {visit}", self.id))
        };
        if let Some(expected) = &self.outcome {
            let found = outcome(record("W24"));
            if found != *expected {
                complain("week 24", &found, expected);
            }
        }
        for (visit, variable, expected) in &self.cells {
            let found = field(record(visit), variable);
            let agree = match (found.parse::<f64>(), expected.parse::<f64>()) {
                (Ok(found), Ok(expected)) => (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
                _ => found == expected,
            };
            if !agree {
                complain(&format!("{variable} at {visit}"), found, expected);
            }
        }
        complaints
    }
}

/// The outcome of a line of a listing, as [`Case::gives`] writes it.
pub fn outcome(record: &Record) -> String {
    let atoms: String = OUTCOME[..5]
        .iter()
        .map(|atom| match field(record, atom) {
            "true" => 'T',
            "false" => 'F',
            "" => 'U',
            other => panic!("{atom} is {other:?}, not true, false or nothing"),
        })
        .collect();
    let rest: Vec<&str> = OUTCOME[5..].iter().map(|column| field(record, column)).collect();
    format!("{atoms} {}", rest.join(" "))
}

/// The flagship specification without what needs other data, and with listings of every visit.
fn study(options: &BTreeMap<String, Value>) -> Table {
    let mut study = specification("ln-msc-il2");
    for part in ["masking", "summary", "flow", "subject-variable"] {
        study.remove(part);
    }
    // Columns of CSV that are text whatever they hold.
    let text: [(&str, &[&str]); 4] =
        [("adsl", &[]), ("adlb", &["AVALC", "ATM"]), ("adqs", &["AVALC"]), ("adcm", &["ASTDTC", "AENDTC"])];
    let files = text.map(|(name, text)| {
        let text = Value::Array(text.iter().map(|column| Value::from(*column)).collect());
        let entry = Table::from_iter([("file".to_owned(), format!("{name}.csv").into()), ("text".to_owned(), text)]);
        (name.to_uppercase(), Value::Table(entry))
    });
    section(&mut study, "data").insert("datasets".to_owned(), Value::Table(files.into_iter().collect()));
    set_options(&mut study, options);
    show_everything(&mut study);
    study
}

fn section<'a>(study: &'a mut Table, name: &str) -> &'a mut Table {
    study
        .get_mut(name)
        .and_then(Value::as_table_mut)
        .unwrap_or_else(|| panic!("there is no [{name}] in the specification"))
}

/// Changes defaults of options.
pub fn set_options(study: &mut Table, options: &BTreeMap<String, Value>) {
    for (name, value) in options {
        let option = section(study, "option").get_mut(name).and_then(Value::as_table_mut);
        option.unwrap_or_else(|| panic!("there is no option {name}")).insert("default".to_owned(), value.clone());
    }
}

/// Replaces all displays by two listings a visit: outcomes as `o-W24` and values as `v-W24`.
pub fn show_everything(study: &mut Table) {
    let table = |entries: &[(&str, Value)]| {
        Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    };
    let mut displays = Vec::new();
    for visit in VISITS {
        for (kind, variables) in [("o", OUTCOME), ("v", VALUES)] {
            let columns = variables.map(|name| table(&[("variable", name.into()), ("label", name.into())]));
            let listing = table(&[
                ("frame", "renal".into()),
                ("at", visit.into()),
                ("analysis-set", "itt".into()),
                ("columns", Value::Array(columns.to_vec())),
            ]);
            displays.push(table(&[
                ("id", format!("{kind}-{visit}").into()),
                ("number", format!("Listing {kind}.{visit}").into()),
                ("section", "1".into()),
                ("title", format!("{kind} {visit}").into()),
                ("listing", listing),
            ]));
        }
    }
    study.insert(
        "section".to_owned(),
        Value::Array(vec![table(&[("number", "1".into()), ("title", "Listings".into())])]),
    );
    study.insert("display".to_owned(), Value::Array(displays));
}

/// The lines of all visits of a package made with [`show_everything`]: outcomes and values together, by participant.
pub fn everything(package: &Path) -> BTreeMap<&'static str, BTreeMap<String, Record>> {
    let mut visits = BTreeMap::new();
    for visit in VISITS {
        let mut lines: BTreeMap<String, Record> = BTreeMap::new();
        for record in ["o", "v"].iter().flat_map(|kind| listing(package, &format!("{kind}-{visit}"))) {
            let id = field(&record, "USUBJID").to_owned();
            lines.entry(id).or_default().extend(record);
        }
        visits.insert(visit, lines);
    }
    visits
}

/// The datasets of a made-up study as CSV, by file name: header and records.
type Datasets = BTreeMap<&'static str, (&'static str, Vec<String>)>;

fn datasets(cases: &[Case]) -> Datasets {
    // One participant who was never randomised carries a value of every variable, so that none is without a type.
    let carrier = Case::new("SCREENED", "")
        .lab("CREAT", 1, "1 08:00 uln=1")
        .lab("UPCR", 1, "1 08:00 uln=1")
        .lab("UPROT24", 1, "1 08:00 uln=1")
        .flag(1, "N")
        .takes("PREDNISONE 5 QD ORAL", "-30", "-20")
        .takes("PREDNISONE 5 QD ORAL", "-19", "");
    // And one in each arm who has nothing, so that no arm is empty.
    let fillers = [Case::new("FILLER-1", ""), Case::new("FILLER-2", "")];

    let mut adsl = Vec::new();
    let (mut adlb, mut adqs, mut adcm) = (Vec::new(), Vec::new(), Vec::new());
    let on = |day: Option<i32>| day.map_or_else(String::new, date);
    for (position, case) in std::iter::once(&carrier).chain(&fillers).chain(cases).enumerate() {
        let id = &case.id;
        let arm = if position % 2 == 0 { "MSC" } else { "IL2" };
        if position == 0 {
            let day = date(1);
            adsl.push(format!("{id},N,N,N,{day},,,{day},COMPLETED,{day},COMPLETED,{day},Y,{day}"));
        } else {
            let day = date(1);
            let ended = case.left.or(case.death);
            let end = if ended.is_some() { "DISCONTINUED" } else { "COMPLETED" };
            let treatment = if case.stopped.is_some() { "DISCONTINUED" } else { "COMPLETED" };
            let died = if case.death.is_some() { "Y" } else { "" };
            let (ended, stopped, death) = (on(ended.or(Some(180))), on(case.stopped), on(case.death));
            adsl.push(format!("{id},Y,Y,Y,{day},{arm},{arm},{day},{end},{ended},{treatment},{stopped},{died},{death}"));
        }
        for lab in &case.labs {
            let number = if lab.value.parse::<f64>().is_ok() { &lab.value } else { "" };
            let scheduled = if lab.scheduled { "Y" } else { "N" };
            let laboratory = if lab.central { "CENTRAL" } else { "LOCAL" };
            let Lab { code, day, value, unit, time, sequence, upper_limit, .. } = lab;
            adlb.push(format!(
                "{id},{code},{number},{value},{unit},{},{time},{scheduled},{laboratory},{sequence},{upper_limit}",
                date(*day)
            ));
        }
        for (sequence, (day, answer)) in case.flags.iter().enumerate() {
            adqs.push(format!("{id},RENDETER,{answer},{},{sequence}", date(*day)));
        }
        for (sequence, course) in case.courses.iter().enumerate() {
            let day = |text: &str| text.parse::<i32>().map_or_else(|_| String::new(), date);
            let written = |text: &str| text.parse::<i32>().map_or_else(|_| text.to_owned(), date);
            let ongoing = if course.end.is_empty() { "ONGOING" } else { "" };
            let Course { category, drug, dose, frequency, route, start, end } = course;
            adcm.push(format!(
                "{id},{sequence},{drug},{category},{dose},mg,{frequency},{route},{},{},{},{},{ongoing}",
                day(start),
                day(end),
                written(start),
                written(end)
            ));
        }
    }
    let adsl_header = "USUBJID,RANDFL,SAFFL,PPROTFL,RANDDT,TRT01P,TRT01A,TRTSDT,EOSSTT,EOSDT,EOTSTT,EOTDT,DTHFL,DTHDT";
    let adcm_header = "USUBJID,CMSEQ,CMTRT,CMCAT,CMDOSE,CMDOSU,CMDOSFRQ,CMROUTE,ASTDT,AENDT,ASTDTC,AENDTC,CMENRTPT";
    BTreeMap::from([
        ("adsl.csv", (adsl_header, adsl)),
        ("adlb.csv", ("USUBJID,PARAMCD,AVAL,AVALC,AVALU,ADT,ATM,SCHEDFL,LBCAT,LBSEQ,ANRHI", adlb)),
        ("adqs.csv", ("USUBJID,PARAMCD,AVALC,ADT,QSSEQ", adqs)),
        ("adcm.csv", (adcm_header, adcm)),
    ])
}

/// Writes and locks a study.
fn lock(folder: &Path, study: &Table, datasets: &Datasets) {
    write_specification(&folder.join("study.toml"), study);
    for (file, (header, records)) in datasets {
        write(&folder.join("data").join(file), &format!("{header}\n{}\n", records.join("\n")));
    }
    succeed(folder, &["lock", ".", "--date", "2026-01-31", "--quiet"]);
}

/// A study that was run: its folder, its package, and what the run said.
struct Ran {
    folder: TempDir,
    said: String,
}

impl Ran {
    fn new(study: &Table, datasets: &Datasets) -> Self {
        let folder = scratch();
        lock(folder.path(), study, datasets);
        let said = succeed(folder.path(), &["run", ".", "--out", "package"]).stderr;
        Self { folder, said }
    }

    fn package(&self) -> std::path::PathBuf {
        self.folder.path().join("package")
    }

    fn everything(&self) -> BTreeMap<&'static str, BTreeMap<String, Record>> {
        everything(&self.package())
    }
}

/// Runs the cases, a study for each set of options, and gives their complaints and what the runs said.
fn run(cases: &[Case]) -> (Vec<String>, String) {
    let ids: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids.len(), cases.len(), "every case has a name of its own");
    let mut groups: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for case in cases {
        groups.entry(format!("{:?}", case.options)).or_default().push(case.clone());
    }
    let mut complaints = Vec::new();
    let mut said = String::new();
    for group in groups.values() {
        let ran = Ran::new(&study(&group[0].options), &datasets(group));
        let listings = ran.everything();
        for lines in listings.values() {
            assert_eq!(lines.len(), group.len() + 2, "every randomised participant has a line in every listing");
        }
        complaints.extend(group.iter().flat_map(|case| case.complaints(&listings)));
        said.push_str(&ran.said);
    }
    (complaints, said)
}

fn assert_no_complaints(complaints: &[String], cases: usize) {
    assert!(complaints.is_empty(), "{} of {cases} cases:\n{}", complaints.len(), complaints.join("\n"));
}

// ---- the 65 vectors of the specification ------------------------------------------------------------------------------

/// The decision-table vectors as cases; none if the file is not there.
fn vectors() -> Option<Vec<(Case, Json)>> {
    let path = shared("vectors/cr_pr.json")?;
    let document: Json =
        serde_json::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases = document["cases"].as_array().unwrap_or_else(|| panic!("{} holds no cases", path.display()));
    Some(cases.iter().map(|vector| (vector_case(vector), vector.clone())).collect())
}

fn vector_case(vector: &Json) -> Case {
    let text = |value: &Json| value.as_str().unwrap_or_else(|| panic!("{value} is not a text")).to_owned();
    let mut case = Case::new(&text(&vector["id"]), &text(&vector["note"]));
    let ice = |name: &str| vector["ice"][name].as_bool() == Some(true);
    // Who died before the week-24 window has values of the wide window before it.
    let at_visit = if ice("death") { 158 } else { 169 };
    for (side, day) in [("baseline", 1), ("visit", at_visit)] {
        for (name, code) in [("scr", "CREAT"), ("upcr", "UPCR"), ("p24", "UPROT24")] {
            let quantity = &vector[side][name];
            if quantity.is_object() {
                let mut words = format!("{} {}", quantity["value"], text(&quantity["unit"]));
                let limit = &vector["baseline"]["scr_uln"];
                if code == "CREAT" && limit.is_object() {
                    assert_eq!(limit["unit"], quantity["unit"], "the upper limit is in the unit of the result");
                    let _ = write!(words, " uln={}", limit["value"]);
                }
                case = case.lab(code, day, &words);
            }
        }
    }
    let visit = &vector["visit"];
    if visit.is_object() {
        case = match visit["other_deterioration"].as_bool() {
            Some(worse) => case.flag(at_visit, if worse { "Y" } else { "N" }),
            None => case,
        };
        case = match &visit["pred_eq_mg_day"] {
            Json::Null => case.takes("PREDNISONE ? QD ORAL", "-30", ""),
            dose if dose.as_f64() == Some(0.0) => case,
            dose => case.takes(&format!("PREDNISONE {dose} QD ORAL"), "-30", ""),
        };
    }
    case.death = ice("death").then_some(160);
    case.left = ice("withdrawn").then_some(63);
    case.stopped = ice("treatment_discontinued").then_some(58);
    if ice("rescue") {
        case = case.rescued("METHYLPREDNISOLONE 500 ONCE INTRAVENOUS", "71");
    }
    let config = vector["config"].as_object().unwrap_or_else(|| panic!("{} has no config", case.id));
    for (name, value) in config {
        let (option, value) = option_of(name, value);
        case.options.insert(option.to_owned(), value);
    }
    let expected = &vector["expected"];
    let atoms: String = ["A", "B", "C", "CR", "PR"].iter().map(|atom| text(&expected[atom])).collect();
    let rest = ["branch", "raw_category", "final_category", "reason"].map(|name| text(&expected[name]));
    case.gives(&format!("{atoms} {}", rest.join(" ")))
}

/// The option of the study for a configuration of the vectors.
fn option_of(name: &str, value: &Json) -> (&'static str, Value) {
    let words = |text: &str| Value::String(text.to_owned());
    match (name, value.as_str()) {
        ("cr_protein_rule", Some("upcr_first")) => ("cr_protein", words("upcr first")),
        ("cr_protein_rule", Some("p24_first")) => ("cr_protein", words("24 h first")),
        ("cr_protein_rule", Some(rule @ ("any" | "all"))) => ("cr_protein", words(rule)),
        ("pr_protein_rule", Some("upcr_first")) => ("pr_protein", words("upcr first")),
        ("pr_protein_rule", Some("p24_first")) => ("pr_protein", words("24 h first")),
        ("pr_protein_rule", Some(rule @ ("any" | "all"))) => ("pr_protein", words(rule)),
        ("deterioration_scope", Some("first_branch_only")) => ("deterioration", words("first branch")),
        ("scr_abnormal_rule", Some("gt_uln")) => ("creat_abnormal", words("above ULN")),
        ("pr_cr_except_steroid", None) if value.is_boolean() => {
            ("except_steroid", Value::Boolean(value.as_bool() == Some(true)))
        }
        _ => panic!("no option for {name} = {value}"),
    }
}

#[test]
fn all_65_vectors_come_out_as_written() {
    let Some(vectors) = vectors() else { return };
    let cases: Vec<Case> = vectors.into_iter().map(|(case, _)| case).collect();
    let (complaints, _) = run(&cases);
    eprintln!("{} vectors executed", cases.len());
    assert_eq!(cases.len(), 65, "vectors were lost or added");
    assert!(cases.iter().all(|case| case.outcome.is_some()), "a vector without outcome tests nothing");
    assert_no_complaints(&complaints, cases.len());
}

#[test]
fn the_vectors_count_in_the_results_as_they_should() {
    let Some(vectors) = vectors() else { return };
    let (cases, expected): (Vec<Case>, Vec<Json>) =
        vectors.into_iter().filter(|(case, _)| case.options.is_empty()).unzip();
    let ran = Ran::new(&study(&BTreeMap::new()), &datasets(&cases));
    for (analysis, name) in [("cr_w24", "cr_responder"), ("rr_w24", "overall_responder")] {
        let should = expected.iter().filter(|vector| vector["expected"][name] == true).count();
        let rows = results_csv(&ran.package());
        let shares: Vec<&Record> = rows
            .iter()
            .filter(|row| field(row, "analysis") == analysis && field(row, "statistic") == "share")
            .filter(|row| {
                field(row, "variant").is_empty() && !field(row, "arm").is_empty() && field(row, "at") == "W24"
            })
            .collect();
        let sum = |column: &str| -> usize {
            shares.iter().map(|row| field(row, column).parse::<usize>().expect("a count is a whole number")).sum()
        };
        assert_eq!(shares.len(), 2, "{analysis} has a share for each arm: {shares:?}");
        assert_eq!(sum("value"), should, "responders of {analysis}, both arms together");
        assert_eq!(sum("of"), cases.len() + 2, "the denominator of {analysis} is everybody randomised");
    }
}

/// The same quantities in other units are the same case (boundaries included: 0.5 g/g is 56.56 mg/mmol).
#[test]
fn units_do_not_change_a_category() {
    let Some(vectors) = vectors() else { return };
    let mut cases = Vec::new();
    for (creatinine, ratio, protein) in [
        ("umol/L", "mg/mmol", "mg/24h"),
        ("umol/L", "mg/g", "g/24h"),
        ("mg/dL", "mg/mmol", "g/24h"),
        ("mg/dL", "g/g", "mg/24h"),
    ] {
        for (case, _) in vectors.iter().filter(|(case, _)| case.options.is_empty()) {
            let mut case = case.clone();
            let _ = write!(case.id, " {creatinine} {ratio} {protein}");
            case.id = case.id.replace('/', "-");
            for lab in &mut case.labs {
                let to = match lab.code.as_str() {
                    "CREAT" => creatinine,
                    "UPCR" => ratio,
                    _ => protein,
                };
                let value: f64 = lab.value.parse().expect("a vector's quantity is a number");
                lab.value = (value / per(&lab.unit) * per(to)).to_string();
                to.clone_into(&mut lab.unit);
            }
            cases.push(case);
        }
    }
    let (complaints, _) = run(&cases);
    eprintln!("{} vectors executed in other units", cases.len());
    assert!(cases.len() >= 4 * 56, "vectors were lost");
    assert_no_complaints(&complaints, cases.len());
}

/// How many of a unit make one mg/dL, g/g or g in 24 hours.
fn per(unit: &str) -> f64 {
    match unit {
        "mg/dL" | "g/g" | "g/24h" => 1.0,
        "umol/L" => 88.4,
        "mg/mmol" => 113.12,
        "mg/g" | "mg/24h" => 1000.0,
        _ => panic!("the test does not know the unit {unit}"),
    }
}

// ---- cases of our own, worked out by hand -----------------------------------------------------------------------------

/// Results known only as a limit.
fn limits() -> Vec<Case> {
    vec![
        Case::typical("UPCR below 0.5", "all of [0, 0.5) is below 0.5: B holds; the fall from 2.4 is above 79 %")
            .lab("UPCR", 169, "<0.5")
            .gives("TTTTT PROTEIN_ONLY CR CR CR")
            .shows("W24", "upcr", "<0.5"),
        Case::typical(
            "UPCR below 0.6",
            "[0, 0.6) lies on both sides of 0.5: B open; the fall from 2.4 is above 75 %: PR",
        )
        .lab("UPCR", 169, "<0.6")
        .gives("TUTUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::kidney("UPCR below 0.6 from 1.1", "the fall is between 45 % and 100 %: PR open as well, so missing")
            .lab("UPCR", 1, "1.1")
            .lab("UPCR", 169, "<0.6")
            .gives("TUTUU PROTEIN_ONLY MISSING NR NRI_MISSING"),
        Case::kidney(
            "UPCR below 0.6 from 1.2",
            "every value below 0.6 is a fall of more than 50 % from 1.2: PR certain",
        )
        .lab("UPCR", 1, "1.2")
        .lab("UPCR", 169, "<0.6")
        .gives("TUTUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::kidney("24 h protein below 0.10", "the only measure, and wholly below 0.5 g")
            .lab("UPROT24", 1, "2.2")
            .lab("UPROT24", 169, "<0.10")
            .gives("TTTTT PROTEIN_ONLY CR CR CR")
            .shows("W24", "uprot", "<0.1"),
        Case::kidney("baseline above 8 and 3.9", "from anything above 8 to 3.9 is a fall of more than 51 %: PR")
            .lab("UPCR", 1, ">8")
            .lab("UPCR", 169, "3.9")
            .gives("TFTFT PROTEIN_ONLY PR PR PR_SINGLE")
            .shows("W24", "upcr_base", ">8"),
        Case::kidney(
            "baseline above 8 and 4.0",
            "from anything above 8 to 4.0 is a fall of more than 50 %, if barely: PR",
        )
        .lab("UPCR", 1, ">8")
        .lab("UPCR", 169, "4.0")
        .gives("TFTFT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::kidney("baseline above 8 and 4.5", "44 % from 8, 55 % from 10: PR open; CR fails: missing")
            .lab("UPCR", 1, ">8")
            .lab("UPCR", 169, "4.5")
            .gives("TFTFU PROTEIN_ONLY MISSING NR NRI_MISSING"),
        Case::new("creatinine below 0.3", "wholly below 1.2: A holds")
            .takes("PREDNISONE 5 QD ORAL", "-30", "")
            .lab("CREAT", 1, "0.8")
            .lab("UPCR", 1, "2.4")
            .lab("CREAT", 169, "<0.3")
            .lab("UPCR", 169, "0.3")
            .gives("TTTTT PROTEIN_ONLY CR CR CR"),
        Case::new("creatinine above 5", "wholly above 1.2 and above 125 % of 0.8: A fails, deterioration shown")
            .takes("PREDNISONE 5 QD ORAL", "-30", "")
            .lab("CREAT", 1, "0.8")
            .lab("UPCR", 1, "2.4")
            .lab("CREAT", 169, ">5.0")
            .lab("UPCR", 169, "0.3")
            .gives("FTTFF PROTEIN_ONLY NR NR NR_DETERIORATION"),
        Case::new("creatinine baseline below 0.5", "1.3 is above 125 % of anything below 0.5, and above 1.2: A fails")
            .takes("PREDNISONE 5 QD ORAL", "-30", "")
            .lab("CREAT", 1, "<0.5")
            .lab("UPCR", 1, "2.4")
            .lab("CREAT", 169, "1.3")
            .lab("UPCR", 169, "0.3")
            .gives("FTTFF PROTEIN_ONLY NR NR NR_DETERIORATION"),
        Case::typical("UPCR below 50 mg-mmol", "the limit is converted too: 50 / 113.12 = 0.442 g/g")
            .lab("UPCR", 169, "<50 mg/mmol")
            .gives("TTTTT PROTEIN_ONLY CR CR CR"),
        Case::typical("UPCR below 60 mg-mmol", "60 / 113.12 = 0.530 g/g: B open, PR certain")
            .lab("UPCR", 169, "<60 mg/mmol")
            .gives("TUTUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::typical("UPCR unreadable", "no number and no limit: missing, the only measure, so B and PR are unknown")
            .lab("UPCR", 169, "HEMOLYZED")
            .gives("TUTUU PROTEIN_ONLY MISSING NR NRI_MISSING"),
        Case::typical("UPCR open and 24 h passes", "open OR true is true: B holds")
            .lab("UPCR", 169, "<0.6")
            .lab("UPROT24", 169, "0.4")
            .gives("TTTTT PROTEIN_ONLY CR CR CR"),
        Case::typical(
            "UPCR open and 24 h fails",
            "open OR false is open: UPCR was measured, it is not missing; flag bars PR",
        )
        .lab("UPCR", 169, "<0.6")
        .lab("UPROT24", 169, "0.7")
        .flag(169, "Y")
        .gives("TUTUF PROTEIN_ONLY MISSING NR NRI_MISSING"),
        Case::typical(
            "UPCR open and 24 h passes with all",
            "all must pass: open AND true is open, CR cannot be claimed",
        )
        .option("cr_protein", "all")
        .lab("UPCR", 169, "<0.6")
        .lab("UPROT24", 169, "0.4")
        .gives("TUTUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::new("baseline below 0.6", "abnormal or not is open (0.5 to 0.6 is), 24 h normal: branch and PR unknown")
            .takes("PREDNISONE 15 QD ORAL", "-30", "")
            .lab("CREAT", 1, "0.8")
            .lab("CREAT", 169, "0.8")
            .lab("UPCR", 1, "<0.6")
            .lab("UPROT24", 1, "0.3")
            .lab("UPCR", 169, "0.2")
            .gives("TTFFU UNKNOWN MISSING NR NRI_MISSING"),
    ]
}

/// Which record counts.
fn windows() -> Vec<Case> {
    let mut cases = vec![
        Case::typical("nearest", "day 171 is 2 days from day 169, day 165 is 4")
            .lab("UPCR", 165, "0.42 unscheduled")
            .lab("UPCR", 171, "0.62")
            .shows("W24", "upcr", "0.62")
            .gives("TFTFT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::typical("tie", "both 3 days from day 169: the later")
            .lab("UPCR", 166, "0.71")
            .lab("UPCR", 172, "0.38")
            .shows("W24", "upcr", "0.38")
            .gives("TTTTT PROTEIN_ONLY CR CR CR"),
        Case::typical("scheduled first", "same day: scheduled before the clock is asked")
            .lab("UPCR", 169, "0.45 08:05")
            .lab("UPCR", 169, "0.80 unscheduled 15:40")
            .shows("W24", "upcr", "0.45"),
        Case::typical("scheduled before central", "same day: scheduled before the laboratory is asked")
            .lab("UPCR", 169, "0.45 local")
            .lab("UPCR", 169, "0.80 unscheduled 15:40")
            .shows("W24", "upcr", "0.45"),
        Case::typical("central first", "same day, both scheduled: central before the clock is asked")
            .lab("UPCR", 169, "0.55 08:20")
            .lab("UPCR", 169, "0.44 local 10:15")
            .shows("W24", "upcr", "0.55"),
        Case::typical("later time first", "same day, both scheduled and central: the later clock time")
            .lab("UPCR", 169, "0.41 14:30 #1")
            .lab("UPCR", 169, "0.62 09:10 #2")
            .shows("W24", "upcr", "0.41"),
        Case::typical("higher sequence first", "nothing else differs: 12 is higher than 7, as a number")
            .lab("UPCR", 169, "0.55 #7")
            .lab("UPCR", 169, "0.47 #12")
            .shows("W24", "upcr", "0.47"),
        Case::typical(
            "the day before preference",
            "an unscheduled local result of day 169 is nearer than a scheduled one",
        )
        .lab("UPCR", 168, "0.45")
        .lab("UPCR", 169, "0.80 unscheduled local")
        .shows("W24", "upcr", "0.8"),
        Case::typical("no result and no record", "a record without result cannot be the closest value")
            .lab("UPCR", 166, "0.4")
            .lab("UPCR", 169, "")
            .shows("W24", "upcr", "0.4"),
        Case::typical("edge before wide", "day 176 lies within 7 days, day 158 only within 14")
            .lab("UPCR", 158, "0.4")
            .lab("UPCR", 176, "0.7")
            .shows("W24", "upcr", "0.7"),
        Case::typical("week 12", "day 85 belongs to no visit: week 8 ends on day 64, week 16 begins on day 106")
            .lab("UPCR", 85, "0.44")
            .shows("W8", "upcr", "")
            .shows("W16", "upcr", "")
            .shows("W24", "upcr", "")
            .gives("TUTUU PROTEIN_ONLY MISSING NR NRI_MISSING"),
        Case::typical(
            "between weeks 20 and 24",
            "week 20 ends on day 148, the wide window of week 24 begins on day 155",
        )
        .lab("UPCR", 151, "0.44")
        .shows("W20", "upcr", "")
        .shows("W24", "upcr", ""),
        Case::typical(
            "different days",
            "UPCR and 24 h protein may come from different days; the later dates the visit",
        )
        .lab("UPCR", 165, "0.62")
        .lab("UPROT24", 172, "0.41")
        .shows("W24", "upcr", "0.62")
        .shows("W24", "uprot", "0.41")
        .shows("W24", "visit_day", "172")
        .gives("TTTTT PROTEIN_ONLY CR CR CR"),
        Case::kidney("baseline last before", "the last value on or before day 1, and day 2 is after it")
            .lab("UPCR", -10, "3.0")
            .lab("UPCR", 1, "2.4")
            .lab("UPCR", 2, "0.1")
            .shows("W24", "upcr_base", "2.4"),
        Case::kidney("baseline from screening", "no value on day 1: the last before it")
            .lab("UPCR", -20, "4.0")
            .lab("UPCR", -14, "3.0")
            .shows("W24", "upcr_base", "3"),
        Case::kidney("baseline without result", "the record of day 1 has no result: the last that has one")
            .lab("UPCR", -14, "3.0")
            .lab("UPCR", 1, "")
            .shows("W24", "upcr_base", "3"),
        Case::kidney("no baseline", "day 2 is not before treatment").lab("UPCR", 2, "3.0").shows(
            "W24",
            "upcr_base",
            "",
        ),
    ];
    // Alone in its window a record counts up to the edge and not beyond: 7 days, at week 24 14 if there is nothing nearer.
    for (visit, day, counts) in [
        ("W8", 49, false),
        ("W8", 50, true),
        ("W8", 64, true),
        ("W8", 65, false),
        ("W24", 154, false),
        ("W24", 155, true),
        ("W24", 161, true),
        ("W24", 162, true),
        ("W24", 176, true),
        ("W24", 177, true),
        ("W24", 183, true),
        ("W24", 184, false),
    ] {
        let why = if counts { "within the window" } else { "outside the window" };
        let case = Case::typical(&format!("day {day} at {visit}"), why).lab("UPCR", day, "0.4");
        cases.push(case.shows(visit, "upcr", if counts { "0.4" } else { "" }));
    }
    cases
}

const CR: &str = "TTTTT PROTEIN_ONLY CR CR CR";
/// All but the glucocorticoid condition of complete response.
const PR_BY_DOSE: &str = "TTFFT PROTEIN_ONLY PR PR PR_SINGLE";

/// The day of a visit and the dose up to it.
fn dating() -> Vec<Case> {
    let taper = |id: &str, why: &str| {
        Case::new(id, why)
            .lab("CREAT", 1, "0.8")
            .lab("UPCR", 1, "2.4")
            .lab("CREAT", 165, "0.8")
            .takes("PREDNISONE 20 QD ORAL", "-30", "165")
            .takes("PREDNISONE 7.5 QD ORAL", "166", "")
    };
    vec![
        taper("dated by urine of 168", "days 162 to 168: four of 20 mg and three of 7.5 mg, 14.64 mg/day: C fails")
            .lab("UPCR", 168, "0.3")
            .shows("W24", "visit_day", "168")
            .shows("W24", "pred", "14.642857142857142")
            .gives(PR_BY_DOSE),
        taper("dated by urine of 172", "days 166 to 172 are all of 7.5 mg: C holds")
            .lab("UPCR", 172, "0.3")
            .shows("W24", "visit_day", "172")
            .shows("W24", "pred", "7.5")
            .gives(CR),
        taper(
            "not dated by the flag",
            "components are creatinine and urine (lupus.md 2), both of day 165: days of 20 mg",
        )
        .lab("UPCR", 165, "0.3")
        .flag(172, "N")
        .shows("W24", "visit_day", "165")
        .shows("W24", "pred", "20")
        .gives(PR_BY_DOSE),
    ]
}

/// Courses: what is taken a day, and when.
fn courses() -> Vec<Case> {
    let methylprednisolone = "METHYLPREDNISOLONE 500 ONCE INTRAVENOUS";
    vec![
        Case::dosed("twice a day", "2 times 5 mg", &[("PREDNISONE 5 BID ORAL", "-30", "")])
            .shows("W24", "pred", "10")
            .gives(CR),
        Case::dosed("twice a day and more", "2 times 5.5 mg", &[("PREDNISONE 5.5 BID ORAL", "-30", "")])
            .shows("W24", "pred", "11")
            .gives(PR_BY_DOSE),
        Case::dosed("every other day", "half of 20 mg, whatever the parity", &[("PREDNISONE 20 QOD ORAL", "-30", "")])
            .shows("W24", "pred", "10")
            .gives(CR),
        Case::dosed("every other day and more", "half of 22 mg", &[("PREDNISONE 22 QOD ORAL", "-30", "")])
            .shows("W24", "pred", "11")
            .gives(PR_BY_DOSE),
        Case::dosed(
            "methylprednisolone",
            "8 mg are 10 mg of prednisone",
            &[("METHYLPREDNISOLONE 8 QD ORAL", "-30", "")],
        )
        .shows("W24", "pred", "10")
        .gives(CR),
        Case::dosed("methylprednisolone and more", "8.4 mg are 10.5", &[("METHYLPREDNISOLONE 8.4 QD ORAL", "-30", "")])
            .shows("W24", "pred", "10.5")
            .gives(PR_BY_DOSE),
        Case::dosed("methylprednisolone twice", "2 times 4 mg are 10", &[("METHYLPREDNISOLONE 4 BID ORAL", "-30", "")])
            .shows("W24", "pred", "10")
            .gives(CR),
        Case::dosed(
            "baseline window",
            "days -7 to -1, no day 0: three of 30 mg, four of 25; 5 mg at week 24",
            &[
                ("PREDNISONE 30 QD ORAL", "-60", "-5"),
                ("PREDNISONE 25 QD ORAL", "-4", "1"),
                ("PREDNISONE 5 QD ORAL", "2", ""),
            ],
        )
        .shows("W24", "pred_base", "27.142857142857142")
        .shows("W24", "pred", "5")
        .gives(CR),
        Case::dosed(
            "last day included",
            "70 mg end on day 163, the first of the seven days: 10 mg/day",
            &[("PREDNISONE 70 QD ORAL", "150", "163")],
        )
        .shows("W24", "pred", "10")
        .gives(CR),
        Case::dosed(
            "ends in June",
            "the last of June is day 168, six of the seven days: 6 mg/day",
            &[("PREDNISONE 7 QD ORAL", "150", "2024-06")],
        )
        .shows("W24", "pred", "6")
        .gives(CR),
        Case::dosed(
            "starts in July",
            "the first of July is day 169, one of the seven days: 1 mg/day",
            &[("PREDNISONE 7 QD ORAL", "2024-07", "")],
        )
        .shows("W24", "pred", "1")
        .gives(CR),
        Case::dosed(
            "months meet",
            "20 mg to the last of June, 5 mg from the first of July: no gap, no overlap",
            &[("PREDNISONE 20 QD ORAL", "-30", "2024-06"), ("PREDNISONE 5 QD ORAL", "2024-07", "")],
        )
        .shows("W24", "pred", "17.857142857142858")
        .gives(PR_BY_DOSE),
        Case::dosed(
            "starts in the month of day 1",
            "day 1 is later than the first of January and possible",
            &[("PREDNISONE 7 QD ORAL", "2024-01", "")],
        )
        .shows("W24", "pred_base", "0")
        .shows("W24", "pred", "7"),
        Case::dosed(
            "starts in the month before",
            "day 1 is not in December: from the first of December",
            &[("PREDNISONE 7 QD ORAL", "2023-12", "")],
        )
        .shows("W24", "pred_base", "7")
        .shows("W24", "pred", "7"),
        Case::dosed(
            "starts in the year before",
            "day 1 is not in 2023: from the first of January 2023",
            &[("PREDNISONE 7 QD ORAL", "2023", "")],
        )
        .shows("W24", "pred_base", "7"),
        Case::dosed(
            "unknown dose of the window",
            "one of the seven days has no dose: C unknown",
            &[("PREDNISONE 5 QD ORAL", "-30", ""), ("PREDNISONE ? QD ORAL", "163", "163")],
        )
        .shows("W24", "pred", "")
        .gives("TTUUT PROTEIN_ONLY PR PR PR_SINGLE"),
        Case::dosed(
            "unknown dose before the window",
            "the unknown dose ended the day before the seven days began",
            &[("PREDNISONE 5 QD ORAL", "-30", ""), ("PREDNISONE ? QD ORAL", "100", "162")],
        )
        .shows("W24", "pred", "5")
        .gives(CR),
        Case::typical("rescue of week 10", "the pulse is an event; it is not among the seven days of week 24")
            .lab("UPCR", 169, "0.3")
            .rescued(methylprednisolone, "71")
            .shows("W24", "pred", "5")
            .gives("TTTTT PROTEIN_ONLY CR NR ICE_RESCUE"),
        Case::typical("rescue after the assessment", "what follows the assessment of week 24 does not change it")
            .lab("UPCR", 169, "0.3")
            .rescued(methylprednisolone, "172")
            .gives(CR),
        Case::dosed(
            "a pulse among the seven days",
            "doses include pulses: (7 x 10 + 625) / 7",
            &[("PREDNISONE 10 QD ORAL", "-30", ""), (methylprednisolone, "166", "166")],
        )
        .shows("W24", "pred", "99.28571428571429")
        .gives(PR_BY_DOSE),
    ]
}

/// Events in order of their rank.
fn events() -> Vec<Case> {
    let unseen = |id: &str, why: &str| {
        Case::new(id, why).lab("CREAT", 1, "0.8").lab("UPCR", 1, "2.4").takes("PREDNISONE 5 QD ORAL", "-30", "")
    };
    let nothing = |reason: &str| format!("UUUUU PROTEIN_ONLY MISSING NR {reason}");
    let pulse = "METHYLPREDNISOLONE 500 ONCE INTRAVENOUS";
    let mut cases = vec![
        unseen("nothing at week 24", "no event: missing counts as non-response").gives(&nothing("NRI_MISSING")),
        unseen("rescue and withdrawal", "rescue ranks before withdrawal")
            .rescued(pulse, "60")
            .gives(&nothing("ICE_RESCUE")),
        unseen("all three", "death ranks before rescue and withdrawal")
            .rescued(pulse, "60")
            .gives(&nothing("ICE_DEATH")),
    ];
    cases[1].left = Some(70);
    cases[2].death = Some(70);
    let mut dead_later = Case::typical("death after the assessment", "assessed on day 169, died on day 175: data used");
    dead_later = dead_later.lab("UPCR", 169, "0.3").gives(CR);
    dead_later.death = Some(175);
    cases.push(dead_later);
    cases
}

#[test]
fn cases_worked_out_by_hand() {
    let cases = [limits(), windows(), dating(), courses(), events()].concat();
    let (complaints, said) = run(&cases);
    eprintln!("{} cases of our own executed", cases.len());
    assert!(cases.iter().all(|case| case.outcome.is_some() || !case.cells.is_empty()), "a case expects something");
    assert!(
        said.lines().any(|line| line.contains("HEMOLYZED") && said.contains("UPCR unreadable")),
        "the unreadable result is named with its participant, but the run said:\n{said}"
    );
    assert_no_complaints(&complaints, cases.len());
}

/// The prednisone vectors that a frame can show: conversions, means over the seven days, and the limit of 10 mg.
#[test]
fn doses_of_the_prednisone_vectors() {
    let Some(path) = shared("vectors/prednisone.json") else { return };
    let document: Json =
        serde_json::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let upper = |value: &Json| value.as_str().unwrap_or_default().to_uppercase();
    let mut cases = Vec::new();
    let mut left_out = Vec::new();
    for vector in document["cases"].as_array().expect("the file holds cases") {
        let id = vector["id"].as_str().expect("a vector has a name");
        let note = vector["note"].as_str().unwrap_or("conversion");
        let case = match vector["kind"].as_str() {
            Some("conversion") => {
                let course = format!("{} {} QD {}", upper(&vector["drug"]), vector["mg"], upper(&vector["route"]));
                Case::dosed(id, note, &[(&course, "-30", "")]).shows("W24", "pred", &vector["expected_mg"].to_string())
            }
            Some("average_window")
                if vector["window_days"] == 7 && vector["include_visit_day"] == true && id != "PRED-030" =>
            {
                let (visit, day) = if vector["visit_day"] == 57 { ("W8", 57) } else { ("W24", 169) };
                let case = Case::new(id, note).lab("CREAT", day, "0.8");
                let records = vector["records"].as_array().expect("the vector holds records").iter();
                let case = records.fold(case, |case, record| {
                    let words = [&record["drug"], &record["freq"], &record["route"]].map(upper);
                    let end = if record["end"].is_null() { String::new() } else { record["end"].to_string() };
                    let course = format!("{} {} {} {}", words[0], record["mg"], words[1], words[2]);
                    case.takes(&course, &record["start"].to_string(), &end)
                });
                case.shows(visit, "pred", &vector["expected_mg_day"].to_string())
            }
            Some("target_flags") => {
                let met = if vector["expected"]["le10"] == true { "true" } else { "false" };
                let course = format!("PREDNISONE {} QD ORAL", vector["mg_day"]);
                Case::dosed(id, "the limit of 10 mg/day", &[(&course, "-30", "")]).shows("W24", "cr_steroid", met)
            }
            _ => {
                left_out.push(id);
                continue;
            }
        };
        cases.push(case);
    }
    let (complaints, _) = run(&cases);
    eprintln!("{} prednisone vectors executed, left out (another window, or cumulative): {left_out:?}", cases.len());
    // Other windows than the study's (021, 029), a window moved by a day (030), and cumulative doses.
    assert_eq!(left_out, ["PRED-021", "PRED-029", "PRED-030", "PRED-031", "PRED-032", "PRED-033"]);
    assert_eq!(cases.len(), 34, "vectors were lost or added");
    assert_no_complaints(&complaints, cases.len());
}

// ---- what is refused ----------------------------------------------------------------------------------------------------

/// A word the instruments do not know is never taken as zero or as one: the run ends, and names the participant.
#[test]
fn unknown_units_and_drugs_are_refused() {
    let concentration = Case::typical("CONCENTRATION", "g/L is no amount").lab("UPROT24", 169, "0.4 g/L");
    let drug = Case::dosed("UNKNOWN-DRUG", "", &[("PREDNISOLON 5 QD ORAL", "-30", "")]);
    let frequency = Case::dosed("UNKNOWN-FREQUENCY", "", &[("PREDNISONE 5 PRN ORAL", "-30", "")]);
    for (case, word) in [(concentration, "g/L"), (drug, "PREDNISOLON"), (frequency, "PRN")] {
        let folder = scratch();
        lock(folder.path(), &study(&BTreeMap::new()), &datasets(std::slice::from_ref(&case)));
        let outcome = trialpress(folder.path(), &["run", ".", "--out", "package"]);
        assert_eq!(outcome.exit, 5, "{word} contradicts the specification, but the run said:\n{}", outcome.stderr);
        for expected in [word, case.id.as_str()] {
            assert!(outcome.stderr.contains(expected), "{expected} is not named:\n{}", outcome.stderr);
        }
        assert!(!folder.path().join("package").exists(), "a refused run writes nothing");
    }
}

// ---- what must not matter, and what must not happen -----------------------------------------------------------------------

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).expect("a number below a small one")
    }

    fn one_of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }

    fn shuffle<T>(&mut self, values: &mut [T]) {
        for position in (1..values.len()).rev() {
            values.swap(position, self.below(position + 1));
        }
    }
}

/// The order of records and of columns is nothing the results may depend on.
#[test]
fn permuted_rows_and_columns_give_the_same_results() {
    let cases = [limits(), windows(), dating(), courses(), events()].concat();
    let cases: Vec<Case> = cases.into_iter().filter(|case| case.options.is_empty()).collect();
    let plain = datasets(&cases);
    let first = Ran::new(&study(&BTreeMap::new()), &plain);
    for seed in 1..=3 {
        let mut dice = Dice(seed);
        let headers: BTreeMap<&str, (String, Vec<String>)> = plain
            .iter()
            .map(|(file, (header, records))| {
                let mut order: Vec<usize> = (0..header.split(',').count()).collect();
                dice.shuffle(&mut order);
                let permuted = |line: &str| {
                    let fields: Vec<&str> = line.split(',').collect();
                    order.iter().map(|column| fields[*column]).collect::<Vec<_>>().join(",")
                };
                let mut records: Vec<String> = records.iter().map(|record| permuted(record)).collect();
                dice.shuffle(&mut records);
                (*file, (permuted(header), records))
            })
            .collect();
        let folder = scratch();
        write_specification(&folder.path().join("study.toml"), &study(&BTreeMap::new()));
        for (file, (header, records)) in &headers {
            write(&folder.path().join("data").join(file), &format!("{header}\n{}\n", records.join("\n")));
        }
        succeed(folder.path(), &["lock", ".", "--date", "2026-01-31", "--quiet"]);
        let package = folder.path().join("package");
        succeed(folder.path(), &["run", ".", "--out", argument(&package), "--quiet"]);
        for file in
            ["results.json", "results.csv", "listings/o-W24.csv", "listings/v-W24.csv", "typst/data/display-1.json"]
        {
            let same = read(&first.package().join(file)) == read(&package.join(file));
            assert!(same, "{file} depends on the order of rows or columns (seed {seed})");
        }
    }
}

/// With the baseline fixed, a worse value at week 24 never gives a better category.
#[test]
fn worse_at_week_24_is_never_better() {
    const PAIRS: usize = 600;
    let scale = |name: &str| -> &[&str] {
        match name {
            "CREAT" => &["0.6", "0.8", "1.0", "1.2", "1.25", "1.4", "1.5", "2.0"],
            "UPROT24" => &["0.2", "0.4", "0.49", "0.5", "0.9", "1.5", "2.5", "4.0"],
            "UPCR" => &["0.2", "<0.3", "0.4", "0.49", "0.5", "0.9", "1.5", "2.5"],
            "dose" => &["0", "5", "7.5", "10", "10.5", "12.5", "15", "20"],
            _ => &["N", "Y"],
        }
    };
    let mut dice = Dice(20_261_123);
    let mut cases = Vec::new();
    for pair in 0..PAIRS {
        let base: Vec<(&str, &str)> = ["CREAT", "UPCR", "UPROT24"]
            .into_iter()
            .filter_map(|code| {
                let value = dice.one_of(match code {
                    "CREAT" => &["", "0.6", "0.8", "1.1", "1.5", "2.0"],
                    _ => &["", "0.3", "0.6", "1.1", "2.4", "4.0"],
                });
                (!value.is_empty()).then_some((code, value))
            })
            .collect();
        let names = ["CREAT", "UPCR", "UPROT24", "dose", "flag"];
        let at_visit = names.map(|name| dice.below(scale(name).len()));
        // 24-hour protein is often not there, in both of the pair.
        let no_urine = dice.below(2) == 0;
        let worsened = loop {
            let name = dice.below(names.len());
            if at_visit[name] + 1 < scale(names[name]).len() {
                break name;
            }
            if names.iter().zip(at_visit).all(|(name, at)| at + 1 == scale(name).len()) {
                break names.len();
            }
        };
        for (twin, step) in [("a", 0), ("b", 1)] {
            let mut case = Case::new(&format!("{pair:04}-{twin}"), "");
            case = base.iter().fold(case, |case, (code, value)| case.lab(code, 1, value));
            for (position, name) in names.into_iter().enumerate() {
                let value = scale(name)[at_visit[position] + if position == worsened { step } else { 0 }];
                case = match name {
                    "UPROT24" if no_urine => case,
                    "dose" => case.takes(&format!("PREDNISONE {value} QD ORAL"), "-30", ""),
                    "flag" => case.flag(169, value),
                    code => case.lab(code, 169, value),
                };
            }
            cases.push(case);
        }
    }
    let ran = Ran::new(&study(&BTreeMap::new()), &datasets(&cases));
    let lines = &ran.everything()["W24"];
    let rank = |id: &str, column: &str| match field(&lines[id], column) {
        "CR" => 3,
        "PR" => 2,
        // Missing may turn into either when a value gets worse; as a response it counts with NR.
        "NR" | "MISSING" => 1,
        other => panic!("{id}: {column} is {other:?}"),
    };
    let mut better = Vec::new();
    let mut changed = 0;
    for pair in 0..PAIRS {
        let [before, after] = ["a", "b"].map(|twin| rank(&format!("{pair:04}-{twin}"), "renal_response"));
        changed += usize::from(after < before);
        if after > before {
            let [a, b] = ["a", "b"].map(|twin| outcome(&lines[&format!("{pair:04}-{twin}")]));
            better.push(format!("{pair:04}: {a}, worsened: {b}"));
        }
    }
    eprintln!("{PAIRS} pairs compared, {changed} got worse");
    assert!(changed > PAIRS / 50, "too few pairs tell anything: {changed}");
    assert!(better.is_empty(), "{} of {PAIRS} pairs got better by worse values:\n{}", better.len(), better.join("\n"));
}

/// Arms exchanged: differences change their sign, p-values and the counts of the report as a whole stay.
#[test]
fn exchanged_arms_change_the_sign_only() {
    let Some(vectors) = vectors() else { return };
    let cases: Vec<Case> = vectors.into_iter().map(|(case, _)| case).filter(|case| case.options.is_empty()).collect();
    let data = datasets(&cases);
    let plain = study(&BTreeMap::new());
    let mut exchanged = plain.clone();
    for arm in exchanged.get_mut("arm").and_then(Value::as_array_mut).expect("the study has arms") {
        let arm = arm.as_table_mut().expect("an arm is a table");
        let other = if arm["id"].as_str() == Some("msc") { "IL2" } else { "MSC" };
        arm.insert("planned".to_owned(), Value::String(format!("TRT01P = '{other}'")));
        arm.insert("actual".to_owned(), Value::String(format!("TRT01A = '{other}'")));
    }
    let rows = [&plain, &exchanged].map(|study| results_csv(&Ran::new(study, &data).package()));
    let value = |rows: &[Record], analysis: &str, statistic: &str| -> f64 {
        let found: Vec<&Record> = rows
            .iter()
            .filter(|row| field(row, "analysis") == analysis && field(row, "statistic") == statistic)
            .filter(|row| field(row, "variant").is_empty())
            .collect();
        assert_eq!(found.len(), 1, "{analysis} has one {statistic}");
        field(found[0], "value")
            .parse()
            .unwrap_or_else(|_| panic!("{analysis} {statistic} is no number: {:?}", found[0]))
    };
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9;
    for analysis in ["cr_w24", "rr_w24"] {
        let [a, b] = [0, 1].map(|at: usize| {
            ["difference", "difference-lower", "difference-upper", "p-value"]
                .map(|name| value(&rows[at], analysis, name))
        });
        assert!(close(a[0], -b[0]), "{analysis}: the difference is {} and exchanged {}", a[0], b[0]);
        assert!(close(a[1], -b[2]) && close(a[2], -b[1]), "{analysis}: the limits {a:?} are not mirrored by {b:?}");
        assert!(close(a[3], b[3]), "{analysis}: the p-value is {} and exchanged {}", a[3], b[3]);
        assert!(a[0].abs() > 1e-6, "{analysis}: a difference of zero tells nothing");
    }
}
