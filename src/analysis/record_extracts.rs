//! Records and subjects as plain text, for listings and for figures of single subjects.

use crate::analysis::Work;
use crate::data::vector::Vector;
use crate::derive::RecordValues;
use crate::plan::{BoundLaneItem, BoundLanes, BoundPoints, BoundProfile, BoundRecordListing, BoundWaterfall, RuleId};
use crate::results::Extract;
use crate::spec::output::OrderBy;

impl Work<'_> {
    pub(super) fn record_listing(&self, listing: &BoundRecordListing) -> Extract {
        let mut extract = self.extract("", listing.columns.iter().map(String::as_str));
        let Some(values) = self.frames.records.get(&listing.records) else { return extract };
        let order: Vec<_> = listing.order.iter().filter_map(|name| values.column(name)).collect();
        for (arm, subject) in self.listed(listing.order_by) {
            let mut records: Vec<usize> =
                values.of(subject).iter().copied().filter(|record| values.holds(listing.select, *record)).collect();
            records.sort_by(|a, b| {
                let by = order.iter().map(|column| column.compare(*a, *b));
                by.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
            });
            for record in records {
                let mut line = self.begin(arm, subject);
                line.extend(shown(values, &listing.columns, record));
                extract.lines.push(line);
            }
        }
        extract
    }

    pub(super) fn points(&self, points: &BoundPoints) -> Extract {
        let mut extract = self.extract("", ["panel", "x", "y", "named"].into_iter());
        for (panel, (x, y)) in points.panels.iter().enumerate() {
            for (arm, subject) in self.by_arm() {
                let named = points.name.is_some_and(|rule| self.subject_holds(rule, subject));
                let mut line = self.begin(arm, subject);
                line.extend([panel.to_string(), self.of_subject(*x, subject), self.of_subject(*y, subject)]);
                line.push(if named { "true".to_owned() } else { String::new() });
                extract.lines.push(line);
            }
        }
        extract
    }

    pub(super) fn waterfall(&self, waterfall: BoundWaterfall) -> Extract {
        let mut extract = self.extract("", ["value"].into_iter());
        for (arm, subject) in self.by_arm() {
            let mut line = self.begin(arm, subject);
            line.push(self.of_subject(waterfall.value, subject));
            extract.lines.push(line);
        }
        extract
    }

    pub(super) fn lanes(&self, lanes: &BoundLanes) -> Extract {
        let mut extract = self.extract("", ["kind", "item", "from", "to"].into_iter());
        for (arm, subject) in self.by_arm() {
            let mut push = |kind: &str, item: String, from: String, to: String| {
                let mut line = self.begin(arm, subject);
                line.extend([kind.to_owned(), item, from, to]);
                extract.lines.push(line);
            };
            let (from, to) = (self.of_subject(lanes.from, subject), self.of_subject(lanes.to, subject));
            push("lane", String::new(), from, to);
            for (kind, items) in [("segment", &lanes.segments), ("mark", &lanes.marks)] {
                for (position, item) in items.iter().enumerate() {
                    for [from, to, _] in self.lane_items(item, subject) {
                        push(kind, position.to_string(), from, to);
                    }
                }
            }
        }
        extract
    }

    /// What stands in a lane of a subject: first day, last day, text. What has no first day is left out.
    fn lane_items(&self, item: &BoundLaneItem, subject: usize) -> Vec<[String; 3]> {
        let Some(name) = &item.records else {
            let fits = item.select.is_none_or(|rule| self.subject_holds(rule, subject));
            let of = |rule: Option<RuleId>| rule.map_or_else(String::new, |rule| self.of_subject(rule, subject));
            let own = [of(Some(item.from)), of(item.to), of(item.text)];
            return if fits && !own[0].is_empty() { vec![own] } else { Vec::new() };
        };
        let Some(values) = self.frames.records.get(name) else { return Vec::new() };
        let of = |rule: Option<RuleId>, record: usize| {
            rule.and_then(|rule| values.rule(rule)).map_or_else(String::new, |vector| vector.show(record))
        };
        let records = values.of(subject).iter().filter(|record| values.holds(item.select, **record));
        let all = records.map(|record| [of(Some(item.from), *record), of(item.to, *record), of(item.text, *record)]);
        all.filter(|[from, _, _]| !from.is_empty()).collect()
    }

    pub(super) fn profile(&self, profile: &BoundProfile) -> Vec<Extract> {
        let mut facts = self.extract("", profile.facts.iter().map(|(id, _)| id.as_str()));
        let mut lanes = self.extract(".lanes", ["item", "from", "to", "text"].into_iter());
        let columns = ["records", "parameter", "day", "value", "low", "high"];
        let mut findings = self.extract(".findings", columns.into_iter());
        let mut listings: Vec<Extract> = profile
            .listings
            .iter()
            .enumerate()
            .map(|(position, own)| {
                self.extract(&format!(".listing-{position}"), own.columns.iter().map(String::as_str))
            })
            .collect();
        for (arm, subject) in self.listed(profile.order_by) {
            if !self.subject_holds(profile.select, subject) {
                continue;
            }
            let line = |rest: Vec<String>| self.begin(arm, subject).into_iter().chain(rest).collect::<Vec<String>>();
            facts.lines.push(line(profile.facts.iter().map(|(_, rule)| self.of_subject(*rule, subject)).collect()));
            for (position, item) in profile.lanes.iter().enumerate() {
                for own in self.lane_items(item, subject) {
                    lanes.lines.push(line(std::iter::once(position.to_string()).chain(own).collect()));
                }
            }
            for (name, codes) in &profile.findings {
                let Some(values) = self.frames.records.get(name) else { continue };
                let wanted = ["parameter", "day", "value", "low", "high"].map(str::to_owned);
                for code in codes {
                    let of_code = |record: &&usize| matches!(values.column("parameter").as_deref(), Some(Vector::Text(texts)) if texts.get(**record) == Some(code));
                    for record in values.of(subject).iter().filter(of_code) {
                        let own = std::iter::once(name.clone()).chain(shown(values, &wanted, *record));
                        findings.lines.push(line(own.collect()));
                    }
                }
            }
            for (own, extract) in profile.listings.iter().zip(&mut listings) {
                let Some(values) = self.frames.records.get(&own.records) else { continue };
                for record in values.of(subject).iter().filter(|record| values.holds(own.select, **record)) {
                    extract.lines.push(line(shown(values, &own.columns, *record)));
                }
            }
        }
        [facts, lanes, findings].into_iter().chain(listings).collect()
    }

    /// The members of the analysis set, arm by arm.
    fn by_arm(&self) -> Vec<(usize, usize)> {
        let arms = 0..self.plan.arms.len();
        arms.flat_map(|arm| self.members(self.job.set, Some(arm)).into_iter().map(move |subject| (arm, subject)))
            .collect()
    }

    /// The members of the analysis set that count in an arm, in the order of a listing.
    pub(super) fn listed(&self, by: OrderBy) -> Vec<(usize, usize)> {
        let mut all = self.by_arm();
        if by == OrderBy::Subject {
            // Subjects are numbered by their identifiers.
            all.sort_by_key(|(_, subject)| *subject);
        }
        all
    }

    fn begin(&self, arm: usize, subject: usize) -> Vec<String> {
        vec![self.plan.arms[arm].id.clone(), self.frames.subjects[subject].clone()]
    }

    fn extract<'c>(&self, suffix: &str, columns: impl Iterator<Item = &'c str>) -> Extract {
        let first = ["arm", &self.plan.subject].into_iter().map(str::to_owned);
        let columns = first.chain(columns.map(str::to_owned)).collect();
        Extract { id: format!("{}{suffix}", self.job.analysis), columns, lines: Vec::new() }
    }

    fn of_subject(&self, rule: RuleId, subject: usize) -> String {
        self.frames.rules.get(&rule).map_or_else(String::new, |vector| vector.show(subject))
    }

    fn subject_holds(&self, rule: RuleId, subject: usize) -> bool {
        matches!(self.frames.rules.get(&rule).map(|vector| &**vector), Some(Vector::Truth(truths)) if truths[subject].holds())
    }
}

/// Columns of a record as text.
fn shown(values: &RecordValues, columns: &[String], record: usize) -> Vec<String> {
    let show = |name: &String| values.column(name).map_or_else(String::new, |column| column.show(record));
    columns.iter().map(show).collect()
}
