#![allow(unused)]

use bennu::prelude::*;

struct Fleet;

#[live_view]
impl Default for Fleet {
    fn default() -> Self {
        Self
    }
}

fn main() {}
