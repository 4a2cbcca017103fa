//! The spectra behind the skin model, 380 to 780 nm in steps of 10 nm.
//!
//! - Hemoglobin: molar extinction compiled by Scott Prahl (omlc.org/spectra/hemoglobin) from Gratzer and Kollias,
//!   interpolated linearly to the wavelengths of the table.
//! - Melanosome, bloodless tissue and scattering: Steven Jacques, omlc.org, January 1998.
//! - Light and observer: CIE standard illuminant D65 and CIE 1931 standard observer.

/// One wavelength of the model.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Wavelength in nm.
    pub nm: f64,
    /// Molar extinction of oxygenated hemoglobin, 1/(cm M).
    pub oxygenated: f64,
    /// Molar extinction of deoxygenated hemoglobin, 1/(cm M).
    pub deoxygenated: f64,
    /// Relative power of the illuminant D65.
    pub d65: f64,
    /// The CIE 1931 color matching functions.
    pub observer: [f64; 3],
}

const fn row(nm: f64, oxygenated: f64, deoxygenated: f64, d65: f64, observer: [f64; 3]) -> Row {
    Row { nm, oxygenated, deoxygenated, d65, observer }
}

/// Oxygen saturation of the blood in skin.
const SATURATION: f64 = 0.75;
/// Hemoglobin in whole blood, g/l, and its molar mass, g/mol.
const HEMOGLOBIN_G_PER_L: f64 = 150.0;
const HEMOGLOBIN_G_PER_MOL: f64 = 64_500.0;

impl Row {
    /// Absorption of whole blood in 1/cm, oxygen saturation 75 %.
    #[must_use]
    pub fn mua_blood(&self) -> f64 {
        let extinction = SATURATION * self.oxygenated + (1.0 - SATURATION) * self.deoxygenated;
        2.303 * extinction * HEMOGLOBIN_G_PER_L / HEMOGLOBIN_G_PER_MOL
    }

    /// Absorption of the inside of a melanosome in 1/cm: 6.6e11 nm^-3.33 (Jacques 1998).
    #[must_use]
    pub fn mua_melanosome(&self) -> f64 {
        6.6e11 * self.nm.powf(-3.33)
    }

    /// Absorption of tissue without melanin and blood in 1/cm (Jacques 1998).
    #[must_use]
    pub fn mua_baseline(&self) -> f64 {
        0.244 + 85.3 * (-(self.nm - 154.0) / 66.2).exp()
    }

    /// Reduced scattering of skin in 1/cm: Rayleigh and Mie parts, 2e12 nm^-4 + 2e5 nm^-1.5 (Jacques 1998).
    #[must_use]
    pub fn musp_1998(&self) -> f64 {
        2e12 * self.nm.powi(-4) + 2e5 * self.nm.powf(-1.5)
    }
}

