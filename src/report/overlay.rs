//! The measured area, the spots and the scars, drawn on the photo.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::canvas::{Canvas, INK, Ring};
use super::colormap::Rgb;
use super::frame::{self, Frame, Mark};
use crate::error::{Error, Result};
use crate::measure::{Lesion, LesionKind, MapKind, Preview};

/// Outline of the measured area: no skin has this color.
const OUTLINE: Rgb = [64, 224, 255];
/// Rings around dark spots.
const DARK_SPOT: Rgb = [255, 214, 10];
/// Rings around red spots; broken too, so that the color alone does not carry the difference.
const RED_SPOT: Rgb = [255, 70, 214];

/// Double rings around depressions.
const DEPRESSION: Rgb = [90, 255, 120];
/// Double broken rings around elevations.
const ELEVATION: Rgb = [255, 150, 40];

/// Writes `<folder>/overlay.png`: the photo with the outline of the measured area, rings around the spots and a legend.
pub fn write_overlay(folder: &Path, preview: &Preview, lesions: &[Lesion], mm_per_px: Option<f64>) -> Result<PathBuf> {
    std::fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
    let photo = canvas_of(preview)?;
    // A small photo is enlarged first, so that lines stay thin and rings round.
    let zoom = frame::zoom(preview.width, preview.height);
    let mut picture = Canvas::new(preview.width * zoom, preview.height * zoom, INK);
    picture.paste(0, 0, &photo, zoom);
    let measured: Vec<u8> = (0..picture.height())
        .flat_map(|y| (0..picture.width()).map(move |x| (y / zoom) * preview.width + x / zoom))
        .map(|at| preview.measured[at])
        .collect();
    let scale = preview.scale * zoom as f64;
    let line = (picture.width().max(picture.height()) as f64 / 400.0).clamp(1.5, 3.0);
    draw(&mut picture, &measured, lesions, scale, line);
    let mut legend = vec![(Mark::Line(OUTLINE), "measured area".to_owned())];
    for (kind, what) in KINDS {
        legend.push((Mark::Ring(ring(kind, 2.0)), format!("{what}: {}", count(lesions, kind))));
    }
    let photo_px = if scale > 0.0 { 1.0 / scale } else { 1.0 };
    let title = MapKind::Overlay.title();
    let frame = Frame { picture: &picture, title, photo_px, mm_per_px, bar: None, legend };
    let path = folder.join("overlay.png");
    frame.draw().write_png(&path)?;
    Ok(path)
}

/// The preview as a canvas, once its sizes are checked.
pub(super) fn canvas_of(preview: &Preview) -> Result<Canvas> {
    let whole = preview.width > 0 && preview.measured.len() == preview.width * preview.height;
    Canvas::from_rgb(preview.width, preview.height, preview.rgb.clone()).filter(|_| whole).ok_or_else(|| {
        let size = format!("a preview of {} x {} pixels without its samples", preview.width, preview.height);
        Error::internal("preview_size", size)
    })
}

/// Draws the outline of `measured` (in the canvas' size) and the rings; `scale` is canvas pixels per photo pixel.
pub(super) fn draw(canvas: &mut Canvas, measured: &[u8], lesions: &[Lesion], scale: f64, line: f64) {
    outline(canvas, measured, (line.round() as usize).max(1));
    let mut drawn = BTreeSet::new();
    for lesion in lesions {
        // A spot of a named region is listed for the whole skin too.
        if drawn.insert(identity(lesion)) {
            // The ring stays clear of the spot it marks.
            let radius = (lesion.diameter_px * scale / 2.0 + 1.5 * line).max(3.0 * line);
            let (x, y) = ((lesion.x_px + 0.5) * scale - 0.5, (lesion.y_px + 0.5) * scale - 0.5);
            canvas.ring(x, y, radius, ring(lesion.kind, line));
            if is_scar(lesion.kind) {
                canvas.ring(x, y, radius + 2.5 * line, ring(lesion.kind, line));
            }
        }
    }
}

/// What is drawn, and what it is called.
const KINDS: [(LesionKind, &str); 4] = [
    (LesionKind::DarkSpot, "dark spots"),
    (LesionKind::RedSpot, "red spots"),
    (LesionKind::Depression, "depressions (double ring)"),
    (LesionKind::Elevation, "elevations (double ring)"),
];

fn is_scar(kind: LesionKind) -> bool {
    matches!(kind, LesionKind::Depression | LesionKind::Elevation)
}

fn ring(kind: LesionKind, width: f64) -> Ring {
    match kind {
        LesionKind::DarkSpot => Ring { color: DARK_SPOT, width, dashed: false },
        LesionKind::RedSpot => Ring { color: RED_SPOT, width, dashed: true },
        LesionKind::Depression => Ring { color: DEPRESSION, width, dashed: false },
        LesionKind::Elevation => Ring { color: ELEVATION, width, dashed: true },
    }
}

fn identity(lesion: &Lesion) -> (LesionKind, u64, u64) {
    (lesion.kind, lesion.x_px.to_bits(), lesion.y_px.to_bits())
}

fn count(lesions: &[Lesion], kind: LesionKind) -> usize {
    lesions.iter().filter(|l| l.kind == kind).map(identity).collect::<BTreeSet<_>>().len()
}

/// A line of `width` pixels along the inside of the measured area, with a dark hem outside it. The edge of the photo is
/// no outline: nothing was left out there.
fn outline(canvas: &mut Canvas, measured: &[u8], width: usize) {
    let (columns, rows) = (canvas.width(), canvas.height());
    let reach = width as isize;
    let square = move || (-reach..=reach).flat_map(move |dy| (-reach..=reach).map(move |dx| (dx, dy)));
    for y in 0..rows {
        for x in 0..columns {
            let inside = measured[y * columns + x] != 0;
            let borders = square().any(|(dx, dy)| {
                let (Some(nx), Some(ny)) = (x.checked_add_signed(dx), y.checked_add_signed(dy)) else { return false };
                nx < columns
                    && ny < rows
                    && (measured[ny * columns + nx] != 0) != inside
                    && (inside || dx.abs().max(dy.abs()) <= 1)
            });
            match (borders, inside) {
                (true, true) => canvas.blend(x, y, OUTLINE, 0.95),
                (true, false) => canvas.blend(x, y, INK, 0.6),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn only_what_was_left_out_is_outlined() {
        let mut canvas = Canvas::new(9, 9, [200, 160, 140]);
        let before = canvas.clone();
        outline(&mut canvas, &[1; 81], 1);
        assert_eq!(canvas.rgb(), before.rgb());
        let half: Vec<u8> = (0..81).map(|i| u8::from(i % 9 < 5)).collect();
        outline(&mut canvas, &half, 1);
        assert_ne!(canvas.rgb(), before.rgb());
        assert_eq!(canvas.rgb()[..3], before.rgb()[..3]);
    }

    #[test]
    fn a_spot_of_two_regions_counts_once() {
        let mut lesions = sample::lesions(3);
        let mut again = lesions[0].clone();
        again.region = "cheek".to_owned();
        lesions.push(again);
        let total = count(&lesions, LesionKind::DarkSpot) + count(&lesions, LesionKind::RedSpot);
        assert_eq!(total, 3);
    }

    #[test]
    fn a_preview_without_its_samples_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut preview = sample::preview(40, 30);
        write_overlay(folder.path(), &preview, &sample::lesions(3), None).unwrap();
        preview.rgb.pop();
        assert_eq!(write_overlay(folder.path(), &preview, &[], None).unwrap_err().code(), "preview_size");
    }
}
