//! Where the maps of a photo go.

use std::fs;
use std::path::{Path, PathBuf};

use crate::batch::{Item, Sink, Written};
use crate::error::{Error, Result};
use crate::measure::{Column, MapKind, Measurement};
use crate::report;

/// Writes maps into `maps/<photo>/`, with the folders of the photo's name kept.
#[derive(Debug)]
pub struct MapFolder {
    root: PathBuf,
    overlay: bool,
}

impl MapFolder {
    /// The maps of the results in `out`; the kinds in `asked` are written.
    pub fn new(out: &Path, asked: &[MapKind]) -> Self {
        Self { root: out.join("maps"), overlay: asked.contains(&MapKind::Overlay) }
    }

    fn folder(&self, photo: &str) -> PathBuf {
        photo.split('/').fold(self.root.clone(), |folder, part| folder.join(part))
    }
}

impl Sink for MapFolder {
    fn measured(&self, item: &Item, measurement: &Measurement) -> Result<Written> {
        self.remove(&item.name)?;
        let folder = self.folder(&item.name);
        let scale = measurement.rows.first().and_then(|row| row.number(Column::MM_PER_PX));
        if self.overlay || !measurement.maps.is_empty() {
            fs::create_dir_all(&folder).map_err(|e| Error::write(&folder, e))?;
        }
        let mut paths = Vec::new();
        for map in &measurement.maps {
            paths.push(report::write_map(&folder, map, scale)?);
        }
        if self.overlay {
            paths.push(report::write_overlay(&folder, &measurement.preview, &measurement.lesions, scale)?);
        }
        let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let thumbnail = report::thumbnail::thumbnail(&measurement.preview, &measurement.lesions)?;
        Ok(Written { thumbnail, files: paths.iter().filter_map(name).collect() })
    }

    fn has(&self, item: &Item, files: &[String]) -> bool {
        let folder = self.folder(&item.name);
        files.iter().all(|file| folder.join(file).is_file())
    }

    /// Removes only files that Cicatrix may have written, and folders that are empty then.
    fn remove(&self, photo: &str) -> Result<()> {
        let folder = self.folder(photo);
        if !folder.is_dir() {
            return Ok(());
        }
        for kind in MapKind::ALL {
            let path = folder.join(format!("{}.png", kind.name()));
            match fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::write(&path, e)),
                _ => {}
            }
        }
        let emptied = folder.ancestors().take_while(|folder| folder.starts_with(&self.root));
        for folder in emptied {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }
}
