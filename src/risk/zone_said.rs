//! What a graphics card says of the cups of a zone, and whether it may be believed.

use super::{Bound, zone_request::Followed};
use crate::motion::Couple;
use rand::{SeedableRng, seq::index::sample};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// What the shader answers where a driver ended its loops.
pub(super) const CUT: f32 = -1e9;
/// Of so many cups, or activities, one may be left to the processor.
pub(super) const ONE_LEFT_OF: usize = 10;
/// Nodes that are held against the processor, besides those with the most and the least room.
const CHECKED: usize = 32;
/// How far the card may differ, degrees.
pub(super) const AGREES_DEG: f64 = 0.05;
/// As much as the card takes for any margin.
const FAR_DEG: f64 = 1e9;
/// No margin is larger, degrees.
const MOST_DEG: f32 = 360.0;
/// An arc is looked for on samples a degree apart and shifted by as much: its least is no further below the best there is, degrees.
const SEARCHED_DEG: f64 = 3.0;

/// What a card says of a cup, arcs left aside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said {
    /// Nothing less than what is known whatever the cup.
    Known,
    /// The least of some activity.
    Less { margin_deg: f32, activity: usize, couple: Couple },
    /// The driver did not let it finish.
    Cut,
    /// What no margin is.
    Nonsense(f32),
}

impl Said {
    /// Less than this has not been said.
    pub fn margin_deg(self, known_deg: f64) -> f64 {
        if let Self::Less { margin_deg, .. } = self { f64::from(margin_deg) } else { known_deg.min(FAR_DEG) }
    }

    /// Hears a further answer: the least of an activity where it is less than what was known.
    pub fn hear(&mut self, answer: f32, activity: usize, couple: Couple, known_deg: f64) {
        match self {
            Self::Cut | Self::Nonsense(_) => {}
            _ if answer == CUT => *self = Self::Cut,
            // What was known comes back where there is no less, however large.
            _ if answer >= self.margin_deg(known_deg) as f32 => {}
            // Written so that a NaN fails.
            _ if answer.abs() <= MOST_DEG => *self = Self::Less { margin_deg: answer, activity, couple },
            _ => *self = Self::Nonsense(answer),
        }
    }
}

/// What binds every node, where what is said of them may be believed.
pub(super) fn believed(followed: &Followed<'_>, said: &[Said]) -> Result<Vec<Bound>, String> {
    let count = followed.request.grid.count();
    if said.len() != count {
        return Err(format!("the graphics card answered {} of {count} cups", said.len()));
    }
    let cut = said.iter().filter(|said| **said == Said::Cut).count();
    if cut * ONE_LEFT_OF > count {
        return Err(format!("the graphics card's driver did not let it finish {cut} of {count} cups"));
    }
    let node = |(node, said): (usize, &Said)| match *said {
        Said::Known => Ok(with_arcs(followed, node, followed.known())),
        Said::Less { margin_deg, activity, couple } if activity < followed.tracks.len() && margin_deg.abs() <= MOST_DEG => {
            Ok(with_arcs(followed, node, Bound { margin_deg: f64::from(margin_deg), activity, couple }))
        }
        Said::Cut => Ok(followed.bound(&followed.cup(node))),
        Said::Less { .. } | Said::Nonsense(_) => Err(format!("the graphics card says {said:?} of a cup, which cannot be")),
    };
    let nodes: Vec<Bound> = said.par_iter().enumerate().map(node).collect::<Result<_, _>>()?;
    let mut checked = sample(&mut ChaCha8Rng::seed_from_u64(count as u64), count, CHECKED.min(count)).into_vec();
    let by_margin = |a: &usize, b: &usize| nodes[*a].margin_deg.total_cmp(&nodes[*b].margin_deg);
    checked.extend((0..count).max_by(by_margin).into_iter().chain((0..count).min_by(by_margin)));
    checked.into_par_iter().try_for_each(|node| agrees(followed, node, &nodes[node]))?;
    Ok(nodes)
}

/// What binds a node where arcs count too: they lie where neck and liner like them best, which the processor finds.
fn with_arcs(followed: &Followed<'_>, node: usize, known: Bound) -> Bound {
    let (mut least, mut joint) = (known, None);
    for (activity, track) in followed.tracks.iter().enumerate().filter(|(_, track)| track.arc().is_some()) {
        let joint = joint.get_or_insert_with(|| followed.request.joint.with_cup(followed.cup(node)));
        let in_cone = track.least_of(&joint.case(), &[]).margin_deg;
        // A rim leaves an arc no less than the cone that is free within it, wherever the arc is looked for.
        let may_bind = joint.range.is_cone() || in_cone - SEARCHED_DEG < least.margin_deg;
        let margin_deg = if may_bind { joint.least(track).margin_deg } else { f64::INFINITY };
        if margin_deg < least.margin_deg {
            least = Bound { margin_deg, activity, couple: Couple::ImplantImplant };
        }
    }
    least
}

