//! Whether endpoints, summaries and exports hold together.

use super::Check;
use super::methods::{Use, reads_covariates, reads_strata, reads_worst};
use crate::results::{Family, Method};
use crate::spec::endpoint::{Binary, Endpoint, Item, MORE_STATISTICS, Summary};
use crate::spec::export::Parameter;
use crate::spec::outcome::{Continuous, Time};

impl Check<'_> {
    pub(super) fn endpoints(&mut self) {
        for endpoint in &self.study.endpoint {
            self.refers_set(&endpoint.analysis_set);
            self.endpoint(endpoint);
        }
    }

    fn endpoint(&mut self, endpoint: &Endpoint) {
        let at = endpoint.id.span.start;
        let kinds = [
            endpoint.binary.is_some(),
            endpoint.continuous.is_some(),
            endpoint.time.is_some(),
            endpoint.survival.is_some(),
            endpoint.ancova.is_some(),
        ];
        if kinds.iter().filter(|kind| **kind).count() != 1 {
            let message = format!("endpoint {} needs exactly one kind", endpoint.id);
            self.error(at, message).hint = Some(
                "write [endpoint.binary], [endpoint.continuous], [endpoint.time], [endpoint.survival] or [endpoint.ancova] \
                 under it"
                    .to_owned(),
            );
        }
        if let Some(binary) = &endpoint.binary {
            self.binary(at, endpoint, binary);
        }
        if let Some(continuous) = &endpoint.continuous {
            self.continuous(at, endpoint, continuous);
        }
        if let Some(time) = &endpoint.time {
            self.time(at, endpoint, time);
        }
        if let Some(survival) = &endpoint.survival {
            self.level(at, survival.conf_level);
            self.methods(at, &survival.methods, Use::Survival, survival.strata.len());
            self.read_by(at, "strata", !survival.strata.is_empty(), &survival.methods, reads_strata);
            if survival.landmark.is_some_and(|day| day < 1) {
                self.error(at, format!("endpoint {}: a landmark is a day from 1", endpoint.id));
            }
            for pair in survival.at.windows(2).filter(|pair| pair[0] >= pair[1]) {
                self.error(at, format!("endpoint {}: day {} does not follow day {}", endpoint.id, pair[1], pair[0]));
            }
        }
        if let Some(ancova) = &endpoint.ancova {
            let datasets = self.datasets();
            self.refers(&ancova.dataset, "dataset", &datasets);
            self.once(at, "described variable", ancova.describe.iter().map(|described| &*described.id));
            self.decimals(at, ancova.decimals);
            self.level(at, ancova.conf_level);
            if ancova.trend
                && let Some(arm) = self.study.arm.iter().find(|arm| arm.dose.is_none())
            {
                let (byte, message) =
                    (arm.id.span.start, format!("a test of dose response needs the dose of arm {}", arm.id));
                self.error(byte, message);
            }
        }
    }

    fn binary(&mut self, at: usize, endpoint: &Endpoint, binary: &Binary) {
        let study = self.study;
        self.refers_frame(&binary.frame);
        binary.at.iter().for_each(|visit| self.refers_visit(visit));
        self.once(at, "visit", binary.at.iter().map(|visit| &**visit));
        if binary.at.is_empty() {
            self.error(at, format!("endpoint {} is analysed at no visit", endpoint.id));
        }
        self.level(at, binary.conf_level);
        self.methods(at, &binary.methods, Use::Binary, binary.strata.len());
        self.margin(at, &binary.methods, binary.margin);
        self.read_by(at, "strata", !binary.strata.is_empty(), &binary.methods, reads_strata);
        self.read_by(at, "covariates", !binary.covariates.is_empty(), &binary.methods, reads_covariates);
        let subgroups: Vec<&str> = study.subgroup.iter().map(|subgroup| &*subgroup.id).collect();
        binary.subgroups.iter().for_each(|name| self.refers(name, "subgroup", &subgroups));
        self.once(at, "subgroup", binary.subgroups.iter().map(|name| &**name));
        let imputing =
            study.variant.iter().find(|variant| variant.impute.is_some() && variant.of.contains(&endpoint.id));
        if binary.imputed.is_none() && (binary.tipping_point || imputing.is_some()) {
            let message = format!("endpoint {} needs the rule `imputed` to complete imputed responses", endpoint.id);
            self.error(at, message);
        }
        let compared = |method: &Method| method.family() == Family::ShareDifference;
        let needs = binary.tipping_point || !binary.subgroups.is_empty();
        if needs && !binary.methods.iter().any(compared) {
            let message = format!("endpoint {} needs a method for the difference of proportions", endpoint.id);
            self.error(at, message);
        }
    }

    fn continuous(&mut self, at: usize, endpoint: &Endpoint, continuous: &Continuous) {
        self.refers_frame(&continuous.frame);
        continuous.at.iter().for_each(|visit| self.refers_visit(visit));
        self.once(at, "visit", continuous.at.iter().map(|visit| &**visit));
        if continuous.at.is_empty() {
            self.error(at, format!("endpoint {} is analysed at no visit", endpoint.id));
        }
        let visits: Vec<&str> = continuous.at.iter().map(|visit| &**visit).collect();
        continuous.compare_at.iter().for_each(|visit| self.refers(visit, "visit of the endpoint", &visits));
        self.once(at, "visit", continuous.compare_at.iter().map(|visit| &**visit));
        self.level(at, continuous.conf_level);
        self.decimals(at, continuous.decimals);
        self.methods(at, &continuous.methods, Use::Continuous, continuous.strata.len());
        self.attempts(at, &continuous.methods, &continuous.mmrm);
        self.read_by(at, "strata", !continuous.strata.is_empty(), &continuous.methods, reads_strata);
        self.read_by(at, "worst", continuous.worst.is_some(), &continuous.methods, reads_worst);
        self.deltas(at, &continuous.methods, &continuous.deltas);
        if continuous.methods.contains(&Method::WilcoxonWorstRank) && continuous.worst.is_none() {
            self.error(at, format!("endpoint {} needs the rule `worst` for wilcoxon-worst-rank", endpoint.id));
        }
        if continuous.methods.is_empty() != continuous.compare_at.is_empty() {
            let message = format!("endpoint {} needs both `methods` and `compare-at`, or neither", endpoint.id);
            self.error(at, message);
        }
    }

    fn time(&mut self, at: usize, endpoint: &Endpoint, time: &Time) {
        self.refers_frame(&time.frame);
        self.level(at, time.conf_level);
        let frame = self.study.frame.get(&*time.frame);
        let events: Vec<&str> = frame.iter().flat_map(|frame| &frame.events).map(|name| &**name).collect();
        time.competing.iter().for_each(|name| self.refers(name, "event of the frame", &events));
        self.once(at, "event", time.competing.iter().map(|name| &**name));
        if !(1..=super::LONGEST).contains(&time.last_day) {
            self.error(at, format!("endpoint {}: the last day is not between 1 and {}", endpoint.id, super::LONGEST));
        }
        self.methods(at, &time.methods, Use::Time, time.strata.len());
        self.read_by(at, "strata", !time.strata.is_empty(), &time.methods, reads_strata);
    }

    pub(super) fn summaries(&mut self) {
        for summary in &self.study.summary {
            self.refers_set(&summary.analysis_set);
            self.summary(summary);
        }
    }

    fn summary(&mut self, summary: &Summary) {
        let at = summary.id.span.start;
        if let Some(frame) = &summary.frame {
            self.refers_frame(frame);
            summary.at.iter().for_each(|visit| self.refers_row(visit));
            self.once(at, "visit", summary.at.iter().map(|visit| &**visit));
            if summary.at.is_empty() {
                self.error(at, format!("summary {} describes a frame at no visit", summary.id));
            }
        } else if !summary.at.is_empty() || summary.score.is_some() {
            self.error(at, format!("summary {} has visits or a score, and no frame", summary.id));
        }
        if let Some(score) = &summary.score {
            let frame = summary.frame.as_ref().and_then(|name| self.study.frame.get(&**name));
            let known: Vec<&str> = frame.iter().flat_map(|frame| &frame.scores).map(|name| &**name).collect();
            self.refers(score, "score of the frame", &known);
        }
        self.once(at, "statistic", summary.more.iter().map(|statistic| statistic.name()));
        for statistic in summary.more.iter().filter(|own| !MORE_STATISTICS.contains(own)) {
            let known: Vec<&str> = MORE_STATISTICS.iter().map(|own| own.name()).collect();
            let message = format!("{} is no further statistic of a summary", statistic.name());
            self.error(at, message).hint = Some(format!("it can have {}", known.join(", ")));
        }
        if summary.items.is_empty() {
            self.error(at, format!("summary {} has no items", summary.id));
        }
        for item in &summary.items {
            self.item(item);
            if summary.frame.is_none() && item.from.is_some() {
                self.error(item.id.span.start, format!("item {} is a shift, and the summary has no frame", item.id));
            }
            if summary.frame.is_some() && item.set.is_some() {
                let message = format!("item {} of a summary over a frame has no set of its own", item.id);
                self.error(item.id.span.start, message);
            }
            if summary.frame.is_some() && item.test.is_some() && item.from.is_none() {
                let message = format!("item {} of a summary over a frame is no shift, and has no test", item.id);
                self.error(item.id.span.start, message);
            }
        }
    }

    pub(super) fn exports(&mut self) {
        for export in &self.study.export {
            self.refers_set(&export.analysis_set);
            let at = export.dataset.span.start;
            if self.study.data.datasets.contains_key(&*export.dataset) {
                self.error(at, format!("{} is the name of a locked dataset", export.dataset));
            }
            let codes: Vec<&str> = export.parameters.iter().filter_map(|own| own.code.as_deref()).collect();
            self.once(at, "parameter", codes.into_iter());
            export.parameters.iter().for_each(|parameter| self.parameter(at, parameter));
        }
    }

    fn parameter(&mut self, at: usize, parameter: &Parameter) {
        let at = parameter.code.as_ref().map_or(at, |code| code.span.start);
        if let Some(score) = &parameter.score {
            // Scores that exist have been written out as their items.
            let known: Vec<&str> = self.study.score.keys().map(String::as_str).collect();
            self.refers(score, "score", &known);
            return;
        }
        if parameter.code.is_none() {
            self.error(at, "a parameter needs a code");
        }
        if let Some(endpoint) = &parameter.endpoint {
            let times = self.study.endpoint.iter().filter(|endpoint| endpoint.time.is_some());
            let known: Vec<&str> = times.map(|endpoint| &*endpoint.id).collect();
            self.refers(endpoint, "time endpoint", &known);
        }
        parameter.frame.iter().for_each(|frame| self.refers_frame(frame));
        parameter.at.iter().for_each(|visit| self.refers_row(visit));
        let of_frame = parameter.frame.is_some() && parameter.value.is_some() && !parameter.at.is_empty();
        if of_frame == parameter.endpoint.is_some() {
            self.error(at, "a parameter has a frame with visits and a value, or an endpoint");
        }
    }

    fn item(&mut self, item: &Item) {
        let at = item.id.span.start;
        item.set.iter().for_each(|set| self.refers_set(set));
        self.once(at, "level", item.levels.iter().map(|level| level.value.as_str()));
        self.decimals(at, item.decimals);
        let kinds = [item.number.is_some(), item.category.is_some(), item.count.is_some(), item.heading];
        if kinds.iter().filter(|kind| **kind).count() != 1 {
            self.error(at, format!("item {} is exactly one of number, category, count and heading", item.id));
        }
        if item.from.is_some() && (item.category.is_none() || item.levels.is_empty()) {
            self.error(at, format!("item {} is a shift, and needs a category with its levels", item.id));
        }
        if !item.levels.is_empty() && item.category.is_none() {
            self.error(at, format!("item {} has levels and is no category", item.id));
        }
        let fits = match item.test {
            None => true,
            Some(Method::Mcnemar) => item.from.is_some() && item.levels.len() == 2,
            Some(Method::Kappa) => item.from.is_some(),
            Some(_) if item.from.is_some() => false,
            Some(Method::CmhRowMeans) => item.levels.len() > 1,
            Some(Method::CmhCorrelation) => {
                item.levels.len() > 1 && self.study.arm.iter().all(|arm| arm.dose.is_some())
            }
            Some(Method::Anova) => item.number.is_some(),
            Some(Method::ChiSquare | Method::Fisher) => item.category.is_some() || item.count.is_some(),
            Some(_) => false,
        };
        if !fits {
            self.error(at, format!("the test of item {} does not fit its kind", item.id));
        }
    }
}
