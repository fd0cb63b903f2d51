//! The laws of the source, as data: which module may use which, which words may stand where, what no file may hold.
//!
//! The table below is the dependency law. Every `use` and every path of every file under `src` is held against it, tests
//! left out. Where code and table part, one of them is wrong, and a person decides which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{read, repository};

/// What a module may use.
struct Law {
    module: &'static str,
    /// Of ours: a module, or the part of it that is meant.
    ours: &'static [&'static str],
    /// Of others.
    crates: &'static [&'static str],
    /// Why, where it is not plain.
    why: &'static str,
}

/// From the foundation upwards: a module may use only modules that stand above it in this list.
const LAWS: &[Law] = &[
    Law { module: "error", ours: &[], crates: &["serde"], why: "findings are written to the log as JSON" },
    Law {
        module: "stats",
        ours: &[],
        crates: &["libm"],
        why: "mathematics on slices: it can be lifted out of here unchanged",
    },
    Law {
        module: "results",
        ours: &["error"],
        crates: &["schemars", "serde", "serde_json"],
        why: "the waist; schemars because `study.toml` names methods, whose names are in the catalogue",
    },
    Law {
        module: "spec",
        ours: &["error", "results::Method", "results::Statistic"],
        crates: &["include_dir", "schemars", "serde", "serde_json", "toml"],
        why: "names of methods and statistics, never a value; serde_json for the schema; the folder of instruments is embedded",
    },
    Law {
        module: "data",
        ours: &["error"],
        crates: &["polars", "polars_io", "rayon", "sas_xport", "serde", "sha2", "sqlparser", "toml"],
        why: "files are read and hashed in parallel; the lock is TOML",
    },
    Law {
        module: "plan",
        ours: &["data", "error", "results::Method", "spec"],
        crates: &[],
        why: "a job says which methods are asked for",
    },
    Law {
        module: "derive",
        ours: &["data", "error", "plan", "spec::design", "stats::describe"],
        crates: &["polars"],
        why: "polars selects records; choices of the design (tie, basis) arrive with the plan; sums are those of stats",
    },
    Law {
        module: "analysis",
        ours: &["data::vector", "derive", "plan", "results", "spec::design", "spec::endpoint", "stats"],
        crates: &["rayon"],
        why: "values of rules are vectors of data; choices of the specification arrive with the plan",
    },
    Law {
        module: "display",
        ours: &["error", "results", "spec"],
        crates: &["serde", "serde_json"],
        why: "keys of missing rows are told as JSON",
    },
    Law {
        module: "render",
        ours: &["display", "error"],
        crates: &[
            "comemo",
            "plotters",
            "serde_json",
            "tera",
            "ttf_noto_sans",
            "typst",
            "typst_kit",
            "typst_layout",
            "typst_pdf",
        ],
        why: "ink: values of display in, bytes out",
    },
    Law {
        module: "pipeline",
        ours: &["analysis", "data", "derive", "display", "error", "plan", "render", "results", "spec"],
        crates: &["serde_json", "sha2"],
        why: "the straight line sees every stage; stats is not one",
    },
    Law {
        module: "cli",
        ours: &["data::date", "data::rule::Function", "error", "pipeline", "spec::reference"],
        crates: &["clap", "indicatif", "rayon", "serde_json"],
        why: "today’s date as a lock writes it, and the functions that the reference of rules lists",
    },
    Law { module: "lib", ours: &[], crates: &[], why: "only the list of modules" },
    Law { module: "main", ours: &["cli"], crates: &[], why: "calls and exits" },
];

/// Parts of the standard library that belong to some files only.
const STANDARD: &[(&str, &[&str], &str)] = &[
    (
        "std::fs",
        &["src/data/gate.rs", "src/pipeline/package.rs"],
        "data files are read in one place, packages written in one",
    ),
    ("std::env", &[], "the environment does not change a report"),
    ("std::time", &["src/cli.rs"], "time is an input; the only clock is the default date of a lock"),
    ("std::process::ExitCode", &["src/cli.rs", "src/main.rs"], "exit numbers are given in one place"),
    ("std::process::exit", &[], "exit numbers are given in one place"),
    ("std::process::abort", &[], "exit numbers are given in one place"),
    ("std::process::Command", &[], "no other program is called"),
    (
        "std::process::id",
        &["src/pipeline/package.rs"],
        "the folder that a package is first written to has a name of its own",
    ),
    ("std::net", &[], "the data stay where they are"),
    ("std::thread", &[], "rayon is the only source of threads"),
    ("std::collections::HashMap", &["src/data/canonical.rs"], "its order is another one each time"),
    ("std::collections::HashSet", &[], "its order is another one each time"),
    ("std::panic", &["src/data/mod.rs"], "a reader of others may panic over a damaged file"),
    ("std::hash", &["src/data/canonical.rs"], "hashes of the standard library differ from build to build"),
];

