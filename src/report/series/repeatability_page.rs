//! `repeatability.html`: one self-contained page of the repeat shots of a study.
//!
//! As the page of a run it loads nothing, and its style and script are allowed by their hashes. The headline metrics come first, with
//! a plot of agreement each; every other metric stands in one table that can be sorted and filtered.

use std::path::Path;

use askama::Template;

use super::repeatability::place;
use crate::error::{Error, Result};
use crate::measure::Column;
use crate::measure::dictionary::Metric;
use crate::report::atomic::write_file;
use crate::report::page::shell::{self, Shell};
use crate::report::page::text;
use crate::report::plot::{self, bland_altman};
use crate::series::repeatability::{Repeatability, SHOTS, Set};
use crate::series::statistics::Interval;
use crate::series::statistics::defaults;
use crate::series::statistics::scale::Scale;

/// Rows of the table of all metrics.
const MAX_ROWS: usize = 5000;

/// What the page says of the run.
#[derive(Clone, Debug)]
pub struct About {
    /// Version of Cicatrix.
    pub version: String,
    /// SHA-256 of the configuration.
    pub config_hash: String,
    /// Photos measured.
    pub measured: usize,
    /// Photos of the study.
    pub photos: usize,
    /// Subjects of the study.
    pub subjects: usize,
    /// The metrics that come first, in order.
    pub headline: Vec<Column>,
}

/// Writes the page into the folder `out`.
///
/// # Errors
/// When the file cannot be written.
pub fn write_page(out: &Path, found: &[Repeatability], about: &About) -> Result<()> {
    let path = out.join("repeatability.html");
    let page = View::new(found, about).render();
    let page = page.map_err(|e| Error::internal("page", e.to_string()))?;
    write_file(&path, page.as_bytes())
}

#[derive(Template)]
#[template(path = "repeatability.html")]
struct View {
    shell: Shell,
    version: String,
    config_hash: String,
    measured: usize,
    photos: usize,
    subjects: usize,
    groups: usize,
    shots: usize,
    headline: Vec<RowView>,
    plots: Vec<String>,
    rows: Vec<RowView>,
    row_note: String,
    several: bool,
    /// The stated errors between visits, percent.
    between: f64,
    beside: f64,
}

/// A metric of a set, as text.
struct RowView {
    pooled: bool,
    place: String,
    metric: &'static Metric,
    scale: &'static str,
    groups: usize,
    shots: usize,
    mean: Cell,
    sem: Cell,
    sem_range: String,
    cv: Cell,
    /// For 1, 2 and 3 shots on either side.
    changes: Vec<Cell>,
    icc: Cell,
    icc_range: String,
    growth: Cell,
    visit: Cell,
    withheld: String,
}

/// A number as it is read, and as it is sorted.
#[derive(Default)]
struct Cell {
    text: String,
    key: String,
}

impl Cell {
    fn of(value: Option<f64>) -> Self {
        value.filter(|v| v.is_finite()).map_or_else(Self::default, |v| Self { text: signed(v), key: v.to_string() })
    }

    /// The largest fall and rise of unchanged skin; the rise sorts.
    fn change(ends: Option<Interval>, unit: &str) -> Self {
        ends.map_or_else(Self::default, |ends| Self {
            text: format!("{} / +{}{unit}", signed(ends.low), text::short(ends.high)),
            key: ends.high.to_string(),
        })
    }
}

fn signed(v: f64) -> String {
    text::short(v).replace('-', "\u{2212}")
}

fn range(interval: Interval) -> String {
    format!("{} to {}", signed(interval.low), signed(interval.high))
}

