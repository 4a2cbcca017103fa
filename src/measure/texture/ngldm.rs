//! Neighboring gray-level dependence, IBSI definitions (Sun and Wee 1983): how many of the eight neighbors have the level of a
//! pixel (delta = 1, alpha = 0). A pixel with k such neighbors has dependence k + 1; every pixel of the region counts.

use super::feature::Feature;
use super::neighbors;
use super::size_matrix::{SizeMatrix, size_features};
use crate::base::{Plane, parallel};

/// The 17 IBSI features, in the order in which they are computed.
pub const FEATURES: [Feature; 17] = size_features!(
    ["lde" "hde" "lgce" "hgce" "ldlge" "ldhge" "hdlge" "hdhge" "glnu" "glnu_norm" "dcnu" "dcnu_norm" "dc_perc" "gl_var" "dc_var" "dc_entr" "dc_energy"],
    "dependence count", "low dependence", "high dependence", "dependence count", "dependence count energy"
);

/// Dependences of a pixel, 0 to 8 equal neighbors.
const COUNTS: usize = 9;

/// Counts the dependences of `levels` (1 to `bins`, 0 outside).
#[must_use]
pub fn count(levels: &Plane<u8>, bins: usize) -> SizeMatrix {
    let width = levels.width();
    let bands = parallel::map_bands(levels.height(), neighbors::BAND_ROWS, |rows| {
        let mut band = vec![0_u32; (bins + 1) * COUNTS];
        let mut cell = vec![0_u16; width];
        neighbors::for_rows(levels, rows, |above, here, below| {
            row_dependences(above, here, below, &mut cell);
            for &cell in &cell {
                band[usize::from(cell)] += 1;
            }
        });
        band
    });
    let mut total = vec![0_u64; (bins + 1) * COUNTS];
    for band in bands {
        total.iter_mut().zip(band).for_each(|(sum, n)| *sum += u64::from(n));
    }
    let pixels = total[COUNTS..].iter().sum();
    let inside = total.iter().enumerate().skip(COUNTS);
    SizeMatrix::new(inside.map(|(at, &n)| ((at / COUNTS) as u8, (at % COUNTS + 1) as u32, n)), pixels)
}

/// Where each pixel counts: level x 9 + number of equal neighbors.
#[inline(always)]
fn row_dependences_body(above: &[u8], here: &[u8], below: &[u8], cell: &mut [u16]) {
    let n = cell.len();
    let (above, here, below) = (&above[..n + 2], &here[..n + 2], &below[..n + 2]);
    for x in 0..n {
        let center = here[x + 1];
        let equal = |v: u8| u8::from(v == center);
        let count = equal(above[x])
            + equal(above[x + 1])
            + equal(above[x + 2])
            + equal(here[x])
            + equal(here[x + 2])
            + equal(below[x])
            + equal(below[x + 1])
            + equal(below[x + 2]);
        cell[x] = u16::from(center) * 9 + u16::from(count);
    }
}

dispatch! {
    fn row_dependences(above: &[u8], here: &[u8], below: &[u8], cell: &mut [u16]) = row_dependences_body
}
