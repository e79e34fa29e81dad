//! Bounds of numbers.

use std::borrow::Cow;
use std::ops::{Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};

use rust_decimal::Decimal;

use super::{Message, Validation, load};
use crate::Type;
use crate::changeset::{Changeset, Data, FieldError, FieldRef};

/// What is a number.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    note = "`validate_number` is for integers, floats and decimals"
)]
pub trait IsNumber: Type<Inner = Self::Number> {
    /// The number without `Option`.
    type Number: Type<Inner = Self::Number> + PartialOrd;
}

macro_rules! numbers {
    ($($of:ty),+) => {$(
        impl IsNumber for $of {
            type Number = Self;
        }

        impl IsNumber for Option<$of> {
            type Number = $of;
        }
    )+};
}

numbers!(i16, i32, i64, u8, u16, u32, f32, f64, Decimal);

/// How a number is to compare with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberKind {
    /// `<`
    LessThan,
    /// `>`
    GreaterThan,
    /// `<=`
    LessThanOrEqualTo,
    /// `>=`
    GreaterThanOrEqualTo,
    /// `==`
    EqualTo,
    /// `!=`
    NotEqualTo,
}

impl NumberKind {
    /// As Ecto calls it: `less_than_or_equal_to`.
    pub fn name(self) -> &'static str {
        match self {
            Self::LessThan => "less_than",
            Self::GreaterThan => "greater_than",
            Self::LessThanOrEqualTo => "less_than_or_equal_to",
            Self::GreaterThanOrEqualTo => "greater_than_or_equal_to",
            Self::EqualTo => "equal_to",
            Self::NotEqualTo => "not_equal_to",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::LessThan => "must be less than %{number}",
            Self::GreaterThan => "must be greater than %{number}",
            Self::LessThanOrEqualTo => "must be less than or equal to %{number}",
            Self::GreaterThanOrEqualTo => "must be greater than or equal to %{number}",
            Self::EqualTo => "must be equal to %{number}",
            Self::NotEqualTo => "must be not equal to %{number}",
        }
    }

    fn holds<N: PartialOrd>(self, number: &N, bound: &N) -> bool {
        match self {
            Self::LessThan => number < bound,
            Self::GreaterThan => number > bound,
            Self::LessThanOrEqualTo => number <= bound,
            Self::GreaterThanOrEqualTo => number >= bound,
            Self::EqualTo => number == bound,
            Self::NotEqualTo => number != bound,
        }
    }
}

/// Bounds of a number: a range (`0.0..=100.0`, `1..`), or built up. Checked in the order in which they were given.
#[derive(Clone, Debug)]
pub struct Number<N> {
    bounds: Vec<(NumberKind, N)>,
    message: Option<Message>,
}

impl<N> Number<N> {
    /// Compares with a bound.
    pub fn new(kind: NumberKind, bound: N) -> Self {
        Self { bounds: vec![(kind, bound)], message: None }
    }

    /// Less than the bound.
    pub fn less_than(bound: N) -> Self {
        Self::new(NumberKind::LessThan, bound)
    }

    /// Greater than the bound.
    pub fn greater_than(bound: N) -> Self {
        Self::new(NumberKind::GreaterThan, bound)
    }

    /// The bound or less.
    pub fn less_than_or_equal_to(bound: N) -> Self {
        Self::new(NumberKind::LessThanOrEqualTo, bound)
    }

    /// The bound or more.
    pub fn greater_than_or_equal_to(bound: N) -> Self {
        Self::new(NumberKind::GreaterThanOrEqualTo, bound)
    }

    /// The number itself.
    pub fn equal_to(bound: N) -> Self {
        Self::new(NumberKind::EqualTo, bound)
    }

    /// Any other number.
    pub fn not_equal_to(bound: N) -> Self {
        Self::new(NumberKind::NotEqualTo, bound)
    }

    /// And what `other` asks.
    #[must_use]
    pub fn and(mut self, other: impl Bounds<N>) -> Self {
        let other = other.bounds();
        self.bounds.extend(other.bounds);
        self.message = self.message.or(other.message);
        self
    }

    /// The error's message; `%{number}` is the bound.
    #[must_use]
    pub fn message(mut self, message: impl Into<Message>) -> Self {
        self.message = Some(message.into());
        self
    }
}

/// Bounds of numbers of type `N`: a range of them, or a [`Number`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not bound numbers of type `{N}`",
    label = "no bounds of a `{N}`",
    note = "write the bounds in the field's own type: `0.0..=100.0` for a float, `0..=100` for an integer"
)]
pub trait Bounds<N> {
    /// The bounds.
    fn bounds(self) -> Number<N>;
}

#[diagnostic::do_not_recommend]
impl<N, R: Into<Number<N>>> Bounds<N> for R {
    fn bounds(self) -> Number<N> {
        self.into()
    }
}

impl<N: Type + PartialOrd> Number<N> {
    fn check(&self, number: &N) -> Result<(), FieldError> {
        match self.bounds.iter().find(|(kind, bound)| !kind.holds(number, bound)) {
            None => Ok(()),
            Some((kind, bound)) => {
                let message = self.message.clone().unwrap_or(Cow::Borrowed(kind.message()));
                let error = FieldError::new(message).with("validation", "number").with("kind", kind.name());
                Err(error.with("number", super::choice::to_param(bound)))
            }
        }
    }
}

impl<N: Clone> From<RangeInclusive<N>> for Number<N> {
    fn from(range: RangeInclusive<N>) -> Self {
        let (start, end) = range.into_inner();
        Self {
            bounds: vec![(NumberKind::GreaterThanOrEqualTo, start), (NumberKind::LessThanOrEqualTo, end)],
            message: None,
        }
    }
}

impl<N> From<Range<N>> for Number<N> {
    fn from(range: Range<N>) -> Self {
        Self {
            bounds: vec![(NumberKind::GreaterThanOrEqualTo, range.start), (NumberKind::LessThan, range.end)],
            message: None,
        }
    }
}

impl<N> From<RangeFrom<N>> for Number<N> {
    fn from(range: RangeFrom<N>) -> Self {
        Self::greater_than_or_equal_to(range.start)
    }
}

impl<N> From<RangeTo<N>> for Number<N> {
    fn from(range: RangeTo<N>) -> Self {
        Self::less_than(range.end)
    }
}

impl<N> From<RangeToInclusive<N>> for Number<N> {
    fn from(range: RangeToInclusive<N>) -> Self {
        Self::less_than_or_equal_to(range.end)
    }
}

impl<D: Data> Changeset<D> {
    /// The bounds of a number: `0.0..=100.0`, `1..`, `Number::greater_than(0).message("…")`, of the field's own type.
    pub fn validate_number<F: FieldRef<D, Of: IsNumber>>(
        self,
        field: F,
        number: impl Bounds<<F::Of as IsNumber>::Number>,
    ) -> Self {
        let (index, number) = (field.index_in(&self.data), number.bounds());
        let bounds = number.bounds.iter().map(|(kind, bound)| (*kind, super::choice::to_param(bound)));
        let validation = Validation::Number(bounds.collect());
        self.check(index, validation, |value| load::<F::Of>(value).map_or(Ok(()), |value| number.check(&value)))
    }
}
