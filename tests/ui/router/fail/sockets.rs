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
    socket "/a" => Anyone { live "/x" => Page; chanel "room:*" => Room; }
    socket "/b" (longpoll = maybe) => Anyone {}
    socket "/c" (polls = true) => Anyone {}
    socket "/d" => Anyone;
    socket "/e/:id" => Anyone {}
    socket "/f" (websocket = false) => Anyone {}
    socket "/g" => Anyone {}
    socket "/g" => Anyone {}
    scope "/h" { socket "/i" => Anyone {} channel "room:*" => Room; }
}

fn main() {}
