//! A server in a process of its own, pinned to one core, and what `/proc` says it costs.

use std::fs;
use std::ops::Sub;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child as Process, ChildStdin, Command};
use tokio::time::sleep;

/// The core of the server. The load generator takes the next one.
const CORE: &str = "0";
const OWN_CORE: &str = "1";

/// The unit of times in `/proc/<pid>/stat`, on every Linux of today.
const TICK: Duration = Duration::from_millis(10);

/// CPU time of a process: all of it to the nanosecond, and the part that was spent in the kernel to 10 ms.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cpu {
    pub(crate) total: Duration,
    pub(crate) kernel: Duration,
}

impl Sub for Cpu {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { total: self.total.saturating_sub(before.total), kernel: self.kernel.saturating_sub(before.kernel) }
    }
}

/// A running server. It ends when this is dropped.
pub(crate) struct Child {
    process: Process,
    orders: ChildStdin,
    pid: u32,
    pub(crate) port: u16,
}

impl Child {
    /// Starts this program again as the server of that name, and waits until it listens.
    pub(crate) async fn start(name: &str) -> Result<Self> {
        let program = std::env::current_exe()?;
        let mut process = Command::new("taskset")
            .args(["--cpu-list", CORE])
            .arg(program)
            .args(["serve", name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("`taskset` (util-linux) is needed to give the server a core of its own")?;
        let (Some(orders), Some(output), Some(pid)) = (process.stdin.take(), process.stdout.take(), process.id())
        else {
            bail!("the server ended at once");
        };
        let line = BufReader::new(output).lines().next_line().await?;
        let port = line.and_then(|line| line.parse().ok()).context("the server did not start")?;
        Ok(Self { process, orders, pid, port })
    }

    /// Has the server broadcast telemetry so many times a second.
    pub(crate) async fn broadcast(&mut self, hz: u32) -> Result<()> {
        self.orders.write_all(format!("hz {hz}\n").as_bytes()).await?;
        Ok(self.orders.flush().await?)
    }

    /// CPU time that the server has used so far.
    pub(crate) fn cpu(&self) -> Result<Cpu> {
        let mut nanos = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.pid))? {
            let stat = fs::read_to_string(task?.path().join("schedstat"))?;
            let on_cpu = stat.split(' ').next().and_then(|first| first.parse::<u64>().ok());
            nanos += on_cpu.context("/proc/<pid>/task/<tid>/schedstat has an unknown form")?;
        }
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // Field 15 (proc(5)); the second, the program's name in brackets, may hold spaces.
        let ticks = stat.rsplit(") ").next().and_then(|fields| fields.split(' ').nth(12)?.parse::<u32>().ok());
        let ticks = ticks.context("/proc/<pid>/stat has an unknown form")?;
        Ok(Cpu { total: Duration::from_nanos(nanos), kernel: TICK * ticks })
    }

    /// Memory of the server that is in RAM and its own, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.pid))?;
        let field = |name: &str| {
            let line = rollup.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        };
        let kib = field("Private_Dirty:").zip(field("Private_Clean:")).context("smaps_rollup has an unknown form")?;
        Ok((kib.0 + kib.1) * 1024)
    }

    /// Its memory once it has stopped changing, or after five seconds.
    pub(crate) async fn settled_memory(&self) -> Result<u64> {
        let mut memory = self.memory()?;
        for _ in 0..10 {
            sleep(Duration::from_millis(500)).await;
            let now = self.memory()?;
            if now == memory {
                break;
            }
            memory = now;
        }
        Ok(memory)
    }

    /// Stops the server and waits for its end.
    pub(crate) async fn stop(mut self) -> Result<()> {
        drop(self.orders);
        if tokio::time::timeout(Duration::from_secs(20), self.process.wait()).await.is_err() {
            self.process.kill().await?;
        }
        Ok(())
    }
}

/// Moves this process, the load generator, off the server's core.
pub(crate) async fn leave_core() -> Result<()> {
    let pid = std::process::id().to_string();
    let status = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", OWN_CORE, &pid])
        .stdout(Stdio::null())
        .status()
        .await;
    match status {
        Ok(status) if status.success() => Ok(()),
        outcome => bail!("this process cannot be moved to core {OWN_CORE}: {outcome:?}"),
    }
}
