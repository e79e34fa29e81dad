#![allow(unused)]

use bennu::prelude::*;

struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
