//! Surface parameters against their definitions, another program, and closed forms.

use cicatrix::base::{Mask, Plane};
use cicatrix::measure::texture::areal;

use crate::record::{Oracle, Section, Tolerance};
use crate::surface::{heights, parameters, spatial};
use crate::truth;

/// True for what is read from the material ratio curve.
fn from_curve(parameter: &str) -> bool {
    matches!(parameter, "Sk" | "Spk" | "Svk" | "Smr1" | "Smr2" | "Sxp") || parameter.starts_with('V')
}

/// The parameters of the three images against the definitions and against surfalize.
pub fn images() -> Section {
    let mut section = Section::new(
        "Areal surface parameters, on images",
        "The parameters of ISO 25178-2 (columns `relief_*` and `height_*`) of the three images (a fractal, pits and furrows of skin, stripes) as heights (0.01 um per count, 10 um per pixel, plane \
         removed, no filter). Definition: values computed in 64 bits from the definitions by code of its own, which shares the choices that \
         [METHODS.md](METHODS.md) states (stencils, search for the core). surfalize 0.19.2 is a program by others. It reads \
         the material ratio curve from bins of equal height, hence the wider tolerances on what comes from the curve. The tilted stripes have 128 different heights only, \
         one a column: there its Spk (0 for 3.8 um), Svk, Smr1, Vmp and Vmc differ from the definition by 2 to 100 %, more than any tolerance would excuse, and are not compared.",
        vec![
            Oracle { name: "definition", tolerance: Tolerance::Relative(1e-9) },
            Oracle { name: "definition, from the curve", tolerance: Tolerance::Relative(1e-6) },
            Oracle { name: "surfalize", tolerance: Tolerance::Relative(1e-9) },
            Oracle { name: "surfalize, core height", tolerance: Tolerance::Relative(1e-3) },
            Oracle { name: "surfalize, rest of the curve", tolerance: Tolerance::Relative(5e-3) },
        ],
    );
    let truth = truth::json("areal.json");
    for name in truth::IMAGES {
        let (definition, peer) = (&truth["images"][name]["definition"], &truth["images"][name]["surfalize"]);
        for (key, found) in parameters(&heights(name), &Mask::full(128, 128), 10.0) {
            let full = match key {
                "Sdq" => "Sdq_separate_means",
                "Sdr" => "Sdr_percent",
                other => other,
            };
            let curve = from_curve(key);
            section.compare(key, usize::from(curve), found, definition[full].as_f64().unwrap(), name);
            let oracle = match (curve, key, name) {
                (false, ..) => 2,
                (true, "Sk", _) => 3,
                (true, "Spk" | "Svk" | "Smr1" | "Vmp" | "Vmc", "stripes") => continue,
                (true, ..) => 4,
            };
            section.compare(key, oracle, found, peer[key].as_f64().unwrap(), name);
        }
    }
    let cases = [0, 1, 2, 3, 4].map(|oracle| section.cases(oracle));
    assert_eq!(cases, [27, 30, 27, 3, 22]);
    section
}

