//! Which spot or scar of the baseline is which at the follow-up.
//!
//! Both visits are in millimeters of the baseline, after alignment. A pair may be one lesion where it is of one kind,
//! lies closer than a radius and differs in diameter by less than a factor. The radius is the 3 mm of Kang 2016 at
//! most, the rule by which raters' scars were called the same; but a pore of 0.5 mm is not another one 3 mm off, so it
//! is no larger than the pair's mean diameter, and no smaller than what alignment leaves (1 mm).
//!
//! Among all such pairs the set is chosen in which every lesion has one partner at most and the sum of closeness is
//! greatest: taking the nearest first can leave two lesions without partners that a swap would have given. Closeness is
//! 2 less the squared distance in radii and the squared log ratio of diameters in those of the factor. The same lesions
//! give the same pairs in any order.
//!
//! Smaller and larger are said only beyond the error of a diameter; it is stated (15 %) or estimated from repeat shots.
//! That a lesion is gone or new is no more certain than the detection of one lesion: of the same atrophic scars three
//! raters found half (Kang 2016), and lesions near the threshold come and go. Counts over a region are the measure of
//! change, single lesions show where to look.

use std::f64::consts::PI;

use super::statistics::repeatability::{ErrorModel, Sem};
use crate::measure::LesionKind;

/// A lesion in millimeters of the baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// What it is.
    pub kind: LesionKind,
    /// To the right.
    pub x_mm: f64,
    /// Down.
    pub y_mm: f64,
    /// Diameter of the circle of its area.
    pub diameter_mm: f64,
    /// Is its place measured skin in the photo of the other visit too? Else its absence there says nothing.
    pub seen: bool,
}

/// What may be one lesion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// The largest distance of a pair.
    pub radius_mm: f64,
    /// The distance that every pair may have, whatever its size.
    pub least_radius_mm: f64,
    /// The largest ratio of diameters.
    pub most_ratio: f64,
    /// Error of the logarithm of a diameter.
    pub size: ErrorModel,
}

impl Default for Rules {
    fn default() -> Self {
        Self { radius_mm: 3.0, least_radius_mm: 1.0, most_ratio: 3.0, size: Sem::stated(0.15).into() }
    }
}

/// What became of a lesion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Found again, its size within the error.
    Persisting,
    /// Found again, smaller beyond the error.
    Smaller,
    /// Found again, larger beyond the error.
    Larger,
    /// Not found at the follow-up.
    Gone,
    /// Not found at the baseline.
    New,
    /// Its place was not seen at the other visit.
    NotSeen,
    /// The photos differ in what such lesions hang on: light, focus, color.
    NotComparable,
}

impl Fate {
    /// Its name in `lesion_changes.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Persisting => "persisting",
            Self::Smaller => "smaller",
            Self::Larger => "larger",
            Self::Gone => "gone",
            Self::New => "new",
            Self::NotSeen => "not_seen",
            Self::NotComparable => "not_comparable",
        }
    }
}

/// A lesion's course between two visits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// Its place in the list of the baseline.
    pub before: Option<usize>,
    /// Its place in the list of the follow-up.
    pub after: Option<usize>,
    /// What became of it.
    pub fate: Fate,
    /// Distance of the pair.
    pub distance_mm: Option<f64>,
    /// Change of its diameter in percent.
    pub diameter_percent: Option<f64>,
}

impl Rules {
    /// The largest distance of a pair of these diameters.
    fn reach(&self, a: &Placed, b: &Placed) -> f64 {
        let mean = f64::midpoint(a.diameter_mm, b.diameter_mm);
        mean.clamp(self.least_radius_mm.min(self.radius_mm), self.radius_mm)
    }

    /// How well two lesions may be one, from 0 to 2; `None` where they may not.
    fn closeness(&self, a: &Placed, b: &Placed) -> Option<f64> {
        if a.kind != b.kind {
            return None;
        }
        let far = (a.x_mm - b.x_mm).hypot(a.y_mm - b.y_mm) / self.reach(a, b);
        let unlike = (b.diameter_mm / a.diameter_mm).ln() / self.most_ratio.ln();
        (far <= 1.0 && unlike.abs() <= 1.0).then_some(2.0 - far * far - unlike * unlike)
    }
}

