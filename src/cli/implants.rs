//! `coxa implants`: what a catalogue holds.

use super::Outcome;
use crate::{
    files::{refuse_used_folder, whole_folder},
    implants::{Catalogue, Cup, Head, Stem, oscillation_angle_deg},
    report::catalogue_sheets,
};
use serde_json::{Value, json};
use std::{error::Error, fs, path::PathBuf};

/// Arguments of `coxa implants`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
    /// The catalogue; without it the one that ships with Coxa.
    #[arg(long, global = true)]
    catalogue: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Every implant with its main dimensions.
    List,
    /// One implant with everything that follows from its dimensions.
    Show {
        /// Its id.
        id: String,
    },
    /// Whether a catalogue can be used; if not, everything that is wrong with it.
    Check {
        /// The catalogue (RON).
        file: PathBuf,
    },
    /// Drawings of all families in true size (SVG).
    Sheets {
        /// A new or empty folder for them.
        #[arg(long)]
        out: PathBuf,
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
        Action::List => list(&catalogue),
        Action::Show { id } => show(&catalogue, &id).ok_or_else(|| unknown(&catalogue, &id))?,
        Action::Check { .. } => json!({
            "usable": true,
            "cups": catalogue.cups.len(),
            "heads": catalogue.heads.len(),
            "stems": catalogue.stems.len(),
        }),
        Action::Sheets { out } => {
            refuse_used_folder(&out)?;
            let sheets = catalogue_sheets(&catalogue);
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
    let ids: Vec<&str> = catalogue.ids().collect();
    format!("the catalogue {} has no '{id}'; it has {}", catalogue.title(), ids.join(", "))
}

fn list(catalogue: &Catalogue) -> Value {
    let cup = |c: &Cup| json!({ "id": c.id, "outer_diameter_mm": c.outer_diameter_mm, "head_diameter_mm": c.head_diameter_mm });
    let head = |h: &Head| json!({ "id": h.id, "diameter_mm": h.diameter_mm, "offset_mm": h.offset_mm });
    let stem = |s: &Stem| json!({ "id": s.id, "size": s.size, "neck_shaft_angle_deg": s.neck_shaft_angle_deg, "length_below_neck_mm": s.tip_mm() });
    json!({
        "cups": catalogue.cups.iter().map(cup).collect::<Vec<_>>(),
        "heads": catalogue.heads.iter().map(head).collect::<Vec<_>>(),
        "stems": catalogue.stems.iter().map(stem).collect::<Vec<_>>(),
    })
}

/// An entry with its dimensions as they stand in the file, and what follows from them.
fn show(catalogue: &Catalogue, id: &str) -> Option<Value> {
    if let Some(cup) = catalogue.cup(id) {
        let heads: Vec<&str> = catalogue.heads_for(cup).map(|head| head.id.as_str()).collect();
        let stem = catalogue.stems.first();
        let first = catalogue.heads_for(cup).next().zip(stem);
        return Some(json!({
            "cup": cup,
            "polyethylene_mm": cup.polyethylene_mm(),
            "heads": heads,
            "oscillation_angle_deg": first.map(|(head, stem)| oscillation_angle_deg(cup, head, stem)),
            "oscillation_angle_with": first.map(|(head, stem)| format!("{}, {}", head.id, stem.id)),
        }));
    }
    if let Some(head) = catalogue.head(id) {
        let cups: Vec<&str> = catalogue
            .cups
            .iter()
            .filter(|cup| catalogue.heads_for(cup).any(|other| other.id == id))
            .map(|cup| cup.id.as_str())
            .collect();
        return Some(json!({ "head": head, "cups": cups }));
    }
    let stem = catalogue.stem(id)?;
    let with = |head: &Head| {
        let centre = stem.head_centre(head);
        json!({ "head": head.id, "offset_mm": stem.offset_mm(head), "height_above_origin_mm": centre.y })
    };
    let offsets = catalogue.heads.iter().map(with).collect::<Vec<_>>();
    Some(json!({ "stem": stem, "with_heads": offsets }))
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
