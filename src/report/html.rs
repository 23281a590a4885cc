//! The report as one self-contained HTML file: no script, no link to anything outside.

use super::{
    assessed::{NumberLine, hour_row, level_row, number_tables, screw_row, zone_row},
    contact_plot::contact_plot,
    cup_plot::cup_plot,
    deformity::side_by_side,
    measures::{Measure, of_anatomy, of_implants},
    pictures::{PictureSource, three_views},
    rom_plot::rom_plot,
    standing::{answered, state},
    why::{WhyLine, judged_by, runners_up},
};
use crate::{
    anatomy::{Anatomy, Finding},
    frames::Side,
    i18n::{Language, Texts},
    implants::Catalogue,
    motion::RomTable,
    plan::{Plan, assessment::Assessment},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{AutoEscape, Environment, Value, context};
use std::io;

/// Everything a report is made of.
pub struct Report<'a> {
    /// The case's pseudonym; a patient's name never comes here.
    pub pseudonym: &'a str,
    /// Where the case comes from: pairs of a key of the language files and a value.
    pub provenance: &'a [(&'static str, String)],
    /// The measured anatomy.
    pub anatomy: &'a Anatomy,
    /// The plan.
    pub plan: &'a Plan,
    /// The catalogue that the plan was made with.
    pub catalogue: &'a Catalogue,
    /// What can be told of the plan in these bones.
    pub assessment: &'a Assessment,
    /// Range of motion, when there is a femur to move.
    pub rom: Option<&'a RomTable>,
    /// Bones and implants to draw.
    pub bodies: &'a [PictureSource<'a>],
}

/// A report that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The template is broken.
    #[error("the report's template could not be filled in: {0}")]
    Template(#[from] minijinja::Error),
    /// A picture could not be encoded.
    #[error("a picture of the report could not be made: {0}")]
    Picture(#[from] io::Error),
}

impl Report<'_> {
    /// The report in one language.
    ///
    /// # Errors
    /// [`ReportError`] when the template or a picture fails.
    pub fn html(&self, language: Language) -> Result<String, ReportError> {
        let texts = Texts::new(language);
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_template("report", include_str!("../../assets/report/report.html"))?;
        let say = Texts::new(language);
        environment.add_function("t", move |key: &str| say.get(key));
        let views: Vec<_> = three_views(self.bodies, self.anatomy, self.plan.side)
            .into_iter()
            .map(|(key, view, picture)| {
                let [left, right, top, bottom] = view.letters().map(String::from);
                let png = STANDARD.encode(picture.png()?);
                Ok(context! { view => texts.get(key), png, left, right, top, bottom })
            })
            .collect::<Result<_, io::Error>>()?;
        let side = if self.plan.side == Side::Left { "side-badge-left" } else { "side-badge-right" };
        let provenance: Vec<_> = self.provenance.iter().map(|(key, value)| vec![texts.get(key), value.clone()]).collect();
        let page = context! {
            language => match language { Language::English => "en", Language::Chinese => "zh-CN" },
            pseudonym => self.pseudonym,
            side => texts.get(side),
            provenance,
            anatomy => named(&of_anatomy(self.anatomy, self.plan.side), &texts),
            plan => named(&of_implants(self.plan, self.catalogue), &texts),
            numbers => number_tables(self.assessment, &texts).iter().map(|(key, lines)| number_table(&texts.get(key), lines)).collect::<Vec<_>>(),
            cup => self.assessment.cup.as_ref().map(|cup| {
                context! {
                    plot => cup_plot(cup, &texts),
                    hours => cup.hours.iter().map(hour_row).collect::<Vec<_>>(),
                    screws => cup.screws.iter().map(|screw| screw_row(screw, &texts)).collect::<Vec<_>>(),
                    zones => cup.zones.iter().map(|zone| zone_row(zone, &texts)).collect::<Vec<_>>(),
                }
            }),
            stem => self.assessment.stem.as_ref().map(|stem| {
                context! {
                    estimated => stem.estimated,
                    plot => stem.map.as_ref().map(|map| contact_plot(map, &texts)),
                    levels => stem.levels.iter().map(level_row).collect::<Vec<_>>(),
                    zones => stem.zones.iter().map(|zone| zone_row(zone, &texts)).collect::<Vec<_>>(),
                }
            }),
            number => self.plan.number,
            state => state(self.plan, &texts),
            answered => answered(self.plan, &texts)
                .into_iter()
                .map(|line| vec![line.finding, line.reason, line.by])
                .collect::<Vec<_>>(),
            stem_left_out => self.plan.stem.is_none(),
            findings => sentences(self.anatomy.findings.iter().chain(&self.plan.findings).chain(&self.assessment.findings), &texts),
            judged_by => judged_by(self.plan, &texts).iter().map(why_line).collect::<Vec<_>>(),
            runners_up => runners_up(self.plan, &texts),
            centres => side_by_side(self.plan, &texts),
            rom => self.rom.map(|rom| rom_lines(rom, &texts)),
            rom_plot => self.rom.map(|rom| rom_plot(rom, &texts)),
            views,
        };
        Ok(environment.get_template("report")?.render(page)?)
    }
}

/// A table's rows: name, value, definition.
fn named(measures: &[Measure], texts: &Texts) -> Vec<Value> {
    measures
        .iter()
        .map(|measure| {
            context! {
                name => texts.get(measure.key),
                value => measure.value.as_str(),
                definition => texts.get(&format!("{}-definition", measure.key)),
                estimated => measure.estimated,
            }
        })
        .collect()
}

fn number_table(heading: &str, lines: &[NumberLine]) -> Value {
    let line = |line: &NumberLine| {
        context! {
            name => line.name.as_str(),
            value => line.value.as_str(),
            norm => line.norm.as_str(),
            outside => line.outside,
            definition => line.definition.as_str(),
        }
    };
    context! { heading, lines => lines.iter().map(line).collect::<Vec<_>>() }
}

fn why_line(line: &WhyLine) -> Value {
    context! { name => line.name.as_str(), value => line.value.as_str(), excess => line.excess.as_str(), cost => line.cost.as_str(), hard => line.hard }
}

/// The translated headline of each finding where the language has one, then the sentence with its numbers; each once.
fn sentences<'a>(findings: impl Iterator<Item = &'a Finding>, texts: &Texts) -> Vec<Value> {
    let mut seen = Vec::new();
    for finding in findings {
        if !seen.contains(&finding) {
            seen.push(finding);
        }
    }
    let translated = |finding: &Finding| texts.language() != Language::English && texts.has(&finding.key);
    seen.into_iter()
        .map(|finding| {
            context! {
                headline => translated(finding).then(|| texts.get(&finding.key)),
                text => texts.say(finding),
            }
        })
        .collect()
}

fn rom_lines(rom: &RomTable, texts: &Texts) -> Vec<Value> {
    let degrees = |value: Option<f64>| value.map_or_else(|| texts.get("rom-none"), |deg| format!("{deg:.1}°"));
    rom.rows
        .iter()
        .map(|row| {
            let first = row.first.map_or_else(String::new, |couple| texts.get(couple.key()));
            let next = row.next().map_or_else(String::new, |next| {
                let values = [("couple", texts.get(next.couple.key())), ("degrees", format!("{:.1}", next.degrees))];
                texts.with("rom-next-value", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
            });
            context! {
                motion => texts.get(row.motion.key()),
                implant => degrees(row.implant_deg),
                bone => degrees(row.bone_deg),
                limit => degrees(row.limit_deg()),
                first,
                next,
            }
        })
        .collect()
}
