//! Who may know of treatment: data under seal, and what is let out of it.
//!
//! Locked data come under seal ([`Sealed`]), which shows nothing of them, not even when it is printed. It is opened once: as
//! it is, for a report that may know everything; or masked, which removes variables, datasets and records that reveal an
//! arm, and adds the codes of the arms where the report shows codes. Removed means removed: nothing after this module can
//! find them again, because the seal is gone with them.
//!
//! ```no_run
//! fn open(sealed: trialpress::data::mask::Sealed, order: &trialpress::data::mask::MaskOrder) -> usize {
//!     sealed.masked(order).datasets.len()
//! }
//! ```
//!
//! Sealed data cannot be looked into, copied, or opened twice:
//!
//! ```compile_fail,E0616
//! fn peek(sealed: &trialpress::data::mask::Sealed) -> usize {
//!     sealed.data.datasets.len()
//! }
//! ```
//!
//! ```compile_fail,E0599
//! fn copy(sealed: &trialpress::data::mask::Sealed) -> trialpress::data::mask::Sealed {
//!     sealed.clone()
//! }
//! ```
//!
//! ```compile_fail,E0382
//! fn both(sealed: trialpress::data::mask::Sealed, order: &trialpress::data::mask::MaskOrder) -> usize {
//!     sealed.masked(order).datasets.len() + sealed.opened().datasets.len()
//! }
//! ```
//!
//! Nor does it lead to a report: what binds, derives, analyses and arranges takes data whose seal is gone.
//!
//! ```compile_fail,E0308
//! fn bind(study: &trialpress::spec::Study, sealed: &trialpress::data::mask::Sealed) {
//!     let _ = trialpress::plan::bind(study, sealed);
//! }
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use polars::prelude::{IdxCa, StringChunked};
use sha2::{Digest, Sha256};

use crate::data::evaluate::{self, Options};
use crate::data::lock::{Canonical, canonical};
use crate::data::rule::Rule;
use crate::data::sheet::{self, Sheet};
use crate::data::table::{Table, Values};
use crate::data::vector::Truth;
use crate::data::{Dataset, Kind, LockedData, SpecialMissing, Variable};
use crate::error::Place;

/// Locked data that nobody has seen.
pub struct Sealed {
    data: LockedData,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("data under seal")
    }
}

/// What is taken out of the data before anything else sees them. Its rules have passed `typing`.
#[derive(Clone, Debug, Default)]
pub struct MaskOrder {
    /// The dataset of the subjects, and the variable that identifies the subject.
    pub subjects: String,
    /// The variable that identifies the subject in every dataset.
    pub subject: String,
    /// Variables, in whatever dataset they occur.
    pub variables: BTreeSet<String>,
    /// Datasets.
    pub datasets: BTreeSet<String>,
    /// Records: by dataset, for which they are removed.
    pub records: BTreeMap<String, Rule>,
    /// Codes that are added to the subjects' dataset.
    pub codes: Codes,
}

/// Variables of codes.
#[derive(Clone, Default)]
pub enum Codes {
    /// None.
    #[default]
    None,
    /// Those of the arms: name of the variable, and for each code who has it.
    Arms(Vec<(String, Vec<(String, Rule)>)>),
    /// Drawn for each subject without regard to the arms, for a dry run: names of the variables, which all hold the same, the
    /// codes, and the salt of the draw.
    Drawn(Vec<String>, Vec<String>, String),
}

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("codes under seal")
    }
}

impl Sealed {
    /// Seals data.
    #[must_use]
    pub const fn new(data: LockedData) -> Self {
        Self { data }
    }

    /// The names and types of what is under seal, for those who bind an order to it. No value is shown.
    pub(crate) fn shape<T>(&self, bind: impl FnOnce(&LockedData) -> T) -> T {
        bind(&self.data)
    }

    /// Opens the seal for a report that may know everything.
    #[must_use]
    pub fn opened(self) -> LockedData {
        self.data
    }

