#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

fn answers(name: &str) -> String {
    name.to_owned()
}

router! {
    get "/" => answers;
}

fn main() {}
