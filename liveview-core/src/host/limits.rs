//! Every number that bounds what clients can make this server do or keep.

use std::time::Duration;

use crate::mailbox;

/// The bounds of one endpoint. `Limits::default()` gives the values named at the fields.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// `mount` and `handle_params` of one view must be done by then. Default 10 s; then the page load answers 503.
    pub mount_timeout: Duration,
    /// How long a page that was loaded waits for its socket. Default 30 s.
    pub adopt_within: Duration,
    /// How many such pages wait at most. Default 1,000; then the one that has waited longest ends, and its socket mounts anew.
    pub max_waiting: usize,
    /// How long a view waits for its browser to come back after the socket dropped. Default 60 s.
    pub resume_within: Duration,
    /// How many such views wait at most. Default 10,000; then the one that has waited longest ends.
    pub max_detached: usize,
    /// The same after the page said that it leaves. Default 5 s.
    pub leave_grace: Duration,
    /// Living views in all. Default 100,000; then page loads answer 503 and joins `full`.
    pub max_views: usize,
    /// Frames a second for each view, unless its route says otherwise. Default 60. Answers to events are not counted.
    pub max_fps: u32,
    /// Messages that may wait in a view's mailbox. Defaults: 64 of clients (then the socket is not read on), 256 broadcasts
    /// (then the topic's rule decides).
    pub mailbox: mailbox::Limits,
    /// A callback that holds its thread longer than this is logged. Default 250 ms.
    pub blocked_after: Duration,
    /// Connections at a time, those of sockets included. Default 100,000; then no more are accepted until one ends. The system's limit on open files
    /// has to be as high.
    pub max_connections: usize,
    /// A TLS handshake, and then the head of each request, must be there by then; with HTTP/1.1, a connection without requests ends after so
    /// long too. Default 15 s.
    pub header_read_timeout: Duration,
    /// An HTTP/2 connection without requests ends after so long, or twice as long. Default 60 s.
    pub keep_alive_timeout: Duration,
    /// A socket from which nothing came for so long is closed. Default 60 s (clients send a heartbeat every 30 s).
    pub idle_timeout: Duration,
    /// A socket, or any other connection, that takes nothing for so long is closed. Default 30 s.
    pub write_timeout: Duration,
    /// The largest message of a client. Default 1 MiB; a larger one closes the socket.
    pub max_message_size: usize,
    /// The largest body of a request that is parsed or read into memory. Default 8,000,000 bytes (`Plug.Parsers`); a larger one is answered
    /// with 413. A handler that streams the body itself has its own bounds.
    pub max_body_size: usize,
    /// How long a body may keep its reader waiting in all, and a second more for each KiB of it; and how long one piece may take. Default 15 s; then
    /// the answer is 408.
    pub body_timeout: Duration,
    /// Topics on one socket. Default 100.
    pub max_topics: usize,
    /// Messages a second from one socket of channels, and so many at once. Default 1,000; one more closes it.
    pub max_message_rate: u32,
    /// Bytes that may wait to be sent on one socket of channels. Default 4 MiB; a client that lets more wait is closed, for nobody waits for it.
    pub max_outbox: usize,
    /// How long a poll waits for something to tell. Default 10 s. A client that does not poll again within twice as long is gone.
    pub longpoll_window: Duration,
    /// Threads on which views live. Default: one for each core, and at least two, so that a callback that blocks its thread leaves one to the others.
    pub view_threads: usize,
    /// How long requests may take to end at a shutdown, and then views. Default 10 s.
    pub shutdown_timeout: Duration,
    /// How many sockets are closed at a time at a shutdown, so that their clients do not all come back in the same instant. Default 10,000.
    pub drain_batch_size: usize,
    /// The time from one such batch to the next. Default 2 s. The views of sockets whose turn has not come go on working.
    pub drain_batch_interval: Duration,
    /// How long all the batches together may take; then the sockets that are left are closed at once. Default 30 s.
    pub drain_timeout: Duration,
}

/// What a view's own thread may be late by with an answer.
const THREAD_GRACE: Duration = Duration::from_secs(1);

impl Limits {
    /// How long whoever waits for a view to be mounted waits: longer than the mount itself, whose thread may be busy.
    pub(crate) fn mount_patience(&self) -> Duration {
        self.mount_timeout + THREAD_GRACE
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mount_timeout: Duration::from_secs(10),
            adopt_within: Duration::from_secs(30),
            max_waiting: 1_000,
            resume_within: Duration::from_mins(1),
            max_detached: 10_000,
            leave_grace: Duration::from_secs(5),
            max_views: 100_000,
            max_fps: 60,
            mailbox: mailbox::Limits::default(),
            blocked_after: Duration::from_millis(250),
            max_connections: 100_000,
            header_read_timeout: Duration::from_secs(15),
            keep_alive_timeout: Duration::from_mins(1),
            idle_timeout: Duration::from_mins(1),
            write_timeout: Duration::from_secs(30),
            max_message_size: 1024 * 1024,
            max_body_size: 8_000_000,
            body_timeout: Duration::from_secs(15),
            max_topics: 100,
            max_message_rate: 1_000,
            max_outbox: 4 * 1024 * 1024,
            longpoll_window: Duration::from_secs(10),
            view_threads: std::thread::available_parallelism().map_or(1, usize::from).max(2),
            shutdown_timeout: Duration::from_secs(10),
            drain_batch_size: 10_000,
            drain_batch_interval: Duration::from_secs(2),
            drain_timeout: Duration::from_secs(30),
        }
    }
}
