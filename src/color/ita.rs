//! The individual typology angle and its classes.
//!
//! ITA = atan((L* - 50) / b*), Chardon, Cretois and Hourseau 1991; classes of Del Bino and Bernerd 2013. It is taken of
//! the mean Lab of a region, never averaged over pixels: quantization alone moves the angle of one pixel by degrees.

use super::Lab;

/// ITA in degrees; `None` for a color without chroma (C*ab < 1e-6).
#[must_use]
pub fn ita_deg(lab: Lab) -> Option<f64> {
    (lab.chroma() >= 1e-6).then(|| ((lab.l - 50.0) / lab.b).atan().to_degrees())
}

/// The skin color class of an ITA in degrees.
#[must_use]
pub fn ita_class(ita_deg: f64) -> &'static str {
    match ita_deg {
        x if x > 55.0 => "very_light",
        x if x > 41.0 => "light",
        x if x > 28.0 => "intermediate",
        x if x > 10.0 => "tan",
        x if x > -30.0 => "brown",
        _ => "dark",
    }
}
