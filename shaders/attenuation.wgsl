// Sums of attenuation along stretches of rays, in units of water's times one sampling step; one invocation a stretch.
// The processor does the same in f64 (src/xray/attenuation.rs); both sample the same places.

struct Stretch {
    // Of the whole ray, in voxels: the first sample, and the way from one to the next.
    start: vec3f,
    // The stretch's own samples.
    first: u32,
    stride: vec3f,
    count: u32,
}

@group(0) @binding(0) var scan: texture_3d<i32>;
@group(0) @binding(1) var<storage, read> stretches: array<Stretch>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

fn hu(voxel: vec3i) -> f32 {
    return f32(textureLoad(scan, voxel, 0).x);
}

// Trilinear, the border value beyond the outermost voxel centres.
fn hu_at(fraction: vec3f, last: vec3i) -> f32 {
    let at = clamp(fraction, vec3f(0.0), vec3f(last));
    let low = min(vec3i(at), max(last - 1, vec3i(0)));
    let high = min(low + 1, last);
    let weight = at - vec3f(low);
    let near = mix(
        mix(hu(low), hu(vec3i(high.x, low.yz)), weight.x),
        mix(hu(vec3i(low.x, high.y, low.z)), hu(vec3i(high.xy, low.z)), weight.x),
        weight.y,
    );
    let far = mix(
        mix(hu(vec3i(low.xy, high.z)), hu(vec3i(high.x, low.y, high.z)), weight.x),
        mix(hu(vec3i(low.x, high.yz)), hu(high), weight.x),
        weight.y,
    );
    return mix(near, far, weight.z);
}

@compute @workgroup_size(64)
fn sum_stretches(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let number = id.x + id.y * groups.x * 64u;
    if number >= arrayLength(&stretches) {
        return;
    }
    let stretch = stretches[number];
    let last = vec3i(textureDimensions(scan)) - 1;
    var sum = 0.0;
    for (var sample = stretch.first; sample < stretch.first + stretch.count; sample++) {
        let value = hu_at(stretch.start + stretch.stride * f32(sample), last);
        sum += max(1.0 + value / 1000.0, 0.0);
    }
    sums[number] = sum;
}
