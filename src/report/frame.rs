//! What stands around a picture: title, scale bar, legend.

use super::canvas::{Canvas, Font, GRAY_INK, INK, PAPER, Ring};
use super::colormap::{NO_VALUE, Rgb, Scale};
use super::ticks::{Ticks, round_below};

/// A picture smaller than this is shown with its pixels enlarged.
const SMALL: usize = 360;
/// Largest enlargement.
const MAX_ZOOM: usize = 8;

/// A mark of the legend.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark {
    /// A filled square.
    Area(Rgb),
    /// A piece of a line.
    Line(Rgb),
    /// A ring.
    Ring(Ring),
}

/// A picture with what its reader must know.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// The picture.
    pub picture: &'a Canvas,
    /// What it shows.
    pub title: &'a str,
    /// Photo pixels per picture pixel.
    pub photo_px: f64,
    /// Millimeters per photo pixel.
    pub mm_per_px: Option<f64>,
    /// The color scale with the values of its ends.
    pub bar: Option<(Scale, f64, f64)>,
    /// Marks and what they mean.
    pub legend: Vec<(Mark, String)>,
}

impl Frame<'_> {
    /// The whole picture, drawn. Its height is enough for a readable color bar, its width for the title, however small
    /// the picture is.
    pub fn draw(&self) -> Canvas {
        let long_side = self.picture.width().max(self.picture.height());
        let zoom = zoom(self.picture.width(), self.picture.height());
        let (width, height) = (self.picture.width() * zoom, self.picture.height() * zoom);
        let font = Font::beside(long_side * zoom);
        let line = font.height();
        let gap = line * 3 / 4;

        let body_height = if self.bar.is_some() { height.max(9 * line) } else { height };
        let bar_width = self.bar.map_or(0, |(_, low, high)| gap + line + line / 2 + label_width(font, low, high));
        let scale_bar = self.scale_bar(zoom, width);
        let rows = self.legend_rows(font, (width + bar_width).max(font.bold().width(self.title)));
        let legend_width = rows.iter().map(|row| self.row_width(font, row)).max().unwrap_or(0);
        let inner = (width + bar_width)
            .max(font.bold().width(self.title))
            .max(scale_bar.as_ref().map_or(0, |(length, label)| length + line / 2 + font.width(label)))
            .max(legend_width);

        let top = gap + line + gap;
        let footer = top + body_height + gap;
        let legend_top = footer + if scale_bar.is_some() { line + gap / 2 } else { 0 };
        let total = legend_top + rows.len() * (line + gap / 3) + gap;
        let mut canvas = Canvas::new(inner + 2 * gap, total, PAPER);

        canvas.text(gap, gap, self.title, font.bold(), INK);
        canvas.paste(gap, top, self.picture, zoom);
        if let Some((scale, low, high)) = self.bar {
            draw_bar(&mut canvas, (gap + width + gap, top, body_height), (scale, low, high), font);
        }
        if let Some((length, label)) = scale_bar {
            draw_scale_bar(&mut canvas, gap, footer, length, &label, font);
        }
        for (i, row) in rows.iter().enumerate() {
            let y = legend_top + i * (line + gap / 3);
            let mut x = gap;
            for &entry in row {
                let (mark, text) = &self.legend[entry];
                draw_mark(&mut canvas, x, y, *mark, line);
                canvas.text(x + 2 * line, y, text, font, INK);
                x += self.entry_width(font, entry);
            }
        }
        canvas
    }

    /// The entries of each row of the legend, so that no row is wider than `width` unless one entry is.
    fn legend_rows(&self, font: Font, width: usize) -> Vec<Vec<usize>> {
        let mut rows: Vec<Vec<usize>> = Vec::new();
        for entry in 0..self.legend.len() {
            match rows.last_mut() {
                Some(row) if self.row_width(font, row) + self.entry_width(font, entry) <= width => row.push(entry),
                _ => rows.push(vec![entry]),
            }
        }
        rows
    }

    fn row_width(&self, font: Font, row: &[usize]) -> usize {
        row.iter().map(|&entry| self.entry_width(font, entry)).sum()
    }

    fn entry_width(&self, font: Font, entry: usize) -> usize {
        3 * font.height() + font.width(&self.legend[entry].1)
    }

    /// Length in canvas pixels and label of a bar of round length, about a quarter of the picture.
    fn scale_bar(&self, zoom: usize, width: usize) -> Option<(usize, String)> {
        let per_canvas_px = self.photo_px / zoom as f64;
        let (unit, unit_per_px) = match self.mm_per_px {
            Some(mm) if mm.is_finite() && mm > 0.0 => ("mm", mm * per_canvas_px),
            _ => ("px", per_canvas_px),
        };
        let wanted = unit_per_px * width as f64 * 0.3;
        if !wanted.is_finite() || wanted <= 0.0 {
            return None;
        }
        let length = round_below(wanted);
        let length = if unit == "px" { length.max(1.0) } else { length };
        let pixels = (length / unit_per_px).round() as usize;
        (1..=width.max(1)).contains(&pixels).then(|| (pixels, format!("{length} {unit}")))
    }
}

