//! The skin under its light, ready to be photographed any number of times.
//!
//! What costs most, the relief, the pigments and the light on them, is made once; a photograph is a view of the scene's
//! linear light through a camera. The scene may have a margin of skin around the frame, which recaptures turn and shift
//! into view.

use std::sync::{Arc, OnceLock};

use crate::base::{Plane, parallel};
use crate::color::Lab;
use crate::error::{Error, Result};
use crate::filter::gaussian::blur;

use super::contrast::{SpotScene, lesions, measure_scar};
use super::light::{Frame, Irradiance};
use super::place::{Blob, Place};
use super::recapture::Recapture;
use super::render::{Maps, Rendered};
use super::scar::{self, Scar};
use super::skin::{BLOOD_MAX, MELANIN_MAX, SkinModel};
use super::spline::Spline;
use super::spot::{self, Ground, Spot};
use super::table::{GAMUT_KNEE, SkinTable};
use super::texture::field::{band, band_of, map2, mean, rms};
use super::texture::relief::Surface;
use super::truth::{BANDS_MM, Bands, Truth};
use super::{Camera, Light, Phantom, Relief};

/// Streams of random numbers of this file.
const MOTTLE: u32 = 0x20;

/// Skin under its light.
#[derive(Clone, Debug)]
pub struct Scene {
    phantom: Phantom,
    melanin_base: f64,
    melanin: Plane,
    blood: Plane,
    height_mm: Plane,
    /// The height of the same skin without scars.
    healthy_mm: Plane,
    hair: Plane,
    fields: Arc<Fields>,
    scars: Vec<(Scar, Blob)>,
    spots: Vec<Spot>,
    lit: Lit,
    /// Splines through melanin, blood, height and hair, made for the first recapture.
    splines: OnceLock<[Spline; 4]>,
}

/// What the light makes of a scene.
#[derive(Clone, Debug)]
struct Lit {
    light: Irradiance,
    linear: [Plane; 3],
    scars: Vec<Scar>,
    micro_relief_mid: f64,
    /// Splines through the light of the scene, the irradiance and the highlights.
    splines: OnceLock<[Spline; 7]>,
}

/// What only the seed, the size and the relief of healthy skin decide, and what takes longest to make.
#[derive(Clone, Debug)]
struct Fields {
    seed: u64,
    size: (usize, usize),
    mm_per_px: f64,
    relief: Relief,
    surface: Surface,
    /// Melanin coarse and fine, blood coarse and fine: rms 1.
    mottle: [Plane; 4],
    /// Roughness of rims: rms 1.
    rough: Plane,
}

impl Fields {
    fn new(p: &Phantom, size: (usize, usize)) -> Self {
        let field = |i: u32, mm: [f64; 2]| band(p.seed, MOTTLE + i, size, p.mm_per_px, mm);
        let (coarse, fine) = ([1.5, 8.0], [0.3, 1.5]);
        Self {
            seed: p.seed,
            size,
            mm_per_px: p.mm_per_px,
            relief: p.relief.clone(),
            surface: p.relief.surface(p.seed, size, p.mm_per_px),
            mottle: [field(0, coarse), field(1, fine), field(2, coarse), field(3, fine)],
            rough: field(5, [0.5, 2.0]),
        }
    }

    fn serve(&self, p: &Phantom, size: (usize, usize)) -> bool {
        self.seed == p.seed && self.size == size && self.mm_per_px == p.mm_per_px && self.relief == p.relief
    }

    /// A factor of mean about 1 on a pigment: its coarse and its fine mottle.
    fn mottle(&self, first: usize, coarse: f64, fine: f64) -> Plane {
        let (coarse, fine) = (coarse as f32, fine as f32);
        map2(&self.mottle[first], &self.mottle[first + 1], |c, f| (1.0 + coarse * c + fine * f).max(0.1))
    }
}

impl Phantom {
    /// The skin under its light, with `margin_px` of skin around the frame.
    pub fn scene(&self) -> Result<Scene> {
        self.scene_after(None)
    }

