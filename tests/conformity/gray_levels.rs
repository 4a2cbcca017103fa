//! Gray-level matrices and first-order statistics: the digital phantom of the IBSI, and three images.

use std::collections::BTreeMap;

use cicatrix::base::{Mask, Plane};
use cicatrix::measure::texture::feature::{Aggregation, Feature};
use cicatrix::measure::texture::size_matrix::SizeMatrix;
use cicatrix::measure::texture::{discretize, glcm, gldzm, glrlm, glszm, histogram, ngldm, ngtdm, statistics, zones};

use crate::record::{Oracle, Section, Tolerance};
use crate::truth;

/// Levels of the phantom.
const NG: usize = 6;
/// IBSI tags of the families, and ours.
const FAMILIES: [(&str, &str); 8] = [
    ("cm", "glcm"),
    ("rlm", "glrlm"),
    ("szm", "glszm"),
    ("dzm", "gldzm"),
    ("ngt", "ngtdm"),
    ("ngl", "ngldm"),
    ("stat", "stat"),
    ("ih", "ih"),
];
const AGGREGATIONS: [(Aggregation, &str); 2] = [(Aggregation::Average, "avg"), (Aggregation::Merged, "comb")];

/// The matrices of one slice, or of several together.
#[derive(Clone)]
pub struct Matrices {
    pub glcm: glcm::Glcm,
    pub glrlm: glrlm::Glrlm,
    pub zones: zones::Zones,
    pub ngtdm: ngtdm::Ngtdm,
    pub ngldm: SizeMatrix,
}

impl Matrices {
    pub fn of(levels: &Plane<u8>, bins: usize) -> Self {
        Self {
            glcm: glcm::count(levels, bins, 1),
            glrlm: glrlm::count(levels, bins),
            zones: zones::count(levels, bins),
            ngtdm: ngtdm::count(levels, bins),
            ngldm: ngldm::count(levels, bins),
        }
    }

    fn add(&mut self, other: &Self) {
        self.glcm.add(&other.glcm);
        self.glrlm.add(&other.glrlm);
        self.zones.add(&other.zones);
        self.ngtdm.add(&other.ngtdm);
        self.ngldm.add(&other.ngldm);
    }

    /// Every feature by its tag without the dimension: `cm_contrast_avg`, `szm_sze`.
    fn features(&self) -> BTreeMap<String, f64> {
        let mut out = BTreeMap::new();
        let mut put = |family: &str, features: &[Feature], values: &[f64], suffix: &str| {
            assert_eq!(features.len(), values.len());
            for (feature, value) in features.iter().zip(values) {
                assert!(out.insert(format!("{family}_{}{suffix}", feature.name), *value).is_none());
            }
        };
        for (aggregation, suffix) in AGGREGATIONS {
            let suffix = format!("_{suffix}");
            put("cm", &glcm::FEATURES, &self.glcm.features(aggregation).unwrap(), &suffix);
            put("rlm", &glrlm::FEATURES, &self.glrlm.features(aggregation).unwrap(), &suffix);
        }
        put("szm", &glszm::FEATURES, &self.zones.sizes.features16().unwrap(), "");
        put("dzm", &gldzm::FEATURES, &self.zones.distances.features16().unwrap(), "");
        put("ngt", &ngtdm::FEATURES, &self.ngtdm.features().unwrap(), "");
        put("ngl", &ngldm::FEATURES, &self.ngldm.features().unwrap(), "");
        out
    }
}

/// The slices of the digital phantom: levels, 0 outside the mask.
pub fn phantom() -> Vec<Plane<u8>> {
    let mut slices = vec![Plane::new(5, 4); 4];
    for row in csv::Reader::from_path(truth::path("ibsi1_phantom.csv")).unwrap().deserialize() {
        let (z, y, x, level, mask): (usize, usize, usize, u8, u8) = row.unwrap();
        slices[z].put(x, y, level * mask);
    }
    slices
}

