#![allow(unused)]

use bennu::prelude::*;

struct Room;

#[channel]
impl Room {
    async fn join() -> Result<Self, Refused> {
        Ok(Self)
    }

    #[event]
    fn of_views(&mut self) {}

    #[intercept]
    fn of_phoenix(&mut self) {}

    #[handle_in(1)]
    fn number(&mut self) {}

    #[handle_in("phx_leave")]
    fn reserved(&mut self) {}

    #[handle_info("x")]
    fn named(&mut self, message: u8) {}

    #[handle_in]
    #[handle_info]
    fn both(&mut self, message: u8) {}

    #[handle_in]
    fn terminate(&mut self) {}

    #[handle_in("same")]
    fn one(&mut self) {}

    #[handle_in("same")]
    fn two(&mut self) {}

    #[handle_info]
    fn three(&mut self, message: &u16) {}

    #[handle_info]
    fn four(&mut self, message: u16) {}
}

fn main() {}