    /// Opens the seal for a report that may not: what the order names is gone. A subject in several arms gets no code.
    ///
    /// # Panics
    /// If a rule of the order has not passed `typing`.
    #[must_use]
    pub fn masked(self, order: &MaskOrder) -> LockedData {
        let Self { mut data } = self;
        data.warnings.retain(|warning| !order.hides(&warning.place));
        data.datasets.retain(|name, _| !order.datasets.contains(name));
        // Other files may describe what was removed.
        data.files.clear();
        data.lock.dataset.retain(|entry| !order.datasets.contains(&entry.name));
        let without = |dataset: Dataset| order.applied(dataset);
        data.datasets = data.datasets.into_iter().map(|(name, dataset)| (name, without(dataset))).collect();
        data
    }
}

impl MaskOrder {
    /// Whether a finding is about what is masked.
    #[must_use]
    pub fn hides(&self, place: &Place) -> bool {
        place.dataset.as_ref().is_some_and(|name| self.datasets.contains(name))
            || place.variable.as_ref().is_some_and(|name| self.variables.contains(name))
    }

    /// Codes that are values of a masked variable: who knows the data would take them for that.
    #[must_use]
    pub fn clashes(&self, data: &LockedData, codes: &[String]) -> Vec<String> {
        let masked = |dataset: &Dataset| -> BTreeSet<String> {
            let sheet = Sheet::of_dataset(&dataset.name, &dataset.frame);
            let texts = self.variables.iter().filter_map(|name| sheet::texts(&sheet, name));
            texts
                .flat_map(|texts| texts.words.iter().map(|word| word.trim().to_uppercase()).collect::<Vec<_>>())
                .collect()
        };
        let taken: BTreeSet<String> = data.datasets.values().flat_map(masked).collect();
        codes.iter().filter(|code| taken.contains(*code)).cloned().collect()
    }

    /// A dataset without what is masked of it, its digest that of what is left.
    fn applied(&self, dataset: Dataset) -> Dataset {
        let is_coded = dataset.name == self.subjects && !matches!(self.codes, Codes::None);
        let fewer = self.records.contains_key(&dataset.name);
        if !is_coded && !fewer && !dataset.variables.iter().any(|own| self.variables.contains(&own.name)) {
            return dataset;
        }
        let sheet = Sheet::of_dataset(&dataset.name, &dataset.frame);
        let holds = |rule: &Rule| evaluate::truths(rule, &sheet, &Options::new(), &mut Vec::new());
        let removed = self.records.get(&dataset.name).map(holds);
        let stays = |row: &usize| removed.as_ref().is_none_or(|truths| !truths[*row].holds());
        let kept: Vec<usize> = (0..sheet.rows()).filter(stays).collect();
        let codes: Vec<(Variable, Values)> = match &self.codes {
            Codes::Arms(variables) if is_coded => {
                variables.iter().map(|(name, codes)| coded_values(name, codes, &holds, &kept)).collect()
            }
            Codes::Drawn(names, letters, salt) if is_coded => {
                let drawn = drawn(&sheet, &self.subject, letters, salt, &kept);
                names
                    .iter()
                    .map(|name| {
                        (Variable::new(name, Kind::Text), Values::Text(drawn.clone().with_name(name.as_str().into())))
                    })
                    .collect()
            }
            _ => Vec::new(),
        };
        let index: Vec<u32> = kept.iter().filter_map(|row| u32::try_from(*row).ok()).collect();
        let frame = dataset.frame.take(&IdxCa::from_vec("kept".into(), index)).expect("rows of the dataset itself");
        let (mut variables, mut values) = (Vec::new(), Vec::new());
        for (variable, column) in dataset.variables.iter().zip(frame.columns()) {
            if !self.variables.contains(&variable.name) {
                variables.push(variable.clone());
                values.push(Values::of(column).expect("datasets hold the kinds that readers hand over"));
            }
        }
        for (variable, own) in codes {
            variables.push(variable);
            values.push(own);
        }
        let special_missing = special(&dataset, &kept, &self.variables);
        let table = Table {
            label: dataset.label.clone(),
            records: kept.len(),
            variables: variables.clone(),
            values,
            special_missing,
            ..Table::default()
        };
        let Canonical { frame, special_missing, content } = canonical(table, &self.subject, None);
        Dataset {
            name: dataset.name,
            label: dataset.label,
            frame,
            variables,
            special_missing,
            keys: dataset.keys.into_iter().filter(|key| !self.variables.contains(key)).collect(),
            // Those of the file would tell of what was in it.
            sha256: String::new(),
            bytes: 0,
            content,
        }
    }
}

