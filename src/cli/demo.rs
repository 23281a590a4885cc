//! `coxa` without a command: the demonstration case.

use super::{Bar, Outcome, plan};
use crate::{
    frames::Side,
    pipeline::{PlanRequest, plan_case},
    plan::PlanSettings,
    progress::Progress,
};
use std::{
    error::Error,
    path::{Path, PathBuf},
};

/// The anatomy that is shown. Another number is another patient.
const SEED: u64 = 2026;
/// Raised when a change of the phantom, the network or a stage makes the cached phantom or its cached plan stale.
const CACHE_VERSION: u32 = 4;
/// Where the case is planned without a display.
const OUT: &str = "out/demo";

/// Opens the demonstration case in the window; without a display, plans it into `out/demo`.
pub fn run() -> Outcome {
    #[cfg(feature = "app")]
    if crate::app::display_available() {
        let options = crate::app::ViewOptions { tour: true, ..Default::default() };
        return Ok(crate::app::open_after(
            |progress| {
                let case = cache()?.join("case");
                if !case.join("case.ron").is_file() {
                    plan_demo(&case, progress, &mut |_| {}).map_err(|error| error.to_string())?;
                }
                Ok(case)
            },
            options,
        )?);
    }
    println!("No display was found: the demonstration case is planned into {OUT}/ instead of being opened.");
    let bar = Bar::new();
    let planned = plan_demo(Path::new(OUT), &bar, &mut |time| bar.above(|| println!("{}", plan::line(time))))?;
    plan::print_text(&planned);
    Ok(())
}

/// The folder that keeps the demonstration CT between runs.
fn cache() -> Result<PathBuf, String> {
    let base = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .ok_or("neither XDG_CACHE_HOME nor HOME is set, so there is no place for the demonstration CT")?;
    Ok(base.join("coxa").join(format!("demo-{SEED}-v{CACHE_VERSION}")))
}

fn plan_demo(
    case: &Path,
    progress: &dyn Progress,
    told: &mut dyn FnMut(&crate::pipeline::StageTime),
) -> Result<crate::pipeline::PlannedCase, Box<dyn Error>> {
    let phantom = cache()?.join("phantom");
    if !phantom.is_dir() {
        progress.report("drawing the demonstration patient", 0.0);
        super::phantom::write(&super::phantom::Arguments::demonstration(SEED, phantom.clone()))?;
    }
    let request = PlanRequest {
        source: phantom.join("dicom"),
        series: None,
        side: Side::Right,
        case: case.into(),
        labels: None,
        settings: PlanSettings::shipped()?,
        accept_doubtful: false,
        #[cfg(feature = "neural")]
        device: crate::device::DeviceChoice::Auto,
    };
    Ok(plan_case(&request, progress, told)?)
}
