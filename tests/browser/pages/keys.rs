//! Key bindings on an element and on the window, with and without a filter.

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct KeysLive {
    window: Vec<String>,
    element: Vec<String>,
    released: u32,
    escapes: u32,
    repeats: u32,
}

#[live_view]
impl KeysLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { window: Vec::new(), element: Vec::new(), released: 0, escapes: 0, repeats: 0 })
    }

    #[event]
    fn pressed(&mut self, key: Key) {
        self.window.push(key.key);
    }

    #[event]
    fn released(&mut self) {
        self.released += 1;
    }

    #[event]
    fn typed(&mut self, key: Key) {
        self.element.push(key.key);
    }

    #[event]
    fn escape(&mut self) {
        self.escapes += 1;
    }

    #[event]
    fn repeat(&mut self) {
        self.repeats += 1;
    }

    fn render(&self) -> Element {
        rsx! {
            div { phx_window_keydown: Self::on_pressed(), phx_window_keyup: Self::on_released(),
                output { id: "window", {self.window.join(" ")} }
                output { id: "released", "{self.released}" }
            }
            div { phx_window_keydown: Self::on_escape(), phx_key: "escape", output { id: "escapes", "{self.escapes}" } }
            div { phx_window_keydown: Self::on_repeat(), phx_key: "r", phx_repeat: 20, output { id: "repeats", "{self.repeats}" } }
            input { id: "input", phx_keydown: Self::on_typed() }
            output { id: "element", {self.element.join(" ")} }
        }
    }
}
