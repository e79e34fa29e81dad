#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

mod posts {}

router! {
    resources "/posts" => posts (only = [destroy]);
    resources "/robots" => posts (except = [idnex, show, show]);
}

fn main() {}
