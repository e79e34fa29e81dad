#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    scope "api" {
        get "/a" => answer;
    }
    scope "/*rest" {
        get "/a" => answer;
    }
    scope "/b" (hots = "api.") {
        get "/b" => answer;
    }
    scope "/c" (host = "https://api.example.com") {
        get "/c" => answer;
    }
    scope "/d" through browser {
        get "/d" => answer;
    }
    scope "/e";
}

fn main() {}
