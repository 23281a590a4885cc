//! Which slices belong together, and which stack is meant.

use super::{
    error::{ImportError, Listed},
    header::{Header, Slice},
    uid,
};
use crate::dicom::SliceError;
use std::collections::{BTreeMap, BTreeSet};

/// Fewer slices do not make a volume.
pub(super) const LEAST_SLICES: usize = 3;
/// Body parts that cannot show a hip.
const NOT_HIP: [&str; 12] =
    ["HEAD", "BRAIN", "SKULL", "NECK", "FACE", "ORBIT", "SINUS", "JAW", "CSPINE", "HAND", "WRIST", "ELBOW"];

/// Slices of one series with one geometry.
pub(super) struct Stack {
    pub series_uid: String,
    pub slices: Vec<Slice>,
    /// The first file of the series that cannot be used; choosing the stack means this error.
    broken: Option<(String, SliceError)>,
}

/// The stacks found, and what was left out.
pub(super) struct Found {
    pub stacks: Vec<Stack>,
    pub notes: Vec<String>,
}

/// Sorts files into stacks.
pub(super) fn stacks(folder: &str, headers: Vec<(String, Header)>) -> Result<Found, ImportError> {
    let mut notes = Vec::new();
    let mut others = BTreeMap::<String, (usize, String)>::new();
    let mut series = BTreeMap::<String, Vec<(String, Result<Slice, SliceError>)>>::new();
    let mut localizers = 0;
    for (file, header) in headers {
        match header.slice {
            Some(_) if header.localizer => localizers += 1,
            Some(slice) => series.entry(header.series_uid).or_default().push((file, slice)),
            None => others.entry(header.modality).or_insert((0, file)).0 += 1,
        }
    }
    let other_text = others.iter().map(|(modality, (count, _))| format!("{} of modality {modality}", plural(*count, "image")));
    let other_text = other_text.collect::<Vec<_>>().join(", ");
    if series.is_empty() {
        return Err(match others.into_iter().next() {
            Some((modality, (_, file))) => ImportError::NotCt { found: other_text, file, example: modality },
            None => {
                ImportError::NotCt { found: plural(localizers, "localizer"), file: folder.into(), example: "a scout view".into() }
            }
        });
    }
    if localizers > 0 {
        notes.push(format!("{} left out", plural(localizers, "localizer image")));
    }
    if !other_text.is_empty() {
        notes.push(format!("left out, not CT images: {other_text}"));
    }
    let stacks = series.into_iter().flat_map(|(uid, slices)| of_series(&uid, slices, &mut notes)).collect();
    Ok(Found { stacks, notes })
}

/// The stacks of one series: usually one.
fn of_series(uid: &str, files: Vec<(String, Result<Slice, SliceError>)>, notes: &mut Vec<String>) -> Vec<Stack> {
    let mut stacks = Vec::<Stack>::new();
    let mut broken = None;
    for (file, slice) in files {
        match slice {
            Ok(slice) => match stacks.iter_mut().find(|stack| same_geometry(&stack.slices[0], &slice)) {
                Some(stack) => stack.slices.push(slice),
                None => stacks.push(Stack { series_uid: uid.into(), slices: vec![slice], broken: None }),
            },
            Err(error) => broken = broken.or(Some((file, error))),
        }
    }
    if stacks.iter().any(|stack| stack.slices.len() >= LEAST_SLICES) {
        stacks.retain(|stack| {
            let keep = stack.slices.len() >= LEAST_SLICES;
            if !keep {
                let Slice { file, rows, columns, .. } = &stack.slices[0];
                let count = plural(stack.slices.len(), "image");
                notes.push(format!("{count} of another geometry left out ('{file}', {rows} × {columns})"));
            }
            keep
        });
    }
    match stacks.first_mut() {
        Some(stack) => stack.broken = broken,
        None => stacks.push(Stack { series_uid: uid.into(), slices: Vec::new(), broken }),
    }
    stacks
}

fn same_geometry(a: &Slice, b: &Slice) -> bool {
    let close = |x: f64, y: f64| (x - y).abs() <= 1e-3 * x.abs();
    (a.rows, a.columns) == (b.rows, b.columns)
        && a.frame_of_reference == b.frame_of_reference
        && close(a.spacing[0], b.spacing[0])
        && close(a.spacing[1], b.spacing[1])
        && (0..2).all(|axis| (a.axes[axis] - b.axes[axis]).norm() < 1e-3)
}

