//! Checks of how the trial went: flow, reasons, dates, end.

use std::collections::BTreeMap;

use super::{Ground, Verdict, unless};
use crate::results::{Key, Statistic, Value};
use crate::spec::design::FlowSpec;
use crate::spec::endpoint::Role;
use crate::spec::narrative::Answer;

impl<'a> Ground<'a> {
    fn flow(&self) -> Result<&'a FlowSpec, Verdict> {
        self.study.flow.as_ref().ok_or_else(|| Verdict::NotCheckable("the study has no flow".to_owned()))
    }

    /// Those analysed by the flow are those of each binary primary outcome; those received or not are all.
    pub(super) fn flow_analysed(&self) -> Result<Verdict, Verdict> {
        let flow = self.flow()?;
        let mut findings = Vec::new();
        let mut compared = 0;
        for arm in &self.study.arm {
            let node = |node: &str| self.count(&Key::new(&*flow.id, Statistic::Count).arm(&arm.id).variable(node));
            let (allocated, received, not) = (node("allocated"), node("received"), node("not-received"));
            if received.zip(not).map(|(received, not)| received + not) != allocated || allocated.is_none() {
                findings.push(format!("{}: received and not received are not all allocated", arm.label));
            }
            let Some(analysed) = node("analysed") else {
                findings.push(format!("{}: the flow does not count those analysed", arm.label));
                continue;
            };
            for endpoint in self.study.endpoint.iter().filter(|endpoint| endpoint.role == Role::Primary) {
                for number in self.numbers_of(&endpoint.id, &arm.id) {
                    compared += 1;
                    if number != analysed {
                        findings.push(format!("{}: {analysed} in the flow, {number} in {}", arm.label, endpoint.id));
                    }
                }
            }
        }
        if compared == 0 && findings.is_empty() {
            return Err(Verdict::NotCheckable("no primary outcome gives the number analysed".to_owned()));
        }
        Ok(unless(&findings, "the flow has the numbers of the primary outcomes"))
    }

    /// The numbers analysed of an endpoint in an arm, in its main analysis.
    fn numbers_of(&self, analysis: &str, arm: &str) -> Vec<u64> {
        let rows = self.results.rows.iter().filter(|row| {
            let key = &row.key;
            key.analysis == analysis
                && key.statistic == Statistic::N
                && key.variant.is_none()
                && key.variable.is_none()
                && key.levels.is_empty()
                && matches!(key.groups.as_slice(), [(name, level)] if name == "arm" && level == arm)
        });
        rows.filter_map(|row| if let Value::Count(count) = row.value { Some(count) } else { None }).collect()
    }

    /// The reasons of each line of the flow add up to the line.
    pub(super) fn flow_reasons(&self) -> Result<Verdict, Verdict> {
        let flow = self.flow()?;
        let mut lines: BTreeMap<(String, String), (Option<u64>, Option<u64>)> = BTreeMap::new();
        for row in self.results.rows.iter().filter(|row| row.key.analysis == *flow.id) {
            let (Value::Count(count), Some(node)) = (&row.value, &row.key.variable) else { continue };
            let arm = row.key.groups.first().map_or("all", |(_, arm)| arm);
            let (whole, reasons) = lines.entry((node.clone(), arm.to_owned())).or_default();
            if row.key.levels.is_empty() {
                *whole = Some(*count);
            } else {
                *reasons = Some(reasons.unwrap_or(0) + count);
            }
        }
        let mut findings = Vec::new();
        let mut summed = 0;
        for ((node, arm), (whole, reasons)) in lines {
            summed += usize::from(reasons.is_some());
            if let (Some(whole), Some(reasons)) = (whole, reasons)
                && whole != reasons
            {
                findings.push(format!("{node}, {arm}: reasons of {reasons}, {whole} in all"));
            }
        }
        Ok(unless(&findings, format!("reasons add up in {summed} lines of the flow")))
    }

    pub(super) fn dates(&self) -> Result<Verdict, Verdict> {
        let lock = self.provenance.lock_date.as_str();
        let names = ["first-randomised", "last-randomised", "last-follow-up"];
        let mut dates =
            names.iter().map(|name| self.date(name).map(|date| (*name, date))).collect::<Result<Vec<_>, _>>()?;
        dates.push(("lock", lock));
        let mut findings: Vec<String> = dates
            .windows(2)
            .filter(|pair| pair[0].1 > pair[1].1)
            .map(|pair| format!("{} {} is after {} {}", pair[0].0, pair[0].1, pair[1].0, pair[1].1))
            .collect();
        for (planned, real, early) in
            [("recruitment-from", "first-randomised", true), ("recruitment-to", "last-randomised", false)]
        {
            if self.narrative.facts.contains_key(planned) {
                let (limit, date) = (self.date(planned)?, self.date(real)?);
                if if early { date < limit } else { date > limit } {
                    findings.push(format!("{real} {date} is outside of {planned} {limit}"));
                }
            }
        }
        Ok(unless(&findings, format!("{} to {}, followed to {}", dates[0].1, dates[1].1, dates[2].1)))
    }

    /// Fewer participants than planned need words.
    pub(super) fn early_end(&self, answer: &Answer) -> Result<Verdict, Verdict> {
        let (planned, flow) = (self.whole("planned-size")?, self.flow()?);
        let randomised = self.count(&Key::new(&*flow.id, Statistic::Count).variable("randomised"));
        let randomised =
            randomised.ok_or_else(|| Verdict::Fail("the flow does not count those randomised".to_owned()))?;
        if randomised < planned && answer.text.is_none() {
            return Ok(Verdict::Fail(format!("{randomised} randomised of {planned} planned, and no word why")));
        }
        Ok(Verdict::Pass(format!("{randomised} randomised of {planned} planned")))
    }
}
