//! What a feature of a texture family is, and how features of several directions come together.

/// One feature of a family, as the dictionary shows it.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// IBSI tag without the family.
    pub name: &'static str,
    /// Unit; empty for dimensionless numbers and for numbers in gray levels.
    pub unit: &'static str,
    /// What it is, with its formula; logarithms to base 2.
    pub definition: &'static str,
}

/// A feature of a table.
#[must_use]
pub const fn feature(name: &'static str, unit: &'static str, definition: &'static str) -> Feature {
    Feature { name, unit, definition }
}

/// How the four directions come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// Features per direction, then their mean (IBSI 2D:avg).
    Average,
    /// Counts of all directions added, then features (IBSI 2D:comb).
    Merged,
}

impl Aggregation {
    /// The suffix of the column.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Average => "avg",
            Self::Merged => "merged",
        }
    }

    /// In words.
    #[must_use]
    pub fn definition(self) -> &'static str {
        match self {
            Self::Average => "mean of the features of four directions (IBSI 2D:avg)",
            Self::Merged => "of the matrix merged over four directions (IBSI 2D:comb)",
        }
    }
}

/// Steps (dx, dy) of the four directions, as in the IBSI manual: 0, 45, 90, 135 degrees with rows downwards.
pub const DIRECTIONS: [(isize, isize); 4] = [(1, 0), (1, 1), (0, 1), (-1, 1)];

/// The mean of every feature over the matrices that have any; `None` where none has.
pub(super) fn mean<const N: usize>(each: impl Iterator<Item = Option<[f64; N]>>) -> Option<[f64; N]> {
    let each: Vec<_> = each.flatten().collect();
    (!each.is_empty()).then(|| std::array::from_fn(|i| each.iter().map(|f| f[i]).sum::<f64>() / each.len() as f64))
}

/// x log2 x, 0 at 0.
pub(super) fn xlog2x(x: f64) -> f64 {
    if x > 0.0 { x * x.log2() } else { 0.0 }
}
