//! Size and suggested type of a scar.
//!
//! The size is objective and comes first. The type is a suggestion with a probability, from three numbers: the logarithm
//! of the diameter, how steep the flanks are, how flat the floor is. Each atrophic type is a Gaussian in each of them,
//! fitted to phantoms (the tuning set of `validate`, ITA 50, 20, -20, two lights). Skin varies more than
//! phantoms do, so the standard deviations are taken 1.5 times as wide. No type fits many scars well ("all atrophic
//! scars cannot be classified into these three"): then the answer is mixed.

use serde::{Deserialize, Serialize};

use super::profile::Form;

/// The bins of the diameter: below 2, to 4, above 4 mm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SizeBin {
    /// Below 2 mm.
    Small,
    /// 2 to 4 mm.
    Medium,
    /// Above 4 mm.
    Large,
}

impl SizeBin {
    /// The bin of a diameter in mm.
    #[must_use]
    pub fn of(diameter_mm: f64) -> Self {
        if diameter_mm < 2.0 {
            Self::Small
        } else if diameter_mm <= 4.0 {
            Self::Medium
        } else {
            Self::Large
        }
    }
}

/// A suggested type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScarType {
    /// A narrow V.
    IcePick,
    /// A flat floor in a steep wall.
    Boxcar,
    /// A wide soft hollow.
    Rolling,
    /// Raised.
    Hypertrophic,
    /// No type is probable enough.
    Mixed,
}

impl ScarType {
    /// The name in `lesions.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::IcePick => "ice_pick",
            Self::Boxcar => "boxcar",
            Self::Rolling => "rolling",
            Self::Hypertrophic => "hypertrophic",
            Self::Mixed => "mixed",
        }
    }
}

/// What a type is told by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    /// Diameter in mm.
    pub diameter_mm: f64,
    /// ln of what steep flanks explain over what soft ones do.
    pub edge_sharpness: f64,
    /// ln of what a flat floor explains over what a V does.
    pub flatness: f64,
    /// ln of what a dome explains over what the best hollow does; for a raised scar.
    pub raised: f64,
}

/// Mean and standard deviation on phantoms of ln diameter, edge sharpness, flatness.
const ATROPHIC: [(ScarType, [[f64; 2]; 3]); 3] = [
    (ScarType::IcePick, [[-0.08, 0.32], [2.72, 0.55], [-3.21, 0.74]]),
    (ScarType::Boxcar, [[0.86, 0.26], [1.09, 0.35], [3.39, 0.76]]),
    (ScarType::Rolling, [[1.68, 0.19], [-1.12, 0.29], [1.06, 0.44]]),
];
/// Skin varies more than phantoms.
const WIDER: f64 = 1.5;
/// A type less probable than this is no suggestion.
const LEAST_PROBABILITY: f64 = 0.7;
/// Nor is one from whose mean the scar lies farther than this, root of the mean square in (widened) standard deviations.
const FARTHEST: f64 = 3.0;

/// The suggested type and its probability; of a mixed one, that of the likeliest type.
#[must_use]
pub fn suggest(form: Form, features: &Features) -> (ScarType, f64) {
    if form == Form::Dome {
        // Even odds where a hollow explains as much.
        let probability = 1.0 / (1.0 + (-2.0 * features.raised).exp());
        let name = if probability >= LEAST_PROBABILITY { ScarType::Hypertrophic } else { ScarType::Mixed };
        return (name, probability);
    }
    let values = [features.diameter_mm.ln(), features.edge_sharpness, features.flatness];
    let scored = ATROPHIC.map(|(name, gaussians)| {
        let (mut distance, mut ln_width) = (0.0, 0.0);
        for (value, [mean, sd]) in values.into_iter().zip(gaussians) {
            distance += ((value - mean) / (WIDER * sd)).powi(2);
            ln_width += sd.ln();
        }
        (name, distance, -0.5 * distance - ln_width)
    });
    let top = scored.iter().map(|s| s.2).fold(f64::MIN, f64::max);
    let total: f64 = scored.iter().map(|s| (s.2 - top).exp()).sum();
    let best = scored.iter().max_by(|a, b| a.2.total_cmp(&b.2)).copied();
    let Some((name, distance, score)) = best else { return (ScarType::Mixed, 0.0) };
    let probability = (score - top).exp() / total;
    let fits = probability >= LEAST_PROBABILITY && (distance / 3.0).sqrt() <= FARTHEST;
    (if fits { name } else { ScarType::Mixed }, probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_type_is_that_type_and_what_lies_between_is_mixed() {
        for (name, gaussians) in ATROPHIC {
            let [d, e, f] = gaussians.map(|g| g[0]);
            let features = Features { diameter_mm: d.exp(), edge_sharpness: e, flatness: f, raised: 0.0 };
            let (suggested, probability) = suggest(Form::Box, &features);
            assert_eq!(suggested, name);
            assert!(probability > 0.95, "{name:?}: {probability}");
        }
        let strange = Features { diameter_mm: 12.0, edge_sharpness: 4.0, flatness: -6.0, raised: 0.0 };
        assert_eq!(suggest(Form::Bowl, &strange).0, ScarType::Mixed);
    }

    #[test]
    fn bins_are_those_of_the_scales() {
        assert_eq!(
            [1.9, 2.0, 4.0, 4.1].map(SizeBin::of),
            [SizeBin::Small, SizeBin::Medium, SizeBin::Medium, SizeBin::Large]
        );
    }
}
