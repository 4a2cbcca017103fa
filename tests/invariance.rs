//! What must not change a number, and what must.

#![allow(clippy::unwrap_used, missing_docs)]

use cicatrix::base::parallel::Threads;
use cicatrix::base::{Mask, Plane, cpu::Level};
use cicatrix::filter::gaussian;
use cicatrix::measure::config::Family;
use cicatrix::measure::dictionary::Table;
use cicatrix::measure::texture::areal;
use cicatrix::measure::texture::feature::Aggregation;
use cicatrix::measure::{Column, Config, Flag, Measurement, Outcome, Pipeline, Region, Regions, Value};
use cicatrix::photo::{Info, Photo};
use proptest::prelude::*;

fn noise(width: usize, height: usize, mut state: u64) -> Plane {
    state = state.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    Plane::from_fn(width, height, |_, _| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    })
}

/// Skin with mottle, relief, noise and a dark spot in the middle of its upper left quarter.
fn skin(width: usize, height: usize) -> Photo {
    let field = |seed, sigma: f64, sd: f32| {
        let gain = sd * 2.0 * std::f32::consts::PI.sqrt() * sigma as f32 * 3.46;
        gaussian::blur(&noise(width, height, seed), sigma).map(|v| v * gain)
    };
    let (melanin, blood, relief) = (field(1, 9.0, 0.05), field(2, 7.0, 0.05), field(3, 2.5, 0.04));
    let spot = |x: usize, y: usize| {
        let r = (x as f32 - width as f32 / 4.0).hypot(y as f32 - height as f32 / 4.0);
        if r < 12.0 { 0.9 } else { 0.0 }
    };
    let channel = |base: f32, m: f32, h: f32, seed| {
        let noise = noise(width, height, seed);
        Plane::from_fn(width, height, |x, y| {
            let density = m * (melanin.at(x, y) + spot(x, y)) + h * blood.at(x, y);
            (base.ln() - density + relief.at(x, y) + 0.02 * noise.at(x, y)).exp()
        })
    };
    let rgb = [channel(0.42, 0.29, 0.32, 5), channel(0.23, 0.51, 0.74, 6), channel(0.15, 0.81, 0.59, 7)];
    Photo { rgb, opaque: None, info: Info { bits: 8, ..Info::default() } }
}

fn map_planes(photo: &Photo, f: impl Fn(&Plane) -> Plane) -> Photo {
    Photo { rgb: [f(&photo.rgb[0]), f(&photo.rgb[1]), f(&photo.rgb[2])], opaque: None, info: photo.info.clone() }
}

fn measure_with(photo: &Photo, regions: &Regions, config: Config) -> Measurement {
    match Pipeline::new(config).unwrap().measure(photo, regions).unwrap() {
        Outcome::Measured(m) => *m,
        Outcome::Refused { reasons, .. } => panic!("refused: {reasons:?}"),
    }
}

fn measure(photo: &Photo) -> Measurement {
    measure_with(photo, &Regions::default(), Config::default())
}

fn number(m: &Measurement, column: Column) -> f64 {
    m.rows[0].number(column).unwrap_or_else(|| panic!("{} is empty", column.metric().name))
}

fn close(a: f64, b: f64, tolerance: f64, what: &str) {
    assert!((a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1e-9), "{what}: {a} and {b}");
}

#[test]
fn every_cell_of_a_skin_photo_is_filled() {
    let mut config = Config::default();
    config.mm_per_px = Some(0.05);
    let m = measure_with(&skin(400, 300), &Regions::default(), config);
    let may_be_empty =
        ["sha256", "photo", "captured_at", "camera", "flash", "jpeg_quality", "light_azimuth_deg", "red_spot_contrast"];
    let column = |name: &str| Column::named(name).unwrap();
    let ratios = [column("stat_cov"), column("stat_qcod")];
    // Hollows and domes are told apart by the light alone.
    let no_light = m.rows[0].flags().any(|flag| flag == Flag::LightUnclear);
    let kept = |c: &Column| {
        let no_scars = no_light && c.metric().family == Family::Scars;
        !may_be_empty.contains(&c.metric().name.as_str()) && !ratios.contains(c) && !no_scars
    };
    for column in Column::all().filter(kept) {
        // A photo has no heights; relief without a direction says so.
        let is_empty = match column {
            c if c.metric().family == Family::Height => true,
            Column::RELIEF_STD_DEG => m.rows[0].flags().any(|flag| flag == Flag::NoDirection),
            _ => false,
        };
        assert_eq!(m.rows[0].get(column) == &Value::Empty, is_empty, "{}", column.metric().name);
    }
    // The relief varies about zero: what divides by its mean would be any number.
    let mut lightness = Config::default();
    lightness.texture.source = cicatrix::measure::config::TextureSource::Lightness;
    let on_lightness = measure_with(&skin(400, 300), &Regions::default(), lightness);
    for column in ratios {
        assert_eq!(m.rows[0].get(column), &Value::Empty);
        assert!(number(&on_lightness, column) > 0.0);
    }
    assert_eq!(number(&m, Column::DARK_SPOT_COUNT), 1.0);
    let spot = &m.lesions[0];
    assert!((spot.x_px - 100.0).abs() < 2.0 && (spot.y_px - 75.0).abs() < 2.0, "{spot:?}");
    assert!((spot.diameter_px - 24.0).abs() < 5.0, "{spot:?}");
}

