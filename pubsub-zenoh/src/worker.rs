//! The thread that does everything with Zenoh: opens the session, sends what is queued, one after the other, and closes it.
//!
//! Zenoh's functions block, some for as long as a peer is slow, and some panic within a current-thread runtime; so they are called here and nowhere else. The queue
//! before it is unbounded in its number of messages and bounded in their bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use bytes::Bytes;
use tokio::sync::oneshot;
use zenoh::liveliness::LivelinessToken;
use zenoh::qos::CongestionControl;
use zenoh::sample::Locality;
use zenoh::{Config, Session, Wait};

use crate::ZenohError;

pub(crate) struct Worker {
    jobs: Sender<Job>,
    waiting: Arc<AtomicUsize>,
    bound: usize,
}

enum Job {
    Put { key: String, payload: Bytes },
    Run(Box<dyn FnOnce(&Session) + Send>),
    Close { closed: oneshot::Sender<()> },
}

/// What a message takes beside its key and payload, about.
const OVERHEAD: usize = 64;

impl Worker {
    /// Opens the session and prepares it; the token is kept until it closes.
    pub(crate) async fn start<T: Send + 'static>(
        bound: usize,
        config: Config,
        prepare: impl FnOnce(&Session) -> zenoh::Result<(T, LivelinessToken)> + Send + 'static,
    ) -> Result<(Self, T), ZenohError> {
        let (jobs, queue) = channel();
        let (opened, is_open) = oneshot::channel();
        let waiting = Arc::<AtomicUsize>::default();
        let of_thread = waiting.clone();
        let run = move || {
            let open = zenoh::open(config).wait().and_then(|session| Ok((prepare(&session)?, session)));
            match open {
                Ok(((prepared, token), session)) => {
                    // Nobody waits any more? Then nobody holds the queue's other end either, and the work ends at once.
                    let _ = opened.send(Ok(prepared));
                    let closed = work(&session, &queue, &of_thread);
                    close(&session, token);
                    // Whoever waits for it.
                    drop(closed);
                }
                Err(error) => drop(opened.send(Err(ZenohError::Open(error)))),
            }
        };
        thread::Builder::new().name("zenoh-pubsub".to_owned()).spawn(run).map_err(ZenohError::Thread)?;
        let prepared = is_open.await.unwrap_or(Err(ZenohError::Closed))?;
        Ok((Self { jobs, waiting, bound }, prepared))
    }

    pub(crate) fn put(&self, key: String, payload: Bytes) -> Result<(), ZenohError> {
        let size = size(&key, &payload);
        let waiting = self.waiting.fetch_add(size, Ordering::Relaxed);
        if waiting + size > self.bound {
            self.waiting.fetch_sub(size, Ordering::Relaxed);
            return Err(ZenohError::Full { waiting, bound: self.bound });
        }
        self.jobs.send(Job::Put { key, payload }).map_err(|_| ZenohError::Closed)
    }

    pub(crate) async fn run<R: Send + 'static>(
        &self,
        run: impl FnOnce(&Session) -> R + Send + 'static,
    ) -> Result<R, ZenohError> {
        let (done, result) = oneshot::channel();
        let job = Job::Run(Box::new(move |session| drop(done.send(run(session)))));
        self.jobs.send(job).map_err(|_| ZenohError::Closed)?;
        result.await.map_err(|_| ZenohError::Closed)
    }

    pub(crate) async fn close(&self) {
        let (closed, is_closed) = oneshot::channel();
        if self.jobs.send(Job::Close { closed }).is_ok() {
            let _ = is_closed.await;
        }
    }
}

fn size(key: &str, payload: &Bytes) -> usize {
    key.len() + payload.len() + OVERHEAD
}

/// Until somebody says so, or the last sender is gone and the queue is empty.
fn work(session: &Session, queue: &Receiver<Job>, waiting: &AtomicUsize) -> Option<oneshot::Sender<()>> {
    for job in queue {
        match job {
            Job::Put { key, payload } => {
                let size = size(&key, &payload);
                put(session, &key, payload);
                waiting.fetch_sub(size, Ordering::Relaxed);
            }
            Job::Run(run) => run(session),
            Job::Close { closed } => return Some(closed),
        }
    }
    None
}

fn put(session: &Session, key: &str, payload: Bytes) {
    let put = session.put(key, payload).allowed_destination(Locality::Remote);
    if let Err(error) = put.congestion_control(CongestionControl::Drop).wait() {
        tracing::warn!(key, %error, "a message did not go to the other nodes");
    }
}

fn close(session: &Session, token: LivelinessToken) {
    let closed = token.undeclare().wait().and(session.close().wait());
    if let Err(error) = closed {
        tracing::warn!(%error, "the Zenoh session did not close in order");
    }
}
