//! Focus and blur of an element and of the window.

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct FocusLive {
    log: Vec<String>,
    moved: bool,
}

#[live_view]
impl FocusLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { log: Vec::new(), moved: false })
    }

    #[event]
    fn note(&mut self, what: String, Values(values): Values) {
        let value = values.get("value").and_then(|value| value.as_str()).unwrap_or_default();
        self.log.push(format!("{what}({value})"));
    }

    #[event]
    fn rearrange(&mut self) {
        self.moved = !self.moved;
    }

    fn render(&self) -> Element {
        let order = if self.moved { ["b", "a"] } else { ["a", "b"] };
        rsx! {
            div { phx_window_focus: Self::on_note("window-focus".into()), phx_window_blur: Self::on_note("window-blur".into()) }
            input { id: "field", phx_focus: Self::on_note("focus".into()), phx_blur: Self::on_note("blur".into()) }
            button { id: "elsewhere", "elsewhere" }
            div { phx_window_keydown: Self::on_rearrange(), phx_key: "F2",
                for id in order {
                    input { key: "{id}", id: "kept-{id}", phx_blur: Self::on_note(format!("blur-{id}")), phx_focus: Self::on_note(format!("focus-{id}")) }
                }
            }
            output { id: "log", {self.log.join(" ")} }
        }
    }
}
