//! `cicatrix progress`: a study to what changed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::args::{AnalyzeArgs, ColorChoice};
use super::disguise::{Hidden, HideArgs};
use super::exit::Exit;
use super::settings::Settings;
use super::study::ReadingArgs;
use super::terminal::{Paint, paint, printable, say, warn};
use super::{interrupt, progress_text, study as study_command};
use crate::batch::Journal;
use crate::error::{Error, Stage};
use crate::measure::config::Family;
use crate::photo::Limits;
use crate::report::series::pictures::{self, PictureFolder};
use crate::report::series::pseudonym;
use crate::report::series::{SeriesAbout, write_pages, write_tables};
use crate::series::align::AlignConfig;
use crate::series::progress::{self, Progress, Progressing, Reading, Setup};
use crate::series::study::{self, Shot, Study};

/// Options of every command that compares visits: how it runs.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Settings in TOML; options given here win over it.
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Threads in all [default: one per processor].
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<usize>,
    /// Families of metrics to measure [default: all].
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = super::args::families())]
    pub families: Option<Vec<Family>>,
    /// Most pixels a photo may have, such as 100M.
    #[arg(long, value_name = "N")]
    pub max_pixels: Option<String>,
    /// Most memory for the photos in flight, such as 500M or 2G [default: half of the system's].
    #[arg(long, value_name = "SIZE")]
    pub max_memory: Option<String>,
    /// Measure everything again, whatever an earlier run has kept.
    #[arg(long)]
    pub fresh: bool,
    /// Nothing on the terminal but failures and errors.
    #[arg(long, short)]
    pub quiet: bool,
    /// One line per photo.
    #[arg(long, short, conflicts_with = "quiet")]
    pub verbose: bool,
}

impl RunArgs {
    /// The settings in force with results in `out` and a scale of `mm_per_px`, where they were typed.
    pub(super) fn settings(&self, out: Option<PathBuf>, mm_per_px: Option<f64>) -> anyhow::Result<Settings> {
        Ok(Settings::new(&AnalyzeArgs {
            out,
            config: self.config.clone(),
            jobs: self.jobs,
            mm_per_px,
            families: self.families.clone(),
            max_pixels: self.max_pixels.clone(),
            max_memory: self.max_memory.clone(),
            quiet: self.quiet,
            ..AnalyzeArgs::default()
        })?)
    }
}

/// Options of every command that reads a study.
#[derive(Debug, clap::Args)]
pub struct SeriesArgs {
    /// Folder for the results [default: cicatrix-out].
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// How the study is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// Millimeters per pixel of the photos whose row gives none.
    #[arg(long, value_name = "X")]
    pub mm_per_px: Option<f64>,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// Options of `progress`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cicatrix progress study.csv --sessions sessions.csv --out results\n  cicatrix study init photos/ && cicatrix study check photos/study.csv\n\nA second run measures only what is new. docs/STUDY.md describes the study file, docs/PROGRESS.md the results.\n\nExit codes: 0 every photo measured, 1 nothing could be done, 2 the study has mistakes, 3 some photos were refused or\nfailed, 130 interrupted."
)]
pub struct ProgressArgs {
    /// The study file.
    #[arg(value_name = "STUDY.csv", required_unless_present = "print_config")]
    pub file: Option<PathBuf>,
    /// Print the settings in force as TOML, [study] and [progress] with them, and stop; no study file is needed.
    #[arg(long)]
    pub print_config: bool,
    /// How to run.
    #[command(flatten)]
    pub series: SeriesArgs,
    /// What to hide.
    #[command(flatten)]
    pub hide: HideArgs,
}

/// Scores a study.
pub fn run(args: &ProgressArgs, color: ColorChoice) -> anyhow::Result<Exit> {
    let settings = settings_of(&args.series)?;
    if args.print_config {
        write!(std::io::stdout().lock(), "{}", settings.full_toml()?)?;
        return Ok(Exit::Success);
    }
    let file = args.file.as_deref().ok_or_else(|| Error::config("name the study file"))?;
    let Some(study) = load(file, &settings, color)? else { return Ok(Exit::Usage) };
    let out = &settings.out;
    let hidden = args.hide.prepare(file, settings.study.sessions.as_deref(), &study, out, color)?;
    let _lock = hidden.begin(out)?;
    let Some(found) = measured(study, &args.series.run, &settings, &hidden, color)? else {
        return Ok(Exit::Interrupted);
    };
    let failed = failures(&found, color);
    astray(&found, color);
    let photos = found.readings.len();
    let found = write(found, &settings, &hidden, color)?;
    if failed == photos {
        let message = format!("none of {photos} photos could be measured; failures.csv says why of each");
        return Err(Error::new(Stage::Measure, "nothing_measured", message).at(out).into());
    }
    if !settings.quiet {
        let mut text = progress_text::summary(&found, &settings.progress, out, color)?;
        if let Some(journal) = &hidden.journal {
            // What it holds is what the results must not tell.
            text += &format!("Journal: {} (hashes of the photos: not to be given away)\n", journal.display());
        }
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }
    Ok(if failed > 0 { Exit::Partial } else { Exit::Success })
}

