//! What was typed, what is valid, one file per command.
pub mod phantom;