#[test]
fn threads_and_levels_change_no_bit() {
    let photo = skin(331, 257);
    let before = Level::current();
    let mut all = Vec::new();
    for level in Level::available() {
        assert!(Level::force(level));
        for threads in [1, 2, 7] {
            let m = Threads::new(threads).unwrap().install(|| measure(&photo));
            all.push((m.rows, m.lesions));
        }
    }
    Level::force(before);
    assert!(all.windows(2).all(|w| w[0] == w[1]));
}

#[test]
fn a_flat_photo_has_no_roughness_and_no_nan() {
    let mut photo = map_planes(&skin(128, 128), |p| Plane::filled(128, 128, p.at(3, 3)));
    for gray in [false, true] {
        photo.info.gray = gray;
        let m = measure(&photo);
        for column in
            [Column::RELIEF_SQ, Column::RELIEF_SA, Column::RELIEF_SZ, Column::RELIEF_SQ_MID, Column::RELIEF_SDQ]
        {
            assert_eq!(number(&m, column), 0.0, "{}", column.metric().name);
        }
        for column in Column::all() {
            assert!(m.rows[0].number(column).is_none_or(f64::is_finite), "{}", column.metric().name);
        }
    }
}

#[test]
fn exposure_changes_no_relief_and_no_pigment() {
    let photo = skin(300, 240);
    let darker = map_planes(&photo, |p| p.map(|v| 0.6 * v));
    let (a, b) = (measure(&photo), measure(&darker));
    let columns = [
        Column::RELIEF_SQ_FINE,
        Column::RELIEF_SQ_MID,
        Column::RELIEF_SQ_COARSE,
        Column::RELIEF_SQ,
        Column::MELANIN_MEAN,
        Column::HEMOGLOBIN_MEAN,
    ];
    for column in columns {
        close(number(&a, column), number(&b, column), 1e-3, &column.metric().name);
    }
    assert!(number(&a, Column::L_MEAN) > number(&b, Column::L_MEAN) + 5.0, "lightness does follow exposure");
}

#[test]
fn a_quarter_turn_changes_no_isotropic_metric() {
    // Even sides: the blocks of the half-resolution planes turn with the photo.
    let photo = skin(320, 256);
    let turned = map_planes(&photo, |p| Plane::from_fn(p.height(), p.width(), |x, y| p.at(y, p.height() - 1 - x)));
    let (a, b) = (measure(&photo), measure(&turned));
    let mut columns = vec![
        Column::RELIEF_SQ_FINE,
        Column::RELIEF_SQ_MID,
        Column::RELIEF_SA,
        Column::RELIEF_SQ,
        Column::RELIEF_SSK,
        Column::RELIEF_SKU,
        Column::MELANIN_MEAN,
        Column::HEMOGLOBIN_SD,
        Column::L_MEAN,
        Column::ITA_DEG,
        Column::NOISE_SD,
        Column::SHARPNESS,
        Column::DARK_SPOT_COUNT,
    ];
    for table in [Table::Glcm, Table::Glrlm] {
        columns.extend(table.columns(Some(Aggregation::Merged)));
    }
    for table in [Table::Glszm, Table::Gldzm, Table::Ngtdm, Table::Ngldm, Table::Ih] {
        columns.extend(table.columns(None));
    }
    columns.extend([Column::FRACTAL_DIMENSION, Column::ANISOTROPY]);
    for column in columns {
        close(number(&a, column), number(&b, column), 2e-3, &column.metric().name);
    }
}

