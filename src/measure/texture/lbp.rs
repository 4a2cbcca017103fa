//! Local binary patterns.

/// Classes of riu2 with eight neighbors: 0 to 8 ones in a uniform pattern, and all others.
pub const CLASSES: usize = 10;

/// What class `class` is.
#[must_use]
pub fn class_definition(class: usize) -> String {
    if class == CLASSES - 1 {
        "share of pixels whose circle of eight neighbors is not uniform (more than two changes between lower and not lower)".to_owned()
    } else {
        format!(
            "share of pixels with a uniform circle of eight neighbors of which {class} are not lower than the pixel"
        )
    }
}
