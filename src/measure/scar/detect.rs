//! Finds scars: matched filters for every form and size, under light of a known direction.
//!
//! At every place and for every template the dipole and the hollow are fitted to the whitened picture (least squares,
//! neither negative, in a mixture that the form can show). The energy they explain, in
//! variances of the whitened skin, is the evidence. Where it is largest over places and templates stands a candidate;
//! the stronger of two that overlap is kept, so the flank of a pit is not a bump beside it.

use super::plane::Picture;
use super::profile::{BANK, Form, Template};
use super::spectrum::{Spectrum, Tiles};
use crate::base::{Plane, parallel};
use rustfft::num_complex::Complex;

/// Samples along a tile.
const SIDES: [usize; 4] = [256, 320, 384, 512];
/// A tile's rim in mm: filters reach this far.
const RIM_MM: f64 = 4.5;
/// Places within this many samples compete.
const NEAR: usize = 2;
/// Beside a deep hollow its flank looks like the flank of another scar, but nothing is dark there from all sides: what
/// has a larger share of the dipole than this must keep its distance from stronger scars.
const ECHO: f64 = 0.97;
/// Side in mm of the blocks of which three by three tell the variance around a place.
const BLOCK_MM: f64 = 2.0;
/// A scar that is cut by the edge of the photo or of the skin is not told from the edge itself.
const LEAST_INSIDE: f64 = 0.9;
/// Fewer samples of skin tell nothing of its micro-relief.
const LEAST_SAMPLES: usize = 256;
/// A median square of the whitened picture below this is no relief at all.
const NO_RELIEF: f32 = 1e-12;

/// What a form must show to count.
struct Criterion {
    /// Least energy, in variances of the whitened skin. Fitted on phantoms (the tuning set, three tones, two lights).
    energy: f64,
    /// Least share of the dipole in both amplitudes. What is dark but has no flanks is pigment, not a hollow or dome;
    /// only a narrow pit may lie in its own shadow whole.
    dipole: f64,
}

impl Form {
    fn criterion(self) -> Criterion {
        match self {
            Self::Pore | Self::Pit => Criterion { energy: 460.0, dipole: 0.0 },
            Self::Box => Criterion { energy: 370.0, dipole: 0.30 },
            Self::Bowl => Criterion { energy: 280.0, dipole: 0.12 },
            Self::Dome => Criterion { energy: 235.0, dipole: 0.25 },
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
#[derive(Debug)]
pub(super) struct Matched {
    dipole: Spectrum,
    hollow: Spectrum,
    products: [f32; 3],
    /// Dipole and hollow of the mixture with the least dipole that the form can show.
    edge: [f32; 2],
}

impl Matched {
    fn of(template: Template, tiles: &Tiles, step_mm: f64, azimuth: f64) -> Self {
        let pictures = template.pictures(tiles.side(), step_mm, azimuth);
        let [dipole, hollow] =
            pictures.map(|p| tiles.whitened(p.data().iter().map(|&v| Complex::new(v, 0.0)).collect()));
        let scale = 1.0 / (tiles.side() * tiles.side()) as f64;
        let product = |a: &Spectrum, b: &Spectrum| {
            let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a.re * b.re + a.im * b.im)).sum();
            (sum * scale) as f32
        };
        let products = [product(&dipole, &dipole), product(&dipole, &hollow), product(&hollow, &hollow)];
        let share = template.form.criterion().dipole as f32;
        Self { dipole, hollow, products, edge: [share, 1.0 - share] }
    }

    /// Correlations of a whitened tile with both pictures: the dipole's as real, the hollow's as imaginary part.
    fn correlate(&self, tile: &Spectrum, tiles: &Tiles) -> Spectrum {
        let i = Complex::new(0.0, 1.0);
        let both = tile.iter().zip(&self.dipole).zip(&self.hollow);
        tiles.picture(both.map(|((t, d), h)| t * d.conj() + i * (t * h.conj())).collect())
    }

    /// Amplitudes of dipole and hollow, and the energy they explain: least squares among the mixtures that the form can
    /// show, from the dipole alone to the least share of it.
    #[inline(always)]
    pub(super) fn fit(&self, c: Complex<f32>) -> ([f32; 2], f32) {
        let [dd, dh, hh] = self.products;
        let det = dd * hh - dh * dh;
        let (a, b) = ((hh * c.re - dh * c.im) / det, (dd * c.im - dh * c.re) / det);
        let [edge_d, edge_h] = self.edge;
        if b >= 0.0 && a * edge_h >= b * edge_d {
            return ([a, b], a * c.re + b * c.im);
        }
        let alone = c.re.max(0.0);
        let mixed = (edge_d * c.re + edge_h * c.im).max(0.0);
        let norm = edge_d * edge_d * dd + 2.0 * edge_d * edge_h * dh + edge_h * edge_h * hh;
        let (energy_alone, energy_mixed) = (alone * alone / dd, mixed * mixed / norm);
        if energy_alone >= energy_mixed {
            ([alone / dd, 0.0], energy_alone)
        } else {
            ([edge_d * mixed / norm, edge_h * mixed / norm], energy_mixed)
        }
    }
}

/// A picture cut into tiles, whitened: what all filters of a photo share.
#[derive(Debug)]
pub struct Whitened<'a> {
    picture: &'a Picture,
    tiles: Tiles,
    corners: Vec<(usize, usize)>,
    spectra: Vec<Spectrum>,
    core: usize,
    rim: usize,
    variance: f32,
    /// Per block, how many times the variance around it is larger than that of all.
    around: Plane,
}

