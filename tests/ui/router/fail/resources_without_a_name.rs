#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

mod posts {
    pub async fn index() {}
}

router! {
    resources "/:kind" => posts (only = [index]) {
        get "/log" => answer;
    }
    resources "/posts" => posts (param = "post-id");
}

fn main() {}
