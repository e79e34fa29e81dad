//! Numbers as the pages show them. Widths are steady: a value that changes keeps its number of decimals.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bennu::ecto::prelude::{DateTime, Utc};

/// A length: `12.3 m`.
pub fn metres(value: f64) -> String {
    format!("{:.1} m", steady(value, 1))
}

/// A speed: `0.82 m/s`, with a minus when it goes backwards.
pub fn speed(value: f64) -> String {
    format!("{:.2} m/s", steady(value, 2))
}

/// A level: `87 %`. Rounds down, so that only a full battery shows 100.
pub fn percent(value: f64) -> String {
    format!("{:.0} %", value.floor())
}

/// A heading as people read it on a map: degrees from north, clockwise, `000°` to `359°`.
pub fn heading(radians: f64) -> String {
    let degrees = (90.0 - radians.to_degrees()).rem_euclid(360.0).round() as u16 % 360;
    format!("{degrees:03}°")
}

/// How long an answer took: microseconds are shown as parts of a millisecond.
pub fn round_trip(took: Duration) -> String {
    let millis = took.as_secs_f64() * 1000.0;
    if millis < 10.0 { format!("{millis:.2} ms") } else { format!("{millis:.0} ms") }
}

/// The time of day in UTC: `09:41:07`. A clock before 1970 shows midnight.
pub fn clock(at: SystemTime) -> String {
    let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Rounds and never answers a negative zero, which would show as `-0.0`.
fn steady(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale + 0.0
}

/// A moment to the second: `2026-11-28 09:30:12`.
pub fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A day: `2026-11-28`.
pub fn date(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{FRAC_PI_2, PI};

    use super::*;

    #[test]
    fn values_keep_their_width() {
        assert_eq!(speed(-0.001), "0.00 m/s");
        assert_eq!(speed(-0.4), "-0.40 m/s");
        assert_eq!(metres(3.0), "3.0 m");
        assert_eq!((percent(99.9), percent(100.0)), ("99 %".into(), "100 %".into()));
    }

    #[test]
    fn headings_count_from_north_clockwise() {
        let shown: Vec<_> = [FRAC_PI_2, 0.0, -FRAC_PI_2, PI, FRAC_PI_2 + 0.001].into_iter().map(heading).collect();
        assert_eq!(shown, ["000°", "090°", "180°", "270°", "000°"]);
    }

    #[test]
    fn round_trips_and_times_of_day_are_short() {
        assert_eq!(round_trip(Duration::from_micros(84)), "0.08 ms");
        assert_eq!(round_trip(Duration::from_millis(1040)), "1040 ms");
        assert_eq!(clock(UNIX_EPOCH + Duration::from_secs(86_400 + 3_725)), "01:02:05");
    }
}
