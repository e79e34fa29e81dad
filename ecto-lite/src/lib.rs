#![doc = include_str!("../README.md")]

extern crate self as ecto_lite;

pub mod adapter;
mod adapters;
pub mod changeset;
pub mod diff;
mod error;
#[cfg(feature = "liveview")]
mod liveview;
pub mod migration;
mod params;
pub mod query;
pub mod repo;
pub mod schema;
mod sql;
mod tuples;
pub mod types;

#[doc(hidden)]
pub mod __private;

pub use changeset::{Change, Changeset};
pub use error::RepoError;
#[cfg(feature = "liveview")]
pub use liveview::{PendingMigrations, check_repo_status};
#[cfg(all(feature = "liveview", feature = "postgres"))]
pub use liveview::{PostgresPubSub, PostgresPubSubBuilder};
pub use liveview_macros::{DbEnum, Schema, dynamic, from};
pub use params::{Params, ToParams};
pub use repo::{Multi, Repo, WriteError};
pub use schema::Schema;
pub use types::{DbEnum, DbType, Type, Value};

/// Everything that a module with schemas, changesets and queries needs, by `use ecto_lite::prelude::*`. Migrations have
/// words of their own: `use ecto_lite::migration::*` where they stand.
pub mod prelude {
    pub use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
    pub use rust_decimal::Decimal;
    pub use uuid::Uuid;

    pub use crate::changeset::{Action, Change, Changeset};
    pub use crate::migration::{Migrator, migrations};
    pub use crate::query::{self, Dynamic, Query, fragment};
    pub use crate::repo::preload::PreloadRows;
    pub use crate::repo::{Multi, Repo, WriteError};
    pub use crate::schema::{AssocState, Association, BelongsTo, HasMany, HasOne, ManyToMany};
    pub use crate::types::{DbType, Json, Param, Type, Value};
    pub use crate::{DbEnum, Params, RepoError, Schema, ToParams, dynamic, from};
}

/// The guide. Everything in it compiles, and most of it runs with the tests.
#[cfg(any(doc, doctest))]
pub mod guide {
    #[doc = include_str!("../docs/schemas.md")]
    pub mod schemas {}
    #[doc = include_str!("../docs/changesets.md")]
    pub mod changesets {}
    #[doc = include_str!("../docs/queries.md")]
    pub mod queries {}
    #[doc = include_str!("../docs/repo.md")]
    pub mod repo {}
    #[doc = include_str!("../docs/migrations.md")]
    pub mod migrations {}
    #[doc = include_str!("../docs/testing.md")]
    pub mod testing {}
}