impl<'a> Whitened<'a> {
    /// Cuts and whitens; `None` where there is no skin, or no relief at all.
    #[must_use]
    pub fn of(picture: &'a Picture) -> Option<Self> {
        let (width, height) = (picture.plane.width(), picture.plane.height());
        let reach = (RIM_MM / picture.step_mm).ceil() as usize;
        let longest = width.max(height);
        let [.., largest] = SIDES;
        let side = SIDES.into_iter().find(|side| longest + reach <= *side).unwrap_or(largest);
        let whole = longest + reach <= side;
        let core = if whole { longest } else { side.saturating_sub(2 * reach).max(side / 4) };
        let rim = if whole { 0 } else { (side - core) / 2 };
        let tiles = Tiles::new(side, picture.step_mm);
        let holds = |x: usize, y: usize| {
            let columns = x..(x + core).min(width);
            (y..(y + core).min(height)).any(|y| picture.mask.row(y)[columns.clone()].contains(&1))
        };
        let corners: Vec<(usize, usize)> = (0..height)
            .step_by(core.max(1))
            .flat_map(|y| (0..width).step_by(core.max(1)).map(move |x| (x, y)))
            .filter(|&(x, y)| holds(x, y))
            .collect();
        let spectra =
            parallel::map_indices(corners.len(), |i| tiles.whitened(cut(&picture.plane, corners[i], rim, side)));
        let around = Plane::new(0, 0);
        let mut whitened = Self { picture, tiles, corners, spectra, core, rim, variance: 0.0, around };
        (whitened.variance, whitened.around) = variance(&whitened)?;
        Some(whitened)
    }

    /// The template in the frequency domain; `None` where its radius is less than one and a half samples.
    pub(super) fn matched(&self, template: Template, azimuth: f64) -> Option<Matched> {
        let resolved = template.radius_mm >= 1.5 * self.picture.step_mm;
        resolved.then(|| Matched::of(template, &self.tiles, self.picture.step_mm, azimuth))
    }

    /// Correlations of all tiles with one template, handed tile by tile, in order.
    pub(super) fn correlations(&self, tile: usize, matched: &Matched) -> Spectrum {
        matched.correlate(&self.spectra[tile], &self.tiles)
    }

