//! Planes that are used again.
//!
//! A fresh plane of a 12-megapixel photo costs the system 12,000 page faults; a photo needs dozens of planes.

use std::sync::Mutex;

use super::Plane;

/// Scratch planes for one worker. Planes are handed out with arbitrary contents.
#[derive(Debug, Default)]
pub struct Workspace {
    free: Mutex<Vec<Vec<f32>>>,
}

impl Workspace {
    /// An empty workspace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A plane of the given size with arbitrary contents.
    #[must_use]
    pub fn plane(&self, width: usize, height: usize) -> Plane {
        let len = width * height;
        let mut free = self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let best = (0..free.len()).filter(|&i| free[i].capacity() >= len).min_by_key(|&i| free[i].capacity());
        let mut data = best.map(|i| free.swap_remove(i)).unwrap_or_default();
        drop(free);
        data.resize(len, 0.0);
        Plane::from_vec(width, height, data)
    }

    /// Takes a plane back for later use.
    pub fn give(&self, plane: Plane) {
        self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(plane.into_data());
    }
}
