//! Scars: height profiles in mm on a disc with an irregular rim.
//!
//! Acne scars after Jacob, Dover and Kaminer (J. Am. Acad. Dermatol. 45:109, 2001): ice pick (narrow, below 2 mm),
//! boxcar (steep wall, flat floor, 1.5 to 4 mm), rolling (wide and soft, 4 mm and more); and hypertrophic (raised).

use serde::{Deserialize, Serialize};

use crate::base::Plane;

use super::place::{Blob, Place, smooth_step};
use super::random::Random;

/// The kind of a scar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScarKind {
    /// A narrow pit like a V.
    IcePick,
    /// A flat floor inside a steep wall.
    Boxcar,
    /// A wide soft hollow.
    Rolling,
    /// A raised, redder, smoother dome.
    Hypertrophic,
}

/// One scar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scar {
    /// Its kind.
    pub kind: ScarKind,
    /// Center, pixels from the left.
    pub x_px: f64,
    /// Center, pixels from the top.
    pub y_px: f64,
    /// Diameter of the rim in mm.
    pub diameter_mm: f64,
    /// Depth in mm (height, for a raised scar), after the gain of the relief.
    pub depth_mm: f64,
    /// Added blood in the scar, relative to the skin's.
    pub amount: f64,
    /// Rms over the scar of what it adds to the natural logarithm of the green irradiance.
    pub shading_rms: f64,
    /// Difference of the largest and the smallest of that over the scar.
    pub shading_range: f64,
    /// `shading_rms` over `micro_relief_mid` of the truth: how far the scar stands above the relief of healthy skin.
    pub contrast: f64,
}

/// A scar that is asked for at a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct GivenScar {
    /// Its kind (default boxcar).
    pub kind: ScarKind,
    /// Center in mm from the left edge of the frame.
    pub x_mm: f64,
    /// Center in mm from the upper edge of the frame.
    pub y_mm: f64,
    /// Diameter of the rim in mm (default 2.5).
    pub diameter_mm: f64,
    /// Depth in mm, or height of a raised scar, before the gain of the relief (default 0.25).
    pub depth_mm: f64,
    /// Added blood in the scar, relative to the skin's (default 0.15).
    pub redness: f64,
    /// How irregular its rim is, 0 a disc (default 0.15).
    pub irregular: f64,
}

impl Default for GivenScar {
    fn default() -> Self {
        Self {
            kind: ScarKind::Boxcar,
            x_mm: 0.0,
            y_mm: 0.0,
            diameter_mm: 2.5,
            depth_mm: 0.25,
            redness: 0.15,
            irregular: 0.15,
        }
    }
}

/// Smallest and largest scar of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScarRange {
    /// Diameters in mm.
    pub diameter_mm: [f64; 2],
    /// Depths in mm.
    pub depth_mm: [f64; 2],
}

/// The ranges of all kinds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ScarRanges {
    /// Default 0.5 to 1.4 mm wide, 0.2 to 0.6 mm deep.
    pub ice_pick: ScarRange,
    /// Default 1.5 to 3.4 mm wide, 0.12 to 0.35 mm deep.
    pub boxcar: ScarRange,
    /// Default 4 to 7 mm wide, 0.2 to 0.45 mm deep.
    pub rolling: ScarRange,
    /// Default 3 to 7 mm wide, 0.2 to 0.45 mm high.
    pub hypertrophic: ScarRange,
}

impl Default for ScarRanges {
    fn default() -> Self {
        let range = |diameter_mm, depth_mm| ScarRange { diameter_mm, depth_mm };
        Self {
            ice_pick: range([0.5, 1.4], [0.2, 0.6]),
            boxcar: range([1.5, 3.4], [0.12, 0.35]),
            rolling: range([4.0, 7.0], [0.2, 0.45]),
            hypertrophic: range([3.0, 7.0], [0.2, 0.45]),
        }
    }
}

/// How many scars of each kind to place, and how strong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ScarPlan {
    /// Ice pick scars (default 0).
    pub ice_pick: usize,
    /// Boxcar scars (default 0).
    pub boxcar: usize,
    /// Rolling scars (default 0).
    pub rolling: usize,
    /// Hypertrophic scars (default 0).
    pub hypertrophic: usize,
    /// Factor on all depths (default 1).
    pub depth_gain: f64,
    /// Added blood in sunken scars, relative to the skin's (default 0.15).
    pub redness: f64,
    /// Added blood in raised scars, relative to the skin's (default 0.9).
    pub raised_redness: f64,
    /// How large and deep the placed scars are.
    pub ranges: ScarRanges,
    /// Scars at given places, besides those that are placed at random (default none).
    pub given: Vec<GivenScar>,
}

impl Default for ScarPlan {
    fn default() -> Self {
        Self {
            ice_pick: 0,
            boxcar: 0,
            rolling: 0,
            hypertrophic: 0,
            depth_gain: 1.0,
            redness: 0.15,
            raised_redness: 0.9,
            ranges: ScarRanges::default(),
            given: Vec::new(),
        }
    }
}

impl ScarKind {
    /// Height at `r` radii from the center, in depths: -1 at the bottom of a hollow, 1 on top of a dome.
    #[must_use]
    pub fn profile(self, r: f64, radius_mm: f64) -> f64 {
        match self {
            // A V whose tip and rim are a little rounded.
            Self::IcePick => -((1.0 - r.hypot(0.12)).max(0.0) / 0.88).powf(1.15),
            Self::Boxcar => {
                // The wall is about 0.4 mm wide whatever the diameter; skin swells a little outside it.
                let wall = (0.2 / radius_mm).min(0.3);
                let rim = (-((r - 1.0 - 1.8 * wall) / wall).powi(2)).exp();
                0.08 * rim - smooth_step(1.0 + wall, 1.0 - wall, r)
            }
            Self::Rolling => -(0.5 + 0.5 * (std::f64::consts::PI * r.min(1.0)).cos()),
            Self::Hypertrophic => smooth_step(1.2, 0.0, r),
        }
    }

