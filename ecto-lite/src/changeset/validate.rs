//! Checks that need no database. Each looks at a change and leaves a field alone that has none, as Ecto does: what is in
//! the struct already has been checked.

mod choice;
mod input;
mod length;
mod number;
mod text;

use std::borrow::Cow;

pub use choice::{Choices, IsList};
pub use length::{Count, HasLength, Length};
pub use number::{Bounds, IsNumber, Number, NumberKind};
pub use text::{Format, IsText};

use super::{Changeset, Data, FieldError, FieldRef, Fields};
use crate::Type;
use crate::types::{Param, Value};

/// A message in place of a check's own.
pub type Message = Cow<'static, str>;

/// A check, as it was asked for: what forms and documentation show.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Validation {
    /// `validate_format`.
    Format(regex::Regex),
    /// `validate_length`.
    Length(Length),
    /// `validate_number`: each bound.
    Number(Vec<(NumberKind, Param)>),
    /// `validate_inclusion`.
    Inclusion(Vec<Param>),
    /// `validate_exclusion`.
    Exclusion(Vec<Param>),
    /// `validate_subset`.
    Subset(Vec<Param>),
    /// `validate_acceptance`.
    Acceptance,
    /// `validate_confirmation`.
    Confirmation,
    /// `validate_change`, by the name that was given it.
    Change(&'static str),
}

/// How `validate_required` looks at text.
#[derive(Clone, Debug)]
pub struct Required {
    trim: bool,
    message: Option<Message>,
}

impl Default for Required {
    /// Text of white space alone is missing.
    fn default() -> Self {
        Self { trim: true, message: None }
    }
}

impl Required {
    /// White space is as good as any text.
    #[must_use]
    pub fn keep_white_space(mut self) -> Self {
        self.trim = false;
        self
    }

    /// The error's message.
    #[must_use]
    pub fn message(mut self, message: impl Into<Message>) -> Self {
        self.message = Some(message.into());
        self
    }
}

impl<D: Data> Changeset<D> {
    /// Each field must have a value, changed or not: the error is `can't be blank`.
    ///
    /// Missing is null, and text of white space alone. A field that cannot be null is missing too while its struct is new, its
    /// schema names no default for it, and nobody has chosen its value: a number left out of the input is not `0`.
    pub fn validate_required(self, fields: impl Fields<D>) -> Self {
        self.validate_required_with(fields, &Required::default())
    }

    /// [`Self::validate_required`], with options.
    pub fn validate_required_with(mut self, fields: impl Fields<D>, options: &Required) -> Self {
        let Self { data, required, .. } = &mut self;
        let first = required.len();
        fields.each_in(data, &mut |index| required.push(index));
        for at in first..self.required.len() {
            let index = self.required[at];
            if self.is_missing(index, options.trim) && !self.has_error(index) {
                let message = options.message.clone().unwrap_or(Cow::Borrowed("can't be blank"));
                self.push_error(index, FieldError::new(message).with("validation", "required"));
                self.drop_change(index);
            }
        }
        self
    }

    /// A check of a program's own, called with the change of a field if there is one that is not null.
    ///
    /// ```ignore
    /// changeset.validate_change(Robot::name, |name| if name == "root" { Err("is reserved".into()) } else { Ok(()) })
    /// ```
    pub fn validate_change<F: FieldRef<D, Of: Type>>(
        mut self,
        field: F,
        check: impl FnOnce(&<F::Of as Type>::Inner) -> Result<(), FieldError>,
    ) -> Self {
        let index = field.index_in(&self.data);
        if let Some(Err(error)) = self.present(index).and_then(load::<F::Of>).map(|value| check(&value)) {
            self.push_error(index, error);
        }
        self
    }

    /// [`Self::validate_change`], listed among the validations under a name.
    pub fn validate_change_named<F: FieldRef<D, Of: Type>>(
        mut self,
        field: F,
        name: &'static str,
        check: impl FnOnce(&<F::Of as Type>::Inner) -> Result<(), FieldError>,
    ) -> Self {
        self.validations.push((field.index_in(&self.data), Validation::Change(name)));
        self.validate_change(field, check)
    }

    /// The change of a field if it is not null.
    fn present(&self, index: usize) -> Option<&Value> {
        self.change_at(index).filter(|value| !value.is_null())
    }

    fn check(
        mut self,
        index: usize,
        validation: Validation,
        check: impl FnOnce(&Value) -> Result<(), FieldError>,
    ) -> Self {
        let error = self.present(index).and_then(|value| check(value).err());
        if let Some(error) = error {
            self.push_error(index, error);
        }
        self.validations.push((index, validation));
        self
    }
}

fn load<T: Type>(value: &Value) -> Option<T::Inner> {
    T::Inner::load(value.clone()).ok()
}
