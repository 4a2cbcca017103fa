//! Texture kernels, one thread, throughput per pixel.

#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use cicatrix::base::Mask;
use cicatrix::filter::{gaussian, structure_tensor};
use cicatrix::measure::texture::{
    areal, discretize, fractal, glcm, glrlm, histogram, lbp, ngldm, ngtdm, spectrum, statistics, zones,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn kernels(c: &mut Criterion) {
    let (width, height) = common::SIZES[1];
    let mask = Mask::full(width, height);
    let plane = common::noise(width, height, 11).map(|v| 0.08 * v);
    let range = [-0.32, 0.32];
    let mut group = c.benchmark_group("texture");
    group.throughput(Throughput::Elements((width * height) as u64)).sample_size(20);
    for bins in [32, 64, 255] {
        let levels = discretize::discretize(&plane, &mask, range, bins);
        group.bench_function(format!("GLCM counts, {bins} levels, 4 directions"), |b| {
            b.iter(|| common::one_thread(|| glcm::count(&levels, bins, 1)));
        });
    }
    // Smooth as the band-limited relief is: on white noise every run and zone is a pixel.
    let relief = gaussian::blur(&plane, 1.5).map(|v| 4.0 * v);
    let levels = discretize::discretize(&relief, &mask, range, 64);
    group.bench_function("GLRLM, 64 levels, 4 directions", |b| {
        b.iter(|| common::one_thread(|| glrlm::count(&levels, 64)))
    });
    group.bench_function("GLSZM and GLDZM, 64 levels", |b| b.iter(|| common::one_thread(|| zones::count(&levels, 64))));
    group.bench_function("NGTDM, 64 levels", |b| b.iter(|| common::one_thread(|| ngtdm::count(&levels, 64))));
    group.bench_function("NGLDM, 64 levels", |b| b.iter(|| common::one_thread(|| ngldm::count(&levels, 64))));
    group.bench_function("histogram", |b| b.iter(|| common::one_thread(|| histogram::count(&levels, 64))));
    group.bench_function("first-order statistics", |b| {
        b.iter(|| common::one_thread(|| statistics::features(&relief, &mask)))
    });
    group.bench_function("fractal dimension", |b| {
        b.iter(|| common::one_thread(|| fractal::surface_dimension(&relief, &mask)))
    });
    group.bench_function("structure tensor", |b| {
        b.iter(|| common::one_thread(|| structure_tensor::regional(&relief, &mask)))
    });
    let levels = discretize::discretize(&plane, &mask, range, 255);
    group.bench_function("discretize", |b| {
        b.iter(|| common::one_thread(|| discretize::discretize(&plane, &mask, range, 64)))
    });
    group.bench_function("LBP riu2", |b| b.iter(|| common::one_thread(|| lbp::histogram(&levels))));
    group.bench_function("areal parameters", |b| b.iter(|| common::one_thread(|| areal::areal(&plane, &mask))));
    group.bench_function("areal parameters, hybrid, spatial and functional too", |b| {
        b.iter(|| {
            common::one_thread(|| {
                let heights = areal::areal(&plane, &mask).unwrap();
                let curve = areal::MaterialRatio::of(&plane, &mask).unwrap();
                let spatial = areal::spatial(&plane, &mask, &heights);
                (areal::sdr(&plane, &mask, 0.05), spatial, areal::Functional::of(&curve))
            })
        });
    });
    group.bench_function("power spectrum", |b| b.iter(|| common::one_thread(|| spectrum::psd_slope(&plane, &mask))));
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
