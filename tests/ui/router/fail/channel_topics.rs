#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    channel "robots:*" => Robots;
}

fn main() {}
