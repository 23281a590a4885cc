//! What the commands about a planned hip's motion share: which plan, which activities, how the pelvis stands.

use crate::{
    anatomy::Anatomy,
    frames::Side,
    i18n::{Language, Texts},
    implants::Catalogue,
    motion::{
        Activity, MotionError, NeckInLiner, PelvicPosture, RomCase, Spinopelvic,
        activity::{Name, read_recording},
        combined_sagittal_index_deg, sagittal_index_zone_deg,
    },
    plan::{Plan, storage::CaseFolder},
    risk::{HeadChoice, HipRoom, LongerHead, Preset, SpreadSettings, Variant, head_choices, longer_heads},
};
use serde_json::{Value, json};
use std::{error::Error, path::PathBuf};

/// Which plan, which activities, how the pelvis stands.
#[derive(clap::Args)]
pub struct Options {
    /// Number of the plan; without it the newest.
    #[arg(long, requires = "case")]
    plan: Option<u32>,
    /// Activities by id or group (passive, component, daily, floor, clinical, all), commas between them; `coxa rom --list` names them.
    #[arg(long, value_delimiter = ',', default_value = "daily")]
    activities: Vec<String>,
    /// Further activities: a file in the form of those in assets/activities, or a folder of such files.
    #[arg(long, value_name = "PATH")]
    more: Vec<PathBuf>,
    /// A recorded motion of the planned side: OpenSim's .mot, or .csv (flexion_deg, adduction_deg, internal_rotation_deg).
    #[arg(long, value_name = "FILE", requires = "case")]
    recording: Option<PathBuf>,
    /// How the person of the recording was.
    #[arg(long, value_enum, default_value_t = How::Standing)]
    recorded: How,
    #[command(flatten)]
    spine: Spine,
    /// Way of operating whose scatter is reckoned with: freehand, guide, navigated, robot.
    #[arg(long, default_value = "freehand")]
    preset: String,
    /// Scatter of placement and measurement, instead of the settings that ship with Coxa.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The catalogue, when it is not the one that ships with Coxa.
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// Language of the text: en or zh.
    #[arg(long, default_value = "en")]
    pub language: Language,
}

/// How the pelvis stands, degrees; tilts are those of the anterior pelvic plane, posterior positive (`coxa measure` prints them).
#[derive(clap::Args)]
struct Spine {
    /// Tilt of the anterior pelvic plane when standing, posterior positive.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    standing_tilt: Option<f64>,
    /// The same when sitting.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    sitting_tilt: Option<f64>,
    /// Sacral slope when standing, where the tilts are not known: only its change to sitting counts.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, requires = "sitting_ss", conflicts_with = "sitting_tilt")]
    standing_ss: Option<f64>,
    /// Sacral slope when sitting.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, requires = "standing_ss")]
    sitting_ss: Option<f64>,
    /// Pelvic-femoral angle when standing (180° or so), for the combined sagittal index; needs the tilt standing.
    #[arg(long, value_name = "DEG", requires = "standing_tilt")]
    standing_pfa: Option<f64>,
    /// Pelvic-femoral angle when sitting (132° or so), for the combined sagittal index; needs the tilt sitting.
    #[arg(long, value_name = "DEG", requires = "sitting_tilt")]
    sitting_pfa: Option<f64>,
    /// Pelvic incidence less lumbar lordosis.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    pi_ll: Option<f64>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum How {
    /// Lying.
    Supine,
    /// Upright.
    Standing,
    /// On a chair or the floor.
    Sitting,
}

/// A planned hip with what is asked of it.
pub struct Hip {
    pub folder: CaseFolder,
    pub plan: Plan,
    pub catalogue: Catalogue,
    pub anatomy: Anatomy,
    /// Neck and liner as they are, in the frame of the anterior pelvic plane.
    pub joint: NeckInLiner,
    /// The shell, the neck, and the oscillation angle that is free all round.
    pub case: RomCase,
    /// As this patient's spine makes them.
    pub activities: Vec<Activity>,
    pub spinopelvic: Spinopelvic,
    /// Pelvic-femoral angles that were given.
    pelvic_femoral_deg: Vec<(PelvicPosture, f64)>,
    pub settings: SpreadSettings,
    pub preset: Preset,
}

impl Options {
    /// All activities that ship with Coxa or were named.
    pub fn all_activities(&self) -> Result<Vec<Activity>, Box<dyn Error>> {
        Ok(Activity::shipped_with(&self.more)?)
    }

