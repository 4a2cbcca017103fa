//! Turns what a camera stored upright.

use crate::base::{Mask, Plane};

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

    /// The plane, upright.
    pub(super) fn apply<T: Copy + Default>(self, plane: Plane<T>) -> Plane<T> {
        match self {
            Self::Upright => plane,
            Self::MirroredAcross => mirrored_across(plane),
            Self::UpsideDown => upside_down(plane),
            Self::MirroredDown => mirrored_down(plane),
            Self::Transposed => transposed(&plane),
            Self::QuarterRight => mirrored_across(transposed(&plane)),
            Self::Transversed => upside_down(transposed(&plane)),
            Self::QuarterLeft => mirrored_down(transposed(&plane)),
        }
    }

    /// The mask, upright.
    pub(super) fn apply_to_mask(self, mask: Mask) -> Mask {
        if self == Self::Upright { mask } else { Mask::from_plane(self.apply(mask.plane().clone())) }
    }
}

fn mirrored_across<T: Copy>(mut plane: Plane<T>) -> Plane<T> {
    for y in 0..plane.height() {
        plane.row_mut(y).reverse();
    }
    plane
}

fn upside_down<T: Copy>(mut plane: Plane<T>) -> Plane<T> {
    plane.data_mut().reverse();
    plane
}

fn mirrored_down<T: Copy>(plane: Plane<T>) -> Plane<T> {
    mirrored_across(upside_down(plane))
}

/// Columns become rows. In tiles, since a column of a large plane touches one cache line per sample.
fn transposed<T: Copy + Default>(plane: &Plane<T>) -> Plane<T> {
    const TILE: usize = 32;
    let (width, height) = (plane.width(), plane.height());
    let mut turned = Plane::new(height, width);
    for top in (0..height).step_by(TILE) {
        for left in (0..width).step_by(TILE) {
            for y in top..(top + TILE).min(height) {
                let row = plane.row(y);
                for (x, &value) in row.iter().enumerate().take((left + TILE).min(width)).skip(left) {
                    turned.data_mut()[x * height + y] = value;
                }
            }
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for (value, width, data) in stored {
            let plane = Plane::from_vec(width, 6 / width, data.to_vec());
            let upright = Orientation::from_exif(value).unwrap().apply(plane);
            assert_eq!(upright, Plane::from_vec(3, 2, vec![1, 2, 3, 4, 5, 6]), "orientation {value}");
        }
        assert!([0, 9, 255].into_iter().all(|v| Orientation::from_exif(v).is_none()));
    }

    #[test]
    fn a_large_plane_is_transposed_whole() {
        let plane = Plane::from_fn(70, 45, |x, y| (x * 100 + y) as u32);
        assert_eq!(transposed(&plane), Plane::from_fn(45, 70, |x, y| (y * 100 + x) as u32));
    }
}
