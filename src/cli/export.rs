//! `coxa export`: bones and implants of a case as files for other programs and for the printer.

mod dicom;

use super::Outcome;
use crate::{
    files::{refuse_used_folder, whole_folder, write_atomically},
    labels::Label,
    mesh::TriMesh,
    plan::{
        FemurPieces, ImplantPart, Plan, femur_pieces, placed,
        storage::{Case, CaseFolder},
    },
    surface::{
        SurfaceError, components,
        io::{obj, stl},
        repair::open_edges,
    },
};
use serde_json::json;
use std::{
    error::Error,
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
};

/// How far a file may differ from the mesh it was written from, mm.
const TOLERANCE_MM: f64 = 0.01;

/// Arguments of `coxa export`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
    /// A new or empty folder for the files.
    #[arg(long)]
    out: PathBuf,
    /// File format.
    #[arg(long, value_enum, default_value_t = Format::Stl)]
    format: Format,
    /// With --format dicom: the CT too, under the case's pseudonym, as the images that labels and surfaces refer to.
    #[arg(long)]
    with_ct: bool,
    /// Number of the plan whose implants are exported; without it the newest. Without any plan, bones only.
    #[arg(long)]
    plan: Option<u32>,
    /// The implant catalogue of the plan; without it the one that ships with Coxa.
    #[arg(long)]
    catalogue: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Binary STL.
    Stl,
    /// Wavefront OBJ.
    Obj,
    /// DICOM under the case's pseudonym: the labels as a segmentation, each surface as an Encapsulated STL.
    Dicom,
}

impl Format {
    const fn extension(self) -> &'static str {
        match self {
            Self::Stl => "stl",
            Self::Obj => "obj",
            Self::Dicom => "dcm",
        }
    }

    fn read(self, path: &Path) -> Result<TriMesh, SurfaceError> {
        match self {
            Self::Stl => stl::read(path),
            Self::Obj => obj::read(path),
            Self::Dicom => dicom::read_surface(path),
        }
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { case: path, out, format, with_ct, plan, catalogue, json } = arguments;
    if with_ct && format != Format::Dicom {
        return Err("--with-ct goes with --format dicom; `coxa import` writes a CT as NIfTI".into());
    }
    // An export is never mixed with other files, least of all with those of another case.
    refuse_used_folder(&out)?;
    let folder = CaseFolder::open(path)?;
    let case = folder.read_case()?;
    let stale = folder.stale_finding()?.map(|finding| finding.text);
    super::warn_if_stale(&folder)?;
    let plan = plan.or(folder.plan_numbers()?.last().copied()).map(|number| folder.read_plan(number)).transpose()?;
    // Everything is read and computed before anything is written.
    let mut parts = bones(folder.path())?;
    if let Some(plan) = &plan {
        parts.extend(implants(plan, catalogue.as_deref())?);
        parts.extend(pieces(&folder, plan)?);
    }
    if parts.is_empty() {
        return Err(format!("{}: the case has neither bones nor a plan to export", folder.path().display()).into());
    }
    let objects = (format == Format::Dicom).then(|| dicom::Objects::read(&folder, &case, with_ct)).transpose()?;
    let files: Vec<(String, &TriMesh)> =
        parts.iter().map(|(name, mesh)| (format!("{name}.{}", format.extension()), mesh)).collect();
    let more = objects.as_ref().map(dicom::Objects::lines).unwrap_or_default();
    let text = readme(&case, plan.as_ref(), &files, &more, stale.as_deref());
    whole_folder(&out, Box::<dyn Error>::from, |folder| {
        for (number, ((file, mesh), (name, _))) in (1..).zip(files.iter().zip(&parts)) {
            let path = folder.join(file);
            match format {
                Format::Stl => stl::write(mesh, &path)?,
                Format::Obj => obj::write(mesh, &path)?,
                Format::Dicom => objects.iter().try_for_each(|objects| objects.write_surface(number, name, mesh, &path))?,
            }
            read_back(mesh, &path, format)?;
        }
        if let Some(objects) = &objects {
            objects.write(folder)?;
        }
        Ok(write_atomically(&folder.join("README.txt"), |file| file.write_all(text.as_bytes()))?)
    })?;
    if json {
        print_json(&case, plan.as_ref(), &files, objects.as_ref(), stale.as_deref())?
    } else {
        print!("{text}")
    }
    Ok(())
}

/// The surfaces in the case, by the name of their label.
fn bones(case: &Path) -> Result<Vec<(String, TriMesh)>, SurfaceError> {
    let paths = Label::ALL.map(|label| (label.name(), case.join("bones").join(label.name()).with_extension("stl")));
    let there = paths.iter().filter(|(_, path)| path.exists());
    there.map(|(name, path)| Ok(((*name).to_owned(), stl::read(path)?))).collect()
}

/// The implants of a plan where they sit in the bones as scanned.
fn implants(plan: &Plan, catalogue: Option<&Path>) -> Result<Vec<(String, TriMesh)>, Box<dyn Error>> {
    let catalogue = super::catalogue_of(plan, catalogue)?;
    let name = |part| match part {
        ImplantPart::Cup => "implant_cup",
        ImplantPart::Head => "implant_head",
        ImplantPart::Stem => "implant_stem",
        ImplantPart::Augment => "implant_augment",
    };
    Ok(placed(plan, &catalogue)?.into_iter().map(|(part, mesh)| (name(part).to_owned(), mesh)).collect())
}

