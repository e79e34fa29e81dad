//! Handlers and background work that wait until the test lets them go on.

use bennu::prelude::*;

use crate::probe;

#[derive(LiveView)]
pub(crate) struct SlowLive {
    done: u32,
    quick: u32,
    loaded: String,
}

#[live_view]
impl SlowLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { done: 0, quick: 0, loaded: "nothing".into() })
    }

    #[event]
    async fn work(&mut self) {
        probe::gate().await;
        self.done += 1;
    }

    #[event]
    fn quick(&mut self) {
        self.quick += 1;
    }

    #[event]
    fn begin(&mut self, cx: &mut Cx) {
        self.loaded = "loading".into();
        cx.start_async("load", async {
            probe::gate().await;
            "cargo".to_owned()
        });
    }

    #[event]
    fn cancel(&mut self, cx: &mut Cx) {
        cx.cancel_async("load");
    }

    #[handle_async]
    fn load(&mut self, result: AsyncResult<String>) {
        self.loaded = result.unwrap_or_else(|_| "cancelled".into());
    }

    fn render(&self) -> Element {
        rsx! {
            button { id: "work", class: "plain", phx_click: Self::on_work(), "work" }
            button { id: "loud", phx_click: Self::on_work().page_loading(), "loud" }
            button { id: "quick", phx_click: Self::on_quick(), "quick" }
            button { id: "begin", phx_click: Self::on_begin(), "begin" }
            button { id: "cancel", phx_click: Self::on_cancel(), "cancel" }
            output { id: "done", "{self.done}" }
            output { id: "quicks", "{self.quick}" }
            output { id: "loaded", "{self.loaded}" }
        }
    }
}
