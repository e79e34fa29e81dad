#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet {
    count: u32,
}

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self { count: 0 })
    }

    async fn hand_over(&mut self, cx: &mut Cx) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
