//! The map that most pairs agree on, and whether it is a similarity or a homography.
//!
//! RANSAC (Fischler and Bolles 1981) with the truncated squares of MSAC (Torr and Zisserman 2000). Two pairs give a similarity; a pair
//! agrees when its point lands within the tolerance *and* its surround turned and grew as the map does, which lets
//! far fewer pairs agree by chance. Draws come from a seeded ChaCha stream, so a result repeats.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::matching::Match;
use super::solve::{Pair, distance, fit};
use super::transform::{Model, Transform};

/// Most draws.
const DRAWS: usize = 4000;
/// Largest disagreement of a surround's turn with the map's, in radians.
const TURN: f64 = 0.5;
/// Largest disagreement of a blob's growth with the map's, as ln.
const ZOOM: f64 = 0.5;
/// Magnifications that are tried, as ln.
const MOST_ZOOM: f64 = 1.4;
/// Fewest agreeing pairs from which a slant of the camera can be told.
const HOMOGRAPHY_PAIRS: usize = 30;
/// Largest ratio of the magnifications at two corners of the baseline.
const SLANT: f64 = 1.6;

/// What the pairs agree on.
#[derive(Clone, Debug)]
pub struct Consensus {
    /// From baseline to follow-up.
    pub map: Transform,
    /// Its kind.
    pub model: Model,
    /// The pairs that agree.
    pub inliers: Vec<usize>,
}

/// The consensus; `None` when fewer than four pairs agree. `size` is the baseline's, `tolerance` in its pixels.
#[must_use]
pub fn find(matches: &[Match], size: (usize, usize), tolerance: f64, seed: u64) -> Option<Consensus> {
    let start = draw(matches, tolerance, seed)?;
    let pairs: Vec<Pair> = matches.iter().map(|m| (m.baseline, m.follow_up)).collect();
    let mut map = start;
    let mut inliers = agreeing(matches, &map, tolerance);
    for _ in 0..3 {
        let kept: Vec<Pair> = inliers.iter().map(|&i| pairs[i]).collect();
        map = fit(Model::Similarity, &kept, map, size, tolerance)?;
        inliers = agreeing(matches, &map, tolerance);
        if inliers.len() < 4 {
            return None;
        }
    }
    let flat = Consensus { map, model: Model::Similarity, inliers };
    Some(slanted(matches, &pairs, &flat, size, tolerance).unwrap_or(flat))
}

/// The homography, where the pairs justify it: thirty of them agree, it stays a view of the same patch, and Bayes' information
/// criterion over all pairs that either map explains is lower than the similarity's.
fn slanted(
    matches: &[Match],
    pairs: &[Pair],
    flat: &Consensus,
    size: (usize, usize),
    tolerance: f64,
) -> Option<Consensus> {
    if flat.inliers.len() < HOMOGRAPHY_PAIRS {
        return None;
    }
    let (mut map, mut inliers) = (flat.map, flat.inliers.clone());
    for _ in 0..3 {
        let kept: Vec<Pair> = inliers.iter().map(|&i| pairs[i]).collect();
        map = fit(Model::Homography, &kept, map, size, 0.5 * tolerance)?;
        inliers = agreeing(matches, &map, tolerance);
    }
    let scales = Transform::landmarks(size).map(|corner| map.scale_at(corner));
    let (low, high) = scales.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), &s| (l.min(s), h.max(s)));
    if inliers.len() < HOMOGRAPHY_PAIRS || low <= 0.0 || high > SLANT * low {
        return None;
    }
    let either: Vec<usize> = (0..pairs.len()).filter(|i| inliers.contains(i) || flat.inliers.contains(i)).collect();
    let criterion = |map: &Transform, model: Model| {
        let n = either.len() as f64;
        let back = map.inverse()?;
        let squares = either.iter().map(|&i| distance(&back, &pairs[i]).min(tolerance).powi(2)).sum::<f64>();
        // Two coordinates per pair.
        Some(2.0 * n * (squares / n + 1e-6).ln() + model.parameters() as f64 * (2.0 * n).ln())
    };
    let better = criterion(&map, Model::Homography)? < criterion(&flat.map, Model::Similarity)?;
    better.then_some(Consensus { map, model: Model::Homography, inliers })
}

/// The pairs that land where the map says, turned and grown as it says.
fn agreeing(matches: &[Match], map: &Transform, tolerance: f64) -> Vec<usize> {
    let Some(back) = map.inverse() else { return Vec::new() };
    let agrees = |m: &Match| {
        distance(&back, &(m.baseline, m.follow_up)) < tolerance && {
            let turn = -map.rotation_deg_at(m.baseline).to_radians();
            let zoom = map.scale_at(m.baseline).max(1e-9).ln();
            wrapped(m.turn - turn).abs() < TURN && (m.zoom - zoom).abs() < ZOOM
        }
    };
    (0..matches.len()).filter(|&i| agrees(&matches[i])).collect()
}

