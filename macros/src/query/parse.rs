//! Reads `from!` and `dynamic!`. A mistake ends its clause; reading goes on with the next one.

use proc_macro2::{Ident, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Token, Type, parenthesized, token};

use super::model::{Clause, Dynamic, From, Join, Named, Options, Pattern, Place, Source};
use super::words;
use crate::errors::Errors;

mod clause;
mod select;

pub(super) use clause::expressions;

/// What the options `on`, `as` and `prefix` would belong to.
enum Last {
    Source,
    Join,
    /// A join that could not be read.
    Broken,
    Other,
}

/// A query with the clauses that are right. Fails where its source cannot be read.
pub(super) fn from(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<From> {
    let pattern = pattern(input, errors)?;
    let source = header_source(input, &pattern)?;
    let mut query = From { pattern, source, options: Options::default(), clauses: Vec::new(), broken: Vec::new() };
    let mut last = Last::Source;
    while !input.is_empty() {
        // On a fork: what a clause leaves unread in its brackets is otherwise a second mistake.
        let ahead = input.fork();
        let read = match ahead.parse::<Token![,]>() {
            Ok(_) if ahead.is_empty() => Ok(()),
            Ok(_) => clause(&ahead, &mut query, &mut last),
            Err(error) => Err(syn::Error::new(error.span(), "a clause ends here: expected `,`")),
        };
        match read {
            Ok(()) => input.advance_to(&ahead),
            Err(error) => {
                errors.add(error);
                skip_clause(input);
            }
        }
    }
    Ok(query)
}

fn clause(input: ParseStream<'_>, query: &mut From, last: &mut Last) -> syn::Result<()> {
    let before = std::mem::replace(last, Last::Other);
    let keyword = keyword(input)?;
    let word = keyword.to_string();
    match word.as_str() {
        "on" | "as" | "prefix" => {
            *last = before;
            option(input, &keyword, query, last)
        }
        join if words::JOINS.contains(&join) => {
            *last = Last::Broken;
            let binding = binding(input)?;
            match joined(input) {
                Ok(source) => {
                    let join = Join { keyword, binding, source, on: None, options: Options::default() };
                    query.clauses.push(Clause::Join(Box::new(join)));
                    *last = Last::Join;
                    Ok(())
                }
                Err(error) => {
                    query.broken.push(binding);
                    Err(error)
                }
            }
        }
        _ => clause::clause(input, keyword).map(|clause| query.clauses.push(clause)),
    }
}

/// `where:`
fn keyword(input: ParseStream<'_>) -> syn::Result<Ident> {
    let keyword = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(error.span(), "here comes a clause, as in `where: r.battery < 20.0` or `limit: 10`")
    })?;
    let word = keyword.to_string();
    if !clause::is_known(&word) {
        return Err(syn::Error::new(keyword.span(), words::unknown_clause(&word)));
    }
    input
        .parse::<Token![:]>()
        .map_err(|error| syn::Error::new(error.span(), format!("expected `:` and the value of `{word}`")))?;
    Ok(keyword)
}

/// `on: t.robot_id == r.id`, `as: "tags"`, `prefix: "tenant"`
fn option(input: ParseStream<'_>, keyword: &Ident, query: &mut From, last: &Last) -> syn::Result<()> {
    let value: Expr = input.parse()?;
    let join = match (last, query.clauses.last_mut()) {
        (Last::Broken, _) => return Ok(()),
        (Last::Join, Some(Clause::Join(join))) => Some(join),
        _ => None,
    };
    let (slot, belongs_to) = match (keyword == "on", join, last) {
        (true, Some(join), _) if join.keyword.to_string().starts_with("cross_") => {
            let message = format!("a `{}` takes every pair and has no `on`; use `join`", join.keyword);
            return Err(syn::Error::new(keyword.span(), message));
        }
        (true, Some(join), _) => (&mut join.on, "join"),
        (true, None, _) => {
            return Err(syn::Error::new(
                keyword.span(),
                "`on` is the condition of a join: write it right behind one, or use `where`",
            ));
        }
        (false, Some(join), _) => (join.options.slot(keyword), "join"),
        (false, None, Last::Source) => (query.options.slot(keyword), "source"),
        (false, None, _) => {
            let message =
                format!("`{keyword}` belongs to a source: write it right behind the first one or behind a join");
            return Err(syn::Error::new(keyword.span(), message));
        }
    };
    if slot.is_some() {
        return Err(syn::Error::new(keyword.span(), format!("this {belongs_to} has its `{keyword}` already")));
    }
    *slot = Some(value);
    Ok(())
}

impl Options {
    fn slot(&mut self, keyword: &Ident) -> &mut Option<Expr> {
        if keyword == "as" { &mut self.name } else { &mut self.prefix }
    }
}

