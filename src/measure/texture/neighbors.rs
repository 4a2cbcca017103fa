//! Rows with a border of "outside", three at a time: what NGTDM and NGLDM look at.

use std::ops::Range;

use crate::base::Plane;

/// Rows of one task.
pub(super) const BAND_ROWS: usize = 128;

/// Calls `work(above, here, below)` for every row of `rows`. The slices are a pixel longer on both sides; beyond the plane all
/// is 0, outside.
pub(super) fn for_rows(levels: &Plane<u8>, rows: Range<usize>, mut work: impl FnMut(&[u8], &[u8], &[u8])) {
    let width = levels.width();
    let mut lines = [vec![0_u8; width + 2], vec![0_u8; width + 2], vec![0_u8; width + 2]];
    let fill = |line: &mut [u8], y: Option<usize>| match y.filter(|&y| y < levels.height()) {
        Some(y) => line[1..=width].copy_from_slice(levels.row(y)),
        None => line[1..=width].fill(0),
    };
    fill(&mut lines[1], rows.start.checked_sub(1));
    fill(&mut lines[2], Some(rows.start));
    for y in rows {
        lines.rotate_left(1);
        fill(&mut lines[2], Some(y + 1));
        work(&lines[0], &lines[1], &lines[2]);
    }
}
