//! The pages as a reader gets them: their text, and that each display says what it must.

use trialpress::pipeline::{self, StudyFile};

use crate::support::{fixture_study, shared};

/// Runs a fixture study in this process and gives the text of its pages.
fn pages(study: &str) -> Vec<String> {
    let file = StudyFile::at(&fixture_study(study), None);
    let run = pipeline::run(&file, "final", false, &|_| {});
    run.unwrap_or_else(|error| panic!("{study} does not run:\n{error}")).pages.text
}

#[test]
fn every_page_of_simulated_data_says_so() {
    let pages = pages("ln-msc-il2");
    assert!(pages.len() > 10, "the report of the flagship study has only {} pages", pages.len());
    for (page, text) in (1..).zip(&pages) {
        assert!(text.contains("SIMULATED"), "page {page} does not say that its data are simulated:\n{text}");
    }
}

#[test]
fn no_page_of_real_data_says_that_they_are_simulated() {
    if shared("data").is_none() {
        return;
    }
    let pages = pages("cdisc-pilot01");
    assert!(pages.iter().all(|text| !text.contains("SIMULATED")), "a page of real data says that they are simulated");
}

#[test]
fn numbers_of_the_results_stand_on_the_pages() {
    let text = pages("ln-msc-il2").join("\n");
    for wanted in
        ["Table 14.2.1", "(continued)", "Assessed for eligibility (n = 52)", "Figure 14.2.1", "Listing 16.2.6.1"]
    {
        assert!(text.contains(wanted), "no page says “{wanted}”");
    }
}
