//! A film by the graphics card is the processor's film. Here the card is the software driver: the same shader, slowly.

use crate::xray::operated;
use coxa::{
    device::DeviceChoice,
    frames::Side,
    graphics_card::{GraphicsCard, Kind, is_plugged_in},
    surface::MeshIndex,
    xray::{
        Attenuation, Beam, BeamSettings, Inscription, Projection, after_operation, attenuation, attenuation_on_card, expose,
        film, metal,
    },
};

/// Least likeness of the two films, dB.
const LEAST_PSNR_DB: f64 = 50.0;

fn card() -> Option<GraphicsCard> {
    GraphicsCard::open(Kind::Software).inspect_err(|why| eprintln!("skipped: {why}")).ok()
}

/// The operated phantom with its metal, and a film of it a side.
fn scene() -> (coxa::volume::Volume, Vec<MeshIndex>, Vec<Beam>) {
    let (scan, ids, plan, catalogue, native) = operated();
    let volume = after_operation(&scan, &ids, &plan, &catalogue, &native).unwrap();
    let bodies = metal(&plan, &catalogue).unwrap().iter().map(MeshIndex::new).collect();
    let settings = BeamSettings { film_mm: [180.0, 150.0], pixel_mm: 0.5, ..BeamSettings::default() };
    let beams = [Projection::AnteroPosterior, Projection::Lateral(Side::Right)]
        .map(|projection| Beam::new(projection, &plan.cup.centre, settings).unwrap());
    (volume, bodies, beams.into())
}

#[test]
fn the_cards_film_is_the_processors() {
    let Some(card) = card() else { return };
    let (volume, bodies, beams) = scene();
    for beam in beams {
        let expected = attenuation(&beam, &volume, &bodies);
        let found = attenuation_on_card(&card, &beam, &volume, &bodies).unwrap();
        let most = expected.iter().map(Attenuation::total).fold(0.0, f64::max);
        let off = expected.iter().zip(&found).map(|(a, b)| (a.total() - b.total()).abs()).fold(0.0, f64::max);
        assert!(most > 5.0 && off < 1e-4 * most, "{off} of {most}");
        let inscription = Inscription { letters: beam.projection.letters(), lines: Vec::new() };
        let [expected, found] = [expected, found].map(|lost| film(&beam, &lost, &inscription).unwrap().rgb);
        let squares = expected.iter().zip(&found).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2));
        let mean = squares.sum::<f64>() / expected.len() as f64;
        let psnr_db = 10.0 * (255.0_f64.powi(2) / mean.max(1e-12)).log10();
        eprintln!("{:?}: line integrals within {off:.1e} of {most:.1}, films alike to {psnr_db:.0} dB", beam.projection);
        assert!(psnr_db >= LEAST_PSNR_DB, "{psnr_db} dB");
    }
}

#[test]
fn a_scan_that_is_too_large_for_the_card_is_refused() {
    let Some(card) = card() else { return };
    let (_, _, beams) = scene();
    let most = card.device.limits().max_texture_dimension_3d as usize;
    let grid = coxa::volume::Grid::axis_aligned([most + 1, 1, 1], [0.1; 3], nalgebra::Point3::origin());
    let long = coxa::volume::Volume { hu: vec![0; most + 1], grid };
    let why = attenuation_on_card(&card, &beams[0], &long, &[]).unwrap_err();
    assert!(why.contains(&most.to_string()) && why.contains(&(most + 1).to_string()), "{why}");
}

#[test]
fn without_a_card_the_processor_exposes_the_film_unless_the_card_was_asked_for() {
    if is_plugged_in() {
        return eprintln!("skipped: this machine shows a graphics card");
    }
    let (volume, bodies, beams) = scene();
    let exposure = expose(&beams[0], &volume, &bodies, DeviceChoice::Auto).unwrap();
    assert!(exposure.device.starts_with("CPU (") && exposure.lost == attenuation(&beams[0], &volume, &bodies));
    assert_eq!(expose(&beams[0], &volume, &bodies, DeviceChoice::Cpu).unwrap().device, "CPU");
    let refused = expose(&beams[0], &volume, &bodies, DeviceChoice::Gpu).err().unwrap().to_string();
    assert!(refused.contains("no graphics card") && refused.contains("cpu"), "{refused}");
}