    /// Of all candidates those that no stronger one overlaps and that show what their form must show.
    pub(super) fn kept(&self, candidates: Vec<Found>) -> Vec<Found> {
        let mut found = strongest(candidates, self.picture.step_mm);
        found.retain(|f| self.inside(f) >= LEAST_INSIDE);
        found
    }

    /// Share of the scar's disk that is skin; beyond the photo is none.
    fn inside(&self, found: &Found) -> f64 {
        let radius = BANK[found.template].radius_mm / self.picture.step_mm;
        let reach = radius.ceil() as isize;
        let mask = &self.picture.mask;
        let (mut disk, mut skin) = (0_usize, 0_usize);
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                if (dx as f64).hypot(dy as f64) > radius {
                    continue;
                }
                disk += 1;
                if let (Some(x), Some(y)) = (found.x.checked_add_signed(dx), found.y.checked_add_signed(dy)) {
                    skin += usize::from(x < mask.width() && y < mask.height() && mask.contains(x, y));
                }
            }
        }
        skin as f64 / disk.max(1) as f64
    }

    /// Samples along a block of the variance around.
    fn block(&self) -> usize {
        (BLOCK_MM / self.picture.step_mm).round().max(1.0) as usize
    }

    /// How many times the variance around a place is larger than that of all.
    fn around(&self, x: usize, y: usize) -> f32 {
        self.around.at(x / self.block(), y / self.block())
    }

    pub(super) fn tiles(&self) -> usize {
        self.corners.len()
    }

    pub(super) fn variance(&self) -> f32 {
        self.variance
    }

    /// Samples of a tile that are its own and skin: position in the tile, and in the picture.
    pub(super) fn own(&self, tile: usize) -> impl Iterator<Item = (usize, (usize, usize))> + '_ {
        let (left, top) = self.corners[tile];
        let mask = &self.picture.mask;
        let rows = top..(top + self.core).min(mask.height());
        let at = move |x: usize, y: usize| (y - top + self.rim) * self.tiles.side() + x - left + self.rim;
        rows.flat_map(move |y| (left..(left + self.core).min(mask.width())).map(move |x| (x, y)))
            .filter(|&(x, y)| mask.contains(x, y))
            .map(move |(x, y)| (at(x, y), (x, y)))
    }

    /// True where no sample of the tile within reach has a larger value.
    pub(super) fn is_peak(&self, values: &[f32], at: usize) -> bool {
        let side = self.tiles.side();
        let (x, y) = (at % side, at / side);
        let (columns, rows) =
            (x.saturating_sub(NEAR)..(x + NEAR + 1).min(side), y.saturating_sub(NEAR)..(y + NEAR + 1).min(side));
        rows.into_iter().all(|j| columns.clone().all(|i| values[j * side + i] <= values[at]))
    }
}

/// The scars and pores of a picture, strongest first; the lamp stands at `azimuth_deg` (0 right, 90 up).
#[must_use]
pub fn find(whitened: &Whitened, azimuth_deg: f64) -> Vec<Found> {
    let azimuth = azimuth_deg.to_radians();
    let bank = parallel::map_indices(BANK.len(), |i| whitened.matched(BANK[i], azimuth));
    let per_tile = parallel::map_indices(whitened.tiles(), |tile| {
        let layers: Vec<Option<Layer>> = bank
            .iter()
            .map(|m| m.as_ref().map(|m| Layer::of(m, whitened.correlations(tile, m), whitened.variance())))
            .collect();
        peaks(whitened, tile, &bank, &layers)
    });
    whitened.kept(per_tile.into_iter().flatten().collect())
}

