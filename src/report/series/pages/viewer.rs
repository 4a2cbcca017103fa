//! The photos of one view: the first visit against every later one, in the same frame.
//!
//! Every picture is on the page once. Without a script the photos stand side by side; the script lays two of them over one
//! another under a slider, or lets them blink. A photo that could not be laid over the first is shown beside it only.
//!
//! A page has a weight it may not exceed: the first and the last photo come first, then the other photos, then the maps. What is
//! left out is told on the page.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::context::{Context, is_laid, laid};
use super::words;
use crate::report::ticks::round_below;
use crate::series::progress::{Laid, Reading};

/// Bytes of the pictures of a page.
pub const MOST_BYTES: usize = 24_000_000;

/// The pictures of a shot: key, name.
pub(super) const LAYERS: [(&str, &str); 4] =
    [("photo", "photo"), ("relief", "relief"), ("melanin", "melanin"), ("hemoglobin", "hemoglobin")];

/// One view.
pub(super) struct Viewer {
    /// Makes the names of its controls its own.
    pub(super) number: usize,
    pub(super) view: String,
    pub(super) title: String,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) panes: Vec<Pane>,
    /// The layers that any pane has: key and name.
    pub(super) layers: Vec<(&'static str, &'static str)>,
    pub(super) bar: Option<Bar>,
    /// What the reader must know.
    pub(super) notes: Vec<String>,
    /// Pixels of the baseline's photo along one of the pictures'.
    pub(super) factor: f64,
    /// Millimeters per pixel of the baseline's photo.
    pub(super) mm_per_px: Option<f64>,
}

impl Viewer {
    /// Is there anything to compare?
    pub(super) fn has_pair(&self) -> bool {
        self.panes.len() > 1
    }

    /// The visit that is shown first: the last one that can be laid over.
    pub(super) fn chosen(&self) -> usize {
        let later = || self.panes.iter().skip(1).rev();
        later().find(|p| p.is_laid).or_else(|| later().next()).map_or(0, |p| p.visit)
    }
}

/// A visit in a view.
pub(super) struct Pane {
    pub(super) visit: usize,
    pub(super) caption: String,
    /// Why it is not to be trusted; empty where it is.
    pub(super) warning: String,
    pub(super) is_laid: bool,
    pub(super) images: Vec<Image>,
}

/// A picture.
pub(super) struct Image {
    pub(super) layer: &'static str,
    pub(super) alt: String,
    /// Base64 of a JPEG.
    pub(super) data: String,
}

/// A scale bar.
pub(super) struct Bar {
    pub(super) words: String,
    /// Its length in pixels of the picture.
    pub(super) length: f64,
}

impl Bar {
    /// A round length of a fifth to a half of the width.
    fn of(mm_per_picture_px: f64, width: usize) -> Option<Self> {
        if !(mm_per_picture_px.is_finite() && mm_per_picture_px > 0.0) || width == 0 {
            return None;
        }
        let mm = round_below(0.4 * width as f64 * mm_per_picture_px);
        let words = if mm >= 1.0 { format!("{mm:.0} mm") } else { format!("{mm} mm") };
        Some(Self { words, length: mm / mm_per_picture_px })
    }
}

/// What is to be read, and how much it matters: less first.
struct Wanted<'a> {
    matters: (usize, usize),
    viewer: usize,
    pane: usize,
    layer: usize,
    path: &'a Path,
}

/// The views of a subject that have a photo.
pub(super) fn of_subject(context: &Context<'_>, subject: usize) -> Vec<Viewer> {
    let mut viewers = Vec::new();
    let mut wanted = Vec::new();
    for view in context.subject(subject).views(context.study()) {
        if let Some(viewer) = arranged(context, subject, view, viewers.len(), &mut wanted) {
            viewers.push(viewer);
        }
    }
    wanted.sort_by_key(|w| w.matters);
    let mut left = MOST_BYTES;
    let mut left_out = vec![0_usize; viewers.len()];
    for w in wanted {
        let pane = &mut viewers[w.viewer].panes[w.pane];
        let (layer, name) = LAYERS[w.layer];
        match context.picture(w.path) {
            Ok(bytes) if bytes.len() <= left => {
                left -= bytes.len();
                let alt = format!("{name}, {}", pane.caption);
                pane.images.push(Image { layer, alt, data: BASE64.encode(bytes) });
            }
            Ok(_) => left_out[w.viewer] += 1,
            Err(_) => pane.warning = format!("{} A picture could not be read.", pane.warning).trim().to_owned(),
        }
    }
    for (viewer, left_out) in viewers.iter_mut().zip(left_out) {
        for pane in &mut viewer.panes {
            pane.images.sort_by_key(|i| LAYERS.iter().position(|(key, _)| *key == i.layer));
        }
        let has = |key: &str| viewer.panes.iter().any(|p| p.images.iter().any(|i| i.layer == key));
        viewer.layers = LAYERS.into_iter().filter(|(key, _)| has(key)).collect();
        if left_out > 0 {
            let these = if left_out == 1 { "1 picture is" } else { &format!("{left_out} pictures are") };
            viewer
                .notes
                .push(format!("{these} left out to keep this page light; all lie in the folder of the results."));
        }
    }
    viewers
}

