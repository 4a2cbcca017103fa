//! Filters of IBSI-2: the tests that are two-dimensional, one slice of each reference map.

use cicatrix::base::Plane;
use cicatrix::filter::convolve::Boundary::{Mirror, Zero};
use cicatrix::filter::gabor::Gabor;
use cicatrix::filter::laws::{self, Kernel, Pooling};
use cicatrix::filter::{laplacian, mean};

use crate::record::{Oracle, Section, Tolerance};
use crate::truth;

/// A plane of `fixtures/truth/ibsi2`: NumPy format 1.0, 32-bit little-endian floats, rows in C order.
fn npy(name: &str) -> Plane {
    let bytes = std::fs::read(truth::path(&format!("ibsi2/{name}.npy"))).unwrap();
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00", "{name}");
    let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = std::str::from_utf8(&bytes[10..start]).unwrap();
    assert!(header.contains("'<f4'") && header.contains("False") && header.contains("(64, 64)"), "{name}: {header}");
    let data = bytes[start..].chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    Plane::from_vec(64, 64, data)
}

/// Largest difference of two planes, and the range of the second.
fn difference(found: &Plane, reference: &Plane) -> f64 {
    let pairs = found.data().iter().zip(reference.data());
    pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs()).fold(0.0, f64::max)
}

fn range(plane: &Plane) -> f64 {
    let (low, high) = plane.data().iter().fold((f32::MAX, f32::MIN), |(l, h), &v| (l.min(v), h.max(v)));
    f64::from(high) - f64::from(low)
}

fn gabor_a() -> Gabor {
    Gabor { sigma: 5.0, lambda: 2.0, gamma: 0.5, theta: std::f64::consts::FRAC_PI_3 }
}

fn gabor_b() -> Gabor {
    Gabor { sigma: 10.0, lambda: 4.0, gamma: 2.5, theta: 225.0_f64.to_radians() }
}

pub fn section() -> Section {
    let mut section = Section::new(
        "Filters (IBSI-2)",
        "The seven two-dimensional tests of the IBSI filter benchmark, slice 31 of each reference map (64 x 64 pixels of 2 mm): largest \
         difference of a pixel over the range of the slice. The benchmark itself allows 1e-2 of the range of the whole map.",
        vec![Oracle { name: "reference map, error over its range", tolerance: Tolerance::Absolute(1e-3) }],
    );
    let [impulse, checkerboard, sphere] = ["impulse", "checkerboard", "sphere"].map(|n| npy(&format!("{n}_z31_input")));
    let pooled = laws::laws_pooled(&checkerboard, Kernel::L5, Kernel::S5, Pooling::Max, Mirror);
    let tests = [
        ("1_b_1", "mean 15 x 15, zero padding (1.b.1)", mean::mean(&impulse, 7, Zero)),
        (
            "2_c",
            "Laplacian of Gaussian, sigma 2.5 px, mirror (2.c)",
            laplacian::laplacian_of_gaussian(&checkerboard, 2.5, 4.0, Mirror),
        ),
        ("3_c_1", "Laws L5 S5, mirror (3.c.1)", laws::laws(&checkerboard, Kernel::L5, Kernel::S5, Mirror)),
        ("3_c_2", "Laws L5 S5, rotations pooled by maximum (3.c.2)", pooled.clone()),
        ("3_c_3", "Laws L5 S5, pooled, energy 15 x 15 (3.c.3)", laws::energy(&pooled, 7, Mirror)),
        ("4_a_1", "Gabor sigma 5, lambda 2, gamma 0.5, 60 deg, zero (4.a.1)", gabor_a().modulus(&impulse, Zero)),
        ("4_b_1", "Gabor sigma 10, lambda 4, gamma 2.5, 225 deg, mirror (4.b.1)", gabor_b().modulus(&sphere, Mirror)),
    ];
    for (test, what, found) in tests {
        let reference = npy(&format!("{test}_z31_reference"));
        section.compare(what, 0, difference(&found, &reference) / range(&reference), 0.0, test);
    }
    section
}

#[test]
fn the_other_conventions_miss() {
    // The maps decide between conventions; a test that they could not fail would say nothing.
    let [impulse, checkerboard, sphere] = ["impulse", "checkerboard", "sphere"].map(|n| npy(&format!("{n}_z31_input")));
    let missed = |found: &Plane, test: &str| {
        let reference = npy(&format!("{test}_z31_reference"));
        difference(found, &reference) / range(&reference)
    };
    let turned = laws::laws(&checkerboard, Kernel::S5, Kernel::L5, Mirror);
    assert!(missed(&turned, "3_c_1") > 0.4);
    let up = |g: Gabor| Gabor { theta: -g.theta, ..g };
    assert!(missed(&up(gabor_a()).modulus(&impulse, Zero), "4_a_1") > 0.3);
    assert!(missed(&up(gabor_b()).modulus(&sphere, Mirror), "4_b_1") > 0.3);
    let padded = laplacian::laplacian_of_gaussian(&checkerboard, 2.5, 4.0, Zero);
    assert!(missed(&padded, "2_c") > 0.1);
}