/// Macros that belong to some modules only.
const MACROS: &[(&str, &[&str], &str)] = &[
    ("println", &["cli"], "only the command line prints"),
    ("print", &["cli"], "only the command line prints"),
    ("eprintln", &["cli"], "only the command line prints"),
    ("eprint", &["cli"], "only the command line prints"),
    ("dbg", &[], "left over from a search"),
    ("todo", &[], "a report is whole or not at all"),
    ("unimplemented", &[], "a report is whole or not at all"),
];

/// Words of a disease, a drug, an instrument or a laboratory. They are data: of studies, and of `src/instruments/*.toml`.
/// In Rust they may stand nowhere, comments and tests of `src` included; the folder of instruments is embedded as a
/// whole, so that not even its file names are known here.
const CLINICAL: &[&str] = &[
    "adas",
    "albumin",
    "alzheimer",
    "arthritis",
    "azathioprine",
    "belimumab",
    "biclas",
    "bilag",
    "bilirubin",
    "biopsy",
    "cancer",
    "cholesterol",
    "cortison",
    "creatinin",
    "ctcae",
    "cyclophosph",
    "dexamethason",
    "diabet",
    "dialysis",
    "egfr",
    "glucocort",
    "glucose",
    "haemoglobin",
    "hemoglobin",
    "hepat",
    "infusion",
    "interleukin",
    "kidney",
    "leukocyt",
    "lupus",
    "methotrexate",
    "mmse",
    "mycophenol",
    "nephr",
    "platelet",
    "prednis",
    "protein",
    "recist",
    "renal",
    "rituximab",
    "sledai",
    "sri-4",
    "steroid",
    "stem cell",
    "tumor",
    "tumour",
    "uric",
    "urinary",
    "urine",
    "xanomeline",
];

/// The most lines a file may have.
const LONGEST: usize = 600;

// ---- the source as tokens ------------------------------------------------------------------------------------------

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    /// A text, a character, a number.
    Literal,
    Mark(char),
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    text: String,
    line: usize,
}

impl Token {
    fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }
}

