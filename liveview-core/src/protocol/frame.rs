//! A numbered patch.

use crate::render::Edits;

/// What one render of a view changed, with its number. Shared by the line that keeps it and the socket that writes it.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) seq: u64,
    pub(crate) edits: Edits,
}
