#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    fn connected(&mut self, cx: &mut Cx, connect: &Connect, more: i64) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
