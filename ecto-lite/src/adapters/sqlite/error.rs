//! What SQLite's result codes mean to a caller.

use crate::adapter::{AdapterError, ConstraintKind};

const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const CONSTRAINT: i32 = 19;
const IOERR_WRITE: i32 = 10 | 3 << 8;

/// Whether SQLite may have rolled back the whole transaction by itself: out of memory, interrupted, input and output, corrupt
/// file, full disk.
pub(super) fn ends_transaction(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 7 | 9 | 10 | 11 | 13))
}

pub(super) fn adapter_error(error: sqlx::Error) -> AdapterError {
    let database = match error {
        sqlx::Error::Database(database) => database,
        sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => return AdapterError::Disconnected(Box::new(error)),
        sqlx::Error::Configuration(why) => return AdapterError::Configuration(why.to_string()),
        other => return AdapterError::Database { code: String::new(), message: other.to_string() },
    };
    let code = database.code().and_then(|code| code.parse().ok()).unwrap_or(0_i32);
    let message = database.message().to_owned();
    match code & 0xff {
        CONSTRAINT => constraint(code, &message),
        BUSY | LOCKED => AdapterError::Busy(format!("{message}: another connection is writing to this file")),
        FULL => AdapterError::DiskFull(message),
        _ if code == IOERR_WRITE => AdapterError::DiskFull(message),
        CANTOPEN => AdapterError::Configuration(format!(
            "{message}: does its folder exist? `?mode=rwc` creates a file that does not"
        )),
        READONLY => AdapterError::ReadOnly(message),
        _ => AdapterError::Database { code: code.to_string(), message },
    }
}

/// SQLite tells of unique and not-null constraints which columns (`UNIQUE constraint failed: robots.site_id, robots.name`),
/// or the index if it is over expressions (`UNIQUE constraint failed: index 'name'`), of checks the name or the expression,
/// and of foreign keys nothing.
fn constraint(code: i32, message: &str) -> AdapterError {
    let kind = match code >> 8 {
        // UNIQUE, PRIMARYKEY, ROWID
        8 | 6 | 10 => ConstraintKind::Unique,
        3 => ConstraintKind::ForeignKey,
        1 => ConstraintKind::Check,
        5 => ConstraintKind::NotNull,
        // A trigger's `raise(abort, …)`, a virtual table's refusal, a strict table's data type: not ours to name.
        _ => return AdapterError::Database { code: code.to_string(), message: message.to_owned() },
    };
    let what = message.split_once("constraint failed: ").map_or("", |(_, what)| what);
    let (mut name, mut table, mut columns) = (String::new(), None, Vec::new());
    match kind {
        ConstraintKind::Unique | ConstraintKind::NotNull => {
            if let Some(index) = what.strip_prefix("index '") {
                index.trim_end_matches('\'').clone_into(&mut name);
            } else {
                for column in what.split(", ") {
                    let (of, column) = column.split_once('.').unwrap_or(("", column));
                    table = Some(of.to_owned());
                    columns.push(column.to_owned());
                }
                what.clone_into(&mut name);
            }
        }
        _ => what.clone_into(&mut name),
    }
    AdapterError::Constraint { kind, name, table, columns }
}
