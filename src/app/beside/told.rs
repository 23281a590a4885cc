//! What is told of two hips beside each other, with the difference of each number. Plain data.

use super::Other;
use crate::{
    anatomy::{CupAngles, CupDefinition, Femur, Measurement, Unit},
    app::trial::PlannedHip,
    implants::Catalogue,
    motion::{Activity, Couple},
    pipeline::PipelineError,
    plan::{Plan, assessment::quantities},
    report::{Measure, of_implants},
    risk::HipRoom,
};

/// Numbers of an assessment that are compared, in this order.
pub(super) const COMPARED: [&str; 18] = [
    "leg_length_change",
    "leg_length_to_other_side",
    "global_offset_change",
    "global_offset_to_other_side",
    "femoral_offset_change",
    "acetabular_offset_change",
    "centre_shift_medial",
    "centre_shift_superior",
    "centre_shift_anterior",
    "cup_coverage",
    "cup_overhang_anterior",
    "cup_wall_medial",
    "stem_fill_frontal",
    "stem_version",
    "combined_anteversion",
    "stem_varus",
    "resection_over_lesser_trochanter",
    "resection_over_saddle",
];

/// One of the two.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Implants by their names, sizes among them.
    pub parts: Vec<Measure>,
    /// Angles of the cup, or of the native socket, in the anterior pelvic plane.
    pub angles: Option<CupAngles>,
    /// How far the stem's origin lies distal of the native head along the shaft, mm.
    pub stem_depth_mm: Option<f64>,
    /// Numbers of an assessment.
    pub numbers: Vec<Measurement>,
    /// What binds; `None` without implants.
    pub binding: Option<Binding>,
}

/// The activity that leaves the least room.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// Which.
    pub activity: Activity,
    /// How much it leaves, degrees; negative where something meets.
    pub margin_deg: f64,
    /// What has it.
    pub couple: Couple,
}

/// Two hips beside each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// What stands in the first column; the second is what is tried.
    pub other: Other,
    /// What is told of each.
    pub columns: [Column; 2],
    /// What binds is known as well.
    pub settled: bool,
}

impl Column {
    /// Of a plan of this hip, or of the hip as it was scanned.
    ///
    /// # Errors
    /// When no catalogue has its implants.
    pub fn of(hip: &PlannedHip, plan: Option<&Plan>) -> Result<Self, PipelineError> {
        let Some(plan) = plan else { return Ok(Self::native(hip)) };
        let catalogue = Catalogue::known_as(&plan.catalogue_sha256)?;
        let (anatomy, side) = (&hip.anatomy, hip.side());
        let distal = |femur: &Femur| {
            let axis = femur.shaft.direction.into_inner();
            if axis.dot(&femur.frame.superior()) > 0.0 { -axis } else { axis }
        };
        let depth = |(native, femur): (&crate::anatomy::Hip, &Femur)| {
            let stem = plan.stem.as_ref()?;
            Some((stem.pose.translation.vector - native.head.centre.coords).dot(&distal(femur)))
        };
        let native = anatomy.hip(side).and_then(|native| Some((native, native.femur.as_ref()?)));
        Ok(Self {
            parts: of_implants(plan, &catalogue),
            angles: Some(plan.cup.angles(&anatomy.pelvis.app, side)),
            stem_depth_mm: native.and_then(depth),
            numbers: hip.numbers(plan),
            binding: None,
        })
    }

    /// Against the scan nothing is changed; angles are those of the native socket and neck.
    fn native(hip: &PlannedHip) -> Self {
        let (anatomy, side) = (&hip.anatomy, hip.side());
        let native = anatomy.hip(side);
        let angles = native.map(|native| CupAngles::of_axis(&native.acetabulum.axis, &anatomy.pelvis.app, side));
        let version = native.and_then(|native| native.femur.as_ref()?.version_murphy_deg);
        let unchanged = |key: &str| key.ends_with("_change") || key.starts_with("centre_shift");
        let value = |key: &str| match key {
            "stem_version" => version,
            "combined_anteversion" => version.zip(angles).map(|(version, angles)| version + angles.anteversion_deg),
            key => unchanged(key).then_some(0.0),
        };
        let of = |key: &str| {
            let quantity = quantities().find(|quantity| quantity.key == key)?;
            Some(Measurement { quantity, side: Some(side), value: value(key)?, sd: 0.0 })
        };
        let numbers = COMPARED.into_iter().filter_map(of).collect();
        Self { parts: Vec::new(), angles, stem_depth_mm: None, numbers, binding: None }
    }

