//! Gray and binary morphology with square elements.

use crate::base::{Mask, Plane, parallel};

/// The largest value within `radius` rows and columns.
#[must_use]
pub fn dilate(src: &Plane, radius: usize) -> Plane {
    square(src, radius, larger)
}

/// The smallest value within `radius` rows and columns.
#[must_use]
pub fn erode(src: &Plane, radius: usize) -> Plane {
    square(src, radius, smaller)
}

/// Dilation, then erosion: fills dark details narrower than the element.
#[must_use]
pub fn close(src: &Plane, radius: usize) -> Plane {
    erode(&dilate(src, radius), radius)
}

/// The mask grown by `radius` pixels along rows, columns and diagonals.
#[must_use]
pub fn dilate_mask(mask: &Mask, radius: usize) -> Mask {
    grow(mask, radius, 1)
}

/// The mask shrunk by `radius` pixels; beyond the photo counts as inside.
#[must_use]
pub fn erode_mask(mask: &Mask, radius: usize) -> Mask {
    grow(mask, radius, 0)
}

#[inline(always)]
fn larger_body(to: &mut [f32], from: &[f32]) {
    for (a, &b) in to.iter_mut().zip(from) {
        *a = if b > *a { b } else { *a };
    }
}

#[inline(always)]
fn smaller_body(to: &mut [f32], from: &[f32]) {
    for (a, &b) in to.iter_mut().zip(from) {
        *a = if b < *a { b } else { *a };
    }
}

dispatch! {
    fn larger(to: &mut [f32], from: &[f32]) = larger_body
}

dispatch! {
    fn smaller(to: &mut [f32], from: &[f32]) = smaller_body
}

fn square(src: &Plane, radius: usize, keep: impl Fn(&mut [f32], &[f32]) + Sync + Send) -> Plane {
    let (width, height) = (src.width(), src.height());
    let mut out = Plane::new(width, height);
    parallel::for_bands(out.data_mut(), width, parallel::BAND_ROWS, |first, band| {
        let mut column = vec![0.0; width];
        for (i, out) in band.chunks_exact_mut(width).enumerate() {
            let y = first + i;
            column.copy_from_slice(src.row(y));
            for y in y.saturating_sub(radius)..(y + radius + 1).min(height) {
                keep(&mut column, src.row(y));
            }
            out.copy_from_slice(&column);
            for shift in 1..=radius.min(width.saturating_sub(1)) {
                keep(&mut out[shift..], &column[..width - shift]);
                keep(&mut out[..width - shift], &column[shift..]);
            }
        }
    });
    out
}

/// Spreads `value` by `radius` along rows, then along columns.
fn grow(mask: &Mask, radius: usize, value: u8) -> Mask {
    let (width, height) = (mask.width(), mask.height());
    let mut rows = mask.plane().clone();
    for y in 0..height {
        let from = mask.row(y);
        let to = rows.row_mut(y);
        for (x, _) in from.iter().enumerate().filter(|&(_, &m)| m == value) {
            to[x.saturating_sub(radius)..(x + radius + 1).min(width)].fill(value);
        }
    }
    let mut out = rows.clone();
    for y in 0..height {
        for near in y.saturating_sub(radius)..(y + radius + 1).min(height) {
            for (to, &from) in out.row_mut(y).iter_mut().zip(rows.row(near)) {
                if from == value {
                    *to = value;
                }
            }
        }
    }
    Mask::from_plane(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_fills_a_thin_line_and_keeps_a_wide_one() {
        let plane = Plane::from_fn(40, 20, |x, _| if x == 10 || (20..31).contains(&x) { -1.0 } else { 0.0 });
        let closed = close(&plane, 3);
        assert_eq!(closed.at(10, 7), 0.0);
        assert_eq!(closed.at(25, 7), -1.0);
    }

    #[test]
    fn growing_and_shrinking_a_square() {
        let mask = Mask::from_fn(20, 20, |x, y| (8..12).contains(&x) && (8..12).contains(&y));
        assert_eq!(dilate_mask(&mask, 2).count(), 64);
        assert_eq!(erode_mask(&mask, 1).count(), 4);
        assert_eq!(erode_mask(&dilate_mask(&mask, 3), 3), mask);
    }
}
