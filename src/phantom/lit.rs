//! What a light makes of a scene: its linear light, and how far its scars stand out.

use std::sync::OnceLock;

use crate::base::{Plane, parallel};
use crate::filter::gaussian::blur;

use super::Light;
use super::contrast::measure_scar;
use super::frame::Frame;
use super::light::Irradiance;
use super::scar::Scar;
use super::scene::Scene;
use super::spline::Spline;
use super::table::SkinTable;
use super::texture::field::{band_of, rms};
use super::truth::BANDS_MM;

/// What the light makes of a scene.
#[derive(Clone, Debug)]
pub(super) struct Lit {
    pub light: Irradiance,
    pub linear: [Plane; 3],
    pub scars: Vec<Scar>,
    pub micro_relief_mid: f64,
    /// Splines through the light of the scene, the irradiance and the highlights.
    splines: OnceLock<[Spline; 7]>,
}

impl Lit {
    /// No light yet.
    pub fn none() -> Self {
        let none = || Plane::new(0, 0);
        let planes = || std::array::from_fn(|_| none());
        Self {
            light: Irradiance { rgb: planes(), glare: none() },
            linear: planes(),
            scars: Vec::new(),
            micro_relief_mid: 0.0,
            splines: OnceLock::new(),
        }
    }

    pub fn splines(&self) -> &[Spline; 7] {
        let ([r, g, b], [sr, sg, sb]) = (&self.linear, &self.light.rgb);
        self.splines.get_or_init(|| [r, g, b, sr, sg, sb, &self.light.glare].map(Spline::new))
    }
}

/// Natural logarithm of an irradiance.
pub(super) fn ln(plane: &Plane) -> Plane {
    plane.map(|v| f64::from(v.max(1e-4)).ln() as f32)
}

impl Scene {
    /// The scene under a light.
    pub(super) fn under(&self, light: &Light, frame: Frame) -> Lit {
        let irradiance = light.irradiance(&self.height_mm, frame);
        let linear = self.linear(&irradiance);
        let mid = |plane: &Plane| rms(&band_of(&frame.of(plane), frame.mm_per_px, BANDS_MM[1]));
        let mut scars: Vec<Scar> = self.scars.iter().map(|(scar, _)| scar.clone()).collect();
        let micro_relief_mid = if scars.is_empty() {
            mid(&ln(&irradiance.rgb[1]))
        } else {
            let [added, healthy] = light.ln_difference(&self.height_mm, &self.healthy_mm, frame);
            let micro_relief = mid(&healthy);
            for (scar, (_, blob)) in scars.iter_mut().zip(&self.scars) {
                measure_scar(scar, blob, &self.fields.rough, &added, micro_relief);
            }
            micro_relief
        };
        Lit { light: irradiance, linear, scars, micro_relief_mid, splines: OnceLock::new() }
    }

    /// Linear sRGB of the scene under its light.
    fn linear(&self, light: &Irradiance) -> [Plane; 3] {
        let (width, height) = (self.melanin.width(), self.melanin.height());
        let table = SkinTable::new(self.phantom.surface);
        let hairy = self.phantom.hair.per_cm2 > 0.0;
        // A hair keeps a little light from the skin beside it.
        let shadow = if hairy { blur(&self.hair, 2.0) } else { Plane::new(0, 0) };
        let color = self.phantom.hair.color.map(|v| v as f32);
        let bands = parallel::map_bands(height, 16, |rows| {
            let mut out: [Vec<f32>; 3] = std::array::from_fn(|_| Vec::with_capacity(rows.len() * width));
            for y in rows {
                for x in 0..width {
                    let skin = table.linear(self.melanin.at(x, y), self.blood.at(x, y));
                    for c in 0..3 {
                        let lit = light.rgb[c].at(x, y);
                        let mut v = skin[c] * lit + light.glare.at(x, y);
                        if hairy {
                            let cover = self.hair.at(x, y);
                            v = v * (1.0 - 0.35 * shadow.at(x, y)) * (1.0 - cover) + cover * color[c] * lit;
                        }
                        out[c].push(v);
                    }
                }
            }
            out
        });
        std::array::from_fn(|c| {
            let data = bands.iter().flat_map(|band| band[c].iter().copied()).collect();
            Plane::from_vec(width, height, data)
        })
    }
}