/// Where a template explains enough, and no less than at the places near.
pub(super) fn peaks(
    whitened: &Whitened,
    tile: usize,
    bank: &[Option<Matched>],
    layers: &[Option<Layer>],
) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, (x, y)) in whitened.own(tile) {
        let around = whitened.around(x, y);
        for (template, layer) in layers.iter().enumerate() {
            let (Some(layer), Some(matched)) = (layer, &bank[template]) else { continue };
            let least = around * BANK[template].form.criterion().energy as f32;
            if layer.energy[at] < least || !whitened.is_peak(&layer.energy, at) {
                continue;
            }
            let [dipole, hollow] = matched.fit(layer.correlations[at]).0.map(f64::from);
            let energies = layers.iter().map(|l| l.as_ref().map_or(0.0, |l| l.energy[at] / around)).collect();
            found.push(Found { x, y, template, energies, dipole, hollow });
        }
    }
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

/// Robust variance of the whitened picture: the median square over 0.4549. With it, for every block, how many times the
/// variance around is larger: texture that is everywhere, in a tumor, a beard, a crust, is no scar.
fn variance(whitened: &Whitened) -> Option<(f32, Plane)> {
    let block = whitened.block();
    let (columns, rows) =
        (whitened.picture.mask.width().div_ceil(block), whitened.picture.mask.height().div_ceil(block));
    let per_tile = parallel::map_indices(whitened.tiles(), |tile| {
        let white = whitened.tiles.picture(whitened.spectra[tile].clone());
        let square = |at: usize| white[at].re * white[at].re;
        whitened.own(tile).map(|(at, (x, y))| (y / block * columns + x / block, square(at))).collect::<Vec<_>>()
    });
    let mut blocks = vec![Vec::new(); columns * rows];
    for (block, square) in per_tile.into_iter().flatten() {
        blocks[block].push(square);
    }
    let all = median(blocks.iter().flatten().copied().collect())?;
    let around = parallel::map_indices(columns * rows, |i| {
        let (x, y) = (i % columns, i / columns);
        let near = (y.saturating_sub(1)..(y + 2).min(rows))
            .flat_map(|j| (x.saturating_sub(1)..(x + 2).min(columns)).map(move |i| j * columns + i));
        let local = median(near.flat_map(|j| blocks[j].iter().copied()).collect());
        local.map_or(1.0, |m| (m / all).max(1.0))
    });
    (all > NO_RELIEF).then(|| (all / 0.4549, Plane::from_vec(columns, rows, around)))
}

/// The median of enough values.
fn median(mut values: Vec<f32>) -> Option<f32> {
    let middle = values.len() / 2;
    (values.len() >= LEAST_SAMPLES).then(|| *values.select_nth_unstable_by(middle, f32::total_cmp).1)
}

/// What one template explains on a tile.
pub(super) struct Layer {
    energy: Vec<f32>,
    correlations: Spectrum,
}

impl Layer {
    pub(super) fn of(matched: &Matched, correlations: Spectrum, variance: f32) -> Self {
        Self { energy: correlations.iter().map(|&c| matched.fit(c).1 / variance).collect(), correlations }
    }
}

/// The candidates that no stronger one overlaps, strongest first.
fn strongest(mut candidates: Vec<Found>, step_mm: f64) -> Vec<Found> {
    candidates
        .sort_by(|a, b| b.energy().total_cmp(&a.energy()).then((a.y, a.x, a.template).cmp(&(b.y, b.x, b.template))));
    let mut kept: Vec<Found> = Vec::new();
    for candidate in candidates {
        let apart = |other: &Found| {
            let (dx, dy) = (candidate.x.abs_diff(other.x) as f64, candidate.y.abs_diff(other.y) as f64);
            let (own, stronger) = (BANK[candidate.template].radius_mm, BANK[other.template].radius_mm);
            let echo = candidate.dipole_share() > ECHO && candidate.energy() < 0.7 * other.energy();
            let least = if echo { own + 2.2 * stronger } else { 1.25 * (own + stronger) };
            dx.hypot(dy) * step_mm > least + 0.2
        };
        if kept.iter().all(apart) {
            kept.push(candidate);
        }
    }
    kept
}
