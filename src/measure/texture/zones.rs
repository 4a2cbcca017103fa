//! Zones: connected pixels of one gray level (eight neighbors), counted by size (GLSZM) and by distance to the outside of the
//! region (GLDZM) in one walk down the rows.
//!
//! Only the zones that touch the row above are open; a run of the present row joins those it touches (union-find over the
//! open zones and the runs of one row), and an open zone that no run joins is finished and counted. So the memory is that of
//! a row, whatever the photo, and the tables stay in the cache; a labeled plane of the whole photo is never made.

use super::size_matrix::{SizeMatrix, Tally};
use crate::base::Plane;
use crate::filter::distance;

/// The zones of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zones {
    /// By size in pixels (GLSZM).
    pub sizes: SizeMatrix,
    /// By city-block distance to the outside of the region (GLDZM).
    pub distances: SizeMatrix,
}

impl Zones {
    /// Adds the zones of another region.
    pub fn add(&mut self, other: &Self) {
        self.sizes.add(&other.sizes);
        self.distances.add(&other.distances);
    }
}

#[derive(Clone, Copy)]
struct Zone {
    size: u32,
    distance: u16,
    level: u8,
}

/// Pixels `start..end` of a row, of one level; `zone` is their node.
#[derive(Clone, Copy)]
struct Run {
    start: u32,
    end: u32,
    zone: u32,
    level: u8,
}

/// The open zones of the row above, then one node per run of the present row, as a forest.
#[derive(Default)]
struct Forest {
    zones: Vec<Zone>,
    parents: Vec<u32>,
}

impl Forest {
    fn push(&mut self, zone: Zone) -> u32 {
        let node = self.zones.len() as u32;
        self.zones.push(zone);
        self.parents.push(node);
        node
    }

    fn root(&mut self, mut node: u32) -> u32 {
        while self.parents[node as usize] != node {
            let above = self.parents[self.parents[node as usize] as usize];
            self.parents[node as usize] = above;
            node = above;
        }
        node
    }

    /// Joins two zones under the root of the first.
    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.parents[b as usize] = a;
            let joined = self.zones[b as usize];
            let zone = &mut self.zones[a as usize];
            zone.size += joined.size;
            zone.distance = zone.distance.min(joined.distance);
        }
    }
}

/// Counts the zones of `levels` (1 to `bins`, 0 outside).
#[must_use]
pub fn count(levels: &Plane<u8>, bins: usize) -> Zones {
    let away = distance::city_block(levels);
    let (mut sizes, mut distances) = (Tally::new(bins), Tally::new(bins));
    let mut finished = |zone: Zone| {
        sizes.count(zone.level, zone.size);
        distances.count(zone.level, u32::from(zone.distance));
    };
    let (mut forest, mut next) = (Forest::default(), Forest::default());
    let (mut above, mut runs): (Vec<Run>, Vec<Run>) = (Vec::new(), Vec::new());
    let mut renumbered = Vec::new();
    let mut pixels = 0_u64;
    for y in 0..levels.height() {
        let open = forest.zones.len();
        runs.clear();
        runs_of(levels.row(y), away.row(y), &mut runs, &mut forest);
        connect(&above, &runs, &mut forest);

        // The zones that the present row holds stay open, in the order in which it meets them; the others are finished.
        next.zones.clear();
        next.parents.clear();
        renumbered.clear();
        renumbered.resize(forest.zones.len(), u32::MAX);
        for run in &mut runs {
            pixels += u64::from(run.end - run.start);
            let root = forest.root(run.zone) as usize;
            if renumbered[root] == u32::MAX {
                renumbered[root] = next.push(forest.zones[root]);
            }
            run.zone = renumbered[root];
        }
        let unmet = forest.zones.iter().zip(&forest.parents).zip(&renumbered).take(open).enumerate();
        for (node, ((&zone, &parent), &renumbered)) in unmet {
            if parent == node as u32 && renumbered == u32::MAX {
                finished(zone);
            }
        }
        std::mem::swap(&mut forest, &mut next);
        std::mem::swap(&mut above, &mut runs);
    }
    forest.zones.iter().for_each(|&zone| finished(zone));
    Zones { sizes: sizes.matrix(pixels), distances: distances.matrix(pixels) }
}

