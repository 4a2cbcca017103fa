//! From parameters to a photograph and its truth.

use crate::base::Plane;
use crate::error::{Error, Result};

use super::Phantom;
use super::skin::{BLOOD_MAX, MELANIN_MAX};
use super::truth::Truth;

/// Most pixels of a phantom.
const PIXELS_MAX: usize = 200_000_000;

/// A rendered phantom.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The photograph: interleaved 8-bit sRGB.
    pub rgb8: Vec<u8>,
    /// The light on the sensor without noise: linear sRGB.
    pub linear: [Plane; 3],
    /// The truth per pixel.
    pub maps: Maps,
    /// The truth in numbers.
    pub truth: Truth,
}

/// The truth per pixel.
#[derive(Clone, Debug)]
pub struct Maps {
    /// Melanosome fraction.
    pub melanin: Plane,
    /// Blood fraction.
    pub blood: Plane,
    /// Height in mm.
    pub height_mm: Plane,
    /// Natural logarithm of the irradiance, R, G, B; mean light 0.
    pub ln_shading: [Plane; 3],
    /// Highlights, linear.
    pub glare: Plane,
    /// Share of the pixel that hair covers.
    pub hair: Plane,
}

impl Rendered {
    /// The photograph as a JPEG file.
    pub fn jpeg(&self) -> Result<Vec<u8>> {
        self.truth.phantom.camera.jpeg(&self.rgb8, self.width, self.height)
    }
}

impl Phantom {
    /// Renders the photograph and its truth: the scene, seen by its recapture through its camera.
    pub fn render(&self) -> Result<Rendered> {
        self.scene()?.photograph(&self.recapture, &self.camera)
    }

    /// Refuses what cannot be rendered.
    pub(super) fn check(&self) -> Result<()> {
        let numbers = [
            ("mm_per_px", self.mm_per_px, 1e-4, 10.0),
            ("blood", self.blood, 0.0, BLOOD_MAX),
            ("melanin", self.melanin.unwrap_or_default(), 0.0, MELANIN_MAX),
            ("surface", self.surface, 0.0, 1.0),
            ("relief_gain", self.relief_gain, 0.0, 100.0),
            ("ita_surface", self.ita_surface.unwrap_or_default(), 0.0, 1.0),
            ("margin_px", self.margin_px as f64, 0.0, 16_384.0),
            ("light.softness_deg", self.light.softness_deg, 0.0, 150.0),
            ("light.gradient", self.light.gradient, -2.0, 2.0),
            ("light.elevation_deg", self.light.elevation_deg, 5.0, 90.0),
            ("light.ambient", self.light.ambient, 0.0, 1.0),
            ("relief.cell_mm", self.relief.cell_mm, 0.05, 100.0),
            ("relief.line_spacing_mm", self.relief.line_spacing_mm, 0.05, 100.0),
        ];
        for (name, value, low, high) in numbers.into_iter().chain(self.treated.numbers()) {
            if !(low..=high).contains(&value) {
                return Err(Error::config(format!("phantom: {name} is {value}, allowed {low} to {high}")));
            }
        }
        self.recapture.check()?;
        self.camera.check()?;
        let (w, h) = (self.width_px, self.height_px);
        if w.min(h) < 16 || w.max(h) > 65_535 || (w + 2 * self.margin_px) * (h + 2 * self.margin_px) > PIXELS_MAX {
            return Err(Error::config(format!("phantom: {w} x {h} pixels, allowed 16 x 16 up to {PIXELS_MAX} in all")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ScarPlan, SpotPlan};
    use super::*;
    use crate::base::parallel::Threads;

    fn small() -> Phantom {
        let mut p = Phantom { width_px: 160, height_px: 120, ..Phantom::default() };
        p.scars = ScarPlan { ice_pick: 1, boxcar: 1, ..ScarPlan::default() };
        p.spots = SpotPlan { pih: 1, pie: 1, diameter_mm: [0.8, 1.2], ..SpotPlan::default() };
        p.hair.per_cm2 = 8.0;
        p.light.glare = 0.05;
        p
    }

    #[test]
    fn a_seed_gives_the_same_bytes_on_any_number_of_threads() -> Result<()> {
        let first = small().render()?;
        for threads in [1, 2, 7] {
            let again = Threads::new(threads)?.install(|| small().render())?;
            assert_eq!((&again.rgb8, &again.truth), (&first.rgb8, &first.truth), "{threads} threads");
        }
        assert_ne!(Phantom { seed: 2, ..small() }.render()?.rgb8, first.rgb8);
        Ok(())
    }

    #[test]
    fn relief_follows_its_gain() -> Result<()> {
        let rms = |relief_gain: f64| -> Result<_> {
            let truth = Phantom { relief_gain, ..small() }.render()?.truth;
            Ok((truth.height_rms_mm, truth.ln_shading_rms))
        };
        let ((half, half_ln), (full, full_ln)) = (rms(0.5)?, rms(1.0)?);
        for (a, b) in [(half.fine, full.fine), (half.mid, full.mid), (half.coarse, full.coarse)] {
            assert!((b / a - 2.0).abs() < 0.01, "height {a} and {b}");
        }
        // Shadows are not linear in height, nearly so without deep scars.
        assert!((1.5..2.5).contains(&(full_ln.mid / half_ln.mid)) && full_ln.fine > 1.5 * half_ln.fine);
        Ok(())
    }

    #[test]
    fn another_noise_seed_is_the_same_skin() -> Result<()> {
        let (mut a, mut b) = (small(), small());
        (a.camera.noise_seed, b.camera.noise_seed) = (1, 2);
        let (a, b) = (a.render()?, b.render()?);
        assert_ne!(a.rgb8, b.rgb8);
        assert_eq!((a.linear, a.truth.scars), (b.linear, b.truth.scars));
        Ok(())
    }

    #[test]
    fn truth_survives_json() -> Result<()> {
        let truth = small().render()?.truth;
        let text = serde_json::to_string(&truth).map_err(|e| Error::internal("json", e.to_string()))?;
        let back: Truth = serde_json::from_str(&text).map_err(|e| Error::internal("json", e.to_string()))?;
        assert_eq!(back, truth);
        assert_eq!((truth.scars.len(), truth.spots.len()), (2, 2));
        Ok(())
    }

    #[test]
    fn the_photograph_has_the_color_of_its_skin() -> Result<()> {
        for ita_deg in [50.0, 20.0, -20.0, -45.0] {
            let mut p = Phantom { width_px: 200, height_px: 150, ita_deg, blood: 0.01, ..Phantom::default() };
            p.relief.pores_per_cm2 = 0.0;
            let truth = p.render()?.truth;
            let (skin, photo) = (truth.skin, truth.photo);
            let distance = [skin.l - photo.l, skin.a - photo.a, skin.b - photo.b].map(f64::abs);
            assert!(distance.iter().all(|&d| d < 0.6), "ITA {ita_deg}: {skin:?} and {photo:?}");
            assert!((skin.ita_deg.unwrap_or(0.0) - ita_deg).abs() < 1.5, "{ita_deg}: {skin:?}");
        }
        Ok(())
    }

    #[test]
    fn impossible_phantoms_are_refused() {
        for broken in [
            Phantom { width_px: 4, ..Phantom::default() },
            Phantom { blood: f64::NAN, ..Phantom::default() },
            Phantom { ita_deg: 89.0, ..Phantom::default() },
            Phantom { mm_per_px: 0.0, ..Phantom::default() },
        ] {
            assert_eq!(broken.render().map(|r| r.width).map_err(|e| e.code()), Err("config"));
        }
    }
}