/// `r`, or `(r, m, .., t in Tag as "tags")`
fn pattern(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Pattern> {
    if !input.peek(token::Paren) {
        return binding(input).map(Pattern::First);
    }
    let content;
    let parentheses = parenthesized!(content in input).span.join();
    let (mut places, mut named) = (Vec::new(), Vec::new());
    while !content.is_empty() {
        if let Some(dots) = content.parse::<Option<Token![..]>>()? {
            places.push(Place::Rest(dots.span()));
        } else {
            let ident = binding(&content)?;
            if content.parse::<Option<Token![in]>>()?.is_some() {
                let schema = content.parse()?;
                content.parse::<Token![as]>().map_err(|error| {
                    syn::Error::new(error.span(), "here comes the binding's name, as in `t in Tag as \"tags\"`")
                })?;
                named.push(Named { ident, schema, name: content.parse()? });
            } else if named.is_empty() {
                places.push(Place::Binding(ident));
            } else {
                errors.at(ident, "bindings by position come before those by name");
            }
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(Pattern::Positions { parentheses, places, named })
}

/// A name for a source, or `_`.
fn binding(input: ParseStream<'_>) -> syn::Result<Ident> {
    const USAGE: &str = "here comes the name of a binding, as in `r in Robot`";
    if let Some(underscore) = input.parse::<Option<Token![_]>>()? {
        return Ok(Ident::new("_", underscore.span()));
    }
    input.parse().map_err(|error: syn::Error| syn::Error::new(error.span(), USAGE))
}

fn header_source(input: ParseStream<'_>, pattern: &Pattern) -> syn::Result<Source> {
    let source = joined(input)?;
    match (&source, pattern) {
        (Source::Schema(schema), Pattern::Positions { places, .. }) if places.len() != 1 => Err(syn::Error::new(
            schema.span(),
            "a schema is one binding, as in `r in Robot`; several are for a query that has joins",
        )),
        _ => Ok(source),
    }
}

/// `in Robot`, `in query`
fn joined(input: ParseStream<'_>) -> syn::Result<Source> {
    input.parse::<Token![in]>().map_err(|error| {
        syn::Error::new(error.span(), "expected `in` and a source: a schema, a query or an association")
    })?;
    let source: Expr = input.parse()?;
    Ok(match source {
        Expr::Path(path) if is_type(&path.path) => {
            Source::Schema(Type::Path(syn::TypePath { attrs: path.attrs, qself: path.qself, path: path.path }))
        }
        value => Source::Value(value),
    })
}

/// Types are written in camel case, variables are not.
fn is_type(path: &syn::Path) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    last.ident.unraw().to_string().starts_with(char::is_uppercase)
}

/// `dynamic!(r in Robot, condition)` or `dynamic!((r, m) in (Robot, Mission), condition)`
pub(super) fn dynamic(input: ParseStream<'_>) -> syn::Result<Dynamic> {
    let tuple = input.peek(token::Paren);
    let places = if tuple {
        let content;
        parenthesized!(content in input);
        Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, binding)?.into_iter().collect()
    } else {
        vec![binding(input)?]
    };
    input.parse::<Token![in]>().map_err(|error| {
        syn::Error::new(error.span(), "expected `in` and the schema, or the schemas: `(r, m) in (Robot, Mission)`")
    })?;
    let schemas = match input.parse()? {
        Type::Tuple(types) if tuple => types.elems.into_iter().collect(),
        schema if !tuple => vec![schema],
        schema => {
            return Err(syn::Error::new_spanned(
                schema,
                "several bindings take as many schemas, as in `(Robot, Mission)`",
            ));
        }
    };
    if schemas.len() != places.len() {
        let message = format!("{} bindings, but {} schemas", places.len(), schemas.len());
        return Err(syn::Error::new(places.first().map_or_else(|| input.span(), Ident::span), message));
    }
    input.parse::<Token![,]>().map_err(|error| syn::Error::new(error.span(), "expected `,` and the condition"))?;
    let condition = input.parse()?;
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(input.error("a dynamic is one condition; combine them with `&&` and `||`"));
    }
    Ok(Dynamic { places, schemas, condition })
}

/// Up to the next `, word:`, from whatever comes before it.
fn skip_clause(input: ParseStream<'_>) {
    // Any token tree parses.
    while input.parse::<TokenTree>().is_ok() && !begins_clause(input) {}
}

fn begins_clause(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.parse::<Token![,]>().is_ok() && is_label(&ahead)
}

/// Whether `word:` comes next, which is not the beginning of a path.
fn is_label(input: ParseStream<'_>) -> bool {
    input.peek(Ident::peek_any) && input.peek2(Token![:]) && !input.peek2(Token![::])
}
