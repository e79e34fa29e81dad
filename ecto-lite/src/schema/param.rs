//! What a schema's struct is in a path of a live view's router: one of its fields, `Phoenix.Param`.
//!
//! `liveview_core::ToParam` is neither ours nor the program's, so no `impl` for all schemas can be written; the derive calls this macro for each of
//! them, and it comes to nothing without the feature `liveview`.

/// `impl ToParam` by a field. Called by the derive.
#[cfg(feature = "liveview")]
#[doc(hidden)]
#[macro_export]
macro_rules! __to_param {
    ($schema:ident, $field:ident, $type:ty) => {
        // The bound is one on purpose: a key whose type cannot stand in a path is a mistake only where a path is written with it.
        impl $crate::__private::ToParam for $schema
        where
            for<'__a> &'__a $type: $crate::__private::ToParam,
        {
            fn to_param(&self) -> ::std::string::String {
                $crate::__private::ToParam::to_param(&&self.$field)
            }
        }
    };
}

/// Nothing: there are no paths.
#[cfg(not(feature = "liveview"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __to_param {
    ($schema:ident, $field:ident, $type:ty) => {};
}
