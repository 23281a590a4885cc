// Signed angles of directions from the pelvis; one invocation a direction. The processor does the same in f64 (src/motion/bone_room/search.rs).
// What is not defined here stands in angles.wgsl.

// Points of a sphere in a ball.
struct Ball {
    centre: vec3f,
    radius: f32,
    // Its points, of a leaf.
    first: u32,
    end: u32,
    // The ball to go on with where it is passed over.
    after: u32,
}

struct Crossing {
    at: vec3f,
    // Out of the bone along the sphere.
    outward: vec3f,
    // The same of the surface about it; none where that is a sheet with nothing inside.
    about: vec3f,
}

struct Query {
    direction: vec3f,
    // The pelvis is no further, radians.
    within: f32,
    // Its sphere's balls.
    ball: u32,
    end: u32,
}

@group(0) @binding(0) var<storage, read> pelvis: array<Ball>;
@group(0) @binding(1) var<storage, read> crossings: array<Crossing>;
@group(0) @binding(2) var<storage, read> queries: array<Query>;
// Degrees, negative inside the bone; or CUT.
@group(0) @binding(3) var<storage, read_write> answers: array<f32>;

// A point is inside where the surface about its nearest point lies outwards of it, within 60 degrees of straight.
const STRAIGHT = 0.5;

@compute @workgroup_size(64)
fn signed_angles(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let number = id.y * groups.x * 64u + id.x;
    if number >= arrayLength(&queries) {
        return;
    }
    let query = queries[number];
    cut = false;
    // A chord is no longer than its arc.
    var chord = min(query.within, 2.0) + 1e-3;
    var nearest = pelvis[query.ball].first;
    var place = query.ball;
    while place < query.end {
        let ball = pelvis[place];
        if distance(query.direction, ball.centre) - ball.radius >= chord {
            place = ball.after;
            continue;
        }
        var line = ball.first;
        for (; line < ball.end; line++) {
            let to_line = distance(query.direction, crossings[line].at);
            if to_line < chord {
                chord = to_line;
                nearest = line;
            }
        }
        cut = cut || line < ball.end;
        place++;
    }
    cut = cut || place < query.end;
    let way = query.direction - crossings[nearest].at;
    let outwards = max(dot(way, crossings[nearest].outward), dot(way, crossings[nearest].about));
    let signed = select(degrees_of(chord), -degrees_of(chord), outwards < -STRAIGHT * chord);
    answers[number] = select(signed, CUT, cut);
}
