//! Checks of the input itself: its names need not be fields.

use std::borrow::Cow;

use super::{Message, Validation};
use crate::Type;
use crate::changeset::{Changeset, Data, ErrorKey, FieldError};

impl<D: Data> Changeset<D> {
    /// A check box must be ticked (`true` or `1` in the input): the error is `must be accepted`. It need not be a field.
    /// Without input nothing is asked.
    pub fn validate_acceptance(self, name: impl ErrorKey) -> Self {
        self.validate_acceptance_with(name, "must be accepted")
    }

    /// [`Self::validate_acceptance`], with a message.
    pub fn validate_acceptance_with(mut self, name: impl ErrorKey, message: impl Into<Message>) -> Self {
        let name = name.error_key();
        let accepted = |params: &crate::Params| params.get(&name).is_some_and(|input| bool::cast(input) == Ok(true));
        if self.params.as_ref().is_some_and(|params| !accepted(params)) {
            self.errors.push((name.clone(), FieldError::new(message).with("validation", "acceptance")));
        }
        self.list(&name, Validation::Acceptance)
    }

    /// The input must have the same text again as `<name>_confirmation`: the error, on that name, is `does not match
    /// confirmation`. Where the confirmation is absent nothing is asked; see [`Self::validate_confirmation_required`].
    pub fn validate_confirmation(self, name: impl ErrorKey) -> Self {
        self.confirm(&name.error_key(), "does not match confirmation".into(), false)
    }

    /// [`Self::validate_confirmation`], with a message.
    pub fn validate_confirmation_with(self, name: impl ErrorKey, message: impl Into<Message>) -> Self {
        self.confirm(&name.error_key(), message.into(), false)
    }

    /// [`Self::validate_confirmation`], where an absent confirmation is the error `can't be blank`.
    pub fn validate_confirmation_required(self, name: impl ErrorKey) -> Self {
        self.confirm(&name.error_key(), "does not match confirmation".into(), true)
    }

    fn confirm(mut self, name: &str, message: Message, required: bool) -> Self {
        if let Some(params) = &self.params {
            let again = format!("{name}_confirmation");
            let error = match params.get(&again) {
                Some(confirmation) if Some(confirmation) == params.get(name) => None,
                Some(_) => Some(FieldError::new(message).with("validation", "confirmation")),
                None if required => Some(FieldError::new("can't be blank").with("validation", "required")),
                None => None,
            };
            self.errors.extend(error.map(|error| (Cow::Owned(again), error)));
        }
        self.list(name, Validation::Confirmation)
    }

    /// Lists a check under the field of that name, if there is one.
    fn list(mut self, name: &str, validation: Validation) -> Self {
        if let Some(index) = self.data.index_of(name) {
            self.validations.push((index, validation));
        }
        self
    }
}
