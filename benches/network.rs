//! One piece of the fine network on the processor: our convolutions, and burn's own on the same cores.
//!
//! Why burn-flex 0.22.1 is slower (profile of this benchmark, two cores with AVX-512): a fifth of its time goes into matrix products.
//! It writes each input value 27 times into tiles for them (im2col, a third of the time), zeroes those tiles first (7 %) and packs them
//! again (13 %); few channels make few products of each copied value. It converts to channels-last and back around each layer, and its
//! products use AVX2. Ours read shifted rows of one channels-last volume, with no tiles at all.

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
