#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    pipeline browser { layer(7) }
}

fn main() {}
