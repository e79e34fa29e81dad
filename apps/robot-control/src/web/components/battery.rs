//! The level of a battery as a gauge and a number.

use bennu::prelude::*;

use crate::robots::battery::{CRITICAL, LOW};

/// `percent`, from 0 to 100. The bolt says that it is charging.
#[component]
pub fn BatteryGauge(percent: u8, charging: bool) -> Element {
    let tone = match f64::from(percent) {
        level if level < CRITICAL => "critical",
        level if level < LOW => "low",
        _ => "good",
    };
    // The inside of the outline is 18 units wide.
    let width = f64::from(percent) * 0.18;
    rsx! {
        span { class: "battery battery--{tone}",
            svg { class: "battery__icon", view_box: "0 0 24 12", "aria-hidden": "true",
                rect { class: "battery__case", x: "0.5", y: "0.5", width: "20", height: "11", rx: "2.5" }
                rect { class: "battery__cap", x: "21.5", y: "4", width: "2", height: "4", rx: "1" }
                rect { class: "battery__level", x: "1.5", y: "1.5", width: "{width:.1}", height: "9", rx: "1.5" }
                if charging {
                    path { class: "battery__bolt", d: "M12.4 -2 5.4 6.8h4.2L8 14l7.6-9.4h-4.4z" }
                }
            }
            span { class: "battery__text", "{percent} %" }
        }
    }
}
