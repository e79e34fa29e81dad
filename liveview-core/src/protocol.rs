//! The wire: frames as values, and values as frames. `docs/design/0001-wire.md` gives every byte.

pub(crate) mod frame;
pub(crate) mod message;
pub mod op;
pub(crate) mod outgoing;
pub(crate) mod serializer;
pub mod wire;
