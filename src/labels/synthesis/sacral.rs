//! Lumbar vertebrae above the sacrum and a coccyx below it: the shape model has neither, and a network that never saw them
//! takes L5 for sacrum. Plain solids of textbook size, placed on the drawn sacrum.

use super::{random::Dice, solids::superellipsoid};
use crate::{frames::AnatomicalFrame, mesh::TriMesh};
use nalgebra::{Matrix3, Point3, Vector3};

/// L5, L4 and L3 on the sacral plateau, as overlapping closed solids in one mesh. With `freedom` above 0 (to 1) discs narrow, vertebrae
/// lean, turn, slip and differ in size, as `free` decides.
pub(super) fn lumbar_spine(
    sacrum: &TriMesh,
    plateau_vertex: usize,
    app: &AnatomicalFrame,
    dice: &mut Dice,
    freedom: f64,
    free: &mut Dice,
) -> TriMesh {
    let plateau = Plateau::of(sacrum, plateau_vertex, app);
    let size = dice.uniform(0.92..=1.06);
    let (half_width, half_depth) = (plateau.half_width_mm.clamp(22.0, 29.0), dice.uniform(16.0..=19.0) * size);
    let spinous = dice.uniform(0.8..=1.2);
    let mut base = plateau.centre;
    let mut spine = TriMesh::default();
    // The column turns from the slope of the sacral plateau to upright within three vertebrae.
    for upright in [0.35, 0.7, 1.0] {
        let up = plateau.normal.lerp(&app.superior(), upright).normalize();
        let right = (app.right().into_inner() - up * up.dot(&app.right())).normalize();
        let axes = Matrix3::from_columns(&[right, up.cross(&right), up]);
        let (disc, half_height) = (dice.uniform(7.0..=13.0) * size, dice.uniform(12.5..=14.5) * size);
        let mut vertebra = Vertebra {
            centre: base + up * (disc + half_height),
            axes,
            half: Vector3::new(half_width, half_depth, half_height),
            spinous,
            wings: 1.0,
            waist: 0.0,
        };
        if freedom > 0.0 {
            vertebra.depart(base, disc, freedom, free);
        }
        vertebra.append_to(&mut spine);
        base = vertebra.centre + vertebra.axes.column(2) * vertebra.half.z;
    }
    spine
}

/// Centre line of the sacral canal, a little under the back of the sacrum, from its upper end downwards.
pub(super) fn sacral_canal(sacrum: &TriMesh, app: &AnatomicalFrame) -> Vec<Point3<f64>> {
    const UNDER_THE_BACK_MM: f64 = 9.0;
    let local: Vec<_> = sacrum.vertices.iter().map(|p| app.local_point(p)).collect();
    let middle = local.iter().map(|p| p.z).sum::<f64>() / local.len().max(1) as f64;
    let (low, high) = local.iter().fold((f64::MAX, f64::MIN), |(l, h), p| (l.min(p.y), h.max(p.y)));
    (0..40)
        .filter_map(|step| {
            // From just below the top over the upper 55 % of sacrum and coccyx.
            let height = high - 8.0 - 0.55 * (high - low) * f64::from(step) / 39.0;
            let back = local
                .iter()
                .filter(|p| (p.y - height).abs() < 6.0 && (p.z - middle).abs() < 6.0)
                .map(|p| p.x)
                .fold(f64::MAX, f64::min);
            (back < f64::MAX).then(|| app.lps_point(&Point3::new(back + UNDER_THE_BACK_MM, height, middle)))
        })
        .collect()
}

struct Plateau {
    centre: Point3<f64>,
    normal: Vector3<f64>,
    half_width_mm: f64,
}

impl Plateau {
    fn of(sacrum: &TriMesh, vertex: usize, app: &AnatomicalFrame) -> Self {
        let normals = sacrum.vertex_normals();
        let close = |v: &usize, reach: f64| (sacrum.vertices[*v] - sacrum.vertices[vertex]).norm() < reach;
        let seed: Vector3<f64> = (0..normals.len()).filter(|v| close(v, 8.0)).map(|v| normals[v]).sum();
        let facing: Vec<usize> =
            (0..normals.len()).filter(|v| close(v, 28.0) && normals[*v].dot(&seed) > 0.85 * seed.norm()).collect();
        let count = facing.len().max(1) as f64;
        let centre = Point3::from(facing.iter().map(|&v| sacrum.vertices[v].coords).sum::<Vector3<f64>>() / count);
        let normal = facing.iter().map(|&v| normals[v]).sum::<Vector3<f64>>().try_normalize(1e-9);
        let across = facing.iter().map(|&v| (sacrum.vertices[v] - centre).dot(&app.right()).abs()).fold(0.0, f64::max);
        Self { centre, normal: normal.unwrap_or(app.superior().into_inner()), half_width_mm: across }
    }
}

