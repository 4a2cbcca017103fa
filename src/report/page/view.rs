//! The page's contents as its template reads them.

use askama::Template;

use super::methods::{self, ITA_CLASSES};
use super::sampling::Summary;
use super::shell::{self, Shell};
use super::{Kept, histogram, text};
use crate::batch::{Failure, Record, Status};
use crate::measure::dictionary::Metric;
use crate::measure::{Column, Flag, Row, Value};

#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct View<'a> {
    shell: Shell,
    version: String,
    config_hash: String,
    config_toml: &'a str,
    discovered: String,
    ok: String,
    refused: String,
    failed: String,
    shares: [String; 3],
    empty: bool,
    any_measured: bool,
    notes: Vec<String>,
    methods: Vec<String>,
    charts: Vec<Chart>,
    unmeasured: Vec<&'static str>,
    sample_note: String,
    ita: Vec<Class>,
    columns: Vec<Head>,
    rows: &'a [RowView],
    row_note: String,
    flags: Vec<FlagView>,
    failures: &'a [FailureView],
    failure_note: String,
    files: Vec<(&'static str, &'static str)>,
}

/// The distribution of a column.
struct Chart {
    metric: &'static Metric,
    svg: String,
    off_axis: String,
    n: String,
    min: String,
    q1: String,
    median: String,
    q3: String,
    max: String,
    /// `median (q1 to q3)` in few digits.
    short: (String, String, String),
}

/// The head of a column of the table of photos.
struct Head {
    metric: &'static Metric,
    /// The parts of the name between which a line may break.
    parts: Vec<&'static str>,
}

impl Head {
    fn new(metric: &'static Metric) -> Self {
        Self { metric, parts: metric.name.split_inclusive('_').collect() }
    }
}

/// A class of the ITA and how many photos are in it.
struct Class {
    name: String,
    count: String,
    /// Length of its bar, 0 to 200.
    bar: u64,
}

/// A flag of the legend.
struct FlagView {
    name: &'static str,
    meaning: String,
    count: String,
    raised: bool,
}

