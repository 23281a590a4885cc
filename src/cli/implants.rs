//! `coxa implants`: what a library holds.

use super::Outcome;
use crate::{
    files::{refuse_used_folder, whole_folder},
    implants::{
        Bearing, Catalogue, Cup, Family, Head, Liner, NeckOutline, PartKind, Stem,
        geometry::{CHORD_ERROR_MM, liner_mesh},
    },
    report::catalogue_sheets,
};
use serde_json::{Value, json};
use std::{error::Error, fs, path::PathBuf};

/// Arguments of `coxa implants`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
    /// The library; without it the one that ships with Coxa.
    #[arg(long, global = true)]
    catalogue: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(clap::Subcommand)]
enum Action {
    /// The families; of one of them, or with --all of each, every implant with its main dimensions.
    List {
        /// Only this family.
        #[arg(long)]
        family: Option<String>,
        /// Every implant of every family.
        #[arg(long)]
        all: bool,
    },
    /// One implant, or one family, with everything that follows from its dimensions.
    Show {
        /// Its id.
        id: String,
    },
    /// Whether a library, a family's file or a frame file can be used; if not, everything that is wrong with it.
    Check {
        /// The file (RON).
        file: PathBuf,
    },
    /// Drawings of all families in true size (SVG).
    Sheets {
        /// A new or empty folder for them.
        #[arg(long)]
        out: PathBuf,
        /// Only this family.
        #[arg(long)]
        family: Option<String>,
    },
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let file = match &arguments.action {
        Action::Check { file } => Some(file.as_path()),
        _ => arguments.catalogue.as_deref(),
    };
    let catalogue = super::catalogue(file)?;
    let told = match arguments.action {
        Action::List { family, all } => list(&catalogue, family.as_deref(), all)?,
        Action::Show { id } => show(&catalogue, &id).ok_or_else(|| unknown(&catalogue, &id))?,
        Action::Check { .. } => usable(&catalogue),
        Action::Sheets { out, family } => {
            if let Some(id) = &family {
                known(&catalogue, id)?;
            }
            refuse_used_folder(&out)?;
            let mut sheets = catalogue_sheets(&catalogue);
            sheets.retain(|(name, _)| family.as_ref().is_none_or(|id| *name == format!("{id}.svg")));
            whole_folder(&out, Box::<dyn Error>::from, |folder| {
                Ok(sheets.iter().try_for_each(|(name, svg)| fs::write(folder.join(name), svg))?)
            })?;
            json!({ "files": sheets.iter().map(|(name, _)| out.join(name).display().to_string()).collect::<Vec<_>>() })
        }
    };
    if arguments.json {
        let head = json!({ "catalogue": catalogue.title(), "sha256": catalogue.sha256, "result": told, "disclaimer": crate::DISCLAIMER });
        println!("{}", serde_json::to_string_pretty(&head)?);
    } else {
        println!("{} (SHA-256 {})", catalogue.title(), catalogue.sha256);
        print(&told, 0);
        println!("{}", crate::DISCLAIMER);
    }
    Ok(())
}

fn unknown(catalogue: &Catalogue, id: &str) -> String {
    let families = catalogue.families.iter().map(|family| family.id.as_str());
    let ids: Vec<&str> = if catalogue.families.is_empty() { catalogue.ids().collect() } else { families.collect() };
    format!(
        "the catalogue {} has no '{id}'; it has {} (coxa implants list --all tells every part)",
        catalogue.title(),
        ids.join(", ")
    )
}

fn known<'c>(catalogue: &'c Catalogue, id: &str) -> Result<&'c Family, String> {
    catalogue.family(id).ok_or_else(|| unknown(catalogue, id))
}

fn usable(catalogue: &Catalogue) -> Value {
    json!({
        "usable": true,
        "families": catalogue.families.len(),
        "cups": catalogue.all_cups().count(),
        "liners": catalogue.all_liners().count(),
        "heads": catalogue.all_heads().count(),
        "stems": catalogue.all_stems().count(),
        "augments": catalogue.all_augments().count(),
        "drawn_elsewhere": catalogue.drawn.len(),
    })
}

