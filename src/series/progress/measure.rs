//! From the shots of a study to readings: laid over the baseline, measured in the baseline's regions, kept.
//!
//! Work goes by subject and view: the first photo that can be read is the baseline, all later ones are laid over it. A
//! follow-up is measured on its own skin as far as the baseline showed it, and in the regions drawn on the baseline, brought over
//! by the alignment; regions drawn on the follow-up itself win. What was measured is kept in the journal under all that it depends on,
//! so that a new visit costs its own photos only.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::kept::Kept;
use super::picture::{Pictures, Sink, Source};
use super::reading::{Laid, Reading};
use super::{SURROUND, surround};
use crate::base::Mask;
use crate::base::parallel::Threads;
use crate::batch::journal::Journal;
use crate::batch::key::{Key, hex, record_key, sha256};
use crate::batch::memory::{self, Budget};
use crate::batch::record::{Failure, Record, Status};
use crate::error::{Error, Result, Stage};
use crate::filter::resample;
use crate::measure::measurement::Flag;
use crate::measure::pigment::chromaticity::FACTOR;
use crate::measure::pipeline::ALL;
use crate::measure::scene;
use crate::measure::skin::Region;
use crate::measure::{Column, Config, MapKind, Outcome, Pipeline, Regions};
use crate::photo::{self, Photo};
use crate::series::align::{self, AlignConfig, Alignment, Frame};
use crate::series::study::{Light, Shot, Study};

/// Who is told how the work goes. Called from many threads.
pub trait Progressing: Sync {
    /// A shot is done.
    fn done(&self, shot: &Shot, reading: &Reading);
}

/// What measuring needs.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "holds trait objects")]
pub struct Setup<'a> {
    /// How to measure.
    pub config: &'a Config,
    /// Hash of all options that change numbers.
    pub config_hash: &'a str,
    /// Is the skin around the drawn regions measured, where the photos hold no control?
    pub surround: bool,
    /// How to align.
    pub align: &'a AlignConfig,
    /// Where finished records are kept.
    pub journal: &'a Journal,
    /// Where pictures go.
    pub sink: &'a dyn Sink,
    /// Who is told.
    pub watch: &'a dyn Progressing,
    /// Set to stop after the photos in flight.
    pub stop: &'a AtomicBool,
    /// Threads in all.
    pub jobs: usize,
    /// Bytes that the photos in flight may take.
    pub max_memory: u64,
    /// What the decoder accepts.
    pub limits: photo::Limits,
}

/// Measures every shot of a study; the readings come in the order of its rows. `None` where the run was stopped.
///
/// # Errors
/// When the journal or a picture cannot be written. What is wrong with a photo is in its reading.
pub fn measure(study: &Study, setup: &Setup<'_>) -> Result<Option<Vec<Reading>>> {
    let units = units(study);
    let jobs = setup.jobs.max(1);
    let workers = jobs.min(units.len()).max(1);
    let budget = Budget::new(setup.max_memory);
    let next = AtomicUsize::new(0);
    let halt = AtomicBool::new(false);
    let readings: Mutex<Vec<Option<Reading>>> = Mutex::new(study.shots.iter().map(|_| None).collect());
    let fatal: Mutex<Option<Error>> = Mutex::new(None);
    thread::scope(|scope| -> Result<()> {
        for _ in 0..workers {
            let threads = Threads::new(jobs / workers)?;
            let (units, next, halt, readings, fatal, budget) = (&units, &next, &halt, &readings, &fatal, &budget);
            let work = move || {
                while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut unit = Unit { study, setup, budget, threads: &threads, baseline: None, shots: unit };
                    let done = unit.run(&|| halt.load(Ordering::Relaxed) || setup.stop.load(Ordering::Relaxed));
                    match done {
                        Ok(done) => {
                            let mut all = readings.lock().unwrap_or_else(PoisonError::into_inner);
                            for reading in done {
                                let at = reading.shot;
                                all[at] = Some(reading);
                            }
                        }
                        Err(error) => {
                            halt.store(true, Ordering::Relaxed);
                            fatal.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                        }
                    }
                }
            };
            thread::Builder::new()
                .name("photo".to_owned())
                .spawn_scoped(scope, work)
                .map_err(|e| Error::internal("threads", format!("could not start a thread: {e}")))?;
        }
        Ok(())
    })?;
    if let Some(error) = fatal.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    Ok(readings.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect())
}

