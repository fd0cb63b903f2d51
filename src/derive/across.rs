//! What is taken of a value over the visits of a subject: the previous one, the next one, or whether it ever held.

use crate::data::vector::{Truth, Vector};
use crate::spec::derivation::Across;

/// What of a value over the visits of a subject is taken. Baseline stands before the first visit, and has no previous and
/// no earlier one; its own next one is the first visit.
pub(super) fn over_visits(vector: &Vector, visits: usize, across: Across) -> Vector {
    let baseline = visits - 1;
    match across {
        Across::Previous => {
            let earlier = |row: usize| {
                let (visit, first) = (row % visits, row - row % visits);
                if visit == baseline {
                    return None;
                }
                (first..row).rev().find(|row| !vector.is_null(*row)).or(Some(first + baseline))
            };
            vector.gather(&(0..vector.len()).map(earlier).collect::<Vec<_>>())
        }
        Across::Next => {
            let later = |row: usize| match row % visits {
                visit if visit == baseline => (baseline > 0).then_some(row - visit),
                visit if visit + 1 == baseline => None,
                _ => Some(row + 1),
            };
            vector.gather(&(0..vector.len()).map(later).collect::<Vec<_>>())
        }
        Across::Ever => {
            let Vector::Truth(truths) = vector else { return vector.clone() };
            let mut so_far = Truth::False;
            let ever = |(row, truth): (usize, &Truth)| {
                match row % visits {
                    0 if baseline > 0 => so_far = *truth,
                    visit if visit == baseline => so_far = Truth::False,
                    _ => so_far = so_far.or(*truth),
                }
                so_far
            };
            Vector::Truth(truths.iter().enumerate().map(ever).collect())
        }
        // Only over records, where they are taken elsewhere.
        Across::First | Across::Any => vector.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::vector::Measure;

    /// Rows of one subject with three visits, and baseline behind them.
    fn numbers(values: [Option<f64>; 4]) -> Vector {
        Vector::Number(values.map(|value| value.map_or(Measure::MISSING, Measure::exact)).to_vec())
    }

    #[test]
    fn the_previous_value_is_the_last_earlier_one_with_baseline_as_first() {
        let values = numbers([Some(1.0), None, Some(3.0), Some(9.0)]);
        assert_eq!(over_visits(&values, 4, Across::Previous).show(0), "9");
        assert_eq!(over_visits(&values, 4, Across::Previous).show(1), "1");
        assert_eq!(over_visits(&values, 4, Across::Previous).show(2), "1");
        assert_eq!(over_visits(&values, 4, Across::Previous).show(3), "");
    }

    #[test]
    fn the_next_value_is_that_of_the_next_visit_or_none() {
        let values = numbers([Some(1.0), None, Some(3.0), Some(9.0)]);
        let next = over_visits(&values, 4, Across::Next);
        assert_eq!([0, 1, 2, 3].map(|row| next.show(row)), ["", "3", "", "1"]);
    }

    #[test]
    fn ever_looks_back_within_a_subject_and_never_at_baseline() {
        use Truth::{False, True, Unknown};
        let truths = Vector::Truth(vec![False, True, False, True, Unknown, False, True, True]);
        let Vector::Truth(ever) = over_visits(&truths, 4, Across::Ever) else { panic!("a truth") };
        assert_eq!(ever, [False, True, True, False, Unknown, Unknown, True, False]);
    }
}
