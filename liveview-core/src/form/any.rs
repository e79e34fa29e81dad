//! A form as the components take it.

use std::sync::Arc;

use super::{Form, State};

/// A form whatever its fields are: what a component's `form` is made of.
#[derive(Clone, Debug)]
pub struct AnyForm(pub(super) Arc<State>);

impl PartialEq for AnyForm {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl<T> From<&Form<T>> for AnyForm {
    fn from(form: &Form<T>) -> Self {
        Self(form.state.clone())
    }
}

impl<T> From<Form<T>> for AnyForm {
    fn from(form: Form<T>) -> Self {
        Self(form.state)
    }
}
