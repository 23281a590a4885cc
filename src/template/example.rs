//! The example that `coxa template --example` prints.

/// A file of landmarks with a word on each; it can be read as it stands.
#[must_use]
pub const fn example() -> &'static str {
    r#"// Landmarks on an antero-posterior film of the pelvis, for `coxa template FILM --landmarks THIS_FILE`.
// Every place is (x, y) in pixels of the whole picture: x to the right, y down, the middle of the first pixel is (0, 0).
// `right` and `left` are the PATIENT's; on a film that is read in the usual way the patient's right is at the picture's left.
// What is not needed is left out. Needed are one line across the pelvis (both teardrops or both ischia), and head and shaft
// of the hip that is planned. The same as JSON (lists instead of brackets, a file that ends in .json) is read as well.
(
    format_version: 1,
    right: (
        teardrop: (412.0, 563.5),            // lower end of the teardrop
        ischium: (395.0, 655.0),             // lowest point of the ischial tuberosity
        lesser_trochanter: (300.5, 668.0),   // its tip
        greater_trochanter: (224.0, 548.0),  // its tip
        head: [(300.0, 520.0), (330.0, 498.0), (357.0, 520.0), (340.0, 548.0)],    // three or more points on its edge
        socket: [(296.0, 512.0), (331.0, 490.0), (362.0, 516.0)],   // three or more points on its edge: gives the cup's size
        // cup_centre: (333.0, 524.0),       // where the cup is to be, if not in the middle of the socket
        shaft: [(258.0, 720.0), (262.0, 860.0)],    // two or more points midway between the outer cortices
        canal: [                             // inner cortices, two levels or more: gives the stem's size
            ((246.0, 740.0), (276.0, 740.0)),
            ((250.0, 800.0), (272.0, 800.0)),
            ((251.0, 860.0), (273.0, 860.0)),
        ],
    ),
    left: (
        teardrop: (588.0, 561.0),
        ischium: (604.0, 652.5),
        lesser_trochanter: (699.0, 676.0),
        greater_trochanter: (776.0, 556.0),
        head: [(640.0, 520.0), (670.0, 499.0), (699.0, 522.0)],
        shaft: [(742.0, 720.0), (738.0, 860.0)],
    ),
)
"#
}
