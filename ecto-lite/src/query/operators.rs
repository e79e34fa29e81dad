//! What goes with what, and the methods and operators of columns and expressions.

use super::functions::{IntoPath, Moment, Unit, Window};
use super::{Column, Expr, IntoExpr, IntoList, OrderBy, functions};
use crate::types::{Type, sql};

/// What an expression compares with: a marker of [`sql`].
pub type SqlOf<E> = <<E as IntoExpr>::Type as Type>::Sql;

/// Which markers of [`sql`] may be compared with which.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with `{Rhs}`",
    label = "these two types do not compare",
    note = "numbers compare with numbers, text with text, times with times of the same kind"
)]
pub trait Comparable<Rhs> {}

impl<S> Comparable<S> for S {}
impl Comparable<sql::Float> for sql::Int {}
impl Comparable<sql::Int> for sql::Float {}

/// Which markers of [`sql`] may be added, subtracted, multiplied and divided. Integers divide to integers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` and `{Rhs}` cannot be calculated with",
    label = "no arithmetic between these two types"
)]
pub trait Arithmetic<Rhs> {
    /// What comes of it.
    type Output: Type;
}

impl Arithmetic<sql::Int> for sql::Int {
    type Output = i64;
}

impl Arithmetic<sql::Float> for sql::Int {
    type Output = f64;
}

impl Arithmetic<sql::Int> for sql::Float {
    type Output = f64;
}

impl Arithmetic<sql::Float> for sql::Float {
    type Output = f64;
}

impl Arithmetic<sql::Decimal> for sql::Decimal {
    type Output = rust_decimal::Decimal;
}

impl Arithmetic<sql::Int> for sql::Decimal {
    type Output = rust_decimal::Decimal;
}

impl Arithmetic<sql::Decimal> for sql::Int {
    type Output = rust_decimal::Decimal;
}

/// Which markers of [`sql`] can be summed.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be summed", label = "not a number")]
pub trait Summable {
    /// What comes of it, on every database.
    type Sum: Type;
}

impl Summable for sql::Int {
    type Sum = i64;
}

impl Summable for sql::Float {
    type Sum = f64;
}

impl Summable for sql::Decimal {
    type Sum = rust_decimal::Decimal;
}

