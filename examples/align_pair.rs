//! Aligns a follow-up photo to its baseline, prints the figures, and writes the follow-up on the baseline's pixels and a
//! checkerboard of both, to be looked at.
//!
//! `cargo run --release --example align_pair -- BASELINE FOLLOW_UP OUT_FOLDER`

use std::error::Error;
use std::path::Path;

use cicatrix::base::{Mask, Plane};
use cicatrix::color::srgb;
use cicatrix::filter::resample;
use cicatrix::measure::{Config, Regions, scene};
use cicatrix::photo::Photo;
use cicatrix::series::align::{AlignConfig, Frame, align, warp};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [baseline, follow_up, out] = arguments.as_slice() else {
        return Err("usage: align_pair BASELINE FOLLOW_UP OUT_FOLDER".into());
    };
    let config = AlignConfig::default();
    let (first, second) = (Photo::open(baseline.as_ref())?, Photo::open(follow_up.as_ref())?);
    let [a, b] = [&first, &second].map(|photo| Frame::of(photo, &skin(photo), photo.info.mm_per_px, &config));
    let alignment = match align(&a, &b, &config) {
        Ok(alignment) => alignment,
        Err(why) => {
            println!("fail: {} ({})", why.message, why.code);
            return Ok(());
        }
    };
    println!("{}: {:#?}", alignment.verdict.name(), alignment.quality);
    for reason in &alignment.reasons {
        println!("{} {}: {}", reason.verdict.name(), reason.code, reason.message);
    }
    let (warped, visible) = warp::onto_baseline(&alignment, &second);
    let side = (first.width().max(first.height()) / 8).max(1);
    let of_follow_up = |x: usize, y: usize| visible.contains(x, y) && (x / side + y / side) % 2 == 1;
    let board = [0, 1, 2].map(|c| {
        Plane::from_fn(first.width(), first.height(), |x, y| {
            if of_follow_up(x, y) { warped[c].at(x, y) } else { first.rgb[c].at(x, y) }
        })
    });
    let folder = Path::new(out);
    std::fs::create_dir_all(folder)?;
    write(&folder.join("before.png"), &first.rgb)?;
    write(&folder.join("after_aligned.png"), &warped)?;
    write(&folder.join("checkerboard.png"), &board)
}

/// The skin, as a measurement finds it.
fn skin(photo: &Photo) -> Mask {
    let (_, skin) = scene::locate(photo, &Regions::default(), &Config::default());
    resample::enlarge_mask(&skin.mask, 2, photo.width(), photo.height())
}

fn write(path: &Path, rgb: &[Plane; 3]) -> Result<(), Box<dyn Error>> {
    let (width, height) = (rgb[0].width() as u32, rgb[0].height() as u32);
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([0, 1, 2].map(|c: usize| srgb::code8_of_linear(rgb[c].at(x as usize, y as usize))))
    });
    Ok(picture.save(path)?)
}
