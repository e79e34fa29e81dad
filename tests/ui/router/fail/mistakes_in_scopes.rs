#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    scope "/a" {
        scope "/b" {
            gte "/c" => answer;
            get "c" => answer;
        }
        get "/d" -> answer;
    }
}

fn main() {}
