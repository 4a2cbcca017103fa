//! The random fields of a skin: relief and mottle.

use crate::base::Plane;

use super::texture::field::{band, map2};
use super::texture::relief::Surface;
use super::{Phantom, Relief};

/// Streams of random numbers of this file.
const MOTTLE: u32 = 0x20;

/// What only the seed, the size and the relief of healthy skin decide, and what takes longest to make.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    seed: u64,
    size: (usize, usize),
    mm_per_px: f64,
    relief: Relief,
    /// Height map and pores of healthy skin, before the gain of the relief.
    pub surface: Surface,
    /// Melanin coarse and fine, blood coarse and fine: rms 1.
    mottle: [Plane; 4],
    /// Roughness of rims: rms 1.
    pub rough: Plane,
}

impl Fields {
    pub fn new(p: &Phantom, size: (usize, usize)) -> Self {
        let field = |i: u32, mm: [f64; 2]| band(p.seed, MOTTLE + i, size, p.mm_per_px, mm);
        let (coarse, fine) = ([1.5, 8.0], [0.3, 1.5]);
        Self {
            seed: p.seed,
            size,
            mm_per_px: p.mm_per_px,
            relief: p.relief.clone(),
            surface: p.relief.surface(p.seed, size, p.mm_per_px),
            mottle: [field(0, coarse), field(1, fine), field(2, coarse), field(3, fine)],
            rough: field(5, [0.5, 2.0]),
        }
    }

    pub fn serve(&self, p: &Phantom, size: (usize, usize)) -> bool {
        self.seed == p.seed && self.size == size && self.mm_per_px == p.mm_per_px && self.relief == p.relief
    }

    /// A factor of mean about 1 on a pigment: its coarse and its fine mottle.
    pub fn mottle(&self, first: usize, coarse: f64, fine: f64) -> Plane {
        let (coarse, fine) = (coarse as f32, fine as f32);
        map2(&self.mottle[first], &self.mottle[first + 1], |c, f| (1.0 + coarse * c + fine * f).max(0.1))
    }
}
