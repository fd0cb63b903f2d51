//! The laws of the source, as data: which module may use which, which words may stand where, what no file may hold.
//!
//! The table below is the dependency law. Every `use` and every path of every file under `src` is held against it, tests
//! left out. Where code and table part, one of them is wrong, and a person decides which.

mod laws;
mod source;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use crate::architecture::laws::{CLINICAL, LAWS, LONGEST, MACROS, STANDARD};
use crate::architecture::source::{File, dependencies, fails, files, manifest, permits};
use crate::architecture::tokens::{Kind, end_of_group, tokens, without_tests};
use crate::support::{read, repository};

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
                // A test that cannot run says so.
                let says = file.is_test() && !modules.is_empty();
                if !says && !modules.contains(&file.module()) {
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
    let cli = read(&repository().join("src/cli/mod.rs"));
    let verbs = cli.split_once("enum Verb {").expect("the verbs are in src/cli/mod.rs").1;
    let verbs: Vec<String> = verbs
        .lines()
        .take_while(|line| *line != "}")
        .filter_map(|line| line.strip_prefix("    ")?.strip_suffix(" {"))
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(str::to_lowercase)
        .collect();
    assert!(verbs.len() >= 6, "only these verbs were found in src/cli/mod.rs: {verbs:?}");
    let mut faults: Vec<String> = verbs
        .iter()
        .filter(|verb| !text.contains(&format!("trialpress {verb}")))
        .map(|verb| format!("the README does not mention the verb {verb}"))
        .collect();
    let table: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    faults.extend(
        (0..=9)
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
