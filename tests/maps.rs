//! Per-pixel texture maps against the window itself, cut out and measured as a picture of its own.

#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

use cicatrix::base::cpu::Level;
use cicatrix::base::parallel::Threads;
use cicatrix::base::{Mask, Plane};
use cicatrix::measure::texture::glcm::{self, Aggregation, FEATURES};
use cicatrix::measure::texture::maps::{self, Local, Source, Window};
use cicatrix::measure::texture::{areal, discretize};
use cicatrix::measure::{Config, MapKind, Outcome, Pipeline, Regions};
use cicatrix::photo::Photo;

/// Homogeneity is in units of 2^-30 from f32 quotients; maps are f32. Both stay below this, relative.
const RELATIVE: f64 = 2.5e-7;
/// Sa adds a row's and a column's worth of roundings in f32.
const RELATIVE_SA: f64 = 5e-6;

fn image(name: &str) -> Plane {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/truth/{name}.png"));
    let image = image::open(path).unwrap().into_luma16();
    let (width, height) = (image.width() as usize, image.height() as usize);
    Plane::from_vec(width, height, image.into_raw().into_iter().map(f32::from).collect())
}

fn uniform(width: usize, height: usize, seed: u64) -> Plane {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    Plane::from_fn(width, height, |_, _| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 24) as f32
    })
}

/// A plane with its levels.
struct Picture {
    values: Plane,
    levels: Plane<u8>,
    bins: usize,
    mask: Mask,
}

impl Picture {
    fn new(values: Plane, mask: Mask, bins: usize) -> Self {
        let inside = || values.data().iter().zip(mask.plane().data()).filter(|(_, m)| **m != 0).map(|(v, _)| *v);
        let (low, high) = (inside().fold(f32::MAX, f32::min), inside().fold(f32::MIN, f32::max));
        let range = [f64::from(low), f64::from(high) + 1e-3 * f64::from(high - low) + 1e-6];
        let levels = discretize::discretize(&values, &mask, range, bins);
        Self { values, levels, bins, mask }
    }

    fn maps(&self, window: Window, wanted: &[Local]) -> Vec<Plane> {
        let Self { values, levels, bins, mask } = self;
        maps::compute(&Source { levels, bins: *bins, values, mask }, window, wanted)
    }

    /// The features of the window about (x, y) from the window as a picture of its own, in the order of `Local::ALL`.
    fn window(&self, x: usize, y: usize, window: Window) -> [Option<f64>; 10] {
        if !self.mask.contains(x, y) {
            return [None; 10];
        }
        let half = window.side() / 2;
        let columns = x.saturating_sub(half)..(x + half + 1).min(self.values.width());
        let rows = y.saturating_sub(half)..(y + half + 1).min(self.values.height());
        let levels = self.levels.crop(columns.clone(), rows.clone());
        let values = self.values.crop(columns.clone(), rows.clone());
        let mask = Mask::from_plane(self.mask.plane().crop(columns, rows));
        let features = glcm::count(&levels, self.bins, window.distance()).features(Aggregation::Merged);
        let named = |name: &str| features.map(|f| f[FEATURES.iter().position(|known| known.name == name).unwrap()]);
        let surface = areal::areal(&values, &mask).unwrap();
        [
            named("contrast"),
            named("dissimilarity"),
            named("inv_diff_mom"),
            named("corr"),
            named("energy"),
            named("joint_entr"),
            Some(entropy(&levels)),
            Some(surface.sa),
            Some(surface.sq),
            anisotropy(&values, &mask),
        ]
    }

