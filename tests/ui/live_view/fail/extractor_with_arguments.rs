#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    #[event]
    fn place(&mut self, #[client(now)] key: Key) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
