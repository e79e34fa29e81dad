//! What the clients rely on.

mod pages;
mod properties;
mod renderer;
mod sizes;
