//! What can be typed.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::measure::MapKind;
use crate::measure::config::{Family, TextureSource};

/// Measures scarred skin from photographs.
#[derive(Debug, Parser)]
#[command(
    name = "cicatrix",
    version,
    about = "Measures texture and pigmentation of scarred skin from photographs",
    after_help = "Exit codes: 0 every photo measured, 1 nothing could be done, 2 usage, 3 some photos were refused or \
                  failed (all are listed), 130 interrupted."
)]
pub struct Cli {
    /// When to use color on the terminal.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to use color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Also into files and pipes.
    Always,
    /// Not at all.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Measure photos: one row of metrics per photo and region.
    Analyze(Box<AnalyzeArgs>),
    /// Compare two photos of the same skin, laid over one another: what changed, and what is measurement error.
    Compare(Box<super::compare::CompareArgs>),
    /// List every column: its unit, definition and source.
    Metrics(MetricsArgs),
    /// Score a study: what changed from visit to visit, and what is measurement error.
    Progress(Box<super::progress::ProgressArgs>),
    /// Render synthetic skin photographs with known truth.
    Phantom(Box<super::phantom::PhantomArgs>),
    /// Tell how repeatable every metric of a study is, from its repeat shots.
    Repeatability(Box<super::repeatability::RepeatabilityArgs>),
    /// Draft or check the file of a study: which photo shows which subject, when.
    Study(super::study::StudyArgs),
    /// Try the claims of the measurement on phantoms whose truth is known.
    Validate(super::validate::ValidateArgs),
}

/// Options of `analyze`.
#[derive(Args, Debug, Default)]
#[command(
    after_help = "Examples:\n  cicatrix analyze photos/\n  cicatrix analyze photos/ --out results --mm-per-px 0.05 --maps relief,melanin\n  cicatrix analyze cheek.jpg --regions regions.json\n  cicatrix analyze scan.png --height-map --um-per-count 0.01 --um-per-px 10 --maps height\n\nA mask of the skin lies beside its photo, named like cheek_mask.png for cheek.jpg, or in the folder of --masks.\nA second run measures only what is new or changed. Photos are only read, never written to."
)]
pub struct AnalyzeArgs {
    /// Photos and folders of photos.
    #[arg(value_name = "PATH", required_unless_present = "print_config")]
    pub paths: Vec<PathBuf>,
    /// Folder for the results [default: cicatrix-out].
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Settings in TOML; options given here win over it.
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Threads in all [default: one per processor].
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<usize>,
    /// Millimeters per pixel of every photo [default: what a file says of itself].
    #[arg(long, value_name = "X")]
    pub mm_per_px: Option<f64>,
    /// Where the lamp stands in every photo, degrees, 0 right, 90 up [default: what each photo shows].
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    pub light: Option<f64>,
    /// Most pixels a photo may have, such as 100M.
    #[arg(long, value_name = "N")]
    pub max_pixels: Option<String>,
    /// Most memory for the photos in flight, such as 500M or 2G [default: half of the system's].
    #[arg(long, value_name = "SIZE")]
    pub max_memory: Option<String>,
    /// Families of metrics to measure [default: all].
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = families())]
    pub families: Option<Vec<Family>>,
    /// Maps to write as PNG files, or `all` [default: none].
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = maps())]
    pub maps: Option<Vec<MapChoice>>,
    /// Folder of masks, named like their photos.
    #[arg(long, value_name = "DIR")]
    pub masks: Option<PathBuf>,
    /// Named regions, as JSON or CSV: {"cheek.jpg": {"scar": [[x, y], ...]}} or rows of photo,region,x,y.
    #[arg(long, value_name = "FILE")]
    pub regions: Option<PathBuf>,
    /// Gray levels of the texture matrices.
    #[arg(long, value_name = "N")]
    pub bins: Option<usize>,
    /// What texture is computed on [default: relief].
    #[arg(long, value_name = "NAME", value_parser = sources())]
    pub texture_source: Option<TextureSource>,
    /// The files are height maps, not photos: PNG or TIFF of one channel, 16 bits or floating point.
    #[arg(long)]
    pub height_map: bool,
    /// Micrometers that one code of a height map is high.
    #[arg(long, value_name = "X")]
    pub um_per_count: Option<f64>,
    /// Micrometers per pixel of a height map.
    #[arg(long, value_name = "X")]
    pub um_per_px: Option<f64>,
    /// Code of the pixels of a height map that hold no height.
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub void: Option<f64>,
    /// Measure everything again, whatever an earlier run has kept.
    #[arg(long)]
    pub fresh: bool,
    /// Print the settings in force as TOML and stop; `progress --print-config` also prints those of a study.
    #[arg(long)]
    pub print_config: bool,
    /// No progress and no summary; failures and errors are still printed.
    #[arg(long, short)]
    pub quiet: bool,
    /// One line per photo.
    #[arg(long, short, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// Options of `metrics`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  cicatrix metrics --format csv > dictionary.csv")]
pub struct MetricsArgs {
    /// How to write the list.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub format: MetricsFormat,
}

/// How the dictionary is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MetricsFormat {
    /// For reading on a terminal.
    Text,
    /// For a document.
    Markdown,
    /// For a spreadsheet.
    Csv,
    /// For a program.
    Json,
}

/// A kind of map, or all kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapChoice {
    /// Every kind.
    All,
    /// One kind.
    One(MapKind),
}

/// The value of `all` called `name`; the parser has let only such names through.
pub(super) fn one_of<T: Copy + Send + Sync + 'static>(
    all: &[T],
    name: fn(T) -> &'static str,
) -> impl Fn(String) -> Result<T, String> + Clone + use<T> {
    let all = all.to_vec();
    move |typed| all.iter().copied().find(|v| name(*v) == typed).ok_or_else(|| format!("{typed} is unknown"))
}

pub(super) fn families() -> impl TypedValueParser<Value = Family> {
    let chosen = &Family::ALL;
    PossibleValuesParser::new(chosen.iter().map(|f| f.name())).try_map(one_of(chosen, Family::name))
}

fn maps() -> impl TypedValueParser<Value = MapChoice> {
    let kind = one_of(MapKind::ALL, MapKind::name);
    PossibleValuesParser::new(MapKind::ALL.iter().map(|m| m.name()).chain(["all"]))
        .try_map(move |typed| if typed == "all" { Ok(MapChoice::All) } else { kind(typed).map(MapChoice::One) })
}

fn sources() -> impl TypedValueParser<Value = TextureSource> {
    fn name(source: TextureSource) -> &'static str {
        match source {
            TextureSource::Relief => "relief",
            TextureSource::Lightness => "lightness",
            TextureSource::Grey => "grey",
        }
    }
    let all = [TextureSource::Relief, TextureSource::Lightness, TextureSource::Grey];
    PossibleValuesParser::new(all.map(name)).try_map(one_of(&all, name))
}
