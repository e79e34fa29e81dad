#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    fn disconnected(&mut self) -> bool {
        true
    }

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
