//! Corrections of labels as they are typed.

use crate::labels::{
    Label,
    edit::{Edit, GridAxis, Holes, Region},
};
use nalgebra::{Point3, Vector3};
use std::{error::Error, fs, path::PathBuf};

#[derive(clap::Subcommand)]
pub(super) enum Typed {
    /// Paint a bone with a round brush: a ball, or along a line through several points.
    Brush {
        #[command(flatten)]
        stroke: Stroke,
        /// The label that is painted, e.g. femur_right.
        #[arg(long)]
        to: Label,
        /// Paint a bone of one side on the other side of the body: otherwise that is refused as a slip.
        #[arg(long)]
        allow_other_side: bool,
    },
    /// Make background of what the brush meets.
    Erase {
        #[command(flatten)]
        stroke: Stroke,
    },
    /// Give what hangs together with a point, has its label and its density, a label.
    Region {
        /// The point from which it spreads, LPS mm.
        #[arg(long, num_args = 3, value_names = ["X", "Y", "Z"], required = true, allow_negative_numbers = true)]
        at: Vec<f64>,
        /// How far from the point it may spread, mm.
        #[arg(long, allow_negative_numbers = true)]
        radius: f64,
        /// Only densities between these two, HU, both included.
        #[arg(long, num_args = 2, value_names = ["LOW", "HIGH"], allow_negative_numbers = true)]
        hu: Vec<i16>,
        /// The label that it gets.
        #[arg(long)]
        to: Label,
        /// As for a brush.
        #[arg(long)]
        allow_other_side: bool,
    },
    /// Give the part of a bone that lies in a ball another label, e.g. a head that is fused to its socket.
    SplitSphere {
        /// The bone that is split.
        #[arg(long)]
        of: Label,
        /// The label of the part inside.
        #[arg(long)]
        to: Label,
        /// Centre of the ball, LPS mm.
        #[arg(long, num_args = 3, value_names = ["X", "Y", "Z"], required = true, allow_negative_numbers = true)]
        at: Vec<f64>,
        /// Its radius, mm.
        #[arg(long, allow_negative_numbers = true)]
        radius: f64,
    },
    /// Give the part of a bone on one side of a plane another label.
    SplitPlane {
        /// The bone that is split.
        #[arg(long)]
        of: Label,
        /// The label of the part to which the normal points.
        #[arg(long)]
        to: Label,
        /// A point of the plane, LPS mm.
        #[arg(long, num_args = 3, value_names = ["X", "Y", "Z"], required = true, allow_negative_numbers = true)]
        at: Vec<f64>,
        /// The plane's normal, LPS; of any length.
        #[arg(long, num_args = 3, value_names = ["X", "Y", "Z"], required = true, allow_negative_numbers = true)]
        normal: Vec<f64>,
    },
    /// Give the connected piece under a point another label; background takes it away.
    Reassign {
        /// A point in the piece, LPS mm.
        #[arg(long, num_args = 3, value_names = ["X", "Y", "Z"], required = true, allow_negative_numbers = true)]
        at: Vec<f64>,
        /// The label that it has.
        #[arg(long)]
        of: Label,
        /// The label that it gets.
        #[arg(long)]
        to: Label,
    },
    /// Close what a bone encloses on all sides, or slice by slice of the scan.
    Fill {
        /// The bone.
        label: Label,
        /// Within each slice.
        #[arg(long)]
        slices: bool,
    },
    /// Take noise off the surface of a bone.
    Smooth {
        /// The bone.
        label: Label,
        /// Standard deviation of the Gaussian, mm; up to 10.
        #[arg(long, allow_negative_numbers = true)]
        sigma: f64,
    },
    /// Do all edits of a RON file, or none, e.g.
    /// [Brush(region: Ball(centre: (-90.0, 5.0, 20.0), radius_mm: 4.0), over: Some(HipRight), to: FemurRight)]
    Script {
        /// The file; positions in LPS mm.
        file: PathBuf,
    },
    /// Take the newest edit back.
    Undo,
    /// Do the edit again that was taken back last.
    Redo,
    /// List the edits that stand, and those taken back.
    List,
}

