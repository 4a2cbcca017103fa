//! Height maps against closed forms: a wave through the form removal and the filters, read where no edge is near.

use cicatrix::base::{Mask, Plane};
use cicatrix::measure::{Column, Config, Outcome, Pipeline, Region, Regions, Row};
use cicatrix::photo::HeightMap;

use crate::record::{Oracle, Section, Tolerance};

const SIDE: usize = 512;
const UM_PER_PX: f64 = 20.0;
/// Wavelength and amplitude in um.
const WAVE: f64 = 640.0;
const AMPLITUDE: f64 = 200.0;

/// The height columns of the inner 256 x 256 pixels of a tilted wave, which runs along the rows or along the columns.
fn measured(along_rows: bool, s_um: Option<f64>, l_um: Option<f64>) -> Row {
    let mut config = Config::default();
    config.height.enabled = true;
    config.height.um_per_px = Some(UM_PER_PX);
    (config.height.s_um, config.height.l_um) = (s_um, l_um);
    // Even about the middle, so that the plane of least squares is the tilt.
    let um = Plane::from_fn(SIDE, SIDE, |x, y| {
        let place = if along_rows { x } else { y };
        let phase = std::f64::consts::TAU * (place as f64 + 0.5) * UM_PER_PX / WAVE;
        3000.0 + AMPLITUDE * phase.cos() + 0.3 * x as f64 - 0.5 * y as f64
    });
    let map = HeightMap { um, valid: Mask::full(SIDE, SIDE), notes: Vec::new() };
    let inner = |v: usize| (SIDE / 4..SIDE * 3 / 4).contains(&v);
    let mask = Mask::from_fn(SIDE, SIDE, |x, y| inner(x) && inner(y));
    let regions = Regions { skin: None, named: vec![Region { name: "inner".to_owned(), mask }] };
    let Outcome::Measured(found) = Pipeline::new(config).unwrap().measure_heights(&map, &regions).unwrap() else {
        panic!("refused");
    };
    found.rows[1].clone()
}

pub fn section() -> Section {
    let mut section = Section::new(
        "Height maps",
        "A tilted wave of 640 um and 200 um amplitude, 20 um per pixel, plane removed, along rows and along columns, read in the middle of the map. Closed form: that of the continuous \
         wave (32 samples a period cost up to 0.5 %). Filters: the share of the amplitude that is left; the Gaussian of ISO 16610-61 passes 2^-(c / 640)^2 of it as S-filter of cut-off c, and the rest as L-filter. \
         The robust L-filter is not linear and has no such closed form; it is tested in `src/filter/robust.rs`.",
        vec![
            Oracle { name: "closed form", tolerance: Tolerance::Relative(1e-2) },
            Oracle { name: "share of the amplitude", tolerance: Tolerance::Absolute(2e-3) },
        ],
    );
    let sq = AMPLITUDE / 2.0_f64.sqrt();
    for along_rows in [true, false] {
        let case = if along_rows { "along the rows" } else { "along the columns" };
        let row = measured(along_rows, None, None);
        let closed = [
            ("height_sa_um", Column::HEIGHT_SA_UM, AMPLITUDE * 2.0 / std::f64::consts::PI),
            ("height_sq_um", Column::HEIGHT_SQ_UM, sq),
            ("height_sku", Column::HEIGHT_SKU, 1.5),
            ("height_sz_um", Column::HEIGHT_SZ_UM, 2.0 * AMPLITUDE),
            ("height_sdq", Column::HEIGHT_SDQ, sq * std::f64::consts::TAU / WAVE),
        ];
        for (feature, column, expected) in closed {
            section.compare(feature, 0, row.number(column).unwrap(), expected, case);
        }
        let mut filtered = |feature: &str, s_um: Option<f64>, l_um: Option<f64>| {
            let passed = |cutoff: f64| (-(cutoff / WAVE).powi(2)).exp2();
            let expected = s_um.map_or(1.0, passed) * l_um.map_or(1.0, |cutoff| 1.0 - passed(cutoff));
            let left = measured(along_rows, s_um, l_um).number(Column::HEIGHT_SQ_UM).unwrap() / sq;
            section.compare(feature, 1, left, expected, &format!("{case}, {s_um:?} to {l_um:?} um"));
        };
        for cutoff in [320.0, 640.0, 960.0] {
            filtered("S-filter of 320, 640, 960 um", Some(cutoff), None);
        }
        for cutoff in [320.0, 640.0, 1280.0, 2000.0] {
            filtered("L-filter of 320, 640, 1280, 2000 um", None, Some(cutoff));
        }
        for (s_um, l_um) in [(320.0, 960.0), (640.0, 1280.0)] {
            filtered("both, 320 to 960 um and 640 to 1280 um", Some(s_um), Some(l_um));
        }
    }
    section
}
