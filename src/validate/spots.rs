//! Spots are found: brown and red, over tones, against where the phantom drew them.
//!
//! A spot counts when it is at least 1 mm wide and its mean color differs by CIEDE2000 3 from the skin around it, by the
//! truth. Weaker and smaller ones are there too, as on any skin: finding them is neither a hit nor a false alarm.

use super::studio::{Reading, Studio};
use super::{Claim, Plan};
use crate::error::Result;
use crate::measure::{Lesion, LesionKind};
use crate::phantom::{Phantom, Spot, SpotKind};

/// ITA in degrees.
const TONES: [f64; 3] = [45.0, 20.0, -5.0];
/// Least diameter in mm and least CIEDE2000 of a spot that counts.
const COUNTS: (f64, f64) = (1.0, 3.0);

/// How a photograph's spots were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Spots that count and were found.
    pub hits: usize,
    /// Spots that count and were not.
    pub misses: usize,
    /// Lesions where no spot is.
    pub false_alarms: usize,
    /// Hits of the right kind.
    pub right_kind: usize,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            hits: self.hits + other.hits,
            misses: self.misses + other.misses,
            false_alarms: self.false_alarms + other.false_alarms,
            right_kind: self.right_kind + other.right_kind,
        }
    }

    /// F1; NaN when there was nothing to find.
    #[must_use]
    pub fn f1(self) -> f64 {
        2.0 * self.hits as f64 / (2 * self.hits + self.misses + self.false_alarms) as f64
    }

    /// Share of hits of the right kind.
    #[must_use]
    pub fn kind_right(self) -> f64 {
        self.right_kind as f64 / self.hits as f64
    }
}

/// The claims.
///
/// # Errors
/// When a phantom cannot be rendered or is refused.
pub fn rows(plan: &Plan) -> Result<Vec<Claim>> {
    let found = plan.each(|phantom| tones(&phantom))?;
    let by_tone = [0, 1, 2].map(|tone| found.iter().fold(Tally::default(), |sum, t| sum.and(t[tone])));
    let total = by_tone.into_iter().fold(Tally::default(), Tally::and);
    let each = |f: fn(Tally) -> f64| by_tone.map(|t| format!("{:.3}", f(t))).join(", ");
    let what = "PIH and PIE from 1 mm and CIEDE2000 3 (mean against ring), ITA 45, 20, -5";
    let Tally { hits, misses, false_alarms, right_kind } = total;
    Ok(vec![
        Claim {
            claim: "spots are found",
            measure: format!("F1 of {what}"),
            target: "0.92",
            found: format!(
                "{:.3} (tones {}; {hits} hits, {misses} misses, {false_alarms} false alarms)",
                total.f1(),
                each(Tally::f1)
            ),
            met: total.f1() >= 0.92,
        },
        Claim {
            claim: "... and their kind is right",
            measure: format!("share of hits, {what}"),
            target: "0.95",
            found: format!("{:.3} (tones {}; {right_kind} of {hits})", total.kind_right(), each(Tally::kind_right)),
            met: total.kind_right() >= 0.95,
        },
    ])
}

fn tones(base: &Phantom) -> Result<[Tally; 3]> {
    let mut studio = Studio::new(base.mm_per_px)?;
    let mut out = [Tally::default(); 3];
    for (tally, ita_deg) in out.iter_mut().zip(TONES) {
        *tally = tally_of(&studio.read(&spotted(base, ita_deg))?);
    }
    Ok(out)
}

/// The scenario's skin of a tone with 12 spots of either kind, weak and strong ones.
#[must_use]
pub fn spotted(base: &Phantom, ita_deg: f64) -> Phantom {
    let mut p = Phantom { ita_deg, ..base.clone() };
    (p.spots.pih, p.spots.pie) = (12, 12);
    (p.spots.de00, p.spots.diameter_mm) = (Some([2.0, 12.0]), [0.8, 4.0]);
    p
}

/// Compares what was found with what is there.
#[must_use]
pub fn tally_of(reading: &Reading) -> Tally {
    let spots = &reading.truth.spots;
    let owners = matched(spots, &reading.lesions, reading.truth.mm_per_px);
    let mut tally = Tally::default();
    for (spot, owner) in spots.iter().zip(&owners) {
        if spot.diameter_mm < COUNTS.0 || spot.mean_contrast_de00 < COUNTS.1 {
            continue;
        }
        match owner {
            Some(lesion) => {
                tally.hits += 1;
                tally.right_kind += usize::from(is_kind(reading.lesions[*lesion].kind, spot.kind));
            }
            None => tally.misses += 1,
        }
    }
    tally.false_alarms = reading.lesions.len() - owners.iter().flatten().count();
    tally
}

fn is_kind(found: LesionKind, truth: SpotKind) -> bool {
    match truth {
        SpotKind::Pih => found == LesionKind::DarkSpot,
        SpotKind::Pie => found == LesionKind::RedSpot,
    }
}

/// The lesion of every spot: one to one, nearest first, centers within half a diameter or half a millimeter.
fn matched(spots: &[Spot], lesions: &[Lesion], mm_per_px: f64) -> Vec<Option<usize>> {
    let mut pairs = Vec::new();
    for (i, spot) in spots.iter().enumerate() {
        let reach = (0.5 * spot.diameter_mm).max(0.5) / mm_per_px;
        for (j, lesion) in lesions.iter().enumerate() {
            // A lesion's coordinates count from the edge of the photo, a spot's from the center of its first pixel.
            let distance = (lesion.x_px - 0.5 - spot.x_px).hypot(lesion.y_px - 0.5 - spot.y_px);
            if distance <= reach {
                pairs.push((distance, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut owners = vec![None; spots.len()];
    let mut taken = vec![false; lesions.len()];
    for (_, i, j) in pairs {
        if owners[i].is_none() && !taken[j] {
            (owners[i], taken[j]) = (Some(j), true);
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(kind: SpotKind, x_px: f64, mean_contrast_de00: f64) -> Spot {
        Spot {
            kind,
            x_px,
            y_px: 10.0,
            diameter_mm: 1.5,
            amount: 0.02,
            area_mm2: 1.7,
            contrast_de00: mean_contrast_de00 + 1.0,
            mean_contrast_de00,
        }
    }

    fn lesion(kind: LesionKind, x_px: f64) -> Lesion {
        Lesion {
            region: "all".to_owned(),
            kind,
            x_px,
            y_px: 10.5,
            area_px: 700,
            diameter_px: 30.0,
            diameter_mm: Some(1.5),
            contrast: 0.1,
            contrast_de00: Some(5.0),
            circularity: Some(0.9),
            scar: None,
        }
    }

    #[test]
    fn one_lesion_serves_one_spot_the_nearest() {
        let spots = [spot(SpotKind::Pih, 10.0, 5.0), spot(SpotKind::Pie, 22.0, 5.0)];
        // 0.05 mm: spots of 1.5 mm reach 15 pixels, so both lie within reach of the lesion at 19.
        let lesions = [lesion(LesionKind::RedSpot, 19.5), lesion(LesionKind::DarkSpot, 200.0)];
        assert_eq!(matched(&spots, &lesions, 0.05), [None, Some(0)]);
    }

    #[test]
    fn figures() {
        let tally = Tally { hits: 8, misses: 2, false_alarms: 2, right_kind: 6 };
        assert!((tally.f1() - 0.8).abs() < 1e-12 && (tally.kind_right() - 0.75).abs() < 1e-12);
        assert_eq!(tally.and(tally).hits, 16);
        assert!(Tally::default().f1().is_nan());
    }
}
