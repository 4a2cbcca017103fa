//! Turns what a camera stored upright.

use std::borrow::Cow;

/// How a stored picture must be turned, with the values of EXIF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Orientation {
    #[default]
    Upright,
    MirroredAcross,
    UpsideDown,
    MirroredDown,
    Transposed,
    QuarterRight,
    Transversed,
    QuarterLeft,
}

impl Orientation {
    /// The orientation of an EXIF value; `None` for a value that does not exist.
    pub(super) fn from_exif(value: u32) -> Option<Self> {
        Some(match value {
            1 => Self::Upright,
            2 => Self::MirroredAcross,
            3 => Self::UpsideDown,
            4 => Self::MirroredDown,
            5 => Self::Transposed,
            6 => Self::QuarterRight,
            7 => Self::Transversed,
            8 => Self::QuarterLeft,
            _ => return None,
        })
    }

    /// Columns and rows of a picture once it is upright.
    pub(super) fn size(self, width: usize, height: usize) -> (usize, usize) {
        match self {
            Self::Upright | Self::MirroredAcross | Self::UpsideDown | Self::MirroredDown => (width, height),
            _ => (height, width),
        }
    }

    /// The pixels of a stored picture of `width` columns, upright.
    pub(super) fn apply<T: Copy + Default>(self, pixels: &[T], width: usize) -> Cow<'_, [T]> {
        let rows = || pixels.chunks_exact(width);
        match self {
            Self::Upright => Cow::Borrowed(pixels),
            Self::MirroredAcross => rows().flat_map(|row| row.iter().rev()).copied().collect(),
            Self::UpsideDown => pixels.iter().rev().copied().collect(),
            Self::MirroredDown => rows().rev().flatten().copied().collect(),
            Self::Transposed => transposed(pixels, width, false, false),
            Self::QuarterRight => transposed(pixels, width, true, false),
            Self::Transversed => transposed(pixels, width, true, true),
            Self::QuarterLeft => transposed(pixels, width, false, true),
        }
    }
}

/// Columns become rows; then the picture is mirrored across, down, or both.
///
/// In tiles, since a column of a large picture touches one cache line per pixel.
fn transposed<T: Copy + Default>(pixels: &[T], width: usize, across: bool, down: bool) -> Cow<'_, [T]> {
    const TILE: usize = 16;
    let height = pixels.len() / width;
    let mut turned = vec![T::default(); pixels.len()];
    for left in (0..width).step_by(TILE) {
        for top in (0..height).step_by(TILE) {
            let count = TILE.min(height - top);
            for x in left..(left + TILE).min(width) {
                let y = if down { width - 1 - x } else { x };
                let row = &mut turned[y * height..(y + 1) * height];
                let column = pixels[top * width + x..].iter().step_by(width).take(count);
                if across {
                    let end = height - top;
                    row[end - count..end].iter_mut().rev().zip(column).for_each(|(to, from)| *to = *from);
                } else {
                    row[top..top + count].iter_mut().zip(column).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
    Cow::Owned(turned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Plane;

    #[test]
    fn every_orientation_comes_upright() {
        // What must come out is 1 2 3 / 4 5 6.
        let stored: [(u32, usize, [u8; 6]); 8] = [
            (1, 3, [1, 2, 3, 4, 5, 6]),
            (2, 3, [3, 2, 1, 6, 5, 4]),
            (3, 3, [6, 5, 4, 3, 2, 1]),
            (4, 3, [4, 5, 6, 1, 2, 3]),
            (5, 2, [1, 4, 2, 5, 3, 6]),
            (6, 2, [3, 6, 2, 5, 1, 4]),
            (7, 2, [6, 3, 5, 2, 4, 1]),
            (8, 2, [4, 1, 5, 2, 6, 3]),
        ];
        for (value, width, pixels) in stored {
            let orientation = Orientation::from_exif(value).unwrap();
            assert_eq!(orientation.apply(&pixels, width)[..], [1, 2, 3, 4, 5, 6], "orientation {value}");
            assert_eq!(orientation.size(width, 6 / width), (3, 2));
        }
        assert!([0, 9, 255].into_iter().all(|v| Orientation::from_exif(v).is_none()));
    }

    #[test]
    fn a_large_picture_is_turned_whole() {
        let plane = Plane::from_fn(70, 45, |x, y| (x * 100 + y) as u32);
        let check = |value: u32, expected: fn(usize, usize) -> usize| {
            let turned = Orientation::from_exif(value).unwrap().apply(plane.data(), 70);
            assert_eq!(turned[..], Plane::from_fn(45, 70, |x, y| expected(x, y) as u32).into_data(), "{value}");
        };
        check(5, |x, y| y * 100 + x);
        check(6, |x, y| y * 100 + 44 - x);
        check(7, |x, y| (69 - y) * 100 + 44 - x);
        check(8, |x, y| (69 - y) * 100 + x);
    }
}
