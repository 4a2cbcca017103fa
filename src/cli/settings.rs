//! What is valid: defaults, then the TOML file, then what was typed.
//!
//! Keys that change numbers stand at the top level of the file and in the tables of [`Config`]; keys of the run stand in
//! the table `run`, those of a study's files in the table `study`, those of change in the table `progress`. Paths in the file are relative to its folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::Table;

use super::args::{AnalyzeArgs, MapChoice};
use super::keys;
use crate::batch::key::{hex, sha256};
use crate::batch::memory;
use crate::error::{Error, Result};
use crate::measure::config::Family;
use crate::measure::{Config, MapKind};
use crate::photo::Limits;
use crate::series::progress::ProgressConfig;
use crate::series::study::StudyConfig;

/// Where results go when nothing else is said.
const OUT: &str = "cicatrix-out";
/// Least memory that a photo can be measured in.
const LEAST_MEMORY: u64 = 16 << 20;
/// Most threads that can be asked for.
const MOST_JOBS: usize = 1024;

/// Valid settings of `analyze`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How to measure.
    pub config: Config,
    /// Folder of the results.
    pub out: PathBuf,
    /// Threads in all.
    pub jobs: usize,
    /// Most pixels of a photo.
    pub max_pixels: u64,
    /// Most bytes of the photos in flight.
    pub max_memory: u64,
    /// Folder of masks.
    pub masks: Option<PathBuf>,
    /// File of regions.
    pub regions: Option<PathBuf>,
    /// No progress, no summary.
    pub quiet: bool,
    /// How the files of a study are read.
    pub study: StudyConfig,
    /// How change is judged.
    pub progress: ProgressConfig,
}

/// What a file says.
#[derive(Default)]
struct File {
    config: Config,
    run: RunKeys,
    study: StudyConfig,
    progress: ProgressConfig,
}

/// The table `run` of the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RunKeys {
    out: Option<PathBuf>,
    jobs: Option<usize>,
    max_pixels: Option<Amount>,
    max_memory: Option<Amount>,
    masks: Option<PathBuf>,
    regions: Option<PathBuf>,
    quiet: Option<bool>,
}

/// A number, or text such as `2G`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Amount {
    Number(u64),
    Text(String),
}

impl Settings {
    /// The settings in force for what was typed.
    pub fn new(args: &AnalyzeArgs) -> Result<Self> {
        let File { mut config, mut run, study, progress } = match &args.config {
            Some(path) => load(path)?,
            None => File::default(),
        };
        if let Some(maps) = &args.maps {
            config.maps = maps
                .iter()
                .flat_map(|choice| match choice {
                    MapChoice::All => MapKind::ALL.to_vec(),
                    MapChoice::One(kind) => vec![*kind],
                })
                .collect();
        }
        if let Some(families) = &args.families {
            config.families.clone_from(families);
        }
        config.mm_per_px = args.mm_per_px.or(config.mm_per_px);
        config.light_azimuth_deg = args.light.or(config.light_azimuth_deg);
        config.texture.bins = args.bins.unwrap_or(config.texture.bins);
        config.texture.source = args.texture_source.unwrap_or(config.texture.source);
        config.height.enabled |= args.height_map;
        config.height.um_per_count = args.um_per_count.or(config.height.um_per_count);
        config.height.um_per_px = args.um_per_px.or(config.height.um_per_px);
        config.height.void = args.void.or(config.height.void);
        config.check()?;
        let text = |typed: &Option<String>| typed.clone().map(Amount::Text);
        run.max_pixels = text(&args.max_pixels).or(run.max_pixels);
        run.max_memory = text(&args.max_memory).or(run.max_memory);
        run.jobs = args.jobs.or(run.jobs);
        let jobs = run.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        if !(1..=MOST_JOBS).contains(&jobs) {
            return Err(Error::config(format!("jobs is {jobs}; 1 to {MOST_JOBS} threads are allowed")));
        }
        let max_pixels = amount("max_pixels", run.max_pixels, 1000, Limits::default().max_pixels, 1)?;
        let max_memory = amount("max_memory", run.max_memory, 1024, memory::half_of_system(), LEAST_MEMORY)?;
        Ok(Self {
            config: ordered(config),
            out: args.out.clone().or(run.out).unwrap_or_else(|| PathBuf::from(OUT)),
            jobs,
            max_pixels,
            max_memory,
            masks: args.masks.clone().or(run.masks),
            regions: args.regions.clone().or(run.regions),
            quiet: args.quiet || run.quiet.unwrap_or(false),
            study,
            progress,
        })
    }

    /// Everything as TOML, as the file takes it; the tables of a study only where they say something.
    pub fn to_toml(&self) -> Result<String> {
        let mut table = self.table()?;
        if self.study == StudyConfig::default() {
            table.remove("study");
        }
        if self.progress == ProgressConfig::default() {
            table.remove("progress");
        }
        toml::to_string(&table).map_err(|e| Error::config(e.to_string()))
    }

