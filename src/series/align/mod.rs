//! A follow-up photo onto the baseline photo of the same subject and view.
//!
//! Features first, intensity second, and then the question whether to believe it:
//! 1. [`normalize`] takes light and exposure out of ln green; [`keypoint`] and [`descriptor`] find and describe blobs in it.
//! 2. [`matching`] pairs the blobs, [`consensus`] finds the similarity, or where it is justified the homography, that most pairs agree on.
//! 3. [`refine`] brings it to a small part of a pixel on the pattern itself, with weights that leave treated skin out.
//! 4. [`blocks`] asks the picture, block by block, whether it fits; [`verdict`] holds every threshold.
//!
//! Registration by intensity alone from the identity ends at a wrong map without an error, and features alone leave an
//! error of some tenths of a pixel; together they do neither.
//!
//! ```
//! use cicatrix::base::{Mask, Plane};
//! use cicatrix::series::align::{AlignConfig, Frame, align};
//! let config = AlignConfig::default();
//! let flat = Frame::of_plane(&Plane::filled(200, 150, 0.4), &Mask::full(200, 150), None, &config);
//! // Skin without any pattern cannot be aligned, and says so.
//! assert_eq!(align(&flat, &flat, &config).unwrap_err().code, "few_features");
//! ```

pub mod blocks;
pub mod consensus;
pub mod descriptor;
pub mod frame;
pub mod keypoint;
pub mod matching;
pub mod normalize;
pub mod quality;
pub mod refine;
pub mod sample;
pub mod solve;
pub mod transform;
pub mod verdict;
pub mod warp;

pub use frame::Frame;
pub use quality::Quality;
pub use transform::Transform;
pub use verdict::{Limits, Reason, Verdict};

use normalize::Level;
use solve::distance;
use transform::Model;

use crate::base::Mask;

/// How photos are aligned.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AlignConfig {
    /// Longest side of the working plane in pixels (default 1400): a 12-megapixel photo is reduced three times.
    pub working_px: usize,
    /// Most blobs of a photo (default 1200).
    pub features: usize,
    /// Largest distance of a pair of blobs over that of the second best (default 0.85).
    pub ratio: f32,
    /// Distance within which a pair agrees, as a share of the working plane's longer side (default 0.005, at least 3 pixels).
    pub tolerance: f64,
    /// Seed of the draws (default 1).
    pub seed: u64,
    /// What counts as aligned.
    pub limits: Limits,
}

impl Default for AlignConfig {
    fn default() -> Self {
        Self { working_px: 1400, features: 1200, ratio: 0.85, tolerance: 0.005, seed: 1, limits: Limits::default() }
    }
}

/// Why there is no map at all. Its verdict is [`Verdict::Fail`].
#[derive(Clone, Debug, PartialEq)]
pub struct NoAlignment {
    /// A stable code: `few_features`, `no_consensus`, `not_refined`.
    pub code: &'static str,
    /// What was found.
    pub message: String,
    /// Pairs of blobs.
    pub matches: usize,
    /// Pairs that agreed.
    pub inliers: usize,
}

impl NoAlignment {
    /// Every code.
    pub const CODES: [&str; 3] = ["few_features", "no_consensus", "not_refined"];
}

impl std::fmt::Display for NoAlignment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NoAlignment {}

/// A map between two photos, and whether to believe it.
#[derive(Clone, Debug)]
pub struct Alignment {
    /// Pixels of the baseline to pixels of the follow-up.
    pub map: Transform,
    /// And back.
    pub back: Transform,
    /// Columns and rows of the baseline.
    pub baseline_size: (usize, usize),
    /// The figures.
    pub quality: Quality,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is not a pass, worst first.
    pub reasons: Vec<Reason>,
}

impl Alignment {
    /// Where a point of the baseline lies in the follow-up.
    #[must_use]
    pub fn to_follow_up(&self, point: [f64; 2]) -> [f64; 2] {
        self.map.apply(point)
    }

