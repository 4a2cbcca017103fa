//! One photo of a run: read, look up, decode, measure, keep.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

use super::discover::Item;
use super::journal::Maps;
use super::key::{Key, hex, record_key, sha256};
use super::memory::{self, Loan};
use super::outcome::Fate;
use super::record::{Failure, Record, Status};
use super::regions::Polygon;
use super::run::{Run, Written};
use crate::base::Mask;
use crate::base::parallel::Threads;
use crate::error::{Error, Result, Stage};
use crate::measure::skin::Region;
use crate::measure::{Column, Measurement, Outcome, Regions};
use crate::photo::{self, HeightMap, Photo};

/// What an operator gave for one photo, as bytes.
struct Given<'a> {
    mask: Option<Vec<u8>>,
    polygons: &'a [Polygon],
}

impl Run<'_> {
    /// Deals with one photo. An error is one of the run (the journal or the maps cannot be written), not of the photo.
    pub(super) fn deal_with(&self, item: &Item, threads: &Threads) -> Result<Fate> {
        if let Some(trouble) = &item.trouble {
            return Ok(Fate::Lost(trouble.clone()));
        }
        let read = self.read(item).and_then(|bytes| Ok((bytes, self.given(item)?)));
        let (bytes, given) = match read {
            Ok(read) => read,
            Err(error) => return Ok(Fate::Lost(Failure::from(&error))),
        };
        let hash = sha256(&bytes);
        let key = record_key(&hash, &given.hash(), self.config_hash);
        if let Some(record) = self.journal.get(&key)?
            && self.is_complete(item, &key, &record)?
        {
            return Ok(Fate::Kept { key, status: record.status, from_journal: true });
        }
        let _loan = match self.lend(&bytes, &given) {
            Ok(loan) => loan,
            Err(error) => return self.keep_failure(&key, &error),
        };
        match self.measure(item, &bytes, &given, &hash, threads) {
            Err(error) if error.stage() == Stage::Write => Err(error),
            Err(error) => self.keep_failure(&key, &error),
            Ok((record, files)) => {
                let kinds = self.pipeline.config().maps.iter().map(|kind| kind.name().to_owned());
                let maps = Maps { key, kinds: kinds.collect(), files };
                let wanted = record.status == Status::Ok && !maps.kinds.is_empty();
                self.journal.put(&key, &record, wanted.then_some((item.name.as_str(), &maps)))?;
                Ok(Fate::Kept { key, status: record.status, from_journal: false })
            }
        }
    }

    /// A failure that another run would meet again is kept; one of the disk or of the options is not.
    fn keep_failure(&self, key: &Key, error: &Error) -> Result<Fate> {
        let failure = Failure::from(error);
        let lasts = matches!(error.stage(), Stage::Decode | Stage::Region | Stage::Measure);
        if !lasts || error.code() == OVER_MEMORY {
            return Ok(Fate::Lost(failure));
        }
        self.journal.put(key, &Record::failed("", failure), None)?;
        Ok(Fate::Kept { key: *key, status: Status::Failed, from_journal: false })
    }

    fn is_complete(&self, item: &Item, key: &Key, record: &Record) -> Result<bool> {
        if record.status != Status::Ok || self.pipeline.config().maps.is_empty() {
            return Ok(true);
        }
        let asked = &self.pipeline.config().maps;
        Ok(self.journal.maps_of(&item.name)?.is_some_and(|maps| {
            maps.key == *key
                && asked.iter().all(|kind| maps.kinds.iter().any(|k| k == kind.name()))
                && self.sink.has(item, &maps.files)
        }))
    }

    fn read(&self, item: &Item) -> Result<Vec<u8>> {
        let size = fs::metadata(&item.path).map_err(|e| Error::read(&item.path, e))?.len();
        if size > self.budget.total() {
            return Err(self.over_memory(size, &format!("the file of {}", memory::words(size))));
        }
        read_whole(&item.path)
    }

    fn given(&self, item: &Item) -> Result<Given<'_>> {
        let mask = match item.masks.as_slice() {
            [] => None,
            [mask] => Some(read_whole(mask)?),
            [first, second, ..] => {
                let name = |path: &Path| path.file_name().unwrap_or_default().display().to_string();
                let message =
                    format!("two masks belong to this photo, {} and {}; leave one", name(first), name(second));
                return Err(Error::new(Stage::Region, "mask_ambiguous", message));
            }
        };
        let polygons = self.regions.map_or(&[][..], |file| file.of(&item.name));
        Ok(Given { mask, polygons })
    }

    /// Waits until the memory for this photo is free. A file whose header does not read needs none: it fails next.
    fn lend(&self, bytes: &[u8], given: &Given<'_>) -> Result<Option<Loan<'_>>> {
        let Ok(header) = photo::probe(bytes, &self.options.limits) else { return Ok(None) };
        let (width, height) = (header.width as usize, header.height as usize);
        let mask_bytes = given.mask.as_ref().map_or(0, Vec::len);
        let masks = usize::from(given.mask.is_some()) + given.polygons.len();
        let needed = memory::of_photo((bytes.len() + mask_bytes) as u64, width, height, masks);
        match self.budget.take(needed) {
            Some(loan) => Ok(Some(loan)),
            None => Err(self.over_memory(needed, &format!("a photo of {width} x {height} pixels"))),
        }
    }

    fn over_memory(&self, needed: u64, what: &str) -> Error {
        let message = format!(
            "{what} needs about {}; {} are allowed; raise --max-memory",
            memory::words(needed),
            memory::words(self.budget.total())
        );
        Error::decode(OVER_MEMORY, message)
    }

    fn measure(
        &self,
        item: &Item,
        bytes: &[u8],
        given: &Given<'_>,
        hash: &Key,
        threads: &Threads,
    ) -> Result<(Record, Vec<String>)> {
        let limits = &self.options.limits;
        threads.install(|| {
            let heights = &self.pipeline.config().height;
            let outcome = if heights.enabled {
                let map = HeightMap::from_bytes(bytes, limits, heights.units())?;
                self.pipeline.measure_heights(&map, &given.regions(map.width(), map.height(), limits)?)?
            } else {
                let photo = Photo::from_bytes(bytes, limits)?;
                self.pipeline.measure(&photo, &given.regions(photo.width(), photo.height(), limits)?)?
            };
            match outcome {
                Outcome::Measured(mut measurement) => {
                    measurement.rows.iter_mut().for_each(|row| row.set(Column::SHA256, hex(hash)));
                    self.journal.forget_maps(&item.name)?;
                    let Written { thumbnail, files } = self.sink.measured(item, &measurement)?;
                    let Measurement { rows, lesions, sub_scores, .. } = *measurement;
                    let status = Status::Ok;
                    let failures = Vec::new();
                    let photo = String::new();
                    Ok((Record { photo, status, rows, lesions, sub_scores, failures, thumbnail }, files))
                }
                Outcome::Refused { reasons, mut row } => {
                    row.set(Column::SHA256, hex(hash));
                    let failure = |r: crate::measure::Refusal| Failure {
                        stage: Stage::Measure,
                        code: r.code,
                        message: r.message,
                    };
                    let record = Record {
                        photo: String::new(),
                        status: Status::Refused,
                        rows: vec![*row],
                        lesions: Vec::new(),
                        sub_scores: Vec::new(),
                        failures: reasons.into_iter().map(failure).collect(),
                        thumbnail: Vec::new(),
                    };
                    Ok((record, Vec::new()))
                }
            }
        })
    }
}

