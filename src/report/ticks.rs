//! Round numbers along an axis.

/// The ticks of an axis and how to write them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ticks {
    /// The values, rising.
    pub values: Vec<f64>,
    /// Decimals that tell them apart.
    pub decimals: usize,
}

impl Ticks {
    /// About `wanted` round values within `low..=high`; steps are 1, 2 or 5 times a power of ten.
    pub fn within(low: f64, high: f64, wanted: usize) -> Self {
        let span = high - low;
        if !span.is_finite() || span <= 0.0 {
            return Self { values: Vec::new(), decimals: 0 };
        }
        let step = round_step(span / wanted.max(1) as f64);
        // An end that misses a tick by rounding still has it.
        let slack = 1e-9 * span;
        let first = ((low - slack) / step).ceil();
        let last = ((high + slack) / step).floor();
        let count = (last - first).max(-1.0) as usize + 1;
        let values = (0..count.min(1000)).map(|i| (first + i as f64) * step).collect();
        Self { values, decimals: (-step.log10().floor()).clamp(0.0, 12.0) as usize }
    }

    /// The text of a tick.
    pub fn label(&self, value: f64) -> String {
        let text = format!("{value:.*}", self.decimals);
        // No tick reads "-0".
        if text.starts_with('-') && !text.contains(|c: char| ('1'..='9').contains(&c)) {
            text[1..].to_owned()
        } else {
            text
        }
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `x`.
pub(super) fn round_step(x: f64) -> f64 {
    let power = 10f64.powf(x.log10().floor());
    let digit = [1.0, 2.0, 5.0].into_iter().find(|d| d * power >= x * (1.0 - 1e-9)).unwrap_or(10.0);
    // A power below one is exact only as a quotient.
    if power >= 1.0 { digit * power } else { digit / (1.0 / power).round() }
}

/// The largest of 1, 2, 5 times a power of ten that is at most `x`.
pub(super) fn round_below(x: f64) -> f64 {
    let power = 10f64.powf(x.log10().floor());
    let digit = [5.0, 2.0, 1.0].into_iter().find(|d| d * power <= x * (1.0 + 1e-9)).unwrap_or(1.0);
    if power >= 1.0 { digit * power } else { digit / (1.0 / power).round() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let ticks = Ticks::within(-0.16, 0.16, 5);
        assert_eq!(ticks.values.iter().map(|&v| ticks.label(v)).collect::<Vec<_>>(), ["-0.1", "0.0", "0.1"]);
        let ticks = Ticks::within(0.0, 100.0, 5);
        assert_eq!(ticks.values, [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        let ticks = Ticks::within(-0.0004, 0.0004, 4);
        assert_eq!(ticks.values.iter().map(|&v| ticks.label(v)).collect::<Vec<_>>()[2], "0.0000");
    }

    #[test]
    fn degenerate_axes_have_none() {
        assert!(Ticks::within(1.0, 1.0, 5).values.is_empty());
        assert!(Ticks::within(0.0, f64::NAN, 5).values.is_empty());
        assert!(Ticks::within(f64::NEG_INFINITY, 1.0, 5).values.is_empty());
    }

    #[test]
    fn steps() {
        assert_eq!(round_step(0.03), 0.05);
        assert_eq!(round_step(10.0), 10.0);
        assert_eq!(round_step(21.0), 50.0);
        assert_eq!(round_below(0.7), 0.5);
        assert_eq!(round_below(199.0), 100.0);
        assert_eq!(round_below(200.0), 200.0);
    }
}
