//! Whether a specification holds together: identifiers are unique, references lead somewhere, each thing is of one
//! kind. Rules and data are not looked at here.

mod analyses;
mod attendance;
mod conformance;
mod cut;
mod displays;
mod methods;
mod monitoring;
mod narrative;
mod records;
mod reports;
mod running;

use std::collections::BTreeSet;

use crate::error::{Finding, nearest};
use crate::spec::Study;
use crate::spec::derivation::{Choice, Derivation, Frame};
use crate::spec::instrument;
use crate::spec::text::Name;

/// All findings about a specification that could be read.
#[must_use]
pub fn findings(study: &Study) -> Vec<Finding> {
    let mut check = Check { study, findings: Vec::new() };
    check.words();
    check.identifiers();
    check.design();
    check.conformance();
    check.cut_off();
    check.measurements();
    check.derivations();
    check.records();
    check.endpoints();
    check.multiplicities();
    check.random();
    check.monitorings();
    check.safety_rules();
    check.summaries();
    check.exports();
    check.attendance();
    check.running();
    check.displays();
    check.reports();
    check.narrative();
    check.findings
}

/// More decimals than this no measurement has, and no reader wants.
const MOST_DECIMALS: u8 = 12;
/// The longest study, in days.
const LONGEST: i32 = 36_525;