/// Writes tables and pages of what was found, disguised as asked; what they were written of comes back.
pub(super) fn write(
    found: Progress,
    settings: &Settings,
    hidden: &Hidden,
    color: ColorChoice,
) -> anyhow::Result<Progress> {
    let out = &settings.out;
    let about = SeriesAbout {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config_toml: settings.series_toml()?,
        headline: settings.progress.headline_columns()?,
    };
    hidden.write_list(out, &found.study)?;
    let disguised = pseudonym::disguised(found, &about, &hidden.disguise)?;
    disguised.warnings.iter().for_each(|warning| warn(&printable(warning), color));
    let (found, about) = (disguised.progress, disguised.about);
    write_tables(out, &found, &about)?;
    write_pages(out, &found, &about)?;
    pictures::remove_others(out, &found)?;
    Ok(found)
}

/// The settings in force for what was typed.
pub(super) fn settings_of(args: &SeriesArgs) -> anyhow::Result<Settings> {
    let mut settings = args.run.settings(args.out.clone(), args.mm_per_px)?;
    args.reading.apply(&mut settings.study);
    Ok(settings)
}

/// The study; `None` where it has mistakes, which are printed.
pub(super) fn load(file: &Path, settings: &Settings, color: ColorChoice) -> anyhow::Result<Option<Study>> {
    let reading = study::load(file, &settings.study)?;
    study_command::report(&reading.findings, color);
    Ok(reading.study)
}

/// Measures and evaluates a study; `None` when the run was stopped.
pub(super) fn measured(
    study: Study,
    args: &RunArgs,
    settings: &Settings,
    hidden: &Hidden,
    color: ColorChoice,
) -> anyhow::Result<Option<Progress>> {
    let out = &settings.out;
    // The journal remembers hashes of photos: beside results that are given away, in others.
    let journal = Journal::open(hidden.journal(out), args.fresh)?;
    if let Some(why) = journal.replaced() {
        warn(why, color);
    }
    super::analyze::silence_panics();
    let config_hash = settings.config_hash()?;
    let pictures = PictureFolder::new(out, hidden.disguise.key.as_ref());
    let watch = Watch { total: study.shots.len(), done: AtomicUsize::new(0), every: args.verbose };
    let setup = Setup {
        config: &settings.config,
        config_hash: &config_hash,
        surround: settings.progress.surround,
        align: &AlignConfig::default(),
        journal: &journal,
        sink: &pictures,
        watch: &watch,
        stop: interrupt::listen()?,
        jobs: settings.jobs,
        max_memory: settings.max_memory,
        limits: Limits { max_pixels: settings.max_pixels },
    };
    let readings = progress::measure(&study, &setup)?;
    journal.close()?;
    let Some(readings) = readings else { return Ok(None) };
    Ok(Some(progress::evaluate(study, readings, &settings.progress)?))
}

/// Names the photos that were not measured; how many.
pub(super) fn failures(found: &Progress, color: ColorChoice) -> usize {
    let failed = found.readings.iter().filter_map(|r| r.failure.as_ref().map(|f| (r, f)));
    failed
        .map(|(reading, failure)| {
            let photo = &found.study.shots[reading.shot].photo;
            say(&format!(
                "{}  {}: {}",
                paint("failed", Paint::Bad, color),
                printable(photo),
                printable(&failure.message)
            ));
        })
        .count()
}

/// Names the photos that were measured, but do not lie over the first of their place.
pub(super) fn astray(found: &Progress, color: ColorChoice) {
    for reading in found.readings.iter().filter(|r| r.failure.is_none() && r.is_astray()) {
        let photo = printable(&found.study.shots[reading.shot].photo);
        say(&format!(
            "{}  {photo}: it cannot be laid over the first photo of its place; its values are left out",
            paint("left out", Paint::Odd, color)
        ));
    }
}

/// Tells how far a run is.
struct Watch {
    total: usize,
    done: AtomicUsize,
    every: bool,
}

impl Progressing for Watch {
    fn done(&self, shot: &Shot, reading: &Reading) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.every {
            let word = match (&reading.failure, reading.fresh) {
                (Some(_), _) => "failed  ",
                (None, true) => "measured",
                (None, false) => "kept    ",
            };
            say(&format!("{word}  {} ({done} of {})", printable(&shot.photo), self.total));
        }
    }
}
