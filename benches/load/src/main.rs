//! A load generator against Bennu, and against plain `dioxus-liveview` serving the same pages or plain axum serving the same rooms.
//! `README.md` says how to read what it prints.

mod args;
mod child;
mod client;
mod measure;
mod pages;
mod report;
mod rooms;
mod server;

use anyhow::Result;

use crate::args::{Command, Plan};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let command = args::parse(&args)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Serve(kind) => server::serve(kind).await,
            Command::ServeRooms(kind) => rooms::serve(kind).await,
            Command::Measure(plan) => run(&plan).await,
            Command::Rooms(plan) => {
                child::leave_core().await?;
                println!("{}", rooms::table(plan).await?);
                Ok(())
            }
        }
    })
}

async fn run(plan: &Plan) -> Result<()> {
    child::leave_core().await?;
    for page in &plan.pages {
        let mut measured = Vec::new();
        for kind in &plan.servers {
            measured.push((*kind, measure::measure(*kind, *page, plan).await?));
        }
        println!("{}", report::table(*page, plan, &measured));
    }
    Ok(())
}
