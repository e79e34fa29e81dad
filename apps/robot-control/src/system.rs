//! Everything that runs behind the pages, as one supervision tree: started in order, stopped in reverse.
//!
//! ```text
//! robot_control
//! ├─ database    closed when everything above it has ended
//! ├─ fleet       an actor for each robot, and the publisher
//! ├─ zenoh       speaks for the robots of a mesh, if there is one
//! ├─ mqtt        speaks for the robots at a broker, if there is one
//! ├─ telemetry   collects, writes, sweeps
//! ├─ missions    a runner for each mission that runs
//! └─ commands    ends when what people asked for is done and written down
//! ```

pub mod chaos;

use std::time::Duration;

use bennu::ecto::prelude::*;
use bennu::prelude::{Child, PubSub, Result, Supervisor, SupervisorRef};
use bennu::supervision::{Shutdown, ShutdownSignal};

use crate::bridges::Bridges;
use crate::commands::Commands;
use crate::missions::Missions;
use crate::robots::Fleet;
use crate::telemetry::{self, Writer};
use crate::{accounts, devices, missions, store};

/// How long the last commands may take to be answered and written down.
const LAST_COMMANDS: Duration = Duration::from_secs(20);

/// Restarts of whole parts that are put up with within [`WINDOW`], before the program ends.
const MAX_RESTARTS: usize = 20;
const WINDOW: Duration = Duration::from_mins(1);

/// The parts, as the pages use them.
pub struct System {
    /// The database.
    pub repo: Repo,
    /// The robots.
    pub fleet: Fleet,
    /// What they follow.
    pub missions: Missions,
    /// The way to all of them, for people.
    pub commands: Commands,
    /// What runs.
    pub tree: SupervisorRef,
    #[cfg(test)]
    writer: Writer,
}

impl System {
    /// Opens the database at `url`, brings its tables up to date, and starts all that works on it. What ran when the
    /// program stopped is interrupted now. At the very first start there is an administrator afterwards, whose one-time
    /// password is in the log once.
    ///
    /// # Errors
    /// When a part cannot be started; those before it are stopped again.
    pub async fn start(url: &str, pubsub: PubSub) -> Result<Self> {
        Self::start_with(url, pubsub, &Bridges::default()).await
    }

    /// [`start`](Self::start), with devices that come by these bridges. To close them is left to the caller.
    ///
    /// # Errors
    /// When a part cannot be started; those before it are stopped again.
    pub async fn start_with(url: &str, pubsub: PubSub, bridges: &Bridges) -> Result<Self> {
        let repo = store::open(url).await?;
        match Self::start_on(&repo, &pubsub, bridges).await {
            Ok(system) => Ok(system),
            Err(error) => {
                repo.close().await;
                Err(error)
            }
        }
    }

    async fn start_on(repo: &Repo, pubsub: &PubSub, bridges: &Bridges) -> Result<Self> {
        if let Some(password) = accounts::ensure_admin(repo).await? {
            tracing::warn!(
                "first start: log in as `{}` with the one-time password {} and choose another; it is not shown again",
                accounts::FIRST_ADMIN,
                password.as_str()
            );
        }
        let interrupted = missions::interrupt_running(repo).await?;
        if interrupted > 0 {
            tracing::warn!(missions = interrupted, "missions that ran when robot control stopped are interrupted");
        }
        accounts::delete_expired_tokens(repo).await?;
        let (fleet, fleet_tree) = Fleet::declare(pubsub);
        for device in devices::list_devices(repo).await? {
            fleet.add_device(device.robot_id, &device.name)?;
        }
        let (missions, missions_tree) = Missions::declare(repo, &fleet, pubsub);
        let (writer, writer_tree) = Writer::declare(repo, pubsub, telemetry::Options::default());
        let commands = Commands::new(repo, &fleet, &missions);
        let tree = Supervisor::one_for_one("robot_control")
            .intensity(MAX_RESTARTS, WINDOW)
            .child(database(repo))
            .child(Child::supervisor(fleet_tree))
            .children(bridges.children(&fleet))
            .child(Child::supervisor(writer_tree))
            .child(Child::supervisor(missions_tree))
            .child(last_commands(&commands))
            .start()
            .await?;
        #[cfg(not(test))]
        drop(writer);
        Ok(Self {
            repo: repo.clone(),
            fleet,
            missions,
            commands,
            tree,
            #[cfg(test)]
            writer,
        })
    }

    /// Stops the parts, each after those that use it. What waits to be stored is stored. A second call does nothing.
    pub async fn shut_down(&self) {
        self.tree.shut_down().await;
    }
}

/// Closes the database at the end.
fn database(repo: &Repo) -> Child {
    let repo = repo.clone();
    Child::graceful("database", move |shutdown: ShutdownSignal| {
        let repo = repo.clone();
        async move {
            shutdown.requested().await;
            repo.close().await;
        }
    })
}

/// Waits for what people asked for, at the end.
fn last_commands(commands: &Commands) -> Child {
    let commands = commands.clone();
    let child = Child::graceful("commands", move |shutdown: ShutdownSignal| {
        let commands = commands.clone();
        async move {
            shutdown.requested().await;
            commands.shut_down().await;
        }
    });
    child.shutdown(Shutdown::Within(LAST_COMMANDS))
}

#[cfg(test)]
mod tests;
