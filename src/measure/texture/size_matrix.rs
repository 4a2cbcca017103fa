//! A matrix r(i, j): how many things of gray level i have size j. GLRLM, GLSZM, GLDZM and NGLDM are all of this form (runs
//! by length, zones by size, zones by distance, pixels by dependence), and IBSI gives all four one set of features.
//!
//! Kept sparse and sorted, since the largest zone may hold the whole photo.

use std::collections::BTreeMap;

use super::feature::xlog2x;

/// Number of features.
pub const FEATURES: usize = 17;

/// r(i, j) with the pixels it was counted on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SizeMatrix {
    /// (gray level from 1, size from 1) and how many, in that order.
    entries: BTreeMap<(u8, u32), u64>,
    /// Pixels of the region, counted once per direction.
    pixels: u64,
}

impl SizeMatrix {
    /// A matrix of (level, size, count), counted on `pixels` pixels.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = (u8, u32, u64)>, pixels: u64) -> Self {
        let mut matrix = Self { entries: BTreeMap::new(), pixels };
        for (level, size, count) in entries.into_iter().filter(|e| e.2 > 0) {
            *matrix.entries.entry((level, size)).or_default() += count;
        }
        matrix
    }

    /// Adds the counts of another matrix: of another direction, or of another region.
    pub fn add(&mut self, other: &Self) {
        for (&at, count) in &other.entries {
            *self.entries.entry(at).or_default() += count;
        }
        self.pixels += other.pixels;
    }

    /// (level, size, count), by level and size.
    pub fn entries(&self) -> impl Iterator<Item = (u8, u32, u64)> + '_ {
        self.entries.iter().map(|(&(level, size), &count)| (level, size, count))
    }

    /// The features in the order that `size_features!` names them, the energy last; `None` for an empty matrix.
    #[must_use]
    pub fn features(&self) -> Option<[f64; FEATURES]> {
        let things: u64 = self.entries.values().sum();
        if things == 0 {
            return None;
        }
        let ns = things as f64;
        let mut sums = [0.0; 8];
        let (mut by_level, mut by_size) = (BTreeMap::new(), BTreeMap::new());
        let (mut entropy, mut energy) = (0.0, 0.0);
        for (level, size, count) in self.entries() {
            let (i, j, r) = (f64::from(level), f64::from(size), count as f64);
            let (i2, j2) = (i * i, j * j);
            let terms = [r / j2, r * j2, r / i2, r * i2, r / (i2 * j2), r * i2 / j2, r * j2 / i2, r * i2 * j2];
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += term;
            }
            *by_level.entry(u32::from(level)).or_insert(0_u64) += count;
            *by_size.entry(size).or_insert(0_u64) += count;
            let p = r / ns;
            entropy -= xlog2x(p);
            energy += p * p;
        }
        let squares = |m: &BTreeMap<u32, u64>| m.values().map(|&n| (n as f64) * (n as f64)).sum::<f64>();
        let variance = |m: &BTreeMap<u32, u64>| {
            let expect = |f: &dyn Fn(f64) -> f64| m.iter().map(|(&v, &n)| f(f64::from(v)) * n as f64).sum::<f64>() / ns;
            let mean = expect(&|v| v);
            expect(&|v| (v - mean) * (v - mean))
        };
        let (levels, sizes) = (squares(&by_level), squares(&by_size));
        let mut out = [0.0; FEATURES];
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = sum / ns;
        }
        let rest = [
            levels / ns,
            levels / (ns * ns),
            sizes / ns,
            sizes / (ns * ns),
            ns / self.pixels as f64,
            variance(&by_level),
            variance(&by_size),
            entropy,
            energy,
        ];
        out[8..].copy_from_slice(&rest);
        Some(out)
    }

    /// The features without the energy, which IBSI gives to NGLDM only.
    #[must_use]
    pub fn features16(&self) -> Option<[f64; FEATURES - 1]> {
        self.features().map(|all| std::array::from_fn(|i| all[i]))
    }
}

/// Counts things of a level and a size: small sizes in a table, the few large ones in a list.
#[derive(Debug)]
pub(super) struct Tally {
    table: Vec<u64>,
    large: Vec<(u8, u32)>,
}

impl Tally {
    const SMALL: usize = 256;

    pub(super) fn new(bins: usize) -> Self {
        Self { table: vec![0; (bins + 1) * Self::SMALL], large: Vec::new() }
    }

    #[inline]
    pub(super) fn count(&mut self, level: u8, size: u32) {
        if (size as usize) < Self::SMALL {
            self.table[usize::from(level) * Self::SMALL + size as usize] += 1;
        } else {
            self.large.push((level, size));
        }
    }

    pub(super) fn matrix(self, pixels: u64) -> SizeMatrix {
        let small =
            self.table.iter().enumerate().map(|(at, &n)| ((at / Self::SMALL) as u8, (at % Self::SMALL) as u32, n));
        SizeMatrix::new(small.chain(self.large.iter().map(|&(level, size)| (level, size, 1))), pixels)
    }
}

/// The features of a family on r(i, j): its sixteen tags, what it calls a small and a large size, things of low and of high gray
/// level, and the size.
macro_rules! size_features {
    ([$($tag:literal)*], $thing:literal, $small:literal, $large:literal, $size:literal $(, $energy:literal)?) => {
        size_features!(@ [$($tag)*] [
            ("", concat!($small, " emphasis: sum r(i,j) / j^2 / Ns")),
            ("", concat!($large, " emphasis: sum r(i,j) j^2 / Ns")),
            ("", concat!("low gray level ", $thing, " emphasis: sum r(i,j) / i^2 / Ns")),
            ("", concat!("high gray level ", $thing, " emphasis: sum r(i,j) i^2 / Ns")),
            ("", concat!($small, " low gray level emphasis: sum r(i,j) / (i^2 j^2) / Ns")),
            ("", concat!($small, " high gray level emphasis: sum r(i,j) i^2 / j^2 / Ns")),
            ("", concat!($large, " low gray level emphasis: sum r(i,j) j^2 / i^2 / Ns")),
            ("", concat!($large, " high gray level emphasis: sum r(i,j) i^2 j^2 / Ns")),
            ("", "gray level non-uniformity: sum over i of (sum over j of r)^2 / Ns; grows with the region"),
            ("", "normalized gray level non-uniformity: sum over i of (sum over j of r)^2 / Ns^2"),
            ("", concat!($size, " non-uniformity: sum over j of (sum over i of r)^2 / Ns; grows with the region")),
            ("", concat!("normalized ", $size, " non-uniformity: sum over j of (sum over i of r)^2 / Ns^2")),
            ("", concat!($thing, " percentage: Ns over the pixels of the region (0 to 1)")),
            ("", "gray level variance: sum (i - mu)^2 r / Ns"),
            ("", concat!($size, " variance: sum (j - mu)^2 r / Ns")),
            ("bit", concat!($thing, " entropy: -sum p log2 p, p = r / Ns")),
            $(("", concat!($energy, ": sum p^2, p = r / Ns")),)?
        ])
    };
    (@ [$($tag:literal)*] [$(($unit:expr, $definition:expr),)*]) => {
        [$($crate::measure::texture::feature::feature($tag, $unit, $definition)),*]
    };
}
pub(super) use size_features;
