//! `cicatrix analyze`: photos to rows.

use std::io::Write;
use std::time::{Instant, SystemTime};

use anyhow::{Context as _, bail};

use super::args::{AnalyzeArgs, ColorChoice};
use super::exit::Exit;
use super::maps::MapFolder;
use super::progress_bar::{Detail, Meter};
use super::results::{self, Course};
use super::settings::Settings;
use super::terminal::{printable, warn};
use super::{interrupt, summary};
use crate::batch::{self, Account, Found, Item, Journal, Lock, Options, RegionFile, Setup};
use crate::measure::Pipeline;
use crate::photo::Limits;
use crate::report;

/// Measures photos and writes the results.
pub fn run(args: &AnalyzeArgs, color: ColorChoice) -> anyhow::Result<Exit> {
    let (started, clock) = (SystemTime::now(), Instant::now());
    let settings = Settings::new(args)?;
    let config_hash = settings.config_hash()?;
    if args.print_config {
        let mut out = std::io::stdout().lock();
        writeln!(out, "# SHA-256 of what changes numbers: {config_hash}\n{}", settings.to_toml()?.trim_end())?;
        return Ok(Exit::Success);
    }
    let pipeline = Pipeline::new(settings.config.clone())?;
    let regions = settings.regions.as_deref().map(RegionFile::load).transpose()?;
    let found = batch::discover(&args.paths, &settings.out, settings.masks.as_deref())?;
    refuse_nothing(args, &found)?;
    warn_of_unused(&found, regions.as_ref(), color);

    let out = &settings.out;
    results::refuse_others(out, "change.csv", "progress")?;
    std::fs::create_dir_all(out).with_context(|| format!("{}: the folder cannot be made", out.display()))?;
    let _lock = Lock::take(out)?;
    let journal = Journal::open(out, args.fresh)?;
    if let Some(why) = journal.replaced() {
        warn(why, color);
    }
    let stop = interrupt::listen()?;
    silence_panics();
    let maps = MapFolder::new(out, &settings.config.maps);
    let meter = Meter::new(found.items.len(), detail(args, &settings));
    let setup = Setup {
        pipeline: &pipeline,
        config_hash: &config_hash,
        regions: regions.as_ref(),
        journal: &journal,
        sink: &maps,
        progress: &meter,
        stop,
        options: Options {
            jobs: settings.jobs,
            max_memory: settings.max_memory,
            limits: Limits { max_pixels: settings.max_pixels },
        },
    };
    let outcomes = batch::run(found, setup);
    meter.finish();
    let outcomes = outcomes?;

    let about = report::About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config: settings.config.clone(),
        config_toml: settings.config_toml()?,
        config_hash,
    };
    let course = Course { started, wall: clock.elapsed(), threads: settings.jobs };
    let flags = results::update(out, &outcomes, &journal, &about, course)?;
    summary::failures(&outcomes, &journal, color)?;
    journal.close()?;
    let account = outcomes.account()?;
    if !settings.quiet {
        // The results are on the disk: a reader who has gone away changes nothing.
        let _ = std::io::stdout().lock().write_all(summary::text(&account, out, &flags).as_bytes());
    }
    Ok(exit_of(&account, outcomes.interrupted()))
}

fn exit_of(account: &Account, interrupted: bool) -> Exit {
    if interrupted {
        Exit::Interrupted
    } else if account.not_measured() > 0 {
        Exit::Partial
    } else {
        Exit::Success
    }
}

fn detail(args: &AnalyzeArgs, settings: &Settings) -> Detail {
    match (settings.quiet, args.verbose) {
        (_, true) => Detail::EveryPhoto,
        (true, false) => Detail::Quiet,
        (false, false) => Detail::Normal,
    }
}

/// A run without a photo is a mistake, most likely a mistyped path.
fn refuse_nothing(args: &AnalyzeArgs, found: &Found) -> anyhow::Result<()> {
    let is_missing = |item: &Item| item.trouble.as_ref().is_some_and(|t| t.code == "not_found");
    let paths = || args.paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ");
    if found.items.is_empty() {
        bail!(
            "no photos in {} ({} other files there); JPEG, PNG, TIFF, WebP and BMP files are looked for",
            paths(),
            found.ignored
        );
    }
    if found.items.iter().all(is_missing) {
        bail!("{}: no such file or folder", paths());
    }
    Ok(())
}

/// What an operator drew and no photo uses is most likely a mistyped name.
fn warn_of_unused(found: &Found, regions: Option<&RegionFile>, color: ColorChoice) {
    let few = |names: &[String]| {
        let shown: Vec<_> = names.iter().take(3).map(|name| printable(name)).collect();
        format!("{}{}", shown.join(", "), if names.len() > 3 { ", ..." } else { "" })
    };
    if !found.unused_masks.is_empty() {
        let names: Vec<_> = found.unused_masks.iter().map(|p| p.display().to_string()).collect();
        warn(&format!("{} masks belong to no photo: {}", names.len(), few(&names)), color);
    }
    let unused = regions.map(|file| file.unused(found.items.iter().map(|item| item.name.as_str()))).unwrap_or_default();
    if !unused.is_empty() {
        warn(&format!("regions of {} photos that are not here: {}", unused.len(), few(&unused)), color);
    }
}

/// A defect met by a photo is told in its row; the trace on the terminal would hide the other photos.
pub(super) fn silence_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() == Some("main") || std::env::var_os("RUST_BACKTRACE").is_some() {
            usual(info);
        }
    }));
}
