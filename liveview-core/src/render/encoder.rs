//! Turns the mutations of one render into the edits that a browser applies.
//!
//! [`Edits`] are `templates, ops`: the ids of the templates that they use, and the edits in the order in which
//! Dioxus made them, in the binary form of the wire document. Edits depend on earlier ones only through node
//! ids, hold no template definitions, and so can be kept and sent to any socket of the view.
//!
//! The edits are those of `dioxus_core::WriteMutations` 0.7. Does no I/O and cannot fail.

use std::collections::HashMap;

use dioxus_core::{AttributeValue, ElementId, Template, WriteMutations};

use super::attribute;
use super::template::{TemplateId, id_of};
use crate::protocol::op::{NodeId, OpWriter};

/// The edits of one render; put [definitions](super::template::write_definitions) in front of them to make the body of a frame.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Edits {
    /// The templates that the ops load, each once.
    pub templates: Vec<TemplateId>,
    /// The ops, without definitions.
    pub ops: Vec<u8>,
}

/// The name of an attribute and the value that was sent last; `None`: it was removed.
type Sent = (&'static str, Option<Box<str>>);

/// Writes edits, and remembers what later edits depend on: which listeners there are, and which values of
/// *volatile* attributes were sent. Dioxus repeats those at every render, changed or not.
#[derive(Default)]
pub(super) struct Encoder {
    pub(super) ops: OpWriter,
    templates: Vec<TemplateId>,
    volatile: HashMap<NodeId, Vec<Sent>>,
    listeners: HashMap<NodeId, Vec<&'static str>>,
}

impl Encoder {
    /// What was written since the last call; `None` if nothing was.
    pub(super) fn take(&mut self) -> Option<Edits> {
        let edits = Edits { templates: std::mem::take(&mut self.templates), ops: self.ops.take() };
        (!edits.ops.is_empty()).then_some(edits)
    }

    /// Whether the page listens to this event on this node.
    pub(super) fn is_listening(&self, node: NodeId, event: &str) -> bool {
        self.listeners.get(&node).is_some_and(|events| events.contains(&event))
    }

    fn load(&mut self, template: &Template, root: usize, node: NodeId) {
        let id = id_of(template);
        // The last one first: the rows of a list come one after the other.
        if self.templates.last() != Some(&id) && !self.templates.contains(&id) {
            self.templates.push(id);
        }
        self.ops.load(id.number(), root as u32, node);
    }

    /// Forgets what is known of a node whose id now means another one.
    fn reassign(&mut self, id: ElementId) -> NodeId {
        let node = id.0 as NodeId;
        self.volatile.remove(&node);
        self.listeners.remove(&node);
        node
    }

    /// Notes a volatile value; whether it differs from the last one.
    fn is_news(&mut self, node: NodeId, name: &'static str, value: Option<&str>) -> bool {
        let sent = self.volatile.entry(node).or_default();
        match sent.iter_mut().find(|(other, _)| *other == name) {
            Some((_, last)) if last.as_deref() == value => false,
            Some((_, last)) => {
                *last = value.map(Box::from);
                true
            }
            None => {
                sent.push((name, value.map(Box::from)));
                true
            }
        }
    }
}

/// The attributes that dioxus-html calls volatile.
fn is_volatile(name: &str) -> bool {
    matches!(name, "value" | "selected")
}

fn node(id: ElementId) -> NodeId {
    id.0 as NodeId
}

impl WriteMutations for Encoder {
    fn append_children(&mut self, id: ElementId, m: usize) {
        self.ops.append(node(id), m as u32);
    }

    fn assign_node_id(&mut self, path: &'static [u8], id: ElementId) {
        let node = self.reassign(id);
        self.ops.assign(path, node);
    }

    fn create_placeholder(&mut self, id: ElementId) {
        let node = self.reassign(id);
        self.ops.placeholder(node);
    }

    fn create_text_node(&mut self, value: &str, id: ElementId) {
        let node = self.reassign(id);
        self.ops.create_text(node, value);
    }

    fn load_template(&mut self, template: Template, index: usize, id: ElementId) {
        let node = self.reassign(id);
        self.load(&template, index, node);
    }

    fn replace_node_with(&mut self, id: ElementId, m: usize) {
        self.ops.replace(node(id), m as u32);
    }

    fn replace_placeholder_with_nodes(&mut self, path: &'static [u8], m: usize) {
        self.ops.fill(path, m as u32);
    }

    fn insert_nodes_after(&mut self, id: ElementId, m: usize) {
        self.ops.after(node(id), m as u32);
    }

    fn insert_nodes_before(&mut self, id: ElementId, m: usize) {
        self.ops.before(node(id), m as u32);
    }

    fn set_attribute(&mut self, name: &'static str, ns: Option<&'static str>, value: &AttributeValue, id: ElementId) {
        let (node, value) = (node(id), attribute::value(name, value));
        if is_volatile(name) && !self.is_news(node, name, value.as_deref()) {
            return;
        }
        let (name, namespace) = (attribute::name(name), ns.unwrap_or_default());
        match value {
            Some(value) => self.ops.set(node, name, namespace, &value),
            None => self.ops.unset(node, name, namespace),
        }
    }

    fn set_node_text(&mut self, value: &str, id: ElementId) {
        self.ops.text(node(id), value);
    }

    fn create_event_listener(&mut self, name: &'static str, id: ElementId) {
        // Dioxus's own event: it needs no listener in the DOM, and no client may forge it.
        if name == "mounted" {
            return;
        }
        let events = self.listeners.entry(node(id)).or_default();
        if !events.contains(&name) {
            events.push(name);
        }
        self.ops.listen(node(id), name);
    }

    fn remove_event_listener(&mut self, name: &'static str, id: ElementId) {
        if name == "mounted" {
            return;
        }
        if let Some(events) = self.listeners.get_mut(&node(id)) {
            events.retain(|event| *event != name);
        }
        self.ops.unlisten(node(id), name);
    }

    fn remove_node(&mut self, id: ElementId) {
        let node = self.reassign(id);
        self.ops.remove(node);
    }

    fn push_root(&mut self, id: ElementId) {
        self.ops.push(node(id));
    }
}
