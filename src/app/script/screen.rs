//! What is on the window: names and places of its widgets, from the tree that egui makes for screen readers.

use egui::{
    Context, LayerId, Order, Rect,
    accesskit::{Action, Node, NodeId, Role, TreeUpdate},
};

/// A widget or a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Widget {
    /// In the tree.
    pub node: NodeId,
    /// As it is read out.
    pub name: String,
    /// A hand can do something with it.
    pub handled: bool,
    /// Not greyed out.
    pub enabled: bool,
    /// Where it is, points.
    pub rect: Rect,
    /// What of it is not cut off by the panel that it is in.
    pub seen: Rect,
    /// What it is drawn on.
    pub layer: Option<LayerId>,
}

impl Widget {
    /// Less than most of it is seen.
    #[must_use]
    pub fn hidden(&self) -> bool {
        let part = |seen: f32, whole: f32| whole <= 0.0 || seen < whole * 0.8;
        part(self.seen.height(), self.rect.height()) || self.seen.width() < 4.0
    }

    /// Something else lies over its middle.
    #[must_use]
    pub fn covered(&self, context: &Context) -> bool {
        let (Some(own), Some(top)) = (self.layer, context.layer_id_at(self.seen.center())) else { return false };
        top != own && !matches!(top.order, Order::Tooltip | Order::Background)
    }
}

/// Everything that has a name, in the order of the tree.
#[must_use]
pub fn widgets(context: &Context, tree: &TreeUpdate) -> Vec<Widget> {
    let node = |id: NodeId| tree.nodes.iter().find(|(other, _)| *other == id).map(|(_, node)| node);
    let name = |of: &Node| {
        let own = of.label().map(str::to_owned);
        let of_label = || of.labelled_by().first().and_then(|id| node(*id)?.value().map(str::to_owned));
        let shown = || (of.role() != Role::TextInput).then(|| of.value().map(str::to_owned)).flatten();
        own.or_else(of_label).or_else(|| of.placeholder().map(str::to_owned)).or_else(shown).filter(|name| !name.is_empty())
    };
    context.viewport(|viewport| {
        let drawn: Vec<_> = viewport.prev_pass.widgets.layers().flat_map(|(_, widgets)| widgets).collect();
        let widget = |(id, of): &(NodeId, Node)| {
            let bounds = of.bounds()?;
            let rect = Rect::from_min_max(
                [bounds.x0, bounds.y0].map(|v| v as f32).into(),
                [bounds.x1, bounds.y1].map(|v| v as f32).into(),
            );
            let drawn = drawn.iter().find(|drawn| drawn.id.accesskit_id() == *id);
            let handled = of.role() != Role::Label && (of.supports_action(Action::Click) || of.supports_action(Action::Focus));
            Some(Widget {
                node: *id,
                name: name(of)?,
                handled,
                enabled: !of.is_disabled(),
                rect,
                seen: drawn.map_or(Rect::NOTHING, |drawn| drawn.interact_rect),
                layer: drawn.map(|drawn| drawn.layer_id),
            })
        };
        tree.nodes.iter().filter_map(widget).collect()
    })
}

/// The widget that a hand would take for this name.
///
/// # Errors
/// A sentence that says why there is none, or more than one.
pub fn find<'a>(widgets: &'a [Widget], name: &str) -> Result<&'a Widget, String> {
    let handled = || widgets.iter().filter(|widget| widget.handled);
    let exactly: Vec<&Widget> = handled().filter(|widget| widget.name == name).collect();
    let found = if exactly.is_empty() { handled().filter(|widget| widget.name.contains(name)).collect() } else { exactly };
    match found[..] {
        [one] => Ok(one),
        [] => Err(format!("no widget is named '{name}'")),
        _ => Err(format!("several widgets are named '{name}': {}", names(&found))),
    }
}

/// Is this to be read?
#[must_use]
pub fn reads(widgets: &[Widget], text: &str) -> bool {
    widgets.iter().any(|widget| widget.name.contains(text))
}

/// Names in a line.
#[must_use]
pub fn names(widgets: &[&Widget]) -> String {
    widgets.iter().map(|widget| format!("'{}'", widget.name.replace('\n', " "))).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widget(name: &str, handled: bool) -> Widget {
        let rect = Rect::from_min_size(egui::pos2(10.0, 10.0), egui::vec2(80.0, 20.0));
        Widget { node: NodeId(1), name: name.into(), handled, enabled: true, rect, seen: rect, layer: None }
    }

    #[test]
    fn a_name_means_one_widget_or_it_is_said_why_not() {
        let widgets = [widget("Open", true), widget("Open …", true), widget("5 Cup ✔", true), widget("5 Cup", false)];
        assert_eq!(find(&widgets, "Open").unwrap().name, "Open", "exactly, though another contains it");
        assert_eq!(find(&widgets, "5 Cup").unwrap().name, "5 Cup ✔", "a text cannot be clicked on");
        assert!(find(&widgets, "Ope").unwrap_err().contains("'Open', 'Open …'"));
        assert!(find(&widgets, "Close").unwrap_err().contains("no widget"));
        assert!(reads(&widgets, "Cup") && !reads(&widgets, "Stem"));
    }

    #[test]
    fn what_a_panel_cuts_off_is_hidden() {
        let whole = widget("Approve", true);
        assert!(!whole.hidden());
        let cut = Rect::from_min_max(whole.rect.min, whole.rect.max - egui::vec2(0.0, 12.0));
        assert!(Widget { seen: cut, ..whole.clone() }.hidden());
        assert!(Widget { seen: Rect::NOTHING, ..whole }.hidden());
    }
}
