//! `cicatrix study`: the file of a study, drafted and checked.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use clap::builder::PossibleValuesParser;

use super::args::ColorChoice;
use super::exit::Exit;
use super::settings;
use super::terminal::{Paint, paint, printable, say, warn};
use crate::error::Error;
use crate::report::atomic::AtomicFile;
use crate::series::study::{self, DaySource, Findings, Level, Study, StudyConfig};

/// Most photos left out that are named one by one.
const NAMED: usize = 10;

/// Options of `study`.
#[derive(Debug, clap::Args)]
pub struct StudyArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub command: StudyCommand,
}

/// What can be done with a study file.
#[derive(Debug, Subcommand)]
pub enum StudyCommand {
    /// Draft a study file from the names, folders and EXIF times of photos.
    Init(InitArgs),
    /// Check a study file and print what it holds, or every mistake in it.
    Check(CheckArgs),
}

/// Options of `study init`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cicatrix study init photos/\n  cicatrix study init photos/ --out study.csv\n\nNames such as S01_2024-03-01_left_2.jpg and folders such as S01/V2/ are understood. What is not known stays empty:\nread the draft, fill it in, then run cicatrix study check. docs/STUDY.md describes the columns."
)]
pub struct InitArgs {
    /// Folder of the photos.
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// File to write [default: study.csv in the folder].
    #[arg(long, short, value_name = "FILE.csv")]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
}

/// Options of `study check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cicatrix study check study.csv --sessions sessions.csv\n  cicatrix study check metadata.csv --preset pad-ufes-20 --photos images/\n\nExit codes: 0 the study can be used, 1 a file cannot be read, 2 the study has mistakes (all are listed)."
)]
pub struct CheckArgs {
    /// The study file.
    #[arg(value_name = "STUDY.csv")]
    pub file: PathBuf,
    /// How the study is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// Settings in TOML; its table [study] maps columns. Options given here win over it.
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
}

/// Options of how a study is read.
#[derive(Debug, clap::Args)]
pub struct ReadingArgs {
    /// File of the sessions of treatment.
    #[arg(long, value_name = "FILE.csv")]
    pub sessions: Option<PathBuf>,
    /// Folder of the photos [default: that of the study file].
    #[arg(long, value_name = "DIR")]
    pub photos: Option<PathBuf>,
    /// A known layout, in place of columns by their own names.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(study::preset_names()))]
    pub preset: Option<String>,
}

impl ReadingArgs {
    /// What was typed wins over the configuration.
    pub fn apply(&self, config: &mut StudyConfig) {
        config.sessions = self.sessions.clone().or(config.sessions.take());
        config.photos = self.photos.clone().or(config.photos.take());
        config.preset = self.preset.clone().or(config.preset.take());
    }
}

/// Drafts or checks a study file.
pub fn run(args: &StudyArgs, color: ColorChoice) -> anyhow::Result<Exit> {
    match &args.command {
        StudyCommand::Init(args) => init(args, color),
        StudyCommand::Check(args) => check(args, color),
    }
}

fn init(args: &InitArgs, color: ColorChoice) -> anyhow::Result<Exit> {
    let out = args.out.clone().unwrap_or_else(|| args.folder.join("study.csv"));
    if !args.force && out.symlink_metadata().is_ok() {
        return Err(Error::config("the file is there already; name another with --out, or replace it with --force")
            .at(&out)
            .into());
    }
    let home = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft = study::draft(&args.folder, home)?;
    let mut file = AtomicFile::create(&out)?;
    file.write_all(&draft.csv)?;
    file.commit()?;
    for why in draft.left_out.iter().take(NAMED) {
        warn(&format!("left out: {}", printable(why)), color);
    }
    if draft.left_out.len() > NAMED {
        say(&format!("... and {} more", draft.left_out.len() - NAMED));
    }
    if !draft.results.is_empty() {
        let folders: Vec<String> =
            draft.results.iter().take(NAMED).map(|name| format!("{}/", printable(name))).collect();
        let more = if draft.results.len() > NAMED { ", ..." } else { "" };
        say(&format!("skipped, results of an earlier run: {}{more}", folders.join(", ")));
    }
    let mut text = format!("{}: {}, {}\n", out.display(), many(draft.photos, "photo"), many(draft.subjects, "subject"));
    for line in &draft.told {
        writeln!(text, "  {line}")?;
    }
    text.push_str("This is a guess from names: read it, fill in what is empty, then run `cicatrix study check`.\n");
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Exit::Success)
}

