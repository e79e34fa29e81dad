//! `#[derive(DbEnum)]`: an enum without data as a field's type.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::errors::Errors;
use crate::paths;

mod expand;
mod parse;
#[cfg(test)]
mod tests;

/// After a mistake there is still an implementation, so that the compiler reports nothing that follows from it.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let found = parse::db_enum(&input, &mut errors);
    let implementation = expand::db_enum(&found, &paths::ecto());
    let errors = errors.into_tokens();
    quote! { #errors #implementation }
}
