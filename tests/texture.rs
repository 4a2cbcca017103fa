//! Texture against `fixtures/truth`.

#![allow(clippy::unwrap_used, missing_docs)]

use cicatrix::base::{Mask, Plane};
use cicatrix::measure::texture::glcm::{self, Aggregation, FEATURES};
use cicatrix::measure::texture::{areal, discretize, lbp, spectrum};
use serde_json::Value;

const IMAGES: [&str; 3] = ["fractal", "skin", "stripes"];

fn truth(file: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/truth").join(file)
}

fn json(file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(truth(file)).unwrap()).unwrap()
}

fn image(name: &str) -> Plane {
    let image = image::open(truth(&format!("{name}.png"))).unwrap().into_luma16();
    let (width, height) = (image.width() as usize, image.height() as usize);
    Plane::from_vec(width, height, image.into_raw().into_iter().map(f32::from).collect())
}

#[test]
fn glcm_features_equal_the_definitions() {
    let truth = json("texture.json");
    for name in IMAGES {
        let plane = image(name);
        for bins in [32, 64] {
            let levels = discretize::discretize(&plane, &Mask::full(128, 128), [0.0, 65536.0], bins);
            let glcm = glcm::count(&levels, bins, 1);
            for aggregation in [Aggregation::Average, Aggregation::Merged] {
                let expected = &truth[name][format!("ibsi_glcm_L{bins}_d1_{}", aggregation.name())];
                for (feature, found) in FEATURES.iter().zip(glcm.features(aggregation).unwrap()) {
                    let expected = expected[feature.name].as_f64().unwrap();
                    let error = (found - expected).abs() / expected.abs().max(1e-3);
                    assert!(
                        error < 1e-9,
                        "{name} L{bins} {} {}: {found} for {expected}",
                        feature.name,
                        aggregation.name()
                    );
                }
            }
        }
    }
}

/// The slices of the IBSI digital phantom: levels, 0 outside the mask.
fn phantom() -> Vec<Plane<u8>> {
    let mut slices = vec![Plane::new(5, 4); 4];
    for row in csv::Reader::from_path(truth("ibsi_phantom.csv")).unwrap().deserialize() {
        let (z, y, x, level, mask): (usize, usize, usize, u8, u8) = row.unwrap();
        let slice: &mut Plane<u8> = &mut slices[z];
        slice.put(x, y, level * mask);
    }
    slices
}

#[test]
fn glcm_counts_of_the_ibsi_phantom() {
    let expected: Vec<Vec<Vec<Vec<u64>>>> = serde_json::from_value(json("ibsi_phantom_glcm_counts.json")).unwrap();
    // The table runs 0, 45, 90, 135 degrees as (dy, dx) = (0,1), (1,1), (1,0), (1,-1): our order.
    for (slice, expected) in phantom().iter().zip(&expected) {
        let glcm = glcm::count(slice, 6, 1);
        for (direction, counts) in expected.iter().enumerate() {
            assert_eq!(glcm.counts(direction), counts.concat(), "direction {direction}");
        }
    }
}

#[test]
fn glcm_features_of_the_ibsi_phantom() {
    let slices = phantom();
    let mut compared = 0;
    for row in csv::Reader::from_path(truth("ibsi_phantom_glcm.csv")).unwrap().deserialize() {
        let (z, tag, expected): (usize, String, f64) = row.unwrap();
        let (tag, aggregation) = match tag.strip_suffix("_2D_avg") {
            Some(tag) => (tag, Aggregation::Average),
            None => (tag.strip_suffix("_2D_comb").unwrap(), Aggregation::Merged),
        };
        let position = FEATURES.iter().position(|f| format!("cm_{}", f.name) == tag);
        let position = position.unwrap_or_else(|| panic!("{tag} is no feature of ours"));
        let found = glcm::count(&slices[z], 6, 1).features(aggregation).unwrap()[position];
        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "slice {z} {tag}: {found} for {expected}");
        compared += 1;
    }
    assert_eq!(compared, 4 * 2 * 25);
}

#[test]
fn lbp_agrees_with_scikit_image_but_for_ties() {
    let truth = json("texture.json");
    for name in IMAGES {
        let plane = image(name);
        // scikit-image pads the border; its histogram holds all 128 x 128 pixels, ours the 126 x 126 with neighbors.
        let levels = plane.map(|v| ((v as u32 >> 8) as u8).max(1));
        let found = lbp::histogram(&levels);
        let expected: Vec<f64> =
            serde_json::from_value(truth[name]["skimage_lbp_u8_P8_R1_uniform"]["hist"].clone()).unwrap();
        assert_eq!(found.iter().sum::<u64>(), 126 * 126);
        for (class, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let (found, expected) = (*found as f64 / 126.0_f64.powi(2), expected / 128.0_f64.powi(2));
            assert!((found - expected).abs() < 0.02, "{name} class {class}: {found} for {expected}");
        }
    }
}

/// The plane of least squares removed.
fn level(plane: &Plane) -> Plane {
    let (n, side) = (plane.len() as f64, plane.width() as f64);
    let center = (side - 1.0) / 2.0;
    let (mut mean, mut sx, mut sy) = (0.0, 0.0, 0.0);
    for y in 0..plane.height() {
        for x in 0..plane.width() {
            let z = f64::from(plane.at(x, y));
            mean += z / n;
            sx += z * (x as f64 - center);
            sy += z * (y as f64 - center);
        }
    }
    let square = n * (side * side - 1.0) / 12.0;
    Plane::from_fn(plane.width(), plane.height(), |x, y| {
        let tilt = sx / square * (x as f64 - center) + sy / square * (y as f64 - center);
        (f64::from(plane.at(x, y)) - mean - tilt) as f32
    })
}

#[test]
fn areal_parameters_equal_the_definitions() {
    let truth = json("texture.json");
    for name in IMAGES {
        // 0.01 um per count, 10 um per pixel.
        let heights = level(&image(name)).map(|v| v * 0.01);
        let found = areal::areal(&heights, &Mask::full(128, 128)).unwrap();
        let expected = |key: &str| truth[name]["areal"][key].as_f64().unwrap();
        let values = [
            ("Sa", found.sa),
            ("Sq", found.sq),
            ("Ssk", found.ssk.unwrap()),
            ("Sku", found.sku.unwrap()),
            ("Sp", found.sp),
            ("Sv", found.sv),
            ("Sz", found.sz()),
        ];
        for (key, value) in values {
            assert!((value / expected(key) - 1.0).abs() < 1e-5, "{name} {key}: {value} for {}", expected(key));
        }
        // The same stencil up to the weights of the two axes (means of both over their own pairs).
        let sdq = found.sdq / 10.0;
        assert!((sdq / expected("Sdq") - 1.0).abs() < 1e-3, "{name} Sdq: {sdq} for {}", expected("Sdq"));
    }
}

#[test]
fn spectrum_slope_of_a_known_fractal() {
    let slope = spectrum::psd_slope(&image("fractal"), &Mask::full(128, 128)).unwrap();
    assert!((slope + 3.4).abs() < 0.25, "{slope} for -3.4");
    assert_eq!(spectrum::psd_slope(&Plane::filled(128, 128, 3.0), &Mask::full(128, 128)), None);
}
