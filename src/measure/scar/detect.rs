//! Finds scars: matched filters for every form and size, under light of a known direction.
//!
//! At every place and for every template the dipole and the hollow are fitted to the whitened picture (least squares,
//! neither may be negative: what is dark where a hollow would be bright is no hollow). The energy they explain, in
//! variances of the whitened skin, is the evidence. Where it is largest over places and templates stands a candidate;
//! the stronger of two that overlap is kept, so the flank of a pit is not a bump beside it.

use super::plane::Picture;
use super::profile::{BANK, Form};
use super::spectrum::{Spectrum, Tiles};
use crate::base::{Plane, parallel};
use rustfft::num_complex::Complex;

/// Samples along a tile.
const SIDES: [usize; 2] = [256, 512];
/// A tile's rim in mm: filters reach this far.
const RIM_MM: f64 = 4.5;
/// Places within this many samples compete.
const NEAR: usize = 2;

/// What a form must show to count.
struct Criterion {
    /// Least energy, in variances of the whitened skin. Fitted on phantoms (seeds 1 to 12, three tones, two lights).
    energy: f64,
    /// Allowed shares of the dipole in both amplitudes. Beside a deep hollow the light alone looks like a hollow of the
    /// other flank, but nothing is dark there from all sides; and what is dark but has no flanks is no dome.
    dipole: [f64; 2],
}

impl Form {
    fn criterion(self) -> Criterion {
        match self {
            Self::Pore => Criterion { energy: 460.0, dipole: [0.0, 1.0] },
            Self::Pit => Criterion { energy: 460.0, dipole: [0.0, 0.97] },
            Self::Box => Criterion { energy: 420.0, dipole: [0.0, 0.97] },
            Self::Bowl => Criterion { energy: 250.0, dipole: [0.0, 0.97] },
            Self::Dome => Criterion { energy: 275.0, dipole: [0.25, 1.0] },
        }
    }
}

/// A scar, or a pore, in samples of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Center.
    pub x: usize,
    /// Center.
    pub y: usize,
    /// The template that explains most, as an index into [`BANK`].
    pub template: usize,
    /// What every template explains there, in variances of the whitened skin.
    pub energies: Vec<f32>,
    /// Amplitude of the dipole of the best template.
    pub dipole: f64,
    /// Amplitude of its hollow.
    pub hollow: f64,
}

impl Found {
    /// What the best template explains.
    #[must_use]
    pub fn energy(&self) -> f64 {
        f64::from(self.energies[self.template])
    }

    /// Share of the dipole in both amplitudes, 0 to 1.
    #[must_use]
    pub fn dipole_share(&self) -> f64 {
        self.dipole / (self.dipole + self.hollow).max(1e-12)
    }

    /// Its form.
    #[must_use]
    pub fn form(&self) -> Form {
        BANK[self.template].form
    }
}

/// A template in the frequency domain: both pictures, and the products of them with one another.
struct Matched {
    dipole: Spectrum,
    hollow: Spectrum,
    products: [f32; 3],
}

