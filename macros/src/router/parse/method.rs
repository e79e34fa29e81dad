//! Methods of routes that have no keyword of their own, or several: `match [get, "PURGE"]`, `method "PURGE"`.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{LitStr, Token, bracketed};

use super::whole;
use crate::nearest::nearest;
use crate::router::model::{Method, Verb};

/// `[get, post]`
pub(super) fn list(input: ParseStream<'_>) -> syn::Result<Vec<Method>> {
    if !input.peek(syn::token::Bracket) {
        return Err(input.error("here come the methods in brackets, as in `match [get, post] \"/search\" => search;`"));
    }
    let content;
    let brackets = bracketed!(content in input);
    let methods = whole(&content, |content| Punctuated::<Method, Token![,]>::parse_terminated_with(content, one))?;
    if methods.is_empty() {
        return Err(syn::Error::new(brackets.span.join(), "a route has at least one method; `any` has them all"));
    }
    let methods: Vec<_> = methods.into_iter().collect();
    for (index, method) in methods.iter().enumerate() {
        if methods[..index].iter().any(|before| before.name() == method.name()) {
            return Err(syn::Error::new(method.span(), "this method is here twice"));
        }
    }
    Ok(methods)
}

fn one(input: ParseStream<'_>) -> syn::Result<Method> {
    if input.peek(LitStr) {
        return custom(input);
    }
    let word = input.call(Ident::parse_any)?;
    let name = word.to_string();
    match Verb::of(&name) {
        Some(Verb::Any) => {
            Err(syn::Error::new(word.span(), "`any` is all methods, and stands alone: `any \"/path\" => handler;`"))
        }
        Some(verb) => Ok(Method::Verb(verb, word.span())),
        None => {
            let meant = nearest(&name, Verb::ALL.iter().map(|verb| verb.name()));
            let hint = meant.map(|meant| format!("; did you mean `{meant}`?"));
            let hint =
                hint.unwrap_or_else(|| format!("; others are written as strings, as in `\"{}\"`", name.to_uppercase()));
            Err(syn::Error::new(word.span(), format!("there is no method `{name}`{hint}")))
        }
    }
}

/// `"PURGE"`
pub(super) fn custom(input: ParseStream<'_>) -> syn::Result<Method> {
    let literal: LitStr = input.parse().map_err(|error| {
        syn::Error::new(
            error.span(),
            "here comes the method as a string, as in `method \"PURGE\" \"/cache\" => purge;`",
        )
    })?;
    let text = literal.value();
    if let Some(verb) = Verb::of(&text.to_lowercase()).filter(|verb| *verb != Verb::Any) {
        return Err(syn::Error::new(literal.span(), format!("this method has a word of its own: `{}`", verb.name())));
    }
    // RFC 9110, section 5.6.2: a token. Methods are compared as they are, and all that are registered are capitals.
    let is_token = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c));
    if !is_token {
        return Err(syn::Error::new(literal.span(), "a method is letters, digits and `-`, as in `\"PURGE\"`"));
    }
    if text.chars().any(|c| c.is_ascii_lowercase()) {
        let message =
            format!("methods are compared as they are, and clients send capitals: `\"{}\"`", text.to_uppercase());
        return Err(syn::Error::new(literal.span(), message));
    }
    Ok(Method::Custom(literal))
}