    fn number(&self, key: &str) -> Option<&Measurement> {
        self.numbers.iter().find(|number| number.quantity.key == key)
    }
}

impl Binding {
    /// Of a plan of this hip; `None` when there is nothing that moves.
    pub(super) fn of(hip: &PlannedHip, plan: &Plan, activities: &[Activity]) -> Result<Option<Self>, PipelineError> {
        let catalogue = Catalogue::known_as(&plan.catalogue_sha256)?;
        let Some(room) = HipRoom::of_plan(plan, &catalogue, &hip.anatomy, &hip.bones)? else { return Ok(None) };
        let binding = room.binding(activities)?;
        Ok(binding.map(|(index, margin_deg, couple)| Self { activity: activities[index].clone(), margin_deg, couple }))
    }
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowName {
    /// A key of the language files, with its definition behind `-definition`.
    Text(&'static str),
    /// A quantity, by its key.
    Quantity(&'static str),
    /// Inclination (or anteversion) of the cup in a definition.
    Angle(bool, CupDefinition),
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is about.
    pub name: RowName,
    /// With their units; `None` where there is none.
    pub values: [Option<String>; 2],
    /// The second less the first, with its sign and unit; `None` of what has no difference.
    pub difference: Option<String>,
}

impl Row {
    /// True when both have the same value.
    #[must_use]
    pub fn same(&self) -> bool {
        self.values[0] == self.values[1]
    }

    fn numbers(name: RowName, unit: Unit, values: [Option<f64>; 2]) -> Option<Self> {
        let difference = values[0].zip(values[1]).map(|(before, after)| told(unit, after - before, true));
        let values = values.map(|value| value.map(|value| told(unit, value, false)));
        values.iter().any(Option::is_some).then_some(Self { name, values, difference })
    }
}

impl Compared {
    /// The lines of the table, without what binds.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let columns = &self.columns;
        let mut keys: Vec<&'static str> = Vec::new();
        for part in columns.iter().flat_map(|column| &column.parts) {
            if !keys.contains(&part.key) {
                keys.push(part.key);
            }
        }
        let part = |key| {
            let value = |column: &Column| column.parts.iter().find(|part| part.key == key).map(|part| part.value.clone());
            Row { name: RowName::Text(key), values: columns.each_ref().map(value), difference: None }
        };
        let angle = |(inclination, definition): (bool, CupDefinition)| {
            let of = |angles: CupAngles| {
                let (first, second) = angles.as_given(definition);
                if inclination { first } else { second }
            };
            let values = columns.each_ref().map(|column| column.angles.map(of));
            Row::numbers(RowName::Angle(inclination, definition), Unit::Degrees, values)
        };
        let angles = [true, false].into_iter().flat_map(|which| CupDefinition::ALL.map(|definition| (which, definition)));
        let depth = || {
            let values = columns.each_ref().map(|column| column.stem_depth_mm);
            Row::numbers(RowName::Text("beside-stem-depth"), Unit::Millimetres, values)
        };
        let number = |key: &'static str| {
            let found = columns.each_ref().map(|column| column.number(key));
            let unit = found.iter().flatten().next()?.quantity.unit;
            Row::numbers(RowName::Quantity(key), unit, found.map(|number| Some(number?.value)))
        };
        let mut rows: Vec<Row> = keys.into_iter().map(part).collect();
        rows.extend(angles.filter_map(angle));
        rows.extend(depth());
        rows.extend(COMPARED.into_iter().filter_map(number));
        rows
    }
}

/// A number with its unit; a difference with its sign, rounded first so that none is "-0.0".
pub(in crate::app) fn told(unit: Unit, value: f64, signed: bool) -> String {
    let (decimals, sign) = match unit {
        Unit::Millimetres => (1, " mm"),
        Unit::Degrees => (1, "°"),
        Unit::Percent => (0, " %"),
        Unit::Ratio => (2, ""),
        Unit::Hounsfield => (0, " HU"),
        Unit::Millilitres => (1, " ml"),
        Unit::Hours => (1, " h"),
    };
    let scale = 10_f64.powi(decimals as i32);
    let value = (value * scale).round() / scale + 0.0;
    if signed { format!("{value:+.decimals$}{sign}") } else { format!("{value:.decimals$}{sign}") }
}
