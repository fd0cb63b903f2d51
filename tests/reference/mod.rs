//! Golden cases: the statistics of `stats` against numbers of other software and of publications.
//!
//! A file of `fixtures/reference/<topic>` holds rows of one kind with their birth certificate: who computed them, with
//! what call, and how closely they must be met and why. A row has inputs (joined with those of the whole file) and
//! expected numbers by name, or the reason why there is none.

#![expect(clippy::disallowed_methods, reason = "the cases are files")]

mod continuous;
mod longitudinal;
mod multiplicity;
mod rates;
mod sequential;
mod survival;
mod survival_cox;
mod survival_more;
mod tables;
mod tables_more;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use trialpress::stats::ancova::Ancova;
use trialpress::stats::contingency::{fisher_exact, pearson_chi_square};
use trialpress::stats::describe::{QuantileRule, maximum, mean, minimum, quantile, standard_deviation, sum};
use trialpress::stats::distribution::{
    beta_lower, beta_quantile, chi_square_sf, f_sf, gamma_lower, gamma_upper, ln_gamma, normal_cdf, normal_quantile,
    normal_sf, t_quantile, t_sf, t_two_sided_p,
};
use trialpress::stats::linear::{Contrast, LeastSquares, one_way_anova};
use trialpress::stats::proportion::{
    Difference, clopper_pearson, miettinen_nurminen_difference, newcombe_difference, wilson,
};
use trialpress::stats::{Interval, Undefined};

/// Every public function of `src/stats` that yields a statistic, with those the other files of this folder list. Each
/// needs an independent case.
const STATISTICS: [&str; 33] = [
    "beta_lower",
    "beta_quantile",
    "chi_square_sf",
    "clopper_pearson",
    "coefficients",
    "contrast",
    "difference",
    "f_sf",
    "fisher_exact",
    "gamma_lower",
    "gamma_upper",
    "least_squares_mean",
    "ln_gamma",
    "maximum",
    "mean",
    "miettinen_nurminen_difference",
    "minimum",
    "newcombe_difference",
    "normal_cdf",
    "normal_quantile",
    "normal_sf",
    "one_way_anova",
    "pearson_chi_square",
    "quantile",
    "residual_df",
    "residual_variance",
    "standard_deviation",
    "sum",
    "t_quantile",
    "t_sf",
    "t_two_sided_p",
    "trend",
    "wilson",
];

/// Public functions of `src/stats` that prepare statistics and yield none.
const PREPARATIONS: [&str; 5] = ["as_effect", "as_linear", "as_ratio", "fit", "landmark"];

