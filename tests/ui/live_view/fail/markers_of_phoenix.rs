#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    #[handle_event]
    fn select(&mut self, id: i64) {}

    #[handle_info]
    fn telemetry(&mut self, telemetry: &i64) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
