//! `cicatrix progress`: a study to what changed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use clap::builder::PossibleValuesParser;

use super::args::{AnalyzeArgs, ColorChoice};
use super::exit::Exit;
use super::settings::Settings;
use super::terminal::{Paint, paint, printable, say, warn};
use super::{interrupt, progress_text, study as study_command};
use crate::batch::journal::JOURNAL_FILE;
use crate::batch::{Journal, Lock};
use crate::error::Error;
use crate::measure::config::Family;
use crate::photo::Limits;
use crate::report::series::pictures::PictureFolder;
use crate::report::series::pseudonym::{self, Disguise, Key};
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
    /// File of the sessions of treatment.
    #[arg(long, value_name = "FILE.csv")]
    pub sessions: Option<PathBuf>,
    /// Folder of the photos [default: that of the study file].
    #[arg(long, value_name = "DIR")]
    pub photos: Option<PathBuf>,
    /// A known layout, in place of columns by their own names.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(study::preset_names()))]
    pub preset: Option<String>,
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
    #[arg(value_name = "STUDY.csv")]
    pub file: PathBuf,
    /// How to run.
    #[command(flatten)]
    pub series: SeriesArgs,
    /// What to hide.
    #[command(flatten)]
    pub hide: HideArgs,
}

/// Options of what results must not tell.
#[derive(Debug, Default, clap::Args)]
pub struct HideArgs {
    /// Keyed hashes in place of subjects in every result; the key is read from --key, or made there.
    #[arg(long, requires = "key")]
    pub pseudonymise: bool,
    /// File of the key, outside the results. Who has it can tell who is who.
    #[arg(long, value_name = "FILE", requires = "pseudonymise")]
    pub key: Option<PathBuf>,
    /// Also write the list of subjects and their pseudonyms there, outside the results.
    #[arg(long, value_name = "FILE.csv", requires = "pseudonymise")]
    pub key_list: Option<PathBuf>,
    /// Columns of the study file to keep though their names speak of a person.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub keep_columns: Vec<String>,
    /// How days are written.
    #[arg(long, value_enum, value_name = "HOW", default_value = "as-written")]
    pub dates: Dates,
}

/// How days are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Dates {
    /// As the study has them.
    #[default]
    AsWritten,
    /// Days since the first visit of each subject: no date in any result.
    AsDays,
}

impl HideArgs {
    fn is_asked(&self) -> bool {
        self.pseudonymise || self.dates == Dates::AsDays
    }
}

/// Scores a study.
pub fn run(args: &ProgressArgs, color: ColorChoice) -> anyhow::Result<Exit> {
    let settings = settings_of(&args.series)?;
    let Some(study) = load(&args.file, &settings, color)? else { return Ok(Exit::Usage) };
    let out = &settings.out;
    if args.hide.is_asked() && out.join(JOURNAL_FILE).exists() {
        let message = "the folder holds results with names and dates; give another --out";
        return Err(Error::config(message).at(out).into());
    }
    let _lock = begin(out)?;
    // The journal remembers file times and hashes of photos: it is not for giving away.
    let journal = if args.hide.is_asked() { beside(out) } else { out.clone() };
    let Some(found) = measured(study, &args.series.run, &settings, &journal, color)? else {
        return Ok(Exit::Interrupted);
    };
    let failed = failures(&found, color);
    let found = write(found, &settings, &args.hide, color)?;
    if !settings.quiet {
        let text = progress_text::summary(&found, &settings.progress, &settings.out, color)?;
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }
    Ok(if failed > 0 { Exit::Partial } else { Exit::Success })
}

/// The folder of the results, which no other process writes to meanwhile.
pub(super) fn begin(out: &Path) -> anyhow::Result<Lock> {
    std::fs::create_dir_all(out).with_context(|| format!("{}: the folder cannot be made", out.display()))?;
    Ok(Lock::take(out)?)
}

/// `results.journal` for `results`.
fn beside(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".journal");
    out.with_file_name(name)
}

/// Writes tables and pages of what was found, disguised as asked; what they were written of comes back.
pub(super) fn write(
    found: Progress,
    settings: &Settings,
    hide: &HideArgs,
    color: ColorChoice,
) -> anyhow::Result<Progress> {
    let out = &settings.out;
    let mut about = SeriesAbout {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config_toml: settings.series_toml()?,
        headline: settings.progress.headline_columns()?,
    };
    let mut found = found;
    if hide.is_asked() {
        let key = hide.key.as_deref().map(|path| Key::open(path, out)).transpose()?;
        if let (Some(key), Some(list)) = (&key, &hide.key_list) {
            key.write_list(list, out, &found.study)?;
        }
        let disguise = Disguise { key, days: hide.dates == Dates::AsDays, keep: hide.keep_columns.clone() };
        let disguised = pseudonym::disguised(found, &about, &disguise)?;
        disguised.warnings.iter().for_each(|warning| warn(&printable(warning), color));
        (found, about) = (disguised.progress, disguised.about);
    }
    write_tables(out, &found, &about)?;
    write_pages(out, &found, &about)?;
    Ok(found)
}

/// The settings in force for what was typed.
pub(super) fn settings_of(args: &SeriesArgs) -> anyhow::Result<Settings> {
    let mut settings = args.run.settings(args.out.clone(), args.mm_per_px)?;
    settings.study.sessions = args.sessions.clone().or(settings.study.sessions);
    settings.study.photos = args.photos.clone().or(settings.study.photos);
    settings.study.preset = args.preset.clone().or(settings.study.preset);
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
    journal: &Path,
    color: ColorChoice,
) -> anyhow::Result<Option<Progress>> {
    let out = &settings.out;
    std::fs::create_dir_all(journal).with_context(|| format!("{}: the folder cannot be made", journal.display()))?;
    let journal = Journal::open(journal, args.fresh)?;
    if let Some(why) = journal.replaced() {
        warn(why, color);
    }
    super::analyze::silence_panics();
    let config_hash = settings.config_hash()?;
    let pictures = PictureFolder::new(out);
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
