//! Subjects with their values, of which some are missing, on a common scale.

use super::super::Undefined;

/// Squared share of a column that the columns before it do not explain, below which it is taken as their combination.
pub(super) const SINGULAR: f64 = 1e-10;

/// Values as deviations from the mean of what was observed, in its standard deviations: imputation gives the same in any
/// unit, and rounding is the same for all columns.
pub(super) struct Standardised {
    pub(super) rows: Vec<Vec<Option<f64>>>,
    pub(super) centre: Vec<f64>,
    pub(super) scale: Vec<f64>,
}

impl Standardised {
    pub(super) fn new(rows: &[Vec<Option<f64>>]) -> Result<Self, Undefined> {
        let width = rows.first().ok_or(Undefined::NoData)?.len();
        let observed = rows.iter().flatten().flatten();
        if width == 0 || rows.iter().any(|row| row.len() != width) || observed.into_iter().any(|own| !own.is_finite()) {
            return Err(Undefined::OutOfRange);
        }
        let mut table = Self { rows: rows.to_vec(), centre: Vec::new(), scale: Vec::new() };
        for column in 0..width {
            let values: Vec<f64> = rows.iter().filter_map(|row| row[column]).collect();
            let (centre, scale) = centre_and_scale(&values)?;
            for row in &mut table.rows {
                row[column] = row[column].map(|own| (own - centre) / scale);
            }
            table.centre.push(centre);
            table.scale.push(scale);
        }
        Ok(table)
    }

    pub(super) fn width(&self) -> usize {
        self.centre.len()
    }

    /// A completed table in its units; what was observed keeps its bits.
    pub(super) fn restored(
        &self,
        original: &[Vec<Option<f64>>],
        completed: &[Vec<f64>],
    ) -> Result<Vec<Vec<f64>>, Undefined> {
        let row = |(own, filled): (&Vec<Option<f64>>, &Vec<f64>)| {
            let scales = self.centre.iter().zip(&self.scale);
            let cells = own.iter().zip(filled).zip(scales);
            cells
                .map(|((own, filled), (centre, scale))| {
                    own.map_or_else(|| super::super::finite(centre + scale * filled), Ok)
                })
                .collect()
        };
        original.iter().zip(completed).map(row).collect()
    }
}

/// Mean and standard deviation of values that differ.
pub(super) fn centre_and_scale(values: &[f64]) -> Result<(f64, f64), Undefined> {
    let number = super::super::size(values);
    match values.len() {
        0 => return Err(Undefined::NoData),
        1 => return Err(Undefined::TooFew),
        _ => {}
    }
    let centre = super::super::finite(values.iter().sum::<f64>() / number)?;
    let squares: f64 = values.iter().map(|own| (own - centre) * (own - centre)).sum();
    let scale = super::super::finite(libm::sqrt(squares / (number - 1.0)))?;
    // Equal values differ from their mean by rounding only.
    let largest = values.iter().fold(0.0_f64, |largest, own| largest.max(libm::fabs(*own)));
    if scale > 1e-14 * largest { Ok((centre, scale)) } else { Err(Undefined::ZeroVariance) }
}
