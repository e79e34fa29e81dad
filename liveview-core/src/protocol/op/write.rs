//! Ops to bytes.

use serde_json::Value;

use super::{NodeId, Op, Tree, code};
use crate::protocol::wire::{write_string, write_varint};

/// Writes ops one after the other; a frame is written by one writer from its first op to its last.
#[derive(Clone, Debug, Default)]
pub struct OpWriter {
    bytes: Vec<u8>,
    /// The node of the last `text` op, to which the short codes are relative.
    last_text: NodeId,
}

impl OpWriter {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What was written; the writer begins a new frame.
    pub fn take(&mut self) -> Vec<u8> {
        self.last_text = 0;
        std::mem::take(&mut self.bytes)
    }

    /// `load`.
    pub fn load(&mut self, template: u32, root: u32, node: NodeId) {
        self.code(code::LOAD).number(template).number(root).number(node);
    }

    /// `assign`.
    pub fn assign(&mut self, path: &[u8], node: NodeId) {
        self.code(code::ASSIGN).path(path).number(node);
    }

    /// `create_text`.
    pub fn create_text(&mut self, node: NodeId, text: &str) {
        self.code(code::CREATE_TEXT).number(node).string(text);
    }

    /// `placeholder`.
    pub fn placeholder(&mut self, node: NodeId) {
        self.code(code::PLACEHOLDER).number(node);
    }

    /// `append`.
    pub fn append(&mut self, node: NodeId, m: u32) {
        self.code(code::APPEND).number(node).number(m);
    }

    /// `replace`.
    pub fn replace(&mut self, node: NodeId, m: u32) {
        self.code(code::REPLACE).number(node).number(m);
    }

    /// `fill`.
    pub fn fill(&mut self, path: &[u8], m: u32) {
        self.code(code::FILL).path(path).number(m);
    }

    /// `after`.
    pub fn after(&mut self, node: NodeId, m: u32) {
        self.code(code::AFTER).number(node).number(m);
    }

    /// `before`.
    pub fn before(&mut self, node: NodeId, m: u32) {
        self.code(code::BEFORE).number(node).number(m);
    }

    /// `set`.
    pub fn set(&mut self, node: NodeId, name: &str, namespace: &str, value: &str) {
        self.code(code::SET).number(node).string(name).string(namespace).string(value);
    }

    /// `unset`.
    pub fn unset(&mut self, node: NodeId, name: &str, namespace: &str) {
        self.code(code::UNSET).number(node).string(name).string(namespace);
    }

    /// `text`, in the short form where the node follows the last one closely.
    pub fn text(&mut self, node: NodeId, text: &str) {
        let distance = i64::from(node) - i64::from(self.last_text);
        self.last_text = node;
        match u8::try_from(i64::from(code::TEXT_SAME) + distance) {
            Ok(short) if short >= code::TEXT_NEAR => self.code(short).string(text),
            _ => self.code(code::TEXT).number(node).string(text),
        };
    }

    /// `listen`.
    pub fn listen(&mut self, node: NodeId, event: &str) {
        self.code(code::LISTEN).number(node).string(event);
    }

    /// `unlisten`.
    pub fn unlisten(&mut self, node: NodeId, event: &str) {
        self.code(code::UNLISTEN).number(node).string(event);
    }

    /// `remove`.
    pub fn remove(&mut self, node: NodeId) {
        self.code(code::REMOVE).number(node);
    }

    /// `push`.
    pub fn push(&mut self, node: NodeId) {
        self.code(code::PUSH).number(node);
    }

    /// `title`.
    pub fn title(&mut self, title: &str) {
        self.code(code::TITLE).string(title);
    }

    /// `redirect`.
    pub fn redirect(&mut self, to: &str, flash: &str) {
        self.code(code::REDIRECT).string(to).string(flash);
    }

    /// `patched`.
    pub fn patched(&mut self, to: &str, replace: bool) {
        self.code(code::PATCHED).string(to).number(replace.into());
    }

    /// `navigate`.
    pub fn navigate(&mut self, to: &str, replace: bool, flash: &str) {
        self.code(code::NAVIGATE).string(to).number(replace.into()).string(flash);
    }

    /// `event`.
    pub fn event(&mut self, name: &str, payload: &Value) {
        self.code(code::EVENT).string(name).string(&payload.to_string());
    }

    /// `template`.
    pub fn template(&mut self, template: u32, roots: &[Tree<'_>]) {
        self.code(code::TEMPLATE).number(template).trees(roots);
    }

    /// Any op.
    pub fn op(&mut self, op: &Op<'_>) {
        match op {
            Op::Template { template, roots } => self.template(*template, roots),
            Op::Load { template, root, node } => self.load(*template, *root, *node),
            Op::Assign { path, node } => {
                self.code(code::ASSIGN).long_path(path).number(*node);
            }
            Op::CreateText { node, text } => self.create_text(*node, text),
            Op::Placeholder { node } => self.placeholder(*node),
            Op::Append { node, m } => self.append(*node, *m),
            Op::Replace { node, m } => self.replace(*node, *m),
            Op::Fill { path, m } => {
                self.code(code::FILL).long_path(path).number(*m);
            }
            Op::After { node, m } => self.after(*node, *m),
            Op::Before { node, m } => self.before(*node, *m),
            Op::Set { node, name, namespace, value } => self.set(*node, name, namespace, value),
            Op::Unset { node, name, namespace } => self.unset(*node, name, namespace),
            Op::Text { node, text } => self.text(*node, text),
            Op::Listen { node, event } => self.listen(*node, event),
            Op::Unlisten { node, event } => self.unlisten(*node, event),
            Op::Remove { node } => self.remove(*node),
            Op::Push { node } => self.push(*node),
            Op::Title { title } => self.title(title),
            Op::Event { name, payload } => self.event(name, payload),
            Op::Redirect { to, flash } => self.redirect(to, flash),
            Op::Patched { to, replace } => self.patched(to, *replace),
            Op::Navigate { to, replace, flash } => self.navigate(to, *replace, flash),
        }
    }

    fn code(&mut self, code: u8) -> &mut Self {
        self.bytes.push(code);
        self
    }

    fn number(&mut self, value: u32) -> &mut Self {
        write_varint(&mut self.bytes, u64::from(value));
        self
    }

    fn string(&mut self, text: &str) -> &mut Self {
        write_string(&mut self.bytes, text);
        self
    }

    fn path(&mut self, path: &[u8]) -> &mut Self {
        write_varint(&mut self.bytes, path.len() as u64);
        for &index in path {
            write_varint(&mut self.bytes, u64::from(index));
        }
        self
    }

    fn long_path(&mut self, path: &[u32]) -> &mut Self {
        write_varint(&mut self.bytes, path.len() as u64);
        for &index in path {
            self.number(index);
        }
        self
    }

    fn trees(&mut self, trees: &[Tree<'_>]) -> &mut Self {
        write_varint(&mut self.bytes, trees.len() as u64);
        for tree in trees {
            self.tree(tree);
        }
        self
    }

    fn tree(&mut self, tree: &Tree<'_>) {
        match tree {
            Tree::Text(text) => {
                self.code(code::TREE_TEXT).string(text);
            }
            Tree::Element { tag, namespace, attributes, children } => {
                self.code(code::TREE_ELEMENT).string(tag).string(namespace);
                write_varint(&mut self.bytes, attributes.len() as u64);
                for part in attributes.iter().flatten() {
                    self.string(part);
                }
                self.trees(children);
            }
            Tree::Dynamic => {
                self.code(code::TREE_DYNAMIC);
            }
        }
    }
}
