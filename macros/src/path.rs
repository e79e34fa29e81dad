//! `path!`: [`parse`], [`expand`](expand::path). Whether a route has the path is the library's to find out, in a constant.

use proc_macro2::TokenStream;

use crate::errors::Errors;

mod expand;
mod model;
mod parse;
mod template;
#[cfg(test)]
mod tests;

/// A string; after mistakes an empty one.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match parse::path(input, &mut errors) {
        Some(path) if errors.is_empty() => expand::path(&path),
        _ => expand::stub(errors),
    }
}
