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
    fn telemetry(&mut self, telemetry: &i64) -> bool {
        true
    }

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
