//! Help: the list of keys (F1), and six cards that lead a new user through the demonstration case once.

mod seen;

pub use seen::Seen;

use super::{
    model::{Command, HelpModel, Step},
    requests::Requests,
    schedule::AppSet,
};
use bevy::prelude::*;

/// Cards of the first tour, each with the step that it shows.
pub const CARDS: [Step; 6] = [Step::Case, Step::Bones, Step::Diagnosis, Step::Cup, Step::Motion, Step::Report];

/// What of the help is on screen.
#[derive(Resource, Debug, Default)]
pub struct HelpState {
    /// The list of keys.
    pub keys: bool,
    card: Option<usize>,
    seen: Seen,
}

impl HelpState {
    /// With the tour, unless this user has seen it.
    #[must_use]
    pub fn first(seen: Seen) -> Self {
        Self { card: (!seen.before()).then_some(0), keys: false, seen }
    }

    /// Goes to a card, or ends the tour; gives the step that the card shows.
    pub fn turn(&mut self, card: Option<usize>) -> Option<Step> {
        self.card = card.filter(|card| *card < CARDS.len());
        if self.card.is_none() {
            self.seen.note();
        }
        self.card.map(|card| CARDS[card])
    }

    /// For the panels.
    #[must_use]
    pub const fn model(&self) -> HelpModel {
        HelpModel { keys: self.keys, card: self.card }
    }
}

/// Shows help.
pub struct HelpPlugin;

impl Plugin for HelpPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<HelpState>()
            .add_systems(Update, keys.run_if(resource_exists::<ButtonInput<KeyCode>>).in_set(AppSet::Input));
    }
}

fn keys(keys: Res<ButtonInput<KeyCode>>, state: Res<HelpState>, mut requests: ResMut<Requests>) {
    if keys.just_pressed(KeyCode::F1) {
        requests.0.push(Command::ShowKeys(!state.keys));
    } else if state.keys && keys.just_pressed(KeyCode::Escape) {
        requests.0.push(Command::ShowKeys(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tour_is_led_once() {
        let folder = tempfile::tempdir().unwrap();
        let seen = || Seen::of(Some(folder.path().join("coxa/tour")));
        let mut state = HelpState::first(seen());
        assert_eq!(state.model().card, Some(0));
        assert_eq!(state.turn(Some(3)), Some(Step::Cup));
        assert_eq!(HelpState::first(seen()).model().card, Some(0), "a tour that was left by a crash begins again");
        assert_eq!(state.turn(Some(6)), None);
        assert_eq!(state.model().card, None);
        assert_eq!(HelpState::first(seen()).model().card, None);
    }
}
