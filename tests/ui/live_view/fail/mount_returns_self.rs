#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Self {
        Self
    }

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
