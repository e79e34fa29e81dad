//! What the tests of the domain share: each of them on both databases, a fleet, people.
//!
//! A case is an `async fn what_it_promises(repo: Repo)`. [`on_databases`] makes a test of it on SQLite in memory and,
//! where there is a server, on PostgreSQL: the one that `ECTO_TEST_POSTGRES_URL` names, or that `tests/postgres start`
//! has started. Each runs in a sandbox.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bennu::ecto::prelude::*;
use bennu::ecto::repo::{RepoBuilder, Sandbox};
use serde_json::json;
use tokio::task::JoinError;

use crate::accounts::{self, Role, User};
use crate::store;

/// Longer than any test takes, also where time is paused and runs while the database works.
const LONG: Duration = Duration::from_hours(20 * 24);

/// A password that is long enough.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// How time goes in a case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    /// As it does.
    Real,
    /// By itself, as soon as nobody has anything to do (`tokio::time::pause`): an hour's wait takes no hour.
    Paused,
}

/// Makes a test of each case on each database; `paused:` for those with [`Time::Paused`].
macro_rules! on_databases {
    ($($case:ident),+ $(,)?) => { crate::testing::on_databases!(@ Real $($case),+); };
    (paused: $($case:ident),+ $(,)?) => { crate::testing::on_databases!(@ Paused $($case),+); };
    (@ $time:ident $($case:ident),+) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                crate::testing::on_sqlite(crate::testing::Time::$time, super::$case).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $case() {
                crate::testing::on_postgres(crate::testing::Time::$time, super::$case).await;
            })+
        }
    };
}

pub(crate) use on_databases;

/// Runs a case on a database in memory.
pub(crate) async fn on_sqlite<F: Future<Output = ()> + Send + 'static>(time: Time, case: impl FnOnce(Repo) -> F) {
    let repo = patient("sqlite::memory:").connect().await.expect("a database in memory");
    end(in_sandbox(repo, time, case).await);
}

/// Runs a case on a database of its own on the server, if there is one.
pub(crate) async fn on_postgres<F: Future<Output = ()> + Send + 'static>(time: Time, case: impl FnOnce(Repo) -> F) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = server_url() else { return };
    let name = format!("robot_control_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let admin = patient(&server).max_connections(1).connect().await.expect("the server for tests answers");
    admin.execute_script(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.expect("a database for the test");
    let repo = patient(&with_database(&server, &name)).connect().await.expect("the database for the test opens");
    let result = in_sandbox(repo, time, case).await;
    admin.execute_script(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("a database of ours is dropped");
    end(result);
}

/// Runs a case in a sandbox, and in a task, so that what comes after it is done after a failure, too.
async fn in_sandbox<F>(repo: Repo, time: Time, case: impl FnOnce(Repo) -> F) -> Result<(), JoinError>
where
    F: Future<Output = ()> + Send + 'static,
{
    store::migrate(&repo).await.expect("the tables for the test");
    let sandbox = Sandbox::start_for(&repo, LONG).await.expect("a sandbox");
    let case = case(sandbox.repo().clone());
    let result = match time {
        Time::Real => tokio::spawn(case).await,
        Time::Paused => paused(case).await,
    };
    sandbox.stop().await.expect("the sandbox ends");
    repo.close().await;
    result
}

/// While the database works, nobody in this runtime has anything to do, and paused time leaps to the next timer, which
/// may be the database's own patience. So there is always a timer that is a millisecond away.
async fn paused<F: Future<Output = ()> + Send + 'static>(case: F) -> Result<(), JoinError> {
    tokio::time::pause();
    let ticks = tokio::spawn(async {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    let result = tokio::spawn(case).await;
    ticks.abort();
    tokio::time::resume();
    result
}

fn end(result: Result<(), JoinError>) {
    if let Err(failure) = result {
        std::panic::resume_unwind(failure.into_panic());
    }
}

/// A repo that gives up late: where time is paused, it runs while the database works.
fn patient(url: &str) -> RepoBuilder {
    Repo::builder(url).acquire_timeout(LONG).busy_timeout(LONG).idle_timeout(None).max_lifetime(None)
}

fn server_url() -> Option<String> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    let url = std::env::var("ECTO_TEST_POSTGRES_URL").or_else(|_| std::fs::read_to_string(target.join("postgres/url")));
    url.ok().map(|url| url.trim().to_owned())
}

/// `url` with another database's name.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let scheme = address.find("://").map_or(0, |at| at + 3);
    let host = address[scheme..].find('/').map_or(address, |at| &address[..scheme + at]);
    format!("{host}/{name}?{options}")
}

/// Somebody with that role, and the password [`PASSWORD`].
pub(crate) async fn user(repo: &Repo, name: &str, role: Role) -> User {
    let params = json!({ "name": name, "password": PASSWORD, "password_confirmation": PASSWORD });
    let user = accounts::register_user(repo, &params).await.expect("an account");
    accounts::change_role(repo, user.id, role).await.expect("a role").user
}

/// What is wrong with a changeset that was not written.
pub(crate) fn errors<S: std::fmt::Debug, D: bennu::ecto::changeset::Data>(
    result: Result<S, WriteError<D>>,
) -> serde_json::Value {
    match result {
        Err(WriteError::Invalid(changeset)) => changeset.errors_json(),
        other => panic!("{other:?} is not refused"),
    }
}
