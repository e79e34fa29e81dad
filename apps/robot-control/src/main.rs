//! Opens the database, starts the fleet and serves its pages until Ctrl-C. [`Endpoint::from_env`] says which variables it reads; besides
//! these there are `DATABASE_URL` ([`store::url_from_env`]), `ROBOT_CONTROL_CHAOS` ([`chaos`]), and what [`robot_control::bridges`] reads.

use bennu::prelude::{Endpoint, Result};
use robot_control::bridges::Bridges;
use robot_control::store;
use robot_control::system::{System, chaos};
use robot_control::web;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).init();

    let endpoint = Endpoint::from_env()?;
    let chaos = chaos::from_env()?;
    let bridges = Bridges::from_env().await?;
    let endpoint = match bridges.pubsub() {
        Some(pubsub) => endpoint.with_pubsub(pubsub),
        None => endpoint,
    };
    let system = System::start_with(&store::url_from_env(), endpoint.pubsub(), &bridges).await?;
    if let Some(every) = chaos {
        system.tree.start_child(chaos::child(&system.tree, every)).await?;
    }
    let served = bennu::serve(web::endpoint(endpoint, &system).supervise(system.tree.clone())).await;
    bridges.close().await;
    served
}
