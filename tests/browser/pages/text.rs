//! One text in every place where markup could swallow or break it: from the URL in the first HTML, from a form in patches.

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct TextLive {
    text: String,
    switch: bool,
}

#[live_view]
impl TextLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        Ok(Self { text: cx.params().get("text").unwrap_or_default().to_owned(), switch: false })
    }

    #[event]
    fn show(&mut self, Values(values): Values) {
        let text = values.get("text").and_then(|text| text.as_str());
        self.text = text.unwrap_or_default().into();
        self.switch = !self.switch;
    }

    fn render(&self) -> Element {
        let text = &self.text;
        rsx! {
            p { id: "text", "{text}" }
            p { id: "between", "before " "{text}" " after " "{text}" }
            p { id: "attribute", title: "{text}", "data-text": "{text}" }
            pre { id: "pre", "{text}" }
            textarea { id: "area", value: "{text}" }
            input { id: "input", value: "{text}" }
            if self.switch {
                p { id: "fresh", title: "{text}", "{text}" }
            }
        }
    }
}
