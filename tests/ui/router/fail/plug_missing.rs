#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    pipeline browser { auth::fetch_user, fetch_user }
}

fn main() {}
