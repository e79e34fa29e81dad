#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    get "/robots/:id" => answer;
    get "/robots/new" => answer;
}

fn main() {}
