//! Named regions from a file.
//!
//! JSON: `{"photo.jpg": {"left_cheek": [[x, y], [x, y], [x, y]]}}`. CSV: the columns `photo,region,x,y`, one row per
//! corner, in order. Corners are in pixels of the upright photo, (0, 0) is the top left corner of its first pixel. A
//! photo is named by its path as in the results, by its file name, or by its file name without the extension.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::shapes;
use crate::error::{Error, Result, Stage};

/// A region of one photo before its size is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon {
    /// Name of the region.
    pub name: String,
    /// Corners in order.
    pub corners: Vec<(f64, f64)>,
}

/// The regions of many photos.
#[derive(Debug, Default)]
pub struct RegionFile {
    photos: BTreeMap<String, Vec<Polygon>>,
    used: Mutex<BTreeSet<String>>,
}

/// Most mistakes named in one message.
const LISTED: usize = 10;
/// Longest name of a region, in bytes.
const NAME: usize = 64;

impl RegionFile {
    /// Reads a file; the error lists its mistakes.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::read(path, e))?;
        let is = |extension: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension));
        if is("json") {
            Self::from_json(&bytes).map_err(|e| e.at(path))
        } else if is("csv") {
            Self::from_csv(&bytes).map_err(|e| e.at(path))
        } else {
            Err(mistake("a file of regions is named .json or .csv").at(path))
        }
    }

    /// Reads JSON.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let photos: shapes::Photos = serde_json::from_slice(bytes).map_err(|e| {
            mistake(format!(r#"{e}; {{"photo.jpg": {{"region": [[x, y], [x, y], [x, y]]}}}} is needed"#))
        })?;
        let mistakes = RefCell::new(Vec::new());
        let mut file = Self::default();
        for (photo, regions) in photos.0 {
            let polygons = regions.0.into_iter().map(|(name, corners)| {
                let polygon = Polygon { name, corners: corners.into_iter().map(|[x, y]| (x, y)).collect() };
                mistakes.borrow_mut().extend(wrong(&polygon).map(|why| format!("{photo}: {why}")));
                polygon
            });
            let polygons = polygons.collect();
            file.photos.insert(photo, polygons);
        }
        file.checked(mistakes.into_inner())
    }

    /// Reads CSV.
    pub fn from_csv(bytes: &[u8]) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let headers = reader.headers().map_err(|e| mistake(e.to_string()))?.clone();
        let names: Vec<&str> = headers.iter().map(|h| h.trim_start_matches('\u{feff}')).collect();
        if names != ["photo", "region", "x", "y"] {
            return Err(mistake(format!("the columns are {}; photo,region,x,y is needed", names.join(","))));
        }
        let mut mistakes = Vec::new();
        let mut first_rows: BTreeMap<(String, String), u64> = BTreeMap::new();
        let mut file = Self::default();
        for row in reader.records() {
            let row = match row {
                Ok(row) => row,
                Err(e) => {
                    mistakes.push(e.to_string());
                    continue;
                }
            };
            let line = row.position().map_or(0, csv::Position::line);
            let number = |i: usize| row[i].parse::<f64>().ok().filter(|v| v.is_finite());
            let (Some(x), Some(y)) = (number(2), number(3)) else {
                mistakes.push(format!("row {line}: x is `{}` and y `{}`; numbers are needed", &row[2], &row[3]));
                continue;
            };
            first_rows.entry((row[0].to_owned(), row[1].to_owned())).or_insert(line);
            let polygons = file.photos.entry(row[0].to_owned()).or_default();
            match polygons.iter_mut().find(|p| p.name == row[1]) {
                Some(polygon) => polygon.corners.push((x, y)),
                None => polygons.push(Polygon { name: row[1].to_owned(), corners: vec![(x, y)] }),
            }
        }
        for ((photo, region), line) in &first_rows {
            let polygon = file.photos[photo].iter().find(|p| p.name == *region);
            mistakes.extend(polygon.and_then(wrong).map(|why| format!("row {line}: {photo}: {why}")));
        }
        file.checked(mistakes)
    }

    fn checked(mut self, mistakes: Vec<String>) -> Result<Self> {
        if mistakes.is_empty() {
            for polygons in self.photos.values_mut() {
                polygons.sort_by(|a, b| a.name.cmp(&b.name));
            }
            return Ok(self);
        }
        let more = mistakes.len().saturating_sub(LISTED);
        let mut message = mistakes[..mistakes.len() - more].join("; ");
        if more > 0 {
            message.push_str(&format!("; and {more} more"));
        }
        Err(mistake(message))
    }

    /// The regions of the photo of that name, ordered by name.
    #[must_use]
    pub fn of(&self, photo: &str) -> &[Polygon] {
        let file = photo.rsplit_once('/').map_or(photo, |(_, file)| file);
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let Some((key, polygons)) = [photo, file, stem].iter().find_map(|key| self.photos.get_key_value(*key)) else {
            return &[];
        };
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        polygons
    }

    /// The photos of the file that no photo of `names` is.
    #[must_use]
    pub fn unused<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        for name in names {
            let _ = self.of(name);
        }
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        self.photos.keys().filter(|key| !used.contains(*key)).cloned().collect()
    }
}