    fn check(&self, window: Window, pixels: impl Iterator<Item = (usize, usize)>, what: &str) {
        let found = self.maps(window, &Local::ALL);
        for (x, y) in pixels {
            let truth = self.window(x, y, window);
            for ((feature, map), truth) in Local::ALL.into_iter().zip(&found).zip(truth) {
                let value = f64::from(map.at(x, y));
                let Some(truth) = truth else {
                    assert!(value.is_nan(), "{what}: {feature:?} at {x}, {y} is {value} where nothing can be");
                    continue;
                };
                let tolerance = match feature {
                    Local::Sa => RELATIVE_SA * truth.abs() + 1e-7 * largest(&self.values),
                    // The mean's square is taken off in f64; gradients are f32.
                    Local::Sq => RELATIVE * truth.abs() + 1e-9 * largest(&self.values),
                    Local::Anisotropy => 1e-5,
                    // A difference of two numbers near 1.
                    Local::Correlation => RELATIVE,
                    // The fixed point of the logarithms.
                    Local::JointEntropy | Local::Entropy => RELATIVE * truth.abs() + 1e-9,
                    _ => RELATIVE * truth.abs(),
                };
                assert!(
                    (value - truth).abs() <= tolerance,
                    "{what}, {window:?}: {feature:?} at {x}, {y} is {value}, {truth} expected"
                );
            }
        }
    }

    fn pixels(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (width, height) = (self.values.width(), self.values.height());
        (0..height).flat_map(move |y| (0..width).map(move |x| (x, y)))
    }
}

fn largest(plane: &Plane) -> f64 {
    plane.data().iter().fold(0.0, |m, v| f64::max(m, f64::from(v.abs())))
}

/// -sum p log2 p of the levels but 0.
fn entropy(levels: &Plane<u8>) -> f64 {
    let n = levels.data().iter().filter(|v| **v != 0).count() as f64;
    let share = |level: u8| levels.data().iter().filter(|v| **v == level).count() as f64 / n;
    (1..=255).map(share).filter(|p| *p > 0.0).map(|p| -p * p.log2()).sum::<f64>().max(0.0)
}

/// From the eigenvalues of the structure tensor over the pixels whose 3 x 3 neighborhood is inside.
fn anisotropy(values: &Plane, mask: &Mask) -> Option<f64> {
    let mut tensor = nalgebra::Matrix2::zeros();
    for y in 1..values.height().saturating_sub(1) {
        for x in 1..values.width().saturating_sub(1) {
            let near = || (0..9).map(|i| (i % 3, i / 3));
            if near().all(|(i, j)| mask.contains(x + i - 1, y + j - 1)) {
                let smooth = [3.0, 10.0, 3.0];
                let slope = [-1.0, 0.0, 1.0];
                let mut gradient = nalgebra::Vector2::zeros();
                for (i, j) in near() {
                    let v = f64::from(values.at(x + i - 1, y + j - 1)) / 32.0;
                    gradient += nalgebra::Vector2::new(slope[i] * smooth[j], smooth[i] * slope[j]) * v;
                }
                tensor += gradient * gradient.transpose();
            }
        }
    }
    let values = tensor.symmetric_eigenvalues();
    let sum = values[0] + values[1];
    (sum > 0.0).then(|| (values[0] - values[1]).abs() / sum)
}

fn window(side: usize, distance: usize) -> Window {
    Window::new(side, distance).unwrap()
}

#[test]
fn every_pixel_is_its_window() {
    let settings = [(3, 1, 8), (7, 1, 32), (15, 1, 32), (9, 2, 64), (21, 5, 128), (5, 4, 2)];
    for (name, (side, distance, bins)) in ["fractal", "skin", "stripes"].into_iter().cycle().zip(settings) {
        let values = image(name).crop(11..58, 40..79);
        let picture = Picture::new(values, Mask::full(47, 39), bins);
        picture.check(window(side, distance), picture.pixels(), name);
    }
}

#[test]
fn masks_of_every_shape_crop_the_window() {
    let (width, height) = (45, 37);
    let noise = uniform(width, height, 5);
    let masks = [
        ("disk", Mask::from_fn(width, height, |x, y| (x as f32 - 20.0).hypot(y as f32 - 17.0) < 14.0)),
        ("holes", Mask::from_fn(width, height, |x, y| noise.at(x, y) > 0.3)),
        ("dust", Mask::from_fn(width, height, |x, y| noise.at(x, y) > 0.9)),
        ("one pixel", Mask::from_fn(width, height, |x, y| (x, y) == (13, 20))),
        ("corner", Mask::from_fn(width, height, |x, y| x + y > 70)),
        ("nothing", Mask::empty(width, height)),
    ];
    for (what, mask) in masks {
        // Numbers outside the mask must not count, nor what is no number.
        let skin = image("skin");
        let values =
            Plane::from_fn(width, height, |x, y| if mask.contains(x, y) { skin.at(x + 60, y + 9) } else { f32::NAN });
        let picture = Picture::new(values, mask, 32);
        for (side, distance) in [(3, 1), (11, 1), (9, 3)] {
            picture.check(window(side, distance), picture.pixels(), what);
        }
    }
}

