//! 85 to 92: what the data say.

use super::{Bad, When, bad, edit, held_by};

/// A piece of a data file replaced before it is locked.
fn says(
    number: usize,
    what: &str,
    when: When,
    words: &[&str],
    changes: &[(&'static str, &'static str, &'static str)],
) -> Bad {
    let changes = changes.to_vec();
    bad(number, what, when, 5, words, move |desk| {
        for (file, from, to) in &changes {
            edit(desk, &format!("data/{file}"), from, to);
        }
    })
}

pub(super) fn cases() -> Vec<Bad> {
    use When::{Doubting, Saying};
    vec![
        says(
            85,
            "a subject twice among the subjects",
            Saying,
            &["ADSL", "S-01"],
            &[("adsl.csv", "\nS-02,NEW", "\nS-01,NEW")],
        ),
        says(85, "a subject without identifier", Saying, &["ADSL", "USUBJID"], &[("adsl.csv", "\nS-02,NEW", "\n,NEW")]),
        says(
            86,
            "a record of a subject that nobody knows",
            Saying,
            &["ADCM", "S-99"],
            &[("adcm.csv", "S-05,", "S-99,")],
        ),
        says(
            87,
            "an end before its start",
            Doubting,
            &["ADCM", "AENDT", "S-05"],
            &[("adcm.csv", "2024-02-20", "2023-02-20")],
        ),
        says(
            88,
            "an arm that nobody knows",
            Saying,
            &["S-01", "none of the arms"],
            &[("adsl.csv", "S-01,NEW,NEW", "S-01,NOVEL,NEW")],
        ),
        says(
            89,
            "two units of one parameter",
            Saying,
            &["ADLB", "AVALU"],
            &[("adlb.csv", "SIZE,2,0.9,0.9,mg/dL", "SIZE,2,0.9,0.9,furlong")],
        ),
        says(
            91,
            "a flag in lower case",
            Saying,
            &["ADSL", "SAFFL", "S-01"],
            &[("adsl.csv", "S-01,NEW,NEW,Y,Y", "S-01,NEW,NEW,Y,y")],
        ),
        says(
            91,
            "a flag in words",
            Saying,
            &["ADSL", "SAFFL", "S-01"],
            &[("adsl.csv", "S-01,NEW,NEW,Y,Y", "S-01,NEW,NEW,Y,YES")],
        ),
        held_by(
            90,
            "a censoring of −1 or ½, a negative time",
            "src/conformance/tests.rs",
            "every_rule_passes_what_holds_it_and_finds_what_does_not",
        ),
        held_by(
            92,
            "a label that differs from define.xml",
            "src/data/define/tests/checks.rs",
            "each_rule_about_variables_is_broken_by_some",
        ),
    ]
}