/// Holds a node against the processor: its margin, and that what is said to have it has it.
fn agrees(followed: &Followed<'_>, node: usize, found: &Bound) -> Result<(), String> {
    let cup = followed.cup(node);
    let expected = followed.bound(&cup);
    let same = (found.activity, found.couple) == (expected.activity, expected.couple);
    let named = if same { expected.margin_deg } else { followed.margin_deg(&cup, found) };
    let alike = |margin_deg: f64| margin_deg == found.margin_deg || (margin_deg - found.margin_deg).abs() <= AGREES_DEG;
    if alike(expected.margin_deg) && alike(named) {
        return Ok(());
    }
    Err(format!(
        "the graphics card computes a margin of {}° in activity {} where the processor computes {}° in activity {}",
        found.margin_deg, found.activity, expected.margin_deg, expected.activity
    ))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        anatomy::CupAngles,
        motion::{Activity, NeckAngles, NeckInLiner, RomCase},
        risk::{ZoneGrid, ZoneRequest},
    };

    pub const GRID: ZoneGrid = ZoneGrid { inclination_deg: (20.0, 60.0), anteversion_deg: (-10.0, 50.0), nodes: [4, 3] };

    /// Some activities, and a neck in a usual liner.
    pub fn hip() -> (Vec<Activity>, NeckInLiner) {
        let activities = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["clinical".into()]).unwrap();
        let (cup, neck) = (
            CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 },
            NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 },
        );
        (activities, NeckInLiner::from(&RomCase { cup, neck, oscillation_deg: 130.0 }))
    }

    /// What a card says that computes as the processor does.
    pub fn right(followed: &Followed<'_>) -> Vec<Said> {
        let of = |node: usize| {
            let Bound { margin_deg, activity, couple } = followed.bound(&followed.cup(node));
            Said::Less { margin_deg: margin_deg as f32, activity, couple }
        };
        (0..followed.request.grid.count()).map(of).collect()
    }

    #[test]
    fn a_card_that_answers_zeros_nan_or_too_little_is_not_believed() {
        let (activities, joint) = hip();
        let request = ZoneRequest { activities: &activities, joint: &joint, tilt_deg: 0.0, grid: GRID, bones: None };
        let followed = request.followed().unwrap();
        let of = |node| followed.bound(&followed.cup(node));
        let right = right(&followed);
        let nodes = believed(&followed, &right).unwrap();
        assert!(nodes.iter().enumerate().all(|(node, found)| (found.margin_deg - of(node).margin_deg).abs() < 1e-4));
        let changed = |node: usize, to: Said| {
            let mut said = right.clone();
            said[node] = to;
            said
        };
        let said = |node: usize, off: f32, activity: usize, couple: Couple| {
            changed(node, Said::Less { margin_deg: of(node).margin_deg as f32 + off, activity, couple })
        };
        let (neck, bone) = (Couple::ImplantImplant, Couple::ImplantBone);
        let wrong = [
            vec![Said::Less { margin_deg: 0.0, activity: 0, couple: neck }; right.len()],
            vec![Said::Known; right.len()],
            vec![Said::Cut; right.len()],
            right[1..].to_vec(),
            changed(0, Said::Nonsense(f32::NAN)),
            said(11, -0.1, of(11).activity, neck),
            said(11, 0.1, of(11).activity, neck),
            said(5, f32::NAN, of(5).activity, neck),
            said(7, 0.0, of(7).activity, bone),
            said(7, 0.0, activities.len(), neck),
            said(3, 0.0, (of(3).activity + 1) % activities.len(), neck),
        ];
        for (number, said) in wrong.iter().enumerate() {
            assert!(believed(&followed, said).is_err(), "{number}");
        }
        // One cup that a driver cut short is the processor's.
        assert_eq!(believed(&followed, &changed(6, Said::Cut)).unwrap()[6], of(6));
    }

    #[test]
    fn of_answers_the_least_counts_and_what_is_no_margin_is_remembered() {
        let heard = |answers: &[f32]| {
            let mut said = Said::Known;
            answers.iter().enumerate().for_each(|(activity, answer)| said.hear(*answer, activity, Couple::ImplantBone, 12.0));
            said
        };
        assert_eq!(heard(&[12.0, 12.0]), Said::Known);
        let couple = Couple::ImplantBone;
        assert_eq!(heard(&[12.0, 3.0, 3.0, 5.0]), Said::Less { margin_deg: 3.0, activity: 1, couple });
        assert_eq!(heard(&[CUT, 3.0]), Said::Cut);
        assert!(matches!(heard(&[3.0, f32::NAN, 1.0]), Said::Nonsense(answer) if answer.is_nan()));
        assert_eq!(heard(&[-1e4]), Said::Nonsense(-1e4));
    }
}
