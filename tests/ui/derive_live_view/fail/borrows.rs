#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet<'a> {
    name: &'a str,
}

fn main() {}
