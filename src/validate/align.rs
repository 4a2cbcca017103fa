//! A follow-up lands where it should, and a wrong alignment is never called a pass.
//!
//! Recaptures of phantoms have a known map. Each is photographed by another camera (exposure, noise), and then its light is tilted and
//! a patch treated, in the decoded photo's linear light. Hostile pairs are pairs that no alignment can be right for.

use super::figures::median;
use super::{Claim, Plan, tamper};
use crate::error::Result;
use crate::filter::resample;
use crate::measure::{Config, Regions, scene};
use crate::phantom::random::Random;
use crate::phantom::{Camera, Phantom, Recapture, Scene};
use crate::photo::{Limits, Photo};
use crate::series::align::{AlignConfig, Alignment, Frame, Quality, Verdict, align};

/// Stream of random numbers of this file.
const STREAM: u64 = 0x52 << 32;
/// Recaptures of one skin.
const RECAPTURES: usize = 12;
/// Hostile pairs of one skin: four skins make 200.
const HOSTILE: usize = 50;
/// What the operator does not repeat: degrees, ln of the scale, pixels, EV.
const TURN_DEG: f64 = 15.0;
const SCALES: [f64; 2] = [0.8, 1.25];
const SHIFT_PX: f64 = 15.0;
const EXPOSURE_EV: f64 = 0.3;
/// A recapture that stands at no end of the range.
const CHANCE: usize = 9;

/// What came of aligning a recapture.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// Median distance of 81 points from the truth; NaN without an alignment.
    pub error_px: f64,
    /// The verdict.
    pub verdict: Verdict,
    /// The figures, where there is an alignment.
    pub quality: Option<Quality>,
}

/// How a follow-up differs beside its pose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// In exposure and noise alone.
    Plain,
    /// Under a light gradient of 30 %.
    Lit,
    /// And with a patch that is smoother and redder.
    Treated,
    /// Plain, with a lamp that turned with the camera.
    LampOnCamera,
}

/// The claims.
///
/// # Errors
/// When a phantom cannot be rendered.
pub fn rows(plan: &Plan) -> Result<Vec<Claim>> {
    let kinds = [Change::Plain, Change::Lit, Change::Treated, Change::LampOnCamera];
    let found = plan.each(|phantom| {
        let skin = Skin::of(&phantom)?;
        let trials: Vec<Vec<Trial>> =
            kinds.iter().map(|&kind| (0..RECAPTURES).map(|i| skin.trial(i, kind)).collect()).collect::<Result<_>>()?;
        Ok((trials, skin.hostile(HOSTILE)?))
    })?;
    let what = [
        "turned to 15°, scale 0.8 to 1.25, other exposure (±0.3 EV) and noise",
        "the same under a light gradient of 30 %",
        "the same, and a third of the frame treated (smoothed, redder)",
        "the same as the first, the lamp turned with the camera",
    ];
    let mut claims = Vec::new();
    for (k, what) in what.into_iter().enumerate() {
        let trials: Vec<&Trial> = found.iter().flat_map(|(trials, _)| &trials[k]).collect();
        let errors: Vec<f64> = trials.iter().map(|t| t.error_px).collect();
        let (middle, worst) = (median(&errors), errors.iter().copied().fold(0.0, f64::max));
        let refused = trials.iter().filter(|t| t.verdict == Verdict::Fail).count();
        let returned: Vec<f64> = trials.iter().map(|t| t.quality.map_or(f64::NAN, |q| q.forward_backward_px)).collect();
        let figures = || trials.iter().filter_map(|t| t.quality);
        let least = |f: fn(Quality) -> f64| figures().map(f).fold(f64::INFINITY, f64::min);
        claims.push(Claim {
            claim: "a follow-up lands where it should",
            measure: format!("median distance of 81 points from the truth, {} recaptures: {what}", trials.len()),
            target: "0.5 px, none refused",
            found: format!(
                "{middle:.3} px (worst {worst:.3}); {refused} of {} refused; forward-backward {:.3} px; least agreement {:.2}, \
                 correlation {:.2}, agreeing features {}",
                trials.len(),
                median(&returned),
                least(|q| q.agreement),
                least(|q| q.ncc),
                least(|q| q.inliers as f64),
            ),
            met: middle <= 0.5 && refused == 0,
        });
    }
    let hostile: Vec<(&'static str, Verdict)> = found.iter().flat_map(|(_, hostile)| hostile).copied().collect();
    let count = |verdict: Verdict| hostile.iter().filter(|(_, v)| *v == verdict).count();
    let warned: Vec<String> = HOSTILITIES
        .iter()
        .map(|h| (h, hostile.iter().filter(|(kind, v)| kind == h && *v != Verdict::Fail).count()))
        .filter(|(_, n)| *n > 0)
        .map(|(h, n)| format!("{n} of {h}"))
        .collect();
    let beside = if warned.is_empty() { String::new() } else { format!(" ({})", warned.join(", ")) };
    claims.push(Claim {
        claim: "a wrong alignment is never a pass",
        measure: format!("verdicts on {} hostile pairs: {}", hostile.len(), HOSTILITIES.join(", ")),
        target: "none passes",
        found: format!(
            "{} pass, {} warn{beside}, {} fail",
            count(Verdict::Pass),
            count(Verdict::Warn),
            count(Verdict::Fail)
        ),
        met: count(Verdict::Pass) == 0,
    });
    Ok(claims)
}

/// The kinds of hostile pairs.
pub const HOSTILITIES: [&str; 8] = [
    "other skin of the same tone and light",
    "the same turned and scaled",
    "other skin with the same label in the picture",
    "the same skin mirrored",
    "its quarters swapped",
    "blurred away",
    "too little overlap",
    "flat",
];

/// A skin with its baseline.
pub struct Skin {
    phantom: Phantom,
    scene: Scene,
    baseline: Photo,
    frame: Frame,
    config: AlignConfig,
}

impl std::fmt::Debug for Skin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "skin of seed {}", self.phantom.seed)
    }
}

