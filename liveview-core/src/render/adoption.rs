//! The adoption program: how a client finds the nodes that have an id in the HTML that it already shows.
//!
//! Made by walking the living page next to what a browser's parser makes of its HTML: neighbouring text is one
//! text node there, and empty text and comments are nowhere. The format is that of the wire document, "The
//! adoption program". Depends on the state alone, so it can be made at any time for HTML of the same moment.

use dioxus_core::{TemplateAttribute, TemplateNode, VNode, VirtualDom};

use super::attribute;
use super::html::raw_text;
use super::walk::{self, Content, Dynamic, Special, Surroundings};
use crate::protocol::op::NodeId;
use crate::protocol::wire::write_varint;

mod check;
mod entry;
mod run;

use self::check::Check;
use self::entry::{Entries, Place};
use self::run::{Piece, Run};

/// What a client needs to adopt a page.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Adoption {
    /// The program; a few bytes per node that has an id.
    pub program: Vec<u8>,
    /// FNV-1a of the page's shape.
    pub check: u32,
}

/// The program for the page as it is.
pub(super) fn adoption(dom: &VirtualDom) -> Adoption {
    let mut walker = Walker {
        dom,
        entries: Entries::default(),
        check: Check::default(),
        opaque: Vec::new(),
        position: 0,
        parent: 0,
        sibling: None,
        run: Run::default(),
    };
    walker.nodes(walk::root(dom), Surroundings::BODY);
    walker.end_run();
    walker.finish()
}

struct Walker<'a> {
    dom: &'a VirtualDom,
    entries: Entries,
    check: Check,
    /// The positions of opaque elements.
    opaque: Vec<u32>,
    /// The position given out last.
    position: u32,
    /// The element whose children are being walked.
    parent: u32,
    /// The last element among them.
    sibling: Option<u32>,
    /// The text since the last tag.
    run: Run,
}

impl<'a> Walker<'a> {
    fn finish(self) -> Adoption {
        let mut program = Vec::new();
        write_varint(&mut program, self.opaque.len() as u64);
        let mut last = 0;
        for position in self.opaque {
            write_varint(&mut program, u64::from(position - last));
            last = position;
        }
        program.extend(self.entries.into_bytes());
        Adoption { program, check: self.check.value() }
    }

    fn nodes(&mut self, nodes: &'a [VNode], around: Surroundings) {
        for vnode in nodes {
            for (index, node) in vnode.template.roots.iter().enumerate() {
                self.node(vnode, node, Some(index), around);
            }
        }
    }

    fn node(&mut self, vnode: &'a VNode, node: &'a TemplateNode, root: Option<usize>, around: Surroundings) {
        match node {
            TemplateNode::Text { text } => {
                self.text(walk::root_id(self.dom, vnode, root), text, around.content);
            }
            TemplateNode::Dynamic { id } => match walk::dynamic(self.dom, vnode, *id) {
                Dynamic::Text(id, text) => self.text(Some(id), text, around.content),
                Dynamic::Placeholder(id) => self.run.push(Piece::Placeholder(id)),
                Dynamic::Nodes(nodes) => self.nodes(nodes, around),
            },
            TemplateNode::Element { tag, attrs, children, .. } => {
                let id = walk::element_id(self.dom, vnode, attrs, root);
                self.element(vnode, id, (tag, attrs, children), around);
            }
        }
    }

    fn text(&mut self, id: Option<NodeId>, text: &str, content: Content) {
        let length = raw_text(text, content).encode_utf16().count() as u32;
        match id {
            Some(id) if length == 0 => self.run.push(Piece::Empty(id)),
            id => self.run.push(Piece::Text { id, length }),
        }
    }

    fn element(
        &mut self,
        vnode: &'a VNode,
        id: Option<NodeId>,
        (tag, attrs, children): (&'static str, &'a [TemplateAttribute], &'a [TemplateNode]),
        around: Surroundings,
    ) {
        self.end_run();
        self.position += 1;
        let here = self.position;
        if let Some(id) = id {
            self.entries.element(here, id);
        }
        for event in walk::listeners(vnode, attrs) {
            self.entries.listener(here, event);
        }
        self.check.begin(tag);
        if !around.is_void(tag) {
            self.content(vnode, here, (tag, attrs, children), around.inside(tag));
        }
        self.check.end();
        self.sibling = Some(here);
    }

    fn content(
        &mut self,
        vnode: &'a VNode,
        here: u32,
        (tag, attrs, children): (&'static str, &'a [TemplateAttribute], &'a [TemplateNode]),
        around: Surroundings,
    ) {
        let attributes = attribute::of_element(vnode, attrs);
        let outside = (self.parent, self.sibling);
        (self.parent, self.sibling) = (here, None);
        match walk::special(tag, &attributes, children.is_empty()) {
            Some(Special::Html(_) | Special::Unparsed) => self.opaque.push(here),
            Some(Special::Text(text)) => self.text(None, text, around.content),
            None => {
                for child in children {
                    self.node(vnode, child, None, around);
                }
            }
        }
        self.end_run();
        (self.parent, self.sibling) = outside;
    }

    /// At a tag: the text before it is one text node of the parser's, or none.
    fn end_run(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let length = self.run.length();
        if length > 0 {
            self.position += 1;
            self.check.text(length);
        }
        let before = self.sibling.map_or(Place::FirstIn(self.parent), Place::Behind);
        self.run.write(&mut self.entries, self.position, before);
    }
}