    /// The same, faster where `before` has the same seed, size, scale and relief of healthy skin: other tones, lights,
    /// lesions and gains on one skin.
    pub fn scene_after(&self, before: Option<&Scene>) -> Result<Scene> {
        self.check()?;
        let scale = self.mm_per_px;
        let margin = self.margin_px;
        let size = (self.width_px + 2 * margin, self.height_px + 2 * margin);
        let model = SkinModel::new(self.surface);
        let melanin_base = match self.melanin {
            Some(melanin) => melanin,
            None => {
                SkinModel::new(self.ita_surface.unwrap_or(self.surface)).melanin_for_ita(self.ita_deg, self.blood)?
            }
        };

        let mut place = Place::new(self.width_px, self.height_px, scale);
        let ground = Ground { model: &model, melanin: melanin_base, blood: self.blood };
        let moved = |blob: Blob| blob.moved(margin);
        let scars = self.scars.place(self.seed, &mut place, self.relief_gain);
        let scars: Vec<_> = scars.into_iter().map(|(scar, blob)| (scar, moved(blob))).collect();
        let spots = self.spots.place(self.seed, &mut place, ground);
        let mut spots: Vec<_> = spots.into_iter().map(|(spot, blob)| (spot, moved(blob))).collect();
        let fields = match before.map(|scene| &scene.fields).filter(|fields| fields.serve(self, size)) {
            Some(fields) => Arc::clone(fields),
            None => Arc::new(Fields::new(self, size)),
        };
        let (surface, rough) = (&fields.surface, &fields.rough);
        let marks = scar::draw(&scars, rough, scale);

        let gain = self.relief_gain as f32;
        let healthy_mm = surface.height.map(|h| gain * h);
        let with_tissue = map2(&surface.height, &marks.texture, |h, t| gain * h * t);
        let height_mm = map2(&with_tissue, &marks.height, |a, b| a + b);

        let mut melanin = fields.mottle(0, self.melanin_mottle, self.fine_mottle).map(|v| melanin_base as f32 * v);
        let blood = fields.mottle(2, self.blood_mottle, self.fine_mottle).map(|v| self.blood as f32 * v);
        let mut blood = map2(&blood, &marks.blood, |a, b| a * b);
        // A pore is a hair follicle: a little more melanin, a little more blood around it.
        melanin = map2(&melanin, &surface.pores, |v, p| v * (1.0 + 0.35 * p));
        blood = map2(&blood, &surface.pores, |v, p| v * (1.0 + 0.6 * p));
        spot::draw(&spots, rough, &mut melanin, &mut blood);
        let melanin = melanin.map(|v| v.clamp(0.0, MELANIN_MAX as f32));
        let blood = blood.map(|v| v.clamp(0.0, BLOOD_MAX as f32));

        if !spots.is_empty() {
            let lesions = lesions(&scars, &spots, rough);
            let scene = SpotScene {
                model: &model,
                rough,
                melanin: &melanin,
                blood: &blood,
                lesions: &lesions,
                ground: [melanin_base, self.blood],
                mm_per_px: scale,
            };
            spots.iter_mut().for_each(|(spot, blob)| scene.measure(spot, blob));
        }
        let mut scene = Scene {
            phantom: self.clone(),
            melanin_base,
            hair: self.hair.coverage(self.seed, size, scale),
            melanin,
            blood,
            height_mm,
            healthy_mm,
            fields,
            scars,
            spots: spots.into_iter().map(|(spot, _)| spot).collect(),
            lit: Lit {
                light: Irradiance { rgb: std::array::from_fn(|_| Plane::new(0, 0)), glare: Plane::new(0, 0) },
                linear: std::array::from_fn(|_| Plane::new(0, 0)),
                scars: Vec::new(),
                micro_relief_mid: 0.0,
                splines: OnceLock::new(),
            },
            splines: OnceLock::new(),
        };
        scene.lit = scene.under(&self.light, Frame::new((self.width_px, self.height_px), margin, scale));
        Ok(scene)
    }
}

impl Lit {
    fn splines(&self) -> &[Spline; 7] {
        let ([r, g, b], [sr, sg, sb]) = (&self.linear, &self.light.rgb);
        self.splines.get_or_init(|| [r, g, b, sr, sg, sb, &self.light.glare].map(Spline::new))
    }
}

/// Natural logarithm of an irradiance.
fn ln(plane: &Plane) -> Plane {
    plane.map(|v| f64::from(v.max(1e-4)).ln() as f32)
}

