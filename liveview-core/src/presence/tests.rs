//! Copies agree, whatever the network does; and what is said of changes adds up to what is there.

mod convergence;
mod nodes;
