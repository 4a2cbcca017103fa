//! Named phantoms: the photographs of the fixtures.

use super::{Hair, Phantom, ScarPlan, SpotPlan};

/// The names of the presets, in the order in which they are rendered.
pub const NAMES: [&str; 7] = [
    "cheek_light_acne_scars",
    "cheek_tan_pih",
    "cheek_intermediate_pie",
    "forearm_brown_smooth",
    "cheek_dark_boxcar",
    "jaw_light_before",
    "jaw_light_after",
];

/// The phantom of a name; `None` for an unknown name.
#[must_use]
pub fn preset(name: &str) -> Option<Phantom> {
    let mut p = Phantom::default();
    match name {
        "cheek_light_acne_scars" => {
            p.seed = 11;
            (p.ita_deg, p.blood) = (48.0, 0.012);
            p.scars = ScarPlan { ice_pick: 9, boxcar: 5, rolling: 2, ..ScarPlan::default() };
            p.spots = SpotPlan { pie: 3, pie_amount: 0.006, ..SpotPlan::default() };
            p.relief.pores_per_cm2 = 90.0;
        }
        "cheek_tan_pih" => {
            p.seed = 12;
            (p.ita_deg, p.blood) = (20.0, 0.016);
            p.spots = SpotPlan { pih: 14, pih_amount: 0.05, ..SpotPlan::default() };
            p.scars = ScarPlan { ice_pick: 3, ..ScarPlan::default() };
            p.light.azimuth_deg = 60.0;
            p.light.glare = 0.05;
        }
        "cheek_intermediate_pie" => {
            p.seed = 13;
            (p.ita_deg, p.blood) = (34.0, 0.014);
            p.spots = SpotPlan { pie: 12, pih: 2, pie_amount: 0.018, pih_amount: 0.015, ..SpotPlan::default() };
            p.light.azimuth_deg = 160.0;
        }
        "forearm_brown_smooth" => {
            p.seed = 14;
            (p.ita_deg, p.blood) = (-5.0, 0.018);
            p.relief.pores_per_cm2 = 12.0;
            p.relief.line_depth_mm = 0.045;
            p.relief.tension_deg = 70.0;
            p.light.glare = 0.06;
            p.light.curvature_per_mm = 0.010;
            p.hair = Hair { per_cm2: 5.0, ..Hair::default() };
        }
        "cheek_dark_boxcar" => {
            p.seed = 15;
            (p.ita_deg, p.blood) = (-42.0, 0.020);
            p.scars = ScarPlan { boxcar: 7, ice_pick: 3, rolling: 1, redness: 0.05, ..ScarPlan::default() };
            p.spots = SpotPlan { pih: 4, pih_amount: 0.06, ..SpotPlan::default() };
            p.light.glare = 0.05;
            p.light.azimuth_deg = 45.0;
        }
        "jaw_light_before" | "jaw_light_after" => {
            p.seed = 16;
            (p.ita_deg, p.blood) = (42.0, 0.013);
            p.scars = ScarPlan { rolling: 3, boxcar: 4, ice_pick: 4, hypertrophic: 1, ..ScarPlan::default() };
            p.relief.pores_per_cm2 = 50.0;
            p.camera.noise_seed = 1;
            if name == "jaw_light_after" {
                p.relief_gain = 0.7;
                p.camera.noise_seed = 2;
            }
        }
        _ => return None,
    }
    Some(p)
}
