#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    scope "/orgs/:id" {
        get "/robots/:id" => answer;
    }
}

fn main() {}
