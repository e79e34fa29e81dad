#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

mod posts {
    pub async fn index() {}
}

router! {
    resources "/posts" => posts (only = [index, show, update]);
}

fn main() {}
