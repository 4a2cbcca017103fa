//! Drawing into an 8-bit picture: rectangles, text, rings.

use std::path::Path;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use super::atomic::AtomicFile;
use super::colormap::Rgb;
use crate::error::{Error, Result, Stage};

/// Near-black of text and lines.
pub(super) const INK: Rgb = [32, 34, 38];
/// Text of second rank.
pub(super) const GRAY_INK: Rgb = [96, 100, 108];
/// Background.
pub(super) const PAPER: Rgb = [255, 255, 255];

/// A text style.
#[derive(Clone, Copy, Debug)]
pub(super) struct Font {
    weight: FontWeight,
    size: RasterHeight,
}

impl Font {
    /// The size that reads well beside a picture of `long_side` pixels.
    pub fn beside(long_side: usize) -> Self {
        let size = match long_side {
            0..=599 => RasterHeight::Size16,
            600..=999 => RasterHeight::Size20,
            1000..=1499 => RasterHeight::Size24,
            _ => RasterHeight::Size32,
        };
        Self { weight: FontWeight::Regular, size }
    }

    /// The same in bold.
    pub fn bold(self) -> Self {
        Self { weight: FontWeight::Bold, ..self }
    }

    /// Height of a line in pixels.
    pub fn height(self) -> usize {
        self.size.val()
    }

    /// Width of `text` in pixels.
    pub fn width(self, text: &str) -> usize {
        text.chars().count() * get_raster_width(self.weight, self.size)
    }
}

/// How a ring is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ring {
    /// Color of the line.
    pub color: Rgb,
    /// Width of the line in pixels.
    pub width: f64,
    /// Whether the line is broken: a second sign beside the color.
    pub dashed: bool,
}

