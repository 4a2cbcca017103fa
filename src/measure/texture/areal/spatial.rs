//! Spatial parameters: how far a surface resembles itself (Sal), how alike its directions are (Str), where its lay runs
//! (Std).
//!
//! Sal and Str are read from the autocorrelation along rays from lag 0, as ISO 25178-2 has it: a ray ends where the
//! correlation first falls to 0.2; Sal is the shortest ray, Str the shortest over the longest. A ray that ends at the rim
//! of the lags without falling that far leaves Str open: the region is too small to tell.
//!
//! Std is the direction along which ridges and furrows run: 0 to the right, 90 up, below 180 (`direction.rs`).

use super::correlation::{Autocorrelation, tiles};
use super::direction::lay_deg;
use super::{Areal, Sample, Window};
use crate::base::{Mask, Plane};

/// Correlation at which a ray ends.
const DECAY: f64 = 0.2;
/// Rays over a half turn.
const RAYS: usize = 360;
/// Step along a ray in samples.
const STEP: f64 = 0.25;

/// Spatial parameters, lengths in samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spatial {
    /// Autocorrelation length; `None` where the correlation falls to 0.2 in no direction.
    pub sal: Option<f64>,
    /// Texture aspect ratio, near 0 for parallel furrows, 1 for no direction; `None` where it does not fall in every one.
    pub str_ratio: Option<f64>,
    /// Direction of the lay in degrees; says little where `str_ratio` is above 0.5.
    pub std_deg: Option<f64>,
}

/// The parameters of `plane` over `mask`, whose height parameters are known; `None` for a constant surface.
#[must_use]
pub fn spatial<S: Sample>(plane: &Plane<S>, mask: &Mask, areal: &Areal) -> Option<Spatial> {
    let window = Window::of(plane, mask)?;
    let tiles = tiles(&window);
    let correlation = Autocorrelation::of(&window, &tiles, areal.mean, areal.sq)?;
    let rays: Vec<Option<f64>> = (0..RAYS).map(|i| ray(&correlation, angle(i))).collect();
    let sal = rays.iter().flatten().copied().reduce(f64::min);
    let longest = rays.iter().copied().try_fold(0.0, |longest, ray| ray.map(|r| f64::max(longest, r)));
    Some(Spatial {
        sal,
        str_ratio: sal.zip(longest).map(|(shortest, longest)| shortest / longest),
        std_deg: lay_deg(&window, &tiles, areal.mean),
    })
}

/// Angle of a ray, counted downwards as rows are.
fn angle(i: usize) -> f64 {
    std::f64::consts::PI * i as f64 / RAYS as f64
}

/// Length at which the correlation falls to 0.2 along a direction; `None` when the lags end before.
fn ray(correlation: &Autocorrelation, angle: f64) -> Option<f64> {
    let (sin, cos) = angle.sin_cos();
    let mut before = 1.0;
    for i in 1.. {
        let length = STEP * f64::from(i);
        let value = correlation.between(length * cos, length * sin);
        if value.is_nan() {
            return None;
        }
        if value <= DECAY {
            return Some(length - STEP * (DECAY - value) / (before - value));
        }
        before = value;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::areal;
    use super::*;
    use crate::filter::gaussian;

    fn of(plane: &Plane) -> Spatial {
        let mask = Mask::full(plane.width(), plane.height());
        spatial(plane, &mask, &areal(plane, &mask).unwrap()).unwrap()
    }

    /// Waves whose ridges run at `lay` degrees.
    fn grating(side: usize, wavelength: f64, lay: f64) -> Plane {
        let across = (90.0 - lay).to_radians();
        Plane::from_fn(side, side, |x, y| {
            let along = x as f64 * across.cos() + y as f64 * across.sin();
            (std::f64::consts::TAU * along / wavelength).sin() as f32
        })
    }

    #[test]
    fn the_lay_of_a_grating_is_its_direction() {
        for lay in [0.0, 30.0, 45.0, 90.0, 117.0, 150.0, 179.0] {
            let found = of(&grating(200, 9.0, lay)).std_deg.unwrap();
            let off = (found - lay + 90.0).rem_euclid(180.0) - 90.0;
            assert!(off.abs() < 0.3, "{found} for {lay}");
        }
    }

    #[test]
    fn the_edges_of_a_region_draw_no_direction() {
        // A smooth surface with a lay of 60 degrees, on a slight tilt that the edges cut off.
        let mut state = 9_u64;
        let mut white = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 24) as f32 - 0.5
        };
        let noise = gaussian::blur(&Plane::from_fn(420, 420, |_, _| white()), 3.0);
        // Smoothed along the lay by 41 samples.
        let (sin, cos) = 60.0_f64.to_radians().sin_cos();
        let plane = Plane::from_fn(300, 200, |x, y| {
            let along = |t: i32| {
                let t = f64::from(t);
                noise.at((x as f64 + 60.0 + t * cos).round() as usize, (y as f64 + 60.0 - t * sin).round() as usize)
            };
            (-20..=20).map(along).sum::<f32>() + 0.003 * x as f32
        });
        let disk = Mask::from_fn(300, 200, |x, y| (x as f64 - 150.0).hypot(y as f64 - 100.0) < 95.0);
        for mask in [Mask::full(300, 200), disk] {
            let found = spatial(&plane, &mask, &areal(&plane, &mask).unwrap()).unwrap();
            // One sample of a random surface: a few degrees, where a cross of the edges would give 0 or 90.
            assert!((found.std_deg.unwrap() - 60.0).abs() < 9.0, "{found:?}");
        }
    }

    #[test]
    fn a_grating_decays_across_and_never_along() {
        // The correlation of a sine is a cosine: 0.2 at acos(0.2) of the wavelength over 2 pi.
        let found = of(&grating(640, 16.0, 90.0));
        let truth = 0.2_f64.acos() * 16.0 / std::f64::consts::TAU;
        assert!((found.sal.unwrap() / truth - 1.0).abs() < 0.005, "{found:?} for {truth}");
        assert_eq!(found.str_ratio, None);
    }

    #[test]
    fn smoothed_noise_has_the_length_of_its_filter() {
        // Noise through a Gaussian of s correlates as exp(-r^2 / 4 s^2), so Sal is 2 s sqrt(ln 5).
        let mut state = 5_u64;
        let noise = Plane::from_fn(700, 700, |_, _| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 24) as f32 - 0.5
        });
        let found = of(&gaussian::blur(&noise, 4.0));
        let truth = 8.0 * 5.0_f64.ln().sqrt();
        assert!((found.sal.unwrap() / truth - 1.0).abs() < 0.05, "{found:?} for {truth}");
        assert!(found.str_ratio.unwrap() > 0.9);
    }

    #[test]
    fn a_constant_has_no_spatial_parameters() {
        let plane = Plane::filled(50, 50, 0.1_f32);
        let mask = Mask::full(50, 50);
        assert_eq!(spatial(&plane, &mask, &areal(&plane, &mask).unwrap()), None);
    }
}
