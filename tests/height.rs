//! Height maps through the program: units, forms, voids, refusals, and the truth of phantoms.

#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::fs;
use std::path::Path;

use cicatrix::base::{Mask, Plane};
use cicatrix::filter::gaussian;
use cicatrix::measure::texture::areal;
use cicatrix::measure::texture::relief::sigma_of_cutoff;
use cicatrix::phantom::presets;
use common::{Bench, run};
use image::{ImageBuffer, ImageFormat, Luma};

/// A tilted wave in codes of 0.1 um: amplitude 200 um, 32 px long, rows alike; even about the middle of 256 px, so that the
/// plane of least squares is the tilt.
fn wave(x: u32, y: u32) -> f64 {
    let phase = std::f64::consts::TAU * (f64::from(x) + 0.5) / 32.0;
    30_000.0 + 2000.0 * phase.cos() + 3.0 * f64::from(x) - 5.0 * f64::from(y)
}

fn write(path: &Path, side: u32, code: impl Fn(u32, u32) -> f64) {
    let image: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_fn(side, side, |x, y| Luma([code(x, y).round() as u16]));
    image.save_with_format(path, ImageFormat::Png).unwrap();
}

fn number(bench: &Bench, column: &str) -> f64 {
    bench.column("metrics.csv", column)[0].parse().unwrap_or_else(|_| panic!("{column} is empty"))
}

const UNITS: [&str; 5] = ["--height-map", "--um-per-count", "0.1", "--um-per-px", "20"];

