//! What a browser and the server say to each other; the format is `docs/design/0001-wire.md`.

pub mod op;
pub mod wire;
