#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    resources "/posts", PostController;
    resources "/posts" => PostController::index;
}

fn main() {}
