//! The script as a process.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use robot_control::robots::RobotId;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// A robot that runs until it is killed or dropped.
pub struct Script {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Script {
    /// `None` where there is no Python for it.
    pub fn start(robot: RobotId, connect: &[String]) -> Option<Self> {
        let Some(python) = std::env::var_os("BENNU_PYTHON") else {
            // Not by `eprintln!`, which the test runner keeps to itself when a test passes.
            let why = "SKIPPED: BENNU_PYTHON is not set; `tests/run zenoh` installs eclipse-zenoh and sets it";
            let _ = writeln!(std::io::stderr(), "{why}");
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../devices/python/zenoh_robot.py");
        let mut command = Command::new(PathBuf::from(python));
        command.arg(script).arg("--robot").arg(robot.to_string()).arg("--connect").args(connect);
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("Python runs");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Some(Self { child, lines })
    }

    /// Waits until it says so; when that was.
    pub async fn says(&mut self, expected: &str) -> Instant {
        let said = async {
            while let Some(line) = self.lines.next_line().await.expect("text") {
                if line == expected {
                    return Instant::now();
                }
            }
            panic!("it ended before it said {expected:?}");
        };
        timeout(Duration::from_secs(20), said).await.unwrap_or_else(|_| panic!("it did not say {expected:?}"))
    }

    /// Without a word, as by `kill -9`.
    pub fn kill(&mut self) {
        self.child.start_kill().expect("it runs");
    }
}
