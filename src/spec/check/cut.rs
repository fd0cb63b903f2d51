//! Whether a cut-off names every dataset, and says of each what is done with it.

use super::Check;

impl Check<'_> {
    pub(super) fn cut_off(&mut self) {
        let study = self.study;
        let Some(cut) = &study.data.cut_off else { return };
        for (name, entry) in &study.data.datasets {
            if !cut.datasets.contains_key(name) {
                let message =
                    format!("the dataset {name} is not in [data.cut-off.datasets]: its later records would stay");
                self.error(entry.file.span.start, message).hint =
                    Some("say by which date it is cut, or write whole = \"…\" with the reason".to_owned());
            }
        }
        let known: Vec<&str> = study.data.datasets.keys().map(String::as_str).collect();
        for (name, own) in &cut.datasets {
            let rules = own.exclude.iter().chain(own.restate.iter().flat_map(|restate| restate.set.values()));
            let names = own.whole.iter().chain(&own.date).map(|name| name.span.start);
            let at = names.chain(rules.map(|rule| rule.span.start)).min().unwrap_or(0);
            if !known.contains(&name.as_str()) {
                let near =
                    crate::error::nearest(name, known.iter().copied()).map(|near| format!("did you mean {near}?"));
                self.error(at, format!("[data.cut-off.datasets] names {name}, which is not a dataset")).hint = near;
            }
            let excludes = !own.date.is_empty() || own.exclude.is_some();
            match &own.whole {
                Some(reason) if reason.trim().is_empty() => {
                    self.error(at, format!("cut-off of {name}: why it stays whole must be said"));
                }
                Some(_) if excludes => {
                    self.error(at, format!("cut-off of {name}: it is whole, or records are excluded, not both"));
                }
                None if !excludes => {
                    self.error(at, format!("cut-off of {name}: nothing says which records are excluded")).hint =
                        Some("write date = [\"…\"] or exclude = \"…\", or whole = \"…\" with the reason".to_owned());
                }
                _ => {}
            }
            self.once(at, "the date", own.date.iter().map(|name| &**name));
            for restate in &own.restate {
                if restate.after.is_none() && restate.r#where.is_none() {
                    self.error(at, format!("cut-off of {name}: what is restated needs `after` or `where`"));
                }
                if restate.blank.is_empty() && restate.set.is_empty() {
                    self.error(at, format!("cut-off of {name}: what is restated needs `blank` or `set`"));
                }
                if let Some(both) = restate.blank.iter().find(|own| restate.set.contains_key(&***own)) {
                    self.error(both.span.start, format!("cut-off of {name}: {both} is blanked and set"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::Study;

    /// What is wrong with a study of two datasets that has this section.
    fn told(section: &str) -> String {
        let text = format!(
            "[study]\nid = \"S\"\ntitle = \"T\"\nkind = \"K\"\nstatus = \"D\"\n[data]\nsubjects = \"ADSL\"\n\
             [data.datasets]\nADSL = {{ file = \"a.csv\" }}\nADAE = {{ file = \"b.csv\" }}\n{section}\n\
             [[arm]]\nid = \"a\"\nlabel = \"A\"\nplanned = \"T = 'A'\"\nactual = \"T = 'A'\"\n\
             [[arm]]\nid = \"b\"\nlabel = \"B\"\nplanned = \"T = 'B'\"\nactual = \"T = 'B'\"\n"
        );
        Study::parse(&text, "study.toml").err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_dataset_that_is_forgotten_is_told() {
        let sound = "[data.cut-off.datasets]\nADSL = { date = [\"RFICDT\"] }\nADAE = { whole = \"none is later\" }";
        assert_eq!(told(sound), "");
        let forgotten = told("[data.cut-off.datasets]\nADSL = { date = [\"RFICDT\"] }");
        assert!(
            forgotten.contains("study.toml:10:") && forgotten.contains("ADAE is not in [data.cut-off"),
            "{forgotten}"
        );
        assert!(told("[data.cut-off]\ndate = \"2025-06-30\"").contains("ADSL is not in"));
    }

    #[test]
    fn each_dataset_says_what_is_done_with_it() {
        let with =
            |own: &str| told(&format!("[data.cut-off.datasets]\nADSL = {{ date = [\"R\"] }}\nADAE = {{ {own} }}"));
        assert!(with("").contains("nothing says which records are excluded"));
        assert!(with("whole = \" \"").contains("must be said"));
        assert!(with("whole = \"x\", date = [\"A\"]").contains("not both"));
        assert!(with("date = [\"A\", \"A\"]").contains("stands twice"));
        assert!(with("date = [\"A\"], restate = [{ blank = [\"B\"] }]").contains("needs `after` or `where`"));
        assert!(with("date = [\"A\"], restate = [{ after = \"B\" }]").contains("needs `blank` or `set`"));
        let both = "date = [\"A\"], restate = [{ after = \"B\", blank = [\"B\"], set = { B = \"1\" } }]";
        assert!(with(both).contains("B is blanked and set"));
        let misspelt = told(
            "[data.cut-off.datasets]\nADSL = { date = [\"R\"] }\nADAE = { whole = \"x\" }\nADEA = { whole = \"x\" }",
        );
        assert!(misspelt.contains("did you mean ADAE?"), "{misspelt}");
    }
}