#[test]
fn seams_of_tiles_and_bands_do_not_show() {
    let (width, height) = (1060, 270);
    let mask = Mask::from_fn(width, height, |x, y| (x / 7 + y / 5) % 11 != 0);
    let picture = Picture::new(uniform(width, height, 9), mask, 16);
    let rows = [0, 1, 63, 125, 126, 127, 128, 129, 130, 254, 255, 256, 257, 268, 269];
    let columns = [0, 1, 2, 300, 508, 509, 510, 511, 512, 513, 514, 1021, 1022, 1023, 1024, 1025, 1058, 1059];
    let pixels = rows.iter().flat_map(|y| columns.iter().map(|x| (*x, *y)));
    picture.check(window(7, 1), pixels, "seams");
}

#[test]
fn windows_beyond_the_photo_and_tiny_photos() {
    for (width, height) in [(1, 1), (1, 9), (9, 1), (2, 2), (5, 4)] {
        let picture = Picture::new(uniform(width, height, 3), Mask::full(width, height), 8);
        for (side, distance) in [(3, 1), (31, 1), (31, 15)] {
            picture.check(window(side, distance), picture.pixels(), &format!("{width} x {height}"));
        }
    }
}

#[test]
fn the_greatest_sums_are_exact() {
    // A checkerboard of the outermost levels: every pair along rows and columns differs by 127, 64008 of them in a
    // window of 255 pixels and half as many squares again on the diagonals, which are equal.
    let side = 300;
    let board = Plane::from_fn(side, side, |x, y| ((x + y) % 2) as f32);
    let picture = Picture::new(board, Mask::full(side, side), 128);
    let found =
        picture.maps(window(255, 1), &[Local::Contrast, Local::Correlation, Local::Energy, Local::JointEntropy]);
    let (apart, equal) = ((2 * 255 * 254) as f64, (2 * 254 * 254) as f64);
    let contrast = 127.0 * 127.0 * apart / (apart + equal);
    assert_eq!(found[0].at(150, 150), contrast as f32);
    picture.check(window(255, 1), [(150, 150), (127, 127), (0, 299)].into_iter(), "board");
}

#[test]
fn a_flat_picture_has_the_values_of_order() {
    let picture = Picture::new(Plane::filled(40, 30, 0.7), Mask::full(40, 30), 32);
    let found = picture.maps(window(9, 1), &Local::ALL);
    let expected = [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    for ((map, expected), feature) in found.iter().zip(expected).zip(Local::ALL) {
        // The mean of equal values may round by one bit.
        assert!(map.data().iter().all(|v| (v - expected).abs() < 2e-7), "{feature:?}");
    }
    assert!(found[9].data().iter().all(|v| v.is_nan()), "nothing has no direction");
}

#[test]
fn anisotropy_tells_stripes_from_noise() {
    for degrees in [0.0_f32, 17.0, 45.0, 90.0, 121.0] {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let stripes = Plane::from_fn(80, 80, |x, y| (0.6 * (x as f32 * cos + y as f32 * sin)).sin());
        let found = Picture::new(stripes, Mask::full(80, 80), 32).maps(window(21, 1), &[Local::Anisotropy]);
        assert!(found[0].at(40, 40) > 0.99, "stripes at {degrees}: {}", found[0].at(40, 40));
    }
    let found = Picture::new(uniform(80, 80, 2), Mask::full(80, 80), 32).maps(window(41, 1), &[Local::Anisotropy]);
    assert!(found[0].at(40, 40) < 0.1, "noise: {}", found[0].at(40, 40));
}

#[test]
fn bits_depend_on_the_window_alone() {
    let (width, height) = (620, 300);
    let values = uniform(width, height, 4);
    let mask = Mask::from_fn(width, height, |x, y| (x * 3 + y) % 17 != 0);
    let picture = Picture::new(values, mask, 32);
    let bits = |map: &Plane| map.data().iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let window = window(11, 1);
    let before = Level::current();
    let mut all = Vec::new();
    for level in Level::available() {
        assert!(Level::force(level));
        for threads in [1, 2, 7] {
            let found = Threads::new(threads).unwrap().install(|| picture.maps(window, &Local::ALL));
            all.push(found.iter().map(bits).collect::<Vec<_>>());
        }
    }
    Level::force(before);
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "levels or threads differ");

    // A crop has the same bits where the window lies within it.
    let (left, top, margin) = (37, 21, 5);
    let (columns, rows) = (left..left + 540, top..top + 190);
    let crop = Picture {
        values: picture.values.crop(columns.clone(), rows.clone()),
        levels: picture.levels.crop(columns.clone(), rows.clone()),
        bins: picture.bins,
        mask: Mask::from_plane(picture.mask.plane().crop(columns.clone(), rows.clone())),
    };
    let (whole, part) = (picture.maps(window, &Local::ALL), crop.maps(window, &Local::ALL));
    for ((whole, part), feature) in whole.iter().zip(&part).zip(Local::ALL) {
        let inner = |plane: &Plane, x: usize, y: usize| {
            bits(&plane.crop(x + margin..x + 540 - margin, y + margin..y + 190 - margin))
        };
        assert!(inner(whole, left, top) == inner(part, 0, 0), "{feature:?}");
    }
}

