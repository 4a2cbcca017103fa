//! Texture against `fixtures/truth`.

#![allow(clippy::unwrap_used, missing_docs)]

use cicatrix::base::{Mask, Plane};
use cicatrix::filter::structure_tensor;
use cicatrix::measure::texture::{areal, fractal, spectrum};
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
fn a_constant_plane_has_no_slope_and_no_direction() {
    let (plane, mask) = (Plane::filled(128, 128, 3.0), Mask::full(128, 128));
    assert_eq!(spectrum::psd_slope(&plane, &mask), None);
    assert_eq!(fractal::surface_dimension(&plane, &mask), None);
    let tensor = structure_tensor::regional(&plane, &mask).unwrap();
    assert_eq!((tensor.anisotropy(), tensor.line_deg()), (None, None));
}
