//! The comparison of the times of two arms, by each method asked for.

use std::cell::LazyCell;

use crate::analysis::comparison::bounded;
use crate::analysis::time::Timing;
use crate::analysis::times::{End, TimeOf};
use crate::analysis::{Work, value};
use crate::results::{Family, Key, Method, Statistic, Value};
use crate::stats::Undefined;
use crate::stats::survival::{
    CensoringTies, Clock, HazardRatio, ProportionalHazards, Ties, Weight, cox, discrete_cox, fine_gray, firth_cox,
    gray_test, grouped_proportional_hazards, log_rank, log_rank_trend, permutation_log_rank,
    sampled_permutation_log_rank, stratified_cox, weighted_log_rank,
};

/// What becomes of subjects with a competing event in a comparison.
#[derive(Clone, Copy, PartialEq)]
enum Competing {
    /// They are censored on its day.
    Censored,
    /// They stay at risk to the last day, as people without the event.
    AtRisk,
}

impl Competing {
    const ALL: [Self; 2] = [Self::Censored, Self::AtRisk];

    const fn name(self) -> &'static str {
        match self {
            Self::Censored => "competing-censored",
            Self::AtRisk => "competing-at-risk",
        }
    }
}

/// The item of comparisons of cumulative incidence.
const INCIDENCE: &str = "cumulative-incidence";

/// Whether a method compares cumulative incidences, in which competing events are neither censored nor at risk.
const fn of_incidence(method: Method) -> bool {
    matches!(method, Method::Gray | Method::FineGray)
}

/// The subjects of two arms, those of the first one first.
struct Both {
    days: Vec<f64>,
    event: Vec<bool>,
    /// 1 in the first arm, 0 in the second.
    group: Vec<usize>,
    stratum: Vec<usize>,
    /// 0 without event, 1 for the event, 2 for a competing one.
    cause: Vec<usize>,
    /// Visits at risk, and whether the last of them was that of the event.
    visits: Vec<(usize, bool)>,
}

impl Both {
    fn new(time: &Timing<'_>, times: (&[TimeOf], &[TimeOf]), competing: Competing) -> Self {
        let both = || times.0.iter().map(|own| (own, 1_usize)).chain(times.1.iter().map(|own| (own, 0)));
        let stays = |own: &TimeOf| competing == Competing::AtRisk && matches!(own.end, End::Competing(_));
        let is_event = |own: &TimeOf| matches!(own.end, End::Event(_));
        let cause = |own: &TimeOf| match own.end {
            End::Censored => 0,
            End::Event(_) => 1,
            End::Competing(_) => 2,
        };
        Self {
            days: both().map(|(own, _)| f64::from(if stays(own) { time.last_day } else { own.days })).collect(),
            event: both().map(|(own, _)| is_event(own)).collect(),
            group: both().map(|(_, group)| group).collect(),
            stratum: both().map(|(own, _)| time.stratum_of[own.subject]).collect(),
            cause: both().map(|(own, _)| cause(own)).collect(),
            visits: both()
                .map(|(own, _)| (if stays(own) { time.readings.len() } else { own.visits }, is_event(own)))
                .collect(),
        }
    }

    fn indicator(&self) -> Vec<f64> {
        self.group.iter().map(|group| if *group == 1 { 1.0 } else { 0.0 }).collect()
    }

    /// A weighted log-rank test; without strata all are in one.
    fn weighted(&self, weight: Weight, stratified: bool) -> Result<(f64, f64), Undefined> {
        let one = vec![0; self.stratum.len()];
        let stratum = if stratified { &self.stratum } else { &one };
        let test = weighted_log_rank(&self.days, &self.event, &self.group, 2, stratum, weight)?;
        Ok((test.statistic, test.p))
    }

    /// The statistic and the p-value of a test by the asymptotic distribution.
    fn test(&self, method: Method) -> Result<(f64, f64), Undefined> {
        match method {
            Method::Gray => {
                let one = vec![0; self.stratum.len()];
                let test = gray_test(&self.days, &self.cause, 1, &self.group, 2, &one)?;
                Ok((test.statistic, test.p))
            }
            Method::ProportionalHazards => {
                let fit = cox(&self.days, &self.event, &[self.indicator()], Ties::Efron, 0.95)?;
                let test = fit.proportionality_test(&[0], Clock::Share)?;
                Ok((test.statistic, test.p))
            }
            Method::StratifiedLogRank => self.weighted(Weight::LogRank, true),
            Method::Gehan => self.weighted(Weight::Gehan, false),
            Method::TaroneWare => self.weighted(Weight::TaroneWare, false),
            Method::PetoPeto => self.weighted(Weight::PetoPeto, false),
            Method::FlemingHarrington => self.weighted(Weight::FlemingHarrington { rho: 0.0, gamma: 1.0 }, false),
            _ => log_rank(&self.days, &self.event, &self.group, 2).map(|test| (test.statistic, test.p)),
        }
    }