/// A variable of codes: for each kept record the code whose rule holds; nothing where none does.
fn coded_values(
    name: &str,
    codes: &[(String, Rule)],
    holds: &dyn Fn(&Rule) -> Vec<Truth>,
    kept: &[usize],
) -> (Variable, Values) {
    let truths: Vec<(&String, Vec<Truth>)> = codes.iter().map(|(code, rule)| (code, holds(rule))).collect();
    // Who is in two arms gets no code: whoever counts members of arms then finds one without.
    let code = |row: &usize| {
        let mut of = truths.iter().filter(|(_, truths)| truths[*row].holds()).map(|(code, _)| code.as_str());
        of.next().filter(|_| of.next().is_none())
    };
    let values: StringChunked = kept.iter().map(code).collect();
    (Variable::new(name, Kind::Text), Values::Text(values.with_name(name.into())))
}

/// Codes drawn for the kept subjects: in the order of salted digests of their identifiers, one code after the other.
fn drawn(sheet: &Sheet, subject: &str, letters: &[String], salt: &str, kept: &[usize]) -> StringChunked {
    let names = sheet::texts(sheet, subject);
    let digest = |row: usize| {
        let name = names.as_ref().and_then(|names| names.get(row)).unwrap_or_default();
        Sha256::digest(format!("{salt}\n{name}").as_bytes())
    };
    let mut order: Vec<usize> = (0..kept.len()).collect();
    order.sort_by_key(|at| digest(kept[*at]));
    let mut codes = vec![None; kept.len()];
    for (position, at) in order.into_iter().enumerate() {
        codes[at] = letters.get(position % letters.len().max(1)).map(String::as_str);
    }
    codes.into_iter().collect()
}

