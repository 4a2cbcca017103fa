//! Known change, added to photographs of real skin, is recovered by the engine of `progress`.
//!
//! Runs where `CICATRIX_SHARED` names a folder with `photos/`. In linear light a part of each photo is changed: its relief of 0.8 to
//! 2.5 mm scaled by 0.85 (the band-passed logarithm of its luminance), its color of spots scaled by 0.8 (the high-passed log ratios of
//! its channels). Before and after are photographed anew three times each: turned, nearer or farther, at a fraction of a pixel, in other light,
//! as JPEG. What the engine reads is held against what the same measurement reads on the two photos without all that.
//! The photos have no scale: 0.06 mm per pixel is taken for all. `UPDATE=1` writes docs/REAL_CHANGE.md.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use cicatrix::base::Plane;
use cicatrix::batch::Journal;
use cicatrix::color::srgb::code8_of_linear;
use cicatrix::filter::gaussian::blur;
use cicatrix::measure::config::Family;
use cicatrix::measure::texture::relief::sigma_of_cutoff;
use cicatrix::measure::{Column, Config, Outcome, Pipeline, Region, Regions};
use cicatrix::phantom::random::Random;
use cicatrix::photo::{Limits, Photo};
use cicatrix::series::align::AlignConfig;
use cicatrix::series::align::transform::Transform;
use cicatrix::series::align::warp::onto;
use cicatrix::series::progress::{
    self, Pictures, Progress, ProgressConfig, Progressing, Ranges, Reading, Setup, Sink, Source,
};
use cicatrix::series::statistics::sample::median;
use cicatrix::series::statistics::verdict::Verdict;
use cicatrix::series::study::{Shot, StudyConfig, load};

const PHOTOS: [&str; 12] = [
    "pad_texture/PAT_1020_111_593.png",
    "pad_texture/PAT_1572_2495_335.png",
    "pad_texture/PAT_1596_2664_323.png",
    "pad_texture/PAT_1689_3075_38.png",
    "pad_texture/PAT_1130_501_181.png",
    "pad_erythema_scarlike/PAT_535_1011_567.png",
    "pad_erythema_scarlike/PAT_369_755_733.png",
    "pad_pigmentation/PAT_1653_2916_994.png",
    "pad_pigmentation/PAT_1252_866_852.png",
    "pad_pigmentation/PAT_1392_1352_778.png",
    "pad_fitzpatrick_4_6/PAT_181_832_158.png",
    "pad_fitzpatrick_4_6/PAT_649_1233_229.png",
];
const MM_PER_PX: f64 = 0.06;
/// Most pixels of a side: the middle of a larger photo is taken.
const SIDE: usize = 480;
/// Around the frame, for what recaptures bring into view.
const MARGIN: usize = 22;
const RELIEF: f64 = 0.85;
const SPOTS: f64 = 0.80;
const SHOTS: usize = 3;
const COLUMNS: [Column; 2] = [Column::RELIEF_SQ_MID, Column::EVENNESS_DE00];

struct Nowhere;

impl Sink for Nowhere {
    fn pictures(&self, _: &Source<'_>) -> cicatrix::Result<(Pictures, Ranges)> {
        Ok((Pictures::default(), Ranges::default()))
    }
    fn has(&self, _: &Pictures) -> bool {
        true
    }
}

impl Progressing for Nowhere {
    fn done(&self, _: &Shot, _: &Reading) {}
}

fn config() -> Config {
    let mut config = Config::default();
    config.families = vec![Family::Pigment, Family::Relief, Family::Structure];
    config.mm_per_px = Some(MM_PER_PX);
    config
}

/// The middle of a photo, in linear light.
fn middle(photo: &Photo) -> [Plane; 3] {
    let (w, h) = (photo.width().min(SIDE), photo.height().min(SIDE));
    let (x, y) = ((photo.width() - w) / 2, (photo.height() - h) / 2);
    photo.rgb.each_ref().map(|p| p.crop(x..x + w, y..y + h))
}

