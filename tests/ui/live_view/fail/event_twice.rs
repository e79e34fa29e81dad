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
    fn select(&mut self, id: i64) {}

    #[event]
    fn select(&mut self, name: String) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
