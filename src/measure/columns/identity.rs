//! Identity: what the file says of the photo.

use super::Column;
use crate::measure::config::Config;
use crate::measure::measurement::{Flag, Row};
use crate::measure::scene::Scale;
use crate::photo::{Note, Photo};

/// JPEG quality below which color is known to be damaged.
const JPEG_QUALITY: u8 = 90;

/// The columns that need no measurement.
pub fn fill(photo: &Photo, config: &Config, row: &mut Row) {
    let scale = Scale::of(photo, config);
    row.set(Column::WIDTH_PX, photo.width());
    row.set(Column::HEIGHT_PX, photo.height());
    row.set(Column::CAPTURED_AT, photo.info.captured_at.clone());
    row.set(Column::CAMERA, photo.info.camera.clone());
    row.set(Column::FLASH, photo.info.flash.map(|fired| if fired { "yes" } else { "no" }.to_owned()));
    row.set(Column::JPEG_QUALITY, photo.info.jpeg_quality.map(usize::from));
    row.set(Column::MM_PER_PX, scale.mm_per_px);
    row.set(Column::SCALE_SOURCE, scale.source);
    let notes = photo.info.notes.iter().map(|note| match note {
        Note::FirstFrameOnly => Flag::FirstFrameOnly,
        Note::ProfileInvalid => Flag::ProfileInvalid,
        Note::ExifInvalid => Flag::ExifInvalid,
        Note::TrailingBytes => Flag::TrailingBytes,
    });
    for flag in notes {
        row.flag(flag);
    }
    let facts = [
        (photo.info.gray, Flag::Gray),
        (photo.opaque.is_some(), Flag::Transparent),
        (scale.mm_per_px.is_none(), Flag::ScaleUnknown),
        (photo.info.jpeg_quality.is_some_and(|q| q < JPEG_QUALITY), Flag::JpegLowQuality),
    ];
    for (_, flag) in facts.into_iter().filter(|(holds, _)| *holds) {
        row.flag(flag);
    }
}
