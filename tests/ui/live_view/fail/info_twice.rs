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
    fn first(&mut self, telemetry: &i64) {}

    #[info]
    fn second(&mut self, telemetry: i64) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
