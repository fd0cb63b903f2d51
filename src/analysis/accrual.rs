//! Accrual: how many there are, how many were expected, and when the last of them is to be expected. Days are counted from
//! the first of accrual or of its plan, and a subject counts from the end of its day: 1 is the end of the first day.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::summary::median;
use crate::analysis::{Work, count, reason, value};
use crate::data::date;
use crate::data::vector::Vector;
use crate::plan::{BoundAccrual, RuleId};
use crate::results::{Key, MISSING_LEVEL, Method, Reason, Statistic, Value};
use crate::stats::Undefined;
use crate::stats::describe::{maximum, minimum};
use crate::stats::rate::{Rate, further_events, waiting_time};

/// Days of a month, in rates.
const MONTH: f64 = 365.25 / 12.0;
/// The days of the rate of late.
const LATE: i32 = 91;
/// A projection is not told for months further than twice the time to its end, or to that of the plan.
const FAR: i32 = 2;
/// The last day that has a date, from the first of accrual: beyond it nobody plans.
const LAST: f64 = 36_525.0;

/// Accrual as of the day of the data.
struct Course<'a> {
    accrual: &'a BoundAccrual,
    /// Subjects with their dates, by date.
    joined: Vec<(i32, usize)>,
    /// The first day of the axis.
    origin: i32,
    /// The first day of accrual.
    opened: i32,
    /// How many are still to come.
    remaining: u64,
    /// The last day of accrual: that of the last subject where nobody is still to come, else the day of the data.
    until: i32,
}

impl Course<'_> {
    /// The end of a day on the axis.
    fn at(&self, day: i32) -> i32 {
        day - self.origin + 1
    }

    /// How many there were by the end of a day.
    fn by(&self, day: i32) -> u64 {
        self.joined.partition_point(|(own, _)| *own <= day) as u64
    }

    /// The plan as a line: none before it begins.
    fn plan(&self) -> Vec<(f64, f64)> {
        let target = || self.accrual.target.iter().map(|(day, number)| (f64::from(self.at(*day)), real(*number)));
        // A plan that begins with somebody runs from the opening.
        let opened = (f64::from(self.opened - self.origin), 0.0);
        let begins = target().next().is_some_and(|(at, number)| number > 0.0 && at > opened.0);
        begins.then_some(opened).into_iter().chain(target()).collect()
    }

    /// How many were expected by the end of a day; none without a plan.
    fn expected(&self, day: i32) -> Option<f64> {
        let (at, plan) = (f64::from(self.at(day)), self.plan());
        let after = plan.partition_point(|(own, _)| *own <= at);
        let last = plan.last()?;
        Some(match (after.checked_sub(1).and_then(|before| plan.get(before)), plan.get(after)) {
            (Some(from), Some(to)) => from.1 + (to.1 - from.1) * (at - from.0) / (to.0 - from.0),
            (Some(_), None) => last.1,
            // Before the plan begins nobody is expected.
            (None, _) => 0.0,
        })
    }

    /// When so many were expected last: the end of the plan for all of them.
    fn expected_at(&self, number: u64) -> Result<f64, Reason> {
        let (plan, number) = (self.plan(), real(number));
        let after = plan.partition_point(|(_, own)| *own <= number);
        match (after.checked_sub(1).and_then(|before| plan.get(before)), plan.get(after)) {
            (Some(from), Some(to)) => Ok(from.0 + (to.0 - from.0) * (number - from.1) / (to.1 - from.1)),
            (Some(last), None) if last.1 >= number => {
                // Where the plan has come to its end, the day on which it did.
                plan.iter().find(|own| own.1 >= number).map(|own| own.0).ok_or(Reason::NoData)
            }
            (Some(_), None) => Err(Reason::NotReached),
            (None, _) => Err(Reason::NoData),
        }
    }
}

