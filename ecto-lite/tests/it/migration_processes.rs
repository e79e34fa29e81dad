//! E42: several processes that start at once, as the nodes of one application do.

use std::process::{Child, Command, Stdio};

use ecto_lite::adapter::Dialect;
use ecto_lite::migration::{Commands, Migration, Migrator, constraint, integer, migrations, table, text};
use ecto_lite::{Repo, Value};

use crate::support::Database;

/// Tells a child where the database is.
const URL: &str = "ECTO_TEST_MIGRATE";
const PROCESSES: usize = 5;

struct First;

impl Migration for First {
    const VERSION: i64 = 1;

    fn change(&self, m: &mut Commands) {
        m.create(table("ran").add("version", integer()).add("note", text()));
        m.execute("insert into ran (version) values (1)").down("");
    }
}

struct Second;

impl Migration for Second {
    const VERSION: i64 = 2;

    fn change(&self, m: &mut Commands) {
        m.create(constraint("ran", "noted").check("note <> ''"));
        m.execute("insert into ran (version) values (2)").down("");
    }
}

/// No test by itself: what each of the processes does.
#[tokio::test]
#[ignore = "a part of the tests below"]
async fn child() {
    let Ok(url) = std::env::var(URL) else { return };
    // One connection is enough.
    let repo = Repo::builder(url).max_connections(1).connect().await.expect("the database opens");
    Migrator::new(&repo, migrations![First, Second]).up().await.expect("it migrates, or finds it done");
    repo.close().await;
}

fn spawn(url: &str) -> Child {
    let this = std::env::current_exe().expect("a test is a program");
    let mut command = Command::new(this);
    command.args(["--exact", "migration_processes::child", "--ignored", "--nocapture"]);
    command.env(URL, url).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("another process can be started")
}

async fn each_runs_once(dialect: Dialect) {
    let database = Database::of(dialect).await;
    let children: Vec<_> = (0..PROCESSES).map(|_| spawn(&database.url)).collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let repo = Repo::connect(&database.url).await.expect("the database opens");
    let rows = repo.query("select version from ran order by version", vec![]).await.expect("it was made").rows;
    repo.close().await;
    database.remove().await;
    assert_eq!(rows, [[Value::Int(1)], [Value::Int(2)]]);
}

#[tokio::test]
async fn processes_that_start_at_once_migrate_sqlite_once() {
    each_runs_once(Dialect::Sqlite).await;
}

#[tokio::test]
async fn processes_that_start_at_once_migrate_postgres_once() {
    each_runs_once(Dialect::Postgres).await;
}