/// Fewer rows than this mean that cases were lost.
const ROWS: usize = 11_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Case,
    origin: Origin,
    tolerance: Tolerance,
    #[serde(default)]
    input: Table,
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    statistics: Vec<String>,
    what: String,
    /// A file of comma-separated values beside this one.
    input: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Origin {
    kind: Kind,
    software: Option<String>,
    call: Option<String>,
    publication: Option<String>,
    script: Option<String>,
    made: toml::value::Datetime,
    by: String,
    independent: bool,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    ByHand,
    Published,
    OtherSoftware,
    /// Our own numbers: known here only to be refused.
    #[serde(rename = "self")]
    Own,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tolerance {
    relative: f64,
    #[serde(default)]
    absolute: f64,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Needed when the file has rows of more than one statistic.
    statistic: Option<String>,
    #[serde(default)]
    input: Table,
    expect: Table,
    /// In the place of that of the file.
    tolerance: Option<Tolerance>,
}

#[test]
fn statistics_agree_with_their_golden_cases() {
    let mut rows = 0;
    let mut independent = BTreeSet::new();
    let mut failures = String::new();
    let mut skipped = 0;
    for path in files(&fixtures(), "toml") {
        let file = read(&path);
        // Public data are beside the repository, not in it.
        let data = file.case.input.as_ref().map(|name| path.with_file_name(name));
        if let Some(missing) = data.filter(|data| data.to_string_lossy().contains("shared") && !data.exists()) {
            assert!(std::env::var_os("CI").is_none(), "{} is missing", missing.display());
            eprintln!("**** SKIPPED, NOTHING TESTED: {} is missing ****", missing.display());
            skipped += 1;
            continue;
        }
        let origin = &file.origin;
        let mut shown = BTreeSet::new();
        for (number, row) in file.row.iter().enumerate() {
            let statistic = row.statistic.as_ref().unwrap_or(&file.case.statistics[0]);
            assert!(
                file.case.statistics.contains(statistic)
                    && (row.statistic.is_some() || file.case.statistics.len() == 1),
                "{}: row {number} does not say which statistic it is for",
                path.display()
            );
            if let Err(failure) = check(&file, row, statistic, &path) {
                writeln!(failures, "{} row {number}: {statistic}: {failure}", path.display()).unwrap();
            }
            rows += 1;
            shown.insert(statistic.clone());
            if origin.independent {
                independent.insert(statistic.clone());
            }
        }
        assert_eq!(shown, file.case.statistics.iter().cloned().collect(), "{}: cases without rows", path.display());
    }
    eprintln!("{rows} golden rows");
    assert!(failures.is_empty(), "\n{failures}");
    if skipped > 0 {
        return;
    }
    assert!(rows >= ROWS, "only {rows} golden rows were found");
    let lacking: Vec<&str> = statistics().filter(|name| !independent.contains(*name)).collect();
    assert!(lacking.is_empty(), "no independent golden case: {lacking:?}");
}

#[test]
fn every_public_function_is_a_known_statistic() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/stats");
    let mut found = BTreeSet::new();
    for path in files(&source, "rs") {
        let text = fs::read_to_string(&path).unwrap();
        let declared = text.lines().filter_map(|line| line.trim_start().strip_prefix("pub fn "));
        found.extend(declared.filter_map(|rest| rest.split(['(', '<']).next()).map(str::to_owned));
    }
    let known = statistics().chain(PREPARATIONS).map(str::to_owned).collect();
    assert_eq!(found, known, "found on the left, listed in this test on the right");
}

fn statistics() -> impl Iterator<Item = &'static str> {
    let others = [
        continuous::STATISTICS,
        longitudinal::STATISTICS,
        multiplicity::STATISTICS,
        rates::STATISTICS,
        sequential::STATISTICS,
        survival::STATISTICS,
        survival_cox::STATISTICS,
        survival_more::STATISTICS,
        tables::STATISTICS,
        tables_more::STATISTICS,
    ];
    STATISTICS.into_iter().chain(others.into_iter().flatten().copied())
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reference")
}

/// All files with an extension below a folder, in the order of their paths.
fn files(folder: &Path, extension: &str) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, extension)
            } else {
                BTreeSet::from_iter(path.extension().is_some_and(|own| own == extension).then_some(path))
            }
        })
        .collect()
}

