//! Relief reads the same on every skin, and follows its truth.
//!
//! On one piece of skin under one lamp only the melanin or the height of the relief is changed, so the true shading is
//! the same, or known to be larger by a factor.

use super::figures::{at_least, at_most, change, correlation, cv, farthest, median};
use super::studio::{Reading, Studio};
use super::{Claim, Plan};
use crate::error::Result;
use crate::measure::Column;
use crate::phantom::skin::SURFACE_DEFAULT;
use crate::phantom::{Camera, Phantom};

/// From very light to brown, ITA in degrees.
const TONES: [f64; 7] = [60.0, 45.0, 30.0, 15.0, 0.0, -15.0, -25.0];
/// Cross-polarized, from light to very dark.
const CROSSED: [f64; 5] = [35.0, 0.0, -35.0, -45.0, -55.0];
/// Unpolarized, beyond the fold.
const FOLDED: [f64; 2] = [-35.0, -45.0];
/// Relief gains.
const GAINS: [f64; 6] = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0];
/// Tones on which a small change is looked for.
const CHANGE_TONES: [f64; 2] = [40.0, 5.0];

/// What one scenario yields.
struct Found {
    tone_mid: f64,
    tone_fine: f64,
    crossed: f64,
    crossed_45: f64,
    /// The same to ITA -45 of a camera without noise.
    crossed_quiet: f64,
    /// Cross-polarized photos that needed a mask.
    masked: usize,
    fold: Vec<Dark>,
    /// Cross-polarized dark skin.
    dim: Vec<Dark>,
    linear: f64,
    linear_shading: f64,
    /// Recovered change of a true one of -10 %, one per tone, and the true change of the shading.
    step: Vec<f64>,
    step_shading: f64,
}

/// A reading on skin whose color says little.
struct Dark {
    flagged: bool,
    /// Against the reading on light skin, in percent.
    off: f64,
    /// Twice its stated error, in percent of that reading.
    allowed: f64,
}

/// The claims.
///
/// # Errors
/// When a phantom cannot be rendered or is refused.
pub fn rows(plan: &Plan) -> Result<Vec<Claim>> {
    let found = plan.each(|phantom| scenario(&phantom))?;
    let all = |f: fn(&Found) -> f64| found.iter().map(f).collect::<Vec<_>>();
    let same = "relief reads the same on every skin";
    let dark = "... and on dark skin";
    let steps: Vec<f64> = found.iter().flat_map(|f| f.step.iter().map(|s| s + 10.0)).collect();
    let recovered: Vec<f64> = found.iter().flat_map(|f| f.step.clone()).collect();
    let mut step = at_most(
        "a real change is seen",
        "recovered change of relief_sq_mid for a true -10 %, ITA 40 and 5",
        "-10 ± 1.5 points",
        1.5,
        &steps,
    );
    step.found = format!(
        "{:.2} % (off by {:.2} points, worst {:.2}; true shading {:.2} %)",
        median(&recovered),
        median(&steps.iter().map(|s| s.abs()).collect::<Vec<_>>()),
        farthest(&steps),
        median(&all(|f| f.step_shading)),
    );
    let linear = "relief is linear in truth";
    let masked: usize = found.iter().map(|f| f.masked).sum();
    let mut crossed =
        at_most(dark, "CV of relief_sq_mid, cross-polarized, ITA 35 to -55", "8 %", 8.0, &all(|f| f.crossed));
    if masked > 0 {
        crossed.found += &format!("; {masked} of {} needed a mask", found.len() * CROSSED.len());
    }
    Ok(vec![
        at_most(
            same,
            "CV of relief_sq_mid, same relief, ITA 60 to -25",
            "3 % (stretch 2 %)",
            3.0,
            &all(|f| f.tone_mid),
        ),
        at_most(
            same,
            "CV of relief_sq_fine, same relief, ITA 60 to -25",
            "8 % (stretch 4 %)",
            8.0,
            &all(|f| f.tone_fine),
        ),
        at_most(dark, "CV of relief_sq_mid, cross-polarized, ITA 35 to -45", "8 %", 8.0, &all(|f| f.crossed_45)),
        crossed,
        at_most(
            dark,
            "CV of relief_sq_mid, cross-polarized, ITA 35 to -45, a camera without noise",
            "8 %",
            8.0,
            &all(|f| f.crossed_quiet),
        ),
        flagged(
            found.iter().flat_map(|f| &f.dim).collect(),
            dark,
            "relief_sq_mid, cross-polarized, ITA -45 and -55 against ITA 35: flag little_blue; within twice the stated error",
        ),
        flagged(
            found.iter().flat_map(|f| &f.fold).collect(),
            dark,
            "relief_sq_mid, unpolarized, ITA -35 and -45 against ITA 30: flag pigment_fold; within twice the stated error",
        ),
        at_least(linear, "R² of relief_sq_mid against relief gain 0.25 to 2", "0.995", 0.995, &all(|f| f.linear)),
        at_least(
            linear,
            "R² of relief_sq_mid against the true shading of the same",
            "0.995",
            0.995,
            &all(|f| f.linear_shading),
        ),
        step,
    ])
}

