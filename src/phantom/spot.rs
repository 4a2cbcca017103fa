//! Spots after inflammation: brown (PIH, melanin) and red (PIE, blood), with soft irregular rims.

use serde::{Deserialize, Serialize};

use crate::base::Plane;
use crate::color::delta_e::delta_e_00;

use super::place::{Blob, Place, smooth_step};
use super::random::Random;
use super::skin::{BLOOD_MAX, MELANIN_MAX, SkinModel};

/// The kind of a spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SpotKind {
    /// Post-inflammatory hyperpigmentation: melanin.
    Pih,
    /// Post-inflammatory erythema: blood.
    Pie,
}

/// One spot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// Its kind.
    pub kind: SpotKind,
    /// Center, pixels from the left.
    pub x_px: f64,
    /// Center, pixels from the top.
    pub y_px: f64,
    /// Diameter in mm at half of the added pigment.
    pub diameter_mm: f64,
    /// Added volume fraction of melanosomes or of blood at the center.
    pub amount: f64,
    /// Area in mm2 inside half of the added pigment, as drawn.
    pub area_mm2: f64,
    /// CIEDE2000 of the spot's center against the skin around it, by the forward model under flat light.
    pub contrast_de00: f64,
    /// CIEDE2000 of the mean of the spot inside half of the added pigment against the skin around it.
    pub mean_contrast_de00: f64,
}

/// A spot that is asked for at a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct GivenSpot {
    /// Its kind (default PIH).
    pub kind: SpotKind,
    /// Center in mm from the left edge of the frame.
    pub x_mm: f64,
    /// Center in mm from the upper edge of the frame.
    pub y_mm: f64,
    /// Diameter in mm at half of the added pigment (default 2).
    pub diameter_mm: f64,
    /// Added volume fraction at the center (default 0.03).
    pub amount: f64,
    /// CIEDE2000 of the center against the skin, in place of `amount` (default none).
    pub de00: Option<f64>,
    /// How irregular its rim is, 0 a disc (default 0.22).
    pub irregular: f64,
}

impl Default for GivenSpot {
    fn default() -> Self {
        Self { kind: SpotKind::Pih, x_mm: 0.0, y_mm: 0.0, diameter_mm: 2.0, amount: 0.03, de00: None, irregular: 0.22 }
    }
}

/// How many spots of each kind to place, and how strong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SpotPlan {
    /// Brown spots (default 0).
    pub pih: usize,
    /// Red spots (default 0).
    pub pie: usize,
    /// Melanosome fraction that a mean brown spot adds (default 0.03).
    pub pih_amount: f64,
    /// Blood fraction that a mean red spot adds (default 0.015).
    pub pie_amount: f64,
    /// Smallest and largest amount in units of the mean (default 0.5 and 1.5).
    pub spread: [f64; 2],
    /// Smallest and largest CIEDE2000 of a spot's center against the skin, in place of the amounts (default none). The same
    /// pigment is far less visible on dark skin; this asks for spots that are seen alike.
    pub de00: Option<[f64; 2]>,
    /// Smallest and largest diameter in mm (default 1.2 and 4).
    pub diameter_mm: [f64; 2],
    /// Spots at given places, besides those that are placed at random (default none).
    pub given: Vec<GivenSpot>,
}

impl Default for SpotPlan {
    fn default() -> Self {
        Self {
            pih: 0,
            pie: 0,
            pih_amount: 0.03,
            pie_amount: 0.015,
            spread: [0.5, 1.5],
            de00: None,
            diameter_mm: [1.2, 4.0],
            given: Vec::new(),
        }
    }
}

/// Streams of random numbers of this file: placed spots, given spots.
const STREAM: u64 = 0x31 << 32;
const GIVEN: u64 = STREAM + 1;

/// How far a spot reaches at most, in radii.
pub(super) const REACH: f64 = 1.75;
/// How much the roughness of the skin shakes a rim.
pub(super) const SHAKE: f64 = 0.11;

