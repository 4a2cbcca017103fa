//! `cicatrix phantom`: synthetic skin photographs with known truth.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::phantom_config;
use crate::base::Plane;
use crate::error::Error;
use crate::phantom::recapture::{Spread, series};
use crate::phantom::{Phantom, Rendered, presets};

/// Renders synthetic skin photographs and writes what is true of each beside it.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(
    after_help = "Examples:\n  cicatrix phantom fixtures/photos\n  cicatrix phantom out --config skin.toml --repeat 20 --vary recapture\n  cicatrix phantom out --preset cheek_tan_pih --ita -30 --maps\n  cicatrix phantom --print-config > skin.toml\n\nOptions win over the file, the file over the preset. docs/PHANTOM.md says what every parameter does."
)]
pub struct PhantomArgs {
    /// Folder to write into; made when missing
    #[arg(required_unless_present = "print_config")]
    pub dir: Option<PathBuf>,
    /// Which phantom to render; may be repeated [default: all, or the one of --config]
    #[arg(long = "preset", value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(presets::NAMES))]
    pub presets: Vec<String>,
    /// Parameters in TOML, over those of the preset
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Seed of the skin, in place of the preset's own
    #[arg(long)]
    pub seed: Option<u64>,
    /// Size in pixels, for example 1280x960
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub size: Option<(usize, usize)>,
    /// Individual typology angle of the skin in degrees
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    pub ita: Option<f64>,
    /// White reflection of the surface: 0.028 unpolarized, 0 cross-polarized
    #[arg(long, value_name = "X")]
    pub surface: Option<f64>,
    /// Factor on the height map
    #[arg(long, value_name = "X")]
    pub relief_gain: Option<f64>,
    /// Where the lamp stands: 0 right, 90 up, 180 left
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    pub azimuth: Option<f64>,
    /// JPEG quality, 1 to 100
    #[arg(long, value_name = "Q")]
    pub quality: Option<u8>,
    /// Photographs of each phantom
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub repeat: u32,
    /// What differs between them
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Vary::Seed)]
    pub vary: Vary,
    /// Also write the truth per pixel as 16-bit PNG files: melanin and blood (65535 is a volume fraction of 0.5 and of
    /// 0.2), height (32768 is 0 mm, 10000 codes per mm), shading (32768 is mean light, 16384 codes per unit of ln)
    #[arg(long)]
    pub maps: bool,
    /// Print every parameter in force as TOML and stop
    #[arg(long)]
    pub print_config: bool,
}

/// What differs between the photographs of a phantom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Vary {
    /// The skin: another seed each.
    #[default]
    Seed,
    /// The camera: the same skin, within 3 degrees, 3 % of scale, 10 pixels, 0.2 EV, with other noise.
    Recapture,
}

fn parse_size(text: &str) -> std::result::Result<(usize, usize), String> {
    let parts = text.split_once(['x', 'X']);
    let size = parts.and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?)));
    size.ok_or_else(|| format!("'{text}' is no size, write it like 1280x960"))
}

/// Renders what was asked for and prints the path of every photograph.
pub fn run(args: &PhantomArgs) -> Result<()> {
    let phantoms = phantoms(args)?;
    let mut stdout = std::io::stdout().lock();
    if args.print_config {
        for (_, phantom) in phantoms.iter().take(1) {
            stdout.write_all(phantom_config::to_toml(phantom)?.as_bytes())?;
        }
        return Ok(());
    }
    let dir = args.dir.as_deref().unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
    for (name, phantom) in &phantoms {
        render(phantom, args, |i, rendered| {
            let width = args.repeat.to_string().len();
            let name = if args.repeat == 1 { name.clone() } else { format!("{name}-{:0width$}", i + 1) };
            let photo = dir.join(format!("{name}.jpg"));
            write_new(&photo, &rendered.jpeg()?)?;
            let mut truth = serde_json::to_vec_pretty(&rendered.truth)?;
            truth.push(b'\n');
            write_new(&photo.with_extension("json"), &truth)?;
            if args.maps {
                write_maps(dir, &name, rendered)?;
            }
            writeln!(stdout, "{}", photo.display())?;
            Ok(())
        })
        .with_context(|| format!("could not render {name}"))?;
    }
    Ok(())
}

/// The phantoms that were asked for, each with its name.
fn phantoms(args: &PhantomArgs) -> Result<Vec<(String, Phantom)>> {
    let named = |names: &[&str]| -> Vec<(String, Phantom)> {
        names.iter().filter_map(|n| Some(((*n).to_owned(), presets::preset(n)?))).collect()
    };
    let mut phantoms = match &args.config {
        _ if !args.presets.is_empty() => named(&args.presets.iter().map(String::as_str).collect::<Vec<_>>()),
        Some(path) => {
            let stem = path.file_stem().map_or_else(|| "phantom".to_owned(), |s| s.to_string_lossy().into_owned());
            vec![(stem, Phantom::default())]
        }
        None if args.print_config => vec![("phantom".to_owned(), Phantom::default())],
        None => named(&presets::NAMES),
    };
    for (_, phantom) in &mut phantoms {
        if let Some(path) = &args.config {
            *phantom = phantom_config::load(path, phantom)?;
        }
        adjust(phantom, args);
    }
    Ok(phantoms)
}

