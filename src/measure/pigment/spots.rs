//! Dark and red spots: local excess of melanin or of hemoglobin.
//!
//! A spot is a connected excess over the surround. The surround is a wide normalized Gaussian of the pigment, taken a
//! second time without the pixels that stood out the first time. Hysteresis: a component counts when every pixel exceeds
//! `rim` and at least one exceeds `core` robust standard deviations, its size is allowed, and its color differs visibly
//! (CIEDE2000) from the ring around it. Its area is what exceeds half of its height.

use imageproc::region_labelling::{Connectivity, connected_components};

use super::chromaticity::{Chromaticity, FACTOR};
use super::part::part;
use crate::base::{Mask, Plane};
use crate::color::{Lab, delta_e_00};
use crate::filter::{gaussian, morphology};

/// What counts as a spot.
#[derive(Clone, Copy, Debug)]
pub struct Criteria {
    /// Smallest and largest diameter in photo pixels.
    pub diameter_px: [f64; 2],
    /// Robust standard deviations that the core exceeds, where the spot is at least twice as wide as the smallest.
    pub core_sd: f64,
    /// Robust standard deviations that the rim exceeds.
    pub rim_sd: f64,
    /// Least CIEDE2000 difference from the ring.
    pub min_de00: f64,
}

impl Criteria {
    /// Robust standard deviations that the core of a spot of a diameter exceeds: more for small ones, of which chance (and
    /// pores) make more, as there are more places for them.
    fn needed_sd(&self, diameter_px: f64) -> f64 {
        self.core_sd * (2.0 * self.diameter_px[0] / diameter_px).max(1.0)
    }

    /// Standard deviation, in pixels of half resolution, of the Gaussian that is the surround.
    #[must_use]
    pub fn surround(&self) -> f64 {
        self.diameter_px[1] / FACTOR as f64 / 2.0
    }
}

/// A spot, in photo pixels.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Centroid.
    pub center: (f64, f64),
    /// Area in photo pixels.
    pub area_px: usize,
    /// Mean pigment above the surround.
    pub contrast: f64,
    /// The same in robust standard deviations of the skin.
    pub contrast_sd: f64,
    /// CIEDE2000 difference of the mean color from that of the ring around it.
    pub de00: f64,
    /// Mean ln R/G, ln G/B and ln G less those of the ring.
    pub difference: [f64; 3],
    /// 4 pi area / perimeter^2.
    pub circularity: f64,
    /// Its pixels at half resolution.
    pub pixels: Vec<(u32, u32)>,
}

/// The spots of one pigment (half resolution) on the skin `mask`.
#[must_use]
pub fn find(pigment: &Plane, photo: &Chromaticity, mask: &Mask, criteria: &Criteria) -> Vec<Spot> {
    let sigma = criteria.surround();
    let first = excess(pigment, mask, mask, sigma);
    let Some(sd) = robust_sd(&first, mask) else { return Vec::new() };
    let stands_out = at_least(&first, mask, (criteria.rim_sd * sd) as f32);
    let residual = excess(pigment, &mask.minus(&morphology::dilate_mask(&stands_out, 1)), mask, sigma);
    let Some(sd) = robust_sd(&residual, mask).filter(|&sd| sd > 1e-6) else { return Vec::new() };

    let candidates = at_least(&residual, mask, (criteria.rim_sd * sd) as f32);
    let clean = mask.minus(&morphology::dilate_mask(&candidates, 1));
    components(&candidates)
        .into_iter()
        .flat_map(|pixels| part(&pixels, &residual, (criteria.rim_sd * sd) as f32))
        .filter_map(|pixels| spot(pixels, &residual, sd, photo, &clean, criteria))
        .collect()
}

/// The pigment above its surround on `mask`; the surround is that of `background`.
fn excess(pigment: &Plane, background: &Mask, mask: &Mask, sigma: f64) -> Plane {
    let weights = background.plane().map(f32::from);
    let data = pigment.data().iter().zip(weights.data()).map(|(v, w)| v * w).collect();
    let weighted = Plane::from_vec(pigment.width(), pigment.height(), data);
    let mut out = gaussian::smooth_weighted(&weighted, &weights, sigma);
    for ((out, &v), &m) in out.data_mut().iter_mut().zip(pigment.data()).zip(mask.plane().data()) {
        *out = (v - *out) * f32::from(m);
    }
    out
}

/// Standard deviation from the lower half of the distribution, which no spot reaches.
fn robust_sd(residual: &Plane, mask: &Mask) -> Option<f64> {
    let mut values: Vec<f32> =
        residual.data().iter().zip(mask.plane().data()).filter(|&(_, &m)| m != 0).map(|(&v, _)| v).collect();
    if values.len() < 64 {
        return None;
    }
    let quantile = |values: &mut Vec<f32>, q: f64| {
        let k = (q * (values.len() - 1) as f64) as usize;
        f64::from(*values.select_nth_unstable_by(k, f32::total_cmp).1)
    };
    let median = quantile(&mut values, 0.5);
    let lower = quantile(&mut values, 0.158_655);
    Some(median - lower)
}

fn at_least(plane: &Plane, mask: &Mask, threshold: f32) -> Mask {
    let data = plane.data().iter().zip(mask.plane().data()).map(|(&v, &m)| u8::from(v >= threshold) & m).collect();
    Mask::from_plane(Plane::from_vec(plane.width(), plane.height(), data))
}