/// A row of the table of photos.
#[derive(Debug)]
pub(super) struct RowView {
    photo: String,
    /// Base64 of a JPEG.
    pub thumbnail: Option<String>,
    flags: Vec<(&'static str, String)>,
    values: Vec<String>,
}

impl RowView {
    pub fn new(record: &Record, row: &Row, headlines: &[Column]) -> Self {
        let value = |column: Column| match row.get(column) {
            Value::Number(v) => text::number(*v),
            Value::Integer(v) => v.to_string(),
            Value::Text(_) | Value::Empty => String::new(),
        };
        let flags = row.flags().map(|flag| (flag.name(), meaning(flag))).collect();
        let values = headlines.iter().copied().map(value).collect();
        Self { photo: text::name(&record.photo), thumbnail: None, flags, values }
    }
}

/// A row of the table of failures.
#[derive(Debug)]
pub(super) struct FailureView {
    photo: String,
    status: &'static str,
    stage: String,
    code: String,
    message: String,
}

impl FailureView {
    pub fn new(record: &Record, failure: &Failure) -> Self {
        Self {
            photo: text::name(&record.photo),
            status: if record.status == Status::Refused { "refused" } else { "failed" },
            stage: failure.stage.to_string(),
            code: text::name(&failure.code),
            message: text::message(&failure.message),
        }
    }
}

impl<'a> View<'a> {
    pub fn new(page: &'a Kept) -> Self {
        let tally = page.tally;
        let (charts, unmeasured) = charts(page);
        Self {
            shell: Shell::new(&[], shell::TABLE),
            version: text::name(&page.about.version),
            config_hash: text::name(&page.about.config_hash),
            config_toml: &page.about.config_toml,
            discovered: text::count(tally.discovered()),
            ok: text::count(tally.ok),
            refused: text::count(tally.refused),
            failed: text::count(tally.failed),
            shares: shares([tally.ok, tally.refused, tally.failed]),
            empty: tally.discovered() == 0,
            any_measured: tally.ok > 0,
            notes: notes(page),
            methods: methods::paragraphs(&page.about, &tally, &page.conditions),
            charts,
            unmeasured,
            sample_note: sample_note(page),
            ita: ita(page),
            columns: page.headlines.iter().map(|c| Head::new(c.metric())).collect(),
            rows: &page.rows,
            row_note: row_note(page),
            flags: flags(page),
            failures: &page.failures,
            failure_note: failure_note(page),
            files: files(page),
        }
    }
}

/// Positions of the ends of the parts on a line of 1000.
fn shares(parts: [u64; 3]) -> [String; 3] {
    let all = parts.iter().sum::<u64>().max(1) as f64;
    parts.map(|n| format!("{:.1}", 1000.0 * n as f64 / all))
}

/// What a reader must know before comparing the photos with each other.
fn notes(page: &Kept) -> Vec<String> {
    let mut notes = Vec::new();
    let unknown = page.conditions.scales.of("unknown");
    if unknown > 0 && unknown < page.tally.ok {
        notes.push(format!(
            "The scale of {} is unknown: relief bands there are in pixels and are not comparable with the others'.",
            text::counted(unknown, "photo", "photos")
        ));
    }
    notes
}

fn charts(page: &Kept) -> (Vec<Chart>, Vec<&'static str>) {
    let (mut charts, mut unmeasured) = (Vec::new(), Vec::new());
    for (i, column) in page.headlines.iter().enumerate() {
        let metric = column.metric();
        let mut values: Vec<f64> = page.samples.items().iter().filter_map(|row| row[i]).collect();
        values.sort_by(f64::total_cmp);
        let Some(summary) = Summary::of(&values) else {
            unmeasured.push(metric.name.as_str());
            continue;
        };
        let (svg, off_axis) = histogram::svg(metric, &values, summary);
        charts.push(Chart {
            metric,
            svg,
            off_axis,
            n: text::count(values.len() as u64),
            min: text::number(summary.min),
            q1: text::number(summary.q1),
            median: text::number(summary.median),
            q3: text::number(summary.q3),
            max: text::number(summary.max),
            short: (text::short(summary.median), text::short(summary.q1), text::short(summary.q3)),
        });
    }
    (charts, unmeasured)
}

fn sample_note(page: &Kept) -> String {
    let mut note = String::from(
        "Each photo counts once, with the values of its whole skin. Below each: median (first to third quartile).",
    );
    if page.samples.stride() > 1 {
        note += &format!(
            " Drawn from every {}th photo, so n is smaller than the number of photos; all values are in metrics.csv.",
            text::count(page.samples.stride())
        );
    }
    note
}

fn ita(page: &Kept) -> Vec<Class> {
    let count = |class: &str| page.conditions.ita.of(class);
    let most = ITA_CLASSES.iter().map(|c| count(c)).max().unwrap_or(0);
    if most == 0 {
        return Vec::new();
    }
    let class = |name: &&str| Class {
        name: name.replace('_', " "),
        count: text::count(count(name)),
        bar: (200 * count(name)).div_ceil(most),
    };
    ITA_CLASSES.iter().map(class).collect()
}

fn row_note(page: &Kept) -> String {
    let shown = page.rows.len() as u64;
    let mut note = if page.tally.ok > shown {
        format!(
            "The first {} of {} measured photos; all of them are in metrics.csv.",
            text::count(shown),
            text::count(page.tally.ok)
        )
    } else {
        format!("{}; every column is in metrics.csv.", text::counted(shown, "measured photo", "measured photos"))
    };
    let thumbnails = page.rows.iter().filter(|row| row.thumbnail.is_some()).count() as u64;
    if thumbnails == shown {
        note += " Pictures show the outline of the measured area, dark spots (yellow rings), red spots (broken pink rings), depressions (double green rings) and elevations (broken double orange rings).";
    } else if thumbnails > 0 {
        note += &format!(
            " {} of them, evenly spread, carry a picture with the outline of the measured area, dark spots (yellow rings), \
             red spots (broken pink rings), depressions (double green rings) and elevations (broken double orange rings).",
            text::count(thumbnails)
        );
    }
    if page.other_regions > 0 {
        note += &format!(
            " {} of named regions {} in metrics.csv.",
            text::counted(page.other_regions, "more row", "more rows"),
            if page.other_regions == 1 { "is" } else { "are" }
        );
    }
    note
}

fn failure_note(page: &Kept) -> String {
    if page.failure_rows > page.failures.len() as u64 {
        format!(
            "The first {} of {} rows; all of them are in failures.csv.",
            text::count(page.failures.len() as u64),
            text::count(page.failure_rows)
        )
    } else {
        String::new()
    }
}

/// The flags that occur, then the others.
fn flags(page: &Kept) -> Vec<FlagView> {
    let view = |(flag, &count): (&Flag, &u64)| FlagView {
        name: flag.name(),
        meaning: meaning(*flag),
        count: text::count(count),
        raised: count > 0,
    };
    let mut flags: Vec<_> = Flag::ALL.iter().zip(&page.flags).map(view).collect();
    flags.sort_by_key(|flag| !flag.raised);
    flags
}

/// What a flag means, without the marks of its documentation.
fn meaning(flag: Flag) -> String {
    flag.meaning().trim().replace('`', "")
}

fn files(page: &Kept) -> Vec<(&'static str, &'static str)> {
    let mut files = vec![
        ("metrics.csv", "every column of every photo and region"),
        ("metrics.parquet", "the same for statistics programs"),
        ("lesions.csv", "every spot and scar"),
        ("scales.csv", "clinical sub-scores, each with its source"),
        ("failures.csv", "every photo that was not measured, with the reason"),
        ("run.json", "version, configuration, counts and timings of the run"),
    ];
    if !page.about.config.maps.is_empty() {
        files.push(("maps/", "per-pixel maps of each photo"));
    }
    files
}