impl RowView {
    /// The parts of the metric's name between which a line may break.
    fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.metric.name.split_inclusive('_')
    }

    fn of(row: &Repeatability) -> Self {
        let (view, region) = place(&row.set);
        let place = match &row.set {
            Set::Pooled => "pooled".to_owned(),
            Set::Region { .. } => {
                [view, region].iter().filter(|t| !t.is_empty()).map(|t| text::name(t)).collect::<Vec<_>>().join(" ")
            }
        };
        let sem = row.error.ok();
        let unit = if row.scale == Scale::Log { "\u{a0}%" } else { "" };
        Self {
            pooled: row.set == Set::Pooled,
            place,
            metric: row.column.metric(),
            scale: row.scale.name(),
            groups: row.groups,
            shots: row.shots,
            mean: Cell::of(Some(row.mean)),
            sem: Cell::of(sem.map(|s| s.sd)),
            sem_range: row.interval().map_or_else(String::new, range),
            cv: Cell::of(row.cv_percent()),
            changes: SHOTS.iter().map(|&n| Cell::change(row.smallest_change(n), unit)).collect(),
            icc: Cell::of(row.icc.map(|i| i.icc)),
            icc_range: row.icc.map_or_else(String::new, |i| {
                format!("{} (n = {})", i.interval.map(range).unwrap_or_default(), i.places)
            }),
            growth: Cell::of(row.growth.map(|g| g.rho)),
            visit: Cell::of(row.visit.map(|v| v.sd)),
            withheld: row.error.err().map_or_else(String::new, |reason| reason.words().to_owned()),
        }
    }
}

impl View {
    fn new(found: &[Repeatability], about: &About) -> Self {
        let style = include_str!("../../../templates/repeatability.css");
        let pooled = |column: &Column| found.iter().find(|r| r.set == Set::Pooled && r.column == *column);
        let headline: Vec<&Repeatability> = about.headline.iter().filter_map(pooled).collect();
        let plots = headline.iter().filter_map(|row| {
            let limits = row.limits.as_ref()?;
            let metric = row.column.metric();
            Some(bland_altman::svg(&metric.name, metric.unit, limits, row.scale))
        });
        // The pooled set is one where there is one region in one view.
        let sets = found.iter().map(|r| &r.set).collect::<std::collections::BTreeSet<_>>();
        Self {
            shell: Shell::new(&[style, plot::STYLE], shell::TABLE),
            version: text::name(&about.version),
            config_hash: text::name(&about.config_hash),
            measured: about.measured,
            photos: about.photos,
            subjects: about.subjects,
            groups: found.iter().map(|r| r.groups).max().unwrap_or(0),
            shots: found.iter().map(|r| r.shots).max().unwrap_or(0),
            plots: plots.collect(),
            headline: headline.iter().map(|row| RowView::of(row)).collect(),
            rows: found.iter().take(MAX_ROWS).map(RowView::of).collect(),
            row_note: if found.len() > MAX_ROWS {
                format!("The first {MAX_ROWS} of {} rows; all of them are in repeatability.csv.", found.len())
            } else {
                "Intervals, limits of agreement and units are in repeatability.csv.".to_owned()
            },
            several: sets.len() > 2,
            between: 100.0 * defaults::VISIT,
            beside: 100.0 * defaults::VISIT_BESIDE_CONTROL,
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::report::series::repeatability::tests::sample;

    fn page() -> String {
        let about = About {
            version: "0.1.0".to_owned(),
            config_hash: "ab".to_owned(),
            measured: 24,
            photos: 24,
            subjects: 3,
            headline: vec![Column::RELIEF_SQ_MID, Column::EVENNESS_DE00],
        };
        let folder = tempfile::tempdir().unwrap();
        write_page(folder.path(), &sample(), &about).unwrap();
        std::fs::read_to_string(folder.path().join("repeatability.html")).unwrap()
    }

    #[test]
    fn the_page_loads_nothing_and_names_are_text() {
        let page = page();
        for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
            let body = page.split(&format!("<{tag}>")).nth(1).unwrap().split(&format!("</{tag}>")).next().unwrap();
            let hash = BASE64.encode(Sha256::digest(body));
            assert!(page.contains(&format!("{directive} 'sha256-{hash}'")), "{tag}");
        }
        assert!(!page.contains("http://") && !page.contains("https://") && !page.contains(" style=\""));
        assert!(!page.contains("left <b>") && page.contains("left &#60;b&#62;"), "{page}");
        assert!(!page.contains("NaN"));
        assert_eq!(page, self::page());
    }

    #[test]
    fn headline_metrics_have_a_plot() {
        let page = page();
        assert_eq!(page.matches("<svg class=\"plot\"").count(), 1);
        assert!(page.contains("copies of one photo"), "a metric without an error says why");
    }
}
