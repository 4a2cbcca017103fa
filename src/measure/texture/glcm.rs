//! Gray-level co-occurrence, IBSI definitions.
//!
//! One pass counts all four directions. Level 0 stands for "outside": its pairs fall into row or column 0, which no
//! feature reads, so the counting loop has no branch.

pub use super::feature::{Aggregation, DIRECTIONS, Feature};
use super::feature::{feature, mean, xlog2x};
use crate::base::{Plane, parallel};

/// The 25 IBSI features, in the order in which they are computed.
pub const FEATURES: [Feature; 25] = [
    feature("joint_max", "", "joint maximum: max p(i,j)"),
    feature("joint_avg", "", "joint average: mu = sum i p(i,j)"),
    feature("joint_var", "", "joint variance: sum (i - mu)^2 p(i,j)"),
    feature("joint_entr", "bit", "joint entropy: -sum p log2 p"),
    feature("diff_avg", "", "difference average: sum k p_diff(k), p_diff(k) = P(|i-j| = k)"),
    feature("diff_var", "", "difference variance: sum (k - diff_avg)^2 p_diff(k)"),
    feature("diff_entr", "bit", "difference entropy: -sum p_diff log2 p_diff"),
    feature("sum_avg", "", "sum average: sum k p_sum(k), p_sum(k) = P(i+j = k)"),
    feature("sum_var", "", "sum variance: sum (k - sum_avg)^2 p_sum(k)"),
    feature("sum_entr", "bit", "sum entropy: -sum p_sum log2 p_sum"),
    feature("energy", "", "angular second moment: sum p^2"),
    feature("contrast", "", "contrast: sum (i-j)^2 p"),
    feature("dissimilarity", "", "dissimilarity: sum |i-j| p"),
    feature("inv_diff", "", "inverse difference: sum p / (1 + |i-j|)"),
    feature("inv_diff_norm", "", "normalized inverse difference: sum p / (1 + |i-j|/Ng)"),
    feature("inv_diff_mom", "", "inverse difference moment: sum p / (1 + (i-j)^2)"),
    feature("inv_diff_mom_norm", "", "normalized inverse difference moment: sum p / (1 + (i-j)^2/Ng^2)"),
    feature("inv_var", "", "inverse variance: sum over k >= 1 of p_diff(k)/k^2"),
    feature("corr", "", "correlation: sum (i-mu)(j-mu) p / joint_var; 1 for a constant region"),
    feature("auto_corr", "", "autocorrelation: sum i j p"),
    feature("clust_tend", "", "cluster tendency: sum (i+j-2mu)^2 p"),
    feature("clust_shade", "", "cluster shade: sum (i+j-2mu)^3 p"),
    feature("clust_prom", "", "cluster prominence: sum (i+j-2mu)^4 p"),
    feature("info_corr1", "", "first information correlation: (HXY - HXY1) / HX"),
    feature("info_corr2", "", "second information correlation: sqrt(1 - exp(-2 (HXY2 - HXY)))"),
];

/// Rows that one task counts into its own tables.
const BAND_ROWS: usize = 256;

/// Symmetric co-occurrence counts of four directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glcm {
    bins: usize,
    /// Per direction, `bins` x `bins` counts, row-major.
    counts: [Vec<u64>; 4],
}

/// Counts the pairs of `levels` (1 to `bins`, 0 outside) at `distance` pixels.
#[must_use]
pub fn count(levels: &Plane<u8>, bins: usize, distance: usize) -> Glcm {
    let side = bins + 1;
    let bands = parallel::map_bands(levels.height(), BAND_ROWS, |rows| {
        let mut tables: [Vec<u32>; 4] = std::array::from_fn(|_| vec![0; side * side]);
        for y in rows {
            let row = levels.row(y);
            let below = (y + distance < levels.height()).then(|| levels.row(y + distance));
            count_row(row, below, distance, side, &mut tables);
        }
        tables
    });
    let mut counts: [Vec<u64>; 4] = std::array::from_fn(|_| vec![0; bins * bins]);
    for tables in bands {
        for (sum, table) in counts.iter_mut().zip(tables) {
            for i in 1..side {
                for j in 1..side {
                    let n = u64::from(table[i * side + j]);
                    sum[(i - 1) * bins + j - 1] += n;
                    sum[(j - 1) * bins + i - 1] += n;
                }
            }
        }
    }
    Glcm { bins, counts }
}

fn count_row(row: &[u8], below: Option<&[u8]>, d: usize, side: usize, tables: &mut [Vec<u32>; 4]) {
    let n = row.len();
    let [east, south_east, south, south_west] = tables;
    let index = |a: u8, b: u8| usize::from(a) * side + usize::from(b);
    if n > d {
        for (&a, &b) in row[..n - d].iter().zip(&row[d..]) {
            east[index(a, b)] += 1;
        }
    }
    let Some(below) = below else { return };
    if n > d {
        for ((&a, &se), (&s, (&b, &sw))) in
            row[..n - d].iter().zip(&below[d..]).zip(below[..n - d].iter().zip(row[d..].iter().zip(&below[..n - d])))
        {
            south_east[index(a, se)] += 1;
            south[index(a, s)] += 1;
            south_west[index(b, sw)] += 1;
        }
    }
    for (&a, &s) in row[n.saturating_sub(d)..].iter().zip(&below[n.saturating_sub(d)..]) {
        south[index(a, s)] += 1;
    }
}

