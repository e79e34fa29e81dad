#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    fn handle_params(&mut self, cx: &mut Cx, uri: &Uri) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
