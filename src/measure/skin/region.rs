//! Regions that an operator gave.

use crate::base::Mask;

/// A named part of a photo.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Its name in the `region` column.
    pub name: String,
    /// Its pixels, in the size of the upright photo.
    pub mask: Mask,
}

/// What an operator gave for one photo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Regions {
    /// The skin; always wins over the skin found by color.
    pub skin: Option<Mask>,
    /// Named parts, measured besides `all`.
    pub named: Vec<Region>,
}

impl Region {
    /// The pixels whose centers lie inside a polygon (even-odd rule). Corners are in pixels; (0, 0) is the top left
    /// corner of the top left pixel.
    #[must_use]
    pub fn from_polygon(name: impl Into<String>, corners: &[(f64, f64)], width: usize, height: usize) -> Self {
        let mut mask = Mask::empty(width, height);
        let mut crossings = Vec::new();
        for y in 0..height {
            let center = y as f64 + 0.5;
            crossings.clear();
            for (i, &(x0, y0)) in corners.iter().enumerate() {
                let (x1, y1) = corners[(i + 1) % corners.len()];
                if (y0 <= center) != (y1 <= center) {
                    crossings.push(x0 + (center - y0) / (y1 - y0) * (x1 - x0));
                }
            }
            crossings.sort_by(f64::total_cmp);
            for span in crossings.chunks_exact(2) {
                let column = |x: f64| (x - 0.5).ceil().clamp(0.0, width as f64) as usize;
                for x in column(span[0])..column(span[1]) {
                    mask.set(x, y, true);
                }
            }
        }
        Self { name: name.into(), mask }
    }
}
