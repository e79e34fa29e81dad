//! What a process looks like from outside, as a value: for people, logs and a dashboard.

use std::fmt;
use std::time::Duration;

use super::Process;
use crate::supervision::exit::ExitReason;
use crate::supervision::supervisor::Strategy;

/// What a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProcessKind {
    /// A supervisor.
    Supervisor(Strategy),
    /// A plain future.
    Worker,
    /// An [`Actor`](crate::supervision::Actor), with its type.
    Actor(&'static str),
    /// A [`TaskSupervisor`](crate::supervision::TaskSupervisor).
    Tasks,
    /// One task of it.
    Task,
    /// The [`Endpoint`](crate::Endpoint), at the end of the tree that it serves.
    Endpoint,
}

/// How far a process is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProcessState {
    /// It is being started.
    Starting,
    /// It runs.
    Running,
    /// It was told to end.
    Stopping,
    /// It has ended, and will be started again in a while.
    Restarting,
    /// It has ended.
    Ended,
}

/// A process and those below it, at one moment. `Display` draws the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessInfo {
    /// The process itself, to monitor or to end it; `None` when it does not live.
    pub process: Option<Process>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ProcessKind,
    /// How far it is.
    pub state: ProcessState,
    /// Messages that wait in its mailbox.
    pub mailbox: usize,
    /// How often its supervisor has started it again.
    pub restarts: u64,
    /// How long it has been running; zero when it does not.
    pub uptime: Duration,
    /// Why it ended the last time.
    pub last_exit: Option<ExitReason>,
    /// Those that it supervises, in the order of their start.
    pub children: Vec<ProcessInfo>,
}

/// Looks into a running process.
pub(in crate::supervision) trait Probe: Send + Sync + 'static {
    /// Messages that wait.
    fn mailbox(&self) -> usize {
        0
    }

    /// Those that it supervises.
    fn children(&self) -> Vec<ProcessInfo> {
        Vec::new()
    }
}

impl Process {
    /// What it looks like now. Never waits for the process.
    pub fn info(&self) -> ProcessInfo {
        let last_exit = self.exit_reason();
        let state = match (&last_exit, self.is_asked(), self.0.is_up.load(std::sync::atomic::Ordering::Acquire)) {
            (Some(_), ..) => ProcessState::Ended,
            (None, true, _) => ProcessState::Stopping,
            (None, false, false) => ProcessState::Starting,
            (None, false, true) => ProcessState::Running,
        };
        let probe = self.0.probe.get().filter(|_| last_exit.is_none());
        ProcessInfo {
            process: Some(self.clone()),
            name: self.name().to_owned(),
            kind: self.0.kind,
            state,
            mailbox: probe.map_or(0, |probe| probe.mailbox()),
            restarts: 0,
            uptime: self.0.started_at.elapsed(),
            last_exit,
            children: probe.map(|probe| probe.children()).unwrap_or_default(),
        }
    }
}

impl ProcessInfo {
    /// A process that is none of ours, and has been running for so long.
    pub(crate) fn running(name: &str, kind: ProcessKind, uptime: Duration) -> Self {
        Self {
            process: None,
            name: name.to_owned(),
            kind,
            state: ProcessState::Running,
            mailbox: 0,
            restarts: 0,
            uptime,
            last_exit: None,
            children: Vec::new(),
        }
    }

    /// The first process of this name, itself or below.
    pub fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>, lead: &str, own: &str, below: &str) -> fmt::Result {
        write!(f, "{lead}{own}{} ({}) {}", self.name, self.kind, self.state)?;
        if !matches!(self.state, ProcessState::Ended | ProcessState::Restarting) {
            write!(f, " for {}", Rounded(self.uptime))?;
        }
        if self.mailbox > 0 {
            write!(f, ", {} waiting", self.mailbox)?;
        }
        if self.restarts > 0 {
            write!(f, ", {} restarts", self.restarts)?;
        }
        if let Some(reason) = &self.last_exit {
            write!(f, ", last exit {reason}")?;
        }
        let lead = format!("{lead}{below}");
        for (index, child) in self.children.iter().enumerate() {
            writeln!(f)?;
            let is_last = index + 1 == self.children.len();
            let (own, below) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            child.draw(f, &lead, own, below)?;
        }
        Ok(())
    }
}

impl fmt::Display for ProcessInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draw(f, "", "", "")
    }
}

impl fmt::Display for ProcessKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Supervisor(strategy) => write!(f, "supervisor, {strategy}"),
            Self::Worker => f.write_str("worker"),
            Self::Actor(name) => write!(f, "actor {name}"),
            Self::Tasks => f.write_str("tasks"),
            Self::Task => f.write_str("task"),
            Self::Endpoint => f.write_str("endpoint"),
        }
    }
}

impl fmt::Display for ProcessState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Restarting => "restarting",
            Self::Ended => "ended",
        })
    }
}

/// A duration as people say it.
struct Rounded(Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        match seconds {
            0 => write!(f, "{} ms", self.0.as_millis()),
            1..60 => write!(f, "{seconds} s"),
            60..3_600 => write!(f, "{} min {} s", seconds / 60, seconds % 60),
            _ => write!(f, "{} h {} min", seconds / 3_600, seconds / 60 % 60),
        }
    }
}
