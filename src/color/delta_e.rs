//! The CIEDE2000 color difference, CIE 142-2001; test data of Sharma, Wu and Dalal 2005.

use super::Lab;

/// A hue difference this close to 180 degrees counts as 180, so that the last bit of `atan2` decides nothing.
const HUE_TIE_DEG: f64 = 1e-9;

/// CIEDE2000 difference of two colors, with all parametric factors 1.
#[must_use]
pub fn delta_e_00(x: Lab, y: Lab) -> f64 {
    let mean_chroma = f64::midpoint(x.chroma(), y.chroma());
    let g = 0.5 * (1.0 - saturation(mean_chroma));
    let (a1, a2) = ((1.0 + g) * x.a, (1.0 + g) * y.a);
    let (c1, c2) = (a1.hypot(x.b), a2.hypot(y.b));
    let (h1, h2) = (hue(a1, x.b), hue(a2, y.b));
    let achromatic = c1 * c2 == 0.0;

    let turn = if achromatic { 0.0 } else { shortest(h2 - h1) };
    let d_l = y.l - x.l;
    let d_c = c2 - c1;
    let d_h = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();

    let l = f64::midpoint(x.l, y.l);
    let c = f64::midpoint(c1, c2);
    let h = if achromatic { h1 + h2 } else { mean_hue(h1, h2) };

    let cos = |deg: f64| deg.to_radians().cos();
    let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0) - 0.20 * cos(4.0 * h - 63.0);
    let s_l = 1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt();
    let s_c = 1.0 + 0.045 * c;
    let s_h = 1.0 + 0.015 * c * t;
    let rotation = 30.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
    let r_t = -(2.0 * rotation).to_radians().sin() * 2.0 * saturation(c);

    let (l, c, h) = (d_l / s_l, d_c / s_c, d_h / s_h);
    (l * l + c * c + h * h + r_t * c * h).sqrt()
}

/// sqrt(C^7 / (C^7 + 25^7)).
fn saturation(chroma: f64) -> f64 {
    let c7 = chroma.powi(7);
    (c7 / (c7 + 25f64.powi(7))).sqrt()
}

fn hue(a: f64, b: f64) -> f64 {
    if a == 0.0 && b == 0.0 { 0.0 } else { b.atan2(a).to_degrees().rem_euclid(360.0) }
}

fn shortest(turn: f64) -> f64 {
    if turn > 180.0 + HUE_TIE_DEG {
        turn - 360.0
    } else if turn < -180.0 - HUE_TIE_DEG {
        turn + 360.0
    } else {
        turn
    }
}

fn mean_hue(h1: f64, h2: f64) -> f64 {
    let half = f64::midpoint(h1, h2);
    if (h1 - h2).abs() <= 180.0 + HUE_TIE_DEG {
        half
    } else if h1 + h2 < 360.0 {
        half + 180.0
    } else {
        half - 180.0
    }
}
