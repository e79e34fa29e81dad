//! The expansion of `path!`: a constant that checks the path, and calls of the library's builder of paths.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::model::{Part, Template, VerifiedPath};
use crate::errors::Errors;

/// What stands for a path that could not be read.
pub(super) fn stub(errors: Errors) -> TokenStream {
    let errors = errors.into_tokens();
    quote! {
        {
            #errors
            ::bennu::__private::path::Builder::new().finish()
        }
    }
}

/// The check stands at the literal, where the compiler shows what it found.
pub(super) fn path(of: &VerifiedPath) -> TokenStream {
    let span = of.template.literal.span();
    let routes = if let Some(router) = &of.router {
        quote! { #router }
    } else {
        let routes = Ident::new("Routes", span);
        quote! { #routes }
    };
    let (check, under) = check(of, &routes);
    let path = parts(&of.template, span);
    let fragment = of.template.fragment.iter().map(|part| match part {
        Part::Text(text) => quote! { .fragment_text(#text) },
        Part::Value(value) | Part::Values(value) => quote_spanned! {span=> .fragment_value(&(#value)) },
    });
    let query = of.query.iter().map(|(key, value)| quote_spanned! {value.span()=> .query(#key, &(#value)) });
    let others = of.others.iter().map(|others| quote_spanned! {others.span()=> .others(&(#others)) });
    quote! {
        {
            #check
            ::bennu::__private::path::Builder::new() #under #path #(#fragment)* #(#query)* #(#others)* .finish()
        }
    }
}

fn check(of: &VerifiedPath, routes: &TokenStream) -> (TokenStream, Option<TokenStream>) {
    let (span, written, shape) = (of.template.literal.span(), of.template.literal.value(), of.template.shape());
    let Some(under) = &of.under else {
        let check = quote_spanned! {span=> ::bennu::__private::path::check(#routes::PATHS, #shape, #written) };
        return (quote! { const _: () = #check; }, None);
    };
    let prefixed = format!("{}{}", under.shape(), shape.trim_end_matches('/'));
    let is_under = Ident::new("__UNDER", Span::mixed_site());
    let check =
        quote_spanned! {span=> ::bennu::__private::path::check_under(#routes::PATHS, #prefixed, #shape, #written) };
    let prefix = parts(under, under.literal.span());
    (
        quote! { const #is_under: ::core::primitive::bool = #check; },
        Some(quote! { .under(#is_under, ::bennu::__private::path::Builder::new() #prefix) }),
    )
}

/// Texts between values are one.
fn parts(template: &Template, span: Span) -> TokenStream {
    let mut calls = TokenStream::new();
    let mut text = String::new();
    for segment in &template.segments {
        text.push('/');
        for part in segment {
            let value = match part {
                Part::Text(more) => {
                    text.push_str(more);
                    continue;
                }
                Part::Value(value) => quote_spanned! {span=> .value(&(#value)) },
                Part::Values(values) => quote_spanned! {span=> .values(&(#values)) },
            };
            let before = std::mem::take(&mut text);
            calls.extend(quote! { .text(#before) #value });
        }
    }
    if !text.is_empty() {
        calls.extend(quote! { .text(#text) });
    }
    calls
}
