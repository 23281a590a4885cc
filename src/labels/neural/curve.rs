//! Loss and Dice of a training run as a picture.

use super::train::CurvePoint;
use crate::labels::Label;
use plotters::prelude::*;

/// The curves as SVG: training loss to the left, validation Dice of every class to the right.
///
/// # Errors
/// What the drawing library says; nothing is written to disk here.
pub fn svg(points: &[CurvePoint], classes: &[Label]) -> Result<String, String> {
    let mut picture = String::new();
    draw(&mut picture, points, classes).map_err(|error| error.to_string())?;
    Ok(picture)
}

fn draw(picture: &mut String, points: &[CurvePoint], classes: &[Label]) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(picture, (1000, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let (left, right) = area.split_horizontally(460);
    let last = points.iter().map(|p| p.step).max().unwrap_or(1) as f64;
    let highest = points.iter().map(|p| p.loss).fold(0.1, f64::max);
    let axes = |area, height: f64, title: &str| {
        ChartBuilder::on(area)
            .margin(12)
            .caption(title, ("sans-serif", 16))
            .x_label_area_size(36)
            .y_label_area_size(44)
            .build_cartesian_2d(0.0..last, 0.0..height)
    };
    let mut loss = axes(&left, highest, "Training loss (cross entropy + 1 − Dice)")?;
    loss.configure_mesh().x_desc("step").draw()?;
    loss.draw_series(LineSeries::new(points.iter().map(|p| (p.step as f64, p.loss)), &BLUE))?;
    let mut dice = axes(&right, 1.0, "Dice on validation phantoms (coarse grid)")?;
    dice.configure_mesh().x_desc("step").draw()?;
    for (class, label) in classes.iter().skip(1).enumerate() {
        let colour = Palette99::pick(class).to_rgba();
        let line = points.iter().filter_map(|p| Some((p.step as f64, *p.dice.get(class)?)));
        dice.draw_series(LineSeries::new(line, &colour))?
            .label(label.name())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour));
    }
    dice.configure_series_labels().position(SeriesLabelPosition::LowerRight).background_style(WHITE.mix(0.8)).draw()?;
    area.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_names_its_classes() {
        let points = [(10, 2.0, 0.1), (20, 1.0, 0.6)].map(|(step, loss, d)| CurvePoint { step, loss, dice: vec![d, d] });
        let picture = svg(&points, &[Label::Background, Label::HipLeft, Label::HipRight]).unwrap();
        assert!(picture.contains("hip_right") && picture.contains("polyline"));
    }
}
