//! Texts over results of a small study.

use super::{Narrative, check, write};
use crate::results::{Key, Method, Provenance, Reason, Results, Row, Statistic, Value};
use crate::spec::Study;

/// A study with one text.
fn study(text: &str) -> Study {
    let toml = format!(
        "[study]\nid = \"S\"\ntitle = \"A trial\"\nkind = \"K\"\nstatus = \"S\"\n\
         facts = [{{ label = \"Design\", text = \"parallel\" }}]\n[data]\nsubjects = \"ADSL\"\n[data.datasets]\n\
         ADSL = {{ file = \"a.csv\" }}\n[[arm]]\nid = \"a\"\nlabel = \"Arm A\"\nplanned = \"TRUE\"\nactual = \"TRUE\"\n\
         [[arm]]\nid = \"b\"\nlabel = \"Arm B\"\nplanned = \"TRUE\"\nactual = \"TRUE\"\n[[analysis-set]]\nid = \"all\"\n\
         label = \"All\"\nrule = \"TRUE\"\n[[summary]]\nid = \"base\"\nanalysis-set = \"all\"\nitems = [{{ id = \"age\", \
         label = \"Age\", number = \"AGE\", decimals = 1 }}]\n[[section]]\nnumber = \"1\"\ntitle = \"One\"\n[[text]]\n\
         id = \"said\"\nsection = \"1\"\nheading = \"Said\"\ntext = '''\n{text}'''\n"
    );
    Study::parse(&toml, "study.toml").expect("the study is valid")
}

fn results(difference: f64) -> Results {
    let row = |key: Key, value| Row { key, value, unit: None, subjects: None };
    let limit = |statistic, method| {
        Key::new("base", statistic).contrast("a", "b").variable("age").method(method).conf_level(0.95)
    };
    let rows = vec![
        row(Key::new("base", Statistic::Mean).arm("a").variable("age"), Value::Number(30.25)),
        row(Key::new("base", Statistic::Share).arm("a").variable("age"), Value::Share { part: 1, whole: 4 }),
        row(Key::new("base", Statistic::Median).arm("b").variable("age"), Value::NotEstimable(Reason::NoEvents)),
        row(Key::new("base", Statistic::Difference).contrast("a", "b").variable("age"), Value::Number(difference)),
        row(limit(Statistic::DifferenceLower, Method::TInterval), Value::Number(-1.0)),
        row(limit(Statistic::DifferenceUpper, Method::TInterval), Value::Number(1.0)),
        row(limit(Statistic::DifferenceUpper, Method::HodgesLehmann), Value::Number(2.0)),
        row(Key::new("base", Statistic::PValue).variable("age"), Value::Number(0.000_01)),
    ];
    Results { rows, ..Results::default() }
}

fn written(text: &str, difference: f64) -> Narrative {
    let provenance = Provenance { lock_date: "2024-01-31".to_owned(), ..Provenance::default() };
    match write(&study(text), &results(difference), &provenance) {
        Ok(narrative) => narrative,
        Err(error) => panic!("{error}"),
    }
}

fn paragraphs(text: &str, difference: f64) -> Vec<String> {
    written(text, difference).texts["said"].paragraphs.clone()
}

fn refusal(text: &str) -> String {
    let written = write(&study(text), &results(1.0), &Provenance::default());
    written.err().map_or_else(|| "not refused".to_owned(), |error| error.to_string())
}

const SENTENCE: &str = "{{ label(arm = \"a\") }} was \
    {% if number(analysis = \"base\", contrast = \"a-b\", variable = \"age\", statistic = \"difference\") > 0 %}\nolder\
    {% else %}\nyounger{% endif %}\nby {{ value(analysis = \"base\", first = \"a\", second = \"b\", variable = \"age\", \
    statistic = \"difference\") }} years.";

#[test]
fn a_sentence_changes_when_its_number_does() {
    assert_eq!(paragraphs(SENTENCE, 2.345), ["Arm A was older by 2.35 years."]);
    assert_eq!(paragraphs(SENTENCE, -2.0), ["Arm A was younger by −2.00 years."]);
}

