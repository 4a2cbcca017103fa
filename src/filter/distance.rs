//! City-block distance to the outside of a region, exact, in two sweeps (Rosenfeld and Pfaltz 1968).

use crate::base::Plane;

/// For every pixel that is not 0 the least number of steps along rows and columns to a pixel that is 0, or off the plane;
/// 0 for the pixels that are 0. Distances stop at 65535.
#[must_use]
pub fn city_block(inside: &Plane<u8>) -> Plane<u16> {
    let (width, height) = (inside.width(), inside.height());
    let mut out: Plane<u16> = Plane::new(width, height);
    let mut neighbor = vec![0_u16; width];
    for y in 0..height {
        let mut last = 0_u16;
        for ((d, &above), &inside) in out.row_mut(y).iter_mut().zip(&neighbor).zip(inside.row(y)) {
            last = if inside == 0 { 0 } else { last.min(above).saturating_add(1) };
            *d = last;
        }
        neighbor.copy_from_slice(out.row(y));
    }
    neighbor.fill(0);
    for y in (0..height).rev() {
        let mut last = 0_u16;
        for (d, &below) in out.row_mut(y).iter_mut().zip(&neighbor).rev() {
            last = last.min(below).saturating_add(1).min(*d);
            *d = last;
        }
        neighbor.copy_from_slice(out.row(y));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_steps_to_the_nearest_outside() {
        let full = city_block(&Plane::filled(5, 4, 1));
        assert_eq!(full.data(), [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1]);
        let mut holed = Plane::filled(7, 7, 1);
        holed.put(3, 3, 0);
        let holed = city_block(&holed);
        assert_eq!((holed.at(3, 3), holed.at(3, 2), holed.at(2, 2), holed.at(1, 3), holed.at(5, 5)), (0, 1, 2, 2, 2));
    }
}
