//! Texture maps, one thread, throughput per pixel; and one window at a time, as without the sums that run.

#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use cicatrix::base::{Mask, Plane};
use cicatrix::filter::gaussian;
use cicatrix::measure::texture::glcm::{self, Aggregation};
use cicatrix::measure::texture::maps::{Local, Source, Window, compute};
use cicatrix::measure::texture::{discretize, relief};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// The relief of synthetic skin.
fn skin(width: usize, height: usize) -> Plane {
    let fine = gaussian::blur(&common::noise(width, height, 3), 2.0).map(|v| 0.3 * v);
    let grain = common::noise(width, height, 4);
    Plane::from_fn(width, height, |x, y| fine.at(x, y) + 0.02 * grain.at(x, y))
}

fn maps(c: &mut Criterion) {
    let (width, height) = common::SIZES[0];
    let (values, mask) = (skin(width, height), Mask::full(width, height));
    let mut group = c.benchmark_group("maps");
    group.throughput(Throughput::Elements((width * height) as u64)).sample_size(10);
    for (side, bins) in [(15, 32), (15, 128), (31, 32)] {
        let levels = discretize::discretize(&values, &mask, [-0.32, 0.32], bins);
        let source = Source { levels: &levels, bins, values: &values, mask: &mask };
        let window = Window::new(side, 1).unwrap();
        for (name, wanted) in [
            ("contrast, dissimilarity, homogeneity, correlation", Local::Contrast),
            ("energy, joint entropy", Local::Energy),
            ("entropy of levels", Local::Entropy),
            ("Sq", Local::Sq),
            ("Sa", Local::Sa),
            ("anisotropy", Local::Anisotropy),
        ] {
            group.bench_function(format!("{side} px, {bins} levels: {name}"), |b| {
                b.iter(|| common::one_thread(|| compute(&source, window, &[wanted])));
            });
        }
        group.bench_function(format!("{side} px, {bins} levels: all ten"), |b| {
            b.iter(|| common::one_thread(|| compute(&source, window, &Local::ALL)));
        });
    }
    group.bench_function("local rms by a Gaussian, for comparison", |b| {
        b.iter(|| common::one_thread(|| relief::local_rms(&values, &mask, 4.0)));
    });
    group.finish();

    let mut group = c.benchmark_group("one window");
    group.throughput(Throughput::Elements(1));
    let window = discretize::discretize(&values, &mask, [-0.32, 0.32], 32).crop(100..115, 100..115);
    group.bench_function("15 px, 32 levels: a matrix and its 25 features", |b| {
        b.iter(|| glcm::count(&window, 32, 1).features(Aggregation::Merged));
    });
    group.finish();
}

criterion_group!(benches, maps);
criterion_main!(benches);