impl Scene {
    /// Photographs the scene.
    ///
    /// ```
    /// use cicatrix::phantom::{Phantom, recapture::{Spread, series}};
    /// let mut phantom = Phantom::default();
    /// (phantom.width_px, phantom.height_px, phantom.margin_px) = (64, 48, 24);
    /// let scene = phantom.scene()?;
    /// for (recapture, camera) in series(1, 3, Spread::default(), &phantom.camera) {
    ///     assert_eq!(scene.photograph(&recapture, &camera)?.width, 64);
    /// }
    /// # Ok::<(), cicatrix::Error>(())
    /// ```
    pub fn photograph(&self, recapture: &Recapture, camera: &Camera) -> Result<Rendered> {
        let p = &self.phantom;
        let (size, margin) = ((p.width_px, p.height_px), p.margin_px);
        recapture.check()?;
        camera.check()?;
        let lens = camera.lens_reach_px();
        let pad = if recapture.is_identity() { lens.min(margin) } else { lens };
        let needed = recapture.margin_px(size, pad);
        if needed > margin {
            return Err(Error::config(format!(
                "phantom: margin_px is {margin}, this recapture needs at least {needed} pixels of skin around the frame"
            )));
        }
        let relit = (recapture.light_follows_camera && !recapture.is_identity()).then(|| self.carried(recapture));
        let lit = relit.as_ref().unwrap_or(&self.lit);
        let (scene, maps) = if recapture.is_identity() {
            let crop = |plane: &Plane, pad: usize| {
                let from = margin - pad;
                plane.crop(from..from + size.0 + 2 * pad, from..from + size.1 + 2 * pad)
            };
            let maps = Maps {
                melanin: crop(&self.melanin, 0),
                blood: crop(&self.blood, 0),
                height_mm: crop(&self.height_mm, 0),
                ln_shading: std::array::from_fn(|c| ln(&crop(&lit.light.rgb[c], 0))),
                glare: crop(&lit.light.glare, 0),
                hair: crop(&self.hair, 0),
            };
            (std::array::from_fn(|c| crop(&lit.linear[c], pad)), maps)
        } else {
            let [melanin, blood, height, hair] =
                self.splines.get_or_init(|| [&self.melanin, &self.blood, &self.height_mm, &self.hair].map(Spline::new));
            let [r, g, b, shade_r, shade_g, shade_b, glare] = lit.splines();
            let view = |spline: &Spline| recapture.view(spline, size, margin, 0);
            // Most scenes have no highlights and no hair.
            let some = |plane: &Plane, spline: &Spline| {
                if plane.data().iter().any(|&v| v != 0.0) { view(spline) } else { Plane::new(size.0, size.1) }
            };
            let maps = Maps {
                melanin: view(melanin),
                blood: view(blood),
                height_mm: view(height),
                ln_shading: [shade_r, shade_g, shade_b].map(|s| ln(&view(s))),
                glare: some(&lit.light.glare, glare),
                hair: some(&self.hair, hair),
            };
            ([r, g, b].map(|s| recapture.view(s, size, margin, pad)), maps)
        };
        let linear = camera.expose(&scene);
        let linear = if pad == 0 { linear } else { linear.map(|p| p.crop(pad..pad + size.0, pad..pad + size.1)) };
        let rgb8 = camera.develop(&linear);
        let truth = self.truth(recapture, camera, lit, &maps, &linear);
        Ok(Rendered { width: size.0, height: size.1, rgb8, linear, maps, truth })
    }

    /// The scene under a lamp that a turned and shifted camera carries with it.
    fn carried(&self, recapture: &Recapture) -> Lit {
        let p = &self.phantom;
        let size = (p.width_px, p.height_px);
        let turned = |deg: f64| deg - recapture.rotation_deg;
        let light = Light {
            azimuth_deg: turned(p.light.azimuth_deg),
            gradient_deg: p.light.gradient_deg.map(turned),
            ..p.light.clone()
        };
        let mut frame = Frame::new(size, p.margin_px, p.mm_per_px);
        let middle = [size.0, size.1].map(|n| (n as f64 - 1.0) / 2.0);
        let aim = recapture.to_first(size, middle);
        for k in 0..2 {
            frame.beam[k] += aim[k] - middle[k];
        }
        self.under(&light, frame)
    }

    /// The scene under a light.
    fn under(&self, light: &Light, frame: Frame) -> Lit {
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

    fn truth(&self, recapture: &Recapture, camera: &Camera, lit: &Lit, maps: &Maps, linear: &[Plane; 3]) -> Truth {
        let p = &self.phantom;
        let size = (p.width_px, p.height_px);
        let mm_per_px = p.mm_per_px / recapture.scale;
        let model = SkinModel::new(p.surface);
        let share =
            |plane: &Plane, above: f32| plane.data().iter().filter(|&&v| v > above).count() as f64 / plane.len() as f64;
        let (melanin_mean, blood_mean) = (mean(&maps.melanin), mean(&maps.blood));
        let skin = model.linear(melanin_mean, blood_mean);
        let turn = if recapture.light_follows_camera { 0.0 } else { recapture.rotation_deg };
        let position = |x: f64, y: f64| recapture.to_photo(size, [x, y]);
        let scars = lit.scars.iter().map(|scar| {
            let [x_px, y_px] = position(scar.x_px, scar.y_px);
            Scar { x_px, y_px, ..scar.clone() }
        });
        let spots = self.spots.iter().map(|spot| {
            let [x_px, y_px] = position(spot.x_px, spot.y_px);
            Spot { x_px, y_px, ..spot.clone() }
        });
        Truth {
            phantom: Phantom { recapture: *recapture, camera: camera.clone(), ..p.clone() },
            mm_per_px,
            light_azimuth_deg: p.light.azimuth_deg + turn,
            skin: Lab::from_linear(skin).into(),
            skin_linear: skin,
            out_of_gamut: skin.iter().any(|&v| v < GAMUT_KNEE),
            photo: Lab::from_linear([0, 1, 2].map(|c| mean(&linear[c]))).into(),
            melanin_base: self.melanin_base,
            melanin_mean,
            blood_mean,
            height_rms_mm: Bands::rms(&maps.height_mm, mm_per_px),
            ln_shading_rms: Bands::rms(&maps.ln_shading[1], mm_per_px),
            micro_relief_mid: lit.micro_relief_mid,
            hair_fraction: share(&maps.hair, 0.25),
            glare_fraction: share(&maps.glare, 0.05),
            scars: scars.collect(),
            spots: spots.collect(),
        }
    }
}
