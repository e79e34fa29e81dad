//! What PostgreSQL's error codes mean to a caller.

use sqlx::postgres::PgDatabaseError;

use crate::adapter::{AdapterError, ConstraintKind};

pub(crate) fn adapter_error(error: sqlx::Error) -> AdapterError {
    let database = match error {
        sqlx::Error::Database(database) => database,
        sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) => {
            return AdapterError::Disconnected(Box::new(error));
        }
        sqlx::Error::Configuration(why) | sqlx::Error::Tls(why) => return AdapterError::Configuration(why.to_string()),
        other => return AdapterError::Database { code: String::new(), message: other.to_string() },
    };
    let Ok(error) = database.try_downcast::<PgDatabaseError>() else {
        return AdapterError::Database { code: String::new(), message: "an error of another database".to_owned() };
    };
    let constraint = |kind| AdapterError::Constraint {
        kind,
        name: error.constraint().unwrap_or_default().to_owned(),
        table: error.table().map(str::to_owned),
        columns: error.column().map(str::to_owned).into_iter().collect(),
    };
    match error.code() {
        "23505" => constraint(ConstraintKind::Unique),
        "23503" | "23001" => constraint(ConstraintKind::ForeignKey),
        "23514" => constraint(ConstraintKind::Check),
        "23502" => constraint(ConstraintKind::NotNull),
        "23P01" => constraint(ConstraintKind::Exclusion),
        // Serialization failure, deadlock, lock not available: the same transaction may well succeed next time.
        "40001" | "40P01" | "55P03" => AdapterError::Busy(error.message().to_owned()),
        "25006" => AdapterError::ReadOnly(error.message().to_owned()),
        "53100" => AdapterError::DiskFull(error.message().to_owned()),
        code if is_goodbye(code) => AdapterError::Disconnected(error.into()),
        code => AdapterError::Database { code: code.to_owned(), message: message(&error) },
    }
}

/// The server ends the connection with this, instead of running what was asked: shutdown by an administrator or after a
/// crash, "still starting up", idle time-outs.
fn is_goodbye(code: &str) -> bool {
    matches!(code, "57P01" | "57P02" | "57P03" | "57P05" | "25P03")
}

fn message(error: &PgDatabaseError) -> String {
    let mut message = error.message().to_owned();
    for more in [error.detail(), error.hint()].into_iter().flatten() {
        message.push_str("; ");
        message.push_str(more);
    }
    message
}
