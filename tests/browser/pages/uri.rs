//! What the URL says: path parameters, query, the route's action.

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct UriLive {
    calls: Vec<&'static str>,
    id: u32,
    query: String,
    uri: String,
    action: String,
}

#[live_view]
impl UriLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { calls: vec!["mount"], id: 0, query: String::new(), uri: String::new(), action: String::new() })
    }

    async fn handle_params(&mut self, cx: &mut Cx, params: &Params, uri: &Uri) -> Result<()> {
        self.calls.push("handle_params");
        self.id = params.parse("id")?;
        self.query = params.get("q").unwrap_or_default().to_owned();
        self.uri = uri.to_string();
        self.action = cx.live_action().unwrap_or_default().to_owned();
        Ok(())
    }

    fn render(&self) -> Element {
        rsx! {
            output { id: "calls", {self.calls.join(" ")} }
            output { id: "id", "{self.id}" }
            output { id: "query", "{self.query}" }
            output { id: "uri", "{self.uri}" }
            output { id: "action", "{self.action}" }
        }
    }
}
