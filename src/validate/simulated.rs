//! Simulated subjects: skin that was photographed at a baseline and again in several states, read by the engine of `progress`.
//!
//! A subject is drawn from its seed: skin, tone, relief, spots, scars, lamp. Its left half may be treated, its right half is the
//! control; both are drawn on the first photo. Each visit has three shots, each another recapture through a camera of its own exposure and
//! noise, none of them the identity. Photos are written as JPEG, read back, laid over the baseline and measured as those of any study. Every state stands against the same
//! baseline, so that a study of any of them is told from one set of readings.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::scenario::{Set, scenario};
use crate::batch::Journal;
use crate::batch::regions::Polygon;
use crate::error::{Error, Result};
use crate::measure::config::Family;
use crate::measure::{Column, Config};
use crate::phantom::random::Random;
use crate::phantom::recapture::{Spread, series};
use crate::phantom::{Phantom, Treated};
use crate::photo::Limits;
use crate::series::align::AlignConfig;
use crate::series::progress::{
    self, Pictures, Progress, ProgressConfig, Progressing, Ranges, Reading, SURROUND, Setup, Sink, Source,
};
use crate::series::study::{Arms, CONTROL, Day, Shot, ShotRegions, Study, Subject, Visit};

/// Stream of random numbers of this file.
const STREAM: u64 = 0x54 << 32;
/// Photos of a visit.
pub const SHOTS: usize = 3;
/// Size of a photo in pixels, and of a pixel.
pub const SIZE: (usize, usize) = (288, 224);
/// Scars cost as much as all else: they are looked for in one of so many subjects.
const SCARRED: usize = 4;
/// Millimeters per pixel.
pub const MM_PER_PX: f64 = 0.075;
/// The region that may be treated.
pub const REGION: &str = "cheek";
/// What is left of relief and spots where treatment worked.
pub const EFFECT: f64 = 0.85;
/// Softer light: ambient light added to that of the lamp, diameter of the lamp in degrees. From one that is hardly seen to one that takes
/// half of the relief away.
pub const SOFTER: [(f64, f64); 5] = [(0.08, 0.0), (0.05, 30.0), (0.15, 30.0), (0.25, 60.0), (0.40, 90.0)];

/// How much higher the lamp of [`State::Raised`] stands, degrees.
pub const RAISED: f64 = 6.0;
/// Place of the first subject of the test set: those before were seen when the error between visits was chosen.
pub const FIRST_TESTED: usize = 5_000;

/// What the drawn half is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// The other half, as a control.
    Control,
    /// The other half, as the skin around the region.
    Surround,
    /// Nothing.
    Nothing,
}

/// What a follow-up shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The same skin in the same light.
    Same,
    /// The same skin, the lamp put up again as well as one can.
    Again,
    /// Relief and spots of the treated half at [`EFFECT`].
    Treated,
    /// The same skin, the lamp higher by [`RAISED`].
    Raised,
    /// The same skin in one of the lights of [`SOFTER`].
    Softer,
}

impl State {
    /// All, in the order of their visits.
    pub const ALL: [Self; 5] = [Self::Same, Self::Again, Self::Treated, Self::Raised, Self::Softer];
}

/// A subject whose photos were read.
#[derive(Debug)]
pub struct Simulated {
    /// Which of [`SOFTER`] its last visit shows.
    pub softer: usize,
    shots: Vec<Shot>,
    /// The baseline first, then one visit per state.
    visits: Vec<Visit>,
    readings: Vec<Reading>,
}