    /// What is left of the fine relief inside: scar tissue has no furrows and no pores.
    fn texture(self) -> f64 {
        match self {
            Self::IcePick | Self::Rolling => 0.9,
            Self::Boxcar => 0.5,
            Self::Hypertrophic => 0.25,
        }
    }
}

/// The planes that scars change.
#[derive(Debug)]
pub struct ScarPlanes {
    /// Height of the scars in mm.
    pub height: Plane,
    /// What is left of the fine relief, 0 to 1.
    pub texture: Plane,
    /// Factor on blood.
    pub blood: Plane,
}

/// Streams of random numbers of this file: placed scars, given scars.
const STREAM: u64 = 0x30 << 32;
const GIVEN: u64 = STREAM + 1;

/// How far a scar reaches, in radii: what its truth is taken over.
pub(super) const FOOTPRINT: f64 = 1.2;
/// How much the roughness of the skin shakes a rim.
pub(super) const SHAKE: f64 = 0.035;

impl ScarPlan {
    /// Places the scars; those that find no room are left out. Their contrast is not known yet.
    pub(super) fn place(&self, seed: u64, place: &mut Place, relief_gain: f64) -> Vec<(Scar, Blob)> {
        let scar = |kind, blob: &Blob, diameter_mm, depth_mm, amount| Scar {
            kind,
            x_px: blob.x,
            y_px: blob.y,
            diameter_mm,
            depth_mm,
            amount,
            shading_rms: 0.0,
            shading_range: 0.0,
            contrast: 0.0,
        };
        let mut scars = Vec::new();
        let mut random = Random::new(seed, GIVEN);
        for g in &self.given {
            let blob = place.given(&mut random, [g.x_mm, g.y_mm], g.diameter_mm, g.irregular);
            let depth_mm = g.depth_mm * self.depth_gain * relief_gain;
            scars.push((scar(g.kind, &blob, g.diameter_mm, depth_mm, g.redness), blob));
        }
        let mut random = Random::new(seed, STREAM);
        let counts = [
            (ScarKind::Hypertrophic, self.hypertrophic, self.ranges.hypertrophic),
            (ScarKind::Rolling, self.rolling, self.ranges.rolling),
            (ScarKind::Boxcar, self.boxcar, self.ranges.boxcar),
            (ScarKind::IcePick, self.ice_pick, self.ranges.ice_pick),
        ];
        for (kind, count, range) in counts {
            for _ in 0..count {
                let diameter_mm = random.between(range.diameter_mm[0], range.diameter_mm[1]);
                let depth_mm = random.between(range.depth_mm[0], range.depth_mm[1]) * self.depth_gain * relief_gain;
                let redness = if kind == ScarKind::Hypertrophic { self.raised_redness } else { self.redness };
                let amount = redness * random.between(0.5, 1.5);
                if let Some(blob) = place.blob(&mut random, diameter_mm, 0.15) {
                    scars.push((scar(kind, &blob, diameter_mm, depth_mm, amount), blob));
                }
            }
        }
        scars
    }
}

/// Draws the scars of a frame.
pub(super) fn draw(scars: &[(Scar, Blob)], rough: &Plane, mm_per_px: f64) -> ScarPlanes {
    let (width, height) = (rough.width(), rough.height());
    let mut planes = ScarPlanes {
        height: Plane::new(width, height),
        texture: Plane::filled(width, height, 1.0),
        blood: Plane::filled(width, height, 1.0),
    };
    for (scar, blob) in scars {
        let radius_mm = blob.radius * mm_per_px;
        blob.for_pixels(rough, 1.6, SHAKE, |x, y, r| {
            let uneven = 1.0 + 0.025 * f64::from(rough.at(x, y));
            let lift = scar.depth_mm * uneven * scar.kind.profile(r, radius_mm);
            planes.height.put(x, y, planes.height.at(x, y) + lift as f32);
            let inside = smooth_step(1.15, 0.7, r);
            let texture = 1.0 - inside * (1.0 - scar.kind.texture());
            planes.texture.put(x, y, planes.texture.at(x, y).min(texture as f32));
            let blood = 1.0 + scar.amount * smooth_step(1.4, 0.4, r);
            planes.blood.put(x, y, planes.blood.at(x, y) * blood as f32);
        });
    }
    planes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_have_their_depth_and_end_at_the_rim() {
        for kind in [ScarKind::IcePick, ScarKind::Boxcar, ScarKind::Rolling] {
            let bottom = kind.profile(0.0, 1.5);
            assert!((bottom + 1.0).abs() < 0.02, "{kind:?}: bottom {bottom}");
            assert!(kind.profile(1.6, 1.5).abs() < 0.01, "{kind:?} reaches beyond its rim");
        }
        assert!(ScarKind::Boxcar.profile(0.7, 1.5) < -0.99, "a boxcar has a flat floor");
        assert!(ScarKind::IcePick.profile(0.7, 0.5) > -0.4, "an ice pick has none");
        assert!((ScarKind::Hypertrophic.profile(0.0, 2.0) - 1.0).abs() < 1e-9);
    }
}
