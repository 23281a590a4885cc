//! What one surface is by its shape: one bone or two, which bone, of which side, and how it lies.

use super::{
    fault::BoneFault,
    samples::Samples,
    size::{extents, too_wide, unit_fault},
    surface::surface_fault,
    template::{Fitted, Kind, Starts, Template},
};
use crate::{
    anatomy::{findings::finding, model::Finding},
    frames::{Side, angle_of},
    labels::{Label, synthesis::ShapeModel},
    mesh::TriMesh,
    surface::components,
};

/// The other side must fit worse than this many times for a side to be certain: at least 1.3 on twelve real femora and hip bones, whole and
/// cut to 60 mm.
const CERTAIN: f64 = 1.2;
/// Another bone fits better than this many times the misfit of the one given: it is that bone.
const OTHER_KIND: f64 = 0.8;
/// A surface further than this from every bone of the shape model is none that it knows, mm. Real bones reach 5.6 mm, sacra 7.8 mm.
const STRANGE_MM: f64 = 7.0;
const STRANGE_SACRUM_MM: f64 = 9.0;
/// A patient's bones lie less turned than this in LPS axes, degrees: a pelvis by tilt and position, a femur also by flexion and rotation.
const TURNED_HIP_BONE_DEG: f64 = 75.0;
const TURNED_FEMUR_DEG: f64 = 100.0;
/// A body of at least this share of the largest one's volume is a bone of its own, not a splinter.
const BODY: f64 = 0.2;
/// A shaft axis can be measured from about this length of femur on, mm.
const SHORT_FEMUR_MM: f64 = 160.0;

/// The shape model's bones, ready to be fitted.
pub(super) struct Templates(Vec<(Kind, Template)>);

impl Templates {
    pub fn new(model: &ShapeModel) -> Self {
        let all = [Kind::HipBone, Kind::Femur, Kind::Sacrum, Kind::Tibia];
        Self(all.into_iter().filter_map(|kind| Some((kind, Template::left(model, kind)?))).collect())
    }

    /// The fits of a kind's left and right bone.
    fn fit(&self, kind: Kind, samples: &Samples, starts: Starts) -> Option<[Fitted; 2]> {
        let (_, template) = self.0.iter().find(|(own, _)| *own == kind)?;
        Some([template.fit(samples, Side::Left, starts)?, template.fit(samples, Side::Right, starts)?])
    }
}

/// A surface and the bone that it is given as.
pub(super) struct Given<'a> {
    bone: Label,
    kind: Kind,
    mesh: &'a TriMesh,
}

/// What was seen of one bone.
pub(super) struct Seen {
    /// What forbids measuring it.
    pub fault: Option<BoneFault>,
    /// What must be known of it.
    pub findings: Vec<Finding>,
}

impl<'a> Given<'a> {
    pub fn new(bone: Label, mesh: &'a TriMesh) -> Option<Self> {
        let kind = match bone {
            Label::HipLeft | Label::HipRight => Kind::HipBone,
            Label::FemurLeft | Label::FemurRight => Kind::Femur,
            Label::Sacrum => Kind::Sacrum,
            Label::TibiaLeft | Label::TibiaRight => Kind::Tibia,
            _ => return None,
        };
        Some(Self { bone, kind, mesh })
    }

    /// What is to be said of it; `in_scan` when its unit is known.
    pub fn look(&self, templates: &Templates, in_scan: bool) -> Seen {
        let mut findings = Vec::new();
        let fault = surface_fault(self.bone, self.mesh)
            .or_else(|| if in_scan { None } else { unit_fault(self.bone, self.kind, extents(self.mesh)) });
        let fault = fault.or_else(|| self.shape(templates, &mut findings));
        Seen { fault, findings }
    }

    /// What is wrong with the shape.
    fn shape(&self, templates: &Templates, findings: &mut Vec<Finding>) -> Option<BoneFault> {
        let bone = self.bone;
        let parts = components(self.mesh);
        let bodies: Vec<f64> = parts.iter().map(|body| body.volume_mm3() / 1000.0).collect();
        let largest = bodies.iter().copied().fold(0.0, f64::max);
        let large: Vec<String> = bodies.iter().filter(|ml| **ml > BODY * largest).map(|ml| format!("{ml:.0} ml")).collect();
        if large.len() > 1 {
            let reason = format!("{} bodies that do not touch, of {}", large.len(), large.join(" and "));
            return Some(BoneFault::SeveralBones { bone, reason });
        }
        // A tibia comes with its fibula or without.
        let tibia = || parts.iter().max_by(|a, b| a.volume_mm3().total_cmp(&b.volume_mm3()));
        let samples = Samples::of(if self.kind == Kind::Tibia { tibia()? } else { self.mesh });
        let mut own = templates.fit(self.kind, &samples, Starts::HalfTurns)?;
        if least(&own) > self.strange_mm() {
            if let Some(fault) = self.other(least(&own), templates, &samples) {
                return Some(fault);
            }
            own = templates.fit(self.kind, &samples, Starts::QuarterTurns)?;
        }
        let own_mm = least(&own);
        if own_mm > self.strange_mm() {
            let text = format!(
                "{}: the surface is unlike every bone of the shape model, {own_mm:.1} mm from the nearest on average: whether it is the {} \
                 cannot be told by its shape.",
                bone.name(),
                bone.spoken()
            );
            findings.push(finding("bone-strange", bone.side(), text));
            return None;
        }
        self.side(&own, findings).or_else(|| self.turned(&own)).or_else(|| {
            if self.kind == Kind::Femur {
                self.short(&own, findings);
            }
            None
        })
    }

