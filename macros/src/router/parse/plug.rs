//! Pipelines, and the lists of plugs behind `through`.

use proc_macro2::{Ident, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Token, braced, bracketed};

use crate::errors::Errors;
use crate::router::hint;
use crate::router::model::{Pipeline, Plug};

/// `pipeline browser { session, auth::fetch_user, layer(compression()) }`
pub(super) fn pipeline(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Pipeline> {
    input.call(Ident::parse_any)?;
    let name = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(error.span(), "here comes the pipeline's name, as in `pipeline browser { session }`")
    })?;
    if !input.peek(syn::token::Brace) {
        return Err(input.error("here come the plugs in braces, with commas: `{ session, auth::fetch_user }`"));
    }
    let content;
    braced!(content in input);
    let plugs = plugs(&content, errors);
    input.parse::<Option<Token![;]>>()?;
    if hint::plugs().any(|plug| name == plug) {
        errors.at(&name, format!("`{name}` is a plug, so a pipeline needs another name"));
    }
    Ok(Pipeline { name, plugs })
}

/// `[browser, auth::require_user]`, behind the word.
pub(super) fn through(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Plug>> {
    if !input.peek(syn::token::Bracket) {
        return Err(input.error("`through` has a list in brackets: `through [browser]`"));
    }
    let content;
    bracketed!(content in input);
    Ok(plugs(&content, errors))
}

/// All that are right, up to the end.
fn plugs(input: ParseStream<'_>, errors: &mut Errors) -> Vec<Plug> {
    let mut plugs = Vec::new();
    while !input.is_empty() {
        let read = plug(input).and_then(|plug| {
            if !input.is_empty() && !input.peek(Token![,]) {
                return Err(input.error("plugs have commas between them"));
            }
            Ok(plug)
        });
        plugs.extend(errors.ok(read));
        // Behind the next comma.
        while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
        if input.parse::<Token![,]>().is_err() {
            break;
        }
    }
    plugs
}

fn plug(input: ParseStream<'_>) -> syn::Result<Plug> {
    let elsewhere = input.fork().call(Ident::parse_any).is_ok_and(|word| word == "plug");
    if elsewhere && (input.peek2(Ident::peek_any) || is_atom(input.peek2(Token![:]), input.peek2(Token![::]))) {
        return Err(input.error("plugs stand without the word `plug`, with commas between them"));
    }
    if is_atom(input.peek(Token![:]), input.peek(Token![::])) {
        return Err(input.error("plugs are written without `:`"));
    }
    read(input.parse()?)
}

/// `:session` of Elixir; `::` looks like `:` at first.
fn is_atom(colon: bool, two: bool) -> bool {
    colon && !two
}

fn read(expr: Expr) -> syn::Result<Plug> {
    match expr {
        Expr::Path(path) if path.qself.is_none() && path.path.get_ident().is_some() => {
            let name = path.path.get_ident().cloned();
            Ok(name.map_or(Plug::Function(Expr::Path(path)), Plug::Named))
        }
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) if path.path.is_ident("layer") => {
                let mut args = call.args.iter();
                match (args.next(), args.next()) {
                    (Some(layer), None) => Ok(Plug::Layer(layer.clone())),
                    _ => Err(syn::Error::new_spanned(
                        &call,
                        "`layer` takes one Tower layer: `layer(CompressionLayer::new())`",
                    )),
                }
            }
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) if hint::plugs().any(|plug| name == plug) => {
                    let args = &call.args;
                    Ok(Plug::BuiltIn { name: name.clone(), args: Some(quote::quote! { #args }) })
                }
                _ => Ok(Plug::Function(Expr::Call(call))),
            },
            _ => Ok(Plug::Function(Expr::Call(call))),
        },
        Expr::Lit(_) | Expr::Array(_) | Expr::Tuple(_) => {
            Err(syn::Error::new_spanned(expr, "a plug is the name of a pipeline or function, or a call"))
        }
        other => Ok(Plug::Function(other)),
    }
}