/// Code of a photo that does not fit into the memory allowed; another run may allow more.
const OVER_MEMORY: &str = "over_memory";

impl Given<'_> {
    fn hash(&self) -> Key {
        let mut text = Vec::new();
        if let Some(mask) = &self.mask {
            text.extend(b"mask");
            text.extend(sha256(mask));
        }
        for polygon in self.polygons {
            text.extend(b"region");
            text.extend(sha256(polygon.name.as_bytes()));
            text.extend((polygon.corners.len() as u64).to_le_bytes());
            text.extend(polygon.corners.iter().flat_map(|(x, y)| [x.to_le_bytes(), y.to_le_bytes()]).flatten());
        }
        sha256(&text)
    }

    fn regions(&self, width: usize, height: usize, limits: &photo::Limits) -> Result<Regions> {
        let mut regions = Regions { skin: self.mask(width, height, limits)?, named: Vec::new() };
        for polygon in self.polygons {
            let region = Region::from_polygon(&polygon.name, &polygon.corners, width, height);
            if region.mask.count() == 0 {
                let message = format!(
                    "region {} holds no pixel of the {width} x {height} photo; corners are in pixels of the upright photo",
                    polygon.name
                );
                return Err(Error::new(Stage::Region, "region_outside", message));
            }
            regions.named.push(region);
        }
        Ok(regions)
    }

    fn mask(&self, width: usize, height: usize, limits: &photo::Limits) -> Result<Option<Mask>> {
        let Some(bytes) = &self.mask else { return Ok(None) };
        let mask = photo::mask_from_bytes(bytes, limits).map_err(|e| {
            Error::new(Stage::Region, "mask_unreadable", format!("the mask cannot be read: {}", e.message()))
        })?;
        if (mask.width(), mask.height()) == (width, height) {
            return Ok(Some(mask));
        }
        let message = format!(
            "the mask has {} x {} pixels and the upright photo {width} x {height}; both must be equal",
            mask.width(),
            mask.height()
        );
        Err(Error::new(Stage::Region, "mask_size", message))
    }
}

/// The bytes of a regular file that nothing wrote to meanwhile.
fn read_whole(path: &Path) -> Result<Vec<u8>> {
    let fail = |e| Error::read(path, e);
    // Opening a pipe would wait for a writer, so the kind is asked first.
    if !fs::metadata(path).map_err(fail)?.is_file() {
        return Err(Error::new(Stage::Read, "not_a_file", "not a regular file"));
    }
    let mut file = File::open(path).map_err(fail)?;
    let before = stamp(&file).map_err(fail)?;
    let mut bytes = Vec::with_capacity(usize::try_from(before.0).unwrap_or(0));
    file.read_to_end(&mut bytes).map_err(fail)?;
    let after = stamp(&file).map_err(fail)?;
    let replaced = fs::metadata(path).and_then(|meta| Ok((meta.len(), meta.modified()?))).map_err(fail)? != before;
    if before != after || replaced || before.0 != bytes.len() as u64 {
        return Err(Error::new(
            Stage::Read,
            "changed_while_read",
            "the file changed while it was read; run again when it is complete",
        ));
    }
    Ok(bytes)
}

fn stamp(file: &File) -> std::io::Result<(u64, SystemTime)> {
    let meta = file.metadata()?;
    Ok((meta.len(), meta.modified()?))
}