impl Skin {
    /// Renders the skin of a scenario with room around it for every recapture.
    ///
    /// # Errors
    /// When it cannot be rendered.
    pub fn of(phantom: &Phantom) -> Result<Self> {
        let mut p = phantom.clone();
        let mut random = Random::new(p.seed, STREAM);
        p.ita_deg = random.between(0.0, 50.0);
        (p.spots.pih, p.spots.pie) = (random.between(0.0, 12.0) as usize, random.between(0.0, 8.0) as usize);
        let reach = p.camera.lens_reach_px();
        let widest =
            Recapture { rotation_deg: TURN_DEG, scale: SCALES[0], shift_px: [SHIFT_PX; 2], ..Recapture::default() };
        let size = (p.width_px, p.height_px);
        p.margin_px = widest.margin_px(size, reach);
        let scene = p.scene()?;
        let baseline = photo(&scene, &Recapture::default(), &p.camera)?;
        let config = AlignConfig::default();
        let frame = framed(&baseline, p.mm_per_px, &config);
        Ok(Self { phantom: p, scene, baseline, frame, config })
    }

    /// The frame of the baseline.
    #[must_use]
    pub fn baseline(&self) -> &Frame {
        &self.frame
    }

    /// Aligns recapture `index` of this skin.
    ///
    /// # Errors
    /// When it cannot be rendered.
    pub fn trial(&self, index: usize, change: Change) -> Result<Trial> {
        let mut random = Random::new(self.phantom.seed, STREAM | (1 + index as u64));
        let mut pose = self.pose(&mut random, index);
        pose.light_follows_camera = change == Change::LampOnCamera;
        let mut follow_up = photo(&self.scene, &pose, &self.camera(&mut random, index))?;
        if matches!(change, Change::Lit | Change::Treated) {
            tamper::light(&mut follow_up, 0.3, random.between(0.0, 360.0));
        }
        if change == Change::Treated {
            tamper::treat(&mut follow_up);
        }
        let frame = framed(&follow_up, self.phantom.mm_per_px, &self.config);
        Ok(match align(&self.frame, &frame, &self.config) {
            Ok(alignment) => Trial {
                error_px: self.error_px(&alignment, &pose),
                verdict: alignment.verdict,
                quality: Some(alignment.quality),
            },
            Err(_) => Trial { error_px: f64::NAN, verdict: Verdict::Fail, quality: None },
        })
    }

    /// Where the operator stands: the first four at the ends of the range, the others anywhere in it.
    fn pose(&self, random: &mut Random, index: usize) -> Recapture {
        let side = |bit: usize| if index >> bit & 1 == 0 { -1.0 } else { 1.0 };
        let (turn, scale) = (random.between(-TURN_DEG, TURN_DEG), random.between(SCALES[0].ln(), SCALES[1].ln()).exp());
        let shift_px = [random.between(-SHIFT_PX, SHIFT_PX), random.between(-SHIFT_PX, SHIFT_PX)];
        let (rotation_deg, scale) =
            if index < 4 { (side(0) * TURN_DEG, SCALES[index >> 1 & 1]) } else { (turn, scale) };
        Recapture { rotation_deg, scale, shift_px, ..Recapture::default() }
    }