/// Renders and reads the subject `index` of a set.
///
/// # Errors
/// When a phantom cannot be rendered or a file not be written.
pub fn subject(set: Set, index: usize) -> Result<Simulated> {
    let folder = tempfile::tempdir().map_err(|e| Error::write(&std::env::temp_dir(), e))?;
    let softer = index % SOFTER.len();
    let mut study = Study { photos: folder.path().to_owned(), ..Study::default() };
    let skins = skins(set, index, softer);
    let camera = &skins[0].camera;
    let mut recaptures = series(skins[0].seed, 1 + SHOTS * skins.len(), Spread::default(), camera).into_iter().skip(1);
    let mut visits = Vec::new();
    let mut before = None;
    for (v, skin) in skins.iter().enumerate() {
        let scene = skin.scene_after(before.as_ref())?;
        let mut shots = Vec::new();
        for (i, (recapture, camera)) in recaptures.by_ref().take(SHOTS).enumerate() {
            let photo = format!("{v}_{i}.jpg");
            let path = folder.path().join(&photo);
            std::fs::write(&path, scene.photograph(&recapture, &camera)?.jpeg()?)
                .map_err(|e| Error::write(&path, e))?;
            shots.push(study.shots.len());
            study.shots.push(Shot {
                photo,
                path,
                day: Some(Day::Number(60 * v as i64)),
                // As from a ruler on the first photo: the others have theirs from the alignment.
                mm_per_px: (v + i == 0).then_some(MM_PER_PX),
                arms: Arms { whole: "treated".to_owned(), by_region: Vec::new() },
                regions: ShotRegions {
                    polygons: if v + i == 0 { halves() } else { Vec::new() },
                    ..ShotRegions::default()
                },
                ..Shot::default()
            });
        }
        visits.push(Visit { number: v + 1, name: v.to_string(), day: Some(Day::Number(60 * v as i64)), shots });
        before = Some(scene);
    }
    study.subjects = vec![Subject { id: index.to_string(), visits, sessions: Vec::new() }];
    let readings = read(&study, folder.path(), index.is_multiple_of(SCARRED))?;
    let visits = study.subjects.remove(0).visits;
    Ok(Simulated { softer, shots: study.shots, visits, readings })
}

/// The skin at the baseline and in every state.
fn skins(set: Set, index: usize, softer: usize) -> Vec<Phantom> {
    let first = if set == Set::Test { FIRST_TESTED } else { 0 };
    let mut p = scenario(set, first + index);
    let mut random = Random::new(p.seed, STREAM);
    let mut some = |least: f64, most: f64| random.between(least, most);
    (p.width_px, p.height_px, p.mm_per_px) = (SIZE.0, SIZE.1, MM_PER_PX);
    p.ita_deg = some(0.0, 55.0);
    (p.spots.pih, p.spots.pie) = (some(2.0, 8.0) as usize, some(2.0, 6.0) as usize);
    p.spots.de00 = Some([4.0, 10.0]);
    (p.scars.ice_pick, p.scars.boxcar) = (some(1.0, 5.0) as usize, some(1.0, 4.0) as usize);
    p.camera.quality = some(90.0, 97.0) as u8;
    p.margin_px = Spread::default().margin_px(SIZE, p.camera.lens_reach_px());
    let mut all = vec![p.clone()];
    for state in State::ALL {
        let mut skin = p.clone();
        let light = &mut skin.light;
        match state {
            State::Same => {}
            State::Again => {
                light.azimuth_deg += some(-5.0, 5.0);
                light.elevation_deg += some(-2.0, 2.0);
                light.ambient += some(-0.02, 0.02);
                light.gradient += some(-0.05, 0.05);
            }
            State::Treated => {
                let mut treated = Treated::default();
                let (width, height) = (SIZE.0 as f64 * MM_PER_PX, SIZE.1 as f64 * MM_PER_PX);
                (treated.x_mm, treated.width_mm) = (-5.0, 5.0 + 0.5 * width);
                (treated.y_mm, treated.height_mm) = (-5.0, 10.0 + height);
                (treated.relief_gain, treated.spots_gain) = (EFFECT, EFFECT);
                skin.treated = treated;
            }
            State::Raised => light.elevation_deg += RAISED,
            State::Softer => {
                let (ambient, softness) = SOFTER[softer];
                light.ambient += ambient;
                light.softness_deg = softness;
            }
        }
        all.push(skin);
    }
    all
}

