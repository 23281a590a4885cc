//! The window used by a script: the events of mouse and keyboard that a hand would send, each when what it needs is on screen, and never
//! after a fixed time. It is how the whole path is tested, timed and shown (`coxa view --script`).

mod action;
mod hand;
mod screen;
mod told;

pub use action::{Action, Place, Script};

use super::{
    document::OpenDocument,
    error::AppError,
    examination::ExaminationState,
    eye::ViewArea,
    interface::{Appearance, Words},
    keeping::KeepState,
    loading::Loading,
    model::Step,
    outstanding::Answers,
    risks::RisksState,
    screenshot::{Outcome, write_png},
    slices::SlicesState,
    steps::{self, AtStep},
    trial::TrialState,
};
use crate::files;
use bevy::{
    ecs::system::SystemParam,
    picking::PickingSystems,
    prelude::*,
    render::{
        renderer::RenderAdapterInfo,
        view::screenshot::{Screenshot, ScreenshotCaptured},
    },
    window::RequestRedraw,
};
use bevy_egui::{EguiContext, EguiOutput, PrimaryEguiContext, input::EguiInputEvent};
use egui::accesskit::{self, ActionRequest, TreeId};
use hand::{Hand, Stroke, chord};
use screen::{Widget, find, names, reads, widgets};
use std::{
    collections::{BTreeMap, VecDeque},
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How long what lies under the pointer may still fade once it has gone.
const FADE: Duration = Duration::from_millis(400);
/// In how many frames one after the other nothing must be worked out: one answer asks for the next.
const CALM_FRAMES: u32 = 3;

/// Plays a script.
pub struct ScriptPlugin {
    /// What is played.
    pub script: Script,
    /// How it ended.
    pub outcome: Outcome,
}

impl Plugin for ScriptPlugin {
    fn build(&self, app: &mut App) {
        leave(&self.outcome, Err(AppError::Script("the window was closed".into())));
        app.insert_resource(Playing::of(&self.script))
            .insert_resource(Ending(self.outcome.clone()))
            .add_systems(First, play.before(PickingSystems::Input))
            .add_observer(taken);
    }
}

#[derive(Resource)]
struct Ending(Outcome);

fn leave(outcome: &Outcome, result: Result<(), AppError>) {
    if let Ok(mut outcome) = outcome.lock() {
        *outcome = Some(result);
    }
}

/// A picture that is being taken.
#[derive(Default)]
enum Shot {
    #[default]
    None,
    /// The pointer has gone.
    Fading(Instant, u32),
    Asked,
    Taken(std::io::Result<()>),
}

#[derive(Resource)]
struct Playing {
    actions: VecDeque<Action>,
    values: BTreeMap<String, String>,
    out: PathBuf,
    patience: Duration,
    strokes: VecDeque<Stroke>,
    /// Since when the present action waits.
    since: Instant,
    /// How many actions are done.
    done: usize,
    /// Where the widget that is waited for was a frame ago.
    seen: Option<egui::Rect>,
    calm: u32,
    shot: Shot,
    /// When the repetition under way ends.
    end: Option<Instant>,
    failed: Option<String>,
    ended: bool,
    frames: Option<BufWriter<fs::File>>,
}

impl Playing {
    fn of(script: &Script) -> Self {
        let Script { actions, values, out, patience } = script.clone();
        let frames = fs::create_dir_all(&out).and_then(|()| fs::File::create(out.join("frames.csv")));
        let failed = frames.as_ref().err().map(|error| format!("'{}' cannot be written to: {error}", out.display()));
        Self {
            actions: if failed.is_none() { actions } else { VecDeque::new() },
            values,
            out,
            patience,
            strokes: VecDeque::new(),
            since: Instant::now(),
            done: 0,
            seen: None,
            calm: 0,
            shot: Shot::None,
            end: None,
            failed,
            ended: false,
            frames: frames.ok().map(BufWriter::new),
        }
    }

    /// A line a frame: the time of day, seconds, and how many actions were done.
    fn note_frame(&mut self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        if let Some(frames) = &mut self.frames
            && let Err(error) = writeln!(frames, "{now:.4},{}", self.done)
        {
            tracing::warn!("the times of frames are not written: {error}");
            self.frames = None;
        }
    }

    /// The script has failed: a last picture shows where.
    fn fail(&mut self, why: String) {
        if self.failed.is_none() {
            self.actions = [Action::Picture("failed".into())].into();
            (self.failed, self.shot, self.since) = (Some(why), Shot::None, Instant::now());
        } else {
            self.actions.clear();
        }
        self.strokes.clear();
    }
}

/// What a script sees.
#[derive(SystemParam)]
struct Scene<'w> {
    words: Res<'w, Words>,
    appearance: Res<'w, Appearance>,
    at: Res<'w, AtStep>,
    document: Option<Res<'w, OpenDocument>>,
    examination: Res<'w, ExaminationState>,
    risks: Res<'w, RisksState>,
    trial: Res<'w, TrialState>,
    slices: Res<'w, SlicesState>,
    keep: Res<'w, KeepState>,
    loading: Res<'w, Loading>,
    area: Res<'w, ViewArea>,
    device: Option<Res<'w, RenderAdapterInfo>>,
    answers: Answers<'w>,
}

