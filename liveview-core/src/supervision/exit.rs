//! Why processes end.

use std::fmt;
use std::sync::Arc;

use crate::Error;

/// Why a process ended. Compares by its text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExitReason {
    /// It had done its work.
    Normal,
    /// It was told to end: by its supervisor, by a shutdown of the program.
    Shutdown,
    /// It was ended from outside, without a word: its future was dropped.
    Killed,
    /// It returned an error; this is its text with those of its causes.
    Failed(Arc<str>),
    /// It panicked; this is the message with its place.
    Panicked(Arc<str>),
}

impl ExitReason {
    /// A failure in words.
    pub fn failed(why: impl fmt::Display) -> Self {
        Self::Failed(why.to_string().into())
    }

    /// Whether a [`Restart::Transient`](super::Restart::Transient) child is started again after this: all but `Normal` and `Shutdown`.
    pub fn is_abnormal(&self) -> bool {
        !matches!(self, Self::Normal | Self::Shutdown)
    }
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Normal => f.write_str("normal"),
            Self::Shutdown => f.write_str("shutdown"),
            Self::Killed => f.write_str("killed"),
            Self::Failed(why) => write!(f, "failed: {why}"),
            Self::Panicked(message) => write!(f, "panicked: {message}"),
        }
    }
}

impl From<Error> for ExitReason {
    fn from(error: Error) -> Self {
        Self::Failed(error.chain().collect::<Vec<_>>().join(": ").into())
    }
}

/// What the future of a process may return: nothing, a result, a reason, or never.
pub trait IntoExit {
    /// The reason for which the process ends.
    fn into_exit(self) -> ExitReason;
}

impl IntoExit for () {
    fn into_exit(self) -> ExitReason {
        ExitReason::Normal
    }
}

impl IntoExit for ExitReason {
    fn into_exit(self) -> ExitReason {
        self
    }
}

impl<T: IntoExit, E: Into<Error>> IntoExit for Result<T, E> {
    fn into_exit(self) -> ExitReason {
        match self {
            Ok(value) => value.into_exit(),
            Err(error) => error.into().into(),
        }
    }
}

/// The type of what never returns, which has no name of its own yet.
pub trait Returns {
    /// What the function returns.
    type Output;
}

impl<T> Returns for fn() -> T {
    type Output = T;
}

impl IntoExit for <fn() -> ! as Returns>::Output {
    fn into_exit(self) -> ExitReason {
        self
    }
}