/// The femur in its pieces where the plan cuts it (see [`femur_pieces`]); parts of a piece that only touch are files of their own, because
/// they would not be closed as one.
fn pieces(folder: &CaseFolder, plan: &Plan) -> Result<Vec<(String, TriMesh)>, Box<dyn Error>> {
    let anatomy = folder.read_anatomy()?;
    let femur = folder.read_bones()?.remove(&Label::femur(plan.side));
    let (Some(_), Some(hip), Some(femur)) = (&plan.deformity.osteotomy, anatomy.hip(plan.side), femur) else {
        return Ok(Vec::new());
    };
    let FemurPieces { proximal, distal, removed } = femur_pieces(&femur, plan, &hip.head.centre)?;
    let named = [("planned_femur_proximal", proximal), ("planned_femur_distal", distal), ("planned_femur_removed", removed)];
    let there = named.into_iter().filter(|(_, mesh)| !mesh.is_empty());
    let numbered = |(name, mesh): (&str, TriMesh)| {
        let parts = components(&mesh).into_iter().enumerate();
        let named = parts.map(|(at, part)| (if at == 0 { name.to_owned() } else { format!("{name}_{}", at + 1) }, part));
        named.collect::<Vec<_>>()
    };
    Ok(there.flat_map(numbered).collect())
}

/// What was written is read and measured again: a file that is not what was shown must not reach a printer.
fn read_back(mesh: &TriMesh, path: &Path, format: Format) -> Outcome {
    let back = format.read(path)?;
    let corners = |mesh: &TriMesh| mesh.bounds().unwrap_or_default();
    let ((low, high), (back_low, back_high)) = (corners(mesh), corners(&back));
    let moved_mm = (low - back_low).amax().max((high - back_high).amax());
    let swollen_mm = (mesh.volume_mm3() - back.volume_mm3()).abs() / mesh.area_mm2();
    let edges = open_edges(&back);
    if edges > 0 || moved_mm.max(swollen_mm) > TOLERANCE_MM {
        return Err(format!(
            "{}: read back, the file differs from what was exported by {moved_mm:.3} mm in extent and {swollen_mm:.3} mm in \
             thickness ({TOLERANCE_MM} mm are allowed) and has {edges} open edges; nothing was exported",
            path.file_name().unwrap_or_default().display()
        )
        .into());
    }
    Ok(())
}

fn readme(case: &Case, plan: Option<&Plan>, files: &[(String, &TriMesh)], more: &[String], stale: Option<&str>) -> String {
    let implants = plan.map_or("none".to_owned(), |plan| {
        let state = if plan.approval.is_some() { "approved" } else { "draft" };
        format!("plan {} ({state}), catalogue {}", plan.number, plan.catalogue)
    });
    let mut text = format!(
        "Coxa {} export of case {}\n\
         For research, education and rehearsal; not a medical device; the surgeon decides.\n\n\
         side      {} hip\n\
         unit      millimetres\n\
         frame     DICOM patient coordinates (LPS: x to the patient's left, y posterior, z superior), the same for all files\n\
         bones     as scanned\n\
         implants  {implants}; where they sit in the bones as scanned, the joint not yet reduced\n\n",
        env!("CARGO_PKG_VERSION"),
        case.pseudonym,
        case.side,
    );
    if plan.is_some_and(|plan| plan.deformity.osteotomy.is_some()) {
        text.push_str("pieces    of the planned femur: without its head and cut; the distal one moved up to the proximal one, what is removed as scanned\n\n");
    }
    if let Some(stale) = stale {
        // Writing to a string does not fail.
        writeln!(text, "WARNING   {stale}\n").ok();
    }
    for (file, mesh) in files {
        let (low, high) = mesh.bounds().unwrap_or_default();
        let [x, y, z]: [f64; 3] = (high - low).into();
        writeln!(
            text,
            "{file:24} {:7} triangles  {x:6.1} × {y:6.1} × {z:6.1} mm  {:8.1} cm³",
            mesh.triangles.len(),
            mesh.volume_mm3() / 1e3
        )
        .ok();
    }
    more.iter().for_each(|line| text.extend([line, "\n"]));
    text
}

fn print_json(
    case: &Case,
    plan: Option<&Plan>,
    files: &[(String, &TriMesh)],
    objects: Option<&dicom::Objects>,
    stale: Option<&str>,
) -> Outcome {
    let file = |(name, mesh): &(String, &TriMesh)| {
        let (low, high) = mesh.bounds().unwrap_or_default();
        json!({
            "file": name,
            "triangles": mesh.triangles.len(),
            "volume_mm3": mesh.volume_mm3(),
            "low_lps_mm": low.coords.as_slice(),
            "high_lps_mm": high.coords.as_slice(),
        })
    };
    let object = json!({
        "case": case.pseudonym,
        "side": case.side.to_string(),
        "unit": "mm",
        "frame": "LPS",
        "plan": plan.map(|plan| plan.number),
        "approved": plan.is_some_and(|plan| plan.approval.is_some()),
        "warning": stale,
        "files": files.iter().map(file).collect::<Vec<_>>(),
        "segmentation": objects.map(|_| dicom::LABELS),
        "ct": objects.filter(|objects| objects.has_ct()).map(|_| dicom::CT),
        "note": "for research, education and rehearsal; not a medical device; the surgeon decides",
    });
    println!("{}", serde_json::to_string(&object)?);
    Ok(())
}
