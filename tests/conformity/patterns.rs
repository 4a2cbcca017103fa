//! Local binary patterns against scikit-image, pixel by pixel; dimensions, slopes and directions against closed forms.

use cicatrix::base::{Mask, Plane};
use cicatrix::filter::structure_tensor;
use cicatrix::measure::texture::{fractal, lbp, spectrum};

use crate::record::{Oracle, Section, Tolerance};
use crate::truth;

pub fn patterns() -> Section {
    let mut section = Section::new(
        "Local binary patterns",
        "The riu2 class of every pixel that has eight neighbors, against scikit-image 0.26 (`uniform`, P = 8, R = 1) on the upper 8 \
         bits of three images. Pixels with an exact tie of a diagonal neighbor (d = c and a + b = 2 c) are left to the tie rule: here a \
         tie counts as not lower, there rounding decides. The error is the share of the other pixels whose class differs.",
        vec![Oracle { name: "scikit-image, pixels without a tie", tolerance: Tolerance::Absolute(0.0) }],
    );
    for name in truth::IMAGES {
        let levels = truth::image(name).map(|v| ((v as u32 >> 8) as u8).max(1));
        let found = lbp::classes(&levels);
        let expected = image::open(truth::path(&format!("{name}_lbp.png"))).unwrap().into_luma8();
        let (mut compared, mut differ, mut ties) = (0, 0, 0);
        for (x, y) in (1..127).flat_map(|y| (1..127).map(move |x| (x, y))) {
            if has_tie(&levels, x, y) {
                ties += 1;
            } else {
                compared += 1;
                differ += usize::from(found.at(x, y) != expected.get_pixel(x as u32, y as u32).0[0]);
            }
        }
        assert!(compared > 15_000 && compared + ties == 126 * 126, "{name}: {ties} ties");
        section.compare("lbp_riu2", 0, differ as f64 / compared as f64, 0.0, name);
        let mut counted = [0; lbp::CLASSES];
        found.data().iter().filter(|&&c| c != 255).for_each(|&c| counted[usize::from(c)] += 1);
        assert_eq!(lbp::histogram(&levels), counted, "{name}");
    }
    section
}

/// True where a diagonal neighbor equals the center and the two axial ones beside it cancel.
fn has_tie(levels: &Plane<u8>, x: usize, y: usize) -> bool {
    let at = |x: usize, y: usize| i32::from(levels.at(x, y));
    let center = at(x, y);
    [(x - 1, y - 1), (x + 1, y - 1), (x - 1, y + 1), (x + 1, y + 1)]
        .into_iter()
        .any(|(i, j)| at(i, j) == center && at(i, y) + at(x, j) == 2 * center)
}

/// A Sierpinski triangle: the pixels whose column and row share no binary digit.
fn sierpinski(side: usize, margin: usize) -> Mask {
    let inside = |v: usize| (margin..margin + side).contains(&v);
    Mask::from_fn(side + 2 * margin, side + 2 * margin, |x, y| {
        inside(x) && inside(y) && (x - margin) & (y - margin) == 0
    })
}

/// Stripes whose lines run at `degrees` (0 right, 90 up), of amplitude `a`, and of amplitude `b` across them; the mask holds four
/// periods each way, a turned square, so that the two do not mix.
fn stripes(degrees: f64, a: f64, b: f64) -> (Plane, Mask) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let turned = |x: usize, y: usize| {
        let (x, up) = (x as f64 - 119.5, 119.5 - y as f64);
        (x * cos + up * sin, up * cos - x * sin)
    };
    let wave = |d: f64| (d * std::f64::consts::TAU / 40.0).sin();
    let plane = Plane::from_fn(240, 240, |x, y| {
        let (along, across) = turned(x, y);
        (a * wave(across) + b * wave(along)) as f32
    });
    let mask = Mask::from_fn(240, 240, |x, y| {
        let (along, across) = turned(x, y);
        along.abs() < 80.0 && across.abs() < 80.0
    });
    (plane, mask)
}

pub fn structure() -> Section {
    let mut section = Section::new(
        "Fractal dimension, power spectrum, direction",
        "Against closed forms: shapes of known dimension (box counting), surfaces of Hurst exponent H (dimension 3 - H, spectrum k^-(2 + 2 H)) made in \
         the Fourier domain, and gratings.",
        vec![
            Oracle { name: "shapes", tolerance: Tolerance::Absolute(0.03) },
            Oracle { name: "fractal surfaces", tolerance: Tolerance::Absolute(0.1) },
            Oracle { name: "gratings", tolerance: Tolerance::Absolute(0.01) },
            Oracle { name: "gratings, deg", tolerance: Tolerance::Absolute(0.5) },
        ],
    );
    for side in [200, 300] {
        let square = Mask::full(side, side);
        let dimension = fractal::shape_dimension(&square).unwrap();
        section.compare("box-counting dimension of a filled square", 0, dimension, 2.0, &format!("side {side}"));
    }
    for (side, margin) in [(128, 0), (128, 5), (256, 0), (256, 9)] {
        let case = format!("side {side}, margin {margin}");
        let dimension = |mask: &Mask| fractal::shape_dimension(mask).unwrap();
        let inside = |v: usize| (margin..margin + side).contains(&v);
        let whole = side + 2 * margin;
        let square = Mask::from_fn(whole, whole, |x, y| inside(x) && inside(y));
        section.compare("box-counting dimension of a filled square", 0, dimension(&square), 2.0, &case);
        let triangle = dimension(&sierpinski(side, margin));
        section.compare("box-counting dimension of a Sierpinski triangle", 0, triangle, 3_f64.log2(), &case);
        let line = Mask::from_fn(whole, whole, |x, y| x == y && inside(x));
        section.compare("box-counting dimension of a line", 0, dimension(&line), 1.0, &case);
    }
    let image = truth::image("fractal");
    let slope = |plane: &Plane| spectrum::psd_slope(plane, &Mask::full(plane.width(), plane.height())).unwrap();
    section.compare("psd_slope", 1, slope(&image), -3.4, "image");
    let dimension =
        |plane: &Plane| fractal::surface_dimension(plane, &Mask::full(plane.width(), plane.height())).unwrap();
    section.compare("fractal_dimension", 1, dimension(&image), 2.3, "image");
    for (seed, hurst) in [(11, 0.3), (12, 0.5), (13, 0.7), (14, 0.85)] {
        let surface = truth::fractal_surface(512, hurst, seed);
        section.compare("psd_slope", 1, slope(&surface), -2.0 - 2.0 * hurst, &format!("H = {hurst}"));
        section.compare("fractal_dimension", 1, dimension(&surface), 3.0 - hurst, &format!("H = {hurst}"));
    }
    for degrees in [0.0, 17.0, 45.0, 90.0, 130.0, 171.0] {
        for (a, b) in [(1.0, 0.0), (1.0, 0.3), (1.0, 0.8)] {
            let (plane, mask) = stripes(degrees, a, b);
            let tensor = structure_tensor::regional(&plane, &mask).unwrap();
            let case = format!("{degrees} deg, amplitudes {a} and {b}");
            let expected = (a * a - b * b) / (a * a + b * b);
            section.compare("anisotropy", 2, tensor.anisotropy().unwrap(), expected, &case);
            let off = (tensor.line_deg().unwrap() - degrees).rem_euclid(180.0);
            section.compare("orientation_deg", 3, off.min(180.0 - off), 0.0, &case);
        }
    }
    section
}
