//! Which blob of the follow-up is which of the baseline.
//!
//! A pair is kept where each is the other's nearest, and clearly nearer than the second nearest elsewhere (Lowe's ratio).

use super::descriptor::{Feature, LENGTH};
use crate::base::{Plane, parallel};

/// A pair of blobs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Its place in the baseline.
    pub baseline: [f64; 2],
    /// Its place in the follow-up.
    pub follow_up: [f64; 2],
    /// Turn of the surround in radians, from x to y.
    pub turn: f64,
    /// ln of the ratio of the sizes.
    pub zoom: f64,
}

#[inline(always)]
fn products_body(one: &[f32], many: &[f32], out: &mut [f32]) {
    const LANES: usize = 16;
    for (out, other) in out.iter_mut().zip(many.chunks_exact(LENGTH)) {
        let mut sums = [0.0_f32; LANES];
        for (a, b) in one.chunks_exact(LANES).zip(other.chunks_exact(LANES)) {
            for k in 0..LANES {
                sums[k] += a[k] * b[k];
            }
        }
        // A fixed order, whatever the width of the lanes.
        let mut width = LANES / 2;
        while width > 0 {
            for k in 0..width {
                sums[k] += sums[k + width];
            }
            width /= 2;
        }
        *out = sums[0];
    }
}

dispatch! {
    /// Scalar products of a descriptor with many.
    fn products(one: &[f32], many: &[f32], out: &mut [f32]) = products_body
}

/// The pairs, in the order of the baseline's features. `ratio` is the largest distance of a pair over that of the second
/// nearest.
#[must_use]
pub fn pairs(baseline: &[Feature], follow_up: &[Feature], ratio: f32) -> Vec<Match> {
    let (rows, columns) = (baseline.len(), follow_up.len());
    if rows == 0 || columns == 0 {
        return Vec::new();
    }
    let many: Vec<f32> = follow_up.iter().flat_map(|f| f.descriptor).collect();
    let mut table = Plane::new(columns, rows);
    parallel::for_bands(table.data_mut(), columns, 32, |first, band| {
        for (i, row) in band.chunks_exact_mut(columns).enumerate() {
            products(&baseline[first + i].descriptor, &many, row);
        }
    });
    let best_row = column_best(&table);
    let of_row = |i: usize| {
        let row = table.row(i);
        let j = best(row);
        // The same blob described twice, or at two sizes, is no rival.
        let elsewhere = |k: usize| distance(follow_up[k].at, follow_up[j].at) > 1.5 * follow_up[j].sigma;
        let second = (0..columns).fold(-1.0, |most, k| if row[k] > most && elsewhere(k) { row[k] } else { most });
        let clear = (1.0 - row[j]).max(0.0) <= ratio * ratio * (1.0 - second);
        (best_row[j] == i && clear).then(|| {
            let (a, b) = (&baseline[i], &follow_up[j]);
            Match { baseline: a.at, follow_up: b.at, turn: b.turn - a.turn, zoom: (b.sigma / a.sigma).ln() }
        })
    };
    parallel::map_indices(rows, of_row).into_iter().flatten().collect()
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The first of the largest.
fn best(row: &[f32]) -> usize {
    let mut at = 0;
    for (k, v) in row.iter().enumerate() {
        if *v > row[at] {
            at = k;
        }
    }
    at
}

/// The first row of the largest of each column.
fn column_best(table: &Plane) -> Vec<usize> {
    let mut most = table.row(0).to_vec();
    let mut at = vec![0; table.width()];
    for y in 1..table.height() {
        for ((v, most), at) in table.row(y).iter().zip(&mut most).zip(&mut at) {
            if v > most {
                (*most, *at) = (*v, y);
            }
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::random::Random;

    fn feature(random: &mut Random, at: [f64; 2]) -> Feature {
        let mut descriptor = [0.0_f32; LENGTH].map(|_| random.uniform() as f32);
        let length = descriptor.iter().map(|v| v * v).sum::<f32>().sqrt();
        descriptor.iter_mut().for_each(|v| *v /= length);
        Feature { at, sigma: 2.0, turn: 0.0, descriptor }
    }

    #[test]
    fn pairs_are_mutual_and_clear() {
        let mut random = Random::new(5, 1);
        let a: Vec<Feature> = (0..20).map(|i| feature(&mut random, [f64::from(i) * 30.0, 0.0])).collect();
        let mut b: Vec<Feature> = a.iter().rev().cloned().collect();
        // Two that look alike in two places leave no clear pair.
        let twin = Feature { at: [5.0, 500.0], ..a[3].clone() };
        b.push(twin);
        let found = pairs(&a, &b, 0.85);
        assert_eq!(found.len(), 19, "{found:?}");
        assert!(found.iter().all(|m| m.baseline == m.follow_up && m.baseline != a[3].at));
        assert!(pairs(&a, &[], 0.85).is_empty() && pairs(&[], &b, 0.85).is_empty());
    }
}
