#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    #[event]
    fn select<T>(&mut self, id: T) {}

    #[event]
    fn show(&mut self, what: impl Sized) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