/// All values of a stack of slices by IBSI tag: per slice and averaged (2D), merged over the slices (2.5D), first order.
fn values(slices: &[Plane<u8>]) -> BTreeMap<String, f64> {
    let each: Vec<Matrices> = slices.iter().map(|slice| Matrices::of(slice, NG)).collect();
    let mut merged = each[0].clone();
    each[1..].iter().for_each(|m| merged.add(m));
    let mut out = BTreeMap::new();
    let mut put = |dimension: &str, features: BTreeMap<String, f64>| {
        for (tag, value) in features {
            let tag = match tag.rsplit_once('_') {
                Some((head, suffix @ ("avg" | "comb"))) => format!("{head}_{dimension}_{suffix}"),
                _ => format!("{tag}_{dimension}"),
            };
            out.insert(tag, value);
        }
    };
    let mut mean = BTreeMap::new();
    for features in each.iter().map(Matrices::features) {
        for (tag, value) in features {
            *mean.entry(tag).or_insert(0.0) += value / each.len() as f64;
        }
    }
    put("2D", mean);
    put("2_5D", merged.features());

    let stacked = Plane::from_vec(5, 4 * slices.len(), slices.iter().flat_map(|s| s.data().to_vec()).collect());
    let first = statistics::features(&stacked.map(f32::from), &Mask::from_plane(stacked.clone())).unwrap();
    out.extend(statistics::FEATURES.iter().zip(first).map(|(f, v)| (format!("stat_{}", f.name), v)));
    let levels = histogram::features(&histogram::count(&stacked, NG)).unwrap();
    out.extend(histogram::FEATURES.iter().zip(levels).map(|(f, v)| (format!("ih_{}", f.name), v)));
    out
}

/// Our name of a feature from its IBSI tag: the family renamed, the aggregation over slices dropped.
fn name(tag: &str) -> String {
    let mut tag = tag;
    for suffix in ["_avg", "_comb"] {
        // `cm_joint_avg` and the like end in a feature's own "avg": an aggregation stands behind the dimension.
        if let Some(head) = tag.strip_suffix(suffix).filter(|head| head.ends_with("2D") || head.ends_with("2_5D")) {
            tag = head;
        }
    }
    let tag = tag.strip_suffix("_2D").or_else(|| tag.strip_suffix("_2_5D")).unwrap_or(tag);
    let (family, feature) = tag.split_once('_').unwrap();
    let ours = FAMILIES.iter().find(|f| f.0 == family).unwrap_or_else(|| panic!("{family} is no family")).1;
    format!("{ours}_{feature}")
}

pub fn section() -> Section {
    let mut section = Section::new(
        "Gray-level matrices and first-order statistics (IBSI-1)",
        "Published: the reference values of the IBSI manual for the digital phantom, all slice-based, first-order and histogram \
         rows (2D and 2.5D, averaged and merged). Full precision: the same values, and every slice by itself, computed in 64 bits from \
         the definitions by code of its own. Images: three 16-bit images of 128 x 128 pixels in 32 (GLCM: 32 and 64) levels.",
        vec![
            Oracle { name: "published", tolerance: Tolerance::Digits(3) },
            Oracle { name: "full precision", tolerance: Tolerance::Relative(1e-9) },
            Oracle { name: "images", tolerance: Tolerance::Relative(1e-9) },
        ],
    );
    let slices = phantom();
    let whole = values(&slices);
    for row in csv::Reader::from_path(truth::path("ibsi1_values.csv")).unwrap().deserialize() {
        let (tag, published, precise): (String, f64, Option<f64>) = row.unwrap();
        let found = *whole.get(&tag).unwrap_or_else(|| panic!("{tag} is no feature of ours"));
        section.compare(&name(&tag), 0, found, published, &tag);
        if let Some(precise) = precise {
            section.compare(&name(&tag), 1, found, precise, &tag);
        }
    }
    assert_eq!((section.cases(0), section.cases(1)), (313, 290));
    let single: Vec<_> = slices.iter().map(|slice| values(std::slice::from_ref(slice))).collect();
    for row in csv::Reader::from_path(truth::path("ibsi1_slices.csv")).unwrap().deserialize() {
        let (slice, tag, expected): (usize, String, f64) = row.unwrap();
        let found = *single[slice].get(&tag).unwrap_or_else(|| panic!("{tag} is no feature of ours"));
        section.compare(&name(&tag), 1, found, expected, &format!("slice {slice} {tag}"));
    }
    assert_eq!(section.cases(1), 290 + 544);
    images(&mut section);
    section
}

