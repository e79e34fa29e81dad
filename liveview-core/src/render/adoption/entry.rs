//! The bytes of a program's entries.

use crate::protocol::op::NodeId;
use crate::protocol::wire::{write_string, write_varint, write_zigzag};

const ELEMENT: u64 = 0;
const WHOLE_TEXT: u64 = 1;
const PART_OF_TEXT: u64 = 2;
const OTHER: u64 = 3;
const EXPLICIT_ID: u64 = 4;

const PLACEHOLDER: u8 = 0;
const EMPTY_TEXT: u8 = 1;
const LISTENER: u8 = 2;

/// Where a node goes that the parser did not make. Positions are those of the list that the client walks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// As the first child of an element.
    FirstIn(u32),
    /// Behind an element.
    Behind(u32),
    /// In a text node, so many units behind what was named there last.
    InText(u32, u32),
}

/// A node that the parser did not make.
#[derive(Clone, Copy, Debug)]
pub(super) enum Made {
    Placeholder,
    EmptyText,
}

/// Entries, written one after the other; both positions and ids are relative to the entry before.
#[derive(Default)]
pub(super) struct Entries {
    bytes: Vec<u8>,
    position: u32,
    id: NodeId,
}

impl Entries {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn element(&mut self, position: u32, id: NodeId) {
        self.forward(position, id, ELEMENT);
    }

    pub(super) fn whole_text(&mut self, position: u32, id: NodeId) {
        self.forward(position, id, WHOLE_TEXT);
    }

    pub(super) fn part_of_text(&mut self, position: u32, id: NodeId, offset: u32, length: u32) {
        self.forward(position, id, PART_OF_TEXT);
        write_varint(&mut self.bytes, u64::from(offset));
        write_varint(&mut self.bytes, u64::from(length));
    }

    pub(super) fn made(&mut self, made: Made, id: NodeId, place: Place) {
        let (position, code, offset) = match place {
            Place::FirstIn(position) => (position, 1, None),
            Place::Behind(position) => (position, 2, None),
            Place::InText(position, offset) => (position, 3, Some(offset)),
        };
        self.anywhere(position, Some(id));
        self.bytes.push(match made {
            Made::Placeholder => PLACEHOLDER,
            Made::EmptyText => EMPTY_TEXT,
        });
        self.bytes.push(code);
        if let Some(offset) = offset {
            write_varint(&mut self.bytes, u64::from(offset));
        }
    }

    pub(super) fn listener(&mut self, position: u32, event: &str) {
        self.anywhere(position, None);
        self.bytes.push(LISTENER);
        write_string(&mut self.bytes, event);
    }

    /// An entry whose position does not lie before the last one's.
    fn forward(&mut self, position: u32, id: NodeId, kind: u64) {
        let delta = u64::from(position - self.position);
        self.position = position;
        self.head(delta, Some(id), kind);
    }

    fn anywhere(&mut self, position: u32, id: Option<NodeId>) {
        let delta = i64::from(position) - i64::from(self.position);
        self.position = position;
        self.head(((delta << 1) ^ (delta >> 63)) as u64, id, OTHER);
    }

    fn head(&mut self, delta: u64, id: Option<NodeId>, kind: u64) {
        let is_next = |id: NodeId| id == self.id.wrapping_add(1);
        let explicit = id.filter(|id| !is_next(*id));
        write_varint(&mut self.bytes, delta << 3 | explicit.map_or(0, |_| EXPLICIT_ID) | kind);
        if let Some(id) = explicit {
            write_zigzag(&mut self.bytes, i64::from(id) - i64::from(self.id));
        }
        self.id = id.unwrap_or(self.id);
    }
}