impl Glcm {
    /// Symmetric counts of one direction, `bins` x `bins`, row-major.
    #[must_use]
    pub fn counts(&self, direction: usize) -> &[u64] {
        &self.counts[direction]
    }

    /// The features in the order of [`FEATURES`]; `None` where no pair lies in the region.
    #[must_use]
    pub fn features(&self, aggregation: Aggregation) -> Option<[f64; 25]> {
        match aggregation {
            Aggregation::Merged => {
                let merged: Vec<u64> =
                    (0..self.bins * self.bins).map(|i| self.counts.iter().map(|c| c[i]).sum()).collect();
                features(&merged, self.bins)
            }
            Aggregation::Average => mean(self.counts.iter().map(|c| features(c, self.bins))),
        }
    }

    /// Adds the pairs of another region of the same number of levels.
    ///
    /// # Panics
    /// When the numbers of levels differ.
    pub fn add(&mut self, other: &Self) {
        assert_eq!(self.bins, other.bins, "matrices of different numbers of levels");
        for (counts, more) in self.counts.iter_mut().zip(&other.counts) {
            for (n, more) in counts.iter_mut().zip(more) {
                *n += more;
            }
        }
    }
}

/// The 25 features of symmetric counts.
fn features(counts: &[u64], bins: usize) -> Option<[f64; 25]> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return None;
    }
    let p = |i: usize, j: usize| counts[i * bins + j] as f64 / total as f64;
    let pairs = || (0..bins).flat_map(|i| (0..bins).map(move |j| (i, j))).filter(|&(i, j)| counts[i * bins + j] > 0);

    let mut marginal = vec![0.0; bins];
    let mut difference = vec![0.0; bins];
    let mut sum = vec![0.0; 2 * bins + 1];
    let (mut joint_max, mut energy, mut joint_entropy, mut auto_corr) = (0.0_f64, 0.0, 0.0, 0.0);
    for (i, j) in pairs() {
        let p = p(i, j);
        marginal[i] += p;
        difference[i.abs_diff(j)] += p;
        sum[i + j + 2] += p;
        joint_max = joint_max.max(p);
        energy += p * p;
        joint_entropy -= xlog2x(p);
        auto_corr += (i + 1) as f64 * (j + 1) as f64 * p;
    }
    let expect = |p: &[f64], f: &dyn Fn(f64) -> f64| p.iter().enumerate().map(|(k, p)| f(k as f64) * p).sum::<f64>();
    let entropy = |p: &[f64]| -p.iter().map(|&p| xlog2x(p)).sum::<f64>();

    let ng = bins as f64;
    let mu = expect(&marginal, &|k| k + 1.0);
    let joint_var = expect(&marginal, &|k| (k + 1.0 - mu).powi(2));
    let diff_avg = expect(&difference, &|k| k);
    let sum_avg = expect(&sum, &|k| k);
    let contrast = expect(&difference, &|k| k * k);
    let cluster = |power: i32| expect(&sum, &|k| (k - 2.0 * mu).powi(power));
    let covariance = auto_corr - mu * mu;
    let constant = joint_var < 1e-12;

    let marginal_entropy = entropy(&marginal);
    let mut hxy1 = 0.0;
    let mut hxy2 = 0.0;
    for (i, j) in pairs() {
        hxy1 -= p(i, j) * (marginal[i] * marginal[j]).log2();
    }
    for &a in &marginal {
        for &b in &marginal {
            hxy2 -= xlog2x(a * b);
        }
    }
    let info_corr1 = if marginal_entropy > 0.0 { (joint_entropy - hxy1) / marginal_entropy } else { 0.0 };
    let info_corr2 = (1.0 - (-2.0 * (hxy2 - joint_entropy)).exp()).max(0.0).sqrt();

    Some([
        joint_max,
        mu,
        joint_var,
        joint_entropy,
        diff_avg,
        expect(&difference, &|k| (k - diff_avg).powi(2)),
        entropy(&difference),
        sum_avg,
        expect(&sum, &|k| (k - sum_avg).powi(2)),
        entropy(&sum),
        energy,
        contrast,
        diff_avg,
        expect(&difference, &|k| 1.0 / (1.0 + k)),
        expect(&difference, &|k| 1.0 / (1.0 + k / ng)),
        expect(&difference, &|k| 1.0 / (1.0 + k * k)),
        expect(&difference, &|k| 1.0 / (1.0 + k * k / (ng * ng))),
        expect(&difference, &|k| if k > 0.0 { 1.0 / (k * k) } else { 0.0 }),
        if constant { 1.0 } else { covariance / joint_var },
        auto_corr,
        cluster(2),
        cluster(3),
        cluster(4),
        info_corr1,
        info_corr2,
    ])
}
