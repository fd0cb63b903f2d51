//! A study with one arm compares nothing: a trial of a single arm, or the pooled report of a board, whose participants all
//! stand in one. What the specification asks about the difference of arms is left out here, before anything is checked or
//! bound, so that results, tables, footnotes and the methods section agree about it without asking.
//!
//! Displays that are nothing but a comparison cannot be left out silently: the check refuses them.

use crate::results::Method;
use crate::spec::Study;
use crate::spec::endpoint::Endpoint;
use crate::spec::monitoring::InformationRule;
use crate::spec::output::DisplaySpec;
use crate::spec::safety_figure::OccurrenceColumn;
use crate::spec::text::Name;

/// Takes the comparisons of arms out of a study that has one arm; leaves any other study as it is.
pub fn without_comparisons(study: &mut Study) {
    if study.compares() {
        return;
    }
    endpoints(study);
    study.multiplicity.clear();
    // A plan of looks counts information, and has no result to hold against its bounds. Events are those of its endpoint.
    for plan in &mut study.monitoring {
        let counts_events = matches!(plan.information, Some(InformationRule::Events));
        plan.monitored = plan.monitored.take().filter(|_| counts_events);
        plan.t = false;
    }
    // What is imputed for one arm against another has no meaning for one.
    let imputed: Vec<Name> =
        study.variant.iter().filter(|variant| variant.impute.is_some()).map(|variant| variant.id.clone()).collect();
    study.variant.retain(|variant| !imputed.contains(&variant.id));
    for layout in study.display.iter_mut().filter_map(|display| display.response.as_mut()) {
        layout.variants.retain(|name| !imputed.contains(name));
    }
    for occurrence in &mut study.occurrence {
        retain(&mut occurrence.methods);
        occurrence.strata.clear();
    }
    study.attendance.iter_mut().for_each(|own| retain(&mut own.methods));
    for item in study.summary.iter_mut().flat_map(|summary| &mut summary.items) {
        item.test = item.test.filter(|method| !method.compares_arms());
    }
    study.display.iter_mut().for_each(layout);
}

/// Whether a display of a study is nothing but a comparison of arms: a forest, or a table that describes nothing beside it.
#[must_use]
pub fn only_compares(study: &Study, display: &DisplaySpec) -> bool {
    let undescribed = |endpoint: &Endpoint| {
        endpoint.continuous.as_ref().is_some_and(|own| own.methods.iter().all(|method| method.compares_arms()))
    };
    let change = display.change.as_ref().filter(|layout| !layout.describe);
    let ancova = display.ancova.as_ref().and_then(|layout| study.endpoint(&layout.of)?.ancova.as_ref());
    display.forest.is_some()
        || display.tipping_point.is_some()
        || display.hypotheses.is_some()
        || display.benefit_risk.is_some()
        || change.and_then(|layout| study.endpoint(&layout.of)).is_some_and(undescribed)
        || ancova.is_some_and(|own| own.describe.is_empty())
}

fn retain(methods: &mut Vec<Method>) {
    methods.retain(|method| !method.compares_arms());
}

/// What endpoints keep are their descriptions: proportions, means and their changes, curves, each of the arm alone.
fn endpoints(study: &mut Study) {
    for endpoint in &mut study.endpoint {
        if let Some(binary) = &mut endpoint.binary {
            retain(&mut binary.methods);
            // Subgroups are there for their differences.
            binary.subgroups.clear();
            binary.strata.clear();
            binary.covariates.clear();
            binary.margin = None;
            binary.tipping_point = false;
        }
        if let Some(continuous) = &mut endpoint.continuous {
            retain(&mut continuous.methods);
            continuous.strata.clear();
            continuous.deltas.clear();
            continuous.mmrm.clear();
            continuous.worst = None;
            if continuous.methods.is_empty() {
                continuous.compare_at.clear();
            }
        }
        if let Some(time) = &mut endpoint.time {
            retain(&mut time.methods);
            time.strata.clear();
        }
        if let Some(survival) = &mut endpoint.survival {
            retain(&mut survival.methods);
            survival.strata.clear();
        }
        if let Some(ancova) = &mut endpoint.ancova {
            ancova.trend = false;
        }
    }
}

