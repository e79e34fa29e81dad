#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

mod posts {}

router! {
    resources "/posts" => posts (only = [index], except = [show]);
    resources "/robots" => posts (only = index);
    resources "/none" => posts (only = []);
}

fn main() {}
