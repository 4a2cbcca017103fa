//! The light: how evenly it falls, and from where.

use crate::base::{Mask, Plane};
use crate::filter::gaussian::Smooth;

/// Range of the slow shading in EV (log2), 5th to 95th percentile over the mask.
#[must_use]
pub fn illumination_range(slow: &Smooth, mask: &Mask) -> Option<f64> {
    let step = stride(mask);
    let mut values = Vec::new();
    let mut row = vec![0.0; mask.width()];
    for y in (0..mask.height()).step_by(step) {
        slow.row(y, &mut row);
        values.extend((0..mask.width()).step_by(step).filter(|&x| mask.contains(x, y)).map(|x| row[x]));
    }
    if values.len() < 16 {
        return None;
    }
    values.sort_by(f32::total_cmp);
    let at = |q: f64| f64::from(values[(q * (values.len() - 1) as f64).round() as usize]);
    Some((at(0.95) - at(0.05)) / std::f64::consts::LN_2)
}

/// Where the light comes from, degrees, 0 right and 90 up; `None` where neither relief nor slow shading shows it.
///
/// Shaded relief has most gradient energy along the light; which of the two ends is told by the side on which the slow
/// shading is brighter.
#[must_use]
pub fn azimuth_deg(mid_relief: &Plane, slow: &Smooth, mask: &Mask) -> Option<f64> {
    let step = stride(mask);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for y in (1..mask.height().saturating_sub(1)).step_by(step) {
        let (above, here, below) = (mid_relief.row(y - 1), mid_relief.row(y), mid_relief.row(y + 1));
        let inside = |x: usize| mask.row(y)[x - 1] & mask.row(y)[x + 1] & mask.row(y - 1)[x] & mask.row(y + 1)[x] != 0;
        for x in (1..mask.width() - 1).step_by(step).filter(|&x| inside(x)) {
            let dx = f64::from(here[x + 1] - here[x - 1]);
            let dy = f64::from(above[x] - below[x]);
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
    }
    let energy = xx + yy;
    let coherence = (xx - yy).hypot(2.0 * xy) / energy;
    if energy <= 0.0 || coherence.is_nan() || coherence < 0.1 {
        return None;
    }
    let axis = 0.5 * (2.0 * xy).atan2(xx - yy);
    let (gx, gy) = gradient(slow, mask, step)?;
    let along = gx * axis.cos() + gy * axis.sin();
    if along.abs() < 0.3 * gx.hypot(gy) {
        return None;
    }
    let angle = if along >= 0.0 { axis } else { axis + std::f64::consts::PI };
    Some(angle.to_degrees().rem_euclid(360.0))
}

/// Slope of the plane fitted to the slow shading, to the right and up.
fn gradient(slow: &Smooth, mask: &Mask, step: usize) -> Option<(f64, f64)> {
    let mut sums = [0.0_f64; 9];
    let mut row = vec![0.0; mask.width()];
    for y in (0..mask.height()).step_by(step) {
        slow.row(y, &mut row);
        for x in (0..mask.width()).step_by(step).filter(|&x| mask.contains(x, y)) {
            let (x, y, z) = (x as f64, -(y as f64), f64::from(row[x]));
            for (sum, term) in sums.iter_mut().zip([1.0, x, y, z, x * x, y * y, x * y, x * z, y * z]) {
                *sum += term;
            }
        }
    }
    let [n, x, y, z, xx, yy, xy, xz, yz] = sums;
    let (cxx, cyy, cxy) = (xx - x * x / n, yy - y * y / n, xy - x * y / n);
    let (cxz, cyz) = (xz - x * z / n, yz - y * z / n);
    let det = cxx * cyy - cxy * cxy;
    (n > 16.0 && det > 0.0).then(|| ((cxz * cyy - cyz * cxy) / det, (cyz * cxx - cxz * cxy) / det))
}

/// A quarter of a million samples say as much as all.
fn stride(mask: &Mask) -> usize {
    ((mask.width() * mask.height()) as f64 / 250_000.0).sqrt().ceil().max(1.0) as usize
}
