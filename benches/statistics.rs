//! Wall and processor time of the statistics on data of the size of large trials.
//!
//! `cargo bench --bench statistics` runs all lines, or those whose names contain a word of the command line. Each is run
//! until it has taken a second, at most twenty times; the fastest run is shown, beside the processor seconds of the fastest
//! peer (R 4.2.2, lifelines or polars), measured once on such a machine.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark reads the clock and prints")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use trialpress::stats::Undefined;
use trialpress::stats::contingency::boschloo;
use trialpress::stats::missing::{
    ChainLength, Compared, Covariances, Imputation, ReferenceRule, Visits, imputed_ancova,
};
use trialpress::stats::mixed::{Degrees, Likelihood, MixedModel, Observations, Structure};
use trialpress::stats::sequential::{Sides, Spending, spending_bounds};
use trialpress::stats::survival::{Ties, cox, kaplan_meier, log_rank};

const LEVEL: f64 = 0.95;
const VISITS: usize = 6;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    println!("{:<58} {:>10} {:>10} {:>7} {:>5}", "seconds", "wall", "processor", "peer", "runs");
    let run = |name: &str, peer: Option<f64>, work: &mut dyn FnMut()| {
        if words.is_empty() || words.iter().any(|word| name.contains(word.as_str())) {
            measure(name, peer, work);
        }
    };
    for (subjects, peer) in [(100_000, 0.60), (1_000_000, 9.3)] {
        let name = format!("Cox, Efron, 3 covariates, {subjects} subjects");
        let mut data = None;
        run(&name, Some(peer), &mut || {
            let data = data.get_or_insert_with(|| Survival::new(subjects));
            done(cox(&data.time, &data.event, &data.covariates, Ties::Efron, LEVEL));
        });
    }
    let mut data = None;
    run("Kaplan-Meier, 1000000 subjects", Some(0.26), &mut || {
        let data = data.get_or_insert_with(|| Survival::new(1_000_000));
        done(kaplan_meier(&data.time, &data.event, LEVEL));
    });
    run("log-rank, 1000000 subjects", Some(0.57), &mut || {
        let data = data.get_or_insert_with(|| Survival::new(1_000_000));
        done(log_rank(&data.time, &data.event, &data.arm, 2));
    });
    drop(data);
    let sizes = [(200, Some(0.41), Some(1.3)), (2_000, Some(5.0), Some(10.2)), (10_000, Some(26.0), None)];
    for (subjects, satterthwaite, kenward_roger) in sizes {
        for (degrees, peer) in [(Degrees::Satterthwaite, satterthwaite), (Degrees::KenwardRoger, kenward_roger)] {
            let name = format!("MMRM unstructured, {degrees:?}, {subjects} subjects x {VISITS}");
            let mut data = None;
            run(&name, peer, &mut || data.get_or_insert_with(|| Repeated::new(subjects)).analyse(degrees));
        }
    }
    run("multiple imputation, J2R, 100 sets, 200 subjects x 6", None, &mut || Repeated::new(200).impute());
    // Here comes `sampled_permutation_log_rank` with 10 000 allocations of 40 subjects: 0.26 s by the C code of R's coin.
    run("Boschloo, 20 per arm", None, &mut || done(boschloo(black_box(14), 20, 7, 20)));
    run("group-sequential bounds, O'Brien-Fleming, 10 looks", None, &mut || {
        let looks: Vec<f64> = (1..=10).map(|look| f64::from(look) / 10.0).collect();
        let spent = |share: &f64| Spending::ObrienFleming.spent(0.025, *share);
        let spent: Result<Vec<f64>, _> = looks.iter().map(spent).collect();
        done(spent.and_then(|spent| spending_bounds(&looks, &spent, Sides::Two)));
    });
}

/// A result that must be there.
fn done<T>(found: Result<T, Undefined>) {
    assert!(black_box(found).is_ok(), "a statistic of the benchmark has no value");
}

/// Prints the fastest of some runs; one before them makes the data.
fn measure(name: &str, peer: Option<f64>, work: &mut dyn FnMut()) {
    work();
    let (begin, mut wall, mut processor, mut runs) = (Instant::now(), Duration::MAX, Duration::MAX, 0);
    while runs < 1 || (runs < 20 && begin.elapsed() < Duration::from_secs(1)) {
        let (start, busy) = (Instant::now(), processor_time());
        work();
        wall = wall.min(start.elapsed());
        processor = processor.min(processor_time().saturating_sub(busy));
        runs += 1;
    }
    let peer = peer.map_or_else(|| "-".to_owned(), |peer| format!("{peer:.2}"));
    println!("{name:<58} {:>10.5} {:>10.5} {peer:>7} {runs:>5}", wall.as_secs_f64(), processor.as_secs_f64());
}

/// What the scheduler says this process, which has one thread, has run so far.
fn processor_time() -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(0))
}

/// Numbers that repeat: `SplitMix64`, Steele, Lea and Flood 2014.
struct Numbers(u64);

