//! Ways for a view to break.

use bennu::prelude::*;

use crate::probe;

#[derive(LiveView)]
pub(crate) struct CrashLive {
    actor: String,
    count: u32,
    broken: bool,
}

#[live_view]
impl CrashLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        probe::mounted("crash");
        Ok(Self { actor: cx.id().to_string(), count: 0, broken: false })
    }

    #[event]
    fn inc(&mut self) {
        self.count += 1;
    }

    #[event]
    fn panic_now(&mut self) {
        self.count += 100;
        panic!("a handler panics, as the test asked");
    }

    #[event]
    fn fail(&mut self) -> Result<()> {
        self.count += 100;
        Err(Error::msg("a handler fails, as the test asked"))
    }

    #[event]
    fn break_render(&mut self) {
        self.broken = true;
    }

    fn render(&self) -> Element {
        assert!(!self.broken, "the render panics, as the test asked");
        rsx! {
            output { id: "count", "{self.count}" }
            output { id: "actor", "{self.actor}" }
            button { id: "inc", phx_click: Self::on_inc(), "+" }
            button { id: "panic", phx_click: Self::on_panic_now(), "panic" }
            button { id: "fail", phx_click: Self::on_fail(), "fail" }
            button { id: "break", phx_click: Self::on_break_render(), "break" }
        }
    }
}
