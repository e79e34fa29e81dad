#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

async fn require_user(conn: Conn) -> Result<()> {
    Ok(())
}

router! {
    live_session members (on_mount = [require_user]) {}
}

fn main() {}
