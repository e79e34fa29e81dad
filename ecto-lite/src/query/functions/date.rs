//! Times.

use chrono::{DateTime, Months, TimeDelta, Utc};

use super::node;
use crate::query::{Expr, IntoExpr, Node};
use crate::types::{DbType, Type, sql};

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Twelve months.
    Year,
    /// To the same day of another month. Where that has none, PostgreSQL, [`ago`] and [`from_now`] take its last day,
    /// SQLite counts on into the next one.
    Month,
    /// Seven days.
    Week,
    /// 24 hours.
    Day,
    /// 60 minutes.
    Hour,
    /// 60 seconds.
    Minute,
    /// A second.
    Second,
    /// A thousandth of a second, the finest that SQLite adds.
    Millisecond,
}

/// A time and a span.
#[derive(Clone, Debug)]
pub(crate) struct DateAdd {
    pub value: Node,
    pub count: Node,
    pub unit: Unit,
    pub of: DbType,
}

/// The time at which the query is built, bound as a value: the same in the whole query.
pub fn now() -> Expr<DateTime<Utc>> {
    Utc::now().into_expr()
}

/// So long before [`now`]: `m.updated_at.lt(ago(3, Unit::Day))`.
pub fn ago(count: i64, unit: Unit) -> Expr<DateTime<Utc>> {
    count.checked_neg().map_or_else(|| Expr::new(out_of_range(count)), |count| from_now(count, unit))
}

/// So long after [`now`].
pub fn from_now(count: i64, unit: Unit) -> Expr<DateTime<Utc>> {
    match add(Utc::now(), count, unit) {
        Some(time) => time.into_expr(),
        None => Expr::new(out_of_range(count)),
    }
}

fn out_of_range(count: i64) -> Node {
    Node::invalid(format!("{count} is too far from now for a date"))
}

fn add(time: DateTime<Utc>, count: i64, unit: Unit) -> Option<DateTime<Utc>> {
    let months = |per: i64| {
        let months = Months::new(u32::try_from(count.checked_mul(per)?.unsigned_abs()).ok()?);
        if count < 0 { time.checked_sub_months(months) } else { time.checked_add_months(months) }
    };
    match unit {
        Unit::Year => months(12),
        Unit::Month => months(1),
        Unit::Week => time.checked_add_signed(TimeDelta::try_weeks(count)?),
        Unit::Day => time.checked_add_signed(TimeDelta::try_days(count)?),
        Unit::Hour => time.checked_add_signed(TimeDelta::try_hours(count)?),
        Unit::Minute => time.checked_add_signed(TimeDelta::try_minutes(count)?),
        Unit::Second => time.checked_add_signed(TimeDelta::try_seconds(count)?),
        Unit::Millisecond => time.checked_add_signed(TimeDelta::try_milliseconds(count)?),
    }
}

/// What a span can be added to.
#[diagnostic::on_unimplemented(message = "`{Self}` is no date and time", label = "nothing to add a span of time to")]
pub trait Moment {}

impl Moment for sql::DateTime {}
impl Moment for sql::NaiveDateTime {}

/// `time` and `count` times `unit`. On SQLite precise to a thousandth of a second.
pub fn datetime_add<E, C>(time: E, count: C, unit: Unit) -> Expr<E::Type>
where
    E: IntoExpr<Type: Type<Sql: Moment>>,
    C: IntoExpr<Type: Type<Sql = sql::Int>>,
{
    date_add_node(node(time), node(count), unit, <E::Type as Type>::Inner::DB)
}

/// `date` and `count` times `unit`, which is a day or longer.
pub fn date_add<E, C>(date: E, count: C, unit: Unit) -> Expr<E::Type>
where
    E: IntoExpr<Type: Type<Sql = sql::Date>>,
    C: IntoExpr<Type: Type<Sql = sql::Int>>,
{
    match unit {
        Unit::Year | Unit::Month | Unit::Week | Unit::Day => date_add_node(node(date), node(count), unit, DbType::Date),
        _ => Expr::new(Node::invalid(format!("a date has no {unit:?}: add years, months, weeks or days"))),
    }
}

fn date_add_node<T>(value: Node, count: Node, unit: Unit, of: DbType) -> Expr<T> {
    Expr::new(Node::DateAdd(Box::new(DateAdd { value, count, unit, of })))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;

    use super::{DateTime, Unit, add};

    fn at(text: &str) -> DateTime<chrono::Utc> {
        text.parse::<NaiveDateTime>().unwrap().and_utc()
    }

    #[test]
    fn months_end_with_their_last_day() {
        assert_eq!(add(at("2024-03-31T12:00:00"), -1, Unit::Month), Some(at("2024-02-29T12:00:00")));
        assert_eq!(add(at("2024-02-29T12:00:00"), 1, Unit::Year), Some(at("2025-02-28T12:00:00")));
    }

    #[test]
    fn what_no_calendar_reaches_is_none() {
        assert_eq!(add(at("2024-03-31T12:00:00"), i64::MAX, Unit::Year), None);
        assert_eq!(add(at("2024-03-31T12:00:00"), i64::MIN, Unit::Millisecond), None);
    }
}
