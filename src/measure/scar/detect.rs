//! Finds scars: matched filters for every form and size, under light of a known direction.
//!
//! At every place and for every template the dipole and the hollow are fitted to the whitened picture (least squares,
//! neither negative, in a mixture that the form can show). The energy they explain, in variances of the whitened skin, is
//! the evidence. Where it is largest over places and templates stands a candidate; the stronger of two that overlap is
//! kept, so the flank of a pit is not a bump beside it.

use super::matched::Matched;
use super::plane::Picture;
use super::profile::{BANK, Form};
use super::spectrum::Spectrum;
use super::whiten::Whitened;
use crate::base::parallel;

/// Places within this many samples compete.
const NEAR: usize = 2;
/// Beside a deep hollow its flank looks like the flank of another scar, but nothing is dark there from all sides: what
/// has a larger share of the dipole than this must keep its distance from stronger scars.
const ECHO: f64 = 0.97;
/// A scar that is cut by the edge of the photo or of the skin is not told from the edge itself.
const LEAST_INSIDE: f64 = 0.9;

/// A scar, or a pore, in samples of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Center.
    pub x: usize,
    /// Center.
    pub y: usize,
    /// The template that explains most, as an index into [`BANK`].
    pub template: usize,
    /// What it explains, in variances of the whitened skin.
    pub energy: f64,
    /// What every template explains there.
    pub energies: Vec<f32>,
    /// Amplitude of the dipole of the best template.
    pub dipole: f64,
    /// Amplitude of its hollow.
    pub hollow: f64,
}

impl Found {
    /// Share of the dipole in both amplitudes, 0 to 1.
    #[must_use]
    pub fn dipole_share(&self) -> f64 {
        self.dipole / (self.dipole + self.hollow).max(1e-12)
    }

    /// Its form.
    #[must_use]
    pub fn form(&self) -> Form {
        BANK[self.template].form
    }
}

/// The scars and pores of a picture, strongest first; the lamp stands at `azimuth_deg` (0 right, 90 up).
#[must_use]
pub fn find(whitened: &Whitened, azimuth_deg: f64) -> Vec<Found> {
    let azimuth = azimuth_deg.to_radians();
    let bank = parallel::map_indices(BANK.len(), |i| whitened.matched(BANK[i], azimuth));
    let per_tile = parallel::map_indices(whitened.tiles(), |tile| {
        let layers =
            parallel::map_indices(BANK.len(), |k| bank[k].as_ref().map(|m| (m, whitened.correlations(tile, m))));
        let mut found = Vec::new();
        for (template, layer) in layers.iter().enumerate() {
            let Some((matched, correlations)) = layer else { continue };
            for (at, mut peak) in peaks(whitened, tile, template, matched, correlations) {
                let scale = whitened.variance() * whitened.around(peak.x, peak.y);
                let energy = |(m, c): &(&Matched, Spectrum)| m.fit(c[at]).1 / scale;
                peak.energies = layers.iter().map(|l| l.as_ref().map_or(0.0, energy)).collect();
                found.push(peak);
            }
        }
        found
    });
    kept(whitened, per_tile.into_iter().flatten().collect())
}

/// Where a template explains enough, and no less than at the places near: position in the tile, and what was found,
/// without the energies of other templates.
pub(super) fn peaks(
    whitened: &Whitened,
    tile: usize,
    template: usize,
    matched: &Matched,
    correlations: &Spectrum,
) -> Vec<(usize, Found)> {
    let side = whitened.side();
    let least = BANK[template].form.criterion().energy as f32 * whitened.variance();
    let mut found = Vec::new();
    for (at, (x, y)) in whitened.own(tile) {
        let around = whitened.around(x, y);
        let ([dipole, hollow], energy) = matched.fit(correlations[at]);
        if energy < least * around {
            continue;
        }
        let near = |i: usize| i.saturating_sub(NEAR)..(i + NEAR + 1).min(side);
        let is_peak =
            near(at / side).all(|j| near(at % side).all(|i| matched.fit(correlations[j * side + i]).1 <= energy));
        if is_peak {
            let energy = f64::from(energy / (whitened.variance() * around));
            let (dipole, hollow) = (f64::from(dipole), f64::from(hollow));
            found.push((at, Found { x, y, template, energy, energies: Vec::new(), dipole, hollow }));
        }
    }
    found
}

/// Of all candidates those that no stronger one overlaps and that lie in the skin, strongest first.
pub(super) fn kept(whitened: &Whitened, candidates: Vec<Found>) -> Vec<Found> {
    let picture = whitened.picture();
    let mut found = strongest(candidates, picture.step_mm);
    found.retain(|f| inside(f, picture) >= LEAST_INSIDE);
    found
}

/// Share of the scar's disk that is skin; beyond the photo is none.
fn inside(found: &Found, picture: &Picture) -> f64 {
    let radius = BANK[found.template].radius_mm / picture.step_mm;
    let reach = radius.ceil() as isize;
    let mask = &picture.mask;
    let (mut disk, mut skin) = (0_usize, 0_usize);
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            if (dx as f64).hypot(dy as f64) > radius {
                continue;
            }
            disk += 1;
            if let (Some(x), Some(y)) = (found.x.checked_add_signed(dx), found.y.checked_add_signed(dy)) {
                skin += usize::from(x < mask.width() && y < mask.height() && mask.contains(x, y));
            }
        }
    }
    skin as f64 / disk.max(1) as f64
}

/// The candidates that no stronger one overlaps, strongest first.
fn strongest(mut candidates: Vec<Found>, step_mm: f64) -> Vec<Found> {
    candidates.sort_by(|a, b| b.energy.total_cmp(&a.energy).then((a.y, a.x, a.template).cmp(&(b.y, b.x, b.template))));
    let mut kept: Vec<Found> = Vec::new();
    for candidate in candidates {
        let apart = |other: &Found| {
            let (dx, dy) = (candidate.x.abs_diff(other.x) as f64, candidate.y.abs_diff(other.y) as f64);
            let (own, stronger) = (BANK[candidate.template].radius_mm, BANK[other.template].radius_mm);
            let echo = candidate.dipole_share() > ECHO && candidate.energy < 0.7 * other.energy;
            let least = if echo { own + 2.2 * stronger } else { 1.25 * (own + stronger) };
            dx.hypot(dy) * step_mm > least + 0.2
        };
        if kept.iter().all(apart) {
            kept.push(candidate);
        }
    }
    kept
}