/// Columns that compare, and those of all arms together, which would repeat the only one.
fn layout(display: &mut DisplaySpec) {
    if let Some(summary) = &mut display.summary {
        summary.total = false;
        summary.p_values = false;
    }
    if let Some(occurrence) = &mut display.occurrence {
        occurrence.total = false;
        let of_an_arm =
            |column: &OccurrenceColumn| matches!(column, OccurrenceColumn::SubjectRate | OccurrenceColumn::RecordRate);
        occurrence.show.retain(of_an_arm);
    }
    if let Some(means) = &mut display.means {
        means.model = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUDY: &str = r#"
[study]
id = "T"
title = "Test"
kind = "Test"
status = "Test"
[data]
subjects = "DM"
datasets = { DM = { file = "dm.csv" }, AE = { file = "ae.csv" } }
[[arm]]
id = "a"
label = "All participants"
planned = "TRUE"
actual = "TRUE"
[[analysis-set]]
id = "all"
label = "Everybody"
rule = "TRUE"
[visits]
reference = "DAY1"
baseline = { id = "BL", label = "Baseline" }
schedule = [{ id = "W4", label = "Week 4", day = 29, within = 7 }]
[frame.f]
label = "Frame"
[records.ae]
label = "Events"
dataset = "AE"
[[subgroup]]
id = "sex"
label = "Sex"
category = "SEX"
levels = [{ value = "F", label = "Female" }]
[[endpoint]]
id = "b"
label = "Response"
role = "primary"
analysis-set = "all"
binary = { frame = "f", at = ["W4"], response = "TRUE", imputed = "FALSE", tipping-point = true, subgroups = ["sex"], strata = ["SEX"], covariates = ["AGE"], margin = -0.1, methods = ["wilson", "mee", "fisher", "cochran-mantel-haenszel", "logistic", "farrington-manning", "cochran-armitage"] }
[[endpoint]]
id = "c"
label = "Change"
role = "secondary"
analysis-set = "all"
continuous = { frame = "f", value = "AGE", base = "AGE", at = ["W4"], compare-at = ["W4"], methods = ["ancova", "mmrm", "wilcoxon-worst-rank"], worst = "FALSE" }
[[endpoint]]
id = "s"
label = "Time"
role = "secondary"
analysis-set = "all"
survival = { days = "DAYS", event = "EVENT", at = [10], methods = ["kaplan-meier", "log-rank", "cox", "restricted-mean"] }
[[occurrence]]
id = "o"
label = "Events"
records = "ae"
analysis-set = "all"
strata = ["SEX"]
methods = ["miettinen-nurminen", "fisher"]
[[summary]]
id = "d"
analysis-set = "all"
items = [{ id = "age", label = "Age", number = "AGE", test = "anova" }, { id = "sex", label = "Sex", category = "SEX", test = "cmh-correlation", levels = [{ value = "F", label = "F" }, { value = "M", label = "M" }] }]
[[section]]
number = "1"
title = "One"
[[display]]
id = "t-1"
number = "Table 1"
section = "1"
title = "Participants"
summary = { of = "d", total = true, p-values = true }
[[display]]
id = "t-2"
number = "Table 2"
section = "1"
title = "Events"
occurrence = { of = "o", total = true, show = ["difference", "subject-rate", "p-value"] }
[[display]]
id = "f-1"
number = "Figure 1"
section = "1"
title = "Means"
means = { of = "c", change = true, model = "mmrm", y-title = "Change" }
"#;

    #[test]
    fn a_single_arm_keeps_what_describes_it() {
        let study = Study::parse(STUDY, "study.toml").unwrap_or_else(|error| panic!("{error}"));
        let methods = |id: &str| study.endpoint(id).map(crate::spec::endpoint::Endpoint::methods).unwrap_or_default();
        assert_eq!(methods("b"), [Method::Wilson]);
        assert!(methods("c").is_empty());
        assert_eq!(methods("s"), [Method::KaplanMeier, Method::RestrictedMean]);
        assert!(study.occurrence[0].methods.is_empty());
        assert!(study.summary[0].items.iter().all(|item| item.test.is_none()));
        let summary = study.display[0].summary.as_ref().unwrap();
        assert!(!summary.total && !summary.p_values);
        let occurrence = study.display[1].occurrence.as_ref().unwrap();
        assert_eq!((occurrence.total, occurrence.show.as_slice()), (false, &[OccurrenceColumn::SubjectRate][..]));
        assert_eq!(study.display[2].means.as_ref().unwrap().model, None);
    }

    /// With a second arm everything stays, and there is something to refuse: the trend needs doses.
    #[test]
    fn two_arms_keep_everything() {
        let second = "[[arm]]\nid = \"b\"\nlabel = \"B\"\nplanned = \"FALSE\"\nactual = \"FALSE\"\n[[analysis-set]]";
        let two = STUDY.replacen("[[analysis-set]]", second, 1);
        let said = Study::parse(&two, "study.toml").map_or_else(|error| error.to_string(), |_| String::new());
        assert!(said.contains("cochran-armitage needs the dose of arm a"), "{said}");
    }

    #[test]
    fn a_display_that_only_compares_is_refused() {
        for layout in [
            "forest = { of = [\"b\"] }",
            "tipping-point = { of = \"b\" }",
            "hypotheses = { of = [\"h\"] }",
            "change = { of = \"c\", describe = false }",
        ] {
            let display = format!(
                "{STUDY}\n[[display]]\nid = \"f-2\"\nnumber = \"Figure 2\"\nsection = \"1\"\ntitle = \"X\"\n{layout}\n"
            );
            let said = Study::parse(&display, "study.toml").map_or_else(|error| error.to_string(), |_| String::new());
            assert!(said.contains("display f-2 compares arms, and the study has one"), "{layout}: {said}");
            assert_eq!(said.matches("error").count(), 1, "{said}");
        }
    }
}
