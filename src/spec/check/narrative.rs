//! Whether texts, statements and the reporting checklist hold together.

use super::Check;
use crate::error::nearest;
use crate::spec::instrument::{self, ChecklistInstrument};
use crate::spec::narrative::{Answer, Checklist};

impl Check<'_> {
    pub(super) fn narrative(&mut self) {
        let study = self.study;
        self.unique("text", study.text.iter().map(|text| &text.id));
        for text in study.text.iter().filter(|text| study.display.iter().any(|display| display.id == text.id)) {
            self.error(text.id.span.start, format!("{} is the name of a text and of a display", text.id));
        }
        self.unique("statement", study.statement.iter().map(|statement| &statement.id));
        let sections: Vec<&str> = study.section.iter().map(|section| &*section.number).collect();
        for text in &study.text {
            self.refers(&text.section, "section", &sections);
            self.filled(text.id.span.start, "the text", &text.text.text);
            self.short(text.id.span.start, "the heading of a text", &text.heading, 200);
        }
        let options = study.option.keys().map(String::as_str);
        let named = study.endpoint.iter().map(|own| &*own.id).chain(study.derivation.iter().map(|own| &*own.id));
        let shown = study.display.iter().map(|own| &*own.id).chain(study.analysis_set.iter().map(|own| &*own.id));
        let places: Vec<&str> = options.chain(named).chain(shown).collect();
        for statement in &study.statement {
            self.filled(statement.id.span.start, "what a statement says", &statement.what);
            self.filled(statement.id.span.start, "how a statement is handled", &statement.handling);
            statement
                .r#in
                .iter()
                .for_each(|name| self.refers(name, "option, endpoint, definition or display", &places));
        }
        if let Some(checklist) = &study.checklist {
            self.refers_instrument(&checklist.instrument, instrument::CHECKLISTS);
            if let Some(instrument) = instrument::checklist(&checklist.instrument) {
                self.items(checklist, &instrument);
                self.facts(checklist, &instrument);
            }
        }
    }

    fn items(&mut self, checklist: &Checklist, instrument: &ChecklistInstrument) {
        let at = checklist.instrument.span.start;
        let known: Vec<&str> = instrument.item.iter().map(|item| item.id.as_str()).collect();
        for (id, answer) in &checklist.item {
            if !known.contains(&id.as_str()) {
                let hint = nearest(id, known.iter().copied()).map(|near| format!("did you mean {near}?"));
                self.error(at, format!("{} has no item {id}", instrument.label)).hint = hint;
            }
            self.answer(at, id, answer);
        }
        let open: Vec<&str> = known.into_iter().filter(|id| !checklist.item.contains_key(*id)).collect();
        if !open.is_empty() {
            let items = if open.len() == 1 { "item" } else { "items" };
            let message = format!("{items} {} of {} without any answer", open.join(", "), instrument.label);
            self.error(at, message).hint =
                Some("write [checklist.item.ID] with `at` or `text`, `author`, or `not-applicable`".to_owned());
        }
    }

    fn answer(&mut self, at: usize, id: &str, answer: &Answer) {
        let study = self.study;
        let at = answer
            .at
            .first()
            .map(|name| name.span.start)
            .or(answer.text.as_ref().map(|own| own.span.start))
            .unwrap_or(at);
        let blank = |text: Option<&str>| text.is_some_and(|text| text.trim().is_empty());
        let texts = [
            answer.text.as_ref().map(|own| own.text.as_str()),
            answer.author.as_deref(),
            answer.not_applicable.as_deref(),
        ];
        if answer.at.is_empty() && texts.iter().all(Option::is_none) || texts.into_iter().any(blank) {
            self.error(at, format!("the answer to item {id} is empty"));
        }
        let answered = !answer.at.is_empty() || answer.text.is_some() || answer.author.is_some();
        if answer.not_applicable.is_some() && answered {
            self.error(at, format!("item {id} is answered and does not apply"));
        }
        let sections: Vec<String> = study.section.iter().map(|section| format!("section {}", section.number)).collect();
        let names = study.display.iter().map(|display| &*display.id).chain(study.text.iter().map(|text| &*text.id));
        let parts = ["title", "methods", "provenance"];
        let known: Vec<&str> = names.chain(sections.iter().map(String::as_str)).chain(parts).collect();
        answer.at.iter().for_each(|name| self.refers(name, "part of the report", &known));
    }

    fn facts(&mut self, checklist: &Checklist, instrument: &ChecklistInstrument) {
        let study = self.study;
        let mut known = Vec::new();
        for fact in &instrument.fact {
            if fact.by_arm {
                known.extend(study.arm.iter().map(|arm| format!("{}-{}", fact.name, arm.id)));
            } else {
                known.push(fact.name.clone());
            }
        }
        for (name, prose) in &checklist.facts {
            self.filled(prose.span.start, "a fact of the checklist", &prose.text);
            if !known.contains(name) {
                let hint = nearest(name, known.iter().map(String::as_str))
                    .map_or_else(|| format!("known: {}", known.join(", ")), |near| format!("did you mean {near}?"));
                self.error(prose.span.start, format!("no check reads the fact {name}")).hint = Some(hint);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::{Study, instrument};

    /// A study with a checklist: the answers of all items but those named, and these lines.
    fn findings(without: &[&str], lines: &str) -> String {
        let mut text = "[study]\nid = \"S\"\ntitle = \"T\"\nkind = \"K\"\nstatus = \"S\"\n[data]\nsubjects = \"ADSL\"\n\
                        [data.datasets]\nADSL = { file = \"a.csv\" }\n[[arm]]\nid = \"a\"\nlabel = \"A\"\nplanned = \"TRUE\"\n\
                        actual = \"TRUE\"\n[[section]]\nnumber = \"1\"\ntitle = \"One\"\n[[text]]\nid = \"said\"\n\
                        section = \"1\"\ntext = \"x\"\n[checklist]\ninstrument = \"consort-2025\"\n"
            .to_owned();
        let instrument = instrument::checklist("consort-2025").expect("it is shipped");
        for item in instrument.item.iter().filter(|item| !without.contains(&item.id.as_str())) {
            text.push_str(&format!("[checklist.item.{}]\nauthor = \"to say\"\n", item.id));
        }
        text.push_str(lines);
        Study::parse(&text, "study.toml").err().map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn every_item_needs_an_answer() {
        assert_eq!(findings(&[], ""), "");
        let said = findings(&["5b", "30"], "");
        assert!(
            said.contains("study.toml:23:") && said.contains("items 5b, 30 of CONSORT 2025 without any answer"),
            "{said}"
        );
        assert!(findings(&["30"], "[checklist.item.30]\n").contains("item 30 is empty"));
    }

    #[test]
    fn answers_lead_somewhere_and_do_not_contradict_themselves() {
        let said = findings(
            &["30", "29"],
            "[checklist.item.30]\nat = [\"sad\"]\n[checklist.item.29]\nat = [\"section 1\", \"said\"]\n",
        );
        assert!(
            said.contains("part of the report sad is not defined") && said.contains("did you mean said?"),
            "{said}"
        );
        let said = findings(&["30"], "[checklist.item.30]\nauthor = \"x\"\nnot-applicable = \"y\"\n");
        assert!(said.contains("item 30 is answered and does not apply"), "{said}");
        assert!(findings(&[], "[checklist.item.31]\nauthor = \"x\"\n").contains("has no item 31"));
    }

    #[test]
    fn facts_are_those_that_checks_read() {
        assert_eq!(findings(&[], "[checklist.facts]\nintervention-a = \"x\"\nplan-date = \"2024-01-01\"\n"), "");
        let said = findings(&[], "[checklist.facts]\nplan-dat = \"2024-01-01\"\n");
        assert!(
            said.contains("no check reads the fact plan-dat") && said.contains("did you mean plan-date?"),
            "{said}"
        );
    }
}
