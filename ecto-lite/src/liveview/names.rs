//! Typed names of fields, as names in forms.

use std::borrow::Cow;

use liveview_core::form::{FieldName, NestedName};

use crate::changeset::EmbedField;
use crate::schema::{Assoc, Association, Field, Schema};

impl<S: Schema, T> FieldName<S> for Field<S, T> {
    fn field_name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.name())
    }
}

impl<S: Schema, E: EmbedField> NestedName<S> for Field<S, E> {
    type Of = E::Document;
}

impl<S: Schema, A: Association> FieldName<S> for Assoc<S, A> {
    fn field_name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.name())
    }
}

impl<S: Schema, A: Association> NestedName<S> for Assoc<S, A> {
    type Of = A::Related;
}