impl Matched {
    fn of(index: usize, tiles: &Tiles, step_mm: f64, azimuth: f64) -> Self {
        let pictures = BANK[index].pictures(tiles.side(), step_mm, azimuth);
        let [dipole, hollow] =
            pictures.map(|p| tiles.whitened(p.data().iter().map(|&v| Complex::new(v, 0.0)).collect()));
        let scale = 1.0 / (tiles.side() * tiles.side()) as f64;
        let product = |a: &Spectrum, b: &Spectrum| {
            let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a.re * b.re + a.im * b.im)).sum();
            (sum * scale) as f32
        };
        let products = [product(&dipole, &dipole), product(&dipole, &hollow), product(&hollow, &hollow)];
        Self { dipole, hollow, products }
    }

    /// Correlations of a whitened tile with both pictures: the dipole's as real, the hollow's as imaginary part.
    fn correlate(&self, tile: &Spectrum, tiles: &Tiles) -> Spectrum {
        let i = Complex::new(0.0, 1.0);
        let both = tile.iter().zip(&self.dipole).zip(&self.hollow);
        tiles.picture(both.map(|((t, d), h)| t * d.conj() + i * (t * h.conj())).collect())
    }

    /// Amplitudes of dipole and hollow, and the energy they explain.
    #[inline(always)]
    fn fit(&self, c: Complex<f32>) -> ([f32; 2], f32) {
        let [dd, dh, hh] = self.products;
        let det = dd * hh - dh * dh;
        let (a, b) = ((hh * c.re - dh * c.im) / det, (dd * c.im - dh * c.re) / det);
        if a >= 0.0 && b >= 0.0 {
            return ([a, b], a * c.re + b * c.im);
        }
        let (only_d, only_h) = (c.re.max(0.0), c.im.max(0.0));
        let (ed, eh) = (only_d * only_d / dd, only_h * only_h / hh);
        if ed >= eh { ([only_d / dd, 0.0], ed) } else { ([0.0, only_h / hh], eh) }
    }
}

/// The scars and pores of a picture, strongest first; the lamp stands at `azimuth_deg` (0 right, 90 up).
#[must_use]
pub fn find(picture: &Picture, azimuth_deg: f64) -> Vec<Found> {
    let (width, height) = (picture.plane.width(), picture.plane.height());
    let rim = (RIM_MM / picture.step_mm).ceil() as usize;
    let longest = width.max(height);
    let side = if longest + rim <= SIDES[0] { SIDES[0] } else { SIDES[1] };
    let core = if longest + rim <= side { longest } else { side.saturating_sub(2 * rim).max(side / 4) };
    let rim = if longest + rim <= side { 0 } else { (side - core) / 2 };
    let tiles = Tiles::new(side, picture.step_mm);
    let bank = parallel::map_indices(BANK.len(), |i| Matched::of(i, &tiles, picture.step_mm, azimuth_deg.to_radians()));
    let corners: Vec<(usize, usize)> = (0..height)
        .step_by(core)
        .flat_map(|y| (0..width).step_by(core).map(move |x| (x, y)))
        .filter(|&(x, y)| {
            (y..(y + core).min(height)).any(|y| picture.mask.row(y)[x..(x + core).min(width)].contains(&1))
        })
        .collect();
    let spectra = parallel::map_indices(corners.len(), |i| tiles.whitened(cut(&picture.plane, corners[i], rim, side)));
    let Some(variance) = variance(picture, &tiles, &spectra, &corners, core, rim) else { return Vec::new() };
    let thresholds: Vec<f32> = BANK.iter().map(|t| t.form.criterion().energy as f32).collect();
    let per_tile = parallel::map_indices(corners.len(), |i| {
        let layers: Vec<Layer> =
            bank.iter().map(|matched| Layer::of(matched, &matched.correlate(&spectra[i], &tiles), variance)).collect();
        let (left, top) = corners[i];
        peaks(&layers, &thresholds, side, rim, (core.min(width - left), core.min(height - top)))
            .into_iter()
            .map(|(x, y, template)| {
                let at = y * side + x;
                let [dipole, hollow] = layers[template].amplitudes[at].map(f64::from);
                let energies = layers.iter().map(|l| l.energy[at]).collect();
                Found { x: x - rim + left, y: y - rim + top, template, energies, dipole, hollow }
            })
            .filter(|f| picture.mask.contains(f.x, f.y))
            .collect::<Vec<_>>()
    });
    let mut found = strongest(per_tile.into_iter().flatten().collect(), picture.step_mm);
    found.retain(|f| (f.form().criterion().dipole[0]..=f.form().criterion().dipole[1]).contains(&f.dipole_share()));
    found
}

