//! Speed and battery over the last minute and a half.

use std::time::Duration;

use bennu::prelude::*;

use crate::robots::history::SPAN;
use crate::robots::{Sample, Telemetry};
use crate::web::components::chart::{Axis, Chart, curve};
use crate::web::format;

/// How often the charts are drawn anew.
pub(super) const PERIOD: Duration = Duration::from_millis(500);
/// Samples between two points of the battery's curve, which moves slowly.
const BATTERY_STEP: usize = 12;

const SPEED: Axis = Axis { low: -1.6, high: 1.6, ticks: [(1.6, "1.6"), (0.0, "0"), (-1.6, "-1.6")] };
const BATTERY: Axis = Axis { low: 0.0, high: 100.0, ticks: [(100.0, "100"), (50.0, "50"), (0.0, "0")] };

/// The curves, drawn when samples come in and not at every render.
#[derive(Debug, Default)]
pub(super) struct Charts {
    speed: String,
    battery: String,
}

impl Charts {
    /// Draws `samples`, the oldest first.
    pub(super) fn draw(&mut self, samples: &[Sample]) {
        self.speed = curve(&SPEED, samples.iter().map(|sample| sample.speed), 1);
        // Counted from the newest, so that the right end is now.
        let battery: Vec<_> = samples.iter().rev().step_by(BATTERY_STEP).rev().map(|sample| sample.battery).collect();
        self.battery = curve(&BATTERY, battery.into_iter(), BATTERY_STEP);
    }

    /// Both charts, with the present values beside them.
    pub(super) fn render(&self, now: &Telemetry) -> Element {
        let span = format!("{SPAN:.0} s");
        rsx! {
            Chart {
                title: "Speed (m/s)",
                tone: "speed",
                axis: SPEED,
                points: self.speed.clone(),
                now: format::speed(now.velocity.linear),
                span: span.clone(),
            }
            Chart {
                title: "Battery (%)",
                tone: "battery",
                axis: BATTERY,
                points: self.battery.clone(),
                now: format::percent(now.battery),
                span,
            }
        }
    }
}
