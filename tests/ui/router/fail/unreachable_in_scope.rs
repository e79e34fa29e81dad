#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    scope "/api" {
        any "/*rest" => answer;
    }
    scope "/api/v1" {
        match [get, post] "/robots" => answer;
    }
}

fn main() {}