impl Work<'_> {
    pub(super) fn accrual(&mut self, accrual: &BoundAccrual) {
        let members = self.members(self.job.set, None);
        let dated: Vec<(i32, usize)> =
            members.iter().filter_map(|subject| Some((self.date_of(accrual.date, *subject)?, *subject))).collect();
        let mut joined: Vec<(i32, usize)> = dated.iter().copied().filter(|(day, _)| *day <= accrual.as_of).collect();
        joined.sort_unstable();
        let first = joined.first().map(|(day, _)| *day);
        let opened = accrual.opened.into_iter().chain(first).min().unwrap_or(accrual.as_of).min(accrual.as_of);
        let planned = accrual.target.first().map(|(day, number)| if *number == 0 { *day } else { opened });
        let remaining = accrual.planned.saturating_sub(joined.len() as u64);
        let last = joined.last().map(|(day, _)| *day).filter(|_| remaining == 0);
        let course = Course {
            until: last.unwrap_or(accrual.as_of),
            origin: planned.map_or(opened, |planned| planned.min(opened)),
            remaining,
            accrual,
            joined,
            opened,
        };
        let those: Vec<usize> = course.joined.iter().map(|(_, subject)| *subject).collect();
        self.push_count(self.key(Statistic::N), Value::Count(count(&those)), &those);
        let undated: Vec<usize> =
            members.iter().copied().filter(|subject| self.date_of(accrual.date, *subject).is_none()).collect();
        self.push_count(self.key(Statistic::Missing), Value::Count(count(&undated)), &undated);
        let key = |statistic, what: &str| Key { variable: Some(what.to_owned()), ..self.key(statistic) };
        let mut rows = vec![(key(Statistic::Count, "remaining"), Value::Count(course.remaining))];
        for (what, day) in [("opened", course.opened), ("as-of", accrual.as_of)] {
            rows.push((key(Statistic::Date, what), Value::Text(date::text(day))));
            rows.push((key(Statistic::Day, what), Value::Number(f64::from(course.at(day)))));
        }
        self.push_all(rows);
        self.against_plan(&course);
        let end = self.projections(&course);
        self.months(&course, end);
        self.sites(&course, &members);
    }

    fn push_all(&mut self, rows: Vec<(Key, Value)>) {
        for (key, value) in rows {
            self.push(key, value, None);
        }
    }

    fn date_of(&self, rule: RuleId, subject: usize) -> Option<i32> {
        match self.frames.rules.get(&rule).map(|vector| &**vector) {
            Some(Vector::Date(dates)) => dates[subject],
            _ => None,
        }
    }

    /// The course so far, the plan, and by how much they differ on the day of the data.
    fn against_plan(&mut self, course: &Course<'_>) {
        let key = |statistic, what: &str, at: i32| self.key(statistic).variable(what).level(&at.to_string());
        let days: BTreeSet<i32> = course.joined.iter().map(|(day, _)| *day).collect();
        let mut rows: Vec<(Key, Value)> = days
            .into_iter()
            .map(|day| (key(Statistic::Count, "course", course.at(day)), Value::Count(course.by(day))))
            .collect();
        for (at, number) in course.plan() {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number of days")]
            let at = at as i32;
            rows.push((key(Statistic::Expected, "plan", at), Value::Number(number)));
        }
        let accrual = course.accrual;
        if let Some(expected) = course.expected(accrual.as_of) {
            let number = course.joined.len() as u64;
            rows.push((self.key(Statistic::Expected), Value::Number(expected)));
            rows.push((self.key(Statistic::Deficit), Value::Number(expected - real(number))));
            // Who has come after the last one planned does not make the trial later.
            let last = (course.remaining == 0).then(|| course.nth(accrual.planned)).flatten();
            let until = course.at(last.unwrap_or(accrual.as_of));
            let delay = course.expected_at(number.min(accrual.planned)).map(|at| f64::from(until) - at);
            rows.push((self.key(Statistic::Delay), delay.map_or_else(Value::NotEstimable, Value::number)));
        }
        self.push_all(rows);
    }

    /// Rates in all and of late, and what they say of the day of the last participant. Hands back the last day projected.
    fn projections(&mut self, course: &Course<'_>) -> i32 {
        let accrual = course.accrual;
        let now = course.at(course.until);
        let elapsed = course.until - course.opened + 1;
        let planned_end = accrual.target.last().map_or(now, |(day, _)| course.at(*day));
        let mut end = now.max(planned_end);
        let mut rows = Vec::new();
        for (what, days) in [("all", elapsed), ("late", LATE.min(elapsed))] {
            let number = course.joined.len() as u64 - course.by(course.until - days);
            let key = |statistic| self.key(statistic).variable(what);
            rows.push((key(Statistic::Count), Value::Count(number)));
            rows.push((key(Statistic::Months), Value::number(f64::from(days) / MONTH)));
            rows.push((key(Statistic::MonthlyRate), Value::number(real(number) * MONTH / f64::from(days))));
            if course.remaining == 0 {
                continue;
            }
            let key = |statistic| key(statistic).method(Method::Projection).limited(accrual.conf_level);
            let wait = waiting_time(number, f64::from(days), course.remaining, accrual.conf_level);
            for (dated, placed, own) in [
                (Statistic::Date, Statistic::Day, wait.map(|wait| wait.estimate)),
                (Statistic::DateLower, Statistic::DayLower, wait.map(|wait| wait.interval.lower)),
                (Statistic::DateUpper, Statistic::DayUpper, wait.map(|wait| wait.interval.upper)),
            ] {
                let day = own.map_err(reason).and_then(|own| later(now, own));
                let text = day.map(|day| Value::Text(date::text(course.origin + day - 1)));
                rows.push((key(dated), text.unwrap_or_else(Value::NotEstimable)));
                rows.push((key(placed), day.map_or_else(Value::NotEstimable, |day| Value::Number(f64::from(day)))));
            }
            if let (Ok(wait), "all") = (wait, what) {
                let most = FAR * end.max(later(now, wait.estimate).unwrap_or(end));
                end = end.max(later(now, wait.interval.upper).unwrap_or(most).min(most));
            }
        }
        if course.remaining == 0 {
            let last = course.nth(accrual.planned).unwrap_or(accrual.as_of);
            rows.push((self.key(Statistic::Date).variable("reached"), Value::Text(date::text(last))));
        } else {
            for at in std::iter::once(now).chain(course.month_ends(now, end)) {
                let ahead = further_events(
                    course.joined.len() as u64,
                    f64::from(elapsed),
                    f64::from(at - now),
                    course.remaining,
                    accrual.conf_level,
                );
                rows.extend(self.projected(course, at, ahead));
            }
        }
        self.push_all(rows);
        end
    }

    /// The number projected for a day.
    fn projected(&self, course: &Course<'_>, at: i32, ahead: Result<Rate, Undefined>) -> [(Key, Value); 3] {
        let key = |statistic| {
            let key = self.key(statistic).variable("projection").level(&at.to_string());
            key.method(Method::Projection).limited(course.accrual.conf_level)
        };
        let now = real(course.joined.len() as u64);
        let of = |get: fn(&Rate) -> f64| value(ahead.as_ref().map_err(|own| *own).map(|ahead| now + get(ahead)));
        [
            (key(Statistic::Expected), of(|ahead| ahead.estimate)),
            (key(Statistic::ExpectedLower), of(|ahead| ahead.interval.lower)),
            (key(Statistic::ExpectedUpper), of(|ahead| ahead.interval.upper)),
        ]
    }

    /// Month by month: where it begins and ends on the axis, how many came, how many there were and should have been.
    fn months(&mut self, course: &Course<'_>, end: i32) {
        let mut rows = Vec::new();
        let mut day = course.origin;
        while course.at(day) <= end {
            let (name, first, last) = date::month(day);
            let key = |statistic, what: &str| self.key(statistic).variable(what).level(&name);
            // Days are told by their ends: a month begins with the end of the day before it.
            rows.push((key(Statistic::Day, "begins"), Value::Number(f64::from(course.at(first) - 1))));
            rows.push((key(Statistic::Day, "ends"), Value::Number(f64::from(course.at(last)))));
            if first <= course.until {
                let until = last.min(course.until);
                let number = course.by(until) - course.by(first - 1);
                rows.push((key(Statistic::Count, "month"), Value::Count(number)));
                rows.push((key(Statistic::Count, "by-end"), Value::Count(course.by(until))));
                let expected =
                    course.expected(until).map(|own| (key(Statistic::Expected, "by-end"), Value::Number(own)));
                rows.extend(expected);
            }
            day = last + 1;
        }
        self.push_all(rows);
    }

    /// Sites, those without anybody among them; and all of them together.
    fn sites(&mut self, course: &Course<'_>, members: &[usize]) {
        let accrual = course.accrual;
        let texts = accrual.site.and_then(|rule| match self.frames.rules.get(&rule).map(|vector| &**vector) {
            Some(Vector::Text(texts)) => Some(texts.clone()),
            _ => None,
        });
        let site_of =
            |subject: usize| texts.as_ref().map(|texts| texts.get(subject).unwrap_or(MISSING_LEVEL).to_owned());
        // A site is active from the first day that anybody there has.
        let mut active: BTreeMap<String, Option<i32>> = BTreeMap::new();
        for subject in 0..self.frames.subjects.len() {
            let Some(site) = site_of(subject).filter(|site| site != MISSING_LEVEL || members.contains(&subject)) else {
                continue;
            };
            let dates = [accrual.since, Some(accrual.date)].into_iter().flatten();
            let first = dates.filter_map(|rule| self.date_of(rule, subject)).filter(|day| *day <= accrual.as_of).min();
            let known = active.entry(site).or_default();
            *known = known.iter().copied().chain(first).min();
        }
        let days = |from: i32| f64::from((course.until - from + 1).max(0));
        let months = |from: &Option<i32>| from.map_or(0.0, |from| days(from) / MONTH);
        let mut lines: Vec<(Option<&String>, f64)> =
            active.iter().map(|(site, from)| (Some(site), months(from))).collect();
        if accrual.site.is_some() {
            let sites = Value::Count(active.len() as u64);
            self.push(self.key(Statistic::Count).variable("sites"), sites, None);
            lines.push((None, active.values().map(months).sum()));
        } else {
            lines.push((None, days(course.opened) / MONTH));
        }
        for (site, months) in lines {
            let here = |subject: &usize| site.is_none() || site_of(*subject).as_ref() == site;
            let subjects: Vec<usize> = course.joined.iter().map(|(_, subject)| *subject).filter(here).collect();
            let key = |this: &Self, statistic| {
                let key = this.key(statistic).variable("site");
                site.map_or_else(|| key.clone(), |site| key.clone().level(site))
            };
            let number = count(&subjects);
            self.push_count(key(self, Statistic::Count), Value::Count(number), &subjects);
            self.push(key(self, Statistic::Months), Value::number(months), None);
            let rate =
                if months > 0.0 { Value::number(real(number) / months) } else { Value::NotEstimable(Reason::NoData) };
            self.push(key(self, Statistic::MonthlyRate), rate, None);
            let Some(since) = accrual.since else { continue };
            let days = |subject: &usize| {
                let days = self.date_of(accrual.date, *subject)? - self.date_of(since, *subject)?;
                Some(f64::from(days))
            };
            let days: Vec<f64> = subjects.iter().filter_map(days).collect();
            self.push(key(self, Statistic::N), Value::Count(days.len() as u64), None);
            let quantiles = self.plan.quantiles;
            for (statistic, own) in [
                (Statistic::Median, median(&days, quantiles)),
                (Statistic::Min, minimum(&days)),
                (Statistic::Max, maximum(&days)),
            ] {
                self.push(key(self, statistic), value(own), Some("days"));
            }
        }
    }
}

impl Course<'_> {
    /// The day of the so-manieth subject.
    fn nth(&self, number: u64) -> Option<i32> {
        let position = usize::try_from(number).ok()?.checked_sub(1)?;
        self.joined.get(position).map(|(day, _)| *day)
    }

    /// The ends of months after one place of the axis, and at last another one.
    fn month_ends(&self, after: i32, until: i32) -> Vec<i32> {
        let mut ends = Vec::new();
        let mut day = self.origin + after;
        while self.at(day) <= until {
            let (_, _, last) = date::month(day);
            ends.push(self.at(last).min(until));
            day = last + 1;
        }
        ends
    }
}

/// So many days later, a part of a day counting as one.
fn later(now: i32, days: f64) -> Result<i32, Reason> {
    if days > LAST {
        return Err(Reason::NotReached);
    }
    #[expect(clippy::cast_possible_truncation, reason = "a number of days below the last")]
    let days = days.ceil() as i32;
    Ok(now + days)
}

/// A number of subjects as one that can be computed with.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
const fn real(number: u64) -> f64 {
    number as f64
}
