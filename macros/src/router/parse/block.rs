//! `scope` and `live_session`: a head with options and plugs, and a block of items.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse as _, ParseStream};
use syn::{Expr, ExprLit, ExprPath, Lit, LitStr, Path, Token, braced, parenthesized};

use super::plug::through;
use super::{Place, Within, items};
use crate::args::Args;
use crate::errors::Errors;
use crate::nearest::nearest;
use crate::router::model::{Item, LiveSession, Plug, Scope};
use crate::router::path::{RoutePath, Segment};

/// What stands between a block's name and its braces.
#[derive(Default)]
struct Head {
    options: Args,
    through: Vec<Plug>,
}

/// `scope "/api" (host = "api.") through [api] { … }`, behind the word.
pub(super) fn scope(
    input: ParseStream<'_>,
    span: Span,
    place: &Place,
    errors: &mut Errors,
) -> syn::Result<Option<Item>> {
    let path = if input.peek(LitStr) { scope_path(input.parse()?, errors) } else { Some(root(span)) };
    let Head { mut options, through } = head(input, errors)?;
    let hosts = options.expr("host", errors).map(|of| hosts(of, errors)).unwrap_or_default();
    let assigns = options.expr("assign", errors).map(list).unwrap_or_default();
    let log = options.expr("log", errors).and_then(|level| log_level(level, errors));
    let mut inside = place.clone();
    if let Some(module) = options.expr("alias", errors) {
        match module {
            Expr::Path(ExprPath { qself: None, path, .. }) => inside.alias = place.alias.then(path),
            other => errors.at(other, "`alias` is the path of a module: `alias = web::admin`"),
        }
    }
    options.finish("a scope", errors);
    inside.within = inside.within.max(Within::Scope);
    let items = block(input, &inside, errors)?;
    Ok(path.map(|path| Item::Scope(Scope { path, hosts, assigns, log, through, items })))
}

/// None, when what is wrong was reported; the block is read all the same.
fn scope_path(literal: LitStr, errors: &mut Errors) -> Option<RoutePath> {
    let path = errors.ok(RoutePath::new(literal))?;
    let is_open = !matches!(path.segments.last(), Some(Segment::Rest(_)));
    if !is_open {
        errors.at(&path.literal, "a scope's routes are below its path, and nothing is below `*`");
    }
    is_open.then_some(path)
}

fn root(span: Span) -> RoutePath {
    RoutePath { literal: LitStr::new("/", span), segments: Vec::new() }
}

/// One, or several in brackets.
fn hosts(expr: Expr, errors: &mut Errors) -> Vec<LitStr> {
    let mut hosts = Vec::new();
    for host in list(expr) {
        match host {
            Expr::Lit(ExprLit { lit: Lit::Str(host), .. }) if is_host(&host, errors) => hosts.push(host),
            Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => (),
            other => errors.at(other, "`host` is a string, or several in brackets: `host = [\"api.\", \"www.api.\"]`"),
        }
    }
    hosts
}

fn is_host(host: &LitStr, errors: &mut Errors) -> bool {
    let text = host.value();
    let is_right =
        !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c));
    if !is_right {
        let message = "a host is written as browsers send it, without scheme, port and capitals: `\"api.example.com\"`, or `\"api.\"` for all that begin so";
        errors.at(host, message);
    }
    is_right
}

/// `log = debug`: the variant's name.
fn log_level(expr: Expr, errors: &mut Errors) -> Option<Ident> {
    const LEVELS: [(&str, &str); 6] = [
        ("off", "Off"),
        ("error", "Error"),
        ("warn", "Warn"),
        ("info", "Info"),
        ("debug", "Debug"),
        ("trace", "Trace"),
    ];
    let variant = match &expr {
        Expr::Path(ExprPath { qself: None, path, .. }) => path
            .get_ident()
            .and_then(|word| LEVELS.iter().find(|(level, _)| word == level).map(|level| (level.1, word.span()))),
        _ => None,
    };
    if variant.is_none() {
        errors.at(expr, "`log` is one of `off`, `error`, `warn`, `info`, `debug` and `trace`: `log = debug`");
    }
    variant.map(|(variant, span)| Ident::new(variant, span))
}

/// `live_session members (on_mount = [auth::require_user], layout = app) through [browser] { … }`, behind the word.
pub(super) fn live_session(input: ParseStream<'_>, place: &Place, errors: &mut Errors) -> syn::Result<Option<Item>> {
    let name = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(error.span(), "here comes the name of the live session, as in `live_session members { … }`")
    })?;
    let Head { mut options, through } = head(input, errors)?;
    let on_mount = options.expr("on_mount", errors).map(list).unwrap_or_default();
    let layout = options.expr("layout", errors).and_then(|layout| component(layout, errors));
    options.finish("a live session", errors);
    let is_nested = place.within == Within::LiveSession;
    if is_nested {
        errors.at(&name, "a live session stands in no other one: end the one around it first");
    }
    let items = block(input, &Place { within: Within::LiveSession, ..place.clone() }, errors)?;
    Ok((!is_nested).then_some(Item::LiveSession(LiveSession { name, on_mount, layout, through, items })))
}

/// One, or several in brackets.
fn list(expr: Expr) -> Vec<Expr> {
    match expr {
        Expr::Array(array) => array.elems.into_iter().collect(),
        one => vec![one],
    }
}

fn component(layout: Expr, errors: &mut Errors) -> Option<Path> {
    match layout {
        Expr::Path(ExprPath { qself: None, path, .. }) => Some(path),
        other => {
            errors.at(other, "`layout` is the name of a component: `layout = app`");
            None
        }
    }
}

fn head(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Head> {
    let mut head = Head::default();
    while !input.peek(syn::token::Brace) {
        if input.peek(syn::token::Paren) {
            let options;
            parenthesized!(options in input);
            head.options.add(TokenStream::parse(&options)?, errors);
        } else if input.peek(Ident::peek_any) {
            let word = input.call(Ident::parse_any)?;
            match word.to_string().as_str() {
                "through" => head.through.extend(through(input, errors)?),
                other => return Err(syn::Error::new(word.span(), unknown_word(other))),
            }
        } else if input.peek(Token![,]) || input.peek(Token![=>]) {
            return Err(input.error("options stand in parentheses, plugs behind `through`, and the routes in braces"));
        } else {
            return Err(input.error("here come the routes in braces: `{ … }`"));
        }
    }
    Ok(head)
}

fn unknown_word(word: &str) -> String {
    match word {
        "pipe_through" | "do" => {
            format!("`{word}` is no word of the router; plugs stand behind `through`, and the routes in braces")
        }
        "on_mount" | "layout" | "host" | "alias" | "assign" | "log" => {
            format!("`{word}` is an option, and stands in parentheses: `({word} = …)`")
        }
        other if nearest(other, ["through"]).is_some() => {
            format!("there is no `{other}` here; did you mean `through`?")
        }
        other => format!("there is no `{other}` here; plugs stand behind `through`, and the routes in braces"),
    }
}

/// `{ … }`, and a `;` that is one too many.
pub(super) fn block(input: ParseStream<'_>, place: &Place, errors: &mut Errors) -> syn::Result<Vec<Item>> {
    let content;
    braced!(content in input);
    let items = items(&content, place, errors);
    input.parse::<Option<Token![;]>>()?;
    Ok(items)
}
