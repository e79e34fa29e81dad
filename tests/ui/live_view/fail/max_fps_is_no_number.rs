//! Frames are counted, from 1 to 1000.

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view(max_fps = "fast")]
impl Fleet {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! {}
    }
}

#[derive(LiveView)]
struct Robot;

#[live_view(max_fps = 0)]
impl Robot {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! {}
    }
}

fn main() {}
