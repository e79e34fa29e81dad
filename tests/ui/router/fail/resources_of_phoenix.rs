#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    resources "/posts", PostController;
}

fn main() {}
