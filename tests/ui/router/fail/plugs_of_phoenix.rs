#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    pipeline browser {
        plug fetch_session,
        protect_from_forgery,
        :session,
        "json",
    }
    pipeline api {
        plug :accepts, ["json"]
    }
}

fn main() {}
