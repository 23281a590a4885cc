//! Where the view is on screen, and how points of the patient and points of the screen belong together.

use super::{
    camera::{FIELD_OF_VIEW, OrbitCamera},
    space::{ViewSpace, lps_direction},
};
use bevy::prelude::Resource;
use egui::{Pos2, Rect, pos2};
use nalgebra::{Point3, Unit, Vector3};

/// Nothing nearer to the camera than this is seen, mm.
const NEAR_MM: f64 = 10.0;

/// The part of the window that shows the bones.
#[derive(Resource, Clone, Copy, Debug)]
pub struct ViewArea {
    /// In points.
    pub rect: Rect,
    /// The pointer, wherever in the window it is, in points.
    pub pointer: Option<Pos2>,
    /// The pointer is over the view, and no panel has hold of it.
    pub pointer_inside: bool,
    /// It is over the view beside it, which turns with it.
    pub pointer_beside: bool,
}

impl Default for ViewArea {
    fn default() -> Self {
        Self { rect: Rect::ZERO, pointer: None, pointer_inside: false, pointer_beside: false }
    }
}

/// An eye in patient space: LPS mm on one hand, points of the screen on the other.
#[derive(Clone, Copy, Debug)]
pub struct Eye {
    position: Point3<f64>,
    right: Vector3<f64>,
    up: Vector3<f64>,
    forwards: Vector3<f64>,
    /// Points on screen per unit of tangent.
    focal: f64,
    centre: Pos2,
}

impl Eye {
    /// The eye of a camera that draws into `view`.
    #[must_use]
    pub fn new(camera: &OrbitCamera, space: &ViewSpace, view: Rect) -> Self {
        let transform = camera.transform();
        Self {
            position: space.lps_point(transform.translation),
            right: lps_direction(*transform.right()),
            up: lps_direction(*transform.up()),
            forwards: lps_direction(*transform.forward()),
            focal: f64::from(view.height()) / 2.0 / f64::from(FIELD_OF_VIEW / 2.0).tan(),
            centre: view.center(),
        }
    }

    /// Where a point is seen; `None` for what lies behind the eye.
    #[must_use]
    pub fn see(&self, point: &Point3<f64>) -> Option<Pos2> {
        let from = point - self.position;
        let depth = from.dot(&self.forwards);
        let scale = self.focal / depth;
        let (x, y) = (from.dot(&self.right) * scale, -from.dot(&self.up) * scale);
        (depth > NEAR_MM).then(|| pos2(self.centre.x + x as f32, self.centre.y + y as f32))
    }

    /// Everything that is seen at a place of the screen.
    #[must_use]
    pub fn ray(&self, at: Pos2) -> Ray {
        let away = at - self.centre;
        let direction = self.forwards * self.focal + self.right * f64::from(away.x) - self.up * f64::from(away.y);
        Ray { origin: self.position, direction: Unit::new_normalize(direction) }
    }
}

/// A line of sight, LPS mm.
#[derive(Clone, Copy, Debug)]
pub struct Ray {
    /// The eye.
    pub origin: Point3<f64>,
    /// Away from it.
    pub direction: Unit<Vector3<f64>>,
}

impl Ray {
    /// The point of the line of sight that is nearest to another.
    #[must_use]
    pub fn nearest(&self, point: &Point3<f64>) -> Point3<f64> {
        self.origin + self.direction.into_inner() * (point - self.origin).dot(&self.direction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::model::View, frames::Side};

    #[test]
    fn what_is_seen_somewhere_lies_on_the_ray_of_that_place() {
        let mut camera = OrbitCamera::default();
        camera.look(View::Home, Side::Right);
        let space = ViewSpace { origin: Point3::new(-90.0, 20.0, 700.0) };
        let eye = Eye::new(&camera, &space, Rect::from_min_size(pos2(236.0, 40.0), egui::vec2(700.0, 600.0)));
        let point = Point3::new(-60.0, -30.0, 720.0);
        let ray = eye.ray(eye.see(&point).unwrap());
        assert!((ray.nearest(&point) - point).norm() < 1e-3, "{}", (ray.nearest(&point) - point).norm());
        assert_eq!(eye.see(&space.origin).map(|p| p.round()), Some(pos2(586.0, 340.0)), "the hip is in the middle");
        assert!(eye.see(&(ray.origin - ray.direction.into_inner() * 50.0)).is_none(), "behind the eye");
    }

    #[test]
    fn from_the_front_left_is_on_the_right_and_superior_above() {
        let eye =
            Eye::new(&OrbitCamera::default(), &ViewSpace::default(), Rect::from_min_size(Pos2::ZERO, egui::vec2(100.0, 100.0)));
        let middle = eye.see(&Point3::origin()).unwrap();
        assert!(eye.see(&Point3::new(10.0, 0.0, 0.0)).unwrap().x > middle.x);
        assert!(eye.see(&Point3::new(0.0, 0.0, 10.0)).unwrap().y < middle.y);
    }
}
