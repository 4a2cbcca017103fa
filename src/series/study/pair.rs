//! A study of one subject and two visits, made of photos instead of a file: what `cicatrix compare` asks about.
//!
//! The photos may lie anywhere. The first of those taken before is the baseline: regions and a mask of the skin are drawn on it, and
//! follow to the others. A mask that lies beside a photo and is named like it is taken, as everywhere.

use std::path::{Path, PathBuf};

use super::day::Day;
use super::finding::shown;
use super::place::Folder;
use super::shot::{DaySource, Shot, ShotRegions};
use super::visits::{Study, Subject, Visit};
use crate::batch::RegionFile;
use crate::error::{Error, Result, Stage};
use crate::photo;

/// Name of the subject.
pub const SUBJECT: &str = "pair";

/// The photos of two visits.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// Those taken before; the first is the baseline.
    pub before: &'a [PathBuf],
    /// Those taken after.
    pub after: &'a [PathBuf],
    /// File of named regions, drawn on the baseline.
    pub regions: Option<&'a Path>,
    /// Mask of the skin of the baseline, in place of one beside it.
    pub mask: Option<&'a Path>,
}

/// The study of a pair.
///
/// # Errors
/// A file that is not there, two masks beside a photo, regions that are not of the baseline.
pub fn study(pair: &Pair<'_>) -> Result<Study> {
    let mut study = Study::default();
    let mut visits = Vec::with_capacity(2);
    for (number, (name, photos)) in [("before", pair.before), ("after", pair.after)].into_iter().enumerate() {
        let first = study.shots.len();
        for path in photos {
            let mut shot = shot(path, name)?;
            let same = study.shots.iter().filter(|s: &&Shot| s.path == shot.path).count();
            if same > 0 {
                // Names differ; that it is a copy is told by its bytes.
                shot.photo = format!("{} #{}", shot.photo, same + 1);
            }
            study.shots.push(shot);
        }
        let shots = first..study.shots.len();
        visits.push(Visit { number: number + 1, name: name.to_owned(), day: None, shots: shots.collect() });
    }
    // Days are of use where every photo has one.
    if study.shots.iter().any(|shot| shot.day.is_none()) {
        study.shots.iter_mut().for_each(|shot| (shot.day, shot.day_source) = (None, DaySource::Unknown));
    }
    for visit in &mut visits {
        visit.day = visit.shots.iter().filter_map(|&i| study.shots[i].day).min();
    }
    if let (Some(baseline), Some(path)) = (study.shots.first_mut(), pair.mask) {
        std::fs::metadata(path).map_err(|e| Error::read(path, e))?;
        baseline.regions.skin = Some(path.to_owned());
    }
    if let Some(path) = pair.regions {
        draw(&mut study, path)?;
    }
    study.subjects = vec![Subject { id: SUBJECT.to_owned(), visits, sessions: Vec::new() }];
    Ok(study)
}

fn shot(path: &Path, visit: &str) -> Result<Shot> {
    let found = std::fs::metadata(path).map_err(|e| Error::read(path, e))?;
    if found.is_dir() {
        return Err(Error::new(Stage::Config, "not_a_photo", "is a folder; name a photo").at(path));
    }
    let day = photo::captured_at(path).and_then(|time| Day::from_time(&time));
    Ok(Shot {
        photo: path.to_string_lossy().replace('\\', "/"),
        path: path.to_owned(),
        subject: SUBJECT.to_owned(),
        day,
        day_source: if day.is_some() { DaySource::Exif } else { DaySource::Unknown },
        visit: visit.to_owned(),
        regions: ShotRegions { skin: mask_beside(path)?, ..ShotRegions::default() },
        ..Shot::default()
    })
}

/// The mask that lies beside a photo.
fn mask_beside(path: &Path) -> Result<Option<PathBuf>> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Ok(None);
    };
    let mut folder = Folder::open(folder)?;
    // A link out of its folder has no neighbors to trust.
    let mut masks = folder.file(name).map(|place| folder.masks_of(&place)).unwrap_or_default();
    if masks.len() > 1 {
        let message = "two masks lie beside it; leave one";
        return Err(Error::new(Stage::Region, "mask_ambiguous", message).at(path));
    }
    Ok(masks.pop())
}

/// Takes the regions of a file: those of the baseline, and of other photos where it draws any.
fn draw(study: &mut Study, path: &Path) -> Result<()> {
    let file = RegionFile::load(path)?;
    for shot in &mut study.shots {
        let name = shot.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let polygons = match file.of(&shot.photo) {
            [] => file.of(&name),
            polygons => polygons,
        };
        shot.regions.polygons.extend_from_slice(polygons);
    }
    match study.shots.first() {
        Some(baseline) if baseline.regions.polygons.is_empty() => {
            let name = baseline.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let message = format!("draws no region of `{}`; regions are named by their photo", shown(&name));
            Err(Error::new(Stage::Region, "regions_unused", message).at(path))
        }
        _ => Ok(()),
    }
}
