//! Runs simulated robots as devices of a robot control elsewhere. `robot-sim --help` says how; all of it is in
//! [`robot_control::sim`].

use std::process::ExitCode;

use robot_control::sim;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).init();
    match sim::Options::from_env() {
        Ok(Some(options)) => {
            sim::run(options).await;
            ExitCode::SUCCESS
        }
        Ok(None) => {
            println!("{}", sim::HELP);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("robot-sim: {error}");
            ExitCode::from(2)
        }
    }
}