#[test]
fn results_are_printed_as_tables_do_and_reasons_in_words() {
    let text = "{{ value(analysis = \"base\", arm = \"a\", variable = \"age\", statistic = \"mean\", decimals = 1) }}; \
                {{ value(analysis = \"base\", arm = \"a\", variable = \"age\", statistic = \"share\") }} %; \
                {{ value(analysis = \"base\", arm = \"b\", variable = \"age\", statistic = \"median\") }}; \
                {% if not estimable(analysis = \"base\", arm = \"b\", variable = \"age\", statistic = \"median\") %}none\
                {% endif %}; p {{ value(analysis = \"base\", variable = \"age\", statistic = \"p-value\", relation = true) }}; \
                {{ value(analysis = \"base\", contrast = \"a-b\", variable = \"age\", statistic = \"difference-lower\") }}";
    assert_eq!(
        paragraphs(text, 1.0),
        ["30.3; 25.0 %; not estimable, no participant had the event; none; p < 0.0001; −1.00"]
            .map(|text| text.replace("< ", "<\u{a0}"))
    );
}

#[test]
fn an_empty_line_ends_a_paragraph_and_an_empty_condition_does_not() {
    let text = "One.\n{% if false %}\nNever.\n{% endif %}\nTwo {{ label(\n\n  arm = \"b\") }}.\n\n\nThree.";
    assert_eq!(paragraphs(text, 1.0), ["One. Two Arm B.", "Three."]);
}

#[test]
fn all_mistakes_are_told_with_their_places_and_what_is_closest() {
    let said = refusal(
        "{{ value(analysis = \"base\", arm = \"c\", variable = \"age\", statistic = \"mean\") }}\n\
         {% if false %} {{ label(arm = \"aa\") }} {% endif %}\n\
         {{ value(analysis = \"bas\", statistic = \"mean\") }}\n  {{ value(analysis = \"base\", statistic = \"meen\") }}\n\
         {{ value(analysis = \"base\", contrast = \"a-b\", variable = \"age\", statistic = \"difference-upper\") }}",
    );
    for part in [
        "study.toml:37:4: error: text said: the results have no row analysis = \"base\", arm = \"c\"",
        "the closest is analysis = \"base\", arm = \"a\", variable = \"age\", statistic = \"mean\"",
        "study.toml:38:19: error: text said: there is no arm aa",
        "study.toml:39:4: error: text said: the results have no analysis bas",
        "did you mean base?",
        "study.toml:40:6: error: text said: there is no statistic meen",
        "2 rows fit",
        "method = \"hodges-lehmann\"",
    ] {
        assert!(said.contains(part), "{part}\nis not in\n{said}");
    }
}

#[test]
fn what_only_the_filling_shows_is_told_too() {
    let said = refusal("{% for arm in [\"a\", \"x\"] %}{{ label(arm = arm) }} {% endfor %}");
    assert!(said.contains("study.toml:36:8: error: text said: there is no arm x"), "{said}");
    assert!(refusal("{% if arm %}x{% endif %}").contains("arm is not known here"));
    assert!(
        refusal("{{ value(analysis = \"base\", statistics = \"mean\") }}").contains("there is no argument statistics")
    );
}

#[test]
fn the_grammar_is_checked_without_results() {
    assert!(check(&study("{{ label(arm = \"a\") }}")).is_ok());
    let said = check(&study("One.\n{% if %}")).expect_err("that is no condition").to_string();
    assert!(said.contains("study.toml:38:") && said.contains("text said"), "{said}");
}

#[test]
fn numbers_typed_by_hand_are_seen_and_printed_results_are_not() {
    let text = "{{ value(analysis = \"base\", arm = \"a\", variable = \"age\", statistic = \"mean\") }} of 20, AB-2, \
                {{ study(name = \"lock-date\") }}, {{ study(name = \"Design\") }}, \
                {{ number(analysis = \"base\", arm = \"a\", variable = \"age\", statistic = \"mean\") }}";
    let narrative = written(text, 1.0);
    assert_eq!(narrative.typed["said"], ["20", "30.25"]);
    assert_eq!(narrative.texts["said"].paragraphs, ["30.25 of 20, AB-2, 2024-01-31, parallel, 30.25"]);
    assert_eq!(narrative.keys["said"].len(), 2);
}
