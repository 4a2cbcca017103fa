//! Many photos: discover, measure, keep, account.
//!
//! [`discover()`] lists what a run has to deal with, [`run()`] measures what the [`Journal`] does not hold yet, and the
//! [`Outcomes`] give every photo's [`Record`] back in the order of discovery. What a run writes beside its tables is the
//! business of a [`Sink`], what it shows while it works that of a [`Progress`].

pub mod account;
pub mod candidate;
pub mod discover;
pub mod journal;
pub mod key;
pub mod lock;
mod masks;
pub mod memory;
pub mod outcome;
pub mod record;
pub mod regions;
pub mod run;
mod shapes;
mod task;

pub use account::Account;
pub use discover::{Found, Item, discover};
pub use journal::{Journal, Maps};
pub use lock::Lock;
pub use outcome::{Fate, Outcomes};
pub use record::{Failure, Record, Status};
pub use regions::RegionFile;
pub use run::{Options, Progress, Setup, Sink, Written, run};
