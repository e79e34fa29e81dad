//! The edits that build the living page from nothing, for a client that has no page to adopt.
//!
//! Walks the page in the order in which Dioxus would create it and gives every node the id that it has, so
//! that later edits fit. Leaves the root nodes appended to node 0.

use dioxus_core::{ElementId, TemplateNode, VNode, VirtualDom, WriteMutations};

use super::attribute;
use super::encoder::{Edits, Encoder};
use super::walk::{self, Dynamic};
use crate::protocol::op::NodeId;

/// The edits for the page as it is, with its title if it has one.
pub(super) fn snapshot(dom: &VirtualDom, title: Option<&str>) -> Edits {
    let mut builder = Builder { dom, encoder: Encoder::default() };
    let m = builder.nodes(walk::root(dom));
    builder.encoder.append_children(ElementId(0), m);
    if let Some(title) = title {
        builder.encoder.ops.title(title);
    }
    builder.encoder.take().unwrap_or_default()
}

struct Builder<'a> {
    dom: &'a VirtualDom,
    encoder: Encoder,
}

impl<'a> Builder<'a> {
    /// Creates nodes; how many are on the stack then.
    fn nodes(&mut self, nodes: &'a [VNode]) -> usize {
        nodes
            .iter()
            .map(|vnode| (0..vnode.template.roots.len()).map(|root| self.root(vnode, root)).sum::<usize>())
            .sum()
    }

    fn root(&mut self, vnode: &'a VNode, root: usize) -> usize {
        if let TemplateNode::Dynamic { id } = vnode.template.roots[root] {
            return self.dynamic(vnode, id);
        }
        let id = walk::root_id(self.dom, vnode, Some(root)).unwrap_or_default();
        self.encoder.load_template(vnode.template, root, element(id));
        // Attributes first: filling in the children moves the nodes that paths lead to.
        self.attributes(vnode, root);
        self.children(vnode, root);
        1
    }

    fn attributes(&mut self, vnode: &'a VNode, root: usize) {
        let mut assigned = None;
        for (index, path) in vnode.template.attr_paths.iter().enumerate() {
            let [first, below @ ..] = path else { continue };
            let Some(id) = vnode.mounted_dynamic_attribute(index, self.dom).filter(|_| usize::from(*first) == root)
            else {
                continue;
            };
            if !below.is_empty() && assigned != Some(id) {
                self.encoder.assign_node_id(below, id);
                assigned = Some(id);
            }
            for attr in &vnode.dynamic_attrs[index] {
                if let Some(event) = attribute::dom_event(attr) {
                    self.encoder.create_event_listener(event, id);
                } else if !attribute::is_listener(attr) {
                    self.encoder.set_attribute(attr.name, attr.namespace, &attr.value, id);
                }
            }
        }
    }

    /// Fills the dynamic places below a root, the last one first, so that the paths of the others stay right.
    fn children(&mut self, vnode: &'a VNode, root: usize) {
        for (index, path) in vnode.template.node_paths.iter().enumerate().rev() {
            let [first, below @ ..] = path else { continue };
            if usize::from(*first) != root || below.is_empty() {
                continue;
            }
            let m = self.dynamic(vnode, index);
            if m > 0 {
                self.encoder.replace_placeholder_with_nodes(below, m);
            }
        }
    }

    fn dynamic(&mut self, vnode: &'a VNode, index: usize) -> usize {
        match walk::dynamic(self.dom, vnode, index) {
            Dynamic::Text(id, text) => self.encoder.create_text_node(text, element(id)),
            Dynamic::Placeholder(id) => self.encoder.create_placeholder(element(id)),
            Dynamic::Nodes(nodes) => return self.nodes(nodes),
        }
        1
    }
}

fn element(id: NodeId) -> ElementId {
    ElementId(id as usize)
}
