//! Texture at every pixel: each value is that of the window centered there, on no stride and without approximation.
//!
//! The gray-level features are those of [`super::glcm`] (IBSI), counts of four directions merged, on the window cropped
//! to the photo and the mask: a pair counts when both of its pixels lie in the window and in the mask.
//!
//! | feature | how |
//! | --- | --- |
//! | contrast, dissimilarity, homogeneity, correlation | box sums of per-pair planes, in whole numbers (`pairs`) |
//! | energy, joint entropy, gray-level entropy | a histogram that gains and loses a column per step (`histogram`) |
//! | Sq | box sums in f64 (`surface`) |
//! | Sa | about the window's own mean, so every window is summed (`surface`) |
//! | anisotropy | box sums of the structure tensor (`orientation`) |
//!
//! A value depends on its window alone, not on tiles, bands or threads: sums that run are of whole numbers, and sums of
//! floats are taken anew for each window in a fixed order.

mod columns;
mod histogram;
mod orientation;
mod pair;
mod pairs;
mod sums;
mod surface;
mod tile;
mod window;

use tile::Tile;
pub use window::Window;

use crate::base::{Mask, Plane, parallel};

/// Rows of one task.
pub const BAND_ROWS: usize = 128;

/// What a map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Local {
    /// GLCM contrast.
    Contrast,
    /// GLCM dissimilarity.
    Dissimilarity,
    /// GLCM inverse difference moment.
    Homogeneity,
    /// GLCM correlation; 1 for a constant window.
    Correlation,
    /// GLCM angular second moment.
    Energy,
    /// GLCM joint entropy, bits.
    JointEntropy,
    /// Entropy of the gray levels, bits.
    Entropy,
    /// Mean absolute deviation from the window's mean.
    Sa,
    /// Root mean square deviation from the window's mean.
    Sq,
    /// (a - b) / (a + b) of the eigenvalues a >= b of the structure tensor: 0 without direction, 1 for stripes.
    Anisotropy,
}

impl Local {
    /// Every feature.
    pub const ALL: [Self; 10] = [
        Self::Contrast,
        Self::Dissimilarity,
        Self::Homogeneity,
        Self::Correlation,
        Self::Energy,
        Self::JointEntropy,
        Self::Entropy,
        Self::Sa,
        Self::Sq,
        Self::Anisotropy,
    ];
}

/// What the maps are computed from: planes of one size.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Gray levels 1 to `bins`, 0 outside the mask ([`super::discretize::discretize`]).
    pub levels: &'a Plane<u8>,
    /// Number of gray levels, at most [`Window::MOST_BINS`].
    pub bins: usize,
    /// The values behind the levels, for Sa, Sq and anisotropy.
    pub values: &'a Plane,
    /// Where they count.
    pub mask: &'a Mask,
}

/// The maps of `wanted`, in that order. No number (NaN) outside the mask, and where the window holds nothing to compute
/// from: no pair, or for the anisotropy no gradient.
///
/// # Panics
/// When the sizes differ, or there are more levels than [`Window::MOST_BINS`].
///
/// ```
/// use cicatrix::base::{Mask, Plane};
/// use cicatrix::measure::texture::maps::{Local, Source, Window, compute};
/// let levels = Plane::from_fn(9, 9, |x, _| 1 + (x % 2) as u8);
/// let (values, mask) = (levels.map(f32::from), Mask::full(9, 9));
/// let source = Source { levels: &levels, bins: 2, values: &values, mask: &mask };
/// let maps = compute(&source, Window::new(3, 1).unwrap(), &[Local::Contrast]);
/// // 6 pairs along rows and 8 diagonal ones differ by 1, the 6 along columns are equal.
/// assert_eq!(maps[0].at(4, 4), 14.0 / 20.0);
/// ```
#[must_use]
pub fn compute(source: &Source, window: Window, wanted: &[Local]) -> Vec<Plane> {
    let (width, height) = (source.values.width(), source.values.height());
    let mut maps: Vec<Vec<f32>> = wanted.iter().map(|_| Vec::with_capacity(width * height)).collect();
    for band in in_bands(source, window, wanted, BAND_ROWS, |_, band| band) {
        for (map, rows) in maps.iter_mut().zip(band) {
            map.extend_from_slice(rows.data());
        }
    }
    maps.into_iter().map(|map| Plane::from_vec(width, height, map)).collect()
}

