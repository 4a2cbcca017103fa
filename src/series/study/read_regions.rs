//! What was drawn on a photo: masks of the skin, masks of named parts, files of polygons.

use std::path::PathBuf;

use super::columns::{Mapping, ShotColumn};
use super::finding::shown;
use super::place::Place;
use super::read::Reader;
use super::sheet::Row;
use super::shot::ShotRegions;
use super::value;
use crate::batch::RegionFile;

/// The kind of a mistake, and what to say of it.
type Wrong = (&'static str, String);

impl Reader<'_, '_> {
    pub(super) fn regions(&mut self, row: &Row, map: &Mapping<ShotColumn>, place: &Place) -> ShotRegions {
        let mut regions = ShotRegions::default();
        let text = self.cell(row, map, ShotColumn::Region);
        for part in value::parts(text) {
            if let Err((code, message)) = self.region(part, place, &mut regions) {
                self.wrong(code, row, map, ShotColumn::Region, message);
            }
        }
        if regions.skin.is_none() && !place.path.as_os_str().is_empty() {
            let mut masks = self.folder.masks_of(place);
            if masks.len() > 1 {
                let names: Vec<_> =
                    masks.iter().filter_map(|m| m.file_name()).map(|n| shown(&n.to_string_lossy())).collect();
                let message = format!(
                    "two masks lie beside `{}`, {}; leave one or name one in the column region",
                    shown(&place.name),
                    names.join(" and ")
                );
                self.wrong("mask_ambiguous", row, map, ShotColumn::Photo, message);
            }
            regions.skin = masks.pop();
        }
        let mut names: Vec<&str> = regions.names().collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let message = format!("region `{}` is drawn twice for this photo; leave one", shown(pair[0]));
            self.wrong("region", row, map, ShotColumn::Region, message);
        }
        regions
    }

    fn region(&mut self, part: &str, place: &Place, into: &mut ShotRegions) -> Result<(), Wrong> {
        let (name, path) = match part.split_once('=') {
            // A file may have the sign in its name.
            Some((name, path)) if self.folder.file(part).is_err() => (Some(name.trim()), path.trim()),
            _ => (None, part),
        };
        let found =
            self.folder.file(path).map_err(|fault| (fault.code, format!("`{}` {}", shown(path), fault.message)))?;
        let file = found.real.unwrap_or(found.path);
        let is = |extension: &str| path.to_lowercase().ends_with(extension);
        let drawn = is(".json") || is(".csv");
        match name {
            _ if drawn && name.is_some() => {
                Err(("region", format!("`{}` holds names of its own; write the file alone", shown(path))))
            }
            _ if drawn => self.polygons(file, place, into),
            Some(name) if name.is_empty() || name.len() > 64 || name == "all" => Err((
                "region",
                format!("`{}` is no name of a region; 1 to 64 bytes are allowed, and not `all`", shown(name)),
            )),
            Some(name) => {
                into.named.push((name.to_owned(), file));
                Ok(())
            }
            None if into.skin.is_some() => {
                Err(("region", "two masks without a name; write name=mask.png for named parts".to_owned()))
            }
            None => {
                into.skin = Some(file);
                Ok(())
            }
        }
    }

    /// A file of polygons is read once, and its mistakes are told once.
    fn polygons(&mut self, file: PathBuf, place: &Place, into: &mut ShotRegions) -> Result<(), Wrong> {
        let mut why = None;
        let polygons = self.polygons.entry(file).or_insert_with_key(|path| match RegionFile::load(path) {
            Ok(polygons) => Some(polygons),
            Err(error) => {
                why = Some(error.to_string());
                None
            }
        });
        if let Some(polygons) = polygons {
            into.polygons.extend_from_slice(polygons.of(&place.name));
        }
        why.map_or(Ok(()), |why| Err(("region", why)))
    }
}
