//! Values that are listed.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::{Message, Validation};
use crate::Type;
use crate::changeset::{Changeset, Data, FieldError, FieldRef, IntoField};
use crate::types::{ArrayElement, Param, Value};

/// What is a list of values.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a list", note = "`validate_subset` is for arrays")]
pub trait IsList: Type {
    /// What it is a list of.
    type Element: Type;
}

impl<T: ArrayElement> IsList for Vec<T> {
    type Element = T;
}

impl<T: ArrayElement> IsList for Option<Vec<T>> {
    type Element = T;
}

/// Values of a field: an array, a slice, a `Vec`, a range of integers; with a message.
#[derive(Clone, Debug)]
pub struct Choices<T> {
    values: Vec<T>,
    message: Option<Message>,
}

impl<T> Choices<T> {
    /// These.
    pub fn new(values: impl IntoIterator<Item = impl IntoField<T>>) -> Self {
        Self { values: values.into_iter().map(IntoField::into_field).collect(), message: None }
    }

    /// The error's message.
    #[must_use]
    pub fn message(mut self, message: impl Into<Message>) -> Self {
        self.message = Some(message.into());
        self
    }
}

impl<T, U: IntoField<T>, const N: usize> From<[U; N]> for Choices<T> {
    fn from(values: [U; N]) -> Self {
        Self::new(values)
    }
}

impl<T, U: IntoField<T>> From<Vec<U>> for Choices<T> {
    fn from(values: Vec<U>) -> Self {
        Self::new(values)
    }
}

impl<T, U: IntoField<T> + Clone> From<&[U]> for Choices<T> {
    fn from(values: &[U]) -> Self {
        Self::new(values.iter().cloned())
    }
}

impl<T> From<RangeInclusive<T>> for Choices<T>
where
    RangeInclusive<T>: Iterator<Item = T>,
{
    fn from(values: RangeInclusive<T>) -> Self {
        Self { values: values.collect(), message: None }
    }
}

/// The values as a database holds them, as errors name them, and the message.
struct Listed {
    values: Vec<Value>,
    message: Option<Message>,
}

impl<T: Type> From<Choices<T>> for Listed {
    fn from(choices: Choices<T>) -> Self {
        let values = choices.values.into_iter().filter_map(|value| value.into_value().ok());
        Self { values: values.collect(), message: choices.message }
    }
}

impl Listed {
    fn params(&self) -> Vec<Param> {
        self.values.iter().map(Value::to_json).collect()
    }

    fn error(&self, message: &'static str, validation: &'static str) -> FieldError {
        FieldError::new(self.message.clone().unwrap_or(Cow::Borrowed(message)))
            .with("validation", validation)
            .with("enum", self.params())
    }
}

pub(super) fn to_param<T: Type>(value: &T) -> Param {
    value.dump().map_or(Param::Null, |value| value.to_json())
}

impl<D: Data> Changeset<D> {
    /// The value must be one of these: the error is `is invalid`.
    pub fn validate_inclusion<F: FieldRef<D, Of: Type>>(
        self,
        field: F,
        choices: impl Into<Choices<<F::Of as Type>::Inner>>,
    ) -> Self {
        let (index, listed) = (field.index_in(&self.data), Listed::from(choices.into()));
        self.check(index, Validation::Inclusion(listed.params()), |value| {
            if listed.values.contains(value) { Ok(()) } else { Err(listed.error("is invalid", "inclusion")) }
        })
    }

    /// The value must be none of these: the error is `is reserved`.
    pub fn validate_exclusion<F: FieldRef<D, Of: Type>>(
        self,
        field: F,
        choices: impl Into<Choices<<F::Of as Type>::Inner>>,
    ) -> Self {
        let (index, listed) = (field.index_in(&self.data), Listed::from(choices.into()));
        self.check(index, Validation::Exclusion(listed.params()), |value| {
            if listed.values.contains(value) { Err(listed.error("is reserved", "exclusion")) } else { Ok(()) }
        })
    }

    /// Every element of an array must be one of these: the error is `has an invalid entry`.
    pub fn validate_subset<F: FieldRef<D, Of: IsList>>(
        self,
        field: F,
        choices: impl Into<Choices<<F::Of as IsList>::Element>>,
    ) -> Self {
        let (index, listed) = (field.index_in(&self.data), Listed::from(choices.into()));
        self.check(index, Validation::Subset(listed.params()), |value| match value {
            Value::Array(_, elements) if !elements.iter().all(|element| listed.values.contains(element)) => {
                Err(listed.error("has an invalid entry", "subset"))
            }
            _ => Ok(()),
        })
    }
}
