//! A database for each test, on both adapters.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ecto_lite::Repo;
use ecto_lite::adapter::Dialect;

/// How long a case may take: none of them waits for time to pass.
const LIMIT: Duration = Duration::from_mins(2);

/// A database that exists as long as this value and, by [`Database::remove`], not longer.
pub struct Database {
    pub url: String,
    place: Place,
}

enum Place {
    Folder(#[allow(dead_code)] tempfile::TempDir),
    Server { name: String },
}

impl Database {
    /// A file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
        Self { url, place: Place::Folder(folder) }
    }

    /// A database of its own on the server for tests.
    pub async fn postgres() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ecto_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let server = server_url();
        let admin = admin(&server).await;
        admin
            .execute_script(&format!("CREATE DATABASE {name} TEMPLATE template0"))
            .await
            .expect("the server for tests lets us make databases");
        admin.close().await;
        Self { url: with_database(&server, &name), place: Place::Server { name } }
    }

    /// A database of either kind.
    #[allow(dead_code)]
    pub async fn of(dialect: Dialect) -> Self {
        if dialect == Dialect::Sqlite { Self::sqlite() } else { Self::postgres().await }
    }

    /// The folder of an SQLite database.
    #[allow(dead_code)]
    pub fn folder(&self) -> &Path {
        match &self.place {
            Place::Folder(folder) => folder.path(),
            Place::Server { .. } => panic!("a database on a server has no folder"),
        }
    }

    /// Removes it, whoever is connected.
    pub async fn remove(self) {
        if let Place::Server { name } = &self.place {
            let admin = server().await;
            let dropped = admin.execute_script(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            dropped.expect("a database of ours can be dropped");
            admin.close().await;
        }
    }
}

/// Runs `case` on a database of its own that has the tables of [`crate::conformance::schemas`].
pub async fn on<F: Future<Output = ()> + Send + 'static>(database: Database, case: impl FnOnce(Repo) -> F) {
    // On a busy machine a thousand transactions stand in the queue for longer than anybody should.
    let repo = Repo::builder(&database.url).acquire_timeout(LIMIT).connect().await;
    let repo = repo.expect("the database for the test opens");
    let tables = crate::conformance::schemas::tables(repo.dialect());
    repo.execute_script(tables).await.expect("the tables for the tests can be made");
    // In a task, so that the database is removed after a failure too.
    let mut case = tokio::spawn(case(repo.clone()));
    let result = tokio::time::timeout(LIMIT, &mut case).await.unwrap_or_else(|_| {
        case.abort();
        panic!("the case hangs: {LIMIT:?} are over")
    });
    repo.close().await;
    database.remove().await;
    if let Err(failure) = result {
        std::panic::resume_unwind(failure.into_panic());
    }
}

/// The server for tests, as its superuser.
pub async fn server() -> Repo {
    admin(&server_url()).await
}

async fn admin(server: &str) -> Repo {
    let connected = Repo::builder(server).max_connections(1).connect().await;
    connected.unwrap_or_else(|e| panic!("the server for tests does not answer ({e:?}); start it: tests/postgres start"))
}

/// Of the server that `tests/postgres start` has started, or of the one that `ECTO_TEST_POSTGRES_URL` names.
pub fn server_url() -> String {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    std::env::var("ECTO_TEST_POSTGRES_URL")
        .or_else(|_| std::fs::read_to_string(target.join("postgres/url")))
        .unwrap_or_else(|_| panic!("there is no PostgreSQL to test with; start one: tests/postgres start"))
        .trim()
        .to_owned()
}

/// `url` with another database's name.
pub fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let scheme = address.find("://").map_or(0, |at| at + 3);
    let host = address[scheme..].find('/').map_or(address, |at| &address[..scheme + at]);
    format!("{host}/{name}?{options}")
}
