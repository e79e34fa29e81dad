//! What nodes tell each other. All of it goes to all of them; what is for one says for whom.

use serde::{Deserialize, Serialize};

use super::state::{Delta, Replica, Snapshot};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Message {
    /// I am here, and this is my last change. `is_new`: tell me of yourself, too.
    Heartbeat { replica: Replica, clock: u64, is_new: bool },
    /// What I have changed.
    Delta(Delta),
    /// I have missed something of yours.
    Request { to: Replica },
    /// All of mine, in so many pieces of which this is one.
    Snapshot { piece: usize, pieces: usize, of: Snapshot },
    /// I end; nothing of mine is left.
    Goodbye { replica: Replica },
}