/// The 8-connected components of a mask, in order of their first pixel.
#[must_use]
pub fn components(mask: &Mask) -> Vec<Vec<(u32, u32)>> {
    let image = image::GrayImage::from_raw(mask.width() as u32, mask.height() as u32, mask.plane().data().to_vec());
    let Some(image) = image else { return Vec::new() };
    let labels = connected_components(&image, Connectivity::Eight, image::Luma([0]));
    let mut components: Vec<Vec<(u32, u32)>> = Vec::new();
    for (x, y, label) in labels.enumerate_pixels().filter(|(_, _, l)| l[0] != 0) {
        let index = label[0] as usize - 1;
        if components.len() <= index {
            components.resize_with(index + 1, Vec::new);
        }
        components[index].push((x, y));
    }
    components
}

fn spot(
    pixels: Vec<(u32, u32)>,
    residual: &Plane,
    sd: f64,
    photo: &Chromaticity,
    clean: &Mask,
    criteria: &Criteria,
) -> Option<Spot> {
    let value = |&(x, y): &(u32, u32)| f64::from(residual.at(x as usize, y as usize));
    let mut excess: Vec<f64> = pixels.iter().map(value).collect();
    excess.sort_by(f64::total_cmp);
    let core = excess[excess.len() - 1];
    // The rim of a blurred spot lies at half of its height.
    let rim = 0.5 * excess[excess.len() * 9 / 10];
    let pixels: Vec<(u32, u32)> = pixels.into_iter().filter(|p| value(p) >= rim).collect();
    let area_px = pixels.len() * FACTOR * FACTOR;
    let diameter = (4.0 * area_px as f64 / std::f64::consts::PI).sqrt();
    if core < criteria.needed_sd(diameter) * sd
        || !(criteria.diameter_px[0]..=criteria.diameter_px[1]).contains(&diameter)
    {
        return None;
    }
    let n = pixels.len() as f64;
    let contrast = pixels.iter().map(value).sum::<f64>() / n;
    let center =
        |f: fn(&(u32, u32)) -> u32| (pixels.iter().map(|p| f64::from(f(p))).sum::<f64>() / n + 0.5) * FACTOR as f64;
    let center = (center(|p| p.0), center(|p| p.1));
    let inside = mean_logs(photo, pixels.iter().map(|&(x, y)| (x as usize, y as usize)))?;
    let around = mean_logs(photo, ring(&pixels, clean, diameter / FACTOR as f64).into_iter())?;
    let de00 = delta_e_00(lab(inside), lab(around));
    if de00 < criteria.min_de00 {
        return None;
    }
    let difference = [0, 1, 2].map(|k| inside[k] - around[k]);
    let circularity = circularity(&pixels);
    Some(Spot { center, area_px, contrast, contrast_sd: contrast / sd, de00, difference, circularity, pixels })
}

/// Clean skin pixels between 2 and 2 + a third of the diameter (at least 4) from the spot's bounding box.
fn ring(pixels: &[(u32, u32)], clean: &Mask, diameter: f64) -> Vec<(usize, usize)> {
    let bound = |f: fn(&(u32, u32)) -> u32| {
        pixels.iter().map(f).fold((u32::MAX, 0), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((left, right), (top, bottom)) = (bound(|p| p.0), bound(|p| p.1));
    let gap = 2_usize;
    let reach = gap + ((diameter / 3.0) as usize).max(4);
    let near = |low: u32, high: u32, by: usize, end: usize| {
        (low as usize).saturating_sub(by)..(high as usize + by + 1).min(end)
    };
    let (inner_x, inner_y) = (near(left, right, gap, clean.width()), near(top, bottom, gap, clean.height()));
    near(top, bottom, reach, clean.height())
        .flat_map(|y| near(left, right, reach, clean.width()).map(move |x| (x, y)))
        .filter(|&(x, y)| !(inner_x.contains(&x) && inner_y.contains(&y)) && clean.contains(x, y))
        .collect()
}

/// Means of ln R/G, ln G/B and ln G.
fn mean_logs(photo: &Chromaticity, pixels: impl Iterator<Item = (usize, usize)>) -> Option<[f64; 3]> {
    let (mut n, mut sum) = (0.0, [0.0; 3]);
    for (x, y) in pixels {
        n += 1.0;
        for (sum, plane) in sum.iter_mut().zip([&photo.u, &photo.v, &photo.g]) {
            *sum += f64::from(plane.at(x, y));
        }
    }
    (n > 0.0).then(|| sum.map(|s: f64| s / n))
}

/// The color of mean logarithms.
fn lab([u, v, g]: [f64; 3]) -> Lab {
    Lab::from_linear([(g + u).exp(), g.exp(), (g - v).exp()])
}

/// The length of the outline is pi/4 of the edges between pixels in and out (exact for a disk).
fn circularity(pixels: &[(u32, u32)]) -> f64 {
    let inside: std::collections::BTreeSet<(i64, i64)> =
        pixels.iter().map(|&(x, y)| (i64::from(x), i64::from(y))).collect();
    let open = |(x, y): &(i64, i64)| {
        [(1, 0), (-1, 0), (0, 1), (0, -1)].iter().filter(|(i, j)| !inside.contains(&(x + i, y + j))).count()
    };
    let perimeter = inside.iter().map(open).sum::<usize>() as f64 * std::f64::consts::FRAC_PI_4;
    4.0 * std::f64::consts::PI * pixels.len() as f64 / (perimeter * perimeter)
}
