//! What expressions compare by: one marker per kind of SQL value.
//!
//! A field's type names its marker in [`Type::Sql`](super::Type::Sql); `i32`, `u8` and `Option<i64>` are all [`Int`]. Two
//! expressions compare when their markers do, so a column of floats compared with text does not compile. A type of a
//! program's own that shall compare with nothing else names itself.

use std::marker::PhantomData;

macro_rules! markers {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}
    )+};
}

markers! {
    /// `bool`.
    Bool,
    /// Integers of every width.
    Int,
    /// `f32` and `f64`.
    Float,
    /// `String` and `&str`.
    Text,
    /// `Vec<u8>`.
    Binary,
    /// [`uuid::Uuid`].
    Uuid,
    /// [`rust_decimal::Decimal`].
    Decimal,
    /// [`chrono::NaiveDate`].
    Date,
    /// [`chrono::NaiveTime`].
    Time,
    /// [`chrono::NaiveDateTime`].
    NaiveDateTime,
    /// [`chrono::DateTime<chrono::Utc>`](chrono::DateTime).
    DateTime,
    /// [`chrono::TimeDelta`].
    Duration,
    /// [`serde_json::Value`], [`Json`](super::Json) and maps.
    Json,
}

/// `Vec` of what `T` marks.
#[derive(Clone, Copy, Debug)]
pub struct Array<T>(PhantomData<T>);
