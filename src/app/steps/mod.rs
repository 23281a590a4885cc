//! Which step of the path one is at: chosen by a click or by Ctrl and its number.

mod marks;

pub use marks::marks;

use super::{
    examination::Layers,
    model::{Command, Step},
    requests::Requests,
    schedule::AppSet,
};
use bevy::prelude::*;

/// The step on screen.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AtStep(pub Step);

/// What is drawn over the bones changes with the step, but for what was chosen by hand.
pub fn go(at: &mut AtStep, layers: &mut Layers, step: Step) {
    if at.0 != step {
        layers.0.retain(|layer| !at.0.layers().contains(layer));
        layers.0.extend(step.layers());
        at.0 = step;
    }
}

/// Goes from step to step.
pub struct StepPlugin;

impl Plugin for StepPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<AtStep>()
            .add_systems(Update, keys.run_if(resource_exists::<ButtonInput<KeyCode>>).in_set(AppSet::Input));
    }
}

const DIGITS: [KeyCode; 8] = [
    KeyCode::Digit1,
    KeyCode::Digit2,
    KeyCode::Digit3,
    KeyCode::Digit4,
    KeyCode::Digit5,
    KeyCode::Digit6,
    KeyCode::Digit7,
    KeyCode::Digit8,
];

fn keys(keys: Res<ButtonInput<KeyCode>>, mut requests: ResMut<Requests>) {
    if !keys.any_pressed([KeyCode::ControlLeft, KeyCode::ControlRight]) {
        return;
    }
    for (key, step) in DIGITS.into_iter().zip(Step::ALL) {
        if keys.just_pressed(key) {
            requests.0.push(Command::GoTo(step));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::model::Layer;

    #[test]
    fn layers_of_a_step_leave_with_it_and_those_chosen_by_hand_stay() {
        let (mut at, mut layers) = (AtStep::default(), Layers([Layer::Rims].into()));
        go(&mut at, &mut layers, Step::Landmarks);
        assert_eq!(layers.0, [Layer::Landmarks, Layer::Rims].into());
        go(&mut at, &mut layers, Step::Cup);
        assert_eq!((at.0, layers.0), (Step::Cup, [Layer::Rims].into()));
    }
}