/// A square of the plane with its rim, zero beyond the plane.
fn cut(plane: &Plane, (left, top): (usize, usize), rim: usize, side: usize) -> Spectrum {
    let mut out = vec![Complex::default(); side * side];
    for y in 0..side {
        let Some(from_y) = (top + y).checked_sub(rim).filter(|&y| y < plane.height()) else { continue };
        for x in 0..side {
            if let Some(from_x) = (left + x).checked_sub(rim).filter(|&x| x < plane.width()) {
                out[y * side + x].re = plane.at(from_x, from_y);
            }
        }
    }
    out
}

/// Robust variance of the whitened picture: the median square over 0.4549.
fn variance(
    picture: &Picture,
    tiles: &Tiles,
    spectra: &[Spectrum],
    corners: &[(usize, usize)],
    core: usize,
    rim: usize,
) -> Option<f32> {
    let squares = parallel::map_indices(spectra.len(), |i| {
        let white = tiles.picture(spectra[i].clone());
        let (left, top) = corners[i];
        let mut squares = Vec::new();
        for y in top..(top + core).min(picture.mask.height()) {
            for x in left..(left + core).min(picture.mask.width()) {
                if picture.mask.contains(x, y) {
                    let v = white[(y - top + rim) * tiles.side() + x - left + rim].re;
                    squares.push(v * v);
                }
            }
        }
        squares
    });
    let mut squares: Vec<f32> = squares.into_iter().flatten().collect();
    if squares.len() < 256 {
        return None;
    }
    let middle = squares.len() / 2;
    let median = *squares.select_nth_unstable_by(middle, f32::total_cmp).1;
    // A plane without any relief, or all but so, has no scars.
    (median > 1e-12).then_some(median / 0.4549)
}

/// What one template explains on a tile.
struct Layer {
    energy: Vec<f32>,
    amplitudes: Vec<[f32; 2]>,
}

impl Layer {
    fn of(matched: &Matched, correlations: &Spectrum, variance: f32) -> Self {
        let (amplitudes, energy) = correlations
            .iter()
            .map(|&c| {
                let (amplitudes, energy) = matched.fit(c);
                (amplitudes, energy / variance)
            })
            .unzip();
        Self { energy, amplitudes }
    }
}

/// Places in the core where a template explains enough and no neighbor explains more by it.
fn peaks(
    layers: &[Layer],
    thresholds: &[f32],
    side: usize,
    rim: usize,
    (width, height): (usize, usize),
) -> Vec<(usize, usize, usize)> {
    let mut out = Vec::new();
    for y in rim..rim + height {
        for x in rim..rim + width {
            for (k, layer) in layers.iter().enumerate() {
                let e = layer.energy[y * side + x];
                if e < thresholds[k] {
                    continue;
                }
                let rows = y.saturating_sub(NEAR)..(y + NEAR + 1).min(side);
                let largest = rows.flat_map(|j| {
                    let columns = x.saturating_sub(NEAR)..(x + NEAR + 1).min(side);
                    columns.map(move |i| (j, i))
                });
                if largest.into_iter().all(|(j, i)| layer.energy[j * side + i] <= e) {
                    out.push((x, y, k));
                }
            }
        }
    }
    out
}

/// The candidates that no stronger one overlaps, strongest first.
fn strongest(mut candidates: Vec<Found>, step_mm: f64) -> Vec<Found> {
    candidates
        .sort_by(|a, b| b.energy().total_cmp(&a.energy()).then((a.y, a.x, a.template).cmp(&(b.y, b.x, b.template))));
    let mut kept: Vec<Found> = Vec::new();
    for candidate in candidates {
        let apart = |other: &Found| {
            let (dx, dy) = (candidate.x.abs_diff(other.x) as f64, candidate.y.abs_diff(other.y) as f64);
            let radii = BANK[candidate.template].radius_mm + BANK[other.template].radius_mm;
            dx.hypot(dy) * step_mm > radii + 0.2
        };
        if kept.iter().all(apart) {
            kept.push(candidate);
        }
    }
    kept
}
