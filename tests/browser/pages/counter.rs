//! A number that clicks and broadcasts change, and the id of the actor that holds it.

use bennu::prelude::*;

use crate::probe;

/// Broadcast by `/probe/tick`: something that happens whether or not a browser is there.
#[derive(Debug, Clone)]
pub(crate) struct Tick;

#[derive(LiveView)]
pub(crate) struct CounterLive {
    actor: String,
    count: i64,
    connects: u32,
    clicked: String,
}

#[live_view]
impl CounterLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        probe::mounted("counter");
        cx.subscribe(topic::<Tick>("ticks"));
        let count = cx.handed_over().unwrap_or_default();
        Ok(Self { actor: cx.id().to_string(), count, connects: 0, clicked: String::new() })
    }

    async fn connected(&mut self, _cx: &mut Cx, _connect: &Connect) -> Result<()> {
        self.connects += 1;
        Ok(())
    }

    fn hand_over(&self) -> i64 {
        self.count
    }

    #[event]
    fn inc(&mut self) {
        self.count += 1;
    }

    #[event]
    fn add(&mut self, amount: i64) {
        self.count += amount;
    }

    #[event]
    fn add_values(&mut self, Values(values): Values) {
        let step = values.get("step").and_then(|step| step.as_str()).and_then(|step| step.parse::<i64>().ok());
        self.count += step.unwrap_or_default();
    }

    #[event]
    fn point(&mut self, click: Click) {
        let Click { x, y, width, height, shift, .. } = click;
        self.clicked = format!("{x:.0},{y:.0} of {width:.0}x{height:.0} shift={shift}");
    }

    #[event]
    fn double(&mut self) -> Result<Reply> {
        self.count *= 2;
        Reply::json(&self.count)
    }

    #[info]
    fn tick(&mut self, _tick: Tick) {
        self.count += 1;
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { id: "count", "{self.count}" }
            p { "actor " output { id: "actor", "{self.actor}" } " connected " output { id: "connects", "{self.connects}" } " times" }
            button { id: "inc", phx_click: Self::on_inc(), "+" }
            button { id: "add", phx_click: Self::on_add(5), "+5" }
            button { id: "add-values", phx_click: Self::on_add_values(), "phx-value-step": "7", "+7" }
            button { id: "unknown", phx_click: "no_such_event", "?" }
            button { id: "inner", phx_click: Self::on_inc(), span { b { id: "deep", "inside" } } }
            button { id: "disabled", phx_click: Self::on_inc(), disabled: true, "off" }
            button { id: "point", phx_click: Self::on_point(), "point" }
            output { id: "clicked", "{self.clicked}" }
            a { id: "link", href: "#here", phx_click: Self::on_inc(), "a link" }
        }
    }
}
