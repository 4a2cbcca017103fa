//! `cicatrix compare`: what changed between two photos, or two sets of repeat shots.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::args::ColorChoice;
use super::compare_text;
use super::disguise::Hidden;
use super::exit::Exit;
use super::progress::{self, RunArgs};
use super::terminal::warn;
use crate::error::{Error, Stage};
use crate::series::progress::Progress;
use crate::series::study::pair::{self, Pair};

/// Options of `compare`.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "cicatrix compare [OPTIONS] <BEFORE> <AFTER>\n       cicatrix compare [OPTIONS] --before <FILES> --after <FILES>",
    after_help = "Examples:\n  cicatrix compare before.jpg after.jpg --mm-per-px 0.06\n  cicatrix compare --before a1.jpg,a2.jpg --after b1.jpg,b2.jpg --regions regions.json --out results\n\nWith one photo on either side the error of measurement is a stated one; with repeat shots it is their own. Regions are\ndrawn on the first BEFORE photo and follow to the others, and so does its mask. docs/PROGRESS.md says when a change is\nwithheld.\n\nExit codes: 0 every photo measured, whatever the verdicts; 1 nothing could be compared, 2 usage, 3 some photos were\nrefused or failed, 130 interrupted."
)]
pub struct CompareArgs {
    /// The photo taken before.
    #[arg(value_name = "BEFORE", required_unless_present = "before_shots", conflicts_with = "before_shots")]
    pub before: Option<PathBuf>,
    /// The photo taken after.
    #[arg(value_name = "AFTER", required_unless_present = "after_shots", conflicts_with = "after_shots")]
    pub after: Option<PathBuf>,
    /// Repeat shots taken before, with commas between them.
    #[arg(long = "before", value_name = "FILES", requires = "after_shots")]
    pub before_shots: Vec<PathBuf>,
    /// Repeat shots taken after, with commas between them.
    #[arg(long = "after", value_name = "FILES", requires = "before_shots")]
    pub after_shots: Vec<PathBuf>,
    /// Folder for the results [default: none, the comparison is printed].
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Millimeters per pixel [default: what a file says of itself; of AFTER, what the alignment shows].
    #[arg(long, value_name = "X")]
    pub mm_per_px: Option<f64>,
    /// Named regions of the first BEFORE photo, as JSON or CSV as for `analyze`; they follow.
    #[arg(long, value_name = "FILE")]
    pub regions: Option<PathBuf>,
    /// Mask of the skin of the first BEFORE photo [default: one beside it, such as before_mask.png].
    #[arg(long, value_name = "FILE")]
    pub mask: Option<PathBuf>,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// Compares two visits.
pub fn run(args: &CompareArgs, color: ColorChoice) -> anyhow::Result<Exit> {
    let files = |one: &Option<PathBuf>, shots: &[PathBuf]| -> Vec<PathBuf> {
        one.iter().cloned().chain(shots.iter().flat_map(|typed| several(typed))).collect()
    };
    let (before, after) = (files(&args.before, &args.before_shots), files(&args.after, &args.after_shots));
    let given = Pair { before: &before, after: &after, regions: args.regions.as_deref(), mask: args.mask.as_deref() };
    let study = pair::study(&given)?;
    let days: Vec<_> = study.subjects.iter().flat_map(|s| s.visits.iter().map(|v| v.day)).collect();
    if let [Some(first), Some(second)] = days[..]
        && second < first
    {
        warn(&format!("AFTER is of {second}, BEFORE of {first}: are they the wrong way round?"), color);
    }
    // Without a folder for results, what a run keeps goes with it.
    let scratch = match args.out {
        Some(_) => None,
        None => Some(tempfile::tempdir().context("no temporary folder can be made")?),
    };
    let out = args.out.clone().or_else(|| scratch.as_ref().map(|folder| folder.path().to_owned()));
    let settings = args.run.settings(out, args.mm_per_px)?;
    let hidden = Hidden::default();
    let _lock = hidden.begin(&settings.out)?;
    let Some(found) = progress::measured(study, &args.run, &settings, &hidden, color)? else {
        return Ok(Exit::Interrupted);
    };
    let failed = progress::failures(&found, color);
    for (side, number) in [("BEFORE", 0), ("AFTER", 1)] {
        if !any_measured(&found, number) {
            let message = format!("no {side} photo could be measured: there is nothing to compare");
            return Err(Error::new(Stage::Measure, "nothing_to_compare", message).into());
        }
    }
    let found = if args.out.is_some() { progress::write(found, &settings, &hidden, color)? } else { found };
    if !settings.quiet {
        let mut text = compare_text::told(&found, &settings.progress, color)?;
        if args.out.is_some() {
            text += &format!("Results: {}\n", settings.out.display());
        }
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }
    Ok(if failed > 0 { Exit::Partial } else { Exit::Success })
}

/// The files between the commas of what was typed; a file whose name has a comma is one.
fn several(typed: &Path) -> Vec<PathBuf> {
    match typed.to_str() {
        Some(text) if text.contains(',') && !typed.exists() => {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(PathBuf::from).collect()
        }
        _ => vec![typed.to_owned()],
    }
}

fn any_measured(found: &Progress, visit: usize) -> bool {
    let shots = found.study.subjects.iter().filter_map(|s| s.visits.get(visit)).flat_map(|v| &v.shots);
    shots.into_iter().any(|&i| found.readings[i].failure.is_none())
}