#[test]
fn a_wave_has_its_closed_form_in_micrometers() {
    let bench = Bench::new();
    write(&bench.photos().join("wave.png"), 256, wave);
    bench.analyze(&[&UNITS[..], &["--maps", "height,relief"]].concat()).expect(0);
    let amplitude = 200.0;
    let near = |column: &str, truth: f64, within: f64| {
        let found = number(&bench, column);
        assert!((found / truth - 1.0).abs() < within, "{column}: {found} for {truth}");
    };
    near("height_sq_um", amplitude / 2.0_f64.sqrt(), 0.01);
    near("height_sa_um", amplitude * 2.0 / std::f64::consts::PI, 0.01);
    near("height_sz_um", 2.0 * amplitude, 0.05);
    near("height_sku", 1.5, 0.01);
    near("height_sdq", amplitude * std::f64::consts::TAU / (32.0 * 20.0) / 2.0_f64.sqrt(), 0.01);
    near("height_sal_um", 0.2_f64.acos() / std::f64::consts::TAU * 32.0 * 20.0, 0.03);
    near("height_std_deg", 90.0, 0.005);
    near("mm_per_px", 0.02, 1e-12);
    assert_eq!(bench.column("metrics.csv", "flags"), ["long_correlation"]);
    for empty in ["height_str", "relief_sq_mid", "l_mean", "skin_fraction", "glcm_contrast_avg"] {
        assert_eq!(bench.column("metrics.csv", empty), [""], "{empty}");
    }
    let maps: Vec<_> =
        fs::read_dir(bench.out().join("maps/wave.png")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(maps, ["height.png"]);
    assert!(bench.read("report.html").contains("height_sq_um"));
    // Nothing is left to do, and the maps are there.
    let again = bench.analyze(&[&UNITS[..], &["--maps", "height,relief"]].concat()).expect(0);
    assert_eq!(Bench::from_journal(&again), 1);
}

#[test]
fn voids_and_masks_take_no_part() {
    let bench = Bench::new();
    let hole = |x: u32, y: u32| (100..140).contains(&x) && (50..90).contains(&y);
    write(&bench.photos().join("a.png"), 200, |x, y| if hole(x, y) { 0.0 } else { wave(x, y) });
    write(&bench.photos().join("b.png"), 200, |x, y| if hole(x, y) { 7.0 } else { wave(x, y) });
    bench.mask("masks/b.png", 200, 40);
    let masks = bench.root().join("masks");
    bench.analyze(&[&UNITS[..], &["--void", "0", "--masks", masks.to_str().unwrap()]].concat()).expect(0);
    let sz = bench.column("metrics.csv", "height_sz_um");
    assert!(sz[0].parse::<f64>().unwrap() < 450.0, "{sz:?}");
    // Without the void code the hole is 3 mm deep.
    assert!(sz[1].parse::<f64>().unwrap() > 2500.0, "{sz:?}");
    assert!(bench.column("metrics.csv", "flags")[0].contains("height_voids"));
}

#[test]
fn forms_and_filters_of_the_file_are_used() {
    let bench = Bench::new();
    // A dome of 400 um with the wave on it.
    let dome = |x: u32, y: u32| {
        let r2 = (f64::from(x) - 128.0).powi(2) + (f64::from(y) - 128.0).powi(2);
        wave(x, y) - 4000.0 * r2 / 16_384.0
    };
    write(&bench.photos().join("dome.png"), 256, dome);
    let config = bench.root().join("c.toml");
    let sq = |text: &str| {
        fs::write(&config, format!("[height]\nenabled = true\num_per_count = 0.1\num_per_px = 20\n{text}")).unwrap();
        bench.analyze(&["--config", config.to_str().unwrap()]).expect(0);
        number(&bench, "height_sq_um")
    };
    let wave_sq = 200.0 / 2.0_f64.sqrt();
    assert!(sq("form = \"plane\"") > 1.2 * wave_sq);
    assert!((sq("form = \"quadratic\"") / wave_sq - 1.0).abs() < 0.02);
    // Wavelength 640 um: an L-filter of 2500 um keeps it, an S-filter of 640 um halves it.
    assert!((sq("form = \"quadratic\"\nl_um = 2500") / wave_sq - 1.0).abs() < 0.06);
    assert!((sq("form = \"quadratic\"\nl_um = 2500\nrobust = true") / wave_sq - 1.0).abs() < 0.06);
    // At the two edges along the ridges the filter has one side only.
    let halved = sq("form = \"quadratic\"\ns_um = 640") / wave_sq;
    assert!((halved - 0.5).abs() < 0.04, "{halved}");
}

#[test]
fn a_phantom_gives_its_truth_back() {
    let bench = Bench::new();
    let dir = bench.root().join("phantom");
    let name = "cheek_light_acne_scars";
    // The phantom writes 10000 codes per mm.
    run(&["phantom", dir.to_str().unwrap(), "--preset", name, "--size", "480x360", "--maps"]).expect(0);
    fs::copy(dir.join(format!("{name}.height.png")), bench.photos().join("h.png")).unwrap();
    let mut phantom = presets::preset(name).unwrap();
    (phantom.width_px, phantom.height_px) = (480, 360);
    let (height_mm, um_per_px) = (phantom.render().unwrap().maps.height_mm, 1000.0 * phantom.mm_per_px);
    for (s_um, l_um) in [(300.0, 800.0), (800.0, 2500.0)] {
        // The same two filters, with the map mirrored at its edges instead of cut off.
        let filter = |plane: &Plane, um: f64| gaussian::blur(plane, sigma_of_cutoff(um / um_per_px));
        let short = filter(&height_mm, s_um);
        let long = filter(&short, l_um);
        let band = Plane::from_fn(480, 360, |x, y| short.at(x, y) - long.at(x, y));
        let truth = 1000.0 * areal::areal(&band, &Mask::full(480, 360)).unwrap().sq;
        let config = bench.root().join("c.toml");
        let text = format!(
            "[height]\nenabled = true\num_per_count = 0.1\num_per_px = {um_per_px}\nform = \"none\"\ns_um = {s_um}\nl_um = {l_um}\n"
        );
        fs::write(&config, text).unwrap();
        bench.analyze(&["--config", config.to_str().unwrap()]).expect(0);
        let found = number(&bench, "height_sq_um");
        assert!((found / truth - 1.0).abs() < 0.02, "{s_um} to {l_um} um: {found} for {truth}");
    }
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let bench = Bench::new();
    write(&bench.photos().join("wave.png"), 64, wave);
    bench.photo("photo.png", 3);
    let no_scale = bench.analyze(&["--height-map", "--um-per-count", "0.1"]).expect(2);
    assert!(no_scale.stderr.contains("--um-per-px"), "{}", no_scale.stderr);
    let no_flag = bench.analyze(&["--um-per-px", "20"]).expect(2);
    assert!(no_flag.stderr.contains("--height-map"), "{}", no_flag.stderr);
    bench.analyze(&UNITS).expect(3);
    assert_eq!(bench.column("failures.csv", "code"), ["not_a_height_map"]);
    bench.analyze(&["--height-map", "--um-per-px", "20"]).expect(3);
    let mut codes = bench.column("failures.csv", "code");
    codes.sort();
    assert_eq!(codes, ["height_unit_missing", "not_a_height_map"]);
    assert!(bench.read("failures.csv").contains("--um-per-count"));
}
