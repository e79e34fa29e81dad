//! Everything that runs behind the pages: started in order, stopped in reverse.

use bennu::ecto::prelude::*;
use bennu::prelude::{PubSub, Result};

use crate::commands::Commands;
use crate::missions::Missions;
use crate::robots::Fleet;
use crate::telemetry::{self, Writer};
use crate::{accounts, missions, store};

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
        let repo = store::open(url).await?;
        match Self::start_on(&repo, pubsub).await {
            Ok(system) => Ok(system),
            Err(error) => {
                repo.close().await;
                Err(error)
            }
        }
    }

    async fn start_on(repo: &Repo, pubsub: PubSub) -> Result<Self> {
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
        let fleet = Fleet::launch(pubsub.clone()).await?;
        let missions = match Missions::launch(repo, &fleet, &pubsub).await {
            Ok(missions) => missions,
            Err(error) => {
                fleet.shut_down().await;
                return Err(error.into());
            }
        };
        let commands = Commands::new(repo, &fleet, &missions);
        let writer = Writer::start(repo, &pubsub, telemetry::Options::default());
        Ok(Self { repo: repo.clone(), fleet, missions, commands, writer })
    }

    /// Stops the parts, each after those that use it. What waits to be stored is stored.
    pub async fn shut_down(self) {
        self.commands.shut_down().await;
        self.missions.shut_down().await;
        self.writer.shut_down().await;
        self.fleet.shut_down().await;
        self.repo.close().await;
    }
}

#[cfg(test)]
mod tests;