    /// Where a point of the follow-up lies in the baseline.
    #[must_use]
    pub fn to_baseline(&self, point: [f64; 2]) -> [f64; 2] {
        self.back.apply(point)
    }

    /// A polygon drawn on the baseline, on the follow-up.
    #[must_use]
    pub fn polygon_to_follow_up(&self, corners: &[(f64, f64)]) -> Vec<(f64, f64)> {
        corners.iter().map(|&(x, y)| self.to_follow_up([x, y]).into()).collect()
    }

    /// A polygon drawn on the follow-up, on the baseline.
    #[must_use]
    pub fn polygon_to_baseline(&self, corners: &[(f64, f64)]) -> Vec<(f64, f64)> {
        corners.iter().map(|&(x, y)| self.to_baseline([x, y]).into()).collect()
    }

    /// Share of a region of the baseline that lies on the follow-up's skin.
    #[must_use]
    pub fn coverage(&self, region: &Mask, follow_up_skin: &Mask) -> f64 {
        let seen = region.and(&warp::mask_onto_baseline(self, follow_up_skin));
        seen.count() as f64 / region.count().max(1) as f64
    }

    /// Whether the map itself is to be believed, however little of the baseline's skin it shows.
    #[must_use]
    pub fn holds(&self, limits: &Limits) -> bool {
        self.verdict_on(1.0, limits).0 != Verdict::Fail
    }

    /// The verdict on one region: its own `coverage` stands in for the overlap of all skin.
    #[must_use]
    pub fn verdict_on(&self, coverage: f64, limits: &Limits) -> (Verdict, Vec<Reason>) {
        let quality = Quality { overlap: coverage, ..self.quality };
        limits.judge(&quality, self.baseline_size.0.max(self.baseline_size.1))
    }
}

/// Aligns a follow-up to its baseline.
///
/// # Errors
/// When no map is found at all. A map that is found but not to be believed is an [`Alignment`] whose verdict is
/// [`Verdict::Fail`].
pub fn align(baseline: &Frame, follow_up: &Frame, config: &AlignConfig) -> Result<Alignment, NoAlignment> {
    let none = |code, message: String, matches, inliers| NoAlignment { code, message, matches, inliers };
    let counts = [baseline.features.len(), follow_up.features.len()];
    let needed = config.limits.inliers.fail;
    if counts.iter().any(|&n| (n as f64) < needed) {
        let [a, b] = counts;
        return Err(none("few_features", format!("{a} features in the baseline and {b} in the follow-up"), 0, 0));
    }
    let size = baseline.working_size();
    let tolerance = (config.tolerance * size.0.max(size.1) as f64).max(3.0);
    let matches = matching::pairs(&baseline.features, &follow_up.features, config.ratio);
    let found = consensus::find(&matches, size, tolerance, config.seed);
    let agreed = found.as_ref().map_or(0, |f| f.inliers.len());
    let Some(found) = found.filter(|f| f.inliers.len() as f64 >= needed) else {
        let message = format!("{agreed} of {} pairs of features agree, {needed} are needed", matches.len());
        return Err(none("no_consensus", message, matches.len(), agreed));
    };
    let refined = refined(baseline, follow_up, found.model, found.map);
    let Some((map, returned)) = refined else {
        let message = "the photos have no common pattern where the features put it".to_owned();
        return Err(none("not_refined", message, matches.len(), agreed));
    };
    let full = follow_up.to_photo().after(&map.after(&baseline.to_working()));
    let Some(back) = full.inverse() else {
        return Err(none("not_refined", "the map cannot be turned back".to_owned(), matches.len(), agreed));
    };
    let quality = figures(baseline, follow_up, &matches, &found, &map, returned);
    let (verdict, reasons) = config.limits.judge(&quality, baseline.size.0.max(baseline.size.1));
    Ok(Alignment { map: full, back, baseline_size: baseline.size, quality, verdict, reasons })
}

