//! A planned hip as a rehearsal sees it: bearing, neck, strands and load, all as those of a right hip about the bearing's centre.

use super::{
    RehearsalError, Strand,
    seat::Seat,
    strand::Way,
    tissue::{Insertion, Load, Origin, SoftTissue, Stiffness, Structure},
};
use crate::{
    anatomy::{Anatomy, CupAngles, Femur, Hip},
    frames::{AnatomicalFrame, Side, as_right_hip},
    implants::{Bearing, Catalogue, NeckOutline},
    motion::{RomCase, RomScene},
    plan::Plan,
    risk::jump::WayOut,
};
use nalgebra::{Matrix3, Point3, Rotation3, Unit, Vector3};
use std::collections::BTreeMap;

/// N for each kg of body weight.
const GRAVITY: f64 = 9.81;
/// The bony rim lies outside the sphere of the lunate surface by this part of its radius.
const RIM_PART: f64 = 1.1;

/// What a rehearsal needs of a planned hip. Vectors are in the pelvic frame of a right hip (anterior, superior, lateral) about the bearing's
/// centre, mm and N.
#[derive(Clone, Debug)]
pub struct RehearsalHip {
    /// The hip.
    pub side: Side,
    /// The bearing.
    pub bearing: Bearing,
    /// Turn of the cup's frame.
    pub cup_turn: Rotation3<f64>,
    /// The liner as the head meets it.
    pub seat: Seat,
    /// The neck.
    pub neck: NeckOutline,
    /// Its largest radius, mm.
    pub neck_widest_mm: f64,
    /// From the head's centre to the shaft, in the femoral frame of a right hip.
    pub neck_axis: Unit<Vector3<f64>>,
    /// What holds.
    pub strands: Vec<Strand>,
    /// Force with which the head is pressed into the socket, N.
    pub load: Vector3<f64>,
}

impl RehearsalHip {
    /// A hip of cup, neck and load alone, as that of a right hip: nothing holds it but the load.
    #[must_use]
    pub fn bare(bearing: Bearing, cup: &CupAngles, neck: NeckOutline, neck_axis: Unit<Vector3<f64>>, load: Vector3<f64>) -> Self {
        let axis = cup.right_hip_axis();
        let cup_turn = Rotation3::rotation_between(&Vector3::z(), &axis).unwrap_or_else(Rotation3::identity);
        let seat = Seat::new(&bearing, cup_turn);
        let neck_widest_mm = widest(&neck);
        Self { side: Side::Right, bearing, cup_turn, seat, neck, neck_widest_mm, neck_axis, strands: Vec::new(), load }
    }

    /// The hip of a plan with the structures that hold and the load of an activity.
    ///
    /// # Errors
    /// When the plan has no stem, its implants are not in the catalogue, or the weight is none.
    pub fn of_plan(
        plan: &Plan,
        catalogue: &Catalogue,
        anatomy: &Anatomy,
        tissue: &SoftTissue,
        holding: &[&Structure],
        load: &Load,
        weight_kg: f64,
    ) -> Result<Self, RehearsalError> {
        if !(20.0..=300.0).contains(&weight_kg) {
            return Err(RehearsalError::Weight { found: weight_kg });
        }
        let none = || RehearsalError::NoStem { plan: plan.number };
        let scene = RomScene::of_plan(plan, catalogue, anatomy, &BTreeMap::new())?.ok_or_else(none)?;
        let RomCase { neck, .. } = scene.case()?;
        let chosen = plan.chosen(catalogue)?;
        let hip = anatomy.hip(plan.side).ok_or_else(none)?;
        let (Some((stem, head)), Some(femur), Some(head_centre)) = (chosen.stem, &hip.femur, plan.head_centre(catalogue)?) else {
            return Err(none());
        };
        let (bearing, outline) = (chosen.bearing(), NeckOutline::of(head, stem));
        let cup_turn = turn_of(plan, &anatomy.pelvis.app);
        let native = Native::new(hip, femur, &anatomy.pelvis.app, tissue.hip_centres_mm.value);
        let planned = Planned { cup: plan.cup.centre, head: head_centre, femoral: scene.femoral_frame };
        let strands = holding.iter().map(|structure| native.strand(structure, tissue, &planned)).collect();
        let (anterior, superior, lateral) = load.direction;
        let direction = Vector3::new(anterior, superior, lateral).normalize();
        Ok(Self {
            side: plan.side,
            seat: Seat::new(&bearing, cup_turn),
            bearing,
            cup_turn,
            neck_widest_mm: widest(&outline),
            neck: outline,
            neck_axis: neck.right_hip_axis(),
            strands,
            load: direction * (load.body_weights.value * weight_kg * GRAVITY),
        })
    }

    /// What load and strands do to the head when the femur is turned so and the head's centre is there, N: for engines that reckon contact
    /// themselves.
    #[must_use]
    pub fn force_on_head(&self, turn: &Rotation3<f64>, head: &Vector3<f64>) -> Vector3<f64> {
        let radius = self.seat.radius_mm();
        self.strands.iter().fold(self.load, |force, strand| force - strand.pull(turn.matrix(), head, radius).energy.slope)
    }

    /// Energy of load and strands then, N·mm.
    #[must_use]
    pub fn energy_nmm(&self, turn: &Rotation3<f64>, head: &Vector3<f64>) -> f64 {
        let radius = self.seat.radius_mm();
        let strands = self.strands.iter().map(|strand| strand.pull(turn.matrix(), head, radius).energy.value).sum::<f64>();
        strands - self.load.dot(head)
    }

