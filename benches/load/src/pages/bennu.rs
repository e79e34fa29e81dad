//! The pages as live views.
#![allow(clippy::unused_async, reason = "`mount` is written async, awaiting or not")]

use bennu::prelude::*;
use bennu::pubsub::OnFull;

use super::data::{Row, Telemetry, rows, touched};

router! {
    live "/counter" => CounterLive;
    live "/table" => TableLive;
    live "/telemetry" => TelemetryLive;
}

/// The topic of the telemetry page.
pub(crate) fn fleet() -> Topic<Telemetry> {
    topic::<Telemetry>("fleet").on_full(OnFull::Latest)
}

#[derive(LiveView)]
struct CounterLive {
    count: u64,
}

#[live_view]
impl CounterLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { count: 0 })
    }

    #[event]
    fn inc(&mut self) {
        self.count += 1;
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "Counter" }
            p { "Count: {self.count}" }
            button { phx_click: Self::on_inc(), "+1" }
        }
    }
}

#[derive(LiveView)]
struct TableLive {
    clicks: u64,
    rows: Rows<Row>,
}

#[live_view]
impl TableLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { clicks: 0, rows: Rows::from_iter_with_key(rows(), |row| row.id) })
    }

    #[event]
    fn touch(&mut self) {
        self.rows.update(touched(self.clicks), |row| row.value += 1);
        self.clicks += 1;
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "Table" }
            button { phx_click: Self::on_touch(), "touch" }
            table {
                tbody {
                    {self.rows.render(|row| rsx! {
                        tr {
                            td { "{row.id}" }
                            td { "{row.name}" }
                            td { "{row.value}" }
                            td { class: "{row.status}", "{row.status}" }
                        }
                    })}
                }
            }
        }
    }
}

#[derive(LiveView)]
struct TelemetryLive {
    telemetry: Telemetry,
}

#[live_view]
impl TelemetryLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        cx.subscribe(fleet());
        Ok(Self { telemetry: Telemetry::at(0) })
    }

    #[info]
    fn telemetry(&mut self, telemetry: &Telemetry) {
        self.telemetry.clone_from(telemetry);
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "Telemetry" }
            table {
                tbody {
                    for (robot , [x, y, heading, speed, battery, temperature]) in self.telemetry.robots.iter().enumerate() {
                        tr { key: "{robot}",
                            td { "{x:.2}" }
                            td { "{y:.2}" }
                            td { "{heading:.2}" }
                            td { "{speed:.2}" }
                            td { "{battery:.2}" }
                            td { "{temperature:.2}" }
                        }
                    }
                }
            }
        }
    }
}
