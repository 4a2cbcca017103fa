//! Spots that touch are parted where the pigment between them sinks.
//!
//! Pixels are flooded from the highest down (Vincent and Soille 1991). Where two hills meet, they stay apart if both rise
//! clearly above the saddle between them and are large enough; else the lower one joins the higher: mottle on a spot is no
//! spot of its own.

use std::collections::BTreeMap;

use crate::base::Plane;

/// The saddle between two spots lies below this share of the lower one's height.
const SADDLE: f32 = 0.5;
/// Least pixels of a hill that stays apart.
const LEAST: usize = 6;

#[derive(Clone, Copy, Debug)]
struct Hill {
    /// The hill that it has joined; itself while it stands alone.
    owner: usize,
    peak: f32,
    size: usize,
}

/// The hills of `plane` on the connected `pixels`; each rises at least `prominence` above its saddles.
#[must_use]
pub fn part(pixels: &[(u32, u32)], plane: &Plane, prominence: f32) -> Vec<Vec<(u32, u32)>> {
    let value = |&(x, y): &(u32, u32)| plane.at(x as usize, y as usize);
    let mut order: Vec<(u32, u32)> = pixels.to_vec();
    order.sort_by(|a, b| value(b).total_cmp(&value(a)).then(a.cmp(b)));
    let mut hills: Vec<Hill> = Vec::new();
    let mut label: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for &pixel in &order {
        let level = value(&pixel);
        let mut mine: Option<usize> = None;
        for near in neighbors(pixel) {
            let Some(other) = label.get(&near).map(|&h| owner(&hills, h)) else { continue };
            let Some(first) = mine.filter(|&first| first != other) else {
                mine = Some(other);
                continue;
            };
            let (high, low) = if hills[first].peak >= hills[other].peak { (first, other) } else { (other, first) };
            let Hill { peak, size, .. } = hills[low];
            if peak - level < prominence || level > SADDLE * peak || size < LEAST {
                hills[low].owner = high;
                hills[high].size += size;
            }
            mine = Some(high);
        }
        let mine = mine.unwrap_or_else(|| {
            hills.push(Hill { owner: hills.len(), peak: level, size: 0 });
            hills.len() - 1
        });
        hills[mine].size += 1;
        label.insert(pixel, mine);
    }
    let mut parts: BTreeMap<usize, Vec<(u32, u32)>> = BTreeMap::new();
    for pixel in pixels {
        parts.entry(owner(&hills, label[pixel])).or_default().push(*pixel);
    }
    parts.into_values().collect()
}

fn owner(hills: &[Hill], mut hill: usize) -> usize {
    while hills[hill].owner != hill {
        hill = hills[hill].owner;
    }
    hill
}

/// The eight neighbors; those left of or above the plane wrap around and are in no component.
fn neighbors((x, y): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)]
        .into_iter()
        .map(move |(i, j)| (x.wrapping_add_signed(i), y.wrapping_add_signed(j)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two round hills of height 1 and `low`, `apart` pixels from each other.
    fn hills(apart: f32, low: f32) -> (Plane, Vec<(u32, u32)>) {
        let hill = |x: usize, y: usize, cx: f32| (-((x as f32 - cx).powi(2) + (y as f32 - 20.0).powi(2)) / 32.0).exp();
        let plane = Plane::from_fn(60, 40, |x, y| hill(x, y, 20.0).max(low * hill(x, y, 20.0 + apart)));
        let pixels =
            (0..40).flat_map(|y| (0..60).map(move |x| (x, y))).filter(|&(x, y)| plane.at(x as usize, y as usize) > 0.1);
        let pixels = pixels.collect();
        (plane, pixels)
    }

    #[test]
    fn two_hills_are_parted_and_one_stays_whole() {
        let (plane, pixels) = hills(14.0, 0.8);
        let parts = part(&pixels, &plane, 0.2);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), pixels.len());
        assert!(parts.iter().all(|p| p.len() > 60), "{:?}", parts.iter().map(Vec::len).collect::<Vec<_>>());
        // Close together the saddle is high, and a low hill does not rise enough.
        for (apart, low, prominence) in [(5.0, 0.9, 0.05), (14.0, 0.8, 0.9), (0.0, 1.0, 0.1)] {
            let (plane, pixels) = hills(apart, low);
            assert_eq!(part(&pixels, &plane, prominence).len(), 1, "{apart} {low} {prominence}");
        }
    }

    #[test]
    fn a_pixel_of_noise_on_top_is_no_spot() {
        let (mut plane, pixels) = hills(0.0, 1.0);
        plane.put(20, 20, 5.0);
        plane.put(26, 20, 4.0);
        assert_eq!(part(&pixels, &plane, 0.2).len(), 1);
    }
}
