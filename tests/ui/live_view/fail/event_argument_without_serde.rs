#![allow(unused)]

use bennu::prelude::*;

struct Id;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    #[event]
    fn select(&mut self, id: Id) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
