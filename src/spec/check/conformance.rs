//! Whether the section of conformance holds together.

use super::Check;
use crate::spec::instrument;
use crate::spec::text::Name;

impl Check<'_> {
    pub(super) fn conformance(&mut self) {
        let study = self.study;
        let spec = &study.conformance;
        if spec.rules.is_empty() {
            let at = study.data.subjects.span.start;
            self.error(at, "the gate of rules cannot be switched off").hint =
                Some("accept what it finds under [[conformance.accept]], with the reason".to_owned());
        }
        spec.rules.iter().for_each(|name| self.refers_instrument(name, instrument::CONFORMANCE));
        let shipped = spec.rules.iter().filter_map(|name| instrument::conformance(name));
        let shipped: Vec<Name> = shipped.flat_map(|own| own.rule).map(|rule| rule.id).collect();
        self.unique("rule", spec.rule.iter().map(|rule| &rule.id));
        for rule in &spec.rule {
            let at = rule.id.span.start;
            if shipped.contains(&rule.id) {
                self.error(at, format!("rule {} is one of an instrument", rule.id)).hint =
                    Some("give it an identifier of its own".to_owned());
            }
            if rule.checks() != 1 {
                self.error(at, format!("rule {} needs exactly one check", rule.id)).hint =
                    Some("write holds, unique, values …; `trialpress spec` lists them".to_owned());
            }
            self.filled(at, "the title of a rule", &rule.title);
            self.filled(at, "what a rule says of a finding", &rule.finding);
            self.filled(at, "what is to be done about a finding", &rule.action);
        }
        let datasets = self.datasets();
        for acceptance in &spec.accept {
            let at = acceptance.rule.span.start;
            acceptance.dataset.iter().for_each(|name| self.refers(name, "dataset", &datasets));
            self.filled(at, "the reason of an acceptance", &acceptance.reason);
            self.filled(at, "who accepts", &acceptance.by);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::Study;

    fn said(lines: &str) -> String {
        let text = "[study]\nid = \"S\"\ntitle = \"T\"\nkind = \"K\"\nstatus = \"S\"\n[data]\nsubjects = \"ADSL\"\n\
                    [data.datasets]\nADSL = { file = \"a.csv\" }\n[[arm]]\nid = \"a\"\nlabel = \"A\"\nplanned = \"TRUE\"\n\
                    actual = \"TRUE\"\n";
        let text = format!("{text}{lines}");
        Study::parse(&text, "study.toml").err().map_or_else(String::new, |error| error.to_string())
    }

    const RULE: &str = "[[conformance.rule]]\nseverity = \"note\"\ntitle = \"t\"\nfinding = \"f\"\naction = \"a\"\n";

    #[test]
    fn the_gate_stays_on_and_its_rules_are_whole() {
        assert_eq!(said(""), "");
        assert_eq!(said(&format!("{RULE}id = \"OWN-1\"\nholds = \"AGE > 17\"\n")), "");
        assert!(said("[conformance]\nrules = []\n").contains("cannot be switched off"));
        assert!(said("[conformance]\nrules = [\"adm\"]\n").contains("did you mean adam?"));
        assert!(said(&format!("{RULE}id = \"KEY-001\"\nholds = \"AGE > 17\"\n")).contains("is one of an instrument"));
        assert!(said(&format!("{RULE}id = \"OWN-1\"\n")).contains("needs exactly one check"));
        let two = format!("{RULE}id = \"OWN-1\"\nrepeated = true\nholds = \"AGE > 17\"\n");
        assert!(said(&two).contains("needs exactly one check"));
    }

    #[test]
    fn an_acceptance_has_a_reason_and_somebody_who_gives_it() {
        let accept = |reason: &str| {
            format!(
                "[[conformance.accept]]\nrule = \"KEY-001\"\ndataset = \"ADSL\"\nreason = \"{reason}\"\nby = \"AB\"\n"
            )
        };
        assert_eq!(said(&accept("as on paper")), "");
        assert!(said(&accept(" ")).contains("the reason of an acceptance is empty"));
        assert!(said(&accept("r").replace("ADSL\"", "ADLS\"")).contains("did you mean ADSL?"));
    }
}
