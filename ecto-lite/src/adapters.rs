//! The databases: [`crate::adapter::Adapter`] for SQLite and PostgreSQL, on sqlx.
//!
//! The pool is ours ([`pool`]): it sends nothing on its own account while connections are in use, knows how long each
//! was waited for, and gives none back that is in doubt.

// Without any adapter there is nothing to connect to, but the crate still builds.
#![cfg_attr(not(any(feature = "sqlite", feature = "postgres")), allow(dead_code, unused_mut, unused_imports))]

mod pool;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::fmt;
use std::sync::Arc;

pub(crate) use pool::PoolOptions;
#[cfg(all(feature = "liveview", feature = "postgres"))]
pub(crate) use postgres::adapter_error as postgres_error;

use crate::adapter::{Adapter, AdapterError};
use crate::types::{DbType, LoadError};

/// Opens the database that `url` names. Connects once, so that a wrong URL is known at once.
pub(crate) async fn connect(url: &str, mut options: PoolOptions) -> Result<Arc<dyn Adapter>, crate::RepoError> {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    match scheme {
        #[cfg(feature = "sqlite")]
        "sqlite" => pool::Pool::open(sqlite::Sqlite::from_url(url, &mut options)?, options).await,
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => pool::Pool::open(postgres::Postgres::from_url(url, &options)?, options).await,
        #[cfg(not(feature = "sqlite"))]
        "sqlite" => Err(missing("sqlite")),
        #[cfg(not(feature = "postgres"))]
        "postgres" | "postgresql" => Err(missing("postgres")),
        // The URL itself stays out of the message: it may hold a password.
        _ => Err(AdapterError::Configuration(
            "this is no URL of a database; there are `sqlite://robots.db?mode=rwc`, `sqlite::memory:` and \
             `postgres://user:password@host/database`"
                .to_owned(),
        )
        .into()),
    }
}

#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
fn missing(feature: &str) -> crate::RepoError {
    AdapterError::Configuration(format!(
        "the URL names a database whose adapter is not compiled in: add the feature `{feature}` to ecto-lite"
    ))
    .into()
}

/// The one place where text that was put together becomes SQL. It comes from the planner, which binds every value and
/// quotes every identifier, from literals in the user's program, and from migrations.
fn safe(sql: &Arc<str>) -> sqlx::SqlStr {
    sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(Arc::clone(sql)))
}

fn type_name(of: DbType) -> &'static str {
    match of {
        DbType::Bool => "a boolean",
        DbType::Int => "an integer",
        DbType::Float => "a float",
        DbType::Text => "text",
        DbType::Binary => "bytes",
        DbType::Uuid => "a UUID",
        DbType::Decimal => "a decimal",
        DbType::Date => "a date",
        DbType::Time => "a time",
        DbType::NaiveDateTime | DbType::DateTime => "a date and time",
        DbType::Json => "JSON",
        DbType::Array(_) => "an array",
    }
}

fn load_error(of: DbType, found: impl fmt::Display) -> LoadError {
    LoadError { expected: type_name(of), found: shorten(&found.to_string()) }
}

/// At most 60 characters, for messages.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