fn list(catalogue: &Catalogue, family: Option<&str>, all: bool) -> Result<Value, String> {
    if let Some(id) = family {
        known(catalogue, id)?;
    }
    let wanted = |own: &str| family.is_none_or(|id| id == own);
    let families = catalogue.families.iter().filter(|family| wanted(&family.id)).map(|family| told_family(catalogue, family));
    let mut told = json!({ "families": families.collect::<Vec<_>>() });
    // Without families, and where one of them is asked for, there is nothing to be short about.
    if all || family.is_some() || catalogue.families.is_empty() {
        let cup =
            |c: &Cup| json!({ "id": c.id, "outer_diameter_mm": c.outer_diameter_mm, "head_diameter_mm": c.head_diameter_mm });
        let liner =
            |l: &Liner| json!({ "id": l.id, "seat_diameter_mm": l.seat_diameter_mm, "head_diameter_mm": l.head_diameter_mm });
        let head = |h: &Head| json!({ "id": h.id, "diameter_mm": h.diameter_mm, "offset_mm": h.offset_mm });
        let stem = |s: &Stem| json!({ "id": s.id, "size": s.size, "neck_shaft_angle_deg": s.neck_shaft_angle_deg, "length_below_neck_mm": s.tip_mm() });
        let lists = [
            ("cups", catalogue.all_cups().filter(|part| wanted(&part.family)).map(cup).collect::<Vec<_>>()),
            ("liners", catalogue.all_liners().filter(|part| wanted(&part.family)).map(liner).collect()),
            ("heads", catalogue.all_heads().filter(|part| wanted(&part.family)).map(head).collect()),
            ("stems", catalogue.all_stems().filter(|part| wanted(&part.family)).map(stem).collect()),
            (
                "augments",
                catalogue
                    .all_augments()
                    .filter(|part| wanted(&part.family))
                    .map(|a| json!({ "id": a.id, "cup_diameter_mm": a.cup_diameter_mm, "thickness_mm": a.thickness_mm }))
                    .collect(),
            ),
        ];
        for (name, parts) in lists.into_iter().filter(|(_, parts)| !parts.is_empty()) {
            told[name] = parts.into();
        }
    }
    Ok(told)
}

fn told_family(catalogue: &Catalogue, family: &Family) -> Value {
    let id = &family.id;
    let (parts, in_use) = match family.kind {
        PartKind::Cup => {
            (catalogue.all_cups().filter(|p| p.family == *id).count(), catalogue.cups.iter().any(|p| p.family == *id))
        }
        PartKind::Liner => {
            (catalogue.all_liners().filter(|p| p.family == *id).count(), catalogue.liners.iter().any(|p| p.family == *id))
        }
        PartKind::Head => {
            (catalogue.all_heads().filter(|p| p.family == *id).count(), catalogue.heads.iter().any(|p| p.family == *id))
        }
        PartKind::Stem => {
            (catalogue.all_stems().filter(|p| p.family == *id).count(), catalogue.stems.iter().any(|p| p.family == *id))
        }
        PartKind::Augment => {
            (catalogue.all_augments().filter(|p| p.family == *id).count(), catalogue.augments.iter().any(|p| p.family == *id))
        }
    };
    json!({ "id": id, "kind": family.kind.noun(), "name": family.name, "parts": parts, "in_use": in_use })
}

