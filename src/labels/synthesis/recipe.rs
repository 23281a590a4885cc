//! What makes a patient other than the ordinary ones: plain numbers, so that a draw can be told from its cause.

use super::{phantom::DrawOptions, settings::CtSettings};
use crate::frames::Side;

/// Everything that is decided before a patient is drawn.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    pub(super) draw: DrawOptions,
    pub(super) settings: CtSettings,
    /// Multiplies the shape weights after they were drawn within their limit.
    pub(super) weight_sd: f64,
    /// Smallest and largest size relative to the shape model.
    pub(super) size: [f64; 2],
    /// Added to the ordinary lie of the pelvis: posterior tilt, obliquity (left up), turn about the long axis; degrees.
    pub(super) pelvis_deg: [f64; 3],
    /// Left and right hip.
    pub(super) hips: [HipRecipe; 2],
    /// Root mean square of the free-form deformation, mm.
    pub(super) warp_mm: f64,
    /// How freely spine, sacrum and coccyx depart from the plain ones, 0 to 1.
    pub(super) spine: f64,
    pub(super) view: View,
    /// Distance between voxels along x, y and z, mm.
    pub(super) spacing: [f64; 3],
    /// Forearms and hands lie on the belly.
    pub(super) arms: bool,
    /// A plaster cast about pelvis and thighs.
    pub(super) cast: bool,
    /// Stored as a feet-first series stores it.
    pub(super) feet_first: bool,
    /// Nothing was reconstructed in the corners of the slice.
    pub(super) round_view: bool,
}

/// One hip.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HipRecipe {
    /// Added to the ordinary lie of the thigh: flexion, adduction, internal rotation; degrees.
    pub(super) thigh_deg: [f64; 3],
    /// Added to the neck–shaft angle, degrees.
    pub(super) valgus_deg: f64,
    /// Added to the femoral anteversion, degrees.
    pub(super) torsion_deg: f64,
    /// How far the edge of the roof of the socket is raised, mm.
    pub(super) shallow_mm: f64,
    /// Height of a bump on the front and top of the head–neck junction, mm.
    pub(super) cam_mm: f64,
    /// Height of the largest osteophytes, mm.
    pub(super) osteophytes_mm: f64,
    pub(super) migration: Migration,
    /// A broken neck: how far the head has slipped, mm.
    pub(super) fracture_mm: Option<f64>,
    pub(super) implant: Implant,
}

/// Where the head has gone from the middle of its socket.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Migration {
    /// Nowhere.
    #[default]
    None,
    /// Along (lateral, posterior, superior), until bone is this near to bone, but no further than the limit.
    Towards { direction: [f64; 3], gap_mm: f64, limit_mm: f64 },
    /// Out of the socket and up by this share of the head's diameter, against the ilium up to a gap.
    Dislocated { share: f64, posterior_mm: f64, gap_mm: f64 },
}

/// Metal in one hip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Implant {
    #[default]
    None,
    Nail,
    Stem,
    TotalHip,
    Plate,
    Screws,
}

/// What of the patient is scanned, where it is not the usual range.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct View {
    /// End of the scan above the higher head centre, mm.
    pub(super) above_mm: Option<f64>,
    /// End of the scan below the lower head centre, mm.
    pub(super) below_mm: Option<f64>,
    /// Only this side, from this far (mm) beyond the midline.
    pub(super) only: Option<(Side, f64)>,
}

impl Recipe {
    /// The ordinary patient that the options describe.
    pub(super) fn ordinary(draw: DrawOptions) -> Self {
        Self {
            draw,
            settings: CtSettings::default(),
            weight_sd: 1.0,
            size: [0.96, 1.04],
            pelvis_deg: [0.0; 3],
            hips: [HipRecipe::default(); 2],
            warp_mm: 0.0,
            spine: 0.0,
            view: View::default(),
            spacing: [0.9, 0.9, 1.25],
            arms: false,
            cast: false,
            feet_first: false,
            round_view: false,
        }
    }

    /// The recipe of one hip.
    pub(super) const fn hip(&self, side: Side) -> &HipRecipe {
        &self.hips[side as usize]
    }

    pub(super) const fn hip_mut(&mut self, side: Side) -> &mut HipRecipe {
        &mut self.hips[side as usize]
    }
}