/// The refined map, and how far points come back from there by a refinement of its own the other way, in working pixels.
fn refined(baseline: &Frame, follow_up: &Frame, model: Model, start: Transform) -> Option<(Transform, f64)> {
    let map = refine::refine(&baseline.levels, &follow_up.levels, model, start)?;
    // Where the pattern moved, the steps may walk off: the start is kept when it is the better of the two.
    let like = |map: &Transform| of_level(baseline, follow_up, map, blocks::likeness).0;
    let map = if like(&map) >= like(&start) { map } else { start };
    let back = refine::refine(&follow_up.levels, &baseline.levels, model, start.inverse()?);
    let (width, height) = baseline.working_size();
    let mut off: Vec<f64> = Vec::new();
    for j in 0..9 {
        for i in 0..9 {
            let point = [(width as f64 - 1.0) * f64::from(i) / 8.0, (height as f64 - 1.0) * f64::from(j) / 8.0];
            off.push(back.map_or(f64::INFINITY, |back| distance(&back, &(point, map.apply(point)))));
        }
    }
    off.sort_by(f64::total_cmp);
    Some((map, off[off.len() / 2]))
}

/// A figure of the level on which blocks are compared, and that level's pixels in working pixels: half the resolution, where
/// that leaves enough.
fn of_level<T>(
    baseline: &Frame,
    follow_up: &Frame,
    map: &Transform,
    figure: fn(&Level, &Level, &Transform) -> T,
) -> (T, f64) {
    let (width, height) = baseline.working_size();
    let k = usize::from(width.max(height) >= 800 && baseline.levels.len() > 1);
    let other = (k as f64 + map.scale_at(Transform::landmarks((width, height))[0]).max(1e-3).log2()).round();
    let other = other.clamp(0.0, follow_up.levels.len() as f64 - 1.0) as usize;
    let into = refine::from_level(other).inverse().unwrap_or(Transform::IDENTITY);
    let local = into.after(&map.after(&refine::from_level(k)));
    (figure(&baseline.levels[k], &follow_up.levels[other], &local), (1_usize << k) as f64)
}

fn figures(
    baseline: &Frame,
    follow_up: &Frame,
    matches: &[matching::Match],
    found: &consensus::Consensus,
    map: &Transform,
    returned: f64,
) -> Quality {
    let px = baseline.factor as f64;
    let back = map.inverse().unwrap_or(Transform::IDENTITY);
    let mut residuals: Vec<f64> =
        found.inliers.iter().map(|&i| distance(&back, &(matches[i].baseline, matches[i].follow_up))).collect();
    residuals.sort_by(f64::total_cmp);
    let residual_px = px * residuals.get(residuals.len() / 2).copied().unwrap_or(f64::INFINITY);
    let (agreement, level_px) = of_level(baseline, follow_up, map, blocks::agreement);
    let local_shift_px = px * level_px * agreement.shift_px;
    let full = follow_up.to_photo().after(&map.after(&baseline.to_working()));
    let landmarks = Transform::landmarks(baseline.size);
    let scales = landmarks.map(|p| full.scale_at(p));
    let (low, high) = scales.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &s| (l.min(s), h.max(s)));
    let mm = |px: f64| baseline.mm_per_px.map(|scale| px * scale);
    Quality {
        matches: matches.len(),
        inliers: found.inliers.len(),
        inlier_ratio: found.inliers.len() as f64 / matches.len().max(1) as f64,
        residual_px,
        residual_mm: mm(residual_px),
        local_shift_px,
        local_shift_mm: mm(local_shift_px),
        scale: scales[0],
        rotation_deg: full.rotation_deg_at(landmarks[0]),
        slant: if low > 0.0 { high / low } else { f64::INFINITY },
        overlap: agreement.overlap,
        ncc: agreement.ncc,
        blocks: agreement.blocks,
        agreement: agreement.share,
        forward_backward_px: px * returned,
        homography: found.model == Model::Homography,
    }
}