fn mistake(message: impl Into<String>) -> Error {
    Error::new(Stage::Region, "regions", message)
}

/// What is wrong with a region.
fn wrong(polygon: &Polygon) -> Option<String> {
    let name = &polygon.name;
    if name.is_empty() || name.len() > NAME || name.chars().any(char::is_control) {
        return Some(format!("a region is named `{}`; 1 to {NAME} bytes are allowed", name.escape_default()));
    }
    if name == "all" {
        return Some("a region is named `all`; that is the name of the whole skin".to_owned());
    }
    if polygon.corners.len() < 3 {
        return Some(format!("region {name} has {} corners; at least 3 are needed", polygon.corners.len()));
    }
    if polygon.corners.iter().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
        return Some(format!("region {name} has a corner that is no number"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"a.jpg": {"nose": [[0,0],[4,0],[4,4]], "chin": [[1,1],[2,1],[2,2.5]]}, "deep/b": {}}"#;

    #[test]
    fn json_and_csv_say_the_same() {
        let csv = "photo,region,x,y\na.jpg,nose,0,0\na.jpg,nose,4,0\na.jpg,nose,4,4\n\
                   a.jpg,chin,1,1\na.jpg,chin,2,1\na.jpg,chin,2,2.5\n";
        let (json, csv) =
            (RegionFile::from_json(JSON.as_bytes()).unwrap(), RegionFile::from_csv(csv.as_bytes()).unwrap());
        assert_eq!(json.of("a.jpg"), csv.of("a.jpg"));
        assert_eq!(json.of("a.jpg")[0].name, "chin");
    }

    #[test]
    fn photos_go_by_path_file_name_or_stem() {
        let file = RegionFile::from_json(br#"{"x/a.jpg": {}, "b.jpg": {"r": [[0,0],[1,0],[1,1]]}, "c": {}}"#).unwrap();
        assert_eq!(file.of("y/b.jpg").len(), 1);
        assert!(file.of("y/a.jpg").is_empty());
        assert_eq!(file.unused(["q/c.png"]), ["x/a.jpg"]);
    }

    #[test]
    fn mistakes_name_the_row_and_what_is_allowed() {
        let error = RegionFile::from_csv(b"photo,region,x,y\na.jpg,nose,0,zero\na.jpg,all,1,1\n").unwrap_err();
        assert!(error.message().contains("row 2: x is `0` and y `zero`; numbers are needed"), "{error}");
        assert!(error.message().contains("row 3: a.jpg: a region is named `all`"), "{error}");
        let error = RegionFile::from_csv(b"image,region,x,y\n").unwrap_err();
        assert!(error.message().contains("photo,region,x,y is needed"), "{error}");
    }

    #[test]
    fn a_name_given_twice_is_a_mistake() {
        let twice = br#"{"a.jpg": {"r": [[0,0],[1,0],[1,1]], "r": [[0,0],[1,0],[1,1]]}}"#;
        assert!(RegionFile::from_json(twice).unwrap_err().message().contains("`r` is given twice"));
    }

    #[test]
    fn too_few_corners() {
        let error = RegionFile::from_json(br#"{"a.jpg": {"r": [[0,0],[1,0]]}}"#).unwrap_err();
        assert!(error.message().contains("2 corners; at least 3"), "{error}");
    }
}
