//! The tasks that store telemetry: one collects, one writes, one deletes what is too old.

use std::sync::Arc;
use std::time::Duration;

use bennu::ecto::prelude::*;
use bennu::ecto::repo::{InsertAllOptions, OnConflict};
use bennu::prelude::{Child, PubSub, Supervisor, SupervisorRef};
use bennu::pubsub::{Received, Receiver};
use bennu::supervision::{Shutdown, ShutdownSignal, StartError};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::queue::{Queue, Stats};
use super::retention::delete_batch;
use super::{Reading, reading};
use crate::robots::{FleetFrame, fleet_topic};

/// How often, how many, how long.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The time between two readings of a robot.
    pub every: Duration,
    /// How long a reading waits for others before it is written.
    pub flush: Duration,
    /// How many readings are written without waiting, and at a time.
    pub batch: usize,
    /// How many readings wait at most.
    pub queue: usize,
    /// How old a reading gets.
    pub keep: Duration,
    /// The time between two looks for what is too old.
    pub sweep: Duration,
    /// How many readings are deleted by one statement.
    pub sweep_batch: u64,
    /// How long the last ones are given at the end.
    pub last_flush: Duration,
}

impl Default for Options {
    /// A reading a second; written every 2 seconds or 500 rows; 20,000 may wait, which is a quarter of an hour of 20
    /// robots; kept for a day.
    fn default() -> Self {
        Self {
            every: Duration::from_secs(1),
            flush: Duration::from_secs(2),
            batch: 500,
            queue: 20_000,
            keep: Duration::from_hours(24),
            sweep: Duration::from_mins(10),
            sweep_batch: 5_000,
            last_flush: Duration::from_secs(5),
        }
    }
}

/// Stores what the fleet says. Clones are the same writer.
#[derive(Clone, Debug)]
pub struct Writer {
    queue: Arc<Queue>,
    supervisor: SupervisorRef,
}

impl Writer {
    /// A writer, and the supervisor to start for it to work. Its tasks end one after the other: nothing comes into the queue any more when it is
    /// emptied for the last time.
    pub fn declare(repo: &Repo, pubsub: &PubSub, options: Options) -> (Self, Supervisor) {
        let queue = Arc::new(Queue::new(options.queue, options.batch));
        let write = {
            let (repo, queue) = (repo.clone(), Arc::clone(&queue));
            let write = move |stop| write(repo.clone(), Arc::clone(&queue), options.flush, stop);
            Child::graceful("write", write).shutdown(Shutdown::Within(options.last_flush))
        };
        let sweep = {
            let repo = repo.clone();
            let sweep = move |stop| sweep(repo.clone(), options, stop);
            Child::graceful("sweep", sweep).shutdown(Shutdown::Within(options.last_flush))
        };
        let collect = {
            let (pubsub, queue) = (pubsub.clone(), Arc::clone(&queue));
            let collect = move |stop| collect(pubsub.receiver(&fleet_topic()), Arc::clone(&queue), options.every, stop);
            Child::graceful("collect", collect)
        };
        let tree = Supervisor::one_for_one("telemetry").child(write).child(sweep).child(collect);
        (Self { queue, supervisor: tree.handle() }, tree)
    }

    /// Starts a writer below no other supervisor.
    ///
    /// # Errors
    /// None in practice: its tasks begin with nothing that can fail.
    pub async fn start(repo: &Repo, pubsub: &PubSub, options: Options) -> Result<Self, StartError> {
        let (writer, tree) = Self::declare(repo, pubsub, options);
        tree.start().await?;
        Ok(writer)
    }

    /// What became of the readings, now and whenever it changes.
    pub fn stats(&self) -> watch::Receiver<Stats> {
        self.queue.stats()
    }

    /// Stores what still waits, as far as the time for it allows, and ends. A second call does nothing.
    pub async fn shut_down(&self) {
        self.supervisor.shut_down().await;
    }
}

/// Takes a frame now and then.
async fn collect(mut frames: Receiver<FleetFrame>, queue: Arc<Queue>, every: Duration, stop: ShutdownSignal) {
    let mut due = Instant::now();
    loop {
        // Both arms are cancel safe.
        let received = tokio::select! {
            biased;
            () = stop.requested() => return,
            received = frames.recv() => received,
        };
        let now = Instant::now();
        if let Received::Message(frame) = received
            && now >= due
        {
            // From now on, not from when it was due: frames come when they come, and no two readings shall be nearer.
            due = now + every;
            queue.push(reading::of_frame(&frame, Utc::now().timestamp_millis()));
        }
    }
}

/// Writes whenever there is a batch or time is up, and what is left at the end.
async fn write(repo: Repo, queue: Arc<Queue>, flush: Duration, stop: ShutdownSignal) {
    let mut failures = 0_u32;
    while !stop.is_requested() {
        // Every arm only says that it is time.
        tokio::select! {
            () = stop.requested() => {}
            () = sleep(flush) => {}
            () = queue.full(), if failures == 0 => {}
        }
        match drain(&repo, &queue).await {
            Ok(()) => failures = 0,
            Err(error) => {
                // Once in a while: a database that is away says the same every two seconds.
                if failures.is_multiple_of(30) {
                    let waiting = queue.stats().borrow().waiting;
                    tracing::error!(error = %Chain(&error), waiting, "telemetry waits for the database");
                }
                failures += 1;
            }
        }
    }
}

/// Writes all that waits, batch by batch.
async fn drain(repo: &Repo, queue: &Queue) -> Result<(), RepoError> {
    loop {
        let batch = queue.take();
        if batch.is_empty() {
            return Ok(());
        }
        // The clock may have been set back: what is there of that moment stays.
        let options = InsertAllOptions::<Reading>::new().on_conflict(OnConflict::nothing());
        match repo.insert_all_with(&batch, options).await {
            Ok(_) => queue.written(batch.len()),
            Err(error) => {
                queue.put_back(batch);
                return Err(error);
            }
        }
    }
}

/// Deletes what is too old, at the start and from time to time.
async fn sweep(repo: Repo, options: Options, stop: ShutdownSignal) {
    let keep = TimeDelta::from_std(options.keep).unwrap_or(TimeDelta::MAX);
    loop {
        let before = Utc::now().checked_sub_signed(keep).unwrap_or(DateTime::<Utc>::MIN_UTC);
        // No statement is given up half-way: whoever stops waits for the one that runs, and what is left is swept the next time.
        let swept = loop {
            if stop.is_requested() {
                return;
            }
            match delete_batch(&repo, before.timestamp_millis(), options.sweep_batch).await {
                Ok(0) => break Ok(()),
                Ok(_) => {}
                Err(error) => break Err(error),
            }
        };
        if let Err(error) = swept {
            tracing::error!(error = %Chain(&error), "what is too old could not be deleted");
        }
        tokio::select! {
            () = stop.requested() => return,
            () = sleep(options.sweep) => {}
        }
    }
}

/// An error and its causes, on one line.
struct Chain<'a>(&'a RepoError);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut causes = std::iter::successors(std::error::Error::source(self.0), |cause| cause.source());
        causes.try_for_each(|cause| write!(f, ": {cause}"))
    }
}
