//! Filters and the color pass, one thread, throughput per pixel.

#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use cicatrix::base::{Mask, Plane};
use cicatrix::color::lab;
use cicatrix::filter::convolve::Boundary;
use cicatrix::filter::gabor::Gabor;
use cicatrix::filter::laws::{self, Kernel, Pooling};
use cicatrix::filter::{gaussian, laplacian, log, mean, morphology};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const SIZE: (usize, usize) = common::SIZES[1];

fn gaussians(c: &mut Criterion) {
    let (width, height) = SIZE;
    let plane = common::noise(width, height, 9);
    let full = Mask::full(width, height);
    let ragged = Mask::from_fn(width, height, |x, y| (x / 50 + y / 50) % 4 != 0);
    let mut masked = plane.clone();
    masked.data_mut().iter_mut().zip(ragged.plane().data()).for_each(|(v, &m)| *v *= f32::from(m));
    let mut group = c.benchmark_group("gaussian");
    group.throughput(Throughput::Elements((width * height) as u64)).sample_size(10);
    for sigma in [1.0, 2.0, 8.0, 32.0] {
        group.bench_function(format!("normalized, whole photo, sigma {sigma}"), |b| {
            b.iter(|| common::one_thread(|| gaussian::smooth(&plane, &full, sigma)));
        });
        group.bench_function(format!("normalized, ragged mask, sigma {sigma}"), |b| {
            b.iter(|| common::one_thread(|| gaussian::smooth(&masked, &ragged, sigma)));
        });
    }
    // The field's baseline; its kernel reaches only 2 sigma, ours 4.
    let image = image::ImageBuffer::<image::Luma<f32>, _>::from_raw(width as u32, height as u32, plane.data().to_vec())
        .unwrap();
    group.bench_function("imageproc gaussian_blur_f32, sigma 2", |b| {
        b.iter(|| imageproc::filter::gaussian_blur_f32(&image, 2.0));
    });
    group.finish();
}

fn color(c: &mut Criterion) {
    let (width, height) = SIZE;
    let photo = common::skin(width, height);
    let mut group = c.benchmark_group("color");
    group.throughput(Throughput::Elements((width * height) as u64)).sample_size(20);
    let mut out: [Plane; 3] = std::array::from_fn(|_| Plane::new(width, height));
    group.bench_function("CIELAB", |b| {
        b.iter(|| {
            let [l, a, bb] = &mut out;
            let rgb = [photo.rgb[0].data(), photo.rgb[1].data(), photo.rgb[2].data()];
            lab::lab_row(rgb, [l.data_mut(), a.data_mut(), bb.data_mut()]);
        });
    });
    group.bench_function("log ratios", |b| {
        b.iter(|| {
            let [u, v, g] = &mut out;
            let rgb = [photo.rgb[0].data(), photo.rgb[1].data(), photo.rgb[2].data()];
            log::log_ratios(rgb, u.data_mut(), v.data_mut(), g.data_mut());
        });
    });
    group
        .bench_function("closing, radius 4", |b| b.iter(|| common::one_thread(|| morphology::close(&photo.rgb[1], 4))));
    group.finish();
}

fn texture_filters(c: &mut Criterion) {
    let (width, height) = SIZE;
    let plane = common::noise(width, height, 9);
    let mut group = c.benchmark_group("texture filters");
    group.throughput(Throughput::Elements((width * height) as u64)).sample_size(10);
    let mirror = Boundary::Mirror;
    group.bench_function("mean 31 x 31", |b| b.iter(|| common::one_thread(|| mean::mean(&plane, 15, mirror))));
    group.bench_function("Laplacian of Gaussian, sigma 2", |b| {
        b.iter(|| common::one_thread(|| laplacian::laplacian_of_gaussian(&plane, 2.0, 4.0, mirror)));
    });
    group.bench_function("Laws L5 E5, pooled", |b| {
        b.iter(|| common::one_thread(|| laws::laws_pooled(&plane, Kernel::L5, Kernel::E5, Pooling::Max, mirror)));
    });
    let gabor = Gabor { sigma: 3.0, lambda: 6.0, gamma: 1.0, theta: 0.5 };
    group.bench_function("Gabor 31 x 31", |b| b.iter(|| common::one_thread(|| gabor.modulus(&plane, mirror))));
    group.finish();
}

criterion_group!(benches, gaussians, color, texture_filters);
criterion_main!(benches);