fn adjust(phantom: &mut Phantom, args: &PhantomArgs) {
    if let Some((width, height)) = args.size {
        (phantom.width_px, phantom.height_px) = (width, height);
    }
    if let Some(ita_deg) = args.ita {
        (phantom.ita_deg, phantom.melanin) = (ita_deg, None);
    }
    phantom.seed = args.seed.unwrap_or(phantom.seed);
    phantom.surface = args.surface.unwrap_or(phantom.surface);
    phantom.relief_gain = args.relief_gain.unwrap_or(phantom.relief_gain);
    phantom.light.azimuth_deg = args.azimuth.unwrap_or(phantom.light.azimuth_deg);
    phantom.camera.quality = args.quality.unwrap_or(phantom.camera.quality);
}

/// Renders every photograph of a phantom and hands it on.
fn render(phantom: &Phantom, args: &PhantomArgs, mut done: impl FnMut(u32, &Rendered) -> Result<()>) -> Result<()> {
    let count = args.repeat;
    if args.vary == Vary::Recapture && count > 1 {
        if !phantom.recapture.is_identity() {
            return Err(
                Error::config("phantom: a series of recaptures begins with the identity; remove [recapture]").into()
            );
        }
        let spread = Spread::default();
        let needed = spread.margin_px((phantom.width_px, phantom.height_px), phantom.camera.lens_reach_px());
        let scene = Phantom { margin_px: phantom.margin_px.max(needed), ..phantom.clone() }.scene()?;
        let all = series(phantom.seed, count as usize, spread, &phantom.camera);
        for (i, (recapture, camera)) in all.iter().enumerate() {
            done(i as u32, &scene.photograph(recapture, camera)?)?;
        }
        return Ok(());
    }
    for i in 0..count {
        let mut one = phantom.clone();
        one.seed = one.seed.wrapping_add(u64::from(i));
        one.camera.noise_seed = one.camera.noise_seed.wrapping_add(u64::from(i));
        done(i, &one.render()?)?;
    }
    Ok(())
}

fn write_maps(dir: &Path, name: &str, rendered: &Rendered) -> Result<()> {
    let maps = &rendered.maps;
    let planes: [(&str, &Plane, f32, f32); 4] = [
        ("melanin", &maps.melanin, 0.0, 65_535.0 / 0.5),
        ("blood", &maps.blood, 0.0, 65_535.0 / 0.2),
        ("height", &maps.height_mm, 32_768.0, 10_000.0),
        ("shading", &maps.ln_shading[1], 32_768.0, 16_384.0),
    ];
    for (what, plane, zero, gain) in planes {
        let codes: Vec<u8> = plane
            .data()
            .iter()
            .flat_map(|v| ((zero + gain * v).round().clamp(0.0, 65_535.0) as u16).to_ne_bytes())
            .collect();
        let mut bytes = Vec::new();
        image::ImageEncoder::write_image(
            image::codecs::png::PngEncoder::new(&mut bytes),
            &codes,
            plane.width() as u32,
            plane.height() as u32,
            image::ExtendedColorType::L16,
        )?;
        write_new(&dir.join(format!("{name}.{what}.png")), &bytes)?;
    }
    Ok(())
}

/// Writes a file in one step: a reader sees the whole file or none.
fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let write = || -> Result<()> {
        let mut builder = tempfile::Builder::new();
        // A temporary file is private; what it becomes is a file like others.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let mut file = builder.prefix(".phantom").tempfile_in(dir)?;
        file.write_all(bytes)?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("could not write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_or_explained() {
        assert_eq!(parse_size("64x48"), Ok((64, 48)));
        assert!(parse_size("64").is_err() && parse_size("ax4").is_err());
    }

    fn names_in(dir: &Path) -> Result<Vec<String>> {
        let mut names: Vec<_> = std::fs::read_dir(dir)?
            .map(|e| Ok(e?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_>>()?;
        names.sort();
        Ok(names)
    }

    #[test]
    fn writes_the_photograph_its_truth_and_its_maps() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let args = PhantomArgs {
            dir: Some(dir.path().to_owned()),
            presets: vec!["cheek_tan_pih".to_owned()],
            seed: Some(5),
            size: Some((96, 64)),
            repeat: 1,
            maps: true,
            ..PhantomArgs::default()
        };
        run(&args)?;
        let want = ["blood.png", "height.png", "jpg", "json", "melanin.png", "shading.png"];
        assert_eq!(names_in(dir.path())?, want.map(|end| format!("cheek_tan_pih.{end}")));
        Ok(())
    }

    #[test]
    fn several_recaptures_of_one_skin() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let config = dir.path().join("skin.toml");
        std::fs::write(&config, "ita_deg = 10\n[[scars.given]]\nx_mm = 2\ny_mm = 2\n")?;
        let out = dir.path().join("out");
        let args = PhantomArgs {
            dir: Some(out.clone()),
            config: Some(config),
            size: Some((96, 80)),
            repeat: 3,
            vary: Vary::Recapture,
            ..PhantomArgs::default()
        };
        run(&args)?;
        assert_eq!(names_in(&out)?.iter().filter(|n| n.ends_with(".jpg")).count(), 3);
        let truth = |i: u32| -> Result<crate::phantom::Truth> {
            Ok(serde_json::from_slice(&std::fs::read(out.join(format!("skin-{i}.json")))?)?)
        };
        let (a, b) = (truth(1)?, truth(3)?);
        assert_eq!((a.phantom.seed, a.phantom.ita_deg, a.scars.len()), (b.phantom.seed, 10.0, 1));
        assert!(a.phantom.recapture.is_identity() && !b.phantom.recapture.is_identity());
        assert!((a.scars[0].x_px - b.scars[0].x_px).abs() > 0.01 && a.scars[0].contrast == b.scars[0].contrast);
        Ok(())
    }
}
