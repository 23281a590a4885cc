//! The virtual radiograph in the window: exposed in the background while it is on screen, before and after, with its scale.

use crate::{
    keeping::made,
    scene::{self, CENTRE},
    trial::{request, until},
};
use bevy::prelude::*;
use coxa::{
    app::{
        self,
        film::{FilmState, FilmView},
        model::Command,
        slices::{Arrangement, SlicesCommand, SlicesState},
    },
    labels::Label,
    plan::storage::CaseFolder,
    volume::{Grid, Volume, nifti},
};
use nalgebra::{Point3, Vector3};
use std::path::Path;

/// The case of boxes with a coarse CT of them in fat.
fn with_ct(place: &Path) -> CaseFolder {
    let folder = made(place);
    let corner = Point3::from(CENTRE) - Vector3::new(120.0, 120.0, 210.0);
    let grid = Grid::axis_aligned([48, 48, 60], [5.0, 5.0, 5.0], corner);
    let femur = |p: &Point3<f64>| {
        let from = p - Point3::from(CENTRE);
        from.x.abs() < 12.0 && from.y.abs() < 12.0 && from.z < 0.0
    };
    let places: Vec<_> = (0..grid.len()).map(|n| grid.centre(grid.voxel(n))).collect();
    let hu = places.iter().map(|p| if femur(p) { 900 } else { -100 }).collect();
    let ids: Vec<u8> = places.iter().map(|p| if femur(p) { Label::FemurRight.id() } else { Label::Background.id() }).collect();
    nifti::write_labels(&folder.path().join("labels.nii.gz"), &grid, &ids).unwrap();
    nifti::write_volume(&folder.path().join("volume.nii.gz"), &Volume { grid, hu }).unwrap();
    folder
}

fn shown(app: &mut App, view: FilmView) -> (Vec<u8>, f64) {
    request(app, Command::Slices(SlicesCommand::Arrange(Arrangement::Film(view))));
    until(app, |world| {
        let slices = world.resource::<SlicesState>();
        slices.settled() && world.resource::<FilmState>().settled(slices)
    });
    let model = app.world().resource::<FilmState>().model(view, None);
    assert!(model.failure.is_none() && !model.busy, "{:?}", model.failure);
    let film = model.film.expect("a film");
    assert_eq!(film.picture.rgb.len(), 3 * film.picture.width * film.picture.height);
    (film.picture.rgb.clone(), film.mm_per_pixel)
}

#[test]
fn films_before_and_after_differ_by_the_metal_and_have_the_scale_of_the_hip() {
    let root = tempfile::tempdir().unwrap();
    let folder = with_ct(&root.path().join("case"));
    let mut app = scene::app(app::read_case(folder.path()).unwrap());
    let none = app.world().resource::<FilmState>().model(FilmView::default(), None);
    assert!(none.film.is_none() && !none.busy, "nothing is exposed that is not on screen");
    let (after, mm) = shown(&mut app, FilmView::default());
    // 0.5 mm on the film, magnified by 1.15 in the plane of the hip.
    assert!((mm - 0.5 / 1.15).abs() < 1e-9, "{mm}");
    let (before, _) = shown(&mut app, FilmView { before: true, ..FilmView::default() });
    let bright = |rgb: &[u8]| rgb.chunks_exact(3).filter(|pixel| pixel[0] > 235).count();
    assert!(bright(&after) > bright(&before) + 500, "{} and {} bright pixels", bright(&after), bright(&before));
    // What was exposed for another view is not shown for this one.
    let state = app.world().resource::<FilmState>();
    assert!(state.model(FilmView { lateral: true, ..FilmView::default() }, None).film.is_none());
    assert_ne!(shown(&mut app, FilmView { lateral: true, ..FilmView::default() }).0, after);
}
