//! The journal: finished records, kept in `results.sqlite`.
//!
//! Records are keyed by the hash of all that they depend on, so a row of other bytes, another mask, configuration,
//! version or dictionary is never read back. Every record carries a checksum: one that the disk has damaged counts as
//! absent and its photo is measured again. A commit is written ahead (WAL), so a killed process loses at most the photos
//! in flight. Under the exclusive locking mode the log needs no shared memory, so network folders work; at the end of a
//! run the log is folded in and other programs can read the file.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use super::key::{Key, sha256};
use super::record::Record;
use crate::error::{Error, Result, Stage};

/// Name of the journal in the output folder.
pub const JOURNAL_FILE: &str = "results.sqlite";

/// `CICA`: marks the file as a journal of this program.
const APPLICATION: i64 = 0x4349_4341;
/// Version of the tables below.
const SCHEMA: i64 = 1;

const TABLES: &str = "
    CREATE TABLE records (key BLOB PRIMARY KEY, checksum BLOB NOT NULL, record TEXT NOT NULL, thumbnail BLOB NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE maps (photo TEXT PRIMARY KEY, key BLOB NOT NULL, kinds TEXT NOT NULL, files TEXT NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
";

/// The maps that stand in the folder of a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maps {
    /// The record they were written with.
    pub key: Key,
    /// The kinds asked for; not every photo has every kind.
    pub kinds: Vec<String>,
    /// The files written.
    pub files: Vec<String>,
}

/// Finished records on disk.
pub struct Journal {
    path: PathBuf,
    connection: Mutex<Connection>,
    replaced: Option<String>,
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Journal {
    /// Opens the journal of the folder `out`, or begins one; `fresh` forgets what it holds.
    ///
    /// A journal that cannot be read, or of another version, is set aside as `results.sqlite.old` and a new one is begun.
    /// A database of another program is left alone and is an error.
    pub fn open(out: &Path, fresh: bool) -> Result<Self> {
        let path = out.join(JOURNAL_FILE);
        if fresh {
            remove_all(&path)?;
        }
        let (connection, replaced) = match Self::connect(&path)? {
            Ok(connection) => (connection, None),
            Err(why) => {
                let aside = set_aside(&path)?;
                let fresh = Self::connect(&path)?.map_err(|why| Error::new(Stage::Write, "journal", why).at(&path))?;
                (fresh, Some(format!("{JOURNAL_FILE}: {why}; it was set aside as {aside} and all photos are measured")))
            }
        };
        Ok(Self { path, connection: Mutex::new(connection), replaced })
    }

    /// Why an earlier journal was set aside, where one was.
    #[must_use]
    pub fn replaced(&self) -> Option<&str> {
        self.replaced.as_deref()
    }

    /// A connection, or why the file is no use.
    fn connect(path: &Path) -> Result<std::result::Result<Connection, String>> {
        let begin = || -> rusqlite::Result<std::result::Result<Connection, String>> {
            let connection = Connection::open(path)?;
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            let (application, schema) = (number("application_id")?, number("user_version")?);
            let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
            match (application, schema) {
                (APPLICATION, SCHEMA) => {}
                (0, 0) if tables == 0 => {
                    let make = format!(
                        "BEGIN; {TABLES} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA}; COMMIT;"
                    );
                    connection.execute_batch(&make)?;
                }
                (APPLICATION, other) => return Ok(Err(format!("written by another version (schema {other})"))),
                _ => return Ok(Err(FOREIGN.to_owned())),
            }
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            Ok(Ok(connection))
        };
        match begin() {
            Ok(Err(why)) if why == FOREIGN => Err(Error::new(Stage::Write, "journal", FOREIGN).at(path)),
            Ok(result) => Ok(result),
            Err(error) if is_damage(&error) => Ok(Err(format!("damaged ({error})"))),
            Err(error) => Err(Error::write(path, error)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn broken(&self, error: rusqlite::Error) -> Error {
        if is_damage(&error) {
            let message = format!("the journal is damaged ({error}); run with --fresh to measure all photos again");
            return Error::new(Stage::Write, "journal", message).at(&self.path).because(error);
        }
        Error::write(&self.path, error)
    }

    /// The record of that key; `None` when there is none or it is damaged.
    pub fn get(&self, key: &Key) -> Result<Option<Record>> {
        let found = self
            .lock()
            .prepare_cached("SELECT checksum, record, thumbnail FROM records WHERE key = ?1")
            .and_then(|mut select| {
                select
                    .query_row([key.as_slice()], |row| {
                        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?))
                    })
                    .optional()
            });
        let found = match found {
            Err(rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..)) => None,
            other => other.map_err(|e| self.broken(e))?,
        };
        let Some((checksum, text, thumbnail)) = found else { return Ok(None) };
        if checksum != checksum_of(key, &text, &thumbnail) {
            return Ok(None);
        }
        Ok(serde_json::from_str::<Record>(&text).ok().map(|record| Record { thumbnail, ..record }))
    }

    /// Keeps a record; `maps` are the photo and its maps, where some were written.
    pub fn put(&self, key: &Key, record: &Record, maps: Option<(&str, &Maps)>) -> Result<()> {
        let bare = Record { photo: String::new(), thumbnail: Vec::new(), ..record.clone() };
        let text = serde_json::to_string(&bare).map_err(|e| Error::internal("journal", e.to_string()))?;
        let checksum = checksum_of(key, &text, &record.thumbnail);
        let mut connection = self.lock();
        let mut keep = || {
            write_ahead(&connection)?;
            let all = connection.transaction()?;
            all.prepare_cached("INSERT OR REPLACE INTO records VALUES (?1, ?2, ?3, ?4)")?.execute(params![
                key.as_slice(),
                checksum.as_slice(),
                text,
                record.thumbnail
            ])?;
            if let Some((photo, maps)) = maps {
                all.prepare_cached("INSERT OR REPLACE INTO maps VALUES (?1, ?2, ?3, ?4)")?.execute(params![
                    photo,
                    maps.key.as_slice(),
                    maps.kinds.join("/"),
                    maps.files.join("/")
                ])?;
            }
            all.commit()
        };
        keep().map_err(|e| self.broken(e))
    }

    /// The maps in the folder of `photo`.
    pub fn maps_of(&self, photo: &str) -> Result<Option<Maps>> {
        let list = |text: String| text.split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect();
        let maps = self
            .lock()
            .query_row("SELECT key, kinds, files FROM maps WHERE photo = ?1", [photo], |row| {
                Ok(Maps { key: row.get(0)?, kinds: list(row.get(1)?), files: list(row.get(2)?) })
            })
            .optional();
        maps.map_err(|e| self.broken(e))
    }

    /// The photos with maps, each with the key of its record.
    pub fn all_maps(&self) -> Result<Vec<(String, Key)>> {
        let connection = self.lock();
        let all = || -> rusqlite::Result<Vec<(String, Key)>> {
            let mut select = connection.prepare("SELECT photo, key FROM maps ORDER BY photo")?;
            select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        all().map_err(|e| self.broken(e))
    }

    /// Forgets that the maps of `photo` were written; done before they are written anew.
    pub fn forget_maps(&self, photo: &str) -> Result<()> {
        let connection = self.lock();
        let known: rusqlite::Result<Option<i64>> =
            connection.query_row("SELECT 1 FROM maps WHERE photo = ?1", [photo], |row| row.get(0)).optional();
        if known.map_err(|e| self.broken(e))?.is_none() {
            return Ok(());
        }
        write_ahead(&connection)
            .and_then(|()| connection.execute("DELETE FROM maps WHERE photo = ?1", [photo]))
            .map(|_| ())
            .map_err(|e| self.broken(e))
    }

    /// A note that an earlier run left.
    pub fn note(&self, name: &str) -> Result<Option<String>> {
        let value =
            self.lock().query_row("SELECT value FROM notes WHERE name = ?1", [name], |row| row.get(0)).optional();
        value.map_err(|e| self.broken(e))
    }

    /// Leaves a note for the next run.
    pub fn set_note(&self, name: &str, value: &str) -> Result<()> {
        let connection = self.lock();
        write_ahead(&connection)
            .and_then(|()| connection.execute("INSERT OR REPLACE INTO notes VALUES (?1, ?2)", [name, value]))
            .map(|_| ())
            .map_err(|e| self.broken(e))
    }

    /// Folds the log into the file, so that one file is left that any program can read.
    pub fn close(self) -> Result<()> {
        let connection = self.lock();
        let fold = || -> rusqlite::Result<()> {
            let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
            if mode == "wal" {
                connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
            }
            Ok(())
        };
        fold().map_err(|e| self.broken(e))
    }
}

const FOREIGN: &str = "not a journal of Cicatrix; move it away or give another --out";

/// Writing begins the log; a run that only reads leaves the file as it is.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
}

fn checksum_of(key: &Key, text: &str, thumbnail: &[u8]) -> Key {
    let parts = [key.as_slice(), &sha256(text.as_bytes()), &sha256(thumbnail)].concat();
    sha256(&parts)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove_all(path: &Path) -> Result<()> {
    // The logs go first: a log without its database is nothing, a database without its log is an older state.
    for path in [with_suffix(path, "-wal"), with_suffix(path, "-shm"), with_suffix(path, "-journal"), path.to_owned()] {
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::write(&path, e)),
            _ => {}
        }
    }
    Ok(())
}

fn set_aside(path: &Path) -> Result<String> {
    let aside = with_suffix(path, ".old");
    fs::rename(path, &aside).map_err(|e| Error::write(path, e))?;
    remove_all(path)?;
    Ok(format!("{JOURNAL_FILE}.old"))
}

#[cfg(test)]
mod tests {
    use super::super::record::{Failure, Status};
    use super::*;
    use crate::measure::{Column, Row};

    fn record() -> Record {
        let mut row = Row::default();
        row.set(Column::L_MEAN, 1.0);
        row.set(Column::A_MEAN, 0.1 + 0.2);
        row.set(Column::WIDTH_PX, 640_usize);
        row.set(Column::REGION, "all");
        Record {
            photo: String::new(),
            status: Status::Ok,
            rows: vec![row],
            lesions: Vec::new(),
            sub_scores: Vec::new(),
            failures: Vec::new(),
            thumbnail: vec![1, 2, 3],
        }
    }

    #[test]
    fn a_record_reads_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), false).unwrap();
        assert_eq!(journal.get(&[1; 32]).unwrap(), None);
        let maps = Maps { key: [1; 32], kinds: vec!["relief".into()], files: Vec::new() };
        journal.put(&[1; 32], &record(), Some(("a.jpg", &maps))).unwrap();
        journal.close().unwrap();
        let journal = Journal::open(folder.path(), false).unwrap();
        assert_eq!(journal.get(&[1; 32]).unwrap(), Some(record()));
        assert_eq!(journal.all_maps().unwrap(), [("a.jpg".to_owned(), [1; 32])]);
        assert_eq!(journal.maps_of("a.jpg").unwrap(), Some(maps));
        journal.forget_maps("a.jpg").unwrap();
        assert_eq!(journal.maps_of("a.jpg").unwrap(), None);
    }

    #[test]
    fn one_file_is_left_and_reading_does_not_touch_it() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), false).unwrap();
        journal.put(&[1; 32], &record(), None).unwrap();
        journal.close().unwrap();
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, [JOURNAL_FILE]);
        let state = || {
            let meta = fs::metadata(folder.path().join(JOURNAL_FILE)).unwrap();
            (meta.modified().unwrap(), fs::read(folder.path().join(JOURNAL_FILE)).unwrap())
        };
        let before = state();
        let journal = Journal::open(folder.path(), false).unwrap();
        assert!(journal.get(&[1; 32]).unwrap().is_some());
        journal.close().unwrap();
        assert_eq!(before, state());
    }

    #[test]
    fn a_damaged_record_counts_as_absent() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), false).unwrap();
        journal.put(&[1; 32], &record(), None).unwrap();
        journal.close().unwrap();
        let connection = Connection::open(folder.path().join(JOURNAL_FILE)).unwrap();
        connection.execute("UPDATE records SET record = replace(record, '640', '641')", []).unwrap();
        drop(connection);
        assert_eq!(Journal::open(folder.path(), false).unwrap().get(&[1; 32]).unwrap(), None);
    }

    #[test]
    fn garbage_and_other_versions_are_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL_FILE);
        fs::write(&path, b"this is no database, and it is long enough to look at").unwrap();
        let journal = Journal::open(folder.path(), false).unwrap();
        assert!(journal.replaced().unwrap().contains("damaged"), "{:?}", journal.replaced());
        assert!(folder.path().join("results.sqlite.old").is_file());
        journal.put(&[1; 32], &record(), None).unwrap();
        journal.close().unwrap();
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let journal = Journal::open(folder.path(), false).unwrap();
        assert!(journal.replaced().unwrap().contains("schema 99"));
        assert_eq!(journal.get(&[1; 32]).unwrap(), None);
    }

    #[test]
    fn a_database_of_another_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL_FILE);
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
        let before = fs::read(&path).unwrap();
        assert!(Journal::open(folder.path(), false).unwrap_err().message().contains("not a journal"));
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_fresh_journal_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), false).unwrap();
        let failure = Failure { stage: Stage::Decode, code: "truncated".into(), message: "cut".into() };
        journal.put(&[2; 32], &Record::failed("", failure), None).unwrap();
        journal.set_note("n", "v").unwrap();
        assert_eq!(journal.note("n").unwrap().as_deref(), Some("v"));
        journal.close().unwrap();
        let journal = Journal::open(folder.path(), true).unwrap();
        assert_eq!(journal.get(&[2; 32]).unwrap(), None);
        assert_eq!(journal.note("n").unwrap(), None);
    }
}
