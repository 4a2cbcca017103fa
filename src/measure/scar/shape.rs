//! What is measured of a scar that was found: size, depth index, edges, contrast, color.
//!
//! The diameter lies between those of the templates: the vertex of the parabola through the energies of the best one
//! and its two neighbors of the same form, over ln radius. The size that a form sees is off by a constant factor (a V
//! looks smaller than its rim, because its rim is flat); the factors were fitted to phantoms.

use super::classify::{self, Features, ScarType, SizeBin};
use super::detect::Found;
use super::plane::Picture;
use super::profile::{BANK, Form};
use crate::color::{Lab, delta_e_00};
use crate::measure::pigment::Chromaticity;
use crate::measure::pigment::chromaticity::FACTOR;

/// What a template explains by chance, added to both sides of a ratio of energies.
const CHANCE: f64 = 50.0;

/// A scar in photo pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Scar {
    /// Raised, not sunken.
    pub raised: bool,
    /// Center in photo pixels.
    pub center: (f64, f64),
    /// Diameter in mm.
    pub diameter_mm: f64,
    /// Its bin.
    pub size: SizeBin,
    /// Suggested type.
    pub scar_type: ScarType,
    /// Probability of that type.
    pub probability: f64,
    /// (dipole + 4 hollow) x radius in mm; dimensionless, grows with the depth or height.
    pub depth_index: f64,
    /// ln of what steep flanks explain over what soft ones do.
    pub edge_sharpness: f64,
    /// From the darkest to the brightest tenth inside 1.2 radii, ln units.
    pub contrast: f64,
    /// The root of what its template explains, in standard deviations of the whitened skin.
    pub contrast_sd: f64,
    /// Difference of the mean color inside 0.8 radii from that of the ring of 1.3 to 1.8 radii: CIEDE2000, CIE76.
    pub color_difference: Option<[f64; 2]>,
}

/// The best energy of a form.
fn best(found: &Found, form: Form) -> f64 {
    let of_form = BANK.iter().zip(&found.energies).filter(|(t, _)| t.form == form);
    of_form.map(|(_, &e)| f64::from(e)).fold(0.0, f64::max)
}

fn ln_ratio(a: f64, b: f64) -> f64 {
    ((a + CHANCE) / (b + CHANCE)).ln()
}

/// Diameter in mm.
fn diameter_mm(found: &Found) -> f64 {
    let form = found.form();
    let same = |i: usize| BANK.get(i).is_some_and(|t| t.form == form);
    let k = found.template;
    let ln_radius = |i: usize| BANK[i].radius_mm.ln();
    let mut center = ln_radius(k);
    if k > 0 && same(k - 1) && same(k + 1) {
        let [x0, x1, x2] = [k - 1, k, k + 1].map(ln_radius);
        let [y0, y1, y2] = [k - 1, k, k + 1].map(|i| f64::from(found.energies[i]));
        let curvature = x0 * (y2 - y1) + x1 * (y0 - y2) + x2 * (y1 - y0);
        let slope = x0 * x0 * (y1 - y2) + x1 * x1 * (y2 - y0) + x2 * x2 * (y0 - y1);
        if curvature.abs() > 1e-9 {
            // The largest of three lies inside, so the vertex does; the clamp is for rounding.
            center = (-slope / (2.0 * curvature)).clamp(x0, x2);
        }
    }
    let correction = match form {
        Form::Pore | Form::Pit => 0.078,
        Form::Box => -0.016,
        Form::Bowl => 0.084,
        Form::Dome => 0.129,
    };
    2.0 * (center + correction).exp()
}

/// Measures a found scar; `color` is the photo's, where it has one; `scars` are all found, whose places no ring may touch.
#[must_use]
pub fn measure(
    found: &Found,
    picture: &Picture,
    mm_per_px: f64,
    color: Option<&Chromaticity>,
    scars: &[Found],
) -> Scar {
    let factor = picture.factor as f64;
    let px = |v: usize| (v as f64 + 0.5) * factor - 0.5;
    let center = (px(found.x), px(found.y));
    let diameter = diameter_mm(found);
    let radius = 0.5 * diameter;
    let raised = found.form() == Form::Dome;
    let hollows = [Form::Pit, Form::Box, Form::Bowl].map(|form| best(found, form));
    let features = Features {
        diameter_mm: diameter,
        edge_sharpness: ln_ratio(hollows[0].max(hollows[1]), hollows[2]),
        flatness: ln_ratio(hollows[1], hollows[0]),
        raised: ln_ratio(best(found, Form::Dome), hollows.into_iter().fold(0.0, f64::max)),
    };
    let (scar_type, probability) = classify::suggest(found.form(), &features);
    Scar {
        raised,
        center,
        diameter_mm: diameter,
        size: SizeBin::of(diameter),
        scar_type,
        probability,
        depth_index: (found.dipole + 4.0 * found.hollow) * radius,
        edge_sharpness: features.edge_sharpness,
        contrast: contrast(found, picture, 1.2 * radius / picture.step_mm),
        contrast_sd: found.energy.sqrt(),
        color_difference: color.and_then(|c| color_difference(c, center, radius / mm_per_px, picture, scars)),
    }
}

