//! Texture against `fixtures/truth`.

#![allow(clippy::unwrap_used, missing_docs)]

use cicatrix::base::{Mask, Plane};
use cicatrix::filter::structure_tensor;
use cicatrix::measure::texture::feature::{Aggregation, Feature};
use cicatrix::measure::texture::{
    areal, fractal, glcm, glrlm, glszm, histogram, ngldm, ngtdm, size_matrix, spectrum, statistics, zones,
};
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

/// The value of a feature by its name.
fn named<const N: usize>(features: &[Feature; N], values: &[f64; N], name: &str) -> f64 {
    values[features.iter().position(|f| f.name == name).unwrap()]
}

#[test]
fn one_pixel_and_no_pixel_have_defined_values() {
    for empty in [Plane::filled(9, 7, 0_u8), Plane::new(0, 0)] {
        assert!(glcm::count(&empty, 8, 1).features(Aggregation::Merged).is_none());
        assert!(glrlm::count(&empty, 8).features(Aggregation::Average).is_none());
        let zones = zones::count(&empty, 8);
        assert!(zones.sizes.features16().is_none() && zones.distances.features16().is_none());
        assert!(ngtdm::count(&empty, 8).features().is_none());
        assert!(ngldm::count(&empty, 8).features().is_none());
        assert!(histogram::features(&histogram::count(&empty, 8)).is_none());
    }
    let mut pixel = Plane::filled(9, 7, 0_u8);
    pixel.put(4, 3, 5);
    assert!(glcm::count(&pixel, 8, 1).features(Aggregation::Merged).is_none(), "no pair");
    assert!(ngtdm::count(&pixel, 8).features().is_none(), "no neighbor");
    let one = |m: &size_matrix::SizeMatrix| m.entries().collect::<Vec<_>>();
    let zones = zones::count(&pixel, 8);
    for matrix in [&zones.sizes, &zones.distances, &ngldm::count(&pixel, 8), glrlm::count(&pixel, 8).direction(3)] {
        assert_eq!(one(matrix), [(5, 1, 1)]);
    }
    let levels = histogram::features(&histogram::count(&pixel, 8)).unwrap();
    assert!(levels.iter().all(|v| v.is_finite()), "{levels:?}");
    assert_eq!(named(&histogram::FEATURES, &levels, "entropy"), 0.0);
}

#[test]
fn a_constant_region_has_defined_values() {
    let levels = Plane::filled(20, 10, 3_u8);
    let glcm = glcm::count(&levels, 8, 1).features(Aggregation::Merged).unwrap();
    for (name, value) in [("energy", 1.0), ("joint_entr", 0.0), ("contrast", 0.0), ("corr", 1.0)] {
        assert_eq!(named(&glcm::FEATURES, &glcm, name), value, "{name}");
    }
    let ngtdm = ngtdm::count(&levels, 8).features().unwrap();
    assert_eq!(ngtdm, [1e6, 0.0, 0.0, 0.0, 0.0]);
    let zones = zones::count(&levels, 8).sizes.features16().unwrap();
    assert_eq!(named(&glszm::FEATURES, &zones, "lze"), 200.0 * 200.0);
    let runs = glrlm::count(&levels, 8);
    assert_eq!(runs.direction(0).entries().collect::<Vec<_>>(), [(3, 20, 10)]);
    assert_eq!(runs.direction(2).entries().collect::<Vec<_>>(), [(3, 10, 20)]);
    // Diagonals of a 20 x 10 plane: eleven of the full length, two of each shorter one.
    let diagonals: Vec<_> = (1..10).map(|j| (3, j, 2)).chain([(3, 10, 11)]).collect();
    assert_eq!(runs.direction(1).entries().collect::<Vec<_>>(), diagonals);
    assert_eq!(runs.direction(3).entries().collect::<Vec<_>>(), diagonals);
    let first = statistics::features(&Plane::filled(20, 10, 3.0), &Mask::full(20, 10)).unwrap();
    assert!(first.iter().all(|v| v.is_finite()), "{first:?}");
    assert_eq!(named(&statistics::FEATURES, &first, "var"), 0.0);
}
