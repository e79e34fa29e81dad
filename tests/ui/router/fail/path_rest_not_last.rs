#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
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

router! {
    live "/files/*rest/raw" => Fleet;
}

fn main() {}