/// A vertebral body with its arch.
struct Vertebra {
    centre: Point3<f64>,
    /// Columns: right, anterior, up.
    axes: Matrix3<f64>,
    half: Vector3<f64>,
    spinous: f64,
    /// Length of the transverse processes relative to the plain ones.
    wings: f64,
    /// How much wider the end plates are than the waist between them, mm.
    waist: f64,
}

impl Vertebra {
    /// Another size, another disc below it, a lean, a turn and a slip.
    fn depart(&mut self, base: Point3<f64>, disc: f64, freedom: f64, free: &mut Dice) {
        let mut about_one = |spread: f64| 1.0 + freedom * free.uniform(-spread..=spread);
        self.half.component_mul_assign(&Vector3::new(about_one(0.14), about_one(0.16), about_one(0.14)));
        self.spinous *= about_one(0.25);
        self.wings = about_one(0.35);
        // From a bulging young disc to hardly any.
        let disc = disc * (1.0 - freedom * free.uniform(-0.15..=0.9));
        let lean = Vector3::from_fn(|_, _| free.normal_within(2.0) * freedom).component_mul(&Vector3::new(0.07, 0.06, 0.08));
        self.axes *= nalgebra::Rotation3::new(lean).matrix();
        let slip = if free.chance(0.2) { free.uniform(-3.0..=9.0) } else { free.uniform(-1.5..=1.5) };
        let offset = Vector3::new(free.uniform(-2.0..=2.0), slip, disc.max(0.6) + self.half.z);
        self.centre = base + self.axes * (offset.component_mul(&Vector3::new(freedom, freedom, 1.0)));
        self.waist = free.uniform(0.0..=4.0) * freedom;
    }

    fn append_to(&self, mesh: &mut TriMesh) {
        let back = -self.half.y;
        if self.waist > 0.0 {
            // A body drawn in at its waist: the core and two end plates with their lips.
            let waist = self.half - Vector3::new(self.waist, self.waist, 0.0);
            self.solid(mesh, Vector3::zeros(), waist, Vector3::zeros(), (0.3, 0.85));
            for end in [-1.0, 1.0] {
                let plate = Vector3::new(self.half.x, self.half.y, self.half.z * 0.28);
                self.solid(mesh, Vector3::z() * (end * (self.half.z - plate.z)), plate, Vector3::zeros(), (0.45, 0.85));
            }
        } else {
            self.solid(mesh, Vector3::zeros(), self.half, Vector3::zeros(), (0.3, 0.85));
        }
        // The spinous process slopes downwards.
        let spinous = Vector3::new(3.2, 16.0 * self.spinous, 9.0);
        self.solid(
            mesh,
            Vector3::new(0.0, back - 21.0 - spinous.y * 0.8, -8.0),
            spinous,
            Vector3::new(0.35, 0.0, 0.0),
            (0.6, 0.8),
        );
        for side in [-1.0, 1.0] {
            let part = |x: f64, y: f64, z: f64| Vector3::new(side * x, back + y, z);
            let turned = |about_up: f64| Vector3::new(0.0, 0.0, side * about_up);
            self.solid(mesh, part(self.half.x * 0.5, -6.0, 4.0), Vector3::new(5.0, 11.0, 6.5), turned(0.0), (0.8, 0.8));
            self.solid(mesh, part(9.0, -18.0, -3.0), Vector3::new(11.0, 3.8, 10.0), turned(0.6), (0.6, 0.8));
            let wing = Vector3::new(16.0 * self.wings, 4.5, 6.0);
            self.solid(mesh, part(14.0 + wing.x, -10.0, 3.0), wing, turned(0.15), (0.9, 0.9));
            self.solid(mesh, part(17.0, -16.0, 0.0), Vector3::new(5.5, 6.5, 19.0), turned(0.0), (0.8, 0.9));
        }
    }

    /// Adds a solid at `offset` (right, anterior, up; mm) with half-axes `half`, turned by rotation vector `turn` (radians) in these axes.
    fn solid(&self, mesh: &mut TriMesh, offset: Vector3<f64>, half: Vector3<f64>, turn: Vector3<f64>, squareness: (f64, f64)) {
        let turned = self.axes * nalgebra::Rotation3::new(turn) * Matrix3::from_diagonal(&half);
        mesh.append(&superellipsoid(&(self.centre + self.axes * offset), &turned, squareness.0, squareness.1));
    }
}

