//! The test images as surfaces, and all parameters of a surface.

use cicatrix::base::{Mask, Plane};
use cicatrix::filter::form::{Fitted, Form};
use cicatrix::measure::texture::areal::{self, Functional, MaterialRatio, Spatial};

/// A test image as heights in um, its plane removed.
pub fn heights(name: &str) -> Plane<f64> {
    let file = format!("fixtures/truth/{name}.png");
    let image = image::open(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap().into_luma16();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let um = image.into_raw().into_iter().map(|count| f64::from(count) * 0.01).collect();
    let plane = Plane::from_vec(width, height, um);
    let mask = Mask::full(width, height);
    Fitted::to(&plane, &mask, Form::Plane).unwrap().removed_from(&plane, &mask)
}

/// Every parameter by its ISO name; lengths in the unit of the heights, ratios in percent, gradients for a step of `step`.
pub fn parameters(plane: &Plane<f64>, mask: &Mask, step: f64) -> Vec<(&'static str, f64)> {
    let a = areal::areal(plane, mask).unwrap();
    let f = Functional::of(&MaterialRatio::of(plane, mask).unwrap());
    vec![
        ("Sa", a.sa),
        ("Sq", a.sq),
        ("Ssk", a.ssk.unwrap()),
        ("Sku", a.sku.unwrap()),
        ("Sp", a.sp),
        ("Sv", a.sv),
        ("Sz", a.sz()),
        ("Sdq", a.sdq / step),
        ("Sdr", 100.0 * areal::sdr(plane, mask, step).unwrap()),
        ("Sk", f.sk),
        ("Spk", f.spk),
        ("Svk", f.svk),
        ("Smr1", f.smr1),
        ("Smr2", f.smr2),
        ("Vmp", f.vmp),
        ("Vmc", f.vmc),
        ("Vvc", f.vvc),
        ("Vvv", f.vvv),
        ("Sxp", f.sxp),
    ]
}

pub fn spatial(plane: &Plane<f64>, mask: &Mask) -> Option<Spatial> {
    areal::spatial(plane, mask, &areal::areal(plane, mask)?)
}
