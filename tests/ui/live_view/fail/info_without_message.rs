#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    #[info]
    fn telemetry(&mut self, cx: &mut Cx) {}

    #[info]
    fn two(&mut self, a: i64, b: i64) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
