#![allow(unused)]

use bennu::prelude::*;

struct Point(f64);

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    #[event]
    fn place(&mut self, Point(x): Point) {}

    #[event]
    fn move_to(&mut self, #[client] point: Point) {}

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
