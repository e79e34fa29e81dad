//! Why a node is not in the mesh, or does not take a message.

/// Why a node did not join the mesh, or did not take what was given to it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZenohError {
    /// An endpoint that cannot be read.
    #[error("`{endpoint}` is no endpoint: {why}; one looks like `tcp/10.0.0.7:7447`")]
    Endpoint {
        /// As it was given.
        endpoint: String,
        /// What is wrong with it.
        why: String,
    },
    /// A node that neither connects nor listens nor scouts would be alone for ever.
    #[error("a node needs an endpoint to connect to or to listen on, or `scouting: true`")]
    NoEndpoint,
    /// Zenoh refuses a setting of ours or of [`ZenohOptions::config`](crate::ZenohOptions::config).
    #[error("Zenoh does not take the setting `{setting}`: {cause}")]
    Setting {
        /// Its path in Zenoh's configuration.
        setting: String,
        /// What Zenoh says.
        cause: zenoh::Error,
    },
    /// The session does not open: most often an endpoint to listen on is taken, or is not of this machine.
    #[error("the Zenoh session does not open (is an endpoint to listen on taken?): {0}")]
    Open(zenoh::Error),
    /// The system gives no thread.
    #[error("no thread for the Zenoh session")]
    Thread(#[source] std::io::Error),
    /// So many bytes wait to be sent already.
    #[error("{waiting} bytes wait to be sent to the other nodes, and the queue takes {bound}")]
    Full {
        /// In the queue, in bytes.
        waiting: usize,
        /// What it holds, in bytes.
        bound: usize,
    },
    /// The node has left the mesh.
    #[error("the Zenoh session is closed")]
    Closed,
}
