#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    #[handle_async]
    fn load(&mut self, robots: Vec<i64>) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
