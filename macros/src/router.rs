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
mod resources;
#[cfg(test)]
mod tests;

/// A path that has every other one in it.
const ANYTHING: &str = "/*";

/// The routes' type and its definition; after mistakes with the routes that are right.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parser = |input: syn::parse::ParseStream<'_>| Ok(parse::routes(input, &mut errors));
    match parser.parse2(input) {
        Ok(mut routes) => {
            let mut paths = check::routes(&mut routes, &mut errors);
            if !errors.is_empty() {
                // What is missing here must not be reported by every `path!` as well.
                paths.push(ANYTHING.to_owned());
            }
            let (errors, routes) = (errors.into_tokens(), expand::routes(&routes, &paths));
            quote! { #errors #routes }
        }
        Err(error) => error.into_compile_error(),
    }
}