/// The skin that spots are added to: the model and its pigments between mottle and spots.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    /// The forward model.
    pub model: &'a SkinModel,
    /// Melanosome fraction.
    pub melanin: f64,
    /// Blood fraction.
    pub blood: f64,
}

impl Ground<'_> {
    fn contrast(&self, kind: SpotKind, amount: f64) -> f64 {
        let lab = |m: f64, b: f64| self.model.lab(m.min(MELANIN_MAX), b.min(BLOOD_MAX));
        let spot = match kind {
            SpotKind::Pih => lab(self.melanin + amount, self.blood),
            SpotKind::Pie => lab(self.melanin, self.blood + amount),
        };
        delta_e_00(spot, lab(self.melanin, self.blood))
    }

    /// The amount that gives a contrast, by bisection; the largest of the model where none is enough.
    fn amount(&self, kind: SpotKind, de00: f64) -> f64 {
        let (mut low, mut high) = match kind {
            SpotKind::Pih => (0.0, MELANIN_MAX - self.melanin),
            SpotKind::Pie => (0.0, BLOOD_MAX - self.blood),
        };
        for _ in 0..50 {
            let middle = f64::midpoint(low, high);
            if self.contrast(kind, middle) < de00 {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

impl SpotPlan {
    /// Places the spots; those that find no room are left out. Their area and contrast are not known yet.
    pub(super) fn place(&self, seed: u64, place: &mut Place, ground: Ground) -> Vec<(Spot, Blob)> {
        let spot = |kind, blob: &Blob, diameter_mm, amount| Spot {
            kind,
            x_px: blob.x,
            y_px: blob.y,
            diameter_mm,
            amount,
            area_mm2: 0.0,
            contrast_de00: 0.0,
            mean_contrast_de00: 0.0,
        };
        let mut spots = Vec::new();
        let mut random = Random::new(seed, GIVEN);
        for g in &self.given {
            let blob = place.given(&mut random, [g.x_mm, g.y_mm], g.diameter_mm, g.irregular);
            let amount = g.de00.map_or(g.amount, |de00| ground.amount(g.kind, de00));
            spots.push((spot(g.kind, &blob, g.diameter_mm, amount), blob));
        }
        let mut random = Random::new(seed, STREAM);
        let kinds = [(SpotKind::Pih, self.pih, self.pih_amount), (SpotKind::Pie, self.pie, self.pie_amount)];
        for (kind, count, mean) in kinds {
            for _ in 0..count {
                // Small spots are the common ones.
                let [small, large] = self.diameter_mm;
                let diameter_mm = small + (large - small) * random.uniform().powi(2);
                let amount = match self.de00 {
                    None => mean * random.between(self.spread[0], self.spread[1]),
                    Some([low, high]) => ground.amount(kind, random.between(low, high)),
                };
                if let Some(blob) = place.blob(&mut random, diameter_mm, 0.22) {
                    spots.push((spot(kind, &blob, diameter_mm, amount), blob));
                }
            }
        }
        spots
    }
}

/// Adds the spots of a frame to its pigments. `rough` is a field of rms 1 that makes rims and insides uneven.
pub(super) fn draw(spots: &[(Spot, Blob)], rough: &Plane, melanin: &mut Plane, blood: &mut Plane) {
    for (spot, blob) in spots {
        let (plane, soft) = match spot.kind {
            SpotKind::Pih => (&mut *melanin, 0.5),
            SpotKind::Pie => (&mut *blood, 0.75),
        };
        blob.for_pixels(rough, 2.0, SHAKE, |x, y, r| {
            let inside = smooth_step(1.0 + soft, 1.0 - soft, r);
            let uneven = 1.0 + 0.12 * f64::from(rough.at(x, y));
            plane.put(x, y, plane.at(x, y) + (spot.amount * inside * uneven.max(0.0)) as f32);
        });
    }
}
