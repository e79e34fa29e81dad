#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }

    async fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
