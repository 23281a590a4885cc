// The least room of each cup of a target zone on each piece of each activity's path; one invocation a cup and a piece. The processor does the
// same in f64 (src/risk/zone_request.rs). What is not defined here stands in angles.wgsl.
//
// No room changes by more than what is seen turns: from a place with so much room the path can be followed as far before less than the least
// that is known can come.

struct Settings {
    // The neck's axis in the femoral frame.
    neck: vec3f,
    // Half the angle of the cone in which a neck is free, where the rim is the same all round, degrees.
    cone: f32,
    cups: u32,
    // Of the rim's line: balls around its pieces, and points all round; 0 of a cone.
    balls: u32,
    steps: u32,
    // Of the femur's bone near the cup; 0 where the neck is asked for.
    nodes: u32,
}

struct Cup {
    // From the pelvic frame to the rim's, row by row.
    x: vec3f,
    // More room is not looked for, degrees.
    below: f32,
    y: vec3f,
    z: vec3f,
    axis: vec3f,
}

// Points of the femur's bone on one sphere about the joint's centre, in a ball.
struct Node {
    centre: vec3f,
    radius: f32,
    // Where the cup begins on that sphere, from its axis.
    begins: f32,
    // Its points, of a leaf.
    first: u32,
    end: u32,
    // The node to go on with where it is passed over.
    after: u32,
}

@group(0) @binding(0) var<storage, read> settings: Settings;
@group(0) @binding(1) var<storage, read> cups: array<Cup>;
// First pose and how many.
@group(0) @binding(2) var<storage, read> pieces: array<vec2u>;
// Unit quaternions, from the femoral to the pelvic frame; between neighbours of a piece the femur turns by 1 degree at most.
@group(0) @binding(3) var<storage, read> poses: array<vec4f>;
// Balls (centre and radius), then points.
@group(0) @binding(4) var<storage, read> rim: array<vec4f>;
@group(0) @binding(5) var<storage, read> nodes: array<Node>;
@group(0) @binding(6) var<storage, read> points: array<vec4f>;
// Of each piece and cup the least, degrees, or what was known where there is no less; CUT where it is not known.
@group(0) @binding(7) var<storage, read_write> answers: array<f32>;

// To how much a least is narrowed down, degrees.
const FINE = 0.02;

fn turned(by: vec4f, direction: vec3f) -> vec3f {
    return direction + 2.0 * cross(by.xyz, cross(by.xyz, direction) + by.w * direction);
}

// The pose so many steps along a piece.
fn pose_at(first: u32, count: u32, place: f32) -> vec4f {
    let before = min(u32(place), count - 1u);
    let after = min(before + 1u, count - 1u);
    return normalize(mix(poses[first + before], poses[first + after], place - f32(before)));
}

// How far a place is from the rim's line; `least` where it is further.
fn chord_to_piece(ball: u32, place: vec3f, least: f32) -> f32 {
    let middle = rim[ball];
    if distance(middle.xyz, place) - middle.w >= least {
        return least;
    }
    var nearest = least;
    let pieces = (settings.steps + settings.balls - 1u) / settings.balls;
    let first = settings.balls + ball * pieces;
    let end = min(first + pieces, settings.balls + settings.steps);
    var at = first;
    for (; at < end; at++) {
        let begin = rim[at].xyz;
        let way = rim[at + 1u].xyz - begin;
        let part = clamp(dot(place - begin, way) / max(dot(way, way), 1e-20), 0.0, 1.0);
        nearest = min(nearest, distance(place, begin + way * part));
    }
    cut = cut || at < end;
    return nearest;
}

