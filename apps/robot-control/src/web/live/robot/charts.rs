//! Speed and battery: the last minute and a half as it is measured, or the last hour out of the database.

use std::time::Duration;

use bennu::prelude::*;

use crate::robots::history::SPAN;
use crate::robots::{RobotId, Sample, Telemetry};
use crate::telemetry::Point;
use crate::web::components::chart::{Axis, Chart, WIDTH, curve};
use crate::web::format;
use crate::web::router::Routes;

/// How often the charts are drawn anew.
pub(super) const PERIOD: Duration = Duration::from_millis(500);
/// How often the last hour is read again: one of its points is ten seconds.
pub(super) const HOUR_PERIOD: Duration = Duration::from_secs(10);
/// As many as the chart is wide.
pub(super) const HOUR_POINTS: u32 = WIDTH as u32;
/// Samples between two points of the battery's curve, which moves slowly.
const BATTERY_STEP: usize = 12;

const SPEED: Axis = Axis { low: -1.6, high: 1.6, ticks: [(1.6, "1.6"), (0.0, "0"), (-1.6, "-1.6")] };
const BATTERY: Axis = Axis { low: 0.0, high: 100.0, ticks: [(100.0, "100"), (50.0, "50"), (0.0, "0")] };

/// How far back the charts look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Span {
    /// As far as the robot's own record goes.
    #[default]
    Recent,
    /// As far as readings are asked for from the database.
    Hour,
}

impl From<Option<&str>> for Span {
    fn from(text: Option<&str>) -> Self {
        if text == Some("hour") { Self::Hour } else { Self::Recent }
    }
}

/// The curves, drawn when samples come in and not at every render.
#[derive(Debug, Default)]
pub(super) struct Charts {
    pub(super) span: Span,
    speed: String,
    battery: String,
}

impl Charts {
    /// Draws `samples`, the oldest first.
    pub(super) fn draw(&mut self, samples: &[Sample]) {
        if self.span == Span::Hour {
            return;
        }
        self.speed = curve(&SPEED, samples.iter().map(|sample| sample.speed), 1);
        // Counted from the newest, so that the right end is now.
        let battery: Vec<_> = samples.iter().rev().step_by(BATTERY_STEP).rev().map(|sample| sample.battery).collect();
        self.battery = curve(&BATTERY, battery.into_iter(), BATTERY_STEP);
    }

    /// Draws the last hour's points, the oldest first.
    pub(super) fn draw_hour(&mut self, points: &[Point]) {
        self.speed = curve(&SPEED, points.iter().map(|point| point.speed), 1);
        self.battery = curve(&BATTERY, points.iter().map(|point| point.battery), 1);
    }

    /// Both charts, with the present values beside them, and the choice of how far back they look.
    pub(super) fn render(&self, now: &Telemetry, robot: RobotId) -> Element {
        let span = match self.span {
            Span::Recent => format!("{SPAN:.0} s"),
            Span::Hour => "1 h".to_owned(),
        };
        let choice = |of: Span, to: String, label: &'static str| {
            rsx! { Link { patch: to, class: "choice__option", "aria-current": self.span == of, "{label}" } }
        };
        rsx! {
            div { class: "choice", role: "group", "aria-label": "Time span",
                {choice(Span::Recent, path!("/robots/{robot}"), "Now")}
                {choice(Span::Hour, path!("/robots/{robot}", span = "hour"), "Last hour")}
            }
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