fn images(section: &mut Section) {
    let truth = truth::json("texture.json");
    let everywhere = Mask::full(128, 128);
    for image in truth::IMAGES {
        let plane = truth::image(image);
        let levels = |bins: usize| discretize::discretize(&plane, &everywhere, [0.0, 65536.0], bins);
        let mut check = |family: &str, key: &str, features: &[Feature], values: &[f64]| {
            let expected = &truth[image][key];
            for (feature, &found) in features.iter().zip(values) {
                let expected =
                    expected[feature.name].as_f64().unwrap_or_else(|| panic!("{image} {key} {}", feature.name));
                section.compare(&format!("{family}_{}", feature.name), 2, found, expected, &format!("{image} {key}"));
            }
        };
        for bins in [32, 64] {
            let glcm = glcm::count(&levels(bins), bins, 1);
            for aggregation in [Aggregation::Average, Aggregation::Merged] {
                let key = format!("ibsi_glcm_L{bins}_d1_{}", aggregation.name());
                check("glcm", &key, &glcm::FEATURES, &glcm.features(aggregation).unwrap());
            }
        }
        let m = Matrices::of(&levels(32), 32);
        let runs = m.glrlm.features(Aggregation::Merged).unwrap();
        check("glrlm", "ibsi_glrlm_L32_merged", &glrlm::FEATURES, &runs);
        check("glszm", "ibsi_glszm_L32", &glszm::FEATURES, &m.zones.sizes.features16().unwrap());
        check("gldzm", "ibsi_gldzm_L32", &gldzm::FEATURES, &m.zones.distances.features16().unwrap());
        check("ngtdm", "ibsi_ngtdm_L32", &ngtdm::FEATURES, &m.ngtdm.features().unwrap());
        check("ngldm", "ibsi_ngldm_L32", &ngldm::FEATURES, &m.ngldm.features().unwrap());
        let first = statistics::features(&plane, &everywhere).unwrap();
        check("stat", "ibsi_first_order_uint16", &statistics::FEATURES, &first);
    }
}

/// A matrix of (level, size) as rows of levels.
fn rows(matrix: &SizeMatrix, columns: usize) -> Vec<Vec<u64>> {
    let mut rows = vec![vec![0; columns]; NG];
    for (level, size, count) in matrix.entries() {
        rows[usize::from(level) - 1][size as usize - 1] = count;
    }
    rows
}

#[test]
fn matrices_of_the_phantom_as_whole_numbers() {
    let truth = truth::json("ibsi1_matrices.json");
    let mut compared = 0;
    for (z, slice) in phantom().iter().enumerate() {
        let expected = |key: &str| truth[z][key].clone();
        let table = |key: &str| serde_json::from_value::<Vec<Vec<u64>>>(expected(key)).unwrap();
        let tables = |key: &str| serde_json::from_value::<Vec<Vec<Vec<u64>>>>(expected(key)).unwrap();
        let m = Matrices::of(slice, NG);
        for (direction, (pairs, runs)) in tables("glcm").iter().zip(tables("glrlm")).enumerate() {
            assert_eq!(m.glcm.counts(direction), pairs.concat(), "slice {z} direction {direction}");
            assert_eq!(rows(m.glrlm.direction(direction), runs[0].len()), runs, "slice {z} direction {direction}");
            compared += 2;
        }
        for (key, matrix) in [("glszm", &m.zones.sizes), ("gldzm", &m.zones.distances), ("ngldm", &m.ngldm)] {
            let expected = table(key);
            assert_eq!(rows(matrix, expected[0].len()), expected, "slice {z} {key}");
            compared += 1;
        }
        let n: Vec<f64> = serde_json::from_value(expected("ngtdm_n")).unwrap();
        let s: Vec<f64> = serde_json::from_value(expected("ngtdm_s")).unwrap();
        for (found, (n, s)) in m.ngtdm.sums().iter().zip(n.iter().zip(&s)) {
            assert_eq!(found.0 as f64, *n, "slice {z}");
            assert!((found.1 - s).abs() < 1e-12, "slice {z}: {} for {s}", found.1);
            compared += 1;
        }
    }
    assert_eq!(compared, 4 * (8 + 3 + 6));
}
