//! What was observed, prepared: an orthonormal design, residuals of least squares, and sums over subjects seen at the same
//! visits.

use std::collections::BTreeMap;

use super::super::linear::{Triangle, turn};
use super::super::{Undefined, size};
use super::square::{Square, dot};

/// Observations of subjects at visits; all slices have the same length, one entry an observation.
#[derive(Clone, Copy, Debug)]
pub struct Observations<'a> {
    /// The subject of each observation: equal numbers are one subject.
    pub subjects: &'a [usize],
    /// The visit of each observation, from 0; a subject has at most one observation at a visit.
    pub visits: &'a [usize],
    /// The group of the subject whose covariance it shares; one group if none.
    pub groups: Option<&'a [usize]>,
    /// The response.
    pub response: &'a [f64],
    /// The columns of the design, an intercept among them if there is to be one.
    pub columns: &'a [Vec<f64>],
    /// Weights, which divide the variance of an observation; 1 if none.
    pub weights: Option<&'a [f64]>,
}

/// A subject: rows of the orthonormal design and residuals, both times the root of the weight, in the order of visits.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) group: usize,
    pub(super) visits: Vec<usize>,
    pub(super) rows: Vec<Vec<f64>>,
    pub(super) residuals: Vec<f64>,
}

/// Sums over the subjects of one group seen at the same visits. For visits a and b of the pattern, entry a · visits + b.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) group: usize,
    pub(super) visits: Vec<usize>,
    pub(super) subjects: f64,
    /// Rows at a times rows at b.
    pub(super) rows_rows: Vec<Square>,
    /// Rows at a times the residual at b.
    pub(super) rows_residual: Vec<Vec<f64>>,
    /// Residual at a times residual at b.
    pub(super) residuals: Square,
}

/// All that a fit needs.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) triangle: Triangle,
    /// Number of independent columns.
    pub(super) rank: usize,
    /// The coefficients of least squares in the orthonormal basis, from which residuals are counted.
    pub(super) origin: Vec<f64>,
    /// Residuals are divided by this.
    pub(super) scale: f64,
    pub(super) visits: usize,
    pub(super) groups: usize,
    pub(super) subjects: Vec<Subject>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) observations: usize,
    /// Sum of the logarithms of the weights.
    pub(super) log_weights: f64,
    /// Columns that vary within a subject.
    pub(super) within: Vec<bool>,
    /// Columns that are the same for all observations.
    pub(super) constant: Vec<bool>,
}

impl Prepared {
    pub(super) fn new(data: &Observations<'_>) -> Result<Self, Undefined> {
        let observations = data.response.len();
        check(data)?;
        let (triangle, reflections) = Triangle::new(data.columns)?;
        let rank = reflections.len();
        if rank == 0 || observations <= rank {
            return Err(Undefined::TooFew);
        }
        let origin = turn(data.response, &reflections)[..rank].to_vec();
        let mut rows = Vec::with_capacity(observations);
        let mut residuals = Vec::with_capacity(observations);
        for at in 0..observations {
            let row: Vec<f64> = data.columns.iter().map(|column| column[at]).collect();
            let row = triangle.direction(&row)?;
            residuals.push(data.response[at] - dot(&row, &origin));
            rows.push(row);
        }
        let scale = libm::sqrt(dot(&residuals, &residuals) / size(&residuals));
        let extent = data.response.iter().fold(0.0, |most: f64, value| most.max(libm::fabs(*value)));
        if scale <= 1e-13 * extent {
            return Err(Undefined::ZeroVariance);
        }
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, subject) in data.subjects.iter().enumerate() {
            members.entry(*subject).or_default().push(at);
        }
        let mut subjects = Vec::with_capacity(members.len());
        for places in members.values_mut() {
            places.sort_by_key(|at| data.visits[*at]);
            subjects.push(subject(data, places, &rows, &residuals, scale)?);
        }
        let within = data.columns.iter().map(|column| {
            members.values().any(|places| places.iter().any(|at| column[*at].to_bits() != column[places[0]].to_bits()))
        });
        Ok(Self {
            within: within.collect(),
            constant: data
                .columns
                .iter()
                .map(|column| column.iter().all(|value| value.to_bits() == column[0].to_bits()))
                .collect(),
            rank,
            origin,
            scale,
            visits: data.visits.iter().max().map_or(0, |last| last + 1),
            groups: data.groups.map_or(1, |groups| groups.iter().max().map_or(0, |last| last + 1)),
            patterns: patterns(&subjects, rank),
            subjects,
            observations,
            log_weights: data.weights.map_or(0.0, |weights| weights.iter().map(|weight| libm::log(*weight)).sum()),
            triangle,
        })
    }
}

