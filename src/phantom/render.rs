//! From parameters to a photograph and its truth.

use crate::base::{Plane, parallel};
use crate::color::Lab;
use crate::error::{Error, Result};
use crate::filter::gaussian::blur;

use super::place::Place;
use super::skin::{BLOOD_MAX, MELANIN_MAX, SkinModel};
use super::table::SkinTable;
use super::texture::field::{band, map2, mean};
use super::truth::{Bands, Truth};
use super::{Phantom, scar, spot};

/// Streams of random numbers of this file.
const MOTTLE: u32 = 0x20;

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
    /// Renders the photograph and its truth.
    pub fn render(&self) -> Result<Rendered> {
        self.check()?;
        let (size, scale) = ((self.width_px, self.height_px), self.mm_per_px);
        let model = SkinModel::new(self.surface);
        let melanin_base = match self.melanin {
            Some(melanin) => melanin,
            None => model.melanin_for_ita(self.ita_deg, self.blood)?,
        };

        let mut place = Place::new(self.width_px, self.height_px, scale);
        let scars = self.scars.place(self.seed, &mut place, self.relief_gain);
        let spots = self.spots.place(self.seed, &mut place);
        let rough = band(self.seed, MOTTLE + 5, size, scale, [0.5, 2.0]);
        let marks = scar::draw(&scars, &rough, scale);

        let surface = self.relief.surface(self.seed, size, scale);
        let gain = self.relief_gain as f32;
        let healthy = map2(&surface.height, &marks.texture, |h, t| gain * h * t);
        let height_mm = map2(&healthy, &marks.height, |a, b| a + b);

        let mut melanin = self.mottle(0, self.melanin_mottle).map(|v| melanin_base as f32 * v);
        let blood = self.mottle(2, self.blood_mottle).map(|v| self.blood as f32 * v);
        let mut blood = map2(&blood, &marks.blood, |a, b| a * b);
        // A pore is a hair follicle: a little more melanin, a little more blood around it.
        melanin = map2(&melanin, &surface.pores, |v, p| v * (1.0 + 0.25 * p));
        blood = map2(&blood, &surface.pores, |v, p| v * (1.0 + 0.2 * p));
        spot::draw(&spots, &rough, &mut melanin, &mut blood);
        let melanin = melanin.map(|v| v.clamp(0.0, MELANIN_MAX as f32));
        let blood = blood.map(|v| v.clamp(0.0, BLOOD_MAX as f32));

        let light = self.light.irradiance(&height_mm, scale);
        let hair = self.hair.coverage(self.seed, size, scale);
        let scene = self.scene(&melanin, &blood, &light, &hair);
        let linear = self.camera.expose(&scene);
        let rgb8 = self.camera.develop(&linear);

        let ln_shading = light.rgb.map(|plane| plane.map(|v| f64::from(v.max(1e-4)).ln() as f32));
        let share = |plane: &Plane, above: f32| {
            plane.data().iter().filter(|&&v| v > above).count() as f64 / plane.len() as f64
        };
        let (melanin_mean, blood_mean) = (mean(&melanin), mean(&blood));
        let truth = Truth {
            phantom: self.clone(),
            skin: model.lab(melanin_mean, blood_mean).into(),
            photo: Lab::from_linear([0, 1, 2].map(|c| mean(&linear[c]))).into(),
            melanin_base,
            melanin_mean,
            blood_mean,
            height_rms_mm: Bands::rms(&height_mm, scale),
            ln_shading_rms: Bands::rms(&ln_shading[1], scale),
            hair_fraction: share(&hair, 0.25),
            glare_fraction: share(&light.glare, 0.05),
            scars: scars.into_iter().map(|(scar, _)| scar).collect(),
            spots: spots.into_iter().map(|(spot, _)| spot).collect(),
        };
        let maps = Maps { melanin, blood, height_mm, ln_shading, glare: light.glare, hair };
        Ok(Rendered { width: size.0, height: size.1, rgb8, linear, maps, truth })
    }

    fn check(&self) -> Result<()> {
        let numbers = [
            ("mm_per_px", self.mm_per_px, 1e-4, 10.0),
            ("blood", self.blood, 0.0, BLOOD_MAX),
            ("melanin", self.melanin.unwrap_or_default(), 0.0, MELANIN_MAX),
            ("surface", self.surface, 0.0, 1.0),
            ("relief_gain", self.relief_gain, 0.0, 100.0),
            ("light.elevation_deg", self.light.elevation_deg, 5.0, 90.0),
            ("light.ambient", self.light.ambient, 0.0, 1.0),
            ("camera.exposure", self.camera.exposure, 0.0, 100.0),
            ("camera.quality", f64::from(self.camera.quality), 1.0, 100.0),
            ("relief.cell_mm", self.relief.cell_mm, 0.05, 100.0),
            ("relief.line_spacing_mm", self.relief.line_spacing_mm, 0.05, 100.0),
        ];
        for (name, value, low, high) in numbers {
            if !(low..=high).contains(&value) {
                return Err(Error::config(format!("phantom: {name} is {value}, allowed {low} to {high}")));
            }
        }
        let (w, h) = (self.width_px, self.height_px);
        if w.min(h) < 16 || w.max(h) > 65_535 || w * h > PIXELS_MAX {
            return Err(Error::config(format!("phantom: {w} x {h} pixels, allowed 16 x 16 up to {PIXELS_MAX} in all")));
        }
        Ok(())
    }

    /// A factor of mean about 1: mottle of a pigment.
    fn mottle(&self, purpose: u32, relative: f64) -> Plane {
        let field = |i: u32, mm: [f64; 2]| {
            band(self.seed, MOTTLE + purpose + i, (self.width_px, self.height_px), self.mm_per_px, mm)
        };
        let (coarse, fine) = (relative as f32, self.fine_mottle as f32);
        map2(&field(0, [1.5, 8.0]), &field(1, [0.3, 1.5]), |c, f| (1.0 + coarse * c + fine * f).max(0.1))
    }

    /// Linear sRGB of the scene under its light.
    fn scene(&self, melanin: &Plane, blood: &Plane, light: &super::light::Irradiance, hair: &Plane) -> [Plane; 3] {
        let (width, height) = (melanin.width(), melanin.height());
        let table = SkinTable::new(self.surface);
        let hairy = self.hair.per_cm2 > 0.0;
        // A hair keeps a little light from the skin beside it.
        let shadow = if hairy { blur(hair, 2.0) } else { Plane::new(0, 0) };
        let color = self.hair.color.map(|v| v as f32);
        let bands = parallel::map_bands(height, 16, |rows| {
            let mut out: [Vec<f32>; 3] = std::array::from_fn(|_| Vec::with_capacity(rows.len() * width));
            for y in rows {
                for x in 0..width {
                    let skin = table.linear(melanin.at(x, y), blood.at(x, y));
                    for c in 0..3 {
                        let lit = light.rgb[c].at(x, y);
                        let mut v = skin[c] * lit + light.glare.at(x, y);
                        if hairy {
                            let cover = hair.at(x, y);
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
