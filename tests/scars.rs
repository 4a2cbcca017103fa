//! Scars of phantoms whose seeds were not used to fit the method.

use cicatrix::measure::scar::{self, Form, plane::Picture};
use cicatrix::measure::scene::{self, Scene};
use cicatrix::measure::{Config, Regions};
use cicatrix::photo::{Limits, Photo};
use cicatrix::validate::scars::{self, Finding, Score};

const TONES: [f64; 3] = [50.0, 20.0, -20.0];
/// Azimuth and elevation of the lamp.
const LIGHTS: [(f64, f64); 2] = [(125.0, 40.0), (30.0, 50.0)];

fn scene_of(photo: &Photo) -> Scene {
    let mut config = Config::default();
    config.mm_per_px = Some(0.05);
    let (chromaticity, skin) = scene::locate(photo, &Regions::default(), &config);
    Scene::of(photo, chromaticity, skin, &config)
}

#[test]
fn scars_above_the_micro_relief_are_found_on_every_skin() {
    for ita in TONES {
        let mut total = Score::default();
        for light in LIGHTS {
            let rendered = scars::phantom(1001, ita, light).render().unwrap();
            let truth = scars::contrasts(&rendered).unwrap();
            let photo = Photo::from_bytes(&rendered.jpeg().unwrap(), &Limits::default()).unwrap();
            let scene = scene_of(&photo);
            let picture = Picture::of(&scene.shading, Some(&scene.chromaticity.g), &scene.mask, 0.05);
            let factor = picture.factor as f64;
            let px = |v: usize| (v as f64 + 0.5) * factor - 0.5;
            let findings: Vec<Finding> = scar::find(&picture, light.0)
                .iter()
                .filter(|f| f.form() != Form::Pore)
                .map(|f| Finding { x_px: px(f.x), y_px: px(f.y), raised: f.form() == Form::Dome })
                .collect();
            total += scars::score(&truth, findings.len(), &scars::pairs(&truth, &findings, 0.05));
        }
        assert!(total.found + total.missed >= 20, "the phantoms have scars: {total:?}");
        assert!(total.f1() >= 0.85, "ITA {ita}: F1 {:.2}, {total:?}", total.f1());
    }
}