fn check(data: &Observations<'_>) -> Result<(), Undefined> {
    let length = data.response.len();
    if length == 0 {
        return Err(Undefined::NoData);
    }
    let lengths = [data.subjects.len(), data.visits.len()]
        .into_iter()
        .chain(data.groups.map(<[usize]>::len))
        .chain(data.weights.map(<[f64]>::len))
        .chain(data.columns.iter().map(Vec::len));
    let finite = data.response.iter().all(|value| value.is_finite());
    let weighted = data.weights.is_none_or(|weights| weights.iter().all(|weight| *weight > 0.0 && weight.is_finite()));
    let sensible = data.visits.iter().chain(data.groups.unwrap_or(&[])).all(|number| *number < 1_000);
    if lengths.into_iter().all(|other| other == length) && finite && weighted && sensible {
        Ok(())
    } else {
        Err(Undefined::OutOfRange)
    }
}

fn subject(
    data: &Observations<'_>,
    places: &[usize],
    rows: &[Vec<f64>],
    residuals: &[f64],
    scale: f64,
) -> Result<Subject, Undefined> {
    let group = |at: usize| data.groups.map_or(0, |groups| groups[at]);
    let visits: Vec<usize> = places.iter().map(|at| data.visits[*at]).collect();
    if visits.windows(2).any(|pair| pair[0] == pair[1]) || places.iter().any(|at| group(*at) != group(places[0])) {
        return Err(Undefined::OutOfRange);
    }
    let root = |at: usize| data.weights.map_or(1.0, |weights| libm::sqrt(weights[at]));
    Ok(Subject {
        group: group(places[0]),
        visits,
        rows: places.iter().map(|at| rows[*at].iter().map(|entry| entry * root(*at)).collect()).collect(),
        residuals: places.iter().map(|at| residuals[*at] * root(*at) / scale).collect(),
    })
}

fn patterns(subjects: &[Subject], rank: usize) -> Vec<Pattern> {
    let mut found: BTreeMap<(usize, &[usize]), Pattern> = BTreeMap::new();
    for subject in subjects {
        let seen = subject.visits.len();
        let pattern = found.entry((subject.group, &subject.visits)).or_insert_with(|| Pattern {
            group: subject.group,
            visits: subject.visits.clone(),
            subjects: 0.0,
            rows_rows: vec![Square::zero(rank); seen * seen],
            rows_residual: vec![vec![0.0; rank]; seen * seen],
            residuals: Square::zero(seen),
        });
        pattern.subjects += 1.0;
        for (a, row) in subject.rows.iter().enumerate() {
            for (b, other) in subject.rows.iter().enumerate() {
                let products = &mut pattern.rows_rows[a * seen + b].entries;
                for (line, one) in products.chunks_exact_mut(rank).zip(row) {
                    if *one != 0.0 {
                        for (sum, two) in line.iter_mut().zip(other) {
                            *sum += one * two;
                        }
                    }
                }
                let residual = subject.residuals[b];
                for (sum, one) in pattern.rows_residual[a * seen + b].iter_mut().zip(row) {
                    *sum += one * residual;
                }
                pattern.residuals.entries[a * seen + b] += subject.residuals[a] * residual;
            }
        }
    }
    found.into_values().collect()
}