/// A picture being drawn; what falls outside is not drawn.
#[derive(Clone, Debug)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Canvas {
    /// A picture of one color.
    pub fn new(width: usize, height: usize, color: Rgb) -> Self {
        Self { width, height, rgb: color.repeat(width * height) }
    }

    /// A picture over interleaved samples; `None` when they do not fill it.
    pub fn from_rgb(width: usize, height: usize, rgb: Vec<u8>) -> Option<Self> {
        (rgb.len() == width * height * 3).then_some(Self { width, height, rgb })
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Interleaved samples.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// Mixes `color` into a pixel, 0 nothing to 1 all.
    pub fn blend(&mut self, x: usize, y: usize, color: Rgb, share: f64) {
        if x >= self.width || y >= self.height {
            return;
        }
        let at = (y * self.width + x) * 3;
        for (sample, new) in self.rgb[at..at + 3].iter_mut().zip(color) {
            let old = f64::from(*sample);
            *sample = (old + (f64::from(new) - old) * share).round() as u8;
        }
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, x: usize, y: usize, width: usize, height: usize, color: Rgb) {
        for row in y..(y + height).min(self.height) {
            for column in x..(x + width).min(self.width) {
                let at = (row * self.width + column) * 3;
                self.rgb[at..at + 3].copy_from_slice(&color);
            }
        }
    }

    /// Copies another picture, each pixel as a square of `zoom` pixels.
    pub fn paste(&mut self, x: usize, y: usize, picture: &Canvas, zoom: usize) {
        for row in 0..picture.height * zoom {
            for column in 0..picture.width * zoom {
                let from = ((row / zoom) * picture.width + column / zoom) * 3;
                let (to_x, to_y) = (x + column, y + row);
                if to_x < self.width && to_y < self.height {
                    let to = (to_y * self.width + to_x) * 3;
                    self.rgb[to..to + 3].copy_from_slice(&picture.rgb[from..from + 3]);
                }
            }
        }
    }

    /// Writes `text` with its top left corner at `(x, y)`.
    pub fn text(&mut self, x: usize, y: usize, text: &str, font: Font, color: Rgb) {
        let advance = get_raster_width(font.weight, font.size);
        for (i, c) in text.chars().enumerate() {
            let Some(glyph) = get_raster(c, font.weight, font.size).or_else(|| get_raster('?', font.weight, font.size))
            else {
                continue;
            };
            for (dy, row) in glyph.rows().enumerate() {
                for (dx, &coverage) in row.iter().enumerate().filter(|(_, c)| **c > 0) {
                    self.blend(x + i * advance + dx, y + dy, color, f64::from(coverage) / 255.0);
                }
            }
        }
    }

    /// Draws a smooth ring around `(x, y)` with a dark hem, so that it shows on light and on dark skin.
    pub fn ring(&mut self, x: f64, y: f64, radius: f64, ring: Ring) {
        if !(x.is_finite() && y.is_finite() && radius.is_finite()) {
            return;
        }
        let half = ring.width / 2.0;
        let reach = radius + half + 2.0;
        let dashes = (std::f64::consts::TAU * radius / (5.0 * ring.width.max(1.0))).round().clamp(5.0, 40.0);
        let columns = clamped(x - reach, self.width)..clamped(x + reach + 1.0, self.width);
        for row in clamped(y - reach, self.height)..clamped(y + reach + 1.0, self.height) {
            for column in columns.clone() {
                let (dx, dy) = (column as f64 - x, row as f64 - y);
                if ring.dashed && (dy.atan2(dx) / std::f64::consts::TAU * dashes).rem_euclid(1.0) > 0.64 {
                    continue;
                }
                let off = (dx.hypot(dy) - radius).abs();
                let hem = (0.5 + half + 1.0 - off).clamp(0.0, 1.0);
                let line = (0.5 + half - off).clamp(0.0, 1.0);
                self.blend(column, row, INK, 0.6 * hem);
                self.blend(column, row, ring.color, line);
            }
        }
    }

    /// Writes the picture as `path`, a PNG without metadata.
    pub fn write_png(&self, path: &Path) -> Result<()> {
        let size = |n: usize| u32::try_from(n).map_err(|_| Error::internal("picture_size", format!("{n} pixels")));
        let (width, height) = (size(self.width)?, size(self.height)?);
        let mut file = AtomicFile::create(path)?;
        PngEncoder::new_with_quality(&mut file, CompressionType::Default, FilterType::Adaptive)
            .write_image(&self.rgb, width, height, ExtendedColorType::Rgb8)
            .map_err(|e| Error::new(Stage::Write, "png", e.to_string()).at(path).because(e))?;
        file.commit()
    }
}

/// A coordinate as an index within `0..=limit`.
fn clamped(v: f64, limit: usize) -> usize {
    v.clamp(0.0, limit as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_outside_is_no_panic() {
        let mut canvas = Canvas::new(8, 8, PAPER);
        canvas.fill(6, 6, 10, 10, INK);
        canvas.text(5, 5, "outside \u{202e}", Font::beside(10), INK);
        for (x, y) in [(-5.0, -5.0), (1e12, 3.0), (f64::NAN, 0.0), (4.0, 4.0)] {
            canvas.ring(x, y, 3.0, Ring { color: INK, width: 2.0, dashed: true });
        }
        canvas.paste(7, 7, &Canvas::new(3, 3, INK), 2);
        assert_eq!(canvas.rgb().len(), 8 * 8 * 3);
    }

    #[test]
    fn a_ring_lies_on_its_radius() {
        let mut canvas = Canvas::new(41, 41, PAPER);
        let color = [255, 0, 0];
        canvas.ring(20.0, 20.0, 10.0, Ring { color, width: 2.0, dashed: false });
        let at = |x: usize, y: usize| <[u8; 3]>::try_from(&canvas.rgb()[(y * 41 + x) * 3..][..3]).unwrap();
        assert_eq!(at(30, 20), color);
        assert_eq!(at(20, 10), color);
        assert_eq!(at(20, 20), PAPER);
        assert_eq!(at(40, 20), PAPER);
    }
}
