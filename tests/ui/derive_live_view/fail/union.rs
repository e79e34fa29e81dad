#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
union Fleet {
    a: u8,
    b: i8,
}

fn main() {}
