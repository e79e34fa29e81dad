//! Opens the database, starts the fleet and serves its pages until Ctrl-C. [`Endpoint::from_env`] says which variables it reads; besides
//! these there are `DATABASE_URL` ([`store::url_from_env`]) and `ROBOT_CONTROL_CHAOS` ([`chaos`]).

use bennu::prelude::{Endpoint, Result};
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
    let system = System::start(&store::url_from_env(), endpoint.pubsub()).await?;
    if let Some(every) = chaos {
        system.tree.start_child(chaos::child(&system.tree, every)).await?;
    }
    bennu::serve(web::endpoint(endpoint, &system).supervise(system.tree.clone())).await
}
