//! What is generated for a function is there when the function is.

#![deny(warnings)]
#![allow(clippy::non_minimal_cfg)]

use bennu::prelude::*;

#[derive(LiveView)]
struct Fleet;

#[live_view]
impl Fleet {
    fn mount() -> Result<Self> {
        Ok(Self)
    }

    #[event]
    #[cfg(all())]
    fn go(&mut self, id: i64) {
        let _ = id;
    }

    #[event]
    #[cfg(any())]
    fn go(&mut self, missing: Missing) {}

    #[info]
    #[cfg(any())]
    fn telemetry(&mut self, telemetry: Missing) {}

    #[call]
    #[cfg(any())]
    fn ask(&mut self, question: Missing) {}

    #[handle_async]
    #[cfg(any())]
    fn load(&mut self, result: AsyncResult<Missing>) {}

    fn render(&self) -> Element {
        let _ = Self::on_go(3);
        unimplemented!()
    }

    #[cfg(any())]
    fn terminate(&mut self) {}
}

fn main() {
    assert_eq!(<Fleet as bennu::LiveView>::EVENTS, ["go"]);
}
