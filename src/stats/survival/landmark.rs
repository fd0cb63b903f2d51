//! Landmark analysis: what follows a fixed time, for those who reached it.

use super::super::Undefined;

/// Those who reached a landmark, with times that count from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Landmark {
    /// The places of the subjects in the input.
    pub places: Vec<usize>,
    /// Their times after the landmark.
    pub time: Vec<f64>,
    /// Whether these ended in the event.
    pub event: Vec<bool>,
}

/// The subjects still under observation without event after a landmark, with their times from there.
///
/// # Method
/// Anderson, Cain and Gelber 1983, Journal of Clinical Oncology 1:710. Groups must be formed by what is known at the
/// landmark, such as response until then; everything else is done with the times returned, by the other functions of this
/// module. Who had the event or was last seen at the landmark itself does not count as having passed it.
///
/// # Input
/// For each subject a time from 0 and whether it ended in the event; a landmark from 0.
///
/// # Not estimable
/// `NoData` when nobody passed the landmark; `OutOfRange` when lengths differ, or a time or the landmark is negative or
/// not finite.
pub fn landmark(time: &[f64], event: &[bool], at: f64) -> Result<Landmark, Undefined> {
    let sound = |time: &f64| time.is_finite() && *time >= 0.0;
    if event.len() != time.len() || !sound(&at) || !time.iter().all(sound) {
        return Err(Undefined::OutOfRange);
    }
    let places: Vec<usize> = (0..time.len()).filter(|place| time[*place] > at).collect();
    if places.is_empty() {
        return Err(Undefined::NoData);
    }
    let (time, event) = places.iter().map(|place| (time[*place] - at, event[*place])).unzip();
    Ok(Landmark { places, time, event })
}

#[cfg(test)]
mod tests {
    use super::super::kaplan_meier;
    use super::*;

    #[test]
    fn only_who_passed_it_counts() {
        let found = landmark(&[5.0, 2.0, 3.0, 8.0, 2.0], &[true, true, false, false, false], 2.0).unwrap();
        assert_eq!(found.places, [0, 2, 3]);
        assert_eq!(found.time, [3.0, 1.0, 6.0]);
        assert_eq!(found.event, [true, false, false]);
    }

    #[test]
    fn survival_after_a_landmark_is_conditional() {
        let time: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 13)).collect();
        let event: Vec<bool> = (0..40).map(|i| i % 3 != 0).collect();
        let all = kaplan_meier(&time, &event, 0.95).unwrap();
        let found = landmark(&time, &event, 4.0).unwrap();
        let after = kaplan_meier(&found.time, &found.event, 0.95).unwrap();
        let share = |time: f64| all.survival_at(time).unwrap().estimate;
        for time in [4.0, 6.5, 9.0] {
            let conditional = after.survival_at(time - 4.0).unwrap().estimate;
            assert!(libm::fabs(conditional - share(time) / share(4.0)) < 1e-15);
        }
    }

    #[test]
    fn nobody_and_nonsense() {
        assert_eq!(landmark(&[], &[], 1.0), Err(Undefined::NoData));
        assert_eq!(landmark(&[1.0, 2.0], &[true; 2], 2.0), Err(Undefined::NoData));
        assert_eq!(landmark(&[1.0], &[true; 2], 0.5), Err(Undefined::OutOfRange));
        assert_eq!(landmark(&[-1.0], &[true], 0.5), Err(Undefined::OutOfRange));
        assert_eq!(landmark(&[1.0], &[true], f64::NAN), Err(Undefined::OutOfRange));
        assert_eq!(landmark(&[1.0], &[true], -1.0), Err(Undefined::OutOfRange));
    }
}
