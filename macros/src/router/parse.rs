//! Reads the items of a `router!`. A mistake ends its item; reading goes on behind the next `;`.

use proc_macro2::{Delimiter, Ident, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse as _, ParseStream};
use syn::{Attribute, Expr, ExprCast, Fields, ItemStruct, LitStr, Token, Type, parenthesized, parse_quote};

use super::hint;
use super::model::{Item, Routes, Verb};
use super::path::RoutePath;
use crate::errors::Errors;

/// All items that are right. Consumes the whole input, whatever is in it.
pub(super) fn routes(input: ParseStream<'_>, errors: &mut Errors) -> Routes {
    let mut routes = Routes {
        attrs: Vec::new(),
        vis: parse_quote! { pub },
        ident: Ident::new("Routes", proc_macro2::Span::call_site()),
        items: Vec::new(),
    };
    let mut is_first = true;
    while !input.is_empty() {
        let read = if is_first && begins_type(input) {
            name(input).map(|name| (routes.attrs, routes.vis, routes.ident) = name)
        } else {
            item(input).map(|item| routes.items.push(item))
        };
        is_first = false;
        if let Err(error) = read {
            errors.add(error);
            skip_item(input);
        }
    }
    routes
}

fn begins_type(input: ParseStream<'_>) -> bool {
    input.peek(Token![#]) || input.peek(Token![pub]) || input.peek(Token![struct])
}

/// `pub struct AdminRoutes;`
fn name(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, syn::Visibility, Ident)> {
    let item = ItemStruct::parse(input)?;
    match item.fields {
        Fields::Unit if item.generics.params.is_empty() => Ok((item.attrs, item.vis, item.ident)),
        _ => Err(syn::Error::new(
            item.ident.span(),
            "the routes' type has no fields and no parameters: `pub struct Routes;`",
        )),
    }
}

fn item(input: ParseStream<'_>) -> syn::Result<Item> {
    let keyword = input
        .call(Ident::parse_any)
        .map_err(|error| syn::Error::new(error.span(), format!("a route begins with its kind: {}", hint::KINDS)))?;
    let item = match keyword.to_string().as_str() {
        "layout" => Item::Layout(input.parse()?),
        "live" => live(input)?,
        "asset" => asset(input)?,
        "static" => Item::Static { path: path_and_arrow(input)?, folder: input.parse()? },
        "forward" => Item::Forward { path: path_and_arrow(input)?, router: unnamed(input, "forward")? },
        "dioxus" => Item::Dioxus { path: path_and_arrow(input)?, app: unnamed(input, "dioxus")? },
        other => match Verb::ALL.into_iter().find(|verb| verb.name() == other) {
            Some(verb) => Item::Verb { verb, path: path_and_arrow(input)?, handler: unnamed(input, verb.name())? },
            None => return Err(syn::Error::new(keyword.span(), hint::unknown(other))),
        },
    };
    // The last one may do without.
    if !input.is_empty() {
        input.parse::<Token![;]>()?;
    }
    Ok(item)
}

/// `"/robots/:id" =>`
fn path_and_arrow(input: ParseStream<'_>) -> syn::Result<RoutePath> {
    let path = path(input)?;
    input.parse::<Token![=>]>()?;
    Ok(path)
}

fn path(input: ParseStream<'_>) -> syn::Result<RoutePath> {
    let literal: LitStr =
        input.parse().map_err(|error| syn::Error::new(error.span(), "here comes the path, as in `\"/robots/:id\"`"))?;
    RoutePath::new(literal)
}

/// `live "/robots/:id" => RobotLive as show`
fn live(input: ParseStream<'_>) -> syn::Result<Item> {
    let path = path_and_arrow(input)?;
    let view = input.parse()?;
    let action = match input.parse::<Option<Token![as]>>()? {
        Some(_) => Some(input.parse()?),
        None => None,
    };
    Ok(Item::Live { path, view, action })
}

/// `asset "/app.css" ("text/css") => include_bytes!("app.css")`
fn asset(input: ParseStream<'_>) -> syn::Result<Item> {
    let path = path(input)?;
    if !input.peek(syn::token::Paren) {
        return Err(input.error("here comes the media type in parentheses, as in `(\"text/css\")`"));
    }
    let content;
    parenthesized!(content in input);
    let media_type: LitStr = content.parse()?;
    if !content.is_empty() {
        return Err(content.error("the media type is all that goes into the parentheses"));
    }
    input.parse::<Token![=>]>()?;
    Ok(Item::Asset { path, media_type, bytes: unnamed(input, "asset")? })
}

/// An expression. `handler as name` reads like a cast, and is a name that only live routes can have.
fn unnamed(input: ParseStream<'_>, kind: &str) -> syn::Result<Expr> {
    match input.parse()? {
        Expr::Cast(ExprCast { ty, .. }) if matches!(*ty, Type::Path(_)) => Err(syn::Error::new_spanned(
            ty,
            format!("`as` names the live action of a `live` route; a `{kind}` route has none"),
        )),
        expr => Ok(expr),
    }
}

/// Behind the next `;`, or behind a block in braces, which is how a scope would end.
fn skip_item(input: ParseStream<'_>) {
    while !input.is_empty() {
        // Any token tree parses.
        let Ok(token) = input.parse::<TokenTree>() else {
            return;
        };
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !input.peek(Token![;]) => {
                return;
            }
            _ => (),
        }
    }
}
