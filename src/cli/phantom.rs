//! `cicatrix phantom`: synthetic skin photographs with known truth.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::base::Plane;
use crate::phantom::{Phantom, Rendered, presets};

/// Renders synthetic skin photographs and writes what is true of each beside it.
#[derive(Clone, Debug, clap::Args)]
pub struct PhantomArgs {
    /// Folder to write into; made when missing
    pub dir: PathBuf,
    /// Which phantom to render; may be repeated [default: all]
    #[arg(long = "preset", value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(presets::NAMES))]
    pub presets: Vec<String>,
    /// Seed of the skin, in place of the preset's own
    #[arg(long)]
    pub seed: Option<u64>,
    /// Size in pixels, for example 1280x960
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub size: Option<(usize, usize)>,
    /// Also write the truth per pixel as 16-bit PNG files: melanin and blood (65535 is a volume fraction of 0.5 and of
    /// 0.2), height (32768 is 0 mm, 10000 codes per mm), shading (32768 is mean light, 16384 codes per unit of ln)
    #[arg(long)]
    pub maps: bool,
}

fn parse_size(text: &str) -> std::result::Result<(usize, usize), String> {
    let parts = text.split_once(['x', 'X']);
    let size = parts.and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?)));
    size.ok_or_else(|| format!("'{text}' is no size, write it like 1280x960"))
}

/// Renders what was asked for and prints the path of every photograph.
pub fn run(args: &PhantomArgs) -> Result<()> {
    std::fs::create_dir_all(&args.dir).with_context(|| format!("could not make {}", args.dir.display()))?;
    let names: Vec<&str> = if args.presets.is_empty() {
        presets::NAMES.to_vec()
    } else {
        args.presets.iter().map(String::as_str).collect()
    };
    let mut stdout = std::io::stdout().lock();
    for name in names {
        let Some(mut phantom) = presets::preset(name) else {
            bail!("unknown preset {name}, known are {}", presets::NAMES.join(", "));
        };
        adjust(&mut phantom, args);
        let rendered = phantom.render().with_context(|| format!("could not render {name}"))?;
        let photo = args.dir.join(format!("{name}.jpg"));
        write_new(&photo, &rendered.jpeg()?)?;
        let mut truth = serde_json::to_vec_pretty(&rendered.truth)?;
        truth.push(b'\n');
        write_new(&photo.with_extension("json"), &truth)?;
        if args.maps {
            write_maps(&args.dir, name, &rendered)?;
        }
        writeln!(stdout, "{}", photo.display())?;
    }
    Ok(())
}

fn adjust(phantom: &mut Phantom, args: &PhantomArgs) {
    if let Some(seed) = args.seed {
        phantom.seed = seed;
    }
    if let Some((width, height)) = args.size {
        (phantom.width_px, phantom.height_px) = (width, height);
    }
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

    #[test]
    fn writes_the_photograph_its_truth_and_its_maps() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let args = PhantomArgs {
            dir: dir.path().to_owned(),
            presets: vec!["cheek_tan_pih".to_owned()],
            seed: Some(5),
            size: Some((96, 64)),
            maps: true,
        };
        run(&args)?;
        let mut names: Vec<_> = std::fs::read_dir(dir.path())?
            .map(|e| Ok(e?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_>>()?;
        names.sort();
        let want = ["blood.png", "height.png", "jpg", "json", "melanin.png", "shading.png"];
        assert_eq!(names, want.map(|end| format!("cheek_tan_pih.{end}")));
        Ok(())
    }
}