/// Where a brush goes.
#[derive(clap::Args)]
pub(super) struct Stroke {
    /// Its middle, LPS mm; given several times, the brush is drawn from point to point.
    #[arg(long, num_args = 3, value_names = ["X", "Y", "Z"], required = true, allow_negative_numbers = true)]
    at: Vec<f64>,
    /// Its radius, mm.
    #[arg(long, allow_negative_numbers = true)]
    radius: f64,
    /// Only within the slice of the scan across this axis of its voxels: i, j, or k for the images.
    #[arg(long, value_parser = axis)]
    across: Option<GridAxis>,
    /// Only over this label.
    #[arg(long)]
    over: Option<Label>,
    /// Only densities between these two, HU, both included.
    #[arg(long, num_args = 2, value_names = ["LOW", "HIGH"], allow_negative_numbers = true)]
    hu: Vec<i16>,
}

impl Stroke {
    fn edit(self, to: Label, allow_other_side: bool) -> Edit {
        let points: Vec<Point3<f64>> = self.at.chunks_exact(3).map(point).collect();
        let (radius_mm, over) = (self.radius, self.over);
        let region = match (self.across, &points[..]) {
            (Some(across), _) => Region::SliceStroke { points, radius_mm, across },
            (None, [centre]) => Region::Ball { centre: *centre, radius_mm },
            (None, _) => Region::Stroke { points, radius_mm },
        };
        match range(&self.hu) {
            Some(hu) => Edit::Threshold { region, hu, over, to, allow_other_side },
            None => Edit::Brush { region, over, to, allow_other_side },
        }
    }
}

impl Typed {
    /// The edits that it asks for; none of undo, redo and list.
    ///
    /// # Errors
    /// When the script cannot be read.
    pub fn edits(self) -> Result<Vec<Edit>, Box<dyn Error>> {
        let edit = match self {
            Self::Brush { stroke, to, allow_other_side } => stroke.edit(to, allow_other_side),
            Self::Erase { stroke } => stroke.edit(Label::Background, false),
            Self::Region { at, radius, hu, to, allow_other_side } => {
                let seed = point(&at);
                let region = Region::Ball { centre: seed, radius_mm: radius };
                Edit::Flood { seed, region, hu: range(&hu), to, allow_other_side }
            }
            Self::SplitSphere { of, to, at, radius } => {
                Edit::Split { label: of, at: Region::Ball { centre: point(&at), radius_mm: radius }, to }
            }
            Self::SplitPlane { of, to, at, normal } => {
                let normal = Vector3::from_iterator(normal);
                Edit::Split { label: of, at: Region::HalfSpace { point: point(&at), normal }, to }
            }
            Self::Reassign { at, of, to } => Edit::Move { seed: point(&at), from: of, to },
            Self::Fill { label, slices } => Edit::Fill { label, holes: if slices { Holes::Slices } else { Holes::Volume } },
            Self::Smooth { label, sigma } => Edit::Smooth { label, sigma_mm: sigma },
            Self::Script { file } => return read(&file),
            Self::Undo | Self::Redo | Self::List => return Ok(Vec::new()),
        };
        Ok(vec![edit])
    }
}

/// Clap counts the numbers of a point.
fn point(xyz: &(impl AsRef<[f64]> + ?Sized)) -> Point3<f64> {
    Point3::from_slice(xyz.as_ref())
}

fn range(hu: &[i16]) -> Option<[i16; 2]> {
    hu.try_into().ok()
}

fn axis(text: &str) -> Result<GridAxis, String> {
    match text {
        "i" => Ok(GridAxis::I),
        "j" => Ok(GridAxis::J),
        "k" => Ok(GridAxis::K),
        _ => Err(format!("'{text}' is no axis of the scan: write i, j or k")),
    }
}

fn read(path: &std::path::Path) -> Result<Vec<Edit>, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    ron::from_str(&text).map_err(|error| {
        let at = error.span.start;
        format!("{} is no list of edits: line {}, column {}: {}", path.display(), at.line, at.col, error.code).into()
    })
}
