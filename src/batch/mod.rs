//! Many photos: discover, measure, keep, account.

pub mod record;

pub use record::{Failure, Record, Status};
