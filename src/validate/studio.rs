//! From a phantom to what is measured on its photograph, by the path that a user's photo takes.
//!
//! The photograph is encoded as JPEG, decoded from its bytes, and measured with its nominal scale and the default
//! configuration (`skin.polarization = "cross"` where there is no surface reflection); only the families that no claim reads are left out. The studio keeps the last scene: the next photograph
//! of the same skin is faster.

use crate::base::Mask;
use crate::error::{Error, Result, Stage};
use crate::measure::config::Family;
use crate::measure::pigment::tone::Polarization;
use crate::measure::{Column, Config, Lesion, Measurement, Outcome, Pipeline, Refusal, Regions, Row};
use crate::phantom::{Camera, Phantom, Recapture, Scene, Truth};
use crate::photo::{Limits, Photo};

/// What was measured on a photograph, and what is true of it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The row of the whole photo.
    pub row: Row,
    /// Its lesions.
    pub lesions: Vec<Lesion>,
    /// What is true.
    pub truth: Truth,
    /// Whether the photo was only measured with a mask: its color was not taken for skin.
    pub by_mask: bool,
}

impl Reading {
    /// A cell of the row; NaN when it is empty, so that no claim about it is met.
    #[must_use]
    pub fn number(&self, column: Column) -> f64 {
        self.row.number(column).unwrap_or(f64::NAN)
    }

    /// The same by the column's name.
    #[must_use]
    pub fn named(&self, name: &str) -> f64 {
        Column::named(name).map_or(f64::NAN, |column| self.number(column))
    }

    /// Whether the row carries the flag of this name.
    #[must_use]
    pub fn flagged(&self, name: &str) -> bool {
        self.row.flags().any(|flag| flag.name() == name)
    }
}

/// Renders and measures phantoms one after another.
#[derive(Debug)]
pub struct Studio {
    plain: Pipeline,
    /// The same, told that polarizers are crossed.
    crossed: Pipeline,
    last: Option<(Phantom, Scene)>,
}

impl Studio {
    /// A studio for photographs of `mm_per_px`.
    ///
    /// # Errors
    /// When the scale is not allowed.
    pub fn new(mm_per_px: f64) -> Result<Self> {
        let mut config = Config { mm_per_px: Some(mm_per_px), ..Config::default() };
        config.families = vec![Family::Color, Family::Pigment, Family::Relief, Family::Spots];
        let mut crossed = config.clone();
        crossed.skin.polarization = Polarization::Cross;
        Ok(Self { plain: Pipeline::new(config)?, crossed: Pipeline::new(crossed)?, last: None })
    }

    /// Photographs the skin of `phantom` with its camera and measures it.
    ///
    /// # Errors
    /// When it cannot be rendered, or is refused by the measurement.
    pub fn read(&mut self, phantom: &Phantom) -> Result<Reading> {
        self.photograph(phantom, &phantom.recapture, &phantom.camera)
    }

    /// The same as another recapture through another camera.
    ///
    /// # Errors
    /// As [`Studio::read`].
    pub fn photograph(&mut self, phantom: &Phantom, recapture: &Recapture, camera: &Camera) -> Result<Reading> {
        let skin = Phantom { camera: Camera::default(), recapture: Recapture::default(), ..phantom.clone() };
        let scene = match self.last.take() {
            Some((last, scene)) if last == skin => scene,
            before => skin.scene_after(before.as_ref().map(|(_, scene)| scene))?,
        };
        let (_, scene) = self.last.insert((skin, scene));
        let rendered = scene.photograph(recapture, camera)?;
        let photo = Photo::from_bytes(&rendered.jpeg()?, &Limits::default())?;
        // Who photographs through crossed polarizers knows it.
        let pipeline = if phantom.surface > 0.0 { &self.plain } else { &self.crossed };
        let (measured, by_mask) = match pipeline.measure(&photo, &Regions::default())? {
            Outcome::Measured(measured) => (measured, false),
            Outcome::Refused { .. } => {
                // As an operator would: the whole frame is skin.
                let skin = Some(Mask::full(photo.width(), photo.height()));
                match pipeline.measure(&photo, &Regions { skin, ..Regions::default() })? {
                    Outcome::Measured(measured) => (measured, true),
                    Outcome::Refused { reasons, .. } => return Err(refused(phantom, &reasons)),
                }
            }
        };
        let Measurement { mut rows, lesions, .. } = *measured;
        Ok(Reading { row: rows.swap_remove(0), lesions, truth: rendered.truth, by_mask })
    }
}

fn refused(phantom: &Phantom, reasons: &[Refusal]) -> Error {
    let why = reasons.first().map_or("no reason", |r| r.message.as_str());
    let message = format!("phantom of seed {}, ITA {}, was refused: {why}", phantom.seed, phantom.ita_deg);
    Error::new(Stage::Measure, "phantom_refused", message)
}
