#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

mod account {}

router! {
    resource "/account" => account (only = [index]);
    resource "/profile" => account (param = "slug");
}

fn main() {}