fn with(a: &Plane, b: &Plane, f: impl Fn(f32, f32) -> f32) -> Plane {
    Plane::from_fn(a.width(), a.height(), |x, y| f(a.at(x, y), b.at(x, y)))
}

/// The left half, changed.
fn changed(rgb: &[Plane; 3]) -> [Plane; 3] {
    let ln = rgb.each_ref().map(|p| p.map(|v| v.max(1e-4).ln()));
    let share = |x: usize| {
        let t = (0.5 * rgb[0].width() as f64 - x as f64) / 8.0 + 0.5;
        t.clamp(0.0, 1.0) as f32
    };
    let sigma = |mm: f64| sigma_of_cutoff(mm / MM_PER_PX);
    let luminance = Plane::from_fn(ln[0].width(), ln[0].height(), |x, y| {
        (0.2126 * rgb[0].at(x, y) + 0.7152 * rgb[1].at(x, y) + 0.0722 * rgb[2].at(x, y)).max(1e-4).ln()
    });
    let band = with(&blur(&luminance, sigma(0.8)), &blur(&luminance, sigma(2.5)), |a, b| a - b);
    let shade = band.map(|v| (RELIEF as f32 - 1.0) * v);
    let ratio = |c: usize| {
        let ratio = with(&ln[c], &ln[1], |a, g| a - g);
        with(&ratio, &blur(&ratio, sigma(12.0)), |v, slow| (SPOTS as f32 - 1.0) * (v - slow))
    };
    let (red, blue) = (ratio(0), ratio(2));
    std::array::from_fn(|c| {
        Plane::from_fn(rgb[c].width(), rgb[c].height(), |x, y| {
            let color = [red.at(x, y), 0.0, blue.at(x, y)][c];
            rgb[c].at(x, y) * (share(x) * (shade.at(x, y) + color)).exp()
        })
    })
}

/// The frame: all but the margin.
fn frame((w, h): (usize, usize)) -> (usize, usize) {
    (w - 2 * MARGIN, h - 2 * MARGIN)
}

/// Photographs the skin anew.
fn recaptured(rgb: &[Plane; 3], random: &mut Random) -> Vec<u8> {
    let (w, h) = frame((rgb[0].width(), rgb[0].height()));
    let mut within = |most: f64| random.between(-most, most);
    let (turn, scale): (f64, f64) = (within(3.0).to_radians(), 1.0 + within(0.02));
    let (a, b) = (scale * turn.cos(), scale * turn.sin());
    let [cx, cy] = [w, h].map(|n| 0.5 * (n as f64 - 1.0));
    let [sx, sy] = [within(3.0), within(3.0)].map(|s| s + MARGIN as f64);
    // About the middle of the frame.
    let map = Transform([[a, -b, cx - a * cx + b * cy + sx], [b, a, cy - b * cx - a * cy + sy], [0.0, 0.0, 1.0]]);
    let (exposure, gx, gy) = (within(0.15).exp2(), within(0.1), within(0.1));
    let planes = rgb.each_ref().map(|p| onto(p, &map, (w, h)));
    let picture = image::RgbImage::from_fn(w as u32, h as u32, |x, y| {
        let light = exposure * (1.0 + gx * (f64::from(x) / cx - 1.0)) * (1.0 + gy * (f64::from(y) / cy - 1.0));
        image::Rgb(planes.each_ref().map(|p| code8_of_linear(p.at(x as usize, y as usize) * light as f32)))
    });
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 92).encode_image(&picture).unwrap();
    bytes
}

