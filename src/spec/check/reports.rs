//! Whether the reports of a study hold together: their names exist, each display stands in a report of its section, and no
//! two displays of a report have the same number.

use std::collections::BTreeMap;

use super::Check;
use crate::spec::report::Edition;

impl Check<'_> {
    pub(super) fn reports(&mut self) {
        let study = self.study;
        let known: Vec<&str> =
            Edition::ALL.into_iter().filter(|own| *own != Edition::Final).map(Edition::name).collect();
        for name in study.report.keys().filter(|name| !known.contains(&name.as_str())) {
            let message = format!("there is no report {name}");
            let hint = format!("known: {}; the title page of the final report is [study]", known.join(", "));
            self.error(0, message).hint = Some(hint);
        }
        for display in &study.display {
            let section = study.section.iter().find(|section| section.number == display.section);
            let reports = section.map_or(&[][..], |section| &section.reports);
            for report in display.reports.iter().filter(|own| !own.shows(reports)) {
                let message =
                    format!("section {} of {} is not in the report {}", display.section, display.id, report.name());
                self.error(display.id.span.start, message);
            }
        }
        for edition in Edition::ALL.into_iter().filter(|own| *own != Edition::Final) {
            let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
            for display in &study.display {
                let in_section = |own: &&crate::spec::output::SectionSpec| {
                    own.number == display.section && edition.shows(&own.reports)
                };
                let shown = study.section.iter().find(in_section).is_some()
                    && (display.reports.is_empty() || edition.shows(&display.reports));
                if !shown {
                    continue;
                }
                if let Some(other) = numbers.insert(&display.number, &display.id) {
                    let message =
                        format!("{} and {other} have the same number in the report {}", display.id, edition.name());
                    self.error(display.id.span.start, message).hint = Some(
                        "displays that match in open and closed reports are one display; others need numbers of their own".to_owned(),
                    );
                }
            }
        }
    }
}
