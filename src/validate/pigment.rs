//! Pigment is not relief, relief is not pigment, and pigments are themselves.

use super::figures::{at_least, at_most, change, spearman};
use super::scenario::{relight, scenario};
use super::studio::Studio;
use super::{Claim, Plan};
use crate::base::parallel;
use crate::error::Result;
use crate::measure::Column;
use crate::phantom::random::Random;
use crate::phantom::{Phantom, SpotKind};

/// Tones with and without spots or twice the relief, ITA in degrees.
const TONES: [f64; 2] = [40.0, 5.0];
/// Tones within which pigment is ranked.
const RANK_TONES: [f64; 3] = [45.0, 20.0, -5.0];
/// Phantoms that are ranked, per tone; each is another piece of skin.
const RANKED: usize = 16;
/// Stream of random numbers of this file.
const STREAM: u64 = 0x51 << 32;

/// The claims.
///
/// # Errors
/// When a phantom cannot be rendered or is refused.
pub fn rows(plan: &Plan) -> Result<Vec<Claim>> {
    let found: Vec<Found> = plan.each(|phantom| tones(&phantom))?.into_iter().flatten().collect();
    let mut claims = Vec::new();
    let targets = [("2 % (stretch 1 %)", 2.0), ("4 % (stretch 1.5 %)", 4.0), ("8 % (stretch 4 %)", 8.0)];
    for (kind, name) in [(0, "PIH"), (1, "PIE")] {
        for (band, (target, limit)) in targets.into_iter().enumerate() {
            let measure = format!("change of {} when 25 {name} spots are added, ITA 40 and 5", BAND_NAMES[band]);
            let figures: Vec<f64> = found.iter().map(|f| f.spots[kind][band]).collect();
            claims.push(at_most("pigment is not relief", measure, target, limit, &figures));
        }
    }
    for (pigment, name) in [(0, "melanin_mean"), (1, "hemoglobin_mean")] {
        let measure = format!("change of {name} when relief doubles, of that when its pigment doubles, ITA 40 and 5");
        let figures: Vec<f64> = found.iter().map(|f| f.leak[pigment]).collect();
        claims.push(at_most("relief is not pigment", measure, "2 %", 2.0, &figures));
    }
    let ranks = ranks(plan)?;
    for (pigment, name, truth) in [(0, "melanin_mean", "melanin"), (1, "hemoglobin_mean", "blood")] {
        let measure = format!(
            "Spearman of {name} with the true {truth} of {RANKED} skins, random relief and light, worst of ITA 45, 20, -5"
        );
        let by_tone = ranks[pigment];
        let worst = by_tone.into_iter().fold(1.0, |a: f64, b| if b.is_nan() { b } else { a.min(b) });
        let mut claim = at_least("pigments are themselves", measure, "0.97", 0.97, &[worst]);
        claim.found = by_tone.map(|v| format!("{v:.3}")).join(", ");
        claims.push(claim);
    }
    Ok(claims)
}

const BANDS: [Column; 3] = [Column::RELIEF_SQ_FINE, Column::RELIEF_SQ_MID, Column::RELIEF_SQ_COARSE];
const BAND_NAMES: [&str; 3] = ["relief_sq_fine", "relief_sq_mid", "relief_sq_coarse"];

/// What one scenario yields on one tone, in percent.
struct Found {
    /// Change of the three bands by PIH and by PIE.
    spots: [[f64; 3]; 2],
    /// Change of melanin and hemoglobin by relief, of that by their pigment.
    leak: [f64; 2],
}

fn tones(base: &Phantom) -> Result<Vec<Found>> {
    let mut studio = Studio::new(base.mm_per_px)?;
    TONES.iter().map(|&ita_deg| tone(&mut studio, &Phantom { ita_deg, ..base.clone() })).collect()
}

fn tone(studio: &mut Studio, base: &Phantom) -> Result<Found> {
    let plain = studio.read(base)?;
    let mut spots = [[0.0; 3]; 2];
    for (changes, kind) in spots.iter_mut().zip([SpotKind::Pih, SpotKind::Pie]) {
        let mut p = base.clone();
        match kind {
            SpotKind::Pih => p.spots.pih = 25,
            SpotKind::Pie => p.spots.pie = 25,
        }
        let reading = studio.read(&p)?;
        *changes = BANDS.map(|band| change(plain.number(band), reading.number(band)));
    }
    let melanin = plain.truth.melanin_base;
    let rough = studio.read(&Phantom { relief_gain: 2.0, ..base.clone() })?;
    let brown = studio.read(&Phantom { melanin: Some(2.0 * melanin), ..base.clone() })?;
    let red = studio.read(&Phantom { melanin: Some(melanin), blood: 2.0 * base.blood, ..base.clone() })?;
    let leak = [(Column::MELANIN_MEAN, &brown), (Column::HEMOGLOBIN_MEAN, &red)].map(|(column, doubled)| {
        let off = plain.number(column);
        100.0 * (rough.number(column) - off) / (doubled.number(column) - off)
    });
    Ok(Found { spots, leak })
}

/// Rank correlation of melanin and of hemoglobin with their truth, in every tone.
fn ranks(plan: &Plan) -> Result<[[f64; 3]; 2]> {
    // Skins of their own, after those of the scenarios: every one is another piece of skin under another lamp.
    let skins: Vec<[[[f64; 2]; 2]; 3]> =
        parallel::map_indices(RANKED, |i| skin(plan, 1000 + i)).into_iter().collect::<Result<_>>()?;
    let mut out = [[0.0; 3]; 2];
    for (pigment, row) in out.iter_mut().enumerate() {
        for (tone, rank) in row.iter_mut().enumerate() {
            let [read, truth] = [0, 1].map(|k| skins.iter().map(|s| s[tone][pigment][k]).collect::<Vec<_>>());
            *rank = spearman(&read, &truth);
        }
    }
    Ok(out)
}

/// On every tone, for both pigments: what was read, what is true.
fn skin(plan: &Plan, index: usize) -> Result<[[[f64; 2]; 2]; 3]> {
    let mut base = scenario(plan.set, index);
    let mut studio = Studio::new(base.mm_per_px)?;
    let mut random = Random::new(base.seed, STREAM);
    base.blood = 0.014;
    base.relief_gain = random.between(0.5, 1.5);
    let mut out = [[[0.0; 2]; 2]; 3];
    for (pairs, ita_deg) in out.iter_mut().zip(RANK_TONES) {
        let mut p = Phantom { ita_deg, ..base.clone() };
        relight(&mut p, &mut random);
        p.light.gradient = random.between(-0.4, 0.4);
        p.light.gradient_deg = Some(random.between(0.0, 360.0));
        let melanin = crate::phantom::skin::SkinModel::new(p.surface).melanin_for_ita(ita_deg, p.blood)?;
        p.melanin = Some(melanin * random.between(0.75, 1.25));
        p.blood *= random.between(0.75, 1.25);
        let r = studio.read(&p)?;
        *pairs = [
            [r.number(Column::MELANIN_MEAN), r.truth.melanin_mean],
            [r.number(Column::HEMOGLOBIN_MEAN), r.truth.blood_mean],
        ];
    }
    Ok(out)
}
