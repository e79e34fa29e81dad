#![allow(unused)]

use bennu::prelude::*;

#[live_view]
struct Fleet;

fn main() {}
