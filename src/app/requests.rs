//! Carries out what the panels ask for.

use super::{
    beside::BesideState,
    bodies::{Body, Opacity},
    camera::{Look, LookAt},
    examination::Examining,
    help::HelpState,
    interface::{Appearance, Words},
    keeping::Act,
    model::Command,
    opening::Opening,
    raycast::SolidState,
    rehearsal::Rehearsing,
    repair::{RepairCommand, RepairState},
    schedule::AppSet,
    slices::SlicesState,
    steps::{self, AtStep},
    trial::Trying,
};
use crate::i18n::Texts;
use bevy::{ecs::system::SystemParam, prelude::*};

/// What was asked for in the last frame.
#[derive(Resource, Debug, Default)]
pub struct Requests(pub Vec<Command>);

/// Carries requests out, once a frame.
pub struct RequestsPlugin;

impl Plugin for RequestsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Requests>().add_systems(Update, carry_out.before(AppSet::Tasks));
    }
}

/// What is looked at, and how.
#[derive(SystemParam)]
struct Seeing<'w> {
    look: MessageWriter<'w, Look>,
    look_at: MessageWriter<'w, LookAt>,
    at: ResMut<'w, AtStep>,
    help: ResMut<'w, HelpState>,
    slices: ResMut<'w, SlicesState>,
    solid: ResMut<'w, SolidState>,
    beside: ResMut<'w, BesideState>,
    repair: ResMut<'w, RepairState>,
    appearance: ResMut<'w, Appearance>,
}

fn carry_out(
    mut requests: ResMut<Requests>,
    mut bodies: Query<(&Body, &mut Visibility, &mut Opacity)>,
    mut words: Option<ResMut<Words>>,
    mut opening: Opening,
    (mut hip, mut trying): (Rehearsing, Trying),
    mut examining: Examining,
    mut seeing: Seeing,
) {
    for command in requests.0.drain(..) {
        match command {
            Command::SetVisible(kind, visible) => {
                for (_, mut shown, _) in bodies.iter_mut().filter(|(body, ..)| body.kind == kind) {
                    *shown = if visible { Visibility::Visible } else { Visibility::Hidden };
                }
            }
            Command::SetOpacity(kind, opacity) => {
                for (.., mut shown) in bodies.iter_mut().filter(|(body, ..)| body.kind == kind) {
                    shown.0 = opacity;
                }
            }
            Command::SetPosture(wanted) => hip.posture.0 = wanted,
            Command::Look(view) => {
                seeing.look.write(Look(view));
            }
            Command::LookAt(place) => {
                seeing.look_at.write(LookAt(place));
            }
            Command::SetLook(look) => seeing.appearance.0 = look,
            Command::Beside(other) => seeing.beside.choose(other),
            Command::ShowSolid(view) => seeing.solid.view = view,
            Command::ShowKeys(shown) => seeing.help.keys = shown,
            Command::Tour(card) => {
                if let Some(step) = seeing.help.turn(card) {
                    steps::go(&mut seeing.at, &mut examining.layers, step);
                }
            }
            Command::ShowOpening(shown) => opening.state.shown = shown,
            Command::EditOpening(form) => opening.state.edit(form),
            Command::Open => opening.go(),
            Command::OpenCase(folder) => opening.again(folder),
            Command::GoTo(step) => {
                steps::go(&mut seeing.at, &mut examining.layers, step);
                trying.hands.lock_at(step);
            }
            Command::SetLanguage(language) => {
                if let Some(words) = words.as_mut() {
                    words.0 = Texts::new(language);
                }
            }
            Command::ShowLayer(layer, on) => examining.show(layer, on),
            Command::UnlockLandmarks(unlocked) => {
                seeing.repair.put_away();
                examining.unlock(unlocked);
            }
            Command::UndoLandmark => examining.state.undo(),
            Command::RedoLandmark => examining.state.redo(),
            Command::ResetLandmark(name, side) => examining.state.reset((name, side)),
            Command::Rehearse => {
                trying.activity.leave();
                hip.begin();
            }
            Command::PlayRehearsal(playing) => {
                trying.activity.leave();
                hip.rehearsal.play(playing);
            }
            Command::ShowRehearsal(step) => {
                trying.activity.leave();
                hip.rehearsal.show(step);
            }
            // What is being written is not changed under the pen.
            Command::Try(_) | Command::BackToPlan | Command::UndoTrial | Command::RedoTrial if trying.keep.busy() => {}
            Command::Try(trial) => trying.trial.attempt(trial),
            Command::BackToPlan => trying.trial.back_to_plan(),
            Command::UndoTrial => trying.trial.undo(),
            Command::RedoTrial => trying.trial.redo(),
            Command::Take(tool) => {
                seeing.repair.put_away();
                trying.hands.take(tool);
            }
            Command::Repair(asked) => {
                // One thing is in hand at a time.
                if matches!(&asked, RepairCommand::Set(settings) if settings.tool.is_some()) {
                    trying.hands.take(None);
                    examining.unlock(false);
                }
                seeing.repair.apply(asked);
            }
            Command::Keep { revise } => trying.keep.keep(&trying.trial, revise),
            Command::UndoPlan => trying.keep.begin(Act::Undo),
            Command::RedoPlan => trying.keep.begin(Act::Redo),
            Command::Review => trying.keep.begin(Act::Review),
            Command::Approve => trying.keep.begin(Act::Approve),
            Command::Revise => trying.keep.begin(Act::Revise),
            Command::Answer { finding, reason } => trying.keep.begin(Act::Answer { finding, reason }),
            Command::WriteReport => trying.keep.begin(Act::Report),
            Command::KeepBy(by) => trying.keep.by = by,
            Command::ForgetKept => trying.keep.dismiss(),
            Command::ChooseActivity(id) => trying.activity.choose(id),
            Command::PlayActivity(playing) => {
                hip.rehearsal.leave();
                trying.activity.play(playing);
            }
            Command::SlowAtContact(slow) => trying.activity.hasty = !slow,
            Command::ShowActivity(pose) => {
                hip.rehearsal.leave();
                trying.activity.show(pose);
            }
            Command::ShowPelvis(posture) => trying.pelvis.posture = posture,
            Command::ZoneOf(group) => trying.zone.group = group,
            Command::ZoneFrame(frame) => trying.zone.frame = frame,
            Command::ZoneInstead(instead) => trying.zone.instead = instead,
            Command::FixReach(plane, angle_deg) => trying.reach.fix(plane, angle_deg),
            Command::StopReach => trying.reach.stop(),
            Command::AskReach => trying.reach.ask_again(),
            Command::Slices(asked) => seeing.slices.apply(asked),
            Command::PlanAgain => opening.loading.plan_again = true,
            Command::CancelJob => opening.loading.cancel(),
            Command::DismissMessage => {
                (opening.loading.message, examining.state.message, hip.rehearsal.failure) = (None, None, None);
                trying.dismiss();
                seeing.beside.failure = None;
            }
        }
    }
}
