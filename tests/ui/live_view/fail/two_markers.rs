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
    #[info]
    fn select(&mut self, id: i64) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
