//! What the pages are made of. Each component shows what it is given and holds no state.

pub mod badge;
pub mod battery;
pub mod callout;
pub mod chart;
pub mod dialog;
pub mod drive_pad;
pub mod journal;
pub mod link;
pub mod map;
pub mod marker;
pub mod secret;
pub mod shell;
pub mod tile;