/// The changed part and the control, in the frame.
fn halves((w, h): (usize, usize)) -> [(&'static str, Vec<(f64, f64)>); 2] {
    let (w, h, edge, gap) = (w as f64, h as f64, 20.0, 14.0);
    let half = |from: f64, to: f64| vec![(from, edge), (to, edge), (to, h - edge), (from, h - edge)];
    [("part", half(edge, 0.5 * w - gap)), ("control", half(0.5 * w + gap, w - edge))]
}

/// What the measurement reads in the two halves without recapture: one value per column.
fn reference(like: &Photo, rgb: &[Plane; 3]) -> Option<[[f64; 2]; 2]> {
    let (w, h) = frame((rgb[0].width(), rgb[0].height()));
    let mut photo = like.clone();
    photo.opaque = None;
    photo.rgb = rgb.each_ref().map(|p| p.crop(MARGIN..MARGIN + w, MARGIN..MARGIN + h));
    let named = halves((w, h)).iter().map(|(name, corners)| Region::from_polygon(*name, corners, w, h)).collect();
    let Outcome::Measured(found) =
        Pipeline::new(config()).unwrap().measure(&photo, &Regions { skin: None, named }).unwrap()
    else {
        return None;
    };
    let value = |region: &str, column| {
        found.rows.iter().find(|r| r.text(Column::REGION) == region).and_then(|r| r.number(column))
    };
    let of = |column| Some([value("part", column)?, value("control", column)?]);
    Some([of(COLUMNS[0])?, of(COLUMNS[1])?])
}

fn score(folder: &Path) -> Progress {
    let study = load(&folder.join("study.csv"), &StudyConfig::default()).unwrap();
    let study = study.study.unwrap_or_else(|| panic!("{:?}", study.findings.list()));
    let journal = Journal::open(folder, true).unwrap();
    let (config, align, stop) = (config(), AlignConfig::default(), AtomicBool::new(false));
    let setup = Setup {
        config: &config,
        config_hash: "test",
        surround: true,
        align: &align,
        journal: &journal,
        sink: &Nowhere,
        watch: &Nowhere,
        stop: &stop,
        jobs: 2,
        max_memory: 2 << 30,
        limits: Limits::default(),
    };
    let readings = progress::measure(&study, &setup).unwrap().unwrap();
    progress::evaluate(study, readings, &ProgressConfig::default()).unwrap()
}

#[test]
fn a_change_added_to_real_skin_is_recovered() {
    let Some(shared) = std::env::var_os("CICATRIX_SHARED").map(PathBuf::from) else {
        println!("CICATRIX_SHARED is not set: the change added to real skin was NOT tried");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut study = "photo,subject,day,region,mm_per_px\n".to_owned();
    let mut regions = serde_json::Map::new();
    let mut truth = Vec::new();
    for (n, name) in PHOTOS.iter().enumerate() {
        let bytes = fs::read(shared.join("photos").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let photo = Photo::from_bytes(&bytes, &Limits::default()).unwrap();
        let before = middle(&photo);
        let after = changed(&before);
        let size = frame((before[0].width(), before[0].height()));
        truth.push(reference(&photo, &before).zip(reference(&photo, &after)));
        let mut random = Random::new(9000 + n as u64, 0);
        for (visit, rgb) in [&before, &after].into_iter().enumerate() {
            for shot in 0..SHOTS {
                let file = format!("{n:02}_{visit}_{shot}.jpg");
                fs::write(folder.path().join(&file), recaptured(rgb, &mut random)).unwrap();
                let first = visit + shot == 0;
                let (drawn, scale) = if first { ("regions.json", "0.06") } else { ("", "") };
                writeln!(study, "{file},P{n:02},{},{drawn},{scale}", 60 * visit).unwrap();
                if first {
                    let drawn: serde_json::Map<_, _> =
                        halves(size).into_iter().map(|(name, c)| (name.to_owned(), serde_json::json!(c))).collect();
                    regions.insert(file, drawn.into());
                }
            }
        }
    }
    fs::write(folder.path().join("study.csv"), study).unwrap();
    fs::write(folder.path().join("regions.json"), serde_json::Value::from(regions).to_string()).unwrap();
    let found = score(folder.path());

    let mut table = String::new();
    let (mut recovered, mut told) = ([Vec::new(), Vec::new()], [0, 0]);
    let (mut off, mut worsened) = (Vec::new(), 0);
    for (n, name) in PHOTOS.iter().enumerate() {
        let mut cells = String::new();
        for (k, column) in COLUMNS.into_iter().enumerate() {
            // Less the control, as the engine does.
            let percent = truth[n].map(|(b, a)| 100.0 * (a[k][0] / b[k][0] * b[k][1] / a[k][1] - 1.0));
            let row = found.rows.iter().find(|r| {
                r.column == column
                    && r.visit == 1
                    && r.place.region == "part"
                    && found.study.subjects[r.place.subject].id == format!("P{n:02}")
            });
            let change = row.and_then(|r| r.change.as_ref());
            let read = change.and_then(|c| c.figures).and_then(|f| f.delta_percent.zip(f.noise_percent));
            let words = match change.map(|c| &c.verdict) {
                Some(Verdict::Withheld { reasons }) => {
                    format!("withheld: {}", reasons.iter().map(|r| r.code()).collect::<Vec<_>>().join(", "))
                }
                Some(verdict) => verdict.to_string(),
                None => "not measured".to_owned(),
            };
            told[k] += usize::from(change.is_some_and(|c| c.verdict == Verdict::Improved));
            let number = |v: Option<f64>| v.map_or("".to_owned(), |v| format!("{v:.1}"));
            write!(
                cells,
                " {} | {} | {} | {words} |",
                number(percent),
                number(read.map(|r| r.0)),
                number(read.map(|r| -r.1.low))
            )
            .unwrap();
            worsened += usize::from(change.is_some_and(|c| c.verdict == Verdict::Worsened));
            if let (Some(percent), Some((read, noise))) = (percent, read) {
                recovered[k].push(read / percent);
                if k == 0 {
                    off.push((read - percent, -noise.low));
                }
            }
        }
        writeln!(table, "| {name} |{cells}").unwrap();
    }
    let shares = recovered.each_ref().map(|r| median(r));
    let summary = format!(
        "Read against true, median: {:.2} in relief_sq_mid ({} photos told, {} of {} improved), {:.2} in evenness_de00 ({} told, {} improved).",
        shares[0],
        recovered[0].len(),
        told[0],
        PHOTOS.len(),
        shares[1],
        recovered[1].len(),
        told[1]
    );
    println!("{table}\n{summary}");
    if std::env::var_os("UPDATE").is_some() {
        let page = format!("{HEAD}{table}\n{summary}\n");
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/REAL_CHANGE.md"), page).unwrap();
    }
    // Relief is told of few of these photos (gates of light and quality), too few for a median: what is told lies within its noise.
    assert!(!off.is_empty() && off.iter().all(|(off, noise)| off.abs() <= *noise), "relief: {off:?}");
    assert_eq!(worsened, 0, "nothing was made worse");
    assert!(recovered[1].len() >= 4, "evenness of {} photos is told", recovered[1].len());
    assert!((0.8..1.2).contains(&shares[1]), "evenness: {}", shares[1]);
}

const HEAD: &str = "# Known change on real skin\n\n\
Made by `UPDATE=1 CICATRIX_SHARED=FOLDER cargo test --test real_change -- --nocapture`. To the left half of each photograph a known change is added in linear light: relief of 0.8 to 2.5 mm scaled \
by 0.85, the color of spots (log ratios less those within 12 mm) by 0.80. Before and after are photographed anew three times each: turned by up to 3°, scale ±2 %, shifted by \
fractions of pixels, exposure ±0.15 EV, a light gradient of up to ±10 % along both sides, JPEG quality 92. One study of all photos goes through `progress`; the right half is the control. \"True\" is the change that the same measurement reads without \
recapture and JPEG, less the control's; \"read\" is what `progress` tells, \"noise\" its smallest detectable change, all in percent. The photos have no scale: 0.06 mm per \
pixel is taken for each, and the middle 480 pixels.\n\n\
Photos: PAD-UFES-20 (Pacheco et al. 2020, doi 10.17632/zr7vgbcyr2.1), CC BY 4.0. They are not part of this repository.\n\n\
| photo | relief_sq_mid true | read | noise | verdict | evenness_de00 true | read | noise | verdict |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