fn check(args: &CheckArgs, color: ColorChoice) -> anyhow::Result<Exit> {
    let (mut config, scale) =
        args.config.as_deref().map_or_else(|| Ok((StudyConfig::default(), None)), settings::study_of)?;
    args.reading.apply(&mut config);
    let mut reading = study::load(&args.file, &config)?;
    reading
        .study
        .iter()
        .flat_map(|study| study::advice(study, scale.is_some()))
        .for_each(|finding| reading.findings.add(finding));
    report(&reading.findings, color);
    let Some(study) = reading.study else {
        return Ok(Exit::Usage);
    };
    std::io::stdout().lock().write_all(summary(&study).as_bytes())?;
    Ok(Exit::Success)
}

/// Prints what was found in the files, mistakes first.
pub(super) fn report(findings: &Findings, color: ColorChoice) {
    for (level, word, color_of) in [
        (Level::Mistake, "mistake", Some(Paint::Bad)),
        (Level::Warning, "warning", Some(Paint::Odd)),
        (Level::Note, "note", None),
    ] {
        let word = color_of.map_or_else(|| word.to_owned(), |p| paint(word, p, color));
        for line in findings.lines(level) {
            if line.starts_with("...") {
                say(&format!("  {line}"));
            } else {
                say(&format!("{word}: {line}"));
            }
        }
    }
    let mistakes = findings.count(Level::Mistake);
    if mistakes > 0 {
        let n = usize::try_from(mistakes).unwrap_or(usize::MAX);
        say(&format!("{} in the study", many(n, "mistake")));
    }
}

/// What a study holds.
fn summary(study: &Study) -> String {
    let shots = &study.shots;
    let visits: Vec<usize> = study.subjects.iter().map(|s| s.visits.len()).collect();
    let (mut repeats, mut groups) = (0, 0);
    for subject in &study.subjects {
        for view in subject.views(study) {
            for n in subject.visits.iter().map(|v| v.repeats(study, view).count()).filter(|n| *n > 0) {
                groups += 1;
                repeats += usize::from(n > 1);
            }
        }
    }
    let distinct = |cell: fn(&study::Shot) -> Vec<&str>| {
        let names: BTreeSet<&str> = shots.iter().flat_map(cell).filter(|n| !n.is_empty()).collect();
        (names.len(), names.iter().take(8).map(|n| printable(n)).collect::<Vec<_>>().join(", "))
    };
    let mut lines = vec![
        ("photos", format!("{} of {}", shots.len(), many(study.subjects.len(), "subject"))),
        (
            "visits",
            match (visits.iter().min().unwrap_or(&0), visits.iter().max().unwrap_or(&0)) {
                (least, most) if least == most => {
                    format!("{} in all, {least} per subject", visits.iter().sum::<usize>())
                }
                (least, most) => format!("{} in all, {least} to {most} per subject", visits.iter().sum::<usize>()),
            },
        ),
        (
            "repeats",
            format!(
                "{repeats} of {} of a view {} more than one shot",
                many(groups, "visit"),
                if groups == 1 { "has" } else { "have" }
            ),
        ),
    ];
    let dated = |source| shots.iter().filter(|s| s.day_source == source).count();
    let days = [
        (DaySource::Date, "dates"),
        (DaySource::Day, "day numbers"),
        (DaySource::Exif, "from EXIF"),
        (DaySource::Unknown, "unknown"),
    ];
    let days: Vec<String> = days
        .iter()
        .map(|(s, word)| (dated(*s), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    lines.push(("days", days.join(", ")));
    for (what, (n, names)) in [
        ("views", distinct(|s| vec![&s.view])),
        (
            "arms",
            distinct(|s| {
                std::iter::once(s.arms.whole.as_str()).chain(s.arms.by_region.iter().map(|(_, a)| a.as_str())).collect()
            }),
        ),
        ("regions", distinct(|s| s.regions.names().collect())),
    ] {
        if n > 0 {
            lines.push((what, format!("{n}: {names}{}", if n > 8 { ", ..." } else { "" })));
        }
    }
    let scaled = shots.iter().filter(|s| s.mm_per_px.is_some()).count();
    lines.push(("scale", format!("mm_per_px of {}", many(scaled, "photo"))));
    let masks = shots.iter().filter(|s| s.regions.skin.is_some()).count();
    if masks > 0 {
        lines.push(("masks", format!("of {}", many(masks, "photo"))));
    }
    let names = |list: Vec<&str>| list.into_iter().map(printable).collect::<Vec<_>>().join(", ");
    if !study.scales.is_empty() {
        lines.push(("grades", names(study.scales.iter().map(|s| s.column.as_str()).collect())));
    }
    if !study.extra.is_empty() {
        lines.push(("carried", names(study.extra.iter().map(String::as_str).collect())));
    }
    if !study.sessions.is_empty() {
        let treated = study.subjects.iter().filter(|s| !s.sessions.is_empty()).count();
        lines.push(("sessions", format!("{} of {}", study.sessions.len(), many(treated, "subject"))));
    }
    lines.iter().map(|(what, text)| format!("{what:<9} {text}\n")).collect()
}

fn many(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