    /// Where the head's centre is when it is driven so far over the edge that lies in a direction and gives way to the load as little as it can,
    /// mm; `None` where the direction is the axis, or nothing lets it by.
    #[must_use]
    pub fn way_out(&self, towards: &Vector3<f64>, driven_mm: f64) -> Option<Vector3<f64>> {
        WayOut::new(&self.seat, &Unit::try_new(self.load, 1e-9)?, towards)?.head(driven_mm)
    }

    /// Out of the opening of the rim.
    #[must_use]
    pub fn cup_axis(&self) -> Unit<Vector3<f64>> {
        Unit::new_normalize(*self.seat.axis())
    }
}

/// Largest radius of a neck as far as a rim can meet it, mm.
fn widest(neck: &NeckOutline) -> f64 {
    (0..=400).map(|step| neck.radius_at(f64::from(step) * 0.25)).fold(0.0, f64::max)
}

/// The cup's frame as that of a right hip. A bearing is the same on either side of its XZ plane, so that its mirror image is itself.
fn turn_of(plan: &Plan, pelvic: &AnatomicalFrame) -> Rotation3<f64> {
    let pose = plan.cup.pose();
    let local = |axis: Vector3<f64>| as_right_hip(plan.side, &pelvic.local_vector(&(pose * axis)));
    let (x, z) = (local(Vector3::x()), local(Vector3::z()));
    Rotation3::from_matrix_unchecked(Matrix3::from_columns(&[x, z.cross(&x), z]))
}

/// Where cup and stem put the hip.
struct Planned {
    cup: Point3<f64>,
    head: Point3<f64>,
    femoral: AnatomicalFrame,
}

/// The hip as scanned.
struct Native<'a> {
    hip: &'a Hip,
    femur: &'a Femur,
    pelvic: &'a AnatomicalFrame,
    /// Size of this patient's pelvis against the reference.
    scale: f64,
}

impl<'a> Native<'a> {
    fn new(hip: &'a Hip, femur: &'a Femur, pelvic: &'a AnatomicalFrame, hip_centres_mm: f64) -> Self {
        // The frame's origin is on the midline.
        let from_midline = pelvic.local_point(&hip.acetabulum.sphere.centre).z.abs();
        Self { hip, femur, pelvic, scale: (2.0 * from_midline / hip_centres_mm).clamp(0.7, 1.4) }
    }

    fn pelvic(&self, lps: &Vector3<f64>) -> Vector3<f64> {
        as_right_hip(self.hip.side, &self.pelvic.local_vector(lps))
    }

    fn femoral(&self, lps: &Vector3<f64>) -> Vector3<f64> {
        as_right_hip(self.hip.side, &self.femur.frame.local_vector(lps))
    }

    /// Where a structure arises, from the native socket's centre.
    fn origin(&self, origin: &Origin) -> Vector3<f64> {
        match *origin {
            Origin::Pelvis(x, y, z) => Vector3::new(x, y, z) * self.scale,
            Origin::Rim { clock_deg } => {
                let axis = self.pelvic(&self.hip.acetabulum.axis);
                clock(&axis, clock_deg) * (RIM_PART * self.hip.acetabulum.sphere.radius_mm)
            }
        }
    }

    /// Where it inserts, from the native head's centre in the native femoral frame.
    fn insertion(&self, insertion: &Insertion) -> Vector3<f64> {
        match *insertion {
            Insertion::Femur(x, y, z) => Vector3::new(x, y, z) * self.scale,
            Insertion::Neck { part, clock_deg, heads } => {
                let axis = self.femoral(&self.femur.neck_axis.direction);
                let length = self.femur.femoral_offset_mm / self.femur.neck_shaft_angle_deg.to_radians().sin().max(0.3);
                axis * (part * length) + clock(&axis, clock_deg) * (heads * self.hip.head.radius_mm)
            }
        }
    }

    /// A structure in the planned hip. Its slack length is what the native hip needs of it.
    fn strand(&self, structure: &Structure, tissue: &SoftTissue, planned: &Planned) -> Strand {
        let (origin, insertion) = (self.origin(&structure.origin), self.insertion(&structure.insertion));
        let head = self.pelvic(&(self.hip.head.centre - self.hip.acetabulum.sphere.centre));
        let radius = if structure.capsule { self.hip.head.radius_mm } else { 0.0 };
        let native_mm = tissue.slack_in.iter().map(|posture| {
            let end = head + posture.right_hip_rotation() * insertion;
            Way::round(&origin, &end, &head, radius).length_mm
        });
        let slack_mm = native_mm.fold(1.0, f64::max);
        let stiffness = match &structure.stiffness {
            Stiffness::Axial(figure) => figure.value / slack_mm,
            Stiffness::PerMillimetre(figure) => figure.value,
        };
        let moved = self.pelvic(&(self.hip.acetabulum.sphere.centre - planned.cup));
        // The same point of the femur, from the new head in the frame of the leg that is moved.
        let on_femur =
            self.femur.frame.lps_vector(&as_right_hip(self.hip.side, &insertion)) + (self.hip.head.centre - planned.head);
        Strand {
            id: structure.id.clone(),
            origin: origin + moved,
            insertion: as_right_hip(self.hip.side, &planned.femoral.local_vector(&on_femur)),
            over_head: structure.capsule,
            slack_mm,
            stiffness,
        }
    }
}

/// A direction across an axis that points outwards: 0° as superior, 90° as anterior as that allows.
fn clock(axis: &Vector3<f64>, clock_deg: f64) -> Vector3<f64> {
    let superior = (Vector3::y() - axis * axis.y).try_normalize(1e-9).unwrap_or_else(Vector3::x);
    let across = superior.cross(axis);
    let anterior = if across.x < 0.0 { -across } else { across };
    let (sin, cos) = clock_deg.to_radians().sin_cos();
    superior * cos + anterior * sin
}
