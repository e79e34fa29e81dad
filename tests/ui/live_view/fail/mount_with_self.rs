#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount(&self, cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
