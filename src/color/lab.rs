//! CIELAB of linear sRGB, CIE 15:2018.
//!
//! The matrix is derived from the sRGB primaries and the white xy (0.3127, 0.3290), and the white is its own row sum, so
//! a gray is exactly neutral. The white is folded into the matrix: no division is left per pixel.

/// A CIELAB color, D65.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lab {
    /// Lightness L*, 0 to 100.
    pub l: f64,
    /// a*, green to red.
    pub a: f64,
    /// b*, blue to yellow.
    pub b: f64,
}

/// XYZ of the D65 white, Y = 1.
pub const WHITE_D65: [f64; 3] = [0.950_455_927_051_671_6, 1.0, 1.089_057_750_759_878_4];

/// Linear sRGB to XYZ.
pub const XYZ_FROM_LINEAR: [[f64; 3]; 3] = [
    [0.412_390_799_265_959_34, 0.357_584_339_383_877_96, 0.180_480_788_401_834_3],
    [0.212_639_005_871_510_3, 0.715_168_678_767_755_9, 0.072_192_315_360_733_71],
    [0.019_330_818_715_591_825, 0.119_194_779_794_625_95, 0.950_532_152_249_660_6],
];

/// XYZ to linear sRGB.
pub const LINEAR_FROM_XYZ: [[f64; 3]; 3] = [
    [3.240_969_941_904_522_6, -1.537_383_177_570_094, -0.498_610_760_293_003_44],
    [-0.969_243_636_280_879_6, 1.875_967_501_507_720_2, 0.041_555_057_407_175_63],
    [0.055_630_079_696_993_64, -0.203_976_958_888_976_55, 1.056_971_514_242_878_6],
];

const EPSILON: f64 = 216.0 / 24389.0;
const KAPPA: f64 = 24389.0 / 27.0;

/// Linear sRGB to XYZ relative to the white, each row summing to one so that grays stay neutral to the last bit.
const RELATIVE: [[f32; 3]; 3] = {
    let mut m = [[0.0; 3]; 3];
    let mut i = 0;
    while i < 3 {
        let row = XYZ_FROM_LINEAR[i];
        let white = row[0] + row[1] + row[2];
        m[i] = [(row[0] / white) as f32, (row[1] / white) as f32, (row[2] / white) as f32];
        i += 1;
    }
    m
};

impl Lab {
    /// The color of a linear sRGB triple, in f64.
    #[must_use]
    pub fn from_linear(rgb: [f64; 3]) -> Self {
        let f = |row: [f64; 3]| {
            let white = row[0] + row[1] + row[2];
            let t = (row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]) / white;
            if t > EPSILON { t.cbrt() } else { (KAPPA * t + 16.0) / 116.0 }
        };
        let [fx, fy, fz] = XYZ_FROM_LINEAR.map(f);
        Self { l: 116.0 * fy - 16.0, a: 500.0 * (fx - fy), b: 200.0 * (fy - fz) }
    }

    /// The linear sRGB triple of the color; outside 0 to 1 where sRGB does not reach it.
    #[must_use]
    pub fn to_linear(self) -> [f64; 3] {
        let fy = (self.l + 16.0) / 116.0;
        let finv = |f: f64| {
            let cube = f * f * f;
            if cube > EPSILON { cube } else { (116.0 * f - 16.0) / KAPPA }
        };
        let xyz = [finv(fy + self.a / 500.0) * WHITE_D65[0], finv(fy), finv(fy - self.b / 200.0) * WHITE_D65[2]];
        LINEAR_FROM_XYZ.map(|row| row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2])
    }

    /// Chroma C*ab.
    #[must_use]
    pub fn chroma(self) -> f64 {
        self.a.hypot(self.b)
    }

    /// Hue angle h_ab in degrees, 0 to 360; `None` for a color without chroma (C*ab < 1e-6).
    #[must_use]
    pub fn hue_deg(self) -> Option<f64> {
        (self.chroma() >= 1e-6).then(|| self.b.atan2(self.a).to_degrees().rem_euclid(360.0))
    }
}

/// Cube root of a positive f32: a bit trick, then two Halley steps; relative error below 3e-7.
#[inline(always)]
fn cbrt(x: f32) -> f32 {
    let mut y = f32::from_bits(x.to_bits() / 3 + 709_921_077);
    for _ in 0..2 {
        let cube = y * y * y;
        y = y * (cube + 2.0 * x) / (2.0 * cube + x);
    }
    y
}

#[inline(always)]
fn f(t: f32) -> f32 {
    let linear = (KAPPA as f32 * t + 16.0) / 116.0;
    let root = cbrt(t.max(1e-12));
    if t > EPSILON as f32 { root } else { linear }
}

#[inline(always)]
fn lab_row_body(rgb: [&[f32]; 3], lab: [&mut [f32]; 3]) {
    let [r, g, b] = rgb;
    let [out_l, out_a, out_b] = lab;
    let n = out_l.len();
    let (r, g, b) = (&r[..n], &g[..n], &b[..n]);
    let (out_a, out_b) = (&mut out_a[..n], &mut out_b[..n]);
    let m = RELATIVE;
    for i in 0..n {
        let (r, g, b) = (r[i], g[i], b[i]);
        let fx = f(m[0][0] * r + m[0][1] * g + m[0][2] * b);
        let fy = f(m[1][0] * r + m[1][1] * g + m[1][2] * b);
        let fz = f(m[2][0] * r + m[2][1] * g + m[2][2] * b);
        out_l[i] = 116.0 * fy - 16.0;
        out_a[i] = 500.0 * (fx - fy);
        out_b[i] = 200.0 * (fy - fz);
    }
}

dispatch! {
    /// CIELAB of a row of linear sRGB, in f32 (within 2e-4 of f64 in every component).
    pub fn lab_row(rgb: [&[f32]; 3], lab: [&mut [f32]; 3]) = lab_row_body
}
