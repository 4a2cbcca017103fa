//! Scars against phantoms: which are found, with the right size and type.
//!
//! A scar of a phantom counts when its own contrast exceeds the micro-relief. Its own contrast is what it adds to the
//! true ln shading (the phantom is rendered again without scars, under the same light); the micro-relief is the true ln
//! shading without scars. Both are smoothed by an eighth of the scar's diameter; the contrast is the 95th percentile of
//! the added amount within 1.2 radii, in standard deviations of the micro-relief between that and two diameters.

use super::{Claim, Plan, Set, scenario};
use crate::base::{Plane, parallel};
use crate::error::Result;
use crate::filter::gaussian::blur;
use crate::measure::config::Family;
use crate::measure::scar::SizeBin;
use crate::measure::{Config, Lesion, LesionKind, Outcome, Pipeline, Regions};
use crate::phantom::{Phantom, Rendered, Scar, ScarKind, ScarPlan};
use crate::photo::{Limits, Photo};

/// Standard deviations of the micro-relief that a scar's contrast exceeds to count.
pub const COUNTS: f64 = 2.0;

/// The phantom of a scenario in a skin tone and a light: scars of every type, and spots between them.
#[must_use]
pub fn phantom(set: Set, scenario: usize, ita_deg: f64, (azimuth_deg, elevation_deg): (f64, f64)) -> Phantom {
    let mut phantom = scenario::scenario(set, scenario);
    phantom.ita_deg = ita_deg;
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

/// Pairs scars and findings, nearest first, within 1 mm; a pair is the indices of both.
#[must_use]
pub fn pairs(scars: &[(Scar, f64)], findings: &[Lesion], mm_per_px: f64) -> Vec<(usize, usize)> {
    let mut near: Vec<(f64, usize, usize)> = Vec::new();
    for (i, (scar, _)) in scars.iter().enumerate() {
        for (j, finding) in findings.iter().enumerate() {
            let distance = (scar.x_px - finding.x_px).hypot(scar.y_px - finding.y_px) * mm_per_px;
            if distance <= 1.0 && (scar.kind == ScarKind::Hypertrophic) == (finding.kind == LesionKind::Elevation) {
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

/// What a set of phantoms gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Found, missed, invented.
    pub score: Score,
    /// Sunken scars that were found, and those of them in the right size bin.
    pub bins: [usize; 2],
    /// The same of the suggested type, for ice pick, boxcar, rolling, hypertrophic.
    pub types: [[usize; 2]; 4],
    /// Scars of each type that count, and those of them that were found.
    pub recall: [[usize; 2]; 4],
}

impl Tally {
    /// Right size bins among the sunken scars found.
    #[must_use]
    pub fn bins_right(&self) -> f64 {
        share(self.bins)
    }

    /// Right types among all found.
    #[must_use]
    pub fn types_right(&self) -> f64 {
        share(self.types.iter().fold([0, 0], |[a, b], t| [a + t[0], b + t[1]]))
    }

    /// Adds what was found on another phantom.
    pub fn add(&mut self, other: &Self) {
        self.score += other.score;
        let sum = |a: &mut [usize; 2], b: [usize; 2]| {
            a[0] += b[0];
            a[1] += b[1];
        };
        sum(&mut self.bins, other.bins);
        for i in 0..4 {
            sum(&mut self.types[i], other.types[i]);
            sum(&mut self.recall[i], other.recall[i]);
        }
    }
}

fn share([all, right]: [usize; 2]) -> f64 {
    right as f64 / all.max(1) as f64
}

/// Renders and measures one phantom; `light_given` tells the measurement where the lamp stands.
///
/// # Errors
/// When the phantom cannot be rendered or measured.
pub fn measure(phantom: &Phantom, light_given: bool) -> Result<Tally> {
    let rendered = phantom.render()?;
    let truth = contrasts(&rendered)?;
    let photo = Photo::from_bytes(&rendered.jpeg()?, &Limits::default())?;
    let config = Config {
        mm_per_px: Some(phantom.mm_per_px),
        light_azimuth_deg: light_given.then_some(phantom.light.azimuth_deg),
        families: vec![Family::Scars],
        ..Config::default()
    };
    let findings = match Pipeline::new(config)?.measure(&photo, &Regions::default())? {
        Outcome::Measured(m) => m.lesions.into_iter().filter(|l| l.scar.is_some()).collect(),
        Outcome::Refused { .. } => Vec::new(),
    };
    let pairs = pairs(&truth, &findings, phantom.mm_per_px);
    let mut tally = Tally { score: score(&truth, findings.len(), &pairs), ..Tally::default() };
    for (i, (scar, contrast)) in truth.iter().enumerate() {
        if *contrast <= COUNTS {
            continue;
        }
        let (kind, name) = named(scar.kind);
        tally.recall[kind][0] += 1;
        let Some(&(_, j)) = pairs.iter().find(|(a, _)| *a == i) else { continue };
        tally.recall[kind][1] += 1;
        let finding = &findings[j];
        tally.types[kind][0] += 1;
        let suggested = finding.scar.as_ref().and_then(|s| s.scar_type.as_deref());
        tally.types[kind][1] += usize::from(suggested == Some(name));
        if scar.kind != ScarKind::Hypertrophic {
            tally.bins[0] += 1;
            let found = finding.diameter_mm.map(SizeBin::of);
            tally.bins[1] += usize::from(found == Some(SizeBin::of(scar.diameter_mm)));
        }
    }
    Ok(tally)
}

fn named(kind: ScarKind) -> (usize, &'static str) {
    match kind {
        ScarKind::IcePick => (0, "ice_pick"),
        ScarKind::Boxcar => (1, "boxcar"),
        ScarKind::Rolling => (2, "rolling"),
        ScarKind::Hypertrophic => (3, "hypertrophic"),
    }
}

/// Skin tones (ITA) of the claims.
pub const TONES: [f64; 3] = [50.0, 20.0, -20.0];
/// Lights of the claims: azimuth and elevation of the lamp in degrees.
pub const LIGHTS: [(f64, f64); 2] = [(125.0, 40.0), (30.0, 50.0)];
/// All tones and lights of the plan's scenarios; one tally per tone.
///
/// # Errors
/// When a phantom cannot be rendered or measured.
pub fn tallies(plan: &Plan, light_given: bool) -> Result<[Tally; TONES.len()]> {
    let per_tone = LIGHTS.len() * plan.scenarios;
    let parts = parallel::map_indices(TONES.len() * per_tone, |i| {
        let (tone, rest) = (i / per_tone, i % per_tone);
        let (light, scenario) = (LIGHTS[rest / plan.scenarios], rest % plan.scenarios);
        measure(&phantom(plan.set, scenario, TONES[tone], light), light_given)
    });
    let mut tallies: [Tally; TONES.len()] = Default::default();
    for (i, part) in parts.into_iter().enumerate() {
        tallies[i / per_tone].add(&part?);
    }
    Ok(tallies)
}

/// The claims.
///
/// # Errors
/// When a phantom cannot be rendered or measured.
pub fn rows(plan: &Plan) -> Result<Vec<Claim>> {
    let mut claims = Vec::new();
    let mut all = Tally::default();
    for (light_given, words) in [(true, "light given"), (false, "light told from the photo")] {
        for (ita, total) in TONES.into_iter().zip(tallies(plan, light_given)?) {
            let Score { found, missed, invented } = total.score;
            claims.push(Claim {
                claim: "scars are found",
                measure: format!(
                    "F1 at 1 mm, scars above {COUNTS} SD of the micro-relief, ITA {ita}, two lights, {words}"
                ),
                target: "at least 0.90",
                found: format!("{:.3} ({found} found, {missed} missed, {invented} invented)", total.score.f1()),
                met: total.score.f1() >= 0.9,
            });
            if light_given {
                all.add(&total);
            }
        }
    }
    claims.push(Claim {
        claim: "scars have their size",
        measure: "sunken scars found whose bin (below 2, 2 to 4, above 4 mm) is right, all tones and lights".to_owned(),
        target: "at least 90 %",
        found: format!("{:.1} % of {}", 100.0 * all.bins_right(), all.bins[0]),
        met: all.bins_right() >= 0.9,
    });
    let mut each = String::new();
    for (i, name) in ["ice pick", "boxcar", "rolling", "hypertrophic"].into_iter().enumerate() {
        let (recall, right) = (share(all.recall[i]), share(all.types[i]));
        each += &format!("; {name}: {:.1} % found, {:.1} % typed right", 100.0 * recall, 100.0 * right);
    }
    claims.push(Claim {
        claim: "scars have their type",
        measure: "scars found whose suggested type is right, all tones and lights".to_owned(),
        target: "at least 80 %",
        found: format!("{:.1} %{each}", 100.0 * all.types_right()),
        met: all.types_right() >= 0.8,
    });
    Ok(claims)
}