#[test]
fn the_pipeline_maps_the_relief_it_shows() {
    let photo =
        Photo::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/photos/jaw_light_after.jpg")).unwrap();
    let mut config = Config::default();
    config.mm_per_px = Some(0.05);
    config.maps = vec![MapKind::Anisotropy, MapKind::Relief, MapKind::GlcmContrast, MapKind::LocalSa];
    config.texture_maps.window_mm = 0.6;
    config.texture_maps.bins = 16;
    let (range, bins) = (config.texture.range(), config.texture_maps.bins);
    let Outcome::Measured(m) = Pipeline::new(config).unwrap().measure(&photo, &Regions::default()).unwrap() else {
        panic!("the photo is one of skin");
    };
    let kinds: Vec<_> = m.maps.iter().map(|map| map.kind).collect();
    assert_eq!(kinds, [MapKind::Relief, MapKind::GlcmContrast, MapKind::LocalSa, MapKind::Anisotropy]);
    let relief = &m.maps[0];
    let levels = discretize::discretize(&relief.values, &relief.valid, range, bins);
    let source = Source { levels: &levels, bins, values: &relief.values, mask: &relief.valid };
    // 0.6 mm are 12 pixels; of 11 and 13, as near as each other, the larger.
    let truth = maps::compute(&source, window(13, 1), &[Local::Contrast, Local::Sa, Local::Anisotropy]);
    for (map, truth) in m.maps[1..].iter().zip(&truth) {
        assert_eq!(map.pixels, 1);
        for (i, (&value, &truth)) in map.values.data().iter().zip(truth.data()).enumerate() {
            let valid = map.valid.plane().data()[i] != 0;
            assert_eq!(valid, truth.is_finite(), "{:?} at {i}", map.kind);
            assert!(if valid { value == truth } else { value == 0.0 }, "{:?} at {i}: {value}, {truth}", map.kind);
        }
        assert!(map.range.0 < map.range.1, "{:?}", map.kind);
    }
}

#[test]
fn windows_and_bins_out_of_range_are_named() {
    let message = |change: fn(&mut Config)| {
        let mut config = Config::default();
        change(&mut config);
        Pipeline::new(config).unwrap_err().to_string()
    };
    assert!(
        message(|c| c.texture_maps.window_px = 14)
            .contains("texture_maps.window_px is 14; an odd number from 3 to 255")
    );
    assert!(message(|c| c.texture_maps.window_mm = 0.0).contains("texture_maps.window_mm is 0; a positive number"));
    assert!(message(|c| c.texture_maps.bins = 129).contains("texture_maps.bins is 129; 2 to 128 gray levels"));
}
