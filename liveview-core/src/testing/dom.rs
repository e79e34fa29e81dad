//! A small DOM: as much of a browser's as a live page needs.
//!
//! Nodes live in an arena for as long as the [`Dom`] does and are named by [`Handle`]s; a node that is taken out of the tree
//! stays in the arena. Attributes and style properties are sorted, so that two equal pages print equally.

use std::collections::{BTreeMap, BTreeSet};

mod parse;
mod print;

pub(super) use self::parse::parse;

/// A node of one [`Dom`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Handle(usize);

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Element(Element),
    Text(String),
    Comment,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    pub(super) tag: String,
    /// Inside SVG or `MathML`.
    pub(super) is_foreign: bool,
    pub(super) attributes: BTreeMap<String, String>,
    /// The properties of the `style` attribute.
    pub(super) style: BTreeMap<String, String>,
    pub(super) listeners: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Node {
    parent: Option<Handle>,
    children: Vec<Handle>,
    kind: Kind,
}

/// A forest of nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct Dom {
    nodes: Vec<Node>,
}

impl Dom {
    pub(super) fn create(&mut self, kind: Kind) -> Handle {
        self.nodes.push(Node { parent: None, children: Vec::new(), kind });
        Handle(self.nodes.len() - 1)
    }

    pub(super) fn kind(&self, node: Handle) -> &Kind {
        &self.nodes[node.0].kind
    }

    pub(super) fn element_mut(&mut self, node: Handle) -> Option<&mut Element> {
        match &mut self.nodes[node.0].kind {
            Kind::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(super) fn text_mut(&mut self, node: Handle) -> Option<&mut String> {
        match &mut self.nodes[node.0].kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn children(&self, node: Handle) -> &[Handle] {
        &self.nodes[node.0].children
    }

    /// The node at the end of a path of child indices.
    pub(super) fn at(&self, node: Handle, path: &[u32]) -> Option<Handle> {
        path.iter().try_fold(node, |node, index| self.children(node).get(*index as usize).copied())
    }

    /// Takes the node out of its parent.
    pub(super) fn detach(&mut self, node: Handle) {
        if let Some(parent) = self.nodes[node.0].parent.take() {
            self.nodes[parent.0].children.retain(|child| *child != node);
        }
    }

    pub(super) fn append(&mut self, parent: Handle, node: Handle) {
        self.insert(parent, self.children(parent).len(), node);
    }

    pub(super) fn prepend(&mut self, parent: Handle, node: Handle) {
        self.insert(parent, 0, node);
    }

    /// Inserts behind `sibling`; whether that stands in a parent.
    pub(super) fn insert_after(&mut self, sibling: Handle, node: Handle) -> bool {
        self.insert_beside(sibling, 1, node)
    }

    /// Inserts in front of `sibling`; whether that stands in a parent.
    pub(super) fn insert_before(&mut self, sibling: Handle, node: Handle) -> bool {
        self.insert_beside(sibling, 0, node)
    }

    fn insert_beside(&mut self, sibling: Handle, offset: usize, node: Handle) -> bool {
        if sibling == node {
            return self.nodes[node.0].parent.is_some();
        }
        self.detach(node);
        let Some(parent) = self.nodes[sibling.0].parent else {
            return false;
        };
        let place = self.children(parent).iter().position(|child| *child == sibling);
        self.insert(parent, place.unwrap_or_default() + offset, node);
        true
    }

    fn insert(&mut self, parent: Handle, index: usize, node: Handle) {
        self.detach(node);
        let siblings = &mut self.nodes[parent.0].children;
        siblings.insert(index.min(siblings.len()), node);
        self.nodes[node.0].parent = Some(parent);
    }

    /// Takes every child out.
    pub(super) fn clear(&mut self, node: Handle) {
        for child in std::mem::take(&mut self.nodes[node.0].children) {
            self.nodes[child.0].parent = None;
        }
    }

    /// A copy of the node and everything in it.
    pub(super) fn clone_deep(&mut self, node: Handle) -> Handle {
        let copy = self.create(self.kind(node).clone());
        for index in 0..self.children(node).len() {
            let child = self.clone_deep(self.children(node)[index]);
            self.append(copy, child);
        }
        copy
    }

    /// Cuts a text node in two after so many UTF-16 units; the new node behind it has the rest. `None` where the text
    /// is shorter, or the cut goes through a character.
    pub(super) fn split_text(&mut self, node: Handle, units: u32) -> Option<Handle> {
        let text = self.text_mut(node)?;
        let rest = text.split_off(byte_offset(text, units)?);
        let rest = self.create(Kind::Text(rest));
        self.insert_after(node, rest);
        Some(rest)
    }
}

impl Element {
    /// Sets an attribute as a browser would; `style` is taken apart into properties.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        if name == "style" {
            self.style = properties(value);
        } else {
            self.attributes.insert(name.to_owned(), value.to_owned());
        }
    }

    pub(super) fn unset(&mut self, name: &str) {
        if name == "style" {
            self.style.clear();
        } else {
            self.attributes.remove(name);
        }
    }
}

/// The declarations of a `style` attribute.
fn properties(style: &str) -> BTreeMap<String, String> {
    let (mut depth, mut quote) = (0_u32, None);
    let declarations = style.split(|character| {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ';') => return depth == 0,
            _ => {}
        }
        false
    });
    let pair = |declaration: &str| {
        let (name, value) = declaration.split_once(':')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    declarations.filter_map(pair).collect()
}

fn byte_offset(text: &str, units: u32) -> Option<usize> {
    let mut left = units as usize;
    for (offset, character) in text.char_indices() {
        if left == 0 {
            return Some(offset);
        }
        left = left.checked_sub(character.len_utf16())?;
    }
    (left == 0).then_some(text.len())
}