    fn grouped(&self, level: f64) -> Result<ProportionalHazards, Undefined> {
        let rows = self.visits.iter().zip(self.indicator()).flat_map(|((visits, event), x)| {
            let last = event.then(|| visits - 1);
            (0..*visits).map(move |visit| (visit, last == Some(visit), x))
        });
        let rows: Vec<(usize, bool, f64)> = rows.collect();
        let interval: Vec<usize> = rows.iter().map(|row| row.0).collect();
        let happened: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let x: Vec<f64> = rows.iter().map(|row| row.2).collect();
        grouped_proportional_hazards(&interval, &happened, &[x], level)
    }
}

impl Work<'_> {
    pub(super) fn compare_times(&mut self, time: &Timing<'_>, arms: (usize, usize), times: (&[TimeOf], &[TimeOf])) {
        let [first, second] = self.arm_ids(arms);
        for competing in Competing::ALL {
            let both = Both::new(time, times, competing);
            let key = |this: &Self, statistic: Statistic, method: Method| {
                let item = if of_incidence(method) { INCIDENCE } else { competing.name() };
                this.key(statistic).variable(item).contrast(&first, &second).method(method)
            };
            for method in time.methods {
                // What speaks of incidence treats competing events in its own way, and curves censor them.
                let own_way = of_incidence(*method) || !matches!(method.family(), Family::TimeTest | Family::Hazard);
                if own_way && competing == Competing::AtRisk {
                    continue;
                }
                let of = |this: &Self, statistic: Statistic| key(this, statistic, *method);
                match method.family() {
                    Family::TimeTest if *method == Method::PermutationLogRank => self.permuted_times(&both, &of),
                    Family::TimeTest => {
                        let test = both.test(*method);
                        self.push(of(self, Statistic::TestStatistic), value(test.map(|test| test.0)), None);
                        self.push(of(self, Statistic::PValue), value(test.map(|test| test.1)), None);
                    }
                    Family::MeanTime => self.compare_means(time, times, &of),
                    Family::CurveContrast => self.compare_curves(time, times, *method, &of),
                    _ => {}
                }
            }
            self.hazard_ratios(time, &both, competing, &key);
        }
    }

    /// The trend of hazards over the doses of all arms, competing events censored.
    pub(super) fn hazard_trend(&mut self, arms: &[Vec<TimeOf>]) {
        let all = || arms.iter().enumerate().flat_map(|(arm, times)| times.iter().map(move |own| (arm, own)));
        let days: Vec<f64> = all().map(|(_, own)| f64::from(own.days)).collect();
        let event: Vec<bool> = all().map(|(_, own)| matches!(own.end, End::Event(_))).collect();
        let group: Vec<usize> = all().map(|(arm, _)| arm).collect();
        let dose: Vec<f64> = self.plan.arms.iter().map(|arm| arm.dose.unwrap_or(0.0)).collect();
        let test = log_rank_trend(&days, &event, &group, &dose, &vec![0; days.len()], Weight::LogRank);
        let key = |statistic| self.key(statistic).variable(Competing::Censored.name()).method(Method::LogRankTrend);
        let (statistic, p) = (key(Statistic::TestStatistic), key(Statistic::PValue));
        self.push(statistic, value(test.map(|test| test.z)), None);
        self.push(p, value(test.map(|test| test.p)), None);
    }

    /// Over all allocations, or over a sample of them whose number is told.
    fn permuted_times(&mut self, both: &Both, of: &dyn Fn(&Self, Statistic) -> Key) {
        let second: Vec<bool> = both.group.iter().map(|group| *group == 1).collect();
        let exact = permutation_log_rank(&both.days, &both.event, &second, Weight::LogRank);
        let test = if matches!(exact, Err(Undefined::TooLarge)) {
            let random = self.plan.random;
            self.push(of(self, Statistic::Sampled), Value::Count(u64::from(random.allocations)), None);
            let (allocations, seed) = (random.allocations, random.seed);
            sampled_permutation_log_rank(&both.days, &both.event, &second, Weight::LogRank, allocations, seed)
        } else {
            exact
        };
        self.push(of(self, Statistic::PValue), value(test.map(|test| test.p)), None);
    }

    fn hazard_ratios(
        &mut self,
        time: &Timing<'_>,
        both: &Both,
        competing: Competing,
        key: &dyn Fn(&Self, Statistic, Method) -> Key,
    ) {
        let level = time.conf_level;
        let indicator = both.indicator();
        let fit = |ties| cox(&both.days, &both.event, std::slice::from_ref(&indicator), ties, level);
        let efron = LazyCell::new(|| fit(Ties::Efron));
        for method in time.methods.iter().filter(|method| method.family() == Family::Hazard) {
            if of_incidence(*method) && competing == Competing::AtRisk {
                continue;
            }
            let of = |this: &Self, statistic: Statistic| key(this, statistic, *method);
            match method {
                Method::CoxProfile => {
                    let limits = efron.as_ref().map_err(|own| *own).and_then(|fit| fit.profile_limits(0, level));
                    let limit = |this: &Self, statistic| of(this, statistic).conf_level(level);
                    let (lower, upper) = (limit(self, Statistic::RatioLower), limit(self, Statistic::RatioUpper));
                    self.push(lower, bounded(limits.map(|limits| limits.lower)), None);
                    self.push(upper, bounded(limits.map(|limits| limits.upper)), None);
                }
                Method::Cox => self.hazards(efron.as_ref().map_err(|own| *own), level, &of),
                Method::CoxBreslow => self.hazards(fit(Ties::Breslow).as_ref().map_err(|own| *own), level, &of),
                Method::GroupedHazards => self.hazards(both.grouped(level).as_ref().map_err(|own| *own), level, &of),
                Method::FineGray => {
                    let columns = std::slice::from_ref(&indicator);
                    let fit = fine_gray(&both.days, &both.cause, 1, columns, CensoringTies::Together, level);
                    let effect =
                        fit.and_then(|fit| fit.effects.first().map_or(Err(Undefined::NotEstimable), Clone::clone));
                    self.hazard(effect, level, &of);
                }
                Method::CoxDiscrete => {
                    let one = vec![0; both.days.len()];
                    let columns = std::slice::from_ref(&indicator);
                    let fit = discrete_cox(&both.days, &both.event, columns, &one, level);
                    self.hazards(fit.as_ref().map_err(|own| *own), level, &of);
                }
                Method::CoxStratified => {
                    let columns = std::slice::from_ref(&indicator);
                    let fit = stratified_cox(&both.days, &both.event, columns, &both.stratum, Ties::Efron, level);
                    self.hazards(fit.as_ref().map_err(|own| *own), level, &of);
                }
                Method::FirthCox => {
                    let fit = firth_cox(&both.days, &both.event, std::slice::from_ref(&indicator), Ties::Efron, level);
                    self.penalised(fit.as_ref().map_err(|own| *own), level, &of);
                }
                _ => {}
            }
        }
    }

    /// A hazard ratio with its limits and p-value.
    fn hazards(
        &mut self,
        fit: Result<&ProportionalHazards, Undefined>,
        level: f64,
        key: &dyn Fn(&Self, Statistic) -> Key,
    ) {
        let effect = fit.and_then(|fit| fit.effects.first().map_or(Err(Undefined::NotEstimable), Clone::clone));
        self.hazard(effect, level, key);
    }

    fn hazard(&mut self, effect: Result<HazardRatio, Undefined>, level: f64, key: &dyn Fn(&Self, Statistic) -> Key) {
        let at = key(self, Statistic::Ratio);
        let of = |statistic| Key { statistic, ..at.clone() };
        self.effect_rows(effect.map(|own| (own.hazard_ratio, own.interval)), effect.map(|own| own.p), level, &of);
    }

    /// The same with limits and p-value of the profile of a penalised likelihood.
    fn penalised(
        &mut self,
        fit: Result<&ProportionalHazards, Undefined>,
        level: f64,
        key: &dyn Fn(&Self, Statistic) -> Key,
    ) {
        let effect = fit.and_then(|fit| fit.effects.first().map_or(Err(Undefined::NotEstimable), Clone::clone));
        let limits = fit.and_then(|fit| fit.profile_limits(0, level));
        let limit = |statistic| key(self, statistic).conf_level(level);
        let (lower, upper) = (limit(Statistic::RatioLower), limit(Statistic::RatioUpper));
        self.push(key(self, Statistic::Ratio), value(effect.map(|own| own.hazard_ratio)), None);
        self.push(lower, bounded(limits.map(|limits| limits.lower)), None);
        self.push(upper, bounded(limits.map(|limits| limits.upper)), None);
        let p = fit.map(|fit| fit.likelihood_ratio.p);
        self.push(key(self, Statistic::PValue), value(p), None);
    }
}
