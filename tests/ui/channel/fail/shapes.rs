#![allow(unused)]

use bennu::prelude::*;

struct Room;

#[channel(topic = "room:*")]
impl Room {
    type Socket = Anyone;
    type Other = u8;

    fn join(&self, payload: &str) -> Result<Self, Refused> {
        Ok(Self)
    }

    #[handle_in("a")]
    fn borrows(&mut self, text: &str) {}

    #[handle_in("b")]
    fn two(&mut self, one: String, two: String) {}

    #[handle_in("c")]
    fn no_self(cx: &mut ChannelCx) {}

    #[handle_in("d")]
    fn consumes(self) {}

    #[handle_in("e")]
    fn generic<T>(&mut self) {}

    #[handle_in("f")]
    fn late(&mut self, payload: String, cx: &mut ChannelCx) {}

    #[handle_out("g")]
    fn more(&mut self, broadcast: &Broadcast, more: u8) -> Option<Payload> {
        None
    }

    #[handle_info]
    fn nothing(&mut self) {}

    async fn terminate(&mut self, cx: &mut ChannelCx) {}
}

fn main() {}
