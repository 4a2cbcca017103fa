//! The skin around the drawn regions: a witness of light and camera where no control was drawn.

use super::SURROUND;
use crate::base::Mask;
use crate::filter::morphology::dilate_mask;
use crate::measure::skin::Region;

/// What is measured, for the journal.
pub(super) const VERSION: &[u8] = b"surround 1";
/// Skin so close to a region may have been treated with it, mm.
const GAP_MM: f64 = 3.0;
/// The same without a scale, as a share of the longer side.
const GAP_SHARE: f64 = 0.025;

/// All skin that is not near a region; `None` where it is smaller than the smallest of them, for then it tells less than they do.
pub(super) fn around(regions: &[Region], skin: &Mask, mm_per_px: Option<f64>) -> Option<Region> {
    let longest = skin.width().max(skin.height()) as f64;
    let gap = mm_per_px.map_or(GAP_SHARE * longest, |mm| GAP_MM / mm).round().clamp(1.0, longest) as usize;
    let drawn = regions.iter().map(|r| r.mask.clone()).reduce(|a, b| a.or(&b))?;
    let mask = skin.minus(&dilate_mask(&drawn, gap));
    let least = regions.iter().map(|r| r.mask.and(skin).count()).min()?;
    (least > 0 && mask.count() >= least).then(|| Region { name: SURROUND.to_owned(), mask })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(name: &str, from: usize, to: usize) -> Region {
        let mask = Mask::from_fn(120, 80, |x, y| (from..to).contains(&x) && (20..60).contains(&y));
        Region { name: name.to_owned(), mask }
    }

    #[test]
    fn it_keeps_its_distance_and_needs_room() {
        let skin = Mask::full(120, 80);
        let region = block("scar", 10, 40);
        let found = around(std::slice::from_ref(&region), &skin, Some(0.5)).unwrap();
        assert_eq!(found.name, SURROUND);
        // Three millimeters are six pixels.
        assert!(!found.mask.contains(45, 40) && found.mask.contains(46, 40) && !found.mask.contains(20, 40));
        let wide = [region, block("cheek", 40, 120)];
        assert!(around(&wide[1..], &skin, Some(0.5)).is_some(), "there is room on one side");
        assert!(around(&wide, &Mask::from_fn(120, 80, |_, y| (20..60).contains(&y)), Some(0.5)).is_none());
        assert!(around(&[], &skin, None).is_none());
    }
}
