//! A run: many photos on many threads.
//!
//! Photos come first: each of the outer threads takes the next photo and owns a pool of inner threads for the bands of
//! rows inside it. There are as many outer threads as photos, jobs and memory allow; what is left of the jobs goes into
//! the pools. Which thread takes which photo never shows in the results.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::discover::{Found, Item};
use super::journal::Journal;
use super::memory::{self, Budget};
use super::outcome::{Fate, Outcomes};
use super::record::Failure;
use super::regions::RegionFile;
use crate::base::parallel::Threads;
use crate::error::{Error, Result, Stage};
use crate::measure::{Measurement, Pipeline};
use crate::photo;

/// How a run uses the machine. Nothing here but the limits can change a number.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Threads in all.
    pub jobs: usize,
    /// Bytes that the photos in flight may take.
    pub max_memory: u64,
    /// What the decoder accepts.
    pub limits: photo::Limits,
}

/// What a [`Sink`] wrote for one photo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// JPEG for the report; empty when there is none.
    pub thumbnail: Vec<u8>,
    /// Names of the files in the folder of the photo's maps.
    pub files: Vec<String>,
}

/// What a run writes beside its tables.
pub trait Sink: Sync {
    /// Writes the maps of a measured photo. What fails here with stage `write` ends the run.
    fn measured(&self, item: &Item, measurement: &Measurement) -> Result<Written>;

    /// True when the `files` that [`Sink::measured`] wrote for this photo are still there.
    fn has(&self, item: &Item, files: &[String]) -> bool;

    /// Removes what [`Sink::measured`] wrote for a photo that is gone or has changed.
    fn remove(&self, photo: &str) -> Result<()>;
}

/// What a run tells while it works. Called from many threads.
pub trait Progress: Sync {
    /// A photo is done.
    fn done(&self, item: &Item, fate: &Fate);
}

/// What a run needs.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "holds trait objects")]
pub struct Setup<'a> {
    /// How to measure.
    pub pipeline: &'a Pipeline,
    /// Hash of all options that change numbers.
    pub config_hash: &'a str,
    /// Named regions.
    pub regions: Option<&'a RegionFile>,
    /// Where finished records are kept.
    pub journal: &'a Journal,
    /// Where maps go.
    pub sink: &'a dyn Sink,
    /// Who is told.
    pub progress: &'a dyn Progress,
    /// Set to stop after the photos in flight.
    pub stop: &'a AtomicBool,
    /// How to use the machine.
    pub options: Options,
}

/// A run in progress, as its threads see it.
pub(super) struct Run<'a> {
    setup: Setup<'a>,
    pub(super) budget: Budget,
}

impl<'a> std::ops::Deref for Run<'a> {
    type Target = Setup<'a>;

    fn deref(&self) -> &Setup<'a> {
        &self.setup
    }
}

/// Measures the photos that the journal does not hold. An error means that the run could not go on: its records are in
/// the journal, but its outcome is not known.
pub fn run(found: Found, setup: Setup<'_>) -> Result<Outcomes> {
    let Found { items, ignored, .. } = found;
    let options = &setup.options;
    let jobs = options.jobs.max(1);
    let workers = jobs.min(items.len()).min(photos_in_memory(&items, options)).max(1);
    let run = Run { setup, budget: Budget::new(options.max_memory) };
    let next = AtomicUsize::new(0);
    let fates: Mutex<Vec<Fate>> = Mutex::new(vec![Fate::NotReached; items.len()]);
    let fatal: Mutex<Option<Error>> = Mutex::new(None);
    let halt = AtomicBool::new(false);
    thread::scope(|scope| -> Result<()> {
        for _ in 0..workers {
            let threads = Threads::new(jobs / workers)?;
            let (run, items, next, fates, fatal, halt) = (&run, &items, &next, &fates, &fatal, &halt);
            let work = move || {
                while !run.stop.load(Ordering::Relaxed) && !halt.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    match run.shielded(item, &threads) {
                        Ok(fate) => {
                            run.progress.done(item, &fate);
                            fates.lock().unwrap_or_else(PoisonError::into_inner)[index] = fate;
                        }
                        Err(error) => {
                            halt.store(true, Ordering::Relaxed);
                            fatal.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                        }
                    }
                }
            };
            let spawned = thread::Builder::new().name("photo".to_owned()).spawn_scoped(scope, work);
            if let Err(e) = spawned {
                halt.store(true, Ordering::Relaxed);
                return Err(Error::internal("threads", format!("could not start a thread: {e}")));
            }
        }
        Ok(())
    })?;
    if let Some(error) = fatal.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let fates = fates.into_inner().unwrap_or_else(PoisonError::into_inner);
    let interrupted = fates.contains(&Fate::NotReached);
    let outcomes = Outcomes::new(items, fates, ignored, interrupted);
    run.remove_stale_maps(&outcomes)?;
    Ok(outcomes)
}

impl Run<'_> {
    /// A defect costs one photo, never the run.
    fn shielded(&self, item: &Item, threads: &Threads) -> Result<Fate> {
        catch_unwind(AssertUnwindSafe(|| self.deal_with(item, threads))).unwrap_or_else(|panic| {
            let message = format!("a defect of Cicatrix, please report it: {}", text_of(&*panic));
            Ok(Fate::Lost(Failure { stage: Stage::Internal, code: "panic".to_owned(), message }))
        })
    }

    /// Maps of photos that are gone, have changed or failed this time must not be taken for theirs.
    fn remove_stale_maps(&self, outcomes: &Outcomes) -> Result<()> {
        let written = self.journal.all_maps()?;
        if outcomes.interrupted() || written.is_empty() {
            return Ok(());
        }
        let current: std::collections::BTreeMap<&str, _> = outcomes
            .iter()
            .filter_map(|(item, fate)| match fate {
                Fate::Kept { key, .. } => Some((item.name.as_str(), key)),
                _ => None,
            })
            .collect();
        for (photo, key) in written {
            if current.get(photo.as_str()) != Some(&&key) {
                self.sink.remove(&photo)?;
                self.journal.forget_maps(&photo)?;
            }
        }
        Ok(())
    }
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

/// Photos looked at to guess how large they are.
const SAMPLE: usize = 8;

/// How many photos like the largest of a few fit into memory at once.
fn photos_in_memory(items: &[Item], options: &Options) -> usize {
    if options.jobs < 2 || items.len() < 2 {
        return usize::MAX;
    }
    let step = items.len().div_ceil(SAMPLE);
    let bytes = items.iter().step_by(step).filter(|item| item.trouble.is_none()).filter_map(|item| {
        let meta = std::fs::metadata(&item.path).ok().filter(std::fs::Metadata::is_file)?;
        let bytes = (meta.len() <= options.max_memory).then(|| std::fs::read(&item.path).ok())??;
        let header = photo::probe(&bytes, &options.limits).ok()?;
        Some(memory::of_photo(meta.len(), header.width as usize, header.height as usize, 0))
    });
    let largest = bytes.max().unwrap_or(1).max(1);
    usize::try_from(options.max_memory / largest).unwrap_or(usize::MAX)
}
