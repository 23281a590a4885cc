//! Nodes of a grid as cells of a picture: of each row as few rectangles as can be, neighbours that are alike are one.

use super::zone_plot::band;
use std::fmt::Write;

/// The square that the nodes span, pixels.
#[derive(Clone, Copy)]
pub(super) struct Square {
    pub left: f64,
    pub top: f64,
    pub size: f64,
}

/// Neighbours of a row that are alike: what they hold, and from where, how wide and how high they are.
pub(super) struct Run<'a, T> {
    pub value: &'a T,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Square {
    /// The cells of a grid, row by row from the lowest.
    pub fn runs<'a, T>(self, values: &'a [T], nodes: [usize; 2], alike: impl Fn(&T, &T) -> bool) -> Vec<Run<'a, T>> {
        let Self { left, top, size: side } = self;
        let size = nodes.map(|nodes| side / (nodes - 1) as f64);
        let mut runs = Vec::new();
        for (row, values) in values.chunks(nodes[0]).enumerate() {
            let middle = top + side - size[1] * row as f64;
            let (y, bottom) = ((middle - size[1] / 2.0).max(top), (middle + size[1] / 2.0).min(top + side));
            let mut column = 0;
            for run in values.chunk_by(&alike) {
                let edge = |column: usize| (left + size[0] * (column as f64 - 0.5)).clamp(left, left + side);
                let (x, to) = (edge(column), edge(column + run.len()));
                runs.push(Run { value: &run[0], x, y, width: to - x, height: bottom - y });
                column += run.len();
            }
        }
        runs
    }

    /// Margins in their colours.
    pub fn margins(self, margins_deg: &[f64], nodes: [usize; 2], svg: &mut String) {
        svg.push_str("<g shape-rendering=\"crispEdges\">");
        for Run { value, x, y, width, height } in self.runs(margins_deg, nodes, |a, b| band(*a) == band(*b)) {
            // A little larger, so that no seam shows between neighbours.
            let (width, height, fill) = (width + 0.1, height + 0.1, band(*value));
            // Writing to a String cannot fail, hence the ignored result.
            write!(svg, "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"{fill}\"/>").ok();
        }
        svg.push_str("</g>");
    }
}