/// The shots of each subject and view, visit after visit.
fn units(study: &Study) -> Vec<Vec<usize>> {
    let mut units = Vec::new();
    for subject in &study.subjects {
        for view in subject.views(study) {
            units.push(subject.visits.iter().flat_map(|v| v.repeats(study, view)).collect());
        }
    }
    units
}

/// One subject in one view.
struct Unit<'a> {
    study: &'a Study,
    setup: &'a Setup<'a>,
    budget: &'a Budget,
    threads: &'a Threads,
    baseline: Option<Baseline<'a>>,
    shots: &'a [usize],
}

/// The photo that the others are laid over.
struct Baseline<'a> {
    shot: &'a Shot,
    /// Of its bytes and of what was drawn.
    hash: Key,
    scale: Option<(f64, &'static str)>,
    kept: Kept,
    /// Made when the first follow-up needs it.
    ready: Option<Ready>,
}

/// A baseline that follow-ups can be laid over.
struct Ready {
    frame: Frame,
    skin: Mask,
    named: Vec<Region>,
    size: (usize, usize),
}

/// A photo's bytes and what an operator drew on it.
struct Given<'a> {
    shot: &'a Shot,
    bytes: Vec<u8>,
    skin: Option<Vec<u8>>,
    named: Vec<(&'a str, Vec<u8>)>,
}

impl<'a> Unit<'a> {
    fn run(&mut self, stopped: &dyn Fn() -> bool) -> Result<Vec<Reading>> {
        let mut readings = Vec::with_capacity(self.shots.len());
        for &i in self.shots {
            if stopped() {
                break;
            }
            let shot = &self.study.shots[i];
            let mut reading = match self.shielded(shot) {
                Ok(reading) => reading,
                Err(error) if error.stage() == Stage::Write => return Err(error),
                Err(error) => unread(Failure::from(&error)),
            };
            reading.shot = i;
            self.setup.watch.done(shot, &reading);
            readings.push(reading);
        }
        Ok(readings)
    }