/// The tokens of a Rust file, without its comments.
fn tokens(source: &str) -> Vec<Token> {
    let text: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < text.len() {
        let c = text[at];
        let next = text.get(at + 1).copied();
        let start = at;
        match c {
            '\n' => at += 1,
            c if c.is_whitespace() => at += 1,
            '/' if next == Some('/') => at = end_of_line(&text, at),
            '/' if next == Some('*') => at = end_of_comment(&text, at),
            '"' => at = end_of_text(&text, at),
            'r' | 'b' | 'c' if begins_text(&text, at).is_some() => at = begins_text(&text, at).unwrap_or(at + 1),
            '\'' => at = end_of_character(&text, at),
            c if c.is_alphabetic() || c == '_' => {
                at += text[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
                found.push(Token { kind: Kind::Word, text: text[start..at].iter().collect(), line });
            }
            c if c.is_ascii_digit() => {
                at += text[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
            }
            c => {
                at += 1;
                found.push(Token { kind: Kind::Mark(c), text: c.to_string(), line });
            }
        }
        if matches!(c, '"' | 'r' | 'b' | 'c' | '\'')
            && found.last().is_none_or(|token| token.line != line || token.kind != Kind::Word)
        {
            found.push(Token { kind: Kind::Literal, text: text[start..at].iter().collect(), line });
        }
        line += text[start..at].iter().filter(|c| **c == '\n').count();
    }
    found
}

fn end_of_line(text: &[char], at: usize) -> usize {
    at + text[at..].iter().take_while(|c| **c != '\n').count()
}

fn end_of_comment(text: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    loop {
        match (text.get(at), text.get(at + 1)) {
            (Some('/'), Some('*')) => {
                depth += 1;
                at += 2;
            }
            (Some('*'), Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            (Some(_), _) => at += 1,
            (None, _) => return at,
        }
    }
}

fn end_of_text(text: &[char], mut at: usize) -> usize {
    at += 1;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

/// The end of `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `b'…'`, `c"…"` that begins here; none if it is a word.
fn begins_text(text: &[char], start: usize) -> Option<usize> {
    let mut at = start;
    let mut raw = false;
    while at - start < 2 && matches!(text.get(at), Some('r' | 'b' | 'c')) {
        raw |= text[at] == 'r';
        at += 1;
    }
    let hashes = text[at..].iter().take_while(|c| **c == '#').count();
    if raw && text.get(at + hashes) == Some(&'"') {
        let mut end = at + hashes + 1;
        while end < text.len()
            && !(text[end] == '"' && text[end + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes)
        {
            end += 1;
        }
        return Some((end + 1 + hashes).min(text.len()));
    }
    match text.get(at) {
        Some('"') if !raw => Some(end_of_text(text, at)),
        Some('\'') if !raw && text[start] == 'b' => Some(end_of_character(text, at)),
        _ => None,
    }
}

/// The end of a character, or of the quote of a lifetime.
fn end_of_character(text: &[char], at: usize) -> usize {
    match (text.get(at + 1), text.get(at + 2)) {
        (Some('\\'), _) => {
            (at + 3 + text[(at + 3).min(text.len())..].iter().take_while(|c| **c != '\'').count() + 1).min(text.len())
        }
        (Some(_), Some('\'')) => at + 3,
        _ => at + 1,
    }
}

/// The tokens outside of what is compiled for tests only.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let words: Vec<&str> = tokens[at..].iter().take(7).map(|token| token.text.as_str()).collect();
        if words == ["#", "[", "cfg", "(", "test", ")", "]"] {
            at = end_of_item(tokens, at + 7);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Behind the item, field or statement that begins here.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    const ITEMS: [&str; 11] = ["pub", "fn", "mod", "impl", "struct", "enum", "use", "const", "static", "trait", "type"];
    while tokens.get(at).is_some_and(|token| token.is('#')) {
        at = end_of_group(tokens, at + 1);
    }
    let is_item = tokens.get(at).is_some_and(|token| ITEMS.contains(&token.text.as_str()));
    while at < tokens.len() {
        match tokens[at].kind {
            Kind::Mark(';') => return at + 1,
            Kind::Mark(',') if !is_item => return at + 1,
            Kind::Mark('{') => return end_of_group(tokens, at),
            Kind::Mark('(' | '[') => at = end_of_group(tokens, at),
            _ => at += 1,
        }
    }
    at
}

/// Behind the bracket that closes the one here.
fn end_of_group(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        match tokens[at].kind {
            Kind::Mark('(' | '[' | '{') => depth += 1,
            Kind::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

// ---- paths ---------------------------------------------------------------------------------------------------------

/// A path that a file mentions.
#[derive(Clone, Debug)]
struct Mention {
    path: Vec<String>,
    line: usize,
}

/// All paths in these tokens: those of `use` with their branches apart, and those of expressions and types.
fn mentions(tokens: &[Token]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        if token.is_word("use") && before.is_none_or(|token| !token.is('\'')) {
            at = branches(tokens, at + 1, &[], &mut found);
        } else if token.kind == Kind::Word && before.is_none_or(|token| !token.is(':') && !token.is('.')) {
            let mut path = vec![token.text.clone()];
            let mut end = at + 1;
            while colons(tokens, end) && tokens.get(end + 2).is_some_and(|token| token.kind == Kind::Word) {
                path.push(tokens[end + 2].text.clone());
                end += 3;
            }
            if path.len() > 1 {
                found.push(Mention { path, line: token.line });
            }
            at = end;
        } else if token.kind == Kind::Word
            && before.is_some_and(|token| token.is(':'))
            && !colons(tokens, at.saturating_sub(2))
        {
            // `name: Type`, where a path begins behind a single colon.
            let mut path = vec![token.text.clone()];
            let mut end = at + 1;
            while colons(tokens, end) && tokens.get(end + 2).is_some_and(|token| token.kind == Kind::Word) {
                path.push(tokens[end + 2].text.clone());
                end += 3;
            }
            if path.len() > 1 {
                found.push(Mention { path, line: token.line });
            }
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

fn colons(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.is(':')) && tokens.get(at + 1).is_some_and(|token| token.is(':'))
}

/// The branches of a `use`, from here; gives what stands behind them.
fn branches(tokens: &[Token], mut at: usize, stem: &[String], found: &mut Vec<Mention>) -> usize {
    let mut path = stem.to_vec();
    while at < tokens.len() {
        let token = &tokens[at];
        match &token.kind {
            Kind::Word if token.text == "as" => at += 2,
            Kind::Word => {
                path.push(token.text.clone());
                at += 1;
                if !colons(tokens, at) {
                    found.push(Mention { path: path.clone(), line: token.line });
                }
            }
            Kind::Mark(':') => at += 1,
            Kind::Mark('*') => {
                found.push(Mention { path: path.clone(), line: token.line });
                at += 1;
            }
            Kind::Mark('{') => {
                at += 1;
                while tokens.get(at).is_some_and(|token| !token.is('}')) {
                    at = branches(tokens, at, &path, found);
                    if tokens.get(at).is_some_and(|token| token.is(',')) {
                        at += 1;
                    }
                }
                at += 1;
            }
            _ => return at,
        }
    }
    at
}

/// A file of ours with what it mentions.
struct File {
    /// Below the repository, with slashes.
    path: String,
    /// The modules it lies in, from the top; empty for `lib.rs` and `main.rs`.
    place: Vec<String>,
    text: String,
    tokens: Vec<Token>,
}

impl File {
    /// The module of the law it belongs to.
    fn module(&self) -> &str {
        self.place.first().map_or_else(|| self.path.trim_start_matches("src/").trim_end_matches(".rs"), String::as_str)
    }

    /// Whether it is compiled for tests only.
    fn is_test(&self) -> bool {
        self.place.iter().any(|name| name == "tests")
    }

    /// Paths in full: `crate::…` for ours, the name of the crate for others; what is neither is left out.
    fn full_mentions(&self, crates: &BTreeSet<String>) -> Vec<Mention> {
        let full = |mention: Mention| {
            let ups = mention.path.iter().take_while(|part| *part == "super").count();
            let first = mention.path[0].as_str();
            let path = if ups > 0 {
                let above = self.place.len().checked_sub(ups)?;
                self.place[..above].iter().chain(&mention.path[ups..]).cloned().collect()
            } else if first == "self" {
                self.place.iter().chain(&mention.path[1..]).cloned().collect()
            } else if first == "crate" || self.path == "src/main.rs" && first == "trialpress" {
                mention.path[1..].to_vec()
            } else if crates.contains(first) || ["std", "core", "alloc"].contains(&first) {
                return Some(mention);
            } else {
                return None;
            };
            Some(Mention { path: std::iter::once("crate".to_owned()).chain(path).collect(), line: mention.line })
        };
        mentions(&without_tests(&self.tokens)).into_iter().filter_map(full).collect()
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The Rust files below a folder of the repository.
fn files(folder: &str) -> Vec<File> {
    let mut paths = Vec::new();
    walk(&repository().join(folder), &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let text = read(&path);
            let below = path.strip_prefix(repository()).expect("the file lies in the repository").to_path_buf();
            let mut place: Vec<String> = below
                .with_extension("")
                .components()
                .skip(1)
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            place.pop_if(|last| last == "mod");
            if place.len() == 1 && ["lib", "main"].contains(&place[0].as_str()) {
                place.clear();
            }
            let path = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            File { path, place, tokens: tokens(&text), text }
        })
        .collect()
}

/// The manifest, as text and as TOML.
fn manifest() -> (String, toml::Table) {
    let text = read(&repository().join("Cargo.toml"));
    let table = toml::from_str(&text).expect("Cargo.toml is TOML");
    (text, table)
}

/// Names of the dependencies, as paths begin with them.
fn dependencies(section: &str) -> BTreeSet<String> {
    let (_, table) = manifest();
    table[section].as_table().map(|all| all.keys().map(|name| name.replace('-', "_")).collect()).unwrap_or_default()
}

/// Whether a path is what the law names, or lies in it. Of a part of a module the module itself may be named.
fn permits(law: &str, path: &[String]) -> bool {
    law.split("::").zip(path).all(|(law, part)| law == part) && law.split("::").count() <= path.len()
}

fn fails(law: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{law}, but:\n{}", faults.join("\n"));
}

// ---- the tests -----------------------------------------------------------------------------------------------------

#[test]
fn modules_use_what_the_law_allows() {
    let crates = dependencies("dependencies");
    let modules: BTreeSet<&str> = LAWS.iter().map(|law| law.module).collect();
    let mut faults = Vec::new();
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in files("src").iter().filter(|file| !file.is_test()) {
        // Files of tests are left out by their name, so that no other file may have it.
        if without_tests(&file.tokens).windows(2).any(|pair| pair[0].is_word("mod") && pair[1].is_word("tests")) {
            faults.push(format!("{}: the module `tests` is compiled into the program", file.path));
        }
        let Some(law) = LAWS.iter().find(|law| law.module == file.module()) else {
            faults.push(format!("{}: the module {} has no law in tests/architecture.rs", file.path, file.module()));
            continue;
        };
        for mention in file.full_mentions(&crates) {
            let place = format!("{}:{}", file.path, mention.line);
            let (head, rest) = (mention.path[0].as_str(), &mention.path[1..]);
            if head == "crate" {
                let Some(top) = rest.first().map(String::as_str) else { continue };
                if top == law.module || !modules.contains(top) {
                    continue;
                }
                match law.ours.iter().find(|ours| permits(ours, rest)) {
                    Some(ours) => _ = used.entry(law.module).or_default().insert((*ours).to_owned()),
                    None => faults.push(format!(
                        "{place}: {} uses {}, which is not among {:?} ({})",
                        law.module,
                        rest.join("::"),
                        law.ours,
                        law.why
                    )),
                }
            } else if !["std", "core", "alloc"].contains(&head) {
                if law.crates.contains(&head) {
                    used.entry(law.module).or_default().insert(head.to_owned());
                } else {
                    faults.push(format!(
                        "{place}: {} uses the crate {head}, which is not among {:?} ({})",
                        law.module, law.crates, law.why
                    ));
                }
            }
        }
    }
    fails("a module uses only what its law allows", &faults);
    // A permission that nobody uses hides the next trespass.
    let mut idle = Vec::new();
    for law in LAWS {
        let used = used.get(law.module).cloned().unwrap_or_default();
        idle.extend(
            law.ours
                .iter()
                .chain(law.crates)
                .filter(|one| !used.contains(**one))
                .map(|one| format!("{} may use {one} and does not", law.module)),
        );
    }
    fails("the law allows nothing that nobody needs", &idle);
}

/// The law itself: each module only uses what stands before it, so that there is no circle.
#[test]
fn the_law_has_no_circle() {
    let order: Vec<&str> = LAWS.iter().map(|law| law.module).collect();
    let mut faults = Vec::new();
    for (position, law) in LAWS.iter().enumerate() {
        for ours in law.ours {
            let top = ours.split("::").next().unwrap_or(ours);
            match order.iter().position(|module| *module == top) {
                Some(other) if other < position => {}
                Some(_) => faults.push(format!("{} may use {ours}, which stands after it", law.module)),
                None => faults.push(format!("{} may use {ours}, which does not exist", law.module)),
            }
        }
    }
    fails("a module uses what stands before it in the law", &faults);
    let (_, manifest) = manifest();
    let declared = &read(&repository().join("src/lib.rs"));
    let modules: BTreeSet<&str> =
        declared.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let ruled: BTreeSet<&str> = order.into_iter().filter(|module| !["lib", "main"].contains(module)).collect();
    assert_eq!(modules, ruled, "the modules of src/lib.rs are those of the law");
    for module in modules {
        assert!(declared.contains(&format!("[`{module}`]")), "the comment of src/lib.rs does not say what {module} is");
    }
    assert!(manifest.contains_key("lints"), "Cargo.toml has lints");
}

#[test]
fn files_clocks_and_hashes_stay_in_their_places() {
    let crates = dependencies("dependencies");
    let mut faults = Vec::new();
    let mut used: BTreeSet<(&str, String)> = BTreeSet::new();
    for file in files("src").iter().filter(|file| !file.is_test()) {
        for mention in file.full_mentions(&crates) {
            for (what, places, why) in STANDARD.iter().filter(|(what, ..)| permits(what, &mention.path)) {
                if places.contains(&file.path.as_str()) {
                    used.insert((what, file.path.clone()));
                } else {
                    faults.push(format!("{}:{}: {}: {why}", file.path, mention.line, mention.path.join("::")));
                }
            }
        }
    }
    fails("parts of the standard library stay where the law puts them", &faults);
    let idle: Vec<String> = STANDARD
        .iter()
        .flat_map(|(what, places, _)| places.iter().map(move |place| (*what, *place)))
        .filter(|(what, place)| !used.contains(&(what, (*place).to_owned())))
        .map(|(what, place)| format!("{place} may use {what} and does not"))
        .collect();
    fails("the law allows nothing that nobody needs", &idle);
}

#[test]
fn only_the_command_line_prints_and_nothing_is_left_to_do() {
    let mut faults = Vec::new();
    for file in &files("src") {
        for pair in file.tokens.windows(2).filter(|pair| pair[0].kind == Kind::Word && pair[1].is('!')) {
            for (name, modules, why) in MACROS.iter().filter(|(name, ..)| pair[0].text == *name) {
                if !modules.contains(&file.module()) {
                    faults.push(format!("{}:{}: {name}!: {why}", file.path, pair[0].line));
                }
            }
        }
    }
    fails("these macros stay where the law puts them", &faults);
}

/// An exception is written `#[expect(…, reason = "…")]`, which ends with its cause.
#[test]
fn exceptions_are_expected_and_argued() {
    let mut faults = Vec::new();
    for file in files("src").iter().chain(&files("tests")).chain(&files("benches")).chain(&files("fixtures/simulate")) {
        for (at, token) in file.tokens.iter().enumerate() {
            let attribute =
                at >= 2 && file.tokens[at - 1].is('[') && (file.tokens[at - 2].is('#') || file.tokens[at - 2].is('!'));
            if !attribute || !file.tokens.get(at + 1).is_some_and(|next| next.is('(')) {
                continue;
            }
            let inside = &file.tokens[at..end_of_group(&file.tokens, at + 1)];
            if token.is_word("allow") {
                faults.push(format!("{}:{}: allow hides what is no longer so", file.path, token.line));
            } else if token.is_word("expect") && !inside.iter().any(|token| token.is_word("reason")) {
                faults.push(format!("{}:{}: an exception without reason", file.path, token.line));
            }
        }
    }
    fails("an exception is expected, with a reason", &faults);
}

#[test]
fn clinical_knowledge_is_data() {
    let mut faults = Vec::new();
    for file in &files("src") {
        for (number, line) in file.text.lines().enumerate() {
            let small = line.to_lowercase();
            for word in CLINICAL.iter().filter(|word| small.contains(**word)) {
                faults.push(format!("{}:{}: “{word}”: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    fails("no line of Rust names a disease, a drug, an instrument or a laboratory", &faults);
}

#[test]
fn no_file_is_too_long_to_be_read() {
    let faults: Vec<String> = files("src")
        .iter()
        .map(|file| (file.text.lines().count(), &file.path))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, path)| format!("{path} has {lines}"))
        .collect();
    fails(&format!("no file has more than {LONGEST} lines"), &faults);
}

#[test]
fn each_dependency_has_its_sentence_and_its_user() {
    let (text, table) = manifest();
    let lines: Vec<&str> = text.lines().collect();
    let mut faults = Vec::new();
    for section in ["dependencies", "dev-dependencies"] {
        let start =
            lines.iter().position(|line| *line == format!("[{section}]")).expect("the section is in Cargo.toml");
        let end =
            lines[start + 1..].iter().position(|line| line.starts_with('[')).map_or(lines.len(), |at| start + 1 + at);
        for (at, line) in lines[..end].iter().enumerate().skip(start + 1) {
            let Some((name, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
            let above = lines[at - 1];
            let is_sentence = above.starts_with("# ") && above.ends_with('.') && !above.contains("----");
            if !is_sentence {
                faults.push(format!("Cargo.toml:{}: {} has no sentence above it", at + 1, name.trim()));
            }
        }
    }
    fails("each dependency has a sentence: what for, and which module may use it", &faults);
    // A dependency that no law names is one that nobody uses.
    let lawful: BTreeSet<&str> = LAWS.iter().flat_map(|law| law.crates.iter().copied()).collect();
    let unused: Vec<String> =
        dependencies("dependencies").into_iter().filter(|name| !lawful.contains(name.as_str())).collect();
    fails("each dependency is used by a module", &unused);
    let tests: String = files("tests")
        .iter()
        .chain(&files("fixtures/simulate"))
        .chain(&files("src"))
        .map(|file| file.text.as_str())
        .collect();
    let idle: Vec<String> =
        dependencies("dev-dependencies").into_iter().filter(|name| !tests.contains(&format!("{name}::"))).collect();
    fails("each dependency of the tests is used by one", &idle);
    assert_eq!(
        table["lints"]["rust"]["unsafe_code"].as_str(),
        Some("forbid"),
        "unsafe code is forbidden in Cargo.toml"
    );
}

#[test]
fn the_readme_mentions_each_verb_and_each_exit_number() {
    let path = repository().join("README.md");
    assert!(path.exists(), "there is no README.md");
    let text = read(&path);
    let cli = read(&repository().join("src/cli.rs"));
    let verbs = cli.split_once("enum Verb {").expect("the verbs are in src/cli.rs").1;
    let verbs: Vec<String> = verbs
        .lines()
        .take_while(|line| *line != "}")
        .filter_map(|line| line.strip_prefix("    ")?.strip_suffix(" {"))
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(str::to_lowercase)
        .collect();
    assert!(verbs.len() >= 6, "only these verbs were found in src/cli.rs: {verbs:?}");
    let mut faults: Vec<String> = verbs
        .iter()
        .filter(|verb| !text.contains(&format!("trialpress {verb}")))
        .map(|verb| format!("the README does not mention the verb {verb}"))
        .collect();
    let table: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    faults.extend(
        (0..=7)
            .filter(|number| !table.iter().any(|line| line.contains(&format!("| {number} |"))))
            .map(|number| format!("no table of the README explains the exit number {number}")),
    );
    fails("the README is the way in", &faults);
}

/// The list at the top of `tests/main.rs` is the list of its modules.
#[test]
fn the_list_of_tests_is_true() {
    let text = read(&repository().join("tests/main.rs"));
    let listed: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("//! - `")?.split_once("`: ")).map(|(name, _)| name).collect();
    let declared: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    assert_eq!(listed, declared, "tests/main.rs lists its modules");
}

/// The reading of the source, on a small one.
#[test]
fn the_reading_of_the_source_sees_what_it_should() {
    let source = r#"
        //! crate::comment
        use crate::{a::{self, b as c}, d::*};
        pub(super) use super::sibling::Thing;
        /* crate::other /* nested */ crate::still */
        fn f<'a>(x: &'a crate::e::F, y: char) -> toml::Value {
            let s = "crate::text"; let r = r"crate::raw \"; let q = '"'; let n = '\''; let b = b"crate::bytes";
            y.std::strange(); crate::g::h!(1); std::fs::read(s)
        }
        #[cfg(test)]
        mod tests { use crate::tests_only::X; fn g() { if true { } } }
        #[cfg(test)] use crate::tests_only::Y;
        struct S { #[cfg(test)] z: crate::tests_only::Z, w: csv::Writer }
    "#;
    let file = File {
        path: "src/derive/mod.rs".to_owned(),
        place: vec!["derive".to_owned()],
        text: source.to_owned(),
        tokens: tokens(source),
    };
    let crates = BTreeSet::from(["toml".to_owned(), "csv".to_owned()]);
    let found: Vec<String> = file
        .full_mentions(&crates)
        .into_iter()
        .map(|mention| format!("{}:{}", mention.path.join("::"), mention.line))
        .collect();
    assert_eq!(
        found,
        [
            "crate::a::self:3",
            "crate::a::b:3",
            "crate::d:3",
            "crate::sibling::Thing:4",
            "crate::e::F:6",
            "toml::Value:6",
            "crate::g::h:8",
            "std::fs::read:8",
            "csv::Writer:13",
        ]
    );
}
