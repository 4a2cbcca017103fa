//! A photo in log chromaticity: u = ln R/G and v = ln G/B, free of shading, and ln G.
//!
//! Shading multiplies red, green and blue alike, so u and v do not see it. They are kept at half resolution: a JPEG
//! stores its chroma no finer, and the noise of a pixel's chroma is many times the mottle of the skin.

use crate::base::{Mask, Plane, parallel};
use crate::filter::log;
use crate::photo::Photo;

/// Photo pixels per chroma pixel along each axis.
pub const FACTOR: usize = 2;

/// A channel at or above this linear value is clipped: 254 of 255.
const CLIPPED: f32 = 0.991;
/// Below this linear value in every channel, 8-bit codes carry no color: about code 12. A limit of the camera, far
/// below the darkest skin (ITA -60 has L* 20, code 50).
const NO_COLOR: f32 = 0.0037;

/// The log planes of a photo.
#[derive(Clone, Debug)]
pub struct Chromaticity {
    /// ln G at full resolution.
    pub ln_g: Plane,
    /// ln R/G at half resolution.
    pub u: Plane,
    /// ln G/B at half resolution.
    pub v: Plane,
    /// ln G at half resolution.
    pub g: Plane,
    /// Blocks with a channel at the top code.
    pub clipped: Mask,
    /// Blocks too dark to have a color.
    pub dark: Mask,
    /// Share of the pixels that are clipped or black.
    pub clipped_fraction: f64,
}

#[derive(Default)]
struct Band {
    u: Vec<f32>,
    v: Vec<f32>,
    g: Vec<f32>,
    clipped: Vec<u8>,
    dark: Vec<u8>,
    clipped_pixels: usize,
}

impl Chromaticity {
    /// The log planes of `photo`.
    #[must_use]
    pub fn of(photo: &Photo) -> Self {
        let (width, height) = (photo.width(), photo.height());
        let coarse = (width.div_ceil(FACTOR), height.div_ceil(FACTOR));
        let mut ln_g = Plane::new(width, height);
        // Bands write their rows of ln G in place and hand back their rows of the half-resolution planes.
        let bands = std::sync::Mutex::new(Vec::new());
        parallel::for_bands(ln_g.data_mut(), width, parallel::BAND_ROWS, |first, rows| {
            let band = band(photo, first, rows);
            bands.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((first, band));
        });
        let mut bands = bands.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        bands.sort_by_key(|(first, _)| *first);
        let mut all = Band::default();
        for (_, mut band) in bands {
            all.u.append(&mut band.u);
            all.v.append(&mut band.v);
            all.g.append(&mut band.g);
            all.clipped.append(&mut band.clipped);
            all.dark.append(&mut band.dark);
            all.clipped_pixels += band.clipped_pixels;
        }
        let plane = |data| Plane::from_vec(coarse.0, coarse.1, data);
        let mask = |data| Mask::from_plane(Plane::from_vec(coarse.0, coarse.1, data));
        Self {
            ln_g,
            u: plane(all.u),
            v: plane(all.v),
            g: plane(all.g),
            clipped: mask(all.clipped),
            dark: mask(all.dark),
            clipped_fraction: all.clipped_pixels as f64 / (width * height).max(1) as f64,
        }
    }
}

/// The rows of one band: ln G into `rows`, the means of 2 x 2 blocks returned.
fn band(photo: &Photo, first: usize, rows: &mut [f32]) -> Band {
    let width = photo.width();
    let coarse_width = width.div_ceil(FACTOR);
    let mut out = Band::default();
    let (mut u, mut v) = (vec![0.0; width], vec![0.0; width]);
    for (pair, block_rows) in rows.chunks_mut(FACTOR * width).enumerate() {
        let start = out.u.len();
        for plane in [&mut out.u, &mut out.v, &mut out.g] {
            plane.resize(start + coarse_width, 0.0);
        }
        out.clipped.resize(start + coarse_width, 0);
        out.dark.resize(start + coarse_width, 1);
        let lines = block_rows.len() / width;
        for (i, g) in block_rows.chunks_exact_mut(width).enumerate() {
            let y = first + FACTOR * pair + i;
            let rgb = [photo.rgb[0].row(y), photo.rgb[1].row(y), photo.rgb[2].row(y)];
            log::log_ratios(rgb, &mut u, &mut v, g);
            for (plane, row) in [(&mut out.u, &u[..]), (&mut out.v, &v[..]), (&mut out.g, &g[..])] {
                for (sum, block) in plane[start..].iter_mut().zip(row.chunks(FACTOR)) {
                    *sum += block.iter().sum::<f32>() / (block.len() * lines) as f32;
                }
            }
            for (x, ((r, g), b)) in rgb[0].iter().zip(rgb[1]).zip(rgb[2]).enumerate() {
                let top = r.max(*g).max(*b);
                let block = start + x / FACTOR;
                let clipped = top >= CLIPPED;
                out.clipped[block] |= u8::from(clipped);
                out.dark[block] &= u8::from(top < NO_COLOR);
                out.clipped_pixels += usize::from(clipped || top <= 0.0);
            }
        }
    }
    out
}
