//! Views that hear each other through a typed topic.

use bennu::prelude::*;

#[derive(Clone)]
struct Said {
    text: String,
}

#[derive(LiveView)]
pub(crate) struct RoomLive {
    room: String,
    lines: Vec<String>,
}

#[live_view]
impl RoomLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let room = cx.params().get("name").unwrap_or_default().to_owned();
        cx.subscribe(topic::<Said>(format!("room:{room}")));
        Ok(Self { room, lines: Vec::new() })
    }

    #[event]
    fn say(&mut self, cx: &mut Cx, params: Params) {
        let text = params.get("text").unwrap_or_default().to_owned();
        cx.broadcast(&topic::<Said>(format!("room:{}", self.room)), Said { text });
    }

    #[event]
    fn wave(&mut self, cx: &mut Cx) {
        cx.broadcast_from(&topic::<Said>(format!("room:{}", self.room)), Said { text: "a wave".into() });
    }

    #[info]
    fn said(&mut self, said: &Said) {
        self.lines.push(said.text.clone());
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "{self.room}" }
            ul { id: "lines",
                for (n, line) in self.lines.iter().enumerate() {
                    li { key: "{n}", "{line}" }
                }
            }
            form { id: "say", phx_submit: Self::on_say(), input { id: "text", name: "text" } }
            button { id: "wave", phx_click: Self::on_wave(), "wave" }
        }
    }
}
