#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    scope "/orgs/:org" {
        static "/files" => "public";
    }
}

fn main() {}