impl Numbers {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let once = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let twice = (once ^ (once >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        twice ^ (twice >> 31)
    }

    /// Strictly between 0 and 1.
    #[expect(clippy::cast_precision_loss, reason = "52 bits are exact")]
    fn uniform(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0
    }

    /// Of mean 0 and variance 1, nearly normal.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// Times in tenths of days, so that many of a million are tied; about a third is censored.
struct Survival {
    time: Vec<f64>,
    event: Vec<bool>,
    arm: Vec<usize>,
    covariates: Vec<Vec<f64>>,
}

impl Survival {
    fn new(subjects: usize) -> Self {
        let mut numbers = Numbers(1);
        let arm: Vec<usize> = (0..subjects).map(|subject| subject % 2).collect();
        let mut covariates = vec![arm.iter().map(|arm| if *arm == 1 { 1.0 } else { 0.0 }).collect::<Vec<f64>>()];
        for _ in 0..2 {
            covariates.push((0..subjects).map(|_| numbers.normal()).collect());
        }
        let (mut time, mut event) = (Vec::with_capacity(subjects), Vec::with_capacity(subjects));
        for (treated, (one, two)) in covariates[0].iter().zip(covariates[1].iter().zip(&covariates[2])) {
            let risk = 0.3 * one - 0.2 * two - 0.4 * treated;
            let happens = -libm::log(numbers.uniform()) * libm::exp(-risk) * 1_000.0;
            let leaves = numbers.uniform() * 3_000.0;
            time.push(libm::ceil(10.0 * happens.min(leaves)) / 10.0);
            event.push(happens <= leaves);
        }
        Self { time, event, arm, covariates }
    }
}

/// Two arms at six visits; a fifth leaves before the end, one value in fifty is missing between.
struct Repeated {
    subjects: Vec<usize>,
    visits: Vec<usize>,
    response: Vec<f64>,
    columns: Vec<Vec<f64>>,
    arm: Vec<usize>,
    baseline: Vec<f64>,
    values: Vec<Vec<Option<f64>>>,
}

impl Repeated {
    fn new(subjects: usize) -> Self {
        let mut numbers = Numbers(2);
        let arm: Vec<usize> = (0..subjects).map(|subject| subject % 2).collect();
        let baseline: Vec<f64> = (0..subjects).map(|_| numbers.normal()).collect();
        let mut found = Self {
            subjects: Vec::new(),
            visits: Vec::new(),
            response: Vec::new(),
            columns: vec![Vec::new(); 2 * VISITS + 1],
            values: Vec::new(),
            arm,
            baseline,
        };
        for subject in 0..subjects {
            let own = numbers.normal();
            let stays = if numbers.uniform() < 0.2 { 1 + subject % (VISITS - 1) } else { VISITS };
            let mut values = Vec::new();
            let mut late = 0.0;
            for visit in 0..VISITS {
                let treated = if found.arm[subject] == 1 { 0.2 * late } else { 0.0 };
                let value = 0.5 * found.baseline[subject] + own - treated + (1.0 + 0.1 * late) * numbers.normal();
                let seen = visit == 0 || (visit < stays && numbers.uniform() > 0.02);
                values.push(seen.then_some(value));
                late += 1.0;
                if seen {
                    found.subjects.push(subject);
                    found.visits.push(visit);
                    found.response.push(value);
                    for (place, column) in found.columns.iter_mut().enumerate() {
                        let here = place % VISITS == visit && (place < VISITS || found.arm[subject] == 1);
                        column.push(match place {
                            _ if place == 2 * VISITS => found.baseline[subject],
                            _ if here => 1.0,
                            _ => 0.0,
                        });
                    }
                }
            }
            found.values.push(values);
        }
        found
    }

    /// The fit, the adjusted means of both arms at all visits and their differences.
    fn analyse(&self, degrees: Degrees) {
        let observations = Observations {
            subjects: &self.subjects,
            visits: &self.visits,
            groups: None,
            response: &self.response,
            columns: &self.columns,
            weights: None,
        };
        let fit = MixedModel::fit(&observations, Structure::Unstructured, Likelihood::Restricted);
        let fit = fit.unwrap_or_else(|reason| panic!("no fit: {reason:?}"));
        for visit in 0..VISITS {
            for (control, difference) in [(1.0, 0.0), (1.0, 1.0), (0.0, 1.0)] {
                let mut weights = vec![0.0; self.columns.len()];
                (weights[visit], weights[VISITS + visit]) = (control, difference);
                done(fit.fixed_effect(&weights, degrees, LEVEL));
            }
        }
    }

    fn impute(&self) {
        let covariates = [self.baseline.clone()];
        let data = Visits { arm: &self.arm, arms: 2, factors: &[], covariates: &covariates, values: &self.values };
        let how = Imputation {
            rule: ReferenceRule::JumpToReference,
            reference: 0,
            covariances: Covariances::Common,
            shifts: &[],
            imputations: 100,
            length: ChainLength { burn_in: 200, between: 10 },
            seed: 1,
        };
        let last = Compared { visit: VISITS - 1, arm: 1, against: 0 };
        done(imputed_ancova(data, how, last, LEVEL));
    }
}