/// From the 10th to the 90th percentile of the picture inside `reach` samples.
fn contrast(found: &Found, picture: &Picture, reach: f64) -> f64 {
    let reach = reach.max(1.5);
    let mut values: Vec<f32> =
        around((found.x as f64, found.y as f64), reach, picture.plane.width(), picture.plane.height())
            .filter(|&(x, y, r)| r <= reach && picture.mask.contains(x, y))
            .map(|(x, y, _)| picture.plane.at(x, y))
            .collect();
    values.sort_by(f32::total_cmp);
    let at = |share: f64| values.get((share * values.len().saturating_sub(1) as f64) as usize).copied().unwrap_or(0.0);
    f64::from(at(0.9) - at(0.1))
}

/// Samples within `reach` of a center, each with its distance.
fn around(center: (f64, f64), reach: f64, width: usize, height: usize) -> impl Iterator<Item = (usize, usize, f64)> {
    let span = move |c: f64, n: usize| {
        (c - reach).floor().max(0.0) as usize..((c + reach).ceil().max(-1.0) as usize + 1).min(n)
    };
    span(center.1, height)
        .flat_map(move |y| span(center.0, width).map(move |x| (x, y, (x as f64 - center.0).hypot(y as f64 - center.1))))
}

fn color_difference(
    color: &Chromaticity,
    center: (f64, f64),
    radius_px: f64,
    picture: &Picture,
    scars: &[Found],
) -> Option<[f64; 2]> {
    let half = FACTOR as f64;
    let to_half = |v: f64| (v + 0.5) / half - 0.5;
    let (center, radius) = ((to_half(center.0), to_half(center.1)), radius_px / half);
    let to_picture = |v: usize| v * FACTOR / picture.factor;
    let skin = |x: usize, y: usize| {
        let (px, py) = (to_picture(x), to_picture(y));
        px < picture.mask.width() && py < picture.mask.height() && picture.mask.contains(px, py)
    };
    let free = |x: usize, y: usize| {
        let (px, py) = (to_picture(x) as f64, to_picture(y) as f64);
        scars.iter().all(|s| {
            let own = 1.1 * BANK[s.template].radius_mm / picture.step_mm;
            (s.x as f64 - px).hypot(s.y as f64 - py) > own
        })
    };
    let (mut inside, mut ring) = (Mean::default(), Mean::default());
    for (x, y, r) in around(center, 1.8 * radius.max(2.0), color.u.width(), color.u.height()) {
        let r = r / radius.max(2.0);
        if !skin(x, y) {
            continue;
        }
        if r <= 0.8 {
            inside.add(color, x, y);
        } else if (1.3..=1.8).contains(&r) && free(x, y) {
            ring.add(color, x, y);
        }
    }
    let (a, b) = (inside.lab()?, ring.lab()?);
    let cie76 = ((a.l - b.l).powi(2) + (a.a - b.a).powi(2) + (a.b - b.b).powi(2)).sqrt();
    Some([delta_e_00(a, b), cie76])
}

/// The color of the mean log planes.
#[derive(Default)]
struct Mean {
    n: f64,
    sums: [f64; 3],
}

impl Mean {
    fn add(&mut self, color: &Chromaticity, x: usize, y: usize) {
        self.n += 1.0;
        for (sum, plane) in self.sums.iter_mut().zip([&color.u, &color.v, &color.g]) {
            *sum += f64::from(plane.at(x, y));
        }
    }

    fn lab(&self) -> Option<Lab> {
        let [u, v, g] = self.sums.map(|s| s / self.n);
        (self.n >= 4.0).then(|| Lab::from_linear([(g + u).exp(), g.exp(), (g - v).exp()]))
    }
}