impl Scene<'_> {
    fn calm(&self) -> bool {
        !self.loading.busy() && !self.keep.busy() && !self.examination.busy() && self.answers.complete()
    }

    /// What the window says has gone wrong.
    fn trouble(&self) -> Option<&str> {
        let refused = self.keep.model().and_then(|keep| keep.refused).map(|refused| &refused.why);
        self.loading.message.as_ref().or(refused).map(|why| why.get(self.words.0.language()))
    }

    /// What is under way, for one who waits.
    fn under_way(&self) -> String {
        match self.loading.job(&self.words.0) {
            Some(job) => format!("'{}' is under way, {:.0} %", job.stage, 100.0 * job.fraction),
            None if self.keep.busy() => "the plan is being written".into(),
            None if !self.calm() => "something is being worked out".into(),
            None => "nothing is under way".into(),
        }
    }
}

/// How an action stands.
enum Stand {
    /// It is done with these strokes.
    Does(Vec<Stroke>),
    /// It waits, for what.
    Waits(String),
    /// It can never be done.
    Fails(String),
}

/// The window as a script has it before it: the widgets of the last frame, and whom to ask for them to be brought into view.
struct Before<'a> {
    context: &'a egui::Context,
    widgets: Vec<Widget>,
    bring: &'a mut dyn FnMut(accesskit::NodeId),
}

fn play(
    mut playing: ResMut<Playing>,
    scene: Scene,
    mut hand: Hand,
    mut contexts: Query<(Entity, &mut EguiContext, &EguiOutput), With<PrimaryEguiContext>>,
    mut asked: MessageWriter<EguiInputEvent>,
    (ending, mut exit, mut redraw): (Res<Ending>, MessageWriter<AppExit>, MessageWriter<RequestRedraw>),
    mut commands: Commands,
) {
    let playing = playing.as_mut();
    playing.note_frame();
    // Whether a hand's own events would bring the next picture is not asked: a script goes on.
    redraw.write(RequestRedraw);
    if let Some(stroke) = playing.strokes.pop_front() {
        hand.send(stroke);
        playing.since = Instant::now();
        return;
    }
    let Ok((entity, mut context, output)) = contexts.single_mut() else { return };
    let context = context.get_mut();
    context.enable_accesskit();
    let Some(tree) = &output.platform_output.accesskit_update else { return };
    playing.calm = if scene.calm() { playing.calm + 1 } else { 0 };
    let Some(action) = playing.actions.front().cloned() else {
        if !std::mem::replace(&mut playing.ended, true) {
            // What is still in its buffer is written.
            playing.frames = None;
            let result = playing.failed.take().map_or(Ok(()), |why| Err(AppError::Script(why)));
            exit.write(if result.is_ok() { AppExit::Success } else { AppExit::error() });
            leave(&ending.0, result);
        }
        return;
    };
    let mut bring = |target_node| {
        let request =
            ActionRequest { action: accesskit::Action::ScrollIntoView, target_tree: TreeId::ROOT, target_node, data: None };
        asked.write(EguiInputEvent { context: entity, event: egui::Event::AccessKitActionRequest(request) });
    };
    let mut before = Before { widgets: widgets(context, tree), context, bring: &mut bring };
    match stand(playing, &action, &scene, &mut before, &mut commands) {
        Stand::Does(strokes) => {
            if !matches!(action, Action::For(..)) {
                playing.actions.pop_front();
            }
            playing.strokes = strokes.into();
            (playing.since, playing.seen, playing.calm) = (Instant::now(), None, 0);
            playing.done += 1;
        }
        Stand::Waits(for_what) if playing.since.elapsed() > playing.patience => {
            let all: Vec<&Widget> = before.widgets.iter().collect();
            let (number, seconds) = (playing.done + 1, playing.patience.as_secs());
            let (under_way, names) = (scene.under_way(), names(&all));
            playing.fail(format!(
                "action {number}, {action:?}, waited {seconds} s: {for_what}; {under_way}. On the window are: {names}"
            ));
        }
        Stand::Waits(_) => {}
        Stand::Fails(why) => playing.fail(format!("action {}, {action:?}: {why}", playing.done + 1)),
    }
}