/// A file of cases whose birth certificate is complete.
fn read(path: &Path) -> File {
    let file: File = toml::from_str(&fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let origin = &file.origin;
    let sourced = match origin.kind {
        Kind::Own => panic!("{}: our own numbers verify nothing", path.display()),
        Kind::ByHand => true,
        Kind::Published => origin.publication.is_some(),
        Kind::OtherSoftware => origin.software.is_some() && origin.call.is_some() && origin.script.is_some(),
    };
    let told = [&file.case.what, &origin.by, &file.tolerance.why].into_iter().all(|text| !text.is_empty());
    assert!(sourced && told && origin.made.date.is_some(), "{}: incomplete birth certificate", path.display());
    file
}

/// Computes a row and compares it.
fn check(file: &File, row: &Row, statistic: &str, path: &Path) -> Result<(), String> {
    let mut fields = file.input.clone();
    fields.extend(row.input.clone());
    let sheet = file.case.input.as_ref().map(|name| Sheet::read(&path.with_file_name(name)));
    let found = compute(statistic, &Input { fields, sheet });
    if let Some(reason) = row.expect.get("undefined") {
        let reason = reason.as_str().unwrap();
        return match found {
            Err(undefined) if format!("{undefined:?}") == reason => Ok(()),
            other => Err(format!("{other:?} instead of {reason}")),
        };
    }
    let found = found.map_err(|undefined| format!("undefined: {undefined:?}"))?;
    let tolerance = row.tolerance.as_ref().unwrap_or(&file.tolerance);
    for (name, expected) in &row.expect {
        let expected = number(expected);
        let value = found
            .iter()
            .find_map(|(own, value)| (own == name).then_some(*value))
            .ok_or_else(|| format!("there is no {name} among {found:?}"))?;
        let error = (value - expected).abs();
        let met = error <= tolerance.absolute + tolerance.relative * expected.abs();
        if !met {
            return Err(format!("{name} is {value:e}, expected {expected:e}, off by {:e} relative", error / expected));
        }
    }
    Ok(())
}

/// Expected numbers may be integers, and text where there are more digits than a double holds.
fn number(value: &Value) -> f64 {
    match value {
        Value::Integer(value) => value.to_string().parse().unwrap(),
        Value::Float(value) => *value,
        Value::String(digits) => digits.parse().unwrap(),
        other => panic!("{other} is not a number"),
    }
}

/// Inputs of a row, those of its file included.
struct Input {
    fields: Table,
    sheet: Option<Sheet>,
}

impl Input {
    fn get(&self, name: &str) -> &Value {
        self.fields.get(name).unwrap_or_else(|| panic!("the input {name} is missing"))
    }

    fn number(&self, name: &str) -> f64 {
        number(self.get(name))
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.get(name).as_array().unwrap().iter().map(number).collect()
    }

    fn count(&self, name: &str) -> u64 {
        self.get(name).as_integer().unwrap().try_into().unwrap()
    }

    fn place(&self, name: &str) -> usize {
        self.get(name).as_integer().unwrap().try_into().unwrap()
    }

    fn text(&self, name: &str) -> &str {
        self.get(name).as_str().unwrap()
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        self.get(name).as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
    }

    fn two_groups(&self) -> (u64, u64, u64, u64, f64) {
        (self.count("x1"), self.count("n1"), self.count("x2"), self.count("n2"), self.number("level"))
    }

    fn table(&self) -> Vec<Vec<u64>> {
        let rows = self.get("table").as_array().unwrap().iter();
        let cell = |value: &Value| value.as_integer().unwrap().try_into().unwrap();
        rows.map(|row| row.as_array().unwrap().iter().map(cell).collect()).collect()
    }

    fn sheet(&self) -> &Sheet {
        self.sheet.as_ref().expect("the case names no file of values")
    }

    /// The sample, inline or a column of the sheet.
    fn values(&self) -> Vec<f64> {
        if self.sheet.is_some() { self.sheet().numbers(self.text("column")) } else { self.numbers("values") }
    }

    fn groups(&self) -> Vec<Vec<f64>> {
        let sheet = self.sheet();
        let (labels, values) = (sheet.texts(self.text("group")), sheet.numbers(self.text("column")));
        let names: BTreeSet<&str> = labels.iter().copied().collect();
        let of = |name: &str| labels.iter().zip(&values).filter(|(own, _)| **own == name).map(|(_, v)| *v).collect();
        names.into_iter().map(of).collect()
    }

    /// The regression of a column on others, or on the powers of a single one.
    fn least_squares(&self) -> Result<LeastSquares, Undefined> {
        let sheet = self.sheet();
        let y = sheet.numbers(self.text("response"));
        let mut columns = Vec::new();
        if self.get("intercept").as_bool().unwrap() {
            columns.push(vec![1.0; y.len()]);
        }
        for name in self.texts("columns") {
            let column = sheet.numbers(name);
            let mut power = column.clone();
            for _ in 0..self.count("powers") {
                columns.push(power.clone());
                power = power.iter().zip(&column).map(|(power, value)| power * value).collect();
            }
        }
        LeastSquares::fit(&columns, &y)
    }

    fn ancova(&self) -> Result<Ancova, Undefined> {
        let factors = self.texts("factors");
        let covariates = self.texts("covariates");
        let (response, arm) = (self.text("response"), self.text("arm"));
        let used: Vec<&str> = factors.iter().chain(&covariates).copied().chain([response, arm]).collect();
        let sheet = self.sheet().complete(&used);
        let arms = self.texts("arms");
        let place = |label: &&str| arms.iter().position(|own| own == label).unwrap();
        let coded = |name: &&str| {
            let labels = sheet.texts(name);
            let levels: BTreeSet<&str> = labels.iter().copied().collect();
            labels.iter().map(|label| levels.iter().position(|own| own == label).unwrap()).collect()
        };
        Ancova::fit(
            &sheet.numbers(response),
            &sheet.texts(arm).iter().map(place).collect::<Vec<usize>>(),
            arms.len(),
            &factors.iter().map(coded).collect::<Vec<Vec<usize>>>(),
            &covariates.iter().map(|name| sheet.numbers(name)).collect::<Vec<Vec<f64>>>(),
        )
    }
}

/// Comma-separated values with a header; a blank is missing.
struct Sheet {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect());
        Self { header: lines.next().unwrap(), rows: lines.collect() }
    }

    fn column(&self, name: &str) -> usize {
        // Data with competing events call their time and status `ftime` and `fstatus`.
        let place = |wanted: &dyn Fn(&str) -> bool| self.header.iter().position(|own| wanted(own));
        let found = place(&|own| own == name).or_else(|| place(&|own| own.strip_prefix('f') == Some(name)));
        found.unwrap_or_else(|| panic!("there is no column {name}"))
    }

    /// The rows without a missing value in the columns used.
    fn complete(&self, used: &[&str]) -> Self {
        let used: Vec<usize> = used.iter().map(|name| self.column(name)).collect();
        let full = |row: &&Vec<String>| used.iter().all(|place| !row[*place].is_empty());
        Self { header: self.header.clone(), rows: self.rows.iter().filter(full).cloned().collect() }
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        let place = self.column(name);
        self.rows.iter().map(|row| row[place].as_str()).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.texts(name).iter().map(|text| text.parse().unwrap()).collect()
    }
}

