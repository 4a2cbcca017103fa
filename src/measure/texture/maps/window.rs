//! The window that slides over every pixel, and the limits within which its sums are exact.

/// A square window centered on the pixel.
///
/// What lies beyond the photo's edge or the mask does not count: a value at the edge is that of the cropped window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    side: usize,
    distance: usize,
}

impl Window {
    /// Least and greatest side in pixels.
    pub const SIDES: [usize; 2] = [3, 255];
    /// Most gray levels. At 128 levels the sum of (i - j)^2 over the pairs of the greatest window stays below 2^32.
    pub const MOST_BINS: usize = 128;

    /// A window of `side` pixels with pairs `distance` pixels apart; `None` where the side is even or out of range,
    /// or no pair fits in.
    #[must_use]
    pub fn new(side: usize, distance: usize) -> Option<Self> {
        let fits = (Self::SIDES[0]..=Self::SIDES[1]).contains(&side) && side % 2 == 1;
        (fits && (1..side).contains(&distance)).then_some(Self { side, distance })
    }

    /// The window nearest to `side_px`, odd, within range and more than twice the distance wide.
    ///
    /// # Panics
    /// For a distance of 0 or of more than half the greatest side.
    #[must_use]
    pub fn nearest(side_px: f64, distance: usize) -> Self {
        let [least, most] = Self::SIDES;
        assert!((1..=most / 2).contains(&distance), "pairs {distance} pixels apart in a window of at most {most}");
        // Of two as near, the larger: 0.6 mm at 0.05 mm per pixel are 12 pixels, in floats a little less.
        let odd = 2 * (((side_px - 1.0) / 2.0 + 1e-9).round().clamp(0.0, most as f64) as usize) + 1;
        Self { side: odd.clamp(least, most).max(2 * distance + 1), distance }
    }

    /// Columns and rows.
    #[must_use]
    pub fn side(self) -> usize {
        self.side
    }

    /// Distance of the pixels of a pair along each axis.
    #[must_use]
    pub fn distance(self) -> usize {
        self.distance
    }

    /// Pixels on each side of the center.
    pub(super) fn margin(self) -> usize {
        self.side / 2
    }

    /// Pairs of four directions in a window without gaps.
    pub(super) fn pairs(self) -> usize {
        let (side, inner) = (self.side, self.side - self.distance);
        2 * side * inner + 2 * inner * inner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_odd_and_hold_a_pair() {
        for (side, distance) in [(2, 1), (4, 1), (257, 1), (3, 3), (3, 0)] {
            assert_eq!(Window::new(side, distance), None, "{side} at {distance}");
        }
        let near = |px, distance| Window::nearest(px, distance).side();
        assert_eq!([near(15.0, 1), near(20.0, 1), near(15.9, 1), near(0.2, 1), near(1e9, 1)], [15, 21, 15, 3, 255]);
        assert_eq!([near(0.6 / 0.05, 1), near(1.0 / 0.1, 1)], [13, 11]);
        assert_eq!([near(3.0, 2), near(-5.0, 64), near(9.0, 2)], [5, 129, 9]);
    }

    #[test]
    fn sums_of_the_greatest_window_fit() {
        let pairs = Window::new(255, 1).unwrap().pairs() as u64;
        let span = Window::MOST_BINS as u64 - 1;
        assert!(pairs * span * span < 1 << 32);
        let half = Window::MOST_BINS as u64 / 2;
        assert!(2 * pairs * half * half < 1 << 31);
    }
}