/// Calls `work(first_row, maps)` on bands of rows of the maps of `wanted`; the results come in band order. No more than
/// the bands in work are in memory.
///
/// # Panics
/// As [`compute`].
pub fn in_bands<R: Send>(
    source: &Source,
    window: Window,
    wanted: &[Local],
    rows_per_band: usize,
    work: impl Fn(usize, Vec<Plane>) -> R + Sync + Send,
) -> Vec<R> {
    let (width, height) = (source.values.width(), source.values.height());
    for size in [(source.levels.width(), source.levels.height()), (source.mask.width(), source.mask.height())] {
        assert_eq!(size, (width, height), "planes of two sizes");
    }
    assert!((2..=Window::MOST_BINS).contains(&source.bins), "{} gray levels", source.bins);
    let kernels = Kernels::of(window, wanted);
    parallel::map_bands(height, rows_per_band, |rows| {
        let mut band: Vec<Plane> = wanted.iter().map(|_| Plane::filled(width, rows.len(), f32::NAN)).collect();
        for left in (0..width).step_by(tile::COLUMNS) {
            let columns = tile::COLUMNS.min(width - left);
            let tile = Tile::cut(source, window, [left, rows.start], [columns, rows.len()]);
            for (feature, values) in kernels.run(&tile) {
                for (plane, _) in band.iter_mut().zip(wanted).filter(|(_, w)| **w == feature) {
                    for y in 0..rows.len() {
                        let row = &values[y * columns..(y + 1) * columns];
                        plane.row_mut(y)[left..left + columns].copy_from_slice(row);
                    }
                }
            }
        }
        work(rows.start, band)
    })
}

/// The kernels that the wanted features need.
struct Kernels {
    window: Window,
    wanted: Vec<Local>,
    logs: Option<histogram::Logs>,
}

impl Kernels {
    fn of(window: Window, wanted: &[Local]) -> Self {
        let counts = [Local::Energy, Local::JointEntropy, Local::Entropy].iter().any(|f| wanted.contains(f));
        let most = window.pairs().max(window.side() * window.side());
        Self { window, wanted: wanted.to_vec(), logs: counts.then(|| histogram::Logs::up_to(most)) }
    }

    fn wants(&self, features: &[Local]) -> bool {
        features.iter().any(|f| self.wanted.contains(f))
    }

    fn run(&self, tile: &Tile) -> Vec<(Local, Vec<f32>)> {
        use Local::*;
        let mut maps = Vec::new();
        if tile.weights.iter().all(|&w| w == 0.0) {
            return maps;
        }
        if self.wants(&[Contrast, Dissimilarity, Homogeneity, Correlation]) {
            let moments = pairs::moments(tile, self.window);
            maps.extend([Contrast, Dissimilarity, Homogeneity, Correlation].into_iter().zip(moments));
        }
        if let Some(logs) = &self.logs {
            if self.wants(&[Energy, JointEntropy]) {
                maps.extend([Energy, JointEntropy].into_iter().zip(histogram::joint(tile, self.window, logs)));
            }
            if self.wants(&[Entropy]) {
                maps.push((Entropy, histogram::entropy(tile, self.window, logs)));
            }
        }
        if self.wants(&[Sa, Sq]) {
            let surface = surface::deviations(tile, self.window, self.wants(&[Sa]));
            maps.extend([Sq, Sa].into_iter().zip(surface));
        }
        if self.wants(&[Anisotropy]) {
            maps.push((Anisotropy, orientation::anisotropy(tile, self.window)));
        }
        maps
    }
}