    /// A defect costs one photo, never the run.
    fn shielded(&mut self, shot: &'a Shot) -> Result<Reading> {
        catch_unwind(AssertUnwindSafe(|| self.read(shot))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Err(Error::internal("panic", format!("a defect of Cicatrix, please report it: {text}")))
        })
    }

    fn read(&mut self, shot: &'a Shot) -> Result<Reading> {
        let given = Given::of(shot)?;
        let own = given.hash(self.surrounds(shot));
        let key = match &self.baseline {
            None => self.key(&sha256(&given.bytes), &sha256(&[b"baseline".as_slice(), &own].concat())),
            Some(b) => {
                let align = format!("{:?}", self.setup.align);
                let parts = [b"follow-up".as_slice(), &b.hash, &own, align.as_bytes()];
                self.key(&sha256(&given.bytes), &sha256(&parts.concat()))
            }
        };
        let name = format!("series:{}", hex(&key));
        if let Some(record) = self.setup.journal.get(&key)?
            && let Some(kept) = self.setup.journal.note(&name)?.and_then(|text| Kept::from_json(&text))
            && (record.status != Status::Ok || self.setup.sink.has(&kept.pictures))
        {
            self.begin(shot, own, &record, &kept);
            return Ok(kept.reading(record, self.limits(), false));
        }
        let (record, kept) = self.threads.install(|| self.fresh(&given, &key))?;
        self.setup.journal.put(&key, &record, None)?;
        self.setup.journal.set_note(&name, &kept.to_json()?)?;
        self.begin(shot, own, &record, &kept);
        Ok(kept.reading(record, self.limits(), true))
    }

    fn limits(&self) -> &align::Limits {
        &self.setup.align.limits
    }

    fn key(&self, photo: &Key, given: &Key) -> Key {
        record_key(photo, given, self.setup.config_hash)
    }

    /// Is the skin around the regions of this photo measured?
    fn surrounds(&self, shot: &Shot) -> bool {
        let mut drawn = shot.regions.names().peekable();
        self.setup.surround
            && drawn.peek().is_some()
            && !shot.arms.is_control(ALL)
            && drawn.all(|name| name != SURROUND && !shot.arms.is_control(name))
    }

    /// The regions of a baseline, with the skin around them where it is a witness.
    fn regions_of_baseline(&self, shot: &Shot, mut drawn: Regions, skin: &Mask, mm_per_px: Option<f64>) -> Regions {
        if self.surrounds(shot) {
            drawn.named.extend(surround::around(&drawn.named, skin, mm_per_px));
        }
        drawn
    }

    /// The first photo that was measured is the baseline.
    fn begin(&mut self, shot: &'a Shot, own: Key, record: &Record, kept: &Kept) {
        if self.baseline.is_none() && record.status == Status::Ok {
            let scale = kept.scale();
            self.baseline = Some(Baseline { shot, hash: own, scale, kept: kept.clone(), ready: None });
        }
    }

    /// Decodes, aligns and measures.
    fn fresh(&mut self, given: &Given<'_>, key: &Key) -> Result<(Record, Kept)> {
        self.prepare()?;
        let _loan = self.lend(&given.bytes)?;
        let photo = Photo::from_bytes(&given.bytes, &self.setup.limits)?;
        let drawn = given.regions(photo.width(), photo.height(), &self.setup.limits)?;
        let mut config = self.setup.config.clone();
        config.maps = vec![MapKind::Relief, MapKind::Melanin, MapKind::Hemoglobin];
        config.mm_per_px = given.shot.mm_per_px.or(config.mm_per_px);
        if let Some(Light::Azimuth(deg)) = given.shot.light {
            config.light_azimuth_deg = Some(deg);
        }
        let mut kept = Kept::default();
        let mut regions = drawn.clone();
        if self.baseline.is_none() && self.surrounds(given.shot) {
            let skin = skin_of(&photo, &drawn, &config);
            let mm_per_px = config.mm_per_px.or(photo.info.mm_per_px);
            regions = self.regions_of_baseline(given.shot, regions, &skin, mm_per_px);
        }
        let ready = self.baseline.as_ref().and_then(|b| b.ready.as_ref().map(|ready| (b, ready)));
        let mut alignment = None;
        if let Some((baseline, ready)) = ready {
            let skin = skin_of(&photo, &drawn, &config);
            let frame = Frame::of(&photo, &skin, config.mm_per_px.or(photo.info.mm_per_px), self.setup.align);
            match align::align(&ready.frame, &frame, self.setup.align) {
                Ok(found) => {
                    kept.lay(&found);
                    if found.holds(&self.setup.align.limits) {
                        if config.mm_per_px.is_none() && photo.info.mm_per_px.is_none() {
                            config.mm_per_px = baseline.scale.map(|(mm, _)| mm / found.quality.scale);
                            kept.set_scale(config.mm_per_px, "alignment");
                        }
                        follow(&found, ready, &skin, &photo, &drawn, &mut regions, &mut kept);
                    }
                    alignment = Some(found);
                }
                Err(none) => kept.not_laid(&none),
            }
        }
        let source = if given.shot.mm_per_px.is_some() { "study" } else { "option" };
        kept.set_scale_unless_known(config.mm_per_px, source);
        kept.set_scale_unless_known(photo.info.mm_per_px, "tag");
        let outcome = Pipeline::new(config)?.measure(&photo, &regions)?;
        let record = self.record(outcome, &photo, given, drawn.skin.is_none(), alignment.as_ref(), key, &mut kept)?;
        Ok((record, kept))
    }

    #[allow(clippy::too_many_arguments, reason = "one call")]
    fn record(
        &self,
        outcome: Outcome,
        photo: &Photo,
        given: &Given<'_>,
        by_color: bool,
        alignment: Option<&Alignment>,
        key: &Key,
        kept: &mut Kept,
    ) -> Result<Record> {
        let hash = hex(&sha256(&given.bytes));
        let (photo_name, thumbnail) = (String::new(), Vec::new());
        match outcome {
            Outcome::Measured(mut measured) => {
                for row in &mut measured.rows {
                    row.set(Column::SHA256, hash.clone());
                    if by_color && !photo.info.gray {
                        row.flag(Flag::SkinByColor);
                    }
                }
                let baseline = self.baseline.as_ref().map(|b| &b.kept);
                // A photo that lies nowhere is shown as it is.
                let on = alignment.filter(|a| a.holds(&self.setup.align.limits));
                let source = Source {
                    name: &hex(key)[..16],
                    photo,
                    maps: &measured.maps,
                    on,
                    like: baseline.map(|b| &b.ranges),
                };
                (kept.pictures, kept.ranges) = self.setup.sink.pictures(&source)?;
                Ok(Record {
                    photo: photo_name,
                    status: Status::Ok,
                    rows: measured.rows,
                    lesions: measured.lesions,
                    sub_scores: measured.sub_scores,
                    failures: Vec::new(),
                    thumbnail,
                })
            }
            Outcome::Refused { reasons, mut row } => {
                row.set(Column::SHA256, hash);
                let failure =
                    |r: crate::measure::Refusal| Failure { stage: Stage::Measure, code: r.code, message: r.message };
                Ok(Record {
                    photo: photo_name,
                    status: Status::Refused,
                    rows: vec![*row],
                    lesions: Vec::new(),
                    sub_scores: Vec::new(),
                    failures: reasons.into_iter().map(failure).collect(),
                    thumbnail,
                })
            }
        }
    }

    /// Makes the baseline ready for a follow-up.
    fn prepare(&mut self) -> Result<()> {
        let Some(baseline) = &self.baseline else { return Ok(()) };
        if baseline.ready.is_some() {
            return Ok(());
        }
        let given = Given::of(baseline.shot)?;
        let _loan = self.lend(&given.bytes)?;
        let photo = Photo::from_bytes(&given.bytes, &self.setup.limits)?;
        let size = (photo.width(), photo.height());
        let drawn = given.regions(size.0, size.1, &self.setup.limits)?;
        let skin = skin_of(&photo, &drawn, self.setup.config);
        let frame = Frame::of(&photo, &skin, baseline.scale.map(|(mm, _)| mm), self.setup.align);
        let regions = self.regions_of_baseline(baseline.shot, drawn, &skin, baseline.scale.map(|(mm, _)| mm));
        let ready = Ready { frame, skin, named: regions.named, size };
        if let Some(baseline) = &mut self.baseline {
            baseline.ready = Some(ready);
        }
        Ok(())
    }

    /// Waits until the memory for a photo is free.
    fn lend(&self, bytes: &[u8]) -> Result<Option<memory::Loan<'a>>> {
        let Ok(header) = photo::probe(bytes, &self.setup.limits) else { return Ok(None) };
        let (width, height) = (header.width as usize, header.height as usize);
        let needed = memory::of_photo(bytes.len() as u64, width, height, 4);
        self.budget.take(needed).map(Some).ok_or_else(|| {
            let message = format!(
                "a photo of {width} x {height} pixels needs about {}; {} are allowed; raise --max-memory",
                memory::words(needed),
                memory::words(self.budget.total())
            );
            Error::decode("over_memory", message)
        })
    }
}

