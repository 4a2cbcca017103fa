//! What became of every photo of a run.

use super::account::Account;
use super::discover::Item;
use super::journal::Journal;
use super::key::Key;
use super::record::{Failure, Record, Status};
use crate::error::{Error, Result};
use crate::measure::{Column, Value};

/// What became of one photo.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// Its record is in the journal.
    Kept {
        /// Its key there.
        key: Key,
        /// Measured, refused or failed.
        status: Status,
        /// True when it was there before this run.
        from_journal: bool,
    },
    /// It failed for a reason outside its bytes; the next run tries again.
    Lost(Failure),
    /// The run was interrupted before it was begun.
    NotReached,
}

/// The photos of a run with their fates, in the order of discovery.
#[derive(Debug)]
pub struct Outcomes {
    items: Vec<Item>,
    fates: Vec<Fate>,
    ignored: usize,
    interrupted: bool,
}

impl Outcomes {
    pub(super) fn new(items: Vec<Item>, fates: Vec<Fate>, ignored: usize, interrupted: bool) -> Self {
        debug_assert_eq!(items.len(), fates.len());
        Self { items, fates, ignored, interrupted }
    }

    /// True when the run was asked to stop before its end.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupted
    }

    /// Every photo with its fate.
    pub fn iter(&self) -> impl Iterator<Item = (&Item, &Fate)> {
        self.items.iter().zip(&self.fates)
    }

    /// The counts, checked.
    pub fn account(&self) -> Result<Account> {
        let account = Account::of(&self.fates, self.ignored);
        account.check()?;
        Ok(account)
    }

    /// The records, one at a time, in the order of discovery; photos that were not reached have none.
    pub fn records<'a>(&'a self, journal: &'a Journal) -> impl Iterator<Item = Result<Record>> + 'a {
        self.iter().filter_map(move |(item, fate)| match fate {
            Fate::NotReached => None,
            Fate::Lost(failure) => Some(Ok(Record::failed(&item.name, failure.clone()))),
            Fate::Kept { key, .. } => Some(read_back(journal, item, key)),
        })
    }
}

/// Records are kept without a name, because equal bytes under two names are measured once.
fn read_back(journal: &Journal, item: &Item, key: &Key) -> Result<Record> {
    let mut record = journal.get(key)?.ok_or_else(|| {
        Error::internal("journal", "a record vanished from the journal during the run; run again").at(&item.path)
    })?;
    item.name.clone_into(&mut record.photo);
    for row in &mut record.rows {
        row.set(Column::PHOTO, Value::Text(item.name.clone()));
    }
    Ok(record)
}
