#![doc = include_str!("../docs/migrations.md")]
//!
//! The shape is that of `Ecto.Migration` and `Ecto.Migrator` (Ecto SQL 3.13). Commands are data ([`Commands`]); they are
//! reversed as data, written as SQL by `sql/ddl.rs` and carried out by [`Migrator`].

mod column;
mod command;
mod error;
mod index;
mod list;
mod lock;
mod rebuild;
mod runner;
mod status;
pub mod structure;
pub(crate) mod support;
mod table;

pub use crate::migrations;
pub use column::{
    Column, DefaultValue, OnDelete, OnUpdate, Plain, Referring, array, bigint, bigserial, binary, boolean, custom,
    date, datetime, decimal, float, identity, integer, json, naive_datetime, numeric, real, references, serial,
    smallint, string, text, time, uuid,
};
pub use command::{Commands, Creatable, Droppable, Executed, Optional, Ran};
pub use error::MigrationError;
pub use index::{
    Constraint, DefinedConstraint, Index, IndexColumn, asc, constraint, desc, expression, index, unique_index,
};
pub use list::{Direction, Migrations};
pub use runner::Migrator;
pub use status::{MigrationState, MigrationStatus, Statuses};
pub use table::{Alter, Table, TableName, Timestamps, table};

pub(crate) use column::{ColumnDefault, ColumnSpec, ColumnType, Reference};
pub(crate) use command::Command;
pub(crate) use index::{Rule, Term};
pub(crate) use table::{Change, NamedColumn};

/// One step of a database's structure (`Ecto.Migration`).
///
/// Give it `change`, where what undoes it can be worked out, or `up` and `down`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a migration", note = "implement `Migration` for it")]
pub trait Migration: Send + Sync + 'static {
    /// When it was written, as `YYYY_MM_DD_hh_mm_ss`: the order in which migrations run, and what the database remembers.
    const VERSION: i64;
    /// Whether it runs in a transaction, so that it happens wholly or not at all. `CREATE INDEX CONCURRENTLY` does not.
    const TRANSACTION: bool = true;
    /// Whether no other process may migrate meanwhile.
    const LOCK: bool = true;

    /// What it changes.
    fn change(&self, m: &mut Commands) {
        m.mistaken(MigrationError::Empty);
    }

    /// What it does on the way up: `change`.
    fn up(&self, m: &mut Commands) {
        self.change(m);
    }

    /// What it does on the way down: `change`, reversed.
    fn down(&self, m: &mut Commands) {
        m.reverse(|m| self.change(m));
    }

    /// What it does first in its transaction, up and down: `set local lock_timeout = '5s'`.
    fn after_begin(&self, _: &mut Commands) {}

    /// What it does last in its transaction, up and down.
    fn before_commit(&self, _: &mut Commands) {}
}
