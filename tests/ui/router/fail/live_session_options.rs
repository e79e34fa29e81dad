#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    live_session members (on_mount = 7, layout = "app", onmount = answer) {
        layout app;
    }
}

fn main() {}