/// The table.
#[rustfmt::skip]
pub const ROWS: [Row; 41] = [
    row(380.0, 109_564.0, 145_232.0, 49.9755, [0.001_368, 3.9e-05, 0.006_450_001]),
    row(390.0, 167_748.0, 167_780.0, 54.6482, [0.004_243, 0.00012, 0.020_050_01]),
    row(400.0, 266_232.0, 223_296.0, 82.7549, [0.01431, 0.000_396, 0.067_850_01]),
    row(410.0, 466_840.0, 303_956.0, 91.486, [0.04351, 0.00121, 0.2074]),
    row(420.0, 480_360.0, 407_560.0, 93.4318, [0.13438, 0.004, 0.6456]),
    row(430.0, 246_072.0, 528_600.0, 86.6823, [0.2839, 0.0116, 1.3856]),
    row(440.0, 102_580.0, 413_280.0, 104.865, [0.34828, 0.023, 1.74706]),
    row(450.0, 62816.0, 103_292.0, 117.008, [0.3362, 0.038, 1.77211]),
    row(460.0, 44480.0, 23388.8, 117.812, [0.2908, 0.06, 1.6692]),
    row(470.0, 33209.2, 16156.4, 114.861, [0.19536, 0.09098, 1.28764]),
    row(480.0, 26629.2, 14550.0, 115.923, [0.09564, 0.13902, 0.812_950_1]),
    row(490.0, 23684.4, 16684.0, 108.811, [0.03201, 0.20802, 0.46518]),
    row(500.0, 20932.8, 20862.0, 109.354, [0.0049, 0.323, 0.272]),
    row(510.0, 20035.2, 25773.6, 107.802, [0.0093, 0.503, 0.1582]),
    row(520.0, 24202.4, 31589.6, 104.79, [0.06327, 0.71, 0.078_249_99]),
    row(530.0, 39956.8, 39036.4, 107.689, [0.1655, 0.862, 0.04216]),
    row(540.0, 53236.0, 46592.0, 104.405, [0.2904, 0.954, 0.0203]),
    row(550.0, 43016.0, 53412.0, 104.046, [0.433_449_9, 0.994_950_1, 0.008_749_999]),
    row(560.0, 32613.2, 53788.0, 100.0, [0.5945, 0.995, 0.0039]),
    row(570.0, 44496.0, 45072.0, 96.3342, [0.7621, 0.952, 0.0021]),
    row(580.0, 50104.0, 37020.0, 95.788, [0.9163, 0.87, 0.001_650_001]),
    row(590.0, 14400.8, 28324.4, 88.6856, [1.0263, 0.757, 0.0011]),
    row(600.0, 3200.0, 14677.2, 90.0062, [1.0622, 0.631, 0.0008]),
    row(610.0, 1506.0, 9443.6, 89.5991, [1.0026, 0.503, 0.00034]),
    row(620.0, 942.0, 6509.6, 87.6987, [0.854_449_9, 0.381, 0.00019]),
    row(630.0, 610.0, 5148.8, 83.2886, [0.6424, 0.265, 4.999999e-05]),
    row(640.0, 442.0, 4345.2, 83.6992, [0.4479, 0.175, 2e-05]),
    row(650.0, 368.0, 3750.12, 80.0268, [0.2835, 0.107, 2.1175824e-22]),
    row(660.0, 319.6, 3226.56, 80.2146, [0.1649, 0.061, 0.0]),
    row(670.0, 294.0, 2795.12, 82.2778, [0.0874, 0.032, 0.0]),
    row(680.0, 277.6, 2407.92, 78.2842, [0.04677, 0.017, 0.0]),
    row(690.0, 276.0, 2051.96, 69.7213, [0.0227, 0.00821, 0.0]),
    row(700.0, 290.0, 1794.28, 71.6091, [0.011_359_16, 0.004_102, 0.0]),
    row(710.0, 314.0, 1540.48, 74.349, [0.005_790_346, 0.002_091, 0.0]),
    row(720.0, 348.0, 1325.88, 61.604, [0.002_899_327, 0.001_047, 0.0]),
    row(730.0, 390.0, 1102.2, 69.8856, [0.001_439_971, 0.00052, 0.0]),
    row(740.0, 446.0, 1115.88, 75.087, [0.000_690_078_6, 0.000_249_2, 0.0]),
    row(750.0, 518.0, 1405.24, 63.5927, [0.000_332_301_1, 0.00012, 0.0]),
    row(760.0, 586.0, 1548.52, 46.4182, [0.000_166_150_5, 6e-05, 0.0]),
    row(770.0, 650.0, 1311.88, 66.8054, [8.307527e-05, 3e-05, 0.0]),
    row(780.0, 710.0, 1075.44, 63.3828, [4.150994e-05, 1.499e-05, 0.0]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_spectra_agree_with_values_computed_apart() {
        // Blood, melanosome, baseline and scattering at 380 and 410 nm.
        for (i, want) in
            [(0, [634.562_19, 1693.8095, 3.051_451_6, 122.916_44]), (3, [2282.2141, 1315.1452, 2.028_440_6, 94.868_36])]
        {
            let row = ROWS[i];
            let got = [row.mua_blood(), row.mua_melanosome(), row.mua_baseline(), row.musp_1998()];
            for (g, w) in got.into_iter().zip(want) {
                assert!((g / w - 1.0).abs() < 1e-7, "{} nm: {g} against {w}", row.nm);
            }
        }
    }
}
