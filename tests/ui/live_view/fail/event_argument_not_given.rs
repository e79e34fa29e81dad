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
    fn select(&mut self, id: i64) {}

    fn render(&self) -> Element {
        let _ = (Self::on_select("R2"), Self::on_select(), Self::on_chosen());
        unimplemented!()
    }
}

fn main() {}
