//! Light, camera and recapture are not skin.

use super::figures::{at_most, change, cv, farthest};
use super::studio::{Reading, Studio};
use super::{Claim, Plan};
use crate::error::Result;
use crate::measure::Column;
use crate::phantom::recapture::{Spread, series};
use crate::phantom::{Camera, Phantom};

/// The skin's ITA in degrees: it can be exposed half a stop more without clipping.
const TONE: f64 = 30.0;
/// Recaptures of one skin.
const RECAPTURES: usize = 20;

/// What must repeat, and within how many percent.
const REPEATS: [(Column, &str, f64); 12] = [
    (Column::RELIEF_SQ_FINE, "2 %", 2.0),
    (Column::RELIEF_SQ_MID, "2 %", 2.0),
    (Column::RELIEF_SQ_COARSE, "2 %", 2.0),
    (Column::MELANIN_MEAN, "5 %", 5.0),
    (Column::MELANIN_SD, "5 %", 5.0),
    (Column::HEMOGLOBIN_MEAN, "5 %", 5.0),
    (Column::HEMOGLOBIN_SD, "5 %", 5.0),
    (Column::EVENNESS_DE00, "5 %", 5.0),
    (Column::DARK_SPOT_AREA_FRACTION, "5 %", 5.0),
    (Column::DARK_SPOT_CONTRAST, "5 %", 5.0),
    (Column::RED_SPOT_AREA_FRACTION, "5 %", 5.0),
    (Column::RED_SPOT_CONTRAST, "5 %", 5.0),
];

/// What one scenario yields, in percent.
struct Found {
    gradient: f64,
    exposure: f64,
    noise: f64,
    blur: f64,
    quality_90: f64,
    quality_85: f64,
    flagged_85: bool,
    subsampled: f64,
    subsampled_fine: f64,
    repeats: [f64; REPEATS.len()],
}

/// The claims.
///
/// # Errors
/// When a phantom cannot be rendered or is refused.
pub fn rows(plan: &Plan) -> Result<Vec<Claim>> {
    let found = plan.each(|phantom| scenario(&phantom))?;
    let all = |f: fn(&Found) -> f64| found.iter().map(f).collect::<Vec<_>>();
    let (light, camera) = ("light is not relief", "camera is not skin");
    let mid = |what: &str| format!("change of relief_sq_mid: {what}");
    let mut claims = vec![
        at_most(light, mid("light gradient of ±30 %, the larger"), "2 %", 2.0, &all(|f| f.gradient)),
        at_most(light, mid("exposure ±0.5 EV, the larger"), "2 %", 2.0, &all(|f| f.exposure)),
        at_most(camera, mid("noise x 2"), "3 %", 3.0, &all(|f| f.noise)),
        at_most(camera, mid("PSF + 20 %"), "2 %", 2.0, &all(|f| f.blur)),
        at_most(camera, mid("JPEG quality 95 to 90"), "5 %", 5.0, &all(|f| f.quality_90)),
    ];
    let flagged = found.iter().filter(|f| f.flagged_85).count();
    let shown =
        at_most(camera, mid("JPEG quality 85: flag jpeg_low_quality"), "flagged", f64::NAN, &all(|f| f.quality_85));
    claims.push(Claim {
        found: format!("{flagged} of {} flagged; changed by {}", found.len(), shown.found),
        met: flagged == found.len(),
        ..shown
    });
    let phone = "JPEG 4:2:0, noise of color smoothed to 40 %";
    claims.push(at_most(camera, mid(phone), "4 %", 4.0, &all(|f| f.subsampled)));
    let fine = format!("change of relief_sq_fine: {phone}");
    claims.push(at_most(camera, fine, "15 %", 15.0, &all(|f| f.subsampled_fine)));
    for (i, (column, target, limit)) in REPEATS.into_iter().enumerate() {
        let figures: Vec<f64> = found.iter().map(|f| f.repeats[i]).collect();
        let measure = format!("CV of {} over {RECAPTURES} recaptures", column.metric().name);
        claims.push(at_most("recapture repeats", measure, target, limit, &figures));
    }
    Ok(claims)
}

fn scenario(base: &Phantom) -> Result<Found> {
    let mut studio = Studio::new(base.mm_per_px)?;
    let base = Phantom { ita_deg: TONE, ..base.clone() };
    let mid = |r: Reading| r.number(Column::RELIEF_SQ_MID);
    let fine = |r: &Reading| r.number(Column::RELIEF_SQ_FINE);

    // Along the diagonal, 0.6 is 30 % more in one corner and 30 % less in the other.
    let diagonal = (base.height_px as f64).atan2(base.width_px as f64).to_degrees();
    let mut lit = |gradient: f64| {
        let mut p = base.clone();
        (p.light.gradient, p.light.gradient_deg) = (gradient, Some(diagonal));
        studio.read(&p).map(mid)
    };
    let (even, up, down) = (lit(0.0)?, lit(0.6)?, lit(-0.6)?);
    let gradient = farthest(&[change(even, up), change(even, down)]);

    let plain = studio.read(&base)?;
    let (plain_fine, plain) = (fine(&plain), mid(plain));
    let mut by = |camera: Camera| studio.photograph(&base, &base.recapture, &camera);
    let c = &base.camera;
    let mut changed = |camera: Camera| by(camera).map(|r| change(plain, mid(r)));
    let brighter = changed(Camera { exposure: 0.5_f64.exp2(), ..c.clone() })?;
    let darker = changed(Camera { exposure: (-0.5_f64).exp2(), ..c.clone() })?;
    let (shot_noise, read_noise) = (2.0 * c.shot_noise, 2.0 * c.read_noise);
    let noise = changed(Camera { shot_noise, read_noise, ..c.clone() })?;
    let blur = changed(Camera { blur_px: 1.2 * c.blur_px, ..c.clone() })?;
    let quality_90 = changed(Camera { quality: 90, ..c.clone() })?;
    let low = by(Camera { quality: 85, ..c.clone() })?;
    let phone = by(Camera { subsample: true, chroma_noise: 0.4, ..c.clone() })?;
    Ok(Found {
        gradient,
        exposure: farthest(&[brighter, darker]),
        noise,
        blur,
        quality_90,
        flagged_85: low.flagged("jpeg_low_quality"),
        quality_85: change(plain, mid(low)),
        subsampled_fine: change(plain_fine, fine(&phone)),
        subsampled: change(plain, mid(phone)),
        repeats: repeats(&mut studio, &base)?,
    })
}

/// CV of every metric over recaptures of skin with spots, measured with the nominal scale.
fn repeats(studio: &mut Studio, base: &Phantom) -> Result<[f64; REPEATS.len()]> {
    let mut p = base.clone();
    (p.spots.pih, p.spots.pie, p.spots.de00) = (10, 10, Some([4.0, 10.0]));
    let all = series(p.seed, RECAPTURES, Spread::default(), &p.camera);
    let size = (p.width_px, p.height_px);
    p.margin_px = all.iter().map(|(r, c)| r.margin_px(size, c.lens_reach_px())).max().unwrap_or(0);
    let readings: Vec<Reading> =
        all.iter().map(|(recapture, camera)| studio.photograph(&p, recapture, camera)).collect::<Result<_>>()?;
    Ok(REPEATS.map(|(column, ..)| cv(&readings.iter().map(|r| r.number(column)).collect::<Vec<_>>())))
}
