//! `cicatrix repeatability`: the error of every metric, from a study's repeat shots.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use super::args::ColorChoice;
use super::disguise::Hidden;
use super::exit::Exit;
use super::progress::{self, SeriesArgs};
use crate::error::{Error, Result, Stage};
use crate::measure::Column;
use crate::report::series::pictures::remove_others;
use crate::report::series::repeatability::write_table;
use crate::report::series::repeatability_page::{About, write_page};
use crate::series::repeatability::{self, Repeatability, SHOTS, Set};
use crate::series::statistics::scale::Scale;
use crate::series::study::Study;

/// Options of `repeatability`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  cicatrix repeatability study.csv --out results\n\nRepeat shots are the rows of one subject, visit and view; docs/STUDY.md describes the study file, docs/PROGRESS.md\nthe results. A run into the folder of `cicatrix progress` measures nothing twice.\n\nExit codes: 0 every photo measured, 1 nothing could be done or there are no repeat shots, 2 the study has mistakes,\n3 some photos were refused or failed, 130 interrupted."
)]
pub struct RepeatabilityArgs {
    /// The study file.
    #[arg(value_name = "STUDY.csv")]
    pub file: PathBuf,
    /// How to run.
    #[command(flatten)]
    pub series: SeriesArgs,
}

/// Tells how repeatable a study is.
pub fn run(args: &RepeatabilityArgs, color: ColorChoice) -> anyhow::Result<Exit> {
    let settings = progress::settings_of(&args.series)?;
    let Some(study) = progress::load(&args.file, &settings, color)? else { return Ok(Exit::Usage) };
    if !repeatability::has_repeats(&study) {
        // Told before an hour of measuring.
        return Err(no_repeats(&study).at(&args.file).into());
    }
    let hidden = Hidden::default();
    let _lock = hidden.begin(&settings.out)?;
    let Some(found) = progress::measured(study, &args.series.run, &settings, &hidden, color)? else {
        return Ok(Exit::Interrupted);
    };
    let failed = progress::failures(&found, color);
    progress::astray(&found, color);
    let rows = repeatability::of(&found);
    if rows.is_empty() {
        return Err(no_repeats(&found.study).at(&args.file).into());
    }
    let photos = found.readings.len();
    let about = About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config_hash: settings.config_hash()?,
        measured: photos - failed,
        photos,
        subjects: found.study.subjects.len(),
        headline: settings.progress.headline_columns()?,
    };
    write_table(&settings.out, &rows)?;
    write_page(&settings.out, &rows, &about)?;
    remove_others(&settings.out, &found)?;
    if !settings.quiet {
        let mut text = summary(&rows, &about)?;
        writeln!(text, "Results: {}", settings.out.display())?;
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }
    Ok(if failed > 0 { Exit::Partial } else { Exit::Success })
}

/// What is missing, and what to do.
fn no_repeats(study: &Study) -> Error {
    let message = format!(
        "there are no repeat shots: of {} photos no two that could be measured are of one subject, visit and view; \
         take two or more photos at a visit, one after the other, and give each a row with the same subject, visit and view",
        study.shots.len()
    );
    Error::new(Stage::Measure, "no_repeats", message)
}

/// The headline metrics.
fn summary(rows: &[Repeatability], about: &About) -> Result<String> {
    let pooled = |column: &Column| rows.iter().find(|r| r.set == Set::Pooled && r.column == *column);
    let shown: Vec<&Repeatability> = about.headline.iter().filter_map(pooled).collect();
    let groups = rows.iter().map(|r| r.groups).max().unwrap_or(0);
    let mut text = format!(
        "{} of {} photos measured, up to {groups} groups of repeat shots a metric.\n\
         Error of one shot, and how far the means of 1, 2 and 3 shots of unchanged skin differ by it:\n",
        about.measured, about.photos
    );
    let mut line = |cells: [&str; 6]| {
        let [name, error, one, two, three, icc] = cells;
        let line = format!("  {name:<26} {error:>8}  {one:>19}  {two:>19}  {three:>19}  {icc:>5}");
        writeln!(text, "{}", line.trim_end()).map_err(|e| Error::internal("text", e.to_string()))
    };
    line(["", "error", "1 shot", "2 shots", "3 shots", "ICC"])?;
    for row in shown {
        let error = match (row.error, row.cv_percent()) {
            (Err(reason), _) => reason.code().to_owned(),
            (Ok(_), Some(cv)) => format!("{cv:.1} %"),
            (Ok(sem), None) => format!("{:.3}", sem.sd),
        };
        let unit = if row.scale == Scale::Log { " %" } else { "" };
        let [one, two, three] = SHOTS.map(|n| {
            row.smallest_change(n).map_or_else(String::new, |ends| {
                let digits = if row.scale == Scale::Log { 1 } else { 4 };
                format!("{:.digits$} to {:+.digits$}{unit}", ends.low, ends.high)
            })
        });
        let icc = row.icc.map_or_else(String::new, |icc| format!("{:.2}", icc.icc));
        line([&row.column.metric().name, &error, &one, &two, &three, &icc])?;
    }
    Ok(text)
}
