//! The picture cut into tiles and whitened, and how strong the relief of the skin is in it.

use rustfft::num_complex::Complex;

use super::matched::Matched;
use super::plane::Picture;
use super::profile::Template;
use super::spectrum::{Spectrum, Tiles};
use crate::base::{Plane, parallel};

/// Samples along a tile: the smallest that holds the picture, else the largest.
const SIDES: [usize; 7] = [96, 128, 192, 256, 320, 384, 512];
/// A tile's rim in mm: filters reach this far.
const RIM_MM: f64 = 4.5;
/// Side in mm of the blocks of which three by three tell the variance around a place.
const BLOCK_MM: f64 = 2.0;
/// Fewer samples of skin tell nothing of its micro-relief.
const LEAST_SAMPLES: usize = 256;
/// A median square of the whitened picture below this is no relief at all.
const NO_RELIEF: f32 = 1e-12;

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

    /// Correlations of a tile with one template.
    pub(super) fn correlations(&self, tile: usize, matched: &Matched) -> Spectrum {
        matched.correlate(&self.spectra[tile], &self.tiles)
    }

    /// Samples along a block of the variance around.
    fn block(&self) -> usize {
        (BLOCK_MM / self.picture.step_mm).round().max(1.0) as usize
    }

    /// How many times the variance around a place is larger than that of all.
    pub(super) fn around(&self, x: usize, y: usize) -> f32 {
        self.around.at(x / self.block(), y / self.block())
    }

    /// The picture.
    pub(super) fn picture(&self) -> &Picture {
        self.picture
    }

    /// Samples along a tile.
    pub(super) fn side(&self) -> usize {
        self.tiles.side()
    }

    /// How many tiles there are.
    pub(super) fn tiles(&self) -> usize {
        self.corners.len()
    }

    /// Robust variance of the whitened picture.
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
