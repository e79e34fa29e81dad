//! What the browser says about itself when it connects.

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct ConnectLive {
    connected_at_mount: bool,
    zone: String,
    mounts: u64,
    agent: String,
    gone: u32,
}

#[live_view]
impl ConnectLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        Ok(Self {
            connected_at_mount: cx.is_connected(),
            zone: "unknown".into(),
            mounts: 0,
            agent: String::new(),
            gone: 0,
        })
    }

    async fn connected(&mut self, _cx: &mut Cx, connect: &Connect) -> Result<()> {
        let zone = connect.params().get("zone").and_then(|zone| zone.as_str());
        self.zone = zone.unwrap_or("unknown").into();
        self.mounts = connect.mounts();
        self.agent = connect.user_agent().unwrap_or_default().into();
        Ok(())
    }

    async fn disconnected(&mut self, _cx: &mut Cx) -> Result<()> {
        self.gone += 1;
        Ok(())
    }

    fn render(&self) -> Element {
        rsx! {
            output { id: "connected-at-mount", "{self.connected_at_mount}" }
            output { id: "zone", "{self.zone}" }
            output { id: "mounts", "{self.mounts}" }
            output { id: "agent", "{self.agent}" }
            output { id: "gone", "{self.gone}" }
        }
    }
}