/// The special missing values that stay, by the new numbers of their rows.
fn special(dataset: &Dataset, kept: &[usize], gone: &BTreeSet<String>) -> SpecialMissing {
    let mut special = SpecialMissing::new();
    for (name, marks) in dataset.special_missing.iter().filter(|(name, _)| !gone.contains(*name)) {
        let place = |row: u32| kept.binary_search(&(row as usize)).ok().and_then(|place| u32::try_from(place).ok());
        let stays: Vec<(u32, char)> = marks.iter().filter_map(|(row, letter)| Some((place(*row)?, *letter))).collect();
        if !stays.is_empty() {
            special.insert(name.clone(), stays);
        }
    }
    special
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::cut::tests::dataset;
    use Kind::{Number, Text};

    const ADSL: &[(&str, Kind)] = &[("USUBJID", Text), ("ARM", Text), ("AGE", Number)];
    const ADVS: &[(&str, Kind)] = &[("USUBJID", Text), ("VISIT", Text), ("AVAL", Number), ("DOSE", Number)];

    fn sealed(arms: [&str; 4], vitals: &str) -> Sealed {
        let rows = (1..).zip(arms).map(|(id, arm)| format!("{id} {arm} 3{id}")).collect::<Vec<_>>().join("\n");
        let datasets = [dataset("ADSL", ADSL, &rows), dataset("ADVS", ADVS, vitals), dataset("ADEX", ADSL, &rows)];
        Sealed::new(LockedData::unlocked(datasets, "2026-01-31"))
    }

    const VITALS: &str = "1 BASE 80 -\n1 DOSED 99 .A\n2 BASE 81 .B\n3 BASE 82 7\n";

    fn rule(text: &str) -> Rule {
        Rule::parse(text).expect("a rule")
    }

    fn order(codes: Codes) -> MaskOrder {
        MaskOrder {
            subjects: "ADSL".to_owned(),
            subject: "USUBJID".to_owned(),
            variables: ["ARM", "DOSE"].map(str::to_owned).into(),
            datasets: ["ADEX".to_owned()].into(),
            records: [("ADVS".to_owned(), rule("VISIT = 'DOSED'"))].into(),
            codes,
        }
    }

    fn coded() -> Codes {
        let arms = |name: &str| {
            (name.to_owned(), vec![("B".to_owned(), rule("ARM = 'X'")), ("A".to_owned(), rule("ARM = 'Y'"))])
        };
        Codes::Arms(vec![arms("P"), arms("T")])
    }

    fn column(data: &LockedData, dataset: &str, name: &str) -> Vec<Option<String>> {
        let own = &data.datasets[dataset];
        let sheet = Sheet::of_dataset(dataset, &own.frame);
        let texts = sheet::texts(&sheet, name).unwrap_or_else(|| panic!("{name} is a text of {dataset}"));
        (0..sheet.rows()).map(|row| texts.get(row).map(str::to_owned)).collect()
    }

    #[test]
    fn what_is_masked_is_gone_and_leaves_no_trace_in_the_digests() {
        let open = sealed(["X", "Y", "X", "-"], VITALS).masked(&order(Codes::None));
        assert_eq!(open.datasets.keys().collect::<Vec<_>>(), ["ADSL", "ADVS"]);
        let names = |data: &LockedData, dataset: &str| -> Vec<String> {
            data.datasets[dataset].variables.iter().map(|variable| variable.name.clone()).collect()
        };
        assert_eq!(names(&open, "ADSL"), ["USUBJID", "AGE"]);
        assert_eq!(names(&open, "ADVS"), ["USUBJID", "VISIT", "AVAL"]);
        assert_eq!(open.datasets["ADVS"].frame.height(), 3);
        assert!(open.datasets.values().all(|own| own.special_missing.is_empty() && own.sha256.is_empty()));
        // Whoever has which arm, whatever was measured after a dose: the same data.
        let other = "1 BASE 80 9\n4 DOSED 1 2\n2 DOSED 7 1\n2 BASE 81 -\n3 BASE 82 .Z\n";
        let again = sealed(["-", "X", "ODD", "Y"], other).masked(&order(Codes::None));
        for name in ["ADSL", "ADVS"] {
            assert_eq!(open.datasets[name].content, again.datasets[name].content, "{name}");
        }
    }

    #[test]
    fn codes_say_who_is_together_and_not_in_which_arm() {
        let data = sealed(["X", "Y", "X", "-"], VITALS).masked(&order(coded()));
        let some = |codes: [&str; 4]| codes.map(|code| Some(code.to_owned()).filter(|code| code != "-")).to_vec();
        assert_eq!(column(&data, "ADSL", "P"), some(["B", "A", "B", "-"]));
        assert_eq!(column(&data, "ADSL", "T"), column(&data, "ADSL", "P"));
        // Whoever meets the rules of two arms has no code, so that counting the arms finds them.
        let both = Codes::Arms(vec![(
            "P".to_owned(),
            vec![("A".to_owned(), rule("ARM = 'X'")), ("B".to_owned(), rule("AGE = 31"))],
        )]);
        let data = sealed(["X", "Y", "X", "-"], VITALS).masked(&order(both));
        assert_eq!(column(&data, "ADSL", "P"), some(["-", "-", "A", "-"]));
    }

    #[test]
    fn codes_of_a_dry_run_have_nothing_to_do_with_the_arms() {
        let drawn = |salt: &str| {
            let letters = ["P", "Q"].map(str::to_owned).to_vec();
            Codes::Drawn(vec!["P".to_owned()], letters, salt.to_owned())
        };
        let one = sealed(["X", "Y", "X", "-"], VITALS).masked(&order(drawn("salt")));
        let other = sealed(["Y", "Y", "-", "X"], VITALS).masked(&order(drawn("salt")));
        assert_eq!(column(&one, "ADSL", "P"), column(&other, "ADSL", "P"));
        let mut codes: Vec<String> = column(&one, "ADSL", "P").into_iter().flatten().collect();
        codes.sort();
        assert_eq!(codes, ["P", "P", "Q", "Q"]);
        let several: BTreeSet<Vec<Option<String>>> = (0..20)
            .map(|n| column(&sealed(["X"; 4], VITALS).masked(&order(drawn(&n.to_string()))), "ADSL", "P"))
            .collect();
        assert!(several.len() > 1, "another salt draws others");
    }

    #[test]
    fn a_code_that_the_data_know_is_told_and_sealed_data_print_nothing() {
        let sealed = sealed(["b ", "Y", "X", "-"], VITALS);
        let letters = ["A", "B"].map(str::to_owned);
        assert_eq!(sealed.shape(|data| order(coded()).clashes(data, &letters)), ["B"]);
        assert_eq!(format!("{sealed:?} {:?}", coded()), "data under seal codes under seal");
    }
}
