#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    pipeline browser { accepts, session("a"), layer() }
}

fn main() {}
