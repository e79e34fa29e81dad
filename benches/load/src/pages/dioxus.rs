//! The pages as a Dioxus developer writes them, for `dioxus-liveview`.

use std::sync::OnceLock;

use dioxus::prelude::*;
use tokio::sync::broadcast::{self, error::RecvError};

use super::Page;
use super::data::{Row, Telemetry, rows, touched};

/// The root component of a page.
pub(crate) fn app(page: Page) -> fn() -> Element {
    match page {
        Page::Counter => counter,
        Page::Table => table,
        Page::Telemetry => telemetry,
    }
}

/// Where telemetry is broadcast: there is no `PubSub` in Dioxus, and this is what its users take.
pub(crate) fn fleet() -> &'static broadcast::Sender<Telemetry> {
    static FLEET: OnceLock<broadcast::Sender<Telemetry>> = OnceLock::new();
    FLEET.get_or_init(|| broadcast::channel(16).0)
}

fn counter() -> Element {
    let mut count = use_signal(|| 0_u64);
    rsx! {
        h1 { "Counter" }
        p { "Count: {count}" }
        button { onclick: move |_| count += 1, "+1" }
    }
}

fn table() -> Element {
    let mut clicks = use_signal(|| 0_u64);
    let mut shown = use_signal(|| rows().collect::<Vec<Row>>());
    let touch = move |_| {
        shown.write()[touched(clicks())].value += 1;
        clicks += 1;
    };
    rsx! {
        h1 { "Table" }
        button { onclick: touch, "touch" }
        table {
            tbody {
                for row in shown.read().iter() {
                    tr { key: "{row.id}",
                        td { "{row.id}" }
                        td { "{row.name}" }
                        td { "{row.value}" }
                        td { class: "{row.status}", "{row.status}" }
                    }
                }
            }
        }
    }
}

fn telemetry() -> Element {
    let mut shown = use_signal(|| Telemetry::at(0));
    use_future(move || async move {
        let mut broadcasts = fleet().subscribe();
        loop {
            match broadcasts.recv().await {
                Ok(telemetry) => shown.set(telemetry),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
    rsx! {
        h1 { "Telemetry" }
        table {
            tbody {
                for (robot , [x, y, heading, speed, battery, temperature]) in shown.read().robots.iter().enumerate() {
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
