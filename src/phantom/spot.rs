//! Spots after inflammation: brown (PIH, melanin) and red (PIE, blood), with soft irregular rims.

use serde::{Deserialize, Serialize};

use crate::base::Plane;

use super::place::{Blob, Place, smooth_step};
use super::random::Random;

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
    /// Smallest and largest diameter in mm (default 1.2 and 4).
    pub diameter_mm: [f64; 2],
}

impl Default for SpotPlan {
    fn default() -> Self {
        Self { pih: 0, pie: 0, pih_amount: 0.03, pie_amount: 0.015, diameter_mm: [1.2, 4.0] }
    }
}

/// Stream of random numbers of this file.
const STREAM: u64 = 0x31 << 32;

impl SpotPlan {
    /// Places the spots; those that find no room are left out.
    pub(super) fn place(&self, seed: u64, place: &mut Place) -> Vec<(Spot, Blob)> {
        let mut random = Random::new(seed, STREAM);
        let mut spots = Vec::new();
        let kinds = [(SpotKind::Pih, self.pih, self.pih_amount), (SpotKind::Pie, self.pie, self.pie_amount)];
        for (kind, count, mean) in kinds {
            for _ in 0..count {
                // Small spots are the common ones.
                let [small, large] = self.diameter_mm;
                let diameter_mm = small + (large - small) * random.uniform().powi(2);
                let amount = mean * random.between(0.5, 1.5);
                if let Some(blob) = place.blob(&mut random, diameter_mm, 0.22) {
                    spots.push((Spot { kind, x_px: blob.x, y_px: blob.y, diameter_mm, amount }, blob));
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
        blob.for_pixels(rough, 2.0, 0.11, |x, y, r| {
            let inside = smooth_step(1.0 + soft, 1.0 - soft, r);
            let uneven = 1.0 + 0.12 * f64::from(rough.at(x, y));
            plane.put(x, y, plane.at(x, y) + (spot.amount * inside * uneven.max(0.0)) as f32);
        });
    }
}
