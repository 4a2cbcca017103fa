//! Texture maps of gray levels of your own, on one thread:
//! `cargo run --release --example texture_maps -- LEVELS.png SIDE BINS NAMES OUT.f32 [REPEAT]`.
//!
//! LEVELS.png is 8-bit gray with levels 1 to BINS, 0 outside. NAMES are of contrast, dissimilarity, homogeneity, correlation,
//! energy, joint_entropy, entropy, sa, sq, anisotropy, with commas. OUT.f32 takes the maps one after the other, row-major, as
//! little-endian 32-bit floats. REPEAT computes them so many times, for whoever measures the time.

use cicatrix::base::parallel::Threads;
use cicatrix::base::{Mask, Plane};
use cicatrix::measure::texture::maps::{Local, Source, Window, compute};

const NAMES: [&str; 10] = [
    "contrast",
    "dissimilarity",
    "homogeneity",
    "correlation",
    "energy",
    "joint_entropy",
    "entropy",
    "sa",
    "sq",
    "anisotropy",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [picture, side, bins, names, out, repeat @ ..] = given.as_slice() else {
        return Err("LEVELS.png SIDE BINS NAMES OUT.f32 [REPEAT] are needed".into());
    };
    let image = image::open(picture)?.into_luma8();
    let levels = Plane::from_vec(image.width() as usize, image.height() as usize, image.into_raw());
    let (values, mask) = (levels.map(f32::from), Mask::from_plane(levels.clone()));
    let window = Window::new(side.parse()?, 1).ok_or("SIDE is to be odd, 3 to 255")?;
    let wanted = names
        .split(',')
        .map(|name| NAMES.iter().position(|known| *known == name).map(|i| Local::ALL[i]))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| format!("{names}: the names are {}", NAMES.join(", ")))?;
    let source = Source { levels: &levels, bins: bins.parse()?, values: &values, mask: &mask };
    let threads = Threads::new(1)?;
    let mut maps = Vec::new();
    for _ in 0..repeat.first().map_or(Ok(1), |n| n.parse::<usize>())? {
        maps = threads.install(|| compute(&source, window, &wanted));
    }
    let bytes: Vec<u8> = maps.iter().flat_map(|map| map.data()).flat_map(|v| v.to_le_bytes()).collect();
    std::fs::write(out, bytes)?;
    Ok(())
}
