//! Made-up studies: participants given record by record become locked datasets of the flagship specification, are run, and
//! are read back from the listings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tempfile::TempDir;
use toml::{Table, Value};

use crate::support::{
    OVER_RECORDS, Record, WORDS, field, listing, scratch, specification, succeed, write, write_specification,
};

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
pub const VISITS: [&str; 5] = ["W4", "W8", "W16", "W20", "W24"];

/// A date of the calendar, by study day. There is no day 0.
pub fn date(day: i32) -> String {
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

/// A participant of a made-up study: records as they would stand in the datasets, and what must come of them.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub id: String,
    /// Why the expected outcome is the right one.
    why: String,
    /// Options that differ from their default.
    pub options: BTreeMap<String, Value>,
    pub labs: Vec<Lab>,
    flags: Vec<(i32, String)>,
    pub courses: Vec<Course>,
    pub death: Option<i32>,
    pub left: Option<i32>,
    pub stopped: Option<i32>,
    /// The outcome at week 24, if it is of interest: `TTTTT PROTEIN_ONLY CR CR CR`.
    pub outcome: Option<String>,
    /// Single cells: visit, variable, value.
    pub cells: Vec<(&'static str, &'static str, String)>,
}

#[derive(Clone, Debug)]
pub struct Lab {
    pub code: String,
    day: i32,
    pub value: String,
    pub unit: String,
    scheduled: bool,
    central: bool,
    time: String,
    sequence: usize,
    upper_limit: String,
}

#[derive(Clone, Debug)]
pub struct Course {
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
    pub fn new(id: &str, why: &str) -> Self {
        Self { id: id.to_owned(), why: why.to_owned(), ..Self::default() }
    }

    /// Creatinine 0.8 mg/dL on day 1 and at week 24, UPCR 2.4 g/g on day 1, prednisone 5 mg a day: with UPCR below 0.5 at
    /// week 24 a complete response.
    pub fn typical(id: &str, why: &str) -> Self {
        Self::kidney(id, why).lab("UPCR", 1, "2.4")
    }

    /// The same without any protein.
    pub fn kidney(id: &str, why: &str) -> Self {
        Self::new(id, why).lab("CREAT", 1, "0.8").lab("CREAT", 169, "0.8").takes("PREDNISONE 5 QD ORAL", "-30", "")
    }

    /// The same with UPCR 0.3 at week 24, and these courses instead of 5 mg.
    pub fn dosed(id: &str, why: &str, courses: &[(&str, &str, &str)]) -> Self {
        let mut case = Self::typical(id, why).lab("UPCR", 169, "0.3");
        case.courses.clear();
        courses.iter().fold(case, |case, (what, start, end)| case.takes(what, start, end))
    }