/// Where color says little every reading is flagged, and its stated error covers the truth.
fn flagged(all: Vec<&Dark>, claim: &'static str, measure: &str) -> Claim {
    let count = |f: fn(&&&Dark) -> bool| all.iter().filter(f).count();
    let (flagged, covered) = (count(|f| f.flagged), count(|f| f.off.abs() <= f.allowed));
    let off: Vec<f64> = all.iter().map(|f| f.off.abs()).collect();
    let allowed = median(&all.iter().map(|f| f.allowed).collect::<Vec<_>>());
    let stated = if allowed.is_finite() { format!("{allowed:.0} %") } else { "none".to_owned() };
    Claim {
        claim,
        measure: measure.to_owned(),
        target: "all flagged; 90 % within",
        found: format!(
            "{flagged} of {n} flagged, {covered} of {n} within; off by {:.1} % (worst {:.1} %), allowed {stated}",
            median(&off),
            farthest(&off),
            n = all.len(),
        ),
        met: flagged == all.len() && covered as f64 >= 0.9 * all.len() as f64,
    }
}

fn scenario(base: &Phantom) -> Result<Found> {
    let mut studio = Studio::new(base.mm_per_px)?;
    let ita_surface = Some(SURFACE_DEFAULT);
    let skin = |ita_deg: f64, surface: f64, relief_gain: f64| Phantom {
        ita_deg,
        surface,
        ita_surface,
        relief_gain,
        ..base.clone()
    };
    let noiseless = Camera { shot_noise: 0.0, read_noise: 0.0, ..base.camera.clone() };
    let quiet: Vec<Reading> = CROSSED[..4]
        .iter()
        .map(|&ita| studio.photograph(&skin(ita, 0.0, 1.0), &base.recapture, &noiseless))
        .collect::<Result<_>>()?;
    let mut read = |ita_deg, surface, relief_gain| studio.read(&skin(ita_deg, surface, relief_gain));
    let mid = |readings: &[Reading]| readings.iter().map(|r| r.number(Column::RELIEF_SQ_MID)).collect::<Vec<_>>();
    let mut each = |tones: &[f64], surface: f64| -> Result<Vec<Reading>> {
        tones.iter().map(|&ita| read(ita, surface, 1.0)).collect()
    };
    let tones = each(&TONES, SURFACE_DEFAULT)?;
    let crossed = each(&CROSSED, 0.0)?;
    let folded = each(&FOLDED, SURFACE_DEFAULT)?;
    let against = |light: &Reading, dark: &[Reading], flag: &str| {
        let light = light.number(Column::RELIEF_SQ_MID);
        let against = |r: &Reading| Dark {
            flagged: r.flagged(flag),
            off: change(light, r.number(Column::RELIEF_SQ_MID)),
            allowed: 200.0 * r.named("relief_sq_mid_se") / light,
        };
        dark.iter().map(against).collect::<Vec<_>>()
    };
    let fold = against(&tones[2], &folded, "pigment_fold");
    let dim = against(&crossed[0], &crossed[3..], "little_blue");
    let gains: Vec<Reading> = GAINS.iter().map(|&gain| read(30.0, SURFACE_DEFAULT, gain)).collect::<Result<_>>()?;
    let shading: Vec<f64> = gains.iter().map(|r| r.truth.ln_shading_rms.mid).collect();
    let (mut step, mut step_shading) = (Vec::new(), 0.0);
    for tone in CHANGE_TONES {
        let [before, after] = [read(tone, SURFACE_DEFAULT, 1.0)?, read(tone, SURFACE_DEFAULT, 0.9)?];
        step.push(change(before.number(Column::RELIEF_SQ_MID), after.number(Column::RELIEF_SQ_MID)));
        step_shading = change(before.truth.ln_shading_rms.mid, after.truth.ln_shading_rms.mid);
    }
    let masked = crossed.iter().filter(|r| r.by_mask).count();
    let crossed = mid(&crossed);
    Ok(Found {
        tone_mid: cv(&mid(&tones)),
        tone_fine: cv(&tones.iter().map(|r| r.number(Column::RELIEF_SQ_FINE)).collect::<Vec<_>>()),
        crossed: cv(&crossed),
        crossed_45: cv(&crossed[..4]),
        crossed_quiet: cv(&mid(&quiet)),
        masked,
        fold,
        dim,
        linear: correlation(&mid(&gains), &GAINS).powi(2),
        linear_shading: correlation(&mid(&gains), &shading).powi(2),
        step,
        step_shading,
    })
}
