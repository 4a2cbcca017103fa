//! Gray-level zones by size, IBSI definitions: connected pixels of one level (eight neighbors), by their number. The zones are
//! found in [`super::zones`], together with their distances.

use super::feature::Feature;
use super::size_matrix::size_features;

/// The 16 IBSI features, in the order of [`super::size_matrix::SizeMatrix::features16`].
pub const FEATURES: [Feature; 16] = size_features!(
    ["sze" "lze" "lgze" "hgze" "szlge" "szhge" "lzlge" "lzhge" "glnu" "glnu_norm" "zsnu" "zsnu_norm" "z_perc" "gl_var" "zs_var" "zs_entr"],
    "zone", "small zone", "large zone", "zone size"
);
