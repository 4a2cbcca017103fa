//! From a good start to a small part of a pixel: inverse-compositional registration with robust weights.
//!
//! Baker and Matthews (2004) on locally normalized intensity, coarse to fine. The baseline is the template, so that its gradients are
//! made once per level. A gain is fitted with every step, because noise and focus change the spread of a normalized photo; the weights
//! of Tukey keep treated skin, hairs and glints, which do not fit, from pulling. A start that is off by more than a few
//! pixels of the coarsest level ends anywhere without an error: features come first, and whoever calls checks the end.

use super::normalize::Level;
use super::sample;
use super::solve::Normal;
use super::transform::{Model, Transform, Unit};
use crate::base::parallel;

/// Levels that are used, the finest included.
const LEVELS: usize = 3;
/// Most steps on a level.
const STEPS: usize = 20;
/// A step that moves no corner by more pixels of its level is the last.
const STILL_PX: f64 = 0.02;
/// About how many pixels of a level take part.
const PIXELS: usize = 100_000;
/// Pixels of one task.
const CHUNK: usize = 8192;
/// Tukey's constant: 95 % efficient on normal errors.
const TUKEY: f64 = 4.685;

/// A pixel of the template.
#[derive(Clone, Copy)]
struct Point {
    at: [f64; 2],
    value: f32,
    gradient: [f32; 2],
}

/// Coordinates of level `k` of a pyramid, as a map to those of its finest level.
#[must_use]
pub fn from_level(k: usize) -> Transform {
    let factor = (1_usize << k) as f64;
    Transform::zoom(factor, [0.5 * (factor - 1.0); 2])
}

/// The map refined; `None` where too little of the two photos meets, or the pattern does not determine it.
#[must_use]
pub fn refine(baseline: &[Level], follow_up: &[Level], model: Model, start: Transform) -> Option<Transform> {
    let size = (baseline[0].plane.width(), baseline[0].plane.height());
    let zoom = start.scale_at(Transform::landmarks(size)[0]).max(1e-3).log2();
    let mut map = start;
    for k in (0..LEVELS.min(baseline.len())).rev() {
        // Of the follow-up, the level that shows as much.
        let other = (k as f64 + zoom).round().clamp(0.0, follow_up.len() as f64 - 1.0) as usize;
        let into = from_level(other).inverse()?;
        let local = into.after(&map.after(&from_level(k)));
        let local = on_level(&baseline[k], &follow_up[other], model, local)?;
        map = from_level(other).after(&local.after(&from_level(k).inverse()?));
    }
    Some(map)
}

fn on_level(baseline: &Level, follow_up: &Level, model: Model, start: Transform) -> Option<Transform> {
    let size = (baseline.plane.width(), baseline.plane.height());
    let unit = Unit::of(size);
    let points = template(baseline);
    let mut map = start;
    for _ in 0..STEPS {
        let values = seen(&points, follow_up, &map);
        let (gain, spread) = gain_and_spread(&points, &values, model.parameters())?;
        let normal = equations(&points, &values, gain, TUKEY * spread, model, unit);
        let step = unit.of_picture(&model.step(&normal.solve(model.parameters())?));
        map = map.after(&step.inverse()?);
        let moved = |p: [f64; 2]| {
            let q = step.apply(p);
            (q[0] - p[0]).hypot(q[1] - p[1])
        };
        if Transform::landmarks(size).into_iter().all(|p| moved(p) < STILL_PX) {
            break;
        }
    }
    Some(map)
}

/// Pixels of the template on a regular grid, with their gradients.
fn template(level: &Level) -> Vec<Point> {
    let (width, height) = (level.plane.width(), level.plane.height());
    let stride = ((level.inner.count() as f64 / PIXELS as f64).sqrt().ceil() as usize).max(1);
    let rows = parallel::map_indices(height.saturating_sub(2).div_ceil(stride), |i| {
        let y = 1 + i * stride;
        let (above, row, below) = (level.plane.row(y - 1), level.plane.row(y), level.plane.row(y + 1));
        let inside = level.inner.row(y);
        // Shifted from row to row, so that no column is left out.
        let first = 1 + i % stride;
        (first..width - 1)
            .step_by(stride)
            .filter(|&x| inside[x] != 0)
            .map(|x| Point {
                at: [x as f64, y as f64],
                value: row[x],
                gradient: [0.5 * (row[x + 1] - row[x - 1]), 0.5 * (below[x] - above[x])],
            })
            .collect::<Vec<_>>()
    });
    rows.into_iter().flatten().collect()
}