/// An entry with its dimensions as they stand in the file, and what follows from them.
fn show(catalogue: &Catalogue, id: &str) -> Option<Value> {
    if let Some(family) = catalogue.family(id) {
        return Some(json!({ "family": family, "parts": list(catalogue, Some(id), true).ok()? }));
    }
    if let Some(cup) = catalogue.cup(id) {
        let liners = catalogue.all_liners().filter(|liner| catalogue.liner_refused(cup, liner).is_none());
        let heads: Vec<&str> = catalogue.heads_for(cup).map(|head| head.id.as_str()).collect();
        let augments: Vec<&str> = catalogue.augments_for(cup).map(|augment| augment.id.as_str()).collect();
        return Some(json!({
            "cup": cup,
            "reamed_diameter_mm": cup.reamed_diameter_mm(),
            "polyethylene_mm": cup.polyethylene_mm(),
            "liners": liners.map(|liner| liner.id.as_str()).collect::<Vec<_>>(),
            "heads": heads,
            "augments": augments,
            "oscillation": oscillation(catalogue, &Bearing::of(cup, catalogue.usual_liner(cup)), cup.head_diameter_mm),
        }));
    }
    if let Some(liner) = catalogue.liner(id) {
        let cups: Vec<&str> =
            catalogue.all_cups().filter(|cup| catalogue.liner_refused(cup, liner).is_none()).map(|cup| cup.id.as_str()).collect();
        let seated = catalogue.all_cups().find(|cup| catalogue.liner_refused(cup, liner).is_none());
        let bearing = seated.map_or_else(|| Bearing::of_liner(liner), |cup| Bearing::of(cup, Some(liner)));
        let of_head = liner.ball.map(|_| oscillation(catalogue, &Bearing::of_liner(liner), liner.head_diameter_mm));
        return Some(json!({
            "liner": liner,
            "polyethylene_mm": liner.polyethylene_mm(),
            "volume_mm3": liner_mesh(liner, CHORD_ERROR_MM).volume_mm3(),
            "cups": cups,
            "heads": catalogue.heads_of(liner.head_diameter_mm).map(|head| head.id.as_str()).collect::<Vec<_>>(),
            "oscillation": oscillation(catalogue, &bearing, liner.head_diameter_mm),
            "oscillation_of_head_in_ball": of_head,
        }));
    }
    if let Some(head) = catalogue.head(id) {
        let cups: Vec<&str> =
            catalogue.all_cups().filter(|cup| cup.head_refused(None, head).is_none()).map(|cup| cup.id.as_str()).collect();
        return Some(json!({ "head": head, "cups": cups }));
    }
    if let Some(augment) = catalogue.augment(id) {
        let cups = catalogue.all_cups().filter(|cup| catalogue.augments_for(cup).any(|other| other.id == id));
        return Some(json!({ "augment": augment, "cups": cups.map(|cup| cup.id.as_str()).collect::<Vec<_>>() }));
    }
    let stem = catalogue.stem(id)?;
    let with = |head: &Head| {
        let centre = stem.head_centre(head);
        json!({ "head": head.id, "offset_mm": stem.offset_mm(head), "height_above_origin_mm": centre.y })
    };
    let offsets = catalogue.heads.iter().map(with).collect::<Vec<_>>();
    Some(json!({ "stem": stem, "with_heads": offsets }))
}

/// The oscillation angle with the first stem in use and the standard head.
fn oscillation(catalogue: &Catalogue, bearing: &Bearing, head_mm: f64) -> Option<Value> {
    let stem = catalogue.stems.first()?;
    let head = catalogue.heads_of(head_mm).min_by(|a, b| a.offset_mm.abs().total_cmp(&b.offset_mm.abs()))?;
    let angle = bearing.oscillation_angle_deg(&NeckOutline::of(head, stem));
    Some(json!({ "angle_deg": angle, "with": format!("{}, {}", head.id, stem.id) }))
}

/// A value as indented lines; objects in a list one a line.
fn print(value: &Value, depth: usize) {
    let pad = "  ".repeat(depth);
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            number.as_f64().map_or_else(|| number.to_string(), |n| format!("{}", (n * 1000.0).round() / 1000.0))
        }
        other => other.to_string(),
    };
    let Value::Object(fields) = value else { return println!("{pad}{}", plain(value)) };
    for (name, field) in fields {
        let name = name.replace('_', " ");
        match field {
            Value::Object(_) => {
                println!("{pad}{name}");
                print(field, depth + 1);
            }
            Value::Array(items) => {
                println!("{pad}{name}");
                for item in items {
                    let line = item.as_object().map_or_else(
                        || plain(item),
                        |fields| {
                            fields
                                .iter()
                                .map(|(name, value)| format!("{} {}", name.replace('_', " "), plain(value)))
                                .collect::<Vec<_>>()
                                .join(" · ")
                        },
                    );
                    println!("{pad}  {line}");
                }
            }
            _ => println!("{pad}{name}: {}", plain(field)),
        }
    }
}
