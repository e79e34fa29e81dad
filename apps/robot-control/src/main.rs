//! Starts the fleet and serves its pages.

fn main() {}