/// The course of every lesion: those of the baseline in their order, then what is new. Lesions without a place or a
/// positive diameter have no partner.
#[must_use]
pub fn courses(before: &[Placed], after: &[Placed], rules: &Rules) -> Vec<Course> {
    let pairs = pairs(before, after, rules);
    let smallest_change = rules.size.sdc(1, 1);
    let alone = |lesion: &Placed, fate: Fate| if lesion.seen { fate } else { Fate::NotSeen };
    let mut courses: Vec<Course> = before
        .iter()
        .enumerate()
        .map(|(i, a)| match pairs[i] {
            Some(j) => {
                let b = &after[j];
                let ratio = (b.diameter_mm / a.diameter_mm).ln();
                let fate = match ratio {
                    r if r > smallest_change => Fate::Larger,
                    r if r < -smallest_change => Fate::Smaller,
                    _ => Fate::Persisting,
                };
                Course {
                    before: Some(i),
                    after: Some(j),
                    fate,
                    distance_mm: Some((a.x_mm - b.x_mm).hypot(a.y_mm - b.y_mm)),
                    diameter_percent: Some(100.0 * ratio.exp_m1()),
                }
            }
            None => Course {
                before: Some(i),
                after: None,
                fate: alone(a, Fate::Gone),
                distance_mm: None,
                diameter_percent: None,
            },
        })
        .collect();
    let mut taken = vec![false; after.len()];
    pairs.iter().flatten().for_each(|&j| taken[j] = true);
    courses.extend(after.iter().enumerate().filter(|(j, _)| !taken[*j]).map(|(j, b)| Course {
        before: None,
        after: Some(j),
        fate: alone(b, Fate::New),
        distance_mm: None,
        diameter_percent: None,
    }));
    courses
}

/// The error of the logarithm of a diameter from two shots of one visit; `None` without a pair.
#[must_use]
pub fn size_error(first: &[Placed], second: &[Placed], rules: &Rules) -> Option<Sem> {
    let pairs = pairs(first, second, rules);
    let logs = pairs
        .iter()
        .enumerate()
        .filter_map(|(i, j)| j.map(|j| vec![first[i].diameter_mm.ln(), second[j].diameter_mm.ln()]));
    Sem::pooled(&logs.collect::<Vec<_>>(), 0.0)
}

/// The share of lesions of a kind and diameter that would find a partner if they lay anywhere by chance, among `count`
/// of the baseline in `area_mm2`. Where it is large, a persisting lesion says little.
#[must_use]
pub fn by_chance(count: usize, diameter_mm: f64, area_mm2: f64, rules: &Rules) -> f64 {
    let lesion = Placed { kind: LesionKind::DarkSpot, x_mm: 0.0, y_mm: 0.0, diameter_mm, seen: true };
    let reach = rules.reach(&lesion, &lesion);
    -(-(count as f64) * PI * reach * reach / area_mm2).exp_m1()
}

/// For each lesion of the baseline its partner.
fn pairs(before: &[Placed], after: &[Placed], rules: &Rules) -> Vec<Option<usize>> {
    // In an order of their own, so that the order they come in decides nothing.
    let (rows, columns) = (order(before), order(after));
    let mut edges: Vec<Vec<(usize, f64)>> = Vec::with_capacity(rows.len());
    for &i in &rows {
        let near = columns.iter().enumerate();
        edges.push(near.filter_map(|(c, &j)| Some((c, rules.closeness(&before[i], &after[j])?))).collect());
    }
    let mut partner = vec![None; before.len()];
    for group in groups(&edges, columns.len()) {
        for (row, column) in assigned(&group, &edges) {
            partner[rows[row]] = Some(columns[column]);
        }
    }
    partner
}

fn order(lesions: &[Placed]) -> Vec<usize> {
    let usable =
        |l: &Placed| l.x_mm.is_finite() && l.y_mm.is_finite() && l.diameter_mm > 0.0 && l.diameter_mm.is_finite();
    let mut order: Vec<usize> = (0..lesions.len()).filter(|&i| usable(&lesions[i])).collect();
    let key = |i: usize| (lesions[i].kind, lesions[i].y_mm, lesions[i].x_mm, lesions[i].diameter_mm);
    order.sort_by(|&i, &j| {
        let (a, b) = (key(i), key(j));
        (a.0.name().cmp(b.0.name())).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2)).then(a.3.total_cmp(&b.3))
    });
    order
}

/// Rows that share columns, over one or several others: only these compete.
fn groups(edges: &[Vec<(usize, f64)>], columns: usize) -> Vec<Vec<usize>> {
    let mut of_column = vec![Vec::new(); columns];
    for (row, list) in edges.iter().enumerate() {
        list.iter().for_each(|(c, _)| of_column[*c].push(row));
    }
    let mut seen = vec![false; edges.len()];
    let mut groups = Vec::new();
    for start in 0..edges.len() {
        if seen[start] || edges[start].is_empty() {
            continue;
        }
        seen[start] = true;
        let (mut group, mut next) = (vec![start], 0);
        while next < group.len() {
            for (c, _) in &edges[group[next]] {
                for &row in &of_column[*c] {
                    if !std::mem::replace(&mut seen[row], true) {
                        group.push(row);
                    }
                }
            }
            next += 1;
        }
        group.sort_unstable();
        groups.push(group);
    }
    groups
}

