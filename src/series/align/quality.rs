//! How good an alignment is, in figures.

/// Figures of one pair. Lengths are in pixels of the baseline photo.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Quality {
    /// Pairs of blobs.
    pub matches: usize,
    /// Pairs that agree with the map.
    pub inliers: usize,
    /// Their share.
    pub inlier_ratio: f64,
    /// Median distance of the agreeing pairs under the final map.
    pub residual_px: f64,
    /// The same in mm, where the scale is known.
    pub residual_mm: Option<f64>,
    /// Median distance by which single blocks of the picture lie off: what the map leaves of skin that moved.
    pub local_shift_px: f64,
    /// The same in mm, where the scale is known.
    pub local_shift_mm: Option<f64>,
    /// Magnification of the follow-up's pixels in the middle of the baseline.
    pub scale: f64,
    /// Turn of the follow-up's content in degrees, counterclockwise.
    pub rotation_deg: f64,
    /// Largest magnification at a corner of the baseline over the smallest: 1 for a similarity.
    pub slant: f64,
    /// Share of the baseline's skin that the follow-up shows.
    pub overlap: f64,
    /// Correlation of the two locally normalized photos over the skin they share.
    pub ncc: f64,
    /// Blocks with enough skin in both photos.
    pub blocks: usize,
    /// Share of the blocks that have a clear best place, and the same one as their neighbors.
    pub agreement: f64,
    /// Median distance of a point brought to the follow-up and back by a second, independent refinement.
    pub forward_backward_px: f64,
    /// Whether a homography was justified.
    pub homography: bool,
}