fn wrapped(angle: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    (angle + PI).rem_euclid(TAU) - PI
}

/// The similarity with the least truncated squares.
fn draw(matches: &[Match], tolerance: f64, seed: u64) -> Option<Transform> {
    let n = matches.len();
    if n < 4 {
        return None;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pick = |n: usize| ((rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64 * n as f64) as usize;
    let (mut best, mut least, mut needed) = (None, n as f64, DRAWS);
    let mut drawn = 0;
    while drawn < needed.min(DRAWS) {
        drawn += 1;
        let (i, j) = (pick(n), pick(n - 1));
        let j = if j >= i { j + 1 } else { j };
        let Some((map, turn, zoom)) = of_two(&matches[i], &matches[j], tolerance) else { continue };
        let Some(back) = map.inverse() else { continue };
        let (mut cost, mut agree) = (0.0, 0_usize);
        for m in matches {
            let close = wrapped(m.turn - turn).abs() < TURN && (m.zoom - zoom).abs() < ZOOM;
            let r = if close { distance(&back, &(m.baseline, m.follow_up)) / tolerance } else { 1.0 };
            cost += (r * r).min(1.0);
            agree += usize::from(r < 1.0);
        }
        if cost < least {
            (least, best) = (cost, Some(map));
            // One in a thousand runs may miss.
            let miss = 1.0 - (agree as f64 / n as f64).powi(2);
            needed = if miss <= 0.0 { drawn } else { (0.001_f64.ln() / miss.ln()).ceil().max(50.0) as usize };
        }
    }
    best
}

/// The similarity of two pairs that agree with each other, with its turn and ln magnification.
fn of_two(one: &Match, two: &Match, tolerance: f64) -> Option<(Transform, f64, f64)> {
    let d = |a: [f64; 2], b: [f64; 2]| [b[0] - a[0], b[1] - a[1]];
    let (p, q) = (d(one.baseline, two.baseline), d(one.follow_up, two.follow_up));
    let square = p[0] * p[0] + p[1] * p[1];
    if square < (8.0 * tolerance).powi(2) {
        return None;
    }
    let (a, b) = ((p[0] * q[0] + p[1] * q[1]) / square, (p[0] * q[1] - p[1] * q[0]) / square);
    let (turn, zoom) = (b.atan2(a), a.hypot(b).ln());
    let agrees = |m: &Match| wrapped(m.turn - turn).abs() < TURN && (m.zoom - zoom).abs() < ZOOM;
    if !(zoom.abs() < MOST_ZOOM && agrees(one) && agrees(two)) {
        return None;
    }
    let [x, y] = one.baseline;
    let shift = [one.follow_up[0] - (a * x - b * y), one.follow_up[1] - (b * x + a * y)];
    Some((Transform::similarity(a, b, shift), turn, zoom))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::random::Random;

    fn matches(truth: &Transform, right: usize, wrong: usize) -> Vec<Match> {
        let mut random = Random::new(9, 4);
        let mut place = || [random.between(0.0, 400.0), random.between(0.0, 300.0)];
        (0..right + wrong)
            .map(|i| {
                let baseline = place();
                let turn = -truth.rotation_deg_at(baseline).to_radians();
                let zoom = truth.scale_at(baseline).ln();
                let follow_up = if i < right { truth.apply(baseline) } else { place() };
                Match { baseline, follow_up, turn, zoom }
            })
            .collect()
    }

    #[test]
    fn a_third_of_right_pairs_is_enough() {
        let truth = Transform::similarity(1.1, 0.2, [30.0, -10.0]);
        let found = find(&matches(&truth, 40, 80), (400, 300), 3.0, 1);
        let found = found.unwrap_or_else(|| unreachable!("a consensus"));
        assert_eq!(found.model, Model::Similarity);
        assert!((40..44).contains(&found.inliers.len()), "{:?}", found.inliers);
        let off = |p: [f64; 2]| {
            let (a, b) = (found.map.apply(p), truth.apply(p));
            (a[0] - b[0]).hypot(a[1] - b[1])
        };
        assert!(Transform::landmarks((400, 300)).into_iter().all(|p| off(p) < 0.5));
    }

    #[test]
    fn a_slanted_camera_is_told_where_it_shows() {
        let truth = Transform([[1.05, -0.1, 12.0], [0.12, 0.98, -7.0], [2e-4, -3e-4, 1.0]]);
        let found = find(&matches(&truth, 120, 30), (400, 300), 4.0, 1);
        assert_eq!(found.map(|f| f.model), Some(Model::Homography));
    }

    #[test]
    fn chance_does_not_agree() {
        let found = find(&matches(&Transform::IDENTITY, 0, 150), (400, 300), 3.0, 1);
        assert!(found.is_none_or(|f| f.inliers.len() < 8));
    }
}
