//! A scale: where a value lies between the ends of an axis, evenly or by its logarithm.

use crate::display::Axis;

/// The ends of an axis, and how values lie between them.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// The value at the beginning.
    pub from: f64,
    /// The value at the end.
    pub to: f64,
    /// Whether by its logarithm.
    pub log: bool,
}

impl Scale {
    /// The scale of an axis.
    pub const fn of(axis: &Axis) -> Self {
        Self { from: axis.from, to: axis.to, log: axis.log }
    }

    /// How far along the axis a value lies: 0 at its beginning, 1 at its end.
    pub fn share(&self, at: f64) -> f64 {
        if self.log {
            let from = libm::log10(self.from);
            return (libm::log10(at) - from) / (libm::log10(self.to) - from);
        }
        (at - self.from) / (self.to - self.from)
    }

    /// The value that lies so far along the axis.
    pub fn value(&self, share: f64) -> f64 {
        if self.log {
            return self.from * libm::pow(self.to / self.from, share);
        }
        self.from + (self.to - self.from) * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithmic_scale_has_equal_steps_for_equal_factors() {
        let axis = Axis { from: 0.1, to: 100.0, log: true, ..Axis::default() };
        let scale = Scale::of(&axis);
        for (at, share) in [(0.1, 0.0), (1.0, 1.0 / 3.0), (10.0, 2.0 / 3.0), (100.0, 1.0)] {
            assert!((scale.share(at) - share).abs() < 1e-12, "{at} lies at {}", scale.share(at));
            assert!((scale.value(share) / at - 1.0).abs() < 1e-12);
        }
        let even = Scale::of(&Axis { from: -5.0, to: 15.0, ..Axis::default() });
        assert!((even.share(0.0) - 0.25).abs() < 1e-12 && even.value(0.25).abs() < 1e-12);
    }
}