/// The follow-up where the points lie in it; NaN where it shows no skin.
fn seen(points: &[Point], follow_up: &Level, map: &Transform) -> Vec<f32> {
    let size = (follow_up.plane.width(), follow_up.plane.height());
    let mut values = vec![f32::NAN; points.len()];
    parallel::for_bands(&mut values, 1, CHUNK, |first, values| {
        for (value, point) in values.iter_mut().zip(&points[first..]) {
            let there = map.apply(point.at);
            if sample::reaches(size, there) && follow_up.inner.contains(there[0] as usize, there[1] as usize) {
                *value = sample::cubic(&follow_up.plane, there);
            }
        }
    });
    values
}

/// The follow-up's spread over the baseline's, and the robust spread of what is left.
fn gain_and_spread(points: &[Point], values: &[f32], unknowns: usize) -> Option<(f64, f64)> {
    let step = (points.len() / 40_000).max(1);
    let both: Vec<(f64, f64)> = points
        .iter()
        .zip(values)
        .step_by(step)
        .filter(|(_, v)| !v.is_nan())
        .map(|(p, &v)| (f64::from(p.value), f64::from(v)))
        .collect();
    if both.len() < 50 * unknowns {
        return None;
    }
    let (mut gain, mut spread) = (1.0, f64::INFINITY);
    for _ in 0..3 {
        let (mut product, mut square) = (0.0, 0.0);
        for (b, f) in &both {
            let r = (f - gain * b) / (TUKEY * spread);
            let weight = if spread.is_finite() { (1.0 - r * r).max(0.0).powi(2) } else { 1.0 };
            product += weight * b * f;
            square += weight * b * b;
        }
        gain = product / square;
        let mut left: Vec<f64> = both.iter().map(|(b, f)| (f - gain * b).abs()).collect();
        let middle = left.len() / 2;
        spread = 1.4826 * *left.select_nth_unstable_by(middle, f64::total_cmp).1 + 1e-6;
    }
    // Without a common pattern there is nothing to follow.
    (gain > 0.05).then_some((gain, spread))
}

fn equations(points: &[Point], values: &[f32], gain: f64, reach: f64, model: Model, unit: Unit) -> Normal {
    let parts = parallel::map_bands(points.len(), CHUNK, |range| {
        let mut normal = Normal::default();
        for (point, &value) in points[range.clone()].iter().zip(&values[range]) {
            let error = f64::from(value) - gain * f64::from(point.value);
            let r = error / reach;
            if r.abs() < 1.0 {
                let [dx, dy] = model.columns(unit.to(point.at));
                let [gx, gy] = point.gradient.map(|g| gain * f64::from(g) * unit.pixels());
                let mut row = [0.0; 8];
                for k in 0..8 {
                    row[k] = gx * dx[k] + gy * dy[k];
                }
                normal.add(&row, error, (1.0 - r * r).powi(2));
            }
        }
        normal
    });
    let mut sum = Normal::default();
    for part in &parts {
        sum.merge(part);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Mask, Plane};
    use crate::series::align::normalize::pyramid;

    fn pattern([x, y]: [f64; 2]) -> f32 {
        let wave = |kx: f64, ky: f64, p: f64| (kx * x + ky * y + p).sin();
        (wave(0.21, 0.05, 0.3) + wave(-0.08, 0.26, 1.9) + wave(0.17, -0.19, 4.0) + wave(0.05, 0.11, 2.2)) as f32
    }

    fn levels(of: impl Fn([f64; 2]) -> f32) -> Vec<Level> {
        let plane = Plane::from_fn(240, 180, |x, y| of([x as f64, y as f64]));
        pyramid(Level::new(plane, Mask::full(240, 180)), 40)
    }

    #[test]
    fn a_homography_is_refined_though_a_patch_changed() {
        let truth = Transform([[1.04, -0.08, 6.0], [0.07, 0.97, -4.0], [1e-4, -5e-5, 1.0]]);
        let back = truth.inverse().unwrap_or(Transform::IDENTITY);
        let a = levels(pattern);
        let b = levels(|p| {
            let q = back.apply(p);
            let treated = (q[0] - 150.0).hypot(q[1] - 100.0) < 40.0;
            0.8 * if treated { 0.3 * pattern([q[1], q[0]]) } else { pattern(q) }
        });
        let start = Transform::similarity(1.02, 0.07, [7.5, -4.0]);
        let found = refine(&a, &b, Model::Homography, start).unwrap_or(Transform::IDENTITY);
        for point in Transform::landmarks((240, 180)) {
            let (p, q) = (found.apply(point), truth.apply(point));
            assert!((p[0] - q[0]).hypot(p[1] - q[1]) < 0.05, "{p:?} for {q:?}");
        }
    }

    #[test]
    fn nothing_in_common_is_no_map() {
        let (a, flat) = (levels(pattern), levels(|_| 0.0));
        assert_eq!(refine(&a, &flat, Model::Similarity, Transform::IDENTITY), None);
        assert_eq!(refine(&a, &a, Model::Similarity, Transform::zoom(1.0, [230.0, 0.0])), None);
    }
}