/// The runs of a row that lie in the region, each a new node.
fn runs_of(row: &[u8], away: &[u16], runs: &mut Vec<Run>, forest: &mut Forest) {
    let mut start = 0;
    while start < row.len() {
        let level = row[start];
        let length = row[start..].iter().take_while(|&&l| l == level).count();
        let end = start + length;
        if level != 0 {
            let distance = away[start..end].iter().copied().min().unwrap_or(0);
            let zone = forest.push(Zone { size: length as u32, distance, level });
            runs.push(Run { start: start as u32, end: end as u32, zone, level });
        }
        start = end;
    }
}

/// Joins the runs of a row with the runs above that they touch, corners included.
fn connect(above: &[Run], runs: &[Run], forest: &mut Forest) {
    let mut first = 0;
    for run in runs {
        while first < above.len() && above[first].end < run.start {
            first += 1;
        }
        for over in above[first..].iter().take_while(|over| over.start <= run.end) {
            if over.level == run.level {
                forest.join(over.zone, run.zone);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flood fill and a search for the nearest pixel outside, on small planes.
    fn oracle(levels: &Plane<u8>) -> Zones {
        let (w, h) = (levels.width() as isize, levels.height() as isize);
        let at = |x: isize, y: isize| {
            if (0..w).contains(&x) && (0..h).contains(&y) { levels.at(x as usize, y as usize) } else { 0 }
        };
        let everywhere: Vec<(isize, isize)> = (-1..=h).flat_map(|y| (-1..=w).map(move |x| (x, y))).collect();
        let outside: Vec<_> = everywhere.iter().copied().filter(|&(x, y)| at(x, y) == 0).collect();
        let away = |x: isize, y: isize| outside.iter().map(|&(i, j)| x.abs_diff(i) + y.abs_diff(j)).min().unwrap();
        let mut seen = std::collections::BTreeSet::new();
        let (mut sizes, mut distances, mut pixels) = (Vec::new(), Vec::new(), 0);
        for &(x, y) in &everywhere {
            let level = at(x, y);
            if level == 0 || !seen.insert((x, y)) {
                continue;
            }
            let (mut stack, mut size, mut distance) = (vec![(x, y)], 0, usize::MAX);
            while let Some((x, y)) = stack.pop() {
                size += 1;
                distance = distance.min(away(x, y));
                for (i, j) in (-1..=1).flat_map(|j| (-1..=1).map(move |i| (x + i, y + j))) {
                    if at(i, j) == level && seen.insert((i, j)) {
                        stack.push((i, j));
                    }
                }
            }
            sizes.push((level, size, 1));
            distances.push((level, distance as u32, 1));
            pixels += u64::from(size);
        }
        Zones { sizes: SizeMatrix::new(sizes, pixels), distances: SizeMatrix::new(distances, pixels) }
    }

    #[test]
    fn equals_a_flood_fill() {
        let mut state = 1_u32;
        for (width, height, kinds) in [(1, 1, 2), (7, 1, 2), (1, 9, 2), (23, 17, 3), (30, 31, 2), (40, 40, 5)] {
            for _ in 0..8 {
                let levels = Plane::from_fn(width, height, |_, _| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ((state >> 16) % (kinds + 1)).min(kinds) as u8
                });
                assert_eq!(count(&levels, kinds as usize), oracle(&levels), "{levels:?}");
            }
        }
    }

    #[test]
    fn a_comb_and_a_spiral_are_one_zone_each() {
        let comb = Plane::from_fn(41, 20, |x, y| if y == 19 || x % 2 == 0 { 2 } else { 1 });
        assert_eq!(count(&comb, 2).sizes.entries().last(), Some((2, 41 * 20 - 19 * 20, 1)));
        let cross = Plane::from_fn(60, 60, |x, y| if x == y || x + y == 59 { 1 } else { 2 });
        assert_eq!(
            count(&cross, 2).sizes.entries().collect::<Vec<_>>(),
            oracle(&cross).sizes.entries().collect::<Vec<_>>()
        );
    }
}
