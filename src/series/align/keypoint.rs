//! Places that can be found again: blobs of any size in the skin's pattern.
//!
//! Extrema of differences of Gaussians over place and size (Lowe 2004). Skin has few corners; its pores, plateaus and
//! mottle are blobs, and their size comes with them, which is what another distance of the camera needs.

use crate::base::{Mask, Plane, parallel};
use crate::filter::{distance, gaussian};

/// Gaussian of the finest size in pixels.
const SIGMA: f64 = 1.6;
/// Sizes per octave.
const STEPS: usize = 3;
/// Most octaves.
const OCTAVES: usize = 5;
/// Least response, in standard deviations of the normalized pattern.
const LEAST: f32 = 0.04;
/// Largest ratio of the two curvatures of a blob; beyond it is a line, which cannot be placed along itself.
const LINE: f32 = 10.0;
/// Cells along a side of the grid over which the blobs are spread.
const CELLS: usize = 8;

/// A blob.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keypoint {
    /// Its place in the picture.
    pub at: [f64; 2],
    /// Its size: standard deviation of the Gaussian in pixels of the picture.
    pub sigma: f64,
    /// How much it stands out.
    pub response: f32,
    /// Octave and size within, where its surround is described.
    pub octave: usize,
    /// Index of the smoothed plane of the octave.
    pub step: usize,
}

/// Gaussians of one octave.
#[derive(Debug)]
pub struct Octave {
    /// Smoothed planes, `SIGMA` times 2^(i / STEPS).
    pub smooth: Vec<Plane>,
}

/// The smoothed planes of all octaves; octave o has every 2^o-th sample.
#[must_use]
pub fn octaves(plane: &Plane) -> Vec<Octave> {
    let sigma_of = |i: usize| SIGMA * 2.0_f64.powf(i as f64 / STEPS as f64);
    // A photo is taken to be as sharp as a Gaussian of half a pixel.
    let mut first = gaussian::blur(plane, (SIGMA * SIGMA - 0.25).sqrt());
    let mut octaves = Vec::new();
    loop {
        let mut smooth = vec![first];
        for i in 1..STEPS + 3 {
            let more = (sigma_of(i).powi(2) - sigma_of(i - 1).powi(2)).sqrt();
            smooth.push(gaussian::blur(&smooth[i - 1], more));
        }
        let last = &smooth[STEPS];
        let (width, height) = (last.width().div_ceil(2), last.height().div_ceil(2));
        first = Plane::from_fn(width, height, |x, y| last.at(2 * x, 2 * y));
        octaves.push(Octave { smooth });
        if width.min(height) < 32 || octaves.len() == OCTAVES {
            return octaves;
        }
    }
}

/// The strongest `most` blobs of the octaves inside the mask, spread over the picture, strongest first.
#[must_use]
pub fn find(octaves: &[Octave], mask: &Mask, most: usize) -> Vec<Keypoint> {
    let edge = distance::city_block(mask.plane());
    let mut all = Vec::new();
    for (o, octave) in octaves.iter().enumerate() {
        let differences: Vec<Plane> = octave.smooth.windows(2).map(|w| difference(&w[0], &w[1])).collect();
        for s in 1..=STEPS {
            let three = [&differences[s - 1], &differences[s], &differences[s + 1]];
            let rows = three[1].height();
            let found = parallel::map_bands(rows.saturating_sub(2), 32, |rows| {
                rows.flat_map(|y| extrema(three, y + 1).into_iter()).collect::<Vec<_>>()
            });
            let scale = (1_usize << o) as f64;
            for extremum in found.into_iter().flatten() {
                let [x, y] = extremum.at.map(|v| v * scale);
                let sigma = SIGMA * 2.0_f64.powf((s as f64 + extremum.size) / STEPS as f64) * scale;
                let near = [x, y].map(|v| v.round().max(0.0) as usize);
                let inside = near[0] < mask.width() && near[1] < mask.height();
                // What reaches over the border of the skin is no blob of it.
                if inside && f64::from(edge.at(near[0], near[1])) > 2.5 * sigma {
                    let step = (s as f64 + extremum.size).round().clamp(1.0, STEPS as f64 + 1.0) as usize;
                    all.push(Keypoint { at: [x, y], sigma, response: extremum.response, octave: o, step });
                }
            }
        }
    }
    all.sort_by(|a, b| b.response.total_cmp(&a.response));
    spread(&all, (mask.width(), mask.height()), most)
}

/// The strongest, no cell of the grid giving more than four times its share.
fn spread(sorted: &[Keypoint], (width, height): (usize, usize), most: usize) -> Vec<Keypoint> {
    let mut left = vec![(4 * most / (CELLS * CELLS)).max(4); CELLS * CELLS];
    let cell = |v: f64, n: usize| ((v / n.max(1) as f64 * CELLS as f64) as usize).min(CELLS - 1);
    let take = |k: &&Keypoint| {
        let left = &mut left[cell(k.at[1], height) * CELLS + cell(k.at[0], width)];
        *left = left.saturating_sub(1);
        *left > 0
    };
    sorted.iter().filter(take).take(most).copied().collect()
}