fn stand(playing: &mut Playing, action: &Action, scene: &Scene, before: &mut Before<'_>, commands: &mut Commands) -> Stand {
    let values = playing.values.clone();
    let text = |text: &str| filled(text, scene, &values);
    let done = match action {
        Action::Click(name) => text(name).map(|name| match reach(playing, &name, before) {
            Ok(at) => Stand::Does(vec![Stroke::Move(at), Stroke::Rest, Stroke::Click, Stroke::Rest, Stroke::Rest]),
            Err(why) => Stand::Waits(why),
        }),
        Action::Fill(name, value) => text(name).and_then(|name| match reach(playing, &name, before) {
            Ok(at) => Ok(Stand::Does(typed(at, text(value)?)?)),
            Err(why) => Ok(Stand::Waits(why)),
        }),
        Action::Press(keys) => chord(keys).map(|keys| {
            let up = keys.iter().rev().cloned().collect();
            Stand::Does(vec![Stroke::Keys(keys, true), Stroke::Keys(up, false), Stroke::Rest, Stroke::Rest])
        }),
        Action::Drag(from, to) => at_places(scene, before, &text, &[from, to], |at| {
            let way = (1..=4).map(|part| Stroke::Move(at[0].lerp(at[1], part as f32 / 4.0)));
            let begin = [Stroke::Move(at[0]), Stroke::Rest, Stroke::Button(true)];
            begin.into_iter().chain(way).chain([Stroke::Button(false), Stroke::Rest, Stroke::Rest]).collect()
        }),
        Action::Point(at) => at_places(scene, before, &text, &[at], |at| vec![Stroke::Move(at[0]), Stroke::Rest]),
        Action::Wheel(at, notches) => at_places(scene, before, &text, &[at], |at| {
            vec![Stroke::Move(at[0]), Stroke::Rest, Stroke::Wheel(*notches), Stroke::Rest, Stroke::Rest]
        }),
        Action::Drop(path) => text(path).map(|path| Stand::Does(vec![Stroke::Drop(path.into()), Stroke::Rest, Stroke::Rest])),
        Action::See(what) => text(what).map(|what| until(reads(&before.widgets, &what), "it is not to be read")),
        Action::Gone(what) => text(what).map(|what| until(!reads(&before.widgets, &what), "it is still to be read")),
        Action::Open => Ok(untroubled(until(scene.document.is_some() && !scene.loading.busy(), "no case is open"), scene)),
        Action::Calm => Ok(untroubled(until(playing.calm >= CALM_FRAMES, "it is not calm"), scene)),
        Action::Mark(step, mark) => step.parse().and_then(|step| marked(scene, step, mark)).map(|stand| untroubled(stand, scene)),
        Action::Picture(name) => Ok(shoot(playing, name, commands)),
        Action::Tell(name) => tell(scene, &playing.out.join(format!("{name}.json"))),
        Action::For(seconds, actions) => Ok(repeat(playing, *seconds, actions)),
    };
    done.unwrap_or_else(Stand::Fails)
}

fn until(holds: bool, what: &str) -> Stand {
    if holds { Stand::Does(Vec::new()) } else { Stand::Waits(what.into()) }
}

/// What the window says has gone wrong is not waited for to go right.
fn untroubled(stand: Stand, scene: &Scene) -> Stand {
    match (stand, scene.trouble()) {
        (Stand::Waits(_), Some(why)) => Stand::Fails(format!("the window says: {why}")),
        (stand, _) => stand,
    }
}

/// Types over what is in a field.
fn typed(at: Vec2, text: String) -> Result<Vec<Stroke>, String> {
    let all = chord("Ctrl+A")?;
    let up = all.iter().rev().cloned().collect();
    let click = [Stroke::Move(at), Stroke::Rest, Stroke::Click, Stroke::Rest];
    let over = [Stroke::Keys(all, true), Stroke::Keys(up, false), Stroke::Type(text), Stroke::Rest, Stroke::Rest];
    Ok(click.into_iter().chain(over).collect())
}

fn tell(scene: &Scene, file: &Path) -> Result<Stand, String> {
    let text = format!("{:#}\n", told::document(scene));
    let written = files::write_atomically(file, |out| out.write_all(text.as_bytes()));
    written.map_err(|error| format!("'{}' cannot be written: {error}", file.display()))?;
    Ok(Stand::Does(Vec::new()))
}

/// Again while there is time left. What is repeated goes before the repetition itself, which thus comes again.
fn repeat(playing: &mut Playing, seconds: f64, actions: &[Action]) -> Stand {
    let end = *playing.end.get_or_insert_with(|| Instant::now() + Duration::from_secs_f64(seconds.max(0.0)));
    if Instant::now() < end {
        actions.iter().rev().for_each(|action| playing.actions.push_front(action.clone()));
    } else {
        playing.end = None;
        playing.actions.pop_front();
    }
    Stand::Does(Vec::new())
}

