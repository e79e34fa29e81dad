//! From input to changes.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Changeset, Data, FieldError, Fields};
use crate::params::{Params, ToParams};
use crate::types::{CastError, DbType, Param, Value};

/// Starts a changeset of a struct: `robot.cast(&params, …)`, `robot.change()`.
pub trait Change: Data {
    /// A changeset with no changes.
    fn change(self) -> Changeset<Self> {
        Changeset::new(self)
    }

    /// See [`Changeset::cast`].
    fn cast(self, params: &impl ToParams, fields: impl Fields<Self>) -> Changeset<Self> {
        Changeset::new(self).cast(params, fields)
    }

    /// See [`Changeset::cast_with`].
    fn cast_with(self, params: &impl ToParams, fields: impl Fields<Self>, options: &CastOptions) -> Changeset<Self> {
        Changeset::new(self).cast_with(params, fields, options)
    }
}

impl<D: Data> Change for D {}

/// Input that counts as left blank.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum EmptyValue {
    /// Text of white space alone.
    Blank,
    /// This text.
    Text(&'static str),
    /// What the function says.
    Matches(fn(&Param) -> bool),
}

impl EmptyValue {
    fn is(self, input: &Param) -> bool {
        match (self, input) {
            (Self::Blank, Param::String(text)) => text.trim_start().is_empty(),
            (Self::Text(empty), Param::String(text)) => text == empty,
            (Self::Matches(matches), input) => matches(input),
            _ => false,
        }
    }
}

type CastMessage = Arc<dyn Fn(&str, &FieldError) -> Option<Cow<'static, str>> + Send + Sync>;

/// How input is cast.
#[derive(Clone)]
pub struct CastOptions {
    empty_values: Cow<'static, [EmptyValue]>,
    trim: bool,
    force_changes: bool,
    message: Option<CastMessage>,
}

impl Default for CastOptions {
    /// Text of white space alone counts as blank; nothing is trimmed; what equals the data is no change.
    fn default() -> Self {
        Self { empty_values: Cow::Borrowed(&[EmptyValue::Blank]), trim: false, force_changes: false, message: None }
    }
}

impl CastOptions {
    /// What counts as left blank; an empty list for nothing.
    #[must_use]
    pub fn empty_values(mut self, values: impl Into<Vec<EmptyValue>>) -> Self {
        self.empty_values = Cow::Owned(values.into());
        self
    }

    /// Cuts white space around texts before they are cast.
    #[must_use]
    pub fn trim(mut self) -> Self {
        self.trim = true;
        self
    }

    /// Keeps changes that equal the data.
    #[must_use]
    pub fn force_changes(mut self) -> Self {
        self.force_changes = true;
        self
    }

    /// Words the errors of casting: given the field's name and the error, the message or none for `is invalid`.
    #[must_use]
    pub fn message(
        mut self,
        message: impl Fn(&str, &FieldError) -> Option<Cow<'static, str>> + Send + Sync + 'static,
    ) -> Self {
        self.message = Some(Arc::new(message));
        self
    }

    fn is_empty(&self, input: &Param) -> bool {
        self.empty_values.iter().any(|empty| empty.is(input))
    }
}

impl<D: Data> Changeset<D> {
    /// Takes those of `fields` that `params` has, each as its own type. Whatever else is in `params` is left alone.
    ///
    /// Text of white space alone counts as left blank: the field gets the default that its schema names, or else what
    /// blank means for its type (null for an `Option`, an empty string or array), or else the error `can't be blank`. Input that is not of the
    /// type is the error `is invalid`, with the metadata `validation: cast` and `type`. A value that equals the data is
    /// no change.
    ///
    /// # Panics
    ///
    /// For an embedded schema: that is for `cast_embed`.
    #[track_caller]
    pub fn cast(self, params: &impl ToParams, fields: impl Fields<D>) -> Self {
        self.cast_with(params, fields, &CastOptions::default())
    }

    /// [`Self::cast`], with options.
    ///
    /// # Panics
    ///
    /// For an embedded schema: that is for `cast_embed`.
    #[track_caller]
    pub fn cast_with(mut self, params: &impl ToParams, fields: impl Fields<D>, options: &CastOptions) -> Self {
        let params = params.to_params();
        let mut indexes = Indexes::default();
        fields.each_in(&self.data, &mut |index| indexes.push(index));
        for index in indexes.iter() {
            assert!(!self.data.is_embed(index), "`{}` is embedded: use `cast_embed`", self.data.key(index));
            self.cast_one(&params, index, options);
        }
        self.params = Some(match self.params.take() {
            Some(earlier) => earlier.merge(&params),
            None => params,
        });
        self
    }

    fn cast_one(&mut self, params: &Params, index: usize, options: &CastOptions) {
        let key = self.data.key(index);
        let Some(input) = params.get(&key) else { return };
        match cast_input(&self.data, index, input, options) {
            Ok(value) => self.store(index, value, options.force_changes),
            Err(error) => {
                let error = self.cast_error(index, error, options);
                self.push_error(index, error);
            }
        }
    }

    fn cast_error(
        &self,
        index: usize,
        CastError { message, metadata }: CastError,
        options: &CastOptions,
    ) -> FieldError {
        let mut error = FieldError { message: message.unwrap_or(Cow::Borrowed("is invalid")), metadata };
        if error.get("validation").is_none() {
            error = error.with("validation", "cast");
        }
        if error.get("type").is_none() {
            error = error.with("type", self.data.type_name(index));
        }
        if let Some(message) = options.message.as_ref().and_then(|message| message(&self.data.key(index), &error)) {
            error.message = message;
        }
        error
    }

    /// Makes a change, unless it is none: what equals the data drops an earlier change. While nobody has chosen a field's
    /// value, choosing what it happens to hold is a change.
    pub(crate) fn store(&mut self, index: usize, value: Value, force: bool) {
        let equal = || self.data.value(index).is_ok_and(|current| current == value) && !self.data.is_unset(index);
        if !force && equal() {
            self.drop_change(index);
        } else {
            self.set_change(index, value);
        }
    }
}

fn cast_input<D: Data>(data: &D, index: usize, input: &Param, options: &CastOptions) -> Result<Value, CastError> {
    if options.is_empty(input) {
        if data.has_default(index) {
            return data.default_value(index).map_err(|_| CastError::default());
        }
        return data.cast_field(index, &Param::Null);
    }
    match input {
        Param::String(text) if options.trim && text.trim().len() < text.len() => {
            data.cast_field(index, &Param::String(text.trim().to_owned()))
        }
        // Forms send a blank entry so that a list of check boxes can be emptied.
        Param::Array(entries)
            if matches!(data.db_type(index), DbType::Array(_))
                && entries.iter().any(|entry| options.is_empty(entry)) =>
        {
            let kept = entries.iter().filter(|entry| !options.is_empty(entry)).cloned();
            data.cast_field(index, &Param::Array(kept.collect()))
        }
        input => data.cast_field(index, input),
    }
}

/// A few indexes, without a heap.
#[derive(Default)]
struct Indexes {
    inline: [usize; 16],
    count: usize,
    more: Vec<usize>,
}

impl Indexes {
    fn push(&mut self, index: usize) {
        match self.inline.get_mut(self.count) {
            Some(place) => {
                *place = index;
                self.count += 1;
            }
            None => self.more.push(index),
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.inline[..self.count].iter().chain(&self.more).copied()
    }
}