/// Brings the baseline's skin and regions over.
fn follow(
    found: &Alignment,
    ready: &Ready,
    skin: &Mask,
    photo: &Photo,
    drawn: &Regions,
    regions: &mut Regions,
    kept: &mut Kept,
) {
    let size = (photo.width(), photo.height());
    if drawn.skin.is_none() {
        regions.skin = Some(skin.and(&align::warp::mask_onto_follow_up(found, &ready.skin, size)));
    }
    kept.cover(ALL, found.coverage(&ready.skin, skin));
    let own: BTreeSet<&str> = drawn.named.iter().map(|r| r.name.as_str()).collect();
    for region in &ready.named {
        kept.cover(&region.name, found.coverage(&region.mask.and(&ready.skin), skin));
        if !own.contains(region.name.as_str()) {
            let mask = align::warp::mask_onto_follow_up(found, &region.mask, size);
            if mask.count() > 0 {
                regions.named.push(Region { name: region.name.clone(), mask });
            }
        }
    }
    debug_assert_eq!(ready.size, found.baseline_size);
}

/// The skin of a photo at its full size: as drawn, else as its color tells.
fn skin_of(photo: &Photo, drawn: &Regions, config: &Config) -> Mask {
    let (_, skin) = scene::locate(photo, drawn, config);
    resample::enlarge_mask(&skin.mask, FACTOR, photo.width(), photo.height())
}

