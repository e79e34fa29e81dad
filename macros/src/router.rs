//! `router!`: [`parse`], [`check`], [`expand`](expand::routes).

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;

use crate::errors::Errors;

mod check;
mod expand;
mod hint;
mod model;
mod parse;
mod path;
#[cfg(test)]
mod tests;

/// The routes' type and its definition; after mistakes with the routes that are right.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parser = |input: syn::parse::ParseStream<'_>| Ok(parse::routes(input, &mut errors));
    match parser.parse2(input) {
        Ok(mut routes) => {
            check::routes(&mut routes, &mut errors);
            let (errors, routes) = (errors.into_tokens(), expand::routes(&routes));
            quote! { #errors #routes }
        }
        Err(error) => error.into_compile_error(),
    }
}
