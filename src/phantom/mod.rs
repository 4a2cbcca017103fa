//! Synthetic skin with known truth.
