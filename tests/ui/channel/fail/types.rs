#![allow(unused)]

use bennu::prelude::*;

struct Room;

struct Plain;

#[channel]
impl Room {
    async fn join() -> Result<Self, Refused> {
        Ok(Self)
    }

    #[handle_in]
    fn takes(&mut self, plain: Plain) {}

    #[handle_in]
    fn gives(&mut self) -> u8 {
        0
    }

    #[handle_out]
    fn rewrites(&mut self) -> u8 {
        0
    }
}

fn main() {}
