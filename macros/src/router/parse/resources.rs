//! `resources "/posts" => posts (only = [index, show]) { … }` and `resource`, behind the word.

use proc_macro2::TokenStream;
use syn::parse::{Parse as _, ParseStream};
use syn::{Expr, LitStr, Path, parenthesized};

use super::block::block;
use super::{Place, Within, arrow, end, literal};
use crate::args::{Args, as_name};
use crate::errors::Errors;
use crate::nearest::nearest;
use crate::router::model::Item;
use crate::router::path::{RoutePath, Segment, is_name};
use crate::router::resources::{Action, Nested, Resources, singular};

pub(super) fn resources(
    input: ParseStream<'_>,
    is_singleton: bool,
    place: &Place,
    errors: &mut Errors,
) -> syn::Result<Option<Item>> {
    let path = errors.ok(RoutePath::new(literal(input)?));
    arrow(input)?;
    let module = place.alias.of_path(Path::parse_mod_style(input).map_err(|error| {
        syn::Error::new(error.span(), "here comes the module whose functions answer: `resources \"/posts\" => posts;`")
    })?);
    let mut options = Args::default();
    if input.peek(syn::token::Paren) {
        let content;
        parenthesized!(content in input);
        options.add(TokenStream::parse(&content)?, errors);
    }
    let what = if is_singleton { "a `resource`" } else { "`resources`" };
    let actions = actions(&mut options, is_singleton, errors);
    let (param, name) =
        if is_singleton { (None, None) } else { (options.text("param", errors), options.text("name", errors)) };
    options.finish(what, errors);
    let is_right = [&param, &name].into_iter().flatten().all(|name| is_right_name(name, errors));
    let param = param.filter(|_| is_right).map_or_else(|| "id".to_owned(), |param| param.value());
    let nested = if input.peek(syn::token::Brace) {
        let inside = Place { within: place.within.max(Within::Scope), ..place.clone() };
        Some(block(input, &inside, errors)?)
    } else {
        end(input)?;
        None
    };
    let Some(path) = path else { return Ok(None) };
    if matches!(path.segments.last(), Some(Segment::Rest(_))) {
        errors.at(&path.literal, format!("{what} have routes below their path, and nothing is below `*`"));
        return Ok(None);
    }
    if actions.as_ref().is_some_and(Vec::is_empty) && nested.is_none() {
        errors.at(&path.literal, "nothing is left of these resources: no function answers, and no braces follow");
    }
    let nested = nested.and_then(|items| {
        if is_singleton {
            return Some(Nested { member: None, items });
        }
        member(&path, name.filter(|_| is_right), &param, errors).map(|name| Nested { member: Some(name), items })
    });
    let actions = actions.unwrap_or_default();
    Ok(Some(Item::Resources(Resources { path, module, is_singleton, actions, param, nested })))
}

/// `only` or `except`, or all; none when they were given wrongly.
fn actions(options: &mut Args, is_singleton: bool, errors: &mut Errors) -> Option<Vec<Action>> {
    let (only_at, except_at) = (options.span("only"), options.span("except"));
    let mut list = |key| options.expr(key, errors).map(|expr| named(expr, key, is_singleton, errors));
    let (only, except) = (list("only"), list("except"));
    if let (Some(_), Some(span)) = (only_at, except_at) {
        errors.add(syn::Error::new(
            span,
            "either `only` or `except`: the one lists what there is, the other what there is not",
        ));
        return None;
    }
    let all = Action::ALL.into_iter().filter(|action| !is_singleton || *action != Action::Index);
    match (only, except) {
        (Some(only), _) => only.map(|only| all.filter(|action| only.contains(action)).collect()),
        (None, Some(except)) => except.map(|except| all.filter(|action| !except.contains(action)).collect()),
        (None, None) => Some(all.collect()),
    }
}

fn named(expr: Expr, key: &str, is_singleton: bool, errors: &mut Errors) -> Option<Vec<Action>> {
    let Expr::Array(array) = expr else {
        errors.at(expr, format!("`{key}` is a list in brackets: `{key} = [index, show]`"));
        return None;
    };
    let mut actions = Some(Vec::new());
    for element in array.elems {
        let before = actions.as_deref().unwrap_or_default();
        match action(&element, is_singleton, before) {
            Ok(action) => actions.iter_mut().for_each(|actions| actions.push(action)),
            Err(message) => {
                errors.at(element, message);
                actions = None;
            }
        }
    }
    actions
}

fn action(element: &Expr, is_singleton: bool, before: &[Action]) -> Result<Action, String> {
    let name = as_name(element).ok_or("here come names of functions: `[index, show]`")?.to_string();
    match Action::of(&name) {
        Some(Action::Index) if is_singleton => Err("a `resource` is one thing, so it has no `index`".to_owned()),
        Some(action) if before.contains(&action) => Err(format!("`{name}` is here twice")),
        Some(action) => Ok(action),
        None => Err(unknown(&name)),
    }
}

fn unknown(name: &str) -> String {
    let names = Action::ALL.map(Action::name);
    let elsewhere = [("destroy", "delete"), ("list", "index"), ("store", "create"), ("get", "show"), ("put", "update")];
    let meant = elsewhere.iter().find(|(word, _)| *word == name).map(|(_, action)| *action);
    match meant.or_else(|| nearest(name, names)) {
        Some(meant) => format!("resources have no `{name}`; did you mean `{meant}`?"),
        None => format!("resources have no `{name}`; there are: {}", names.join(", ")),
    }
}

fn is_right_name(name: &LitStr, errors: &mut Errors) -> bool {
    let is_right = is_name(&name.value());
    if !is_right {
        errors.at(name, "this names a parameter, so it is letters, digits and `_`: `\"post\"`");
    }
    is_right
}

/// `post_id`: the parameter of what is in the braces.
fn member(path: &RoutePath, name: Option<LitStr>, param: &str, errors: &mut Errors) -> Option<String> {
    let name = name.map(|name| name.value()).or_else(|| singular(path));
    if name.is_none() {
        let message = "what is one of these called? The parameter of the routes below needs it: `(name = \"post\")`";
        errors.at(&path.literal, message);
    }
    name.map(|name| format!("{name}_{param}"))
}
