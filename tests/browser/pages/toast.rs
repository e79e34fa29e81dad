//! Events to the page, answers to pushes, and the page's title.

use bennu::prelude::*;
use serde_json::json;

#[derive(LiveView)]
pub(crate) struct ToastLive {
    sent: u32,
}

#[live_view]
impl ToastLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        cx.page_title("toasts");
        Ok(Self { sent: 0 })
    }

    #[event]
    fn toast(&mut self, cx: &mut Cx) -> Result<()> {
        self.sent += 1;
        cx.push_event("toast", json!({ "text": "<done> & dusted", "n": self.sent }))
    }

    #[event]
    fn ask(&mut self, Values(values): Values) -> Reply {
        self.sent += 1;
        json!({ "asked": values.get("question"), "n": self.sent }).into()
    }

    #[event]
    fn rename(&mut self, cx: &mut Cx) {
        cx.page_title("toasts & <more>");
    }

    fn render(&self) -> Element {
        rsx! {
            output { id: "sent", "{self.sent}" }
            button { id: "toast", phx_click: Self::on_toast(), "toast" }
            button { id: "rename", phx_click: Self::on_rename(), "rename" }
        }
    }
}
