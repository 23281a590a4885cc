//! How far a dysplastic hip is dislocated, by Crowe and by Hartofilakidis.

use super::{
    displacement::DISPLACEMENT,
    grade::{Grade, Scale},
    measurement::Measurement,
};

static CROWE: Scale = Scale {
    key: "crowe_grade",
    definition: "Grade of a dysplastic hip (lateral centre–edge angle below 20°) by how far the femoral head stands too high, in its \
                 diameters: I below 0.50, II up to 0.75, III up to 1.00, IV above.",
    citation: "Crowe, Mani and Ranawat 1979, 10.2106/00004623-197961010-00004",
};

static HARTOFILAKIDIS: Scale = Scale {
    key: "hartofilakidis_type",
    definition: "Type of a dysplastic hip (lateral centre–edge angle below 20°) by how far the femoral head has left the true socket: A \
                 (dysplasia) while its centre stands below the socket's upper edge, B (low dislocation) while its lower pole does, C (high \
                 dislocation) above. The edge of a socket that was left can hardly be measured: it is taken 0.45 diameters above the place \
                 of a healthy centre, so that B is from 0.45 to 0.95.",
    citation: "Hartofilakidis et al. 1996, J Bone Joint Surg Am 78:683",
};

/// True for the scales of this file.
pub(super) fn is_of_dysplasia(scale: &Scale) -> bool {
    [&CROWE, &HARTOFILAKIDIS].contains(&scale)
}

/// Below this lateral centre–edge angle a hip is dysplastic, degrees (Tannast 2015, PMC4353515).
const DYSPLASTIC_DEG: f64 = 20.0;

fn crowe(displacement: f64) -> &'static str {
    match displacement {
        d if d < 0.5 => "I",
        d if d <= 0.75 => "II",
        d if d <= 1.0 => "III",
        _ => "IV",
    }
}

fn hartofilakidis(displacement: f64) -> &'static str {
    match displacement {
        d if d < 0.45 => "A",
        d if d <= 0.95 => "B",
        _ => "C",
    }
}

/// Both grades of every dysplastic hip whose head was found.
pub(super) fn of_measurements(measurements: &[Measurement]) -> Vec<Grade> {
    let dysplastic = |side| {
        let mut angles = measurements.iter().filter(|m| m.quantity.key == "lateral_centre_edge_angle" && m.side == side);
        angles.any(|angle| angle.value < DYSPLASTIC_DEG)
    };
    let displaced = measurements.iter().filter(|m| m.quantity.key == DISPLACEMENT.key && dysplastic(m.side));
    displaced.flat_map(|m| [graded(&CROWE, crowe, m), graded(&HARTOFILAKIDIS, hartofilakidis, m)]).collect()
}

fn graded(scale: &'static Scale, grade_of: fn(f64) -> &'static str, m: &Measurement) -> Grade {
    Grade::of(scale, grade_of, m, &format!("head {:.2} ± {:.2} of its diameter too high", m.value, m.sd))
}

#[cfg(test)]
mod tests {
    use super::super::measurement::{Quantity, Unit};
    use super::*;
    use crate::frames::Side;

    static LCE: Quantity =
        Quantity { key: "lateral_centre_edge_angle", unit: Unit::Degrees, definition: "", norm: None, citation: "" };

    #[test]
    fn only_a_dysplastic_hip_is_graded_and_its_neighbours_are_named() {
        let hip = |lce, displacement| {
            let of = |quantity, value, sd| Measurement { quantity, side: Some(Side::Right), value, sd };
            of_measurements(&[of(&LCE, lce, 2.0), of(&DISPLACEMENT, displacement, 0.05)])
        };
        assert!(hip(31.0, 0.02).is_empty());
        for (displacement, expected) in [
            (-0.05, ["I", "A"]),
            (0.44, ["I", "A"]),
            (0.5, ["II", "B"]),
            (0.75, ["II", "B"]),
            (0.93, ["III", "B"]),
            (0.99, ["III", "C"]),
            (1.2, ["IV", "C"]),
        ] {
            assert_eq!(hip(5.0, displacement).iter().map(|g| g.grade).collect::<Vec<_>>(), expected, "{displacement}");
        }
        let because = |displacement| hip(5.0, displacement).remove(0).because;
        assert_eq!(because(0.6), "head 0.60 ± 0.05 of its diameter too high");
        assert!(because(0.47).ends_with("within its spread also II"), "{}", because(0.47));
    }
}
