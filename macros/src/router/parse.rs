//! Reads the items of a `router!`. A mistake ends its item; reading goes on behind it.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse as _, ParseStream};
use syn::{Attribute, Expr, ExprCast, Fields, ItemStruct, LitStr, Token, Type, parenthesized, parse_quote};

use self::alias::Alias;
use super::hint;
use super::model::{Item, Method, Routes, Verb};
use super::path::RoutePath;
use crate::errors::Errors;

mod alias;
mod block;
mod files;
mod method;
mod plug;
mod resources;
mod socket;

/// Where an item stands.
#[derive(Clone, Default)]
struct Place {
    alias: Alias,
    within: Within,
}

/// What is around an item, if that matters.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Within {
    #[default]
    Top,
    Scope,
    /// In one, however deep.
    LiveSession,
}

/// All items that are right. Consumes the whole input, whatever is in it.
pub(super) fn routes(input: ParseStream<'_>, errors: &mut Errors) -> Routes {
    let mut routes = Routes {
        attrs: Vec::new(),
        vis: parse_quote! { pub },
        ident: Ident::new("Routes", proc_macro2::Span::call_site()),
        pipelines: Vec::new(),
        items: Vec::new(),
    };
    let place = Place::default();
    let mut is_first = true;
    while !input.is_empty() {
        let read = if is_first && begins_type(input) {
            name(input).map(|name| (routes.attrs, routes.vis, routes.ident) = name)
        } else if input.peek(Ident::peek_any)
            && input.fork().call(Ident::parse_any).is_ok_and(|word| word == "pipeline")
        {
            plug::pipeline(input, errors).map(|pipeline| routes.pipelines.push(pipeline))
        } else {
            item(input, &place, errors).map(|item| routes.items.extend(item))
        };
        is_first = false;
        if let Err(error) = read {
            errors.add(error);
            skip_item(input);
        }
    }
    routes
}

fn items(input: ParseStream<'_>, place: &Place, errors: &mut Errors) -> Vec<Item> {
    let mut items = Vec::new();
    while !input.is_empty() {
        match item(input, place, errors) {
            Ok(item) => items.extend(item),
            Err(error) => {
                errors.add(error);
                skip_item(input);
            }
        }
    }
    items
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

/// None, when what is wrong was reported and all of the item was read.
fn item(input: ParseStream<'_>, place: &Place, errors: &mut Errors) -> syn::Result<Option<Item>> {
    let keyword = input
        .call(Ident::parse_any)
        .map_err(|error| syn::Error::new(error.span(), format!("an item begins with its kind: {}", hint::KINDS)))?;
    let item = match keyword.to_string().as_str() {
        "scope" => return block::scope(input, keyword.span(), place, errors),
        "live_session" => return block::live_session(input, place, errors),
        "socket" => return socket::socket(input, keyword.span(), place, errors),
        "channel" => return socket::channel(input, keyword.span(), place, errors),
        "resources" => return resources::resources(input, false, place, errors),
        "resource" => return resources::resources(input, true, place, errors),
        "pipeline" => {
            return Err(syn::Error::new(keyword.span(), "pipelines stand at the top of the router, not in a block"));
        }
        "layout" if place.within == Within::LiveSession => {
            let message =
                "the layout of a live session stands behind its name: `live_session members (layout = app) { … }`";
            return Err(syn::Error::new(keyword.span(), message));
        }
        "layout" => Item::Layout(input.parse()?),
        "live" => live(input, place)?,
        "asset" => asset(input)?,
        "static" => {
            let (path, files) = (path_and_arrow(input)?, files::files(input, errors)?);
            let Some(files) = files else { return end(input).map(|()| None) };
            Item::Static { path, files }
        }
        "forward" => Item::Forward { path: path_and_arrow(input)?, router: unnamed(input, "forward")? },
        "dioxus" => Item::Dioxus { path: path_and_arrow(input)?, app: unnamed(input, "dioxus")? },
        "match" => verb(input, method::list(input)?, "match", place)?,
        "method" => verb(input, vec![method::custom(input)?], "method", place)?,
        other => match Verb::of(other) {
            Some(of) => verb(input, vec![Method::Verb(of, keyword.span())], of.name(), place)?,
            None => return Err(syn::Error::new(keyword.span(), hint::unknown(other))),
        },
    };
    end(input)?;
    Ok(Some(item))
}

/// The `;` behind an item. The last one may do without.
fn end(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![;]>()?;
    }
    Ok(())
}

fn verb(input: ParseStream<'_>, methods: Vec<Method>, keyword: &str, place: &Place) -> syn::Result<Item> {
    let path = path_and_arrow(input)?;
    let handler = place.alias.of_expr(unnamed(input, keyword)?);
    Ok(Item::Verb { methods, path, handler })
}

/// `"/robots/:id" =>`
fn path_and_arrow(input: ParseStream<'_>) -> syn::Result<RoutePath> {
    let path = path(input)?;
    arrow(input)?;
    Ok(path)
}

fn arrow(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.peek(Token![=>]) {
        return Err(input.error("between a path and what it leads to stands `=>`"));
    }
    input.parse::<Token![=>]>().map(|_| ())
}

fn path(input: ParseStream<'_>) -> syn::Result<RoutePath> {
    RoutePath::new(literal(input)?)
}

fn literal(input: ParseStream<'_>) -> syn::Result<LitStr> {
    input.parse().map_err(|error| syn::Error::new(error.span(), "here comes the path, as in `\"/robots/:id\"`"))
}

/// `live "/robots/:id" => RobotLive as show`
fn live(input: ParseStream<'_>, place: &Place) -> syn::Result<Item> {
    let path = path_and_arrow(input)?;
    let view = place.alias.of_type(input.parse()?);
    let action = match input.parse::<Option<Token![as]>>()? {
        Some(_) => Some(input.call(Ident::parse_any)?),
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
    let media_type = whole(&content, |content| {
        let media_type: LitStr = content.parse()?;
        if content.is_empty() {
            Ok(media_type)
        } else {
            Err(content.error("the media type is all that goes into the parentheses"))
        }
    })?;
    arrow(input)?;
    Ok(Item::Asset { path, media_type, bytes: unnamed(input, "asset")? })
}

/// Reads the content of brackets to its end, also behind a mistake: what is left there would be a mistake of the whole input.
fn whole<T>(content: ParseStream<'_>, read: impl FnOnce(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    let result = read(content);
    content.parse::<TokenStream>()?;
    result
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

/// Behind the next `;`, or behind a block in braces, which is how a scope ends.
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
