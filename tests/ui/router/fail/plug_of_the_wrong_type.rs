#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

async fn count(hits: u32) {}

async fn answers(conn: Conn) -> u32 {
    7
}

router! {
    pipeline browser { count }

    scope "/" through [answers] {
        get "/" => answer;
    }
}

fn main() {}
