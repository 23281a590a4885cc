//! One piece of the fine network on the processor: our convolutions, and burn's own on the same cores.

use burn::tensor::Device;
use coxa::labels::neural::{Engine, Networks};
use criterion::{Criterion, criterion_group, criterion_main};
use std::time::Duration;

fn one_piece(criterion: &mut Criterion) {
    let model = Networks::shipped().expect("the networks ship with Coxa").fine;
    let (inputs, patch) = (model.manifest.shape.inputs, model.manifest.patch);
    let input: Vec<f32> = (0..inputs * patch.iter().product::<usize>()).map(|n| (n as f32 * 0.37).sin()).collect();
    let mut group = criterion.benchmark_group("64³ through the fine network");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    let ours = Engine::on_processor(&model).expect("it loads");
    group.bench_function("Coxa", |b| b.iter(|| ours.logits(input.clone(), inputs, patch)));
    let theirs = Engine::on_device(&model, &Device::flex()).expect("it loads");
    group.bench_function("burn-flex", |b| b.iter(|| theirs.logits(input.clone(), inputs, patch)));
    group.finish();
}

criterion_group!(benches, one_piece);
criterion_main!(benches);
