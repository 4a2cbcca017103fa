//! The statistics of repeat shots, of change and of a cohort.
//!
//! Pure functions on slices: no files, no columns to fill. What decides a verdict stands in [`change`]; what its error
//! is, in [`repeatability`]; the formulas are told in `docs/METHODS.md`.

pub mod agreement;
pub mod bootstrap;
pub mod change;
pub mod cohort;
pub mod defaults;
pub mod distribution;
pub mod multiple;
pub mod rank;
pub mod repeatability;
pub mod sample;
pub mod scale;
pub mod trend;
pub mod verdict;

#[cfg(test)]
mod simulation;

/// The confidence of every interval and of every verdict: 5 of 100 things that did not change are called changed.
pub const CONFIDENCE: f64 = 0.95;

/// An interval of [`CONFIDENCE`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// The interval `center` plus and minus `half`.
    #[must_use]
    pub fn around(center: f64, half: f64) -> Self {
        Self { low: center - half, high: center + half }
    }

    /// True for a value inside, the ends included.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

#[cfg(test)]
mod truth {
    //! The figures that the tests compare with (`fixtures/truth/change.json`).

    use serde_json::Value;

    pub fn all() -> Value {
        serde_json::from_str(include_str!("../../../fixtures/truth/change.json")).unwrap()
    }

    /// A list of numbers.
    pub fn numbers(value: &Value) -> Vec<f64> {
        value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    }

    /// A list of lists of numbers.
    pub fn table(value: &Value) -> Vec<Vec<f64>> {
        value.as_array().unwrap().iter().map(numbers).collect()
    }

    /// Equal to within `relative`.
    pub fn close(found: f64, truth: &Value, relative: f64) -> bool {
        let truth = truth.as_f64().unwrap();
        (found - truth).abs() <= relative * truth.abs().max(1e-12)
    }
}
