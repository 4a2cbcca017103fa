//! What a section of `docs/CONFORMITY.md` holds: features, the oracles they are compared with, and the worst error seen.

use std::fmt::Write as _;

/// What an error is measured in, and how much is allowed.
#[derive(Clone, Copy)]
pub enum Tolerance {
    /// Equal after rounding to this many significant digits.
    Digits(i32),
    /// Error over the size of the expected value.
    Relative(f64),
    /// Error over the range of the reference (a map), or error in the unit of the value, as the oracle's name says.
    Absolute(f64),
}

/// A source of expected values.
pub struct Oracle {
    /// As the head of its column.
    pub name: &'static str,
    pub tolerance: Tolerance,
}

/// Comparisons of one feature with one oracle.
#[derive(Clone, Copy, Default)]
struct Seen {
    cases: usize,
    worst: f64,
}

/// A table of the document.
pub struct Section {
    title: &'static str,
    about: String,
    oracles: Vec<Oracle>,
    rows: Vec<(String, Vec<Seen>)>,
}

impl Section {
    pub fn new(title: &'static str, about: &str, oracles: Vec<Oracle>) -> Self {
        Self { title, about: about.to_owned(), oracles, rows: Vec::new() }
    }

    /// Compares a value; `case` says which, should it be wrong.
    #[track_caller]
    pub fn compare(&mut self, feature: &str, oracle: usize, found: f64, expected: f64, case: &str) {
        let difference = (found - expected).abs();
        let (error, allowed) = match self.oracles[oracle].tolerance {
            Tolerance::Digits(digits) => {
                let unit = 10_f64.powi(expected.abs().max(1e-300).log10().floor() as i32 + 1 - digits);
                // The published value is rounded; a hair more for halves that fall either way in binary.
                (if difference <= unit * (0.5 + 1e-9) { 0.0 } else { difference / unit }, 0.0)
            }
            Tolerance::Relative(allowed) => (difference / expected.abs().max(1e-6), allowed),
            Tolerance::Absolute(allowed) => (difference, allowed),
        };
        assert!(
            error <= allowed,
            "{feature}, {} ({case}): {found} for {expected}, error {error:e}, {allowed:e} allowed",
            self.oracles[oracle].name
        );
        let at = self.rows.iter().position(|row| row.0 == feature).unwrap_or_else(|| {
            self.rows.push((feature.to_owned(), vec![Seen::default(); self.oracles.len()]));
            self.rows.len() - 1
        });
        let seen = &mut self.rows[at].1[oracle];
        seen.cases += 1;
        seen.worst = seen.worst.max(error);
    }

    /// Comparisons with an oracle, over all features.
    pub fn cases(&self, oracle: usize) -> usize {
        self.rows.iter().map(|row| row.1[oracle].cases).sum()
    }

    /// The section as Markdown.
    pub fn markdown(&self) -> String {
        let mut doc = format!("\n## {}\n\n{}\n\n| Feature |", self.title, self.about);
        for oracle in &self.oracles {
            let allowed = match oracle.tolerance {
                Tolerance::Digits(n) => format!("{n} digits"),
                Tolerance::Relative(v) => format!("{v:e} relative"),
                Tolerance::Absolute(v) => format!("{v:e}"),
            };
            let _ = write!(doc, " {}, tolerance {allowed} |", oracle.name);
        }
        let _ = writeln!(doc, "\n| --- |{}", " --- |".repeat(self.oracles.len()));
        for (feature, seen) in &self.rows {
            let _ = write!(doc, "| `{feature}` |");
            for (seen, oracle) in seen.iter().zip(&self.oracles) {
                let text = match (seen.cases, oracle.tolerance) {
                    (0, _) => "-".to_owned(),
                    (n, Tolerance::Digits(_)) => format!("{n} of {n} equal"),
                    (n, _) => format!("{n}: < {}", above(seen.worst)),
                };
                let _ = write!(doc, " {text} |");
            }
            doc.push('\n');
        }
        doc
    }
}

/// An error rounded up to 1, 2 or 5 times a power of ten, never below 1e-11: coarse, so that the document is the same on every
/// machine, whose logarithms may differ in the last bit.
fn above(error: f64) -> String {
    let mut power = error.max(1e-12).log10().floor() as i32;
    let lead = error.max(1e-12) / 10_f64.powi(power);
    let mut step = if lead < 2.0 {
        2
    } else if lead < 5.0 {
        5
    } else {
        10
    };
    if power < -11 || step == 10 {
        (step, power) = (1, power + 1);
    }
    if power >= -3 { format!("{}", f64::from(step) / 10_f64.powi(-power)) } else { format!("{step}e{power}") }
}

#[test]
fn errors_are_rounded_up() {
    for (error, text) in [
        (0.0, "1e-11"),
        (3e-12, "1e-11"),
        (1.2e-11, "2e-11"),
        (6e-7, "1e-6"),
        (0.04, "0.05"),
        (0.3, "0.5"),
        (7.0, "10"),
    ] {
        assert_eq!(above(error), text, "{error}");
    }
}
