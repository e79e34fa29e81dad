#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    live_session members {}
    live_session members {}
    live_session default {}
    live_session {}
}

fn main() {}
