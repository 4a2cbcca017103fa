//! What light makes of a scar: height profiles, and their shading to first order.
//!
//! The three atrophic acne scars of Jacob, Dover and Kaminer (2001) and a raised one as height over radius. Lambert's
//! law, linearized, gives two pictures of each. The *dipole* is the slope along the light: a hollow has its dark flank
//! on the side of the lamp and its bright flank across, a bump the reverse. The *hollow* is what less light reaches
//! from all around: a hollow is darker than its surround wherever the lamp stands. A deep hollow in its own shadow is
//! mostly the second, a shallow one mostly the first, so their mixture is left to the photo.

use crate::base::Plane;
use crate::filter::gaussian::blur;

/// Shape of the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A pore: a small V, kept apart from the scars.
    Pore,
    /// A narrow V: ice pick.
    Pit,
    /// A flat floor in a steep wall: boxcar.
    Box,
    /// A wide soft hollow: rolling.
    Bowl,
    /// A raised dome: hypertrophic.
    Dome,
}

/// A form of a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Template {
    /// Its form.
    pub form: Form,
    /// Radius of the rim in mm.
    pub radius_mm: f64,
}

/// The forms that are looked for. Radii are a third apart, so that every size lies within 16 % of one.
pub const BANK: &[Template] = &[
    Template { form: Form::Pore, radius_mm: 0.12 },
    Template { form: Form::Pit, radius_mm: 0.18 },
    Template { form: Form::Pit, radius_mm: 0.27 },
    Template { form: Form::Pit, radius_mm: 0.36 },
    Template { form: Form::Pit, radius_mm: 0.48 },
    Template { form: Form::Pit, radius_mm: 0.64 },
    Template { form: Form::Box, radius_mm: 0.80 },
    Template { form: Form::Box, radius_mm: 1.05 },
    Template { form: Form::Box, radius_mm: 1.35 },
    Template { form: Form::Box, radius_mm: 1.70 },
    Template { form: Form::Bowl, radius_mm: 2.00 },
    Template { form: Form::Bowl, radius_mm: 2.60 },
    Template { form: Form::Bowl, radius_mm: 3.40 },
    Template { form: Form::Dome, radius_mm: 1.50 },
    Template { form: Form::Dome, radius_mm: 2.10 },
    Template { form: Form::Dome, radius_mm: 2.80 },
    Template { form: Form::Dome, radius_mm: 3.50 },
];

/// Light that entered the skin leaves it this far away (standard deviation in mm, green).
const SCATTER_MM: f64 = 0.12;
/// Widths in mm over which a hollow is told from its surround, and the depth in mm that counts as one there.
const HOLLOW: [[f64; 2]; 2] = [[0.25, 0.10], [0.80, 0.20]];

fn smooth_step(from: f64, to: f64, x: f64) -> f64 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

impl Template {
    /// Height at `r` radii from the center, in depths.
    #[must_use]
    pub fn height(self, r: f64) -> f64 {
        match self.form {
            Form::Pore | Form::Pit => -((1.0 - r.hypot(0.12)).max(0.0) / 0.88).powf(1.15),
            Form::Box => {
                let wall = (0.2 / self.radius_mm).min(0.3);
                -smooth_step(1.0 + wall, 1.0 - wall, r)
            }
            Form::Bowl => -(0.5 + 0.5 * (std::f64::consts::PI * r.min(1.0)).cos()),
            Form::Dome => smooth_step(1.2, 0.0, r),
        }
    }

    /// The dipole and the hollow of one radius of depth, centered on sample (0, 0) of a periodic plane of `side`
    /// samples of `step_mm`; the lamp stands at `azimuth` (radians, 0 right, up positive).
    #[must_use]
    pub fn pictures(self, side: usize, step_mm: f64, azimuth: f64) -> [Plane; 2] {
        let reach = 1.7 * self.radius_mm + 4.0 * HOLLOW[1][0];
        let half = ((reach / step_mm).ceil() as usize).min(side / 2 - 1);
        let small = 2 * half + 1;
        let offset = |i: usize| (i as f64 - half as f64) * step_mm;
        let height = Plane::from_fn(small, small, |x, y| {
            (self.radius_mm * self.height(offset(x).hypot(offset(y)) / self.radius_mm)) as f32
        });
        let height = blur(&height, SCATTER_MM / step_mm);
        let around = HOLLOW.map(|[mm, _]| blur(&height, mm / step_mm));
        let (sin, cos) = azimuth.sin_cos();
        let at = |x: usize, y: usize| f64::from(height.at(x, y));
        let dipole = |x: usize, y: usize| {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(small - 1));
            let (above, below) = (y.saturating_sub(1), (y + 1).min(small - 1));
            let toward = cos * (at(right, y) - at(left, y)) + sin * (at(x, above) - at(x, below));
            -toward / (2.0 * step_mm)
        };
        let hollow = |x: usize, y: usize| {
            // A wide bowl has no narrow hollow; its fine relief would only add noise.
            let scales = if self.form == Form::Bowl { 1..2 } else { 0..2 };
            scales.map(|i| (at(x, y) - f64::from(around[i].at(x, y))) / HOLLOW[i][1]).sum::<f64>()
        };
        let centered = |value: &dyn Fn(usize, usize) -> f64| {
            let mut plane = Plane::new(side, side);
            for y in 0..small {
                for x in 0..small {
                    let (to_x, to_y) = ((x + side - half) % side, (y + side - half) % side);
                    plane.put(to_x, to_y, value(x, y) as f32);
                }
            }
            plane
        };
        [centered(&dipole), centered(&hollow)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hollow_is_dark_toward_the_lamp_and_a_dome_bright() {
        let at = |form: Form, radius_mm: f64| {
            let [dipole, hollow] = Template { form, radius_mm }.pictures(128, 0.1, 0.0);
            // The lamp stands at the right: sample (6, 0) lies on its side.
            (dipole.at(6, 0), dipole.at(128 - 6, 0), hollow.at(0, 0))
        };
        let (near, far, middle) = at(Form::Pit, 1.0);
        assert!(near < 0.0 && far > 0.0 && middle < 0.0, "{near} {far} {middle}");
        let (near, far, middle) = at(Form::Dome, 1.0);
        assert!(near > 0.0 && far < 0.0 && middle > 0.0, "{near} {far} {middle}");
    }

    #[test]
    fn every_profile_ends_outside_its_rim() {
        for template in BANK {
            assert!(template.height(1.5).abs() < 1e-6, "{template:?}");
            assert!((template.height(0.0).abs() - 1.0).abs() < 0.03, "{template:?}");
        }
    }
}
