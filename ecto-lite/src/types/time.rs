//! Dates, times and durations, to the microsecond.
//!
//! Input is ISO 8601 as Elixir's `Calendar.ISO` reads it: four digits of year, `T` or a space before the time, fractions
//! beyond the microsecond cut. Seconds may be left out, because `<input type="datetime-local">` leaves them out. A map
//! `{year, month, day, hour, minute, second}` is read too, as selects of a form send it.

mod parse;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

pub(super) use self::parse::{date, datetime, duration, time};
use super::{CastError, DbType, DumpError, LoadError, Param, Type, Value, sql};

const OUT_OF_RANGE: &str = "only years 0 to 9999 can be stored";

/// Cuts what is below the microsecond.
fn cut(time: NaiveTime) -> NaiveTime {
    let nanoseconds = time.nanosecond() / 1_000 * 1_000;
    time.with_nanosecond(nanoseconds).unwrap_or(time)
}

fn in_range(date: NaiveDate) -> bool {
    (0..=9999).contains(&date.year())
}

impl Type for NaiveDate {
    type Sql = sql::Date;
    type Inner = Self;
    const DB: DbType = DbType::Date;
    const NAME: &'static str = "date";

    /// The date of a date and time, too.
    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::String(text) => date(text).or_else(|| datetime(text).map(|(datetime, _)| datetime.date())),
            Param::Object(map) => parse::date_map(map),
            Param::Null => return Err(CastError::blank()),
            _ => None,
        }
        .ok_or_else(CastError::default)
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::Date(date) => Ok(date),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        if in_range(*self) { Ok(Value::Date(*self)) } else { Err(DumpError::new::<Self>(self, OUT_OF_RANGE)) }
    }
}

/// Microseconds; a leap second's fraction is not kept.
impl Type for NaiveTime {
    type Sql = sql::Time;
    type Inner = Self;
    const DB: DbType = DbType::Time;
    const NAME: &'static str = "time";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::String(text) => time(text),
            Param::Object(map) => parse::time_map(map),
            Param::Null => return Err(CastError::blank()),
            _ => None,
        }
        .ok_or_else(CastError::default)
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::Time(time) => Ok(time),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        if self.nanosecond() >= 1_000_000_000 {
            return Err(DumpError::new::<Self>(self, "databases have no leap seconds"));
        }
        Ok(Value::Time(cut(*self)))
    }
}

/// The time of some clock on a wall; an offset in the input is dropped.
impl Type for NaiveDateTime {
    type Sql = sql::NaiveDateTime;
    type Inner = Self;
    const DB: DbType = DbType::NaiveDateTime;
    const NAME: &'static str = "naive_datetime";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::String(text) => datetime(text).map(|(datetime, _)| datetime),
            Param::Object(map) => parse::datetime_map(map),
            Param::Null => return Err(CastError::blank()),
            _ => None,
        }
        .ok_or_else(CastError::default)
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::NaiveDateTime(datetime) => Ok(datetime),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        match (in_range(self.date()), self.time().dump()?) {
            (true, Value::Time(time)) => Ok(Value::NaiveDateTime(self.date().and_time(time))),
            _ => Err(DumpError::new::<Self>(self, OUT_OF_RANGE)),
        }
    }
}

/// A moment. Input without an offset is taken to be UTC.
impl Type for DateTime<Utc> {
    type Sql = sql::DateTime;
    type Inner = Self;
    const DB: DbType = DbType::DateTime;
    const NAME: &'static str = "utc_datetime";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::String(text) => datetime(text).and_then(|(datetime, offset)| {
                let utc = datetime.checked_sub_signed(offset.unwrap_or_default())?;
                in_range(utc.date()).then(|| utc.and_utc())
            }),
            Param::Object(map) => parse::datetime_map(map).map(|datetime| datetime.and_utc()),
            Param::Null => return Err(CastError::blank()),
            _ => None,
        }
        .ok_or_else(CastError::default)
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::DateTime(datetime) => Ok(datetime),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        match self.naive_utc().dump()? {
            Value::NaiveDateTime(datetime) => Ok(Value::DateTime(datetime.and_utc())),
            _ => Err(DumpError::new::<Self>(self, OUT_OF_RANGE)),
        }
    }
}

/// Stored as whole microseconds. Input is a number of seconds, or ISO 8601 of weeks, days, hours, minutes and seconds
/// (`P1DT2H30M`); years and months have no fixed length and are refused.
impl Type for TimeDelta {
    type Sql = sql::Duration;
    type Inner = Self;
    const DB: DbType = DbType::Int;
    const NAME: &'static str = "duration";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::Number(number) => parse::seconds(&number.to_string()),
            Param::String(text) => duration(text).or_else(|| parse::seconds(text)),
            Param::Null => return Err(CastError::blank()),
            _ => None,
        }
        .ok_or_else(CastError::default)
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::Int(microseconds) => Ok(Self::microseconds(microseconds)),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        self.num_microseconds()
            .map(Value::Int)
            .ok_or_else(|| DumpError::new::<Self>(self, "only durations of up to 292,000 years can be stored"))
    }
}
