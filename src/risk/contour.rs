//! Where a function on a grid is a level: each cell in two triangles, linear in each, so that no cell is ambiguous.

use std::collections::BTreeMap;

/// A function on a grid of nodes, row by row.
pub(crate) struct Field<'a> {
    pub(crate) values: &'a [f64],
    /// Nodes in a row.
    pub(crate) columns: usize,
}

/// An edge of a triangle by its nodes, the lower first: names the one point on it where the level is crossed.
type Edge = (usize, usize);

impl Field<'_> {
    fn triangles(&self) -> impl Iterator<Item = [usize; 3]> {
        let n = self.columns;
        let rows = self.values.len() / n;
        let corners = (0..rows - 1).flat_map(move |row| (0..n - 1).map(move |column| row * n + column));
        corners.flat_map(move |a| [[a, a + 1, a + n + 1], [a, a + n + 1, a + n]])
    }

    /// Part of the grid's area where the function is at least a level, 0 to 1.
    pub(super) fn part_above(&self, level: f64) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for triangle in self.triangles() {
            sum += above(triangle.map(|node| self.values[node] - level));
            count += 1.0;
        }
        sum / count
    }

    /// Lines along which the function is a level, in nodes from the first along rows (x) and across them (y); a closed one ends where it begins.
    pub(crate) fn contours(&self, level: f64) -> Vec<Vec<[f64; 2]>> {
        let mut neighbours: BTreeMap<Edge, Vec<Edge>> = BTreeMap::new();
        for triangle in self.triangles() {
            let crossed: Vec<Edge> = [(0, 1), (1, 2), (2, 0)]
                .into_iter()
                .map(|(a, b)| (triangle[a].min(triangle[b]), triangle[a].max(triangle[b])))
                .filter(|(a, b)| (self.values[*a] >= level) != (self.values[*b] >= level))
                .collect();
            if let [one, other] = crossed[..] {
                neighbours.entry(one).or_default().push(other);
                neighbours.entry(other).or_default().push(one);
            }
        }
        let mut lines = Vec::new();
        // Open lines first, from an end; what is left are rings.
        while let Some(start) =
            neighbours.iter().find(|(_, next)| next.len() == 1).or_else(|| neighbours.iter().next()).map(|(edge, _)| *edge)
        {
            let mut line = vec![start];
            let mut at = start;
            while let Some(next) = neighbours.get_mut(&at).and_then(Vec::pop) {
                if let Some(back) = neighbours.get_mut(&next) {
                    back.retain(|edge| *edge != at);
                }
                if neighbours.get(&at).is_some_and(Vec::is_empty) {
                    neighbours.remove(&at);
                }
                line.push(next);
                at = next;
            }
            neighbours.retain(|_, next| !next.is_empty());
            lines.push(line.into_iter().map(|edge| self.crossing(edge, level)).collect());
        }
        lines
    }

    fn crossing(&self, (a, b): Edge, level: f64) -> [f64; 2] {
        let (from, to) = (self.values[a], self.values[b]);
        let part = (level - from) / (to - from);
        let place = |node: usize| [(node % self.columns) as f64, (node / self.columns) as f64];
        let (a, b) = (place(a), place(b));
        [0, 1].map(|axis| a[axis] + part * (b[axis] - a[axis]))
    }
}

/// Part of a triangle in which a linear function with these values at its corners is not negative.
fn above(mut values: [f64; 3]) -> f64 {
    values.sort_by(f64::total_cmp);
    let [low, middle, high] = values;
    if low >= 0.0 {
        1.0
    } else if high < 0.0 {
        0.0
    } else if middle >= 0.0 {
        1.0 - low * low / ((low - middle) * (low - high))
    } else {
        high * high / ((high - middle) * (high - low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(nodes: usize, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        (0..nodes * nodes).map(|i| f((i % nodes) as f64, (i / nodes) as f64)).collect()
    }

    #[test]
    fn half_a_plane_is_half_and_its_edge_one_straight_line() {
        let values = grid(11, |x, y| x + y - 10.0);
        let field = Field { values: &values, columns: 11 };
        assert!((field.part_above(0.0) - 0.5).abs() < 1e-12);
        assert!((field.part_above(-5.0) - 0.875).abs() < 1e-12, "all but a corner triangle of half a square of 5");
        let lines = field.contours(-2.5);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|[x, y]| (x + y - 7.5).abs() < 1e-12));
    }

    #[test]
    fn a_disc_is_one_ring_with_the_area_of_a_disc() {
        let values = grid(41, |x, y| 15.0 - (x - 20.0).hypot(y - 20.0));
        let field = Field { values: &values, columns: 41 };
        let area = field.part_above(0.0) * 1600.0;
        assert!((area / (std::f64::consts::PI * 225.0) - 1.0).abs() < 2e-3, "{area}");
        let lines = field.contours(0.0);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert!(lines[0].iter().all(|[x, y]| ((x - 20.0).hypot(y - 20.0) - 15.0).abs() < 0.02));
    }

    #[test]
    fn two_hills_are_two_rings() {
        let hill = |x: f64, y: f64, at: f64| 3.0 - (x - at).hypot(y - at);
        let values = grid(31, |x, y| hill(x, y, 8.0).max(hill(x, y, 22.0)));
        assert_eq!(Field { values: &values, columns: 31 }.contours(0.0).len(), 2);
    }
}
