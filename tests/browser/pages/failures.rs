//! Views that do not come to be: they redirect, miss something, panic, or fail when a test says so.

use bennu::prelude::*;

use crate::probe;

#[derive(LiveView)]
pub(crate) struct RedirectedLive;

#[live_view]
impl RedirectedLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Err(Error::redirect("/counter"))
    }

    fn render(&self) -> Element {
        rsx! { "never seen" }
    }
}

#[derive(LiveView)]
pub(crate) struct MissingLive;

#[live_view]
impl MissingLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Err(Error::not_found("no such robot"))
    }

    fn render(&self) -> Element {
        rsx! { "never seen" }
    }
}

#[derive(LiveView)]
pub(crate) struct BrokenLive;

#[live_view]
impl BrokenLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        panic!("the mount panics, as the test asked");
    }

    fn render(&self) -> Element {
        rsx! { "never seen" }
    }
}

/// Mounts unless `/probe/fragile` forbids it, and crashes on demand: a view that cannot come back.
#[derive(LiveView)]
pub(crate) struct FragileLive;

#[live_view]
impl FragileLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        probe::mounted("fragile");
        if probe::fragile_mounts_fail() {
            return Err(Error::msg("mounting is forbidden for now"));
        }
        Ok(Self)
    }

    #[event]
    fn crash(&mut self) {
        panic!("a handler panics, as the test asked");
    }

    fn render(&self) -> Element {
        rsx! {
            p { id: "alive", "alive" }
            button { id: "crash", phx_click: Self::on_crash(), "crash" }
        }
    }
}
