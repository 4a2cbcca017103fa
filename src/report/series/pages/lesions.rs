//! Single lesions: rings over the first photo, and what became of each.
//!
//! A ring tells its fate by its line as well as by its color. That one lesion is gone or new is no more certain than the
//! detection of one lesion, and the page says so; counts and areas are the measure of change.

use std::fmt::Write as _;

use super::context::Context;
use super::viewer::Viewer;
use super::words;
use crate::measure::LesionKind;
use crate::report::page::text;
use crate::series::lesion_match::Fate;
use crate::series::progress::LesionRow;

/// Rings and rows of a view at most.
pub const MOST: usize = 600;

/// The fates in the order of the legend, with their words and classes.
const FATES: [(Fate, &str, &str); 7] = [
    (Fate::Gone, "gone", "gone"),
    (Fate::Smaller, "smaller", "smaller"),
    (Fate::Persisting, "as before", "stays"),
    (Fate::Larger, "larger", "larger"),
    (Fate::New, "new", "new"),
    (Fate::NotSeen, "not seen", "unseen"),
    (Fate::NotComparable, "not comparable", "unseen"),
];

/// The lesions of a view at one later visit.
pub(super) struct LesionMap {
    pub(super) title: String,
    /// Base64 of the first photo.
    pub(super) photo: String,
    pub(super) width: usize,
    pub(super) height: usize,
    /// SVG.
    pub(super) rings: String,
    /// Drawing, words, count.
    pub(super) legend: Vec<(String, &'static str, usize)>,
    pub(super) rows: Vec<LesionView>,
    pub(super) left_out: usize,
}

/// A row of the table.
pub(super) struct LesionView {
    pub(super) number: usize,
    pub(super) kind: &'static str,
    pub(super) region: String,
    pub(super) fate: &'static str,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) change: String,
}

fn kind_words(kind: LesionKind) -> &'static str {
    match kind {
        LesionKind::DarkSpot => "dark spot",
        LesionKind::RedSpot => "red spot",
        LesionKind::Depression => "sunken scar",
        LesionKind::Elevation => "raised scar",
    }
}

fn of_fate(fate: Fate) -> (&'static str, &'static str) {
    FATES.iter().find(|(f, ..)| *f == fate).map_or(("", ""), |(_, words, class)| (words, class))
}

/// The map of a view at its last visit with lesions; `None` where there is none, or no photo to draw on.
pub(super) fn of_view(context: &Context<'_>, subject: usize, viewer: &Viewer) -> Option<LesionMap> {
    let photo = viewer.panes.first()?.images.iter().find(|i| i.layer == "photo")?;
    let of_view = |row: &&LesionRow| row.place.subject == subject && row.place.view == viewer.view;
    let visit = context.progress.lesions.iter().filter(of_view).map(|row| row.visit).max()?;
    let mut all: Vec<&LesionRow> = Vec::new();
    for row in context.progress.lesions.iter().filter(of_view).filter(|row| row.visit == visit) {
        // One lesion may lie in several regions: all skin and a drawn part.
        let same = |other: &&&LesionRow| {
            let near = (other.at[0] - row.at[0]).hypot(other.at[1] - row.at[1]) < 0.5;
            let kind = |r: &LesionRow| r.before.as_ref().or(r.after.as_ref()).map(|l| l.kind);
            near && kind(other) == kind(row) && other.fate == row.fate
        };
        if all.iter().find(same).is_none() {
            all.push(row);
        }
        if all.len() > 4 * MOST {
            break;
        }
    }
    let left_out = all.len().saturating_sub(MOST);
    let legend = FATES.iter().filter_map(|(fate, words, class)| {
        let n = all.iter().filter(|row| row.fate == *fate).count();
        (n > 0).then(|| (key(class), *words, n))
    });
    let legend = legend.collect();
    all.truncate(MOST);
    let mut rings = String::new();
    let rows = all.iter().enumerate().map(|(i, row)| {
        ring(&mut rings, row, viewer, i + 1);
        seen(row, i + 1)
    });
    let rows: Vec<_> = rows.collect();
    Some(LesionMap {
        title: words::capital(&context.visit_words(subject, visit)).trim_end_matches('.').to_owned(),
        photo: photo.data.clone(),
        width: viewer.width,
        height: viewer.height,
        rings,
        legend,
        rows,
        left_out,
    })
}

/// The line of a fate in the legend.
fn key(class: &str) -> String {
    format!(
        "<svg class=\"key-ring\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><g class=\"ring {class}\"><circle class=\"halo\" cx=\"12\" \
         cy=\"12\" r=\"8\"/><circle cx=\"12\" cy=\"12\" r=\"8\"/></g></svg>"
    )
}

fn ring(out: &mut String, row: &LesionRow, viewer: &Viewer, number: usize) {
    let [x, y] = row.at.map(|v| (v + 0.5) / viewer.factor);
    if !(x.is_finite() && y.is_finite()) {
        return;
    }
    let (_, class) = of_fate(row.fate);
    let px = match (&row.before, &row.after) {
        (Some(before), _) => Some(before.diameter_px),
        // Pixels of another photo: by way of millimeters.
        (None, Some(after)) => {
            after.diameter_mm.zip(viewer.mm_per_px).map(|(mm, scale)| mm / scale).or(Some(after.diameter_px))
        }
        (None, None) => None,
    };
    let least = 0.008 * viewer.width as f64;
    // Around the lesion, not on it.
    let radius = px.filter(|v| v.is_finite()).map_or(least, |px| (0.7 * px / viewer.factor).max(least));
    let _ = write!(
        out,
        "<g class=\"ring {class}\"><title>{number}</title><circle class=\"halo\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>\
         <circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/></g>"
    );
}

fn seen(row: &LesionRow, number: usize) -> LesionView {
    let size = |lesion: &Option<crate::measure::Lesion>| match lesion {
        Some(l) => l
            .diameter_mm
            .map_or_else(|| format!("{} px", text::short(l.diameter_px)), |mm| format!("{} mm", text::short(mm))),
        None => String::new(),
    };
    let kind = row.before.as_ref().or(row.after.as_ref()).map_or("", |l| kind_words(l.kind));
    let (fate, _) = of_fate(row.fate);
    let change = row
        .diameter_percent
        .filter(|v| v.is_finite())
        .map_or_else(String::new, |v| words::minus(&format!("{v:+.0} %")));
    LesionView {
        number,
        kind,
        region: words::region(&row.place.region),
        fate,
        before: size(&row.before),
        after: size(&row.after),
        change,
    }
}