    /// A result: the value first, then in any order its unit, `unscheduled`, `local`, a time, `#` and the sequence number,
    /// `uln=` and the upper limit of normal.
    pub fn lab(mut self, code: &str, day: i32, text: &str) -> Self {
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
    pub fn flag(mut self, day: i32, answer: &str) -> Self {
        self.flags.push((day, answer.to_owned()));
        self
    }

    /// A course: drug, amount in mg (`?` if not recorded), frequency, route; first and last day as study days or as partial
    /// dates, no last day while it goes on.
    pub fn takes(self, what: &str, start: &str, end: &str) -> Self {
        self.course("GLUCOCORTICOID", what, start, end)
    }

    pub fn rescued(self, what: &str, day: &str) -> Self {
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

    pub fn option(mut self, name: &str, value: &str) -> Self {
        self.options.insert(name.to_owned(), Value::String(value.to_owned()));
        self
    }

    /// A, B, C, CR and PR as T, F or U; branch; category as observed; category; reason.
    pub fn gives(mut self, outcome: &str) -> Self {
        self.outcome = Some(outcome.to_owned());
        self
    }

    /// A cell of the listing of a visit; nothing where there must be no value.
    pub fn shows(mut self, visit: &'static str, variable: &'static str, value: &str) -> Self {
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

/// The renal part of the flagship specification, without what needs other data, and with listings of week 24.
pub fn study(options: &BTreeMap<String, Value>) -> Table {
    study_at(options, &["W24"])
}

/// The same with listings of these visits.
pub fn study_at(options: &BTreeMap<String, Value>, visits: &[&str]) -> Table {
    let mut study = specification("ln-msc-il2");
    let parts = ["masking", "score", "subject-variable", "subgroup", "summary", "export", "flow"];
    for part in parts.into_iter().chain(OVER_RECORDS) {
        study.remove(part);
    }
    keep_renal(&mut study);
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
    show_everything(&mut study, visits);
    study
}

/// Keeps the renal frame with what it is made of, its binary endpoints and their variants.
fn keep_renal(study: &mut Table) {
    section(study, "frame").retain(|name, _| name == "renal");
    for (kind, list) in [("measure", "measures"), ("dose", "doses")] {
        let named = section(study, "frame")["renal"][list].clone();
        let named = named.as_array().unwrap_or_else(|| panic!("the renal frame has no {list}"));
        section(study, kind).retain(|name, _| named.iter().any(|known| known.as_str() == Some(name)));
    }
    entries(study, "derivation").retain(|derivation| derivation["frame"].as_str() == Some("renal"));
    let endpoints = entries(study, "endpoint");
    endpoints.retain(|endpoint| {
        let binary = endpoint.get("binary");
        binary.is_some_and(|binary| binary["frame"].as_str() == Some("renal"))
    });
    for endpoint in endpoints.iter_mut() {
        if let Some(binary) = endpoint.get_mut("binary").and_then(Value::as_table_mut) {
            // Subgroups are told by variables these subjects do not have.
            binary.remove("subgroups");
            binary.remove("tipping-point");
        }
    }
    let kept: Vec<Value> = endpoints.iter().map(|endpoint| endpoint["id"].clone()).collect();
    entries(study, "variant").retain_mut(|variant| {
        let of = variant.get_mut("of").and_then(Value::as_array_mut).expect("a variant is of endpoints");
        of.retain(|endpoint| kept.contains(endpoint));
        !of.is_empty()
    });
}

fn entries<'a>(study: &'a mut Table, name: &str) -> &'a mut Vec<Value> {
    let entries = study.get_mut(name).and_then(Value::as_array_mut);
    entries.unwrap_or_else(|| panic!("there is no [[{name}]] in the specification"))
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
pub fn show_everything(study: &mut Table, visits: &[&str]) {
    for part in WORDS {
        study.remove(part);
    }
    let table = |entries: &[(&str, Value)]| {
        Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    };
    let mut displays = Vec::new();
    for visit in visits {
        for (kind, variables) in [("o", OUTCOME), ("v", VALUES)] {
            let columns = variables.map(|name| table(&[("variable", name.into()), ("label", name.into())]));
            let listing = table(&[
                ("frame", "renal".into()),
                ("at", (*visit).into()),
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

/// The lines of all visits a package made with [`show_everything`] shows: outcomes and values together, by participant.
pub fn everything(package: &Path) -> BTreeMap<&'static str, BTreeMap<String, Record>> {
    let mut visits = BTreeMap::new();
    for visit in VISITS {
        let kinds = ["o", "v"].map(|kind| format!("{kind}-{visit}"));
        if !package.join(format!("listings/{}.csv", kinds[0])).exists() {
            continue;
        }
        let mut lines: BTreeMap<String, Record> = BTreeMap::new();
        for record in kinds.iter().flat_map(|id| listing(package, id)) {
            let id = field(&record, "USUBJID").to_owned();
            lines.entry(id).or_default().extend(record);
        }
        visits.insert(visit, lines);
    }
    visits
}

/// The datasets of a made-up study as CSV, by file name: header and records.
pub type Datasets = BTreeMap<&'static str, (&'static str, Vec<String>)>;

pub fn datasets(cases: &[Case]) -> Datasets {
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
        let arm = if position % 3 == 1 { "MSC" } else { "IL2" };
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
            // Four digits are a year, fewer a study day.
            let study_day = |text: &str| if text.len() < 4 { text.parse::<i32>().ok() } else { None };
            let day = |text: &str| study_day(text).map_or_else(String::new, date);
            let written = |text: &str| study_day(text).map_or_else(|| text.to_owned(), date);
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
pub fn lock(folder: &Path, study: &Table, datasets: &Datasets) {
    write_specification(&folder.join("study.toml"), study);
    for (file, (header, records)) in datasets {
        write(&folder.join("data").join(file), &format!("{header}\n{}\n", records.join("\n")));
    }
    succeed(folder, &["lock", ".", "--date", "2026-01-31", "--quiet"]);
}

/// A study that was run: its folder, its package, and what the run said.
pub struct Ran {
    folder: TempDir,
    pub said: String,
}

impl Ran {
    pub fn new(study: &Table, datasets: &Datasets) -> Self {
        let folder = scratch();
        lock(folder.path(), study, datasets);
        let said = succeed(folder.path(), &["run", ".", "--out", "package"]).stderr;
        Self { folder, said }
    }

    pub fn package(&self) -> std::path::PathBuf {
        self.folder.path().join("package")
    }

    pub fn everything(&self) -> BTreeMap<&'static str, BTreeMap<String, Record>> {
        everything(&self.package())
    }
}

/// Runs the cases, a study for each set of options, and gives their complaints and what the runs said.
pub fn run(cases: &[Case]) -> (Vec<String>, String) {
    let ids: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids.len(), cases.len(), "every case has a name of its own");
    let mut groups: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for case in cases {
        groups.entry(format!("{:?}", case.options)).or_default().push(case.clone());
    }
    let mut complaints = Vec::new();
    let mut said = String::new();
    for group in groups.values() {
        let mut visits: BTreeSet<&str> = group.iter().flat_map(|case| case.cells.iter().map(|cell| cell.0)).collect();
        visits.insert("W24");
        let visits: Vec<&str> = visits.into_iter().collect();
        let ran = Ran::new(&study_at(&group[0].options, &visits), &datasets(group));
        let listings = ran.everything();
        for lines in listings.values() {
            assert_eq!(lines.len(), group.len() + 2, "every randomised participant has a line in every listing");
        }
        complaints.extend(group.iter().flat_map(|case| case.complaints(&listings)));
        said.push_str(&ran.said);
    }
    (complaints, said)
}

pub fn assert_no_complaints(complaints: &[String], cases: usize) {
    assert!(
        complaints.is_empty(),
        "{} cells or outcomes of {cases} cases are wrong:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}
