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
    unsafe fn select(&mut self) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
