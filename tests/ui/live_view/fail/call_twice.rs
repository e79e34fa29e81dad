#![allow(unused)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }
    #[call]
    fn battery(&self, question: i64) -> f64 {
        1.0
    }

    #[call]
    fn charge(&self, question: i64) -> f64 {
        1.0
    }

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {}
