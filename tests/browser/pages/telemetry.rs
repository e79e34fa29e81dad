//! A form in the middle of readings that change 20 times a second: around it, in it, and on the controls themselves.

use std::time::Duration;

use bennu::prelude::*;

const PERIOD: Duration = Duration::from_millis(50);

#[derive(Clone)]
struct Reading;

#[derive(LiveView)]
pub(crate) struct TelemetryLive {
    readings: u64,
    name: String,
    validations: u32,
}

#[live_view]
impl TelemetryLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        cx.interval(Reading, PERIOD);
        Ok(Self { readings: 0, name: String::new(), validations: 0 })
    }

    #[info]
    fn reading(&mut self, _reading: Reading) {
        self.readings += 1;
    }

    #[event]
    fn validate(&mut self, params: Params) {
        self.name = params.get("name").unwrap_or_default().to_uppercase();
        self.validations += 1;
    }

    fn render(&self) -> Element {
        let n = self.readings;
        rsx! {
            p { id: "before", "reading " output { id: "readings", "{n}" } }
            form { id: "form", class: "n{n % 10}", phx_change: Self::on_validate(),
                if n.is_multiple_of(2) { b { "even" } }
                label { "name {n}" input { id: "name", name: "name", value: "{self.name}", title: "at {n}", class: "c{n % 3}" } }
                textarea { id: "notes", name: "notes", "data-n": "{n}" }
                select { id: "choice", name: "choice", "data-n": "{n}",
                    option { value: "a", "a" }
                    option { value: "b", "b" }
                }
                if n.is_multiple_of(3) { i { "third" } }
            }
            p { id: "after", "heard " output { id: "heard", "{self.name}" } " " output { id: "validations", "{self.validations}" } }
        }
    }
}
