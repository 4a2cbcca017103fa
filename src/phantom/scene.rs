//! The skin under its light, ready to be photographed any number of times.
//!
//! What costs most, the relief, the pigments and the light on them, is made once; a photograph is a view of the scene's
//! linear light through a camera. The scene may have a margin of skin around the frame, which recaptures turn and shift
//! into view.

use std::sync::{Arc, OnceLock};

use crate::base::Plane;
use crate::color::Lab;
use crate::error::{Error, Result};

use super::contrast::{SpotScene, lesions};
use super::fields::Fields;
use super::frame::Frame;
use super::lit::{Lit, ln};
use super::place::{Blob, Place};
use super::recapture::Recapture;
use super::render::{Maps, Rendered};
use super::scar::{self, Scar};
use super::skin::{BLOOD_MAX, MELANIN_MAX, SkinModel};
use super::spline::Spline;
use super::spot::{self, Ground, Spot};
use super::table::GAMUT_KNEE;
use super::texture::field::{map2, mean};
use super::truth::{Bands, Truth};
use super::{Camera, Light, Phantom};

/// Skin under its light.
#[derive(Clone, Debug)]
pub struct Scene {
    pub(super) phantom: Phantom,
    melanin_base: f64,
    pub(super) melanin: Plane,
    pub(super) blood: Plane,
    pub(super) height_mm: Plane,
    /// The height of the same skin without scars.
    pub(super) healthy_mm: Plane,
    pub(super) hair: Plane,
    pub(super) fields: Arc<Fields>,
    pub(super) scars: Vec<(Scar, Blob)>,
    spots: Vec<Spot>,
    lit: Lit,
    /// Splines through melanin, blood, height and hair, made for the first recapture.
    splines: OnceLock<[Spline; 4]>,
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
        let treated = self.treated.has_effect().then(|| self.treated.share(size, margin, scale));
        let fade = |plane: &mut Plane, gain: f64| {
            if let Some(share) = &treated {
                *plane = map2(plane, share, |v, w| v * (1.0 + (gain as f32 - 1.0) * w));
            }
        };
        let mut healthy_mm = surface.height.map(|h| gain * h);
        let with_tissue = map2(&surface.height, &marks.texture, |h, t| gain * h * t);
        let mut height_mm = map2(&with_tissue, &marks.height, |a, b| a + b);
        fade(&mut healthy_mm, self.treated.relief_gain);
        fade(&mut height_mm, self.treated.relief_gain);

        let mut melanin = fields.mottle(0, self.melanin_mottle, self.fine_mottle).map(|v| melanin_base as f32 * v);
        let blood = fields.mottle(2, self.blood_mottle, self.fine_mottle).map(|v| self.blood as f32 * v);
        let mut blood = map2(&blood, &marks.blood, |a, b| a * b);
        // A pore is a hair follicle: a little more melanin, a little more blood around it.
        melanin = map2(&melanin, &surface.pores, |v, p| v * (1.0 + 0.35 * p));
        blood = map2(&blood, &surface.pores, |v, p| v * (1.0 + 0.6 * p));
        if treated.is_some() {
            let clear = [melanin.clone(), blood.clone()];
            spot::draw(&spots, rough, &mut melanin, &mut blood);
            for (plane, clear) in [(&mut melanin, &clear[0]), (&mut blood, &clear[1])] {
                let mut added = map2(plane, clear, |with, without| with - without);
                fade(&mut added, self.treated.spots_gain);
                *plane = map2(clear, &added, |without, added| without + added);
            }
        } else {
            spot::draw(&spots, rough, &mut melanin, &mut blood);
        }
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
            lit: Lit::none(),
            splines: OnceLock::new(),
        };
        scene.lit = scene.under(&self.light, Frame::new((self.width_px, self.height_px), margin, scale));
        Ok(scene)
    }
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