    /// Everything as TOML, as the file takes it.
    pub fn full_toml(&self) -> Result<String> {
        toml::to_string(&self.table()?).map_err(|e| Error::config(e.to_string()))
    }

    fn table(&self) -> Result<Table> {
        let run = RunKeys {
            out: Some(self.out.clone()),
            jobs: Some(self.jobs),
            max_pixels: Some(Amount::Number(self.max_pixels)),
            max_memory: Some(Amount::Number(self.max_memory)),
            masks: self.masks.clone(),
            regions: self.regions.clone(),
            quiet: Some(self.quiet),
        };
        let mut table = table_of(&self.config)?;
        table.insert("run".to_owned(), table_of(&run)?.into());
        table.insert("study".to_owned(), table_of(&self.study)?.into());
        table.insert("progress".to_owned(), table_of(&self.progress)?.into());
        Ok(table)
    }

    /// The configuration of the measurement as TOML.
    pub fn config_toml(&self) -> Result<String> {
        toml::to_string(&table_of(&self.config)?).map_err(|e| Error::config(e.to_string()))
    }

    /// The configuration of the measurement and of change as TOML: nothing of paths and names of columns.
    pub fn series_toml(&self) -> Result<String> {
        let mut table = table_of(&self.config)?;
        table.insert("progress".to_owned(), table_of(&self.progress)?.into());
        toml::to_string(&table).map_err(|e| Error::config(e.to_string()))
    }

    /// SHA-256 of what changes numbers: the configuration without the maps, and the largest photo taken.
    pub fn config_hash(&self) -> Result<String> {
        let bare = Config { maps: Vec::new(), ..self.config.clone() };
        let mut table = table_of(&bare)?;
        table.insert("max_pixels".to_owned(), self.max_pixels.to_string().into());
        let text = toml::to_string(&table).map_err(|e| Error::config(e.to_string()))?;
        Ok(hex(&sha256(text.as_bytes())))
    }
}

fn table_of(value: &impl Serialize) -> Result<Table> {
    Table::try_from(value).map_err(|e| Error::config(e.to_string()))
}

/// Lists of names say the same in any order.
fn ordered(mut config: Config) -> Config {
    config.maps.sort_unstable();
    config.maps.dedup();
    config.families.sort_unstable();
    config.families.dedup();
    if config.families.len() == Family::ALL.len() {
        config.families.clear();
    }
    config
}

/// The table `study` of the file `path`, and the scale of photos whose row gives none.
pub fn study_of(path: &Path) -> Result<(StudyConfig, Option<f64>)> {
    load(path).map(|file| (file.study, file.config.mm_per_px))
}

fn load(path: &Path) -> Result<File> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::config(e.to_string()).at(path))?;
    let mut table: Table = text.parse().map_err(|e: toml::de::Error| bad(path, &e))?;
    let known = known_keys()?;
    keys::check(&table, &known).map_err(|e| e.at(path))?;
    let (run, study, progress) = (table.remove("run"), table.remove("study"), table.remove("progress"));
    let config = Config::deserialize(table).map_err(|e| bad(path, &e))?;
    let mut run: RunKeys = match run {
        Some(run) => RunKeys::deserialize(run).map_err(|e| bad(path, &e))?,
        None => RunKeys::default(),
    };
    let mut study: StudyConfig = match study {
        Some(study) => StudyConfig::deserialize(study).map_err(|e| bad(path, &e))?,
        None => StudyConfig::default(),
    };
    let progress = match progress {
        Some(progress) => ProgressConfig::deserialize(progress).map_err(|e| bad(path, &e))?,
        None => ProgressConfig::default(),
    };
    study.check().map_err(|e| e.at(path))?;
    progress.check().map_err(|e| e.at(path))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let paths = [&mut run.out, &mut run.masks, &mut run.regions, &mut study.photos, &mut study.sessions];
    for relative in paths.into_iter().flatten() {
        *relative = folder.join(&*relative);
    }
    Ok(File { config, run, study, progress })
}

fn bad(path: &Path, error: &toml::de::Error) -> Error {
    Error::config(error.to_string().trim_end().to_owned()).at(path)
}

/// A file with every key there is.
fn known_keys() -> Result<Table> {
    let mut full = Config { mm_per_px: Some(1.0), light_azimuth_deg: Some(0.0), ..Config::default() };
    full.texture.range = Some(full.texture.range());
    let height = &mut full.height;
    for key in [&mut height.um_per_count, &mut height.um_per_px, &mut height.void, &mut height.s_um, &mut height.l_um] {
        *key = Some(1.0);
    }
    let run = RunKeys {
        out: Some(PathBuf::new()),
        jobs: Some(1),
        max_pixels: Some(Amount::Number(1)),
        max_memory: Some(Amount::Number(1)),
        masks: Some(PathBuf::new()),
        regions: Some(PathBuf::new()),
        quiet: Some(false),
    };
    let mut table = table_of(&full)?;
    table.insert("run".to_owned(), table_of(&run)?.into());
    table.insert("study".to_owned(), table_of(&StudyConfig::full())?.into());
    table.insert("progress".to_owned(), table_of(&ProgressConfig::default())?.into());
    Ok(table)
}

