//! Gray-level zones by distance, IBSI definitions: connected pixels of one level (eight neighbors), by the shortest city-block
//! distance of a pixel of theirs to the outside of the region. A pixel at the edge of the region, or of the photo, has
//! distance 1. The zones are found in [`super::zones`].

use super::feature::Feature;
use super::size_matrix::size_features;

/// The 16 IBSI features, in the order of [`super::size_matrix::SizeMatrix::features16`].
pub const FEATURES: [Feature; 16] = size_features!(
    ["sde" "lde" "lgze" "hgze" "sdlge" "sdhge" "ldlge" "ldhge" "glnu" "glnu_norm" "zdnu" "zdnu_norm" "z_perc" "gl_var" "zd_var" "zd_entr"],
    "zone", "small distance", "large distance", "zone distance"
);
