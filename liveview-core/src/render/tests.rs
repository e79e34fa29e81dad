//! What the clients rely on.

mod client;
mod pages;
mod properties;
mod renderer;
mod sizes;