/// z(p) of a Gaussian distribution at equal steps of p.
fn gaussian_heights(n: usize) -> Vec<f64> {
    // The distribution function as its power series, inverted by Newton's rule from the height before.
    let density = |z: f64| (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    let below = |z: f64| {
        let (mut term, mut sum) = (z, z);
        for k in 1..400 {
            term *= z * z / f64::from(2 * k + 1);
            sum += term;
            if term.abs() < 1e-18 {
                break;
            }
        }
        0.5 + density(z) * sum
    };
    let mut z = 0.0;
    let upper = (0..n / 2).map(|i| {
        let p = 0.5 + (i as f64 + 0.5) / n as f64;
        for _ in 0..60 {
            let step = (below(z) - p) / density(z);
            z -= step;
            if step.abs() < 1e-13 {
                break;
            }
        }
        z
    });
    let upper: Vec<f64> = upper.collect();
    upper.iter().rev().map(|z| -z).chain(upper.iter().copied()).collect()
}

/// The parameters of surfaces whose parameters are known in closed form.
pub fn closed_forms() -> Section {
    let mut section = Section::new(
        "Areal surface parameters, closed forms",
        "A sine and a triangle of amplitude 1, and Gaussian heights of standard deviation 1; what comes from the curve was integrated numerically from its closed form. The curve of a coarsely sampled profile is a staircase, so \
         the periods hold 16384 different heights; Sdq is that of a sine of 64 samples a period, once against the closed form of the forward difference and once against the \
         continuous slope. What is zero in closed form has no relative error: it is compared in halves (the sine and the triangle are 2 high), Smr1 and Smr2 \
         as shares of the whole.",
        vec![
            Oracle { name: "closed form", tolerance: Tolerance::Relative(1e-3) },
            Oracle { name: "closed form, zeros and shares", tolerance: Tolerance::Absolute(1e-3) },
        ],
    );
    let truth = &truth::json("areal.json")["closed_form"];
    // The curve of a periodic profile is known the better the more heights a period has: 16384 here, since the four rows
    // are shifted so that no height comes twice. (At 64 samples a period Vmp of the triangle is 12 to 17 % off: sampling.)
    let period = 4096;
    let phase = |x: usize, y: usize| (x as f64 + (y as f64 + 0.5) / 8.0) / period as f64;
    let sine = Plane::from_fn(period, 4, |x, y| (std::f64::consts::TAU * phase(x, y)).sin());
    let triangle = Plane::from_fn(period, 4, |x, y| 1.0 - 4.0 * (phase(x, y) - 0.5).abs());
    let gaussian = Plane::from_vec(1024, 256, gaussian_heights(1024 * 256));
    let surfaces = [("sine_A1_lambda64", &sine), ("triangle_A1", &triangle), ("gaussian_heights_sigma1", &gaussian)];
    for (name, plane) in surfaces {
        for (key, found) in parameters(plane, &Mask::full(plane.width(), plane.height()), 1.0) {
            let Some(expected) = truth[name][key].as_f64() else { continue };
            match key {
                "Smr1" | "Smr2" => section.compare(key, 1, found / 100.0, expected / 100.0, name),
                _ if expected.abs() < 1e-6 => section.compare(key, 1, found / 2.0, expected / 2.0, name),
                _ => section.compare(key, 0, found, expected, name),
            }
        }
    }
    let coarse = Plane::from_fn(1024, 256, |x, _| (std::f64::consts::TAU * x as f64 / 64.0).sin());
    let found = areal::sdq(&coarse, &Mask::full(1024, 256)).unwrap();
    for of in ["Sdq_forward_diff_step1", "Sdq_continuous"] {
        section.compare("Sdq", 0, found, truth["sine_A1_lambda64"][of].as_f64().unwrap(), of);
    }
    assert_eq!(section.cases(0) + section.cases(1), 50);
    section
}

/// Autocorrelation length and direction.
pub fn correlation() -> Section {
    let mut section = Section::new(
        "Autocorrelation length and direction of a surface",
        "Grating: a sine of 16 pixels whose ridges run at 30 degrees; its correlation is a cosine, which falls to 0.2 at a known length. Images: the stripes run at 90 degrees, \
         and the strongest wave of the skin image runs at (10, 6) periods per image, the lay across it. surfalize lets the ends of an image meet (a circular correlation); the images are periodic, so that little depends on it. Where a ray does not \
         fall to 0.2 (fractal, stripes) neither program gives Str. Not compared: the Std of surfalize, which is 0 on all three images.",
        vec![
            Oracle { name: "grating", tolerance: Tolerance::Relative(5e-3) },
            Oracle { name: "stripes, deg", tolerance: Tolerance::Absolute(0.1) },
            Oracle { name: "skin image, deg", tolerance: Tolerance::Absolute(2.0) },
            Oracle { name: "surfalize, images", tolerance: Tolerance::Relative(0.02) },
        ],
    );
    let across = (90.0_f64 - 30.0).to_radians();
    let along = |x: usize, y: usize| x as f64 * across.cos() + y as f64 * across.sin();
    let grating = Plane::from_fn(640, 640, |x, y| (std::f64::consts::TAU * along(x, y) / 16.0).sin());
    let found = spatial(&grating, &Mask::full(640, 640)).unwrap();
    let length = 0.2_f64.acos() * 16.0 / std::f64::consts::TAU;
    section.compare("Sal", 0, found.sal.unwrap(), length, "ridges at 30 deg");
    section.compare("Std", 0, found.std_deg.unwrap(), 30.0, "ridges at 30 deg");
    let of = |name: &str| spatial(&heights(name), &Mask::full(128, 128)).unwrap();
    let (skin, stripes) = (of("skin"), of("stripes"));
    // What is left is rounding, which may differ from machine to machine; the document says "below 2e-9".
    let off = (stripes.std_deg.unwrap() - 90.0).abs();
    section.compare("Std", 1, if off < 1.5e-9 { 1.5e-9 } else { off }, 0.0, "stripes");
    // Rows are counted down.
    section.compare("Std", 2, skin.std_deg.unwrap(), 90.0 - 6.0_f64.atan2(10.0).to_degrees(), "skin");
    let truth = truth::json("areal.json");
    for (name, found) in [("fractal", of("fractal")), ("skin", skin), ("stripes", stripes)] {
        let peer = &truth["images"][name]["surfalize"];
        section.compare("Sal", 3, 10.0 * found.sal.unwrap(), peer["Sal"].as_f64().unwrap(), name);
        assert_eq!(found.str_ratio.is_some(), peer["Str"].is_number(), "{name}: {found:?}");
        if let Some(ratio) = found.str_ratio {
            section.compare("Str", 3, ratio, peer["Str"].as_f64().unwrap(), name);
        }
    }
    let cases = [0, 1, 2, 3].map(|oracle| section.cases(oracle));
    assert_eq!(cases, [2, 1, 1, 4]);
    section
}
