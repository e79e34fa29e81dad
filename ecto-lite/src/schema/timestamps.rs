//! `timestamps`: the time of the insert and of the last real update.

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};

use crate::Type;
use crate::types::Value;

/// A type that `timestamps` can fill.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a timestamp",
    label = "not a time",
    note = "`timestamps` fills fields of type `DateTime<Utc>` or `NaiveDateTime`, or an `Option` of one"
)]
pub trait Timestamp: Type {
    /// The time `now`.
    fn at(now: DateTime<Utc>) -> Self;
}

impl Timestamp for DateTime<Utc> {
    fn at(now: DateTime<Utc>) -> Self {
        now.trunc_subsecs(6)
    }
}

impl Timestamp for NaiveDateTime {
    fn at(now: DateTime<Utc>) -> Self {
        now.trunc_subsecs(6).naive_utc()
    }
}

impl<T: Timestamp> Timestamp for Option<T> {
    fn at(now: DateTime<Utc>) -> Self {
        Some(T::at(now))
    }
}

/// What a field of type `T` holds at `now`.
pub fn timestamp<T: Timestamp>(now: DateTime<Utc>) -> Value {
    T::at(now).dump().unwrap_or(Value::Null(T::DB))
}