type Found = Vec<(String, f64)>;

fn compute(statistic: &str, input: &Input) -> Result<Found, Undefined> {
    let x = |name| input.number(name);
    match statistic {
        "beta_lower" => value(beta_lower(x("x"), x("a"), x("b"))),
        "beta_quantile" => value(beta_quantile(x("p"), x("a"), x("b"))),
        "chi_square_sf" => value(chi_square_sf(x("x"), x("df"))),
        "clopper_pearson" => clopper_pearson(input.count("x"), input.count("n"), x("level")).map(limits),
        "coefficients" => input.least_squares().map(|fit| coefficients(&fit)),
        "contrast" => input.least_squares()?.contrast(&input.numbers("weights"), x("level")).map(contrast),
        "difference" => input.ancova()?.difference(input.place("a"), input.place("b"), x("level")).map(contrast),
        "f_sf" => value(f_sf(x("f"), x("df1"), x("df2"))),
        "fisher_exact" => value(fisher_exact(&input.table())),
        "gamma_lower" => value(gamma_lower(x("a"), x("x"))),
        "gamma_upper" => value(gamma_upper(x("a"), x("x"))),
        "least_squares_mean" => input.ancova()?.least_squares_mean(input.place("mean"), x("level")).map(contrast),
        "ln_gamma" => value(ln_gamma(x("x"))),
        "maximum" => value(maximum(&input.values())),
        "mean" => value(mean(&input.values())),
        "miettinen_nurminen_difference" => {
            let (x1, n1, x2, n2, level) = input.two_groups();
            miettinen_nurminen_difference(x1, n1, x2, n2, level).map(difference)
        }
        "minimum" => value(minimum(&input.values())),
        "newcombe_difference" => {
            let (x1, n1, x2, n2, level) = input.two_groups();
            newcombe_difference(x1, n1, x2, n2, level).map(difference)
        }
        "normal_cdf" => value(normal_cdf(x("z"))),
        "normal_quantile" => value(normal_quantile(x("p"))),
        "normal_sf" => value(normal_sf(x("z"))),
        "one_way_anova" => {
            let groups = input.groups();
            let test = one_way_anova(&groups.iter().map(Vec::as_slice).collect::<Vec<&[f64]>>())?;
            Ok(named(&[("f", test.f), ("df1", test.df1), ("df2", test.df2), ("p", test.p)]))
        }
        "pearson_chi_square" => pearson_chi_square(&input.table())
            .map(|test| named(&[("statistic", test.statistic), ("df", test.df), ("p", test.p)])),
        "quantile" => value(quantile(&input.values(), x("p"), rule(input.text("rule")))),
        "residual_df" => input.least_squares().and_then(|fit| value(Ok(fit.residual_df()))),
        "residual_variance" => input.least_squares().and_then(|fit| value(fit.residual_variance())),
        "standard_deviation" => value(standard_deviation(&input.values())),
        "sum" => value(sum(&input.values())),
        "t_quantile" => value(t_quantile(x("p"), x("df"))),
        "t_sf" => value(t_sf(x("t"), x("df"))),
        "t_two_sided_p" => value(t_two_sided_p(x("t"), x("df"))),
        "trend" => input.ancova()?.trend(&input.numbers("dose"), x("level")).map(contrast),
        "wilson" => wilson(input.count("x"), input.count("n"), x("level")).map(limits),
        other => longitudinal::compute(other, input)
            .or_else(|| multiplicity::compute(other, input))
            .or_else(|| rates::compute(other, input))
            .or_else(|| sequential::compute(other, input))
            .or_else(|| survival::compute(other, input))
            .or_else(|| survival_cox::compute(other, input))
            .or_else(|| survival_more::compute(other, input))
            .or_else(|| tables::compute(other, input))
            .or_else(|| tables_more::compute(other, input))
            .or_else(|| continuous::compute(other, input))
            .unwrap_or_else(|| panic!("nobody runs cases of {other}")),
    }
}

