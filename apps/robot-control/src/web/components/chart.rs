//! A line chart over time. The newest value is at the right; the curve moves to the left.
//!
//! The plot is stretched to the room that there is and its lines keep their width; labels are text beside it, so that
//! they stay readable on a phone.

use std::fmt::Write as _;

use bennu::prelude::*;

/// Units of the plot from left to right and from bottom to top.
pub const WIDTH: usize = 360;
const HEIGHT: f64 = 100.0;

/// What a chart's y axis spans, and the lines that are drawn across it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// The value at the bottom.
    pub low: f64,
    /// The value at the top.
    pub high: f64,
    /// Labels with their values, the highest first; the first and the last are the ends.
    pub ticks: [(f64, &'static str); 3],
}

impl Axis {
    /// How far below the top of the plot a value lies; beyond the ends it is cut off.
    fn place(&self, value: f64) -> f64 {
        HEIGHT * (self.high - value.clamp(self.low, self.high)) / (self.high - self.low)
    }
}

/// The values as a curve whose last point is at the right edge, `step` units apart.
pub fn curve(axis: &Axis, values: impl ExactSizeIterator<Item = f64>, step: usize) -> String {
    let mut x = WIDTH as f64 - (values.len().saturating_sub(1) * step) as f64;
    let mut points = String::with_capacity(values.len() * 7);
    for value in values {
        // Writing to a String cannot fail.
        let _ = write!(points, "{x:.0},{:.0} ", axis.place(value));
        x += step as f64;
    }
    points
}

/// A chart named `title` of what `points` (made by [`curve`]) show; `now` is the newest value with its unit.
#[component]
pub fn Chart(title: String, tone: String, axis: Axis, points: String, now: String, span: String) -> Element {
    rsx! {
        figure { class: "chart chart--{tone}",
            figcaption { class: "chart__title",
                span { "{title}" }
                span { class: "chart__now", "{now}" }
            }
            div { class: "chart__axis", "aria-hidden": "true",
                for (_, label) in axis.ticks {
                    span { "{label}" }
                }
            }
            svg {
                class: "chart__plot",
                view_box: "0 0 {WIDTH} {HEIGHT}",
                preserve_aspect_ratio: "none",
                role: "img",
                "aria-label": "{title} over the last {span}, now {now}",
                for (value, _) in axis.ticks {
                    path { class: "chart__line", d: "M0 {axis.place(value):.1}H{WIDTH}" }
                }
                polyline { class: "chart__curve", points: "{points}" }
            }
            div { class: "chart__time", "aria-hidden": "true",
                span { "{span} ago" }
                span { "now" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AXIS: Axis = Axis { low: 0.0, high: 10.0, ticks: [(10.0, "10"), (5.0, "5"), (0.0, "0")] };

    #[test]
    fn the_newest_value_is_at_the_right_edge() {
        assert_eq!(curve(&AXIS, [0.0, 5.0, 10.0].into_iter(), 2), "356,100 358,50 360,0 ");
        assert_eq!(curve(&AXIS, [].into_iter(), 2), "");
    }

    #[test]
    fn values_beyond_the_axis_stay_in_the_plot() {
        assert_eq!(curve(&AXIS, [-3.0, 99.0].into_iter(), 1), "359,100 360,0 ");
    }
}
