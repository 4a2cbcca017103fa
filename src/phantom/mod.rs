//! Synthetic skin photographs with known truth.
//!
//! A forward model ([`skin`]) gives the color of every pixel from its melanin and blood, a height map gives the
//! shading, and a camera makes a photograph of them. So what a measurement should find is known: every parameter, map
//! and lesion is in [`Truth`]. The same seed gives the same photograph on any number of threads.
//!
//! ```
//! use cicatrix::phantom::Phantom;
//! let mut phantom = Phantom::default();
//! (phantom.width_px, phantom.height_px) = (64, 48);
//! phantom.ita_deg = 20.0;
//! let rendered = phantom.render()?;
//! assert_eq!(rendered.rgb8.len(), 64 * 48 * 3);
//! assert!((rendered.truth.skin.ita_deg.unwrap_or_default() - 20.0).abs() < 2.0);
//! # Ok::<(), cicatrix::Error>(())
//! ```

pub mod camera;
mod contrast;
mod fields;
pub mod frame;
pub mod hair;
pub mod light;
mod lit;
mod place;
pub mod presets;
pub mod random;
pub mod recapture;
mod render;
pub mod scar;
pub mod scene;
mod spline;
pub mod spot;
pub mod table;
pub mod texture;
mod treated;
pub mod truth;
pub mod vectors;

use serde::{Deserialize, Serialize};

pub use crate::color::skin;
pub use camera::Camera;
pub use hair::Hair;
pub use light::Light;
pub use recapture::Recapture;
pub use render::{Maps, Rendered};
pub use scar::{GivenScar, Scar, ScarKind, ScarPlan};
pub use scene::Scene;
pub use spot::{GivenSpot, Spot, SpotKind, SpotPlan};
pub use texture::relief::Relief;
pub use treated::Treated;
pub use truth::Truth;

/// A synthetic photograph of skin, before it is rendered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Phantom {
    /// Seed of the skin (default 1).
    pub seed: u64,
    /// Columns (default 640).
    pub width_px: usize,
    /// Rows (default 480).
    pub height_px: usize,
    /// Skin around the frame in pixels, for recaptures (default 0). Another margin is another piece of skin.
    pub margin_px: usize,
    /// Scale in mm per pixel (default 0.05).
    pub mm_per_px: f64,
    /// Individual typology angle of the skin in degrees (default 45), reached by its melanin at its blood.
    pub ita_deg: f64,
    /// Surface reflection under which `ita_deg` is meant (default none: that of the photograph). With 0.028 here and 0 in
    /// `surface`, a cross-polarized photograph shows the skin that has this ITA unpolarized, as instruments measure it.
    pub ita_surface: Option<f64>,
    /// Melanosome fraction, in place of `ita_deg` (default none).
    pub melanin: Option<f64>,
    /// Blood fraction (default 0.014).
    pub blood: f64,
    /// White reflection of the surface (default 0.028; 0 for cross-polarized light). It follows the light as the skin
    /// below it does.
    pub surface: f64,
    /// Relative rms of the melanin mottle between 1.5 and 8 mm (default 0.07).
    pub melanin_mottle: f64,
    /// Relative rms of the blood mottle between 1.5 and 8 mm (default 0.08).
    pub blood_mottle: f64,
    /// Relative rms of both between 0.3 and 1.5 mm (default 0.03).
    pub fine_mottle: f64,
    /// Factor on the height map, scars included (default 1).
    pub relief_gain: f64,
    /// The relief of healthy skin.
    pub relief: Relief,
    /// Scars (default none).
    pub scars: ScarPlan,
    /// Spots (default none).
    pub spots: SpotPlan,
    /// A treated part (default none).
    pub treated: Treated,
    /// Hairs (default none).
    pub hair: Hair,
    /// Light.
    pub light: Light,
    /// Camera.
    pub camera: Camera,
    /// How this photograph differs from the first of the same skin (default not at all).
    pub recapture: Recapture,
}

impl Default for Phantom {
    fn default() -> Self {
        Self {
            seed: 1,
            width_px: 640,
            height_px: 480,
            margin_px: 0,
            mm_per_px: 0.05,
            ita_deg: 45.0,
            ita_surface: None,
            melanin: None,
            blood: 0.014,
            surface: skin::SURFACE_DEFAULT,
            melanin_mottle: 0.07,
            blood_mottle: 0.08,
            fine_mottle: 0.03,
            relief_gain: 1.0,
            relief: Relief::default(),
            scars: ScarPlan::default(),
            spots: SpotPlan::default(),
            treated: Treated::default(),
            hair: Hair::default(),
            light: Light::default(),
            camera: Camera::default(),
            recapture: Recapture::default(),
        }
    }
}