/// Picks the stack that is meant: the only one, or the one called by number, by (the beginning of) its SeriesInstanceUID or by the
/// hash that the list shows.
pub(super) fn choose(mut stacks: Vec<Stack>, wanted: Option<&str>) -> Result<Stack, ImportError> {
    let list = list(&stacks);
    let chosen = |listed: &Listed, uid: &str, wanted: &str| match wanted.parse::<usize>() {
        Ok(number) if wanted.len() <= 4 => number == listed.number,
        _ => !wanted.is_empty() && (uid.starts_with(wanted) || listed.short == wanted),
    };
    let matches = stacks
        .iter()
        .zip(&list)
        .enumerate()
        .filter(|(_, (stack, listed))| wanted.is_none_or(|wanted| chosen(listed, &stack.series_uid, wanted)))
        .map(|(index, _)| index)
        .collect::<Vec<_>>();
    match (matches.as_slice(), wanted) {
        ([only], _) => {
            one_patient_and_frame(&stacks, &stacks[*only].series_uid)?;
            let stack = stacks.swap_remove(*only);
            match stack.broken {
                Some((file, problem)) => Err(ImportError::Slice { file, problem }),
                None => Ok(stack),
            }
        }
        ([], Some(wanted)) => Err(ImportError::NoSuchSeries { wanted: wanted.chars().take(64).collect(), series: list }),
        (several, _) => {
            // One series that falls apart only because of its frames or patients is told so.
            let uids = several.iter().map(|&index| &stacks[index].series_uid).collect::<BTreeSet<_>>();
            if let (1, Some(uid)) = (uids.len(), uids.first()) {
                one_patient_and_frame(&stacks, uid)?;
            }
            Err(ImportError::SeveralSeries(several.iter().map(|&index| list[index].clone()).collect()))
        }
    }
}

fn one_patient_and_frame(stacks: &[Stack], uid: &str) -> Result<(), ImportError> {
    let slices = || stacks.iter().filter(|stack| stack.series_uid == uid).flat_map(|stack| &stack.slices);
    let Some(first) = slices().next() else { return Ok(()) };
    if let Some(other) = slices().find(|slice| slice.patient != first.patient) {
        let patients = slices().map(|slice| &slice.patient).collect::<BTreeSet<_>>().len();
        return Err(ImportError::SeveralPatients { patients, first: first.file.clone(), other: other.file.clone() });
    }
    if let Some(other) = slices().find(|slice| slice.frame_of_reference != first.frame_of_reference) {
        let frames = slices().map(|slice| &slice.frame_of_reference).collect::<BTreeSet<_>>().len();
        return Err(ImportError::SeveralFrames { frames, first: first.file.clone(), other: other.file.clone() });
    }
    Ok(())
}

/// Refuses scans of a body part that cannot show a hip. Absent or other body parts pass: scanners often leave the protocol's.
pub(super) fn check_body_part(stack: &Stack) -> Result<(), ImportError> {
    let parts = stack.slices.iter().flat_map(|slice| &slice.body_parts);
    match parts.into_iter().find(|part| NOT_HIP.iter().any(|wrong| part.to_uppercase().contains(wrong))) {
        Some(found) => Err(ImportError::WrongBodyPart { found: found.clone() }),
        None => Ok(()),
    }
}

fn list(stacks: &[Stack]) -> Vec<Listed> {
    let listed = |(index, stack): (usize, &Stack)| Listed {
        number: index + 1,
        short: uid::short(&stack.series_uid),
        text: describe(stack),
    };
    stacks.iter().enumerate().map(listed).collect()
}

/// A stack in words, without the patient's identity: descriptions typed by people are left out, they may hold it.
pub(super) fn describe(stack: &Stack) -> String {
    let Some(Slice { rows, columns, spacing, kernel, .. }) = stack.slices.first() else {
        return "CT, no usable slice".into();
    };
    let kernel = if kernel.is_empty() { String::new() } else { format!(", kernel {kernel}") };
    let [across, down] = spacing;
    format!("CT, {}, {columns} × {rows} pixels of {across:.3} × {down:.3} mm{kernel}", plural(stack.slices.len(), "slice"))
}

/// `1 image`, `2 images`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