fn arranged<'a>(
    context: &Context<'a>,
    subject: usize,
    view: &str,
    number: usize,
    wanted: &mut Vec<Wanted<'a>>,
) -> Option<Viewer> {
    let visits = &context.subject(subject).visits;
    let shots: Vec<(usize, &'a Reading)> =
        visits.iter().enumerate().filter_map(|(i, _)| Some((i, best(context, subject, view, i)?))).collect();
    let (_, first) = shots.first()?;
    let (width, height) = first.pictures.size;
    let factor = first.pictures.factor.max(1) as f64;
    let mm_per_px = first.scale.map(|(mm, _)| mm).filter(|mm| mm.is_finite() && *mm > 0.0);
    let last = shots.len() - 1;
    let mut panes = Vec::with_capacity(shots.len());
    let mut unlaid = 0;
    for (at, (visit, reading)) in shots.iter().enumerate() {
        let laid_over = at == 0 || is_laid(reading);
        let (verdict, reasons) = laid(reading);
        unlaid += usize::from(!laid_over);
        let warning = match (laid_over, verdict) {
            (false, _) => {
                format!("Could not be laid over the first photo: shown as it is. {}", words::capital(&reasons))
            }
            (true, "warn" | "fail") => format!("To be compared with care. {}", words::capital(&reasons)),
            _ => String::new(),
        };
        panes.push(Pane {
            visit: *visit,
            caption: words::capital(&context.visit_words(subject, *visit)).trim_end_matches('.').to_owned(),
            warning: warning.trim_end().to_owned(),
            is_laid: laid_over,
            images: Vec::new(),
        });
        let pictures = &reading.pictures;
        let files = [&pictures.photo, &pictures.relief, &pictures.melanin, &pictures.hemoglobin];
        for (layer, path) in files.into_iter().enumerate() {
            let Some(path) = path else { continue };
            // The first and the last visit, then from late to early.
            let turn = if at == 0 { 0 } else { last - at + 1 };
            let kind = if layer == 0 { 0 } else { 1 };
            wanted.push(Wanted { matters: (kind, turn), viewer: number, pane: at, layer, path });
        }
    }
    let mut notes = Vec::new();
    if unlaid > 0 && panes.len() > 1 {
        let (those, show) = match unlaid {
            1 => ("One photo".to_owned(), "it shows"),
            n => (format!("{n} photos"), "they show"),
        };
        notes.push(format!(
            "{those} of this view could not be laid over the first one: no change is told of what {show}."
        ));
    }
    let title = if view.is_empty() {
        "Before and after".to_owned()
    } else {
        format!("Before and after, {}", words::view(view))
    };
    let bar = mm_per_px.and_then(|mm| Bar::of(mm * factor, width));
    let view = view.to_owned();
    let layers = Vec::new();
    Some(Viewer { number, view, title, width, height, panes, layers, bar, notes, factor, mm_per_px })
}

/// The shot that stands for a visit: the baseline itself, else one that can be laid over it, else any with a photo.
fn best<'a>(context: &Context<'a>, subject: usize, view: &str, visit: usize) -> Option<&'a Reading> {
    let shots = context.subject(subject).visits[visit].repeats(context.study(), view);
    let readings = shots.filter_map(|shot| context.reading(shot)).filter(|r| r.pictures.photo.is_some());
    readings.min_by_key(|r| match &r.laid {
        Laid::Baseline => 0,
        Laid::On(alignment) => 1 + alignment.verdict as usize,
        Laid::Not(_) | Laid::Unread => 9,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_round_and_fits() {
        for mm in [0.013, 0.05, 0.1, 0.37, 2.0] {
            let bar = Bar::of(mm, 700).expect("a scale");
            assert!((0.15 * 700.0..=0.41 * 700.0).contains(&bar.length), "{mm}: {}", bar.length);
        }
        assert_eq!(Bar::of(0.05, 700).expect("a scale").words, "10 mm");
        assert!(Bar::of(f64::NAN, 700).is_none() && Bar::of(0.0, 700).is_none() && Bar::of(0.1, 0).is_none());
    }
}