    fn camera(&self, random: &mut Random, index: usize) -> Camera {
        let camera = &self.phantom.camera;
        let exposure = camera.exposure * random.between(-EXPOSURE_EV, EXPOSURE_EV).exp2();
        Camera { exposure, noise_seed: camera.noise_seed + 1 + index as u64, ..camera.clone() }
    }

    /// Median distance of 81 points of the baseline from where they are in the follow-up.
    fn error_px(&self, alignment: &Alignment, pose: &Recapture) -> f64 {
        let (width, height) = alignment.baseline_size;
        let mut errors = Vec::new();
        for i in 0..81 {
            let at = |k: usize, n: usize| (k as f64 + 0.5) / 9.0 * (n as f64 - 1.0);
            let point = [at(i % 9, width), at(i / 9, height)];
            let (found, truth) = (alignment.to_follow_up(point), pose.to_photo((width, height), point));
            errors.push((found[0] - truth[0]).hypot(found[1] - truth[1]));
        }
        median(&errors)
    }

    /// The first `count` hostile pairs of this skin: their kinds, and the verdicts.
    ///
    /// # Errors
    /// When a phantom cannot be rendered.
    pub fn hostile(&self, count: usize) -> Result<Vec<(&'static str, Verdict)>> {
        let kinds = HOSTILITIES.len();
        let mut found = Vec::new();
        for round in 0..count.div_ceil(kinds) {
            let other = self.other(round)?;
            for (k, kind) in HOSTILITIES.into_iter().enumerate().take(count - round * kinds) {
                found.push((kind, self.hostile_pair(k, round, &other)?));
            }
        }
        Ok(found)
    }

    fn hostile_pair(&self, kind: usize, round: usize, other: &Scene) -> Result<Verdict> {
        let mut random = Random::new(self.phantom.seed, STREAM | (1000 + round as u64));
        let mut pose = self.pose(&mut random, CHANCE);
        let camera = self.camera(&mut random, 100 + round);
        let [near, far] = [0.4, 0.7].map(|share| (share * self.phantom.width_px as f64) as usize);
        let same = Recapture::default();
        let mut baseline = None;
        let follow_up = match kind {
            0 => photo(other, &same, &camera)?,
            1 => photo(other, &pose, &camera)?,
            2 => {
                let place = [random.between(0.0, 0.7), random.between(0.0, 0.8)];
                let mut pair = [self.baseline.clone(), photo(other, &same, &camera)?];
                pair.iter_mut().for_each(|p| tamper::label(p, place, self.phantom.seed + round as u64));
                let [first, second] = pair;
                baseline = Some(framed(&first, self.phantom.mm_per_px, &self.config));
                second
            }
            3 => {
                pose.scale = 1.0;
                tamper::mirrored(&photo(&self.scene, &pose, &camera)?)
            }
            4 => tamper::swapped(&photo(&self.scene, &same, &camera)?),
            5 => tamper::blurred(&photo(&self.scene, &same, &camera)?, random.between(25.0, 50.0)),
            6 => {
                let first = random.between(near as f64, far as f64) as usize;
                tamper::from_column(&photo(&self.scene, &same, &camera)?, first)
            }
            _ => tamper::flat(&self.baseline, self.phantom.seed + round as u64),
        };
        let frame = framed(&follow_up, self.phantom.mm_per_px, &self.config);
        let result = align(baseline.as_ref().unwrap_or(&self.frame), &frame, &self.config);
        Ok(result.map_or(Verdict::Fail, |a| a.verdict))
    }

    /// Other skin of the same tone, relief, spots and light.
    fn other(&self, round: usize) -> Result<Scene> {
        Phantom { seed: self.phantom.seed + 10_000 + round as u64, ..self.phantom.clone() }.scene()
    }
}

fn photo(scene: &Scene, pose: &Recapture, camera: &Camera) -> Result<Photo> {
    Photo::from_bytes(&scene.photograph(pose, camera)?.jpeg()?, &Limits::default())
}

fn framed(photo: &Photo, mm_per_px: f64, config: &AlignConfig) -> Frame {
    let (_, skin) = scene::locate(photo, &Regions::default(), &Config::default());
    let mask = resample::enlarge_mask(&skin.mask, 2, photo.width(), photo.height());
    Frame::of(photo, &mask, Some(mm_per_px), config)
}
