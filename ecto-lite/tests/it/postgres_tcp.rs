//! PostgreSQL over TCP, with a password: the other tests reach it by a socket in the file system, which trusts them.

use ecto_lite::adapter::AdapterError;
use ecto_lite::query::from;
use ecto_lite::{Repo, RepoError, Value};
use futures_util::TryStreamExt;

use crate::conformance::schemas::{self, Site};
use crate::support::{self, Database};

async fn text(repo: &Repo, sql: &'static str) -> String {
    let Value::Text(text) = repo.query(sql, vec![]).await.unwrap().rows.remove(0).remove(0) else { panic!("{sql}") };
    text
}

#[tokio::test]
async fn postgres_is_reached_over_tcp_with_a_password() {
    let database = Database::postgres().await;
    let server = support::server().await;
    let name = text(&Repo::connect(&database.url).await.unwrap(), "SELECT current_database()::text").await;
    let (role, port) = (format!("tcp_{name}"), text(&server, "SHOW port").await);
    server
        .execute_script(&format!("CREATE ROLE {role} LOGIN PASSWORD 'a p/ss'; ALTER DATABASE {name} OWNER TO {role}"))
        .await
        .unwrap();
    let url = |password: &str| format!("postgres://{role}:{password}@127.0.0.1:{port}/{name}");

    let refused = Repo::connect(&url("guess")).await.unwrap_err();
    assert!(
        matches!(&refused, RepoError::Adapter(AdapterError::Database { code, .. }) if code == "28P01"),
        "{refused:?}"
    );
    assert!(!format!("{refused:?}").contains("guess"), "{refused:?}");

    let repo = Repo::connect(&url("a%20p%2Fss")).await.unwrap();
    assert_eq!(text(&repo, "SELECT host(inet_server_addr())").await, "127.0.0.1");
    repo.execute_script(schemas::tables(repo.dialect())).await.unwrap();
    // More than the kernel takes at once, there and back.
    let sites = (1..=20_000).map(|id| Site { id, name: format!("site {id}"), ..Site::default() });
    let written = repo.transaction(async |tx| tx.insert_all(sites).await).await.unwrap();
    assert_eq!(written, 20_000);
    let read: Vec<_> = repo.stream(from::<Site>().order_by(|s| s.id).select(|s| s.id)).try_collect().await.unwrap();
    assert_eq!(read, (1..=20_000).collect::<Vec<i64>>());

    repo.close().await;
    database.remove().await;
    server.execute_script(&format!("DROP ROLE {role}")).await.unwrap();
}