/// The pairs of a group with the greatest sum of closeness: the Hungarian method with potentials (Kuhn 1955), every row
/// having a column of its own that stands for "no partner" at no cost.
fn assigned(rows: &[usize], edges: &[Vec<(usize, f64)>]) -> Vec<(usize, usize)> {
    let mut columns: Vec<usize> = rows.iter().flat_map(|&r| edges[r].iter().map(|e| e.0)).collect();
    columns.sort_unstable();
    columns.dedup();
    let (n, real) = (rows.len(), columns.len());
    let m = real + n;
    let mut cost = vec![f64::INFINITY; n * m];
    for (i, &row) in rows.iter().enumerate() {
        for &(c, closeness) in &edges[row] {
            if let Ok(j) = columns.binary_search(&c) {
                cost[i * m + j] = -closeness;
            }
        }
        cost[i * m + real + i] = 0.0;
    }
    // Column 0 and row 0 are the method's own; owner[j] is the row that holds column j.
    let (mut u, mut v) = (vec![0.0; n + 1], vec![0.0; m + 1]);
    let (mut owner, mut way) = (vec![0; m + 1], vec![0; m + 1]);
    for i in 1..=n {
        owner[0] = i;
        let mut at = 0;
        let mut least = vec![f64::INFINITY; m + 1];
        let mut done = vec![false; m + 1];
        loop {
            done[at] = true;
            let row = owner[at];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for j in 1..=m {
                if done[j] {
                    continue;
                }
                let reduced = cost[(row - 1) * m + j - 1] - u[row] - v[j];
                if reduced < least[j] {
                    least[j] = reduced;
                    way[j] = at;
                }
                if least[j] < step {
                    step = least[j];
                    next = j;
                }
            }
            for j in 0..=m {
                if done[j] {
                    u[owner[j]] += step;
                    v[j] -= step;
                } else {
                    least[j] -= step;
                }
            }
            at = next;
            if owner[at] == 0 {
                break;
            }
        }
        while at != 0 {
            owner[at] = owner[way[at]];
            at = way[at];
        }
    }
    (1..=real).filter(|&j| owner[j] > 0).map(|j| (rows[owner[j] - 1], columns[j - 1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::random::Random;

    fn at(x: f64, y: f64, d: f64) -> Placed {
        Placed { kind: LesionKind::Depression, x_mm: x, y_mm: y, diameter_mm: d, seen: true }
    }

    fn fates(before: &[Placed], after: &[Placed]) -> Vec<Fate> {
        courses(before, after, &Rules::default()).into_iter().map(|c| c.fate).collect()
    }

    #[test]
    fn what_becomes_of_lesions() {
        let before = [at(0.0, 0.0, 3.0), at(20.0, 0.0, 3.0), at(40.0, 0.0, 3.0), at(60.0, 0.0, 2.0)];
        // The detectable factor of a diameter is exp(1.96 sqrt(2) 0.149) = 1.51.
        let after = [at(0.5, 0.2, 2.8), at(20.0, 0.5, 1.9), at(40.2, 0.0, 4.6), at(80.0, 0.0, 1.0)];
        use Fate::{Gone, Larger, New, Persisting, Smaller};
        assert_eq!(fates(&before, &after), [Persisting, Smaller, Larger, Gone, New]);
        let all = courses(&before, &after, &Rules::default());
        assert!((all[0].distance_mm.unwrap() - 0.5_f64.hypot(0.2)).abs() < 1e-12);
        assert!((all[1].diameter_percent.unwrap() + 100.0 * (1.1 / 3.0)).abs() < 1e-9);
        assert_eq!((all[4].before, all[4].after), (None, Some(3)));
    }

    #[test]
    fn size_limits_the_radius() {
        // 2.5 mm apart: one lesion at 3 mm of diameter, two at 1 mm.
        assert_eq!(fates(&[at(0.0, 0.0, 3.0)], &[at(2.5, 0.0, 3.0)]), [Fate::Persisting]);
        assert_eq!(fates(&[at(0.0, 0.0, 1.0)], &[at(2.5, 0.0, 1.0)]), [Fate::Gone, Fate::New]);
        // Large ones reach no farther than 3 mm; sizes beyond a factor of 3 are two lesions; kinds are never mixed.
        assert_eq!(fates(&[at(0.0, 0.0, 8.0)], &[at(3.1, 0.0, 8.0)]), [Fate::Gone, Fate::New]);
        assert_eq!(fates(&[at(0.0, 0.0, 6.0)], &[at(0.0, 0.0, 1.9)]), [Fate::Gone, Fate::New]);
        let raised = Placed { kind: LesionKind::Elevation, ..at(0.0, 0.0, 3.0) };
        assert_eq!(fates(&[at(0.0, 0.0, 3.0)], &[raised]), [Fate::Gone, Fate::New]);
    }

    #[test]
    fn what_was_not_seen_is_neither_gone_nor_new() {
        let hidden = Placed { seen: false, ..at(0.0, 0.0, 2.0) };
        assert_eq!(fates(&[hidden], &[]), [Fate::NotSeen]);
        assert_eq!(fates(&[], &[hidden]), [Fate::NotSeen]);
    }

    #[test]
    fn the_nearest_pair_does_not_rob_others_of_theirs() {
        // The whole patch is 1.6 mm to the right: nearest first would pair b with a's new place and lose two.
        let before = [at(0.0, 0.0, 3.0), at(2.6, 0.0, 3.0)];
        let after = [at(1.6, 0.0, 3.0), at(4.2, 0.0, 3.0)];
        let found = pairs(&before, &after, &Rules::default());
        assert_eq!(found, [Some(0), Some(1)]);
    }

    /// The greatest sum over all ways to pair, by trying each.
    fn best(before: &[Placed], after: &[Placed], taken: &mut Vec<bool>, rules: &Rules) -> f64 {
        let Some((a, rest)) = before.split_first() else { return 0.0 };
        let mut most = best(rest, after, taken, rules);
        for j in 0..after.len() {
            if let (false, Some(w)) = (taken[j], rules.closeness(a, &after[j])) {
                taken[j] = true;
                most = most.max(w + best(rest, after, taken, rules));
                taken[j] = false;
            }
        }
        most
    }

    #[test]
    fn no_other_pairs_are_closer_in_sum_and_order_decides_nothing() {
        let rules = Rules::default();
        let mut random = Random::new(21, 0);
        for _ in 0..60 {
            let mut lesions = |n: usize| -> Vec<Placed> {
                (0..n)
                    .map(|_| at(random.between(0.0, 7.0), random.between(0.0, 7.0), random.between(0.8, 4.0)))
                    .collect()
            };
            let (before, after) = (lesions(6), lesions(7));
            let found = pairs(&before, &after, &rules);
            let sum: f64 =
                found.iter().enumerate().filter_map(|(i, j)| rules.closeness(&before[i], &after[(*j)?])).sum();
            let most = best(&before, &after, &mut vec![false; after.len()], &rules);
            assert!((sum - most).abs() < 1e-9, "{sum} {most}");
            let turned: Vec<Placed> = before.iter().rev().copied().collect();
            let again: Vec<Option<usize>> = pairs(&turned, &after, &rules).into_iter().rev().collect();
            assert_eq!(again, found);
        }
    }

    #[test]
    fn a_crowd_is_matched_one_to_one() {
        let mut random = Random::new(4, 0);
        let before: Vec<Placed> = (0..400)
            .map(|_| at(random.between(0.0, 120.0), random.between(0.0, 120.0), random.between(0.8, 4.0)))
            .collect();
        let after: Vec<Placed> = before
            .iter()
            .map(|l| at(l.x_mm + 0.1 * random.normal(), l.y_mm + 0.1 * random.normal(), l.diameter_mm))
            .collect();
        let found = pairs(&before, &after, &Rules::default());
        let right = found.iter().enumerate().filter(|(i, j)| **j == Some(*i)).count();
        assert!(right >= 396, "{right} of 400");
        let mut partners: Vec<usize> = found.into_iter().flatten().collect();
        partners.sort_unstable();
        partners.windows(2).for_each(|w| assert!(w[0] < w[1]));
    }

    #[test]
    fn size_error_from_repeat_shots_and_chance() {
        let first: Vec<Placed> = (0..20).map(|i| at(10.0 * f64::from(i), 0.0, 2.0)).collect();
        let second: Vec<Placed> = first
            .iter()
            .enumerate()
            .map(|(i, l)| at(l.x_mm, 0.1, 2.0 * if i % 2 == 0 { 1.1 } else { 1.0 / 1.1 }))
            .collect();
        let sem = size_error(&first, &second, &Rules::default()).unwrap();
        assert!((sem.sd - 1.1_f64.ln() / 2.0_f64.sqrt()).abs() < 1e-12 && sem.df == 20.0);
        assert_eq!(size_error(&first, &[], &Rules::default()), None);
        // 30 scars of 2 mm on 100 by 100 mm: about 4 % of others would find one by chance.
        let chance = by_chance(30, 2.0, 1e4, &Rules::default());
        assert!((chance - (1.0 - (-30.0 * PI * 4.0 / 1e4).exp())).abs() < 1e-12 && (0.03..0.04).contains(&chance));
    }

    #[test]
    fn lesions_without_a_size_have_no_partner() {
        assert_eq!(fates(&[at(0.0, 0.0, 0.0)], &[at(0.0, 0.0, f64::NAN)]), [Fate::Gone, Fate::New]);
        assert!(fates(&[], &[]).is_empty());
    }
}
