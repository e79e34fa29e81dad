//! What the pages show. Nothing here is random: every run and both servers show the same.

/// The rows of the table.
pub(crate) const ROWS: usize = 1_000;
/// The robots of the telemetry page.
const ROBOTS: u32 = 20;

/// A row of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: usize,
    pub(crate) name: String,
    pub(crate) value: u64,
    pub(crate) status: &'static str,
}

/// The table as it is loaded.
pub(crate) fn rows() -> impl Iterator<Item = Row> {
    (0..ROWS).map(|id| Row {
        id,
        name: format!("Robot {id}"),
        value: 7,
        status: if id % 3 == 0 { "docked" } else { "driving" },
    })
}

/// The row that click number `click` changes: another one each time.
pub(crate) fn touched(click: u64) -> usize {
    (click as usize * 37) % ROWS
}

/// One broadcast: x, y, heading, speed, battery and temperature of each robot.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Telemetry {
    pub(crate) robots: Vec<[f64; 6]>,
}

impl Telemetry {
    /// The telemetry of one moment. Every value differs from that of the moment before as it is shown, with two digits.
    pub(crate) fn at(tick: u32) -> Self {
        let wave = |phase: f64, low: f64, span: f64| {
            let step = (f64::from(tick) * 0.618_034 + phase).fract();
            low + span * step
        };
        let robot = |robot| {
            let phase = f64::from(robot) / f64::from(ROBOTS);
            [
                wave(phase, 10.0, 80.0),
                wave(phase + 0.1, 10.0, 80.0),
                wave(phase + 0.2, 100.0, 259.0),
                wave(phase + 0.3, 1.0, 8.0),
                wave(phase + 0.4, 10.0, 89.0),
                wave(phase + 0.5, 20.0, 60.0),
            ]
        };
        Self { robots: (0..ROBOTS).map(robot).collect() }
    }
}
