//! Opening, and what is said when it does not open.

use std::time::Duration;

use bennu::ecto::{diff, schemas};

use super::*;
use crate::accounts::{User, UserToken};
use crate::audit::AuditEntry;
use crate::missions::{Mission, Waypoint};
use crate::telemetry::Reading;
use crate::testing::on_databases;

on_databases!(every_schema_fits_its_table, migrations_go_back_and_forth);

async fn every_schema_fits_its_table(repo: Repo) {
    let schemas = schemas![User, UserToken, Mission, Waypoint, AuditEntry, Reading];
    let found = diff::diff(&repo, schemas).await.unwrap();
    assert!(found.is_empty(), "{found}");
}

async fn migrations_go_back_and_forth(repo: Repo) {
    let migrator = Migrator::new(&repo, migrations::all());
    let down = migrator.down().await.unwrap();
    assert_eq!(migrator.status().await.unwrap().pending(), down.len());
    assert_eq!(migrator.up().await.unwrap().len(), down.len());
    assert!(migrator.up().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_that_is_missing_is_made_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("robots.db").display());
    let repo = open(&url).await.unwrap();
    crate::accounts::ensure_admin(&repo).await.unwrap().expect("a first start");
    repo.close().await;
    let again = open(&url).await.unwrap();
    assert_eq!(crate::accounts::ensure_admin(&again).await.unwrap(), None);
    again.close().await;
}

#[tokio::test]
async fn a_locked_file_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("robots.db").display());
    let other = Repo::connect(&url).await.unwrap();
    let error = other
        .transaction(|tx| async move {
            tx.execute_script("create table theirs (id integer)").await?;
            let opened = open_with(&url, Repo::builder(&url).busy_timeout(Duration::from_millis(20))).await;
            Ok::<_, RepoError>(opened.expect_err("somebody else writes"))
        })
        .await
        .unwrap();
    assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
    assert!(error.to_string().contains("close the program that uses it"), "{error}");
    other.close().await;
}

#[tokio::test]
async fn a_url_that_is_none_says_what_one_looks_like() {
    for url in ["robots.db", "mysql://localhost/robots", "sqlite:///nowhere/at/all/robots.db?mode=rwc"] {
        let error = open(url).await.expect_err(url);
        assert!(matches!(error, OpenError::Url { .. }), "{url}: {error:?}");
        assert!(error.to_string().contains(DEFAULT_URL), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_named_without_its_password() {
    let error = open("postgres://kim:secret@127.0.0.1:9/robots?connect_timeout=1").await.expect_err("nobody listens");
    let text = error.to_string();
    assert!(text.contains("postgres://127.0.0.1:9/robots") && !text.contains("secret"), "{text}");
}
