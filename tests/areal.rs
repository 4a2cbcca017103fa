//! Surface parameters over masks and of 32-bit heights. `tests/conformity` compares them with closed forms, definitions and
//! another program.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "common/surface.rs"]
mod surface;

use cicatrix::base::Mask;
use cicatrix::measure::texture::areal;
use surface::{heights, parameters, spatial};

#[test]
fn a_masked_region_equals_the_cropped_region() {
    let plane = heights("skin");
    // A rectangle, and a ragged region in it.
    let inside = |x: usize, y: usize| (17..110).contains(&x) && (9..121).contains(&y);
    let ragged = |x: usize, y: usize| inside(x, y) && !(x * 3 + y * 5).is_multiple_of(17) && (x < 60 || y > 30);
    for mask in [Mask::from_fn(128, 128, inside), Mask::from_fn(128, 128, ragged)] {
        let cropped = plane.crop(17..110, 9..121);
        let cropped_mask = Mask::from_fn(93, 112, |x, y| mask.contains(x + 17, y + 9));
        assert_eq!(parameters(&plane, &mask, 10.0), parameters(&cropped, &cropped_mask, 10.0));
        assert_eq!(spatial(&plane, &mask), spatial(&cropped, &cropped_mask));
        assert!(spatial(&plane, &mask).is_some());
        // What lies outside has no part in it.
        let mut other = plane.clone();
        for y in 0..128 {
            for x in (0..128).filter(|&x| !mask.contains(x, y)) {
                other.put(x, y, 1e6);
            }
        }
        assert_eq!(parameters(&plane, &mask, 10.0), parameters(&other, &mask, 10.0));
        assert_eq!(spatial(&plane, &mask), spatial(&other, &mask));
    }
}

#[test]
fn thirty_two_bits_cost_less_than_a_millionth() {
    let plane = heights("fractal");
    let narrow = plane.map(|v| v as f32);
    let mask = Mask::full(128, 128);
    let widened = narrow.map(f64::from);
    for ((key, wide), (_, narrow)) in parameters(&plane, &mask, 10.0).into_iter().zip(parameters(&widened, &mask, 10.0))
    {
        let error = (narrow - wide).abs() / wide.abs().max(1e-12);
        assert!(error < 1e-6, "{key}: {narrow} for {wide}");
    }
    assert_eq!(areal::areal(&narrow, &mask), areal::areal(&widened, &mask));
}
