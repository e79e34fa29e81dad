//! The edits of a frame, in their binary and their JSON form.
//!
//! Binary is the canonical form: the server writes it once, keeps it for resume and sends it as it is.
//! [`OpReader`] yields the ops of such bytes; JSON is made from them for sockets that asked for it. Both forms
//! carry the same operands in the same order (`docs/design/0001-wire.md`, "Ops").
//!
//! Knows nothing of Dioxus and nothing of a page: applying ops is the client's work.

mod json;
mod read;
mod write;

use std::borrow::Cow;

use serde_json::Value;

pub use self::json::{all_to_json, from_json, to_json};
pub use self::read::{OpReader, read_all};
pub use self::write::OpWriter;
use super::wire::WireError;

/// The id of a node in the table that a page and the server share; 0 is the container.
pub type NodeId = u32;

/// Why a list of ops cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpError {
    /// The bytes are not well formed.
    #[error("malformed ops")]
    Wire(#[from] WireError),
    /// No op has this code.
    #[error("no op has the code {0:#04x}")]
    UnknownCode(u8),
    /// No op has this JSON name.
    #[error("no op has the name {0:?}")]
    UnknownName(String),
    /// A tree node has a kind other than text, element and dynamic, or trees are nested too deep.
    #[error("malformed template tree")]
    BadTree,
    /// The payload of an `event` is not JSON.
    #[error("the payload of an event is not JSON")]
    BadPayload(#[source] serde_json::Error),
    /// The JSON form of this op has the wrong shape.
    #[error("malformed JSON op: {0}")]
    BadJson(String),
}

/// A node of a template.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Tree<'a> {
    /// A text node.
    Text(Cow<'a, str>),
    /// An element.
    Element {
        /// Tag name, as written.
        tag: Cow<'a, str>,
        /// Namespace URI; empty: HTML.
        namespace: Cow<'a, str>,
        /// Static attributes: name, namespace (empty: none), value.
        attributes: Vec<[Cow<'a, str>; 3]>,
        /// Child nodes.
        children: Vec<Tree<'a>>,
    },
    /// Something made at run time; an empty comment stands for it.
    Dynamic,
}

/// Child indices that lead from a node to one of its descendants.
pub type Path = Vec<u32>;

/// One edit. `m` is a number of nodes on top of the machine's stack.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the operands are those of the wire document's table")]
pub enum Op<'a> {
    /// Defines a template for this socket.
    Template { template: u32, roots: Vec<Tree<'a>> },
    /// Clones a template's root, gives it the id and pushes it.
    Load { template: u32, root: u32, node: NodeId },
    /// Gives the id to the node at `path` below the stack's top.
    Assign { path: Path, node: NodeId },
    /// Pushes a new text node.
    CreateText { node: NodeId, text: Cow<'a, str> },
    /// Pushes a new empty comment.
    Placeholder { node: NodeId },
    /// Pops `m` and appends them to the node.
    Append { node: NodeId, m: u32 },
    /// Pops `m` and puts them in place of the node.
    Replace { node: NodeId, m: u32 },
    /// Pops `m` and puts them in place of the node at `path` below the new top.
    Fill { path: Path, m: u32 },
    /// Pops `m` and inserts them after the node.
    After { node: NodeId, m: u32 },
    /// Pops `m` and inserts them before the node.
    Before { node: NodeId, m: u32 },
    /// Sets an attribute; `namespace` is empty where there is none.
    Set { node: NodeId, name: Cow<'a, str>, namespace: Cow<'a, str>, value: Cow<'a, str> },
    /// Removes an attribute.
    Unset { node: NodeId, name: Cow<'a, str>, namespace: Cow<'a, str> },
    /// Sets the text of a text node.
    Text { node: NodeId, text: Cow<'a, str> },
    /// The server listens to this event (named without `on`) there.
    Listen { node: NodeId, event: Cow<'a, str> },
    /// The server listens no longer.
    Unlisten { node: NodeId, event: Cow<'a, str> },
    /// Removes the node.
    Remove { node: NodeId },
    /// Pushes the node.
    Push { node: NodeId },
    /// The page's title, without prefix and suffix.
    Title { title: Cow<'a, str> },
    /// A server event, dispatched after the patch.
    Event { name: Cow<'a, str>, payload: Value },
    /// Another page, to which the browser goes by a full load. `flash` is a token for that page; empty: none.
    Redirect { to: Cow<'a, str>, flash: Cow<'a, str> },
    /// The view is at another URL now: the browser's history gets it, in place of the present entry if `replace`.
    Patched { to: Cow<'a, str>, replace: bool },
    /// Another view takes the place of this one, over the same socket.
    Navigate { to: Cow<'a, str>, replace: bool, flash: Cow<'a, str> },
}

/// The codes of the binary form.
mod code {
    pub(super) const TEMPLATE: u8 = 1;
    pub(super) const LOAD: u8 = 2;
    pub(super) const ASSIGN: u8 = 3;
    pub(super) const CREATE_TEXT: u8 = 4;
    pub(super) const PLACEHOLDER: u8 = 5;
    pub(super) const APPEND: u8 = 6;
    pub(super) const REPLACE: u8 = 7;
    pub(super) const FILL: u8 = 8;
    pub(super) const AFTER: u8 = 9;
    pub(super) const BEFORE: u8 = 10;
    pub(super) const SET: u8 = 11;
    pub(super) const UNSET: u8 = 12;
    pub(super) const TEXT: u8 = 13;
    pub(super) const LISTEN: u8 = 14;
    pub(super) const UNLISTEN: u8 = 15;
    pub(super) const REMOVE: u8 = 16;
    pub(super) const PUSH: u8 = 17;
    pub(super) const TITLE: u8 = 18;
    pub(super) const EVENT: u8 = 19;
    pub(super) const REDIRECT: u8 = 20;
    pub(super) const PATCHED: u8 = 21;
    pub(super) const NAVIGATE: u8 = 22;
    /// The first of the short `text` codes; they go up to 0xff.
    pub(super) const TEXT_NEAR: u8 = 0x40;
    /// The short `text` code of the same node again; below it nodes go down, above it up.
    pub(super) const TEXT_SAME: u8 = 0x80;
    pub(super) const TREE_TEXT: u8 = 0;
    pub(super) const TREE_ELEMENT: u8 = 1;
    pub(super) const TREE_DYNAMIC: u8 = 2;
}

#[cfg(test)]
mod tests;
