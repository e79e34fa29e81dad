//! Kills a random process of the tree every now and then, to see that nobody notices.
//!
//! `ROBOT_CONTROL_CHAOS` says how often, in milliseconds. Not in production: with `BENNU_ENV=prod` the program does not start.

use std::time::Duration;

use bennu::prelude::{Child, SupervisorRef};
use bennu::supervision::{Process, ProcessInfo};

const VARIABLE: &str = "ROBOT_CONTROL_CHAOS";
/// The least time between two kills: more would be more than the supervisors put up with.
const LEAST: Duration = Duration::from_millis(100);

/// Why the variable cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChaosError {
    /// It holds no time.
    #[error("{VARIABLE} is `{0}`, but should be the milliseconds between two kills, at least {least}", least = LEAST.as_millis())]
    NoTime(String),
    /// In production nobody wants that.
    #[error("{VARIABLE} is set, and so is BENNU_ENV=prod: it is for trials only, take it out of the environment")]
    Production,
}

/// How often something is to be killed, if at all.
///
/// # Errors
/// [`ChaosError`] for a value that is no time, and in production.
pub fn from_env() -> Result<Option<Duration>, ChaosError> {
    let value = |name| std::env::var(name).unwrap_or_default();
    parse(&value(VARIABLE), &value("BENNU_ENV"))
}

fn parse(value: &str, env: &str) -> Result<Option<Duration>, ChaosError> {
    if value.is_empty() {
        return Ok(None);
    }
    if env == "prod" {
        return Err(ChaosError::Production);
    }
    let every = value.parse().ok().map(Duration::from_millis).filter(|every| *every >= LEAST);
    every.map(Some).ok_or_else(|| ChaosError::NoTime(value.to_owned()))
}

/// A child of the tree that kills the others, and itself when its number comes up.
pub fn child(tree: &SupervisorRef, every: Duration) -> Child {
    let tree = tree.clone();
    Child::worker("chaos", move || {
        let tree = tree.clone();
        async move {
            loop {
                tokio::time::sleep(every).await;
                if let Some(victim) = random_process(&tree.inspect(), &mut fastrand::Rng::new()) {
                    tracing::warn!(process = victim.name(), "chaos kills");
                    victim.kill();
                }
            }
        }
    })
}

/// Somebody in the tree, other than its root.
pub(super) fn random_process(tree: &ProcessInfo, random: &mut fastrand::Rng) -> Option<Process> {
    let (mut all, mut rest) = (Vec::new(), tree.children.iter().collect::<Vec<_>>());
    while let Some(info) = rest.pop() {
        all.extend(info.process.clone());
        rest.extend(&info.children);
    }
    random.choice(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_off_unless_it_is_given_a_time_and_never_on_in_production() {
        assert!(matches!(parse("", "prod"), Ok(None)));
        assert!(matches!(parse("500", ""), Ok(Some(every)) if every.as_millis() == 500));
        for value in ["soon", "0", "-1", "99"] {
            let said = parse(value, "").unwrap_err().to_string();
            assert!(said.contains(&format!("`{value}`")) && said.contains("at least 100"), "{said}");
        }
        assert!(matches!(parse("500", "prod"), Err(ChaosError::Production)));
    }
}