    /// Those that are asked for, as they are written.
    pub fn asked_activities(&self) -> Result<Vec<Activity>, Box<dyn Error>> {
        Ok(Activity::named(&self.all_activities()?, &self.activities)?)
    }

    /// Reads the plan of a case and all that is asked of it.
    pub fn hip(&self, case: &std::path::Path) -> Result<Hip, Box<dyn Error>> {
        self.hip_doing(case, &self.activities)
    }

    /// The same with activities that are named elsewhere.
    pub fn hip_doing(&self, case: &std::path::Path, activities: &[String]) -> Result<Hip, Box<dyn Error>> {
        let folder = CaseFolder::open(case)?;
        super::warn_if_stale(&folder)?;
        let number = self.plan.or(folder.plan_numbers()?.last().copied());
        let shown = case.display();
        let number = number.ok_or_else(|| format!("{shown}: the case has no plan; `coxa plan {shown}` makes one"))?;
        let plan = folder.read_plan(number)?;
        let catalogue = super::catalogue_of(&plan, self.catalogue.as_deref())?;
        let anatomy = folder.read_anatomy()?;
        let joint = NeckInLiner::of_plan(&plan, &catalogue, &anatomy)?;
        let joint = joint.ok_or_else(|| format!("plan {number} has no stem, so that nothing can move in it"))?;
        let spinopelvic = Spinopelvic {
            supine_tilt_deg: Some(anatomy.pelvis.tilt_deg),
            standing_tilt_deg: self.spine.standing_tilt,
            sitting_tilt_deg: self.spine.sitting_tilt,
            slope_change_deg: self.spine.standing_ss.zip(self.spine.sitting_ss).map(|(standing, sitting)| standing - sitting),
            incidence_less_lordosis_deg: self.spine.pi_ll,
        };
        if let Some(problem) = spinopelvic.problem() {
            return Err(problem.into());
        }
        let given = [(PelvicPosture::Standing, self.spine.standing_pfa), (PelvicPosture::Sitting, self.spine.sitting_pfa)];
        let pelvic_femoral_deg = given.into_iter().filter_map(|(posture, angle)| Some((posture, angle?))).collect::<Vec<_>>();
        if let Some((posture, angle)) = pelvic_femoral_deg.iter().find(|(_, angle)| !(0.0..=240.0).contains(angle)) {
            return Err(format!("{}: {angle}° is no pelvic-femoral angle, expected 0 to 240", posture.name()).into());
        }
        let mut activities = Activity::named(&self.all_activities()?, activities)?;
        activities.extend(self.recorded(plan.side)?);
        let settings = self.settings.as_deref().map_or_else(SpreadSettings::shipped, SpreadSettings::load)?;
        let preset = settings.preset(&self.preset)?.clone();
        Ok(Hip {
            case: RomCase::new(joint.cup, joint.neck, joint.range.oscillation_deg())?,
            joint,
            activities: activities.iter().map(|activity| spinopelvic.adapted(activity)).collect(),
            folder,
            plan,
            catalogue,
            anatomy,
            spinopelvic,
            pelvic_femoral_deg,
            settings,
            preset,
        })
    }

    fn recorded(&self, side: Side) -> Result<Option<Activity>, Box<dyn Error>> {
        let posture = match self.recorded {
            How::Supine => PelvicPosture::Supine,
            How::Standing => PelvicPosture::Standing,
            How::Sitting => PelvicPosture::Sitting,
        };
        let [en, zh] = Language::ALL.map(|language| Texts::new(language).get("activity-recorded"));
        let read = |path: &PathBuf| read_recording(path, side, posture, Name { en, zh });
        Ok(self.recording.as_ref().map(read).transpose()?)
    }
}

impl Hip {
    /// Heads that allow more motion than the planned one.
    pub fn heads(&self) -> Result<Vec<HeadChoice>, Box<dyn Error>> {
        Ok(head_choices(&self.plan, &self.catalogue, &self.anatomy)?)
    }

    /// Longer heads of the same bearing.
    pub fn longer_heads(&self) -> Result<Vec<LongerHead>, Box<dyn Error>> {
        Ok(longer_heads(&self.plan, &self.catalogue)?)
    }

    /// The hip on its bones, with other parts if they are named.
    pub fn room(&self, variant: &Variant) -> Result<HipRoom, Box<dyn Error>> {
        let plan = variant.plan(&self.plan, &self.catalogue)?;
        let room = HipRoom::of_plan(&plan, &self.catalogue, &self.anatomy, &self.folder.read_bones()?)?;
        Ok(room.ok_or_else(|| MotionError::Demand("the plan has no stem to move".into()))?)
    }