fn rule(name: &str) -> QuantileRule {
    match name {
        "averaged-steps" => QuantileRule::AveragedSteps,
        "interpolated" => QuantileRule::Interpolated,
        "type1" => QuantileRule::Steps,
        "type3" => QuantileRule::Nearest,
        "type4" => QuantileRule::InterpolatedSteps,
        "type5" => QuantileRule::Hazen,
        "type6" => QuantileRule::Weibull,
        "type8" => QuantileRule::MedianUnbiased,
        "type9" => QuantileRule::NormalUnbiased,
        unknown => panic!("there is no rule {unknown}"),
    }
}

fn named(numbers: &[(&str, f64)]) -> Found {
    numbers.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

fn value(value: Result<f64, Undefined>) -> Result<Found, Undefined> {
    value.map(|value| named(&[("value", value)]))
}

fn limits(interval: Interval) -> Found {
    named(&[("lower", interval.lower), ("upper", interval.upper)])
}

fn difference(difference: Difference) -> Found {
    let mut found = limits(difference.interval);
    found.extend(named(&[("estimate", difference.estimate)]));
    found
}

fn contrast(contrast: Contrast) -> Found {
    let mut found = limits(contrast.interval);
    found.extend(named(&[
        ("estimate", contrast.estimate),
        ("standard_error", contrast.standard_error),
        ("df", contrast.df),
        ("t", contrast.t),
        ("p", contrast.p),
    ]));
    found
}

/// The coefficients as `b0`, `b1`, …; an aliased column has none.
fn coefficients(fit: &LeastSquares) -> Found {
    let places = fit.coefficients().iter().enumerate();
    places.filter_map(|(place, value)| value.map(|value| (format!("b{place}"), value))).collect()
}
