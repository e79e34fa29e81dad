//! The procedural macros of Bennu: entry points only.
