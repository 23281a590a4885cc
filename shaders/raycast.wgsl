// The CT as a solid: rays are followed through it from the eye to whatever opaque body lies in the way.
// Values are 0 at -1000 HU and 1 at 2000 HU.

#import bevy_pbr::{
    forward_io::VertexOutput,
    mesh_view_bindings::view,
    view_transformations::{frag_coord_to_ndc, position_ndc_to_world},
}
#ifdef DEPTH_PREPASS
#import bevy_pbr::prepass_utils::prepass_depth
#endif

struct Looks {
    // From view space (metres) to the texture, 0 to 1.
    to_texture: mat4x4<f32>,
    // What lies on the side of this normal is cut away: normal, offset; a normal of length 0 cuts nothing.
    cut: vec4<f32>,
    // Voxels along each side; metres between two samples.
    voxels: vec4<f32>,
    // 0 bone, 1 skin over bone, 2 greatest value along the ray, 3 as an X-ray; how dense.
    look: vec4<f32>,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> looks: Looks;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var scan: texture_3d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(2) var scan_sampler: sampler;

const MOST_SAMPLES: u32 = 640u;

fn hounsfield(at: vec3<f32>) -> f32 {
    return textureSampleLevel(scan, scan_sampler, at, 0.0).r * 3000.0 - 1000.0;
}

fn gradient(at: vec3<f32>) -> vec3<f32> {
    let h = 1.0 / looks.voxels.xyz;
    return vec3<f32>(
        hounsfield(at + vec3<f32>(h.x, 0.0, 0.0)) - hounsfield(at - vec3<f32>(h.x, 0.0, 0.0)),
        hounsfield(at + vec3<f32>(0.0, h.y, 0.0)) - hounsfield(at - vec3<f32>(0.0, h.y, 0.0)),
        hounsfield(at + vec3<f32>(0.0, 0.0, h.z)) - hounsfield(at - vec3<f32>(0.0, 0.0, h.z)),
    );
}

// Colour, and how much of the light a millimetre of it stops.
fn matter(hu: f32) -> vec4<f32> {
    let bone = smoothstep(140.0, 420.0, hu);
    let colour = mix(vec3<f32>(0.62, 0.42, 0.28), vec3<f32>(0.93, 0.88, 0.78), smoothstep(180.0, 900.0, hu));
    if looks.look.x < 0.5 {
        return vec4<f32>(colour, 0.85 * bone);
    }
    let soft = smoothstep(-350.0, -120.0, hu) * (1.0 - bone);
    return vec4<f32>(mix(vec3<f32>(0.72, 0.48, 0.38), colour, bone), 0.85 * bone + 0.035 * soft);
}

// What a millimetre takes of an X-ray, weighed so that bone stands out of what lies around it, as films are processed.
fn attenuation(hu: f32) -> f32 {
    let soft = clamp(1.0 + hu / 1000.0, 0.0, 1.1);
    let bone = max(hu - 130.0, 0.0) / 1000.0;
    return 0.0006 * soft + 0.035 * bone;
}

@fragment
fn fragment(in: VertexOutput) -> @location(0) vec4<f32> {
    let eye = view.world_position;
    let way = normalize(in.world_position.xyz - eye);
    let o = (looks.to_texture * vec4<f32>(eye, 1.0)).xyz;
    let d = (looks.to_texture * vec4<f32>(way, 0.0)).xyz;
    // Where the ray is inside the scan.
    let a = (vec3<f32>(0.0) - o) / d;
    let b = (vec3<f32>(1.0) - o) / d;
    let enter = min(a, b);
    let leave = max(a, b);
    var from_m = max(max(enter.x, max(enter.y, enter.z)), 0.0);
    var to_m = min(leave.x, min(leave.y, leave.z));
    // The part that is cut away.
    var on_cut = false;
    if dot(looks.cut.xyz, looks.cut.xyz) > 0.5 {
        let height = dot(looks.cut.xyz, eye) - looks.cut.w;
        let slope = dot(looks.cut.xyz, way);
        let meets = -height / slope;
        if height > 0.0 {
            if slope >= 0.0 { discard; }
            on_cut = meets > from_m;
            from_m = max(from_m, meets);
        } else if slope > 0.0 {
            to_m = min(to_m, meets);
        }
    }
#ifdef DEPTH_PREPASS
    let depth = prepass_depth(in.position, 0u);
    if depth > 0.0 {
        let body = position_ndc_to_world(vec3<f32>(frag_coord_to_ndc(in.position).xy, depth));
        to_m = min(to_m, dot(body - eye, way));
    }
#endif
    if to_m <= from_m { discard; }
    // The face of the cut shows the slice itself.
    if on_cut && looks.look.x < 1.5 {
        let hu = hounsfield(o + d * from_m);
        if hu > -500.0 {
            return vec4<f32>(vec3<f32>(pow(clamp((hu + 500.0) / 1800.0, 0.0, 1.0), 2.2)), 1.0);
        }
    }
    let samples = clamp(u32(ceil((to_m - from_m) / looks.voxels.w)), 1u, MOST_SAMPLES);
    let step_m = (to_m - from_m) / f32(samples);
    // Neighbouring rays begin at different places, so that steps are not seen as rings.
    let noise = fract(52.9829189 * fract(dot(in.position.xy, vec2<f32>(0.06711056, 0.00583715))));
    var light = vec3<f32>(0.0);
    var stopped = 0.0;
    var greatest = -1000.0;
    var lost = 0.0;
    for (var i = 0u; i < samples; i = i + 1u) {
        let at = o + d * (from_m + (f32(i) + noise) * step_m);
        let hu = hounsfield(at);
        if looks.look.x > 2.5 {
            lost += attenuation(hu) * step_m * 1000.0;
            continue;
        }
        if looks.look.x > 1.5 {
            greatest = max(greatest, hu);
            continue;
        }
        let found = matter(hu);
        if found.a > 0.002 {
            let alpha = 1.0 - pow(1.0 - min(found.a * looks.look.y, 0.999), step_m * 1000.0);
            // The gradient in view space; the light travels with the eye.
            let normal = normalize((vec4<f32>(gradient(at) * looks.voxels.xyz, 0.0) * looks.to_texture).xyz + vec3<f32>(1e-6));
            let shade = 0.30 + 0.70 * abs(dot(normal, way));
            light += (1.0 - stopped) * alpha * shade * found.rgb;
            stopped += (1.0 - stopped) * alpha;
            if stopped > 0.985 { break; }
        }
    }
    if looks.look.x > 2.5 {
        // Brighter the more was lost, as on a film; added to what lies behind, so that metal is seen through it.
        let grey = 1.0 - exp(-lost * looks.look.y);
        let light_lost = pow(grey, 2.2);
        return vec4<f32>(vec3<f32>(light_lost), 0.35 * light_lost);
    }
    if looks.look.x > 1.5 {
        let grey = clamp((greatest + 100.0) / 1500.0, 0.0, 1.0) * looks.look.y;
        return vec4<f32>(vec3<f32>(min(grey, 1.0)), smoothstep(0.02, 0.35, grey));
    }
    return vec4<f32>(light, stopped);
}
