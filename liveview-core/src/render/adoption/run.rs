//! A run of text between two tags: several virtual nodes, but one text node for the parser, or none.

use super::entry::{Entries, Made, Place};
use crate::protocol::op::NodeId;

/// A virtual node in a run.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    /// Text of some UTF-16 units; static text inside a template has no id.
    Text { id: Option<NodeId>, length: u32 },
    /// A text node without text.
    Empty(NodeId),
    /// A comment.
    Placeholder(NodeId),
}

#[derive(Default)]
pub(super) struct Run {
    pieces: Vec<Piece>,
}

impl Run {
    pub(super) fn push(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The length of the parser's text node.
    pub(super) fn length(&self) -> u32 {
        let length = |piece: &Piece| {
            if let Piece::Text { length, .. } = piece { *length } else { 0 }
        };
        self.pieces.iter().map(length).sum()
    }

    /// Writes the entries and empties the run. `position` is the text node's, `before` the place in front of it.
    pub(super) fn write(&mut self, entries: &mut Entries, position: u32, before: Place) {
        let total = self.length();
        // Units since the end of what the last entry named; `None` in front of the text.
        let mut offset = None;
        for piece in self.pieces.drain(..) {
            match piece {
                Piece::Text { length: 0, .. } => {}
                Piece::Text { id: None, length } => offset = Some(offset.unwrap_or(0) + length),
                Piece::Text { id: Some(id), length } => {
                    if length == total {
                        entries.whole_text(position, id);
                    } else {
                        entries.part_of_text(position, id, offset.unwrap_or(0), length);
                    }
                    offset = Some(0);
                }
                Piece::Empty(id) => {
                    entries.made(Made::EmptyText, id, in_run(&mut offset, position, before));
                }
                Piece::Placeholder(id) => {
                    entries.made(Made::Placeholder, id, in_run(&mut offset, position, before));
                }
            }
        }
    }
}

/// The place at the offset; the offset then counts from there.
fn in_run(offset: &mut Option<u32>, position: u32, before: Place) -> Place {
    match offset {
        None => before,
        Some(offset) => Place::InText(position, std::mem::take(offset)),
    }
}