/// How many times a picture of this size is enlarged.
pub(super) fn zoom(width: usize, height: usize) -> usize {
    (SMALL / width.max(height).max(1)).clamp(1, MAX_ZOOM)
}

fn draw_scale_bar(canvas: &mut Canvas, x: usize, y: usize, length: usize, label: &str, font: Font) {
    let line = font.height();
    let thick = (line / 8).max(2);
    let middle = y + line / 2;
    canvas.fill(x, middle - thick / 2, length, thick, INK);
    for end in [x, (x + length).saturating_sub(thick)] {
        canvas.fill(end, middle - line / 4, thick, line / 2, INK);
    }
    canvas.text(x + length + line / 2, y, label, font, INK);
}

fn draw_mark(canvas: &mut Canvas, x: usize, y: usize, mark: Mark, line: usize) {
    match mark {
        Mark::Area(color) => canvas.fill(x + line / 2, y + line / 8, line * 3 / 4, line * 3 / 4, color),
        Mark::Line(color) => {
            canvas.fill(x + line / 4, y + line / 2 - 2, line * 5 / 4, 5, INK);
            canvas.fill(x + line / 4, y + line / 2 - 1, line * 5 / 4, 3, color);
        }
        Mark::Ring(ring) => {
            let center = (x as f64 + 0.9 * line as f64, y as f64 + 0.5 * line as f64);
            canvas.ring(center.0, center.1, 0.36 * line as f64, ring);
        }
    }
}

fn bar_ticks(low: f64, high: f64) -> Ticks {
    Ticks::within(low, high, 5)
}

fn label_width(font: Font, low: f64, high: f64) -> usize {
    let ticks = bar_ticks(low, high);
    ticks.values.iter().map(|&v| font.width(&ticks.label(v))).max().unwrap_or(0)
}

/// The color bar at `(x, y, height)`, its ticks to the right.
fn draw_bar(canvas: &mut Canvas, place: (usize, usize, usize), bar: (Scale, f64, f64), font: Font) {
    let ((x, y, height), (scale, low, high)) = (place, bar);
    let line = font.height();
    for row in 0..height {
        let t = 1.0 - row as f64 / (height - 1).max(1) as f64;
        canvas.fill(x, y + row, line, 1, scale.color(t));
    }
    let ticks = bar_ticks(low, high);
    let span = (height - 1) as f64;
    for &value in &ticks.values {
        let at = y + ((1.0 - (value - low) / (high - low)) * span).round().clamp(0.0, span) as usize;
        canvas.fill(x + line, at, line / 3, (line / 16).max(1), GRAY_INK);
        // The labels of the ends stay within the bar's height.
        let top = at.saturating_sub(line / 2).clamp(y, y + height - line);
        canvas.text(x + line + line / 2, top, &ticks.label(value), font, INK);
    }
}

/// The legend's entry for pixels without a value.
pub(super) fn no_value() -> (Mark, String) {
    (Mark::Area(NO_VALUE), "not measured".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(picture: &Canvas, mm_per_px: Option<f64>) -> Canvas {
        let legend = vec![no_value()];
        let bar = Some((Scale::Diverging, -0.16, 0.16));
        Frame { picture, title: "relief (ln intensity)", photo_px: 1.0, mm_per_px, bar, legend }.draw()
    }

    #[test]
    fn a_tiny_picture_still_has_room_for_the_words() {
        for (width, height) in [(1, 1), (60, 40), (3, 900), (900, 3)] {
            let canvas = frame(&Canvas::new(width, height, INK), None);
            assert!(canvas.width() >= Font::beside(1).width("relief (ln intensity)"), "{width} x {height}");
            assert!(canvas.height() >= 9 * 16, "{width} x {height}");
        }
    }

    #[test]
    fn the_scale_bar_is_round_and_true() {
        let picture = Canvas::new(1000, 500, INK);
        let frame = |mm_per_px, photo_px| Frame {
            picture: &picture,
            title: "",
            photo_px,
            mm_per_px,
            bar: None,
            legend: Vec::new(),
        };
        assert_eq!(frame(None, 1.0).scale_bar(1, 1000), Some((200, "200 px".to_owned())));
        assert_eq!(frame(Some(0.05), 1.0).scale_bar(1, 1000), Some((200, "10 mm".to_owned())));
        assert_eq!(frame(Some(0.05), 2.0).scale_bar(1, 1000), Some((200, "20 mm".to_owned())));
        assert_eq!(frame(Some(f64::NAN), 1.0).scale_bar(1, 1000), Some((200, "200 px".to_owned())));
    }
}