fn difference(a: &Plane, b: &Plane) -> Plane {
    let data = a.data().iter().zip(b.data()).map(|(a, b)| b - a).collect();
    Plane::from_vec(a.width(), a.height(), data)
}

struct Extremum {
    at: [f64; 2],
    /// Offset from the middle plane, in planes.
    size: f64,
    response: f32,
}

fn extrema(planes: [&Plane; 3], y: usize) -> Vec<Extremum> {
    let width = planes[1].width();
    let rows: [[&[f32]; 3]; 3] = planes.map(|p| [p.row(y - 1), p.row(y), p.row(y + 1)]);
    let mut found = Vec::new();
    for x in 1..width.saturating_sub(1) {
        let v = rows[1][1][x];
        if v.abs() < LEAST {
            continue;
        }
        let around = rows.iter().flatten().flat_map(|row| &row[x - 1..=x + 1]);
        let beaten = if v > 0.0 { around.filter(|&&w| w >= v).count() } else { around.filter(|&&w| w <= v).count() };
        if beaten == 1 {
            found.extend(placed(&rows, x, y));
        }
    }
    found
}

/// The vertex of the quadratic through the 27 samples.
fn placed(rows: &[[&[f32]; 3]; 3], x: usize, y: usize) -> Option<Extremum> {
    let at = |s: usize, j: usize, i: usize| rows[s][j][x + i - 1];
    let v = at(1, 1, 1);
    let half = |a: f32, b: f32| 0.5 * (b - a);
    let g = [half(at(1, 1, 0), at(1, 1, 2)), half(at(1, 0, 1), at(1, 2, 1)), half(at(0, 1, 1), at(2, 1, 1))];
    let xx = at(1, 1, 0) + at(1, 1, 2) - 2.0 * v;
    let yy = at(1, 0, 1) + at(1, 2, 1) - 2.0 * v;
    let ss = at(0, 1, 1) + at(2, 1, 1) - 2.0 * v;
    let xy = 0.25 * (at(1, 2, 2) - at(1, 2, 0) - at(1, 0, 2) + at(1, 0, 0));
    let xs = 0.25 * (at(2, 1, 2) - at(2, 1, 0) - at(0, 1, 2) + at(0, 1, 0));
    let ys = 0.25 * (at(2, 2, 1) - at(2, 0, 1) - at(0, 2, 1) + at(0, 0, 1));
    let (trace, det2) = (xx + yy, xx * yy - xy * xy);
    if det2 <= 0.0 || trace * trace * LINE >= (LINE + 1.0) * (LINE + 1.0) * det2 {
        return None;
    }
    let det = xx * (yy * ss - ys * ys) - xy * (xy * ss - ys * xs) + xs * (xy * ys - yy * xs);
    if det.abs() < 1e-12 {
        return None;
    }
    let solve = |a: [f32; 3], b: [f32; 3], c: [f32; 3]| {
        a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1]) + c[0] * (a[1] * b[2] - a[2] * b[1])
    };
    let (cx, cy, cs, r) = ([xx, xy, xs], [xy, yy, ys], [xs, ys, ss], g.map(|v| -v));
    let offset = [solve(r, cy, cs) / det, solve(cx, r, cs) / det, solve(cx, cy, r) / det];
    // Beyond half a sample the neighbor holds the vertex; a little more is rounding.
    if !offset.iter().all(|o| o.abs() <= 0.7) {
        return None;
    }
    let response = v + 0.5 * (g[0] * offset[0] + g[1] * offset[1] + g[2] * offset[2]);
    Some(Extremum {
        at: [x as f64 + f64::from(offset[0]), y as f64 + f64::from(offset[1])],
        size: f64::from(offset[2]),
        response: response.abs(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_are_found_where_they_are_with_their_size() {
        let blobs = [(40.3, 50.7, 3.0), (110.6, 44.2, 5.0), (70.1, 90.4, 8.0)];
        let plane = Plane::from_fn(160, 128, |x, y| {
            blobs
                .iter()
                .map(|(bx, by, s)| (-((x as f64 - bx).powi(2) + (y as f64 - by).powi(2)) / (2.0 * s * s)).exp())
                .sum::<f64>() as f32
        });
        let found = find(&octaves(&plane), &Mask::full(160, 128), 50);
        for (bx, by, s) in blobs {
            let near = found.iter().find(|k| (k.at[0] - bx).hypot(k.at[1] - by) < 0.3);
            let sigma = near.map_or(0.0, |k| k.sigma);
            assert!((0.8..1.3).contains(&(sigma / s)), "{bx}, {by}: {sigma} for {s}; {found:?}");
        }
    }

    #[test]
    fn nothing_is_found_on_flat_skin_or_outside() {
        assert!(find(&octaves(&Plane::filled(96, 96, 0.7)), &Mask::full(96, 96), 50).is_empty());
        let plane =
            Plane::from_fn(96, 96, |x, y| (-((x as f32 - 48.0).powi(2) + (y as f32 - 48.0).powi(2)) / 18.0).exp());
        assert!(find(&octaves(&plane), &Mask::from_fn(96, 96, |x, _| x > 48), 50).is_empty());
    }
}
