//! Gray-level co-occurrence.

/// How the four directions come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// Features per direction, then their mean (IBSI 2D:avg).
    Average,
    /// Counts of all directions added, then features (IBSI 2D:comb).
    Merged,
}

impl Aggregation {
    /// The suffix of the column.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Average => "avg",
            Self::Merged => "merged",
        }
    }

    /// In words.
    #[must_use]
    pub fn definition(self) -> &'static str {
        match self {
            Self::Average => "mean of the features of four directions (IBSI 2D:avg)",
            Self::Merged => "of the matrix merged over four directions (IBSI 2D:comb)",
        }
    }
}

/// One feature of the matrix.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// IBSI tag without the family.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Formula on the symmetric, normalized matrix p with levels 1..Ng; logarithms to base 2.
    pub definition: &'static str,
}

const fn feature(name: &'static str, unit: &'static str, definition: &'static str) -> Feature {
    Feature { name, unit, definition }
}

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
