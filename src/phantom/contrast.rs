//! How far the lesions of a scene stand out, from the scene itself and not from its photograph.
//!
//! A spot: CIEDE2000 by the forward model, under flat light, of its mean pigments against those of the skin around it (a
//! ring clear of all lesions). A scar: the rms over its footprint of the logarithm of irradiance that it adds, against the
//! rms of the micro-relief between 0.8 and 2.5 mm on the same skin without scars. So whether a scar of "contrast above the
//! micro-relief" is there to be found is decided by the truth, and depends on the light as it should.

use crate::base::{Mask, Plane};
use crate::color::delta_e_00;

use super::place::Blob;
use super::scar::{self, Scar};
use super::skin::SkinModel;
use super::spot::{self, Spot};

/// The ring of skin around a spot, in radii.
const RING: [f64; 2] = [1.8, 2.4];
/// The center of a spot, in radii.
const CENTER: f64 = 0.3;
/// Fewest pixels that make a ring.
const RING_LEAST: usize = 24;

/// A running mean of melanin and blood.
#[derive(Clone, Copy, Debug, Default)]
struct Pigments {
    melanin: f64,
    blood: f64,
    count: usize,
}

impl Pigments {
    fn add(&mut self, melanin: f32, blood: f32) {
        self.melanin += f64::from(melanin);
        self.blood += f64::from(blood);
        self.count += 1;
    }

    fn mean(self) -> [f64; 2] {
        let n = self.count.max(1) as f64;
        [self.melanin / n, self.blood / n]
    }
}

/// The pixels of all lesions.
pub(super) fn lesions(scars: &[(Scar, Blob)], spots: &[(Spot, Blob)], rough: &Plane) -> Mask {
    let mut mask = Mask::empty(rough.width(), rough.height());
    for (_, blob) in scars {
        blob.for_pixels(rough, scar::FOOTPRINT, scar::SHAKE, |x, y, _| mask.set(x, y, true));
    }
    for (_, blob) in spots {
        blob.for_pixels(rough, spot::REACH, spot::SHAKE, |x, y, _| mask.set(x, y, true));
    }
    mask
}

/// What the spots of a scene are measured on.
#[derive(Debug)]
pub(super) struct SpotScene<'a> {
    pub model: &'a SkinModel,
    pub rough: &'a Plane,
    pub melanin: &'a Plane,
    pub blood: &'a Plane,
    /// The pixels of all lesions.
    pub lesions: &'a Mask,
    /// Pigments where no ring can be found.
    pub ground: [f64; 2],
    pub mm_per_px: f64,
}

impl SpotScene<'_> {
    /// Fills in area and contrast of a spot.
    pub fn measure(&self, spot: &mut Spot, blob: &Blob) {
        let (mut inside, mut center, mut ring) = (Pigments::default(), Pigments::default(), Pigments::default());
        blob.for_pixels(self.rough, RING[1], spot::SHAKE, |x, y, r| {
            let (m, b) = (self.melanin.at(x, y), self.blood.at(x, y));
            if r < 1.0 {
                inside.add(m, b);
            }
            if r < CENTER {
                center.add(m, b);
            }
            if r > RING[0] && !self.lesions.contains(x, y) {
                ring.add(m, b);
            }
        });
        let around = if ring.count < RING_LEAST { self.ground } else { ring.mean() };
        let lab = |[m, b]: [f64; 2]| self.model.lab(m, b);
        let against = |p: Pigments| if p.count == 0 { 0.0 } else { delta_e_00(lab(p.mean()), lab(around)) };
        spot.area_mm2 = inside.count as f64 * self.mm_per_px * self.mm_per_px;
        spot.contrast_de00 = against(if center.count == 0 { inside } else { center });
        spot.mean_contrast_de00 = against(inside);
    }
}

/// Fills in what a scar adds to the logarithm of irradiance, against the rms of the micro-relief.
pub(super) fn measure_scar(scar: &mut Scar, blob: &Blob, rough: &Plane, added: &Plane, micro_relief: f64) {
    let (mut n, mut sum, mut low, mut high) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    blob.for_pixels(rough, scar::FOOTPRINT, scar::SHAKE, |x, y, _| {
        let v = f64::from(added.at(x, y));
        n += 1.0;
        sum += v * v;
        (low, high) = (low.min(v), high.max(v));
    });
    scar.shading_rms = (sum / n.max(1.0)).sqrt();
    scar.shading_range = high - low;
    scar.contrast = if micro_relief > 0.0 { scar.shading_rms / micro_relief } else { 0.0 };
}
