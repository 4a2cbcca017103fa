//! The skin mask: color first, then what is not skin after all.
//!
//! The rule works in log chromaticity (u = ln R/G, v = ln G/B), so it has no brightness floor that would drop dark skin.
//! Holes in the skin are filled: a lesion is darker, redder or grayer than any skin rule, and it is what one came for.

use crate::base::{Mask, Plane};
use crate::filter::{gaussian, morphology};
use crate::measure::config::SkinConfig;
use crate::measure::pigment::Chromaticity;
use crate::measure::pigment::spots::components;
use crate::measure::pigment::tone::Polarization;

use super::hair::hair;

/// Bounds of u = ln R/G on skin: from very light skin in cool light to inflamed skin in warm light. ISSA skin (15,256
/// spectra, D65) spans 0.25 to 1.0.
const SKIN_U: [f32; 2] = [-0.02, 1.9];
/// Bounds of v = ln G/B on skin. ISSA skin spans 0.15 to 0.95; dermoscopes and flash shift it towards blue.
const SKIN_V: [f32; 2] = [-0.30, 1.7];
/// The upper bound of v behind crossed polarizers: without its white surface dark skin sends back hardly any blue.
const CROSSED_V: f32 = 3.5;

/// The skin of a photo, at half resolution.
#[derive(Clone, Debug)]
pub struct Skin {
    /// The pixels to measure.
    pub mask: Mask,
    /// Specular highlights.
    pub glare: Mask,
}

/// Finds the skin. `given` is an operator's mask, `opaque` the opaque pixels, both at half resolution.
#[must_use]
pub fn find(
    photo: &Chromaticity,
    given: Option<&Mask>,
    opaque: Option<&Mask>,
    gray: bool,
    config: &SkinConfig,
) -> Skin {
    let (width, height) = (photo.u.width(), photo.u.height());
    let glare = if gray { photo.clipped.clone() } else { glare(photo) };
    let mut excluded = photo.clipped.clone();
    if config.exclude_glare {
        excluded = excluded.or(&glare);
    }
    if let Some(opaque) = opaque {
        excluded = excluded.or(&Mask::full(width, height).minus(opaque));
    }
    if gray {
        let skin = given.cloned().unwrap_or_else(|| Mask::full(width, height));
        return Skin { mask: skin.minus(&excluded), glare };
    }
    if config.exclude_hair {
        excluded = excluded.or(&hair(&photo.g));
    }
    let colored = colored(photo, config.polarization);
    if config.exclude_pen {
        excluded = excluded.or(&pen(photo, &colored));
    }
    let skin = given.cloned().unwrap_or_else(|| tidy(&colored));
    Skin { mask: skin.minus(&excluded), glare }
}

/// Pixels whose smoothed chromaticity is that of skin.
fn colored(photo: &Chromaticity, polarization: Polarization) -> Mask {
    let skin_v = [SKIN_V[0], if polarization == Polarization::Cross { CROSSED_V } else { SKIN_V[1] }];
    let (u, v) = (gaussian::blur(&photo.u, 1.5), gaussian::blur(&photo.v, 1.5));
    let inside = |value: f32, [low, high]: [f32; 2]| (low..=high).contains(&value);
    Mask::from_fn(u.width(), u.height(), |x, y| {
        let (u, v) = (u.at(x, y), v.at(x, y));
        // Gray things (rulers, cloth, vignettes) have neither; skin always has some of both together.
        inside(u, SKIN_U) && inside(v, skin_v) && u + v > 0.10 && !photo.dark.contains(x, y)
    })
}

/// Drops islands and fills holes: islands below a hundredth of the skin, holes below a tenth of it.
fn tidy(colored: &Mask) -> Mask {
    let (width, height) = (colored.width(), colored.height());
    let area = colored.count();
    let mut skin = Mask::empty(width, height);
    for island in components(colored).into_iter().filter(|c| c.len() * 100 >= area) {
        for (x, y) in island {
            skin.set(x as usize, y as usize, true);
        }
    }
    let touches_edge = |&(x, y): &(u32, u32)| x == 0 || y == 0 || x as usize + 1 == width || y as usize + 1 == height;
    for hole in components(&Mask::full(width, height).minus(&skin)) {
        if hole.len() * 10 < area && !hole.iter().any(touches_edge) {
            for (x, y) in hole {
                skin.set(x as usize, y as usize, true);
            }
        }
    }
    skin
}

/// Highlights: near the top of the scale, or clearly brighter than the surround and drawn towards the color of the light.
fn glare(photo: &Chromaticity) -> Mask {
    const NEAR_TOP: f32 = 0.955;
    let sigma = surround(photo);
    let [g, u, v] = [&photo.g, &photo.u, &photo.v].map(|plane| {
        let usable = Mask::full(plane.width(), plane.height()).minus(&photo.dark);
        gaussian::smooth_weighted(&usable.apply(plane), &usable.plane().map(f32::from), sigma)
    });
    let highlight = Mask::from_fn(g.width(), g.height(), |x, y| {
        let (here_u, here_v) = (photo.u.at(x, y), photo.v.at(x, y));
        let brightest = (photo.g.at(x, y) + here_u.max(0.0).max(-here_v)).exp();
        let brighter = photo.g.at(x, y) - g.at(x, y) > 0.35;
        let whiter = here_u < 0.6 * u.at(x, y) && here_v < 0.6 * v.at(x, y) + 0.03;
        let white = here_u.abs() < 0.25 && here_v.abs() < 0.25;
        (brightest > NEAR_TOP && white) || (brighter && whiter)
    });
    morphology::dilate_mask(&highlight.or(&photo.clipped), 1)
}

/// Ink: bluer or greener than this photo's skin by far more than any lesion.
fn pen(photo: &Chromaticity, colored: &Mask) -> Mask {
    let (u, v) = (gaussian::blur(&photo.u, 1.0), gaussian::blur(&photo.v, 1.0));
    let (Some(skin_u), Some(skin_v)) = (median(&u, colored), median(&v, colored)) else {
        return Mask::empty(u.width(), u.height());
    };
    let ink = Mask::from_fn(u.width(), u.height(), |x, y| {
        let (u, v) = (u.at(x, y), v.at(x, y));
        let blue = v < skin_v - 0.38 && v < 0.0;
        let green = u < skin_u - 0.45 && u < 0.05;
        (blue || green) && !photo.dark.contains(x, y)
    });
    // A pen draws strokes: what stays after erosion is a bluish lesion, not ink.
    let thick = morphology::erode_mask(&ink, (u.width().min(u.height()) / 16).max(4));
    let mut marks = Mask::empty(u.width(), u.height());
    let least = (u.width() * u.height() / 20_000).max(12);
    let stroke =
        |c: &Vec<(u32, u32)>| c.len() >= least && !c.iter().any(|&(x, y)| thick.contains(x as usize, y as usize));
    for mark in components(&ink).into_iter().filter(stroke) {
        for (x, y) in mark {
            marks.set(x as usize, y as usize, true);
        }
    }
    morphology::dilate_mask(&marks, 3)
}

/// Standard deviation of the Gaussian that says what is normal around a pixel.
fn surround(photo: &Chromaticity) -> f64 {
    (photo.u.width().min(photo.u.height()) as f64 / 20.0).clamp(8.0, 60.0)
}

fn median(plane: &Plane, mask: &Mask) -> Option<f32> {
    let mut values: Vec<f32> =
        plane.data().iter().zip(mask.plane().data()).filter(|&(_, &m)| m != 0).map(|(&v, _)| v).collect();
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f32::total_cmp).1)
}
