//! A run's state on disk, in one file that is written whole or not at all: a kill loses at most the steps since the last one.

use super::{
    cpu::values_of,
    train::{CurvePoint, Run, TrainError, TrainOptions, optimizer},
    unet::{UNet, UNetShape},
};
use crate::files;
use burn::{
    module::Module,
    store::ModuleRecord,
    tensor::{Bytes, Device},
};
use serde::{Deserialize, Serialize};
use std::{io::Write, path::PathBuf};

/// Head of the file; the records of network and optimizer follow it.
#[derive(Serialize, Deserialize)]
pub(super) struct Checkpoint {
    pub(super) seed: u64,
    pub(super) shape: UNetShape,
    step: usize,
    minutes: f64,
    curve: Vec<CurvePoint>,
}

fn path(options: &TrainOptions) -> PathBuf {
    options.out.join(format!("{}.checkpoint", options.name))
}

/// Four parts, each after its length: head (RON), network, its average and optimizer (burn records).
pub(super) fn save(options: &TrainOptions, run: &Run) -> Result<(), TrainError> {
    let path = path(options);
    let refuse = |reason: String| TrainError::Checkpoint { path: path.clone(), reason };
    let head = Checkpoint {
        seed: options.seed,
        shape: options.shape.clone(),
        step: run.step,
        minutes: run.minutes,
        curve: run.curve.clone(),
    };
    let head = ron::to_string(&head).map_err(|e| refuse(e.to_string()))?;
    let bytes_of = |network: UNet| network.into_record().into_bytes().map_err(|e| refuse(e.to_string()));
    let (network, average) = (bytes_of(run.network.clone())?, bytes_of(run.averaged())?);
    let optimizer = run.optimizer.into_bytes().map_err(|e| refuse(e.to_string()))?;
    files::write_atomically(&path, |w| {
        for part in [head.as_bytes(), &network, &average, &optimizer] {
            w.write_all(&(part.len() as u64).to_le_bytes())?;
            w.write_all(part)?;
        }
        Ok(())
    })
    .map_err(|source| TrainError::Io { path: path.clone(), source })
}

pub(super) fn load(options: &TrainOptions, device: &Device) -> Result<Run, TrainError> {
    let path = path(options);
    let bytes = std::fs::read(&path).map_err(|source| TrainError::Io { path: path.clone(), source })?;
    let refuse = |reason: String| TrainError::Checkpoint { path: path.clone(), reason };
    let mut rest = bytes.as_slice();
    let mut part = || -> Option<&[u8]> {
        let (length, after) = rest.split_first_chunk::<8>()?;
        let (part, after) = after.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        rest = after;
        Some(part)
    };
    let [Some(head), Some(network), Some(average), Some(moments)] = [part(), part(), part(), part()] else {
        return Err(refuse("the file ends too early".into()));
    };
    let head: Checkpoint = ron::de::from_bytes(head).map_err(|e| refuse(format!("its head is not understood: {e}")))?;
    if !head.fits(options) {
        return Err(refuse("it was begun with another seed or another network; leave --resume out to begin anew".into()));
    }
    let network_of = |bytes: &[u8]| {
        let record = ModuleRecord::from_bytes(Bytes::from_bytes_vec(bytes.to_vec())).map_err(|e| refuse(e.to_string()))?;
        Ok::<_, TrainError>(UNet::blank(&options.shape, device).load_record(record))
    };
    let (network, average) = (network_of(network)?, values_of(&network_of(average)?));
    let optimizer = optimizer().from_bytes(Bytes::from_bytes_vec(moments.to_vec())).map_err(|e| refuse(e.to_string()))?;
    Ok(Run { network, average, optimizer, step: head.step, minutes: head.minutes, curve: head.curve })
}
