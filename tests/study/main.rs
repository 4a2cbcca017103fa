//! Study and sessions files as people write them, and as they must not be.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod bench;
mod columns;
#[path = "../common/mod.rs"]
mod common;
mod drafts;
mod mistakes;
