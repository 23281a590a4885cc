//! How large a bone is, and what unit that tells.

use super::{fault::BoneFault, template::Kind};
use crate::{labels::Label, mesh::TriMesh};
use nalgebra::{Matrix3, Point3, SymmetricEigen, Vector3};

/// Units that meshes come in, with the factor to millimetres.
const UNITS: [(&str, f64); 4] = [("metres", 1000.0), ("centimetres", 10.0), ("inches", 25.4), ("micrometres", 0.001)];
/// No part of a bone with a joint is thinner than this, mm: a head has twice the diameter.
const THINNEST_MM: f64 = 20.0;
/// No bone is thicker than this in its thinnest direction, mm.
const THICKEST_MM: f64 = 180.0;

/// Not even two femora end to end are longer, mm.
const LONGEST_MM: f64 = 1200.0;

/// Length of a whole bone, from that of a small woman to that of a tall man with room for either, mm.
fn whole_mm(kind: Kind) -> [f64; 2] {
    match kind {
        Kind::HipBone => [160.0, 290.0],
        Kind::Femur => [330.0, 570.0],
        Kind::Sacrum => [70.0, 220.0],
        Kind::Tibia => [270.0, 480.0],
    }
}

/// Extents of a mesh along its principal axes, longest first, in its own unit.
pub(super) fn extents(mesh: &TriMesh) -> [f64; 3] {
    let count = mesh.vertices.len() as f64;
    let middle = mesh.vertices.iter().map(|p| p.coords).sum::<Vector3<f64>>() / count;
    let spread =
        mesh.vertices.iter().fold(Matrix3::zeros(), |sum, p| sum + (p.coords - middle) * (p.coords - middle).transpose());
    let axes = SymmetricEigen::new(spread).eigenvectors;
    let mut extents = [0, 1, 2].map(|axis| {
        let level = |p: &Point3<f64>| axes.column(axis).dot(&(p.coords - middle));
        let levels = || mesh.vertices.iter().map(level);
        levels().fold(f64::NEG_INFINITY, f64::max) - levels().fold(f64::INFINITY, f64::min)
    });
    extents.sort_by(|a, b| b.total_cmp(a));
    extents
}

/// A size that no bone in millimetres has, with the unit that explains it. Part of a bone is no fault, so only the thinnest direction has
/// a lower bound.
pub(super) fn unit_fault(bone: Label, kind: Kind, extents: [f64; 3]) -> Option<BoneFault> {
    let whole_mm = whole_mm(kind);
    let [long, _, short] = extents;
    if !(THINNEST_MM..=THICKEST_MM).contains(&short) || long > LONGEST_MM {
        let fits = |factor: f64, shortest: f64| {
            (THINNEST_MM..THICKEST_MM).contains(&(short * factor)) && (shortest..whole_mm[1]).contains(&(long * factor))
        };
        // A whole bone before a part of one: a femur in inches could be half of one in centimetres.
        let unit =
            [whole_mm[0], 2.0 * THINNEST_MM].into_iter().find_map(|least| UNITS.into_iter().find(|unit| fits(unit.1, least)));
        return Some(BoneFault::Unit { bone, extents, whole_mm, unit });
    }
    None
}

/// A size that no one bone of a kind has, in words.
pub(super) fn too_wide(bone: Label, kind: Kind, [long, middle, short]: [f64; 3]) -> Option<String> {
    let [_, longest_mm] = whole_mm(kind);
    let widest_mm = if kind == Kind::HipBone { 220.0 } else { 180.0 };
    (long > longest_mm || middle > widest_mm).then(|| {
        format!(
            "it measures {long:.0} × {middle:.0} × {short:.0} mm, and no {} is longer than {longest_mm:.0} or wider than {widest_mm:.0} mm",
            bone.spoken()
        )
    })
}