/// `{name}` becomes what it stands for.
fn filled(text: &str, scene: &Scene, values: &BTreeMap<String, String>) -> Result<String, String> {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((plain, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').ok_or_else(|| format!("a '}}' is missing in '{text}'"))?;
        filled += plain;
        filled += &match values.get(name) {
            Some(value) => value.clone(),
            None if scene.words.0.has(name) => scene.words.0.get(name),
            None => {
                return Err(format!(
                    "'{{{name}}}' stands for nothing: neither --set {name}=… is given nor is there such a sentence"
                ));
            }
        };
        rest = after;
    }
    Ok(filled + rest)
}

/// What a hand can take hold of of a widget: once it is there, in view and not covered.
fn hold(name: &str, before: &mut Before<'_>) -> Result<egui::Rect, String> {
    let widget = find(&before.widgets, name)?;
    if widget.hidden() {
        (before.bring)(widget.node);
        return Err(format!("'{name}' is out of view"));
    }
    if !widget.enabled {
        return Err(format!("'{name}' is greyed out"));
    }
    if widget.covered(before.context) {
        return Err(format!("something lies over '{name}'"));
    }
    Ok(widget.seen)
}

/// The middle of it, once it is at rest.
fn reach(playing: &mut Playing, name: &str, before: &mut Before<'_>) -> Result<Vec2, String> {
    let seen = hold(name, before)?;
    match playing.seen.replace(seen) == Some(seen) {
        true => Ok(pixels(seen.center(), before.context)),
        false => Err(format!("'{name}' moves")),
    }
}

fn pixels(at: egui::Pos2, context: &egui::Context) -> Vec2 {
    Vec2::new(at.x, at.y) * context.zoom_factor()
}

/// Strokes at places, once all of them are there.
fn at_places(
    scene: &Scene,
    before: &mut Before<'_>,
    text: &dyn Fn(&str) -> Result<String, String>,
    places: &[&Place],
    strokes: impl Fn(&[Vec2]) -> Vec<Stroke>,
) -> Result<Stand, String> {
    let mut found = Vec::new();
    for place in places {
        let (rect, x, y) = match place {
            Place::View(x, y) => (scene.area.rect, x, y),
            Place::Window(x, y) => (before.context.viewport_rect(), x, y),
            Place::Of(name, x, y) => match hold(&text(name)?, before) {
                Ok(rect) => (rect, x, y),
                Err(why) => return Ok(Stand::Waits(why)),
            },
        };
        found.push(pixels(rect.min + egui::vec2(rect.width() * x, rect.height() * y), before.context));
    }
    Ok(Stand::Does(strokes(&found)))
}

fn marked(scene: &Scene, step: Step, mark: &str) -> Result<Stand, String> {
    let Some(document) = &scene.document else { return Ok(Stand::Waits("no case is open".into())) };
    let now = steps::marks(document, scene.examination.examined(), scene.risks.meeting())[step.number() - 1];
    Ok(match action::is_mark(now, mark)? {
        true => Stand::Does(Vec::new()),
        false => Stand::Waits(format!("the mark is {now:?}")),
    })
}

fn shoot(playing: &mut Playing, name: &str, commands: &mut Commands) -> Stand {
    let waits = || Stand::Waits("the picture is being taken".into());
    match std::mem::take(&mut playing.shot) {
        Shot::None => {
            // Nothing is lit up by a pointer that lies over it.
            playing.strokes = [Stroke::Move(Vec2::splat(3.0)), Stroke::Rest].into();
            playing.shot = Shot::Fading(Instant::now(), 0);
            waits()
        }
        Shot::Fading(since, frames) if since.elapsed() < FADE || frames < 3 => {
            playing.shot = Shot::Fading(since, frames + 1);
            waits()
        }
        Shot::Fading(..) => {
            commands.spawn((Screenshot::primary_window(), GoesInto(playing.out.join(format!("{name}.png")))));
            playing.shot = Shot::Asked;
            waits()
        }
        Shot::Asked => {
            playing.shot = Shot::Asked;
            waits()
        }
        Shot::Taken(Ok(())) => Stand::Does(Vec::new()),
        Shot::Taken(Err(error)) => Stand::Fails(format!("the picture '{name}' cannot be written: {error}")),
    }
}

/// The file that a picture goes into.
#[derive(Component)]
struct GoesInto(PathBuf);

fn taken(captured: On<ScreenshotCaptured>, files: Query<&GoesInto>, mut playing: ResMut<Playing>) {
    if let Ok(GoesInto(file)) = files.get(captured.entity) {
        playing.shot = Shot::Taken(write_png(file, &captured.image));
    }
}
