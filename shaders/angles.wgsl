// What the shaders of motion share: angles, from a polynomial of our own, since WGSL promises little of its trigonometry.

const PI = 3.14159265;
const TO_DEGREES = 57.2957795;
// Answered where a driver ended a loop before its end: software Vulkan does after 65 535 turns of all loops together.
const CUT = -1e9;

// A loop was ended before its end.
var<private> cut: bool;

// Abramowitz and Stegun 4.4.46, within 2e-8; x from 0 to 1.
fn arcsine(x: f32) -> f32 {
    var sum = -0.0012624911;
    sum = sum * x + 0.0066700901;
    sum = sum * x - 0.0170881256;
    sum = sum * x + 0.0308918810;
    sum = sum * x - 0.0501743046;
    sum = sum * x + 0.0889789874;
    sum = sum * x - 0.2145988016;
    sum = sum * x + 1.5707963050;
    return 0.5 * PI - sqrt(max(1.0 - x, 0.0)) * sum;
}

// Between directions that a chord of this length joins, degrees.
fn degrees_of(chord: f32) -> f32 {
    return TO_DEGREES * 2.0 * arcsine(min(0.5 * chord, 1.0));
}
