#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

mod posts {}

router! {
    get "/posts/:slug" => answer;
    resources "/posts" => posts (only = [index, new]);
}

fn main() {}
