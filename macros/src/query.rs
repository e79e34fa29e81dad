//! `from!` and `dynamic!`: [`parse`], [`check`], [`rewrite`] for expressions, [`expand`].

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{ParseStream, Parser};

use crate::errors::Errors;

mod check;
mod expand;
mod model;
mod parse;
mod rewrite;
mod scope;
#[cfg(test)]
mod tests;
mod words;

use scope::Scope;

/// What an expansion is made with: the path of the library, and the mistakes of all queries, however deep.
struct Output<'a> {
    root: &'a TokenStream,
    errors: &'a mut Errors,
}

impl Output<'_> {
    /// The module whose functions are called, at `span`.
    fn library(&self, span: Span) -> TokenStream {
        let root = self.root.clone().into_iter().map(|mut token| {
            token.set_span(at(span));
            token
        });
        let root: TokenStream = root.collect();
        quote_spanned! {at(span)=> #root::query }
    }
}

/// For what the user did not write: it is shown at `span`, and lints leave it alone.
fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// A query as one expression; after mistakes with the clauses that are right.
pub(crate) fn from(input: TokenStream, root: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let query = checked(input, root, &mut errors);
    let errors = errors.into_tokens();
    if errors.is_empty() {
        query
    } else {
        quote! {{ #errors #query }}
    }
}

fn checked(input: TokenStream, root: &TokenStream, errors: &mut Errors) -> TokenStream {
    nested(input, &Scope::default(), &mut Output { root, errors })
}

/// A condition for queries that are yet to be made.
pub(crate) fn dynamic(input: TokenStream, root: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let dynamic = errors.ok(parse::dynamic.parse2(input)).and_then(|dynamic| {
        check::dynamic(&dynamic, &mut errors);
        expand::dynamic(dynamic, &mut Output { root, errors: &mut errors })
    });
    let errors = errors.into_tokens();
    quote! { #errors #dynamic }
}

/// A query in an expression of another one, whose bindings it may name.
fn nested(input: TokenStream, around: &Scope, output: &mut Output<'_>) -> TokenStream {
    let parser = |input: ParseStream<'_>| parse::from(input, output.errors);
    match parser.parse2(input) {
        Ok(mut query) => {
            check::from(&mut query, output.errors);
            expand::from(query, around, output)
        }
        Err(error) => {
            output.errors.add(error);
            TokenStream::new()
        }
    }
}
