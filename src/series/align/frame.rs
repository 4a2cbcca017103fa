//! A photo made ready for alignment: its normalized pattern at working resolution, and its blobs.
//!
//! It is made once per photo and is small, so that a baseline serves all its follow-ups and no full-size plane is kept.

use super::AlignConfig;
use super::descriptor::{self, Feature};
use super::keypoint;
use super::normalize::{self, Level};
use super::transform::Transform;
use crate::base::{Mask, Plane};
use crate::filter::resample;
use crate::photo::Photo;

/// Sides of the Gaussian that takes light away, over the longer side of the working plane.
const SURROUND: f64 = 1.0 / 40.0;
/// Shortest side of the coarsest level.
const LEAST: usize = 48;

/// A photo ready for alignment.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Columns and rows of the photo.
    pub size: (usize, usize),
    /// Millimeters per pixel of the photo, where known.
    pub mm_per_px: Option<f64>,
    /// Pixels of the photo along a side of a working pixel.
    pub factor: usize,
    /// The pattern, finest first.
    pub levels: Vec<Level>,
    /// The blobs, in working pixels.
    pub features: Vec<Feature>,
}

impl Frame {
    /// The frame of a photo whose skin is `mask`, at the photo's size.
    ///
    /// # Panics
    /// When photo and mask differ in size.
    #[must_use]
    pub fn of(photo: &Photo, mask: &Mask, mm_per_px: Option<f64>, config: &AlignConfig) -> Self {
        Self::of_plane(&photo.rgb[1], mask, mm_per_px, config)
    }

    /// The frame of a linear plane: green shows the skin's pattern best.
    ///
    /// # Panics
    /// When plane and mask differ in size.
    #[must_use]
    pub fn of_plane(linear: &Plane, mask: &Mask, mm_per_px: Option<f64>, config: &AlignConfig) -> Self {
        let size = (linear.width(), linear.height());
        assert_eq!(size, (mask.width(), mask.height()), "a photo and a mask of two sizes");
        let factor = size.0.max(size.1).div_ceil(config.working_px.max(64)).max(1);
        // Whole working pixels only: a cut block at the border would be darker.
        let (width, height) = (size.0 / factor, size.1 / factor);
        let whole = |plane: &Plane| plane.crop(0..width, 0..height);
        let ln = whole(&normalize::ln_reduced(linear, factor));
        let skin = if factor == 1 {
            mask.clone()
        } else {
            let share = resample::block_mean_mask(mask, factor);
            Mask::from_fn(width, height, |x, y| share.at(x, y) > 0.99)
        };
        let sigma = (SURROUND * width.max(height) as f64).max(8.0);
        let plane = normalize::normalized(&ln, &skin, sigma);
        let octaves = keypoint::octaves(&plane);
        let keypoints = keypoint::find(&octaves, &skin, config.features);
        let features = descriptor::describe(&octaves, &keypoints);
        Self { size, mm_per_px, factor, levels: normalize::pyramid(Level::new(plane, skin), LEAST), features }
    }

    /// Columns and rows of the working plane.
    #[must_use]
    pub fn working_size(&self) -> (usize, usize) {
        (self.levels[0].plane.width(), self.levels[0].plane.height())
    }

    /// Working pixels to pixels of the photo.
    #[must_use]
    pub fn to_photo(&self) -> Transform {
        let factor = self.factor as f64;
        Transform::zoom(factor, [0.5 * (factor - 1.0); 2])
    }

    /// Pixels of the photo to working pixels.
    #[must_use]
    pub fn to_working(&self) -> Transform {
        let factor = self.factor as f64;
        Transform::zoom(1.0 / factor, [-0.5 * (factor - 1.0) / factor; 2])
    }
}
