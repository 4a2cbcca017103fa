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
    let mut p = Phantom { width_px: 560, height_px: 420, ..Phantom::default() };
    match name {
        "cheek_light_acne_scars" => {
            p.light.glare = 0.10;
            p.seed = 11;
            (p.ita_deg, p.blood) = (44.0, 0.010);
            p.relief.tension_deg = 140.0;
            p.scars = ScarPlan { ice_pick: 7, boxcar: 5, rolling: 3, ..ScarPlan::default() };
            p.spots = SpotPlan { pie: 3, pie_amount: 0.006, ..SpotPlan::default() };
            p.relief.pores_per_cm2 = 150.0;
            (p.relief.cell_depth_mm, p.fine_mottle) = (0.055, 0.06);
        }
        "cheek_tan_pih" => {
            p.seed = 12;
            (p.ita_deg, p.blood) = (20.0, 0.016);
            p.spots = SpotPlan { pih: 14, pih_amount: 0.05, ..SpotPlan::default() };
            p.scars = ScarPlan { ice_pick: 3, ..ScarPlan::default() };
            p.light.azimuth_deg = 60.0;
            p.light.glare = 0.07;
        }
        "cheek_intermediate_pie" => {
            p.light.glare = 0.09;
            p.relief.pores_per_cm2 = 110.0;
            p.fine_mottle = 0.05;
            p.seed = 13;
            (p.ita_deg, p.blood) = (34.0, 0.014);
            p.spots = SpotPlan { pie: 12, pih: 2, pie_amount: 0.018, pih_amount: 0.015, ..SpotPlan::default() };
            p.light.azimuth_deg = 160.0;
        }
        "forearm_brown_smooth" => {
            p.seed = 14;
            (p.ita_deg, p.blood) = (-5.0, 0.018);
            p.relief.pores_per_cm2 = 12.0;
            p.relief.line_depth_mm = 0.075;
            p.relief.tension_deg = 70.0;
            p.light.glare = 0.09;
            p.light.curvature_per_mm = 0.010;
            p.hair = Hair { per_cm2: 5.0, ..Hair::default() };
        }
        "cheek_dark_boxcar" => {
            p.seed = 15;
            (p.ita_deg, p.blood) = (-42.0, 0.020);
            p.scars = ScarPlan { boxcar: 7, ice_pick: 3, rolling: 1, redness: 0.05, ..ScarPlan::default() };
            p.spots = SpotPlan { pih: 4, pih_amount: 0.06, ..SpotPlan::default() };
            p.light.glare = 0.07;
            p.light.azimuth_deg = 45.0;
        }
        "jaw_light_before" | "jaw_light_after" => {
            p.seed = 16;
            (p.ita_deg, p.blood) = (40.0, 0.011);
            p.light.glare = 0.08;
            p.scars = ScarPlan { rolling: 3, boxcar: 4, ice_pick: 4, hypertrophic: 1, ..ScarPlan::default() };
            p.relief.pores_per_cm2 = 90.0;
            (p.relief.cell_depth_mm, p.fine_mottle) = (0.05, 0.05);
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::phantom::Truth;

    #[test]
    fn every_name_has_its_preset() {
        assert!(NAMES.iter().all(|name| preset(name).is_some()) && preset("elbow").is_none());
    }

    #[test]
    fn the_fixtures_are_the_presets() -> Result<(), Box<dyn std::error::Error>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/photos");
        for name in NAMES {
            let rendered = preset(name).ok_or(name)?.render()?;
            let now = image::load_from_memory(&rendered.jpeg()?)?.into_rgb8();
            let kept = image::open(folder.join(format!("{name}.jpg")))?.into_rgb8();
            assert_eq!(now.dimensions(), kept.dimensions(), "{name}");
            // Another mathematical library may round a noise value the other way, and JPEG spreads it over a block.
            let far = now.iter().zip(kept.iter()).filter(|(a, b)| a.abs_diff(**b) > 1).count();
            assert!((far as f64) < 1e-3 * now.len() as f64, "{name}: {far} codes differ; render the fixtures again");
            let truth: Truth = serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.json")))?)?;
            assert_eq!(truth.phantom, rendered.truth.phantom, "{name}");
            assert_eq!(truth.scars.len(), rendered.truth.scars.len(), "{name}");
        }
        Ok(())
    }
}