fn unread(failure: Failure) -> Reading {
    Reading {
        shot: 0,
        rows: Vec::new(),
        lesions: Vec::new(),
        laid: Laid::Unread,
        coverage: Vec::new(),
        scale: None,
        failure: Some(failure),
        pictures: Pictures::default(),
        fresh: true,
    }
}

impl<'a> Given<'a> {
    fn of(shot: &'a Shot) -> Result<Self> {
        let read = |path: &Path| fs::read(path).map_err(|e| Error::read(path, e));
        let bytes = read(&shot.path)?;
        let skin = shot.regions.skin.as_deref().map(read).transpose()?;
        let named = shot.regions.named.iter().map(|(name, path)| Ok((name.as_str(), read(path)?)));
        Ok(Self { shot, bytes, skin, named: named.collect::<Result<_>>()? })
    }

    /// Of all that the measurement depends on, but the configuration.
    fn hash(&self, surrounds: bool) -> Key {
        let mut text: Vec<u8> = sha256(&self.bytes).to_vec();
        let mut part = |bytes: &[u8]| text.extend(sha256(bytes));
        part(self.skin.as_deref().unwrap_or(b"none"));
        for (name, bytes) in &self.named {
            part(name.as_bytes());
            part(bytes);
        }
        for polygon in &self.shot.regions.polygons {
            part(polygon.name.as_bytes());
            let corners: Vec<u8> =
                polygon.corners.iter().flat_map(|(x, y)| [x.to_le_bytes(), y.to_le_bytes()]).flatten().collect();
            part(&corners);
        }
        part(format!("{:?} {:?}", self.shot.mm_per_px, self.shot.light).as_bytes());
        if surrounds {
            part(surround::VERSION);
        }
        sha256(&text)
    }

    fn regions(&self, width: usize, height: usize, limits: &photo::Limits) -> Result<Regions> {
        let mask = |bytes: &[u8], what: &str| -> Result<Mask> {
            let mask = photo::mask_from_bytes(bytes, limits).map_err(|e| {
                Error::new(Stage::Region, "mask_unreadable", format!("{what} cannot be read: {}", e.message()))
            })?;
            if (mask.width(), mask.height()) == (width, height) {
                return Ok(mask);
            }
            let message = format!(
                "{what} has {} x {} pixels and the upright photo {width} x {height}; both must be equal",
                mask.width(),
                mask.height()
            );
            Err(Error::new(Stage::Region, "mask_size", message))
        };
        let skin = self.skin.as_ref().map(|bytes| mask(bytes, "the mask of the skin")).transpose()?;
        let mut named = Vec::new();
        for (name, bytes) in &self.named {
            named.push(Region { name: (*name).to_owned(), mask: mask(bytes, &format!("the mask of {name}"))? });
        }
        for polygon in &self.shot.regions.polygons {
            named.push(Region::from_polygon(&polygon.name, &polygon.corners, width, height));
        }
        if let Some(empty) = named.iter().find(|r| r.mask.count() == 0) {
            let message = format!("region {} holds no pixel of the {width} x {height} photo", empty.name);
            return Err(Error::new(Stage::Region, "region_outside", message));
        }
        Ok(Regions { skin, named })
    }
}
