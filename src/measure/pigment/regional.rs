//! Color of a region: CIELAB moments, conventional indices, evenness.

use crate::base::{Mask, Plane, parallel};
use crate::color::{Lab, delta_e_00, lab};

/// Sums of one band of rows.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f64,
    lab: [f64; 3],
    squares: [f64; 3],
    rgb: [f64; 3],
}

/// Mean color and its spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegionalColor {
    /// Mean CIELAB.
    pub mean: Lab,
    /// Standard deviations of L*, a*, b* over the region.
    pub sd: [f64; 3],
    /// Mean linear RGB.
    pub rgb: [f64; 3],
}

/// The color of the pixels of `mask`; `None` for an empty mask.
#[must_use]
pub fn color(rgb: &[Plane; 3], mask: &Mask) -> Option<RegionalColor> {
    let width = mask.width();
    let bands = parallel::map_bands(mask.height(), parallel::BAND_ROWS, |rows| {
        let mut sums = Sums::default();
        let mut planes = [vec![0.0; width], vec![0.0; width], vec![0.0; width]];
        for y in rows {
            let row = [rgb[0].row(y), rgb[1].row(y), rgb[2].row(y)];
            let [l, a, b] = &mut planes;
            lab::lab_row(row, [l, a, b]);
            for (x, _) in mask.row(y).iter().enumerate().filter(|&(_, &m)| m != 0) {
                sums.count += 1.0;
                for c in 0..3 {
                    let value = f64::from(planes[c][x]);
                    sums.lab[c] += value;
                    sums.squares[c] += value * value;
                    sums.rgb[c] += f64::from(row[c][x]);
                }
            }
        }
        sums
    });
    let mut total = Sums::default();
    for band in bands {
        total.count += band.count;
        for c in 0..3 {
            total.lab[c] += band.lab[c];
            total.squares[c] += band.squares[c];
            total.rgb[c] += band.rgb[c];
        }
    }
    if total.count == 0.0 {
        return None;
    }
    let mean = total.lab.map(|s| s / total.count);
    let variance = |c: usize| (total.squares[c] / total.count - mean[c] * mean[c]).max(0.0);
    Some(RegionalColor {
        mean: Lab { l: mean[0], a: mean[1], b: mean[2] },
        sd: [variance(0).sqrt(), variance(1).sqrt(), variance(2).sqrt()],
        rgb: total.rgb.map(|s| s / total.count),
    })
}

/// The melanin index 100 (-log10 R) of a mean linear color.
#[must_use]
pub fn melanin_index(rgb: [f64; 3]) -> f64 {
    -100.0 * rgb[0].log10()
}

/// The erythema index 100 (log10 R - log10 G) of a mean linear color.
#[must_use]
pub fn erythema_index(rgb: [f64; 3]) -> f64 {
    100.0 * (rgb[0].log10() - rgb[1].log10())
}

/// Mean CIEDE2000 difference between the chromaticity of places and of the region, all at the region's luminance.
///
/// `u` = ln R/G and `v` = ln G/B, smoothed; every `step`-th sample of the mask along both axes counts.
#[must_use]
pub fn evenness_de00(u: &Plane, v: &Plane, mask: &Mask, rgb: [f64; 3], step: usize) -> Option<f64> {
    let luminance = |c: [f64; 3]| lab::XYZ_FROM_LINEAR[1].iter().zip(c).map(|(m, v)| m * v).sum::<f64>();
    let mean_y = luminance(rgb);
    let at = |u: f64, v: f64| {
        let c = [u.exp(), 1.0, (-v).exp()];
        let scale = mean_y / luminance(c);
        Lab::from_linear(c.map(|v| v * scale))
    };
    let rows: Vec<usize> = (0..mask.height()).step_by(step).collect();
    let samples = |f: &dyn Fn(usize, usize)| {
        for &y in &rows {
            for x in (0..mask.width()).step_by(step).filter(|&x| mask.contains(x, y)) {
                f(x, y);
            }
        }
    };
    let sums = std::cell::Cell::new((0.0, 0.0, 0.0));
    samples(&|x, y| {
        let (n, a, b) = sums.get();
        sums.set((n + 1.0, a + f64::from(u.at(x, y)), b + f64::from(v.at(x, y))));
    });
    let (n, su, sv) = sums.get();
    if n == 0.0 {
        return None;
    }
    let center = at(su / n, sv / n);
    let sum = std::cell::Cell::new(0.0);
    samples(&|x, y| {
        let here = at(f64::from(u.at(x, y)), f64::from(v.at(x, y)));
        sum.set(sum.get() + delta_e_00(here, center));
    });
    Some(sum.get() / n)
}

/// Mean and standard deviation of a plane over a mask; `None` for an empty mask.
#[must_use]
pub fn mean_sd(plane: &Plane, mask: &Mask) -> Option<(f64, f64)> {
    let (mut n, mut sum) = (0.0_f64, 0.0_f64);
    let values = || {
        (0..plane.height())
            .flat_map(|y| plane.row(y).iter().zip(mask.row(y)).filter(|&(_, &m)| m != 0).map(|(&v, _)| f64::from(v)))
    };
    for v in values() {
        n += 1.0;
        sum += v;
    }
    if n == 0.0 {
        return None;
    }
    let mean = sum / n;
    let squares: f64 = values().map(|v| (v - mean) * (v - mean)).sum();
    Some((mean, (squares / n).sqrt()))
}
