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

fn first(_: LayoutProps) -> Element {
    unimplemented!()
}

router! {
    layout first;
    layout second;
}

fn main() {}
