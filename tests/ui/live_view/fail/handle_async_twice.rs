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
    fn load(&mut self, result: AsyncResult<i64>) {}

    #[handle_async("load")]
    fn loaded(&mut self, result: AsyncResult<i64>) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