struct Check<'a> {
    study: &'a Study,
    findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn error(&mut self, byte: usize, message: impl Into<String>) -> &mut Finding {
        self.findings.push(Finding::error(self.study.origin.place(byte), message));
        self.findings.last_mut().expect("a finding was just pushed")
    }

    fn refers(&mut self, name: &Name, what: &str, known: &[&str]) {
        if !known.contains(&&**name) {
            let hint = nearest(name, known.iter().copied())
                .map_or_else(|| format!("known: {}", listed(known)), |near| format!("did you mean {near}?"));
            self.error(name.span.start, format!("{what} {name} is not defined")).hint = Some(hint);
        }
    }

    fn unique<'n>(&mut self, what: &str, names: impl Iterator<Item = &'n Name>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name.to_string()) {
                self.error(name.span.start, format!("{what} {name} is defined twice"));
            }
            let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            if name.is_empty() || !plain {
                self.error(name.span.start, format!("the identifier “{name}” may hold only letters, digits, - and _"));
            }
        }
    }

    /// Texts that must be there, and not be longer than their place on paper.
    fn words(&mut self) {
        let study = self.study;
        let head = &study.study;
        let plain_tag = |tag: &str| {
            let mut parts = tag.split('-');
            let language = parts
                .next()
                .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
            let region =
                parts.next().is_none_or(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic()));
            language && region && parts.next().is_none()
        };
        if head.id.trim().is_empty() || head.id.chars().count() > 64 {
            self.error(0, "the identifier of the study must have 1 to 64 characters");
        }
        if !plain_tag(&head.language) {
            let message = format!("“{}” is not a language tag", head.language);
            self.error(0, message).hint = Some("write it like en or en-GB".to_owned());
        }
        self.filled(0, "the title of the study", &head.title);
        for section in &study.section {
            self.filled(section.number.span.start, "the title of a section", &section.title);
        }
        for display in &study.display {
            self.filled(display.id.span.start, "the title of a display", &display.title);
            let titles = [
                display.response_by_visit.as_ref().map(|layout| &layout.y_title),
                display.means.as_ref().map(|layout| &layout.y_title),
                display.individual.as_ref().map(|layout| &layout.y_title),
                display.incidence.as_ref().map(|layout| &layout.y_title),
                display.kaplan_meier.as_ref().map(|layout| &layout.y_title),
                display.mean_cumulative.as_ref().map(|layout| &layout.y_title),
                display.scatter.as_ref().map(|layout| &layout.x_title),
                display.scatter.as_ref().map(|layout| &layout.y_title),
                display.waterfall.as_ref().map(|layout| &layout.y_title),
            ];
            for title in titles.into_iter().flatten() {
                self.short(display.id.span.start, "the title of an axis", title, 200);
            }
        }
        for arm in &study.arm {
            self.filled(arm.id.span.start, "the label of an arm", &arm.label);
        }
        for visit in study.visits.iter().flat_map(|visits| &visits.schedule) {
            self.short(visit.id.span.start, "the label of a visit", &visit.label, 60);
        }
    }

    fn filled(&mut self, byte: usize, what: &str, text: &str) {
        if text.trim().is_empty() {
            self.error(byte, format!("{what} is empty"));
        }
    }

    fn short(&mut self, byte: usize, what: &str, text: &str, most: usize) {
        if text.chars().count() > most {
            self.error(byte, format!("{what} is longer than {most} characters"));
        }
    }

    /// Names that stand in a list may stand there once.
    fn once<'n>(&mut self, byte: usize, what: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                self.error(byte, format!("{what} {name} stands twice in its list"));
            }
        }
    }

    /// Decimals beyond what a number holds.
    fn decimals(&mut self, byte: usize, decimals: u8) {
        if decimals > MOST_DECIMALS {
            self.error(byte, format!("a number has at most {MOST_DECIMALS} decimals"));
        }
    }

    fn identifiers(&mut self) {
        let study = self.study;
        self.unique("arm", study.arm.iter().map(|arm| &arm.id));
        self.unique("analysis set", study.analysis_set.iter().map(|set| &set.id));
        self.unique("derivation", study.derivation.iter().map(|derivation| &derivation.id));
        self.unique("subgroup", study.subgroup.iter().map(|subgroup| &subgroup.id));
        self.unique("dataset of derived values", study.export.iter().map(|export| &export.dataset));
        self.unique("variant", study.variant.iter().map(|variant| &variant.id));
        self.unique("display", study.display.iter().map(|display| &display.id));
        for (position, section) in study.section.iter().enumerate() {
            if study.section[..position].iter().any(|earlier| earlier.number == section.number) {
                self.error(section.number.span.start, format!("section {} is defined twice", section.number));
            }
        }
        let analyses = study
            .endpoint
            .iter()
            .map(|endpoint| &endpoint.id)
            .chain(study.summary.iter().map(|summary| &summary.id))
            .chain(study.attendance.iter().map(|own| &own.id))
            .chain(study.flow.iter().map(|flow| &flow.id))
            .chain(study.multiplicity.iter().map(|family| &family.id))
            .chain(study.monitoring.iter().map(|plan| &plan.id))
            .chain(study.safety_rule.iter().map(|rule| &rule.id))
            .chain(study.accrual.iter().map(|accrual| &accrual.id))
            .chain(study.status.iter().map(|status| &status.id));
        self.unique("analysis", analyses);
        for summary in &study.summary {
            self.unique("item", summary.items.iter().map(|item| &item.id));
        }
        if let Some(visits) = &study.visits {
            self.unique("visit", visits.schedule.iter().map(|visit| &visit.id));
            for visit in &visits.schedule {
                let reach = visit.when_empty.unwrap_or(0).max(visit.within);
                if visit.day > LONGEST || reach > LONGEST {
                    self.error(visit.id.span.start, format!("visit {} lies beyond {LONGEST} days", visit.id));
                    return;
                }
                if visit.within < 0 || visit.when_empty.is_some_and(|wide| wide < visit.within) {
                    self.error(
                        visit.id.span.start,
                        format!("the window of visit {} is smaller than nothing", visit.id),
                    );
                    return;
                }
                if visit.day < 2 {
                    self.error(visit.id.span.start, format!("visit {} is not after baseline (study day 1)", visit.id));
                    return;
                }
            }
            for pair in visits.schedule.windows(2) {
                if pair[0].day + pair[0].within >= pair[1].day - pair[1].within {
                    let message = format!("the windows of visits {} and {} overlap", pair[0].id, pair[1].id);
                    self.error(pair[1].id.span.start, message);
                }
            }
        }
    }

    fn design(&mut self) {
        let study = self.study;
        if let Some(flow) = &study.flow {
            let lists = [
                &flow.excluded.reasons,
                &flow.not_received,
                &flow.discontinued.reasons,
                &flow.lost.reasons,
                &flow.not_analysed,
            ];
            for list in lists {
                self.once(flow.id.span.start, "reason", list.iter().map(|reason| reason.label.as_str()));
            }
        }
        if study.arm.is_empty() {
            self.error(0, "the study has no arm").hint = Some("write [[arm]] once for each arm".to_owned());
        }
        if study.arm.len() > 2 && !study.arm.iter().any(|arm| arm.reference) {
            let at = study.arm[0].id.span.start;
            self.error(at, "of more than two arms one must be the reference").hint =
                Some("write reference = true in the arm the others are compared with".to_owned());
        }
        for second in study.arm.iter().filter(|arm| arm.reference).skip(1) {
            self.error(second.id.span.start, "more than one arm is the reference");
        }
        let datasets = self.datasets();
        self.refers(&study.data.subjects, "dataset", &datasets);
        if let Some(masking) = &study.masking {
            masking.datasets.iter().for_each(|name| self.refers(name, "dataset", &datasets));
            masking.analysis_sets.iter().for_each(|name| self.refers_set(name));
            for (name, rule) in &masking.records {
                self.refers(&Name::new(name.as_str(), rule.span.clone()), "dataset", &datasets);
            }
        }
    }

    fn datasets(&self) -> Vec<&'a str> {
        self.study.data.datasets.keys().map(String::as_str).collect()
    }

    fn refers_set(&mut self, name: &Name) {
        let known: Vec<&str> = self.study.analysis_set.iter().map(|set| &*set.id).collect();
        self.refers(name, "analysis set", &known);
    }

    fn refers_frame(&mut self, name: &Name) {
        let known: Vec<&str> = self.study.frame.keys().map(String::as_str).collect();
        self.refers(name, "frame", &known);
    }

    /// A visit after baseline.
    fn refers_visit(&mut self, name: &Name) {
        let known: Vec<&str> =
            self.study.visits.iter().flat_map(|v| v.schedule.iter().map(|visit| &*visit.id)).collect();
        self.refers(name, "visit", &known);
    }

    /// A visit, or baseline.
    fn refers_row(&mut self, name: &Name) {
        let visits = self.study.visits.iter();
        let known: Vec<&str> = visits
            .flat_map(|v| std::iter::once(v.baseline.id.as_str()).chain(v.schedule.iter().map(|visit| &*visit.id)))
            .collect();
        self.refers(name, "visit", &known);
    }

    fn refers_instrument(&mut self, name: &Name, kind: &str) {
        let names = instrument::names(kind);
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        self.refers(name, "instrument", &known);
    }

    fn measurements(&mut self) {
        let study = self.study;
        let datasets = self.datasets();
        let units = instrument::units();
        for measure in study.measure.values() {
            self.refers(&measure.dataset, "dataset", &datasets);
            if let Some(unit) = &measure.unit {
                match units.conversion.get(&*unit.conversion) {
                    None => {
                        let known: Vec<&str> = units.conversion.keys().map(String::as_str).collect();
                        self.refers(&unit.conversion, "conversion", &known);
                    }
                    Some(conversion) if !conversion.units.contains_key(&unit.to) => {
                        let known: Vec<&str> = conversion.units.keys().map(String::as_str).collect();
                        let message = format!(
                            "conversion {} has no unit {}; it has {}",
                            unit.conversion,
                            unit.to,
                            listed(&known)
                        );
                        self.error(unit.conversion.span.start, message);
                    }
                    Some(_) => {}
                }
            }
        }
        for dose in study.dose.values() {
            self.refers(&dose.dataset, "dataset", &datasets);
            self.refers_instrument(&dose.instrument, instrument::DOSES);
            if dose.pulse.as_ref().is_some_and(|pulse| !(pulse.from.is_finite() && pulse.from > 0.0)) {
                self.error(dose.instrument.span.start, "a pulse is a dose above zero");
            }
            let far = |days: i32| !(-LONGEST..=LONGEST).contains(&days);
            if dose.days > LONGEST || dose.baseline_days.iter().any(|day| far(*day)) {
                self.error(dose.instrument.span.start, format!("a dose is averaged over at most {LONGEST} days"));
            }
            if dose.days < 1 || dose.baseline_days[0] > dose.baseline_days[1] {
                self.error(
                    dose.instrument.span.start,
                    "a dose is averaged over at least one day, from a first to a last",
                );
            }
        }
        for (name, score) in &study.score {
            self.refers(&score.dataset, "dataset", &datasets);
            self.refers_instrument(&score.instrument, instrument::SCORES);
            let Some(instrument) = instrument::score(&score.instrument) else { continue };
            let at = score.instrument.span.start;
            let items: Vec<&str> = instrument.item.iter().map(|item| item.id.as_str()).collect();
            for item in score.codes.keys() {
                self.refers(&Name::new(item.clone(), score.instrument.span.clone()), "item", &items);
            }
            let values: Vec<&str> = instrument.values.keys().map(String::as_str).collect();
            for meaning in score.values.values() {
                self.refers(
                    &Name::new(meaning.clone(), score.instrument.span.clone()),
                    "value of the instrument",
                    &values,
                );
            }
            let totals: Vec<&str> = instrument.total.iter().map(|total| total.id.as_str()).collect();
            for total in score.recorded.keys() {
                self.refers(&Name::new(total.clone(), score.instrument.span.clone()), "total", &totals);
            }
            let code = |item: &instrument::ScoreItem| score.codes.get(&item.id).unwrap_or(&item.code).clone();
            let codes: Vec<String> = instrument.item.iter().map(code).chain(score.recorded.values().cloned()).collect();
            self.once(at, &format!("code of score {name}"), codes.iter().map(String::as_str));
        }
        study.event.values().for_each(|event| self.refers(&event.dataset, "dataset", &datasets));
        for frame in study.frame.values() {
            let known = |keys: Vec<&'a str>| keys;
            let measures = known(study.measure.keys().map(String::as_str).collect());
            let scores = known(study.score.keys().map(String::as_str).collect());
            let dates: Vec<&str> = measures.iter().chain(&scores).copied().collect();
            let doses = known(study.dose.keys().map(String::as_str).collect());
            let events = known(study.event.keys().map(String::as_str).collect());
            let mut names = frame.measures.iter().chain(&frame.scores).chain(&frame.doses);
            let at = names.next().map_or(0, |name| name.span.start);
            let columns = frame_columns(study, frame);
            self.once(at, "column", columns.iter().map(String::as_str));
            self.once(at, "event", frame.events.iter().map(|name| &**name));
            frame.measures.iter().for_each(|name| self.refers(name, "measure", &measures));
            frame.scores.iter().for_each(|name| self.refers(name, "score", &scores));
            frame.dated_by.iter().for_each(|name| self.refers(name, "measure or score", &dates));
            frame.doses.iter().for_each(|name| self.refers(name, "dose", &doses));
            frame.events.iter().for_each(|name| self.refers(name, "event", &events));
        }
        if !study.frame.is_empty() && study.visits.is_none() {
            self.error(0, "frames need the section [visits]");
        }
    }

    fn derivations(&mut self) {
        let study = self.study;
        for (name, option) in &study.option {
            let kind = |choice: &Choice| std::mem::discriminant(choice);
            let mixed = option.values.iter().any(|value| kind(value) != kind(&option.default));
            if mixed || !option.values.contains(&option.default) {
                self.error(
                    option.label.span.start,
                    format!("option {name}: the default must be one of its values, and all of one type"),
                );
            }
        }
        for derivation in &study.derivation {
            self.refers_frame_or_records(&derivation.frame);
            self.derivation(derivation);
        }
        for variable in study.subject_variable.values() {
            self.subject_variable(variable);
        }
        for variant in &study.variant {
            let endpoints: Vec<&str> = study.endpoint.iter().map(|endpoint| &*endpoint.id).collect();
            variant.of.iter().for_each(|name| self.refers(name, "endpoint", &endpoints));
            variant.analysis_set.iter().for_each(|name| self.refers_set(name));
            for (name, value) in &variant.option {
                let at = variant.id.span.start;
                match study.option.get(name) {
                    None => {
                        let hint = nearest(name, study.option.keys().map(String::as_str));
                        let finding = self.error(at, format!("variant {}: option {name} is not defined", variant.id));
                        finding.hint = hint.map(|near| format!("did you mean {near}?"));
                    }
                    Some(option) if !option.values.contains(value) => {
                        self.error(at, format!("variant {}: option {name} has no value {value}", variant.id));
                    }
                    Some(_) => {}
                }
            }
        }
    }

    fn derivation(&mut self, derivation: &Derivation) {
        let at = derivation.id.span.start;
        if let Some(name) = &derivation.instrument {
            self.refers_instrument(name, instrument::RULES);
            if let Some(rules) = instrument::rules(name) {
                for parameter in rules.lacking(derivation) {
                    let what = &rules.parameter[parameter].what;
                    self.error(at, format!("derivation {}: {name} needs {parameter} ({what})", derivation.id));
                }
                for parameter in rules.foreign(derivation) {
                    let hint = nearest(parameter, rules.parameter.keys().map(String::as_str));
                    let finding = self.error(at, format!("derivation {}: {name} has no {parameter}", derivation.id));
                    finding.hint = hint.map(|near| format!("did you mean {near}?"));
                }
            }
            return;
        }
        if !derivation.with.is_empty() {
            let message = format!("derivation {} has `with` and no instrument of rules", derivation.id);
            self.error(at, message);
        }
        if derivation.across.is_some() && derivation.rule.is_none() {
            self.error(at, format!("derivation {}: `across` needs a rule", derivation.id));
        }
        if derivation.rule.is_some() != derivation.cases.is_empty() {
            self.error(at, format!("derivation {} needs either a rule or cases", derivation.id));
        }
        let last = derivation.cases.len().saturating_sub(1);
        for (index, case) in derivation.cases.iter().enumerate() {
            if case.when.is_none() != (index == last) {
                self.error(
                    at,
                    format!("derivation {}: the last case, and only that, is written without `when`", derivation.id),
                );
            }
            if case.then.is_some() == case.then_rule.is_some() {
                self.error(at, format!("derivation {}: each case has either `then` or `then-rule`", derivation.id));
            }
            if case.reason.is_some() && case.reason_rule.is_some() {
                self.error(at, format!("derivation {}: a case has `reason` or `reason-rule`, not both", derivation.id));
            }
        }
    }

    fn level(&mut self, at: usize, conf_level: f64) {
        if !(conf_level > 0.0 && conf_level < 1.0) {
            self.error(at, "a confidence level lies between 0 and 1").hint = Some("write 0.95 for 95 %".to_owned());
        }
    }
}

