//! A whole photo, every family, on one thread and on all.

#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use cicatrix::base::parallel::Threads;
use cicatrix::measure::{Config, Pipeline, Regions};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn photos(c: &mut Criterion) {
    let pipeline = Pipeline::new(Config::default()).unwrap();
    let mut group = c.benchmark_group("pipeline");
    group.sample_size(10);
    for (width, height) in common::SIZES {
        let photo = common::skin(width, height);
        group.throughput(Throughput::Elements((width * height) as u64));
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        for threads in if all > 1 { vec![1, all] } else { vec![1] } {
            let pool = Threads::new(threads).unwrap();
            group.bench_function(format!("{width} x {height}, {threads} threads"), |b| {
                b.iter(|| pool.install(|| pipeline.measure(&photo, &Regions::default()).unwrap()));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, photos);
criterion_main!(benches);
