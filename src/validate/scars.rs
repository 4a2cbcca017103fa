//! Scars against phantoms: which are found, with the right size and type.
//!
//! A scar of a phantom counts when its own contrast exceeds the micro-relief. Its own contrast is what it adds to the
//! true ln shading (the phantom is rendered again without scars, under the same light); the micro-relief is the true ln
//! shading without scars. Both are smoothed by an eighth of the scar's diameter; the contrast is the 95th percentile of
//! the added amount within 1.2 radii, in standard deviations of the micro-relief between that and two diameters.

use crate::base::Plane;
use crate::error::Result;
use crate::filter::gaussian::blur;
use crate::phantom::{Phantom, Rendered, Scar, ScarKind, ScarPlan};

/// Standard deviations of the micro-relief that a scar's contrast exceeds to count.
pub const COUNTS: f64 = 2.0;

/// The phantom of a seed, a skin tone and a light: scars of every type, and spots between them.
#[must_use]
pub fn phantom(seed: u64, ita_deg: f64, (azimuth_deg, elevation_deg): (f64, f64)) -> Phantom {
    let mut phantom = Phantom { seed, ita_deg, width_px: 640, height_px: 480, ..Phantom::default() };
    phantom.light.azimuth_deg = azimuth_deg;
    phantom.light.elevation_deg = elevation_deg;
    phantom.scars = ScarPlan { ice_pick: 6, boxcar: 4, rolling: 2, hypertrophic: 2, ..ScarPlan::default() };
    (phantom.spots.pih, phantom.spots.pie) = (2, 2);
    phantom
}

/// The scars of a rendered phantom with their contrast in standard deviations of the micro-relief.
///
/// # Errors
/// When the phantom cannot be rendered without its scars.
pub fn contrasts(rendered: &Rendered) -> Result<Vec<(Scar, f64)>> {
    let phantom = &rendered.truth.phantom;
    let healthy = Phantom { scars: ScarPlan::default(), ..phantom.clone() }.render()?;
    let without = &healthy.maps.ln_shading[1];
    let added = zip(&rendered.maps.ln_shading[1], without);
    let contrast = |scar: &Scar| {
        let radius = 0.5 * scar.diameter_mm / phantom.mm_per_px;
        let own = blur(&added, 0.25 * radius);
        let healthy = zip(&blur(without, 0.25 * radius), &blur(without, 4.0 * radius));
        let mut values = inside(&own, scar, 1.2 * radius);
        values.sort_by(f64::total_cmp);
        let n = healthy.len() as f64;
        let mean = healthy.data().iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let variance = healthy.data().iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n;
        values.get(values.len() * 95 / 100).copied().unwrap_or(0.0) / variance.sqrt()
    };
    Ok(rendered.truth.scars.iter().map(|scar| (scar.clone(), contrast(scar))).collect())
}

fn zip(a: &Plane, b: &Plane) -> Plane {
    Plane::from_vec(a.width(), a.height(), a.data().iter().zip(b.data()).map(|(a, b)| a - b).collect())
}

fn inside(plane: &Plane, scar: &Scar, radius: f64) -> Vec<f64> {
    let within = |x: usize, y: usize| (x as f64 - scar.x_px).hypot(y as f64 - scar.y_px) < radius;
    let pixels = (0..plane.height()).flat_map(|y| (0..plane.width()).map(move |x| (x, y)));
    pixels.filter(|&(x, y)| within(x, y)).map(|(x, y)| f64::from(plane.at(x, y)).abs()).collect()
}

/// What was found of what counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Scars that count and were found within 1 mm, as what they are: sunken or raised.
    pub found: usize,
    /// Scars that count and were not.
    pub missed: usize,
    /// Findings where the phantom has no scar.
    pub invented: usize,
}

impl Score {
    /// Harmonic mean of precision and recall.
    #[must_use]
    pub fn f1(&self) -> f64 {
        2.0 * self.found as f64 / (2 * self.found + self.missed + self.invented).max(1) as f64
    }
}

impl std::ops::AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        self.found += other.found;
        self.missed += other.missed;
        self.invented += other.invented;
    }
}

/// A finding in photo pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// Center.
    pub x_px: f64,
    /// Center.
    pub y_px: f64,
    /// Raised, not sunken.
    pub raised: bool,
}

/// Pairs scars and findings, nearest first, within 1 mm; a pair is the indices of both.
#[must_use]
pub fn pairs(scars: &[(Scar, f64)], findings: &[Finding], mm_per_px: f64) -> Vec<(usize, usize)> {
    let mut near: Vec<(f64, usize, usize)> = Vec::new();
    for (i, (scar, _)) in scars.iter().enumerate() {
        for (j, finding) in findings.iter().enumerate() {
            let distance = (scar.x_px - finding.x_px).hypot(scar.y_px - finding.y_px) * mm_per_px;
            if distance <= 1.0 && (scar.kind == ScarKind::Hypertrophic) == finding.raised {
                near.push((distance, i, j));
            }
        }
    }
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (_, i, j) in near {
        if pairs.iter().all(|&(a, b)| a != i && b != j) {
            pairs.push((i, j));
        }
    }
    pairs
}

/// Counts the pairs; a finding on a scar too weak to count is neither right nor wrong.
#[must_use]
pub fn score(scars: &[(Scar, f64)], findings: usize, pairs: &[(usize, usize)]) -> Score {
    let counts = |i: usize| scars[i].1 > COUNTS;
    let found = pairs.iter().filter(|&&(i, _)| counts(i)).count();
    Score { found, missed: (0..scars.len()).filter(|&i| counts(i)).count() - found, invented: findings - pairs.len() }
}
