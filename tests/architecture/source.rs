//! The files of the source, and what each of them mentions.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::architecture::tokens::{Kind, Token, tokens, without_tests};
use crate::support::{read, repository};

/// A path that a file mentions.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
}

/// All paths in these tokens: those of `use` with their branches apart, and those of expressions and types.
pub(super) fn mentions(tokens: &[Token]) -> Vec<Mention> {
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

pub(super) fn colons(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.is(':')) && tokens.get(at + 1).is_some_and(|token| token.is(':'))
}

/// The branches of a `use`, from here; gives what stands behind them.
pub(super) fn branches(tokens: &[Token], mut at: usize, stem: &[String], found: &mut Vec<Mention>) -> usize {
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
pub(super) struct File {
    /// Below the repository, with slashes.
    pub(super) path: String,
    /// The modules it lies in, from the top; empty for `lib.rs` and `main.rs`.
    pub(super) place: Vec<String>,
    pub(super) text: String,
    pub(super) tokens: Vec<Token>,
}

impl File {
    /// The module of the law it belongs to.
    pub(super) fn module(&self) -> &str {
        self.place.first().map_or_else(|| self.path.trim_start_matches("src/").trim_end_matches(".rs"), String::as_str)
    }

    /// Whether it is compiled for tests only.
    pub(super) fn is_test(&self) -> bool {
        self.place.iter().any(|name| name == "tests")
    }

    /// Paths in full: `crate::…` for ours, the name of the crate for others; what is neither is left out.
    pub(super) fn full_mentions(&self, crates: &BTreeSet<String>) -> Vec<Mention> {
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

pub(super) fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
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
pub(super) fn files(folder: &str) -> Vec<File> {
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
pub(super) fn manifest() -> (String, toml::Table) {
    let text = read(&repository().join("Cargo.toml"));
    let table = toml::from_str(&text).expect("Cargo.toml is TOML");
    (text, table)
}

/// Names of the dependencies, as paths begin with them.
pub(super) fn dependencies(section: &str) -> BTreeSet<String> {
    let (_, table) = manifest();
    table[section].as_table().map(|all| all.keys().map(|name| name.replace('-', "_")).collect()).unwrap_or_default()
}

/// Whether a path is what the law names, or lies in it. Of a part of a module the module itself may be named.
pub(super) fn permits(law: &str, path: &[String]) -> bool {
    law.split("::").zip(path).all(|(law, part)| law == part) && law.split("::").count() <= path.len()
}

pub(super) fn fails(law: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{law}, but:\n{}", faults.join("\n"));
}