/// A number with the suffix K, M, G or T, each `step` times the one before.
fn amount(key: &str, given: Option<Amount>, step: u64, default: u64, least: u64) -> Result<u64> {
    let (value, shown) = match given {
        None => return Ok(default),
        Some(Amount::Number(n)) => (Some(n), n.to_string()),
        Some(Amount::Text(text)) => (scaled(&text, step), text),
    };
    value.filter(|v| *v >= least).ok_or_else(|| {
        Error::config(format!("{key} is `{shown}`; a number of at least {least} is needed, such as 500M or 2G"))
    })
}

fn scaled(text: &str, step: u64) -> Option<u64> {
    let text = text.trim();
    let (digits, power) = match text.chars().last()?.to_ascii_uppercase() {
        'K' => (&text[..text.len() - 1], 1),
        'M' => (&text[..text.len() - 1], 2),
        'G' => (&text[..text.len() - 1], 3),
        'T' => (&text[..text.len() - 1], 4),
        _ => (text, 0),
    };
    digits.replace('_', "").parse::<u64>().ok()?.checked_mul(step.checked_pow(power)?)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::*;

    fn settings(typed: &[&str]) -> Result<Settings> {
        let cli = Cli::try_parse_from(["cicatrix", "analyze", "photos"].iter().chain(typed)).unwrap();
        let Command::Analyze(args) = cli.command else { unreachable!() };
        Settings::new(&args)
    }

    fn with_file(text: &str, typed: &[&str]) -> Result<Settings> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        std::fs::write(&path, text).unwrap();
        settings(&[&["--config", path.to_str().unwrap()], typed].concat())
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let text = "mm_per_px = 0.1\n[texture]\nbins = 64\ndistance_px = 2\n[run]\njobs = 3\nmax_memory = \"1G\"\n";
        let set = with_file(text, &["--bins", "16", "--jobs", "5"]).unwrap();
        assert_eq!((set.config.texture.bins, set.config.texture.distance_px), (16, 2));
        assert_eq!((set.config.mm_per_px, set.jobs, set.max_memory), (Some(0.1), 5, 1 << 30));
        assert_eq!(set.config.spots, Config::default().spots);
    }

    #[test]
    fn unknown_keys_name_the_nearest() {
        let message = |text| with_file(text, &[]).unwrap_err().to_string();
        assert!(
            message("[texture]\nbinz = 3")
                .contains("c.toml: unknown key texture.binz; the nearest known key is texture.bins")
        );
        assert!(message("mm_per_pixel = 3").contains("nearest known key is mm_per_px"));
        assert!(message("jobs = 3").contains("nearest known key is run.jobs"));
        assert!(message("qqqqqqqqqqqqqqq = 3").contains("the keys are"));
    }

    #[test]
    fn wrong_types_name_the_file_and_the_key() {
        let message = with_file("[texture]\nbins = \"many\"", &[]).unwrap_err().to_string();
        assert!(message.contains("c.toml") && message.contains("bins"), "{message}");
    }

    #[test]
    fn only_what_changes_numbers_changes_the_hash() {
        let hash = |typed: &[&str]| settings(typed).unwrap().config_hash().unwrap();
        let plain = hash(&[]);
        let idle: [&[&str]; 5] =
            [&["--jobs", "7"], &["--out", "x"], &["--quiet"], &["--max-memory", "1G"], &["--maps", "all"]];
        for typed in idle {
            assert_eq!(hash(typed), plain, "{typed:?}");
        }
        let busy: [&[&str]; 4] =
            [&["--bins", "16"], &["--mm-per-px", "0.1"], &["--families", "color"], &["--max-pixels", "1M"]];
        for typed in busy {
            assert_ne!(hash(typed), plain, "{typed:?}");
        }
        assert_eq!(hash(&["--families", "lbp,glcm"]), hash(&["--families", "glcm,lbp,glcm"]));
    }

    #[test]
    fn what_is_printed_reads_back() {
        let set = settings(&["--mm-per-px", "0.07", "--maps", "relief,melanin", "--max-memory", "500M"]).unwrap();
        let again = with_file(&set.to_toml().unwrap(), &[]).unwrap();
        assert_eq!(again.config, set.config);
        assert_eq!(again.max_memory, 500 << 20);
        assert_eq!(again.config_hash().unwrap(), set.config_hash().unwrap());
    }

    #[test]
    fn amounts() {
        assert_eq!(scaled("2G", 1024), Some(2 << 30));
        assert_eq!(scaled("1_000k", 1000), Some(1_000_000));
        for wrong in ["", "G", "-1", "1.5G", "99999999999T", "12X"] {
            assert_eq!(scaled(wrong, 1024), None, "{wrong}");
        }
        assert!(settings(&["--max-memory", "1K"]).unwrap_err().message().contains("max_memory is `1K`"));
        assert!(settings(&["--jobs", "0"]).unwrap_err().message().contains("jobs is 0"));
    }
}
