//! What a run shows while it works: a bar on a terminal, a line now and then elsewhere, nothing when asked.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::terminal::{printable, say};
use crate::batch::{Fate, Item, Progress, Status};

/// Time between two lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(10);

/// How much to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing.
    Quiet,
    /// How far the run is.
    Normal,
    /// One line per photo.
    EveryPhoto,
}

/// The progress of a run.
#[derive(Debug)]
pub struct Meter {
    detail: Detail,
    bar: Option<ProgressBar>,
    total: usize,
    done: AtomicUsize,
    measured: AtomicUsize,
    begun: Instant,
    spoken: Mutex<Instant>,
}

impl Meter {
    /// A meter for `total` photos.
    pub fn new(total: usize, detail: Detail) -> Self {
        let bar = (detail != Detail::Quiet && std::io::stderr().is_terminal()).then(|| bar(total));
        let now = Instant::now();
        Self {
            detail,
            bar,
            total,
            done: AtomicUsize::new(0),
            measured: AtomicUsize::new(0),
            begun: now,
            spoken: Mutex::new(now),
        }
    }

    /// Clears the bar.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, done: usize) -> Option<String> {
        let mut spoken = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        if spoken.elapsed() < PAUSE {
            return None;
        }
        *spoken = Instant::now();
        let seconds = self.begun.elapsed().as_secs_f64();
        let rate = self.measured.load(Ordering::Relaxed) as f64 / seconds;
        let left = Duration::from_secs_f64((self.total - done) as f64 * seconds / done as f64);
        Some(format!("{done} of {} photos, {rate:.1} measured per second, about {} left", self.total, short(left)))
    }
}

fn bar(total: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:32} {pos} of {len} photos  {per_sec}  {eta} left")
        .map(|style| style.with_key("per_sec", per_second))
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(total as u64).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn per_second(state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write) {
    let _ = write!(out, "{:.1} photos/s", state.per_sec());
}

fn short(time: Duration) -> String {
    match time.as_secs() {
        s @ 0..90 => format!("{s} s"),
        s @ 90..5400 => format!("{} min", s.div_ceil(60)),
        s => format!("{:.1} h", s as f64 / 3600.0),
    }
}

impl Progress for Meter {
    fn done(&self, item: &Item, fate: &Fate) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if !matches!(fate, Fate::Kept { from_journal: true, .. }) {
            self.measured.fetch_add(1, Ordering::Relaxed);
        }
        if self.detail == Detail::EveryPhoto {
            let line = format!("{}  {}", word(fate), printable(&item.name));
            match &self.bar {
                Some(bar) => bar.suspend(|| say(&line)),
                None => say(&line),
            }
        }
        match &self.bar {
            Some(bar) => bar.inc(1),
            None if self.detail == Detail::Normal => {
                if let Some(line) = self.line(done) {
                    say(&line);
                }
            }
            None => {}
        }
    }
}

fn word(fate: &Fate) -> &'static str {
    match fate {
        Fate::Kept { from_journal: true, .. } => "kept    ",
        Fate::Kept { status: Status::Ok, .. } => "measured",
        Fate::Kept { status: Status::Refused, .. } => "refused ",
        Fate::Kept { status: Status::Failed, .. } | Fate::Lost(_) => "failed  ",
        Fate::NotReached => "skipped ",
    }
}