    const fn strange_mm(&self) -> f64 {
        if matches!(self.kind, Kind::Sacrum) { STRANGE_SACRUM_MM } else { STRANGE_MM }
    }

    /// What a surface is that fits `given_mm` as what it was given as: another bone, or several.
    fn other(&self, given_mm: f64, templates: &Templates, samples: &Samples) -> Option<BoneFault> {
        let bone = self.bone;
        let others = templates.0.iter().filter(|(kind, _)| *kind != self.kind);
        let others = others.filter_map(|(kind, _)| Some((*kind, templates.fit(*kind, samples, Starts::HalfTurns)?)));
        let (kind, fits) = others.min_by(|(_, a), (_, b)| least(a).total_cmp(&least(b)))?;
        let found_mm = least(&fits);
        if found_mm < OTHER_KIND * given_mm {
            return Some(BoneFault::OtherBone { bone, found: spoken(kind, &fits), found_mm, given_mm });
        }
        let reason = if self.kind != Kind::Sacrum && self.is_pair(templates, samples) {
            Some("its left half is a left bone by its shape, its right half a right one".into())
        } else {
            too_wide(bone, self.kind, extents(self.mesh))
        };
        reason.map(|reason| BoneFault::SeveralBones { bone, reason })
    }

    /// The wrong side, when the shape tells it clearly.
    fn side(&self, [left, right]: &[Fitted; 2], findings: &mut Vec<Finding>) -> Option<BoneFault> {
        let bone = self.bone;
        let side = bone.side()?;
        let (given_mm, found_mm) = match side {
            Side::Left => (left.misfit_mm, right.misfit_mm),
            Side::Right => (right.misfit_mm, left.misfit_mm),
        };
        if found_mm * CERTAIN < given_mm {
            return Some(BoneFault::OtherBone { bone, found: bone.mirrored().spoken(), found_mm, given_mm });
        }
        if found_mm < given_mm * CERTAIN {
            let text = format!(
                "{}: whether this is the {} or the {} cannot be told by its shape ({given_mm:.1} and {found_mm:.1} mm from the bones of the \
                 shape model); it is taken as named.",
                bone.name(),
                bone.spoken(),
                bone.mirrored().spoken()
            );
            findings.push(finding("side-unsure", Some(side), text));
        }
        None
    }

    fn turned(&self, fits: &[Fitted; 2]) -> Option<BoneFault> {
        let limit_deg = match self.kind {
            Kind::HipBone => TURNED_HIP_BONE_DEG,
            Kind::Femur | Kind::Tibia => TURNED_FEMUR_DEG,
            Kind::Sacrum => return None,
        };
        let turn = self.fit_of_own_side(fits).turn;
        let turn_deg = angle_of(&turn).to_degrees();
        let about_z = turn_deg > 120.0 && turn.axis().is_some_and(|axis| axis.z.abs() > 0.8);
        (turn_deg > limit_deg).then_some(BoneFault::Turned { bone: self.bone, turn_deg, about_z })
    }

    fn short(&self, fits: &[Fitted; 2], findings: &mut Vec<Finding>) {
        // Upwards along the model's femur, as it lies in the surface.
        let along = self.fit_of_own_side(fits).turn * nalgebra::Vector3::z();
        let levels = || self.mesh.vertices.iter().map(|p| p.coords.dot(&along));
        let length_mm = levels().fold(f64::NEG_INFINITY, f64::max) - levels().fold(f64::INFINITY, f64::min);
        if length_mm < SHORT_FEMUR_MM {
            let text = format!(
                "{}: only about {length_mm:.0} mm of the femur are there, expected 350 to 550 mm for a whole one and {SHORT_FEMUR_MM:.0} mm \
                 for its shaft axis to be measured: head and neck can be measured; the shaft axis is an estimate at best, and version, \
                 length and mechanical axis cannot be given.",
                self.bone.name()
            );
            findings.push(finding("femur-short", self.bone.side(), text));
        }
    }

    fn fit_of_own_side<'b>(&self, [left, right]: &'b [Fitted; 2]) -> &'b Fitted {
        if self.bone.side() == Some(Side::Right) { right } else { left }
    }

    /// True when the surface is a pair: parted in the middle between left and right, each half is clearly the bone of its side.
    fn is_pair(&self, templates: &Templates, samples: &Samples) -> bool {
        let sides = samples.halves().map(|half| {
            let [left, right] = templates.fit(self.kind, &half, Starts::HalfTurns)?;
            match (left.misfit_mm, right.misfit_mm) {
                (left, right) if left < STRANGE_MM && left * CERTAIN < right => Some(Side::Left),
                (left, right) if right < STRANGE_MM && right * CERTAIN < left => Some(Side::Right),
                _ => None,
            }
        });
        // In RAS coordinates the halves change places.
        matches!(sides, [Some(one), Some(other)] if one != other)
    }
}

fn least(fits: &[Fitted; 2]) -> f64 {
    fits[0].misfit_mm.min(fits[1].misfit_mm)
}

/// What a surface looks like, with its side where that is clear.
fn spoken(kind: Kind, [left, right]: &[Fitted; 2]) -> String {
    let name = match kind {
        Kind::HipBone => "hip bone",
        Kind::Femur => "femur",
        Kind::Tibia => "tibia",
        Kind::Sacrum => return "sacrum".into(),
    };
    if left.misfit_mm * CERTAIN < right.misfit_mm {
        format!("left {name}")
    } else if right.misfit_mm * CERTAIN < left.misfit_mm {
        format!("right {name}")
    } else {
        name.into()
    }
}
