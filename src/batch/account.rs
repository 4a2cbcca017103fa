//! The account of a run: every photo is in exactly one place.

use serde::{Deserialize, Serialize};

use super::outcome::Fate;
use super::record::Status;
use crate::error::{Error, Result};

/// Counts of photos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Photos found, and things given or named as photos that are none.
    pub discovered: usize,
    /// Measured.
    pub ok: usize,
    /// Decoded, but not fit to be measured.
    pub refused: usize,
    /// Not read, not decoded, or stopped by a defect.
    pub failed: usize,
    /// Not begun when the run was interrupted; 0 for a whole run.
    pub not_reached: usize,
    /// Dealt with in this run.
    pub measured_now: usize,
    /// Taken from the journal.
    pub from_journal: usize,
    /// Files that are no photos.
    pub ignored: usize,
}

impl Account {
    /// Counts the fates of a run that passed `ignored` files over.
    #[must_use]
    pub fn of<'a>(fates: impl IntoIterator<Item = &'a Fate>, ignored: usize) -> Self {
        let mut account = Self { ignored, ..Self::default() };
        for fate in fates {
            account.discovered += 1;
            match fate {
                Fate::Kept { status, from_journal, .. } => {
                    *account.place(*status) += 1;
                    if *from_journal {
                        account.from_journal += 1;
                    } else {
                        account.measured_now += 1;
                    }
                }
                Fate::Lost(_) => {
                    account.failed += 1;
                    account.measured_now += 1;
                }
                Fate::NotReached => account.not_reached += 1,
            }
        }
        account
    }

    fn place(&mut self, status: Status) -> &mut usize {
        match status {
            Status::Ok => &mut self.ok,
            Status::Refused => &mut self.refused,
            Status::Failed => &mut self.failed,
        }
    }

    /// Photos without numbers.
    #[must_use]
    pub fn not_measured(&self) -> usize {
        self.refused + self.failed + self.not_reached
    }

    /// Checks the law: discovered = ok + refused + failed + not reached, and the same by where a record came from.
    pub fn check(&self) -> Result<()> {
        let placed = self.ok + self.refused + self.failed;
        let balanced = self.discovered == placed + self.not_reached && placed == self.measured_now + self.from_journal;
        if balanced {
            return Ok(());
        }
        Err(Error::internal("account", format!("the counts of the run do not add up: {self:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::record::Failure;
    use crate::error::Stage;

    fn kept(status: Status, from_journal: bool) -> Fate {
        Fate::Kept { key: [0; 32], status, from_journal }
    }

    #[test]
    fn every_fate_is_counted_once() {
        let lost = Fate::Lost(Failure { stage: Stage::Read, code: "io".into(), message: "gone".into() });
        let fates =
            [kept(Status::Ok, true), kept(Status::Refused, false), kept(Status::Failed, true), lost, Fate::NotReached];
        let account = Account::of(&fates, 7);
        account.check().unwrap();
        assert_eq!(
            account,
            Account {
                discovered: 5,
                ok: 1,
                refused: 1,
                failed: 2,
                not_reached: 1,
                measured_now: 2,
                from_journal: 2,
                ignored: 7
            }
        );
        assert_eq!(account.not_measured(), 4);
    }

    #[test]
    fn a_lost_photo_is_noticed() {
        let account = Account { discovered: 2, ok: 1, measured_now: 1, ..Account::default() };
        assert_eq!(account.check().unwrap_err().code(), "account");
    }
}
