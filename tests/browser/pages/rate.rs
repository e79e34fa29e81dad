//! Debounced and throttled bindings, and how many events came through.

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct RateLive {
    typed: Vec<String>,
    blurred: Vec<String>,
    pushes: u32,
    keys: Vec<String>,
    submits: u32,
}

#[live_view]
impl RateLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { typed: Vec::new(), blurred: Vec::new(), pushes: 0, keys: Vec::new(), submits: 0 })
    }

    #[event]
    fn typed(&mut self, params: Params) {
        self.typed.push(params.get("pause").unwrap_or_default().to_owned());
    }

    #[event]
    fn left(&mut self, params: Params) {
        self.blurred.push(params.get("blur").unwrap_or_default().to_owned());
    }

    #[event]
    fn submit(&mut self) {
        self.submits += 1;
    }

    #[event]
    fn push(&mut self) {
        self.pushes += 1;
    }

    #[event]
    fn key(&mut self, key: Key) {
        self.keys.push(key.key);
    }

    fn render(&self) -> Element {
        rsx! {
            form { phx_change: Self::on_typed(), phx_submit: Self::on_submit(),
                input { id: "pause", name: "pause", phx_debounce: 2000 }
                input { id: "other", name: "other" }
                button { "Send" }
            }
            form { phx_change: Self::on_left(), phx_submit: Self::on_submit(), input { id: "blur", name: "blur", phx_debounce: "blur" } }
            button { id: "push", phx_click: Self::on_push(), phx_throttle: 1000, "push" }
            input { id: "keys", phx_keydown: Self::on_key(), phx_throttle: 1000 }
            output { id: "typed", {self.typed.join("|")} }
            output { id: "blurred", {self.blurred.join("|")} }
            output { id: "pushes", "{self.pushes}" }
            output { id: "pressed", {self.keys.join("|")} }
            output { id: "submits", "{self.submits}" }
        }
    }
}
