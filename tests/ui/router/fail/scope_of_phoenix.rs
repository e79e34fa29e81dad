#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    scope "/api", host: "api." {
        get "/a" => answer;
    }
    scope "/b" pipe_through [browser] {
        get "/b" => answer;
    }
    scope "/c" {
        pipe_through [browser];
        get "/c" => answer;
    }
}

fn main() {}