// How far the neck can still lean; `enough` where it is more.
fn neck_room(cup: Cup, neck: vec3f, enough: f32) -> f32 {
    if settings.balls == 0u {
        return settings.cone - degrees_of(distance(cup.z, neck));
    }
    let place = vec3f(dot(cup.x, neck), dot(cup.y, neck), dot(cup.z, neck));
    // Only picks the piece: beside it the planes of two neighbours are nearly the same.
    let around = u32(max(fract(atan2(place.y, place.x) / (2.0 * PI)), 0.0) * f32(settings.steps));
    let step = min(around, settings.steps - 1u);
    let at = settings.balls + step;
    let free = dot(cross(rim[at].xyz, rim[at + 1u].xyz), place) >= 0.0;
    if free && enough <= 0.0 {
        return enough;
    }
    // A chord is no longer than its arc. Most often the nearest of the line is beside the neck.
    var chord = select(2.0, min(2.0, enough / TO_DEGREES), free);
    chord = chord_to_piece(step * settings.balls / settings.steps, place, chord);
    var ball = 0u;
    for (; ball < settings.balls; ball++) {
        chord = chord_to_piece(ball, place, chord);
    }
    cut = cut || ball < settings.balls;
    return select(-degrees_of(chord), degrees_of(chord), free);
}

// How far the femur can still turn until its bone meets a cup whose axis it sees there; `enough` where it is more.
fn bone_room(seen: vec3f, enough: f32) -> f32 {
    var least = enough;
    var place = 0u;
    while place < settings.nodes {
        let node = nodes[place];
        if node.begins - degrees_of(distance(seen, node.centre)) - node.radius >= least {
            place = node.after;
        } else {
            var point = node.first;
            for (; point < node.end; point++) {
                least = min(least, node.begins - degrees_of(distance(seen, points[point].xyz)));
            }
            cut = cut || point < node.end;
            place++;
        }
    }
    cut = cut || place < settings.nodes;
    return least;
}

// What alone counts of a pose: where the pelvis sees the neck, or the femur the cup's axis.
fn seen_at(cup: Cup, piece: vec2u, place: f32) -> vec3f {
    let pose = pose_at(piece.x, piece.y, place);
    if settings.nodes > 0u {
        return turned(vec4f(-pose.xyz, pose.w), cup.axis);
    }
    return turned(pose, settings.neck);
}

// Room at a place of a piece; `enough` or more where it is more.
fn room(cup: Cup, piece: vec2u, place: f32, enough: f32) -> f32 {
    let seen = seen_at(cup, piece, place);
    if settings.nodes > 0u {
        return bone_room(seen, enough);
    }
    return neck_room(cup, seen, enough);
}

// No room along a piece changes by more than so much a step.
fn pace(cup: Cup, piece: vec2u) -> f32 {
    var chord = 0.0;
    var before = seen_at(cup, piece, 0.0);
    var step = 1u;
    for (; step < piece.y; step++) {
        let here = seen_at(cup, piece, f32(step));
        chord = max(chord, distance(before, here));
        before = here;
    }
    cut = cut || step < piece.y;
    // Between two samples a pose goes at an even pace but for a thousandth or so.
    return min(1.01 * degrees_of(chord) + 1e-3, 1.0);
}

// The least along a piece where it is below what is known.
fn least_along(cup: Cup, piece: vec2u) -> f32 {
    let last = f32(piece.y - 1u);
    let pace = pace(cup, piece);
    var least = cup.below;
    // From its middle nothing of a piece is further than half of it.
    let middle = room(cup, piece, 0.5 * last, least + 0.5 * pace * last);
    if middle >= least + 0.5 * pace * last {
        return least;
    }
    least = min(least, middle);
    var place = 0.0;
    var here = room(cup, piece, place, least + pace * last);
    least = min(least, here);
    while place < last {
        // So far on nothing has less than the least.
        let sure = (here - least + FINE) / pace;
        if place + sure >= last {
            place = last;
            break;
        }
        var way = min(2.0 * sure, last - place);
        var there = room(cup, piece, place + way, least + pace * max(way, last - place - way));
        least = min(least, there);
        // Nothing between two places has less than half the sum of their rooms less the way between.
        if 0.5 * (here + there - pace * way) < least - FINE && way > sure {
            way = sure;
            there = room(cup, piece, place + way, least + pace * (last - place - way));
            least = min(least, there);
        }
        place += way;
        here = there;
    }
    cut = cut || place < last;
    return least;
}

@compute @workgroup_size(64)
fn least_of_pieces(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= settings.cups {
        return;
    }
    cut = false;
    let least = least_along(cups[id.x], pieces[id.y]);
    answers[id.y * settings.cups + id.x] = select(least, CUT, cut);
}