/// The treated half and the control, as an operator draws them on the first photo.
fn halves() -> Vec<Polygon> {
    let (w, h, edge, gap) = (SIZE.0 as f64, SIZE.1 as f64, 18.0, 12.0);
    let half = |name: &str, from: f64, to: f64| Polygon {
        name: name.to_owned(),
        corners: vec![(from, edge), (to, edge), (to, h - edge), (from, h - edge)],
    };
    vec![half(REGION, edge, 0.5 * w - gap), half(CONTROL, 0.5 * w + gap, w - edge)]
}

fn read(study: &Study, folder: &Path, scars: bool) -> Result<Vec<Reading>> {
    let journal = Journal::open(folder, true)?;
    let mut families = vec![Family::Pigment, Family::Spots, Family::Relief, Family::Structure];
    if scars {
        families.push(Family::Scars);
    }
    let config = Config { families, ..Config::default() };
    let (align, stop) = (AlignConfig::default(), AtomicBool::new(false));
    let setup = Setup {
        config: &config,
        config_hash: "simulated",
        surround: true,
        align: &align,
        journal: &journal,
        sink: &Nowhere,
        watch: &Nowhere,
        stop: &stop,
        jobs: 1,
        max_memory: 2 << 30,
        limits: Limits::default(),
    };
    let readings = progress::measure(study, &setup)?;
    journal.close()?;
    readings.ok_or_else(|| Error::internal("stopped", "the reading of a simulated subject was stopped".to_owned()))
}

/// What the engine tells of subjects whose follow-up shows `state`, as one study.
///
/// # Errors
/// When the engine refuses to evaluate.
pub fn progress(subjects: &[&Simulated], state: State, beside: Beside, config: &ProgressConfig) -> Result<Progress> {
    let mut study = Study::default();
    let mut readings = Vec::new();
    let follow_up = 1 + State::ALL.iter().position(|s| *s == state).unwrap_or(0);
    for (n, subject) in subjects.iter().enumerate() {
        let mut visits = Vec::new();
        for (number, v) in [0, follow_up].into_iter().enumerate() {
            let first = study.shots.len();
            for &i in &subject.visits[v].shots {
                let mut shot = subject.shots[i].clone();
                shot.subject = n.to_string();
                let mut reading = Reading { shot: study.shots.len(), ..subject.readings[i].clone() };
                match beside {
                    Beside::Control => {}
                    Beside::Surround => call_surround(&mut reading),
                    // Skin like any other.
                    Beside::Nothing => shot.arms.by_region = vec![(CONTROL.to_owned(), "treated".to_owned())],
                }
                readings.push(reading);
                study.shots.push(shot);
            }
            let shots = (first..study.shots.len()).collect();
            visits.push(Visit { number: number + 1, shots, ..subject.visits[v].clone() });
        }
        study.subjects.push(Subject { id: n.to_string(), visits, sessions: Vec::new() });
    }
    progress::evaluate(study, readings, config)
}

/// Calls the control the skin around the region.
fn call_surround(reading: &mut Reading) {
    for row in reading.rows.iter_mut().filter(|row| row.text(Column::REGION) == CONTROL) {
        row.set(Column::REGION, SURROUND);
    }
    for (region, _) in reading.coverage.iter_mut().filter(|(region, _)| region == CONTROL) {
        SURROUND.clone_into(region);
    }
}

/// Keeps no picture and tells nobody.
struct Nowhere;

impl Sink for Nowhere {
    fn pictures(&self, _: &Source<'_>) -> Result<(Pictures, Ranges)> {
        Ok((Pictures::default(), Ranges::default()))
    }

    fn has(&self, _: &Pictures) -> bool {
        true
    }
}

impl Progressing for Nowhere {
    fn done(&self, _: &Shot, _: &Reading) {}
}
