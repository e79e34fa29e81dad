#![allow(unused)]

use bennu::prelude::*;

struct Telemetry;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    #[info]
    fn telemetry(&mut self, telemetry: Telemetry) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