/// Four coccygeal pieces that continue the sacrum's tip downwards and curve forwards; with `freedom` above 0 (to 1) three to five of
/// any size, bent forwards and sideways, joined or apart, as `free` decides.
pub(super) fn coccyx(sacrum: &TriMesh, app: &AnatomicalFrame, dice: &mut Dice, freedom: f64, free: &mut Dice) -> TriMesh {
    let (up, forward) = (app.superior().into_inner(), app.anterior().into_inner());
    let height = |p: &Point3<f64>| p.coords.dot(&up);
    let lowest = sacrum.vertices.iter().map(height).fold(f64::INFINITY, f64::min);
    let tip: Vec<_> = sacrum.vertices.iter().filter(|p| height(p) < lowest + 6.0).collect();
    let mut place = Point3::from(tip.iter().map(|p| p.coords).sum::<Vector3<f64>>() / tip.len().max(1) as f64);
    let mut curve = dice.uniform(0.2..=0.4);
    let mut bend = dice.uniform(0.1..=0.5);
    let mut mesh = TriMesh::default();
    let mut pieces = vec![(10.0, 5.0, 8.0), (7.5, 4.5, 6.5), (5.5, 4.0, 5.5), (4.0, 3.5, 5.0)];
    let (mut aside, mut apart) = (0.0, 0.9);
    if freedom > 0.0 {
        curve += freedom * free.uniform(-0.3..=0.5);
        bend += freedom * free.uniform(-0.5..=0.4);
        aside = freedom * free.uniform(-0.2..=0.2);
        apart = 0.9 + freedom * free.uniform(-0.1..=0.25);
        let size = 1.0 + freedom * free.uniform(-0.25..=0.25);
        pieces =
            pieces.into_iter().map(|(w, d, h)| (w * size, d * size, h * (1.0 + freedom * free.uniform(-0.2..=0.3)))).collect();
        match free.uniform(0.0..=1.0) {
            few if few < 0.25 => pieces.truncate(3),
            many if many > 0.75 => pieces.push((3.2, 2.8, 4.0)),
            _ => {}
        }
    }
    for (half_width, half_depth, half_height) in pieces {
        let down = (forward * f64::sin(bend) - up * f64::cos(bend)).normalize();
        let down = if aside == 0.0 { down } else { (down + app.right().scale(aside)).normalize() };
        place += down * (half_height * apart);
        let across = (app.right().into_inner() - down * down.dot(&app.right())).normalize();
        let axes = Matrix3::from_columns(&[across * half_width, (-down).cross(&across) * half_depth, -down * half_height]);
        mesh.append(&superellipsoid(&place, &axes, 0.8, 0.9));
        place += down * (half_height * apart);
        bend += curve;
    }
    mesh
}

/// A hole through the sacrum from back to front: a capsule, LPS mm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Foramen {
    pub(super) from: Point3<f64>,
    pub(super) to: Point3<f64>,
    pub(super) radius_mm: f64,
}

impl Foramen {
    /// Distance from its wall, mm; negative inside.
    pub(super) fn distance_mm(&self, p: &Point3<f64>) -> f64 {
        let along = self.to - self.from;
        let share = ((p - self.from).dot(&along) / along.norm_squared().max(1e-9)).clamp(0.0, 1.0);
        (p - (self.from + along * share)).norm() - self.radius_mm
    }
}

/// Three or four pairs of sacral foramina beside the canal: the smooth sacrum of the shape model has none.
pub(super) fn foramina(sacrum: &TriMesh, app: &AnatomicalFrame, free: &mut Dice) -> Vec<Foramen> {
    let canal = sacral_canal(sacrum, app);
    let right = app.right().into_inner();
    let wide = free.uniform(0.8..=1.25);
    let rows = [(14, 17.5, 4.6), (24, 15.5, 4.2), (33, 13.5, 3.6), (39, 11.5, 2.8)];
    let count = if free.chance(0.5) { 4 } else { 3 };
    let mut found = Vec::new();
    for (step, aside, radius) in rows.into_iter().take(count) {
        let Some(here) = canal.get(step) else { continue };
        let tangent = canal[step.saturating_sub(5)] - canal[(step + 5).min(canal.len() - 1)];
        let forward = right.cross(&-tangent).try_normalize(1e-9).unwrap_or(app.anterior().into_inner());
        let forward = if forward.dot(&app.anterior()) < 0.0 { -forward } else { forward };
        for side in [-1.0, 1.0] {
            let beside = here + right * (side * aside * (0.5 + 0.5 * wide));
            let radius_mm = radius * wide * free.uniform(0.85..=1.15);
            found.push(Foramen { from: beside - forward * 14.0, to: beside + forward * 45.0 + right * (side * 7.0), radius_mm });
        }
    }
    found
}

/// The median crest: the spinous processes of the sacral vertebrae, grown together.
pub(super) fn crest(sacrum: &TriMesh, app: &AnatomicalFrame, free: &mut Dice) -> TriMesh {
    let canal = sacral_canal(sacrum, app);
    let back = -app.anterior().into_inner();
    let tall = free.uniform(0.0..=8.0);
    let mut mesh = TriMesh::default();
    for step in [3, 12, 21, 30] {
        let Some(here) = canal.get(step) else { continue };
        let half = Vector3::new(free.uniform(2.2..=3.6), 4.0 + tall * free.uniform(0.5..=1.0), free.uniform(5.0..=8.5));
        let axes =
            Matrix3::from_columns(&[app.right().scale(half.x), app.anterior().scale(half.y), app.superior().scale(half.z)]);
        mesh.append(&superellipsoid(&(here + back * 8.5), &axes, 0.7, 0.8));
    }
    mesh
}