macro_rules! methods {
    ($name:ident) => {
        impl<T: Type> $name<T> {
            /// Equal.
            pub fn eq<E: IntoExpr>(self, other: E) -> Expr<bool>
            where
                T::Sql: Comparable<SqlOf<E>>,
            {
                functions::eq(self, other)
            }

            /// Not equal. Null is neither equal nor unequal to anything.
            pub fn ne<E: IntoExpr>(self, other: E) -> Expr<bool>
            where
                T::Sql: Comparable<SqlOf<E>>,
            {
                functions::ne(self, other)
            }

            /// Less than.
            pub fn lt<E: IntoExpr>(self, other: E) -> Expr<bool>
            where
                T::Sql: Comparable<SqlOf<E>>,
            {
                functions::lt(self, other)
            }

            /// Less than or equal.
            pub fn lte<E: IntoExpr>(self, other: E) -> Expr<bool>
            where
                T::Sql: Comparable<SqlOf<E>>,
            {
                functions::lte(self, other)
            }

            /// Greater than.
            pub fn gt<E: IntoExpr>(self, other: E) -> Expr<bool>
            where
                T::Sql: Comparable<SqlOf<E>>,
            {
                functions::gt(self, other)
            }

            /// Greater than or equal.
            pub fn gte<E: IntoExpr>(self, other: E) -> Expr<bool>
            where
                T::Sql: Comparable<SqlOf<E>>,
            {
                functions::gte(self, other)
            }

            /// From `low` to `high`, both included.
            pub fn between<L: IntoExpr, H: IntoExpr>(self, low: L, high: H) -> Expr<bool>
            where
                T::Sql: Comparable<SqlOf<L>> + Comparable<SqlOf<H>>,
            {
                functions::between(self, low, high)
            }

            /// One of a vector, an array, a slice, or the rows of a query of one column.
            pub fn is_in<L: IntoList<T::Sql>>(self, list: L) -> Expr<bool> {
                functions::is_in(self, list)
            }

            /// None of them. Never true if a query's rows hold a null, as SQL has it.
            pub fn not_in<L: IntoList<T::Sql>>(self, list: L) -> Expr<bool> {
                functions::not_in(self, list)
            }

            /// Whether it is null.
            pub fn is_null(self) -> Expr<bool> {
                functions::is_null(self)
            }

            /// Whether it is not null.
            pub fn is_not_null(self) -> Expr<bool> {
                functions::is_not_null(self)
            }

            /// Smallest first.
            pub fn asc(self) -> OrderBy {
                OrderBy::asc(self)
            }

            /// Greatest first.
            pub fn desc(self) -> OrderBy {
                OrderBy::desc(self)
            }

            /// How many rows have it, that is, where it is not null.
            pub fn count(self) -> Expr<i64> {
                functions::count(self)
            }

            /// The mean; null where there is nothing.
            pub fn avg(self) -> Expr<Option<f64>>
            where
                T::Sql: Summable,
            {
                functions::avg(self)
            }

            /// The sum; null where there is nothing.
            pub fn sum(self) -> Expr<Option<<T::Sql as Summable>::Sum>>
            where
                T::Sql: Summable,
            {
                functions::sum(self)
            }

            /// The smallest; null where there is nothing.
            pub fn min(self) -> Expr<Option<T::Inner>> {
                functions::min(self)
            }

            /// The greatest; null where there is nothing.
            pub fn max(self) -> Expr<Option<T::Inner>> {
                functions::max(self)
            }

            /// It, called `name` where it is selected. See [`functions::selected`].
            #[must_use]
            pub fn named(self, name: impl Into<std::sync::Arc<str>>) -> Expr<T> {
                functions::selected_as(self, name)
            }

            /// It as another type: `CAST`.
            pub fn cast_as<U: Type>(self) -> Expr<U> {
                functions::cast_as(self)
            }

            /// The same, said to be null sometimes: what becomes of a column on the far side of a left join.
            pub fn nullable(self) -> Expr<Option<T::Inner>> {
                Expr::new(self.into_expr().node)
            }
        }

        impl<T: Type<Sql = sql::Text>> $name<T> {
            /// `LIKE`: `%` stands for any text, `_` for one character. On SQLite the case of ASCII does not count.
            pub fn like<E: IntoExpr<Type: Type<Sql = sql::Text>>>(self, pattern: E) -> Expr<bool> {
                functions::like(self, pattern)
            }

            /// `NOT LIKE`. See [`Self::like`].
            pub fn not_like<E: IntoExpr<Type: Type<Sql = sql::Text>>>(self, pattern: E) -> Expr<bool> {
                functions::not_like(self, pattern)
            }

            /// `LIKE` where case does not count: any letter's on PostgreSQL, ASCII's on SQLite.
            pub fn ilike<E: IntoExpr<Type: Type<Sql = sql::Text>>>(self, pattern: E) -> Expr<bool> {
                functions::ilike(self, pattern)
            }

            /// Whether `text` occurs in it; `%` and `_` mean themselves. Case as in [`Self::like`].
            pub fn contains(self, text: impl AsRef<str>) -> Expr<bool> {
                functions::contains(self, text)
            }

            /// Whether it begins with `text`; `%` and `_` mean themselves. Case as in [`Self::like`].
            pub fn starts_with(self, text: impl AsRef<str>) -> Expr<bool> {
                functions::starts_with(self, text)
            }

            /// Whether it ends with `text`; `%` and `_` mean themselves. Case as in [`Self::like`].
            pub fn ends_with(self, text: impl AsRef<str>) -> Expr<bool> {
                functions::ends_with(self, text)
            }

            /// In small letters; on SQLite those of ASCII only.
            #[must_use]
            pub fn lower(self) -> Expr<T> {
                functions::lower(self)
            }

            /// In capital letters; on SQLite those of ASCII only.
            #[must_use]
            pub fn upper(self) -> Expr<T> {
                functions::upper(self)
            }

            /// How many characters.
            pub fn length(self) -> Expr<i64> {
                functions::length(self)
            }

            /// It, and `text` behind it. Null if one of them is.
            pub fn concat<E: IntoExpr<Type: Type<Sql = sql::Text>>>(self, text: E) -> Expr<String> {
                functions::concat(self, text)
            }
        }

        impl<T: Type<Sql = sql::Json>> $name<T> {
            /// What the document has at `path`, as JSON; null where it has nothing.
            pub fn json_path(self, path: impl IntoPath) -> Expr<Option<serde_json::Value>> {
                functions::json_path(self, path)
            }

            /// What the document has at `path`, as `U`: `r.meta.json_path_as::<f64>("speed")`. Null where it has nothing or
            /// null; on PostgreSQL, what is no `U` fails the query.
            pub fn json_path_as<U: Type>(self, path: impl IntoPath) -> Expr<Option<U::Inner>> {
                functions::json_path_as::<U, _>(self, path)
            }
        }

        impl<T: Type<Sql = sql::Array<S>>, S: 'static> $name<T> {
            /// Whether the array has `value`.
            pub fn array_contains<E: IntoExpr>(self, value: E) -> Expr<bool>
            where
                S: Comparable<SqlOf<E>>,
            {
                functions::array_contains(self, value)
            }
        }

        impl<T: Type<Sql: Moment>> $name<T> {
            /// It and `count` times `unit`. On SQLite precise to a thousandth of a second.
            #[must_use]
            pub fn datetime_add<C: IntoExpr<Type: Type<Sql = sql::Int>>>(self, count: C, unit: Unit) -> Expr<T> {
                functions::datetime_add(self, count, unit)
            }
        }

        impl<T: Type<Sql = sql::Date>> $name<T> {
            /// It and `count` times `unit`, which is a day or longer.
            #[must_use]
            pub fn date_add<C: IntoExpr<Type: Type<Sql = sql::Int>>>(self, count: C, unit: Unit) -> Expr<T> {
                functions::date_add(self, count, unit)
            }
        }

        impl<T: Type<Sql = sql::Bool>> $name<T> {
            /// Both.
            pub fn and<E: IntoExpr<Type: Type<Sql = sql::Bool>>>(self, other: E) -> Expr<bool> {
                functions::and(self, other)
            }

            /// Either.
            pub fn or<E: IntoExpr<Type: Type<Sql = sql::Bool>>>(self, other: E) -> Expr<bool> {
                functions::or(self, other)
            }
        }

        impl<T: Type<Sql = sql::Bool>> std::ops::Not for $name<T> {
            type Output = Expr<bool>;

            fn not(self) -> Expr<bool> {
                functions::not(self)
            }
        }

        impl<T: Type> std::ops::Neg for $name<T>
        where
            T::Sql: Arithmetic<T::Sql>,
        {
            type Output = Expr<<T::Sql as Arithmetic<T::Sql>>::Output>;

            fn neg(self) -> Self::Output {
                functions::neg(self)
            }
        }

        arithmetic!($name, Add, add);
        arithmetic!($name, Sub, sub);
        arithmetic!($name, Mul, mul);
        arithmetic!($name, Div, div);
        arithmetic!($name, Rem, rem);
    };
}

macro_rules! arithmetic {
    ($name:ident, $operator:ident, $method:ident) => {
        impl<T: Type, E: IntoExpr> std::ops::$operator<E> for $name<T>
        where
            T::Sql: Arithmetic<SqlOf<E>>,
        {
            type Output = Expr<<T::Sql as Arithmetic<SqlOf<E>>>::Output>;

            fn $method(self, other: E) -> Self::Output {
                functions::$method(self, other)
            }
        }
    };
}

methods!(Column);
methods!(Expr);

impl<T: Type> Expr<T> {
    /// An aggregate of the rows for which `condition` holds: `count(m.id).filter(m.open)`.
    #[must_use]
    pub fn filter<E: IntoExpr<Type: Type<Sql = sql::Bool>>>(self, condition: E) -> Self {
        functions::filter(self, condition)
    }

    /// An aggregate of different values.
    #[must_use]
    pub fn distinct(self) -> Self {
        functions::distinct(self)
    }

    /// An aggregate or window function over `window`.
    #[must_use]
    pub fn over(self, window: impl Into<Window>) -> Self {
        functions::over(self, window)
    }
}
