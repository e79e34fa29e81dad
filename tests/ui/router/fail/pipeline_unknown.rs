#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    pipeline browser { session }

    scope "/" through [browsr, sesion] {
        get "/" => answer;
    }
}

fn main() {}
