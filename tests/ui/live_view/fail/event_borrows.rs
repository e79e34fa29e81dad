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
    async fn rename(&mut self, name: &str, tags: &[i64]) {}

    fn render(&self) -> Element {
        let _ = Self::on_rename("R2", &[]);
        unimplemented!()
    }
}

fn main() {}