/// Every column a frame has before its derivations.
fn frame_columns(study: &Study, frame: &Frame) -> Vec<String> {
    let mut columns = ["visit_date", "visit_day", "visit_week"].map(str::to_owned).to_vec();
    for name in &frame.measures {
        columns.extend([name.to_string(), format!("{name}_base"), format!("{name}_date")]);
        for other in study.measure.get(&**name).into_iter().flat_map(|measure| measure.beside.keys()) {
            columns.extend([other.clone(), format!("{other}_base")]);
        }
    }
    for name in &frame.scores {
        let score = study.score.get(&**name).and_then(|score| instrument::score(&score.instrument));
        columns.extend(score.iter().flat_map(|score| score.columns(name)).map(|(column, _)| column));
    }
    for name in &frame.doses {
        let Some(dose) = study.dose.get(&**name) else { continue };
        columns.extend(dose.columns(name));
    }
    columns.extend(frame.events.iter().flat_map(|name| [format!("{name}_before"), format!("{name}_date")]));
    columns
}

/// The fields of a format string: statistic name and decimals.
///
/// # Errors
/// What is wrong with it, to follow "the format …".
pub fn fields(show: &str) -> Result<Vec<(&str, Option<u8>)>, &'static str> {
    let mut fields = Vec::new();
    let mut rest = show;
    while let Some(open) = rest.find(['{', '}']) {
        if rest[open..].starts_with('}') {
            return Err("has a } without {");
        }
        let Some(close) = rest[open..].find('}') else { return Err("has a { without }") };
        let field = &rest[open + 1..open + close];
        fields.push(match field.split_once(':') {
            None => (field, None),
            Some((name, decimals)) => (name, Some(decimals.parse().map_err(|_| "has decimals that are no number")?)),
        });
        rest = &rest[open + close + 1..];
    }
    Ok(fields)
}

fn listed(known: &[&str]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}
