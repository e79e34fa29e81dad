#![allow(unused)]

use bennu::prelude::*;

struct Room;

#[channel]
impl Room {
    async fn join() -> Result<Self, Refused> {
        Ok(Self)
    }
}

router! {
    channel "room:*:x" => Room;
    channel "" => Room;
    channel "phoenix" => Room;
    channel "room:*" => Room;
    channel "room:lobby" => Room;
    channel "room:*" => Room;
    channel room => Room;
}

fn main() {}