    /// The combined sagittal index where its angles are known, with its zone.
    fn sagittal_indices(&self) -> Vec<(PelvicPosture, f64, (f64, f64))> {
        let index = |&(posture, angle): &(PelvicPosture, f64)| {
            let cup = self.spinopelvic.functional_cup(&self.case.cup, posture)?;
            Some((posture, combined_sagittal_index_deg(&cup, angle), sagittal_index_zone_deg(posture)?))
        };
        self.pelvic_femoral_deg.iter().filter_map(index).collect()
    }

    /// What every document about the hip begins with.
    pub fn head(&self) -> Value {
        let RomCase { cup, neck, oscillation_deg } = &self.case;
        let functional = [PelvicPosture::Supine, PelvicPosture::Standing, PelvicPosture::Sitting].map(|posture| {
            let cup = self.spinopelvic.functional_cup(cup, posture);
            let of = |cup: crate::anatomy::CupAngles| {
                json!({ "inclination_deg": cup.inclination_deg, "anteversion_deg": cup.anteversion_deg })
            };
            (posture.name().to_owned(), cup.map_or(Value::Null, of))
        });
        let indices = self.sagittal_indices().into_iter().map(|(posture, index, zone)| {
            (posture.name().to_owned(), json!({ "deg": index, "zone_deg": zone, "zone_source": "from memory, to be verified" }))
        });
        json!({
            "plan": self.plan.number,
            "side": self.plan.side.to_string(),
            "catalogue": self.catalogue.title(),
            "cup_radiographic_inclination_deg": cup.inclination_deg,
            "cup_radiographic_anteversion_deg": cup.anteversion_deg,
            "cup_frame": "anterior pelvic plane",
            "functional_cup": functional.into_iter().collect::<serde_json::Map<_, _>>(),
            "neck_elevation_deg": neck.elevation_deg,
            "neck_anteversion_deg": neck.anteversion_deg,
            "oscillation_angle_deg": oscillation_deg,
            "rim_same_all_round": self.joint.range.is_same_all_round(),
            "spinopelvic": self.spinopelvic,
            "spinopelvic_mobility": self.spinopelvic.mobility().map(crate::motion::Mobility::name),
            "spinopelvic_unbalanced": self.spinopelvic.unbalanced(),
            "combined_sagittal_index": indices.collect::<serde_json::Map<_, _>>(),
            "joint_angles": crate::motion::JOINT_ORDER,
            "disclaimer": crate::DISCLAIMER,
        })
    }

    /// The same as lines of text.
    pub fn lines(&self, texts: &Texts) -> Vec<String> {
        let RomCase { cup, neck, oscillation_deg } = &self.case;
        let number = |value: f64| format!("{value:.1}");
        let cup_line = |key: &str, cup: &crate::anatomy::CupAngles| {
            texts.with(key, &[("inclination", &number(cup.inclination_deg)), ("anteversion", &number(cup.anteversion_deg))])
        };
        let plan = [("number", self.plan.number.to_string()), ("side", texts.side(self.plan.side))];
        let mut lines = vec![
            texts.with("activity-plan", &plan.each_ref().map(|(name, value)| (*name, value.as_str()))),
            cup_line("activity-cup-app", cup),
        ];
        for posture in [PelvicPosture::Supine, PelvicPosture::Standing, PelvicPosture::Sitting] {
            if let Some(cup) = self.spinopelvic.functional_cup(cup, posture) {
                lines.push(cup_line(&format!("activity-cup-{}", posture.name()), &cup));
            }
        }
        let neck = [number(neck.elevation_deg), number(neck.anteversion_deg), number(*oscillation_deg)];
        lines.push(texts.with("activity-neck", &[("elevation", &neck[0]), ("version", &neck[1]), ("theta", &neck[2])]));
        if !self.joint.range.is_same_all_round() {
            lines.push(texts.get("zone-lip"));
        }
        if let Some((mobility, change)) = self.spinopelvic.mobility().zip(self.spinopelvic.roll_back_deg()) {
            let key = format!("spine-{}", mobility.name());
            lines.push(texts.with(&key, &[("change", &number(change))]));
        }
        for (posture, index, (from, to)) in self.sagittal_indices() {
            let values = [number(index), from.to_string(), to.to_string()];
            let key = format!("spine-index-{}", posture.name());
            lines.push(texts.with(&key, &[("index", &values[0]), ("from", &values[1]), ("to", &values[2])]));
        }
        if self.spinopelvic.unbalanced() == Some(true) {
            lines.push(texts.get("spine-unbalanced"));
        }
        lines
    }
}
