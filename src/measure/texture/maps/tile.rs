//! A piece of the photo with the margin that its windows reach into.
//!
//! Small enough to stay in the second-level cache while every kernel passes over it. Beyond the photo and outside the
//! mask everything is zero, so no kernel knows of edges.

use super::{Source, Window};

/// Most columns of a tile.
pub(super) const COLUMNS: usize = 512;

/// `columns` x `rows` pixels and their margin, row-major, `width` samples a row.
pub(super) struct Tile {
    pub columns: usize,
    pub rows: usize,
    pub margin: usize,
    /// Columns with the margins.
    pub width: usize,
    /// Rows with the margins.
    pub height: usize,
    pub bins: usize,
    /// Gray levels, 0 outside.
    pub levels: Vec<u8>,
    /// Values, 0 outside.
    pub values: Vec<f32>,
    /// 1 inside, 0 outside.
    pub weights: Vec<f32>,
}

impl Tile {
    /// The tile whose first pixel is (`left`, `top`).
    pub fn cut(source: &Source, window: Window, [left, top]: [usize; 2], [columns, rows]: [usize; 2]) -> Self {
        let margin = window.margin();
        let (width, height) = (columns + 2 * margin, rows + 2 * margin);
        let size = width * height;
        let (mut levels, mut values, mut weights) = (vec![0; size], vec![0.0; size], vec![0.0; size]);
        let first = left.saturating_sub(margin);
        let last = (left + columns + margin).min(source.values.width());
        let skipped = margin - (left - first);
        for y in top.saturating_sub(margin)..(top + rows + margin).min(source.values.height()) {
            let start = (y + margin - top) * width + skipped;
            let to = start..start + last - first;
            levels[to.clone()].copy_from_slice(&source.levels.row(y)[first..last]);
            let inside = &source.mask.row(y)[first..last];
            for ((weight, value), (&v, &m)) in weights[to.clone()]
                .iter_mut()
                .zip(&mut values[to])
                .zip(source.values.row(y)[first..last].iter().zip(inside))
            {
                // Not a product: what stands outside the mask may be no number.
                if m != 0 {
                    (*weight, *value) = (1.0, v);
                }
            }
        }
        Self { columns, rows, margin, width, height, bins: source.bins, levels, values, weights }
    }

    /// Row `y` of a plane of the tile, margins included.
    pub fn row<'a, T>(&self, plane: &'a [T], y: usize) -> &'a [T] {
        &plane[y * self.width..(y + 1) * self.width]
    }

    /// Levels of the pixels of row `y` of the tile, without margins.
    pub fn centers(&self, y: usize) -> &[u8] {
        &self.row(&self.levels, y + self.margin)[self.margin..self.margin + self.columns]
    }

    /// Weights of the pixels of row `y` of the tile, without margins.
    pub fn center_weights(&self, y: usize) -> &[f32] {
        &self.row(&self.weights, y + self.margin)[self.margin..self.margin + self.columns]
    }
}
