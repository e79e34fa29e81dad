//! What a field can be changed to.

use std::borrow::Cow;

use crate::types::Json;

/// A value for a field of type `T`: one itself, one for an `Option` of it, `&str` for text.
///
/// Not `Into`, for then a bare `5` would be an `i32` and fit no `u8`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot hold a `{Self}`",
    label = "no value for a field of type `{T}`"
)]
pub trait IntoField<T> {
    /// The field's value.
    fn into_field(self) -> T;
}

impl<T> IntoField<T> for T {
    fn into_field(self) -> T {
        self
    }
}

impl<T> IntoField<Option<T>> for T {
    fn into_field(self) -> Option<T> {
        Some(self)
    }
}

impl<T> IntoField<Json<T>> for T {
    fn into_field(self) -> Json<T> {
        Json(self)
    }
}

macro_rules! texts {
    ($($of:ty),+) => {$(
        impl IntoField<String> for $of {
            fn into_field(self) -> String {
                self.into()
            }
        }

        impl IntoField<Option<String>> for $of {
            fn into_field(self) -> Option<String> {
                Some(self.into())
            }
        }
    )+};
}

texts!(&str, &String, Cow<'_, str>);

impl IntoField<Vec<u8>> for &[u8] {
    fn into_field(self) -> Vec<u8> {
        self.to_vec()
    }
}

impl<T: IntoField<U>, U, const N: usize> IntoField<Vec<U>> for [T; N] {
    fn into_field(self) -> Vec<U> {
        self.into_iter().map(IntoField::into_field).collect()
    }
}