#[test]
fn a_masked_photo_measures_as_its_crop() {
    let photo = skin(360, 300);
    let (x, y, width, height) = (64, 32, 224, 192);
    let inside = |i: usize, j: usize| (x..x + width).contains(&i) && (y..y + height).contains(&j);
    let regions = Regions { skin: Some(Mask::from_fn(360, 300, inside)), named: Vec::new() };
    let masked = measure_with(&photo, &regions, Config::default());
    let crop = map_planes(&photo, |p| p.crop(x..x + width, y..y + height));
    let whole = Regions { skin: Some(Mask::full(width, height)), named: Vec::new() };
    let cropped = measure_with(&crop, &whole, Config::default());
    for column in
        [Column::RELIEF_SQ_FINE, Column::RELIEF_SQ_MID, Column::RELIEF_SQ_COARSE, Column::RELIEF_SQ, Column::RELIEF_SDQ]
    {
        close(number(&masked, column), number(&cropped, column), 0.01, &column.metric().name);
    }
    for column in [Column::L_MEAN, Column::ITA_DEG, Column::MELANIN_MEAN, Column::NOISE_SD] {
        close(number(&masked, column), number(&cropped, column), 1e-3, &column.metric().name);
    }
}

#[test]
fn a_region_is_measured_beside_all() {
    let photo = skin(360, 300);
    let square = [(100.0, 100.0), (300.0, 100.0), (300.0, 260.0), (100.0, 260.0)];
    let named = vec![Region::from_polygon("cheek", &square, 360, 300)];
    let m = measure_with(&photo, &Regions { skin: None, named }, Config::default());
    assert_eq!(m.rows.len(), 2);
    assert_eq!(m.rows[1].text(Column::REGION), "cheek");
    let fraction = m.rows[1].number(Column::SKIN_FRACTION).unwrap();
    close(fraction, 200.0 * 160.0 / (360.0 * 300.0), 1e-6, "the area of the polygon");
    assert_eq!(m.rows[1].number(Column::DARK_SPOT_COUNT), Some(0.0), "the spot lies outside the region");
}

#[test]
fn a_mask_of_another_size_is_an_error() {
    let regions = Regions { skin: Some(Mask::full(10, 10)), named: Vec::new() };
    let error = Pipeline::new(Config::default()).unwrap().measure(&skin(64, 64), &regions).unwrap_err();
    assert_eq!(error.code(), "mask_size");
    assert!(error.to_string().contains("10 x 10") && error.to_string().contains("64 x 64"), "{error}");
}

#[test]
fn families_limit_the_work() {
    let mut config = Config::default();
    config.families = vec![cicatrix::measure::config::Family::Color];
    let m = measure_with(&skin(128, 96), &Regions::default(), config);
    assert!(m.rows[0].number(Column::ITA_DEG).is_some());
    let mut columns = vec![Column::RELIEF_SQ, Column::MELANIN_MEAN, Column::DARK_SPOT_COUNT, Column::PSD_SLOPE];
    columns.extend(Table::ALL.iter().flat_map(|table| table.columns(None)));
    for column in columns {
        assert_eq!(m.rows[0].get(column), &Value::Empty, "{}", column.metric().name);
    }
}

#[test]
fn green_without_skin_and_tiny_photos_are_refused() {
    let green = Photo {
        rgb: [Plane::filled(64, 64, 0.05), Plane::filled(64, 64, 0.4), Plane::filled(64, 64, 0.06)],
        opaque: None,
        info: Info::default(),
    };
    let tiny = map_planes(&skin(64, 64), |p| p.crop(0..20, 0..20));
    for (photo, code) in [(green, "no_skin"), (tiny, "too_small")] {
        match Pipeline::new(Config::default()).unwrap().measure(&photo, &Regions::default()).unwrap() {
            Outcome::Refused { reasons, .. } => assert_eq!(reasons[0].code, code),
            Outcome::Measured(_) => panic!("{code} was measured"),
        }
    }
}

proptest! {
    #[test]
    fn a_constant_added_leaves_sq(offset in -2.0_f32..2.0, seed in 1_u64..1000) {
        let plane = noise(40, 30, seed);
        let mask = Mask::from_fn(40, 30, |x, y| (x * 5 + y) % 7 != 0);
        let a = areal::areal(&plane, &mask).unwrap();
        let b = areal::areal(&plane.map(|v| v + offset), &mask).unwrap();
        prop_assert!((a.sq - b.sq).abs() < 1e-5 && (a.sa - b.sa).abs() < 1e-5);
        prop_assert!((b.mean - a.mean - f64::from(offset)).abs() < 1e-5);
    }

    #[test]
    fn a_polygon_covers_its_area(cx in 20.0_f64..40.0, cy in 20.0_f64..40.0, r in 6.0_f64..18.0) {
        let corners: Vec<_> = (0..60).map(|k| f64::from(k) / 60.0 * std::f64::consts::TAU).map(|t| (cx + r * t.cos(), cy + r * t.sin())).collect();
        let area = Region::from_polygon("disk", &corners, 60, 60).mask.count() as f64;
        prop_assert!((area / (std::f64::consts::PI * r * r) - 1.0).abs() < 0.06, "{area}");
    }
}
